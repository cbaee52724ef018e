"""The notification list, for people without a login: they confirm their address."""

import re
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import hash_sign, mute_logger

from .public_common import PublicFormCase

ADDRESS = "new@stranger.example"


@tagged("post_install", "-at_install")
class TestPublicNotifications(PublicFormCase):
    def ask(self, **values):
        """File a ticket with the box ticked; return the address in the mail."""
        ticket = self.file(notifications="1", **values)
        self.welcome()
        texts = " ".join(map(self.text_of_mail, self.mails_to(ADDRESS)))
        urls = re.findall(r"/support/notifications#token=[\w-]+", texts)
        self.assertEqual(len(set(urls)), 1, texts)
        return ticket, urls[0]

    def confirm(self, url):
        page = self.open_link(url)
        [token] = self.find(page, "//main//input[@name='token']/@value")
        return self.post("/support/notifications", {"token": token}, page=page)

    def is_subscribed(self, ticket):
        self.env.invalidate_all()
        return ticket.partner_id.support_is_subscribed

    def consents(self, purpose="notifications"):
        domain = [("email", "=", ADDRESS), ("purpose", "=", purpose)]
        return self.env["support.consent"].search(domain)

    def test_only_the_button_behind_the_link_subscribes(self):
        """A stranger confirms the address first (C10)."""
        ticket, url = self.ask()
        self.assertTrue(ticket.wants_notifications)
        self.assertFalse(self.is_subscribed(ticket))
        opener = self.url_open(url.partition("#")[0])
        self.assertTrue(self.text_of(opener, "link_opener"))
        for page in (opener, self.url_open(url.replace("#", "?")), self.open_link(url)):
            self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
            self.assertIn("no-store", page.headers["Cache-Control"])
        self.assertTrue(self.find(page, "//*[@data-id='notifications_ask']"))
        self.assertFalse(self.is_subscribed(ticket), "mail scanners open links")
        self.assertFalse(self.consents())
        for _time in range(2):
            done = self.confirm(url)
            self.assertTrue(self.find(done, "//*[@data-id='notifications_done']"))
        self.assertTrue(self.is_subscribed(ticket))
        consent = self.consents()
        self.assertEqual(len(consent), 1)
        self.assertTrue(consent.confirmed_at)
        self.assertEqual(consent.partner_id, ticket.partner_id)

    def test_nobody_is_asked_who_did_not_want_it(self):
        ticket = self.file()
        self.welcome()
        self.assertFalse(ticket.wants_notifications)
        self.assertEqual(len(self.mails_to(ADDRESS)), 1, "the confirmation only")

    def test_nobody_is_asked_who_is_on_the_list(self):
        ticket, url = self.ask()
        self.confirm(url)
        self.file(notifications="1")
        before = len(self.mails_to(ADDRESS))
        self.welcome()
        self.assertEqual(len(self.mails_to(ADDRESS)), before + 1)

    def test_without_a_list_there_is_no_box(self):
        self.assertTrue(self.find(self.open_form(), "//input[@name='notifications']"))
        self.company.support_mailing_list_id = False
        self.assertFalse(self.find(self.open_form(), "//input[@name='notifications']"))
        self.assertFalse(self.file(notifications="1").wants_notifications)

    def test_the_mail_has_no_words_of_the_sender(self):
        self.ask(subject="CANARY-SUBJECT", name="Canary Name", company="CANARY-COMPANY")
        for mail in self.mails_to(ADDRESS):
            self.assertNotIn("canary", self.text_of_mail(mail).lower())
            self.assertNotIn("canary", str(mail["subject"]).lower())

    def assertBroken(self, token):
        pages = [self.open_link(f"/support/notifications#token={token}")]
        if token:
            pages.append(self.url_open(f"/support/notifications?token={token}"))
        for page in pages:
            self.assertEqual(page.status_code, 404)
            self.assertTrue(self.find(page, "//*[@data-id='notifications_broken']"))
        response = self.post("/support/notifications", {"token": token}, page=page)
        self.assertEqual(response.status_code, 404)

    def test_links_that_do_not_work(self):
        ticket, url = self.ask()
        token = url.partition("token=")[2]
        other = hash_sign(
            self.env(su=True),
            "support-ticket-close",
            [ticket.id, ticket.partner_id.id, ADDRESS],
        )
        for broken in ("", "x", token[:-3], other):
            with self.subTest(token=broken):
                self.assertBroken(broken)
        ticket.partner_id.email = "moved@stranger.example"
        self.assertBroken(token)
        self.assertFalse(self.is_subscribed(ticket))

    def test_no_log_has_the_token(self):
        ticket, url = self.ask()
        with self.assertLogs(level="DEBUG") as logs:
            self.confirm(url)
        self.assertTrue(self.is_subscribed(ticket))
        output = "".join(logs.output)
        self.assertIn("POST /support/notifications ", output)
        self.assertNotIn(url.partition("token=")[2], output)

    def test_links_end_after_seven_days(self):
        tickets = self.env["helpdesk.ticket"]
        _ticket, url = self.ask()
        token = url.partition("token=")[2]
        self.assertTrue(tickets._read_notification_link(token))
        with freeze_time(datetime.now() + timedelta(days=7, minutes=1)):
            self.assertFalse(tickets._read_notification_link(token))
            self.assertFalse(tickets._subscribe_by_link(token))

    @mute_logger("odoo.http")
    def test_posting_needs_a_token_against_forged_requests(self):
        ticket, url = self.ask()
        token = url.partition("token=")[2]
        response = self.url_open("/support/notifications", data={"token": token})
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self.is_subscribed(ticket))
