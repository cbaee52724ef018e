"""Whether an article helped: over HTTP, as visitors answer it."""

import requests

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..http_common import SupportHttpCase

BOT = {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}


@tagged("post_install", "-at_install")
class TestArticleFeedback(SupportHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.article = cls._create_article("Passwort ändern")
        cls.url = cls.article.website_url

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def answer(self, helpful, comment=None, article=None, **kw):
        url = (article or self.article).website_url
        values = {"helpful": helpful, **({"comment": comment} if comment else {})}
        page = self.url_open(self.url)
        return self.post(f"{url}/feedback", values, page=page, **kw)

    @property
    def answers(self):
        self.env.invalidate_all()
        return self.env["support.article.feedback"].search([])

    def test_yes_is_thanked_for(self):
        """Helpful (F3)."""
        page = self.url_open(self.url)
        self.assertIn("Was this article helpful?", self.text_of(page, "feedback_open"))
        page = self.answer("yes")
        thanks = "That's great! Thank you for your feedback."
        self.assertEqual(self.text_of(page, "feedback_yes"), thanks)
        self.assertTrue(self.answers.is_helpful)
        self.assertEqual(self.article.score, 100)

    def test_no_asks_what_is_missing(self):
        """Not helpful: a comment, and thanks for it (F3)."""
        page = self.answer("no")
        self.assertIn("could not help", self.text_of(page, "feedback_no"))
        self.assertEqual(len(self.find(page, "//textarea[@name='comment']")), 1)
        self.assertEqual(self.answers.comment, False)
        page = self.answer("no", comment="<b>Step 3</b> is missing")
        self.assertIn("Feedback sent.", self.text_of(page, "feedback_sent"))
        self.assertEqual(self.answers.comment, "<b>Step 3</b> is missing")
        self.assertEqual(self.article.unhelpful_count, 1)
        self.assertEqual(self.article.comment_count, 1)
        self.assertEqual(self.article.score, 0)

    def test_a_visitor_counts_once_and_may_think_again(self):
        for helpful in ("yes", "yes", "no", "yes"):
            self.answer(helpful)
        self.assertEqual(len(self.answers), 1)
        self.assertEqual(self.article.helpful_count, 1)
        self.assertEqual(self.article.unhelpful_count, 0)
        self.logout_session()
        self.answer("no")
        self.assertEqual(len(self.answers), 2)
        self.assertEqual(self.article.score, 50)

    def test_people_who_log_in_count_once_in_all_their_sessions(self):
        for _session in range(2):
            self.authenticate(self.ben.login, self.ben.login)
            self.answer("no", comment="Not for me")
        self.assertEqual(self.answers.partner_id, self.ben.partner_id)
        self.assertEqual(len(self.answers), 1)

    def test_what_does_not_count(self):
        hidden = self._create_article("Hidden", visibility="customers")
        self.answer("maybe")
        self.answer("yes", headers=BOT)
        self.answer("yes", article=hidden, allow_redirects=False)
        forged = {"helpful": "yes", "csrf_token": "x"}
        with mute_logger("odoo.http"):
            refused = self.url_open(f"{self.url}/feedback", data=forged)
        self.assertEqual(refused.status_code, 400)
        self.assertEqual(self.url_open(f"{self.url}/feedback").status_code, 405)
        self.assertFalse(self.answers)

    def test_a_network_may_answer_so_often(self):
        self.patch(type(self.env["support.article.feedback"]), "_limit_per_source", 2)
        for _visitor in range(2):
            self.logout_session()
            self.answer("yes")
        self.logout_session()
        page = self.answer("yes", headers={"X-Forwarded-For": "198.51.100.9"})
        self.assertEqual(page.status_code, 429)
        self.assertTrue(self.text_of(page, "feedback_limited"))
        self.assertEqual(len(self.answers), 2)

    def test_comments_are_cut(self):
        self.answer("no", comment="x" * 5000)
        self.assertEqual(len(self.answers.comment), 2000)

    def test_extra_values_are_ignored(self):
        self.url_open(self.url)
        page = self.url_open(self.url)
        values = {"helpful": "yes", "partner_id": self.emil.partner_id.id, "is_done": 1}
        self.post(f"{self.url}/feedback", values, page=page)
        self.assertFalse(self.answers.partner_id or self.answers.is_done)

    def test_where_answers_came_from_is_forgotten(self):
        self.answer("yes")
        self.answers.answered_at = "2026-01-01"
        self.answers._gc_source_keys()
        self.assertFalse(self.answers.source_key)

    @mute_logger("odoo.models")
    def test_staff_put_answers_away_but_do_not_change_them(self):
        self.answer("no")
        answer = self.answers.with_user(self.agent)
        answer.action_done()
        self.assertTrue(answer.is_done)
        with self.assertRaises(AccessError):
            answer.comment = "Great!"
        with self.assertRaises(AccessError):
            answer.unlink()
        self.answer("yes")
        self.assertFalse(self.answers.is_done)

    # ---------------------------------------------------
    # Views
    # ---------------------------------------------------

    def see(self, **kw):
        page = self.url_open(self.url)
        response = self.post(f"{self.url}/seen", {}, page=page, **kw)
        self.assertEqual(response.status_code, 204)

    def test_readers_are_counted_once_per_visit(self):
        self.see()
        self.see()
        self.see(headers=BOT)
        self.authenticate(self.agent.login, self.agent.login)
        self.see()
        views = self.env["support.article.view"]
        self.assertEqual(views.search_count([("article_id", "=", self.article.id)]), 1)

    def test_looking_without_scripts_writes_nothing(self):
        requests.get(f"{self.base_url()}{self.url}", timeout=30)
        self.assertFalse(self.env["support.article.view"].search([]))
