from urllib.parse import quote_plus

from markupsafe import Markup

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.text.article_words import cut_excerpt

SHOWN_PER_CATEGORY = 6
EXCERPT_IN_MAIL = 200


class SupportArticle(models.Model):
    """Articles: what their pages show. Everything is read as the visitor."""

    _inherit = "support.article"

    @api.model
    def _get_published_domain(self):
        """Return the articles that the pages list: staff's drafts are not there."""
        website = self.env["website"].get_current_website()
        return Domain("is_published", "=", True) & website.website_domain()

    @api.model
    def _get_overview(self):
        """Return the categories with their first articles.

        :rtype: list[dict]
        """
        query = self._search(self._get_published_domain())
        self.env["support.article"].flush_model(["category_id", "sequence"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT category_id, total, array_agg(id ORDER BY position)
                  FROM (SELECT id, category_id,
                               COUNT(*) OVER (PARTITION BY category_id) AS total,
                               ROW_NUMBER() OVER (PARTITION BY category_id
                                                  ORDER BY sequence, id) AS position
                          FROM support_article
                         WHERE id IN %s) article
                 WHERE position <= %s
                 GROUP BY category_id, total
                """,
                query.subselect(),
                SHOWN_PER_CATEGORY,
            )
        )
        found = {category_id: (total, ids) for category_id, total, ids in rows}
        website = self.env["website"].get_current_website()
        categories = self.env["support.article.category"].search(
            Domain("id", "in", list(found)) & website.website_domain()
        )
        articles = self.browse(id_ for _total, ids in found.values() for id_ in ids)
        articles.fetch(["name", "seo_name"])
        return [
            {
                "category": category,
                "total": found[category.id][0],
                "articles": articles.browse(found[category.id][1]),
            }
            for category in categories
        ]

    @api.model
    def _get_list(self, category, limit, page):
        """Return one page of the articles of a category, without one: of all.

        :return: the articles, and how many there are in all
        """
        domain = self._get_published_domain()
        order = "name, id"
        if category:
            domain &= Domain("category_id", "=", category.id)
            order = "sequence, id"
        total = self.search_count(domain)
        last = max(1, -(-total // limit))
        offset = (min(max(page, 1), last) - 1) * limit
        return self.search(domain, offset=offset, limit=limit, order=order), total

    @api.model
    def _get_sitemap_entries(self):
        """Return the addresses of what everybody may read, with their last change.

        :rtype: list[dict]
        """
        domain = self._get_published_domain() & Domain("visibility", "=", "everyone")
        articles = self.search(domain)
        categories = articles._get_readable_categories()
        entries = [{"loc": category.website_url} for category in categories]
        return entries + [
            {"loc": article.website_url, "lastmod": article.content_date.date()}
            for article in articles
        ]

    def _get_readable_categories(self):
        """Return the categories that the current user may read, of articles.

        A category that is archived, or of another website, hides no article.
        """
        category_ids = self.sudo().category_id.ids
        return self.env["support.article.category"].search([("id", "in", category_ids)])

    def _get_page_values(self):
        """Return what the page shows besides the article itself.

        Tags and links are for whoever may read the article; of the related articles
        everybody sees those they may read themselves.
        """
        self.ensure_one()
        self.check_access("read")
        article_sudo = self.sudo()
        related_ids = article_sudo.related_ids.ids
        domain = self._get_published_domain() & Domain("id", "in", related_ids)
        return {
            "article": self,
            "main_object": self,
            "category": self._get_readable_categories() or None,
            "tags": [
                {"name": name, "url": f"/support/kb?search={quote_plus(name)}"}
                for name in article_sudo.tag_ids.mapped("name")
            ],
            "links": [
                {"name": link.name, "url": link.url}
                for link in article_sudo.link_ids
                if link._is_web_address(link.url)
            ],
            "related": self.search(domain),
            "timezone": self.env.company.sudo().partner_id.tz or "UTC",
        }

    def _get_mail_body(self):
        """Return title, link and beginning, to put into an answer.

        :rtype: markupsafe.Markup
        """
        self.ensure_one()
        text = self.env["support.article.text"]._to_text(self.body)
        return Markup('<p><a href="%s"><b>%s</b></a><br>%s</p>') % (
            f"{self.get_base_url()}{self.website_url}",
            self.name,
            cut_excerpt(text, (), EXCERPT_IN_MAIL),
        )

    def _count_view(self):
        """Count that a visitor has read the article; staff don't count."""
        self.check_access("read")
        if not self.env.user._is_internal():
            views_sudo = self.env["support.article.view"].sudo()
            views_sudo.create([{"article_id": article.id} for article in self])

    def _default_website_meta(self):
        """Describe the article by its beginning, where nobody wrote a description."""
        meta = super()._default_website_meta()
        text = self.env["support.article.text"]._to_text(self.body)
        summary = " ".join(text.split())[:160]
        for kind, prefix in (
            ("default_opengraph", "og"),
            ("default_twitter", "twitter"),
        ):
            meta[kind][f"{prefix}:description"] = summary
        meta["default_opengraph"]["og:type"] = "article"
        meta["default_meta_description"] = summary
        return meta
