from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import is_html_empty

PORTAL_ROLES = [
    ("new", "New"),
    ("waiting_on_us", "Waiting on us"),
    ("waiting_on_customer", "Waiting on the customer"),
    ("solved", "Solved"),
    ("closed", "Closed"),
]


class HelpdeskTicketStage(models.Model):
    _inherit = "helpdesk.ticket.stage"

    portal_role = fields.Selection(
        PORTAL_ROLES,
        string="Status in the portal",
        compute="_compute_portal_role",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="What customers read, and where answers lead: the customer's to the first "
        "stage that waits on us, your team's to the first that waits on the customer. "
        "Solved tickets are closed by the customer, or after a while.",
    )

    @api.depends("closed", "unattended")
    def _compute_portal_role(self):
        for stage in self:
            if stage.closed:
                stage.portal_role = "closed"
            elif not stage.portal_role or stage.portal_role == "closed":
                stage.portal_role = "new" if stage.unattended else "waiting_on_us"

    @api.onchange("portal_role")
    def _onchange_portal_role(self):
        self.closed = self.portal_role == "closed"

    @api.constrains("portal_role", "closed")
    def _check_portal_role(self):
        for stage in self:
            if stage.closed != (stage.portal_role == "closed"):
                raise ValidationError(
                    self.env._(
                        "Stage “%(stage)s”: tick “Closed” for the status Closed, and "
                        "for no other.",
                        stage=stage.name,
                    )
                )

    @api.model
    def _get_status_labels(self):
        """Return the names of the statuses as customers read them, in order.

        :rtype: dict[str, str]
        """
        _ = self.env._
        return {
            "new": _("New"),
            "waiting_on_us": _("Waiting on us"),
            "waiting_on_customer": _("Waiting on you"),
            "solved": _("Solved"),
            "closed": _("Closed"),
        }

    # ---------------------------------------------------
    # The page that explains the statuses
    # ---------------------------------------------------

    @api.model
    def _get_status_page_values(self, company):
        """Return every status with its meaning, as the public page prints it.

        :param res.company company: whose stages are named
        :return: role, label, meaning, advice and stages (of name and description)
        :rtype: list[dict]
        """
        stages_by_role = self._get_public_stages(company).grouped("portal_role")
        meanings = self._get_status_meanings()
        advice = self._get_status_advice(company)
        nothing = self.browse()
        return [
            {
                "role": role,
                "label": label,
                "meaning": meanings[role],
                "advice": advice[role],
                "stages": stages_by_role.get(role, nothing)._get_explanations(label),
            }
            for role, label in self._get_status_labels().items()
        ]

    @api.model
    def _get_public_stages(self, company):
        """Return the stages that customers of a company come across."""
        shown_teams = Domain(
            [("team_ids.active", "=", True), ("team_ids.show_in_portal", "=", True)]
        )
        # The names of the stages are for everybody, visitors may not read stages
        return self.sudo().search(
            Domain("company_id", "in", (False, company.id))
            & (Domain("team_ids", "=", False) | shown_teams)
        )

    def _get_explanations(self, label):
        """Return names and descriptions of the stages of one status.

        Names alone only where there are several: tickets show theirs then.

        :rtype: list[dict]
        """
        explanations = [
            {
                "name": stage.name,
                "description": not is_html_empty(stage.description)
                and stage.description,
            }
            for stage in self
        ]
        is_one_of_several = len(self) > 1
        return [
            stage
            for stage in explanations
            if stage["description"] or (is_one_of_several and stage["name"] != label)
        ]

    @api.model
    def _get_status_meanings(self):
        """Return what each status means, for customers.

        :rtype: dict[str, str]
        """
        _ = self.env._
        return {
            "new": _("We have received your ticket and will look at it soon."),
            "waiting_on_us": _("We are working on it; the next step is ours."),
            "waiting_on_customer": _("We have answered and need something from you."),
            "solved": _("We believe that your ticket is solved."),
            "closed": _("The ticket is finished."),
        }

    @api.model
    def _get_status_advice(self, company):
        """Return what customers can do in each status.

        :param res.company company: whose settings count
        :rtype: dict[str, str]
        """
        _ = self.env._
        return {
            "new": _("There is nothing you need to do. You can add details any time."),
            "waiting_on_us": _("You will hear from us. You can add details any time."),
            "waiting_on_customer": _(
                "Please answer, in the portal or by e-mail. Then it is our turn again."
            ),
            "solved": self._get_solved_advice(company.support_close_after_days),
            "closed": self._get_closed_advice(company.support_reopen_days),
        }

    def _get_solved_advice(self, days):
        _ = self.env._
        advice = _(
            "Close the ticket if you agree. If something is missing, simply answer: "
            "the ticket stays open."
        )
        if not days:
            return advice
        if days == 1:
            automatic = _("Without an answer we close it after one day.")
        else:
            automatic = _(
                "Without an answer we close it after %(days)s days.", days=days
            )
        return f"{advice} {automatic}"

    def _get_closed_advice(self, days):
        _ = self.env._
        advice = _(
            "It takes no more messages. To open it again, use the ticket's menu "
            "“Actions” or answer one of our e-mails about it."
        )
        if not days:
            return advice
        if days == 1:
            until = _("That works for one day; later please file a new ticket.")
        else:
            until = _(
                "That works for %(days)s days; later please file a new ticket.",
                days=days,
            )
        return f"{advice} {until}"
