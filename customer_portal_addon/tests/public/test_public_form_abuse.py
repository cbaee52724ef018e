import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..common import PNG
from .public_common import FORM, PublicFormCase

XSS = "<img src=x onerror=alert(1)><script>alert(1)</script>"
CLIENT = "192.0.2.7"


class AbuseCase(PublicFormCase):
    """Forms are sent to the model; what concerns HTTP is sent over HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        public = cls.env.ref("base.public_user")
        cls.public_tickets = cls.env["helpdesk.ticket"].with_user(public)
        cls.public_type = cls.error_type.with_user(public)
        cls.guard = cls.env["support.public.guard"].with_user(public)

    def try_to_file(self, client=CLIENT, files=(), **values):
        """Send a form; return the number of the ticket and what is wrong."""
        form = {**FORM, "stamp": self.guard._make_stamp(), **values}
        posted = {name: [value] for name, value in form.items()}
        return self.public_tickets._file_publicly(
            self.public_type, posted, list(files), client
        )

    def age(self, seconds):
        """Return a stamp of a form that was opened so long ago."""
        with freeze_time(fields.Datetime.now() - timedelta(seconds=seconds)):
            return self.guard._make_stamp()


@tagged("post_install", "-at_install")
class TestLimits(AbuseCase):
    # ---------------------------------------------------
    # Programs
    # ---------------------------------------------------

    def test_the_field_that_people_do_not_see(self):
        page = self.submit(homepage="https://spam.example")
        self.assertRefused(page, "homepage")
        [field] = self.find(page, "//*[@data-field='homepage']")
        self.assertNotIn("o_support_trap", field.get("class"), "now they see it")
        self.submit(page=page)
        self.assertEqual(len(self.tickets()), 1)

    def test_a_form_needs_a_stamp_of_ours(self):
        good = self.guard._make_stamp()
        cases = [None, "", "x", "ä", good[:-3], good[4:], good + "AAAA"]
        cases.append(good.replace(good[60], "A" if good[60] != "A" else "B"))
        for stamp in cases:
            with self.subTest(stamp=stamp):
                page = self.submit(stamp=stamp)
                self.assertRefused(page)
                self.assertIn("once more", self.text_of(page, "form_errors"))
                self.assertTrue(self.guard._read_stamp(self.stamp_of(page)))

    def test_a_form_does_not_stay_good_for_ever(self):
        stamp = self.guard._make_stamp()
        for hours, number in ((13, False), (11, True)):
            with freeze_time(fields.Datetime.now() + timedelta(hours=hours)):
                self.assertEqual(bool(self.try_to_file(stamp=stamp)[0]), number)

    def test_nobody_types_that_fast(self):
        with patch.object(type(self.guard), "_min_seconds", 3):
            page = self.submit()
            self.assertRefused(page)
            number, errors = self.try_to_file(stamp=self.age(4))
        self.assertIn("very fast", self.text_of(page, "form_errors"))
        self.assertTrue(number, errors)

    def test_a_form_is_good_for_one_ticket(self):
        page = self.open_form()
        self.submit(page=page)
        response = self.submit(page=page)
        self.assertEqual(response.status_code, 422)
        self.assertIn("sent already", self.text_of(response, "form_errors"))
        self.assertEqual(len(self.tickets()), 1)

    def test_a_form_that_could_not_be_filed_is_still_good(self):
        stamp = self.guard._make_stamp()
        tickets = type(self.public_tickets)
        broken = patch.object(tickets, "_add_form_answers", side_effect=ValueError)
        with broken, self.assertRaises(ValueError), self.env.cr.savepoint():
            self.try_to_file(stamp=stamp)
        self.assertTrue(self.try_to_file(stamp=stamp)[0])

    def test_the_captcha_is_asked_about_strangers_only(self):
        page = self.open_form()
        ir_http = type(self.env["ir.http"])
        asked = []

        def refuse(_self, action):
            asked.append(action)
            raise ValidationError(self.env._("Please fill in this field."))

        with (
            patch.object(ir_http, "_verify_request_recaptcha_token", refuse),
            mute_logger("odoo.http"),
        ):
            self.assertEqual(self.submit(page=page).status_code, 422)
            self.assertFalse(self.tickets())
            page = self.open_as(self.ben, self.form_url)
            form = {name: FORM[name] for name in ("subject", "description")}
            form["answer_window"] = "Main"
            self.assertIn("/my/ticket/", self.post(self.form_url, form, page=page).url)
        self.assertEqual(asked, ["support_ticket"])

    # ---------------------------------------------------
    # How much
    # ---------------------------------------------------

    def test_one_address_a_hundred_times(self):
        for number in range(100):
            client = f"192.0.2.{number}"  # from everywhere
            filed, errors = self.try_to_file(client, subject=f"Bomb {number}")
            self.assertEqual(bool(filed), number < 5)
            self.assertEqual("email" in errors, number >= 5)
        self.welcome()
        self.assertEqual(len(self.mails_to(FORM["email"])), 5)

    def test_a_hundred_addresses_from_one_network(self):
        self.company.support_limit_network = 30
        filed = 0
        stamps = [self.age(90) for _number in range(100)]
        for number, stamp in enumerate(stamps):
            address = f"victim{number}@elsewhere.example"
            filed += bool(self.try_to_file(email=address, stamp=stamp)[0])
        self.assertEqual(filed, 30)
        self.welcome()
        self.assertLessEqual(len(self.sink.mails), 30)

    def test_a_hundred_people_behind_one_address_are_not_locked_out(self):
        """They take more than a minute for the form, as people do."""
        for number in range(101):
            address = f"person{number}@adler.example"
            filed, errors = self.try_to_file(email=address, stamp=self.age(61))
            self.assertTrue(filed, errors)

    def test_a_burst_slows_down_but_refuses_nobody(self):
        self.company.support_limit_burst = 2
        stamp = self.guard._make_stamp()
        results = [self.try_to_file(email=f"p{n}@x.example") for n in range(2)]
        self.assertTrue(all(number for number, _errors in results))
        number, errors = self.try_to_file(email="p3@x.example", stamp=stamp)
        self.assertFalse(number)
        self.assertIn("in a minute", errors["form"])
        self.assertTrue(self.try_to_file("198.51.100.1", email="p4@x.example")[0])
        with freeze_time(fields.Datetime.now() + timedelta(seconds=61)):
            self.assertTrue(self.try_to_file(email="p3@x.example", stamp=stamp)[0])

    def test_a_day_in_all(self):
        self.company.support_limit_day = 3
        results = [
            bool(self.try_to_file(f"192.0.2.{n}", email=f"p{n}@x.example")[0])
            for n in range(5)
        ]
        self.assertEqual(results, [True] * 3 + [False] * 2)
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self.assertTrue(self.try_to_file()[0])

    def test_without_limits(self):
        self.company.write(
            {
                "support_limit_address": 0,
                "support_limit_burst": 0,
                "support_limit_network": 0,
                "support_limit_day": 0,
            }
        )
        self.assertTrue(all(self.try_to_file()[0] for _number in range(12)))

    def test_one_network_is_one_however_it_spells_itself(self):
        self.company.support_limit_network = 1
        self.assertTrue(self.try_to_file("2001:db8:1:2::1", email="a@x.example")[0])
        for client in ("2001:db8:1:2::ffff", "2001:0db8:0001:0002:5:6:7:8"):
            self.assertFalse(self.try_to_file(client, email="b@x.example")[0])
        self.assertTrue(self.try_to_file("2001:db8:1:3::1", email="c@x.example")[0])

    def test_headers_fool_nobody(self):
        self.company.support_limit_network = 1
        self.file()
        for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP"):
            page = self.open_form()
            form = {**FORM, "email": "o@x.example", "stamp": self.stamp_of(page)}
            response = self.post(
                self.send_url, form, page=page, headers={name: "203.0.113.9"}
            )
            self.assertEqual(response.status_code, 422)

    def test_mistakes_count_for_nothing(self):
        self.company.support_limit_address = 1
        for _time in range(3):
            self.assertIn("privacy", self.try_to_file(privacy="")[1])
        self.assertTrue(self.try_to_file()[0])

    def test_no_address_is_kept(self):
        self.try_to_file()
        counts = self.env["support.limit"].search([])
        self.assertEqual(len(counts), 5)
        stored = str(counts.read())
        for secret in (CLIENT, FORM["email"], "stranger"):
            self.assertNotIn(secret, stored)
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self.try_to_file()
            tomorrow = self.env["support.limit"].search([]) - counts
            self.assertFalse({*counts.mapped("key")} & {*tomorrow.mapped("key")})
        with freeze_time(fields.Datetime.now() + timedelta(days=2, hours=2)):
            self.env["support.limit"]._gc_past()
        self.assertFalse(self.env["support.limit"].search([]))

    def test_what_is_too_large_is_refused_before_it_is_read(self):
        self.assertEqual(self.public_type._get_max_upload(), 3 * 1024 * 1024)
        self.open_form()
        place = ("127.0.0.1", self.http_port())
        with mute_logger("odoo.http", "werkzeug"), self.allow_requests():
            cookies = self.opener.cookies.items()
            head = (
                f"POST {self.send_url} HTTP/1.0\r\nHost: {place[0]}:{place[1]}\r\n"
                f"Cookie: {'; '.join('='.join(cookie) for cookie in cookies)}\r\n"
                "Content-Type: multipart/form-data; boundary=x\r\n"
                f"Content-Length: {4 * 1024 * 1024}\r\n\r\n"
            )
            with socket.create_connection(place, timeout=10) as connection:
                connection.sendall(head.encode())
                answer = connection.recv(5000)  # nothing more was sent
        self.assertIn(b" 413 ", answer.splitlines()[0], answer)


@tagged("post_install", "-at_install")
class TestAttacks(AbuseCase):
    def test_nothing_but_the_form_is_read(self):
        self.file(
            partner_id=str(self.ben.partner_id.id),
            user_id=str(self.agent.id),
            stage_id=str(self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done").id),
            company_id="99",
            team_id="99",
            priority="3",
            cc="victim@elsewhere.example",
            on_behalf=str(self.ben.partner_id.id),
            phone_availability="always",
            is_filed_publicly="0",
            filed_by_id=str(self.ben.partner_id.id),
            notifications="1",
            charging="free",
        )
        self.welcome()
        ticket = self.tickets()
        self.assertEqual(ticket.partner_id.email, FORM["email"])
        self.assertEqual(ticket.priority, "1")
        self.assertEqual(ticket.portal_role, "new")
        self.assertEqual(ticket.company_id, self.company)
        self.assertEqual(ticket.charging, "charged")
        for name in ("user_id", "filed_by_id", "phone_availability", "team_id"):
            self.assertFalse(ticket[name], name)
        followers = ticket.message_partner_ids.filtered("partner_share")
        self.assertEqual(followers, ticket.partner_id)
        self.assertFalse(self.mails_to("victim@elsewhere.example"))

    @mute_logger("odoo.http")
    def test_forms_of_others_are_not_sent(self):
        page = self.open_form()
        form = {**FORM, "stamp": self.stamp_of(page)}
        foreign = self.get_token(page)
        self.open_form()
        for token in (None, "", "x", foreign):
            data = {**form, "csrf_token": token} if token is not None else form
            for url in (self.send_url, "/support/address"):
                self.assertEqual(self.url_open(url, data=data).status_code, 400)
        self.assertTrue(self.url_open(self.send_url).url.endswith(self.form_url))
        self.assertFalse(self.tickets())

    def test_markup_stays_text(self):
        names = ("subject", "description", "company", "customer_number")
        names = dict.fromkeys((*names, "answer_window"), XSS)
        names["customer_number"] = XSS[:40]
        page = self.submit(**names, email=XSS, name=XSS)
        self.assertRefused(page, "email", "name")
        self.assertFalse(self.find(page, "//img[@onerror]"))
        self.assertNotIn("<script>alert", page.text)
        page = self.submit(files=[(f"{XSS}.png", PNG)] * 3, email=XSS)
        self.assertFalse(self.find(page, "//img[@onerror]"))
        ticket = self.file(**names, files=[(f"{XSS}.png".replace("/", ""), PNG)])
        self.assertNotIn("<img", ticket.description)
        self.assertNotIn("<script", ticket.description)
        self.assertEqual(ticket.claimed_company, XSS)
        self.welcome()
        for _to, mail in self.sink.mails:
            self.assertNotIn("alert(1)", self.text_of_mail(mail))
        log = str(ticket.message_ids.mapped("body"))
        self.assertNotIn("<img", log)

    def test_lines_do_not_become_headers(self):
        for end in ("\r\n", "\n", "\r", "\x85", "\u2028", "\x0b"):
            evil = f"{end}Bcc: victim@elsewhere.example{end}"
            with self.subTest(end=end):
                self.sink.mails.clear()
                ticket = self.file(subject=f"Crash{evil}x", company=f"Neu{evil}x")
                self.assertEqual(len(ticket.name.splitlines()), 1)
                self.assertEqual(len(ticket.claimed_company.splitlines()), 1)
                self.welcome()
                ticket.with_user(self.agent).message_post(
                    body="Please restart it",
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                )
                self.send_queue()
                self.assertEqual(len(self.sink.mails), 2)
                for recipients, mail in self.sink.mails:
                    self.assertEqual(recipients, [FORM["email"]])
                    self.assertFalse(mail["Bcc"])
                ticket.unlink()
                self.env["support.limit"].search([]).unlink()
        known = self.tickets()
        for name in ("email", "name"):
            evil = f"{FORM[name]}\r\nBcc: victim@elsewhere.example"
            self.assertIn(name, self.try_to_file(**{name: evil})[1])
        self.assertEqual(self.tickets(), known)

    def test_broken_requests_are_no_errors_of_ours(self):
        page = self.open_form()
        cases = [
            {"subject": "a\x00b"},
            {"email": "\x00"},
            {"description": "x" * 60000},
            {"answer_module": "NaN"},
            {"stamp": "\x00"},
            {"customer_number": "\ud7ff\U0001f4a9"},
        ]
        for values in cases:
            with self.subTest(values=str(values)[:50]):
                response = self.submit(page=page, **values)
                self.assertIn(response.status_code, (200, 422))
        for slug in ("x", "0", "99999999999999999999", "-1", "%00"):
            with mute_logger("odoo.http"):
                response = self.url_open(f"/support/ticket/new/{slug}")
            self.assertLess(response.status_code, 500)

    # ---------------------------------------------------
    # Who is a customer
    # ---------------------------------------------------

    def addresses(self):
        shared = {"name": "One", "email": "shared@adler.example"}
        self.env["res.partner"].create([shared, {**shared, "name": "Two"}])
        return {
            "unknown": "nobody@stranger.example",
            "covered": self.ben.email,
            "uncovered": self.clara.email,
            "staff": self.agent.email,
            "ambiguous": "shared@adler.example",
        }

    def test_the_answer_is_the_same_for_everybody(self):
        answers = {}
        for who, address in self.addresses().items():
            response = self.submit(email=address)
            ticket = self.tickets(partner_email=address)
            text = response.text.replace(ticket.number, "NUMBER")
            text = text.replace(self.get_token(response), "TOKEN")
            answers[who] = (response.url, response.status_code, len(text))
        self.assertEqual(len(set(answers.values())), 1, answers)

    def test_filing_takes_the_same_steps_for_everybody(self):
        self.try_to_file(email="warm@stranger.example")
        queries = {}
        for who, address in self.addresses().items():
            self.env.flush_all()
            self.env.invalidate_all()
            stamp = self.guard._make_stamp()
            before = self.env.cr.sql_log_count
            self.assertTrue(self.try_to_file(email=address, stamp=stamp)[0])
            self.env.flush_all()
            queries[who] = self.env.cr.sql_log_count - before
        self.assertEqual(len(set(queries.values())), 1, queries)

    def test_the_address_of_a_contact_proves_nothing(self):
        ticket = self.file(email=self.ben.email)
        self.welcome()
        self.assertEqual(ticket.partner_id, self.ben.partner_id)
        self.assertFalse(ticket.filed_by_id)
        self.assertTrue(ticket.is_filed_publicly)
        self.assertIn("Nobody has checked", str(ticket.message_ids.mapped("body")))
        [mail] = self.mails_to(self.ben.email)
        self.assertNotIn("Crash", f"{mail['Subject']} {self.text_of_mail(mail)}")

    def test_staff_get_no_confirmation(self):
        self.file(email=self.agent.email)
        self.welcome()
        self.assertFalse(self.sink.mails)

    # ---------------------------------------------------
    # Machines
    # ---------------------------------------------------

    def test_an_automatic_answer_leads_to_nothing(self):
        ticket = self.file()
        self.welcome()
        [confirmation] = self.mails_to(FORM["email"])
        self.sink.mails.clear()
        number = self.env["helpdesk.ticket"].search_count([])
        for extra in ("Auto-Submitted: auto-replied\r\n", "X-Autoreply: yes\r\n"):
            raw = (
                f"From: {FORM['email']}\r\nTo: {confirmation['Reply-To']}\r\n"
                f"Subject: Out of office: {confirmation['Subject']}\r\n"
                f"In-Reply-To: {confirmation['Message-Id']}\r\n{extra}"
                f"Message-Id: <{len(extra)}@stranger.example>\r\n\r\nI am away."
            )
            self.env["mail.thread"].message_process("helpdesk.ticket", raw.encode())
        self.welcome()
        self.assertFalse(self.sink.mails)
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), number)
        self.assertEqual(ticket.portal_role, "new")

    def test_ever_new_addresses_are_not_mailed_for_ever(self):
        tickets = type(self.env["helpdesk.ticket"])
        self.company.support_limit_burst = 0
        with patch.object(tickets, "_max_new_senders", 3):
            for number in range(6):
                self.try_to_file(email=f"v{number}@elsewhere.example")
            self.welcome()
        confirmed = [m for _to, m in self.sink.mails if "received" in m["Subject"]]
        self.assertEqual(len(confirmed), 3)

    def test_a_burst_of_new_addresses_is_not_overlooked(self):
        """More at once than the latest tickets that are looked at."""
        tickets = type(self.env["helpdesk.ticket"])
        self.company.support_limit_burst = 0
        with patch.object(tickets, "_max_new_senders", 2):
            for number in range(10):
                self.try_to_file(email=f"w{number}@elsewhere.example")
            self.welcome()
        confirmed = [m for _to, m in self.sink.mails if "received" in m["Subject"]]
        self.assertEqual(len(confirmed), 2)


@tagged("post_install", "-at_install")
class TestCountingProcesses(BaseCase):
    """Eight workers with connections of their own lose no count."""

    WORKERS, TIMES = 8, 50

    def test_nothing_is_lost(self):
        registry = Registry(get_db_name())
        key = f"test {time.monotonic_ns()}"
        script = Path(__file__).parent / "count_process.py"

        def forget():
            with registry.cursor() as cr:
                cr.execute("DELETE FROM support_limit WHERE key = %s", [key])

        self.addCleanup(forget)
        command = [sys.executable, script, get_db_name(), key, str(self.TIMES)]
        workers = [
            subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for _number in range(self.WORKERS)
        ]
        for worker in workers:
            self.assertEqual(worker.stdout.readline().strip(), "ready")
        for worker in workers:
            worker.stdin.write("go\n")
            worker.stdin.flush()
        passed = [int(worker.communicate()[0]) for worker in workers]
        with registry.cursor() as cr:
            cr.execute("SELECT count FROM support_limit WHERE key = %s", [key])
            self.assertEqual(cr.fetchall(), [(self.WORKERS * self.TIMES,)])
        self.assertEqual(sum(passed), 100, "as many as the limit allows")
