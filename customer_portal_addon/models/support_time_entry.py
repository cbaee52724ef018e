from odoo import fields, models


class SupportTimeEntry(models.Model):
    """Minutes that somebody worked on a ticket, worked and charged side by side."""

    _name = "support.time.entry"
    _description = "Support Time Entry"
    _order = "date desc, id desc"
    _check_company_auto = True

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="ticket_id.company_id")
    user_id = fields.Many2one(
        "res.users",
        string="Who",
        required=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
        domain=[("share", "=", False)],
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    name = fields.Char(
        string="What was done", required=True, help="The customer reads it."
    )
    internal_note = fields.Text(help="For your team only; customers never see it.")
    worked_minutes = fields.Integer(string="Worked")
    charged_minutes = fields.Integer(string="Charged", readonly=True)
    is_free = fields.Boolean(
        string="Free of charge", help="The customer sees it, but pays nothing for it."
    )
    state = fields.Selection(
        [("draft", "In progress"), ("done", "Done")],
        default="draft",
        required=True,
        help="What is done is posted, and shown to the customer.",
    )
    credit_entry_ids = fields.One2many(
        "support.credit.entry", "time_entry_id", readonly=True
    )
