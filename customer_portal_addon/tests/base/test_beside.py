from odoo.tests import HttpCase, tagged

from ..common import SupportData


@tagged("post_install", "-at_install")
class TestBeside(SupportData, HttpCase):
    """Others' pages and conversations, for people who have nothing to do with us.

    Each test runs where the app is that it is about: in ``bin/test --beside``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_support_data()
        cls.ticket = cls._create_ticket(cls.ben)
        cls.ticket.message_post(
            body="Of the ticket",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        cls.visitors = (None, cls.emil.login)

    def need(self, model):
        """Skip the test where an app is missing; else return its model."""
        if model not in self.env:
            self.skipTest(f"There is no {model} here.")
        return self.env[model]

    def say_on(self, record):
        """Post what everybody reads who reads the record."""
        return record.message_post(
            body="Of others",
            author_id=self.env.ref("base.partner_admin").id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def assertOpen(self, record, url=None):
        """Assert that a stranger and a customer read a page and its conversation."""
        message = self.say_on(record)
        for login in self.visitors:
            with self.subTest(model=record._name, login=login):
                self.authenticate(login, login)
                asked = {"thread_model": record._name, "thread_id": record.id}
                found = self.make_jsonrpc_request("/mail/chatter_fetch", asked)
                self.assertIn(message.id, found["messages"])
                if url:
                    response = self.url_open(url)
                    self.assertEqual(response.status_code, 200)
                    self.assertIn(record.display_name, response.text)

    def test_messages_are_searched_without_a_ticket(self):
        """Nobody is refused for tickets that they did not ask for (H8)."""
        of_ticket = [("model", "=", "helpdesk.ticket"), ("res_id", "=", self.ticket.id)]
        for user in (self.env.ref("base.public_user"), self.emil):
            messages = self.env["mail.message"].with_user(user)
            messages.search([])
            self.assertFalse(messages.search(of_ticket))

    def test_blog(self):
        """A post of the blog, and what is said about it (H8)."""
        posts = self.need("blog.post")
        blog = self.env["blog.blog"].create({"name": "Blog"})
        post = posts.create(
            {"name": "Post of the blog", "blog_id": blog.id, "is_published": True}
        )
        self.assertOpen(post, post.website_url)

    def test_courses(self):
        """A course and its lesson (H8)."""
        courses = self.need("slide.channel")
        course = courses.create(
            {
                "name": "Course",
                "visibility": "public",
                "enroll": "public",
                "is_published": True,
                "allow_comment": True,
            }
        )
        lesson = self.env["slide.slide"].create(
            {
                "name": "Lesson",
                "channel_id": course.id,
                "slide_category": "article",
                "is_preview": True,
                "is_published": True,
            }
        )
        self.assertOpen(course, course.website_url)
        self.assertOpen(lesson, lesson.website_url)

    def test_shop(self):
        """A product in the shop (H8)."""
        if "website_published" not in self.need("product.template")._fields:
            self.skipTest("There is no shop here.")
        product = self.env["product.template"].create(
            {"name": "Hammer", "sale_ok": True, "is_published": True}
        )
        self.assertOpen(product, product.website_url)

    def test_forum(self):
        """A question in the forum (H8)."""
        questions = self.need("forum.post")
        forum = self.env["forum.forum"].create({"name": "Forum", "privacy": "public"})
        question = questions.create(
            {"name": "Question", "content": "<p>Why?</p>", "forum_id": forum.id}
        )
        self.assertOpen(question, question.website_url)
        self.emil.karma = forum.karma_edit_all
        question.with_user(self.emil).write({"content": "<p>Why not?</p>"})
        self.assertIn("Why not?", question.content)

    def test_live_chat(self):
        """A guest reads and answers what the operator says (H8)."""
        channels = self.need("im_livechat.channel")
        guest = self.env["mail.guest"].create({"name": "Visitor"})
        chat = self.env["discuss.channel"].create(
            {
                "name": "Chat",
                "channel_type": "livechat",
                "livechat_channel_id": channels.create({"name": "Website"}).id,
                "livechat_operator_id": self.agent.partner_id.id,
                "channel_member_ids": [
                    (0, 0, {"guest_id": guest.id}),
                    (0, 0, {"partner_id": self.agent.partner_id.id}),
                ],
            }
        )
        message = self.say_on(chat)
        self.authenticate(None, None)
        self.opener.cookies[guest._cookie_name] = guest._format_auth_cookie()
        asked = {"channel_id": chat.id}
        found = self.make_jsonrpc_request("/discuss/channel/messages", asked)
        self.assertIn(message.id, found["messages"])
        answer = {
            "thread_model": "discuss.channel",
            "thread_id": chat.id,
            "post_data": {
                "body": "Thank you",
                "message_type": "comment",
                "subtype_xmlid": "mail.mt_comment",
            },
        }
        self.make_jsonrpc_request("/mail/message/post", answer)
        self.assertIn("Thank you", chat.message_ids[0].body)
        self.assertEqual(chat.message_ids[0].author_guest_id, guest)
