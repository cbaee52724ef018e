"""Nobody makes the vendor's server mail the world, nor joins what isn't theirs."""

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCase

from ..common import SupportCase
from ..http_common import SupportHttpCase

STRANGER = "stranger@elsewhere.example"


class ThreadData:
    @classmethod
    def _create_threads(cls):
        """Create what Ben may read and what he follows, of several kinds."""
        ben = cls.ben.partner_id
        cls.article = cls._create_article("Open")
        cls.order = cls.env["sale.order"].create({"partner_id": ben.id})
        cls.team = cls.env["helpdesk.ticket.team"].create({"name": "Team"})
        cls.ticket = cls._create_ticket(cls.ben)
        cls.threads = [cls.article, cls.order, cls.team, cls.ticket, ben]
        for thread in cls.threads:
            # whoever followed before
            cls.env["mail.followers"].create(
                {
                    "res_model": thread._name,
                    "res_id": thread.id,
                    "partner_id": ben.id,
                    "subtype_ids": cls.env.ref("mail.mt_comment").ids,
                }
            )


@tagged("post_install", "-at_install")
class TestThreadMethods(ThreadData, MailCase, SupportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_threads()

    def assertRefused(self, method, *args, **kwargs):
        with (
            mute_logger("odoo.models", "odoo.addons.base.models.ir_rule"),
            self.assertRaises(AccessError),
            self.env.cr.savepoint(),
        ):
            method(*args, **kwargs)

    def test_no_message_leaves(self):
        comment = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        partners = (self.emil | self.agent).partner_id.ids
        with self.mock_mail_gateway():
            for thread in self.threads:
                mine = thread.with_user(self.ben)
                with self.subTest(model=thread._name):
                    for values in (
                        comment,
                        {},
                        {"outgoing_email_to": STRANGER, **comment},
                        {"partner_ids": partners, **comment},
                        {"author_id": self.agent.partner_id.id, **comment},
                        {"email_from": "agent@vendor.example", **comment},
                        {"message_type": "email"},
                    ):
                        self.assertRefused(mine.message_post, body="x", **values)
                    self.assertRefused(
                        mine.message_notify, body="x", partner_ids=partners
                    )
                    view = "mail.message_user_assigned"
                    self.assertRefused(mine.message_post_with_source, view)
                    self.assertRefused(mine.message_mail_with_source, view)
                    self.assertRefused(mine.message_update, {}, {"name": "x"})
                    self.assertRefused(mine.message_new, {"subject": "x"})
        self.assertFalse(self._mails)
        self.assertFalse(self._new_mails)

    def test_without_a_document(self):
        thread = self.env["mail.thread"].with_user(self.ben)
        self.assertRefused(
            thread.message_notify, body="x", partner_ids=self.emil.partner_id.ids
        )
        self.assertRefused(thread.message_process, "helpdesk.ticket", b"From: a@b.c\n")

    def test_where_writing_is_allowed_nobody_is_dragged_in(self):
        """On a document that the user may change: in one's own name, to the team."""
        channel = self.env["discuss.channel"]._create_group(
            partners_to=(self.ben | self.agent).partner_id.ids, name="Chat"
        )
        mine = channel.with_user(self.ben)
        comment = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        self.assertTrue(mine.message_post(body="Hello", **comment))
        for values in (
            {"outgoing_email_to": STRANGER},
            {"author_id": self.agent.partner_id.id},
            {"reply_to": STRANGER},
            {"incoming_email_cc": STRANGER},
        ):
            with self.subTest(values=values):
                self.assertRefused(mine.message_post, body="x", **{**comment, **values})

        emil = self.emil.partner_id.ids
        message = mine.message_post(body="x", partner_ids=emil, **comment)
        self.assertFalse(message.sudo().partner_ids)

    def test_nobody_subscribes_anybody(self):
        self.env["mail.followers"].search([("res_model", "!=", False)]).unlink()
        for thread in self.threads:
            mine = thread.with_user(self.ben)
            with self.subTest(model=thread._name):
                self.assertRefused(mine.message_subscribe, self.emil.partner_id.ids)
                if thread != self.order:
                    own = self.ben.partner_id.ids
                    self.assertRefused(mine.message_subscribe, own)
                    self.assertFalse(thread.message_partner_ids)

    def test_no_page_changes_who_writes_about_an_article(self):
        """Staff talk about an article among themselves, whoever followed it before."""
        self.article.message_subscribe((self.ben | self.agent).partner_id.ids)
        self.assertIn(self.ben.partner_id, self.article.message_partner_ids)
        with self.mock_mail_gateway():
            self.article.message_post(
                body="Is that right?",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.emil.partner_id.ids,
            )
        self.assertFalse(
            [mail for mail in self._mails if "vendor" not in str(mail["email_to"])]
        )

    def test_customers_are_not_added_to_articles(self):
        self.env["mail.followers"].search([("res_model", "!=", False)]).unlink()
        self.article.message_subscribe((self.ben | self.agent).partner_id.ids)
        self.assertEqual(self.article.message_partner_ids, self.agent.partner_id)


@tagged("post_install", "-at_install")
class TestThreadRoutes(ThreadData, MailCase, SupportHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_threads()

    def call(self, route, params):
        """Tell whether a route took what it was sent."""
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
            try:
                return bool(self.make_jsonrpc_request(route, params))
            except JsonRpcException:
                return False

    def test_routes(self):
        self.authenticate(self.ben.login, self.ben.login)
        post = {"body": "x", "partner_emails": [STRANGER], "message_type": "comment"}
        before = self.env["mail.message"].search_count([])
        followers = self.env["mail.followers"].search([])
        with self.mock_mail_gateway():
            for thread in self.threads:
                if thread == self.order:  # Odoo's page has a box for that
                    continue
                names = {"thread_model": thread._name, "thread_id": thread.id}
                calls = [
                    ("/mail/message/post", {**names, "post_data": post}),
                    (
                        "/mail/thread/subscribe",
                        {
                            "res_model": thread._name,
                            "res_id": thread.id,
                            "partner_ids": self.emil.partner_id.ids,
                        },
                    ),
                    (
                        "/web/dataset/call_kw",
                        {
                            "model": thread._name,
                            "method": "message_post",
                            "args": [thread.ids],
                            "kwargs": {"body": "x", "outgoing_email_to": STRANGER},
                        },
                    ),
                ]
                for route, params in calls:
                    with self.subTest(model=thread._name, route=route):
                        self.assertFalse(self.call(route, params))
        self.assertFalse(self._mails)
        self.assertEqual(self.env["mail.message"].search_count([]), before)
        self.assertEqual(self.env["mail.followers"].search([]), followers)

    def test_the_box_on_an_order_takes_comments_and_no_addresses(self):
        self.order._portal_ensure_token()
        self.authenticate(self.ben.login, self.ben.login)
        params = {
            "thread_model": "sale.order",
            "thread_id": self.order.id,
            "post_data": {
                "body": "A question",
                "message_type": "comment",
                "subtype_xmlid": "mail.mt_comment",
                "partner_emails": [STRANGER],
                "partner_ids": self.emil.partner_id.ids,
            },
            "token": self.order.access_token,
        }
        with self.mock_mail_gateway():
            self.assertTrue(self.call("/mail/message/post", params))
        message = self.order.message_ids[0]
        self.assertIn("A question", message.body)
        self.assertFalse(message.partner_ids)
        self.assertNotIn(STRANGER, str([mail["email_to"] for mail in self._mails]))
