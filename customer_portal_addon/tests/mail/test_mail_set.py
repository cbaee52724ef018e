"""Every mail of the set becomes what stands beside it: none raises, none is lost."""

import random

from odoo.tests import tagged
from odoo.tools import email_normalize

from .mail_common import MailInCase
from .mail_set import MAILS


@tagged("post_install", "-at_install")
class TestMailSet(MailInCase):
    maxDiff = None

    def test_each_mail(self):
        for name, (raw, expected) in MAILS.items():
            with self.subTest(mail=name):
                savepoint = self.env.cr.savepoint()
                try:
                    self.check(raw, expected)
                finally:
                    savepoint.close(rollback=True)
                    self.env.invalidate_all()

    def test_damaged_on_the_way(self):
        """Whatever happens to the bytes of a mail, it leaves something behind."""
        dice = random.Random(19)
        mails = [raw for raw, _expected in MAILS.values() if 0 < len(raw) < 5000]
        for number in range(120):
            raw = bytearray(dice.choice(mails))
            for _damage in range(dice.randint(1, 12)):
                place = dice.randrange(len(raw))
                kind = dice.random()
                if kind < 0.5:
                    raw[place] = dice.choice(b'\x00\x80\xff\n<>@";:,=?( a')
                elif kind < 0.8:
                    raw[place:place] = dice.choice(mails)[:40]
                else:
                    del raw[place : place + 20]
                raw = raw or bytearray(b"x")
            raw = bytes(raw) + b" "
            with self.subTest(number=number, raw=raw):
                savepoint = self.env.cr.savepoint()
                try:
                    seen = self.receive(raw)
                    known = b"<known@" in raw or b"{ref}" in raw or b"{ack}" in raw
                    answer = seen.messages | seen.notes
                    self.assertTrue(known or seen.tickets or answer or seen.asides)
                finally:
                    savepoint.close(rollback=True)
                    self.env.invalidate_all()

    def check(self, raw, expected):
        seen = self.receive(raw)
        wanted = {"count": 1 if expected.get("new") else 0, **expected}
        self.assertEqual(len(seen.tickets), wanted["count"])
        self.assertEqual(len(seen.messages), int("message" in wanted))
        self.assertEqual(len(seen.notes), int("note" in wanted))
        self.assertEqual(set(seen.asides.mapped("reason")), wanted.get("aside", set()))
        self.assertEqual(
            self.ticket.portal_role, wanted.get("status", "waiting_on_customer")
        )
        created = {email for email in seen.contacts.mapped("email_normalized")}
        self.assertEqual(created, wanted.get("created", set()))
        ack = wanted.get("ack") or None
        self.assertEqual(seen.acks, [ack] if ack else [])
        joined = seen.followers.mapped("email_normalized")
        self.assertEqual(set(joined), wanted.get("joined", set()))
        if "author" in wanted:
            self.check_author(seen, wanted)
        for ticket in seen.tickets:
            self.check_ticket(ticket, wanted)
        if "suggested" in wanted:
            self.assertEqual(self.ticket.email_cc, ", ".join(wanted["suggested"]))
        else:
            self.assertFalse(self.ticket.email_cc)

    def check_author(self, seen, wanted):
        author = self.find(wanted["author"])
        for message in seen.messages | seen.notes:
            robot = self.env.ref("base.partner_root")
            self.assertEqual(message.author_id - robot, author)
        for ticket in seen.tickets:
            self.assertEqual(ticket.partner_id, author)
            opening = ticket.message_ids.filtered(lambda m: m.message_type == "email")
            self.assertEqual(opening.author_id, author)
            self.assertIn(opening.parent_id.res_id, (0, ticket.id))
            self.assertFalse(opening.is_internal)

    def check_ticket(self, ticket, wanted):
        if "title" in wanted:
            self.assertEqual(ticket.name, wanted["title"])
        if "text" in wanted:
            self.assertIn(wanted["text"], ticket.description)
        if "not_text" in wanted:
            self.assertNotIn(wanted["not_text"], ticket.description)
        files = set(ticket.message_ids.attachment_ids.mapped("name"))
        self.assertLessEqual(wanted.get("files", set()), files)
        followers = ticket.message_partner_ids
        staff = followers.filtered(lambda person: not person.partner_share)
        self.assertLessEqual(
            set(map(email_normalize, staff.mapped("email"))),
            wanted.get("staff", set()) | {wanted["author"]},
        )
        joined = (followers - staff - ticket.partner_id).mapped("email_normalized")
        self.assertEqual(set(joined), wanted.get("with_", set()))
        self.assertEqual(ticket.email_cc or "", wanted.get("to_suggest", ""))
        refers = ticket.message_ids.filtered(lambda m: "refers to" in (m.body or ""))
        self.assertEqual(bool(refers), bool(wanted.get("referred")))
        for person in self.people_outside(ticket):
            visible = ticket.with_user(person)._get_conversation()
            self.assertNotIn(self.ticket.number, str(visible.mapped("body")))
