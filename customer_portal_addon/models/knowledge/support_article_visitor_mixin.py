from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import hmac

HOUR = timedelta(hours=1)


class SupportArticleVisitorMixin(models.AbstractModel):
    """What visitors tell about articles: once each, and not too much per network.

    Visitors are told apart by a keyed hash that doesn't say who they are.
    """

    _name = "support.article.visitor.mixin"
    _description = "What Visitors Tell About Articles"
    _order = "answered_at desc, id desc"
    _rec_name = "article_id"

    # Whoever sits behind one address together has to share this per hour
    _limit_per_source = 60

    article_id = fields.Many2one(
        "support.article", required=True, readonly=True, ondelete="cascade", index=True
    )
    category_id = fields.Many2one(related="article_id.category_id", store=True)
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
    visitor_key = fields.Char(required=True, readonly=True, groups="base.group_system")
    source_key = fields.Char(readonly=True, groups="base.group_system")

    @api.model
    def _prepare_visitor_values(self, article, visitor, client):
        """Return what to note about an article that the current user may read.

        :param str visitor: a secret of the visitor's session
        :param str client: the visitor's IP address
        :return: None if the network has sent too much
        :rtype: dict | None
        """
        article.check_access("read")
        user = self.env.user
        source_key = self.env["support.limit"]._get_network_key(client)
        if self.sudo()._is_source_exhausted(source_key):
            return None
        who = visitor if user._is_public() else f"user {user.id}"
        return {
            "article_id": article.id,
            "visitor_key": hmac(self.sudo().env, "support_article_visitor", who),
            "source_key": source_key,
            "partner_id": None if user._is_public() else user.partner_id.id,
            "category_id": article.sudo().category_id.id,
            "lang": self.env.lang,
            "answered_at": fields.Datetime.now(),
        }

    def _is_source_exhausted(self, source_key):
        since = fields.Datetime.now() - HOUR
        return self.env["support.limit"]._is_reached(
            self,
            [("source_key", "=", source_key), ("answered_at", ">", since)],
            self._limit_per_source,
            source_key,
        )

    def _forget_sources(self):
        """Forget where answers came from once the limit no longer needs it."""
        before = fields.Datetime.now() - 24 * HOUR
        old_sudo = self.sudo().search(
            [("source_key", "!=", False), ("answered_at", "<", before)], limit=5000
        )
        old_sudo.write({"source_key": False})
