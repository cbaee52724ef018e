from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from odoo.addons.mail.models.mail_thread import MailThread

from ...tools.mail.incoming_mail import IncomingMail
from ..common import NOON, SupportCase

AUTOMATIC = IncomingMail(b"From: ben@adler.example\nAuto-Submitted: auto-replied\n\n")
OPEN_ROLES = ("new", "waiting_on_us", "waiting_on_customer")
# Who answers in which status -> the status afterwards; else it stays
MOVES = {
    ("customer", "waiting_on_customer"): "waiting_on_us",
    ("customer", "solved"): "waiting_on_us",
    ("customer", "closed"): "waiting_on_us",
    ("staff", "new"): "waiting_on_customer",
    ("staff", "waiting_on_us"): "waiting_on_customer",
}
# These happen whatever the setting says
ALWAYS = {("customer", "solved"), ("customer", "closed")}


def later(**kw):
    return freeze_time(datetime.fromisoformat(NOON) + timedelta(**kw))


class StatusTools:
    def make(self, role, user=None, **values):
        """Create a ticket in a status."""
        ticket = self._create_ticket(user or self.ben, **values)
        ticket._move_to(role)
        self.env.flush_all()
        self.assertEqual(ticket.portal_role, role)
        return ticket

    def answer(self, ticket, author, subtype="mail.mt_comment", **context):
        kind = "comment"
        if author == "customer":  # as the gateway posts
            kind, partner = "email", self.ben.partner_id
        else:
            partner = self.agent.partner_id
        return ticket.with_context(**context).message_post(
            body="Hello", message_type=kind, subtype_xmlid=subtype, author_id=partner.id
        )

    def notes(self, ticket):
        return " ".join(ticket.message_ids.filtered("is_internal").mapped("body"))


@tagged("post_install", "-at_install")
class TestMoves(StatusTools, SupportCase):
    """Who moves a ticket from one status to another."""

    def test_every_answer_in_every_status(self):
        for automatic in (True, False):
            self.company.support_status_automatic = automatic
            for author in ("customer", "staff"):
                for role in (*OPEN_ROLES, "solved", "closed"):
                    with self.subTest(automatic=automatic, author=author, role=role):
                        ticket = self.make(role)
                        self.answer(ticket, author)
                        expected = MOVES.get((author, role), role)
                        if not automatic and (author, role) not in ALWAYS:
                            expected = role
                        self.assertEqual(ticket.portal_role, expected)

    def test_machines_and_notes_move_nothing(self):
        for role in (*OPEN_ROLES, "solved", "closed"):
            for author in ("customer", "staff"):
                with self.subTest(role=role, author=author):
                    ticket = self.make(role)
                    self.answer(ticket, author, support_mail=AUTOMATIC)
                    self.answer(ticket, author, subtype="mail.mt_note")
                    self.assertEqual(ticket.portal_role, role)

    def test_another_addon_decides_first(self):
        """A ticket that moves as the answer comes isn't moved on by us (H8)."""

        for role in ("waiting_on_customer", "closed"):
            ticket = self.make(role)
            solved = ticket._get_stage_for("solved")

            def move(thread, *args, moved=ticket, stage=solved, **kwargs):
                moved.stage_id = stage

            with patch.object(MailThread, "_message_post_after_hook", move):
                self.answer(ticket, "customer")
            self.assertEqual(ticket.portal_role, "solved")

    def test_another_addon_decides_before_the_mail_is_posted(self):
        """As helpdesk_ticket_partner_response does (H8)."""
        ticket = self.make("waiting_on_customer")
        process = MailThread._message_route_process

        def move_first(thread, *args):
            ticket.stage_id = ticket._get_stage_for("solved")
            return process(thread, *args)

        mail = (
            "From: Ben <ben@adler.example>\nTo: support@vendor.example\n"
            f"Subject: Re: [{ticket.number}]\nMessage-Id: <answer@adler.example>\n"
            "\nIt works now.\n"
        )
        threads = self.env["mail.thread"]
        with patch.object(MailThread, "_message_route_process", move_first):
            threads.message_process("helpdesk.ticket", mail, thread_id=ticket.id)
        self.assertIn("It works now.", "".join(ticket.message_ids.mapped("body")))
        self.assertEqual(ticket.portal_role, "solved")

    def test_status_since(self):
        ticket = self.make("new")
        self.assertEqual(ticket.status_since, datetime.fromisoformat(NOON))
        with later(hours=1):
            self.answer(ticket, "staff")
            self.assertEqual(ticket.status_since, fields.Datetime.now())
            since = ticket.status_since
        with later(hours=2):  # another answer, the same status
            self.answer(ticket, "staff")
            self.assertEqual(ticket.status_since, since)

    def test_stages_of_one_status_keep_its_date(self):
        ticket = self.make("waiting_on_us")
        other = ticket.stage_id.copy({"name": "Second level"})
        with later(hours=1):
            ticket.stage_id = other
            self.assertEqual(ticket.status_since, datetime.fromisoformat(NOON))


@tagged("post_install", "-at_install")
class TestClosing(StatusTools, SupportCase):
    """Closing and reopening, the one way that everybody takes."""

    def test_close(self):
        for role in (*OPEN_ROLES, "solved"):
            ticket = self.make(role)
            self.assertTrue(ticket._close(self.ben.partner_id))
            self.assertTrue(ticket.closed)
            self.assertEqual(ticket.stage_id, ticket._get_stage_for("closed"))

    def test_close_with_words(self):
        ticket = self.make("waiting_on_customer")
        with later(hours=1):
            ticket._close(self.ben.partner_id, reason="<b>All</b> good")
            self.assertEqual(ticket.last_activity_at, fields.Datetime.now())
        message = ticket._get_conversation()
        self.assertEqual(message.author_id, self.ben.partner_id)
        self.assertEqual(message.body, "<p>&lt;b&gt;All&lt;/b&gt; good</p>")
        self.assertEqual(ticket.portal_role, "closed")

    def test_words_move_the_ticket_once(self):
        ticket = self.make("solved")
        moves = []
        write = type(ticket).write

        def note_moves(records, vals):
            moves.extend(["stage_id"] if "stage_id" in vals else [])
            return write(records, vals)

        with patch.object(type(ticket), "write", note_moves):
            ticket._close(self.ben.partner_id, reason="Thank you")
        self.assertEqual(moves, ["stage_id"])

    def test_close_by_a_chosen_stage(self):
        ticket = self.make("new")
        cancelled = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_cancelled")
        self.assertTrue(ticket._close(self.ben.partner_id, stage=cancelled))
        self.assertEqual(ticket.stage_id, cancelled)

    def test_close_twice(self):
        ticket = self.make("closed")
        self.assertFalse(ticket._close(self.ben.partner_id, reason="Again"))
        self.assertFalse(ticket._get_conversation())

    def test_nothing_to_close_with(self):
        ticket = self.make("new")
        stages = self.env["helpdesk.ticket.stage"].search([("closed", "=", True)])
        stages.active = False
        self.assertFalse(ticket._close(self.ben.partner_id))
        self.assertEqual(ticket.portal_role, "new")

    def test_reopen(self):
        for role in ("solved", "closed"):
            ticket = self.make(role)
            self.assertTrue(ticket._reopen(self.ben.partner_id))
            self.assertEqual(ticket.portal_role, "waiting_on_us")
            self.assertIn("Reopened.", self.notes(ticket))

    def test_reopen_with_words(self):
        self.company.support_status_automatic = True
        ticket = self.make("closed")
        self.assertTrue(ticket._reopen(self.ben.partner_id, reason="Again"))
        self.assertEqual(ticket._get_conversation().author_id, self.ben.partner_id)
        self.assertEqual(ticket.portal_role, "waiting_on_us")

    def test_words_of_staff_do_not_bounce_the_status(self):
        self.company.support_status_automatic = True
        ticket = self.make("closed")
        ticket._reopen(self.agent.partner_id, reason="We look again")
        self.assertEqual(ticket.portal_role, "waiting_on_us")

    def test_open_tickets_are_not_reopened(self):
        for role in OPEN_ROLES:
            ticket = self.make(role)
            self.assertFalse(ticket._reopen(self.ben.partner_id, reason="x"))
            self.assertEqual(ticket.portal_role, role)
            self.assertFalse(ticket._get_conversation())

    def test_reopen_limit(self):
        self.company.support_reopen_days = 30
        ticket = self.make("closed")
        with later(days=30):
            self.assertFalse(ticket._reopen(self.ben.partner_id))
        with later(days=29, hours=23):
            self.assertTrue(ticket._reopen(self.ben.partner_id))

    def test_no_reopen_limit(self):
        self.company.support_reopen_days = 0
        ticket = self.make("closed")
        with later(days=3000):
            self.assertTrue(ticket._reopen(self.ben.partner_id))


@tagged("post_install", "-at_install")
class TestCron(StatusTools, SupportCase):
    """Solved tickets are closed after a while."""

    def setUp(self):
        super().setUp()
        self.company.support_close_after_days = 7

    def run_cron(self, batches=None, **kw):
        """Run the cron at a time, for some batches; return what it said it did."""
        said = []

        def commit_progress(_cron, processed=0, *, remaining=None, **_kwargs):
            said.append(processed or remaining)
            return batches is None or len(said) <= batches

        cron = type(self.env["ir.cron"])
        with later(**kw), patch.object(cron, "_commit_progress", commit_progress):
            self.env["helpdesk.ticket"]._cron_close_solved(batch_size=2)
        return said

    def test_only_solved_ones_whose_time_is_over(self):
        solved = self.make("solved")
        others = [self.make(role) for role in OPEN_ROLES]
        self.run_cron(days=6, hours=23)
        self.assertEqual(solved.portal_role, "solved")
        self.run_cron(days=7)
        self.assertEqual(solved.portal_role, "closed")
        self.assertIn("no answer within 7 days", self.notes(solved))
        self.assertEqual([t.portal_role for t in others], list(OPEN_ROLES))

    def test_never(self):
        self.company.support_close_after_days = 0
        ticket = self.make("solved")
        self.run_cron(days=3000)
        self.assertEqual(ticket.portal_role, "solved")

    def test_an_answer_keeps_it_open(self):
        """Whoever answers needs no button (D7)."""
        ticket = self.make("solved")
        self.answer(ticket, "customer")
        self.run_cron(days=8)
        self.assertEqual(ticket.portal_role, "waiting_on_us")

    def test_solved_again_waits_again(self):
        ticket = self.make("solved")
        with later(days=6):
            self.answer(ticket, "customer")
            ticket._move_to("solved")
        self.run_cron(days=8)
        self.assertEqual(ticket.portal_role, "solved")

    def test_every_company_has_its_days(self):
        other = self.env["res.company"].create(
            {"name": "Other", "support_close_after_days": 3}
        )
        here = self.make("solved")
        there = self.make("solved", company_id=other.id)
        self.run_cron(days=4)
        self.assertEqual(here.portal_role, "solved")
        self.assertEqual(there.portal_role, "closed")

    def test_batches_and_going_on(self):
        tickets = [self.make("solved") for _number in range(5)]
        self.assertEqual(self.run_cron(batches=2, days=8), [5, 1, 1])
        closed = [ticket for ticket in tickets if ticket.closed]
        self.assertEqual(len(closed), 2)
        self.assertEqual(self.run_cron(days=8), [3, 1, 1, 1])
        self.assertTrue(all(ticket.closed for ticket in tickets))

    def test_tickets_without_a_closing_stage_stop_nobody(self):
        tickets = [self.make("solved") for _number in range(3)]
        stages = self.env["helpdesk.ticket.stage"].search([("closed", "=", True)])
        stages.active = False
        self.run_cron(days=8)
        self.assertEqual({ticket.portal_role for ticket in tickets}, {"solved"})

    def test_the_cron_runs_it(self):
        cron = self.env.ref("customer_portal_addon.ir_cron_close_solved")
        ticket = self.make("solved")
        with (
            later(days=8),
            patch.object(type(cron), "_commit_progress", lambda *a, **kw: 1),
        ):
            cron.ir_actions_server_id.run()
        self.assertEqual(ticket.portal_role, "closed")

    def test_found_by_an_index(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'helpdesk_ticket'"
            " AND indexdef LIKE '%portal_role%solved%'"
        )
        self.assertTrue(self.env.cr.fetchall())


@tagged("post_install", "-at_install")
class TestStatusHook(StatusTools, SupportCase):
    """Whoever changes a status, ``_on_status_change`` is told, once."""

    def test_every_way_to_another_status(self):
        changes = []

        def note(ticket, old, new):
            changes.append((old, new))

        tickets = type(self.env["helpdesk.ticket"])
        with patch.object(tickets, "_on_status_change", note):
            ticket = self._create_ticket(self.ben)
            self.answer(ticket, "staff")
            self.answer(ticket, "customer")
            ticket.write({"stage_id": ticket._get_stage_for("solved").id, "name": "x"})
            token = ticket._get_link_token("close", self.ben.partner_id)
            undo = ticket._close_by_link(token)
            ticket._undo_close_by_link(undo)
            ticket.with_user(self.ben)._act_from_portal("close", {})
            ticket.name = "y"
        self.assertEqual(
            changes,
            [
                (False, "new"),
                ("new", "waiting_on_customer"),
                ("waiting_on_customer", "waiting_on_us"),
                ("waiting_on_us", "solved"),
                ("solved", "closed"),
                ("closed", "waiting_on_us"),
                ("waiting_on_us", "closed"),
            ],
        )

    def test_a_team_that_has_not_the_stage(self):
        """Another team gives the ticket a stage of its own: nobody writes the stage."""
        teams = self.env["helpdesk.ticket.team"]
        team, other = teams.create([{"name": "Hotline"}, {"name": "Field service"}])
        ticket = self.make("waiting_on_customer", team_id=team.id)
        ticket.stage_id.team_ids = team
        changes = []

        def note(ticket, old, new):
            changes.append((old, new))

        tickets = type(self.env["helpdesk.ticket"])
        with patch.object(tickets, "_on_status_change", note):
            ticket.team_id = other
        self.assertEqual(changes, [("waiting_on_customer", ticket.portal_role)])
        self.assertNotEqual(ticket.portal_role, "waiting_on_customer")
