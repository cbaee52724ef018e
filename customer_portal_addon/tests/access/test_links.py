"""Registration, invitation and reset over HTTP, as a browser does it."""

import re
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import config, mute_logger

from ..http_common import SupportHttpCase

REFUSAL = "Your e-mail address is not permitted to log in."
PASSWORD = "correct horse battery"


class LinkCase(SupportHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mails = cls.env["support.access.mail"]
        cls.contact = cls.env["res.partner"].create(
            {"name": "Nils", "email": "nils@adler.example", "parent_id": cls.adler.id}
        )

    def setUp(self):
        super().setUp()
        self.logout_session()

    def register(self, email="nils@adler.example", options=None, **values):
        page = self.url_open("/support/register")
        data = {"name": "Nora New", "email": email, "privacy": "1", **values}
        return self.post("/support/register", data, page=page, **(options or {}))

    def ask_for_reset(self, login):
        page = self.url_open("/web/reset_password")
        return self.post("/web/reset_password", {"login": login}, page=page)

    def get_link(self):
        """Send what waits; return the way that the last mail leads to.

        A cron sends it, which knows no Host header: it leads to our own address.
        """
        before = self.env["mail.mail"].search([])
        for mail in self.mails.search([("state", "=", "pending")], order="id"):
            mail._send()
        mail = self.env["mail.mail"].search([]) - before
        url = re.search(
            r'href="([^"]*(?:token=|/web/login|/refused)[^"]*)"', mail.body_html
        )
        self.assertTrue(url[1].startswith(self.contact.get_base_url()))
        return url[1].removeprefix(self.contact.get_base_url())

    def open_any(self, link):
        """Open a link of today or one of an older mail."""
        return self.open_link(link) if "#" in link else self.url_open(link)

    def old(self, link):
        """Return a link as older mails have it."""
        link = link.replace("/support/activate#", "/web/signup?")
        return link.replace("/support/password#", "/web/reset_password?")

    def choose_password(self, link, page=None, password=PASSWORD, **values):
        page = page or self.open_any(link)
        token = re.search(r"token=([\w.-]+)", link)[1]
        data = {
            "token": token,
            "password": password,
            "confirm_password": password,
            **values,
        }
        return self.post(self.old(link).partition("?")[0], data, page=page)

    def is_logged_in(self):
        return "/web/login" not in self.url_open("/my/tickets").url


@tagged("post_install", "-at_install")
class TestRegistrationPage(LinkCase):
    def test_same_page_for_everybody(self):
        pages = set()
        for email in (self.ben.login, self.clara.login, "nobody@nowhere.example"):
            response = self.register(email)
            self.assertTrue(response.url.endswith("/support/register?sent=1"))
            text = response.text.replace(self.get_token(response), "")
            pages.add(
                (response.status_code, self.text_of(response, "registration_sent"))
            )
            self.assertNotIn(email, text)
        self.assertEqual(len(pages), 1)

    def test_errors_beside_the_field_and_nothing_lost(self):
        response = self.register("no address", name="<b>Nora</b>", privacy="")
        self.assertEqual(response.status_code, 422)
        wrong = self.find(response, "//*[contains(@class, 'is-invalid')]/@name")
        self.assertEqual(wrong, ["name", "email", "privacy"])
        values = self.find(response, "//form//input[@type='text']/@value")
        self.assertIn("<b>Nora</b>", values)
        self.assertNotIn("<b>Nora</b>", response.text)
        self.assertFalse(self.mails.search([]))

    def test_from_the_form_into_the_portal(self):
        """From the form by the mail to a password, and logged in (A4)."""
        response = self.register(notifications="1")
        link = self.get_link()
        page = self.open_link(link)
        self.assertIn("nils@adler.example", page.text)
        self.assertFalse(self.find(page, "//form//input[@name='login']"))
        response = self.choose_password(
            link, page=page, login="other@x.example", name="Other", email="x@x.example"
        )
        self.assertTrue(response.url.endswith("/support?activated=1"))
        self.assertTrue(self.text_of(response, "activated"))
        user = self.contact.user_ids
        self.assertEqual((user.login, user.name), ("nils@adler.example", "Nils"))
        self.assertTrue(self.is_logged_in())
        self.assertTrue(self.contact.support_consent_ids)
        self.logout_session()
        self.login(user, password=PASSWORD)
        self.assertTrue(self.is_logged_in())

    def test_extra_values_are_ignored(self):
        self.register(
            "zoe@nowhere.example",
            partner_id=str(self.ben.partner_id.id),
            state="used",
            kind="reset",
            customer_id=str(self.adler.id),
            company_id="99",
        )
        record = self.mails.search([])
        self.assertEqual((record.kind, record.state), ("registration", "pending"))
        self.assertFalse(record.partner_id | record.customer_id)
        self.assertEqual(record.company_id, self.company)

    @mute_logger("odoo.http")
    def test_no_token_no_registration(self):
        self.url_open("/support/register")
        for token in ("", "0" * 40):
            data = {"csrf_token": token, "name": "N", "email": "n@x.example"}
            response = self.url_open("/support/register", data=data)
            self.assertEqual(response.status_code, 400)
        self.assertFalse(self.mails.search([]))

    def test_can_be_switched_off(self):
        self.assertIn("/support/register", self.url_open("/support").text)
        self.assertIn("/support/register", self.url_open("/web/login").text)
        self.company.support_registration = False
        self.assertEqual(self.url_open("/support/register").status_code, 404)
        self.assertNotIn("/support/register", self.url_open("/support").text)
        self.assertNotIn("/support/register", self.url_open("/web/login").text)

    def test_odoos_own_registration_gives_way(self):
        self.env["website"].search([]).auth_signup_uninvited = "b2c"
        for query in ("", "?signup_email=ben@adler.example"):
            response = self.url_open(f"/web/signup{query}")
            self.assertTrue(response.url.endswith("/support/register"))
        login = self.url_open("/web/reset_password?signup_email=ben@adler.example")
        self.assertIn("/web/reset_password", login.url)

    def test_forged_address_of_the_visitor_changes_nothing(self):
        keys = set()
        for number in range(3):
            forged = {"X-Forwarded-For": f"198.51.100.{number}"}
            forged["X-Forwarded-Host"] = "evil.example"
            with patch.dict(config.options, proxy_mode=False):
                self.register(f"n{number}@x.example", options={"headers": forged})
        keys = set(self.mails.search([]).mapped("source_key"))
        get_key = self.env["support.limit"]._get_network_key
        self.assertEqual(keys, {get_key("127.0.0.1")})
        with patch.dict(config.options, proxy_mode=True):
            self.register("n9@x.example", options={"headers": forged})
        latest = self.mails.search([], limit=1)
        self.assertEqual(latest.source_key, get_key("198.51.100.2"))


@tagged("post_install", "-at_install")
class TestLinkPages(LinkCase):
    def assert_dead(self, link):
        for way in (link, self.old(link)):
            self.assert_way_dead(way)

    def assert_way_dead(self, link):
        response = self.open_any(link)
        self.assertEqual(response.status_code, 200)
        self.assertTrue(self.text_of(response, "invalid_link"), link)
        self.assertFalse(self.find(response, "//input[@type='password']"))
        page = self.url_open("/web/login")
        response = self.choose_password(link, page=page)
        self.assertTrue(self.text_of(response, "invalid_link"), link)
        self.assertFalse(self.is_logged_in())

    def test_invitation(self):
        """From the mail of the first ticket to the confirmation (A7)."""
        self._create_ticket(self.ben, partner_id=self.contact.id)
        link = self.get_link()
        self.assertTrue(link.startswith("/support/activate#token="))
        response = self.choose_password(link, confirm_password="something else")
        self.assertEqual(response.status_code, 422)
        self.assertTrue(self.find(response, "//*[@role='alert']"))
        self.assertFalse(self.contact.user_ids)
        response = self.choose_password(link)
        self.assertTrue(self.text_of(response, "activated"))
        self.assertIn(self.contact.support_code, response.text)
        self.logout_session()
        self.assert_dead(link)

    def test_reset(self):
        """From the mail to a new password that works (A6)."""
        self.ask_for_reset(self.ben.login)
        link = self.get_link()
        self.assertTrue(link.startswith("/support/password#token="))
        self.assertIn(self.ben.login, self.open_link(link).text)
        self.choose_password(link)
        self.assertIn(
            "/support", self.login(self.ben, password=PASSWORD).url + "/support"
        )
        self.assertTrue(self.is_logged_in())
        self.logout_session()
        self.assert_dead(link)

    def test_cut_and_mixed_up_links(self):
        self.register()
        activation = self.get_link()
        self.ask_for_reset(self.ben.login)
        reset = self.get_link()
        self.assert_dead(activation[:-3])
        self.assert_dead(reset[:-3])
        self.assert_dead(activation.rpartition(".")[0])
        self.assert_dead(activation.rpartition(".")[0] + "." + reset.rpartition(".")[2])
        self.assert_dead(f"{activation}x")

    def test_links_of_older_mails(self):
        self.register()
        activation = self.old(self.get_link())
        self.ask_for_reset(self.ben.login)
        reset = self.old(self.get_link())
        self.assertIn("?token=", activation + reset)
        self.assertTrue(self.text_of(self.choose_password(activation), "activated"))
        self.logout_session()
        self.choose_password(reset)
        self.login(self.ben, password=PASSWORD)
        self.assertTrue(self.is_logged_in())

    def test_opening_says_and_changes_nothing(self):
        self.register()
        link = self.get_link()
        before = self.contact.write_date
        place = link.partition("#")[0]
        for method in ("GET", "HEAD"):
            page = self.url_open(place, method=method)
            self.assertEqual(page.status_code, 200)
            self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
            self.assertIn("no-store", page.headers["Cache-Control"])
            self.assertIn("noindex", page.headers["X-Robots-Tag"])
        page = self.url_open(place)
        self.assertNotIn("nils@adler.example", page.text)
        self.assertTrue(self.find(page, "//noscript[contains(., 'JavaScript')]"))
        shown = self.open_link(link)
        self.assertTrue(self.find(shown, "//input[@type='password']"))
        self.assertIn("no-store", shown.headers["Cache-Control"])
        self.env.invalidate_all()
        self.assertFalse(self.contact.user_ids)
        self.assertEqual(self.contact.write_date, before)

    def test_without_a_token(self):
        for place in ("/support/activate", "/support/password"):
            page = self.open_link(f"{place}#token=")
            self.assertTrue(self.text_of(page, "invalid_link"), place)
            self.assertFalse(self.find(page, "//main//input[@name='login']"))

    @mute_logger("odoo.http")
    def test_forged_requests_show_nothing(self):
        self.register()
        place, _hash, token = self.get_link().partition("#token=")
        response = self.url_open(place, data={"token": token, "action": "show"})
        self.assertEqual(response.status_code, 400)

    def test_no_log_has_the_token(self):
        self.register()
        activation = self.get_link()
        self.ask_for_reset(self.ben.login)
        reset = self.get_link()
        with self.assertLogs(level="DEBUG") as logs:
            self.choose_password(activation)
            self.logout_session()
            self.choose_password(reset)
        output = "".join(logs.output)
        for link in (activation, reset):
            place, _hash, token = link.partition("#token=")
            self.assertIn(f"POST {place} ", output)
            self.assertNotIn(token, output)

    def test_refused_meanwhile(self):
        self.register()
        activation = self.get_link()
        self.ask_for_reset(self.ben.login)
        reset = self.get_link()
        self.adler.support_contract_ids.action_cancel()
        for link in (activation, reset):
            response = self.choose_password(link)
            self.assertIn(REFUSAL, response.text)
            self.assertFalse(self.is_logged_in())
        self.assertFalse(self.contact.user_ids)

    def test_staff_use_odoos_page(self):
        staff = self.agent
        staff.partner_id.signup_prepare("signup")
        token = staff.partner_id._generate_signup_token()
        page = self.url_open(f"/web/signup?token={token}&login={self.ben.login}")
        self.assertTrue(self.find(page, "//input[@name='name']"))
        page = self.open_link(f"/support/activate#token={token}")
        [form] = self.find(page, "//form[.//input[@name='name']]")
        self.assertEqual(form.get("action"), "/web/signup")
        self.assertEqual(form.fields["token"], token)

    def test_posted_login_makes_nobody_staff(self):
        self.register()
        link = self.get_link()
        response = self.choose_password(link, login=self.agent.login)
        self.assertTrue(response.url.endswith("/support?activated=1"))
        self.assertTrue(self.contact.user_ids._is_portal())


@tagged("post_install", "-at_install")
class TestNotificationList(LinkCase):
    def test_odoos_unsubscribe_link_ends_access(self):
        """The page says why and whom to ask; staff add the person again (A3)."""
        self.company.support_list_required = True
        ben = self.ben.partner_id
        ben._subscribe_to_support_list(self.company)
        subscriber = self.env["mailing.contact"].search(
            [("email_normalized", "=", ben.email_normalized)]
        )
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "mailing_model_id": self.env.ref("mass_mailing.model_mailing_list").id,
                "contact_list_ids": self.company.support_mailing_list_id.ids,
            }
        )
        self.authenticate(self.ben.login, self.ben.login)
        self.assertTrue(self.is_logged_in())
        token = mailing._generate_mailing_recipient_token(subscriber.id, ben.email)
        self.logout_session()
        self.url_open(
            f"/mailing/{mailing.id}/unsubscribe?document_id={subscriber.id}"
            f"&email={ben.email}&hash_token={token}"
        )
        self.assertFalse(ben.support_is_subscribed)
        response = self.login(self.ben)
        self.assertIn(REFUSAL, response.text)
        page = self.url_open("/support/refused")
        self.assertIn("not subscribed to the support notification list", page.text)
        self.assertIn("support@vendor.example", page.text)
        ben.with_user(self.agent).action_subscribe_to_support_list()
        self.login(self.ben)
        self.assertTrue(self.is_logged_in())

    def test_session_ends_with_the_subscription(self):
        self.company.support_list_required = True
        self.ben.partner_id._subscribe_to_support_list(self.company)
        self.authenticate(self.ben.login, self.ben.login)
        self.assertTrue(self.is_logged_in())
        self.company.support_mailing_list_id._update_subscription_from_email(
            self.ben.login, opt_out=True
        )
        response = self.url_open("/my/tickets")
        self.assertTrue(response.url.endswith("/support/refused"))
        self.assertIn("not subscribed", self.text_of(response, "refusal_reason") or "")

    def test_who_registers_with_the_checkbox_gets_in(self):
        self.company.support_list_required = True
        self.register()
        self.assertIn("/support/refused", self.get_link())
        self.register(notifications="1")
        self.choose_password(self.get_link())
        self.assertTrue(self.is_logged_in())

    def test_who_has_unsubscribed_asks_our_team(self):
        self.company.support_list_required = True
        self.contact._subscribe_to_support_list(self.company)
        self.company.support_mailing_list_id._update_subscription_from_email(
            self.contact.email, opt_out=True
        )
        self.register(notifications="1")
        self.assertIn("/support/refused", self.get_link())

    def test_address_cannot_be_changed_in_the_portal(self):
        """Else a subscription, and tickets by mail, could be somebody else's."""
        self.authenticate(self.ben.login, self.ben.login)
        page = self.url_open("/my/account")
        self.assertTrue(self.find(page, "//input[@name='email' and @readonly]"))
        data = {
            "partner_id": str(self.ben.partner_id.id),
            "name": "Ben",
            "email": self.emil.login,
            "phone": "1",
            "street": "S",
            "city": "C",
            "zip": "1",
            "country_id": str(self.env.ref("base.de").id),
            "address_type": "billing",
        }
        answer = self.post("/my/address/submit", data, page=page).json()
        self.assertEqual(answer["invalid_fields"], ["email"])
        self.assertIn("your way to log in", answer["messages"][0])
        self.assertEqual(self.ben.partner_id.email, self.ben.login)
        data["email"] = self.ben.login
        answer = self.post("/my/address/submit", data, page=page).json()
        self.assertEqual(answer, {"redirectUrl": "/my/addresses"})
        self.assertEqual(self.ben.partner_id.street, "S")
