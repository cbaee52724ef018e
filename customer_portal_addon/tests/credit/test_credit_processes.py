import json
import logging
import subprocess
import sys
from pathlib import Path

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged

from .ledger_cleanup import remove_account

_logger = logging.getLogger(__name__)

SCRIPT = Path(__file__).parent / "ledger_process.py"
WRITERS, POSTINGS = 8, 250
PACKAGE, ROUNDS = 300, 5


@tagged("post_install", "-at_install")
class TestProcesses(BaseCase):
    """What only processes with connections of their own can show."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["res.partner"].create({"name": "Many", "is_company": True})
            account = env["support.credit.account"]._get_for(partner, env.company)
            product = env["product.product"].create(
                {"name": "Package", "type": "service", "support_minutes": PACKAGE}
            )
            line = {"product_id": product.id, "product_uom_qty": 1}
            orders = env["sale.order"].create(
                [{"partner_id": partner.id, "order_line": [(0, 0, line)]}] * 2
            )
            self.partner_id, self.account_id = partner.id, account.id
            self.product_id, self.order_ids = product.id, orders.ids
        self.addCleanup(self.remove)
        self.processes = []
        self.addCleanup(self.end_processes)

    def remove(self):
        with self.registry.cursor() as cr:
            remove_account(cr, self.account_id)
            env = api.Environment(cr, SUPERUSER_ID, {})
            orders = env["sale.order"].browse(self.order_ids)
            orders._action_cancel()
            orders.unlink()
            env["product.product"].browse(self.product_id).product_tmpl_id.unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def end_processes(self):
        for process in self.processes:
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()

    def start(self, job, *arguments):
        """Start a process, which waits for its first line."""
        process = subprocess.Popen(
            [sys.executable, SCRIPT, get_db_name(), job, *map(json.dumps, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        return process

    def go(self, *processes):
        """Have processes begin together, when all of them are ready."""
        for process in processes:
            self.assertEqual(process.stdout.readline().strip(), "ready")
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()

    def account(self, cr):
        env = api.Environment(cr, SUPERUSER_ID, {})
        return env["support.credit.account"].browse(self.account_id)

    def assertPosted(self, uses, bought):
        with self.registry.cursor() as cr:
            account = self.account(cr)
            posted = account.entry_ids.filtered(lambda e: e.reason == "usage")
            self.assertEqual(len(posted), uses)
            self.assertEqual(account.balance, bought - 7 * uses)
            self.assertEqual(sum(account.entry_ids.mapped("minutes")), account.balance)
            self.assertFalse(account._find_wrong() & account)

    def keys(self, writer):
        return [f"many-{writer}-{number}" for number in range(POSTINGS)]

    def test_writers_and_orders(self):
        writers = [
            self.start("use", self.account_id, self.keys(writer))
            for writer in range(WRITERS)
        ]
        orderers = [self.start("order", each, ROUNDS) for each in self.order_ids]
        self.go(*writers, *orderers)
        retries = [
            json.loads(process.communicate()[0]) for process in writers + orderers
        ]
        self.assertTrue(sum(retries), "they never met")
        _logger.info("%s postings, retries: %s", WRITERS * POSTINGS, retries)
        self.assertPosted(WRITERS * POSTINGS, bought=2 * PACKAGE)

    def test_killed_in_the_middle(self):
        hanging = self.start("hang", self.account_id, "killed-middle")
        self.go(hanging)
        self.assertEqual(hanging.stdout.readline().strip(), "posted")
        waiting = self.start("use", self.account_id, ["killed-waiting"])
        self.go(waiting)
        hanging.kill()
        self.assertEqual(hanging.wait(), -9)
        waiting.communicate()
        self.assertPosted(1, bought=0)

    def test_killed_somewhere_and_begun_again(self):
        first, other = (
            self.start("use", self.account_id, self.keys(writer)) for writer in "ab"
        )
        self.go(first, other)
        with self.registry.cursor() as cr:
            while self.account(cr).balance > -7 * 20:
                cr.rollback()  # look again, at what is there now
                cr.clear()
        first.kill()
        first.wait()
        with self.registry.cursor() as cr:
            self.assertFalse(self.account(cr)._find_wrong())
        again = self.start("use", self.account_id, self.keys("a"))
        self.go(again)
        again.communicate()
        other.communicate()
        self.assertPosted(2 * POSTINGS, bought=0)
