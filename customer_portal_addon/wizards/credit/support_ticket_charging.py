from odoo import api, fields, models


class SupportTicketCharging(models.TransientModel):
    """Who pays for the efforts of a ticket, and what the customer is told."""

    _name = "support.ticket.charging"
    _inherit = ["support.posted.link.mixin"]
    _description = "Decision about Charging"
    _posted_links = {"ticket_id": "write"}

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, ondelete="cascade")
    charging = fields.Selection(
        [("charged", "Charged"), ("free", "Free of charge")], required=True
    )
    reason = fields.Text(help="The customer reads it in a mail.")
    minutes = fields.Integer(
        compute="_compute_minutes", help="Posted, or given back, at once."
    )

    @api.depends("ticket_id", "charging")
    def _compute_minutes(self):
        for wizard in self:
            ticket = wizard.ticket_id._filtered_access("read")
            wizard.minutes = (
                ticket._get_minutes_at_stake(wizard.charging) if ticket else 0
            )

    def action_apply(self):
        """Decide it, and tell the customer."""
        self.ensure_one()
        self.ticket_id._decide_charging(self.charging, self.reason)
        return {"type": "ir.actions.act_window_close"}
