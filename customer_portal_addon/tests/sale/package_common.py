"""Packages, for the tests that sell them."""

from odoo import SUPERUSER_ID, Command

from ..common import SupportCase


class PackageData:
    """Creates products with 19 % VAT; mixed into the test cases."""

    @classmethod
    def _create_packages(cls):
        cls.company.write(
            {
                "portal_confirmation_sign": True,
                "portal_confirmation_pay": False,
                "quotation_validity_days": 30,
                "support_credit_visibility": "everyone",
                "support_unit_product_id": False,
                "support_unit_minutes": 10,
            }
        )
        group = cls.env["account.tax.group"].create({"name": "VAT"})
        cls.tax = cls.env["account.tax"].create(
            {
                "name": "19 % VAT",
                "invoice_label": "19 %",
                "amount": 19,
                "type_tax_use": "sale",
                "tax_group_id": group.id,
            }
        )
        cls.package_60 = cls._create_package("Package 60", 95, support_minutes=60)
        cls.package_300 = cls._create_package(
            "Package 300", 425, support_minutes=300, support_validity_months=12
        )
        cls.unit = cls._create_package("Unit", 18, support_published=False)

    @classmethod
    def _create_package(cls, name, price, **values):
        return cls.env["product.template"].create(
            {
                "name": name,
                "type": "service",
                "invoice_policy": "order",
                "list_price": price,
                "taxes_id": [Command.set(cls.tax.ids)],
                "support_published": True,
                **values,
            }
        )

    @classmethod
    def _use_pricelist(cls, customer, percent):
        """Give a customer a discount on everything."""
        groups = cls.env.ref("base.group_user")
        groups.implied_ids += cls.env.ref("product.group_product_pricelist")
        pricelists = cls.env["product.pricelist"]
        # the first one is everybody's who has none
        pricelists.create({"name": "Everybody", "sequence": 1})
        pricelist = pricelists.create(
            {
                "name": "Special",
                "sequence": 99,
                "item_ids": [
                    Command.create(
                        {"compute_price": "percentage", "percent_price": percent}
                    )
                ],
            }
        )
        customer.property_product_pricelist = pricelist


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
