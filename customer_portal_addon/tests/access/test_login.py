from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..http_common import SupportHttpCase

REFUSAL = "Your e-mail address is not permitted to log in."
GERMAN_REFUSAL = "Ihre E-Mail ist nicht zur Anmeldung zugelassen."


@tagged("post_install", "-at_install")
class TestLogin(SupportHttpCase):
    """The login page, the page for refused people and sessions that end."""

    def error_of(self, response):
        found = self.find(response, "//p[@role='alert']")
        return found[0].text_content().strip() if found else None

    def test_covered_contact_gets_in(self):
        """Whoever has a contract logs in (A1)."""
        response = self.login(self.ben, redirect="/support")
        self.assertIn("/support", response.url)
        self.assertEqual(self.url_open("/my/tickets").status_code, 200)

    def test_refused_with_right_credentials_only(self):
        """The sentence, whom to ask, and the way to the reasons (A1, A8)."""
        for user in (self.clara, self.dora):
            with self.subTest(user=user.login):
                response = self.login(user)
                self.assertIn(REFUSAL, self.error_of(response))
                self.assertIn("support@vendor.example", self.error_of(response))
                self.assertTrue(self.find(response, "//a[@href='/support/refused']"))
                self.assertIn("/web/login", self.url_open("/my/tickets").url)

    def test_wrong_password_tells_nothing(self):
        """Known and covered, known and refused, unknown: the same answer."""
        answers = set()
        for login in (self.ben.login, self.clara.login, "nobody@nowhere.example"):
            response = self.login(self.ben, login=login, password="wrong")
            page = response.text.replace(self.get_token(response), "")
            answers.add((response.status_code, self.error_of(response)))
            self.assertNotIn(REFUSAL, page)
            self.assertNotIn("/support/refused", page)
        self.assertEqual(len(answers), 1, answers)

    def test_unknown_logins_are_hashed_like_known_ones(self):
        """As much work for each, whatever the clock of the machine says."""
        context = self.env["res.users"]._crypt_context()
        work = []
        for name in ("hash", "verify_and_update"):
            original = getattr(context, name)

            def counted(*args, original=original, **kw):
                work.append(1)
                return original(*args, **kw)

            patcher = patch.object(
                type(context), name, property(lambda context, f=counted: f)
            )
            self.startPatcher(patcher)
        for login in (self.ben.login, self.clara.login, "nobody@nowhere.example"):
            work.clear()
            self.login(self.ben, login=login, password="wrong")
            self.assertEqual(len(work), 1, login)

    def test_reset_tells_nothing(self):
        """Known, refused, unknown, archived, ambiguous: the same; mails come later."""
        twins = [self._create_contact(self.braun, f"twin{i}") for i in (1, 2)]
        for twin in twins:
            twin.partner_id.email = "twins@braun.example"
        self.emil.action_archive()
        answers = set()
        typed = [user.login for user in (self.ben, self.clara, self.emil)]
        typed += ["twins@braun.example", "nobody@nowhere.example"]
        before = self.env["mail.mail"].search([])
        for login in typed:
            page = self.url_open("/web/reset_password")
            response = self.post("/web/reset_password", {"login": login}, page=page)
            [message] = self.find(response, "//*[contains(@class, 'alert')]")
            answers.add((response.status_code, message.text_content().strip()))
        self.assertEqual(len(answers), 1, answers)
        self.assertIn("If there is a login with this address", answers.pop()[1])
        self.assertEqual(self.env["mail.mail"].search([]), before)
        asked = self.env["support.access.mail"].search([("kind", "=", "reset")])
        self.assertEqual(sorted(asked.mapped("email")), sorted(typed))
        for mail in asked:
            mail._send()
        sent = asked.filtered("sent_at")
        answers = dict(zip(sent.mapped("email"), sent.mapped("answer"), strict=True))
        expected = {self.ben.login: "reset", self.clara.login: "refused"}
        self.assertEqual(answers, expected)

    def test_refusal_in_german(self):
        """In the very words that customers know (A1)."""
        self.env["res.lang"]._activate_lang("de_DE")
        website = self.env["website"].search([], limit=1)
        website.language_ids = [Command.link(self.env.ref("base.lang_de").id)]
        self.logout_session()
        page = self.url_open("/de/web/login")
        self.opener.cookies.set("frontend_lang", "de_DE")
        values = {"login": self.clara.login, "password": self.clara.login}
        response = self.post("/web/login", values, page=page)
        self.assertIn(GERMAN_REFUSAL, self.error_of(response))

    def test_session_of_an_ended_contract_is_sent_to_the_reasons(self):
        self.authenticate(self.ben.login, self.ben.login)
        self.assertIn("/my/tickets", self.url_open("/my/tickets").url)
        self.env["support.contract"].search(
            [("partner_id", "=", self.adler.id)]
        ).action_cancel()
        response = self.url_open("/my/tickets")
        self.assertTrue(response.url.endswith("/support/refused"))
        self.assertEqual(
            self.text_of(response, "refusal_reason"),
            "There is no support contract for your company.",
        )
        self.assertIn("support@vendor.example", response.text)
        # the session is over, not only redirected
        self.assertIn("/web/login", self.url_open("/my/tickets").url)

    def test_pages_of_the_website_end_the_session_as_well(self):
        """They are served without a controller."""
        self.authenticate(self.ben.login, self.ben.login)
        self.assertTrue(self.url_open("/contactus").url.endswith("/contactus"))
        self.env["support.contract"].search([]).action_cancel()
        self.assertIn("/support/refused", self.url_open("/contactus").url)
        self.assertIn("/web/login", self.url_open("/my/account").url)

    def test_scope_support_leaves_the_rest_of_the_portal(self):
        self.company.support_scope = "support"
        self.login(self.clara)
        self.assertTrue(self.url_open("/my/account").url.endswith("/my/account"))
        for url in ("/my/tickets", "/support/ticket/new", "/my/ticket/1"):
            with self.subTest(url=url):
                self.assertIn("/support/refused", self.url_open(url).url)
        self.assertTrue(self.url_open("/my/account").url.endswith("/my/account"))
        start = self.url_open("/support")
        self.assertTrue(self.find(start, "//a[@href='/support/refused']"))
        self.assertFalse(self.find(start, "//a[@href='/my/tickets']"))

    def test_open_policy_lets_everybody_in(self):
        """With one setting, by the same door (A2)."""
        self.company.support_policy = "open"
        self.login(self.clara)
        self.assertIn("/my/tickets", self.url_open("/my/tickets").url)

    def test_the_page_for_refused_people_explains_to_anybody(self):
        """The possible reasons, without a login (A8)."""
        response = self.open_as(None, "/support/refused")
        self.assertEqual(response.status_code, 200)
        self.assertIsNone(self.text_of(response, "refusal_reason"))
        self.assertIn("support contract has expired", response.text)

    def test_start_page_offers_what_the_visitor_may_do(self):
        guest = self.open_as(None, "/support")
        self.assertTrue(self.find(guest, "//a[contains(@href, '/web/login')]"))
        self.assertFalse(self.find(guest, "//a[@href='/support/ticket/new']"))
        self._create_ticket(self.ben)
        page = self.open_as(self.ben, "/support")
        self.assertTrue(self.find(page, "//a[@href='/support/ticket/new']"))
        self.assertEqual(
            self.text_of(page, "support_code"), self.ben.partner_id.support_code
        )

    def test_gate_costs_one_query_a_request(self):
        self.authenticate(self.ben.login, self.ben.login)
        counts = []
        for policy in ("contract", "off"):
            if policy == "off":
                users = self.registry["res.users"]
                self.patch(users, "_is_support_gated", lambda user: False)
            self.url_open("/my/account")  # warm
            before = self.cr.sql_log_count
            self.url_open("/my/account")
            counts.append(self.cr.sql_log_count - before)
        with_gate, without_gate = counts
        self.assertLessEqual(with_gate - without_gate, 1)
