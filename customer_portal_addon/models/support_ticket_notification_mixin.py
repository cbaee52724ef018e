from odoo import models


class SupportTicketNotificationMixin(models.AbstractModel):
    """Mails that leave: who gets what, in which form."""

    _name = "support.ticket.notification.mixin"
    _description = "Outgoing Mails of Tickets"
