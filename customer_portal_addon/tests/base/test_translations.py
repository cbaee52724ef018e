import io
from unittest import SkipTest

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path, html2plaintext
from odoo.tools.translate import trans_export

# An empty translation means the same word; these are, nothing else is.
SAME_IN_GERMAN = {
    '<span class="text-danger" aria-hidden="true">*</span>',
    "<span>–</span>",
    "Administrator",
    "Details",
    "Feedback",
    "ID",
    "Name",
    "Normal",
    "Option",
    "Person",
    "Status",
    "Support",
    "Text",
    "Ticket",
    "Tickets",
    "Website",
    "fa-bug",
    "https://…",
}


# What customers have known from the portals before this one, letter by letter
KNOWN_TO_CUSTOMERS = {
    "Aktionen",
    "Absenden",
    "Aktivieren und einloggen",
    "Eigene Tickets",
    "Feedback gesendet. Wir wissen Ihre Bemühungen zu schätzen und werden versuchen, "
    "den Artikel zu korrigieren",
    "Ihre E-Mail ist nicht zur Anmeldung zugelassen.",
    "Jetzt ein Supportpaket bestellen",
    "Kundenadministrator",
    "Kundennummer",
    "Leider konnten wir nicht helfen",
    "Service-Portal öffnen",
    "Supportguthaben",
    "Ticket schließen",
    "Tickets des Unternehmens",
    "War dieser Artikel hilfreich?",
    "Das ist großartig! Vielen Dank für das Feedback",
    "Wissensdatenbank",
}


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """The files in i18n/ know every term of the addon, the German one in German."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.env.ref("base.module_customer_portal_addon").demo:
            raise SkipTest("The demo's records would be terms")
        with io.BytesIO() as exported:
            trans_export(None, ["customer_portal_addon"], exported, "po", cls.env)
            terms = polib.pofile(exported.getvalue().decode())
        cls.terms = {term.msgid for term in terms}

    def open_po(self, name):
        return polib.pofile(file_path(f"customer_portal_addon/i18n/{name}"))

    def test_template_is_up_to_date(self):
        """Every string of ours can be translated (G3)."""
        terms = {term.msgid for term in self.open_po("customer_portal_addon.pot")}
        self.assertEqual(terms, self.terms, "see docs/development.md")

    def test_german_is_complete(self):
        """And is, into German (G3)."""
        german = self.open_po("de.po")
        terms = {term.msgid: term for term in german if not term.obsolete}
        self.assertEqual(set(terms), self.terms, "see docs/development.md")
        self.assertEqual([term.msgid for term in german.fuzzy_entries()], [])
        empty = {msgid for msgid, term in terms.items() if not term.msgstr}
        self.assertEqual(empty, SAME_IN_GERMAN)

    def test_words_that_customers_know(self):
        """The German that the requirements quote (A4, C2, D1, D2, D5, D7, E1, F3)."""
        german = " ".join(term.msgstr for term in self.open_po("de.po"))
        text = " ".join(html2plaintext(german).split())
        missing = {words for words in KNOWN_TO_CUSTOMERS if words not in text}
        self.assertEqual(missing, set())
