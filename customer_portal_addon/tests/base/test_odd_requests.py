"""Whatever somebody sends to a route of ours: never an error of the server."""

import re
import threading
from unittest.mock import patch
from urllib.parse import urlencode

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...tools.web.host_name import is_host, is_path
from ..http_common import SupportHttpCase

MODULE = "customer_portal_addon"
NUMBERS = ("0", "2147483648", "9223372036854775808", "9" * 40, "-1")
TEXTS = (
    *("%00", "%FF%FE", "%ED%A0%80", "a%0D%0AX:%201", "..%2F..", "a" * 3000),
    *("'%22%3E%3Csvg%3E", "٣"),
)
# Parameters that our pages read, with what they don't expect
NAMES = (
    *("page", "search", "sortby", "filterby", "groupby", "status", "since", "until"),
    *("period", "token", "access_token", "q", "all", "done", "submitted", "answer"),
    *("login", "redirect", "lang", "subject", "body", "type", "product_id", "reason"),
    *("stage_id", "email", "name", "helpful", "comment", "context_program", "seen"),
)
VALUES = ("%00", "%ED%A0%80", "9" * 40, "", "%E2%80%AE" * 50)
HEADERS = (
    {"Accept-Language": "xx-YY;q=x, *;q=9, \x80"},
    {"Accept-Language": "de" * 500},
    {"Cookie": "frontend_lang=../../x; tz=Nowhere; session_id=../../etc; cids=x,-1"},
    {"Cookie": "frontend_lang=\xff; tz=%00; session_id=" + "a" * 900},
    {"Range": "bytes=9999999-,x-y,-1", "If-Range": '"x"'},
    {"If-Modified-Since": "yesterday", "If-None-Match": "x"},
    {"X-Forwarded-For": "x, y", "Forwarded": "for=;;", "Referer": "\x80:///"},
    {"Content-Type": "multipart/form-data; boundary="},
    {"Authorization": "Basic \xff"},
    {"Authorization": "Bearer " + "a" * 2000},
)
BODIES = (
    (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
    (b"[1, 2", "application/json"),
    (b"[]", "application/json"),
    (b'{"params": [1]}', "application/json"),
    (b"<x/>", "text/xml"),
    (b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--", "multipart/form-data"),
    (b"a" * 10, "multipart/form-data; boundary=x"),
    (b"a", "\x80"),
    (b"", ""),
)
BAD_HOSTS = (
    *("", "..", "a..b", "-a.b", "a" * 64 + ".de", "." * 300, "a b", "a,b", "%00"),
    *("localhost:99999", "a:b", "[::1", "localhost:1:1", "a@b:1", "xn--\xc3\xa4", "ä"),
    *("x\x00y", "a/b", "xn--0", "localhost:-1", "[::1]x", "a:1/", "a\r\nb"),
)
GOOD_HOSTS = (
    *("localhost", "localhost:8069", "a.b-c.example.", "127.0.0.1:80", "[::1]:8069"),
    *("xn--bcher-kva.example", "my_host", "a" * 63 + ".de", "A.Example:"),
)


class RouteWalk(SupportHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.support_api_enabled = True
        cls.ticket = cls._create_ticket(cls.ben)

    def rules(self):
        """Yield what the addon answers: rules with their methods and parts."""
        thread = threading.current_thread()
        with patch.object(thread, "dbname", self.cr.dbname, create=True):
            routing_map = self.env["ir.http"].routing_map()
        for rule in routing_map.iter_rules():
            function = rule.endpoint.func
            if rule.rule.startswith(("/web/image", "/web/content")):
                continue  # Odoo's, we only say from which database they read
            classes = type(function.__self__).__mro__
            if any(
                function.__name__ in c.__dict__ and MODULE in c.__module__
                for c in classes
            ):
                yield rule

    def addresses(self, rule, values):
        """Yield the address with each value in each of its places."""
        parts = re.findall(r"<[^>]+>", rule.rule)
        if not parts:
            yield rule.rule
            return
        for odd in parts:
            for value in values:
                url = rule.rule
                for part in parts:
                    url = url.replace(part, value if part == odd else "1", 1)
                yield url

    def ask(self, method, url, **kw):
        """Send a request as it is; return its status."""
        with mute_logger(
            "odoo.http", "odoo.addons.http_routing.models.ir_http", "werkzeug"
        ):
            headers = {
                name: value.encode("latin-1") if isinstance(value, str) else value
                for name, value in kw.pop("headers", {}).items()
            }
            response = self.opener.request(
                method,
                self.base_url() + url,
                headers=headers,
                allow_redirects=False,
                timeout=60,
                **kw,
            )
        return response.status_code

    def assertNoError(self, method, url, **kw):
        try:
            status = self.ask(method, url, **kw)
        except UnicodeError:  # nobody can send that
            return
        self.assertLess(status, 500, (method, url[:200], kw))


@tagged("post_install", "-at_install")
class TestOddRequests(RouteWalk):
    def people(self):
        for user in (None, self.ben):
            self.authenticate(user and user.login, user and user.login)
            yield user

    def test_parts_of_addresses(self):
        for user in self.people():
            for rule in self.rules():
                with self.subTest(rule=rule.rule, user=user):
                    methods = rule.methods or {"GET"}
                    method = "GET" if "GET" in methods else "POST"
                    for url in self.addresses(rule, (*NUMBERS, *TEXTS)):
                        self.assertNoError(method, url)

    def test_parameters(self):
        values = "&".join(f"{name}={value}" for value in VALUES for name in NAMES)
        for user in self.people():
            for rule in self.rules():
                for url in self.addresses(rule, ("1",)):
                    with self.subTest(rule=rule.rule, user=user):
                        for value in VALUES:
                            query = "&".join(f"{name}={value}" for name in NAMES)
                            self.assertNoError("GET", f"{url}?{query}")
                        self.assertNoError("GET", f"{url}?{values}")
                        nested = urlencode({f"{name}[]": "x" for name in NAMES})
                        self.assertNoError("GET", f"{url}?{nested}&&=&%&==x")

    def test_headers_and_methods(self):
        for user in self.people():
            for rule in self.rules():
                for url in self.addresses(rule, ("1",)):
                    with self.subTest(rule=rule.rule, user=user):
                        for headers in () if user else HEADERS:
                            self.assertNoError("GET", url, headers=headers)
                        for method in ("HEAD", "OPTIONS", "PUT", "DELETE", "BREW"):
                            self.assertNoError(method, url)

    def test_bodies(self):
        for user in self.people():
            page = self.url_open("/support")
            token = self.get_token(page)
            for rule in self.rules():
                for url in self.addresses(rule, ("1",)):
                    with self.subTest(rule=rule.rule, user=user):
                        for body, kind in () if user else BODIES:
                            self.assertNoError(
                                "POST", url, data=body, headers={"Content-Type": kind}
                            )
                        for value in VALUES[1:4]:
                            query = "&".join(f"{name}={value}" for name in NAMES)
                            self.assertNoError(
                                "POST",
                                url,
                                data=f"csrf_token={token}&{query}&{query}".encode(),
                                headers={
                                    "Content-Type": "application/x-www-form-urlencoded"
                                },
                            )
                        files = {name: ("\x00.png", b"x") for name in NAMES}
                        data = {"csrf_token": token}
                        self.assertNoError("POST", url, data=data, files=files)

    # ---------------------------------------------------
    # Reports
    # ---------------------------------------------------

    def test_reports(self):
        report = f"{MODULE}.support_credit_statement"
        account = self.env["support.credit.account"]._get_for(self.adler, self.company)
        tails = (
            *("", "/1", "/1,2", "/x", "/-1", "/0", f"/{'9' * 40}", f"/{account.id}"),
            *("?account_id=1", f"?account_id={'9' * 40}", "?account_id=%00"),
            *("?options=x", "?context=x", "?options=[1]", "?context=[1]"),
            *("?options=%7B%22account_id%22:%5B1%5D%7D", "?context=%7B%22lang%22:1%7D"),
            *("?since=x&until=%00&period=custom", "?context=%7B%22lang%22:%22x%22%7D"),
        )
        manager = self.agent
        for user in (None, self.ben, self.anna, manager):
            if user == manager:
                user.sudo().password = user.login
            self.authenticate(user and user.login, user and user.login)
            for kind in ("html", "text", "xml"):
                for tail in tails:
                    with self.subTest(user=user, kind=kind, tail=tail):
                        self.assertNoError("GET", f"/report/{kind}/{report}{tail}")

    def test_staff_print_a_statement_by_its_id(self):
        account = self.env["support.credit.account"]._get_for(self.adler, self.company)
        self.agent.sudo().password = self.agent.login
        self.authenticate(self.agent.login, self.agent.login)
        page = self.url_open(
            f"/report/html/{MODULE}.support_credit_statement/{account.id}"
        )
        self.assertEqual(page.status_code, 200)
        self.assertIn("Adler", page.text)

    # ---------------------------------------------------
    # Hosts
    # ---------------------------------------------------

    def test_hosts_that_are_none(self):
        for host in BAD_HOSTS:
            self.assertFalse(is_host(host), host)
        for host in GOOD_HOSTS:
            self.assertTrue(is_host(host), host)
        for path in ("/a\x00", "/a/../b", "/..", "/./", "/a\r\n"):
            self.assertFalse(is_path(path), path)
        for path in ("/", "/support/kb/über..", "/a b/...", "//"):
            self.assertTrue(is_path(path), path)
        for path in ("/support", "/web/login", "/support/api/1/tickets"):
            for host in ("..", "a..b", "a" * 64 + ".de", "a,b"):
                with self.subTest(path=path, host=host):
                    self.assertEqual(self.ask("GET", path, headers={"Host": host}), 400)
