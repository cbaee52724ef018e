from odoo import api, fields, models
from odoo.exceptions import ValidationError

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
