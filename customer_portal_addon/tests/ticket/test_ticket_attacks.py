"""Attacks on tickets by mail and over RPC that once succeeded."""

from time import monotonic

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import plaintext2html

from ...tools.mail import mail_subjects
from ...tools.mail.mail_forward import find_forwarded
from ...tools.mail.mail_text import salvage_text
from ..mail.mail_common import MailInCase
from ..mail.mail_set import AGENT, BEN, EMIL, MX, NEW, mail, reply


@tagged("post_install", "-at_install")
class TestForgedStaff(MailInCase):
    def test_nobody_brings_himself_in_by_the_name_of_staff(self):
        subject = f"x ({self.ticket.number})"
        seen = self.receive(mail(AGENT, f"Cc: {NEW}, {EMIL}", subject=subject))
        self.assertFalse(seen.followers)
        self.assertFalse(seen.contacts)
        self.assertTrue(seen.notes.subtype_id.internal)

    def test_forwards_in_the_name_of_staff_bring_nobody_in(self):
        body = f"Von: Emil <{EMIL}>\nGesendet: x\nAn: y\n\nText"
        seen = self.receive(mail(AGENT, f"Cc: {NEW}", subject="WG: x", body=body))
        self.assertNotIn(self.find(NEW), seen.tickets.message_partner_ids)
        self.assertFalse(self.find(NEW))

    def test_staff_bring_people_in(self):
        for headers in ((f"Cc: {NEW}", f"{MX} dmarc=pass"), (f"Cc: {EMIL}",)):
            seen = self.receive(reply(AGENT, *headers))
            self.assertTrue(seen.followers)

    def test_portal_users_deliver_no_mails(self):
        raw = mail(AGENT, subject=f"x ({self.ticket.number})")
        for model in ("mail.thread", "helpdesk.ticket"):
            thread = self.env[model].with_user(self.emil)
            with self.assertRaises(AccessError):
                thread.message_process("helpdesk.ticket", raw)


@tagged("post_install", "-at_install")
class TestHiddenReferences(MailInCase):
    """What Odoo takes for an answer to a ticket is one for us, however written."""

    def assert_not_posted(self, *headers, to="catchall@desk.example"):
        before = self.ticket.message_ids
        seen = self.receive(mail(EMIL, *headers, to=to), fallback=None)
        self.assertFalse(seen.messages)
        self.assertFalse((self.ticket.message_ids - before).filtered("body"))

    def test_folded(self):
        for name in ("References", "In-Reply-To"):
            self.assert_not_posted(f"{name}: <\r\n {{ref_bare}}>")

    def test_encoded(self):
        self.assert_not_posted("In-Reply-To: =?utf-8?q?=3C{ref_bare}=3E?=")

    def test_behind_a_long_header(self):
        filler = [f"X-Filler-{number}: {'x' * 900}" for number in range(300)]
        self.assert_not_posted(*filler, "In-Reply-To: {ref}")

    def test_another_address_of_ours_in_copy(self):
        self.env["mail.alias"].create(
            {
                "alias_name": "elsewhere",
                "alias_model_id": self.env["ir.model"]._get_id("res.partner"),
                "alias_domain_id": self.env.company.alias_domain_id.id,
            }
        )
        self.assert_not_posted("In-Reply-To: {ref}", "Cc: elsewhere@desk.example")

    def test_forged_with_an_encoded_recipient(self):
        headers = ("To: =?utf-8?q?hotline=40desk=2Eexample?=", f"{MX} dmarc=fail")
        seen = self.receive(mail(BEN, *headers, to=""), fallback=None)
        self.assertFalse(seen.tickets.partner_id)


@tagged("post_install", "-at_install")
class TestSlowTexts(MailInCase):
    def test_nothing_takes_long_to_read(self):
        size = 100_000
        lines = ["From: " + "a@" * size, "From: " + "a" * size]
        lines += ["From" + " " * size + "x", "From: a@b.example\nTo" + " " * size]
        started = monotonic()
        for line in lines:
            find_forwarded(line)
            pre = f"<p>x</p><pre>{line}</pre>"
            self.ticket._split_quotes(pre)
            self.ticket._split_quotes(plaintext2html(line))
        for quote in ("&gt;" * (size // 4), " " * size, "on " + "x " * size):
            self.ticket._split_quotes(f"<pre>x\n{quote}\n&gt; y</pre>")
        mail_subjects.as_answer("re" + " " * size + "x", "HT1")
        salvage_text(b"\n\n" + b"<style " * size)
        self.assertLess(monotonic() - started, 20)
