from odoo import api, models
from odoo.tools import (
    email_normalize,
    html2plaintext,
    parse_contact_from_email,
    plaintext2html,
)

from ...tools.mail.mail_forward import attached_mails, find_forwarded
from ...tools.mail.mail_headers import is_forward
from ...tools.text.names import person_name


class HelpdeskTicket(models.Model):
    """Mails of customers that reached an agent, who forwards them."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _read_forward(self, msg, trust):
        """Make a mail that an agent forwards the mail of its original sender.

        :param dict msg: the mail; sender and text become those of the original
        :param str trust: as of :meth:`_get_trust`
        :return: the agent, empty when nothing is forwarded, and what the agent sent
        :rtype: tuple[res.partner, markupsafe.Markup]
        """
        agent = self.env["res.partner"]
        is_automatic = self._is_done_by_machine()
        if trust == "fail" or is_automatic or not is_forward(msg.get("subject")):
            return agent, ""
        agent = self._find_staff(email_normalize(msg.get("email_from") or ""))
        found = agent and self._find_original(msg)
        if not found or self._filter_own_addresses([found[1]]):
            return agent.browse(), ""
        name, address, text = found
        original = msg["body"]
        sender = f'"{person_name(name)}" <{address}>'
        msg.update({"body": plaintext2html(text), "email_from": sender, "from": sender})
        return agent, original

    @api.model
    def _find_original(self, msg):
        """Return name, address and text of the mail that was forwarded.

        :rtype: tuple[str, str, str] or None
        """
        for sender, text, is_html in attached_mails(msg.get("attachments") or ()):
            name, address = parse_contact_from_email(sender)
            if address:
                return name, address, html2plaintext(text) if is_html else text
        text = html2plaintext(msg.get("body") or "", include_references=False)
        found = find_forwarded(text)
        if not found or not email_normalize(found[1]):
            return None
        return found[0], email_normalize(found[1]), found[2]
