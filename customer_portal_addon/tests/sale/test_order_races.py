"""Two transactions at once on orders of support: each effect once."""

import threading

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..common import let_threads_begin
from ..credit.ledger_cleanup import remove_account


@tagged("post_install", "-at_install")
class TestOrderRaces(BaseCase):
    """With real transactions, which are committed, and cleaned up."""

    def setUp(self):
        super().setUp()
        let_threads_begin(self)
        self.registry = Registry(get_db_name())
        self.addCleanup(self.remove)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            customer = env["res.partner"].create({"name": "Racing", "is_company": True})
            package, unit = env["product.template"].create(
                [
                    {"name": "Package", "type": "service", "support_minutes": 300},
                    {"name": "Unit", "type": "service"},
                ]
            )
            package.support_published = True
            user = env["res.users"].create(
                {
                    "name": "Racer",
                    "login": "racer@racing.example",
                    "parent_id": customer.id,
                    "group_ids": [Command.set(env.ref("base.group_portal").ids)],
                }
            )
            account = env["support.credit.account"]._get_for(customer, env.company)
            account._post(-25, "usage", "racing-use")
            self.former_unit = env.company.support_unit_product_id.id
            env.company.support_unit_product_id = unit.product_variant_id
            self.customer_id, self.account_id = customer.id, account.id
            self.product_id = package.product_variant_id.id
            self.product_ids = (package | unit).ids
            self.user_id = user.id

    def remove(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env.company.support_unit_product_id = self.former_unit
            env.flush_all()
            cr.execute(
                "UPDATE sale_order SET state = 'cancel' WHERE id = ANY(%s)",
                [self.find_orders(env).ids],
            )
            remove_account(cr, self.account_id)
            env.invalidate_all()
            self.find_orders(env).unlink()
            user = env["res.users"].browse(self.user_id)
            contact = user.partner_id
            user.unlink()
            env["product.template"].browse(self.product_ids).unlink()
            (contact | env["res.partner"].browse(self.customer_id)).unlink()

    def find_orders(self, env):
        domain = [("partner_id", "child_of", self.customer_id)]
        return env["sale.order"].search(domain)

    def run_twice(self, act, uid=SUPERUSER_ID):
        """Do something in two transactions that have both begun; try again as Odoo."""
        barrier = threading.Barrier(2, timeout=60)
        self.results, self.retries = [], []

        def work():
            for attempt in range(5):
                try:
                    with self.registry.cursor() as cr:
                        env = api.Environment(cr, uid, {})
                        env["sale.order"].sudo().search_count([])  # the snapshot
                        if not attempt:
                            barrier.wait()
                        result = act(env)
                        env.flush_all()
                except SerializationFailure:
                    self.retries.append(attempt)
                except UserError:
                    self.results.append("refused")
                    return
                else:
                    self.results.append(result)
                    return

        threads = [threading.Thread(target=work) for _number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertTrue(self.retries, "they never met")

    @mute_logger("odoo.sql_db")
    def test_confirming_one_order_twice(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            line = {"product_id": self.product_id}
            order = env["sale.order"].create(
                {
                    "partner_id": self.customer_id,
                    "order_line": [Command.create(line)],
                }
            )
            order_id = order.id
        self.run_twice(lambda env: env["sale.order"].browse(order_id).action_confirm())
        self.assertCountEqual(self.results, [True, "refused"])
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            account = env["support.credit.account"].browse(self.account_id)
            self.assertEqual(account.balance, 275)
            self.assertEqual(len(account.entry_ids), 2)

    @mute_logger("odoo.sql_db")
    def test_clicking_order_twice(self):
        self.run_twice(
            lambda env: env["sale.order"]._order_package(self.product_id).id,
            self.user_id,
        )
        self.assertEqual(len(set(self.results)), 1)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.assertEqual(self.find_orders(env).ids, self.results[:1])

    @mute_logger("odoo.sql_db")
    def test_billing_a_shortfall_twice(self):
        def bill(env):
            account = env["support.credit.account"].browse(self.account_id)
            return account._bill_shortfall(-account.balance).id

        self.run_twice(bill)
        self.assertEqual(len(set(self.results)), 1)
