"""What browsers are told about our answers: every route, every kind of visitor."""

import re
from unittest.mock import patch

from markupsafe import Markup

from odoo.tests import TransactionCase, tagged
from odoo.tools import config, mute_logger

from ...tools.web import response_headers
from ..http_common import SupportHttpCase

HTTPS = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "127.0.0.1"}
STRANGE = "evil.example; script-src *"


class TestTable(TransactionCase):
    def test_kinds(self):
        kinds = {
            "/support": "ours",
            "/support/kb/article/x-1": "ours",
            "/supporters": "website",
            "/my": "ours",
            "/my/ticket/7/abc": "ours",
            "/my/tickets/company": "ours",
            "/my/orders/3": "website",
            "/my/account": "website",
            "/payment/pay": "website",
            "/web/login": "ours",
            "/web/login/totp": "ours",
            "/web/signup": "ours",
            "/web": "backend",
            "/web/assets/x.js": "backend",
            "/odoo/settings": "backend",
            "/": "website",
        }
        found = {path: response_headers.kind(path) for path in kinds}
        self.assertEqual(found, kinds)

    def test_secrets(self):
        for path in (
            "/web/signup",
            "/web/reset_password",
            "/web/login/totp",
            "/support/ticket/12/close",
            "/support/notifications",
            "/my/ticket/12/0123456789abcdef0123456789abcdef",
        ):
            forced, _offered = response_headers.fixed(path, True, False)
            self.assertEqual(forced["Cache-Control"], "no-store", path)
            self.assertEqual(forced["Referrer-Policy"], "no-referrer", path)
        forced, offered = response_headers.fixed("/support", True, False)
        self.assertNotIn("Cache-Control", {**forced, **offered})

    def test_policy_takes_no_rule_from_a_host(self):
        policy = response_headers.policy(STRANGE, "abc")
        self.assertNotIn("evil", policy)
        self.assertIn("wss://a.example:8069", response_headers.policy("a.example:8069"))

    def test_policy_of_scripts(self):
        def scripts(*args, **kw):
            policy = response_headers.policy("a.example", *args, **kw)
            return re.search(r"script-src ([^;]+)", policy)[1].split()

        self.assertNotIn("'unsafe-inline'", scripts("abc"))
        self.assertIn("'nonce-abc'", scripts("abc"))
        self.assertIn("'strict-dynamic'", scripts("abc"))
        more = scripts("abc", more=["stats.example"])
        self.assertIn("stats.example", more)
        self.assertNotIn("'strict-dynamic'", more)

    def test_sources(self):
        hosts, others = response_headers.sources(
            "www.a.example, *.b.example\nhttps://c.example:8443/ *; 'unsafe-inline' x "
            "http://d.example a.example;script-src"
        )
        self.assertEqual(
            hosts,
            ["www.a.example", "*.b.example", "https://c.example:8443", "a.example"],
        )
        self.assertEqual(
            others, ["*", "'unsafe-inline'", "x", "http://d.example", "script-src"]
        )
        self.assertEqual(response_headers.sources(False), ([], []))

    def test_cookies(self):
        flagged = response_headers.flagged
        self.assertEqual(flagged("a=b; Path=/", False), "a=b; Path=/; SameSite=Lax")
        self.assertEqual(flagged("a=b", True), "a=b; SameSite=Lax; Secure")
        kept = "a=secure; Secure; SameSite=None"
        self.assertEqual(flagged(kept, True), kept)


@tagged("post_install", "-at_install")
class TestResponseHeaders(SupportHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_ticket(cls.ben)

    def rules(self, response):
        policy = response.headers["Content-Security-Policy"]
        rules = (rule.strip().partition(" ") for rule in policy.split(";"))
        return {name: values.split() for name, _space, values in rules}

    def test_pages_of_ours(self):
        token = self.ticket._get_link_token("close", self.ben.partner_id)
        pages = {
            None: (
                "/support",
                "/support/register",
                "/support/no-such-page",
                f"/support/ticket/{self.ticket.id}/close?token={token}",
                f"/support/ticket/{self.ticket.id}/close?token=broken",
                f"/support/ticket/{self.ticket.id}/close",
                "/support/notifications?token=x",
                "/support/activate",
                "/support/password",
                "/web/login",
                "/web/reset_password",
                "/web/signup?token=x",
            ),
            self.ben: (
                "/my",
                "/my/tickets",
                f"/my/ticket/{self.ticket.id}",
                f"/my/ticket/{self.ticket.id}/edit",
                "/my/security",
            ),
            self.anna: ("/my/colleagues", "/my/credit", "/my/tickets/company"),
        }
        for user, urls in pages.items():
            for url in urls:
                with self.subTest(url=url):
                    response = self.open_as(user, url)
                    self.assertPageOfOurs(response)
                    if user:
                        self.assertEqual(response.headers["Cache-Control"], "no-store")

    def assertPageOfOurs(self, response):
        headers = response.headers
        rules = self.rules(response)
        self.assertEqual(rules["frame-ancestors"], ["'self'"])
        self.assertEqual(rules["object-src"], ["'none'"])
        self.assertEqual(rules["base-uri"], ["'self'"])
        self.assertEqual(rules["form-action"], ["'self'"])
        self.assertNotIn("'unsafe-inline'", rules["script-src"])
        self.assertEqual(headers["X-Frame-Options"], "SAMEORIGIN")
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(headers["Cross-Origin-Opener-Policy"], "same-origin")
        self.assertIn("camera=()", headers["Permissions-Policy"])
        self.assertIn("Referrer-Policy", headers)
        [nonce] = [s[7:-1] for s in rules["script-src"] if s.startswith("'nonce-")]
        for script in self.find(response, "//script"):
            self.assertEqual(script.get("nonce"), nonce)

    def test_links_of_mails_are_not_passed_on(self):
        for url in (
            f"/support/ticket/{self.ticket.id}/close?token=x",
            "/support/notifications?token=x",
            f"/support/ticket/{self.ticket.id}/close",
            "/support/notifications",
            "/support/activate",
            "/support/password",
            "/web/signup?token=x",
            "/web/reset_password?token=x",
        ):
            response = self.open_as(None, url, allow_redirects=False)
            self.assertEqual(response.headers["Referrer-Policy"], "no-referrer", url)
            self.assertEqual(response.headers["Cache-Control"], "no-store", url)

    def test_scripts_of_others_templates_run(self):
        """Also those without any attribute, as the live chat's (H8)."""
        arch = """
            <xpath expr="//head" position="inside">
                <script><t t-out="'ofOthers()'"/></script>
            </xpath>
        """
        layout = self.env.ref("website.layout")
        values = {"type": "qweb", "mode": "extension", "inherit_id": layout.id}
        self.env["ir.ui.view"].create({**values, "name": "Others", "arch": arch})
        page = self.open_as(None, "/support")
        [script] = self.find(page, "//script[text()='ofOthers()']")
        policy = page.headers["Content-Security-Policy"]
        self.assertIn(f"'nonce-{script.get('nonce')}'", policy)

    def test_each_answer_has_a_nonce_of_its_own(self):
        first, second = (self.open_as(None, "/support").headers for _time in "12")
        self.assertNotEqual(
            first["Content-Security-Policy"], second["Content-Security-Policy"]
        )

    def test_a_script_that_was_typed_is_not_marked(self):
        """What slips through every filter is refused by the browser all the same."""
        self.company.support_refusal_contact = "CONTACT"
        answer = "<script>alert(1)</script>"
        patched = patch.object(
            type(self.company), "_get_support_contact", lambda company: Markup(answer)
        )
        with patched:
            response = self.open_as(None, "/support/refused")
        [typed] = [s for s in self.find(response, "//script") if s.text == "alert(1)"]
        self.assertIsNone(typed.get("nonce"))

    def test_other_pages_report_only(self):
        response = self.open_as(None, "/contactus")
        self.assertNotIn("Content-Security-Policy", response.headers)
        self.assertIn("Content-Security-Policy-Report-Only", response.headers)
        self.assertNotIn("X-Frame-Options", response.headers)
        # a page that Odoo keeps is given out with marks that fit
        response = self.url_open("/contactus")
        policy = response.headers["Content-Security-Policy-Report-Only"]
        for script in self.find(response, "//script"):
            self.assertIn(f"'nonce-{script.get('nonce')}'", policy)
        self.company.support_csp_website = "enforced"
        response = self.url_open("/contactus")
        self.assertIn("frame-ancestors", response.headers["Content-Security-Policy"])
        self.company.support_csp_website = "off"
        self.company.support_csp = "report"
        headers = self.url_open("/contactus").headers
        self.assertFalse([name for name in headers if "Security-Policy" in name])
        headers = self.url_open("/support").headers
        self.assertIn("Content-Security-Policy-Report-Only", headers)

    def test_staff_are_left_alone(self):
        headers = self.open_as(self.env.ref("base.user_admin"), "/odoo").headers
        self.assertFalse([name for name in headers if "Content-Security" in name])
        self.assertNotIn("Permissions-Policy", headers)
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")

    def test_more_hosts(self):
        self.company.support_csp_sources = "stats.example"
        rules = self.rules(self.open_as(None, "/support"))
        for rule in ("script-src", "img-src", "frame-src", "connect-src"):
            self.assertIn("stats.example", rules[rule])

    def test_no_page_costs_a_query(self):
        def queries(url):
            self.url_open(url)
            before = self.cr.sql_log_count
            self.url_open(url)
            return self.cr.sql_log_count - before

        for user, url in ((None, "/contactus"), (None, "/support"), (self.ben, "/my")):
            self.open_as(user, url)
            with_headers = queries(url)
            self.company.write({"support_csp": "off", "support_csp_website": "off"})
            self.open_as(user, url)
            self.assertEqual(with_headers, queries(url), url)
            self.company.write({"support_csp": "enforced"})
            self.company.write({"support_csp_website": "report"})

    def test_captchas_and_copies_of_files(self):
        """What is set up elsewhere works without a word here."""
        self.env["ir.config_parameter"].sudo().set_param("recaptcha_public_key", "k")
        website = self.env["website"].get_current_website()
        website.write({"cdn_activated": True, "cdn_url": "//cdn.example.com/x"})
        rules = self.rules(self.open_as(None, "/support"))
        self.assertIn("https://www.recaptcha.net", rules["frame-src"])
        self.assertIn("'strict-dynamic'", rules["script-src"])
        self.assertIn("cdn.example.com", rules["style-src"])
        self.assertNotIn("cdn.example.com", rules["script-src"])

    def test_files_are_kept_as_odoo_says(self):
        message = self.ticket.with_user(self.agent).message_post(
            body="See the file",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=[("evil.html", b"<script>alert(1)</script>")],
        )
        file = message.attachment_ids
        response = self.open_as(self.ben, f"/web/content/{file.id}?download=true")
        headers = response.headers
        self.assertEqual(headers["Content-Security-Policy"], "default-src 'none'")
        self.assertIn("attachment", headers["Content-Disposition"])
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        self.assertIn("private", headers["Cache-Control"])
        self.assertNotIn("no-store", headers["Cache-Control"])

    def test_what_a_link_opens_is_not_kept(self):
        """Odoo's own pages with a token, for people without a login, too."""
        order = self.env["sale.order"].create({"partner_id": self.ben.partner_id.id})
        order.action_quotation_sent()
        token = order._portal_ensure_token()
        url = f"/my/orders/{order.id}?access_token={token}"
        headers = self.open_as(None, url).headers
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertEqual(headers["X-Frame-Options"], "SAMEORIGIN")
        policy = headers["Referrer-Policy"]
        self.assertEqual(policy, "strict-origin-when-cross-origin")

    @mute_logger("odoo.http")
    def test_errors_of_the_platform(self):
        """Odoo answers some errors without any of its hooks."""
        for url in ("/web/content/0?download=true", "/support/api/1/nothing"):
            headers = self.open_as(self.ben, url).headers
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff", url)
            self.assertEqual(headers["Cache-Control"], "no-store", url)

    def test_exports_are_not_kept(self):
        for url in ("/my/tickets/export.csv", "/my/credit/statement.csv"):
            headers = self.open_as(self.anna, url).headers
            self.assertEqual(headers["Cache-Control"], "no-store", url)

    # ---------------------------------------------------
    # Cookies
    # ---------------------------------------------------

    def cookies(self, url, **headers):
        self.logout_session()
        response = self.url_open(url, headers=headers, allow_redirects=False)
        return response.raw.headers.getlist("Set-Cookie")

    def test_cookies(self):
        for url in ("/support", "/my/tickets", "/contactus", "/no-such-page"):
            for cookie in self.cookies(url):
                self.assertIn("SameSite=Lax", cookie, url)
                self.assertNotIn("Secure", cookie, url)
        with patch.dict(config.options, proxy_mode=True):
            seen = [
                cookie
                for url in ("/support", "/my/tickets", "/contactus", "/no-such-page")
                for cookie in self.cookies(url, **HTTPS)
            ]
        self.assertTrue([cookie for cookie in seen if cookie.startswith("session_id")])
        for cookie in seen:
            self.assertIn("SameSite=Lax", cookie)
            self.assertIn("Secure", cookie)

    def test_cookies_of_answers_that_end_early(self):
        """The gate ends a request with a redirect, past every other hook."""
        with patch.dict(config.options, proxy_mode=True):
            self.company.support_policy = "open"
            self.authenticate(self.clara.login, self.clara.login)
            self.company.support_policy = "contract"
            response = self.url_open("/my", headers=HTTPS, allow_redirects=False)
        cookies = response.raw.headers.getlist("Set-Cookie")
        self.assertTrue(cookies)
        for cookie in cookies:
            self.assertIn("Secure", cookie)
            self.assertIn("SameSite=Lax", cookie)
