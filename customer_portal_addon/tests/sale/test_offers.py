"""Who gets an offer at a special price, when, and what is in it."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, Form, get_db_name, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import mail_new_test_user

from ..common import TODAY, SupportCase
from .offer_common import LAST_DAY, OfferData


class OfferCase(OfferData, SupportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_offer_data()

    def after(self, days):
        return freeze_time(f"{TODAY + timedelta(days=days)} 12:00:00")


@tagged("post_install", "-at_install")
class TestCreditOffers(OfferCase):
    def setUp(self):
        super().setUp()
        self.post_minutes(60)
        self.post_minutes(-60)

    def test_used_up_credit(self):
        """An offer at a special price when the credit runs out (E5)."""
        self.run_cron()
        order = self.offers_of()
        self.assertEqual(len(order), 1)
        self.assertEqual(order.state, "sent")
        self.assertEqual(order.support_offer_kind, "credit")
        self.assertEqual(order.validity_date, LAST_DAY)
        self.assertEqual(order.support_offer_date, TODAY)
        self.assertEqual(order.order_line.product_id, self.minutes_product)
        self.assertEqual(order.amount_total, 180)
        self.assertEqual(order.pricelist_id, self.pricelist)
        self.assertEqual(order.support_offer_state, "open")
        self.assertTrue(order.require_signature)
        self.assertEqual(order.sale_order_template_id, self.credit_template)

    def test_one_mail_that_says_what_matters(self):
        self.adler.lang = "de_DE"
        self.run_cron()
        order = self.offers_of()
        mail = self.mails_to(self.adler)
        self.assertEqual(len(mail), 1)
        for words in ("180,00", "29. Juni 2026", "300 minutes", "0 Min."):
            self.assertIn(words, mail.body_html)
        self.assertIn(f"/my/orders/{order.id}?access_token=", mail.body_html)
        self.assertIn("/support", mail.body_html)
        self.assertIn("auto-generated", mail.headers)
        self.assertIn("info@adler.example", str(order.message_ids.mapped("body")))

    def test_not_above_the_threshold(self):
        self.post_minutes(1)
        self.run_cron()
        self.assertFalse(self.offers_of())
        self.company.support_offer_threshold = 1
        self.run_cron()
        self.assertTrue(self.offers_of())

    def test_not_to_those_who_never_used_support(self):
        self.accounts._get_for(self.braun, self.company)
        self.run_cron()
        self.assertFalse(self.offers_of(self.braun))

    def test_not_without_a_template(self):
        self.company.support_credit_offer_template_id = False
        self.run_cron()
        self.assertFalse(self.offers_of())

    def test_not_to_customers_who_may_not_use_support(self):
        for customer in (self.koch, self.lang_customer):
            customer.email = "info@customer.example"
            account = self.accounts._get_for(customer, self.company)
            self.post_minutes(-10, account)
        self.run_cron()
        self.assertFalse(self.offers_of(self.koch))
        self.assertFalse(self.offers_of(self.lang_customer))
        self.company.support_policy = "open"
        self.run_cron()
        self.assertTrue(self.offers_of(self.koch))

    def test_the_notification_list_does_not_matter(self):
        self.company.support_list_required = True
        self.run_cron()
        self.assertTrue(self.offers_of())

    def test_no_second_one_while_one_is_open(self):
        self.company.support_offer_pause_days = 0
        self.run_cron()
        self.run_cron()
        with self.after(14):
            self.run_cron()
        self.assertEqual(len(self.offers_of()), 1)
        with self.after(15):
            self.run_cron()
        self.assertEqual(len(self.offers_of()), 2)

    def test_none_during_the_pause_whatever_became_of_the_last(self):
        self.run_cron()
        self.offers_of()._action_cancel()
        with self.after(29):
            self.run_cron()
        self.assertEqual(len(self.offers_of()), 1)
        with self.after(30):
            self.run_cron()
        self.assertEqual(len(self.offers_of()), 2)

    def test_offers_of_another_kind_are_no_obstacle(self):
        self.company.support_contract_offer_template_id = self.contract_template
        self.contract.date_end = TODAY + timedelta(days=10)
        self.run_cron()
        kinds = self.offers_of().mapped("support_offer_kind")
        self.assertEqual(sorted(kinds), ["contract", "credit"])

    def test_who_reads_it(self):
        self.run_cron()
        self.assertEqual(self.offers_of().support_offer_contact_id, self.adler)
        self.offers_of().sudo().write({"is_support_offer": False, "state": "cancel"})
        invoices = self.env["res.partner"].create(
            {
                "name": "Invoices",
                "type": "invoice",
                "email": "invoices@adler.example",
                "parent_id": self.adler.id,
            }
        )
        self.assertEqual(self.offers._find_reader(self.adler), invoices)
        self.adler.support_offer_contact_id = self.gesa.partner_id
        self.assertEqual(self.offers._find_reader(self.adler), self.gesa.partner_id)
        self.gesa.partner_id.parent_id = self.braun  # no longer one of theirs
        self.assertEqual(self.offers._find_reader(self.adler), invoices)

    def test_in_the_readers_language(self):
        self.minutes_product.with_context(lang="de_DE").name = "300 Minuten"
        self.adler.support_offer_contact_id = self.gesa.partner_id
        self.gesa.partner_id.lang = "de_DE"
        self.run_cron()
        self.assertIn("300 Minuten", self.offers_of().order_line.name)
        mail = self.mails_to(self.gesa.partner_id)
        self.assertIn("300 Minuten", mail.body_html)
        self.assertFalse(self.mails_to(self.adler))

    def test_without_an_address_staff_are_asked_once(self):
        self.adler.email = False
        self.run_cron()
        self.run_cron()
        self.assertFalse(self.offers_of())
        self.assertEqual(len(self.account.activity_ids), 1)
        with self.assertRaises(UserError):
            self.account.with_user(self.env.ref("base.user_admin")).action_send_offer()

    def test_one_failure_does_not_stop_the_others(self):
        self.braun.email = "info@braun.example"
        self.post_minutes(-5, self.accounts._get_for(self.braun, self.company))
        orders = type(self.env["sale.order"])
        mail = orders._mail_support_offer

        def fail_for_adler(order, source):
            if order.partner_id == self.adler:
                raise ValueError("The mail can't be written")
            return mail(order, source)

        with (
            patch.object(orders, "_mail_support_offer", fail_for_adler),
            mute_logger("odoo.addons.customer_portal_addon.models.sale.support_offer"),
        ):
            self.run_cron()
        self.assertFalse(self.offers_of())
        self.assertTrue(self.offers_of(self.braun))

    def test_many_in_small_batches(self):
        self.braun.email = "info@braun.example"
        self.post_minutes(-5, self.accounts._get_for(self.braun, self.company))
        self.run_cron(batch_size=1)
        self.assertTrue(self.offers_of())
        self.assertTrue(self.offers_of(self.braun))

    def test_somebody_can_accept_it(self):
        self.credit_template.require_signature = False
        self.run_cron()
        self.assertTrue(self.offers_of().require_signature)

    def test_copies_are_ordinary_quotations(self):
        self.run_cron()
        self.assertFalse(self.offers_of().copy().is_support_offer)


@tagged("post_install", "-at_install")
class TestContractOffers(OfferCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.support_contract_offer_template_id = cls.contract_template
        cls.contract.date_end = TODAY + timedelta(days=30)

    def test_before_the_contract_ends(self):
        """An offer before the contract is renewed (E5)."""
        self.run_cron()
        order = self.offers_of()
        self.assertEqual(order.support_offer_kind, "contract")
        self.assertEqual(order.support_contract_id, self.contract)
        self.assertEqual(order.amount_total, 900)
        mail = self.mails_to(self.adler)
        self.assertIn("July 15, 2026", mail.body_html)

    def test_not_sooner(self):
        self.contract.date_end = TODAY + timedelta(days=31)
        self.run_cron()
        self.assertFalse(self.offers_of())

    def test_on_the_last_day_but_not_after(self):
        self.contract.date_end = TODAY
        self.run_cron()
        self.assertEqual(len(self.offers_of()), 1)
        self.company.support_policy = "open"
        self.koch.email = "info@koch.example"
        self.run_cron()
        self.assertFalse(self.offers_of(self.koch))

    def test_not_if_another_contract_goes_on(self):
        for end in (False, self.contract.date_end + timedelta(days=365)):
            follower = self.contract.copy(
                {
                    "date_start": self.contract.date_end + timedelta(days=1),
                    "date_end": end,
                    "state": "confirmed",
                }
            )
            self.run_cron()
            self.assertFalse(self.offers_of())
            follower.action_cancel()
        self.run_cron()
        self.assertTrue(self.offers_of())

    def test_not_for_drafts_and_archived_ones(self):
        self.contract.state = "draft"
        self.run_cron()
        self.contract.write({"state": "confirmed", "active": False})
        self.run_cron()
        self.assertFalse(self.offers_of())


@tagged("post_install", "-at_install")
class TestOffersByHand(OfferCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.support_contract_offer_template_id = cls.contract_template
        cls.manager = mail_new_test_user(
            cls.env,
            login="manager",
            groups="helpdesk_mgmt.group_helpdesk_manager",
        )

    def test_managers_without_sales_rights(self):
        account = self.account.with_user(self.manager)
        self.assertFalse(
            self.env["sale.order"].with_user(self.manager).has_access("read")
        )
        self.assertIs(account.offer_summary, False)
        account.action_send_offer()
        order = self.offers_of()
        self.assertEqual(len(order), 1)
        account.invalidate_recordset(["offer_summary"])
        self.assertIn(order.name, account.offer_summary)
        with self.assertRaises(UserError):  # it is open
            account.action_send_offer()

    def test_the_pause_does_not_count(self):
        self.account.with_user(self.manager).action_send_offer()
        self.offers_of()._action_cancel()
        self.account.with_user(self.manager).action_send_offer()
        self.assertEqual(len(self.offers_of()), 2)

    def test_agents_send_none(self):
        with self.assertRaises(AccessError):
            self.account.with_user(self.agent).action_send_offer()
        with self.assertRaises(AccessError):
            self.contract.with_user(self.ben).action_send_offer()

    def test_why_not(self):
        account = self.account.with_user(self.manager)
        self.adler.support_enabled = False
        with self.assertRaisesRegex(UserError, "Not enabled"):
            account.action_send_offer()
        self.adler.support_enabled = True
        self.company.support_credit_offer_template_id = False
        with self.assertRaisesRegex(UserError, "settings"):
            account.action_send_offer()
        self.contract.date_end = False
        with self.assertRaisesRegex(UserError, "doesn't end"):
            self.contract.with_user(self.manager).action_send_offer()
        self.assertFalse(self.offers_of())

    def test_about_a_contract(self):
        self.contract.with_user(self.manager).action_send_offer()
        self.assertEqual(self.offers_of().support_contract_id, self.contract)
        self.assertTrue(self.contract.with_user(self.manager).offer_summary)

    def test_lists_and_forms_open(self):
        self.account.with_user(self.manager).action_send_offer()
        admin = self.env.ref("base.user_admin")
        orders = self.env["sale.order"].with_user(admin)
        for name in ("support_offer_view_list", "support_offer_view_search"):
            view = self.env.ref(f"customer_portal_addon.{name}")
            orders.get_view(view.id, view.type)
        with Form(self.offers_of().with_user(admin)) as form:
            self.assertTrue(form.is_support_offer)
        with Form(self.account.with_user(self.manager)) as form:
            self.assertTrue(form.offer_summary)
        action = self.account.with_user(admin).action_open_offers()
        self.assertEqual(orders.search(action["domain"]), self.offers_of())

    def test_filters(self):
        self.account.with_user(self.manager).action_send_offer()
        order, orders = self.offers_of(), self.env["sale.order"]

        def found(state):
            return order in orders.search([("support_offer_state", "=", state)])

        self.assertTrue(found("open"))
        self.assertFalse(found("expired"))
        with freeze_time(f"{LAST_DAY + timedelta(days=1)} 12:00:00"):
            self.assertTrue(found("expired"))
            self.assertFalse(found("open"))
        order.action_confirm()
        order.invalidate_recordset()
        self.assertTrue(found("accepted"))
        self.assertEqual(order.support_offer_state, "accepted")


@tagged("post_install", "-at_install")
class TestSettings(OfferCase):
    def test_numbers(self):
        for name, value in (
            ("support_minimum_minutes", -1),
            ("support_increment_minutes", 0),
            ("support_unit_minutes", 0),
            ("support_contract_offer_days", -1),
            ("support_offer_valid_days", 0),
            ("support_offer_pause_days", -1),
        ):
            with self.subTest(name), self.assertRaises(ValidationError):
                self.company[name] = value

    def test_thresholds(self):
        self.company.support_credit_thresholds = "60; 0, -30"
        self.company.support_credit_thresholds = False
        for text in ("soon", "60 0", "1.5", "60,,x", "--1"):
            with self.subTest(text), self.assertRaises(ValidationError):
                self.company.support_credit_thresholds = text

    def test_templates_of_other_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.env["sale.order.template"].create(
            {"name": "Foreign", "company_id": other.id}
        )
        with self.assertRaises(ValidationError):
            self.company.support_credit_offer_template_id = foreign

    def test_the_page_saves_them(self):
        """The page of the settings (G2)."""
        settings = self.env["res.config.settings"]
        # without the feature, Odoo archives all pricelists, and says so
        with mute_logger("odoo.tests.form.onchange"), Form(settings) as form:
            form.support_offer_valid_days = 7
            form.support_unit_product_id = self.minutes_product
            form.support_credit_thresholds = "30"
        form.record.execute()
        self.assertEqual(self.company.support_offer_valid_days, 7)
        self.assertEqual(self.company.support_unit_product_id, self.minutes_product)
        self.assertEqual(self.company.support_credit_thresholds, "30")


@tagged("post_install", "-at_install")
class TestTwoWorkers(BaseCase):
    """Two transactions that want to send the same offer at the same time."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            customer = env["res.partner"].create(
                {"name": "Two", "is_company": True, "email": "two@two.example"}
            )
            contract = env["support.contract"].create(
                {"partner_id": customer.id, "state": "confirmed"}
            )
            contract.date_end = contract.date_start + timedelta(days=10)
            template = env["sale.order.template"].create({"name": "Two"})
            self.template_before = env.company.support_contract_offer_template_id.id
            env.company.support_contract_offer_template_id = template
            self.customer_id, self.contract_id = customer.id, contract.id
            self.template_id = template.id
        self.addCleanup(self.remove)

    def remove(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env.company.support_contract_offer_template_id = self.template_before
            orders = self.orders(env)
            mails = env["mail.mail"].search([("model", "=", "sale.order")])
            mails.filtered(lambda mail: mail.res_id in orders.ids).unlink()
            orders._action_cancel()
            orders.unlink()
            env["sale.order.template"].browse(self.template_id).unlink()
            env["support.contract"].browse(self.contract_id).unlink()
            env["res.partner"].browse(self.customer_id).unlink()

    def orders(self, env):
        return env["sale.order"].search([("partner_id", "=", self.customer_id)])

    def send(self, env):
        contract = env["support.contract"].browse(self.contract_id)
        env["support.offer"]._try_to_send(contract)

    def test_one_offer(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            envs = [api.Environment(cr, SUPERUSER_ID, {}) for cr in (first, second)]
            for env in envs:  # neither sees an offer
                self.assertFalse(self.orders(env))
            self.send(envs[0])
            first.commit()
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                self.send(envs[1])
            second.rollback()
            envs[1].invalidate_all()
            self.send(envs[1])  # as the cron tries again
            self.assertEqual(len(self.orders(envs[1])), 1)
