from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, hmac

from ..tools.form_values import clean_text

MAX_COMMENT = 2000
HOUR = timedelta(hours=1)


class SupportArticleFeedback(models.Model):
    """Whether an article helped somebody; the last word of each visitor counts."""

    _name = "support.article.feedback"
    _description = "Feedback on an Article"
    _order = "answered_at desc, id desc"
    _rec_name = "article_id"

    # Whoever sits behind one address together has to share this per hour
    _limit_per_source = 60

    article_id = fields.Many2one(
        "support.article", required=True, readonly=True, ondelete="cascade", index=True
    )
    category_id = fields.Many2one(related="article_id.category_id", store=True)
    is_helpful = fields.Boolean(string="Helped", readonly=True)
    comment = fields.Text(readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="Who was logged in; empty for other visitors.",
    )
    lang = fields.Char(string="Language", readonly=True)
    answered_at = fields.Datetime(string="Answered", readonly=True, index=True)
    is_done = fields.Boolean(
        string="Done", help="Somebody has looked at it, and at the article."
    )
    visitor_key = fields.Char(required=True, readonly=True, groups="base.group_system")
    source_key = fields.Char(readonly=True, groups="base.group_system")

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
        article.check_access("read")
        user = self.env.user
        feedback_sudo = self.sudo()
        visitor_key = feedback_sudo._make_key(
            visitor if user._is_public() else f"user {user.id}"
        )
        source_key = self.env["support.access.mail"]._get_source_key(client)
        if feedback_sudo._is_source_exhausted(source_key):
            return False
        comment = clean_text(comment, multiline=True)[:MAX_COMMENT]
        feedback_sudo._upsert(
            {
                "article_id": article.id,
                "visitor_key": visitor_key,
                "source_key": source_key,
                "is_helpful": is_helpful,
                "comment": comment or None,
                "partner_id": None if user._is_public() else user.partner_id.id,
                "category_id": article.sudo().category_id.id,
                "lang": self.env.lang,
                "answered_at": fields.Datetime.now(),
            }
        )
        return True

    def _make_key(self, secret):
        """Return what tells visitors apart without saying who they are."""
        return hmac(self.sudo().env, "support_article_feedback", secret)

    def _is_source_exhausted(self, source_key):
        since = fields.Datetime.now() - HOUR
        found = self.search_count(
            [("source_key", "=", source_key), ("answered_at", ">", since)],
            limit=self._limit_per_source,
        )
        return found >= self._limit_per_source

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
        """Forget where answers came from once the limit no longer needs it."""
        before = fields.Datetime.now() - 24 * HOUR
        old_sudo = self.sudo().search(
            [("source_key", "!=", False), ("answered_at", "<", before)], limit=5000
        )
        old_sudo.write({"source_key": False})

    def write(self, vals):
        """Staff put answers away; what readers said stays as it is."""
        if not self.env.su and set(vals) - {"is_done"}:
            raise AccessError(self.env._("What readers answered can't be changed."))
        return super().write(vals)
