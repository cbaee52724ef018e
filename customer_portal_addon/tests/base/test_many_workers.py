"""Several processes on one database: limits, caches and jobs are right all the same."""

import ast
import json
import subprocess
import sys
import threading
from pathlib import Path
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, TransactionCase, get_db_name, tagged
from odoo.tools import mute_logger

from ...models.ticket import helpdesk_ticket_policy
from ..common import let_threads_begin

ADDON = Path(__file__).parents[2]
SCRIPT = Path(__file__).parent / "cache_process.py"
THREADS, LIMIT = 8, 3
# What processes may each remember for themselves: answers of name servers, an hour;
# what functions make of nothing but their arguments; and in Odoo's caches, which a
# write empties in all of them, what each page or form asks for
REMEMBERED = {
    ("mail_domain.py", "_remembered"),
    ("host_name.py", "is_host"),
    ("response_headers.py", "_policy"),
    ("helpdesk_ticket_type.py", "_get_max_customer_upload"),
    ("helpdesk_ticket_type.py", "_get_worked_ids"),
    ("res_company.py", "_get_support_asked"),
    ("res_company.py", "_get_support_security"),
    ("res_users.py", "_is_staff"),
    ("support_gate.py", "_get_asked_reasons"),
    ("support_ticket_text.py", "_get_messages_select"),
    ("website.py", "_get_support_asset_hosts"),
    ("support_security_check.py", "_is_known_password"),
}


class WorkersCase(BaseCase):
    """With real transactions, which are committed, and cleaned up."""

    def setUp(self):
        super().setUp()
        let_threads_begin(self)
        self.registry = Registry(get_db_name())
        self.addCleanup(self.remove)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            first, second = env["res.partner"].create(
                [{"name": name, "is_company": True} for name in ("First", "Second")]
            )
            contact = env["res.partner"].create(
                {
                    "name": "Eager",
                    "parent_id": first.id,
                    "email": "eager@workers.example",
                    "is_customer_administrator": True,
                }
            )
            user = env["res.users"].create(
                {
                    "partner_id": contact.id,
                    "login": "eager@workers.example",
                    "group_ids": [(6, 0, env.ref("base.group_portal").ids)],
                }
            )
            self.user_id, self.partner_id = user.id, contact.id
            self.customer_ids = [first.id, second.id]
            self.partner_ids = [contact.id, *self.customer_ids]
            tickets = env["helpdesk.ticket"].create(
                [
                    {
                        "name": f"Of {customer.name}",
                        "description": "x",
                        "partner_id": customer.id,
                    }
                    for customer in first | second
                ]
            )
            self.ticket_ids = tickets.ids
        self.registry.signal_changes()

    def remove(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            tickets = env["helpdesk.ticket"].search(
                [
                    "|",
                    ("id", "in", self.ticket_ids),
                    ("filed_by_id", "=", self.partner_id),
                ]
            )
            tickets.unlink()
            messages = env["mail.message"].search([("author_id", "=", self.partner_id)])
            messages.unlink()
            env["res.users"].browse(self.user_id).unlink()
            env["res.partner"].browse(self.partner_ids).unlink()
        self.registry.signal_changes()

    def run_all(self, act):
        """Do something in as many threads, begun together; try again as Odoo does."""
        barrier = threading.Barrier(THREADS, timeout=60)
        results = []

        def work():
            for attempt in range(3 * THREADS):
                try:
                    with self.registry.cursor() as cr:
                        env = api.Environment(cr, self.user_id, {})
                        self.assertTrue(env.user.login)  # the snapshot
                        if not attempt:
                            barrier.wait()
                        result = act(env)
                        env.flush_all()
                except SerializationFailure:
                    continue
                results.append(result)
                return

        threads = [threading.Thread(target=work) for _number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(results), THREADS)
        return results


@tagged("post_install", "-at_install")
class TestTurns(WorkersCase):
    """Who takes turns with a ticket needs no second try."""

    def test_changes_of_one_ticket_wait_for_each_other(self):
        ticket_id = self.ticket_ids[0]
        barrier = threading.Barrier(THREADS, timeout=60)
        failures = []

        def work(number):
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    self.assertTrue(env.user.login)  # the snapshot
                    barrier.wait()
                    env["support.turn"]._take(f"ticket {ticket_id}")
                    ticket = env["helpdesk.ticket"].browse(ticket_id)
                    ticket.name = f"{ticket.name} {number}"
                    env.flush_all()
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=work, args=(n,)) for n in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertFalse(failures)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            words = env["helpdesk.ticket"].browse(ticket_id).name.split()
            self.assertEqual(set(map(str, range(THREADS))) - set(words), set())
            cr.execute(
                "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory'"
                " AND database = (SELECT oid FROM pg_database"
                " WHERE datname = current_database())"
            )
            self.assertEqual(cr.fetchone()[0], 0)


@tagged("post_install", "-at_install")
class TestLimits(WorkersCase):
    """What may be done a few times an hour may not be done more often at once."""

    @mute_logger("odoo.sql_db")
    def test_tickets_answers_and_changes(self):
        # in this order: a ticket leaves a notification
        kinds = {"change": "notification", "message": "comment", "ticket": None}

        def act(env, what, kind):
            tickets = env["helpdesk.ticket"]
            try:
                tickets._check_hourly_limit(what)
            except UserError:
                return False
            if kind:
                self.note(env, "helpdesk.ticket", kind)
            else:
                values = {"name": "x", "description": "x"}
                tickets.sudo().create({**values, "filed_by_id": self.partner_id})
            return True

        limits = dict.fromkeys(kinds, LIMIT)
        with patch.dict(helpdesk_ticket_policy.HOURLY_LIMITS, limits):
            for what, kind in kinds.items():
                with self.subTest(what):
                    done = self.run_all(lambda env, w=what, k=kind: act(env, w, k))
                    self.assertEqual(sum(done), LIMIT)

    @mute_logger("odoo.sql_db")
    def test_changes_of_colleagues(self):
        def act(env):
            try:
                env["res.partner"]._check_colleague_limit("change")
            except UserError:
                return False
            self.note(env, "res.partner", "comment")
            return True

        model = self.registry["res.partner"]
        with patch.object(model, "_colleague_hourly_limits", {"change": LIMIT}):
            self.assertEqual(sum(self.run_all(act)), LIMIT)

    def note(self, env, model, kind):
        """Leave a message of the user as an action does."""
        env["mail.message"].sudo().create(
            {
                "model": model,
                "res_id": self.partner_id
                if model == "res.partner"
                else self.ticket_ids[0],
                "author_id": self.partner_id,
                "message_type": kind,
            }
        )


@tagged("post_install", "-at_install")
class TestCaches(WorkersCase):
    """What one process changes, the others know with their next request."""

    def setUp(self):
        super().setUp()
        self.process = subprocess.Popen(
            [sys.executable, SCRIPT, get_db_name(), str(self.user_id)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(self.end_process)

    def end_process(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def find(self):
        """Return the tickets that the other process finds for the user."""
        return json.loads(self.process.stdout.readline())

    def find_again(self):
        self.process.stdin.write("again\n")
        self.process.stdin.flush()
        return self.find()

    def change(self, model, record_id, **values):
        """Change something as a request does, which tells the other processes."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env[model].browse(record_id).write(values)
        self.registry.signal_changes()

    def test_whose_tickets_somebody_reads(self):
        first, second = self.ticket_ids
        self.assertEqual(self.find(), [first])
        contact = ("res.partner", self.partner_id)
        self.change(*contact, is_customer_administrator=False)
        self.assertEqual(self.find_again(), [])
        self.change(*contact, is_customer_administrator=True)
        self.assertEqual(self.find_again(), [first])
        self.change(*contact, parent_id=self.customer_ids[1])
        self.change(*contact, is_customer_administrator=True)
        self.assertEqual(self.find_again(), [second])

    def test_another_contact_of_a_login(self):
        self.assertEqual(self.find(), [self.ticket_ids[0]])
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            other = env["res.partner"].create({"name": "Other"})
            self.partner_ids.append(other.id)
        self.change("res.users", self.user_id, partner_id=other.id)
        self.assertEqual(self.find_again(), [])


@tagged("post_install", "-at_install")
class TestJobs(WorkersCase):
    def test_a_job_that_runs_is_skipped_by_others(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            data = env["ir.model.data"].search(
                [("module", "=", "customer_portal_addon"), ("model", "=", "ir.cron")]
            )
            job_ids = data.mapped("res_id")
        self.assertTrue(job_ids)
        jobs = self.registry["ir.cron"]
        for job_id in job_ids:
            with self.registry.cursor() as one, self.registry.cursor() as other:
                found = jobs._acquire_one_job(one, job_id, include_not_ready=True)
                self.assertEqual(found["id"], job_id)
                self.assertIsNone(
                    jobs._acquire_one_job(other, job_id, include_not_ready=True)
                )
                one.rollback()
                other.rollback()

    @mute_logger("odoo.sql_db")
    def test_what_somebody_else_changes_is_left_to_the_next_run(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partners = env["res.partner"].browse(self.customer_ids)
            self.assertTrue(partners.mapped("name"))  # the snapshot
            with self.registry.cursor() as other_cr:
                other_env = api.Environment(other_cr, SUPERUSER_ID, {})
                partners[0].with_env(other_env).comment = "somebody"
            acted = []

            def act(partner):
                acted.append(partner)
                partner.comment = "job"

            self.assertTrue(env["ir.cron"]._process_each(partners, act))
            self.assertEqual(acted, list(partners))
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            comments = env["res.partner"].browse(self.customer_ids).mapped("comment")
            self.assertIn("somebody", comments[0])
            self.assertIn("job", comments[1])


@tagged("post_install", "-at_install")
class TestProcessEach(TransactionCase):
    def test_it_stops_when_its_time_is_up(self):
        done = []
        records = self.env["res.partner"].search([], limit=3)
        jobs = self.env["ir.cron"]
        left = iter([10, 0])
        with patch.object(type(jobs), "_commit_progress", lambda *_args: next(left)):
            self.assertFalse(jobs._process_each(records, done.append))
        self.assertEqual(done, list(records[:2]))


@tagged("post_install", "-at_install")
class TestMailQueue(TransactionCase):
    def test_what_a_request_sends_itself_is_left_to_it(self):
        queue = self.env["mail.mail"]
        values = {"state": "outgoing", "email_to": "x@workers.example"}
        mail, young, old = queue.create(
            [{**values, "is_notification": kind} for kind in (False, True, True)]
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_mail SET create_date = create_date - interval '61 seconds'"
            " WHERE id = %s",
            [old.id],
        )
        self.env.invalidate_all()
        sent = []
        with patch.object(type(queue), "send", lambda mails, **_kw: sent.extend(mails)):
            queue.process_email_queue()
            self.assertEqual({mail, young, old} & set(sent), {mail, old})
            job = self.env.ref("mail.ir_cron_mail_scheduler_action")
            later = [("cron_id", "=", job.id), ("call_at", ">", fields.Datetime.now())]
            self.assertTrue(self.env["ir.cron.trigger"].search(later))
            queue.process_email_queue(young.ids)
            self.assertIn(young, sent)


class TestMemory(BaseCase):
    """Nothing is kept where other processes can't see it."""

    def test_nothing_is_remembered_in_a_process(self):
        found = set()
        for path in ADDON.rglob("*.py"):
            if path.relative_to(ADDON).parts[0] in ("tests", "migrations"):
                continue
            tree = ast.parse(path.read_text())
            found |= {(path.name, name) for name in self.find_kept(tree)}
        self.assertEqual(found, REMEMBERED)

    def find_kept(self, tree):
        """Yield what a module fills while it runs, and functions that remember."""
        for node in tree.body:
            if isinstance(node, ast.Assign) and self.is_empty(node.value):
                yield node.targets[0].id
        for node in ast.walk(tree):
            if isinstance(node, ast.Global):
                yield from node.names
            if isinstance(node, ast.FunctionDef):
                names = {ast.unparse(each) for each in node.decorator_list}
                if any("cache" in name for name in names):
                    yield node.name

    def is_empty(self, value):
        literals = (ast.Dict, ast.List, ast.Set)
        if isinstance(value, literals):
            return not ast.unparse(value).strip("{}[]")
        return isinstance(value, ast.Call) and ast.unparse(value.func) in (
            "dict",
            "list",
            "set",
            "defaultdict",
        )
