import re

from markupsafe import Markup

from odoo import api, fields, models

_SIGNATURE = re.compile(r"<\w+[^<>]*\bo-signature-container\b")


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    support_article_id = fields.Many2one(
        "support.article",
        string="Insert article",
        domain=[("is_published", "=", True)],
        help="Adds the title, the link and the beginning of an article to the answer.",
    )

    @api.onchange("support_article_id")
    def _onchange_support_article_id(self):
        """Put the article below what has been written, and be ready for another one."""
        article = self.support_article_id
        if article:
            ticket_ids = self._evaluate_res_ids()
            tickets = self.env[self.model].browse(ticket_ids).exists()
            lang = tickets[:1].partner_id.lang or self.env.lang
            text = article.with_context(lang=lang)._get_mail_body()
            own, signature = self._split_signature()
            self.body = own + text + signature
            self.support_article_id = False

    def _split_signature(self):
        """Return what has been written, and the signature that Odoo put below it."""
        body = self.body or Markup()
        start = _SIGNATURE.search(body)
        place = start.start() if start else len(body)
        return body[:place], body[place:]
