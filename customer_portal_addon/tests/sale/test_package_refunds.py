"""Orders of packages that are cancelled or refunded: what comes back."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .package_common import OrderCase


@tagged("post_install", "-at_install")
class TestTakingBack(OrderCase):
    def test_cancel_and_confirm_again(self):
        order = self.confirmed()
        for _number in range(2):
            order._action_cancel()
            self.assertBalance(0)
            order.action_draft()
            order.action_confirm()
            self.assertBalance(300)

    def test_what_was_used_stays_used(self):
        order = self.confirmed()
        self.use(120)
        order._action_cancel()
        self.assertBalance(0)
        self.assertNote(order, "120 of 300 minutes")
        order.action_draft()
        order.action_confirm()
        self.assertBalance(180)  # 300 in sum, not 420
        self.use(30)
        order._action_cancel()
        self.assertBalance(0)

    def test_who_cancels_is_told(self):
        order = self.confirmed()
        self.use(120)
        with patch.object(type(self.env.user), "_bus_send") as send:
            order._action_cancel()
        messages = [call.args for call in send.call_args_list]
        [(kind, params)] = [
            args for args in messages if args[0] == "simple_notification"
        ]
        self.assertEqual(kind, "simple_notification")
        self.assertIn("120 of 300", params["message"])

    def test_nothing_is_said_when_all_comes_back(self):
        order = self.confirmed()
        order._action_cancel()
        self.assertNotIn("minutes", str(order.message_ids.mapped("body")))

    def test_what_has_expired_is_gone(self):
        order = self.confirmed()
        with freeze_time("2027-06-15 12:00:00"):
            self.account._expire()
            self.assertBalance(0)
            order._action_cancel()
            self.assertBalance(0)
            self.assertNote(order, "300 of 300 minutes")

    def test_a_shortfall_that_was_paid_stays_paid(self):
        self.use(20)
        order = self.confirmed()
        self.assertBalance(280)
        order._action_cancel()
        self.assertBalance(0)

    def test_the_latest_lot_first(self):
        order = self.confirmed()
        with freeze_time("2026-08-01 12:00:00"):
            order.order_line.product_uom_qty = 2
            order.order_line.product_uom_qty = 1
        lots = order.order_line.credit_entry_ids.filtered(
            lambda entry: entry.reason == "purchase"
        )
        self.assertEqual(lots.sorted("id").mapped("open_minutes"), [300, 0])

    def test_what_managers_reversed_is_not_posted_again(self):
        order = self.confirmed()
        self.account._reverse(self.account.entry_ids, "by-hand")
        order.order_line._sync_credit()
        self.assertBalance(0)
        order._action_cancel()
        self.assertBalance(0)

    def test_orders_with_entries_stay(self):
        order = self.confirmed()
        order._action_cancel()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order.unlink()
        order.action_draft()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order.order_line.unlink()
        other = self.order(self.package_60)
        other._action_cancel()
        other.unlink()

    def test_a_copy_posts_its_own(self):
        copy = self.confirmed().copy()
        copy.action_confirm()
        self.assertBalance(600)


@tagged("post_install", "-at_install")
class TestRefunds(OrderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.company.chart_template:
            cls.env["account.chart.template"].try_loading(
                "generic_coa", cls.company, install_demo=False
            )

    def invoice(self, order):
        move = order._create_invoices()
        move.action_post()
        return move

    def refund(self, move, quantity=None):
        refund = move._reverse_moves()
        if quantity is not None:
            refund.invoice_line_ids.quantity = quantity
        refund.invoice_date = fields.Date.today()
        refund.action_post()
        return refund

    def test_a_refund_takes_back_and_its_end_gives_again(self):
        order = self.confirmed()
        move = self.invoice(order)
        self.assertBalance(300)
        refund = self.refund(move)
        self.assertBalance(0)
        refund.button_draft()
        self.assertBalance(300)
        refund.button_cancel()
        self.assertBalance(300)

    def test_a_part_is_refunded(self):
        order = self.order()
        order.order_line.product_uom_qty = 3
        order.action_confirm()
        self.refund(self.invoice(order), quantity=1)
        self.assertBalance(600)

    def test_refunded_and_invoiced_again(self):
        order = self.confirmed()
        self.refund(self.invoice(order))
        self.assertBalance(0)
        self.invoice(order)
        self.assertBalance(300)

    def test_refunded_and_cancelled(self):
        order = self.confirmed()
        self.use(100)
        refund = self.refund(self.invoice(order))
        self.assertBalance(0)
        self.assertNote(order, "100 of 300 minutes")
        order._action_cancel()
        self.assertBalance(0)
        refund.button_draft()
        self.assertBalance(0)

    def test_refunded_and_the_order_lowered(self):
        order = self.order()
        order.order_line.product_uom_qty = 2
        order.action_confirm()
        self.refund(self.invoice(order), quantity=1)
        order.order_line.product_uom_qty = 1
        self.assertBalance(300)
