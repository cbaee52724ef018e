from odoo import models
from odoo.fields import Domain
from odoo.tools import html2plaintext, plaintext2html

from ...tools.text.impersonal import make_impersonal

MAX_COLLEAGUES = 500


class HelpdeskTicket(models.Model):
    """Articles out of tickets: what one customer was told may help others."""

    _inherit = "helpdesk.ticket"

    def action_make_article(self):
        """Open a new article with the subject and our last answer, without names.

        Nothing is saved before somebody has read it.
        """
        self.ensure_one()
        self.check_access("read")
        names, numbers = self._get_personal_words()
        subject = make_impersonal(self.name, names, numbers)
        answer = make_impersonal(self._get_last_answer_text(), names, numbers)
        return {
            "type": "ir.actions.act_window",
            "res_model": "support.article",
            "name": self.env._("Make an article"),
            "views": [(False, "form")],
            "context": {
                "default_name": subject,
                "default_body": plaintext2html(answer) if answer else False,
            },
        }

    def _get_last_answer_text(self):
        """Return what staff last wrote to the customer, without what it quotes.

        :rtype: str
        """
        own_people = Domain("author_id.partner_share", "=", False)
        answer = self.env["mail.message"].search(
            self._get_conversation_domain() & own_people, order="id desc", limit=1
        )
        own, _quote = self._split_quotes(answer.body)
        return html2plaintext(own, include_references=False)

    def _get_personal_words(self):
        """Return the names of whoever has to do with the ticket, and its numbers."""
        contact_sudo = self.sudo().partner_id
        customer_sudo = contact_sudo.commercial_partner_id
        people_sudo = (
            contact_sudo
            | customer_sudo
            | self.sudo().filed_by_id
            | self.sudo().message_partner_ids
            | self.sudo().user_id.partner_id
            | self.sudo().message_ids.author_id
            | contact_sudo.search(
                [("id", "child_of", customer_sudo.ids)], limit=MAX_COLLEAGUES
            )
        )
        names = [*people_sudo.mapped("name"), self.partner_name]
        return names, [self.number, self.customer_number, contact_sudo.support_code]
