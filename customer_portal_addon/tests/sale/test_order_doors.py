"""Who may not order on the page of packages orders by no other door either."""

import json
from base64 import b64encode

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import PNG
from ..http_common import SupportHttpCase
from .package_common import PackageData

EVERYONE, ADMINISTRATORS = "everyone", "administrators"
SIGNATURE = b64encode(PNG).decode()


class OrderDoorCase(PackageData, SupportHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_packages()
        cls.company.support_scope = "support"
        # formerly of Adler, as someone of the group who sees the orders below
        cls.former = cls._create_contact(cls.adler, "former")
        cls.provider = cls._create_provider()
        cls.people = {
            "administrator": cls.anna,
            "contact": cls.ben,
            "other company": cls.emil,
            "former": cls.former,
            "link": None,
        }

    @classmethod
    def _create_provider(cls):
        method = cls.env["payment.method"].search([], limit=1)
        method = method or cls.env["payment.method"].create(
            {"name": "Any", "code": "any"}
        )
        return cls.env["payment.provider"].create(
            {
                "name": "Bank",
                "code": "none",
                "state": "test",
                "is_published": True,
                "payment_method_ids": [Command.set(method.ids)],
            }
        )

    def make(self, product=None, **values):
        product = product or self.package_300
        order = self.env["sale.order"].create(
            {
                "partner_id": self.anna.partner_id.id,
                "company_id": self.company.id,
                "require_signature": True,
                "require_payment": False,
                "order_line": [
                    Command.create({"product_id": product.product_variant_id.id}),
                    Command.create(
                        {
                            "name": "Options",
                            "display_type": "line_section",
                            "is_optional": True,
                        }
                    ),
                    Command.create({"product_id": product.product_variant_id.id}),
                ],
                **values,
            }
        )
        order.action_quotation_sent()
        order._portal_ensure_token()
        self.env.flush_all()
        return order

    def setUp(self):
        super().setUp()
        self.former.partner_id.parent_id = self.braun

    def rpc(self, url, params):
        with mute_logger("odoo.http"):
            return self.url_open(
                url,
                data=json.dumps({"params": params}),
                headers={"Content-Type": "application/json"},
            ).json()

    def call(self, model, method, *args, **kw):
        params = {"model": model, "method": method, "args": args, "kwargs": kw}
        return self.rpc(f"/web/dataset/call_kw/{model}/{method}", params)

    def log_in(self, user):
        self.authenticate(user and user.login, user and user.login)

    # ---------------------------------------------------
    # The doors; each returns whether it let somebody in
    # ---------------------------------------------------

    def see_page(self, order, token):
        page = self.url_open(f"/my/orders/{order.id}{token and '?' + token}")
        return order.name in page.text

    def see_pdf(self, order, token):
        url = f"/my/orders/{order.id}?report_type=html&{token}"
        return order.name in self.url_open(url).text

    def see_list(self, order, _token):
        return order.name in self.url_open("/my/quotes").text

    def see_report(self, order, _token):
        with mute_logger("odoo.http", "odoo.addons.web.controllers.report"):
            page = self.url_open(f"/report/html/sale.report_saleorder/{order.id}")
        return page.status_code == 200 and order.name in page.text

    def see_by_rpc(self, order, _token):
        answers = (
            self.call("sale.order", "search_read", [("id", "=", order.id)], ["name"]),
            self.call("sale.order", "read", order.ids, ["name", "access_token"]),
            self.call("sale.order", "get_portal_url", order.ids),
            self.call("sale.order.line", "search_read", [], ["order_id", "name"]),
        )
        text = json.dumps(answers)
        return order.name in text or order.access_token in text

    def see_messages(self, order, token):
        params = {"thread_model": "sale.order", "thread_id": order.id}
        if token:
            params["token"] = order.access_token
        return "canary" in json.dumps(self.rpc("/mail/chatter_fetch", params))

    def write_message(self, order, token):
        params = {
            "thread_model": "sale.order",
            "thread_id": order.id,
            "post_data": {"body": "Hello", "message_type": "comment"},
        }
        if token:
            params["token"] = order.access_token
        before = len(order.message_ids)
        self.rpc("/mail/message/post", params)
        order.invalidate_recordset()
        return len(order.message_ids) > before

    def sign(self, order, token):
        params = {"name": "X", "signature": SIGNATURE}
        if token:
            params["access_token"] = order.access_token
        self.rpc(f"/my/orders/{order.id}/accept", params)
        order.invalidate_recordset()
        return order.state == "sale" or bool(order.signature)

    def decline(self, order, token):
        page = self.url_open("/support/packages")
        self.post(
            f"/my/orders/{order.id}/decline?{token}",
            {"decline_message": "No"},
            page=page,
        )
        order.invalidate_recordset()
        return order.state == "cancel"

    def change_line(self, order, token):
        line = order.order_line[-1:]
        params = {"line_id": line.id, "input_quantity": 7}
        if token:
            params["access_token"] = order.access_token
        self.rpc(f"/my/orders/{order.id}/update_line_dict", params)
        line.invalidate_recordset()
        return line.product_uom_qty == 7

    def pay(self, order, token):
        params = {
            "access_token": order.access_token if token else "",
            "provider_id": self.provider.id,
            "payment_method_id": self.provider.payment_method_ids[:1].id,
            "token_id": None,
            "amount": order.amount_total,
            "flow": "redirect",
            "tokenization_requested": False,
            "landing_route": "/my",
        }
        self.rpc(f"/my/orders/{order.id}/transaction", params)
        order.invalidate_recordset()
        return bool(order.transaction_ids)

    def act_by_rpc(self, order, _token):
        for method in (
            *("action_confirm", "action_cancel", "action_quotation_send"),
            *("action_quotation_sent", "action_draft", "action_lock", "unlink"),
        ):
            self.call("sale.order", method, order.ids)
        self.call("sale.order", "write", order.ids, {"state": "sale"})
        order.invalidate_recordset()
        return not order.exists() or order.state != "sent"

    SEE = ("page", "pdf", "list", "report", "by_rpc", "messages")
    DO = ("write_message", "sign", "decline", "change_line", "pay")

    def walk(self, order_values, token, doors, user):
        """Return which of the doors let somebody in, each with a new order."""
        self.log_in(user)
        entered = set()
        for name in doors:
            door = getattr(self, name if hasattr(self, name) else f"see_{name}")
            order = self.make(**order_values)
            order.message_post(
                body="canary", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
            self.env.flush_all()
            if door(order, f"access_token={order.access_token}" if token else ""):
                entered.add(name)
        return entered


@tagged("post_install", "-at_install")
class TestOrderDoors(OrderDoorCase):
    def assertDoors(self, who, token, expected, **values):
        doors = {*self.SEE, *self.DO}
        with self.subTest(who=who, token=token):
            entered = self.walk(values, token, sorted(doors), self.people[who])
            self.assertEqual(entered, expected)

    # as Odoo has it: nobody writes without the link; that address is for staff
    BY_LOGIN = {*OrderDoorCase.SEE, *OrderDoorCase.DO} - {"write_message", "report"}
    BY_LINK = {"page", "pdf", "messages", *OrderDoorCase.DO}

    def test_everyone_may(self):
        for who in ("administrator", "contact"):
            self.assertDoors(who, False, self.BY_LOGIN)
        for who in ("other company", "former"):
            for token in (False, True):
                self.assertDoors(who, token, set())

    def test_administrators_may(self):
        self.company.support_credit_visibility = ADMINISTRATORS
        self.assertDoors("administrator", False, self.BY_LOGIN)
        for who in ("contact", "other company", "former"):
            for token in (False, True):
                self.assertDoors(who, token, set())

    def test_who_has_a_link_and_no_login(self):
        self.company.support_credit_visibility = ADMINISTRATORS
        self.assertDoors("link", True, self.BY_LINK)
        self.assertDoors("link", False, set())

    def test_ordinary_orders_are_as_without_us(self):
        self.company.support_credit_visibility = ADMINISTRATORS
        product = self._create_package("Screw", 5, support_published=False)
        for who in ("administrator", "contact"):
            self.assertDoors(who, False, self.BY_LOGIN, product=product)
        self.assertDoors("former", True, self.BY_LINK, product=product)

    def test_nobody_acts_by_rpc(self):
        for user in (self.anna, self.ben, self.emil):
            self.assertFalse(self.walk({}, False, ["act_by_rpc"], user))

    def test_whoever_an_offer_was_sent_to_may_accept_it(self):
        self.company.support_credit_visibility = ADMINISTRATORS
        values = {
            "is_support_offer": True,
            "support_offer_contact_id": self.ben.partner_id.id,
        }
        entered = self.walk(values, False, ["page", "sign"], self.ben)
        self.assertEqual(entered, {"page", "sign"})
        self.assertFalse(self.walk(values, True, ["page", "sign"], self.gesa))

    # ---------------------------------------------------
    # What is said
    # ---------------------------------------------------

    def test_the_refusal_says_whom_to_ask(self):
        self.company.support_credit_visibility = ADMINISTRATORS
        order = self.make()
        self.log_in(self.ben)
        url = f"/my/orders/{order.id}"
        token = f"access_token={order.access_token}"
        with mute_logger("odoo.http"):
            page = self.url_open(f"{url}?{token}")
        self.assertEqual(page.status_code, 403)
        self.assertTrue(self.text_of(page, "order_refused"))
        answer = self.rpc(f"{url}/accept?{token}", {"signature": SIGNATURE})
        self.assertIn("ask an administrator", answer["result"]["error"])

    # ---------------------------------------------------
    # What brings support
    # ---------------------------------------------------

    def test_what_brings_support(self):
        screw = self._create_package("Screw", 5, support_published=False)
        contract = self._create_package(
            "Year", 5, support_contract_months=12, support_published=False
        )
        account = self.env["support.credit.account"]._get_for(self.adler, self.company)
        for product, values, expected in (
            (screw, {}, False),
            (self.package_60, {}, True),
            (contract, {}, True),
            (screw, {"is_support_offer": True}, True),
            (screw, {"settled_account_id": account.id}, True),
        ):
            self.assertEqual(self.make(product, **values).is_support_order, expected)
        order = self.make(screw)
        order.order_line.product_id = self.package_60.product_variant_id
        self.assertTrue(order.is_support_order)

    def test_the_rule_costs_no_query_per_order(self):
        orders = self.env["sale.order"].with_user(self.ben)

        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            orders.search([]).mapped("name")
            return self.env.cr.sql_log_count - before

        self.make()
        count()
        few = count()
        for _number in range(5):
            self.make()
        self.assertEqual(count(), few)
