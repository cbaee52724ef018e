"""What the tests of offers share: products, quotation templates, settings."""

from datetime import timedelta
from unittest.mock import patch

from odoo.fields import Command

from ..common import TODAY

LAST_DAY = TODAY + timedelta(days=14)


class OfferData:
    """Adler's credit is used up; offers cost 90 % of the products' prices."""

    @classmethod
    def _create_offer_data(cls):
        cls.offers = cls.env["support.offer"]
        cls.accounts = cls.env["support.credit.account"]
        cls.minutes_product, cls.contract_product = cls.env["product.product"].create(
            [
                {
                    "name": "300 minutes",
                    "type": "service",
                    "list_price": 200,
                    "support_minutes": 300,
                    "taxes_id": False,
                },
                {
                    "name": "One more year",
                    "type": "service",
                    "list_price": 1000,
                    "support_contract_months": 12,
                    "taxes_id": False,
                },
            ]
        )
        cls.pricelist = cls.env["product.pricelist"].create(
            {
                "name": "Offers",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "3_global",
                            "compute_price": "percentage",
                            "percent_price": 10,
                        }
                    )
                ],
            }
        )
        cls.credit_template, cls.contract_template = cls.env[
            "sale.order.template"
        ].create(
            [
                {
                    "name": product.name,
                    "require_signature": True,
                    "require_payment": False,
                    "sale_order_template_line_ids": [
                        Command.create({"product_id": product.id})
                    ],
                }
                for product in (cls.minutes_product, cls.contract_product)
            ]
        )
        cls.company.write(
            {
                "support_credit_offer_template_id": cls.credit_template.id,
                "support_contract_offer_template_id": False,
                "support_offer_pricelist_id": cls.pricelist.id,
                "support_offer_threshold": 0,
                "support_offer_valid_days": 14,
                "support_offer_pause_days": 30,
                "support_contract_offer_days": 30,
            }
        )
        cls.adler.write({"email": "info@adler.example", "lang": "en_US"})
        cls.contract = cls.env["support.contract"].search(
            [("partner_id", "=", cls.adler.id)]
        )
        cls.account = cls.accounts._get_for(cls.adler, cls.company)

    def post_minutes(self, minutes, account=None, key=None):
        account = account or self.account
        reason = "grant" if minutes > 0 else "usage"
        key = key or f"test-{account.id}-{len(account.entry_ids)}"
        return account._post(minutes, reason, key)

    def offers_of(self, customer=None, kind=None):
        domain = [
            ("is_support_offer", "=", True),
            ("partner_id", "=", (customer or self.adler).id),
        ]
        if kind:
            domain.append(("support_offer_kind", "=", kind))
        return self.env["sale.order"].search(domain)

    def run_cron(self, method=None, **kwargs):
        """Run a cron's method, by default that of the offers, without its commits."""
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", lambda *args, **kw: 60):
            (method or self.offers._cron_send_offers)(**kwargs)

    def mails_to(self, partner):
        """Return the queued mails of ours to somebody."""
        models = ("sale.order", "support.credit.notice")
        return self.env["mail.mail"].search(
            [("recipient_ids", "in", partner.ids), ("model", "in", models)]
        )

    def confirm(self, product, customer=None, quantity=1, **vals):
        """Return a confirmed order of a product."""
        order = self.env["sale.order"].create(
            {
                "partner_id": (customer or self.adler).id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": quantity}
                    )
                ],
                **vals,
            }
        )
        order.action_confirm()
        return order
