from odoo import models
from odoo.exceptions import UserError

from ..tools.list_filters import parse_number


class SupportPartnerClaimMixin(models.AbstractModel):
    """A customer, as it is suggested for what a sender claims."""

    _name = "support.partner.claim.mixin"
    _description = "Accepting Claims of Senders"

    def action_accept_support_claim(self):
        """Accept this customer for the contact of the ticket in the context."""
        self.ensure_one()
        ticket_id = parse_number(self.env.context.get("support_claim_ticket_id"))
        ticket = self.env["helpdesk.ticket"].browse(ticket_id).exists()
        if not ticket:
            raise UserError(self.env._("There is nothing to accept any more."))
        ticket._accept_claim(self)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
