from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from ..common import EXE, PNG
from ..http_common import SupportHttpCase


@tagged("post_install", "-at_install")
class TestTicketPage(SupportHttpCase):
    """The page of a ticket and the answers of its contact."""

    def setUp(self):
        super().setUp()
        self.ticket = self._file(self.ben, files=[("screen.png", PNG)]).with_user(
            self.env.user
        )
        self.url = f"/my/ticket/{self.ticket.id}"

    def open(self, user=None):
        return self.open_as(user or self.ben, self.url)

    def reply(self, body="", files=(), user=None):
        page = self.open(user)
        files = [("files", (name, content)) for name, content in files]
        return self.post(f"{self.url}/reply", {"body": body}, page=page, files=files)

    def comments(self):
        return self.env["mail.message"].search(self.ticket._get_conversation_domain())

    def error_at(self, page, name):
        found = self.find(
            page, f"//*[@data-field='{name}']//*[contains(@class, 'o_support_error')]"
        )
        return " ".join(element.text_content().strip() for element in found)

    def test_original_message_answers_and_files(self):
        """What the ticket began with (D4)."""
        page = self.open()
        for text in ("Crash", "It crashes", "Window", "Main", self.ticket.number):
            self.assertIn(text, page.text)
        [link] = self.find(page, "//a[contains(., 'screen.png')]/@href")
        self.assertEqual(self.url_open(link).content, PNG)

    def test_conversation_in_order_without_what_is_automatic(self):
        """What people said, and nothing else (D4)."""
        post = self.ticket.with_user(self.agent).message_post
        post(
            body="Please restart",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.env["mail.thread"].message_process(
            "helpdesk.ticket",
            f"From: {self.ben.email}\nTo: support@vendor.example\nSubject: Re\n"
            f"Message-Id: <1@adler.example>\nIn-Reply-To: "
            f"{self.comments()[-1].message_id}\n\nBy mail: no luck\n",
        )
        post(body="INTERNAL", message_type="comment", subtype_xmlid="mail.mt_note")
        post(
            body="AUTOMATIC",
            message_type="auto_comment",
            subtype_xmlid="mail.mt_comment",
        )
        post(
            body="SYSTEM", message_type="notification", subtype_xmlid="mail.mt_comment"
        )
        self.ticket.user_id = self.agent
        self.env.flush_all()
        text = self.open().text
        self.assertLess(text.index("It crashes"), text.index("Please restart"))
        self.assertLess(text.index("Please restart"), text.index("By mail: no luck"))
        for hidden in ("INTERNAL", "AUTOMATIC", "SYSTEM"):
            self.assertNotIn(hidden, text)

    def test_reply_with_files(self):
        """An answer with a file, shown at once (D4)."""
        self.ticket.message_subscribe(self.agent.partner_id.ids)
        self.ticket.last_activity_at = "2026-01-01"
        page = self.reply("Here <b>it</b> is\nagain", files=[("Größe.png", PNG)])
        self.assertEqual(page.status_code, 200)
        message = self.comments()[:1]
        self.assertEqual(message.author_id, self.ben.partner_id)
        self.assertEqual(message.message_type, "comment")
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_comment"))
        self.assertIn("&lt;b&gt;it&lt;/b&gt; is<br>again", message.body)
        self.assertEqual(message.attachment_ids.name, "Größe.png")
        self.assertIn(self.agent.partner_id, message.notified_partner_ids)
        self.assertEqual(self.ticket.last_activity_at, message.date)
        [link] = self.find(page, "//section//a[contains(., 'Größe.png')]/@href")
        self.assertEqual(self.url_open(link).content, PNG)

    def test_refused_replies_keep_the_text(self):
        pictures = [(f"{number}.png", PNG) for number in range(3)]
        cases = [
            ("body", "", []),
            ("body", "x" * 50001, []),
            ("files", "My long text", [("virus.png", EXE)]),
            ("files", "My long text", pictures),
            ("files", "My long text", [("big.png", PNG + bytes(1024 * 1024))]),
        ]
        for name, body, files in cases:
            with self.subTest(name=name, files=len(files), body=body[:5]):
                page = self.reply(body, files)
                self.assertEqual(page.status_code, 422)
                self.assertTrue(self.error_at(page, name))
                [box] = self.find(page, "//textarea[@name='body']")
                self.assertEqual((box.text or "").strip(), body)
                for file, _content in files:
                    self.assertIn(file, page.text)
                self.assertFalse(self.comments())

    def test_sixty_messages_an_hour(self):
        vals = {
            "model": "helpdesk.ticket",
            "res_id": self.ticket.id,
            "author_id": self.ben.partner_id.id,
            "message_type": "comment",
            "subtype_id": self.env.ref("mail.mt_comment").id,
        }
        self.env["mail.message"].create([vals] * 60)
        page = self.reply("One more")
        self.assertEqual(page.status_code, 422)
        self.assertIn("a lot for one hour", self.error_at(page, "body"))
        self.assertEqual(len(self.comments()), 60)

    def test_colleagues_and_others_can_not_answer(self):
        for user in (self.gesa, self.emil, self.erna):
            self.authenticate(user.login, user.login)
            values = {"body": "Hello"}
            page = self.url_open("/my/tickets")
            self.post(f"{self.url}/reply", values, page=page)
            self.assertFalse(self.comments())

    def test_no_answer_without_the_token_or_by_get(self):
        self.authenticate(self.ben.login, self.ben.login)
        with mute_logger("odoo.http"):
            response = self.url_open(f"{self.url}/reply", data={"body": "Hello"})
        self.assertEqual(response.status_code, 400)
        self.url_open(f"{self.url}/reply?body=Hello")
        self.assertFalse(self.comments())

    # ---------------------------------------------------
    # Closed tickets
    # ---------------------------------------------------

    def test_closed_tickets_take_no_message_by_any_way(self):
        """In the portal, or by any of its doors (D6)."""
        page = self.open()
        self.ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self.assertFalse(self.find(self.url_open(self.url), "//textarea[@name='body']"))
        response = self.post(f"{self.url}/reply", {"body": "Hello"}, page=page)
        self.assertEqual(response.status_code, 422)
        params = {
            "thread_model": "helpdesk.ticket",
            "thread_id": self.ticket.id,
            "post_data": {"body": "Hello", "message_type": "comment"},
        }
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request("/mail/message/post", params)
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.ben).message_post(body="Hello")
        self.assertFalse(self.comments())

    def test_staff_may_write_to_closed_tickets(self):
        self.ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self.ticket.with_user(self.agent).message_post(
            body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(len(self.comments()), 1)


@tagged("post_install", "-at_install")
class TestTicketClosing(SupportHttpCase):
    """OCA's /ticket/close closed any ticket for anybody, by a link."""

    def setUp(self):
        super().setUp()
        self.ticket = self._create_ticket(self.ben)
        self.done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")

    def close(self, user, ticket_id=None, stage_id=None):
        page = self.open_as(user, "/my/tickets")
        values = {
            "ticket_id": ticket_id or self.ticket.id,
            "stage_id": stage_id or self.done.id,
        }
        return self.post("/ticket/close", values, page=page, allow_redirects=False)

    def test_own_ticket(self):
        response = self.close(self.ben)
        self.assertEqual(response.status_code, 302)
        self.assertTrue(
            response.headers["Location"].endswith(f"/my/ticket/{self.ticket.id}")
        )
        self.assertTrue(self.ticket.closed)
        self.assertEqual(self.ticket.stage_id, self.done)

    def test_tickets_of_others_stay_open(self):
        for user in (self.gesa, self.emil, self.erna):
            self.close(user)
            self.assertFalse(self.ticket.closed, user.login)

    def test_get_and_missing_token(self):
        self.authenticate(self.ben.login, self.ben.login)
        query = f"ticket_id={self.ticket.id}&stage_id={self.done.id}"
        self.assertEqual(self.url_open(f"/ticket/close?{query}").status_code, 405)
        values = {"ticket_id": self.ticket.id, "stage_id": self.done.id}
        with mute_logger("odoo.http"):
            response = self.url_open("/ticket/close", data=values)
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self.ticket.closed)

    def test_stages_that_are_not_for_customers(self):
        team = self.env["helpdesk.ticket.team"].create({"name": "Other team"})
        elsewhere = self.done.copy({"team_ids": [Command.set(team.ids)]})
        stages = [
            self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_rejected").id,
            self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress").id,
            elsewhere.id,
            999999,
        ]
        before = self.ticket.stage_id
        for stage in stages:
            self.close(self.ben, stage_id=stage)
            self.assertEqual(self.ticket.stage_id, before)

    def test_what_is_no_number(self):
        for wrong in ("x", "-1", "1.5", "²", "1 "):
            with self.subTest(wrong=wrong):
                self.assertEqual(self.close(self.ben, ticket_id=wrong).status_code, 404)
                self.assertEqual(self.close(self.ben, stage_id=wrong).status_code, 404)
        self.assertLess(self.close(self.ben, ticket_id="9" * 30).status_code, 500)
