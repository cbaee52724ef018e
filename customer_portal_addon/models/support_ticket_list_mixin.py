from odoo import models


class SupportTicketListMixin(models.AbstractModel):
    """The lists of tickets in the portal: filters, search, order and export."""

    _name = "support.ticket.list.mixin"
    _description = "Lists of Tickets in the Portal"
