from odoo import fields, models


class SupportArticleTag(models.Model):
    """A word that an article is found by though its text may not have it."""

    _name = "support.article.tag"
    _description = "Article Tag"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer()
    article_ids = fields.Many2many("support.article", string="Articles")

    _name_unique = models.Constraint(
        "UNIQUE(name)", "There is a tag with this name already."
    )

    def write(self, vals):
        """Have the articles found by the new name."""
        result = super().write(vals)
        if "name" in vals:
            self._index_articles()
        return result

    def unlink(self):
        articles = self.with_context(active_test=False).article_ids
        result = super().unlink()
        self.env["support.article.text"]._index_articles(articles)
        return result

    def _update_field_translations(self, *args, **kw):
        result = super()._update_field_translations(*args, **kw)
        self._index_articles()
        return result

    def _index_articles(self):
        articles = self.with_context(active_test=False).article_ids
        self.env["support.article.text"]._index_articles(articles)
