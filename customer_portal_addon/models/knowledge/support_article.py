from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.translate import html_translate

STAFF = "helpdesk_mgmt.group_helpdesk_user_own"
# What customers read of an article; a change of it makes the article a newer one
CONTENT_FIELDS = {"name", "body", "link_ids"}
# Who reads an article
READER_FIELDS = {"visibility", "is_published", "active", "website_id"}
# What articles are found by, and by whom
INDEXED_FIELDS = {"name", "body", "tag_ids"} | READER_FIELDS


class SupportArticle(models.Model):
    """An answer that customers find themselves.

    Customers have the right to read what :meth:`_get_visible_domain` says; the fields
    for staff carry their group.
    """

    _name = "support.article"
    _description = "Article"
    _inherit = [
        "support.staff.thread.mixin",
        "mail.thread",
        "website.seo.metadata",
        "website.published.multi.mixin",
        "website.searchable.mixin",
        "html.field.history.mixin",
    ]
    _order = "sequence, id"

    name = fields.Char(string="Title", required=True, translate=True, tracking=True)
    body = fields.Html(
        string="Text",
        translate=html_translate,
        sanitize_attributes=False,
        sanitize_overridable=False,
    )
    category_id = fields.Many2one(
        "support.article.category",
        required=True,
        ondelete="restrict",
        index=True,
        tracking=True,
        default=lambda self: self.env["support.article.category"].search([], limit=1),
    )
    visibility = fields.Selection(
        [
            ("everyone", "Everyone"),
            ("users", "Whoever is logged in"),
            ("customers", "Customers who may use support"),
        ],
        string="Visible to",
        default="everyone",
        required=True,
        index=True,
        tracking=True,
        help="Of the published articles. Drafts are visible to staff only.",
    )
    is_published = fields.Boolean(tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    tag_ids = fields.Many2many(
        "support.article.tag",
        string="Tags",
        groups=STAFF,
        help="Other words that the article is to be found by.",
    )
    related_ids = fields.Many2many(
        "support.article",
        "support_article_related_rel",
        "article_id",
        "related_id",
        string="Related articles",
        groups=STAFF,
        help="Offered below the article, to whoever may read them.",
    )
    link_ids = fields.One2many(
        "support.article.link",
        "article_id",
        string="Manuals and links",
        copy=True,
        groups=STAFF,
    )
    author_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        index="btree_not_null",
        groups=STAFF,
    )
    content_date = fields.Datetime(
        string="Last updated", default=fields.Datetime.now, readonly=True, copy=False
    )
    html_field_history = fields.Json(groups=STAFF)
    html_field_history_metadata = fields.Json(groups=STAFF)

    # What readers make of it
    view_count = fields.Integer(
        string="Views",
        readonly=True,
        copy=False,
        groups=STAFF,
        help="Of visitors, once per visit; without search engines and staff. Added up "
        "once a day.",
    )
    feedback_ids = fields.One2many(
        "support.article.feedback", "article_id", groups=STAFF
    )
    helpful_count = fields.Integer(
        string="Helped", compute="_compute_score", store=True, groups=STAFF
    )
    unhelpful_count = fields.Integer(
        string="Didn't help", compute="_compute_score", store=True, groups=STAFF
    )
    comment_count = fields.Integer(
        string="Comments", compute="_compute_score", store=True, groups=STAFF
    )
    score = fields.Integer(
        string="Helpful (%)",
        compute="_compute_score",
        store=True,
        aggregator="avg",
        groups=STAFF,
        help="How many of 100 who answered said that the article helped.",
    )
    solution_ids = fields.One2many(
        "support.article.solution", "article_id", string="Solutions", groups=STAFF
    )
    solution_count = fields.Integer(
        string="Solved",
        compute="_compute_solution_count",
        store=True,
        groups=STAFF,
        help="How many people it kept from filing a ticket: they said so beside the "
        "form.",
    )

    @api.depends("name", "seo_name")
    @api.depends_context("lang")
    def _compute_website_url(self):
        result = super()._compute_website_url()
        for article in self.filtered("id"):
            slug = self.env["ir.http"]._slug(article)
            article.website_url = f"/support/kb/article/{slug}"
        return result

    @api.depends("feedback_ids.is_helpful", "feedback_ids.comment")
    def _compute_score(self):
        groups = self.env["support.article.feedback"]._read_group(
            [("article_id", "in", self.ids)],
            ["article_id", "is_helpful"],
            ["__count", "comment:count"],
        )
        counts = {(article.id, helped): found for article, helped, *found in groups}
        for article in self:
            helped, remarks = counts.get((article.id, True), (0, 0))
            failed, complaints = counts.get((article.id, False), (0, 0))
            article.helpful_count = helped
            article.unhelpful_count = failed
            article.comment_count = remarks + complaints
            answers = helped + failed
            article.score = round(100 * helped / answers) if answers else 0

    @api.depends("solution_ids")
    def _compute_solution_count(self):
        groups = self.env["support.article.solution"]._read_group(
            [("article_id", "in", self.ids)], ["article_id"], ["__count"]
        )
        counts = {article.id: count for article, count in groups}
        for article in self:
            article.solution_count = counts.get(article.id, 0)

    def _get_versioned_fields(self):
        return ["body"]

    @api.model_create_multi
    def create(self, vals_list):
        articles = super().create(vals_list)
        self.env["support.article.text"]._index_articles(articles)
        return articles

    def write(self, vals):
        """Keep the index and the date of the content up to date."""
        if CONTENT_FIELDS & set(vals) and "content_date" not in vals:
            vals = {**vals, "content_date": fields.Datetime.now()}
        result = super().write(vals)
        if INDEXED_FIELDS & set(vals):
            self.env["support.article.text"]._index_articles(self)
        if READER_FIELDS & set(vals):
            self.env["website"]._forget_sitemaps()
        return result

    def unlink(self):
        """Take their words along."""
        words = self.env["support.article.text"]._get_words(self)
        result = super().unlink()
        self.env["support.article.word"]._forget(words)
        self.env["website"]._forget_sitemaps()
        return result

    def _update_field_translations(self, field_name, *args, **kw):
        """Translations don't pass through ``write``."""
        result = super()._update_field_translations(field_name, *args, **kw)
        if field_name in INDEXED_FIELDS:
            self.env["support.article.text"]._index_articles(self)
        return result

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if "name" not in (default or {}):
            for article, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%s (copy)", article.name)
        return vals_list

    def action_open_feedback(self):
        """Show what readers answered."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_portal_addon.support_article_feedback_action"
        )
        action["domain"] = Domain("article_id", "in", self.ids)
        action["context"] = {}
        return action
