from odoo import models
from odoo.exceptions import UserError

from ...tools.web.list_filters import parse_number


class ResPartner(models.Model):
    """A customer, as it is suggested for what a sender claims."""

    _inherit = "res.partner"

    def action_accept_support_claim(self):
        """Accept this customer for the contact of the ticket in the context."""
        self.ensure_one()
        ticket_id = parse_number(self.env.context.get("support_claim_ticket_id"))
        ticket = self.env["helpdesk.ticket"].browse(ticket_id).exists()
        if not ticket:
            raise UserError(self.env._("There is nothing to accept any more."))
        ticket._accept_claim(self)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
