"""How far a customer may go without credit, and what happens then."""

from psycopg2 import IntegrityError

from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .credit_http_common import CreditHttpCase
from .ledger_common import LedgerCase


@tagged("post_install", "-at_install")
class TestCreditLimit(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wish_type = cls.env["helpdesk.ticket.type"].create({"name": "Wish"})
        cls.error_type.is_program_error = True
        cls.adler.write({"support_limit_enabled": True, "support_limit_minutes": 60})

    def is_at_limit(self, user=None):
        partner = (user or self.ben).partner_id
        return self.accounts._is_at_limit(partner, self.company)

    def file(self, ticket_type, user=None):
        """Try to file a ticket; return what is wrong."""
        user = user or self.ben
        tickets = self.env["helpdesk.ticket"].with_user(user)
        _ticket, errors = tickets._file_from_form(
            ticket_type.with_user(user), self._form(), []
        )
        return errors

    def test_reached_and_left(self):
        self.post(-59)
        self.assertFalse(self.is_at_limit())
        self.post(-1)
        self.assertTrue(self.is_at_limit())
        self.adler.support_limit_minutes = 61
        self.assertFalse(self.is_at_limit())
        self.adler.support_limit_minutes = 60
        self.adler.support_limit_enabled = False
        self.assertFalse(self.is_at_limit())

    def test_no_minute_without_credit(self):
        self.adler.support_limit_minutes = 0
        self.assertTrue(self.is_at_limit())
        self.post(1)
        self.assertFalse(self.is_at_limit())
        self.assertFalse(self.is_at_limit(self.emil))
        self.braun.support_limit_enabled = True
        self.assertTrue(self.is_at_limit(self.emil))

    def test_each_company_counts_for_itself(self):
        self.post(-60)
        other = self.env["res.company"].create({"name": "Other vendor"})
        partner = self.ben.partner_id
        self.assertFalse(self.accounts._is_at_limit(partner, other))

    def test_charged_types_are_refused_program_errors_are_not(self):
        self.post(-60)
        errors = self.file(self.wish_type)
        self.assertIn("order a support package", errors["form"])
        self.assertIn("Program errors", errors["form"])
        self.assertTrue(self.file(self.env["helpdesk.ticket.type"]).get("form"))
        self.assertFalse(self.file(self.error_type))
        self.assertFalse(self.file(self.wish_type, self.emil))

    def test_who_may_not_see_the_credit_reads_nothing_about_it(self):
        self.post(-60)
        self.company.support_credit_visibility = "administrators"
        message = self.file(self.wish_type)["form"]
        self.assertNotIn("credit", message)
        self.assertIn("administrator", message)
        self.assertIn("credit", self.file(self.wish_type, self.anna)["form"])

    def test_no_word_of_program_errors_where_there_is_no_such_type(self):
        self.post(-60)
        self.env["helpdesk.ticket.type"].search([]).is_program_error = False
        self.assertNotIn("Program error", self.file(self.wish_type)["form"])

    def test_mails_still_become_tickets(self):
        self.post(-60)
        mail = (
            f"From: {self.ben.email}\nTo: support@vendor.example\n"
            "Subject: Help\nMessage-ID: <limit@adler.example>\n\nPlease help"
        )
        ticket_id = self.env["mail.thread"].message_process("helpdesk.ticket", mail)
        self.assertTrue(ticket_id)

    def test_staff_see_it_on_the_ticket(self):
        ticket = self._create_ticket(self.ben, company_id=self.company.id)
        self.assertFalse(ticket.with_user(self.agent).is_at_credit_limit)
        self.post(-60)
        ticket.invalidate_recordset()
        self.assertTrue(ticket.with_user(self.agent).is_at_credit_limit)
        ticket.charging = "free"
        self.assertFalse(ticket.with_user(self.agent).is_at_credit_limit)

    @mute_logger("odoo.sql_db")
    def test_minutes_are_no_negative_number(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.adler.support_limit_minutes = -1

    def test_field_on_the_contact(self):
        manager = self.env.ref("base.user_admin")
        with Form(self.adler.with_user(manager)) as form:
            form.support_limit_enabled = True
            form.support_limit_minutes = 90
        self.assertEqual(self.adler.support_limit_minutes, 90)


@tagged("post_install", "-at_install")
class TestCreditLimitHttp(CreditHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adler.write({"support_limit_enabled": True, "support_limit_minutes": 0})

    def count_tickets(self):
        return self.env["helpdesk.ticket"].search_count([])

    def test_form_says_why_and_nothing_typed_is_lost(self):
        page = self.open_as(self.ben, self.form_of(self.wish_type))
        self.assertIn("used up", self.text_of(page, "credit_refusal"))
        self.assertIn(
            "used up",
            self.text_of(self.url_open("/support/ticket/new"), "credit_refusal"),
        )
        before = self.count_tickets()
        values = {"subject": "Typed subject", "description": "Typed text"}
        for url in (self.form_of(self.wish_type), "/submitted/ticket"):
            response = self.post(url, {**values, "type": self.wish_type.id}, page=page)
            self.assertEqual(response.status_code, 422)
            self.assertIn("used up", self.text_of(response, "form_errors"))
            self.assertIn("Typed subject", response.text)
            self.assertIn("Typed text", response.text)
        self.assertEqual(self.count_tickets(), before)

    def test_program_errors_are_taken(self):
        page = self.open_as(self.ben, self.form_of(self.error_type))
        self.assertIsNone(self.text_of(page, "credit_refusal"))
        values = {"subject": "Crash", "description": "Crash", "answer_window": "Main"}
        response = self.post(self.form_of(self.error_type), values, page=page)
        self.assertIn("/my/ticket/", response.url)
