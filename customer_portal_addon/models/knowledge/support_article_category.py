from odoo import api, fields, models
from odoo.fields import Domain


class SupportArticleCategory(models.Model):
    _name = "support.article.category"
    _description = "Article Category"
    _inherit = ["website.seo.metadata", "website.multi.mixin"]
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Text(
        translate=True, help="One or two sentences below the title of the category."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    # For staff: the rule below reads it with all rights, and the cache is shared
    article_ids = fields.One2many(
        "support.article",
        "category_id",
        string="Articles",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )
    article_count = fields.Integer(
        string="Number of articles", compute="_compute_article_count"
    )
    website_url = fields.Char(string="Page", compute="_compute_website_url")

    def _compute_article_count(self):
        groups = self.env["support.article"]._read_group(
            [("category_id", "in", self.ids)], ["category_id"], ["__count"]
        )
        counts = {category.id: count for category, count in groups}
        for category in self:
            category.article_count = counts.get(category.id, 0)

    @api.depends("name", "seo_name")
    @api.depends_context("lang")
    def _compute_website_url(self):
        for category in self:
            slug = category.id and self.env["ir.http"]._slug(category)
            category.website_url = slug and f"/support/kb/{slug}"

    @api.model
    def _get_visible_domain(self):
        """Return which categories the current visitor reads: those with articles."""
        if self.env.user._is_internal():
            return Domain.TRUE
        articles = self.env["support.article"]
        website = self.env["website"].get_current_website()
        domain = website.website_domain() & Domain("active", "=", True)
        visible = articles._get_visible_domain() & Domain("active", "=", True)
        return domain & Domain("article_ids", "any", visible)

    def action_open_articles(self):
        """Show the articles of the category."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_portal_addon.support_article_action"
        )
        action["domain"] = [("category_id", "=", self.id)]
        action["context"] = {"default_category_id": self.id}
        return action

    def open_website_url(self):
        """Lead staff to the page of the category."""
        self.ensure_one()
        return self.env["website"].get_client_action(self.website_url)
