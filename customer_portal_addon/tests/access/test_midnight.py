"""The last second of a contract, and the first one after, with an open session."""

from datetime import datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

from odoo import fields
from odoo.tests import tagged

from ..doors.door_common import DoorCase

# Where the company is, the last day, and the first moment after it in UTC
LAST_DAYS = [
    ("Europe/Berlin", "2026-06-15", "2026-06-15 22:00:00"),
    ("Europe/Berlin", "2026-12-31", "2026-12-31 23:00:00"),
    # summer time begins: the day has 23 hours
    ("Europe/Berlin", "2026-03-28", "2026-03-28 23:00:00"),
    ("Europe/Berlin", "2026-03-29", "2026-03-29 22:00:00"),
    # and ends: the day has 25 hours
    ("Europe/Berlin", "2026-10-24", "2026-10-24 22:00:00"),
    ("Europe/Berlin", "2026-10-25", "2026-10-25 23:00:00"),
    ("America/New_York", "2026-06-15", "2026-06-16 04:00:00"),
    ("America/New_York", "2026-03-08", "2026-03-09 04:00:00"),
    ("America/New_York", "2026-11-01", "2026-11-02 05:00:00"),
    ("Pacific/Auckland", "2026-06-15", "2026-06-15 12:00:00"),
    ("Pacific/Auckland", "2026-04-05", "2026-04-05 12:00:00"),
    ("Pacific/Auckland", "2026-09-27", "2026-09-27 11:00:00"),
]
SECOND = timedelta(seconds=1)


@tagged("post_install", "-at_install")
class TestMidnight(DoorCase):
    def at(self, moment):
        """Let the clock of the gate, in the server too, show a moment in UTC."""
        return patch.object(fields.Datetime, "now", lambda *args: moment)

    def test_the_session_ends_with_the_last_day(self):
        for timezone, day, after in LAST_DAYS:
            end = fields.Datetime.to_datetime(after)
            with self.subTest(timezone=timezone, day=day), self.undone():
                self.assertMidnight(timezone, day, end)
                self.company.partner_id.tz = timezone
                self.contract.write({"date_start": "2026-01-01", "date_end": day})
                self.env.flush_all()
                with self.at(end - SECOND):
                    self.authenticate(self.ben.login, self.ben.login)
                    self.assertTrue(self.is_inside())
                with self.at(end):
                    response = self.url_open("/my/tickets")
                    self.assertTrue(response.url.endswith("/support/refused"))
                    self.assertEqual(
                        self.text_of(response, "refusal_reason"),
                        "Your company's support contract has expired.",
                    )
                    self.assertFalse(self.is_inside())

    def test_logins_begin_with_the_first_day(self):
        self.company.partner_id.tz = "Europe/Berlin"
        self.contract.write({"date_start": "2026-03-29", "date_end": False})
        self.env.flush_all()
        begin = datetime(2026, 3, 28, 23)
        for moment, is_in in ((begin - SECOND, False), (begin, True)):
            with self.at(moment), self.undone():
                self.login(self.ben)
                self.assertEqual(self.is_inside(), is_in)

    def test_the_time_zone_of_the_customer_does_not_matter(self):
        self.contract.write({"date_start": "2026-01-01", "date_end": "2026-06-15"})
        self.ben.tz = self.adler.tz = "Pacific/Auckland"
        self.env.flush_all()
        end = datetime(2026, 6, 15, 22)
        for moment, is_in in ((end - SECOND, True), (end, False)):
            with self.at(moment), self.undone():
                self.login(self.ben)
                self.assertEqual(self.is_inside(), is_in)

    def assertMidnight(self, timezone, day, end):
        """Check the table: one second before, it is 23:59:59 of the last day there."""
        zone = ZoneInfo(timezone)
        last = (end - SECOND).replace(tzinfo=ZoneInfo("UTC")).astimezone(zone)
        self.assertEqual(f"{last:%Y-%m-%d %H:%M:%S}", f"{day} 23:59:59")
