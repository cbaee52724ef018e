"""Orders of packages: what they post, take back and refuse."""

from base64 import b64encode
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo import SUPERUSER_ID, Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import PNG, SupportCase
from .http_common import SupportHttpCase
from .package_common import PackageData


class OrderCase(PackageData, SupportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_packages()
        cls.accounts = cls.env["support.credit.account"]
        cls.account = cls.accounts._get_for(cls.adler, cls.company)

    def order(self, package=None, user=None):
        package = package or self.package_300
        orders = self.env["sale.order"].with_user(user or self.ben)
        order = orders._order_package(package.product_variant_id.id)
        return order.with_user(SUPERUSER_ID)

    def confirmed(self, package=None):
        order = self.order(package)
        order.action_confirm()
        return order

    def use(self, minutes):
        number = len(self.account.entry_ids)
        return self.account._post(-minutes, "usage", f"use-{number}")

    def assertBalance(self, minutes):
        self.assertEqual(self.account.balance, minutes)
        self.assertFalse(self.accounts._find_wrong())

    def assertNote(self, order, text):
        self.assertIn(text, " ".join(map(str, order.message_ids.mapped("body"))))


@tagged("post_install", "-at_install")
class TestOrdering(OrderCase):
    def test_a_quotation_for_the_contacts_customer(self):
        order = self.order()
        self.assertEqual(order.state, "sent")
        self.assertEqual(order.partner_id, self.ben.partner_id)
        self.assertEqual(order.support_orderer_id, self.ben.partner_id)
        self.assertEqual(order.company_id, self.company)
        self.assertEqual(order.validity_date, date(2026, 7, 15))
        self.assertEqual(order.amount_untaxed, 425)
        self.assertTrue(order.require_signature)
        self.assertFalse(order.require_payment)
        for user in (self.ben, self.anna, self.gesa):
            self.assertTrue(order.with_user(user).has_access("read"))
        self.assertFalse(order.with_user(self.emil).has_access("read"))
        self.assertBalance(0)

    def test_signature_and_payment_as_the_settings_say(self):
        for sign, pay, signs in (
            (True, True, True),
            (False, True, False),
            (False, False, True),  # never without either
        ):
            self.company.portal_confirmation_sign = sign
            self.company.portal_confirmation_pay = pay
            order = self.order()
            self.assertEqual(
                (order.require_signature, order.require_payment), (signs, pay)
            )
            order.action_cancel()

    def test_what_costs_nothing_is_signed(self):
        self.company.portal_confirmation_sign = False
        self.company.portal_confirmation_pay = True
        self.package_60.list_price = 0
        self.assertTrue(self.order(self.package_60).require_signature)

    def test_the_price_is_that_of_the_page(self):
        for percent, included in ((0, False), (20, False), (0, True), (33, True)):
            with self.subTest(percent=percent, included=included):
                if percent:
                    self._use_pricelist(self.adler, percent)
                self.tax.price_include_override = (
                    "tax_included" if included else "tax_excluded"
                )
                self.env.invalidate_all()  # as between two requests
                products = self.env["product.template"].with_user(self.ben)
                rows = products._get_support_packages()["packages"]
                product = self.package_300.product_variant_id
                [row] = [row for row in rows if row["id"] == product.id]
                order = self.order()
                self.assertEqual(order.amount_total, row["total"])
                self.assertEqual(order.amount_untaxed, row["net"])
                self.assertEqual(order.currency_id, row["currency"])
                order.action_cancel()

    def test_a_second_click_leads_to_the_first_order(self):
        order = self.order()
        self.assertEqual(self.order(), order)
        self.assertNotEqual(self.order(self.package_60), order)
        self.assertNotEqual(self.order(user=self.anna), order)
        order.action_confirm()
        self.assertNotEqual(self.order(), order)

    def test_not_more_than_five_a_day(self):
        for _number in range(5):
            self.order().action_cancel()
        with self.assertRaises(UserError):
            self.order()
        self.order(user=self.anna)
        with freeze_time("2026-06-16 12:00:01"):
            self.env.cr.execute(
                "UPDATE sale_order SET create_date = '2026-06-15 12:00:00'"
                " WHERE support_orderer_id = %s",
                [self.ben.partner_id.id],
            )
            self.env.invalidate_all()
            self.order()

    def test_what_can_not_be_ordered(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self._create_package("Foreign", 1, support_minutes=9)
        foreign.company_id = other
        hidden = self._create_package(
            "Hidden", 1, support_minutes=9, support_published=False
        )
        plain = self._create_package("Plain", 1)
        for package in (foreign, hidden, plain, self.unit):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.order(package)
        with self.assertRaises(UserError):
            self.env["sale.order"].with_user(self.ben)._order_package(0)

    def test_who_can_not_order(self):
        self.company.support_credit_visibility = "administrators"
        public = self.env.ref("base.public_user")
        for user in (self.ben, self.clara, self.dora, self.agent, public):
            with self.assertRaises(AccessError):
                self.order(user=user)
        self.assertTrue(self.order(user=self.anna))


@tagged("post_install", "-at_install")
class TestPosting(OrderCase):
    def test_confirming_posts_the_minutes_once(self):
        order = self.confirmed()
        self.assertBalance(300)
        entry = self.account.entry_ids
        self.assertEqual(entry.reason, "purchase")
        self.assertEqual(entry.order_line_id, order.order_line)
        self.assertEqual(entry.note, order.name)
        order.order_line._sync_credit()
        order.write({"state": "sale"})
        self.assertBalance(300)

    def test_the_last_day(self):
        for now, months, last_day in (
            ("2026-06-15 12:00:00", 12, date(2027, 6, 14)),
            ("2026-06-15 22:30:00", 12, date(2027, 6, 15)),  # tomorrow in Berlin
            ("2027-08-31 12:00:00", 6, date(2028, 2, 28)),  # no 31st: a day before 29th
            ("2028-02-29 12:00:00", 12, date(2029, 2, 27)),
        ):
            with self.subTest(now=now), freeze_time(now):
                self.package_300.support_validity_months = months
                order = self.env["sale.order"].create(self.values())
                order.action_confirm()
                entry = order.order_line.credit_entry_ids
                self.assertEqual(entry.expires_on, last_day)

    def values(self, partner=None, quantity=1, **line):
        product = self.package_300.product_variant_id
        line = {"product_id": product.id, "product_uom_qty": quantity, **line}
        return {
            "partner_id": (partner or self.adler).id,
            "order_line": [Command.create(line)],
        }

    def test_no_last_day(self):
        order = self.confirmed(self.package_60)
        self.assertFalse(order.order_line.credit_entry_ids.expires_on)

    def test_quantities_and_units(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.env["sale.order"].create(
            self.values(quantity=1, product_uom_id=dozen.id)
        )
        order.action_confirm()
        self.assertBalance(3600)
        half = self.env["sale.order"].create(self.values(quantity=0.335))
        half.action_confirm()
        self.assertBalance(3600 + 102)  # of 102 (0.34) nothing is rounded up
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_unit")
        self.assertBalance(300 + 102)

    def test_a_part_of_a_minute_does_not_count(self):
        self.package_300.support_minutes = 7
        order = self.env["sale.order"].create(self.values(quantity=0.5))
        order.action_confirm()
        self.assertBalance(3)

    def test_the_minutes_are_those_that_were_offered(self):
        order = self.order()
        self.package_300.write({"support_minutes": 10, "support_validity_months": 1})
        order.action_confirm()
        self.assertBalance(300)
        self.assertEqual(self.account.entry_ids.expires_on, date(2027, 6, 14))
        order.order_line.product_uom_qty = 2
        self.assertBalance(600)

    def test_changes_of_the_quantity(self):
        order = self.confirmed()
        order.order_line.product_uom_qty = 3
        self.assertBalance(900)
        order.order_line.product_uom_qty = 1
        self.assertBalance(300)
        order.order_line.product_uom_qty = 0
        self.assertBalance(0)

    def test_another_product_and_another_line(self):
        order = self.confirmed()
        order.order_line.product_id = self.package_60.product_variant_id
        self.assertBalance(60)
        product = self.package_300.product_variant_id
        order.order_line = [Command.create({"product_id": product.id})]
        self.assertBalance(360)

    def test_orders_of_something_else_post_nothing(self):
        plain = self._create_package("Plain", 1)
        values = self.values()
        values["order_line"][0][2]["product_id"] = plain.product_variant_id.id
        self.env["sale.order"].create(values).action_confirm()
        self.assertBalance(0)

    def test_the_account_stays_when_the_customer_changes(self):
        order = self.confirmed()
        order.partner_id = self.braun
        order.order_line.product_uom_qty = 2
        self.assertBalance(600)

    def test_every_company_has_its_own_account(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids += other
        orders = self.env["sale.order"].with_company(other)
        order = orders.create({**self.values(), "company_id": other.id})
        order.action_confirm()
        self.assertBalance(0)
        self.assertEqual(self.accounts._get_for(self.adler, other).balance, 300)

    def test_salespeople_need_no_rights_on_the_ledger(self):
        seller = mail_new_test_user(
            self.env, login="seller", groups="sales_team.group_sale_salesman_all_leads"
        )
        order = self.order().with_user(seller)
        order.action_confirm()
        self.assertBalance(300)
        self.assertEqual(self.account.entry_ids.create_uid, seller)
        order._action_cancel()
        self.assertBalance(0)


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


@tagged("post_install", "-at_install")
class TestPackagesHttp(PackageData, SupportHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_packages()

    def setUp(self):
        super().setUp()
        self.product = self.package_300.product_variant_id

    def forms(self, page):
        return self.find(page, "//form[@action='/support/packages/order']")

    def test_a_visitor_sees_the_prices_and_logs_in(self):
        page = self.open_as(None, "/support/packages")
        self.assertIn("425.00", self.text_of(page, f"package_{self.product.id}"))
        self.assertIn("505.75", self.text_of(page, f"package_{self.product.id}"))
        self.assertFalse(self.forms(page))
        self.assertTrue(
            self.find(page, "//a[@href='/web/login?redirect=/support/packages']")
        )

    def test_in_german(self):
        page = self.open_as(None, "/de/support/packages")
        self.assertIn("425,00", self.text_of(page, f"package_{self.product.id}"))

    def test_nothing_to_sell(self):
        self.env["product.template"].search([("support_minutes", ">", 0)]).write(
            {"support_published": False}
        )
        page = self.open_as(None, "/support/packages")
        self.assertTrue(self.text_of(page, "packages_empty"))

    def test_what_products_say_is_text(self):
        self.package_300.write(
            {"name": "<script>x</script>", "description_sale": "<b>bold</b>\nnext"}
        )
        page = self.open_as(None, "/support/packages")
        self.assertNotIn("<script>x", page.text)
        self.assertNotIn("<b>bold", page.text)

    def test_order_sign_and_have_the_minutes(self):
        page = self.open_as(self.emil, "/support/packages")
        self.assertEqual(
            len(self.forms(page)), len(self.find(page, "//*[@data-id='price']"))
        )
        response = self.post(
            "/support/packages/order",
            {
                "product_id": self.product.id,
                "partner_id": self.adler.id,
                "price_unit": 1,
                "product_uom_qty": 100,
            },
            page=page,
        )
        order = self.env["sale.order"].search(
            [("support_orderer_id", "=", self.emil.partner_id.id)]
        )
        self.assertIn(f"/my/orders/{order.id}", response.url)
        self.assertEqual(order.partner_id, self.emil.partner_id)
        self.assertEqual(order.amount_untaxed, 425)
        for _click in range(2):
            self.make_jsonrpc_request(
                f"/my/orders/{order.id}/accept",
                {"name": "Emil", "signature": b64encode(PNG).decode()},
            )
        account = self.env["support.credit.account"]._get_for(self.braun, self.company)
        account.invalidate_recordset()
        self.assertEqual(order.state, "sale")
        self.assertEqual(account.balance, 300)

    def test_colleagues_read_the_order_and_others_do_not(self):
        self.open_as(self.ben, "/support/packages")
        order = (
            self.env["sale.order"].with_user(self.ben)._order_package(self.product.id)
        )
        for user, sees in ((self.anna, True), (self.emil, False)):
            response = self.open_as(user, f"/my/orders/{order.id}")
            self.assertEqual(order.name in response.text, sees)

    @mute_logger("odoo.http")
    def test_forged_posts(self):
        page = self.open_as(self.ben, "/support/packages")
        before = self.env["sale.order"].search_count([])
        for product in ("", "x", "-1", "9" * 30, str(self.unit.product_variant_id.id)):
            response = self.post(
                "/support/packages/order", {"product_id": product}, page=page
            )
            self.assertEqual(response.status_code, 422, product)
            self.assertTrue(self.text_of(response, "package_error"))
        response = self.url_open(
            "/support/packages/order", data={"product_id": self.product.id}
        )
        self.assertEqual(response.status_code, 400)
        response = self.url_open(
            f"/support/packages/order?product_id={self.product.id}"
        )
        self.assertEqual(response.status_code, 405)
        self.assertEqual(self.env["sale.order"].search_count([]), before)

    def test_only_administrators(self):
        self.company.support_credit_visibility = "administrators"
        page = self.open_as(self.ben, "/support/packages")
        self.assertFalse(self.forms(page))
        self.assertTrue(self.text_of(page, "package_ask"))
        page = self.open_as(self.anna, "/support/packages")
        self.assertTrue(self.forms(page))
