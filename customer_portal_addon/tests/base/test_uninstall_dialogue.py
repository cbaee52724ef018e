"""What staff are told and offered before they uninstall."""

import csv
import io
import zipfile

from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ...wizards.base.base_module_uninstall import TABLES
from ..common import SupportCase

# What holds data -> how the dialogue calls it
WORDS = {
    "support.access.mail": "access mails",
    "support.api.key": "API keys",
    "support.api.request": "what they have sent",
    "support.article": "articles",
    "support.article.category": "categories",
    "support.article.feedback": "feedback",
    "support.article.link": "links",
    "support.article.solution": "solved problems",
    "support.article.tag": "tags",
    "support.article.view": "views",
    "support.consent": "consents",
    "support.consent.text": "consent texts",
    "support.contract": "support contracts",
    "support.credit.account": "credit accounts",
    "support.credit.day": "daily sums",
    "support.credit.entry": "entries",
    "support.credit.notice": "notices of low credit",
    "support.credit.position": "prepaid minutes that are left",
    "support.form.answer": "answers",
    "support.form.field": "fields",
    "support.form.field.option": "options",
    "support.level": "levels",
    "support.limit": "counts of attempts",
    "support.mail.aside": "mails set aside",
    "support.time.entry": "efforts",
}
# What is made of the others, and says nothing more
DERIVED = {
    "support.article.text",
    "support.article.word",
    "support.credit.allocation",
    "support.credit.watch",
    "support.ticket.text",
}


@tagged("post_install", "-at_install")
class TestUninstallDialogue(SupportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "uninstaller", groups="base.group_system", lang="en_US"
        )

    def open_for(self, name):
        modules = self.env["ir.module.module"].search([("name", "=", name)])
        wizards = self.env["base.module.uninstall"].with_user(self.admin)
        return wizards.create({"module_ids": modules.ids})

    def read_tables(self):
        archive = self.open_for("customer_portal_addon")._make_support_archive()
        tables = {}
        with zipfile.ZipFile(io.BytesIO(archive)) as files:
            for name in files.namelist():
                text = files.read(name).decode("utf-8-sig")
                tables[name] = list(csv.reader(io.StringIO(text)))
        return tables

    def test_every_model_with_data_is_named(self):
        """Nothing goes that was not said (G2, H8)."""
        models = {
            name
            for name, model in self.registry.items()
            if name.startswith("support.") and model._auto and not model._transient
        }
        self.assertEqual(models, WORDS.keys() | DERIVED)
        view = self.env.ref("customer_portal_addon.base_module_uninstall_view_form")
        text = html.fromstring(view.with_context(lang="en_US").arch).text_content()
        for word in WORDS.values():
            self.assertIn(word, " ".join(text.split()))

    def test_only_when_the_portal_goes(self):
        for name, expected in (
            ("customer_portal_addon", True),
            ("helpdesk_type", True),  # takes us along
            ("website_mass_mailing", False),
        ):
            self.assertEqual(self.open_for(name).is_support_leaving, expected, name)

    def test_the_export_has_what_goes(self):
        """Minutes, answers and consents can be kept (G2, H8)."""
        ticket = self._file(self.ben)
        accounts = self.env["support.credit.account"]
        account = accounts._get_for(self.adler, self.company)
        account._post(30, "grant", "uninstall", note="Welcome")
        text = self.env["support.consent.text"].search([], limit=1)
        self.env["support.consent"]._log(text, self.ben.partner_id, "registration")
        self.anna.partner_id._subscribe_to_support_list(self.company)
        self._create_article("Article", "<p>Body</p>")
        tables = self.read_tables()
        self.assertEqual(tables.keys(), {f"{name}.csv" for name in TABLES})
        for name, *found in (
            ("answers", ticket.number, "Window", "Main"),
            ("tickets", ticket.number),
            ("balances", "Adler", "30"),
            ("entries", "30", "Welcome"),
            ("prepaid", "30"),
            ("consents", self.ben.login, text.version),
            ("contracts", "Adler"),
            ("customers", "Anna", self.anna.login),
            ("list", self.anna.login),
            ("articles", "Article", "<p>Body</p>"),
        ):
            rows = tables[f"{name}.csv"]
            self.assertTrue(any(set(found) <= set(row) for row in rows), (name, rows))

    def test_the_export_is_for_administrators(self):
        wizard = self.open_for("customer_portal_addon")
        action = wizard.action_export_support()
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", wizard._name), ("res_id", "=", wizard.id)]
        )
        self.assertEqual(action["url"], f"/web/content/{attachment.id}?download=true")
        self.assertFalse(attachment.public)
        for user in (self.ben, self.agent):
            for records in (wizard, wizard.browse()):
                with self.assertRaises(AccessError):
                    records.with_user(user).action_export_support()
