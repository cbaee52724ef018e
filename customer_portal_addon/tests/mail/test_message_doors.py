"""Messages, by every way that Odoo opens: customers get what the pages show."""

from requests import HTTPError

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from ..common import SupportCase
from ..http_common import SupportHttpCase

CANARY = "CANARY-INTERNAL"
# Who may never see what, whatever it was filed as
HIDDEN = {
    "note": {"message_type": "comment", "subtype_xmlid": "mail.mt_note"},
    "remark": {"message_type": "notification", "subtype_xmlid": "mail.mt_note"},
    "notice": {"message_type": "notification", "subtype_xmlid": "mail.mt_comment"},
    "internal mail": {"message_type": "email", "subtype_xmlid": "mail.mt_note"},
    "flagged mail": {
        "message_type": "email",
        "subtype_xmlid": "mail.mt_comment",
        "is_internal": True,
    },
    "flagged comment": {
        "message_type": "comment",
        "subtype_xmlid": "mail.mt_comment",
        "is_internal": True,
    },
    "automatic": {"message_type": "auto_comment", "subtype_xmlid": "mail.mt_comment"},
    "absence": {"message_type": "out_of_office", "subtype_xmlid": "mail.mt_comment"},
    "sent": {"message_type": "email_outgoing", "subtype_xmlid": "mail.mt_comment"},
}
SHOWN = {
    "comment": {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"},
    "mail": {"message_type": "email", "subtype_xmlid": "mail.mt_comment"},
}
ADDRESSES = (
    *("email_from", "incoming_email_cc", "incoming_email_to", "mail_server_id"),
    *("notification_ids", "notified_partner_ids", "outgoing_email_to", "partner_ids"),
    "reply_to",
)


class MessageData:
    """A ticket of Ben with messages of all kinds; Emil of Braun takes part."""

    @classmethod
    def _create_messages(cls):
        cls.ticket = cls._create_ticket(cls.ben)
        cls.ticket.message_subscribe((cls.ben | cls.emil).partner_id.ids)
        cls.hidden = cls.env["mail.message"]
        cls.shown = cls.env["mail.message"]
        copied = cls.env["res.partner"].create(
            {"name": f"{CANARY}-BCC", "email": "bcc@vendor.example"}
        )
        for kinds, body in ((HIDDEN, CANARY), (SHOWN, "Public")):
            for values in kinds.values():
                values = dict(values)
                is_internal = values.pop("is_internal", False)
                # also when they were notified, or named as the author's company
                message = cls.ticket.message_post(
                    body=body,
                    author_id=cls.agent.partner_id.id,
                    partner_ids=(cls.ben.partner_id | copied).ids,
                    incoming_email_cc=f"{CANARY}@vendor.example",
                    **values,
                )
                message.is_internal = is_internal
                if kinds is HIDDEN:
                    cls.hidden |= message
                else:
                    cls.shown |= message
        cls.hidden |= cls.ticket.message_notify(
            body=CANARY, partner_ids=cls.ben.partner_id.ids
        )


@tagged("post_install", "-at_install")
class TestMessageMethods(MessageData, SupportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_messages()

    def assertRefused(self, method, *args, **kwargs):
        with (
            mute_logger("odoo.models", "odoo.addons.base.models.ir_rule"),
            self.assertRaises(AccessError),
        ):
            method(*args, **kwargs)

    def test_the_page_shows_what_is_public(self):
        self.assertEqual(self.ticket._get_conversation(), self.shown)

    def test_each_hidden_message_is_refused_by_its_id(self):
        specification = {"body": {}}
        for user in (self.ben, self.anna, self.emil, self.gesa, self.clara):
            for message in self.hidden:
                mine = message.with_user(user)
                with self.subTest(user=user.login, kind=message.message_type):
                    self.assertFalse(mine.has_access("read"))
                    self.assertRefused(mine.read, ["body", "is_internal"])
                    self.assertRefused(mine.read, ["res_id"])
                    self.assertRefused(mine.web_read, specification)
                    self.assertRefused(mine.export_data, ["body"])
                    self.assertRefused(mine.portal_message_format)

    def test_what_is_public_is_read_by_those_who_see_the_ticket(self):
        for user in (self.ben, self.anna, self.emil):
            mine = self.shown.with_user(user)
            bodies = {values["body"] for values in mine.read(["body"])}
            self.assertEqual(bodies, {"<p>Public</p>"})
        for user in (self.gesa, self.clara, self.erna):
            self.assertRefused(self.shown.with_user(user).read, ["body"])

    def test_searches_find_and_count_nothing_else(self):
        domain = [("model", "=", "helpdesk.ticket"), ("res_id", "=", self.ticket.id)]
        for user in (self.ben, self.anna, self.emil):
            messages = self.env["mail.message"].with_user(user)
            with self.subTest(user=user.login):
                self.assertEqual(messages.search(domain), self.shown.sorted("id", True))
                self.assertEqual(messages.search_count(domain), len(self.shown))
                found = messages.web_search_read(domain, {"body": {}})
                self.assertEqual(found["length"], len(self.shown))
                self.assertFalse(messages.search([("body", "ilike", CANARY)]))
                groups = messages.formatted_read_group(
                    domain, ["message_type"], ["__count"]
                )
                counted = sum(group["__count"] for group in groups)
                self.assertEqual(counted, len(self.shown))
                self.assertNotIn(
                    CANARY, str(messages.search_read(domain, ["body", "record_name"]))
                )

    def test_nobody_reads_to_whom_and_from_where(self):
        for user in (self.ben, self.emil):
            mine = self.shown.with_user(user)
            messages = self.env["mail.message"].with_user(user)
            for name in ADDRESSES:
                with self.subTest(user=user.login, field=name):
                    self.assertRefused(mine.read, [name])
                    self.assertRefused(mine.web_read, {name: {}})
                    self.assertRefused(mine.export_data, [name])
                    self.assertRefused(
                        messages.formatted_read_group, [], [name], ["__count"]
                    )
            self.assertRefused(messages.search, [("incoming_email_cc", "ilike", "C")])
            self.assertRefused(messages.search, [("email_from", "ilike", "agent")])
            for path in ("partner_ids.name", "notification_ids.res_partner_id.name"):
                self.assertFalse(messages.search([(path, "ilike", CANARY)]))

    def test_customers_see_no_notifications_of_others(self):
        self.ticket.with_user(self.ben).sudo().message_post(
            body="Mine",
            author_id=self.ben.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.agent.partner_id.ids,
        )
        notifications = self.env["mail.notification"].with_user(self.ben)
        found = notifications.search([])
        self.assertLessEqual(found.sudo().res_partner_id, self.ben.partner_id)

    def test_what_staff_write_on_a_contact_is_not_for_colleagues(self):
        letter = self.ben.partner_id.message_post(
            body=CANARY, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        for user in (self.anna, self.gesa):
            self.assertTrue(self.ben.partner_id.with_user(user).has_access("read"))
            self.assertRefused(letter.with_user(user).read, ["body"])
            messages = self.env["mail.message"].with_user(user)
            self.assertFalse(messages.search([("body", "ilike", CANARY)]))

    def test_orders_show_what_their_page_shows(self):
        order = self.env["sale.order"].create({"partner_id": self.ben.partner_id.id})
        order.message_subscribe(self.ben.partner_id.ids)
        hidden, shown = [
            order.message_post(
                body=body,
                author_id=self.agent.partner_id.id,
                message_type="email",
                subtype_xmlid=subtype,
            )
            for body, subtype in ((CANARY, "mail.mt_note"), ("x", "mail.mt_comment"))
        ]
        self.assertRefused(hidden.with_user(self.ben).read, ["body"])
        self.assertTrue(shown.with_user(self.ben).read(["body"]))

    def test_own_words_stay_readable_elsewhere(self):
        order = self.env["sale.order"].create({"partner_id": self.ben.partner_id.id})
        mine = (
            order.with_user(self.ben)
            .sudo()
            ._message_log(body="Signed", author_id=self.ben.partner_id.id)
        )
        self.assertIn("Signed", mine.with_user(self.ben).sudo(False).body)


@tagged("post_install", "-at_install")
class TestMessagesOfOtherApps(MessageData, SupportCase):
    """Whoever has nothing to do with tickets gets what they got without us."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_messages()
        cls.public = cls.env.ref("base.public_user")

    def test_visitors_find_messages_and_none_of_tickets(self):
        messages = self.env["mail.message"].with_user(self.public)
        self.assertNotIn("helpdesk.ticket", messages.search([]).sudo().mapped("model"))
        self.assertFalse(messages.search([("res_id", "=", self.ticket.id)]))

    def test_visitors_read_the_comments_of_a_public_document(self):
        article = self._create_article("Open")
        comment = article.message_post(
            body="For us", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        messages = self.env["mail.message"].with_user(self.public)
        self.assertFalse(messages.search([("id", "=", comment.id)]))

    def test_members_of_a_chat_read_all_of_it(self):
        channel = self.env["discuss.channel"]._create_group(
            partners_to=(self.ben | self.agent).partner_id.ids, name="Chat"
        )
        posted = channel.message_post(
            body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        joined = channel.message_post(
            body="Joined", message_type="notification", subtype_xmlid="mail.mt_note"
        )
        mine = (posted | joined).with_user(self.ben)
        self.assertEqual(len(mine.read(["body"])), 2)
        self.assertEqual(mine.search([("id", "in", mine.ids)]), posted)

    def test_guests_of_a_chat(self):
        channel = self.env["discuss.channel"].create(
            {"name": "Open", "channel_type": "channel", "group_public_id": False}
        )
        posted = channel.message_post(
            body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        guest = self.env["mail.guest"].create({"name": "Visitor"})
        channel._add_members(guests=guest)
        messages = self.env["mail.message"].with_user(self.public)
        found = messages.with_context(guest=guest).search(
            [("model", "=", "discuss.channel"), ("res_id", "=", channel.id)]
        )
        self.assertIn(posted, found.sudo())


@tagged("post_install", "-at_install")
class TestMessageRoutes(MessageData, SupportHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_messages()

    def call(self, route, params):
        """Return what a route answers, or its error, as text."""
        with mute_logger("odoo.http"):
            try:
                return str(self.make_jsonrpc_request(route, params))
            except (JsonRpcException, HTTPError) as error:
                return str(error)

    def test_no_route_hands_out_what_is_hidden(self):
        thread = {"thread_model": "helpdesk.ticket", "thread_id": self.ticket.id}
        read = {"model": "mail.message", "method": "read", "kwargs": {}}
        calls = [
            ("/mail/thread/messages", thread),
            ("/mail/chatter_fetch", thread),
            (
                "/mail/data",
                {
                    "fetch_params": [
                        [
                            "mail.thread",
                            {
                                **thread,
                                "request_list": ["followers", "suggestedRecipients"],
                            },
                        ]
                    ]
                },
            ),
            ("/mail/inbox/messages", {}),
            ("/mail/history/messages", {}),
            ("/mail/starred/messages", {}),
            *(
                ("/web/dataset/call_kw", {**read, "args": [[message.id], ["body"]]})
                for message in self.hidden
            ),
            *(
                (
                    "/mail/message/reaction",
                    {"message_id": message.id, "content": "x", "action": "add"},
                )
                for message in self.hidden[:2]
            ),
        ]
        for user in (self.ben, self.anna, self.emil, None):
            self.authenticate(user and user.login, user and user.login)
            for route, params in calls:
                with self.subTest(user=user and user.login, route=route):
                    self.assertNotIn(CANARY, self.call(route, params))
        self.authenticate(self.ben.login, self.ben.login)
        params = {**read, "args": [self.shown.ids, ["body"]]}
        self.assertIn("Public", self.call("/web/dataset/call_kw", params))

    def test_visitors_open_the_chatter_of_other_apps(self):
        product = (
            self.env["product.template"].create({"name": "Thing", "is_published": True})
            if "is_published" in self.env["product.template"]._fields
            else None
        )
        for model, record in (
            ("product.template", product),
            ("res.partner", self.ben.partner_id),
        ):
            self.authenticate(None, None)
            params = {"thread_model": model, "thread_id": record.id if record else 1}
            result = self.make_jsonrpc_request("/mail/chatter_fetch", params)
            self.assertEqual(result["messages"], [])
