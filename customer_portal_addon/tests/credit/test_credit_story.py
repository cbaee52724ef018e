"""A long story of efforts, orders and settlements: the minutes are right throughout."""

import random
from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import tagged

from ..common import TODAY
from ..sale.package_common import PackageData
from .effort_common import EffortCase

STEPS = 110


class Story:
    """What happens, one thing after the other, as chance has it."""

    def __init__(self, case, seed):
        self.case, self.env, self.random = case, case.env, random.Random(seed)
        self.day = TODAY
        self.people = [case.ben, case.emil]
        self.tickets = case.env["helpdesk.ticket"].union(
            *(case._create_ticket(user) for user in self.people * 2)
        )
        self.efforts = case.env["support.time.entry"]
        self.orders = case.env["sale.order"]
        self.accounts = case.accounts.union(
            *(case.accounts._get_for(u.partner_id, case.company) for u in self.people)
        )

    def choose(self, records):
        return self.random.choice(records) if records else records

    # ---------------------------------------------------
    # Efforts
    # ---------------------------------------------------

    def enter_effort(self):
        self.efforts += self.env["support.time.entry"].create(
            {
                "ticket_id": self.choose(self.tickets).id,
                "name": "Work",
                "worked_minutes": self.random.randint(1, 200),
                "date": self.day - timedelta(days=self.random.randint(0, 50)),
                "state": self.random.choice(["draft", "done", "done"]),
                "is_free": self.random.random() < 0.1,
            }
        )

    def correct_effort(self):
        self.choose(self.efforts).worked_minutes = self.random.randint(1, 200)

    def switch_effort(self):
        effort = self.choose(self.efforts)
        effort.state = "draft" if effort.state == "done" else "done"

    def free_effort(self):
        effort = self.choose(self.efforts)
        effort.is_free = not effort.is_free

    def override_effort(self):
        values = {
            "is_overridden": self.random.random() < 0.7,
            "override_minutes": self.random.randint(0, 300),
            "override_reason": "Agreed",
        }
        self.choose(self.efforts).write(values)

    def move_effort(self):
        self.choose(self.efforts).ticket_id = self.choose(self.tickets)

    def decide_charging(self):
        choice = self.random.choice(["charged", "free"])
        self.choose(self.tickets)._decide_charging(choice, "Looked into it")

    def move_ticket(self):
        self.choose(self.tickets).partner_id = self.choose(self.people).partner_id

    # ---------------------------------------------------
    # Orders
    # ---------------------------------------------------

    def order(self):
        package = self.choose(self.case.packages)
        self.orders += self.env["sale.order"].create(
            {
                "partner_id": self.choose(self.people).partner_id.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": package.product_variant_id.id,
                            "product_uom_qty": self.random.choice([1, 1, 2, 0.5]),
                        }
                    )
                ],
            }
        )
        self.orders[-1:].action_confirm()

    def change_quantity(self):
        order = self.choose(self.orders.filtered(lambda o: o.state == "sale"))
        lines = order.order_line.filtered("support_minutes_each")
        lines.product_uom_qty = self.random.choice([0, 0.5, 1, 2, 3])

    def cancel_or_confirm(self):
        order = self.choose(self.orders)
        if order.state == "sale":
            order.invoice_ids.filtered(lambda i: i.state == "draft").button_cancel()
            order._action_cancel()
        elif order:
            if order.state == "cancel":
                order.action_draft()
            order.action_confirm()

    def invoice(self):
        order = self.choose(
            self.orders.filtered(lambda o: o.invoice_status == "to invoice")
        )
        if order:
            order._create_invoices(final=True).action_post()

    def refund(self):
        moves = self.orders.invoice_ids.filtered(
            lambda m: m.state == "posted" and m.move_type == "out_invoice"
        )
        move = self.choose(moves)
        if move:
            refund = move._reverse_moves([{"invoice_date": fields.Date.today()}])
            if self.random.random() < 0.4:
                refund.invoice_line_ids[:1].quantity /= 2
            refund.action_post()

    def repost_refund(self):
        refunds = self.orders.invoice_ids.filtered(
            lambda m: m.move_type == "out_refund" and m.state != "cancel"
        )
        refund = self.choose(refunds)
        if refund.state == "posted":
            refund.button_draft()
        elif refund:
            refund.action_post()

    # ---------------------------------------------------
    # The rest
    # ---------------------------------------------------

    def settle(self):
        account = self.choose(self.accounts)
        if account.balance < 0:
            order = account._bill_shortfall(-account.balance)
            self.orders |= order
            if self.random.random() < 0.7:
                order.action_confirm()

    def grow_older(self):
        self.day += timedelta(days=self.random.choice([1, 3, 20]))

    def run_expiry(self):
        for account in self.accounts:
            account._expire()


@tagged("post_install", "-at_install")
class TestCreditStory(PackageData, EffortCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_packages()
        if not cls.company.chart_template:
            cls.env["account.chart.template"].try_loading(
                "generic_coa", cls.company, install_demo=False
            )
        cls.company.support_unit_product_id = cls.unit.product_variant_id
        month = cls._create_package(
            "A month", 50, support_minutes=120, support_validity_months=1
        )
        cls.packages = cls.package_60 | cls.package_300 | month

    def tell(self, seed):
        """Check after each step that the minutes are right."""
        chances = {
            Story.enter_effort: 6,
            Story.correct_effort: 3,
            Story.switch_effort: 3,
            Story.free_effort: 2,
            Story.override_effort: 1,
            Story.move_effort: 2,
            Story.decide_charging: 2,
            Story.move_ticket: 2,
            Story.order: 4,
            Story.change_quantity: 2,
            Story.cancel_or_confirm: 4,
            Story.invoice: 2,
            Story.refund: 2,
            Story.repost_refund: 2,
            Story.settle: 2,
            Story.grow_older: 3,
            Story.run_expiry: 1,
        }
        story = Story(self, seed)
        acts = story.random.choices([*chances], [*chances.values()], k=STEPS)
        for number, act in enumerate(acts):
            with freeze_time(f"{story.day} 12:00:00"):
                try:
                    act(story)
                    self.env.flush_all()
                    self.env.invalidate_all()
                    self.check(story)
                except Exception as error:
                    error.add_note(f"seed {seed}, step {number}: {act.__name__}")
                    raise

    def test_first_story(self):
        self.tell(1)

    def test_second_story(self):
        self.tell(2)

    def test_third_story(self):
        self.tell(3)

    def check(self, story):
        self.assertFalse(self.accounts._find_wrong())
        for account in story.accounts:
            self.check_usage(story, account)
            self.check_positions(account)
        for line in story.orders.order_line:
            self.check_line(line)

    def check_usage(self, story, account):
        """What stands as used is what the efforts cost."""
        standing = account.entry_ids.filtered(
            lambda e: e.reason == "usage" and not e.reversal_ids
        )
        efforts = story.efforts.filtered(lambda e: e.partner_id == account.partner_id)
        cost = sum(
            e.charged_minutes
            for e in efforts
            if e.state == "done" and not e.is_free and e.ticket_id.charging == "charged"
        )
        self.assertEqual(-sum(standing.mapped("minutes")), cost)
        self.assertEqual(sum(efforts.mapped("payable_minutes")), cost)

    def check_positions(self, account):
        """No lot is overdrawn, no use overpaid; nothing is unpaid beside lots."""
        for position in account.position_ids:
            entry = position.entry_id
            self.assertGreater(position.minutes * entry.minutes, 0)
            self.assertLessEqual(abs(position.minutes), abs(entry.minutes))
        open_minutes = account.position_ids.mapped("minutes")
        self.assertFalse(min([0, *open_minutes]) < 0 < max([0, *open_minutes]))

    def check_line(self, line):
        """An order has brought what it says, and more only as far as that is gone."""
        posted = sum(line.credit_entry_ids.mapped("minutes"))
        expired = 0
        for lot in line.credit_entry_ids.filtered(lambda e: e.minutes > 0):
            expiries = lot.allocation_ids.filtered(
                lambda a: a.entry_id.reason == "expiry"
            )
            expired += sum(expiries.mapped("minutes"))
        worth = line._get_credit_minutes()
        if line.support_settled_minutes:
            worth = line.support_settled_minutes * (line.state == "sale")
            self.assertEqual(posted, worth)
            return
        self.assertGreaterEqual(posted, worth)
        if posted > worth:
            lots = line.credit_entry_ids.filtered(lambda e: e.minutes > 0)
            self.assertFalse(sum(lots.mapped("open_minutes")))
