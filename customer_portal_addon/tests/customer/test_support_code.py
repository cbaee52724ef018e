from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...tools.text import support_code
from ..common import SupportCase
from ..http_common import SupportHttpCase

MISSING = (
    "No support ID has been assigned to your user yet. Please contact support if the "
    "problem persists."
)
GERMAN_MISSING = (
    "Ihrem Benutzer wurde noch keine Support-ID zugeordnet. Bitte wenden Sie sich an "
    "den Support, wenn das Problem weiterhin besteht."
)


@tagged("post_install", "-at_install")
class TestSupportCode(SupportCase):
    """Who gets a support ID, when, and how staff find people by it."""

    def code_of(self, user):
        return user.partner_id.support_code

    def test_first_ticket_brings_the_id_and_further_ones_keep_it(self):
        """One ID for each contact (B1, B2)."""
        self.assertFalse(self.code_of(self.gesa))
        self._create_ticket(self.gesa)
        code = self.code_of(self.gesa)
        self.assertEqual(support_code.normalize(code), code)
        self._create_ticket(self.gesa)
        self._file(self.gesa)
        self.assertEqual(self.code_of(self.gesa), code)

    def test_ticket_that_is_linked_to_the_contact_later(self):
        """Taken by phone: staff link it as soon as they know who called."""
        tickets = self.env["helpdesk.ticket"].with_user(self.agent)
        ticket = tickets.create({"name": "Call", "description": "He will call again"})
        self.assertFalse(self.code_of(self.gesa))
        ticket.partner_id = self.gesa.partner_id
        self.assertTrue(self.code_of(self.gesa))

    def test_own_form(self):
        self._file(self.gesa)
        self.assertTrue(self.code_of(self.gesa))

    def test_ticket_by_mail(self):
        """Without an account, too (B2)."""
        self.env["mail.thread"].message_process(
            "helpdesk.ticket",
            f"From: Gesa <{self.gesa.email}>\nTo: support@vendor.example\n"
            "Subject: By mail\nMessage-Id: <gesa@adler.example>\n\nIt crashes.\n",
        )
        ticket = self.env["helpdesk.ticket"].search([("name", "=", "By mail")])
        self.assertEqual(ticket.partner_id, self.gesa.partner_id)
        self.assertTrue(self.code_of(self.gesa))

    def test_everybody_gets_another_one(self):
        for user in (self.anna, self.ben, self.gesa, self.emil):
            self._create_ticket(user)
        codes = {
            self.code_of(user) for user in (self.anna, self.ben, self.gesa, self.emil)
        }
        self.assertEqual(len(codes), 4)

    def test_given_once_even_when_the_contact_is_gone(self):
        partner = self.env["res.partner"].create({"name": "Short visit"})
        partner.action_assign_support_code()
        code = partner.support_code
        partner.unlink()
        successor = self.env["res.partner"].create({"name": "Successor"})
        successor.action_assign_support_code()
        self.assertNotEqual(successor.support_code, code)

    def test_database_refuses_the_same_id_twice(self):
        self._create_ticket(self.ben)
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE res_partner SET support_code = %s WHERE id = %s",
                [self.code_of(self.ben), self.gesa.partner_id.id],
            )

    def test_copies_have_none(self):
        self._create_ticket(self.ben)
        self.assertFalse(self.ben.partner_id.copy().support_code)

    def test_nobody_types_one(self):
        """Neither a portal user nor staff: the sequence gives them."""
        self._create_ticket(self.ben)
        self.assertTrue(self.env["res.partner"]._fields["support_code"].readonly)

    def test_button_gives_the_missing_ones_only(self):
        self._create_ticket(self.ben)
        before = self.code_of(self.ben)
        (self.ben | self.gesa).partner_id.action_assign_support_code()
        self.assertEqual(self.code_of(self.ben), before)
        self.assertTrue(self.code_of(self.gesa))

    def test_only_staff_press_the_button(self):
        for user in (self.ben, self.anna, self.env.ref("base.public_user")):
            for partner in (self.gesa.partner_id, self.emil.partner_id):
                with self.assertRaises(AccessError):
                    partner.with_user(user).action_assign_support_code()
                self.assertFalse(partner.support_code)
        self.gesa.partner_id.with_user(self.agent).action_assign_support_code()
        self.assertTrue(self.code_of(self.gesa))

    def test_contacts_are_found_by_their_id(self):
        self._create_ticket(self.ben)
        code = self.code_of(self.ben)
        partners = self.env["res.partner"].with_user(self.agent)
        for typed in (code, code.replace("-", ""), f" {code} ", code.replace("-", " ")):
            with self.subTest(typed=typed):
                found = partners.name_search(typed)
                self.assertEqual(
                    [found_id for found_id, _ in found], self.ben.partner_id.ids
                )
        wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
        self.assertFalse(partners.name_search(wrong))

    def test_names_are_found_as_before(self):
        found = self.env["res.partner"].name_search(self.ben.partner_id.name)
        self.assertIn(self.ben.partner_id.id, [found_id for found_id, _ in found])


@tagged("post_install", "-at_install")
class TestSupportCodeMessage(SupportHttpCase):
    """What a contact without a support ID reads."""

    def pages(self):
        ticket = self._create_ticket(self.anna)
        ticket.message_subscribe(self.gesa.partner_id.ids)
        slug = self.env["ir.http"]._slug(self.error_type)
        return [
            "/my/tickets",
            "/support/ticket/new",
            f"/support/ticket/new/{slug}",
            f"/my/ticket/{ticket.id}",
        ]

    def test_every_ticket_page_says_so_until_the_first_ticket(self):
        """While the ID is missing (B1)."""
        pages = self.pages()
        self.authenticate(self.gesa.login, self.gesa.login)
        for url in pages:
            with self.subTest(url=url):
                page = self.url_open(url)
                self.assertEqual(page.status_code, 200)
                self.assertEqual(self.text_of(page, "code_missing"), MISSING)
        self._create_ticket(self.gesa)
        for url in pages:
            with self.subTest(url=url):
                self.assertIsNone(self.text_of(self.url_open(url), "code_missing"))

    def test_german_message(self):
        """In the very words that customers know (B1)."""
        pages = self.pages()
        self.authenticate(self.gesa.login, self.gesa.login)
        for url in pages:
            with self.subTest(url=url):
                page = self.url_open(f"/de{url}")
                self.assertEqual(self.text_of(page, "code_missing"), GERMAN_MISSING)

    def test_staff_do_not_need_one(self):
        page = self.open_as(self.agent, "/support/ticket/new")
        self.assertIsNone(self.text_of(page, "code_missing"))
