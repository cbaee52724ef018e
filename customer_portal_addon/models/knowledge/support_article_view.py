from odoo import api, fields, models
from odoo.tools import SQL


class SupportArticleView(models.Model):
    """That somebody has read an article; added to its views once a day.

    Rows are only inserted, so that readers of a popular article never wait for each
    other.
    """

    _name = "support.article.view"
    _description = "View of an Article"
    _log_access = False
    _rec_name = "article_id"

    article_id = fields.Many2one(
        "support.article", required=True, ondelete="cascade", index=True
    )

    @api.autovacuum
    def _add_up(self):
        """Add what was counted to the articles' views, and forget it."""
        self.flush_model()
        articles_sudo = self.env["support.article"].sudo()
        articles_sudo.flush_model(["view_count"])
        self.env.cr.execute(
            SQL(
                """
                WITH viewed AS (DELETE FROM support_article_view RETURNING article_id),
                     counted AS (SELECT article_id, COUNT(*) AS views
                                   FROM viewed GROUP BY article_id)
                UPDATE support_article article
                   SET view_count = COALESCE(view_count, 0) + counted.views
                  FROM counted
                 WHERE article.id = counted.article_id
                """
            )
        )
        self.invalidate_model()
        articles_sudo.invalidate_model(["view_count"])
