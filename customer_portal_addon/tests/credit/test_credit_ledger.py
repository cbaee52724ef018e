import threading
from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2 import DatabaseError
from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, Form, get_db_name, tagged
from odoo.tools import mute_logger

from ...tools.credit.charging import allocate
from ..common import let_threads_begin
from .ledger_cleanup import remove_account
from .ledger_common import LedgerCase

DAY = date(2026, 6, 15)


@tagged("post_install", "-at_install")
class TestPosting(LedgerCase):
    def test_one_account_for_everybody_of_a_customer(self):
        again = self.accounts._get_for(self.anna.partner_id, self.company)
        self.assertEqual(again, self.account)
        self.assertEqual(again.partner_id, self.adler)
        other = self.accounts._get_for(self.emil.partner_id, self.company)
        self.assertNotEqual(other, self.account)

    def test_balance_and_running_balance(self):
        entries = [self.post(minutes) for minutes in (100, -30, -90, 50)]
        self.assertEqual([e.balance_after for e in entries], [100, 70, -20, 30])
        self.assertEqual(self.account.balance, 30)
        self.assertRight()

    def test_the_same_key_posts_once(self):
        first = self.post(100, key="order-1")
        self.assertEqual(self.post(100, key="order-1"), first)
        self.assertEqual(self.account.balance, 100)
        for minutes, reason in ((50, "purchase"), (100, "grant")):
            with self.assertRaises(ValidationError):
                self.post(minutes, reason, key="order-1")
        self.assertEqual(self.account.balance, 100)

    def test_what_makes_no_sense(self):
        for minutes, reason in (
            (0, "purchase"),
            (-5, "purchase"),
            (5, "usage"),
            (1.5, "purchase"),
            (True, "purchase"),
            ("5", "purchase"),
            (5, "reversal"),
            (-5, "expiry"),
            (5, "nonsense"),
            (10**9, "purchase"),
        ):
            with self.subTest(minutes=minutes, reason=reason):
                with self.assertRaises(ValidationError):
                    self.post(minutes, reason)
        with self.assertRaises(ValidationError):
            self.account._post(5, "purchase", "")
        with self.assertRaises(ValidationError):
            self.post(-5, expires_on=DAY)
        self.assertFalse(self.account.entry_ids)

    def test_lots_by_expiry_then_age(self):
        late = self.post(10, expires_on=DAY + timedelta(days=90))
        never_old = self.post(10, date=DAY - timedelta(days=9))
        soon = self.post(10, expires_on=DAY + timedelta(days=1))
        never = self.post(10, date=DAY - timedelta(days=1))
        self.post(-25)
        found = [self.left(lot) for lot in (soon, late, never_old, never)]
        self.assertEqual(found, [0, 0, 5, 10])
        self.assertRight()

    def test_a_purchase_first_covers_what_is_negative(self):
        """A balance may be below zero (E2)."""
        first, second = self.post(-20), self.post(-20)
        lot = self.post(30)
        found = [self.left(entry) for entry in (first, second, lot)]
        self.assertEqual(found, [0, -10, 0])
        lot = self.post(30)
        self.assertEqual([self.left(second), self.left(lot)], [0, 20])
        self.assertRight()

    def run_cron(self):
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", lambda *args, **kw: 60):
            self.accounts._cron_expire()

    def test_expiry_in_the_companys_time_zone(self):
        lot = self.post(60, expires_on=DAY)
        self.post(-10)
        with freeze_time("2026-06-15 21:59:00"):  # one minute to midnight in Berlin
            self.run_cron()
            self.assertEqual(self.account.balance, 50)
        with freeze_time("2026-06-15 22:00:00"):
            self.run_cron()
            self.run_cron()
        self.assertEqual(self.account.balance, 0)
        self.assertEqual(self.left(lot), 0)
        self.assertEqual(self.account.entry_ids[:1].reason, "expiry")
        self.assertRight()

    def test_expired_minutes_pay_for_nothing(self):
        self.post(60, expires_on=DAY)
        with freeze_time("2026-06-16 12:00:00"):
            use = self.post(-10)
        self.assertEqual(self.account.balance, -10)
        self.assertEqual(self.left(use), -10)


@tagged("post_install", "-at_install")
class TestReversal(LedgerCase):
    def test_of_a_use(self):
        lot = self.post(50)
        use = self.post(-70)
        back = self.account._reverse(use, "back", "Program error")
        self.assertEqual(back.minutes, 70)
        self.assertEqual(back.reversal_of_id, use)
        self.assertEqual([self.left(lot), self.left(use)], [50, 0])
        self.assertEqual(self.account._reverse(use, "other key"), back)
        self.assertEqual(self.account.balance, 50)
        self.assertRight()

    def test_of_a_lot_that_was_used(self):
        lot = self.post(50)
        use = self.post(-30)
        other = self.post(20)
        self.account._reverse(lot, "cancelled")
        self.assertEqual(self.account.balance, -10)
        self.assertEqual([self.left(e) for e in (lot, use, other)], [0, -10, 0])
        self.assertRight()

    def test_of_a_lot_that_expired(self):
        lot = self.post(50, expires_on=DAY)
        self.post(-20)
        self.account._expire(DAY + timedelta(days=1))
        self.account._reverse(lot, "cancelled")
        self.assertEqual(self.account.balance, -20)
        self.assertRight()

    def test_of_a_lot_that_was_taken_back(self):
        lot = self.post(300)
        self.post(-120)
        self.account._take_back(lot, 300, "cancelled")
        self.account._reverse(lot, "all of it")
        self.assertEqual(self.account.balance, -120)
        self.assertRight()

    def test_what_can_not_be_reversed(self):
        use = self.post(-10)
        back = self.account._reverse(use, "back")
        other = self.accounts._get_for(self.emil.partner_id, self.company)
        with self.assertRaises(ValidationError):
            self.account._reverse(back, "again")
        with self.assertRaises(ValidationError):
            other._reverse(use, "foreign")


@tagged("post_install", "-at_install")
class TestTakingBack(LedgerCase):
    def test_what_is_left(self):
        lot = self.post(300)
        self.post(-120)
        back = self.account._take_back(lot, 300, "cancelled", "Order cancelled")
        self.assertEqual((back.minutes, back.reason), (-180, "reversal"))
        self.assertEqual(self.account.balance, 0)
        self.assertFalse(self.left(lot))
        self.assertFalse(self.account._take_back(lot, 300, "once more"))
        self.assertRight()

    def test_only_so_much_and_once(self):
        lot = self.post(300)
        for _time in range(2):
            self.account._take_back(lot, 100, "smaller order")
        self.assertEqual(self.left(lot), 200)
        self.account._take_back(lot, 50, "even smaller")
        self.assertEqual(self.account.balance, 150)
        self.assertRight()

    def test_other_lots_stay(self):
        lot = self.post(60, expires_on=DAY + timedelta(days=3))
        other = self.post(100)
        self.post(-50)
        self.account._take_back(lot, 60, "cancelled")
        self.assertEqual((self.left(lot), self.left(other)), (0, 100))
        self.assertRight()

    def test_what_expired_is_gone(self):
        lot = self.post(60, expires_on=DAY)
        with freeze_time(DAY + timedelta(days=2)):
            self.assertFalse(self.account._take_back(lot, 60, "late"))
        self.assertRight()

    def test_taken_back_by_mistake(self):
        lot = self.post(300)
        back = self.account._take_back(lot, 300, "cancelled")
        self.account._reverse(back, "not cancelled")
        self.assertEqual((self.account.balance, self.left(lot)), (300, 300))
        self.assertRight()

    def test_only_from_lots_of_the_account(self):
        other = self.accounts._get_for(self.emil.partner_id, self.company)
        lot, use = self.post(100), self.post(-10)
        for account, entry, minutes in (
            (other, lot, 10),
            (self.account, use, 10),
            (self.account, lot, 0),
        ):
            with self.assertRaises(ValidationError):
                account._take_back(entry, minutes, "no")


@tagged("post_install", "-at_install")
class TestDurations(LedgerCase):
    def test_as_people_read_them(self):
        german = self.accounts.with_context(lang="de_DE")
        for minutes, text in ((135, "2 Std. 15 Min."), (60, "1 Std."), (0, "0 Min.")):
            self.assertEqual(german._format_minutes(minutes), text)
        self.assertEqual(self.accounts._format_minutes(-20), "\u221220 min")


@tagged("post_install", "-at_install")
class TestAnySequence(LedgerCase):
    STEPS = st.lists(
        st.one_of(
            st.tuples(
                st.just("in"), st.integers(1, 200), st.none() | st.integers(-3, 9)
            ),
            st.tuples(st.just("out"), st.integers(1, 200), st.integers(-30, 30)),
            st.tuples(st.just("reverse"), st.integers(0, 50), st.none()),
            st.tuples(st.just("take back"), st.integers(0, 50), st.integers(1, 300)),
            st.tuples(st.just("expire"), st.integers(0, 12), st.none()),
            st.tuples(st.just("replay"), st.integers(0, 50), st.none()),
        ),
        max_size=14,
    )

    def take(self, step, number, posted):
        kind, value, days = step
        if kind == "in":
            expires = None if days is None else DAY + timedelta(days=days)
            posted.append((value, "purchase", f"s{number}"))
            self.account._post(*posted[-1], expires_on=expires)
        elif kind == "out":
            posted.append((-value, "usage", f"s{number}"))
            self.account._post(*posted[-1], date=DAY + timedelta(days=days))
        elif kind == "expire":
            self.account._expire(DAY + timedelta(days=value))
        elif kind == "replay" and posted:
            before = self.account.balance
            self.account._post(*posted[value % len(posted)])
            self.assertEqual(self.account.balance, before)
        elif kind == "take back":
            lots = self.account.entry_ids.filtered(lambda e: e.reason == "purchase")
            if lots:
                lot = lots[value % len(lots)]
                self.account._take_back(lot, days, f"t{number}")
        elif kind == "reverse":
            entries = self.account.entry_ids.filtered(lambda e: e.reason != "reversal")
            if entries:
                entry = entries[value % len(entries)]
                self.account._reverse(entry, f"r{entry.id}")

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def test_sums_stay_right_and_reversing_everything_gives_zero(self, steps):
        with self.env.cr.savepoint() as savepoint:
            posted = []
            for number, step in enumerate(steps):
                self.take(step, number, posted)
                self.assertRight()
            total = sum(self.account.entry_ids.mapped("minutes"))
            self.assertEqual(self.account.balance, total)
            for entry in self.account.entry_ids.filtered(
                lambda e: e.reason != "reversal"
            ):
                self.account._reverse(entry, f"r{entry.id}")
            self.assertEqual(self.account.balance, 0)
            self.assertFalse(self.account.position_ids)
            self.assertRight()
            savepoint.rollback()
        self.env.invalidate_all()

    @given(st.lists(st.integers(1, 500), max_size=20), st.integers(1, 5000))
    def test_allocations_never_exceed_lots(self, lots, wanted):
        taken, rest = allocate(enumerate(lots), wanted)
        self.assertEqual(sum(part for _lot, part in taken) + rest, wanted)
        for lot, part in taken:
            self.assertTrue(0 < part <= lots[lot])
        self.assertTrue(not rest or len(taken) == len(lots))


@tagged("post_install", "-at_install")
class TestNobodyChangesEntries(LedgerCase):
    def setUp(self):
        super().setUp()
        self.entry = self.post(60)
        self.post(-10)

    def test_by_the_model(self):
        manager = self.env.ref("base.user_admin")
        for user in (self.agent, manager, self.env.ref("base.user_root")):
            for name in ("entry", "allocation", "position", "day"):
                records = self.env[f"support.credit.{name}"].with_user(user).sudo()
                record = records.search([], limit=1)
                for act in (
                    lambda r=record: r.write({"minutes": 1}),
                    lambda r=record: r.unlink(),
                    lambda r=record: r.copy(),
                    lambda r=records: r.create({"minutes": 5}),
                    lambda r=records: r.with_context(
                        support_credit_door="<object>"
                    ).create({"minutes": 5}),
                ):
                    with self.assertRaises(UserError):
                        act()
        self.assertRight()

    def test_the_account_neither(self):
        for vals in ({"balance": 999}, {"partner_id": self.braun.id}):
            with self.assertRaises(UserError):
                self.account.sudo().write(vals)
        with self.assertRaises(UserError):
            self.account.sudo().unlink()
        with self.assertRaises(UserError):
            self.accounts.sudo().create({"partner_id": self.koch.id, "balance": 60})

    def test_by_sql(self):
        for table in ("support_credit_entry", "support_credit_allocation"):
            for query in (f"UPDATE {table} SET minutes = 1", f"DELETE FROM {table}"):
                with mute_logger("odoo.sql_db"), self.assertRaises(DatabaseError):
                    with self.env.cr.savepoint():
                        self.env.cr.execute(query)

    def test_customers_have_no_rights(self):
        for name in ("account", "entry", "allocation", "position", "day"):
            for user in (self.ben, self.anna, self.env.ref("base.public_user")):
                model = self.env[f"support.credit.{name}"].with_user(user)
                self.assertFalse(model.has_access("read"))

    def test_a_wrong_sum_is_found(self):
        self.env.cr.execute(
            "UPDATE support_credit_account SET balance = balance + 1 WHERE id = %s",
            [self.account.id],
        )
        self.assertEqual(self.accounts._find_wrong(), self.account)

    def test_a_wrong_day_is_found(self):
        self.env.cr.execute(
            "UPDATE support_credit_day SET came_in = came_in + 1 WHERE account_id = %s",
            [self.account.id],
        )
        self.assertEqual(self.accounts._find_wrong(), self.account)


@tagged("post_install", "-at_install")
class TestCostOfPosting(LedgerCase):
    def queries(self):
        self.env.flush_all()
        before = self.cr.sql_log_count
        self.post(-1)
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_the_same_with_many_entries(self):
        self.post(10000)
        self.queries()
        few = self.queries()
        for _number in range(60):
            self.post(-1)
        self.assertLessEqual(self.queries(), few)


@tagged("post_install", "-at_install")
class TestStaff(LedgerCase):
    """What staff do by hand, and see."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.agent.copy({"login": "manager", "name": "Manager"})
        cls.manager.group_ids += cls.env.ref("helpdesk_mgmt.group_helpdesk_manager")

    def form(self, user=None, **context):
        postings = self.env["support.credit.posting"].with_user(user or self.manager)
        return Form(postings.with_context(**context))

    def test_post_once_by_hand(self):
        with self.form(default_partner_id=self.adler.id) as form:
            form.minutes = 90
            form.is_gift = True
            form.expires_on = DAY + timedelta(days=30)
            form.note = "Welcome"
        posting = form.record
        posting.action_post()
        posting.action_post()
        entry = self.account.entry_ids
        self.assertEqual((entry.minutes, entry.reason), (90, "grant"))
        self.assertEqual(entry.note, "Welcome")
        self.assertEqual(entry.expires_on, DAY + timedelta(days=30))
        self.assertEqual(entry.create_uid, self.manager)

    def test_take_away_and_back(self):
        with self.form(default_partner_id=self.adler.id) as form:
            form.minutes = -15
            form.note = "Forgotten call"
        form.record.action_post()
        entry = self.account.entry_ids
        self.assertEqual((entry.minutes, entry.reason), (-15, "adjustment"))
        context = entry.with_user(self.manager).action_reverse()["context"]
        with self.form(**context) as form:
            form.note = "It was free"
        form.record.action_post()
        self.assertEqual(self.account.balance, 0)
        self.assertEqual(entry.reversal_ids.note, "It was free")

    def test_no_minutes(self):
        with self.form(default_partner_id=self.adler.id) as form:
            form.note = "Nothing"
        with self.assertRaises(UserError):
            form.record.action_post()

    def test_agents_look_and_post_nothing(self):
        entry = self.post(10).with_user(self.agent)
        self.assertEqual(entry.minutes, 10)
        self.assertEqual(self.account.with_user(self.agent).balance, 10)
        with self.assertRaises(AccessError):
            self.form(self.agent, default_partner_id=self.adler.id)

    def test_accounts_of_other_companies_stay_there(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.accounts._get_for(self.ben.partner_id, other)
        self.assertNotEqual(foreign, self.account)
        entry = foreign._post(10, "grant", "foreign")
        self.assertFalse(foreign.with_user(self.manager).has_access("read"))
        self.assertFalse(entry.with_user(self.manager).has_access("read"))

    def test_the_nightly_check_tells_a_manager_once(self):
        self.accounts._cron_check()
        self.assertFalse(self.account.activity_ids)
        self.env.cr.execute(
            "UPDATE support_credit_account SET balance = 7 WHERE id = %s",
            [self.account.id],
        )
        self.env.invalidate_all()
        self.accounts._cron_check()
        self.accounts._cron_check()
        self.assertEqual(len(self.account.activity_ids), 1)
        user = self.account.activity_ids.user_id
        self.assertTrue(user.has_group("helpdesk_mgmt.group_helpdesk_manager"))

    def merge(self, source, target):
        wizards = self.env["base.partner.merge.automatic.wizard"]
        wizards._merge((source + target).ids, target)

    def test_customers_who_both_have_entries_stay_apart(self):
        self.post(50)
        other = self.accounts._get_for(self.braun, self.company)
        double = self.env["res.partner"].create({"name": "Adler", "is_company": True})
        self.accounts._get_for(double, self.company)  # without an entry
        self.merge(double, self.adler)
        self.assertFalse(double.exists())
        self.assertEqual(self.account.balance, 50)
        other._post(5, "grant", "other")
        with self.assertRaises(UserError):
            self.merge(self.braun, self.adler)
        self.assertEqual(other.partner_id, self.braun)

    def test_an_account_goes_with_its_customer(self):
        double = self.env["res.partner"].create({"name": "Adler", "is_company": True})
        account = self.accounts._get_for(double, self.company)
        account._post(5, "grant", "double")
        self.env["support.credit.account"].search(
            [("id", "=", self.account.id)]
        ).unlink()
        self.merge(double, self.adler)
        self.env.invalidate_all()
        self.assertEqual(account.partner_id, self.adler)
        self.assertEqual(account.balance, 5)

    def create_person_with_credit(self):
        person = self.env["res.partner"].create({"name": "Solo"})
        account = self.accounts._get_for(person, self.company)
        account._post(60, "purchase", "solo")
        return person, account

    def test_the_credit_of_a_person_goes_to_its_company(self):
        person, account = self.create_person_with_credit()
        person.parent_id = self.adler
        self.assertEqual(account.partner_id, self.adler)
        self.assertEqual(self.accounts._get_for(person, self.company), account)
        self.assertFalse(self.accounts._find_wrong())

    def test_the_credit_of_a_merged_person_goes_to_its_company(self):
        person, account = self.create_person_with_credit()
        self.merge(person, self.gesa.partner_id)
        self.env.invalidate_all()
        self.assertEqual(account.partner_id, self.adler)
        self.assertEqual(account.balance, 60)

    def test_no_credit_of_a_person_stays_behind(self):
        self.post(50)
        person, account = self.create_person_with_credit()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            person.parent_id = self.adler
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.merge(person, self.gesa.partner_id)
        self.env.invalidate_all()
        account._post(-60, "adjustment", "away")
        person.parent_id = self.adler
        self.assertEqual(account.partner_id, person)
        self.assertEqual(self.accounts._get_for(person, self.company), self.account)

    def test_what_is_open_of_an_entry(self):
        lot = self.post(50)
        self.post(-20)
        self.assertEqual(lot.open_minutes, 30)
        self.assertIn("(50)", lot.display_name)


@tagged("post_install", "-at_install")
class TestManyWriters(BaseCase):
    """Eight writers with transactions of their own, on one account."""

    WRITERS, POSTINGS = 8, 25

    def setUp(self):
        super().setUp()
        let_threads_begin(self)
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["res.partner"].create({"name": "Many", "is_company": True})
            account = env["support.credit.account"]._get_for(partner, env.company)
            account._post(1000, "purchase", "many-lot")
            self.partner_id, self.account_id = partner.id, account.id
        self.addCleanup(self.remove)
        self.retries = []

    def remove(self):
        with self.registry.cursor() as cr:
            remove_account(cr, self.account_id)
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["res.partner"].browse(self.partner_id).unlink()

    def work(self, writer):
        for number in range(self.POSTINGS):
            while not self.post_once(f"many-{writer}-{number}"):
                self.retries.append(writer)

    def post_once(self, key):
        """Post in a transaction of its own; return whether it succeeded."""
        try:
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                account = env["support.credit.account"].browse(self.account_id)
                account._post(-7, "usage", key)
        except SerializationFailure:
            return False
        return True

    @mute_logger("odoo.sql_db")
    def test_nothing_is_lost_and_nothing_counts_twice(self):
        writers = [
            threading.Thread(target=self.work, args=[number])
            for number in range(self.WRITERS)
        ]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            account = env["support.credit.account"].browse(self.account_id)
            count = self.WRITERS * self.POSTINGS
            self.assertEqual(len(account.entry_ids), count + 1)
            self.assertEqual(account.balance, 1000 - 7 * count)
            self.assertFalse(account._find_wrong() & account)
        self.assertTrue(self.retries, "the writers never met")
