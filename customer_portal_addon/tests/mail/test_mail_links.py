import re
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged
from odoo.tools import hash_sign, mute_logger

from ..common import NOON, SupportCase
from ..http_common import SupportHttpCase
from .outgoing_common import MailTools


def later(**kw):
    return freeze_time(datetime.fromisoformat(NOON) + timedelta(**kw))


class LinkTools:
    def make_solved(self, user=None):
        ticket = self._create_ticket(user or self.ben, name="Printer")
        ticket.message_subscribe(self.gesa.partner_id.ids)
        ticket._move_to("solved")
        self.env.flush_all()
        return ticket

    def token(self, ticket, user=None):
        url = ticket._get_close_url((user or self.ben).partner_id)
        return parse_qs(urlsplit(url).fragment)["token"][0]


@tagged("post_install", "-at_install")
class TestTokens(LinkTools, SupportCase):
    """What a link is good for, for whom, and for how long."""

    def setUp(self):
        super().setUp()
        self.ticket = self.make_solved()

    def state(self, token, ticket=None):
        public = self.env.ref("base.public_user")
        page = (ticket or self.ticket).with_user(public)._read_link(token)
        return page and page["state"]

    def test_genuine(self):
        token = self.token(self.ticket)
        self.assertEqual(self.state(token), "solved")
        page = self.ticket._read_link(token)
        self.assertEqual(set(page), {"number", "name", "state"})

    def test_no_tokens(self):
        genuine = self.token(self.ticket)
        partner, moment = self.ben.partner_id, self.ticket._get_link_moment()
        foreign = [
            hash_sign(self.env, scope, [self.ticket.id, partner.id, moment])
            for scope in ("other", "support-ticket", "support-ticket-undo-close")
        ]
        flipped = "A" if genuine[60] != "A" else "B"
        for token in (
            None,
            "",
            "x",
            "\x00",
            "ä€",
            "AQ",
            "A" * 200,
            "A" * 5000,
            genuine[:-3],
            genuine[:60] + flipped + genuine[61:],
            self.ticket._portal_ensure_token(),
            *foreign,
        ):
            with self.subTest(token=token):
                self.assertIsNone(self.state(token))
                self.assertIsNone(self.ticket._close_by_link(token))
                self.assertFalse(self.ticket._undo_close_by_link(token))
        self.assertEqual(self.ticket.portal_role, "solved")

    def test_of_other_tickets(self):
        other = self.make_solved()
        token = self.token(other)
        self.assertIsNone(self.state(token))
        self.assertIsNone(self.ticket._close_by_link(token))
        self.assertFalse(other.closed)
        gone = other.browse(2**40)
        self.assertIsNone(self.state(token, gone))

    def test_one_purpose_each(self):
        close = self.token(self.ticket)
        self.assertFalse(self.ticket._undo_close_by_link(close))
        undo = self.ticket._get_link_token("undo", self.ben.partner_id)
        self.assertIsNone(self.ticket._close_by_link(undo))
        self.assertIsNone(self.state(undo))
        self.assertEqual(self.ticket.portal_role, "solved")

    def test_expires(self):
        token = self.token(self.ticket)
        with later(days=29, hours=23):
            self.assertEqual(self.state(token), "solved")
        with later(days=30, minutes=1):
            self.assertIsNone(self.state(token))
            self.assertIsNone(self.ticket._close_by_link(token))
        self.assertFalse(self.ticket.closed)

    def test_personal(self):
        of_gesa = self.token(self.ticket, self.gesa)
        self.ticket.message_unsubscribe(self.gesa.partner_id.ids)
        self.assertIsNone(self.state(of_gesa))
        self.assertIsNone(self.ticket._close_by_link(of_gesa, "Still here"))
        self.assertFalse(self.ticket.closed)
        of_ben = self.token(self.ticket)
        self.ticket.partner_id = self.anna.partner_id
        self.ticket.message_unsubscribe(self.ben.partner_id.ids)
        self.assertIsNone(self.state(of_ben))

    def test_archived_and_deleted(self):
        token = self.token(self.ticket)
        self.ticket.active = False
        self.assertIsNone(self.state(token))
        self.ticket.unlink()
        self.assertIsNone(self.state(token))

    def test_dies_when_the_ticket_moves_on(self):
        token = self.token(self.ticket)
        with later(hours=1):
            self.ticket._move_to("waiting_on_us")
            self.assertEqual(self.state(token), "open")
            self.assertIsNone(self.ticket._close_by_link(token))
        with later(hours=2):
            self.ticket._move_to("solved")  # with a mail, and a link, of its own
            self.assertIsNone(self.state(token))
            self.assertIsNone(self.ticket._close_by_link(token))
            self.assertEqual(self.ticket.portal_role, "solved")
            self.assertEqual(self.state(self.token(self.ticket)), "solved")

    def test_closes_once(self):
        token = self.token(self.ticket)
        self.assertTrue(self.ticket._close_by_link(token, "Thanks"))
        self.assertTrue(self.ticket.closed)
        self.assertEqual(self.state(token), "closed")
        self.assertIsNone(self.ticket._close_by_link(token, "Thanks"))
        message = self.ticket._get_conversation()
        self.assertEqual(message.author_id, self.ben.partner_id)
        self.assertIn("Thanks", message.body)
        notes = self.ticket.message_ids.filtered("is_internal")
        [note] = notes.filtered(lambda note: "button of the e-mail" in note.body)
        self.assertEqual(note.author_id, self.ben.partner_id)

    def test_undo(self):
        undo = self.ticket._close_by_link(self.token(self.ticket))
        with later(minutes=59):
            self.assertEqual(self.state(undo), "undoable")
            self.assertTrue(self.ticket._undo_close_by_link(undo))
            self.assertEqual(self.ticket.portal_role, "waiting_on_us")
            self.assertEqual(self.state(undo), "open")
            self.assertFalse(self.ticket._undo_close_by_link(undo))

    def test_undo_for_an_hour(self):
        undo = self.ticket._close_by_link(self.token(self.ticket))
        with later(minutes=61):
            self.assertEqual(self.state(undo), "closed")
            self.assertFalse(self.ticket._undo_close_by_link(undo))
        self.assertTrue(self.ticket.closed)

    def test_undo_only_what_the_link_did(self):
        undo = self.ticket._close_by_link(self.token(self.ticket))
        with later(minutes=10):
            self.ticket._reopen(self.ben.partner_id)
        with later(minutes=20):
            self.ticket._close(self.agent.partner_id)
        with later(minutes=30):
            self.assertEqual(self.state(undo), "closed")
            self.assertFalse(self.ticket._undo_close_by_link(undo))
        self.assertTrue(self.ticket.closed)

    def test_only_solved_tickets_have_links(self):
        for role in ("new", "waiting_on_us", "waiting_on_customer", "closed"):
            self.ticket._move_to(role)
            self.assertIsNone(self.ticket._get_close_url(self.ben.partner_id))

    def test_long_words_are_cut(self):
        self.ticket._close_by_link(self.token(self.ticket), "x" * 9000)
        self.assertLess(len(self.ticket._get_conversation().body), 5100)


@tagged("post_install", "-at_install")
class TestLinkPages(LinkTools, MailTools, SupportHttpCase):
    """The page behind the button of the mail, without a login."""

    def setUp(self):
        super().setUp()
        self.ticket = self.make_solved()
        self.path = f"/support/ticket/{self.ticket.id}/close"
        self.logout_session()

    def settle(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def url(self, token=None, ticket=None):
        token = self.token(ticket or self.ticket) if token is None else token
        return f"{self.path}?token={token}"

    def link(self, token=None):
        return self.url(token).replace("?", "#")

    def states(self, page):
        found = self.find(page, "//*[starts-with(@data-id, 'link_')]/@data-id")
        return found

    def act(self, page, xpath="//form[contains(@action, '/support/ticket/')]", **kw):
        """Send the form of the page, like its button."""
        [form] = self.find(page, xpath)
        values = {field.get("name"): field.get("value") for field in form.inputs}
        values.update(kw)
        done = self.url_open(form.get("action"), data=values)
        return self.follow(done)

    def follow(self, page):
        """Do as the script of the page does, if it is one that opens a link."""
        if not self.text_of(page, "link_opener"):
            return page
        return self.post_link(page, urlsplit(page.url).fragment)

    def test_from_the_mail_to_the_closed_ticket(self):
        """From the button in the mail to the closed ticket (D7)."""
        with self.mock_mail_gateway():
            ticket = self._create_ticket(self.ben, name="Printer")
            self.settle()
            ticket._move_to("solved")
            self.settle()
            self.send_queue()
        body = self.mail_to(self.ben.email)["body"]
        self.assertNotIn("?token=", body)
        [link] = re.findall(r'href="([^"]+/close#token=[^"]+)"', body)
        page = self.open_link(link.removeprefix(ticket.get_base_url()))
        self.assertEqual(self.states(page), ["link_solved"])
        self.assertIn(ticket.number, page.text)
        self.assertIn("Printer", page.text)
        done = self.act(page, comment="Thanks a lot")
        self.assertEqual(self.states(done), ["link_undoable"])
        self.assertTrue(ticket.closed)
        self.assertIn("Thanks a lot", ticket._get_conversation().body)
        undone = self.act(done)
        self.assertEqual(self.states(undone), ["link_open"])
        self.assertEqual(ticket.portal_role, "waiting_on_us")

    def test_scanners_change_nothing(self):
        before = self.ticket.write_date
        for method in ("GET", "HEAD", "GET"):
            response = self.url_open(self.url(), method=method)
            self.assertEqual(response.status_code, 200)
        query = f"{self.url()}&action=close&comment=x"
        self.assertEqual(self.url_open(query).status_code, 200)
        self.ticket.invalidate_recordset()
        self.assertEqual(self.ticket.portal_role, "solved")
        self.assertEqual(self.ticket.write_date, before)

    def test_opening_says_nothing(self):
        page = self.url_open(self.path)
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("Printer", page.text)
        self.assertNotIn(self.ticket.number, page.text)
        self.assertTrue(self.find(page, "//noscript[contains(., 'JavaScript')]"))
        gone = self.url_open(f"/support/ticket/{9**9}/close")
        texts = (self.text_of(each, "link_opener") for each in (page, gone))
        self.assertEqual(len(set(texts)), 1)

    def test_showing_changes_nothing(self):
        before = self.ticket.write_date
        for _time in range(2):
            page = self.open_link(self.link())
            self.assertEqual(self.states(page), ["link_solved"])
            self.assertIn("Printer", page.text)
        self.ticket.invalidate_recordset()
        self.assertEqual(self.ticket.write_date, before)
        done = self.act(page, comment="Thanks")
        self.assertEqual(self.states(done), ["link_undoable"])

    def test_no_log_has_the_token(self):
        token = self.token(self.ticket)
        with self.assertLogs(level="DEBUG") as logs:
            done = self.act(self.open_link(self.link(token)))
            self.act(done)
        self.assertEqual(self.ticket.portal_role, "waiting_on_us")
        output = "".join(logs.output)
        self.assertIn(f"POST {self.path} ", output)
        [undo] = self.find(done, "//main//input[@name='token']/@value")
        for secret in (token, undo):
            self.assertNotIn(secret, output)

    def test_headers(self):
        pages = [self.url_open(url) for url in (self.url(), self.url("x"), self.path)]
        for page in (*pages, self.open_link(self.link())):
            headers = page.headers
            self.assertIn("no-store", headers["Cache-Control"])
            self.assertIn("noindex", headers["X-Robots-Tag"])
            self.assertEqual(headers["Referrer-Policy"], "no-referrer")

    def test_page_says_nothing_else(self):
        note = "CANARY-NOTE"
        self.ticket.message_post(body=note, subtype_xmlid="mail.mt_note")
        page = self.url_open(self.url())
        for secret in (note, "It does not work", self.ben.email, self.ben.name + "<"):
            self.assertNotIn(secret, page.text)

    @mute_logger("odoo.http")
    def test_csrf(self):
        page = self.url_open(self.url())
        for token in ("", "x"):
            self.act(page, csrf_token=token)
            self.assertFalse(self.ticket.closed)
        data = {"token": self.token(self.ticket), "action": "close"}
        self.assertEqual(self.url_open(self.path, data=data).status_code, 400)
        self.assertFalse(self.ticket.closed)

    def test_links_that_do_not_work_look_the_same(self):
        other = self.make_solved()
        gone = self.make_solved()
        of_gone = self.token(gone)
        gone.unlink()
        texts = set()
        for token in ("", "x", "%C3%A4", self.token(other), of_gone):
            pages = [self.open_link(self.link(token))]
            if token:  # else the page that looks behind the #
                pages.append(self.url_open(self.url(token)))
            for page in pages:
                self.assertEqual(page.status_code, 404)
                self.assertEqual(self.states(page), ["link_broken"])
                [wrap] = self.find(page, "//*[@id='wrap']")
                texts.add(wrap.text_content())
        self.assertEqual(len(texts), 1)
        self.assertIn("This link no longer works", texts.pop())
        huge = f"/support/ticket/{9**30}/close?token={of_gone}"
        self.assertEqual(self.url_open(huge).status_code, 404)
        page = self.open_link(huge.replace("?", "#"))
        self.assertEqual(page.status_code, 404)

    def test_posting_what_does_not_work(self):
        page = self.url_open(self.url())
        for values in ({"token": ""}, {"token": "x"}, {"action": "undo"}):
            self.act(page, **values)
            self.assertFalse(self.ticket.closed, values)

    def test_posting_twice(self):
        page = self.url_open(self.url())
        self.act(page, comment="Once")
        again = self.act(page, comment="Twice")
        self.assertEqual(again.status_code, 200)
        self.assertEqual(self.states(again), ["link_closed"])
        self.assertTrue(self.ticket.closed)
        self.assertEqual(len(self.ticket._get_conversation()), 1)

    def test_reloading_keeps_the_undo(self):
        done = self.act(self.url_open(self.url()))
        [token] = self.find(done, "//main//input[@name='token']/@value")
        again = self.open_link(self.link(token))
        self.assertEqual(self.states(again), ["link_undoable"])

    def test_undo_too_late(self):
        done = self.act(self.url_open(self.url()))
        self.ticket.status_since = fields.Datetime.now() - timedelta(minutes=61)
        self.assertEqual(self.states(self.act(done)), ["link_closed"])
        self.assertTrue(self.ticket.closed)

    def test_reopened_meanwhile(self):
        page = self.url_open(self.url())
        self.ticket._move_to("waiting_on_us")
        self.assertEqual(self.states(self.act(page)), ["link_open"])
        self.assertFalse(self.ticket.closed)

    def test_markup_in_a_subject_is_text(self):
        self.ticket.name = "<img src=x onerror=alert(1)>"
        self.assertNotIn("<img src=x", self.url_open(self.url()).text)

    def test_also_logged_in_as_somebody_else(self):
        self.authenticate(self.emil.login, self.emil.login)
        self.act(self.url_open(self.url()), comment="By the link")
        message = self.ticket._get_conversation()
        self.assertEqual(message.author_id, self.ben.partner_id)

    @mute_logger("odoo.addons.website.models.website")
    def test_not_in_the_sitemap(self):
        self.assertNotIn("/close", self.url_open("/sitemap.xml").text)
