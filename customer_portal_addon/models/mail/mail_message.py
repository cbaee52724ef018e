from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..ticket.support_ticket_text import SHOWN_FIELDS

# Who got a message; Odoo's own pages search by them
RECIPIENT_FIELDS = {"notification_ids", "notified_partner_ids", "partner_ids"}
# What a ticket's page shows of no message
ADDRESS_FIELDS = RECIPIENT_FIELDS | {
    *("email_from", "incoming_email_cc", "incoming_email_to", "mail_server_id"),
    *("outgoing_email_to", "reply_to"),
}
# Where Odoo's own scripts show them to whoever takes part
CHATS = {False, "discuss.channel", "project.task"}
# In the cache of a transaction, while Odoo reads addresses whoever asks
READING = "support_reading_addresses"


class MailMessage(models.Model):
    _inherit = "mail.message"

    # ---------------------------------------------------
    # The search in tickets
    # ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        with self._reading_addresses():  # of what it is about to write
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
        """Have customers read what the pages show, and change nothing of tickets.

        Odoo hides internal comments from them, but neither internal mails nor internal
        notices, when somebody asks for them by their ids; it lets authors change their
        messages, and authors and recipients read them even when they may no longer
        read the ticket.
        """
        result = super()._check_access(operation)
        if self.env.su or not self.env.user._is_outsider():
            return result
        refused = self._filter_refused_ticket_messages(operation)
        if operation == "read" and not self.env.user._is_public():
            refused |= self._filter_internal_messages()
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
        if operation != "read" or not messages_sudo:
            return self.browse(messages_sudo.ids)
        tickets = self.env["helpdesk.ticket"].browse(
            set(messages_sudo.mapped("res_id"))
        )
        readable = set(tickets.exists()._filtered_access("read").ids)
        shown_sudo = messages_sudo.filtered_domain(tickets._get_shown_domain())
        shown_sudo = shown_sudo.filtered(lambda message: message.res_id in readable)
        return self.browse((messages_sudo - shown_sudo).ids)

    def _filter_internal_messages(self):
        """Return those that a search would not find, and that somebody else wrote.

        Chats have rules of their own: who is a member reads all of them.
        """
        shown = self._get_search_domain_share()
        own_id = self.env.user.partner_id.id
        hidden_sudo = self.sudo().filtered(
            lambda message: (
                message.model not in (False, "discuss.channel")
                and message.author_id.id != own_id
                and message.create_uid.id != self.env.uid
            )
        )
        hidden_sudo -= hidden_sudo.filtered_domain(shown)
        return self.browse(hidden_sudo.ids)

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        """Have customers find messages that tickets show, of those that they see."""
        if not (self.env.su or bypass_access) and self.env.user._is_outsider():
            elsewhere = fields.Domain("model", "!=", "helpdesk.ticket")
            of_tickets = (fields.Domain(domain) & ~elsewhere).optimize(self)
            if not of_tickets.is_false():  # else it asks for those of something else
                tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
                domain = fields.Domain(domain)
                domain &= elsewhere | tickets._get_shown_search()
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _has_field_access(self, field, operation):
        """Keep from customers to whom and from which address a message went.

        Pages of chats and of shared projects read it; nobody searches by addresses.
        """
        if not super()._has_field_access(field, operation):
            return False
        if field.name not in ADDRESS_FIELDS or operation != "read":
            return True
        if not self._hides_addresses() or self.env.cr.cache.get(READING):
            return True
        if not self:
            return field.name in RECIPIENT_FIELDS
        return set(self.sudo().mapped("model")) <= CHATS

    @contextmanager
    def _reading_addresses(self):
        """Let Odoo read addresses that it hands to nobody."""
        cache = self.env.cr.cache
        before = cache.get(READING)
        cache[READING] = True
        try:
            yield
        finally:
            cache[READING] = before

    @api.model
    def _hides_addresses(self):
        return not self.env.su and self.env.user._is_outsider()

    def _to_store_defaults(self, target):
        """Hand over to customers no addresses, nor the names of recipients."""
        found = super()._to_store_defaults(target)
        if not self._hides_addresses() or set(self.sudo().mapped("model")) <= CHATS:
            return found
        return [
            field
            for field in found
            if getattr(field, "field_name", field) not in ADDRESS_FIELDS
        ]

    def _to_store(self, store, fields, **kwargs):
        """Take out again what Odoo reads of each message, whoever asks."""
        # Odoo calls it once more for each message
        if not self._hides_addresses() or self.env.cr.cache.get(READING):
            return super()._to_store(store, fields, **kwargs)
        with self._reading_addresses():
            super()._to_store(store, fields, **kwargs)
        chats_sudo = self.sudo().filtered(lambda message: message.model in CHATS)
        for values in store.data.get("mail.message", {}).values():
            if values.get("id") not in chats_sudo.ids:
                values.pop("incoming_email_cc", None)
                values.pop("incoming_email_to", None)
        return None

    def copy_data(self, default=None):
        self.env["mail.thread"]._refuse_customers()
        return super().copy_data(default)

    @api.model
    def _read_group(self, domain, groupby=(), aggregates=(), *args, **kwargs):
        """Have customers count no messages by who got them."""
        asked = {part.split(".")[0].split(":")[0] for part in (*groupby, *aggregates)}
        if not (self.env.su or ADDRESS_FIELDS.isdisjoint(asked)):
            self.env["mail.thread"]._refuse_customers()
        return super()._read_group(domain, groupby, aggregates, *args, **kwargs)
