"""What was used without credit becomes a quotation, and is paid by it."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import Form, tagged

from odoo.addons.mail.tests.common import MailCase, mail_new_test_user

from ..common import SupportCase
from .package_common import PackageData


class SettlementCase(PackageData, MailCase, SupportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_packages()
        cls.company.support_unit_product_id = cls.unit.product_variant_id
        cls.accounts = cls.env["support.credit.account"]
        cls.account = cls.accounts._get_for(cls.adler, cls.company)
        cls.account._post(-25, "usage", "used")
        cls.manager = mail_new_test_user(
            cls.env, login="manager", groups="helpdesk_mgmt.group_helpdesk_manager"
        )

    def bill(self, account=None):
        account = account or self.account
        return account._bill_shortfall(-account.balance)

    def assertBalance(self, minutes):
        self.assertEqual(self.account.balance, minutes)
        self.assertFalse(self.accounts._find_wrong())


@tagged("post_install", "-at_install")
class TestBilling(SettlementCase):
    def test_started_units_at_the_customers_price(self):
        """25 minutes are three times ten (E2)."""
        self._use_pricelist(self.adler, percent=50)
        order = self.bill()
        line = order.order_line.filtered("product_id")
        self.assertEqual(order.state, "draft")
        self.assertEqual(line.product_uom_qty, 3)  # 25 minutes: three times ten
        self.assertEqual(order.amount_untaxed, 27)
        self.assertEqual(line.support_settled_minutes, 25)
        self.assertFalse(order.validity_date)
        self.assertTrue(order.require_signature)
        self.assertEqual(order.settled_account_id, self.account)
        note = order.order_line - line
        self.assertIn("25 min", note.name)
        self.assertBalance(-25)

    def test_in_the_customers_language(self):
        self.anna.partner_id.lang = "de_DE"
        self.adler.write({"lang": "de_DE", "email": "office@adler.example"})
        order = self.bill()
        self.assertEqual(order.partner_id, self.adler)
        note = order.order_line.filtered("display_type")
        self.assertIn("25 Min.", note.name)
        self.assertIn("15.06.2026", note.name)

    def test_who_gets_it(self):
        self.assertEqual(self.bill().partner_id, self.anna.partner_id)
        self.account._get_open_settlements()._action_cancel()
        self.env["res.partner"].create(
            {
                "name": "Books",
                "type": "invoice",
                "parent_id": self.adler.id,
                "email": "books@adler.example",
            }
        )
        self.assertEqual(self.bill().partner_id.name, "Books")

    def test_not_a_second_one_while_one_is_open(self):
        order = self.bill()
        self.account._post(-10, "usage", "more")
        self.assertEqual(self.bill(), order)
        order.action_quotation_sent()
        self.assertEqual(self.bill(), order)
        order._action_cancel()
        self.assertNotEqual(self.bill(), order)

    def test_confirming_settles_it_once(self):
        order = self.bill()
        self.account._post(-10, "usage", "more")
        order.action_confirm()
        order.order_line._sync_credit()
        self.assertBalance(-10)
        entry = self.account.entry_ids[:1]
        self.assertEqual((entry.reason, entry.minutes), ("settlement", 25))
        self.assertEqual(entry.note, order.name)
        self.assertFalse(entry.expires_on)
        self.assertEqual(self.bill().order_line[0].support_settled_minutes, 10)

    def test_cancelling_reverses_all_of_it(self):
        order = self.bill()
        for _number in range(2):
            order.action_confirm()
            self.assertBalance(0)
            order._action_cancel()
            self.assertBalance(-25)
            order.action_draft()

    def test_fewer_units_settle_all_the_same(self):
        order = self.bill()
        order.order_line.filtered("product_id").product_uom_qty = 1
        order.action_confirm()
        self.assertBalance(0)

    def test_a_copy_settles_nothing(self):
        order = self.bill()
        copy = order.copy()
        copy.action_confirm()
        self.assertBalance(-25)
        self.assertFalse(copy.settled_account_id)

    def test_a_package_makes_it_obsolete(self):
        order = self.bill()
        order.action_quotation_sent()
        orders = self.env["sale.order"].with_user(self.ben)
        package = orders._order_package(self.package_60.product_variant_id.id)
        package.action_confirm()
        self.assertBalance(35)
        self.assertEqual(order.state, "cancel")
        self.assertIn("by itself", str(order.message_ids.mapped("body")))

    def test_a_package_that_is_too_small_does_not(self):
        self.account._post(-100, "usage", "more")
        order = self.bill()
        orders = self.env["sale.order"].with_user(self.ben)
        orders._order_package(self.package_60.product_variant_id.id).action_confirm()
        self.assertBalance(-65)
        self.assertEqual(order.state, "draft")

    def test_a_payment_under_way_is_not_cancelled(self):
        order = self.bill()
        with patch.object(type(order), "_is_payment_under_way", lambda order: True):
            self.account._post(60, "grant", "grant")
            self.account._drop_settlements()
        self.assertEqual(order.state, "draft")


@tagged("post_install", "-at_install")
class TestStaffBills(SettlementCase):
    def test_managers_bill_without_rights_on_orders(self):
        account = self.account.with_user(self.manager)
        action = account.action_bill_shortfall()
        order = self.account._get_open_settlements()
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn(order.name, action["params"]["message"])

    def test_managers_with_rights_open_the_quotation(self):
        self.manager.group_ids += self.env.ref(
            "sales_team.group_sale_salesman_all_leads"
        )
        account = self.account.with_user(self.manager)
        action = account.action_bill_shortfall()
        self.assertEqual(action["res_id"], self.account._get_open_settlements().id)
        with Form(account.env["sale.order"].browse(action["res_id"])) as form:
            form.client_order_ref = "Seen"
        self.assertEqual(account.settlement_ids.client_order_ref, "Seen")
        other = self.accounts._get_for(self.braun, self.company)
        other._post(-5, "usage", "braun")
        both = (self.account | other).with_user(self.manager)
        self.assertEqual(len(both.action_bill_shortfall()["domain"][0][2]), 2)

    def test_agents_do_not(self):
        with self.assertRaises(AccessError):
            self.account.with_user(self.agent).action_bill_shortfall()
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.accounts._get_for(self.adler, other)
        foreign._post(-5, "usage", "foreign")
        with self.assertRaises(AccessError):
            foreign.with_user(self.manager).action_bill_shortfall()

    def test_no_shortfall_and_no_product(self):
        self.company.support_unit_product_id = False
        account = self.account.with_user(self.manager)
        with self.assertRaises(UserError):
            account.action_bill_shortfall()
        with self.assertRaises(RedirectWarning):
            self.account.with_user(
                self.env.ref("base.user_admin")
            ).action_bill_shortfall()
        self.account._post(25, "grant", "grant")
        with self.assertRaises(UserError):
            account.action_bill_shortfall()


@tagged("post_install", "-at_install")
class TestEveryMonth(SettlementCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.support_settlement_automatic = True
        cls.other = cls.accounts._get_for(cls.braun, cls.company)
        cls.other._post(-5, "usage", "braun")

    def run_cron(self, batch_size=1, remaining=60):
        cron = type(self.env["ir.cron"])
        with (
            patch.object(cron, "_commit_progress", lambda *args, **kw: remaining),
            self.mock_mail_gateway(),
        ):
            self.accounts._cron_bill_shortfalls(batch_size)
        return self._new_mails

    def orders(self):
        return (self.account | self.other).settlement_ids.sorted("id")

    def stamp(self, moment):
        """Have the orders made at a moment; the clock of the database isn't frozen."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET create_date = %s WHERE id = ANY(%s)",
            [moment, self.orders().ids],
        )
        self.env.invalidate_all()

    def test_what_was_used_before_this_month(self):
        self.run_cron()
        self.assertFalse(self.orders())
        with freeze_time("2026-06-30 21:59:00"):  # one minute to July in Berlin
            self.run_cron()
            self.assertFalse(self.orders())
        with freeze_time("2026-06-30 22:00:00"):
            self.account._post(-100, "usage", "july")
            self.run_cron()
            self.run_cron()
        minutes = self.orders().order_line.mapped("support_settled_minutes")
        self.assertEqual(sorted(filter(None, minutes)), [5, 25])

    def test_it_is_sent(self):
        self.anna.partner_id.lang = "de_DE"
        with freeze_time("2026-07-01 12:00:00"):
            self.run_cron()
        order = self.account.settlement_ids
        self.assertEqual(order.state, "sent")
        mails = (
            self.env["mail.mail"]
            .sudo()
            .search([("model", "=", "sale.order"), ("res_id", "=", order.id)])
        )
        self.assertIn(self.anna.partner_id, mails.recipient_ids)

    def test_without_an_address_it_waits_for_staff(self):
        (self.anna.partner_id | self.erna.partner_id).email = False
        with freeze_time("2026-07-01 12:00:00"):
            self.run_cron()
        self.assertEqual(self.orders().mapped("state"), ["draft", "draft"])

    def test_once_a_month(self):
        with freeze_time("2026-07-01 12:00:00"):
            self.run_cron()
            first = self.orders()
            self.stamp("2026-07-01 12:00:00")
            first._action_cancel()
            self.run_cron()
            self.assertEqual(self.orders(), first)
        with freeze_time("2026-08-01 12:00:00"):
            self.run_cron()
            self.assertEqual(len(self.orders()), 4)
        with freeze_time("2026-09-01 12:00:00"):
            self.stamp("2026-08-01 12:00:00")
            self.run_cron()  # those of August are still open
            self.assertEqual(len(self.orders()), 4)

    def test_it_goes_on_where_it_stopped(self):
        with freeze_time("2026-07-01 12:00:00"):
            self.run_cron(remaining=0)
            self.assertEqual(len(self.orders()), 1)
            self.run_cron(remaining=0)
            self.assertEqual(len(self.orders()), 2)

    def test_only_where_it_is_switched_on(self):
        for values in (
            {"support_settlement_automatic": False},
            {"support_settlement_automatic": True, "support_unit_product_id": False},
        ):
            self.company.write(values)
            with freeze_time("2026-07-01 12:00:00"):
                self.run_cron()
            self.assertFalse(self.orders())

    def test_what_fails_hinders_no_other(self):
        failing = self.other

        def prepare(account, minutes):
            if account == failing:
                raise UserError(account.env._("There is no shortfall to bill."))
            return original(account, minutes)

        mixin = type(self.accounts)
        original = mixin._prepare_settlement_values
        with (
            freeze_time("2026-07-01 12:00:00"),
            patch.object(mixin, "_prepare_settlement_values", prepare),
        ):
            self.run_cron()
        self.assertTrue(self.account.settlement_ids)
        self.assertFalse(self.other.settlement_ids)
