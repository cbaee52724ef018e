from odoo import api, fields, models
from odoo.exceptions import AccessError

from .support_ticket_text import SHOWN_FIELDS


class MailMessage(models.Model):
    _inherit = "mail.message"

    # ---------------------------------------------------
    # The search in tickets
    # ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        messages._index_tickets(messages._get_indexed_tickets())
        return messages

    def write(self, vals):
        if set(SHOWN_FIELDS).isdisjoint(vals):
            return super().write(vals)
        tickets = self._get_indexed_tickets()
        result = super().write(vals)
        self._index_tickets(tickets | self._get_indexed_tickets())
        return result

    def unlink(self):
        tickets = self._get_indexed_tickets()
        result = super().unlink()
        self._index_tickets(tickets)
        return result

    @api.model
    def _index_tickets(self, tickets):
        """Have tickets found by what their messages say now."""
        self.env["support.ticket.text"]._index_later(tickets)

    def _get_indexed_tickets(self):
        """Return the tickets to which these are messages of people."""
        messages_sudo = self.sudo().filtered(
            lambda message: (
                message.model == "helpdesk.ticket"
                and message.message_type in ("comment", "email")
            )
        )
        return self.env["helpdesk.ticket"].browse(set(messages_sudo.mapped("res_id")))

    # ---------------------------------------------------
    # Access
    # ---------------------------------------------------

    def _check_access(self, operation):
        """Have customers read messages of the tickets that they see, and change none.

        Odoo lets authors change their messages, and authors and recipients read them
        even when they may no longer read the ticket.
        """
        result = super()._check_access(operation)
        if self.env.su or not self.env.user.share:
            return result
        refused = self._filter_refused_ticket_messages(operation)
        if not refused:
            return result
        if result:
            refused |= result[0]
        return refused, lambda: AccessError(
            self.env._("Sorry, you are not allowed to access this document.")
        )

    def _filter_refused_ticket_messages(self, operation):
        """Return those of tickets that the current user may not read, or change."""
        messages_sudo = self.sudo().filtered(
            lambda message: message.model == "helpdesk.ticket" and message.res_id
        )
        if operation != "read":
            return self.browse(messages_sudo.ids)
        tickets = self.env["helpdesk.ticket"].browse(
            set(messages_sudo.mapped("res_id"))
        )
        readable = set(tickets.exists()._filtered_access("read").ids)
        return self.browse(
            messages_sudo.filtered(lambda message: message.res_id not in readable).ids
        )

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        """Have customers find messages of the tickets that they see only."""
        if not (self.env.su or bypass_access) and self.env.user.share:
            elsewhere = fields.Domain("model", "!=", "helpdesk.ticket")
            tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
            visible = fields.Domain("res_id", "in", tickets._search([]))
            domain = fields.Domain(domain) & (elsewhere | visible)
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)
