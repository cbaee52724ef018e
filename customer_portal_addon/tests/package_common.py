"""Packages, for the tests that sell them."""

from odoo import Command


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
