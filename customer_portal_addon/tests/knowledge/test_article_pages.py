"""The pages of the knowledge base, as visitors see them."""

from urllib.parse import quote

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..http_common import SupportHttpCase

SCRIPT = '"><script>alert(1)</script>'
HIDDEN = "Geheimtitel"


@tagged("post_install", "-at_install")
class TestArticlePages(SupportHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["support.article"].search([]).active = False
        cls.article = cls._create_article("Passwort ändern", "<p>So geht es.</p>")
        cls.category = cls.article.category_id
        cls.covered = cls._create_article(HIDDEN, visibility="customers")
        cls.draft = cls._create_article(f"{HIDDEN} Entwurf", is_published=False)
        cls.article.related_ids = cls.covered | cls.draft
        cls.hidden = cls.covered | cls.draft

    def titles(self, page, data_id):
        return [
            " ".join(link.text_content().split())
            for link in self.find(page, f"//*[@data-id='{data_id}']//li//a")
        ]

    # ---------------------------------------------------
    # Lists
    # ---------------------------------------------------

    def test_the_overview_has_the_categories_with_what_one_may_read(self):
        page = self.open_as(None, "/support/kb")
        self.assertEqual(self.titles(page, "kb_categories"), ["Passwort ändern"])
        page = self.open_as(self.ben, "/support/kb")
        titles = self.titles(page, "kb_categories")
        self.assertEqual(titles, ["Passwort ändern", HIDDEN])

    def test_one_category_or_everything(self):
        """What a category shows, and what all of them do (F1)."""
        other = self.env["support.article.category"].create({"name": "Other"})
        second = self._create_article("Anderes", category_id=other.id)
        page = self.open_as(None, self.category.website_url)
        self.assertEqual(self.titles(page, "kb_articles"), ["Passwort ändern"])
        page = self.url_open(other.website_url)
        self.assertEqual(self.titles(page, "kb_articles"), [second.name])
        page = self.url_open("/support/kb?all=1")
        titles = self.titles(page, "kb_articles")
        self.assertEqual(titles, ["Anderes", "Passwort ändern"])

    def test_categories_that_hold_nothing_for_somebody_are_missing(self):
        other = self.env["support.article.category"].create({"name": "Other"})
        self.covered.category_id = other
        self.assertEqual(self.open_as(None, other.website_url).status_code, 404)
        self.assertEqual(self.open_as(self.ben, other.website_url).status_code, 200)
        for address in ("/support/kb/nothing", "/support/kb/nothing-99999999"):
            self.assertEqual(self.url_open(address).status_code, 404)

    def test_long_lists_have_pages(self):
        for number in range(25):
            self._create_article(f"Serie {number:02}")
        page = self.open_as(None, self.category.website_url)
        self.assertEqual(len(self.titles(page, "kb_articles")), 20)
        page = self.url_open(f"{self.category.website_url}?page=2")
        self.assertEqual(len(self.titles(page, "kb_articles")), 6)
        for odd in ("0", "-1", "x", "99999", "1e9", "9" * 40):
            page = self.url_open(f"{self.category.website_url}?page={odd}")
            self.assertEqual(page.status_code, 200)
        page = self.url_open("/support/kb?search=Serie&page=3")
        self.assertEqual(len(self.titles(page, "kb_hits")), 5)

    # ---------------------------------------------------
    # Search
    # ---------------------------------------------------

    def test_search_from_the_start_page(self):
        """From the box to the article (F2)."""
        page = self.open_as(None, "/support")
        [form] = self.find(page, "//form[@data-id='article_search']")
        self.assertEqual(form.get("action"), "/support/kb")
        page = self.url_open("/support/kb?search=Pasword")
        self.assertEqual(self.titles(page, "kb_hits"), ["Passwort ändern"])
        self.assertEqual(self.text_of(page, "kb_total"), "1 article found")
        self.assertEqual(page.headers["X-Robots-Tag"], "noindex")

    def test_who_finds_nothing_is_led_on(self):
        page = self.open_as(self.ben, "/support/kb?search=Quark")
        self.assertIn("Nothing found for Quark", self.text_of(page, "kb_no_hits"))
        [link] = self.find(page, "//*[@data-id='kb_ask']//a")
        self.assertEqual(link.get("href"), "/support/ticket/new")
        page = self.open_as(None, "/support/kb?search=Quark")
        [link] = self.find(page, "//*[@data-id='kb_ask']//a")
        self.assertEqual(link.get("href"), "/support")

    def test_scripts_in_addresses_and_texts_stay_text(self):
        article = self._create_article(f"Skript {SCRIPT}", "<p>x</p>")
        article.tag_ids = self.env["support.article.tag"].create({"name": SCRIPT})
        for url in (
            f"/support/kb?search={quote(SCRIPT)}",
            f"/support/kb?search=Skript&page={quote(SCRIPT)}",
            "/support/kb?all=1",
            article.website_url,
            f"{article.website_url}?answer={quote(SCRIPT)}",
            f"{article.website_url}/body",
            self.category.website_url,
        ):
            with self.subTest(url=url):
                page = self.open_as(None, url)
                self.assertEqual(page.status_code, 200)
                self.assertNotIn("<script>alert", page.text)

    # ---------------------------------------------------
    # One article
    # ---------------------------------------------------

    def test_an_article(self):
        """Its text, and its links to manuals (F4)."""
        self.article.link_ids = [
            (0, 0, {"name": "Manual", "url": "https://manual.example/a"})
        ]
        page = self.open_as(None, self.article.website_url)
        self.assertIn("So geht es.", self.text_of(page, "article_body"))
        [link] = self.find(page, "//*[@data-id='article_links']//a")
        self.assertEqual(link.get("href"), "https://manual.example/a")
        self.assertEqual(link.get("rel"), "noopener noreferrer")
        [meta] = self.find(page, "//meta[@name='description']")
        self.assertEqual(meta.get("content"), "So geht es.")

    def test_related_articles_are_those_one_may_read(self):
        page = self.open_as(None, self.article.website_url)
        self.assertNotIn(HIDDEN, page.text)
        page = self.open_as(self.ben, self.article.website_url)
        self.assertEqual(self.titles(page, "article_related"), [HIDDEN])

    def test_old_addresses_lead_to_the_article(self):
        url = f"/support/kb/article/old-name-{self.article.id}"
        page = self.open_as(None, url, allow_redirects=False)
        self.assertEqual(page.status_code, 301)
        self.assertTrue(page.headers["Location"].endswith(self.article.website_url))

    def test_hidden_articles_tell_nothing(self):
        for article, user, place in (
            (self.covered, None, "/web/login"),
            (self.draft, None, "404"),
            (self.draft, self.ben, "404"),
        ):
            url = f"/support/kb/article/{article.id}"
            page = self.open_as(user, url, allow_redirects=False)
            location = page.headers.get("Location", str(page.status_code))
            self.assertIn(place, location)
            self.assertNotIn(HIDDEN.lower(), (page.text + location).lower())
        self.assertEqual(self.url_open("/support/kb/article/99999999").status_code, 404)
        page = self.open_as(self.ben, self.covered.website_url)
        self.assertIn(HIDDEN, page.text)

    def test_archived_categories_hide_no_article(self):
        self.env["ir.attachment"].search([("url", "=like", "/sitemap%")]).unlink()
        self.category.active = False
        page = self.open_as(None, self.article.website_url)
        self.assertEqual(page.status_code, 200)
        self.assertNotIn(self.category.name, page.text)
        page = self.url_open("/support/kb?search=Passwort")
        self.assertIn("Passwort", self.find(page, "//main")[0].text_content())
        self.assertNotIn(self.category.name, page.text)
        with mute_logger("odoo.addons.website.models.website"):
            text = self.url_open("/sitemap.xml").text
        self.assertIn(self.article.website_url, text)
        self.assertNotIn(
            f"<loc>{self.category.get_base_url()}{self.category.website_url}</loc>",
            text,
        )

    def test_articles_of_other_websites_do_not_exist(self):
        other = self.env["website"].create({"name": "Other"})
        self.article.website_id = other
        for user in (None, self.ben):
            page = self.open_as(
                user, f"/support/kb/article/{self.article.id}", allow_redirects=False
            )
            self.assertEqual(page.status_code, 404)

    def test_files_instead_of_texts(self):
        self.open_as(None, "/support/kb")
        for url, name in (
            ("/support/kb", "search"),
            ("/support/kb?all=1", "page"),
            ("/support/kb/answers", "q"),
            ("/support/notifications", "token"),
            ("/support/ticket/1/close", "token"),
        ):
            response = self.opener.get(
                self.base_url() + url, files={name: ("x.txt", b"1")}
            )
            self.assertLess(response.status_code, 500, url)

    def test_staff_look_at_drafts(self):
        page = self.open_as(self.agent, self.draft.website_url)
        self.assertIn("only staff", self.text_of(page, "article_draft"))

    def test_the_language_is_the_readers(self):
        self.article.with_context(lang="de_DE").name = "Deutscher Titel"
        page = self.open_as(None, f"/de{self.article.website_url}")
        self.assertIn("Deutscher Titel", page.text)

    # ---------------------------------------------------
    # Search engines and the website's search
    # ---------------------------------------------------

    def test_the_sitemap_has_what_everybody_may_read(self):
        self.env["ir.attachment"].search([("url", "=like", "/sitemap%")]).unlink()
        with mute_logger("odoo.addons.website.models.website"):
            text = self.open_as(self.ben, "/sitemap.xml").text
        self.assertIn(self.article.website_url, text)
        self.assertIn(self.category.website_url, text)
        for article in self.hidden:
            self.assertNotIn(article.website_url, text)
        self.assertNotIn("/support/kb/answers", text)
        self.assertNotIn("/support/kb/solved", text)

    def test_the_sitemap_has_no_article_of_another_website(self):
        """Each website has its own, at once (H8)."""
        here = self.env["website"].get_current_website()
        there = here.copy({"name": "Other", "domain": "https://other.example"})
        with mute_logger("odoo.addons.website.models.website"):
            self.env["ir.attachment"].search([("url", "=like", "/sitemap%")]).unlink()
            self.assertIn(self.article.website_url, self.url_open("/sitemap.xml").text)
            self.article.website_id = there
            ours = self.url_open("/sitemap.xml").text
            headers = {"Host": "other.example"}
            theirs = self.url_open("/sitemap.xml", headers=headers).text
        self.assertNotIn(self.article.website_url, ours)
        self.assertIn(self.article.website_url, theirs)

    def test_the_websites_search_finds_articles(self):
        with mute_logger("odoo.addons.base.models.ir_qweb"):  # Odoo's own template
            page = self.open_as(None, "/website/search?search=Pasword")
            nothing = self.open_as(None, f"/website/search?search={HIDDEN}")
        self.assertIn(self.article.website_url, page.text)
        for article in self.hidden:
            self.assertNotIn(article.website_url, nothing.text)

    def test_queries_do_not_grow_with_the_articles(self):
        def count(url):
            self.url_open(url)  # what only the first one does
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.url_open(url)
            return self.env.cr.sql_log_count - before

        self.authenticate(None, None)
        for _number in range(7):
            self._create_article("Serie")
        urls = ("/support/kb", "/support/kb?all=1", "/support/kb?search=Serie")
        few = [count(url) for url in urls]
        for number in range(5):
            self._create_article(f"Serie {number}")
        self.assertEqual([count(url) for url in urls], few)
