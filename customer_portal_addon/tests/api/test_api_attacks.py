import json
from datetime import timedelta
from http.client import HTTPConnection
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo import fields
from odoo.tests import tagged

from ...models.api.helpdesk_ticket import HelpdeskTicket
from ..common import PNG
from .api_common import ApiCase

XSS = "<script>alert(1)</script><img src=x onerror=alert(2)>"
JSON = {"Content-Type": "application/json"}


@tagged("post_install", "-at_install")
class TestApiAttacks(ApiCase):
    """What the open internet sends to the door for programs."""

    # ---------------------------------------------------
    # Whose tickets
    # ---------------------------------------------------

    def test_tickets_of_others_do_not_exist(self):
        numbers = {
            "ben": self.file(self.ben_secret).json()["number"],
            "emil": self.file(self.emil_secret).json()["number"],
            "gesa": self._create_ticket(self.gesa).number,
        }
        readable = {
            self.ben_secret: {"ben"},
            self.emil_secret: {"emil"},
            self.adler_secret: {"ben", "gesa"},
        }
        for secret, names in readable.items():
            unknown = self.call("/1/tickets/HT99999", secret)
            self.assertProblem(unknown, 404, "not_found")
            for name, number in numbers.items():
                response = self.call(f"/1/tickets/{number}", secret)
                if name in names:
                    self.assertEqual(response.status_code, 200)
                else:
                    self.assertProblem(response, 404, "not_found")
                    self.assertEqual(response.json(), unknown.json())

    def test_numbers_that_are_none(self):
        for number in ("%", "_", "%00", "%25", "..%2f..", "' OR 1=1--", "ä", "9" * 99):
            response = self.call(f"/1/tickets/{number}", self.ben_secret)
            self.assertProblem(response, 404, "not_found")

    def test_a_ticket_that_stayed_with_the_former_customer(self):
        number = self.file(self.ben_secret).json()["number"]
        self.ben.partner_id.parent_id = self.braun
        _key, secret = self._issue(self.ben.partner_id)
        response = self.call(f"/1/tickets/{number}", secret)
        self.assertProblem(response, 404, "not_found")

    def test_nothing_but_the_documented_fields_can_be_set(self):
        for name, value in (
            ("partner_id", self.emil.partner_id.id),
            ("commercial_partner_id", self.braun.id),
            ("stage_id", 1),
            ("company_id", 1),
            ("user_id", self.agent.id),
            ("charging", "free"),
            ("api_key_id", self.emil_key.id),
        ):
            response = self.file(self.ben_secret, **{name: value})
            self.assertPointers(response, f"#/{name}")

    def test_a_contacts_key_files_for_nobody_else(self):
        response = self.file(self.ben_secret, contact={"email": "anna@adler.example"})
        self.assertPointers(response, "#/contact/email")
        own = {"email": "BEN@adler.example"}
        self.assertEqual(self.file(self.ben_secret, contact=own).status_code, 201)

    def test_a_customer_number_grants_nothing(self):
        self.braun.ref = "K-7"
        response = self.file(self.ben_secret, customer_number="K-7")
        self.assertEqual(response.status_code, 201)
        self.assertEqual(self._filed().commercial_partner_id, self.adler)
        self.assertFalse(self._filed().with_user(self.erna).has_access("read"))

    # ---------------------------------------------------
    # Keys
    # ---------------------------------------------------

    def doors(self, secret):
        """Return the answers of all doors that need a key."""
        return [
            self.file(secret),
            self.call("/1/types", secret),
            self.call("/1/tickets/HT00001", secret),
        ]

    def assertShut(self, secret, status, code):
        for response in self.doors(secret):
            self.assertProblem(response, status, code)
        self.assertFalse(self._filed())

    def test_a_session_is_no_key(self):
        """So that nobody's browser can be made to file tickets."""
        for user in (self.ben, self.agent, self.env.ref("base.user_admin")):
            self.authenticate(user.login, user.login)
            for response in self.doors(None):
                self.assertProblem(response, 401, "unauthorized")
                self.assertEqual(response.headers["WWW-Authenticate"], "Bearer")
        self.assertFalse(self._filed())

    def test_nor_is_a_key_of_odoo(self):
        keys = self.env["res.users.apikeys"].with_user(self.agent)
        expiry = fields.Datetime.now() + timedelta(days=1)
        self.assertShut(keys._generate("rpc", "x", expiry), 401, "unauthorized")

    def test_keys_that_are_over(self):
        self.ben_key._revoke()
        self.assertShut(self.ben_secret, 401, "unauthorized")
        self.emil_key.date_end = "2020-01-01"
        self.assertShut(self.emil_secret, 401, "unauthorized")
        self.assertShut("support_" + "0" * 60, 401, "unauthorized")

    def test_each_key_does_what_it_is_for(self):
        self.ben_key.can_file = False
        self.assertProblem(self.file(self.ben_secret), 403, "scope")
        number = self.file(self.emil_secret).json()["number"]
        self.emil_key.can_read = False
        response = self.call(f"/1/tickets/{number}", self.emil_secret)
        self.assertProblem(response, 403, "scope")

    def test_a_contact_who_has_moved_or_gone(self):
        self.emil.partner_id.parent_id = self.adler
        self.assertShut(self.emil_secret, 401, "unauthorized")
        self.ben.action_archive()
        self.assertShut(self.ben_secret, 401, "unauthorized")
        nora = self.env["res.partner"].create(
            {"name": "Nora", "parent_id": self.adler.id}
        )
        _key, secret = self._issue(nora)
        self.assertEqual(self.call("/1/types", secret).status_code, 200)
        nora.active = False
        self.assertShut(secret, 403, "refused")

    def test_the_gate_decides(self):
        _key, clara = self._issue(self.clara.partner_id)
        _key, koch = self._issue(self.koch)
        _key, dora = self._issue(self.dora.partner_id)
        for secret, reason in (
            (clara, "contract_expired"),
            (dora, "not_enabled"),
        ):
            for response in self.doors(secret):
                self.assertProblem(response, 403, "refused")
                self.assertEqual(response.json()["reason"], reason)
                self.assertIn("support@vendor.example", response.json()["detail"])
        named = {"email": "clara@koch.example"}
        self.assertProblem(self.file(koch, contact=named), 403, "refused")
        named = {"email": "new@koch.example"}
        self.assertProblem(self.file(koch, contact=named), 403, "refused")
        self.assertFalse(self._filed())
        people = self.env["res.partner"].search([("email", "=", "new@koch.example")])
        self.assertFalse(people)

    def test_whoever_was_switched_off_stays_out(self):
        """Also behind the customer's key."""
        self.ben.partner_id.support_switched_off = True
        self.assertProblem(self.file(self.ben_secret), 403, "refused")
        named = {"email": "ben@adler.example"}
        response = self.file(self.adler_secret, contact=named)
        self.assertProblem(response, 403, "refused")
        self.assertEqual(response.json()["reason"], "switched_off")

    def test_without_credit_only_program_errors(self):
        self.adler.write({"support_limit_enabled": True, "support_limit_minutes": 0})
        self.assertProblem(self.file(self.ben_secret), 403, "credit")
        self.error_type.is_program_error = True
        self.assertEqual(self.file(self.ben_secret).status_code, 201)

    def test_switched_off_there_is_nothing(self):
        self.company.support_api_enabled = False
        self.env["res.company"].search([]).support_api_enabled = False
        self.assertShut(self.ben_secret, 404, "not_found")
        self.assertShut(None, 404, "not_found")
        self.assertProblem(self.call("/1/openapi.json"), 404, "not_found")

    # ---------------------------------------------------
    # What is written into logs and headers
    # ---------------------------------------------------

    def test_the_key_is_never_logged(self):
        """Not even when something breaks that nobody foresaw."""
        # The secret part may have underscores of its own
        _support, _prefix, secret = self.ben_secret.split("_", 2)
        broken = patch.object(
            HelpdeskTicket, "_file_from_api", side_effect=ZeroDivisionError
        )
        with broken, self.assertLogs("odoo.http", "ERROR") as failure:
            response = self.url_open(
                "/support/api/1/tickets",
                json=self._document(),
                headers={"Authorization": f"Bearer {self.ben_secret}"},
            )
        self.assertEqual(response.status_code, 500)
        kind = response.headers["Content-Type"]
        self.assertEqual(kind, "application/problem+json")
        self.assertNotIn("ZeroDivision", response.text)
        self.assertIn("ZeroDivision", "".join(failure.output))
        with self.assertLogs("odoo", "DEBUG") as usual:
            self.file(self.ben_secret)
            self.call("/1/types", self.ben_secret[:-1] + "!")
        self.assertNotIn(secret[:-1], "".join(failure.output + usual.output))

    def test_addresses_are_ours_whatever_the_caller_says(self):
        headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
        response = self.file(self.ben_secret, headers)
        self.assertEqual(response.status_code, 201)
        self.assertNotIn("evil", response.text)
        self.assertNotIn("evil", response.headers["Location"])
        response = self.call("/1/openapi.json", headers=headers)
        self.assertNotIn("evil", response.text)

    def test_nothing_that_was_sent_gets_into_headers_or_mails(self):
        breaks = "x\r\nBcc: everybody@evil.example\r\n"
        response = self.file(
            self.ben_secret,
            subject=breaks,
            customer_number=breaks,
            context={"program": breaks, "window": breaks},
        )
        self.assertEqual(response.status_code, 201)
        self.assertNotIn("Bcc", response.headers)
        ticket = self._filed()
        for name in ("name", "customer_number", "context_program", "context_window"):
            self.assertNotRegex(ticket[name], r"[\r\n]")
        self._confirm_tickets()
        mails = self.env["mail.mail"].search([("model", "=", ticket._name)])
        self.assertFalse(mails.filtered(lambda m: "\n" in m.subject or m.email_cc))

    def test_scripts_stay_text_for_customers_and_staff(self):
        response = self.file(
            self.ben_secret,
            subject=XSS,
            description=XSS,
            context={"program": XSS, "version": XSS[:50], "window": XSS, "log": XSS},
            fields={"window": XSS},
            files=[(f"{XSS[:30]}.png", PNG)],
        )
        self.assertEqual(response.status_code, 201, response.text)
        ticket = self._filed()
        page = self.open_as(self.ben, f"/my/ticket/{ticket.id}")
        self.assertEqual(self.text_of(page, "context_window"), XSS)
        self.assertFalse(self.find(page, "//img[@src='x']"))
        self.assertNotIn("<script>alert", page.text)
        # the backend prints plain fields as text, and these are nothing else
        for name in ("context_program", "context_window", "context_log"):
            self.assertIn(ticket._fields[name].type, ("char", "text"))
        for body in ticket.message_ids.mapped("body"):
            self.assertNotIn("<script>", body)
        self.assertNotIn("<script>", ticket.description)

    # ---------------------------------------------------
    # What can't be read
    # ---------------------------------------------------

    def send(self, body, headers=None):
        headers = {**JSON, **(headers or {})}
        return self.call("/1/tickets", self.ben_secret, "POST", headers, data=body)

    def test_what_is_no_json(self):
        deep = b"[" * 100000 + b"]" * 100000
        for body in (
            b"",
            b"{",
            b"nonsense",
            b"[]",
            b"7",
            b"null",
            b'"text"',
            deep,
            b'{"subject": ' + deep + b"}",
            b'{"subject": "\xff\xfe"}',
            '{"subject": "ä"}'.encode("utf-16"),
            b'{"subject": NaN}',
            b'{"subject": Infinity}',
            b'{"subject": "\\ud800", "description": "x"}',
            b'{"subject": ' + b"9" * 5000 + b"}",
        ):
            with self.subTest(body=body[:40]):
                self.assertProblem(self.send(body), 400, "no_json")
        self.assertFalse(self._filed())

    def test_values_of_the_wrong_kind(self):
        for value in (None, True, 7, 7.5, [], {}, [[]], "x" * 60000):
            document = self._document(
                subject=value, description=value, cc=value, fields=value, files=value
            )
            response = self.send(json.dumps(document))
            self.assertEqual(response.status_code, 422, value)
        for name in ("type", "urgency", "contact", "context", "customer_number"):
            for value in (None, True, [], "x" * 60000):
                response = self.file(self.ben_secret, **{name: value})
                self.assertPointers(response, f"#/{name}")
        for value in ({"a": 1}, [[1]], [{}], ["x" * 300]):
            response = self.file(self.ben_secret, fields={"window": value})
            self.assertEqual(response.status_code, 422)
        self.assertFalse(self._filed())

    def test_characters_that_can_not_be_stored(self):
        nul = "a\x00b"
        response = self.file(
            self.ben_secret,
            subject=nul,
            description=nul,
            phone_availability=nul,
            customer_number=nul,
            context={"program": nul, "log": nul},
            fields={"window": nul},
            files=[("a\x00b.png", PNG)],
        )
        self.assertEqual(response.status_code, 201, response.text)
        ticket = self._filed()
        self.assertEqual(ticket.name, "ab")
        self.assertEqual(ticket.context_log, "ab")
        response = self.file(self.ben_secret, fields={nul: "x", "window": "x"})
        self.assertEqual(response.status_code, 422)
        named = {"email": "new@adler.example", "name": nul}
        response = self.file(self.adler_secret, contact=named)
        self.assertEqual(response.status_code, 201, response.text)

    def test_huge_numbers(self):
        for value in (10**30, 1e308, -1):
            response = self.file(self.ben_secret, type=value)
            self.assertPointers(response, "#/type")
            fields = {"window": "x", "percent": value}
            response = self.file(self.ben_secret, fields=fields)
            self.assertPointers(response, "#/fields/percent")

    def test_logs_have_an_end(self):
        context = {"log": "x" * 200001}
        response = self.file(self.ben_secret, context=context)
        self.assertPointers(response, "#/context/log")
        context = {"log": "x" * 200000}
        self.assertEqual(self.file(self.ben_secret, context=context).status_code, 201)

    def test_other_kinds_of_bodies(self):
        for kind in (
            "text/plain",
            "application/xml",
            "application/x-www-form-urlencoded",
        ):
            response = self.send(b"{}", {"Content-Type": kind})
            self.assertProblem(response, 415, "unsupported_media_type")
        for body in (b"", b"--x\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\n"):
            kind = {"Content-Type": "multipart/form-data; boundary=x"}
            self.assertProblem(self.send(body, kind), 400, "no_json")
        kind = {"Content-Type": "multipart/form-data"}
        self.assertProblem(self.send(b"x", kind), 400, "no_json")

    def test_too_large_is_refused_unread(self):
        server = urlsplit(self.base_url())
        connection = HTTPConnection(server.hostname, server.port, timeout=10)
        self.addCleanup(connection.close)
        with self.allow_requests():
            cookies = self.opener.cookies.items()
            headers = {
                **JSON,
                "Authorization": f"Bearer {self.ben_secret}",
                "Content-Length": str(33 * 1024 * 1024),
                "Cookie": "; ".join(f"{name}={value}" for name, value in cookies),
            }
            # only the promise is sent, and answered at once
            connection.request("POST", "/support/api/1/tickets", b"{", headers)
            response = connection.getresponse()
            problem = json.loads(response.read())
        self.assertEqual(response.status, 413)
        self.assertEqual(problem["code"], "request_entity_too_large")

    def test_methods_and_addresses(self):
        self.assertProblem(
            self.call("/1/tickets", self.ben_secret), 405, "method_not_allowed"
        )
        for path, method, allowed in (
            ("/1/tickets", "GET", "POST"),
            ("/1/tickets", "DELETE", "POST"),
            ("/1/tickets", "OPTIONS", "POST"),
            ("/1/tickets/HT1", "PUT", "GET, HEAD"),
            ("/1/types", "POST", "GET, HEAD"),
            ("/1/openapi.json", "PATCH", "GET, HEAD"),
        ):
            response = self.call(path, self.ben_secret, method)
            self.assertEqual(response.status_code, 405, path)
            self.assertEqual(response.headers["Allow"], allowed)
        for path in (
            "",
            "/",
            "/1",
            "/2/tickets",
            "/1/tickets/a/b",
            "/1/x",
            "/1/types/",
        ):
            if path != "/1/types/":
                response = self.call(path, self.ben_secret)
                self.assertProblem(response, 404, "not_found")

    # ---------------------------------------------------
    # How often
    # ---------------------------------------------------

    def test_so_many_in_an_hour_and_no_more(self):
        """What is refused counts as well; other keys go on."""
        self.company.support_api_hourly_limit = 3
        self.assertEqual(self.file(self.ben_secret).status_code, 201)
        self.assertProblem(self.send(b"{"), 400, "no_json")
        self.assertEqual(self.file(self.ben_secret).status_code, 201)
        for _number in range(2):
            response = self.file(self.ben_secret)
            self.assertProblem(response, 429, "limit")
            self.assertIn(int(response.headers["Retry-After"]), range(1, 3601))
        self.assertEqual(len(self._filed()), 2)
        self.assertEqual(self.file(self.emil_secret).status_code, 201)
        self.assertEqual(self.call("/1/types", self.ben_secret).status_code, 200)

    def test_the_next_hour_begins_anew_and_the_old_one_is_forgotten(self):
        self.company.support_api_hourly_limit = 1
        counters = self.env["support.api.counter"]
        now = fields.Datetime.now()
        for hours, is_free in ((0, True), (0, False), (1, True), (1, False)):
            moment = now + timedelta(hours=hours)
            with patch.object(fields.Datetime, "now", lambda m=moment: m):
                self.assertEqual(counters._count(self.ben_key) == 0, is_free)
        self.assertEqual(len(self.find_counts()), 2)
        later = now + timedelta(days=3)
        with patch.object(fields.Datetime, "now", lambda: later):
            self.env["support.limit"]._gc_past()
        self.assertFalse(self.find_counts())
