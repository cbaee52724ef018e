"""From the browser to the mailbox: a real SMTP server takes the mail."""

from odoo.tests import tagged

from ..common import PNG
from ..http_common import SupportHttpCase
from .smtp_common import SmtpTools


@tagged("post_install", "-at_install")
class TestSmtp(SmtpTools, SupportHttpCase):
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
        """Read from the mailboxes of contact and copy (C3, D8)."""
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
