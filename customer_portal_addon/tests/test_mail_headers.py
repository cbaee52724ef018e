"""What the header of a mail tells, without a database."""

import email
from email import policy
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from ..tools.mail_headers import is_automatic
from ..tools.names import person_name


def mail(headers="", sender="Ben <ben@adler.example>"):
    text = f"From: {sender}\nTo: support@vendor.example\nSubject: x\n{headers}\n\nText"
    return email.message_from_bytes(text.encode(), policy=policy.SMTP)


class TestIsAutomatic(TestCase):
    def test_mails_of_people(self):
        for headers in (
            "Importance: high",
            "Auto-Submitted: no",
            "auto-submitted: No",
            "Precedence: first-class",
            "Return-Path: <ben@adler.example>",
            # Exchange's wish how to answer a mail that a person wrote
            "X-Auto-Response-Suppress: DR, OOF, AutoReply",
            "Content-Type: multipart/alternative; boundary=x",
            "X-Autoreply: no",
        ):
            self.assertIs(is_automatic(mail(headers)), False, headers)

    def test_automatic_mails(self):
        for headers in (
            "Auto-Submitted: auto-replied",
            "Auto-Submitted: auto-generated; owner-email=x@y.example",
            "AUTO-SUBMITTED: Auto-Notified",
            "Precedence: bulk",
            "Precedence: Junk",
            "Precedence: list",
            "Precedence: auto_reply",
            "List-Id: <news.adler.example>",
            "List-Unsubscribe: <https://adler.example/off>",
            "X-Autoreply: yes",
            "X-Autorespond: Out of office",
            "X-Auto-Response-Suppress: All",
            "X-Auto-Response-Suppress: DR, All",
            "X-Failed-Recipients: nobody@adler.example",
            "Return-Path: <>",
            "Return-Path: < >",
            "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
        ):
            self.assertIs(is_automatic(mail(headers)), True, headers)

    def test_senders_that_are_no_people(self):
        for sender in (
            "MAILER-DAEMON@adler.example",
            "Mail Delivery <mailer-daemon@adler.example>",
            "postmaster@adler.example",
        ):
            self.assertTrue(is_automatic(mail(sender=sender)), sender)
        named = '"postmaster@adler.example" <ben@adler.example>'
        self.assertFalse(is_automatic(mail(sender=named)))
        self.assertFalse(is_automatic(mail(sender="postmaster2@adler.example")))

    def test_a_mail_without_headers(self):
        self.assertFalse(is_automatic(email.message.EmailMessage()))

    @given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
    def test_no_header_makes_it_crash(self, value):
        for name in ("From", "Precedence", "Return-Path", "Content-Type"):
            text = f"{name}: {value}\n\n".encode()
            message = email.message_from_bytes(text, policy=policy.SMTP)
            self.assertIn(is_automatic(message), (True, False))


class TestPersonName(TestCase):
    def test_names_stay(self):
        for name in (
            "Ben Adler",
            "Müller, Hans-Jürgen",
            "J. R. O'Hara",
            "J.R. Smith",
            "Łukasz (Adler GmbH & Co. KG)",
            "山田太郎",
        ):
            self.assertEqual(person_name(name), name)

    def test_blanks_and_quotes(self):
        self.assertEqual(person_name(" 'Ben \t Adler' "), "Ben Adler")
        self.assertEqual(person_name("Ben\u202e Adler\x00"), "Ben Adler")

    def test_what_is_more_than_a_name(self):
        for name in (
            None,
            "",
            "<b>Ben</b>",
            "<script>alert(1)</script>",
            "Win at evil.example",
            "https://evil",
            "Visit //evil",
            "ben@adler.example",
            "{{ object.name }}",
            "x" * 81,
        ):
            self.assertEqual(person_name(name), "", name)

    @given(st.text())
    def test_any_text_gives_one_line(self, text):
        name = person_name(text)
        self.assertTrue(name == "" or name.isprintable())
        self.assertFalse(set("<>@:") & set(name))
