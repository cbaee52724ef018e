"""What packages cost, and who sees that."""

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import SupportCase
from .package_common import PackageData


class PackageCase(PackageData, SupportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_packages()

    def page(self, user=None):
        public = self.env.ref("base.public_user")
        products = self.env["product.template"].with_user(user or public)
        return products._get_support_packages()

    def row(self, package, user=None):
        rows = self.page(user)["packages"]
        return next((r for r in rows if r["id"] == package.product_variant_id.id), None)


@tagged("post_install", "-at_install")
class TestPackages(PackageCase):
    def test_what_is_offered_in_order(self):
        self.package_300.sequence = -5
        names = [row["name"] for row in self.page()["packages"]]
        mine = [name for name in names if name.startswith("Package")]
        self.assertEqual(mine, ["Package 60", "Package 300"])

    def test_what_is_not_offered(self):
        other = self.env["res.company"].create({"name": "Other"})
        for values in (
            {"support_published": False},
            {"support_minutes": 0},
            {"active": False},
            {"sale_ok": False},
            {"company_id": other.id},
        ):
            with self.subTest(values=values), self.env.cr.savepoint() as savepoint:
                self.package_60.write(values)
                self.assertFalse(self.row(self.package_60))
                self.assertTrue(self.row(self.package_300))
                savepoint.rollback()
            self.env.invalidate_all()

    def test_what_a_row_says(self):
        row = self.row(self.package_300, self.ben)
        self.assertEqual(row["minutes"], "5 hr")
        self.assertEqual(row["months"], 12)
        self.assertEqual(row["price"], 425)
        self.assertEqual(row["price_hour"], 85)
        self.assertAlmostEqual(row["tax"], 80.75)
        self.assertAlmostEqual(row["total"], 505.75)
        self.assertFalse(row["includes_tax"])
        self.assertEqual(row["tax_names"], "19 %")
        self.assertNotIn("standard_price", row)

    def test_prices_with_taxes_included(self):
        self.tax.price_include_override = "tax_included"
        row = self.row(self.package_300)
        self.assertTrue(row["includes_tax"])
        self.assertEqual(row["price"], 425)
        self.assertAlmostEqual(row["net"], 357.14)
        self.assertAlmostEqual(row["tax"], 67.86)

    def test_prices_of_a_customer(self):
        self._use_pricelist(self.adler, percent=20)
        self.assertEqual(self.row(self.package_300, self.ben)["price"], 340)
        self.assertEqual(self.row(self.package_300, self.emil)["price"], 425)
        self.assertEqual(self.row(self.package_300)["price"], 425)

    def test_taxes_of_a_customer(self):
        position = self.env["account.fiscal.position"].create({"name": "Abroad"})
        self.tax.copy(
            {
                "name": "none",
                "amount": 0,
                "fiscal_position_ids": position.ids,
                "original_tax_ids": self.tax.ids,
            }
        )
        self.adler.property_account_position_id = position
        self.assertEqual(self.row(self.package_300, self.ben)["tax"], 0)
        self.assertAlmostEqual(self.row(self.package_300)["tax"], 80.75)

    def test_the_price_without_a_package(self):
        self.assertIsNone(self.page()["unit"])
        self.company.support_unit_product_id = self.unit.product_variant_id
        page = self.page()
        self.assertEqual(page["unit"]["price"], 18)
        self.assertEqual(page["unit"]["price_hour"], 108)
        self.assertEqual(page["unit_size"], "10 min")
        self.assertFalse(self.row(self.unit))

    def test_queries_do_not_grow_by_much(self):
        """Odoo looks for the rules of a pricelist per line; nothing else grows."""
        self._use_pricelist(self.adler, percent=20)

        def count():
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.page(self.ben)
            return self.cr.sql_log_count - before

        count()
        few = count()
        for number in range(10):
            self._create_package(f"More {number}", 1, support_minutes=5)
        count()
        self.assertLessEqual(count(), few + 2 * 10)

    def test_prices_change_nothing(self):
        before = self.env["sale.order"].search_count([])
        self.page(self.ben)
        self.env.flush_all()
        self.assertEqual(self.env["sale.order"].search_count([]), before)

    def test_who_may_order(self):
        orders = self.env["sale.order"]
        public = self.env.ref("base.public_user")
        for user, access in (
            (public, "login"),
            (self.ben, "order"),
            (self.anna, "order"),
            (self.clara, "ask"),  # her contract expired
            (self.agent, "ask"),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(orders.with_user(user)._get_package_access(), access)
        self.company.support_credit_visibility = "administrators"
        self.assertEqual(orders.with_user(self.ben)._get_package_access(), "ask")
        self.assertEqual(orders.with_user(self.anna)._get_package_access(), "order")

    def test_customers_read_no_products(self):
        for user in (self.ben, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                self.package_60.with_user(user).read(["standard_price"])

    @mute_logger("odoo.sql_db")
    def test_nothing_is_negative(self):
        for name in (
            "support_minutes",
            "support_validity_months",
            "support_contract_months",
        ):
            with self.assertRaises(CheckViolation), self.env.cr.savepoint():
                self.package_60[name] = -1
                self.env.flush_all()
            self.env.invalidate_all()
