from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..http_common import SupportHttpCase
from ..mail.outgoing_common import GERMAN_BUTTON, STRANGER, MailTools
from .effort_common import EffortCase

REASON = "It was the printer's <b>driver</b>."
CANARY = "CANARY-INTERNAL"


class ErrorCase(MailTools, EffortCase):
    """A ticket about a program error, with an effort of 25 minutes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.error_type.is_program_error = True
        cls.question_type = cls.env["helpdesk.ticket.type"].create({"name": "Question"})

    def setUp(self):
        super().setUp()
        self.ticket = self._create_ticket(
            self.ben, name="Printer", type_id=self.error_type.id
        )
        self.mine = self.ticket.with_user(self.agent)
        self.effort = self.enter(25, internal_note=CANARY)
        self.env["mail.mail"].search([]).unlink()

    def decide(self, act, *args):
        with self.mock_mail_gateway():
            self.env.flush_all()
            act(*args)
            self.env.flush_all()
            self.send_queue()

    def reclassify(self, reason=REASON):
        self.decide(self.mine._decide_charging, "charged", reason)


@tagged("post_install", "-at_install")
class TestProgramErrors(ErrorCase):
    def test_free_while_being_examined(self):
        """An effort on a program error costs nothing (E3)."""
        self.assertEqual(self.ticket.charging, "pending")
        self.assertEqual(self.effort.charged_minutes, 25)
        self.assertEqual(self.effort.payable_minutes, 0)
        self.assertEqual(self.ticket.free_minutes_total, 25)
        self.assertStands(0)

    def test_every_way_to_file_one(self):
        filed = self._file(self.ben)
        self.assertEqual(filed.charging, "pending")
        self.assertEqual(self._create_ticket(self.ben).charging, "charged")
        self.assertEqual(self.ticket.copy().charging, "pending")

    def test_confirmed(self):
        self.decide(self.mine.action_confirm_free)
        self.assertEqual(self.ticket.charging, "free")
        self.assertStands(0)
        self.assertFalse(self._mails)
        note = self.ticket.message_ids[0]
        self.assertEqual(note.author_id, self.agent.partner_id)
        self.assertIn("Free of charge", note.body)
        self.assertTrue(note.is_internal or note.subtype_id.internal)
        with self.assertRaises(UserError):
            self.mine.action_confirm_free()

    def test_charged_after_all(self):
        """The customer is told when it was none (E3)."""
        self.account._post(60, "purchase", "lot")
        self.enter(10, is_free=True)
        self.reclassify()
        self.assertStands(35)
        self.assertEqual(self.effort.payable_minutes, 25)
        body = self.mail_to(self.ben.email)["body"]
        for text in ("It was the printer&#39;s &lt;b&gt;driver", "25 min", "35 min"):
            self.assertIn(text, body)
        self.assertIn("Looked into it", body)
        self.assertNotIn(CANARY, body)
        self.assertButton(self.mail_to(self.ben.email), self.ticket)

    def test_efforts_afterwards_are_charged(self):
        self.reclassify()
        self.enter(10)
        self.assertStands(-35)

    def test_in_the_readers_language(self):
        self.ben.lang = "de_DE"
        self.reclassify()
        self.assertIn(GERMAN_BUTTON, self.mail_to(self.ben.email)["body"])
        self.assertIn("25 Min.", self.mail_to(self.ben.email)["body"])

    def test_the_balance_is_for_those_who_may_see_it(self):
        self.ticket.message_subscribe(self.anna.partner_id.ids)
        self.company.support_credit_visibility = "administrators"
        self.reclassify()
        self.assertNotIn("Your support credit", self.mail_to(self.ben.email)["body"])
        self.assertIn("Your support credit", self.mail_to(self.anna.email)["body"])

    def test_nobody_else_is_told(self):
        stranger = self.env["res.partner"].create({"name": "S", "email": STRANGER})
        people = stranger | self.emil.partner_id | self.agent.partner_id
        self.ticket.message_subscribe(people.ids)
        self.reclassify()
        self.assertEqual(len(self._mails), 1)
        self.assertTrue(self.mail_to(self.ben.email))

    def test_a_ticket_of_nobody(self):
        self.ticket.partner_id = False
        self.reclassify()
        self.assertFalse(self._mails)
        self.assertStands(0)

    def test_nothing_without_a_reason(self):
        for reason in ("", "  "):
            with self.assertRaises(UserError):
                self.reclassify(reason)
        self.assertEqual(self.ticket.charging, "pending")

    def test_once(self):
        self.reclassify()
        self.reclassify()
        self.assertFalse(self._mails)
        self.assertStands(-25)

    def test_and_back(self):
        self.reclassify()
        self.decide(self.mine._decide_charging, "free")
        self.assertStands(0)
        body = self.mail_to(self.ben.email)["body"]
        self.assertIn("free of charge", body)
        self.assertIn("25 min", body)
        self.assertFalse(self.effort.payable_minutes)

    def test_the_dialogs(self):
        for open_dialog, balance in (
            (self.mine.action_reclassify, -25),
            (self.mine.action_make_free, 0),
        ):
            action = open_dialog()
            wizards = self.env[action["res_model"]].with_user(self.agent)
            with Form(wizards.with_context(**action["context"])) as form:
                self.assertEqual(form.minutes, 25)
                form.reason = "Because"
            self.decide(form.record.action_apply)
            self.assertStands(balance)
            self.assertIn("Because", self.ticket.message_ids[1].body)
            self.mail_to(self.ben.email)

    def test_nobody_decides_past_the_actions(self):
        for user in (self.agent, self.manager):
            for vals in ({"charging": "charged"}, {"is_charging_decided": True}):
                with self.assertRaises(AccessError):
                    self.ticket.with_user(user).write(vals)
            with self.assertRaises(AccessError):
                self.env["helpdesk.ticket"].with_user(user).create(
                    {"name": "x", "description": "x", "charging": "free"}
                )
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.ben).action_confirm_free()
        with self.assertRaises(AccessError):
            self.env["support.ticket.charging"].with_user(self.ben).create(
                {"ticket_id": self.ticket.id, "charging": "free"}
            )

    def test_deciding_needs_the_right_to_change(self):
        self.agent.group_ids -= self.env.ref("helpdesk_mgmt.group_helpdesk_user")
        self.agent.group_ids += self.env.ref("helpdesk_mgmt.group_helpdesk_user_own")
        self.ticket.user_id = self.manager
        wizard = self.env["support.ticket.charging"].create(
            {"ticket_id": self.ticket.id, "charging": "free"}
        )
        with self.assertRaises(AccessError):
            self.mine.action_confirm_free()
        with self.assertRaises(AccessError):
            wizard.with_user(self.agent).action_apply()


@tagged("post_install", "-at_install")
class TestTypes(ErrorCase):
    """The type decides as long as nobody has."""

    def test_another_type(self):
        ticket = self._create_ticket(self.ben).with_user(self.agent)
        for ticket_type, charging in (
            (self.error_type, "pending"),
            (self.question_type, "charged"),
            (self.error_type, "pending"),
        ):
            ticket.type_id = ticket_type
            self.assertEqual(ticket.charging, charging)

    def test_what_was_charged_is_given_back(self):
        ticket = self._create_ticket(self.ben).with_user(self.agent)
        self.enter(15, ticket_id=ticket.id)
        self.assertStands(-15)
        ticket.type_id = self.error_type
        self.assertStands(0)

    def test_nothing_is_charged_without_telling(self):
        self.mine.type_id = self.question_type
        self.assertEqual(self.ticket.charging, "pending")
        filed = self._file(self.ben)
        filed.with_user(self.agent).type_id = self.question_type
        self.assertEqual(filed.charging, "pending")

    def test_a_decision_stays(self):
        self.reclassify()
        self.mine.type_id = self.question_type
        self.mine.type_id = self.error_type
        self.assertEqual(self.ticket.charging, "charged")
        self.assertStands(-25)

    def test_staff_find_what_waits_for_a_decision(self):
        tickets = self.env["helpdesk.ticket"].with_user(self.agent)
        found = tickets.search([("charging", "=", "pending")])
        self.assertIn(self.ticket, found)


@tagged("post_install", "-at_install")
class TestTicketPage(SupportHttpCase):
    """Efforts on the ticket's page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.error_type.is_program_error = True
        cls.ticket = cls._create_ticket(cls.ben)
        cls.error = cls._create_ticket(cls.ben, type_id=cls.error_type.id)
        cls.efforts = cls.env["support.time.entry"].with_user(cls.agent)

    def enter(self, name, minutes, ticket=None, **values):
        ticket = ticket or self.ticket
        return self.efforts.create(
            {
                "ticket_id": ticket.id,
                "name": name,
                "worked_minutes": minutes,
                "state": "done",
                **values,
            }
        )

    def open(self, user=None, ticket=None):
        return self.open_as(
            user or self.ben, f"/my/ticket/{(ticket or self.ticket).id}"
        )

    def test_what_customers_read(self):
        """Efforts and minutes on the page of a ticket (D10, E6)."""
        effort = self.enter("Called <b>you</b>", 80, internal_note=CANARY)
        effort.sudo().write(
            {
                "is_overridden": True,
                "override_minutes": 75,
                "override_reason": CANARY,
            }
        )
        self.enter("A gift", 5, is_free=True)
        self.enter("CANARY-DRAFT", 5, state="draft")
        page = self.open()
        text = self.text_of(page, "efforts")
        for part in (
            "Called <b>you</b>",
            "Agent Smith",
            "1 hr 15 min",
            "5 min",
            "free",
        ):
            self.assertIn(part, text)
        self.assertEqual(self.text_of(page, "efforts_charged"), "1 hr 15 min")
        self.assertNotIn("CANARY", page.text)

    def test_being_examined(self):
        self.enter("Reproduced", 40, ticket=self.error)
        text = self.text_of(self.open(ticket=self.error), "efforts")
        self.assertIn("program error, being examined", text)
        self.assertIn("40 min worked", text)

    def test_nothing_without_efforts(self):
        self.assertIsNone(self.text_of(self.open(), "efforts"))

    def test_whoever_sees_the_credit(self):
        """The efforts are for everybody who reads the ticket."""
        self.company.support_credit_visibility = "administrators"
        self.enter("Called", 10)
        for user in (self.ben, self.anna):
            self.assertIn("Called", self.text_of(self.open(user), "efforts"))
        self.assertNotIn("Called", self.open(self.emil).text)

    def test_queries_do_not_grow_with_efforts(self):
        values = self.ticket.sudo()._get_effort_values
        self.enter("One", 1)

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            values()
            return self.cr.sql_log_count - before

        few = count()
        for number in range(10):
            self.enter(f"More {number}", 1)
        self.assertLessEqual(count(), few)
