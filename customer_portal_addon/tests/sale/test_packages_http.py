"""The page of packages, and ordering on it."""

from base64 import b64encode

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import PNG
from ..http_common import SupportHttpCase
from .package_common import PackageData


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
        """Prices are public (E4)."""
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
        """Ordered in the portal (E4)."""
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
