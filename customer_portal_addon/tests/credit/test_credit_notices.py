"""Who is told that a credit runs low, and when."""

from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ...tools.credit import thresholds
from ..common import SupportCase
from ..sale.offer_common import OfferData


class TestThresholds(BaseCase):
    def test_parse(self):
        for text, wanted in (
            ("60, 0", [60, 0]),
            ("0,60;60 , -30", [60, 0, -30]),
            ("\N{MINUS SIGN}5", [-5]),
            ("", []),
            (None, []),
            (" , ", []),
        ):
            self.assertEqual(thresholds.parse(text), wanted, text)
        for text in ("x", "1 2", "1.5", "60,x", "--1", "1-", "\N{SUPERSCRIPT TWO}"):
            with self.assertRaises(ValueError, msg=text):
                thresholds.parse(text)

    def test_crossed(self):
        for before, now, wanted in (
            (61, 60, [60]),
            (60, 59, []),
            (100, -5, [60, 0]),
            (-5, 100, []),
            (1, 0, [0]),
            (0, -1, []),
        ):
            self.assertEqual(thresholds.crossed([60, 0], before, now), wanted)


@tagged("post_install", "-at_install")
class TestNotices(OfferData, SupportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_offer_data()
        cls.notices = cls.env["support.credit.notice"]
        cls.company.support_credit_thresholds = "60, 0"
        cls.adler.user_id = cls.agent
        cls.account._post(100, "grant", "start")

    def setUp(self):
        super().setUp()
        self.run_cron(self.notices._cron_notify)

    def notice(self, account=None):
        self.run_cron(self.notices._cron_notify)
        domain = [("account_id", "=", (account or self.account).id)]
        return self.notices.search(domain, order="id desc", limit=1)

    def count(self):
        return self.notices.search_count([("account_id", "=", self.account.id)])

    def test_the_first_look_only_remembers(self):
        self.assertEqual(self.count(), 0)
        self.assertFalse(self.mails_to(self.anna.partner_id))

    def test_accounts_from_before_are_remembered(self):
        self.post_minutes(-70)
        watches = self.env["support.credit.watch"]
        watches.search([]).unlink()
        watches.init()
        self.run_cron(self.notices._cron_notify)
        self.assertEqual(self.count(), 0)

    def test_administrators_and_the_salesperson(self):
        self.post_minutes(-50)
        notice = self.notice()
        readers = self.anna.partner_id | self.agent.partner_id
        self.assertEqual(notice.reader_ids, readers)
        self.assertEqual((notice.threshold, notice.balance), (60, 50))
        mail = self.mails_to(self.anna.partner_id)
        self.assertEqual(len(mail), 1)
        self.assertIn("50 min", mail.body_html)
        self.assertIn("/support/packages", mail.body_html)
        internal = self.mails_to(self.agent.partner_id)
        self.assertEqual(len(internal), 1)
        self.assertIn("Anna", internal.body_html)
        self.assertIn(f"/{self.account.id}", internal.body_html)
        self.assertFalse(self.mails_to(self.ben.partner_id))

    def test_in_the_language_of_each(self):
        self.anna.partner_id.lang = "de_DE"
        self.post_minutes(-50)
        self.notice()
        self.assertIn("50 Min.", self.mails_to(self.anna.partner_id).subject)

    def test_each_threshold_once_per_crossing(self):
        self.post_minutes(-50)
        self.notice()
        self.post_minutes(-10)
        self.notice()
        self.assertEqual(self.count(), 1)
        self.post_minutes(-50)
        self.assertEqual(self.notice().threshold, 0)
        self.assertEqual(self.count(), 2)
        self.notice()
        self.assertEqual(self.count(), 2)

    def test_again_after_it_has_risen(self):
        self.post_minutes(-50)
        self.notice()
        self.post_minutes(30)
        self.notice()
        self.post_minutes(-30)
        self.notice()
        self.assertEqual(self.count(), 2)

    def test_one_mail_for_several_thresholds(self):
        self.post_minutes(-120)
        notice = self.notice()
        self.assertEqual((self.count(), notice.threshold), (1, 0))
        mail = self.mails_to(self.anna.partner_id)
        self.assertEqual(len(mail), 1)
        self.assertIn("\N{MINUS SIGN}20 min", mail.body_html)

    def test_down_and_up_between_two_looks(self):
        self.post_minutes(-50)
        self.post_minutes(50)
        self.notice()
        self.assertEqual(self.count(), 0)

    def test_new_accounts_begin_at_zero(self):
        self.company.support_credit_thresholds = "0, -30"
        account = self.accounts._get_for(self.braun, self.company)
        self.post_minutes(-40, account)
        self.assertEqual(self.notice(account).threshold, -30)

    def test_without_thresholds(self):
        self.company.support_credit_thresholds = False
        self.post_minutes(-200)
        self.notice()
        self.assertEqual(self.count(), 0)

    def test_administrators_who_may_not_use_the_portal(self):
        self.anna.partner_id.support_switched_off = True
        self.post_minutes(-50)
        self.assertEqual(self.notice().reader_ids, self.agent.partner_id)
        self.assertFalse(self.mails_to(self.anna.partner_id))
        internal = self.mails_to(self.agent.partner_id)
        self.assertIn("Nobody at the customer", internal.body_html)

    def test_customers_without_contract(self):
        self.contract.action_cancel()
        self.post_minutes(-50)
        self.assertEqual(self.notice().reader_ids, self.agent.partner_id)

    def test_nobody_to_tell(self):
        self.adler.user_id = False
        self.anna.partner_id.is_customer_administrator = False
        self.post_minutes(-50)
        self.assertFalse(self.notice().reader_ids)
        self.assertEqual(self.count(), 1)

    def test_one_failure_does_not_stop_the_others(self):
        other = self.accounts._get_for(self.braun, self.company)
        self.post_minutes(-50)
        self.post_minutes(10, other)
        self.post_minutes(-10, other)
        self.run_cron(self.notices._cron_notify)
        self.post_minutes(50)
        self.run_cron(self.notices._cron_notify)
        self.post_minutes(70, other)
        self.run_cron(self.notices._cron_notify)
        self.post_minutes(-50)
        self.post_minutes(-70, other)
        model = type(self.notices)
        mail = model._mail

        def fail_for_adler(notice, *args, **kwargs):
            if notice.account_id == self.account:
                raise ValueError("The mail can't be written")
            return mail(notice, *args, **kwargs)

        with (
            patch.object(model, "_mail", fail_for_adler),
            mute_logger(
                "odoo.addons.customer_portal_addon.models.credit.support_credit_notice"
            ),
        ):
            notice = self.notice(other)
        self.assertEqual(notice.threshold, 0)
        self.assertEqual(self.count(), 1)
        self.assertEqual(self.notice().balance, 50)  # tried again
        self.assertEqual(self.count(), 2)

    def test_accounts_that_did_not_change_cost_nothing(self):
        self.assertFalse(self.env["support.credit.watch"]._find_changed(0, 10))

    def test_staff_read_and_change_nothing(self):
        self.post_minutes(-50)
        notice = self.notice().with_user(self.agent)
        self.assertEqual(notice.threshold, 60)
        with self.assertRaises(AccessError):
            notice.threshold = 1
        self.assertFalse(notice.with_user(self.anna).has_access("read"))
