"""Articles: who reads what over RPC, who writes and publishes, and what they hold."""

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..common import SupportCase

EDITOR = "helpdesk_mgmt.group_helpdesk_user"


@tagged("post_install", "-at_install")
class TestArticles(SupportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["support.article"].search([]).active = False
        cls.open = cls._create_article("Open", "<p>canary of everybody</p>")
        cls.inside = cls._create_article("Inside", visibility="users")
        cls.covered = cls._create_article("Covered", visibility="customers")
        cls.draft = cls._create_article("Draft", is_published=False)
        cls.public = cls.env.ref("base.public_user")
        cls.employee = new_test_user(cls.env, "article_employee", "base.group_user")
        cls.all = cls.open | cls.inside | cls.covered | cls.draft
        cls.readable = {
            cls.public: cls.open,
            cls.ben: cls.open | cls.inside | cls.covered,
            cls.clara: cls.open | cls.inside,  # her contract expired
            cls.employee: cls.open | cls.inside | cls.covered,
            cls.agent: cls.all,
        }

    # ---------------------------------------------------
    # Reading
    # ---------------------------------------------------

    def test_everybody_reads_what_is_for_them(self):
        for user, articles in self.readable.items():
            with self.subTest(user=user.login):
                found = self.env["support.article"].with_user(user).search([])
                self.assertEqual(found, articles)
                for article in self.all.with_user(user):
                    self.assertEqual(article.has_access("read"), article in articles)

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule")
    def test_hidden_articles_do_not_come_out_by_other_ways(self):
        covered = self.covered.with_user(self.clara)
        with self.assertRaises(AccessError):
            covered.read(["name"])
        with self.assertRaises(AccessError):
            covered.message_post(body="Hello")
        articles = covered.browse()
        self.assertFalse(articles.name_search("Covered"))
        groups = articles.formatted_read_group([], ["visibility"], ["__count"])
        self.assertEqual(sum(group["__count"] for group in groups), 2)
        self.env.invalidate_all()
        category = self.covered.category_id.with_user(self.clara)
        with self.assertRaises(AccessError):
            category.read(["article_ids"])
        self.assertEqual(category.article_count, 2)

    def test_customers_read_no_fields_of_the_staff(self):
        fields = self.open.with_user(self.ben).fields_get()
        for name in ("tag_ids", "link_ids", "author_id", "view_count", "feedback_ids"):
            self.assertNotIn(name, fields)
        with self.assertRaises(AccessError):
            self.open.with_user(self.ben).search([("tag_ids.name", "=", "x")])

    def test_customers_have_no_rights_on_what_lies_behind(self):
        for model in ("link", "tag", "feedback", "solution", "text", "word", "view"):
            with self.subTest(model=model):
                records = self.env[f"support.article.{model}"].with_user(self.ben)
                self.assertFalse(records.has_access("read"))
                self.assertFalse(records.has_access("create"))

    def test_notes_of_the_staff_are_not_for_readers(self):
        self.open.message_post(body="INTERNAL", subtype_xmlid="mail.mt_comment")
        messages = self.env["mail.message"].with_user(self.ben)
        domain = [("model", "=", "support.article"), ("res_id", "=", self.open.id)]
        self.assertFalse(messages.search(domain))

    def test_categories_without_an_article_to_read_are_not_there(self):
        secret = self.env["support.article.category"].create({"name": "Secret"})
        self.covered.category_id = secret
        categories = self.env["support.article.category"]
        self.assertNotIn(secret, categories.with_user(self.clara).search([]))
        self.assertIn(secret, categories.with_user(self.ben).search([]))
        self.assertIn(secret, categories.with_user(self.agent).search([]))

    def test_archived_articles_are_nowhere(self):
        self.open.active = False
        self.env.flush_all()
        found = self.open.with_user(self.public)._find_for_visitor(self.open.id)
        self.assertEqual(found[1], "missing")

    def test_related_articles_are_those_one_may_read(self):
        self.open.related_ids = self.inside | self.covered | self.draft
        for user, related in (
            (self.public, self.open.browse()),
            (self.clara, self.inside),
            (self.ben, self.inside | self.covered),
        ):
            values = self.open.with_user(user)._get_page_values()
            self.assertEqual(values["related"], related, user.login)

    # ---------------------------------------------------
    # Writing and publishing
    # ---------------------------------------------------

    @mute_logger("odoo.models")
    def test_only_staff_write(self):
        for user in (self.public, self.ben, self.employee):
            with self.subTest(user=user.login):
                article = self.open.with_user(user)
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(article.has_access(operation))
        self.open.with_user(self.agent).name = "Written by the agent"

    def test_agents_write_drafts_and_managers_publish_them(self):
        draft = self.draft.with_user(self.agent)
        self.assertFalse(draft.can_publish)
        with self.assertRaises(AccessError):
            draft.is_published = True
        with self.assertRaises(AccessError):
            self.open.with_user(self.agent).is_published = False
        with self.assertRaises(AccessError):
            self.env["support.article"].with_user(self.agent).create(
                {"name": "At once", "is_published": True}
            )
        manager = new_test_user(
            self.env, "article_manager", "helpdesk_mgmt.group_helpdesk_manager"
        )
        self.draft.with_user(manager).is_published = True
        self.assertTrue(self.draft.is_published)
        editor = new_test_user(
            self.env,
            "article_editor",
            f"{EDITOR},website.group_website_restricted_editor",
        )
        self.draft.with_user(editor).is_published = False

    def test_a_text_keeps_no_scripts(self):
        body = (
            '<p onclick="x()">Text<script>x()</script>'
            '<a href="javascript:x()">a</a></p>'
        )
        article = self.env["support.article"].with_user(self.agent)
        article = article.create({"name": "XSS", "body": body})
        for payload in ("onclick", "script", "javascript"):
            self.assertNotIn(payload, article.body)
        self.assertIn("Text", article.body)

    def test_links_lead_to_web_pages_only(self):
        links = self.env["support.article.link"].with_user(self.agent)
        for url in (
            "javascript:alert(1)",
            " javascript:alert(1)//https://x.example",
            "data:text/html,x",
            "ftp://x.example",
            "https:",
            "/web",
            "//x.example",
            "http://[",
        ):
            values = {"article_id": self.open.id, "name": "x", "url": url}
            with self.subTest(url=url), self.assertRaises(ValidationError):
                links.create(values)
        link = links.create({**values, "url": "https://manual.example/a"})
        with self.assertRaises(ValidationError):
            link.with_context(lang="de_DE").url = "javascript:alert(1)"
        with self.assertRaises(ValidationError):
            link.update_field_translations("url", {"de_DE": "javascript:alert(1)"})

    def test_a_change_of_the_text_makes_the_article_newer(self):
        self.open.content_date = "2026-01-01"
        self.open.sequence = 3
        self.assertEqual(str(self.open.content_date), "2026-01-01 00:00:00")
        self.open.body = "<p>New</p>"
        self.assertEqual(str(self.open.content_date), "2026-06-15 12:00:00")

    def test_what_was_written_before_can_be_brought_back(self):
        self.open.with_user(self.agent).body = "<p>Another text</p>"
        self.assertTrue(self.open.html_field_history_metadata["body"])

    def test_a_copy_is_a_draft_with_a_name_of_its_own(self):
        self.open.link_ids = [
            Command.create({"name": "Manual", "url": "https://manual.example"})
        ]
        copy = self.open.copy()
        self.assertEqual(copy.name, "Open (copy)")
        self.assertFalse(copy.is_published)
        self.assertEqual(copy.link_ids.name, "Manual")

    def test_views_are_counted_but_not_those_of_staff(self):
        for user in (self.public, self.ben, self.agent):
            self.open.with_user(user)._count_view()
        self.assertEqual(self.open.view_count, 0)
        self.env["support.article.view"]._add_up()
        self.env["support.article.view"]._add_up()
        self.assertEqual(self.open.view_count, 2)
