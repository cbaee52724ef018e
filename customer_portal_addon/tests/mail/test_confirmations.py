from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.module import get_module_path, load_script
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..common import SupportCase
from ..http_common import SupportHttpCase
from .outgoing_common import SUBJECT_CANARY, TEXT_CANARY, MailTools

CRON = "customer_portal_addon.ir_cron_welcome"
LOGGER = "odoo.addons.customer_portal_addon.models.mail.helpdesk_ticket_confirmation"


def run_cron(env, batches=None, **kw):
    """Run the cron that confirms, for all tickets or so many; commit nothing."""
    left = [batches]

    def commit_progress(_cron, processed=0, **_kwargs):
        left[0] = left[0] and left[0] - processed
        return 60 if left[0] is None else left[0]

    with patch.object(type(env["ir.cron"]), "_commit_progress", commit_progress):
        env["helpdesk.ticket"]._cron_confirm(**kw)


@tagged("post_install", "-at_install")
class TestConfirmations(MailTools, SupportCase):
    """Tickets are confirmed by a cron, each once."""

    def setUp(self):
        super().setUp()
        self.env["helpdesk.ticket"].search([]).pending_confirmation = False
        self.env["ir.cron.trigger"].search([]).unlink()

    def file(self, user=None):
        values = {"subject": SUBJECT_CANARY, "description": TEXT_CANARY}
        return self._file(user or self.ben, **values)

    def receive(self, sender="ben@adler.example", **values):
        headers = {
            "From": sender,
            "To": self.error_type.team_ids.alias_id.display_name,
            "Subject": SUBJECT_CANARY,
            "Message-Id": f"<{sender}.{len(self.env['helpdesk.ticket'].search([]))}>",
            **values,
        }
        head = "".join(f"{name}: {value}\n" for name, value in headers.items())
        raw = f"{head}\n{TEXT_CANARY}"
        ticket_id = self.env["mail.thread"].message_process(False, raw)
        return self.env["helpdesk.ticket"].browse(ticket_id)

    def mails_of(self, ticket):
        domain = [("model", "=", ticket._name), ("res_id", "in", ticket.ids)]
        return self.env["mail.mail"].search(domain)

    def find_triggers(self):
        cron = self.env.ref(CRON)
        return self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])

    def test_filing_only_notes_that_it_is_to_be_confirmed(self):
        filed, received = self.file(), self.receive(sender="new@world.example")
        self.assertFalse(self.mails_of(filed + received))
        self.assertEqual(filed.pending_confirmation, "known")
        self.assertEqual(received.pending_confirmation, "unverified")

    def test_the_cron_is_due_at_once_without_waking_it(self):
        """Waking it takes a connection to another database, while somebody waits."""
        with patch.object(type(self.env["ir.cron"]), "_notifydb") as notify:
            self.file()
            self.env.cr.postcommit.run()
        [trigger] = self.find_triggers()
        moment = datetime(2026, 6, 15, 12)
        self.assertLessEqual(trigger.call_at, moment + timedelta(seconds=2))
        notify.assert_not_called()

    def test_each_is_confirmed_once(self):
        tickets = self.file() + self.receive(sender="emil@braun.example")
        run_cron(self.env)
        mails = self.mails_of(tickets)
        self.assertEqual(sorted(mails.mapped("res_id")), tickets.ids)
        self.assertFalse(any(tickets.mapped("pending_confirmation")))
        run_cron(self.env)
        self.assertEqual(len(self.mails_of(tickets)), 2)

    def test_strangers_are_answered_without_words_of_theirs(self):
        """What is known when a mail arrives still holds when it is confirmed."""
        stranger, known = self.receive(sender="new@world.example"), self.receive()
        run_cron(self.env)
        self.assertNotIn("CANARY", self.mails_of(stranger).body_html)
        self.assertNotIn("CANARY", self.mails_of(stranger).subject)
        self.assertIn(SUBJECT_CANARY, self.mails_of(known).body_html)

    def test_the_confirmation_answers_the_mail(self):
        ticket = self.receive(**{"Message-Id": "<mine@adler.example>"})
        run_cron(self.env)
        self.assertIn("<mine@adler.example>", self.mails_of(ticket).references)

    def test_machines_are_not_answered_later_either(self):
        ticket = self.receive(**{"Auto-Submitted": "auto-generated"})
        self.assertTrue(ticket)
        self.assertFalse(ticket.pending_confirmation)

    def test_one_that_fails_does_not_keep_the_others(self):
        first, second = self.file(), self.file(self.emil)
        send = type(first)._send_confirmation

        def fail(ticket, is_verified=True):
            if ticket == first:
                raise ValueError("broken")
            return send(ticket, is_verified)

        with patch.object(type(first), "_send_confirmation", fail), mute_logger(LOGGER):
            run_cron(self.env)
        self.assertFalse(self.mails_of(first))
        self.assertEqual(len(self.mails_of(second)), 1)
        self.assertFalse(any((first + second).mapped("pending_confirmation")))

    def test_it_can_be_stopped_after_any_ticket(self):
        tickets = self.file() + self.file(self.emil) + self.file(self.anna)
        run_cron(self.env, batches=1)
        self.assertEqual(len(self.mails_of(tickets)), 1)
        run_cron(self.env)
        self.assertEqual(len(self.mails_of(tickets)), 3)

    def test_what_does_not_fit_into_a_batch_comes_next(self):
        tickets = self.file() + self.file(self.emil)
        self.find_triggers().unlink()
        run_cron(self.env, batch_size=1)
        self.assertEqual(len(self.mails_of(tickets)), 1)
        self.assertTrue(self.find_triggers())

    def test_an_updated_database_keeps_what_was_pending(self):
        """As of 19.0.1.3.0, where strangers' tickets had a cron of their own."""
        pending, done = self.file(), self.file(self.emil)
        cron = self.env.ref(CRON)
        cron.code, cron.interval_number = "model._cron_welcome()", 7
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET pending_confirmation = NULL;"
            " ALTER TABLE helpdesk_ticket ADD COLUMN is_welcome_pending boolean"
        )
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET is_welcome_pending = (id = %s)", [pending.id]
        )
        folder = f"{get_module_path('customer_portal_addon')}/migrations/19.0.1.4.0"
        script = load_script(f"{folder}/pre-migration.py", "pre_migration")
        for _again in range(2):
            script.migrate(self.env.cr, "19.0.1.3.0")
        self.env.invalidate_all()
        self.assertEqual(pending.pending_confirmation, "stranger")
        self.assertFalse(done.pending_confirmation)
        self.assertEqual(cron.code, "model._cron_confirm()")
        self.assertEqual(cron.interval_number, 7)


@tagged("post_install", "-at_install")
class TestTwoServers(BaseCase):
    """With real transactions, which are committed, and cleaned up."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            values = {
                "name": "Race",
                "description": "x",
                "partner_email": "a@b.example",
            }
            ticket = env["helpdesk.ticket"].create(
                {**values, "pending_confirmation": "known"}
            )
            self.ticket_id = ticket.id
            self.known_ids = env["ir.cron.trigger"].search([]).ids
        self.addCleanup(self.remove)

    def remove(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["helpdesk.ticket"].browse(self.ticket_id).unlink()
            triggers = env["ir.cron.trigger"].search([])
            triggers.filtered(lambda t: t.id not in self.known_ids).unlink()

    def count_mails(self, env):
        domain = [("model", "=", "helpdesk.ticket"), ("res_id", "=", self.ticket_id)]
        return env["mail.mail"].search_count(domain)

    def test_one_leaves_alone_what_the_other_is_confirming(self):
        with self.registry.cursor() as one, self.registry.cursor() as two:
            first, second = (api.Environment(cr, SUPERUSER_ID, {}) for cr in (one, two))
            run_cron(first)
            first.flush_all()
            self.assertEqual(self.count_mails(first), 1)
            second["helpdesk.ticket"]._cron_confirm()
            self.assertEqual(self.count_mails(second), 0)
            ticket = second["helpdesk.ticket"].browse(self.ticket_id)
            self.assertTrue(
                ticket.pending_confirmation, "tried again if the other dies"
            )
            left = second["ir.cron.trigger"].search([("id", "not in", self.known_ids)])
            self.assertEqual(left.cron_id, second.ref(CRON), "and soon")

    def test_one_that_comes_late_sends_nothing(self):
        with self.registry.cursor() as one, self.registry.cursor() as two:
            first, second = (api.Environment(cr, SUPERUSER_ID, {}) for cr in (one, two))
            seen = second["helpdesk.ticket"].browse(self.ticket_id)
            self.assertTrue(seen.pending_confirmation, "its transaction has begun")
            first["helpdesk.ticket"]._cron_confirm()
            second["helpdesk.ticket"]._cron_confirm()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.assertEqual(self.count_mails(env), 1)


@tagged("post_install", "-at_install")
class TestQueries(MailTools, SupportHttpCase):
    """Filing stays cheap: so many queries at most, once everything is cached.

    The stock helpdesk takes 23 by form and about 50 by mail.
    """

    def count(self, act):
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        act()
        self.env.flush_all()
        self.env.cr.precommit.run()
        return self.cr.sql_log_count - before

    def test_by_form(self):
        url = f"/support/ticket/new/{self.env['ir.http']._slug(self.error_type)}"
        page = self.open_as(self.ben, url)
        module = self.error_type.field_ids.option_ids[0]
        values = {"subject": "Crash", "description": "x", "answer_window": "Main"}
        values["answer_module"] = str(module.id)

        def submit():
            response = self.post(url, values, page=page, allow_redirects=False)
            self.assertIn("/my/ticket/", response.headers["Location"])

        submit()
        self.assertLessEqual(self.count(submit), 33)

    def test_by_mail(self):
        team = self.error_type.team_ids

        def receive(number):
            self.env["mail.thread"].message_process(
                False,
                f"From: ben@adler.example\nTo: {team.alias_id.display_name}\n"
                f"Subject: Crash {number}\nMessage-Id: <{number}@adler.example>\n\nx",
            )

        receive(1)
        self.assertLessEqual(self.count(lambda: receive(2)), 66)
