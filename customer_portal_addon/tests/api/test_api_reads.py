"""How often programs read with one key."""

from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.api import support_api_counter
from ...tools.web.tally import Tally
from .api_common import ApiCase


@tagged("post_install", "-at_install")
class TestApiReads(ApiCase):
    def ask(self, key):
        return self.call("/1/types", key)

    def test_so_much_is_read_in_an_hour_and_no_more(self):
        """With whatever route; other keys go on, and so does filing."""
        self.company.support_api_hourly_read_limit = 3
        number = self.file(self.ben_secret).json()["number"]
        paths = ("/1/types", f"/1/tickets/{number}", "/1/tickets/HT99999")
        for path, status in zip(paths, (200, 200, 404), strict=True):
            self.assertEqual(self.call(path, self.ben_secret).status_code, status)
        for path in paths:
            for method in ("GET", "HEAD"):
                response = self.call(path, self.ben_secret, method)
                self.assertEqual(response.status_code, 429)
                wait = int(response.headers["Retry-After"])
                self.assertIn(wait, range(1, 3601))
        self.assertProblem(self.ask(self.ben_secret), 429, "limit")
        self.assertEqual(self.ask(self.emil_secret).status_code, 200)
        self.assertEqual(self.file(self.ben_secret).status_code, 201)

    def test_keys_that_may_not_read_are_counted_and_wrong_ones_are_not(self):
        self.company.support_api_hourly_read_limit = 2
        self.ben_key.can_read = False
        for status in (403, 403, 429):
            response = self.call("/1/tickets/HT99999", self.ben_secret)
            self.assertEqual(response.status_code, status)
        for _number in range(3):
            response = self.ask(f"{self.emil_secret[:-1]}!")
            self.assertProblem(response, 401, "unauthorized")
        self.assertEqual(self.ask(self.emil_secret).status_code, 200)

    def test_reading_does_not_write_each_time(self):
        self.company.support_api_hourly_read_limit = 500
        counters = type(self.env["support.api.counter"])
        with patch.object(counters, "_add", autospec=True, side_effect=counters._add):
            for _number in range(25):
                self.assertEqual(self.ask(self.ben_secret).status_code, 200)
            # the first, and then every tenth: a fiftieth of the limit
            self.assertEqual(counters._add.call_count, 3)
        [counter] = self.find_counts()
        self.assertIn("read", counter.key)
        self.assertEqual(counter.count, 21)

    def test_workers_learn_of_each_other(self):
        """Each has a memory of its own; all come to the limit and a bit."""
        self.company.support_api_hourly_read_limit = 100
        workers, shown = [Tally() for _number in range(4)], 0
        for number in range(200):
            with patch.object(support_api_counter, "_reads", workers[number % 4]):
                wait = self.env["support.api.counter"]._count_read(self.ben_key)
                shown += not wait
        self.assertIn(shown, range(100, 109))

    def test_without_a_database_to_write_to_a_worker_knows_its_own(self):
        self.company.support_api_hourly_read_limit = 2
        counters = self.env["support.api.counter"]
        with patch.object(type(self.env.cr), "readonly", True, create=True):
            waits = [counters._count_read(self.ben_key) for _number in range(3)]
        self.assertEqual(waits[:2], [0, 0])
        self.assertGreater(waits[2], 0)
        self.assertFalse(self.find_counts())

    def test_the_next_hour_reads_anew(self):
        self.company.support_api_hourly_read_limit = 1
        counters = self.env["support.api.counter"]
        now = fields.Datetime.now()
        for hours, is_free in ((0, True), (0, False), (1, True), (1, False)):
            moment = now + timedelta(hours=hours)
            with patch.object(fields.Datetime, "now", lambda m=moment: m):
                self.assertEqual(counters._count_read(self.ben_key) == 0, is_free)

    def test_limits_are_positive(self):
        for name in ("support_api_hourly_limit", "support_api_hourly_read_limit"):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.company[name] = 0
                self.company.flush_recordset()
