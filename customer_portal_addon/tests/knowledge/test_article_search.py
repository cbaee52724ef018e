"""Searching articles: what is found, in which order, and by whom."""

from odoo.tests import tagged

from ..common import SupportCase

SECRET = "Geheimwort"


@tagged("post_install", "-at_install")
class TestArticleSearch(SupportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.articles = cls.env["support.article"]
        cls.articles.search([]).active = False
        cls.password = cls._create_article(
            "Passwort ändern", "<p>Passwörter haben zwölf Zeichen.</p>"
        )
        cls.printer = cls._create_article(
            "Der Drucker druckt nicht", "<p>Prüfen Sie den Treiber.</p>"
        )
        cls.licence = cls._create_article(
            "Moving a licence", "<p>Licences move with their computers.</p>"
        )

    def search_as(self, user, search, lang="de_DE"):
        articles = self.articles.with_user(user).with_context(lang=lang)
        hits, _total = articles._get_hits(search)
        return [hit["article"] for hit in hits]

    def assertFinds(self, searches, article, **kw):
        for search in searches:
            with self.subTest(search=search):
                self.assertEqual(self.search_as(self.ben, search, **kw), [article])

    # ---------------------------------------------------
    # Words
    # ---------------------------------------------------

    def test_forms_and_slips_find_the_same(self):
        """However a word is written (H4)."""
        self.need_trigrams()
        words = (
            "Passwort",
            "Passwörter",
            "Pasword",
            "passwort",
            "PASSWORT",
            "Pssawort",
        )
        self.assertFinds(words, self.password)
        self.assertFinds(words, self.password, lang="en_US")
        self.assertFinds(("Drucker", "drucken", "Druker", "Druckers"), self.printer)

    def test_slips_in_drafts_are_forgiven_all_the_same(self):
        self.need_trigrams()
        self._create_article("Pasword und Passwotr", is_published=False)
        self.assertFinds(("Pasword", "Passwotr"), self.password)

    def test_english_is_stemmed_in_both_languages(self):
        self.need_trigrams()
        words = ("licence", "licences", "computer", "moved", "licnece")
        self.assertFinds(words, self.licence)
        self.assertFinds(words, self.licence, lang="en_US")

    def test_sentences_find_what_they_are_about(self):
        found = self.search_as(self.ben, "Wie kann ich mein Passwort ändern?")
        self.assertEqual(found[0], self.password)
        found = self.search_as(self.ben, "Hilfe, mein Drucker druckt nichts mehr!")
        self.assertEqual(found[0], self.printer)

    def test_parts_of_compounds_are_found(self):
        """As in German (H4)."""
        self.need_trigrams()
        article = self._create_article("Netzwerkdrucker einrichten")
        self.assertIn(article, self.search_as(self.ben, "Drucker"))

    def test_titles_count_more_than_tags_and_these_more_than_texts(self):
        tag = self.env["support.article.tag"].create({"name": "Rechnung"})
        text = self._create_article("Erstes", "<p>Rechnung</p>")
        tagged_article = self._create_article("Zweites", tag_ids=tag.ids)
        title = self._create_article("Rechnung")
        found = self.search_as(self.ben, "Rechnung")
        self.assertEqual(found, [title, tagged_article, text])

    def test_nothing_comes_of_nothing(self):
        """Nonsense finds nothing (H4)."""
        for search in ("", "  ", "???", "Quark xyzzy", "'; DROP TABLE x; --", "%", "_"):
            with self.subTest(search=search):
                self.assertEqual(self.search_as(self.ben, search), [])
        self.assertTrue(self.search_as(self.ben, "Passwort " * 5000))

    # ---------------------------------------------------
    # Keeping up
    # ---------------------------------------------------

    def test_changes_are_found_at_once(self):
        self.printer.name = "Etiketten"
        self.assertFinds(("Etikett",), self.printer)
        self.assertEqual(self.search_as(self.ben, "Drucker"), [])
        tag = self.env["support.article.tag"].create({"name": "Zebra"})
        self.printer.tag_ids = tag
        self.assertFinds(("Zebra",), self.printer)
        tag.name = "Okapi"
        self.assertFinds(("Okapi",), self.printer)
        tag.unlink()
        self.assertEqual(self.search_as(self.ben, "Okapi"), [])

    def test_translations_are_found(self):
        self.licence.with_context(lang="de_DE").name = "Lizenz umziehen"
        self.assertFinds(("Lizenzen", "licence"), self.licence)
        self.licence.update_field_translations(
            "body", {"de_DE": {"Licences move with their computers.": "Freischaltung"}}
        )
        self.assertFinds(("Freischaltungen",), self.licence)

    def test_languages_installed_later_are_caught_up_on(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        texts = self.env["support.article.text"]
        texts._catch_up()
        domain = [("article_id", "=", self.password.id), ("lang", "=", "fr_FR")]
        self.assertTrue(texts.search_count(domain))
        texts._catch_up()  # with nothing left to do

    def test_words_of_no_article_are_forgotten(self):
        words = self.env["support.article.word"]
        article = self._create_article("Flugzeug")
        article.unlink()
        words._gc_words()
        self.assertFalse(words.search([("word", "=", "flugzeug")]))
        self.assertTrue(words.search([("word", "=", "passwort")]))

    # ---------------------------------------------------
    # What is shown
    # ---------------------------------------------------

    def test_hits_are_marked_and_everything_else_escaped(self):
        article = self._create_article(
            "<b>Gefahr</b> & Gefahren", "<p>Vor der Gefahr &lt;img onerror=x&gt;</p>"
        )
        [hit], total = self.articles.with_user(self.ben)._get_hits("gefahr")
        self.assertEqual((hit["article"], total), (article, 1))
        self.assertEqual(
            hit["name"],
            "&lt;b&gt;<mark>Gefahr</mark>&lt;/b&gt; &amp; <mark>Gefahren</mark>",
        )
        self.assertEqual(
            hit["excerpt"], "Vor der <mark>Gefahr</mark> &lt;img onerror=x&gt;"
        )

    def test_excerpts_are_in_the_language_of_the_reader(self):
        for code in ("en_US", "de_DE"):
            self.env["res.lang"]._activate_lang(code)
        english, german = "Dates are in the calendar.", "Termine stehen hier."
        article = self._create_article("Dates", f"<p>{english}</p>")
        article.update_field_translations("body", {"de_DE": {english: german}})
        articles = self.articles.with_user(self.ben).with_context(lang="de_DE")
        [hit] = articles._get_hits("calendar")[0]
        self.assertEqual(hit["excerpt"], german)
        [hit] = articles.with_context(lang="en_US")._get_hits("calendar")[0]
        self.assertIn("<mark>calendar</mark>", hit["excerpt"])

    def test_excerpts_show_where_the_words_stand(self):
        filling = "Lorem ipsum dolor sit amet. " * 30
        article = self._create_article("Lang", f"<p>{filling}Ziel. {filling}</p>")
        [hit], _total = self.articles.with_user(self.ben)._get_hits("Ziel")
        self.assertEqual(hit["article"], article)
        self.assertIn("<mark>Ziel</mark>", hit["excerpt"])
        self.assertLess(len(hit["excerpt"]), 260)

    def test_pages_do_not_overlap(self):
        for number in range(12):
            self._create_article(f"Serie {number}")
        articles = self.articles.with_user(self.ben)
        first, total = articles._get_hits("Serie", 5, 1)
        third, _total = articles._get_hits("Serie", 5, 3)
        second, _total = articles._get_hits("Serie", 5, 2)
        self.assertEqual(total, 12)
        pages = [hit["article"] for hit in first + second + third]
        self.assertEqual(len(set(pages)), 12)

    # ---------------------------------------------------
    # Who finds what
    # ---------------------------------------------------

    def test_nobody_finds_what_they_may_not_read(self):
        values = {"body": f"<p>{SECRET}</p>"}
        draft = self._create_article(SECRET, is_published=False, **values)
        covered = self._create_article(SECRET, visibility="customers", **values)
        inside = self._create_article(SECRET, visibility="users", **values)
        public = self.env.ref("base.public_user")
        for user, visible in (
            (public, set()),
            (self.clara, {inside}),
            (self.ben, {inside, covered}),
            (self.agent, {inside, covered}),  # drafts stand in the backend
        ):
            with self.subTest(user=user.login):
                self.assertEqual(set(self.search_as(user, SECRET)), visible)
                answers = self.articles.with_user(user)._find_answers(SECRET)
                names = {answer["id"] for answer in answers}
                self.assertEqual(names, {article.id for article in visible})
        self.assertTrue(draft)

    def test_hidden_articles_change_nothing_about_what_is_found(self):
        """Neither the order nor the words that count say what they hold."""
        for title in ("Drucker Treiber", "Treiber Passwort", "Treiber"):
            self._create_article(title)
        before = self.search_as(self.clara, "Passwort Treiber")
        for _number in range(5):
            self._create_article("Passwort", visibility="customers")
        self.assertEqual(self.search_as(self.clara, "Passwort Treiber"), before)

    def test_the_websites_search_finds_them_too(self):
        covered = self._create_article("Passwort geheim", visibility="customers")
        website = self.env["website"].get_current_website()
        for user, found in (
            (self.env.ref("base.public_user"), self.password),
            (self.ben, self.password | covered),
        ):
            site = website.with_user(user).with_context(lang="de_DE")
            options = {"displayDescription": True, "displayDetail": True}
            _count, [detail], _fuzzy = site._search_with_fuzzy(
                "support_articles", "Pasword", 10, "name asc", options
            )
            self.assertEqual(detail["results"], found, user.login)

    def test_queries_do_not_grow_with_the_articles(self):
        articles = self.articles.with_user(self.ben)

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            hits, _total = articles._get_hits("Serie", 20)
            self.assertTrue(all(hit["name"] and hit["url"] for hit in hits))
            return self.env.cr.sql_log_count - before

        self._create_article("Serie")
        count()
        few = count()
        for number in range(15):
            self._create_article(f"Serie {number}")
        self.assertEqual(count(), few)

    # ---------------------------------------------------
    # Answers to a subject
    # ---------------------------------------------------

    def test_answers_are_plain_and_few(self):
        for number in range(8):
            self._create_article(f"Passwort <b>{number}</b>")
        answers = self.articles.with_user(self.ben)._find_answers("Passwort vergessen")
        self.assertEqual(len(answers), 5)
        self.assertEqual(set(answers[0]), {"id", "name", "url", "excerpt"})
        self.assertTrue(all(type(v) in (int, str) for v in answers[0].values()))
        self.assertEqual(self.articles.with_user(self.ben)._find_answers(None), [])
