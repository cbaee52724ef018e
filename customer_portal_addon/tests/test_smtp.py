"""From the browser to the mailbox: a real SMTP server takes the mail."""

import email
import email.policy
import socket
from unittest.mock import patch

from aiosmtpd.controller import Controller

from odoo.tests import tagged

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from .common import PNG
from .http_common import SupportHttpCase


class Sink:
    """Keeps every mail that arrives, with the addresses of its envelope."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 aiosmtpd's name
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append((envelope.rcpt_tos, mail))
        return "250 OK"


@tagged("post_install", "-at_install")
class TestSmtp(SupportHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sink = Sink()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        controller = Controller(cls.sink, hostname="127.0.0.1", port=port)
        controller.start()
        cls.addClassCleanup(controller.stop)
        cls.env["ir.mail_server"].search([]).active = False
        cls.env["ir.mail_server"].create(
            {"name": "Sink", "smtp_host": "127.0.0.1", "smtp_port": port}
        )

    def send_queue(self):
        """Send what waits; Odoo sends nothing during tests unless told so."""
        with patch.object(IrMail_Server, "_disable_send", lambda *args: False):
            self.env["mail.mail"].search([("state", "=", "outgoing")]).send()

    def file(self):
        slug = self.env["ir.http"]._slug(self.error_type)
        page = self.open_as(self.ben, f"/support/ticket/new/{slug}")
        values = {
            "subject": "Crash in Größe",
            "description": "It crashes",
            "answer_window": "Main",
            "cc": "boss@adler.example",
        }
        files = [("files", (name, PNG)) for name in ("one.png", "zwei.png")]
        self.post(f"/support/ticket/new/{slug}", values, page=page, files=files)
        return self.env["helpdesk.ticket"].search([("name", "=", "Crash in Größe")])

    def test_filed_ticket_is_confirmed_in_the_mailboxes(self):
        self.env["mail.mail"].search([]).unlink()
        ticket = self.file()
        self.assertEqual(len(ticket.answer_ids.attachment_ids), 2)
        self.send_queue()
        mails = {recipients[0]: mail for recipients, mail in self.sink.mails}
        self.assertEqual(len(self.sink.mails), 2)
        self.assertEqual(set(mails), {self.ben.email, "boss@adler.example"})
        for address, mail in mails.items():
            self.assertIn(address, mail["To"])
            self.assertIn(ticket.number, mail["Subject"])
            self.assertEqual(mail["Auto-Submitted"], "auto-generated")
            self.assertFalse(list(mail.iter_attachments()))
            link = f"{ticket.get_base_url()}/my/ticket/{ticket.id}"
            page = mail.get_body(("html",)).get_content()
            self.assertIn(f'href="{link}"', page)
            self.assertIn("Open service portal", page)
            text = mail.get_body(("plain",)).get_content()
            self.assertIn(ticket.number, text)
            self.assertIn(link, text)
        text = mails[self.ben.email].get_body(("plain",)).get_content()
        self.assertIn("Crash in Größe", text)
