"""Logging in by an account elsewhere: whose it is, and what is said if nobody's."""

import json
import re
from urllib.parse import parse_qs, urlencode, urlsplit

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..doors.door_common import DoorCase
from .oauth_server import OAuthBrowser

REFUSAL = "Your e-mail address is not permitted to log in."
FAILED = "Logging in this way did not work."


@tagged("post_install", "-at_install")
class TestOAuth(OAuthBrowser, DoorCase):
    def setUp(self):
        super().setUp()
        self.oauth_server.audience = self.provider.client_id
        self.logout_session()
        mute = mute_logger(
            "odoo.addons.auth_oauth.controllers.main",
            "odoo.addons.customer_portal_addon.models.access.auth_oauth_provider",
        )
        self.enterContext(mute)

    def alert_of(self, response):
        [alert] = self.find(response, "//p[@role='alert']")
        return " ".join(alert.text_content().split())

    def assertFailed(self, response):
        """The neutral answer, the same for everybody, and nobody is logged in."""
        self.assertIn(FAILED, self.alert_of(response))
        self.assertIn("support@vendor.example", self.alert_of(response))
        self.assertNotIn("/support/refused", response.text)
        self.assertFalse(self.is_inside())

    def link(self, user, uid):
        user.write({"oauth_provider_id": self.provider.id, "oauth_uid": uid})

    # ---------------------------------------------------
    # Whose account it is
    # ---------------------------------------------------

    def test_linked_user_gets_in_whatever_the_address(self):
        """An account elsewhere opens the portal (A5)."""
        self.link(self.ben, "ben")
        page = self.oauth_login(sub="ben", email=self.emil.login, email_verified=True)
        self.assertTrue(page.url.endswith("/my"))
        self.assertTrue(self.is_inside())
        self.assertEqual(self.emil.oauth_uid, False)

    def test_verified_address_links_and_stays_linked(self):
        for verified in (True, "true"):
            with self.subTest(verified=verified), self.undone():
                email = self.ben.login.upper()
                self.oauth_login(sub="new", email=email, email_verified=verified)
                self.assertTrue(self.is_inside())
                self.assertEqual(self.ben.oauth_uid, "new")
                self.assertEqual(self.ben.oauth_provider_id, self.provider)
                self.logout_session()
                self.oauth_login(sub="new")
                self.assertTrue(self.is_inside())

    def test_an_address_that_is_not_verified_links_nobody(self):
        for verified in (None, False, "false", "", 1, "yes", {"true": True}):
            with self.subTest(verified=verified), self.undone():
                response = self.oauth_login(
                    sub="new", email=self.ben.login, email_verified=verified
                )
                self.assertFailed(response)
                self.assertFalse(self.ben.oauth_uid)

    def test_patterns_and_lookalikes_are_nobodys_address(self):
        kay = self._create_contact(self.adler, "kay")
        local, _at, domain = self.ben.login.partition("@")
        kelvin = "\u212aay@adler.example"  # in small letters the k of kay
        for email in ("%", f"b_n@{domain}", f"{local}@%", "\\", kelvin):
            with self.subTest(email=email), self.undone():
                self.assertFailed(
                    self.oauth_login(sub="new", email=email, email_verified=True)
                )
                self.assertFalse((self.ben + kay).filtered("oauth_uid"))

    def test_who_is_linked_stays_linked(self):
        self.link(self.ben, "ben")
        response = self.oauth_login(
            sub="other", email=self.ben.login, email_verified=True
        )
        self.assertFailed(response)
        self.assertEqual(self.ben.oauth_uid, "ben")

    def test_staff_and_archived_users_are_not_linked_by_an_address(self):
        self.agent.login = "agent@vendor.example"
        self.gesa.action_archive()
        for user in (self.agent, self.gesa):
            with self.subTest(user=user.login), self.undone():
                response = self.oauth_login(
                    sub="new", email=user.login, email_verified=True
                )
                self.assertFailed(response)
                self.assertFalse(user.oauth_uid)

    def test_staff_who_are_linked_get_in(self):
        self.link(self.agent, "agent")
        self.oauth_login(sub="agent")
        self.assertTrue(self.is_inside())

    def test_nobody_gets_an_account_whoever_may_sign_up(self):
        users = self.env["res.users"].with_context(active_test=False)
        before = users.search_count([])
        for scope in ("b2b", "b2c"):
            parameters = self.env["ir.config_parameter"].sudo()
            parameters.set_param("auth_signup.invitation_scope", scope)
            with self.subTest(scope=scope):
                response = self.oauth_login(
                    sub="new", email="nobody@nowhere.example", email_verified=True
                )
                self.assertFailed(response)
                self.assertEqual(users.search_count([]), before)

    # ---------------------------------------------------
    # Invitations
    # ---------------------------------------------------

    def test_invitation_makes_the_login_of_who_was_invited(self):
        self.nora.signup_prepare(signup_type="signup")
        token = self.nora._generate_signup_token()
        self.oauth_login(
            f"/web/login?token={token}", sub="nora", email="else@where.example"
        )
        self.assertTrue(self.is_inside())
        self.assertEqual(self.nora.user_ids.login, "nora@adler.example")
        self.assertEqual(self.nora.email, "nora@adler.example")
        self.assertEqual(self.nora.user_ids.oauth_uid, "nora")

    def test_reset_mail_links_whoever_has_a_login_staff_too(self):
        for user in (self.ben, self.agent):
            with self.subTest(user=user.login), self.undone():
                partner = user.partner_id
                address = partner.email
                partner.signup_prepare(signup_type="reset")
                token = partner._generate_signup_token()
                self.oauth_login(
                    f"/web/login?token={token}", sub="x", email="else@where.example"
                )
                self.assertTrue(self.is_inside())
                self.assertEqual(user.oauth_uid, "x")
                self.assertEqual(partner.email, address)

    def test_wrong_invitation(self):
        response = self.oauth_login(
            "/web/login?token=wrong",
            sub="new",
            email=self.ben.login,
            email_verified=True,
        )
        self.assertFailed(response)
        self.assertFalse(self.ben.oauth_uid)

    # ---------------------------------------------------
    # For whom the token was made
    # ---------------------------------------------------

    def test_token_of_another_website(self):
        self.link(self.ben, "ben")
        for audience in ("other-client", None, ["other-client"]):
            with self.subTest(audience=audience):
                self.oauth_server.audience = audience
                self.assertFailed(self.oauth_login(sub="ben"))
        for audience in (self.provider.client_id, ["x", self.provider.client_id]):
            with self.subTest(audience=audience), self.undone():
                self.oauth_server.audience = audience
                self.oauth_login(sub="ben")
                self.assertTrue(self.is_inside())

    def test_provider_that_says_unasked_for_whom_it_is(self):
        self.provider.audience_endpoint = False
        self.link(self.ben, "ben")
        self.assertFailed(self.oauth_login(sub="ben", aud="other-client"))
        self.assertFailed(self.oauth_login(sub="ben", audience="other-client"))
        self.oauth_server.asked.clear()
        self.oauth_login(sub="ben", aud=self.provider.client_id)
        self.assertTrue(self.is_inside())
        self.assertNotIn("/tokeninfo", self.oauth_server.asked)

    def test_provider_that_is_not_offered(self):
        self.link(self.ben, "ben")
        back = self.come_back()
        self.provider.enabled = False
        self.assertFailed(self.url_open(back))

    def test_token_that_the_provider_does_not_know(self):
        self.link(self.ben, "ben")
        back = self.come_back()
        for token in ("wrong", ""):
            wrong = re.sub("access_token=[^&]*", f"access_token={token}", back)
            self.assertNotEqual(wrong, back)
            self.assertFailed(self.url_open(wrong))

    def test_way_back_of_somebody_else(self):
        """Nobody is lured into another one's account."""
        self.link(self.ben, "ben")
        self.oauth_server.account = {"sub": "ben"}
        back = self.come_back()
        self.logout_session()
        self.assertFailed(self.url_open(back))
        self.logout_session()
        back = self.come_back()
        self.assertTrue(self.url_open(back).url.endswith("/my"))

    def test_way_back_that_makes_no_sense(self):
        """Also one that asks for archived users."""
        self.link(self.ben, "ben")
        back = urlsplit(self.come_back())
        [state] = parse_qs(back.query)["state"]
        context = {**json.loads(state), "c": {"active_test": False}}
        strange = json.dumps({**json.loads(state), "s": "\ud800"})
        for wrong in ("", "no json", "[]", "{}", strange, json.dumps(context)):
            query = urlencode({"access_token": "token1", "state": wrong})
            with self.subTest(state=wrong):
                self.assertFailed(self.url_open(f"/auth_oauth/signin?{query}"))
        self.assertFailed(self.url_open("/auth_oauth/signin?error=cancelled"))

    def test_answers_of_providers(self):
        client = self.provider.client_id
        right = ({"aud": client}, {"audience": client}, {"azp": client}, {"id": client})
        for answer in right:
            self.provider._check_audience(answer)

    # ---------------------------------------------------
    # What is said
    # ---------------------------------------------------

    def test_refusal_is_said_like_after_a_password_and_once(self):
        """The gate is asked at this door, too (A5)."""
        self.link(self.clara, "clara")
        response = self.oauth_login(sub="clara")
        by_password = self.login(self.clara)
        self.assertIn(REFUSAL, self.alert_of(response))
        self.assertEqual(self.alert_of(response), self.alert_of(by_password))
        self.assertTrue(self.find(response, "//a[@href='/support/refused']"))
        self.assertFalse(self.is_inside())

    def test_refusal_is_never_stale(self):
        self.link(self.clara, "clara")
        shown = self.oauth_login(sub="clara")
        self.assertFailed(self.url_open(shown.url))  # the page again
        for url in ("/web/login", "/web/login?oauth_error=2"):
            with self.subTest(url=url):
                # the browser stops before it shows the refusal
                back = self.come_back()
                self.url_open(back, allow_redirects=False)
                self.assertNotIn(REFUSAL, self.url_open(url).text)
                self.assertFailed(self.url_open("/web/login?oauth_error=3"))

    def test_the_same_for_everybody_else(self):
        """Unknown, known but not verified, linked elsewhere, of another provider."""
        self.link(self.emil, "emil")
        alerts = set()
        for email in ("nobody@nowhere.example", self.ben.login, self.emil.login):
            response = self.oauth_login(sub="new", email=email, email_verified=False)
            alerts.add(self.alert_of(response))
        for error in "123":
            response = self.url_open(f"/web/login?oauth_error={error}")
            alerts.add(self.alert_of(response))
        self.assertEqual(len(alerts), 1, alerts)

    # ---------------------------------------------------
    # Set-up
    # ---------------------------------------------------

    def test_providers_that_odoo_brings(self):
        """Google and Facebook are ready to be switched on (A5)."""
        for name, url in {
            "google": "https://oauth2.googleapis.com/tokeninfo",
            "facebook": "https://graph.facebook.com/app",
        }.items():
            provider = self.env.ref(f"auth_oauth.provider_{name}")
            self.assertEqual(provider.audience_endpoint, url)
            self.assertFalse(provider.enabled)
        self.assertFalse(self.env.ref("auth_oauth.provider_openerp").enabled)
        page = self.url_open("/web/login")
        self.assertIn("Log in with Test", page.text)
        self.assertNotIn("Odoo.com", page.text)

    def test_provider_without_client_id_is_not_offered(self):
        google = self.env.ref("auth_oauth.provider_google")
        with self.assertRaises(ValidationError):
            google.enabled = True
        google.write({"client_id": "ours", "enabled": True})
