"""The knowledge base: answers that are there before anybody asks."""

import secrets
from urllib.parse import urlencode

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ...tools.form.form_values import clean_text
from ..base import replica

ANSWERS = ("yes", "no", "sent")
# How many articles a session remembers that it has been counted for
REMEMBERED = 200


class SupportKnowledgeBase(http.Controller):
    _articles_per_page = 20
    _hits_per_page = 10

    def sitemap_articles(env, rule, qs):  # noqa: N805
        """Name search engines what everybody may read."""
        entries = [{"loc": "/support/kb"}]
        entries += env["support.article"]._get_sitemap_entries()
        for entry in entries:
            if not qs or qs.lower() in entry["loc"]:
                yield entry

    # ---------------------------------------------------
    # Lists
    # ---------------------------------------------------

    @http.route(
        "/support/kb",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=sitemap_articles,
        readonly=replica.read,
    )
    def support_kb(self, search="", page="1", **kw):
        """The categories; everything (``all``); or what somebody looks for."""
        articles = request.env["support.article"]
        search = clean_text(search)[:200]
        if search:
            page = self._read_page(page)
            hits, total = articles._get_hits(search, self._hits_per_page, page)
            return self._render_list(
                search=search,
                hits=hits,
                total=total,
                pager=self._get_pager(total, page, self._hits_per_page, search=search),
            )
        if kw.get("all"):
            return self._render_articles(None, page, all=1)
        return self._render_list(overview=articles._get_overview())

    @http.route(
        "/support/kb/<category_slug>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
        readonly=replica.read,
    )
    def support_kb_category(self, category_slug, page="1", **kw):
        """The articles of one category."""
        category_id = request.env["ir.http"]._unslug(category_slug)[1]
        category = request.env["support.article.category"].browse(category_id or 0)
        if not category.exists() or not category.has_access("read"):
            raise NotFound()
        return self._render_articles(category, page)

    def _render_articles(self, category, page, **query):
        page = self._read_page(page)
        step = self._articles_per_page
        found, total = request.env["support.article"]._get_list(category, step, page)
        about = {"main_object": category} if category else {}
        return self._render_list(
            category=category,
            articles=found,
            total=total,
            pager=self._get_pager(total, page, step, **query),
            **about,
        )

    def _render_list(self, **found):
        values = self._prepare_knowledge_base_values(**found)
        response = request.render("customer_portal_addon.knowledge_base", values)
        if values["search"]:
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    def _prepare_knowledge_base_values(self, **found):
        """Return what the pages of lists print.

        :param found: what there is: of a search, a category or all
        :rtype: dict
        """
        return {
            "page_name": "support_kb",
            "search": "",
            "category": None,
            "articles": None,
            "overview": None,
            "hits": None,
            "can_file": self._can_file(),
            **found,
        }

    def _can_file(self):
        if request.env.user._is_public():
            return False
        return request.env["ir.http"]._get_support_decision().allowed

    def _read_page(self, page):
        page = clean_text(page)
        return max(1, int(page)) if page.isdecimal() and len(page) < 6 else 1

    def _get_pager(self, total, page, step, **query):
        """Return Odoo's pager, with the page's number as a parameter.

        Links within the page: Odoo looks up the route of every other one, each time.
        """
        pager = portal_pager(url="", total=total, page=page, step=step)
        for entry in pager.values():
            entries = [entry] if isinstance(entry, dict) else entry
            for target in entries if isinstance(entries, list) else ():
                target["url"] = f"?{urlencode({**query, 'page': target['num']})}"
        return pager

    # ---------------------------------------------------
    # One article
    # ---------------------------------------------------

    @http.route(
        "/support/kb/article/<article_slug>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
        readonly=replica.read,
    )
    def support_article(self, article_slug, answer=None, **kw):
        """An article, and the question whether it helped."""
        article, refusal = self._find_article(article_slug)
        if refusal:
            return refusal
        if article.website_url.rpartition("/")[2] != article_slug:
            return request.redirect_query(article.website_url, kw, code=301)
        return self._render_article(article, answer if answer in ANSWERS else None)

    @http.route(
        "/support/kb/article/<article_slug>/feedback",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def support_article_feedback(self, article_slug, helpful="", comment="", **kw):
        """Note whether the article helped, and lead back to it."""
        article, refusal = self._find_article(article_slug)
        if refusal:
            return refusal
        if helpful not in ("yes", "no"):
            return request.redirect(article.website_url)
        if not request.env["ir.http"].is_a_bot():
            is_noted = request.env["support.article.feedback"]._answer(
                article,
                is_helpful=helpful == "yes",
                comment=comment,
                visitor=self._get_visitor(),
                client=request.httprequest.remote_addr,
            )
            if not is_noted:
                return self._render_article(article, "limited", status=429)
        answer = "sent" if helpful == "no" and clean_text(comment) else helpful
        return request.redirect(
            f"{article.website_url}?answer={answer}#article_feedback"
        )

    @http.route(
        "/support/kb/article/<article_slug>/seen",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def support_article_seen(self, article_slug, **kw):
        """Count a reader, once per visit. The page's script calls it."""
        article, _refusal = self._find_article(article_slug)
        seen = request.session.get("support_articles_seen", [])
        is_new = article and article.id not in seen
        if is_new and not request.env["ir.http"].is_a_bot():
            article._count_view()
            request.session["support_articles_seen"] = [*seen, article.id][-REMEMBERED:]
        return request.make_response("", status=204)

    # ---------------------------------------------------
    # Answers before asking: beside the forms
    # ---------------------------------------------------

    @http.route(
        "/support/kb/answers",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
        readonly=replica.read,
    )
    def support_kb_answers(self, q="", **kw):
        """The articles that fit a subject that is being typed, as JSON."""
        answers = request.env["support.article"]._find_answers(clean_text(q))
        return request.make_json_response(
            {"answers": answers}, headers={"X-Robots-Tag": "noindex"}
        )

    @http.route(
        "/support/kb/article/<article_slug>/body",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
        readonly=replica.read,
    )
    def support_article_body(self, article_slug, **kw):
        """The text of an article without a page around it, to open it in place."""
        article, refusal = self._find_article(article_slug)
        if refusal:
            raise NotFound()
        return request.render(
            "customer_portal_addon.article_body",
            article._get_page_values(),
            headers={"X-Robots-Tag": "noindex"},
        )

    @http.route(
        "/support/kb/article/<article_slug>/solved",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def support_article_solved(self, article_slug, **kw):
        """Count that an article solved a problem before it became a ticket."""
        article, refusal = self._find_article(article_slug)
        if refusal:
            return refusal
        if not request.env["ir.http"].is_a_bot():
            request.env["support.article.solution"]._note(
                article, self._get_visitor(), request.httprequest.remote_addr
            )
        return request.redirect("/support/kb/solved")

    @http.route(
        "/support/kb/solved",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
        readonly=replica.read,
    )
    def support_kb_solved(self, **kw):
        """Thank whoever needs no ticket any more."""
        return request.render(
            "customer_portal_addon.article_solved", {"page_name": "support_kb"}
        )

    # ---------------------------------------------------
    # Helpers
    # ---------------------------------------------------

    def _find_article(self, article_slug):
        """Return the article that an address names, or the answer to who can't read it.

        A route's model converter would tell the title in its redirect.
        """
        article_id = request.env["ir.http"]._unslug(article_slug)[1]
        article, reason = request.env["support.article"]._find_for_visitor(article_id)
        if reason == "missing":
            raise NotFound()
        if reason == "login":
            place = urlencode({"redirect": f"/support/kb/article/{article_id}"})
            return article, request.redirect(f"/web/login?{place}")
        if reason == "refused":
            return article, request.redirect("/support/refused")
        return article, None

    def _render_article(self, article, answer, status=200):
        return request.render(
            "customer_portal_addon.support_article",
            self._prepare_article_values(article, answer),
            status=status,
        )

    def _prepare_article_values(self, article, answer):
        return {
            "page_name": "support_article",
            "answer": answer,
            "can_file": self._can_file(),
            **article._get_page_values(),
        }

    def _get_visitor(self):
        """Return what tells this visitor's session from others, however it rotates."""
        if not request.session.get("support_visitor"):
            request.session["support_visitor"] = secrets.token_hex(16)
        return request.session["support_visitor"]
