from markupsafe import Markup

from odoo import api, models
from odoo.fields import Domain

from ...tools.text.article_words import cut_excerpt, split_hits

MAX_SUBJECT = 200
EXCERPT_OF_ANSWER = 140


class SupportArticle(models.Model):
    """Articles: searching them, on their own pages and in the website's search."""

    _inherit = "support.article"

    @api.model
    def _find(self, search, limit=10, page=1, domain=None):
        """Return the articles that fit what somebody looks for, the best first.

        Only those that the current user may read; nobody else's words count.

        :return: articles, how many there are in all, and what :meth:`_get_hits` needs
        :rtype: tuple
        """
        texts_sudo = self.env["support.article.text"].sudo()
        if domain is None:
            domain = self._get_published_domain()
        visible = self._search(domain)
        rows, total, forms = texts_sudo._rank(search, visible, limit, page)
        articles = self.browse(row["article_id"] for row in rows)
        return articles, total, (rows, forms)

    @api.model
    def _get_hits(self, search, limit=10, page=1):
        """Return one page of search results, ready to be shown.

        :return: hits with their ``article``, ``name`` and ``excerpt``, and the total
        :rtype: tuple[list[dict], int]
        """
        articles, total, (rows, forms) = self._find(search, limit, page)
        # found among what the visitor may read: no need to ask again for each field
        articles_sudo = articles.sudo()
        articles_sudo.fetch(["name", "seo_name", "category_id"])
        categories = articles._get_readable_categories()
        hits = [
            {
                "article": article,
                "url": article_sudo.website_url,
                "name": self._mark(article_sudo.name, forms),
                "category": (article_sudo.category_id & categories).name,
                "excerpt": self._mark(cut_excerpt(row["text"], forms), forms),
            }
            for article, article_sudo, row in zip(
                articles, articles_sudo, rows, strict=True
            )
        ]
        return hits, total

    @api.model
    def _find_answers(self, text, limit=5):
        """Return the articles that may answer what somebody is about to ask.

        Only those that the current user may read.

        :param str text: a subject, as far as it has been typed
        :return: their ``id``, ``name``, ``url`` and ``excerpt``, as plain text
        :rtype: list[dict]
        """
        articles, _total, (rows, forms) = self._find((text or "")[:MAX_SUBJECT], limit)
        articles.fetch(["name", "seo_name"])
        return [
            {
                "id": article.id,
                "name": article.name,
                "url": article.website_url,
                "excerpt": cut_excerpt(row["text"], forms, EXCERPT_OF_ANSWER),
            }
            for article, row in zip(articles, rows, strict=True)
        ]

    @api.model
    def _mark(self, text, forms):
        """Return the text as HTML, with the words that were looked for marked."""
        return Markup().join(
            Markup("<mark>%s</mark>") % piece if is_hit else piece
            for piece, is_hit in split_hits(text, forms)
        )

    # ---------------------------------------------------
    # The website's own search
    # ---------------------------------------------------

    @api.model
    def _search_get_detail(self, website, order, options):
        fetch_fields = ["id", "name", "website_url"]
        mapping = {
            "name": {"name": "name", "type": "text", "match": True},
            "website_url": {"name": "website_url", "type": "text", "truncate": False},
        }
        if options.get("displayDescription"):
            fetch_fields.append("body")
            mapping["description"] = {
                "name": "body",
                "type": "text",
                "html": True,
                "match": True,
            }
        domain = Domain("is_published", "=", True) & website.website_domain()
        return {
            "model": "support.article",
            "base_domain": [domain],
            "search_fields": ["name", "body"],
            "fetch_fields": fetch_fields,
            "mapping": mapping,
            "icon": "fa-lightbulb-o",
            "order": "name asc, id asc",
        }

    @api.model
    def _search_fetch(self, search_detail, search, limit, order):
        """Find by our own index, which forgives more."""
        if not search:
            return super()._search_fetch(search_detail, search, limit, order)
        domain = Domain.AND(search_detail["base_domain"])
        articles, total, _details = self._find(search, limit or 1000, domain=domain)
        return articles, total
