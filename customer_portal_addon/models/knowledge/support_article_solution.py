from odoo import api, models
from odoo.tools import SQL


class SupportArticleSolution(models.Model):
    """That an article solved somebody's problem before they filed a ticket."""

    _name = "support.article.solution"
    _description = "Problem Solved by an Article"
    _inherit = ["support.article.visitor.mixin"]

    _visitor_uniq = models.UniqueIndex("(article_id, visitor_key)")
    _source_idx = models.Index("(source_key, answered_at) WHERE source_key IS NOT NULL")

    @api.model
    def _note(self, article, visitor, client):
        """Count an article that solved a visitor's problem, once for each visitor.

        :param str visitor: a secret of the visitor's session
        :param str client: the visitor's IP address
        """
        vals = self._prepare_visitor_values(article, visitor, client)
        if vals is not None:
            self.sudo()._insert_once(vals)

    def _insert_once(self, vals):
        query = SQL(
            """
            INSERT INTO support_article_solution (%(columns)s)
            VALUES %(values)s
                ON CONFLICT (article_id, visitor_key) DO NOTHING
            RETURNING id
            """,
            columns=SQL(", ").join(map(SQL.identifier, vals)),
            values=tuple(vals.values()),
        )
        rows = self.env.execute_query(query)
        self.invalidate_model()
        for (solution_id,) in rows:
            solution = self.browse(solution_id)
            solution.article_id.invalidate_recordset(["solution_ids"])
            solution.modified(["article_id"])

    @api.autovacuum
    def _gc_source_keys(self):
        self._forget_sources()
