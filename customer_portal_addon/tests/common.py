"""What the tests of the addon share: a vendor, its customers and their people."""

import base64
import threading
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.modules.registry import Registry
from odoo.tests import TransactionCase

from odoo.addons.mail.tests.common import mail_new_test_user

TODAY = date(2026, 6, 15)
NOON = "2026-06-15 12:00:00"

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
    "RU5ErkJggg=="
)
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(64)


# What takes long to find out, and depends on views, modules and routes only
KEPT_CACHES = ("assets", "routing", "templates")
# In a cache as long as nobody has emptied it
MARK = ("customer_portal_addon", "not emptied")


def let_threads_begin(test):
    """Let threads of a test make environments of their own.

    Odoo's own runner holds the lock of the registries in the thread that runs the
    tests; the others would wait for it until the end.
    """
    test.patch(Registry, "_lock", threading.RLock())


class SupportData:
    """Creates the people and records; mixed into the test cases.

    Adler has a contract and is enabled (Anna administers, Ben is ordinary, Gesa has
    no ticket), Braun too (Emil, and its administrator Erna); Koch's contract expired
    (Clara); Lang has a contract but is not enabled (Dora).
    """

    def setUp(self):
        super().setUp()
        if "_kept" not in vars(type(self)):
            type(self)._kept = {}
        for name in KEPT_CACHES:
            self._keep_cache(name)

    def _keep_cache(self, name):
        """Keep a cache from test to test of a class; Odoo empties them after each.

        But not over a test that changes what it depends on, which empties it.
        """
        cache = self.registry._Registry__caches[name]
        for key, value in self._kept.get(name, ()):
            cache[key] = value
        cache[MARK] = None

        def keep():
            self._kept[name] = list(cache.items()) if MARK in cache else ()

        self.addCleanup(keep)

    def need_trigrams(self):
        """Skip a test of slips and parts of words where PostgreSQL can't find them."""
        if not self.registry.has_trigram:
            self.skipTest("PostgreSQL has no pg_trgm here")

    @classmethod
    def _create_support_data(cls):
        # see test_login_limits
        params = cls.env["ir.config_parameter"]
        params.set_param("base.login_cooldown_after", 0)
        cls._speak_english_and_german()
        cls.company = cls.env.company
        cls.company.write(
            {
                "name": "Vendor",
                "email": "support@vendor.example",
                "support_policy": "contract",
                "support_scope": "login",
                "support_list_required": False,
                "support_refusal_contact": "support@vendor.example",
                "support_mailing_list_id": cls.env.ref(
                    "customer_portal_addon.mailing_list_support"
                ).id,
            }
        )
        cls.company.partner_id.write({"tz": "Europe/Berlin", "lang": "en_US"})
        cls.adler = cls._create_customer("Adler", "2026-01-01", "2026-12-31")
        cls.braun = cls._create_customer("Braun", "2026-01-01", None)
        cls.koch = cls._create_customer("Koch", "2025-01-01", "2026-05-31")
        cls.lang_customer = cls._create_customer(
            "Lang", "2026-01-01", "2026-12-31", enabled=False
        )
        cls.anna = cls._create_contact(cls.adler, "anna", administrator=True)
        cls.ben = cls._create_contact(cls.adler, "ben")
        cls.gesa = cls._create_contact(cls.adler, "gesa")
        cls.emil = cls._create_contact(cls.braun, "emil")
        cls.erna = cls._create_contact(cls.braun, "erna", administrator=True)
        cls.clara = cls._create_contact(cls.koch, "clara")
        cls.dora = cls._create_contact(cls.lang_customer, "dora")
        cls.agent = mail_new_test_user(
            cls.env,
            login="support_agent",
            name="Agent Smith",
            email="agent@vendor.example",
            lang="en_US",
            groups="helpdesk_mgmt.group_helpdesk_user",
        )
        cls._create_ticket_type()

    @classmethod
    def _speak_english_and_german(cls):
        """Offer both languages; what is asked for in none comes in English."""
        languages = cls.env["res.lang"]
        english, german = map(languages._activate_lang, ("en_US", "de_DE"))
        cls.env["website"].search([]).write(
            {
                "language_ids": [Command.set([english.id, german.id])],
                "default_lang_id": english.id,
            }
        )

    @classmethod
    def _create_customer(cls, name, start, end, enabled=True):
        customer = cls.env["res.partner"].create(
            {"name": name, "is_company": True, "support_enabled": enabled}
        )
        cls.env["support.contract"].create(
            {
                "partner_id": customer.id,
                "date_start": start,
                "date_end": end,
                "state": "confirmed",
            }
        )
        return customer

    @classmethod
    def _create_contact(cls, customer, name, administrator=False):
        """Create a contact with a portal user; the password is the login."""
        email = f"{name}@{customer.name.lower()}.example"
        partner = cls.env["res.partner"].create(
            {
                "name": name.capitalize(),
                "email": email,
                "parent_id": customer.id,
                "is_customer_administrator": administrator,
            }
        )
        users = cls.env["res.users"].with_context(no_reset_password=True)
        user = users.create(
            {
                "partner_id": partner.id,
                "login": email,
                "lang": "en_US",
                "tz": "Europe/Berlin",
                "group_ids": [(6, 0, cls.env.ref("base.group_portal").ids)],
            }
        )
        cls._set_password(user, email)
        return user

    @classmethod
    def _set_password(cls, user, password):
        """Set a password that is easy to remember, whatever the policy says."""
        user._set_encrypted_password(user.id, user._crypt_context().hash(password))

    @classmethod
    def _create_ticket_type(cls):
        cls.error_type = cls.env["helpdesk.ticket.type"].create(
            {
                "name": "Program error",
                "attachment_max_count": 2,
                "attachment_max_size": 1,
                "attachment_kinds": "images",
                "field_ids": [
                    (0, 0, {"name": "Window", "required": True, "sequence": 1}),
                    (
                        0,
                        0,
                        {
                            "name": "Percent",
                            "field_type": "number",
                            "number_max": 100,
                            "sequence": 2,
                        },
                    ),
                    (
                        0,
                        0,
                        {
                            "name": "Module",
                            "field_type": "choice",
                            "sequence": 3,
                            "option_ids": [
                                (0, 0, {"name": "Sales"}),
                                (0, 0, {"name": "Stock"}),
                            ],
                        },
                    ),
                    (
                        0,
                        0,
                        {"name": "Pictures", "field_type": "file", "sequence": 4},
                    ),
                ],
            }
        )

    @classmethod
    def _create_other_vendor(cls):
        """Create a second company: its website, team, agent, type, and a customer.

        Hugo of Huber has a login there and a contract with it; so has nobody else.
        """
        cls.other_company = cls.env["res.company"].create(
            {
                "name": "Other vendor",
                "email": "support@other.example",
                "support_policy": "contract",
                "support_refusal_contact": "support@other.example",
            }
        )
        cls.other_company.partner_id.write({"tz": "Europe/Berlin", "lang": "en_US"})
        website = cls.env["website"].search([], limit=1)
        cls.other_website = cls.env["website"].create(
            {
                "name": "Other website",
                "domain": "https://other.example",
                "company_id": cls.other_company.id,
                "language_ids": [Command.set(website.language_ids.ids)],
                "default_lang_id": website.default_lang_id.id,
            }
        )
        cls.other_agent = mail_new_test_user(
            cls.env,
            login="other_agent",
            name="Agent Jones",
            email="jones@other.example",
            lang="en_US",
            groups="helpdesk_mgmt.group_helpdesk_user",
            company_id=cls.other_company.id,
        )
        cls.other_team = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Other team",
                "company_id": cls.other_company.id,
                "user_ids": [Command.set(cls.other_agent.ids)],
            }
        )
        cls.other_type = cls.env["helpdesk.ticket.type"].create(
            {"name": "Other type", "team_ids": [Command.set(cls.other_team.ids)]}
        )
        cls.huber = cls.env["res.partner"].create(
            {"name": "Huber", "is_company": True, "support_enabled": True}
        )
        cls._create_contract_elsewhere(cls.huber)
        cls.hugo = cls._create_contact(cls.huber, "hugo")
        cls.hugo.write(
            {
                "company_ids": [Command.set(cls.other_company.ids)],
                "company_id": cls.other_company.id,
            }
        )

    @classmethod
    def _create_contract_elsewhere(cls, customer):
        """Give a customer a contract with the second company."""
        return cls.env["support.contract"].create(
            {
                "partner_id": customer.id,
                "company_id": cls.other_company.id,
                "date_start": "2020-01-01",
                "state": "confirmed",
            }
        )

    @classmethod
    def _create_ticket(cls, user, **values):
        """Create a ticket as the mail gateway or staff would, for a contact."""
        return cls.env["helpdesk.ticket"].create(
            {
                "name": f"Ticket of {user.name}",
                "description": "<p>It does not work.</p>",
                "partner_id": user.partner_id.id,
                "user_id": False,
                **values,
            }
        )

    @classmethod
    def _create_article(cls, name, body="<p>Text</p>", **values):
        """Create a published article, by default for everybody."""
        categories = cls.env["support.article.category"]
        category = categories.search([("name", "=", "Basics")], limit=1)
        category = category or categories.create({"name": "Basics"})
        return cls.env["support.article"].create(
            {
                "name": name,
                "body": body,
                "category_id": category.id,
                "is_published": True,
                **values,
            }
        )

    def _form(self, **values):
        """Return posted values of a complete form, as lists of strings."""
        form = {
            "subject": "Crash",
            "description": "It crashes",
            "answer_window": "Main",
        }
        return {key: [value] for key, value in {**form, **values}.items() if value}

    def _file(self, user, ticket_type=None, files=(), **values):
        """File a ticket through a form; it has to succeed."""
        tickets = self.env["helpdesk.ticket"].with_user(user)
        ticket_type = ticket_type or self.error_type
        ticket, errors = tickets._file_from_form(
            ticket_type.with_user(user), self._form(**values), list(files)
        )
        self.assertFalse(errors)
        return ticket.sudo()

    def _confirm_tickets(self):
        """Run the cron that writes the confirmations."""
        with patch.object(
            self.registry["ir.cron"], "_commit_progress", lambda *args, **kw: 60
        ):
            self.env["helpdesk.ticket"]._cron_confirm()
        self.env.flush_all()


class SupportCase(SupportData, TransactionCase):
    """At noon of 2026-06-15, in a transaction that is rolled back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        freezer = freeze_time(NOON)
        freezer.start()
        cls.addClassCleanup(freezer.stop)
        cls._create_support_data()
