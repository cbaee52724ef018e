from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...tools.form.form_values import clean_text

MAX_COMMENT = 2000


class SupportArticleFeedback(models.Model):
    """Whether an article helped somebody; the last word of each visitor counts."""

    _name = "support.article.feedback"
    _description = "Feedback on an Article"
    _inherit = ["support.article.visitor.mixin"]

    is_helpful = fields.Boolean(string="Helped", readonly=True)
    comment = fields.Text(readonly=True)
    is_done = fields.Boolean(
        string="Done", help="Somebody has looked at it, and at the article."
    )

    _visitor_uniq = models.UniqueIndex("(article_id, visitor_key)")
    _source_idx = models.Index("(source_key, answered_at) WHERE source_key IS NOT NULL")

    @api.model
    def _answer(self, article, is_helpful, comment, visitor, client):
        """Note what a visitor says about an article that they may read.

        :param bool is_helpful:
        :param str comment: what was posted
        :param str visitor: a secret of the visitor's session
        :param str client: the visitor's IP address
        :return: whether it was noted; not if the network has sent too much
        :rtype: bool
        """
        vals = self._prepare_visitor_values(article, visitor, client)
        if vals is None:
            return False
        comment = clean_text(comment, multiline=True)[:MAX_COMMENT]
        self.sudo()._upsert(
            {**vals, "is_helpful": is_helpful, "comment": comment or None}
        )
        return True

    def _upsert(self, vals):
        """Write the visitor's answer in one step: clicking twice is one answer.

        A comment stays until the visitor changes their mind or writes another one.
        """
        self.flush_model()
        columns = [SQL.identifier(name) for name in vals]
        query = SQL(
            """
            INSERT INTO support_article_feedback AS old (%(columns)s)
            VALUES %(values)s
                ON CONFLICT (article_id, visitor_key) DO UPDATE
               SET comment = CASE
                       WHEN old.is_helpful = EXCLUDED.is_helpful
                       THEN COALESCE(EXCLUDED.comment, old.comment)
                       ELSE EXCLUDED.comment END,
                   is_helpful = EXCLUDED.is_helpful,
                   source_key = EXCLUDED.source_key,
                   answered_at = EXCLUDED.answered_at,
                   lang = EXCLUDED.lang,
                   is_done = FALSE
            RETURNING id
            """,
            columns=SQL(", ").join(columns),
            values=tuple(vals.values()),
        )
        [(feedback_id,)] = self.env.execute_query(query)
        self.invalidate_model()
        feedback = self.browse(feedback_id)
        feedback.article_id.invalidate_recordset(["feedback_ids"])
        feedback.modified(["article_id", "is_helpful", "comment"])

    @api.depends("article_id", "is_helpful")
    def _compute_display_name(self):
        yes, no = self.env._("helped"), self.env._("didn't help")
        for feedback in self:
            verdict = yes if feedback.is_helpful else no
            feedback.display_name = f"{feedback.article_id.name}: {verdict}"

    def action_done(self):
        """Put answers away: somebody has looked at them."""
        self.check_access("write")
        self.is_done = True

    @api.autovacuum
    def _gc_source_keys(self):
        self._forget_sources()

    def write(self, vals):
        """Staff put answers away; what readers said stays as it is."""
        if not self.env.su and set(vals) - {"is_done"}:
            raise AccessError(self.env._("What readers answered can't be changed."))
        return super().write(vals)
