from odoo import fields, models


class SupportTicketEffortMixin(models.AbstractModel):
    """What was worked on a ticket, and who pays for it."""

    _name = "support.ticket.effort.mixin"
    _description = "Efforts on support tickets"

    time_entry_ids = fields.One2many(
        "support.time.entry", "ticket_id", string="Efforts", copy=False
    )
    charging = fields.Selection(
        [
            ("charged", "Charged"),
            ("pending", "Free, being examined"),
            ("free", "Free of charge"),
        ],
        default="charged",
        required=True,
        help="Who pays for the efforts. A program error is free until it turns out "
        "that it is none.",
    )
