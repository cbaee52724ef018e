"""The algorithms of the statement's page, without a database."""

import re
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ...tools.credit import chart, periods
from ...tools.text import csv_file

settings.register_profile("addon", database=None, deadline=None)
settings.load_profile("addon")

DAY = date(2026, 6, 15)
START = date(2026, 1, 1)
offsets = st.integers(0, 4000)
balances = st.integers(-1_000_000, 1_000_000)


class TestPeriods(BaseCase):
    def parse(self, today=DAY, **params):
        return periods.parse(params, today)

    def days(self, today=DAY, **params):
        return self.parse(today, **params)[1:]

    def test_names(self):
        june = (date(2026, 6, 1), date(2026, 6, 30))
        self.assertEqual(self.days(period="month"), june)
        may = (date(2026, 5, 1), date(2026, 5, 31))
        self.assertEqual(self.days(period="last_month"), may)
        year = (date(2026, 1, 1), date(2026, 12, 31))
        self.assertEqual(self.days(period="year"), year)
        last_year = (date(2025, 1, 1), date(2025, 12, 31))
        self.assertEqual(self.days(period="last_year"), last_year)
        self.assertEqual(self.days(period="all"), (None, None))
        self.assertEqual(self.days(), (date(2025, 6, 16), None))

    def test_turn_of_the_year_and_leap_years(self):
        new_year = date(2028, 1, 1)
        december = (date(2027, 12, 1), date(2027, 12, 31))
        self.assertEqual(self.days(new_year, period="last_month"), december)
        leap_day = date(2028, 2, 29)
        february = (date(2028, 2, 1), leap_day)
        self.assertEqual(self.days(leap_day, period="month"), february)
        self.assertEqual(self.days(date(2028, 3, 31), period="last_month"), february)
        self.assertEqual(self.days(leap_day), (date(2027, 3, 1), None))

    def test_from_day_to_day(self):
        days = (date(2026, 2, 1), date(2026, 3, 1))
        for since, until in (days, days[::-1]):
            found = self.parse(since=str(since), until=str(until))
            self.assertEqual(found, ("custom", *days))
        self.assertEqual(self.days(since="2026-02-01"), (days[0], None))
        self.assertEqual(self.days(until="2026-02-01"), (None, days[0]))

    def test_what_is_made_up_counts_as_not_said(self):
        usual = self.parse()
        for params in (
            {"period": "x"},
            {"period": "custom"},
            {"since": "2026-02-30"},
            {"since": "²026-01-01", "until": "'; DROP TABLE x"},
            {"since": "0001-01-01", "until": "9999-12-31"},
        ):
            self.assertEqual(self.parse(**params), usual, params)
        huge = self.days(since="1900-01-01", until="2099-12-31")
        self.assertEqual(huge, (date(1900, 1, 1), date(2099, 12, 31)))

    def test_names_of_files(self):
        for params, slug in (
            ({"period": "last_month"}, "2026-05"),
            ({"period": "year"}, "2026"),
            ({"period": "all"}, "2026-06-15"),
            ({"since": "2026-02-01", "until": "2026-02-03"}, "2026-02-01-2026-02-03"),
        ):
            self.assertEqual(self.parse(**params).slug(DAY), slug)

    @given(st.dates(date(1950, 1, 1), date(2090, 12, 31)))
    def test_periods_follow_each_other(self, today):
        for last, this in (("last_month", "month"), ("last_year", "year")):
            before, now = (periods.named(key, today) for key in (last, this))
            self.assertEqual(before.until + timedelta(days=1), now.since)
            self.assertTrue(now.since <= today <= now.until)


class TestChart(BaseCase):
    def test_steps(self):
        points = [(START, 100), (START + timedelta(days=5), -50)]
        drawn = chart.step_chart(points, 0, START, START + timedelta(days=10))
        self.assertEqual(
            [minutes for _place, minutes in drawn.minutes], [-60, 0, 60, 120]
        )
        self.assertEqual(drawn.zero, 160.0)
        up, down = 26.7, 226.7
        self.assertEqual(drawn.line, f"M0 160.0V160.0H0.0V{up}H500.0V{down}H1000.0")
        self.assertEqual(drawn.above, f"M0.0 160.0V{up}H500.0V160.0Z")
        self.assertEqual(drawn.below, f"M500.0 160.0V{down}H1000.0V160.0Z")

    def test_one_day(self):
        drawn = chart.step_chart([(START, 10)], 0, START, START)
        self.assertTrue(drawn.line.endswith("H1000.0"))

    @given(st.lists(st.tuples(offsets, balances)), balances, offsets)
    def test_everything_is_inside(self, points, opening, length):
        days = dict(sorted(points))
        points = [(START + timedelta(days=n), b) for n, b in days.items()]
        end = START + timedelta(days=length)
        drawn = chart.step_chart(points, opening, START, end)
        numbers = re.findall(r"([MHV])([0-9.-]+)(?: ([0-9.-]+))?", drawn.line)
        for letter, first, second in numbers:
            most = chart.HEIGHT if letter == "V" else chart.WIDTH
            self.assertTrue(0 <= float(first) <= most)
            self.assertTrue(0 <= float(second or 0) <= chart.HEIGHT)
        self.assertTrue(0 <= drawn.zero <= chart.HEIGHT)
        for places in (drawn.days, drawn.minutes):
            self.assertLessEqual(len(places), chart.MAX_TICKS + 2)
            self.assertTrue(all(0 <= place <= 100 for place, _what in places))
        self.assertIn(0, [minutes for _place, minutes in drawn.minutes])


class TestNumbersInCsv(BaseCase):
    def test_numbers_stay_numbers(self):
        text = csv_file.make([[-20, "-20", 5]]).decode("utf-8-sig")
        self.assertEqual(text, "-20,'-20,5\r\n")
