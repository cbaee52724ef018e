import io
from unittest import SkipTest

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path
from odoo.tools.translate import trans_export

# An empty translation means the same word; these are, nothing else is.
SAME_IN_GERMAN = {
    '<span class="text-danger" aria-hidden="true">*</span>',
    "<span>–</span>",
    "Administrator",
    "Details",
    "Feedback",
    "ID",
    "MB:",
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
        terms = {term.msgid for term in self.open_po("customer_portal_addon.pot")}
        self.assertEqual(terms, self.terms, "see docs/development.md")

    def test_german_is_complete(self):
        german = self.open_po("de.po")
        terms = {term.msgid: term for term in german if not term.obsolete}
        self.assertEqual(set(terms), self.terms, "see docs/development.md")
        self.assertEqual([term.msgid for term in german.fuzzy_entries()], [])
        empty = {msgid for msgid, term in terms.items() if not term.msgstr}
        self.assertEqual(empty, SAME_IN_GERMAN)
