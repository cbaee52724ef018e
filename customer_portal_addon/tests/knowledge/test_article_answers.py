"""Answers before asking, articles in answers, and articles from tickets."""

from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..common import SupportCase
from ..http_common import SupportHttpCase


@tagged("post_install", "-at_install")
class TestAnswersBeforeAsking(SupportHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["support.article"].search([]).active = False
        body = "<p>Click <b>Save</b>.</p>"
        cls.article = cls._create_article("Passwort ändern", body)
        cls.covered = cls._create_article(
            "Passwort geheim", body, visibility="customers"
        )
        cls.draft = cls._create_article("Passwort Entwurf", body, is_published=False)
        link = {"name": "Manual", "url": "https://manual.example/x"}
        cls.article.link_ids = [(0, 0, link)]
        cls.url = cls.article.website_url

    def ask(self, user, text):
        response = self.open_as(user, f"/support/kb/answers?q={text}")
        self.assertEqual(
            response.headers["Content-Type"].split(";")[0], "application/json"
        )
        return {answer["id"] for answer in response.json()["answers"]}

    def test_everybody_gets_the_answers_they_may_read(self):
        self.need_trigrams()
        self.assertEqual(self.ask(None, "Passwort vergessen"), {self.article.id})
        both = {self.article.id, self.covered.id}
        self.assertEqual(self.ask(self.ben, "Pasword vergessen"), both)
        self.assertEqual(self.ask(None, ""), set())
        self.assertEqual(self.ask(None, "Passwort " + "x" * 3000), {self.article.id})

    def test_articles_open_in_place(self):
        page = self.open_as(None, f"{self.url}/body")
        self.assertIn("<b>Save</b>", page.text)
        self.assertNotIn("<html", page.text)
        [link] = self.find(page, "//a")
        self.assertEqual(link.get("href"), "https://manual.example/x")
        self.assertEqual(link.get("rel"), "noopener noreferrer")

    def test_hidden_articles_do_not_open(self):
        for article in self.covered | self.draft:
            page = self.open_as(None, f"{article.website_url}/body")
            self.assertEqual(page.status_code, 404)
            self.assertNotIn("Save", page.text)
        page = self.open_as(self.ben, f"{self.covered.website_url}/body")
        self.assertEqual(page.status_code, 200)

    def solve(self, article, **kw):
        page = self.url_open("/support/kb")
        return self.post(f"{article.website_url}/solved", {}, page=page, **kw)

    def test_solved_problems_are_counted_once_per_visitor(self):
        self.authenticate(None, None)
        for _click in range(2):
            page = self.solve(self.article)
            self.assertTrue(page.url.endswith("/support/kb/solved"))
            self.assertTrue(self.text_of(page, "article_solved"))
        self.assertEqual(self.article.solution_count, 1)
        self.authenticate(self.ben.login, self.ben.login)
        self.solve(self.article)
        self.assertEqual(self.article.solution_count, 2)
        contacts = self.article.solution_ids.partner_id
        self.assertEqual(contacts, self.ben.partner_id)

    def test_what_does_not_count(self):
        self.authenticate(None, None)
        self.solve(self.covered, allow_redirects=False)
        self.solve(self.article, headers={"User-Agent": "Googlebot/2.1"})
        self.url_open(f"{self.url}/solved")
        with mute_logger("odoo.http"):
            page = self.url_open(f"{self.url}/solved", data={"csrf_token": "forged"})
        self.assertEqual(page.status_code, 400)
        self.patch(type(self.env["support.article.solution"]), "_limit_per_source", 0)
        self.assertEqual(self.solve(self.article).status_code, 200)
        self.assertEqual((self.article | self.covered).mapped("solution_count"), [0, 0])

    def test_the_box_stands_below_the_subject(self):
        slug = self.env["ir.http"]._slug(self.error_type)
        page = self.open_as(self.ben, f"/support/ticket/new/{slug}")
        [box] = self.find(page, "//*[@data-id='form_answers']")
        self.assertEqual(box.get("hidden"), "hidden")
        self.assertEqual(box.getprevious().get("data-field"), "subject")
        self.assertFalse(box.xpath(".//input|.//button"))

    def test_answers_cost_no_more_with_more_articles(self):
        def count():
            before = self.env.cr.sql_log_count
            self.ask(None, "Passwort")
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        for number in range(4):
            self._create_article(f"Passwort {number}")
        self.env.flush_all()
        count()
        self.assertLessEqual(count(), few)


@tagged("post_install", "-at_install")
class TestArticlesAndTickets(SupportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.article = cls._create_article("Change & go", "<p>Open <i>Extras</i>.</p>")
        cls.article.with_context(lang="de_DE").name = "Ändern & fertig"
        cls.ticket = cls._create_ticket(cls.ben, name="Ben's printer")
        cls.composers = cls.env["mail.compose.message"].with_user(cls.agent)

    def compose(self, record, **context):
        values = {
            "default_model": record._name,
            "default_res_ids": record.ids,
            "default_composition_mode": "comment",
        }
        return Form(self.composers.with_context(**values, **context))

    def test_staff_insert_articles_into_answers(self):
        self.ben.lang = "de_DE"
        with self.compose(self.ticket) as composer:
            composer.body = "<p>Hello</p>"
            composer.support_article_id = self.article
            self.assertFalse(composer.support_article_id)
            self.assertIn("Hello", composer.body)
            self.assertIn("Ändern &amp; fertig", composer.body)
            self.assertIn("Open Extras.", composer.body)
            url = self.article.with_context(lang="de_DE").website_url
            self.assertIn(f'href="{self.article.get_base_url()}{url}"', composer.body)

    def test_an_article_comes_above_the_signature(self):
        with self.compose(self.ticket) as composer:
            composer.body = '<p>Hi</p><div class="o-signature-container">Smith</div>'
            composer.support_article_id = self.article
            parts = [composer.body.index(p) for p in ("Hi", "Change", "Smith")]
            self.assertEqual(parts, sorted(parts))

    def test_what_is_inserted_is_text(self):
        self.article.name = "<img src=x onerror=y>"
        body = self.article._get_mail_body()
        self.assertIn("&lt;img src=x onerror=y&gt;", body)

    def test_a_ticket_becomes_a_draft_without_personal_data(self):
        self.ticket.with_user(self.agent).message_post(
            body="Hallo Ben, rufen Sie 030 1234567 an. Der Treiber von Adler fehlt.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.ticket.with_user(self.agent).message_post(body="INTERNAL note")
        self.ticket.message_post(
            body="Thanks, Ben",
            author_id=self.ben.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        action = self.ticket.with_user(self.agent).action_make_article()
        articles = self.env[action["res_model"]].with_user(self.agent)
        with Form(articles.with_context(**action["context"])) as form:
            pass
        article = form.record
        self.assertFalse(article.is_published)
        self.assertIn("printer", article.name)
        self.assertIn("Der Treiber von … fehlt.", article.body)
        for word in ("Ben", "Adler", "030", "INTERNAL", "Thanks"):
            self.assertNotIn(word, f"{article.name} {article.body}")

    def test_a_ticket_without_an_answer_gives_the_subject(self):
        action = self.ticket.with_user(self.agent).action_make_article()
        self.assertEqual(action["context"]["default_name"], "… printer")
        self.assertFalse(action["context"]["default_body"])
