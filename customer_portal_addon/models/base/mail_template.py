from odoo import models

MAIL_LAYOUT = "customer_portal_addon.mail_layout_support"


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _render_lang(self, res_ids, engine="inline_template"):
        """Speak the language of the reader, whom the template doesn't know.

        A ticket has many readers; the template's language is that of its contact.
        """
        reader_lang = self.env.context.get("reader_lang")
        if reader_lang:
            return dict.fromkeys(res_ids, reader_lang)
        return super()._render_lang(res_ids, engine=engine)
