"""Statements add up, whatever is posted when and for which day."""

from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ...models.credit import support_credit_account_export, support_credit_account_page
from ...tools.credit import periods
from .ledger_common import LedgerCase

DAY = date(2026, 6, 15)
days = st.integers(-800, 60).map(lambda n: DAY + timedelta(days=n))
postings = st.lists(
    st.tuples(st.integers(-500, 500).filter(bool), days), min_size=1, max_size=12
)


class StatementCase(LedgerCase):
    def statement(self, user=None, **params):
        account = self.account.with_user(user or self.agent)
        period = account._get_period(params, self.company)
        return account._get_document_values(period)

    def page(self, user=None, **params):
        accounts = self.accounts.with_user(user or self.anna)
        return accounts._get_page_values(params)

    def effort(self, user, name="Helped"):
        """Post minutes for an effort on a new ticket of somebody."""
        ticket = self._create_ticket(user, name=f"Secret of {user.name}")
        effort = self.env["support.time.entry"].create(
            {"ticket_id": ticket.id, "name": name, "worked_minutes": 10}
        )
        return self.post(-10, origin=effort, note=name), ticket


@tagged("post_install", "-at_install")
class TestStatement(StatementCase):
    def test_opening_entries_and_closing(self):
        self.post(100, date=date(2026, 4, 30))
        self.post(-30, date=date(2026, 5, 1))
        self.post(-90, date=date(2026, 5, 31))
        self.post(50, date=date(2026, 6, 1))
        statement = self.statement(period="last_month")
        self.assertEqual(
            statement["minutes"],
            {"opening": 100, "came_in": 0, "went_out": -120, "closing": -20},
        )
        self.assertEqual([row["balance"] for row in statement["rows"]], [70, -20])
        self.assertEqual(statement["totals"]["closing"], "−20 min")

    def test_what_is_dated_back_stands_where_it_belongs(self):
        self.post(100, date=date(2026, 5, 1))
        self.post(-40, date=date(2026, 6, 2))
        self.post(-10, date=date(2026, 5, 20))
        may = self.statement(period="last_month")
        self.assertEqual([row["balance"] for row in may["rows"]], [100, 90])
        june = self.statement(period="month")
        self.assertEqual(june["minutes"]["opening"], 90)
        self.assertEqual(june["minutes"]["closing"], 50)

    def test_days_are_the_companys(self):
        """At 22:30 UTC it is tomorrow in Berlin."""
        with freeze_time("2026-05-31 22:30:00"):
            period = self.accounts._get_period({"period": "month"}, self.company)
            self.assertEqual(period.since, date(2026, 6, 1))
            self.company.partner_id.tz = "America/New_York"
            period = self.accounts._get_period({"period": "month"}, self.company)
            self.assertEqual(period.since, date(2026, 5, 1))

    @settings(
        max_examples=25,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(postings, days, days)
    def test_every_statement_adds_up(self, entries, since, until):
        with self.env.cr.savepoint() as savepoint:
            for minutes, day in entries:
                self.post(minutes, "adjustment", date=day)
            since, until = sorted((since, until))
            values = self.statement(since=str(since), until=str(until))
            minutes = values["minutes"]
            inside = [m for m, day in entries if since <= day <= until]
            self.assertEqual(
                minutes["opening"], sum(m for m, day in entries if day < since)
            )
            self.assertEqual(sum(row["minutes"] for row in values["rows"]), sum(inside))
            self.assertEqual(minutes["came_in"], sum(m for m in inside if m > 0))
            self.assertEqual(
                minutes["closing"],
                minutes["opening"] + minutes["came_in"] + minutes["went_out"],
            )
            self.assertEqual(
                values["rows"][-1]["balance"] if inside else minutes["opening"],
                minutes["closing"],
            )
            following = until + timedelta(days=1)
            later = self.statement(since=str(following), until="2099-12-31")
            self.assertEqual(later["minutes"]["opening"], minutes["closing"])
            self.assertEqual(later["minutes"]["closing"], self.account.balance)
            savepoint.rollback()
        self.env.invalidate_all()

    def test_page_and_statement_say_the_same(self):
        for number in range(70):
            self.post(-1, date=DAY - timedelta(days=number % 5))
        params, shown = {"period": "all"}, []
        while True:
            page = self.page(**params)
            shown += page["rows"]
            if not page["older"]:
                break
            params["before"] = page["older"]
        printed = self.statement(period="all")["rows"]
        self.assertEqual(
            [(row["id"], row["balance"]) for row in shown],
            [(row["id"], row["balance"]) for row in reversed(printed)],
        )
        self.assertEqual(len(shown), 70)
        self.assertEqual(shown[0]["balance"], -70)

    def test_places_that_are_made_up_begin_at_the_top(self):
        self.post(100)
        for before in ("x", "2026-02-30_5", "2026-06-15_²", "_", "9" * 99):
            self.assertTrue(self.page(before=before)["is_first_page"], before)

    def test_pages_cost_the_same_however_many_entries(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.page()
            self.statement()
            return self.env.cr.sql_log_count - before

        efforts = [self.effort(self.ben)[0].time_entry_id for _number in range(10)]
        count()
        few = count()
        for number in range(190):
            self.post(-1, origin=efforts[number % 10])
        self.assertEqual(count(), few)

    def test_long_statements_are_cut_and_say_so(self):
        for _number in range(4):
            self.post(10)
        accounts = self.accounts.with_user(self.anna)
        with patch.object(support_credit_account_export, "MAX_EXPORTED", 3):
            _name, content = accounts._export_statement({}, "csv")
        self.assertIn("first 3 entries", content.decode())
        self.assertEqual(content.decode().count("Purchase"), 3)

    def test_chart_has_weeks_and_months_where_days_would_be_many(self):
        for number in range(400):
            self.post(1, date=DAY - timedelta(days=3 * number))
        for params, most in (
            ({"period": "month"}, 31),
            ({}, 60),
            ({"period": "all"}, 60),
        ):
            period = self.account._get_period(params, self.company)
            totals = self.account._get_totals(period)
            self.assertLessEqual(len(totals["steps"]), most)
            drawn = self.account._get_chart(period, totals)
            self.assertIn(self.account._format_minutes(400), drawn["label"])

    def test_lots_and_what_ends_soon(self):
        self.post(60)
        self.post(30, expires_on=DAY + timedelta(days=20))
        self.post(45, expires_on=DAY + timedelta(days=200))
        self.post(-10)
        lots = self.page()["lots"]
        self.assertEqual(
            [(lot["left"], lot["is_soon"]) for lot in lots],
            [("20 min", True), ("45 min", False), ("1 hr", False)],
        )


@tagged("post_install", "-at_install")
class TestWhoReadsWhat(StatementCase):
    def test_visibility(self):
        self.post(100)
        ann, ben = (self.accounts.with_user(u) for u in (self.anna, self.ben))
        self.assertTrue(ann._is_visible() and ben._is_visible())
        self.company.support_credit_visibility = "administrators"
        self.assertTrue(ann._is_visible())
        self.assertFalse(ben._is_visible())
        self.assertEqual(ben._get_page_values({}), {})
        self.assertEqual(ben._get_panel(), {})
        for kind in ("csv", "pdf"):
            self.assertEqual(ben._export_statement({}, kind), ("", b""))

    def test_a_customer_without_company_sees_its_own(self):
        self.company.support_credit_visibility = "administrators"
        person = self.env["res.partner"].create({"name": "Person"})
        self.assertTrue(self.accounts._is_visible_to(person, self.company))

    def test_not_for_staff_guests_and_refused_people(self):
        for user in (self.agent, self.env.ref("base.public_user"), self.clara):
            self.assertEqual(self.page(user), {}, user.login)

    def test_everybody_sees_the_own_customers_only(self):
        self.post(100)
        self.assertEqual(self.page(self.ben)["credit"]["balance"], "1 hr 40 min")
        page = self.page(self.emil)
        self.assertEqual(page["credit"]["balance"], "0 min")
        self.assertTrue(page["is_new"])
        self.assertFalse(self.accounts.search([("partner_id", "=", self.braun.id)]))

    def test_each_company_has_a_credit_of_its_own(self):
        self.post(100)
        other = self.env["res.company"].create({"name": "Other vendor"})
        account = self.accounts._get_for(self.ben.partner_id, other)
        account._post(7, "grant", "other-7")
        self.ben.company_ids |= other
        mine = self.accounts.with_user(self.ben)
        self.assertEqual(mine._get_panel()["balance"], "1 hr 40 min")
        self.assertEqual(mine.with_company(other)._get_panel()["balance"], "7 min")

    def test_tickets_of_colleagues_are_not_told(self):
        entry, _ticket = self.effort(self.anna, "Canary")
        self.effort(self.ben, "Visible")
        self.account._reverse(entry, "r1", "Canary taken back")
        for rows in (self.page(self.ben)["rows"], self.statement(self.ben)["rows"]):
            self.assertNotIn("Canary", str(rows))
            self.assertNotIn("Secret of Anna", str(rows))
            self.assertIn("Secret of Ben", str(rows))
            self.assertEqual([row["is_hidden"] for row in rows].count(True), 2)
            self.assertEqual(sum(row["minutes"] for row in rows), -10)
        rows = self.page(self.anna)["rows"]
        self.assertIn("Secret of Ben", str(rows))
        self.assertIn("Canary taken back", str(rows))
        self.assertFalse(any(row["is_hidden"] for row in rows))

    def test_participants_read_the_efforts_on_their_ticket(self):
        _entry, ticket = self.effort(self.anna, "Canary")
        ticket.message_subscribe(self.ben.partner_id.ids)
        self.assertIn("Canary", str(self.page(self.ben)["rows"]))

    def test_portal_users_have_no_way_around(self):
        self.post(100)
        for user in (self.anna, self.ben):
            for records in (self.account, self.account.entry_ids):
                with self.assertRaises(AccessError):
                    records.with_user(user).read(["id"])
            report = self.env["report.customer_portal_addon.support_credit_statement"]
            for data in ({}, {"account_id": self.account.id}, {"account_id": "x"}):
                with self.assertRaises(AccessError):
                    report.with_user(user)._get_report_values(None, data)
            with self.assertRaises(AccessError):
                self.env["support.credit.statement"].with_user(user).create(
                    {"account_id": self.account.id}
                )

    def test_staff_print_the_statement_of_an_account(self):
        self.post(100, date=date(2026, 5, 4), note="Start")
        self.adler.lang = "de_DE"
        wizards = self.env["support.credit.statement"].with_user(self.agent)
        form = Form(wizards.with_context(default_account_id=self.account.id))
        action = form.save().action_print()
        reports = self.env["ir.actions.report"].with_user(self.agent)
        html, _kind = reports._render_qweb_html(
            action["report_name"], None, data=dict(action["data"])
        )
        self.assertIn("Start", html.decode())
        self.assertIn("01.05.2026 – 31.05.2026", html.decode())
        form = Form(wizards.with_context(default_account_id=self.account.id))
        form.period = "custom"
        form.since = date(2026, 6, 1)
        data = form.save().action_print()["data"]
        self.assertEqual(data["since"], "2026-06-01")
        self.assertNotIn("until", data)

    def test_staff_of_another_company_print_nothing(self):
        other = self.env["res.company"].create({"name": "Other vendor"})
        account = self.accounts._get_for(self.ben.partner_id, other)
        report = self.env["report.customer_portal_addon.support_credit_statement"]
        for account_id in (account.id, 0):
            with self.assertRaises(AccessError):
                report.with_user(self.agent)._get_report_values(
                    None, {"account_id": account_id}
                )

    def test_first_page_is_bounded(self):
        for _number in range(3):
            self.post(1)
        with patch.object(support_credit_account_page, "PAGE_SIZE", 2):
            page = self.page()
        self.assertEqual(len(page["rows"]), 2)
        self.assertTrue(page["older"])
        self.assertEqual(page["period"].key, periods.DEFAULT)
