"""The algorithms of ``tools/``, without a database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ...tools.dates.coverage import Period, coverage
from ...tools.dates.local_days import local_day
from ...tools.form import form_values
from ...tools.text import support_code

# Nothing on the disk, and no verdict by a clock that others use as well
settings.register_profile("addon", database=None, deadline=None)
settings.load_profile("addon")

numbers = st.integers(min_value=0, max_value=10**12)
DAY_ZERO = date(2026, 1, 1)
days = st.integers(min_value=0, max_value=40).map(lambda n: DAY_ZERO + timedelta(n))


@st.composite
def periods(draw):
    start = draw(days)
    length = draw(st.none() | st.integers(min_value=0, max_value=12))
    return Period(start, None if length is None else start + timedelta(length))


class TestSupportCode(BaseCase):
    @given(numbers)
    def test_what_is_composed_is_recognised(self, number):
        code = support_code.compose(number)
        digits = code.replace("-", "")
        for written in (code, digits, f" {code} ", " ".join(digits), ".".join(digits)):
            self.assertEqual(support_code.normalize(written), code)

    @given(numbers, st.data())
    def test_every_single_wrong_digit_is_found(self, number, data):
        digits = support_code.compose(number).replace("-", "")
        place = data.draw(st.integers(0, len(digits) - 1))
        for wrong in set("0123456789") - {digits[place]}:
            typed = digits[:place] + wrong + digits[place + 1 :]
            self.assertIsNone(support_code.normalize(typed))

    @given(numbers)
    def test_every_swap_of_neighbours_is_found(self, number):
        digits = support_code.compose(number).replace("-", "")
        for place in range(len(digits) - 1):
            one, other = digits[place : place + 2]
            if one != other:
                typed = digits[:place] + other + one + digits[place + 2 :]
                self.assertIsNone(support_code.normalize(typed))

    @given(st.none() | st.text())
    def test_any_text_is_a_code_in_its_written_form_or_none(self, text):
        code = support_code.normalize(text)
        if code is not None:
            self.assertRegex(code, r"\A[0-9]+-[0-9]\Z")
            self.assertEqual(support_code.normalize(code), code)

    def test_foreign_digits_and_fragments_are_no_codes(self):
        for text in ("", "-", "0", "8", "١٠٠٠١-٨", "10001-x", "²²"):
            self.assertIsNone(support_code.normalize(text), text)

    def test_negative_numbers_are_refused(self):
        with self.assertRaises(ValueError):
            support_code.compose(-1)


class TestCoverage(BaseCase):
    def covered_days(self, some_periods):
        """Return the covered days of a year, one by one."""
        horizon = [DAY_ZERO + timedelta(n) for n in range(400)]
        return {
            day
            for day in horizon
            for start, end in some_periods
            if start <= day <= (end or date.max)
        }

    @given(st.lists(periods(), max_size=5), days)
    def test_agrees_with_counting_day_by_day(self, some_periods, day):
        covered = self.covered_days(some_periods)
        status, until = coverage(some_periods, day)
        self.assertEqual(status == "covered", day in covered)
        if status == "covered":
            last = day
            while last + timedelta(1) in covered:
                last += timedelta(1)
            endless = last - DAY_ZERO > timedelta(300)
            self.assertEqual(until, None if endless else last)
        elif status == "expired":
            self.assertEqual(until, max(d for d in covered if d < day))
        elif status == "upcoming":
            self.assertEqual(until, min(d for d in covered if d > day))
        else:
            self.assertFalse(covered)
            self.assertIsNone(until)

    @given(st.lists(periods(), max_size=5), days, st.randoms())
    def test_the_order_of_the_periods_does_not_matter(self, some_periods, day, random):
        expected = coverage(some_periods, day)
        random.shuffle(some_periods)
        self.assertEqual(coverage(some_periods, day), expected)

    def test_touching_periods_count_as_one(self):
        first = Period(date(2026, 1, 1), date(2026, 6, 30))
        second = Period(date(2026, 7, 1), date(2026, 12, 31))
        day = date(2026, 6, 30)
        self.assertEqual(coverage([second, first], day).until, date(2026, 12, 31))
        gap = Period(date(2026, 7, 2), None)
        self.assertEqual(coverage([first, gap], day).until, date(2026, 6, 30))
        self.assertEqual(coverage([first, gap], date(2026, 7, 1)).status, "expired")

    def test_both_ends_are_covered(self):
        period = [Period(date(2026, 3, 1), date(2026, 3, 1))]
        expected = {1: "covered", 2: "expired"}
        for day, status in expected.items():
            self.assertEqual(coverage(period, date(2026, 3, day)).status, status)
        self.assertEqual(coverage(period, date(2026, 2, 28)).status, "upcoming")

    def test_no_end(self):
        endless = Period(date(2026, 1, 1))
        self.assertEqual(coverage([endless], date(2099, 1, 1)), ("covered", None))

    @given(
        st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)),
        st.sampled_from(["Europe/Berlin", "America/New_York", "Pacific/Kiritimati"]),
    )
    def test_local_day_is_the_day_on_the_clock_there(self, moment, zone):
        expected = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()
        self.assertEqual(local_day(moment, zone), expected)

    def test_local_day_around_the_change_of_clocks(self):
        cases = {
            "2026-03-28 22:59": "2026-03-28",  # winter: midnight at 23:00 UTC
            "2026-03-28 23:00": "2026-03-29",
            "2026-03-29 21:59": "2026-03-29",  # summer: midnight at 22:00 UTC
            "2026-03-29 22:00": "2026-03-30",
            "2026-10-24 22:00": "2026-10-25",
            "2026-10-25 22:59": "2026-10-25",
            "2026-10-25 23:00": "2026-10-26",
        }
        for moment, day in cases.items():
            local = local_day(datetime.fromisoformat(moment), "Europe/Berlin")
            self.assertEqual(local.isoformat(), day, moment)

    def test_unknown_zones_count_as_utc(self):
        for zone in (None, "", "Nowhere/Land", "../../etc/passwd"):
            self.assertEqual(local_day(datetime(2026, 1, 1), zone), date(2026, 1, 1))


class TestFormValues(BaseCase):
    @given(st.text() | st.none() | st.binary() | st.integers(), st.booleans())
    def test_cleaned_text_has_no_control_characters(self, value, multiline):
        cleaned = form_values.clean_text(value, multiline)
        allowed = "\n\t" if multiline else "\t"
        for char in cleaned:
            self.assertTrue(ord(char) >= 32 and ord(char) != 127 or char in allowed)
        self.assertEqual(cleaned, cleaned.strip())

    @given(st.text())
    def test_cleaning_twice_changes_nothing(self, value):
        for multiline in (True, False):
            once = form_values.clean_text(value, multiline)
            self.assertEqual(form_values.clean_text(once, multiline), once)

    def test_line_breaks(self):
        self.assertEqual(form_values.clean_text("a\r\nb\rc", multiline=True), "a\nb\nc")
        self.assertEqual(form_values.clean_text("a\r\nb"), "a b")

    def test_every_line_break_is_one(self):
        """The header of a mail takes none of them: the mail would not be sent."""
        for char in "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029":
            self.assertEqual(form_values.clean_text(f"a{char}b"), "a b")
            self.assertEqual(form_values.clean_text(f"a{char}b", True), "a\nb")

    @given(st.text())
    def test_reading_any_text_never_crashes(self, text):
        form_values.is_phone(text)
        for parse in (form_values.parse_number, form_values.parse_date):
            try:
                parse(text)
            except ValueError:
                continue  # the one way to say no

    @given(st.decimals(-(10**9), 10**9, places=3))
    def test_numbers_are_read_with_comma_and_point(self, number):
        for written in (str(number), str(number).replace(".", ",")):
            self.assertAlmostEqual(form_values.parse_number(written), float(number), 3)

    def test_what_is_no_number(self):
        for text in ("", "x", "1e5", "inf", "nan", "1.000,5", "--1", "1_000", "0x1F"):
            with self.subTest(text=text), self.assertRaises(ValueError):
                form_values.parse_number(text)

    @given(st.dates(date(1000, 1, 1)))
    def test_dates_are_read_in_both_spellings(self, day):
        for written in (day.isoformat(), f"{day.day}.{day.month}.{day.year}"):
            self.assertEqual(form_values.parse_date(written), day)

    def test_what_is_no_date(self):
        for text in ("", "31.02.2026", "2026-13-01", "tomorrow", "1/2/2026"):
            with self.subTest(text=text), self.assertRaises(ValueError):
                form_values.parse_date(text)

    @given(st.text())
    def test_file_names_lead_nowhere(self, text):
        name = form_values.file_name(text)
        self.assertTrue(0 < len(name) <= 120)
        self.assertFalse(set("/\\\n\r\0") & set(name))
        self.assertFalse(name.startswith("."))

    @given(st.text("äöü .ab", min_size=100, max_size=300))
    def test_long_file_names_keep_their_ending(self, stem):
        self.assertTrue(form_values.file_name(f"x{stem}y.png").endswith(".png"))

    @given(
        st.lists(st.emails(), max_size=4), st.sampled_from([",", ";", " ", "\n", ", "])
    )
    def test_addresses_are_split_once_each_and_in_order(self, addresses, separator):
        addresses = [a for a in addresses if not set(a) & set(",; \n\t")]
        split = form_values.split_addresses(separator.join(addresses * 2))
        self.assertEqual(split, list(dict.fromkeys(a.lower() for a in addresses)))

    def test_text_files_of_any_code_page(self):
        for encoding in ("utf-8", "latin-1", "cp1252", "utf-16"):
            self.assertTrue(form_values.is_text("Größe:\t1\r\n".encode(encoding)))
        for content in (b"", b"MZ\x90\x00\x03", b"\x7fELF", b"GIF89a\x00\x01"):
            self.assertFalse(form_values.is_text(content))
