"""What is told of a mail without a database: its limits, its date, whom to believe."""

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from unittest.mock import patch

from odoo.tests import BaseCase

from ...tools.mail import mail_text
from ...tools.mail.incoming_mail import IncomingMail
from ...tools.mail.mail_forward import attached_mails
from ...tools.mail.mail_headers import is_plausible_date

NOW = datetime(2026, 6, 15, 10)
HEAD = b"From: ben@adler.example\r\nTo: support@vendor.example\r\n"


def make(text="Hello", **headers):
    message = EmailMessage(policy=policy.SMTP)
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


class TestIncomingMail(BaseCase):
    def test_only_our_own_server_speaks_for_a_sender(self):
        for said, own, trust in (
            ("mx.vendor.example; dmarc=pass", "mx.vendor.example", "pass"),
            ("mx.evil.example; dmarc=pass", "mx.vendor.example", "unknown"),
            ("mx.evil.example; dmarc=pass", "", "unknown"),
            ("mx.evil.example; dmarc=fail", "mx.vendor.example", "fail"),
            ("", "mx.vendor.example", "unknown"),
        ):
            results = b"Authentication-Results: %s\r\n" % said.encode() if said else b""
            mail = IncomingMail(results + HEAD + b"\r\nHello")
            with self.subTest(said=said, own=own):
                self.assertEqual(mail.get_trust(own), trust)

    def test_what_it_answers(self):
        references = b"References: <1@a> <x-reply_to-y@a>\r\nIn-Reply-To: <2@a>\r\n"
        mail = IncomingMail(references + HEAD + b"\r\nHello")
        self.assertEqual(mail.get_answered_ids(), ["<1@a>", "<2@a>"])

    def test_what_others_find_is_added_once(self):
        mail = IncomingMail(b"In-Reply-To: <2@a>\r\n" + HEAD + b"\r\nHello")
        mail.add_found(["<2@a>", "", None, "<3@a>"], ["support@vendor.example", "b@a"])
        self.assertEqual(mail.references, ["<2@a>", "<3@a>"])
        self.assertEqual(mail.recipients, ["support@vendor.example", "b@a"])


class TestDates(BaseCase):
    def test_clocks_differ_and_servers_retry(self):
        for age, expected in {
            timedelta(): True,
            timedelta(minutes=-59): True,
            timedelta(minutes=-61): False,
            timedelta(days=29): True,
            timedelta(days=31): False,
        }.items():
            self.assertIs(is_plausible_date(NOW - age, NOW), expected, age)


class TestLimits(BaseCase):
    def parse(self, message):
        return message_from_bytes(bytes(message), policy=policy.SMTP)

    def test_nothing_is_taken_from_an_ordinary_mail(self):
        message = make()
        message.add_attachment("a file", filename="a.txt")
        before = bytes(message)
        self.assertEqual(mail_text.limit_mail(message), ([], 0, 0))
        self.assertEqual(bytes(message), before)

    def test_what_is_too_much_is_taken_out_and_told(self):
        message = make("x" * 50)
        for number in range(3):
            message.add_attachment("a file", filename=f"{number}.txt")
        message = self.parse(message)
        with patch.multiple(mail_text, MAX_BODY=20, MAX_FILES=2):
            cut, shed, broken = mail_text.limit_mail(message)
        self.assertEqual([name for name, _text in cut], ["message.txt"])
        self.assertEqual(cut[0][1].strip(), "x" * 50)
        self.assertEqual((shed, broken), (1, 0))
        self.assertEqual(len(list(message.iter_attachments())), 2)

    def test_too_many_parts_are_not_looked_at(self):
        message = make()
        message.add_attachment("a file", filename="a.txt")
        with patch.object(mail_text, "MAX_PARTS", 2):
            self.assertRaises(ValueError, mail_text.limit_mail, message)

    def test_a_database_takes_the_text(self):
        self.assertEqual(mail_text.storable("a\x00b\ud800ä"), "ab?ä")


class TestAttachedMails(BaseCase):
    def test_mails_among_the_files(self):
        plain = make("Crash", From="Ben <ben@adler.example>")
        rich = make("Crash", From="eva@adler.example")
        rich.clear_content()
        rich.set_content("<p>Crash</p>", subtype="html")
        empty = EmailMessage(policy=policy.SMTP)
        empty.make_mixed()
        files = [
            ("a.txt", b"From: nobody"),
            ("a.eml", plain, {}),
            ("b.eml", rich, {}),
            ("c.eml", empty),
        ]
        self.assertEqual(
            [
                (who, text.strip(), is_html)
                for who, text, is_html in attached_mails(files)
            ],
            [
                ("Ben <ben@adler.example>", "Crash", False),
                ("eva@adler.example", "<p>Crash</p>", True),
                ("", "", False),
            ],
        )
