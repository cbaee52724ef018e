"""What an order of contract months does to the customer's contracts."""

from datetime import date, timedelta

from odoo.tests import tagged

from ..common import TODAY, SupportCase
from ..sale.offer_common import OfferData


@tagged("post_install", "-at_install")
class TestContractExtension(OfferData, SupportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_offer_data()
        cls.contracts = cls.env["support.contract"]
        level = cls.env["support.level"].create({"name": "Gold"})
        cls.contract.write({"date_end": date(2026, 7, 31), "level_id": level.id})

    def contracts_of(self, customer=None):
        customer = customer or self.adler
        domain = [("partner_id", "=", customer.id), ("order_line_id", "!=", False)]
        return self.contracts.search(domain, order="id")

    def order(self, **vals):
        return self.confirm(self.contract_product, **vals)

    def test_without_gap_or_overlap(self):
        order = self.order()
        following = self.contracts_of()
        self.assertEqual(following.date_start, date(2026, 8, 1))
        self.assertEqual(following.date_end, date(2027, 7, 31))
        self.assertEqual(following.state, "confirmed")
        self.assertEqual(following.level_id, self.contract.level_id)
        self.assertEqual(following.previous_contract_id, self.contract)
        self.assertEqual(self.contract.next_contract_ids, following)
        self.assertEqual(following.order_id, order)
        self.assertEqual(self.contract.date_end, date(2026, 7, 31))
        self.assertIn(order.name, str(self.contract.message_ids.mapped("body")))

    def test_once_whatever_is_repeated(self):
        order = self.order()
        order._action_confirm()
        self.contracts._extend_for(order.order_line)
        self.assertEqual(len(self.contracts_of()), 1)

    def test_quantities(self):
        self.order(quantity=2)
        self.assertEqual(self.contracts_of().date_end, date(2028, 7, 31))

    def test_after_the_last_contract(self):
        self.order()
        self.order()
        first, second = self.contracts_of()
        self.assertEqual(second.date_start, first.date_end + timedelta(days=1))
        self.assertEqual(second.previous_contract_id, first)

    def test_of_its_own_contract_an_offer_takes_the_level(self):
        other_level = self.env["support.level"].create({"name": "Silver"})
        parallel = self.contract.copy(
            {"level_id": other_level.id, "date_end": "2026-06-30", "state": "confirmed"}
        )
        self.order(support_contract_id=parallel.id, is_support_offer=True)
        following = self.contracts_of()
        self.assertEqual(following.level_id, other_level)
        self.assertEqual(following.date_start, date(2026, 8, 1))

    def test_a_contract_that_ended_within_the_offers_days(self):
        self.contract.date_end = TODAY - timedelta(days=14)
        self.order()
        self.assertEqual(self.contracts_of().date_start, TODAY - timedelta(days=13))

    def test_a_contract_that_ended_long_ago(self):
        self.contract.date_end = TODAY - timedelta(days=15)
        self.order()
        self.assertEqual(self.contracts_of().date_start, TODAY)

    def test_no_contract_yet(self):
        self.contract.action_cancel()
        self.order()
        following = self.contracts_of()
        self.assertEqual(following.date_start, TODAY)
        self.assertFalse(following.previous_contract_id)

    def test_without_end_there_is_nothing_to_extend(self):
        order = self.order(customer=self.braun)
        self.assertFalse(self.contracts_of(self.braun))
        self.assertIn("no end", str(order.message_ids.mapped("body")))
        self.assertEqual(order.state, "sale")

    def test_other_products_extend_nothing(self):
        self.confirm(self.minutes_product)
        self.order(quantity=0)
        self.assertFalse(self.contracts_of())

    def test_contacts_order_for_their_company(self):
        self.order(customer=self.ben.partner_id)
        self.assertEqual(len(self.contracts_of()), 1)

    def test_cancelling_and_confirming_again(self):
        order = self.order()
        following = self.contracts_of()
        order._action_cancel()
        self.assertEqual(following.state, "cancelled")
        self.assertIn(order.name, str(following.message_ids.mapped("body")))
        order.action_draft()
        order.action_confirm()
        self.assertEqual(self.contracts_of(), following)
        self.assertEqual(following.state, "confirmed")
        self.assertEqual(following.date_start, date(2026, 8, 1))

    def test_confirming_again_overlaps_nothing(self):
        order = self.order()
        first = self.contracts_of()
        order._action_cancel()
        self.order()
        order.action_draft()
        order.action_confirm()
        second = self.contracts_of() - first
        self.assertEqual(second.date_start, date(2026, 8, 1))
        self.assertEqual(first.date_start, second.date_end + timedelta(days=1))

    def test_months(self):
        for start, months, end in (
            ("2026-02-01", 12, "2027-01-31"),
            ("2026-01-31", 1, "2026-02-28"),
            ("2026-01-31", 2, "2026-03-30"),
            ("2028-02-29", 12, "2029-02-28"),
            ("2026-12-01", 1, "2026-12-31"),
            ("2026-06-15", 24, "2028-06-14"),
        ):
            start, end = date.fromisoformat(start), date.fromisoformat(end)
            self.assertEqual(self.contracts._get_last_day(start, months), end)

    def test_salespeople_without_the_helpdesk(self):
        salesperson = self.agent.copy({"login": "seller", "name": "Seller"})
        salesperson.group_ids = self.env.ref("sales_team.group_sale_salesman_all_leads")
        order = self.env["sale.order"].with_user(salesperson)
        self.confirm_as(order)
        self.assertEqual(len(self.contracts_of()), 1)

    def confirm_as(self, orders):
        vals = {
            "partner_id": self.adler.id,
            "order_line": [(0, 0, {"product_id": self.contract_product.id})],
        }
        orders.create(vals).action_confirm()
