"""The last second of an offer, and the first one after, over HTTP."""

from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from ..http_common import SupportHttpCase
from .offer_common import OfferData

SIGNATURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="  # noqa: E501
# The last day in Berlin, its last second and the one after in UTC
LAST_DAYS = [
    ("2026-06-29", "2026-06-29 21:59:59", "2026-06-29 22:00:00"),
    ("2026-12-31", "2026-12-31 22:59:59", "2026-12-31 23:00:00"),
    ("2026-03-29", "2026-03-29 21:59:59", "2026-03-29 22:00:00"),
    ("2026-10-25", "2026-10-25 22:59:59", "2026-10-25 23:00:00"),
]


@tagged("post_install", "-at_install")
class TestOfferExpiry(OfferData, SupportHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_offer_data()
        cls.company.support_policy = "open"
        cls.contract.write({"date_start": "2025-01-01", "date_end": "2026-12-31"})
        cls.last_second = fields.Datetime.to_datetime("2026-06-29 21:59:59")
        cls.midnight = fields.Datetime.to_datetime("2026-06-29 22:00:00")

    def setUp(self):
        super().setUp()
        self.order = self.offer()

    def offer(self, day="2026-06-29", **vals):
        order = self.env["sale.order"]._create_support_offer(
            {
                "partner_id": self.adler.id,
                "company_id": self.company.id,
                "support_offer_kind": "contract",
                "support_offer_contact_id": self.adler.id,
                "support_contract_id": self.contract.id,
            },
            self.contract_template,
        )
        order.write({"validity_date": day, **vals})
        self.env.flush_all()
        return order

    def at(self, moment):
        """Let the clock, in the server too, show a moment in UTC."""
        self.env.invalidate_all()
        moment = fields.Datetime.to_datetime(moment)
        return patch.object(fields.Datetime, "now", lambda *args: moment)

    def url(self, order=None, path="", query=""):
        order = order or self.order
        token = order._portal_ensure_token()
        self.env.flush_all()
        return f"/my/orders/{order.id}{path}?access_token={token}{query}"

    def accept(self, order=None):
        order = order or self.order
        params = {
            "access_token": order._portal_ensure_token(),
            "name": "Anna",
            "signature": SIGNATURE,
        }
        self.env.flush_all()
        url = f"/my/orders/{order.id}/accept"
        return self.make_jsonrpc_request(url, params)

    def assertEnded(self, response):
        self.assertEqual(response.status_code, 410)
        self.assertTrue(self.find(response, "//*[@data-id='offer_ended']"))
        self.assertTrue(self.find(response, "//a[@href='/support/packages']"))
        self.assertNotIn("900.00", response.text)  # tokens may hold 900

    def test_the_page_ends_with_the_last_day(self):
        """The link of the mail opens nothing after it (E5)."""
        for day, last, after in LAST_DAYS:
            order = self.offer(day)
            for who in (None, self.ben):
                with self.subTest(day=day, who=who and who.login):
                    with self.at(last):
                        response = self.open_as(who, self.url(order))
                        self.assertEqual(response.status_code, 200)
                        self.assertIn("One more year", response.text)
                    with self.at(after):
                        self.assertEnded(self.open_as(who, self.url(order)))

    def test_it_can_be_signed_until_then(self):
        with self.at(self.last_second):
            answer = self.accept()
        self.assertTrue(answer["force_refresh"])
        self.assertEqual(self.order.state, "sale")
        following = self.env["support.contract"].search(
            [("order_line_id", "in", self.order.order_line.ids)]
        )
        self.assertEqual(str(following.date_start), "2027-01-01")
        with self.at(self.midnight):  # the old link of an accepted one
            response = self.open_as(None, self.url())
            self.assertEqual(response.status_code, 200)
            self.assertIn("One more year", response.text)
            self.assertIn(self.order.name, self.open_as(self.ben, "/my/orders").text)

    def test_not_signed_later(self):
        """Nor can it be ordered (E5)."""
        with self.at(self.midnight):
            answer = self.accept()
            self.assertEqual(self.order.state, "sent")
            self.assertFalse(self.order.signature)
            self.assertTrue(answer["force_refresh"])
            self.assertEnded(self.open_as(None, answer["redirect_url"]))

    def test_every_other_address_of_it(self):
        with self.at(self.midnight):
            self.authenticate(None, None)
            for query in ("&report_type=pdf", "&report_type=html", "&download=1"):
                self.assertEnded(self.url_open(self.url(query=query)))
            self.assertEnded(self.url_open(self.url(path="/document/1")))
            self.assertEnded(self.url_open(self.url(path="/download_edi")))
            page = self.url_open("/support")
            values = {"decline_message": "No"}
            self.assertEnded(self.post(self.url(path="/decline"), values, page=page))
            self.assertEqual(self.order.state, "sent")
            with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
                self.make_jsonrpc_request(
                    f"/my/orders/{self.order.id}/update_line_dict",
                    {
                        "line_id": self.order.order_line.id,
                        "access_token": self.order.access_token,
                    },
                )

    def test_strangers_learn_nothing(self):
        with self.at(self.midnight):
            url = f"/my/orders/{self.order.id}"
            for who in (None, self.emil):
                response = self.open_as(who, url, allow_redirects=False)
                self.assertNotEqual(response.status_code, 410)
                self.assertNotIn(self.order.name, response.text)

    def test_gone_from_the_lists(self):
        for moment, listed in ((self.last_second, True), (self.midnight, False)):
            with self.at(moment):
                page = self.open_as(self.ben, "/my/quotes")
                self.assertEqual(self.order.name in page.text, listed)
                counters = self.make_jsonrpc_request(
                    "/my/counters", {"counters": ["quotation_count"]}
                )
                self.assertEqual(counters["quotation_count"], int(listed))
                found = self.env["sale.order"].search(
                    [("support_offer_state", "=", "expired")]
                )
                self.assertEqual(self.order in found, not listed)

    def test_ordinary_quotations_stay(self):
        quotation = self.order.copy({"validity_date": "2026-06-29"})
        quotation.action_quotation_sent()
        with self.at(self.midnight):
            page = self.open_as(self.ben, "/my/quotes")
            self.assertIn(quotation.name, page.text)
            response = self.open_as(None, self.url(quotation))
            self.assertEqual(response.status_code, 200)

    def test_withdrawn_ones(self):
        self.order._action_cancel()
        with self.at(self.last_second):
            response = self.open_as(None, self.url())
            self.assertEnded(response)
            self.assertNotIn("valid until", response.text)

    def test_staff_may_still_confirm(self):
        with self.at(self.midnight):
            self.order.action_confirm()
        self.assertEqual(self.order.state, "sale")

    # ---------------------------------------------------
    # Paying
    # ---------------------------------------------------

    def pay(self, operation="online_redirect"):
        provider = self.env["payment.provider"].create({"name": "Test"})
        methods = self.env["payment.method"].with_context(active_test=False)
        return self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": methods.search([], limit=1).id,
                "reference": f"T-{self.env['payment.transaction'].search_count([])}",
                "amount": self.order.amount_total,
                "currency_id": self.order.currency_id.id,
                "partner_id": self.adler.id,
                "operation": operation,
                "sale_order_ids": [Command.set(self.order.ids)],
            }
        )

    def test_nobody_begins_to_pay_after_the_last_day(self):
        with self.at(self.last_second):
            self.pay()
        with self.at(self.midnight):
            with self.assertRaises(ValidationError):
                self.pay()
            self.pay("offline")  # staff

    def test_over_http_neither(self):
        with self.at(self.midnight), mute_logger("odoo.http"):
            with self.assertRaisesRegex(JsonRpcException, "ValidationError"):
                self.make_jsonrpc_request(
                    f"/my/orders/{self.order.id}/transaction",
                    {"access_token": self.order._portal_ensure_token()},
                )

    def test_what_was_begun_in_time_counts(self):
        self.order.write({"require_payment": True, "require_signature": False})
        with self.at(self.last_second):
            transaction = self.pay()
        with self.at(self.midnight):
            transaction._set_done()
            transaction._check_amount_and_confirm_order()  # as its post-processing
        self.assertEqual(self.order.state, "sale")


@tagged("post_install", "-at_install")
class TestTwoBrowsers(BaseCase):
    """Two who accept the same offer at once, each with a transaction of their own."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["res.partner"].create({"name": "Two", "is_company": True})
            product = env["product.product"].create(
                {"name": "Year", "type": "service", "support_contract_months": 12}
            )
            contract = env["support.contract"].create(
                {
                    "partner_id": partner.id,
                    "date_start": "2026-01-01",
                    "date_end": "2099-12-31",
                    "state": "confirmed",
                }
            )
            orders = env["sale.order"].create(
                [
                    {
                        "partner_id": partner.id,
                        "is_support_offer": True,
                        "support_contract_id": contract.id,
                        "order_line": [Command.create({"product_id": product.id})],
                    }
                    for _number in range(2)
                ]
            )
            orders.action_quotation_sent()
            self.records = [contract, orders, product, product.product_tmpl_id, partner]
            self.ids = [(record._name, record.ids) for record in self.records]
            self.order_ids = orders.ids
            self.partner_id = partner.id
        self.addCleanup(self.remove)

    def remove(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["sale.order"].browse(self.order_ids)._action_cancel()
            contracts = env["support.contract"]
            contracts.search([("partner_id", "=", self.partner_id)]).unlink()
            for name, ids in self.ids[1:]:
                env[name].browse(ids).exists().unlink()

    def contracts(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            contracts = env["support.contract"].search(
                [("partner_id", "=", self.partner_id)], order="date_start"
            )
            return [(c.date_start.year, c.date_end.year) for c in contracts]

    def confirm_at_once(self, first_id, second_id):
        """Confirm two orders; return whether the second one has to try again."""
        with self.registry.cursor() as first, self.registry.cursor() as second:
            orders = [
                api.Environment(cr, SUPERUSER_ID, {})["sale.order"].browse(order_id)
                for cr, order_id in ((first, first_id), (second, second_id))
            ]
            for order in orders:
                self.assertEqual(order.state, "sent")  # both have it open
            orders[0].action_confirm()
            first.commit()
            try:
                with mute_logger("odoo.sql_db"):
                    orders[1].action_confirm()
                    second.commit()
            except SerializationFailure:
                second.rollback()
                return True
            return False

    def test_the_same_offer_counts_once(self):
        order_id = self.order_ids[0]
        self.assertTrue(self.confirm_at_once(order_id, order_id))
        self.assertEqual(self.contracts(), [(2026, 2099), (2100, 2100)])

    def test_two_orders_never_overlap(self):
        self.assertTrue(self.confirm_at_once(*self.order_ids))
        with self.registry.cursor() as cr:  # the second one tries again
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["sale.order"].browse(self.order_ids[1]).action_confirm()
        self.assertEqual(self.contracts(), [(2026, 2099), (2100, 2100), (2101, 2101)])
