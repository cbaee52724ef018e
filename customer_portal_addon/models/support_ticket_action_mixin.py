from odoo import models


class SupportTicketActionMixin(models.AbstractModel):
    """What customers may do with a ticket besides answering, and who may."""

    _name = "support.ticket.action.mixin"
    _description = "Actions on Tickets in the Portal"
