"""Websites with accounts of their own: one address, one login on each of them."""

from contextlib import suppress
from unittest.mock import patch

from odoo.exceptions import AccessDenied
from odoo.fields import Command
from odoo.tests import tagged

from ...exceptions import SupportLoginPaused
from ...tools.web import client
from ..common import SupportCase
from ..http_common import SupportHttpCase

ADDRESS = "nils@two.example"
HERE, THERE = "here", "there"


class WebsiteLogins:
    """Nils has a login on each of two websites; Anna one for both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.support_policy = "open"
        here = cls.env["website"].get_current_website()
        there = here.copy({"name": "There", "domain": "https://there.example"})
        (here + there).specific_user_account = True
        cls.websites = {HERE: here, THERE: there}
        cls.nils = {place: cls._create_nils(place) for place in (HERE, THERE)}
        cls.mails = cls.env["support.access.mail"]

    @classmethod
    def _create_nils(cls, place):
        users = cls.env["res.users"].with_context(no_reset_password=True)
        return users.create(
            {
                "name": "Nils",
                "login": ADDRESS,
                "email": ADDRESS,
                "website_id": cls.websites[place].id,
                "group_ids": [Command.set(cls.env.ref("base.group_portal").ids)],
            }
        )


@tagged("post_install", "-at_install")
class TestWebsiteLogins(WebsiteLogins, SupportCase):
    def on(self, place, model):
        """Return a model as a request on a website has it."""
        return self.env[model].with_context(website_id=self.websites[place].id)

    def answer(self, mail):
        """Have the cron answer a mail; return whose contact it was about."""
        mail = mail.with_context(website_id=False)
        mail._send()
        return mail.partner_id

    def request_reset(self, place, login=ADDRESS):
        before = self.mails.search([])
        self.on(place, "res.users").reset_password(login)
        return self.mails.search([]) - before

    def test_a_new_password_is_for_the_login_of_the_website(self):
        """The page promises a mail, and there is one (H8)."""
        for place in (HERE, THERE):
            mail = self.request_reset(place)
            self.assertEqual(self.answer(mail), self.nils[place].partner_id)
            self.assertEqual(mail.answer, "reset")
        self.assertIn("https://there.example/", mail._get_portal_button()["url"])

    def test_a_login_for_all_websites_is_found_on_each(self):
        for place in (HERE, THERE):
            mail = self.request_reset(place, self.anna.login)
            self.assertEqual(self.answer(mail), self.anna.partner_id)

    def test_a_login_of_another_website_is_none_here(self):
        self.nils[THERE].action_archive()
        mail = self.request_reset(THERE)
        self.assertFalse(self.answer(mail))
        self.assertFalse(mail.answer)

    def test_staff_send_the_way_to_the_login_of_the_contact(self):
        for user in self.nils.values():
            user.partner_id.with_user(self.agent).action_send_password_mail()
            mail = self.mails.search([("partner_id", "=", user.partner_id.id)])
            self.assertEqual(mail.answer, "reset")
            self.assertEqual(mail.website_id, user.website_id)

    def test_registering_on_the_second_website(self):
        """Who has a login on the first one gets another one."""
        values = {"name": "Nils", "email": ADDRESS, "privacy": "1"}
        self.nils[THERE].unlink()
        contacts = {}
        for place in (HERE, THERE):
            before = self.mails.search([])
            self.on(place, "support.access.mail")._request_registration(
                values, "192.0.2.1"
            )
            mail = self.mails.search([]) - before
            contacts[place] = self.answer(mail), mail.answer
        self.assertEqual(contacts[HERE], (self.nils[HERE].partner_id, "known"))
        contact, answer = contacts[THERE]
        self.assertEqual(answer, "activation")
        self.assertNotEqual(contact, self.nils[HERE].partner_id)
        self.assertEqual(contact.website_id, self.websites[THERE])

    def test_an_invitation_leads_to_the_website_of_the_contact(self):
        contact = self.env["res.partner"].create(
            {
                "name": "Olga",
                "email": "olga@two.example",
                "website_id": self.websites[THERE].id,
            }
        )
        contact.with_user(self.agent).action_send_support_invitation()
        mail = self.mails.search([("partner_id", "=", contact.id)])
        self.assertIn("https://there.example/", mail._get_portal_button()["url"])

    def test_a_ticket_is_of_the_person_of_the_website(self):
        for place in (HERE, THERE):
            tickets = self.on(place, "helpdesk.ticket")
            contact = tickets._find_contact_by_address(ADDRESS, is_new=True)
            self.assertEqual(contact, self.nils[place].partner_id)
        self.nils[THERE].action_archive()
        self.nils[THERE].partner_id.active = False
        contact = tickets._find_contact_by_address(ADDRESS, is_new=True)
        self.assertFalse(contact)
        # a mail comes to no website
        nowhere = self.env["helpdesk.ticket"]
        contact = nowhere._find_contact_by_address(ADDRESS, is_new=True)
        self.assertEqual(contact, self.nils[HERE].partner_id)

    def test_a_ticket_is_of_nobody_of_another_companys_website(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.nils[THERE].action_archive()
        self.nils[THERE].partner_id.active = False
        self.websites[HERE].company_id = other
        tickets = self.env["helpdesk.ticket"]
        self.assertFalse(tickets._find_contact_by_address(ADDRESS, is_new=True))

    # ---------------------------------------------------
    # Accounts elsewhere
    # ---------------------------------------------------

    def test_an_account_elsewhere_is_linked_on_the_website(self):
        validation = {"email": ADDRESS, "email_verified": True}
        for place in (HERE, THERE):
            owner = self.on(place, "res.users")._find_oauth_owner(validation)
            self.assertEqual(owner, self.nils[place])

    def test_an_account_elsewhere_opens_no_login_of_another_website(self):
        provider = self.env.ref("auth_oauth.provider_google")
        provider.write({"client_id": "ours", "enabled": True})
        user = self.nils[HERE]
        user.write({"oauth_provider_id": provider.id, "oauth_uid": "nils"})
        validation = {"user_id": "nils"}
        params = {"state": "{}", "access_token": "token"}

        def sign_in(place):
            users = self.on(place, "res.users")
            return users._auth_oauth_signin(provider.id, validation, params)

        self.assertEqual(sign_in(HERE), ADDRESS)
        with self.assertRaises(AccessDenied):
            sign_in(THERE)


@tagged("post_install", "-at_install")
class TestWebsiteLoginPages(WebsiteLogins, SupportHttpCase):
    def test_each_website_asks_for_its_own_password(self):
        """By the host of the request, from the link in the mail to the login (H8)."""
        passwords = {HERE: "eight green bicycles", THERE: "seven blue umbrellas"}
        for place, host in ((HERE, None), (THERE, "there.example")):
            self.logout_session()
            headers = {"headers": {"Host": host}} if host else {}
            page = self.url_open("/web/reset_password", **headers)
            values = {"login": ADDRESS}
            self.post("/web/reset_password", values, page=page, **headers)
            mail = self.mails.search([("state", "=", "pending")])
            self.assertEqual(mail.website_id, self.websites[place])
            mail._send()
            token = self.nils[place].partner_id._generate_signup_token(mail=mail)
            page = self.url_open("/support/password", **headers)
            page = self.post_link(page, f"token={token}", **headers)
            password = passwords[place]
            values = {
                "token": token,
                "login": ADDRESS,
                "name": "Nils",
                "password": password,
                "confirm_password": password,
            }
            self.post("/web/reset_password", values, page=page, **headers)
        for place, host in ((HERE, None), (THERE, "there.example")):
            headers = {"headers": {"Host": host}} if host else {}
            for other in (HERE, THERE):
                self.logout_session()
                page = self.url_open("/web/login", **headers)
                values = {"login": ADDRESS, "password": passwords[other]}
                answer = self.post("/web/login", values, page=page, **headers)
                with self.subTest(place=place, password=other):
                    is_inside = "/web/login" not in answer.url
                    self.assertEqual(is_inside, place == other)

    def test_being_right_on_one_website_gives_no_attempts_on_the_other(self):
        """Logins may be the same where people are not."""
        self.env["ir.config_parameter"].set_param("base.login_cooldown_after", 3)
        self.env["support.limit"].search([]).unlink()
        self.startPatcher(patch.object(client, "get", lambda: "203.0.113.1"))
        counts = self.env["support.login.count"]
        for _number in range(3):
            with counts._guard(ADDRESS, user=self.nils[HERE]):
                pass  # the right password
            # assertRaises would take the count back
            with suppress(AccessDenied), counts._guard(ADDRESS, user=self.nils[THERE]):
                raise AccessDenied()
        with self.assertRaises(SupportLoginPaused):
            with counts._guard(ADDRESS, user=self.nils[THERE]):
                pass
