from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SupportArticleLink(models.Model):
    """Where more is said about an article: a manual, a video, a form."""

    _name = "support.article.link"
    _description = "Link of an Article"
    _order = "sequence, id"

    article_id = fields.Many2one(
        "support.article", required=True, ondelete="cascade", index=True
    )
    name = fields.Char(string="Label", required=True, translate=True)
    url = fields.Char(
        string="Address",
        required=True,
        translate=True,
        help="Begins with https:// or http://. Each language may have its own.",
    )
    sequence = fields.Integer(default=10)

    @api.constrains("url")
    def _check_url(self):
        """Links lead to web pages; anything else could run in the reader's browser."""
        for link in self:
            if not self._is_web_address(link.url):
                raise ValidationError(
                    self.env._(
                        "“%(url)s” is not the address of a web page. It has to begin "
                        "with https:// or http://.",
                        url=link.url,
                    )
                )

    @api.model
    def _is_web_address(self, url):
        try:
            parts = urlsplit((url or "").strip())
        except ValueError:
            return False
        return parts.scheme in ("http", "https") and bool(parts.netloc)

    def _update_field_translations(self, *args, **kw):
        result = super()._update_field_translations(*args, **kw)
        for lang, _name in self.env["res.lang"].get_installed():
            self.with_context(lang=lang)._check_url()
        return result
