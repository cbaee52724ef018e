"""One conversation by three ways: in the portal, by mail and in the backend."""

import re

from odoo.tests import tagged

from ..http_common import SupportHttpCase
from ..mail.smtp_common import SmtpTools

BOSS = "boss@adler.example"
NOTE = "CANARY-NOTE"
MAIL = """\
From: {sender}
To: {to}
Cc: {cc}
Subject: {subject}
Message-Id: {message_id}
In-Reply-To: {in_reply_to}
References: {references}
Content-Type: text/plain; charset=utf-8

{body}
"""


@tagged("post_install", "-at_install")
class TestConversation(SmtpTools, SupportHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["mail.alias.domain"].search([]).unlink()
        domain = cls.env["mail.alias.domain"].create({"name": "vendor.example"})
        cls.company.alias_domain_id = domain
        cls.company.support_status_automatic = True
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "First level",
                "alias_name": "first-level",
                "alias_domain_id": domain.id,
                "user_ids": [(6, 0, cls.agent.ids)],
            }
        )
        cls.error_type.team_ids = cls.team
        cls.mailboxes = {}  # address -> all mails that ever arrived there
        cls.count = 0

    # ---------------------------------------------------
    # What people do
    # ---------------------------------------------------

    def file(self):
        """Ben files a ticket in the portal, with his boss in copy."""
        url = f"/support/ticket/new/{self.env['ir.http']._slug(self.error_type)}"
        page = self.open_as(self.ben, url)
        values = {
            "subject": "Printer",
            "description": "It is dead",
            "answer_window": "Main",
            "cc": BOSS,
        }
        self.post(url, values, page=page)
        return self.env["helpdesk.ticket"].search([("name", "=", "Printer")])

    def write_in_portal(self, ticket, body):
        page = self.open_as(self.ben, f"/my/ticket/{ticket.id}")
        url = f"/my/ticket/{ticket.id}/reply"
        self.assertEqual(self.post(url, {"body": body}, page=page).status_code, 200)

    def write_mail(self, sender, body):
        """Answer the newest mail in somebody's mailbox, as a mail program does."""
        mail = self.mailboxes[sender][-1]
        type(self).count += 1
        message_id = f"<{self.count}.{sender}>"
        references = f"{mail['References'] or ''} {mail['Message-Id']}".split()
        raw = MAIL.format(
            sender=sender,
            to=mail["Reply-To"],
            cc="",
            subject=f"Re: {mail['Subject']}",
            message_id=message_id,
            in_reply_to=mail["Message-Id"],
            references=" ".join(references),
            body=body,
        )
        thread = self.env["mail.thread"].message_process("helpdesk.ticket", raw)
        self.mailboxes[sender].append({"Message-Id": message_id, "own": True})
        return thread

    def write_in_backend(self, ticket, body, subtype="mail.mt_comment"):
        ticket.with_user(self.agent).message_post(
            body=body, message_type="comment", subtype_xmlid=subtype
        )

    # ---------------------------------------------------
    # What arrives
    # ---------------------------------------------------

    def receive(self, ticket, *addresses):
        """Deliver the mails; they go to these people, each of whom gets one."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.send_queue()
        outside = []
        for recipients, mail in self.sink.mails:
            self.assertEqual(len(recipients), 1)
            self.assertIn(ticket.number, mail["Subject"])
            self.assertEqual(mail["Subject"].count(ticket.number), 1)
            if recipients[0] != self.agent.email:
                outside.append(recipients[0])
                self.assertNotIn(NOTE, mail.as_string())
                self.assertThread(ticket, recipients[0], mail)
        self.sink.mails.clear()
        self.assertEqual(sorted(outside), sorted(addresses))

    def assertThread(self, ticket, address, mail):
        """The mail belongs to those that its reader has, and to nothing hidden."""
        references = (mail["References"] or "").split()
        known = self.env["mail.message"].search(
            [("message_id", "in", references), ("res_id", "=", ticket.id)]
        )
        self.assertEqual(set(references), set(known.mapped("message_id")))
        self.assertFalse(known.filtered("is_internal"))
        mailbox = self.mailboxes.setdefault(address, [])
        if mailbox:
            had = {other["Message-Id"] for other in mailbox}
            for other in mailbox:
                had |= set((other.get("References") or "").split())
            self.assertTrue(had & set(references), "a thread of its own")
        mailbox.append(mail)

    # ---------------------------------------------------
    # The conversation
    # ---------------------------------------------------

    def test_ten_messages(self):
        ben = self.ben.email
        ticket = self.file()
        self.receive(ticket, ben, BOSS)
        self.assertEqual(ticket.portal_role, "new")

        self.write_in_backend(ticket, "1 Is it plugged in?")
        self.receive(ticket, ben, BOSS)
        self.assertEqual(ticket.portal_role, "waiting_on_customer")

        self.write_mail(ben, "2 Yes")
        self.receive(ticket, BOSS)
        self.assertEqual(ticket.portal_role, "waiting_on_us")

        self.write_in_backend(ticket, NOTE, subtype="mail.mt_note")
        self.receive(ticket)
        self.assertEqual(ticket.portal_role, "waiting_on_us")

        self.write_in_backend(ticket, "3 And switched on?")
        self.receive(ticket, ben, BOSS)
        self.assertEqual(ticket.portal_role, "waiting_on_customer")

        self.write_in_portal(ticket, "4 How?")
        self.receive(ticket, BOSS)
        self.assertEqual(ticket.portal_role, "waiting_on_us")

        self.write_mail(BOSS, "5 The green button")
        self.receive(ticket, ben)
        self.assertEqual(ticket.portal_role, "waiting_on_us")

        self.write_in_backend(ticket, "6 Right")
        self.receive(ticket, ben, BOSS)
        self.assertEqual(ticket.portal_role, "waiting_on_customer")

        ticket.with_user(self.agent).stage_id = ticket._get_stage_for("solved")
        self.receive(ticket, ben, BOSS)
        self.assertEqual(ticket.portal_role, "solved")

        self.write_mail(ben, "7 Still dead")
        self.receive(ticket, BOSS)
        self.assertEqual(ticket.portal_role, "waiting_on_us")

        self.write_in_backend(ticket, "8 We send a new one")
        self.receive(ticket, ben, BOSS)

        ticket.with_user(self.agent).stage_id = ticket._get_stage_for("solved")
        self.receive(ticket, ben, BOSS)
        self.close_by_link(ticket, ben, "9 It works")
        self.receive(ticket, BOSS, ben, BOSS)  # the words, and the closed mail
        self.assertEqual(ticket.portal_role, "closed")

        self.write_mail(BOSS, "10 Dead again")
        self.receive(ticket, ben)
        self.assertEqual(ticket.portal_role, "waiting_on_us")

        bodies = " ".join(ticket._get_conversation().mapped("body"))
        numbers = re.findall(r"\b(\d+) [A-Z]", bodies)
        self.assertEqual(numbers, [str(number) for number in range(1, 11)])
        self.assertEqual(
            self.env["helpdesk.ticket"].search_count([("name", "ilike", "Printer")]), 1
        )

    def close_by_link(self, ticket, address, comment):
        html = self.mailboxes[address][-1].get_body(("html",)).get_content()
        [link] = re.findall(r'href="[^"]*(/support/ticket/\d+/close#[^"]+)"', html)
        self.logout_session()
        page = self.open_link(link)
        token = self.find(page, "//input[@name='token']/@value")[0]
        values = {"token": token, "action": "close", "comment": comment}
        self.post(link.partition("#")[0], values, page=page)
