"""A real SMTP server that takes the mail, and keeps it."""

import email
import email.policy
import socket
from unittest.mock import patch

from aiosmtpd.controller import Controller

from odoo.addons.base.models.ir_mail_server import IrMail_Server


class Sink:
    """Keeps every mail that arrives, with the addresses of its envelope."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 aiosmtpd's name
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append((envelope.rcpt_tos, mail))
        return "250 OK"


class SmtpTools:
    """Sends the queue to a sink; mixed into the test cases."""

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

    def setUp(self):
        super().setUp()
        self.sink.mails.clear()
        self.env["mail.mail"].search([]).unlink()

    def send_queue(self):
        """Send what waits; Odoo sends nothing during tests unless told so."""
        self._confirm_tickets()
        with patch.object(IrMail_Server, "_disable_send", lambda *args: False):
            self.env["mail.mail"].search([("state", "=", "outgoing")]).send()
