from odoo import api, fields, models

from .helpdesk_ticket_stage import PORTAL_ROLES


class SupportTicketStatusMixin(models.AbstractModel):
    """The status that customers read, and what moves a ticket from one to another."""

    _name = "support.ticket.status.mixin"
    _description = "Status of Tickets in the Portal"

    portal_role = fields.Selection(
        PORTAL_ROLES,
        string="Status",
        compute="_compute_portal_role",
        store=True,
        help="The stage's status in the portal.",
    )
    status_since = fields.Datetime(
        compute="_compute_portal_role",
        store=True,
        help="When the ticket came into this status.",
    )

    @api.depends("stage_id.portal_role")
    def _compute_portal_role(self):
        """Note when the status changed; one stage may follow another within it."""
        for ticket in self:
            role = ticket.stage_id.portal_role
            if ticket.portal_role != role or not ticket.status_since:
                ticket.portal_role = role
                ticket.status_since = fields.Datetime.now()

    def _get_status_label(self):
        """Return the name of the ticket's status as customers read it."""
        self.ensure_one()
        return self.stage_id._get_status_labels().get(self.portal_role, "")

    # ---------------------------------------------------
    # Moving
    # ---------------------------------------------------

    def _get_stage_for(self, role):
        """Return the first of the ticket's stages with a status, if there is one.

        Closed: preferably one that customers may choose.

        :param str role: as in ``portal_role``
        :rtype: helpdesk.ticket.stage
        """
        self.ensure_one()
        ticket = self.with_company(self.company_id)
        stages = ticket.team_id._get_applicable_stages().filtered(
            lambda stage: stage.portal_role == role
        )
        return (stages.filtered("close_from_portal") or stages)[:1]

    def _move_to(self, role):
        """Move the ticket to the first stage with a status.

        :param str role: as in ``portal_role``
        :return: whether it was moved: not if it is there already, or there is no stage
        :rtype: bool
        """
        self.ensure_one()
        if self.portal_role == role:
            return False
        stage = self._get_stage_for(role)
        if stage:
            self.stage_id = stage
        return bool(stage)

    def _follow_message(self, message):
        """Move the ticket by who has just answered, in public.

        A customer's answer always takes back what waits for the end; the rest is a
        setting. What machines write moves nothing.

        :param mail.message message: a personal one, seen by the customer
        """
        self.ensure_one()
        is_opening = message.subtype_id == self._creation_subtype()
        if is_opening or self.env.context.get("support_automatic"):
            return
        author = message.author_id
        if author and not author.partner_share:
            if self.portal_role in ("new", "waiting_on_us"):
                self._move_after_answer("waiting_on_customer")
        elif self.portal_role in ("solved", "closed"):
            self._move_to("waiting_on_us")
        elif self.portal_role == "waiting_on_customer":
            self._move_after_answer("waiting_on_us")

    def _move_after_answer(self, role):
        if self.company_id.support_status_automatic:
            self._move_to(role)

    def _can_be_reopened(self):
        """Tell whether a closed ticket is young enough to go on with it.

        Later, customers file a new one, and their mails open one.
        """
        self.ensure_one()
        days = self.company_id.support_reopen_days
        if not days or not self.closed:
            return self.closed
        age = fields.Datetime.now() - self.status_since
        return age.days < days

    # TEMP
    def _close(self, partner, reason=None, stage=None):
        if reason:
            self._post_as(partner, reason)
        self.stage_id = stage or self._get_stage_for("closed")
        return True

    def _reopen(self, partner, reason=None):
        self._move_to("waiting_on_us")
        if reason:
            self._post_as(partner, reason)
        return True
