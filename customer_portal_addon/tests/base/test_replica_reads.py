"""Replicas: reading what one has written, and kind words while nothing can be written.

With two real servers: tests/test_replica.py at the root of the repository.
"""

import time
from contextlib import closing, contextmanager
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.http import root
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged
from odoo.tools import config, mute_logger

from ...models.base.ir_http_replica import WRITTEN
from ..common import PNG
from ..http_common import SupportHttpCase

XSS = "\"><script>alert('xss')</script>"
REFUSALS = "odoo.http"  # warns of each request that could not be served


@tagged("post_install", "-at_install")
class TestReplicaRule(TransactionCase):
    """On connections of its own, as the rule is about what other transactions see."""

    def connect(self):
        cr = db_connect(self.env.cr.dbname).cursor()
        self.addCleanup(cr.close)
        return api.Environment(cr, SUPERUSER_ID, {})["support.replica"]

    def begin(self, replica):
        """Have a transaction that counts as a writing one; return its mark."""
        replica.env.cr.execute("SELECT pg_current_xact_id()")
        return replica._get_mark()

    def test_whoever_only_reads_leaves_no_mark(self):
        replica = self.connect()
        replica.env["res.partner"].search([], limit=1)
        self.assertIsNone(replica._get_mark())

    def test_what_waits_to_be_written_counts(self):
        replica = self.connect()
        # of all that the test itself has written nothing: it would wait for itself
        replica.env.ref("base.lang_en").grouping = "[3,0]"
        self.assertTrue(replica._get_mark()["xid"].isdecimal())

    def test_running_and_ended_transactions(self):
        writer, reader = self.connect(), self.connect()
        mark = self.begin(writer)
        self.assertFalse(reader._has_replayed(mark))
        self.begin(self.connect())  # a later one moves the end of snapshots on
        self.assertFalse(reader._has_replayed(mark))
        writer.env.cr.rollback()  # undone is ended, too
        reader.env.cr.rollback()
        self.assertFalse(reader._has_replayed(self.begin(writer)))
        writer.env.cr.commit()
        later = self.connect()
        self.begin(later)
        later.env.cr.commit()
        reader.env.cr.rollback()
        self.assertTrue(reader._has_replayed(mark))

    def test_a_positive_answer_takes_a_new_look(self):
        writer, reader = self.connect(), self.connect()
        mark = self.begin(writer)
        writer.env.cr.commit()
        reader.env.cr.execute("SELECT 1")
        with patch.object(type(reader.env.cr), "rollback") as rollback:
            self.assertTrue(reader._has_replayed(mark))
        rollback.assert_called_once()

    def test_numbers_of_a_database_that_was_reset(self):
        replica = self.connect()
        mark = {"xid": str(2**62), "at": int(time.time())}
        self.assertFalse(replica._has_replayed(mark))
        mark["at"] -= 25 * 3600
        self.assertTrue(replica._has_replayed(mark))

    def test_numbers_of_long_ago(self):
        mark = {"xid": "3", "at": int(time.time())}
        self.assertTrue(self.connect()._has_replayed(mark))

    def test_the_primary_is_asked_only_from_a_replica(self):
        replica = self.connect()
        with patch.object(type(self.env.registry), "cursor") as cursor:
            self.assertTrue(replica._is_primary_there())
            with patch.dict(config.options, {"db_replica_host": "replica.example"}):
                self.assertTrue(replica._is_primary_there())
            cursor.assert_not_called()

    def test_primary_gone(self):
        replica = self.connect()
        replica.env.cr.connection.set_session(readonly=True)
        gone = patch.object(
            type(self.env.registry), "cursor", side_effect=psycopg2.OperationalError
        )
        with gone, patch.dict(config.options, {"db_replica_host": "replica.example"}):
            self.assertFalse(replica._is_primary_there())


@tagged("post_install", "-at_install")
class TestReplicaReads(SupportHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_ticket(cls.ben)
        cls.article = cls._create_article("Open to everybody")
        cls.url = f"/my/ticket/{cls.ticket.id}"

    @contextmanager
    def replica(self, has_primary=True, has_replayed=True):
        """Serve as if from a replica; yield what asks it about a mark."""
        model = type(self.env["support.replica"])
        with (
            patch.dict(config.options, {"db_replica_host": "replica.example"}),
            patch.object(model, "_is_primary_there", return_value=has_primary),
            patch.object(model, "_has_replayed", return_value=has_replayed) as asked,
        ):
            yield asked

    def get_mark(self):
        sid = self.opener.cookies.get("session_id")
        return root.session_store.get(sid).get(WRITTEN)

    def write_as(self, user):
        """Post something; return the mark that it left."""
        self.open_as(user, self.url if user else "/support")
        url = f"{self.article.website_url}/feedback"
        page = self.url_open(self.article.website_url)
        self.assertEqual(self.post(url, {"helpful": "yes"}, page=page).status_code, 200)
        return self.get_mark()

    def test_without_a_replica_nothing_happens(self):
        model = type(self.env["support.replica"])
        with (
            patch.object(model, "_get_mark") as get_mark,
            patch.object(model, "_has_replayed") as has_replayed,
        ):
            self.assertIsNone(self.write_as(self.ben))
            get_mark.assert_not_called()
            has_replayed.assert_not_called()

    def test_customers_and_visitors_leave_a_mark(self):
        with self.replica():
            for user in (self.ben, None):
                self.open_as(user, "/support")
                with patch.object(
                    type(self.env["support.replica"]), "_has_replayed"
                ) as asked:
                    asked.return_value = False
                    self.assertTrue(self.write_as(user)["xid"].isdecimal())

    def test_staff_leave_none(self):
        with self.replica(has_replayed=False):
            self.assertIsNone(self.write_as(self.agent))

    def test_the_mark_survives_the_login(self):
        with self.replica(has_replayed=False):
            self.login(self.ben)
            self.assertTrue(self.get_mark())

    def test_pages_ask_until_the_replica_has_all(self):
        with self.replica(has_replayed=False) as asked:
            self.assertTrue(self.write_as(self.ben))
            asked.reset_mock()
            self.assertEqual(self.url_open(self.url).status_code, 200)
            asked.assert_called_once()
            self.assertTrue(self.get_mark())
        with self.replica() as asked:
            self.url_open(self.url)
            self.url_open(self.url)
            asked.assert_called_once()
            self.assertIsNone(self.get_mark())

    def test_without_the_primary_the_replica_is_all_there_is(self):
        with self.replica(has_replayed=False):
            self.write_as(self.ben)
        with self.replica(has_primary=False, has_replayed=False):
            self.assertEqual(self.url_open(self.url).status_code, 200)
            self.assertTrue(self.get_mark())

    # ---------------------------------------------------
    # Nothing can be written
    # ---------------------------------------------------

    @mute_logger(REFUSALS)
    def test_forms_can_be_sent_again(self):
        page = self.open_as(self.ben, self.url)
        values = {"body": XSS, XSS: "name", "csrf_token": "forged"}
        files = {"files": (f"{XSS}.png", PNG)}
        with self.replica(has_primary=False):
            answer = self.post(f"{self.url}/reply", values, page=page, files=files)
        self.assertEqual(answer.status_code, 503)
        self.assertEqual(answer.headers["Retry-After"], "60")
        self.assertNotIn(XSS, answer.text)
        sent = {
            element.get("name"): element.get("value")
            for element in self.find(answer, "//form[@data-id='send_again']//input")
        }
        self.assertEqual(sent["body"], XSS)
        self.assertEqual(sent[XSS], "name")
        self.assertIn("files", sent)  # to choose them again
        self.assertIn(".png", self.text_of(answer, "files_again"))
        # a token that was wrong is not made right
        self.assertEqual(sent["csrf_token"], "forged")
        again = self.url_open(f"{self.url}/reply", data={"body": "x"})
        self.assertEqual(again.status_code, 400)

    @mute_logger(REFUSALS)
    def test_the_same_form_arrives_later(self):
        page = self.open_as(self.ben, self.url)
        with self.replica(has_primary=False):
            answer = self.post(f"{self.url}/reply", {"body": "Kept & sent"}, page=page)
        [form] = self.find(answer, "//form[@data-id='send_again']")
        values = {e.get("name"): e.get("value") for e in form.xpath(".//input")}
        self.url_open(form.get("action"), data=values)
        self.assertIn("Kept &amp; sent", self.ticket.message_ids[0].body)

    @mute_logger(REFUSALS)
    def test_passwords_are_never_sent_back(self):
        page = self.open_as(None, "/web/login")
        with self.replica(has_primary=False):
            values = {"login": self.ben.login, "password": "SECRET"}
            answer = self.post("/web/login", values, page=page)
        self.assertEqual(answer.status_code, 503)
        self.assertNotIn("SECRET", answer.text)
        self.assertFalse(self.find(answer, "//form[@data-id='send_again']"))

    @mute_logger(REFUSALS)
    def test_pages_that_write_offer_another_try(self):
        self.authenticate(self.ben.login, self.ben.login)
        with self.replica(has_primary=False):
            answer = self.url_open("/my?x=1")
        self.assertEqual(answer.status_code, 503)
        links = self.find(answer, "//*[@data-id='unavailable']//a/@href")
        self.assertEqual(links, ["/my?x=1", "/support"])

    def test_guests_are_led_to_the_login(self):
        page = self.open_as(None, "/support")
        with self.replica(has_primary=False):
            answer = self.post(
                f"{self.url}/reply", {"body": "x"}, page=page, allow_redirects=False
            )
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/web/login", answer.headers["Location"])

    @mute_logger(REFUSALS)
    def test_way_back_leads_to_no_other_site(self):
        page = self.open_as(self.ben, self.url)
        for before, back in (
            (self.base_url() + self.url, self.url),
            ("https://evil.example/x", "/support"),
        ):
            with self.replica(has_primary=False):
                headers = {"Referer": before}
                data = {"csrf_token": self.get_token(page)}
                answer = self.url_open(f"{self.url}/reply", data=data, headers=headers)
            links = self.find(answer, "//*[@data-id='unavailable']//a/@href")
            self.assertEqual(links, [back, "/support"])

    @mute_logger(REFUSALS)
    def test_programs_get_their_own_form(self):
        self.authenticate(None, None)
        with self.replica(has_primary=False):
            headers = {"Authorization": "Bearer x"}
            address = "/support/api/1/tickets"
            answer = self.url_open(address, json={}, headers=headers, method="POST")
        self.assertEqual(answer.status_code, 503)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        self.assertEqual(answer.headers["Retry-After"], "60")
        self.assertEqual(answer.json()["code"], "unavailable")

    @mute_logger(REFUSALS)
    def test_scripts_get_an_error_that_is_shown(self):
        self.authenticate(self.ben.login, self.ben.login)
        with self.replica(has_primary=False):
            body = {"jsonrpc": "2.0", "params": {"thread_model": "sale.order"}}
            answer = self.url_open("/mail/message/post", json=body).json()
        self.assertEqual(answer["error"]["data"]["name"], "odoo.exceptions.UserError")
        self.assertIn("at the moment", answer["error"]["data"]["message"])

    def test_reading_needs_no_note_of_the_device(self):
        devices = self.env["res.device.log"]
        parent = "odoo.addons.base.models.res_device.ResDeviceLog._update_device"
        with patch(parent, side_effect=psycopg2.OperationalError):
            with self.assertRaises(psycopg2.OperationalError):
                devices._update_device(None)
            with closing(db_connect(self.cr.dbname).cursor()) as cr:
                cr.connection.set_session(readonly=True)
                devices = api.Environment(cr, SUPERUSER_ID, {})["res.device.log"]
                with self.assertLogs("odoo.addons.customer_portal_addon", "WARNING"):
                    devices._update_device(None)
