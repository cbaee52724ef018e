"""What a search finds, and how, depends only on articles that one may read."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..common import SupportCase
from ..http_common import SupportHttpCase

CANARY = "zephyrquark"
# exact, mistyped, in part, the beginning, inflected, with a word that is there
PROBES = (
    *("zephyrquark", "zephyrquork", "zehpyrquark", "phyrqua", "zephyr"),
    *("zephyrquarks", "tortenhaus zephyrquork", "zephyrguarkt", "kolibrien"),
)
PUBLIC, REFUSED, CUSTOMER, COLLEAGUE, STAFF = (
    *("public", "refused", "customer", "internal", "staff"),
)
# Kinds of articles, and who reads them
KINDS = {
    "users": ({"visibility": "users"}, {REFUSED, CUSTOMER, COLLEAGUE}),
    "customers": ({"visibility": "customers"}, {CUSTOMER, COLLEAGUE}),
    "draft": ({"is_published": False}, set()),
    "archived": ({"active": False}, set()),
}


@tagged("post_install", "-at_install")
class TestHiddenWords(SupportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["support.article"].search([]).active = False
        cls.company.support_scope = "support"
        # near enough to the canary to be found by it, or in its place
        cls._create_article("Zephyrquarktorte", "<p>Ein Tortenhaus</p>")
        cls._create_article("Kolibri", "<p>Kolibris fliegen, zephyrgurken nicht</p>")
        cls.readers = {
            PUBLIC: cls.env.ref("base.public_user"),
            REFUSED: cls.clara,
            CUSTOMER: cls.ben,
            COLLEAGUE: new_test_user(cls.env, "words_colleague", "base.group_user"),
            STAFF: cls.agent,
        }

    def hide(self, kind, **values):
        return self._create_article(
            f"Kolibrien {CANARY}", f"<p>{CANARY}e</p>", **{**KINDS[kind][0], **values}
        )

    def observe(self, user):
        """Return everything that searches tell somebody."""
        articles = self.env["support.article"].with_user(user)
        website = self.env["website"].with_user(user).get_current_website()
        seen = []
        for probe in PROBES:
            seen.append(articles._find_answers(probe))
            seen.append(articles._get_hits(probe))
            options = {"displayDescription": True, "allowFuzzy": True}
            count, details, fuzzy = website._search_with_fuzzy(
                "support_articles", probe, 10, "name asc", options
            )
            found = [detail["results"].ids for detail in details]
            seen.append((count, found, fuzzy))
        categories = self.env["support.article.category"].with_user(user).search([])
        categories.invalidate_recordset()
        seen.append(sorted((c.name, c.article_count) for c in categories))
        seen.append([(e["category"].id, e["total"]) for e in articles._get_overview()])
        seen.append([entry["loc"] for entry in articles._get_sitemap_entries()])
        return seen

    def observe_all(self):
        return {name: self.observe(user) for name, user in self.readers.items()}

    def assertSeenBy(self, before, readers):
        after = self.observe_all()
        changed = {name for name in before if before[name] != after[name]}
        self.assertEqual(changed, set(readers))

    def test_hidden_articles_change_nothing(self):
        self.need_trigrams()
        before = self.observe_all()
        for kind, (_values, readers) in KINDS.items():
            with self.subTest(kind=kind):
                article = self.hide(kind)
                self.assertSeenBy(before, readers | {STAFF})
                article.unlink()
                self.assertEqual(self.observe_all(), before)

    def test_what_is_hidden_takes_its_words_along(self):
        before = self.observe_all()
        article = self._create_article(f"Kolibrien {CANARY}", f"<p>{CANARY}e</p>")
        self.assertSeenBy(before, self.readers)
        for change in (
            {"is_published": False},
            {"active": False},
            {"visibility": "customers"},
            {"name": "Kolibri", "body": "<p>Kolibris</p>"},
        ):
            with self.subTest(change=change), self.env.cr.savepoint() as savepoint:
                article.write(change)
                words = self.env["support.article.word"]._find_alike(
                    "zephyrquork", self.readable_by(self.readers[PUBLIC])
                )
                self.assertFalse(words)
                savepoint.rollback()
            self.env.invalidate_all()

    def readable_by(self, user):
        return self.env["support.article.word"].with_user(user)._get_readable()

    def test_words_of_another_website_stay_there(self):
        self.need_trigrams()
        before = self.observe_all()
        other = self.env["website"].create({"name": "Other"})
        self.hide("users", visibility="everyone", website_id=other.id)
        self.assertSeenBy(before, {COLLEAGUE, STAFF})
        words = self.env["support.article.word"].with_context(website_id=other.id)
        public = words.with_user(self.readers[PUBLIC])
        found = words._find_alike("zephyrquork", public._get_readable())
        self.assertEqual(found, [CANARY])

    def test_words_that_others_have_stay(self):
        self.need_trigrams()
        first = self._create_article(f"One {CANARY}")
        second = self._create_article(f"Two {CANARY}")
        first.unlink()
        readable = self.readable_by(self.readers[PUBLIC])
        words = self.env["support.article.word"]
        self.assertEqual(words._find_alike("zephyrquork", readable), [CANARY])
        words._gc_words()
        self.assertEqual(words._find_alike("zephyrquork", readable), [CANARY])
        second.name = "Two"
        self.assertFalse(words._find_alike("zephyrquork", readable))

    # ---------------------------------------------------
    # Reads by RPC
    # ---------------------------------------------------

    def test_no_field_of_staff_answers_questions(self):
        """Neither in a domain, nor an order, a group or a list of fields."""
        self._create_article(
            "Open",
            tag_ids=[Command.create({"name": CANARY})],
            related_ids=self.hide("draft").ids,
            link_ids=[Command.create({"name": CANARY, "url": "https://x.example"})],
        )
        fields = self.env["support.article"]._fields
        secret = {name for name, field in fields.items() if field.groups}
        self.assertLessEqual({"tag_ids", "related_ids", "view_count"}, secret)
        for user in (self.readers[PUBLIC], self.ben, self.clara):
            articles = self.env["support.article"].with_user(user)
            for name in sorted(secret):
                for ask in (
                    lambda a, n: a.search([(n, "!=", False)]),
                    lambda a, n: a.search([], order=f"{n} desc"),
                    lambda a, n: a.search([]).read([n]),
                    lambda a, n: a.read_group([], [n], [n]),
                    lambda a, n: a.formatted_read_group([], [n], ["__count"]),
                    lambda a, n: a.search([]).export_data([n]),
                ):
                    with self.subTest(user=user.login, field=name):
                        self.assertAnswersNothing(ask, articles, name)

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_model")
    def assertAnswersNothing(self, ask, articles, name):
        try:
            with mute_logger("py.warnings"):
                answer = ask(articles, name)
        except (UserError, ValueError, KeyError):
            return
        self.assertNotIn(CANARY, str(answer))
        # among articles that one may read; the page shows it, too
        self.assertEqual(name, "related_ids")

    def test_relations_lead_to_no_hidden_article(self):
        article = self.hide("draft")
        for user in (self.readers[PUBLIC], self.ben, self.clara):
            categories = self.env["support.article.category"].with_user(user)
            with self.assertRaises(AccessError):
                categories.search([("article_ids.name", "ilike", CANARY)])
            articles = self.env["support.article"].with_user(user)
            found = articles.search([("name", "ilike", CANARY)])
            self.assertNotIn(article.id, found.ids)
            self.assertNotIn(article.id, dict(articles.name_search(CANARY)))
            with self.assertRaises(AccessError):
                articles.browse(article.id).read(["name"])
            for model in ("support.article.text", "support.article.word"):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])


@tagged("post_install", "-at_install")
class TestHiddenWordsOverHttp(SupportHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["support.article"].search([]).active = False
        cls._create_article("Zephyrquarktorte")

    def ask(self, user):
        answers = []
        for probe in PROBES:
            page = self.open_as(user, f"/support/kb/answers?q={probe}")
            answers.append(page.json()["answers"])
            page = self.open_as(user, f"/support/kb?search={probe}")
            answers.append([a.get("href") for a in self.find(page, "//main//a")])
        return answers

    def test_visitors_learn_no_word_of_hidden_articles(self):
        before = self.ask(None)
        self._create_article(CANARY, is_published=False)
        self._create_article(f"{CANARY} two", visibility="customers")
        self.assertEqual(self.ask(None), before)
        self.assertIn(f"{CANARY} two", str(self.ask(self.ben)))
