from odoo import fields, models


class SupportTicketLinkSuggestion(models.TransientModel):
    """A contact whose ticket it may be, and what speaks for it."""

    _name = "support.ticket.link.suggestion"
    _inherit = ["support.posted.link.mixin"]
    _description = "Suggested Contact of a Ticket"
    _posted_links = {"wizard_id": "write", "partner_id": "read"}
    _order = "score desc, id"

    wizard_id = fields.Many2one(
        "support.ticket.link.wizard", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Contact", required=True, ondelete="cascade"
    )
    name = fields.Char(related="partner_id.name")
    email = fields.Char(related="partner_id.email")
    phone = fields.Char(related="partner_id.phone")
    reasons = fields.Char()
    score = fields.Integer()

    def action_link(self):
        """Link the ticket to this contact."""
        self.ensure_one()
        return self.wizard_id._link(self.partner_id)
