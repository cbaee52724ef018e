"""What the header of a mail tells, without a database."""

import email
from email import policy

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ...tools.mail.incoming_mail import IncomingMail
from ...tools.mail.mail_authenticity import read_verdict
from ...tools.mail.mail_forward import find_forwarded
from ...tools.mail.mail_headers import is_automatic, sender_address, ticket_numbers
from ...tools.mail.mail_text import decode_text, make_readable, salvage_text, shed_files
from ...tools.text.names import person_name


def mail(headers="", sender="Ben <ben@adler.example>"):
    text = f"From: {sender}\nTo: support@vendor.example\nSubject: x\n{headers}\n\nText"
    return email.message_from_bytes(text.encode(), policy=policy.SMTP)


class TestIsAutomatic(BaseCase):
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


class TestPersonName(BaseCase):
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


class TestSender(BaseCase):
    def test_the_address_that_counts(self):
        for sender, address in {
            "ben@adler.example": "ben@adler.example",
            "Ben <Ben@Adler.example>": "ben@adler.example",
            "Adler, Ben <ben@adler.example>": "ben@adler.example",
            '"evil@x.example" <ben@adler.example>': "ben@adler.example",
            "evil@x.example <ben@adler.example>": "ben@adler.example",
            "(evil@x.example) ben@adler.example": "ben@adler.example",
            "ben@adler.example, evil@x.example": "",
            "<ben@adler.example> <evil@x.example>": "",
            "Ben": "",
            "": "",
        }.items():
            self.assertEqual(sender_address(mail(sender=sender)), address, sender)

    def test_two_headers(self):
        self.assertEqual(sender_address(mail("From: evil@x.example")), "")

    def about(self, subject):
        raw = f"From: ben@adler.example\nSubject: {subject}\n\nText"
        return email.message_from_string(raw, policy=policy.SMTP)

    def test_subjects_of_machines(self):
        for subject in (
            "Automatische Antwort: Crash",
            "Abwesenheitsnotiz",
            "Out of Office: back on Monday",
            "Automatic reply: Crash",
            "Autoreply",
            "=?utf-8?B?QXV0b21hdGlzY2hlIEFudHdvcnQ6IEdyw7zDn2U=?=",
        ):
            self.assertTrue(is_automatic(self.about(subject)), subject)
        for subject in ("Autoreply does not work", "Re: Out of office", "Automation"):
            self.assertFalse(is_automatic(self.about(subject)), subject)

    def test_numbers_in_subjects(self):
        self.assertEqual(ticket_numbers("Re: Crash (HT00012)"), ["HT00012"])
        self.assertEqual(ticket_numbers("[#HT00012] x (2024)"), ["HT00012", "2024"])
        self.assertEqual(ticket_numbers("HT00012"), [])
        self.assertEqual(ticket_numbers(None), [])


class TestVerdict(BaseCase):
    def verdict(self, *headers):
        lines = "\n".join(f"Authentication-Results: {header}" for header in headers)
        return read_verdict(mail(lines), "ben@adler.example")

    def test_who_decides(self):
        for result, verdict in {
            "dmarc=pass": "pass",
            "dmarc=fail": "fail",
            "dmarc=fail; spf=pass smtp.mailfrom=ben@adler.example": "fail",
            "dkim=pass header.d=adler.example": "pass",
            "dkim=pass header.i=@mail.adler.example": "pass",
            "dkim=pass header.d=evil.example": "unknown",
            "dkim=pass header.d=notadler.example": "unknown",
            "dkim=pass header.d=example": "unknown",
            "dkim=pass": "unknown",
            "spf=pass smtp.mailfrom=bounce@adler.example": "pass",
            "spf=pass smtp.mailfrom=x@evil.example": "unknown",
            "spf=fail smtp.mailfrom=ben@adler.example": "fail",
            "spf=fail; dkim=pass header.d=adler.example": "pass",
            "spf=softfail": "unknown",
            "dmarc=none; spf=fail": "fail",
            "dmarc=temperror": "unknown",
            "none": "unknown",
            "DMARC=PASS (p=reject) header.from=adler.example": "pass",
            "dkim/1 = pass header.d = adler.example": "pass",
        }.items():
            self.assertEqual(
                self.verdict(f"mx.vendor.example; {result}"),
                (verdict, "mx.vendor.example"),
                result,
            )

    def test_only_the_topmost_counts(self):
        self.assertEqual(
            self.verdict("mx; dmarc=none", "mx; dmarc=pass"), ("unknown", "mx")
        )

    def test_what_the_sender_chose_separates_nothing(self):
        for value in (
            'mx; spf=none smtp.mailfrom="x;dmarc=pass"@evil.example',
            "mx; spf=none (helo=x; dmarc=pass) smtp.helo=x",
            'mx; spf=none (a "quote\\" and ; dmarc=pass) x=y',
            'mx; spf=none reason="; dmarc=pass ;"',
        ):
            self.assertEqual(self.verdict(value)[0], "unknown", value)
        self.assertEqual(self.verdict("mx; x=(; dmarc=pass")[0], "unknown")

    def test_version_and_no_header(self):
        self.assertEqual(self.verdict("MX.vendor.example 1; dmarc=pass")[0], "pass")
        self.assertEqual(read_verdict(mail(), "a@b.example"), ("unknown", ""))

    @given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
    def test_any_header(self, value):
        self.assertIn(self.verdict(value)[0], ("pass", "fail", "unknown"))


class TestIncomingMail(BaseCase):
    @given(st.binary() | st.binary().map(lambda raw: b"From: " + raw))
    def test_no_mail_makes_it_crash(self, raw):
        incoming = IncomingMail(raw)
        self.assertIn(incoming.verdict, ("pass", "fail", "unknown"))
        incoming.text_of("Subject")
        salvage_text(raw)

    @given(st.binary(), st.sampled_from(["utf-8", "latin-1", "utf-16", "x", "base64"]))
    def test_any_bytes_are_text(self, content, charset):
        self.assertIsInstance(decode_text(content, charset), str)

    @given(st.binary())
    def test_any_body_is_readable(self, body):
        raw = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + body
        message = email.message_from_bytes(raw, policy=policy.SMTP)
        make_readable(message, 1000)
        shed_files(message, 1, 100)


class TestForwarded(BaseCase):
    BLOCKS = {
        "Outlook": "Von: Nora <nora@new.example>\nGesendet: Mo\nAn: x\nBetreff: y",
        "Outlook, bold": "*Von:* Nora <nora@new.example>\n*Gesendet:* Mo\n*An:* x",
        "Outlook, English": "From: Nora <nora@new.example>\nSent: Monday\nTo: x",
        "Thunderbird": "-------- Weitergeleitete Nachricht --------\nBetreff: y\n"
        "Datum: Mo\nVon: Nora <nora@new.example>\nAn: x",
        "Gmail": "---------- Forwarded message ---------\n"
        "From: Nora <nora@new.example>\nDate: Mon\nSubject: y\nTo: <x>",
        "Apple": "Anfang der weitergeleiteten Nachricht:\n\n"
        "> Von: Nora <nora@new.example>\n> Betreff: y\n> Datum: Mo\n> An: x\n>",
    }

    def test_mail_programs(self):
        for name, block in self.BLOCKS.items():
            found = find_forwarded(f"See below.\n\n{block}\n\nIt is broken.")
            self.assertEqual(found, ("Nora", "nora@new.example", "It is broken."), name)

    def test_what_is_no_forward(self):
        for text in (
            "",
            "From: me\nTo: you",
            "Von: nora@new.example\nHallo",
            "The price went from: a@b.example\nto something",
        ):
            self.assertIsNone(find_forwarded(text), text)

    @given(st.text())
    def test_any_text(self, text):
        find_forwarded(text)


class TestOddWords(BaseCase):
    def test_encodings_that_are_none(self):
        """Whatever an encoded word says it is written in, the mail is read."""
        for charset in (b"u\x00\x80", b"hex", b"base64", b"idna", b"\xff", b"a" * 300):
            word = b"=?" + charset + b"?q?Re:_x?="
            raw = b"Subject: %s\nFrom: %s <ben@adler.example>\n\nText" % (word, word)
            with self.subTest(charset=charset):
                self.assertIs(IncomingMail(raw).is_automatic, False)
