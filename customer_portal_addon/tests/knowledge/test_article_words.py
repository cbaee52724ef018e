"""The words of articles, and texts without personal data: ``tools/`` alone."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ...tools.text.article_words import count_typos, cut_excerpt, find_alike, split_hits
from ...tools.text.impersonal import GAP, make_impersonal

ANSWER = """Sehr geehrte Frau Adler,

bitte rufen Sie Herrn Dr. Müller unter +49 (0)30 1234567 oder 0171-2345678 an.
Ihr Ticket HT00012 gehört zu HT00034, Kundennummer K-4711; Anna Adlers Rechner
(anna@adler.example) läuft mit Version 19.0.1.1 und meldet seit dem 05.06.2026 um
10:30 Uhr den Fehler 0x80070005 oder 1603. Näheres auf https://x.example/my/ticket/3
und https://handbuch.example/fehler, das ist lang. IBAN DE89 3704 0044 0532 0130 00.

Mit freundlichen Grüßen
Agent Smith
Tel. 030/123456"""
NAMES = ["Anna Adler", "Lang e.K.", "Agent Smith", None, ""]


class TestWords(BaseCase):
    def test_slips(self):
        for word, other, slips in (
            ("passwort", "passwort", 0),
            ("pasword", "password", 1),
            ("apsswort", "passwort", 1),
            ("pssawort", "passwort", 2),
            ("haus", "maus", 1),
            ("drucker", "treiber", 3),
        ):
            self.assertEqual(count_typos(word, other, 2), slips, (word, other))

    def test_the_nearest_words_are_meant(self):
        others = ["passwort", "passworte", "antwort"]
        self.assertEqual(find_alike("paswort", others), ["passwort"])
        self.assertEqual(find_alike("tür", ["für"]), [])

    @given(st.text(), st.text())
    def test_slips_are_the_same_both_ways(self, word, other):
        self.assertEqual(count_typos(word, other, 3), count_typos(other, word, 3))

    @given(st.text(), st.sets(st.text(max_size=5)))
    def test_pieces_are_the_text(self, text, words):
        pieces = "".join(piece for piece, _is_hit in split_hits(text, words))
        self.assertEqual(pieces, text)

    @given(st.text(), st.sets(st.text(max_size=5)), st.integers(20, 200))
    def test_excerpts_are_short_parts_of_the_text(self, text, words, length):
        excerpt = cut_excerpt(text, words, length)
        self.assertLessEqual(len(excerpt), length + 4)
        part = excerpt.removeprefix("… ").removesuffix(" …")
        self.assertIn(part, " ".join(text.split()))


class TestImpersonal(BaseCase):
    def test_nothing_personal_stays(self):
        text = make_impersonal(ANSWER, NAMES, ["HT00012", "K-4711", False])
        for word in (
            *("Adler", "Müller", "Anna", "Smith", "Frau", "Grüßen", "geehrte"),
            *("030", "0171", "2345678", "1234567", "HT000", "4711", "@", "/my/"),
            *("DE89", "0532"),
        ):
            self.assertNotIn(word, text)

    def test_the_matter_stays(self):
        text = make_impersonal(ANSWER, NAMES, ["HT00012"])
        for word in ("19.0.1.1", "05.06.2026", "10:30", "0x80070005", "1603", "lang"):
            self.assertIn(word, text)
        self.assertIn("https://handbuch.example/fehler", text)
        self.assertTrue(text.startswith("bitte rufen Sie"))

    def test_subjects(self):
        for subject, expected in (
            ("Re: [HT00012] Absturz bei Anna", f"Re: {GAP} Absturz bei {GAP}"),
            ("Ticket #4711: Drucker", f"{GAP}: Drucker"),
            ("Rechner von annas Kollegin", "Rechner von annas Kollegin"),
            ("ANNA ADLER: Drucker", f"{GAP}: Drucker"),
            ("Hallo Anna, der Drucker fehlt.", "der Drucker fehlt."),
            ("Historie fehlt", "Historie fehlt"),
            ("", ""),
            (None, ""),
        ):
            result = make_impersonal(subject, ["Anna Adler"], ["HT00012"])
            self.assertEqual(result, expected)

    @given(st.text(), st.lists(st.text()), st.lists(st.text()))
    def test_any_text_is_taken(self, text, names, numbers):
        make_impersonal(text, names, numbers)
