from odoo import models


class SupportTicketMailMixin(models.AbstractModel):
    """Mails that arrive: whose ticket they belong to, and what becomes of them."""

    _name = "support.ticket.mail.mixin"
    _description = "Incoming Mails of Tickets"

    def _split_quotes(self, body):
        return body, ""
