from odoo import api, fields, models


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
            body = self.body or ""
            self.body = body + article.with_context(lang=lang)._get_mail_body()
            self.support_article_id = False
