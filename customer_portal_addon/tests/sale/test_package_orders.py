"""Orders of packages: who makes them, and what they post."""

from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import mail_new_test_user

from .package_common import OrderCase


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
