"""Attacks on the minutes, and on what others may know of them."""

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import mail_new_test_user

from ..common import TODAY
from ..http_common import SupportHttpCase
from ..sale.package_common import OrderCase, PackageData
from .effort_common import EffortCase

CANARY = "CANARY-COLLEAGUE"


@tagged("post_install", "-at_install")
class TestEffortAttacks(EffortCase):
    def test_no_minutes_by_hand_from_a_context(self):
        for context in (
            {"default_is_overridden": True, "default_override_reason": "Mine"},
            {"default_override_minutes": 3},
        ):
            efforts = self.env["support.time.entry"].with_context(**context)
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                efforts.with_user(self.agent).create(
                    {"ticket_id": self.ticket.id, "date": TODAY}
                )
            efforts.with_user(self.manager).create(
                {"ticket_id": self.ticket.id, "date": TODAY, "override_reason": "Ok"}
            )

    def test_a_moved_effort_tells_nothing_of_the_former_ticket(self):
        former = self._create_ticket(self.anna, name=CANARY)
        effort = self.enter(25, ticket_id=former.id, name=CANARY)
        effort.with_user(self.manager).write(
            {"ticket_id": self.ticket.id, "name": "Printer"}
        )
        self.assertStands(-25)
        accounts = self.env["support.credit.account"].with_user(self.ben)
        for kind in ("rows", "csv"):
            if kind == "csv":
                text = accounts._export_statement({"period": "all"}, "csv")[1].decode()
            else:
                text = str(accounts._get_page_values({"period": "all"})["rows"])
            self.assertNotIn(CANARY, text)
            self.assertNotIn(former.number, text)
            self.assertIn("Printer", text)

    def test_notes_by_hand_are_still_told(self):
        effort = self.enter(25)
        self.account._reverse(effort.credit_entry_ids, "by-hand", "We are sorry")
        accounts = self.env["support.credit.account"].with_user(self.ben)
        rows = accounts._get_page_values({"period": "all"})["rows"]
        self.assertIn("We are sorry", str(rows))

    def test_the_decision_tells_nothing_of_tickets_of_others(self):
        self.enter(25)
        stranger = mail_new_test_user(
            self.env, login="own", groups="helpdesk_mgmt.group_helpdesk_user_own"
        )
        self.ticket.user_id = self.agent
        self.env.flush_all()
        self.env.invalidate_all()
        decisions = self.env["support.ticket.charging"].with_user(stranger)
        with self.assertRaises(AccessError):
            decisions.create({"ticket_id": self.ticket.id, "charging": "free"})


@tagged("post_install", "-at_install")
class TestOrderAttacks(OrderCase):
    def create_ticket_with_effort(self, minutes):
        ticket = self._create_ticket(self.ben)
        return self.env["support.time.entry"].create(
            {
                "ticket_id": ticket.id,
                "name": "Work",
                "worked_minutes": minutes,
                "date": TODAY,
                "state": "done",
            }
        )

    def test_what_becomes_free_does_not_stay_with_a_cancelled_order(self):
        order = self.confirmed()
        effort = self.create_ticket_with_effort(100)
        order._action_cancel()
        self.assertBalance(0)
        effort.is_free = True
        self.assertBalance(0)
        order.action_draft()
        order.action_confirm()
        self.assertBalance(300)

    def test_what_is_corrected_stays_paid_as_far_as_it_was(self):
        order = self.confirmed()
        effort = self.create_ticket_with_effort(100)
        order._action_cancel()
        effort.worked_minutes = 90
        self.assertBalance(0)
        effort.worked_minutes = 110
        self.assertBalance(-20)

    def test_what_managers_reverse_goes_back_to_no_cancelled_order(self):
        order = self.confirmed()
        use = self.use(100)
        order._action_cancel()
        posting = self.env["support.credit.posting"].create(
            {"partner_id": self.adler.id, "entry_id": use.id, "note": "Sorry"}
        )
        posting.action_post()
        self.assertBalance(0)

    def test_what_becomes_free_goes_back_to_an_order_that_stands(self):
        self.confirmed()
        effort = self.create_ticket_with_effort(100)
        effort.is_free = True
        self.assertBalance(300)

    def test_minutes_of_an_order_do_not_change_hands(self):
        order = self.confirmed()
        order._action_cancel()
        order.action_draft()
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            order.partner_id = self.emil.partner_id
        order.partner_id = self.anna.partner_id
        order.action_confirm()
        self.assertBalance(300)
        other = self.order()
        other.partner_id = self.emil.partner_id
        other.action_confirm()
        self.assertBalance(300)

    def test_sales_people_settle_no_account_of_others(self):
        seller = mail_new_test_user(
            self.env, login="seller", groups="sales_team.group_sale_salesman_all_leads"
        )
        company = self.env["res.company"].create({"name": "Other"})
        foreign = self.accounts._get_for(self.emil.partner_id, self.company)
        elsewhere = self.accounts._get_for(self.ben.partner_id, company)
        lines = [
            Command.create(
                {
                    "product_id": self.unit.product_variant_id.id,
                    "support_settled_minutes": 5000,
                }
            )
        ]
        orders = self.env["sale.order"].with_user(seller)
        values = {"partner_id": self.ben.partner_id.id, "order_line": lines}
        for account in foreign | elsewhere:
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                orders.create({**values, "settled_account_id": account.id})
            order = orders.create(values)
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                order.settled_account_id = account.id
            self.assertFalse(account.balance)


@tagged("post_install", "-at_install")
class TestOrderAttacksHttp(PackageData, SupportHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_packages()

    def test_optional_products_lower_no_price(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.ben.partner_id.id,
                "require_signature": True,
                "order_line": [
                    Command.create(
                        {"product_id": self.package_300.product_variant_id.id}
                    ),
                    Command.create(
                        {
                            "display_type": "line_section",
                            "name": "Options",
                            "is_optional": True,
                        }
                    ),
                    Command.create(
                        {
                            "product_id": self.unit.product_variant_id.id,
                            "product_uom_qty": 0,
                        }
                    ),
                ],
            }
        )
        order.action_quotation_sent()
        total = order.amount_total
        option = order.order_line[-1]
        self.assertTrue(option._can_be_edited_on_portal())
        self.authenticate(self.ben.login, self.ben.login)
        url = f"/my/orders/{order.id}/update_line_dict"
        for quantity in (-20, -0.5, "-20", "many", "nan", 1e300, [1], None):
            params = {"line_id": option.id, "input_quantity": quantity}
            with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
                self.make_jsonrpc_request(url, params)
            order.invalidate_recordset()
            self.assertEqual(order.amount_total, total)
        params = {"line_id": option.id, "input_quantity": 2}
        self.make_jsonrpc_request(url, params)
        order.invalidate_recordset()
        self.assertGreater(order.amount_total, total)
        self.assertEqual(option.product_uom_qty, 2)

    def test_strange_product_numbers_are_no_packages(self):
        self.authenticate(self.ben.login, self.ben.login)
        page = self.url_open("/support/packages")
        url = "/support/packages/order"
        response = self.post(url, {"product_id": "9" * 5000}, page=page)
        self.assertEqual(response.status_code, 422)
        files = {"product_id": ("x.txt", b"1")}
        response = self.post(url, {}, page=page, files=files)
        self.assertEqual(response.status_code, 422)
