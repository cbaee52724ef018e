from odoo import api, models
from odoo.fields import Domain
from odoo.tools import html_sanitize

from ...tools.mail.mail_headers import ticket_numbers
from ...tools.mail.mail_quotes import split_quotes


class HelpdeskTicket(models.Model):
    """Which mails are about tickets, and about which."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _concerns_tickets(self, mail, model):
        """Tell whether a mail is about tickets, or comes to where they are filed.

        :param IncomingMail mail:
        :param str model: where mails without a known recipient go, or None
        """
        models_of_aliases = self._get_aliases(mail.recipients).alias_model_id
        if models_of_aliases:
            model_id = self.env["ir.model"]._get_id(self._name)
            return model_id in models_of_aliases.ids
        return model == self._name or bool(self._find_referred_message(mail))

    @api.model
    def _get_aliases(self, addresses):
        """Return the aliases that mails to these addresses come to.

        :rtype: mail.alias
        """
        if not addresses:
            return self.env["mail.alias"]
        local_parts = [address.partition("@")[0] for address in addresses]
        aliases_sudo = self.env["mail.alias"].sudo()
        return aliases_sudo.search_fetch(
            Domain("alias_full_name", "in", addresses)
            | (
                Domain("alias_name", "in", local_parts)
                & Domain("alias_incoming_local", "=", True)
            )
        )

    @api.model
    def _is_own_mail(self, address):
        """Tell whether an address is ours, so that our own mail has come back.

        Not when somebody of the staff uses it: small vendors have one for all.
        """
        return bool(
            self._filter_own_addresses([address]) and not self._find_staff(address)
        )

    @api.model
    def _filter_own_addresses(self, addresses):
        """Return those of the addresses that are aliases, or of a company.

        :rtype: set[str]
        """
        addresses = set(filter(None, addresses))
        mail = self._get_incoming_mail()
        if not mail:
            return self._find_own_addresses(addresses)
        if not addresses <= mail.checked_addresses:
            # all of the mail's at once: they will be asked for, too
            new = {*addresses, *mail.recipients} - mail.checked_addresses
            mail.own_addresses |= self._find_own_addresses(new)
            mail.checked_addresses |= new
        return addresses & mail.own_addresses

    @api.model
    def _find_own_addresses(self, addresses):
        addresses = list(addresses)
        domains_sudo = self.env["mail.alias.domain"].sudo()
        own = set(domains_sudo._find_aliases(addresses))
        companies_sudo = (
            self.env["res.company"]
            .sudo()
            .search([("partner_id.email_normalized", "in", addresses)])
        )
        return own | set(companies_sudo.partner_id.mapped("email_normalized"))

    @api.model
    def _find_referred_message(self, mail):
        """Return the latest message of those that a mail answers, if of a ticket.

        :rtype: mail.message
        """
        messages_sudo = self.env["mail.message"].sudo()
        references = mail.get_answered_ids()
        if references:
            messages_sudo = messages_sudo.search(
                [("message_id", "in", references)], order="id desc", limit=1
            )
        return messages_sudo.filtered(lambda m: m.model == self._name and m.res_id)

    @api.model
    def _find_referred_ticket(self, mail):
        """Return the ticket that a mail is about, and the message that it answers.

        Without a usable reference the number in its subject tells.

        :rtype: tuple[helpdesk.ticket, mail.message]
        """
        tickets_sudo = self.sudo().with_context(active_test=False)
        message_sudo = self._find_referred_message(mail)
        ticket_sudo = tickets_sudo.browse(message_sudo.res_id or ()).exists()
        if ticket_sudo:
            return ticket_sudo, message_sudo
        nothing = message_sudo.browse()
        numbers = ticket_numbers(mail.text_of("Subject"))
        if not numbers:
            return ticket_sudo, nothing
        # companies may count alike
        found_sudo = tickets_sudo.search([("number", "in", numbers)], limit=10)
        answerable = found_sudo.filtered(
            lambda ticket: ticket._find_answering_person(mail.sender)
        )
        return (answerable or found_sudo)[:1], nothing

    # ---------------------------------------------------
    # What of a mail is new
    # ---------------------------------------------------

    @api.model
    def _split_quotes(self, body):
        """Split a mail into what was written, and the quotes and signature below it.

        :param body: HTML
        :return: the new part and the quoted one, empty when nothing is folded
        :rtype: tuple[markupsafe.Markup, markupsafe.Markup]
        """
        whole = html_sanitize(body or "", sanitize_attributes=False)
        parts = split_quotes(str(whole))
        if parts is None:
            return whole, whole[:0]
        own, quoted = (html_sanitize(part, sanitize_attributes=False) for part in parts)
        return own, quoted
