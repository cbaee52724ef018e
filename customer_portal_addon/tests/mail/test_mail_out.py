import ast
import re

from odoo import Command
from odoo.tests import tagged
from odoo.tools import html2plaintext

from ...tools.mail.mail_subjects import as_answer, with_number
from ..common import SupportCase
from .outgoing_common import BUTTON, GERMAN_BUTTON, STRANGER, MailTools

NOTE = "CANARY-NOTE"


class MailOutTools(MailTools):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls.env["res.partner"].create(
            {"name": "CANARY-STRANGER", "email": STRANGER, "lang": "en_US"}
        )

    def setUp(self):
        super().setUp()
        self.ticket = self._create_ticket(
            self.ben, name="Printer", team_id=self.error_type.team_ids.id
        )
        self.ticket.message_subscribe(
            (self.ben | self.anna | self.agent).partner_id.ids
        )
        self.settle()
        self.env["mail.mail"].search([]).unlink()

    def settle(self):
        self.env.flush_all()
        self.cr.precommit.run()

    def move(self, role, ticket=None):
        with self.mock_mail_gateway():
            self.env.flush_all()
            (ticket or self.ticket)._move_to(role)
            self.settle()
            self.send_queue()

    def post(self, body="Public words", user=None, ticket=None, **kw):
        values = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment", **kw}
        with self.mock_mail_gateway():
            self.env.flush_all()
            message = (
                (ticket or self.ticket)
                .with_user(user or self.agent)
                .message_post(body=body, **values)
            )
            self.settle()
            self.send_queue()
        return message

    def addresses(self):
        return sorted(
            address
            for mail in self._mails
            for address in re.findall(r"[\w.]+@[\w.]+\w", str(mail["email_to"]))
        )

    def references(self, mail):
        return (mail["EmailMessage"]["References"] or "").split()


@tagged("post_install", "-at_install")
class TestSubjects(SupportCase):
    def test_number_once(self):
        cases = {
            ("Printer", "HT1"): "Printer (HT1)",
            ("Printer (HT1)", "HT1"): "Printer (HT1)",
            ("HT1: Printer", "HT1"): "HT1: Printer",
            ("HT12 Printer", "HT1"): "HT12 Printer (HT1)",
            ("a\r\nBcc: x", "HT1"): "a Bcc: x (HT1)",
            (None, "HT1"): "(HT1)",
            ("Printer", False): "Printer",
        }
        for (subject, number), expected in cases.items():
            self.assertEqual(with_number(subject, number), expected)

    def test_one_answer_prefix(self):
        cases = {
            "Printer": "Re: Printer (HT1)",
            "Re: AW: printer": "Re: printer (HT1)",
            "RE[2]: WG: Printer (HT1)": "Re: Printer (HT1)",
            "Regarding: you": "Re: Regarding: you (HT1)",
        }
        for subject, expected in cases.items():
            self.assertEqual(as_answer(subject, "HT1"), expected)


@tagged("post_install", "-at_install")
class TestPersonalMails(MailOutTools, SupportCase):
    """What agents and customers write to each other."""

    def test_subject(self):
        self.post()
        expected = f"Re: Printer ({self.ticket.number})"
        self.assertEqual(self.mail_to(self.ben.email)["subject"], expected)

    def test_subject_of_the_agent(self):
        number = self.ticket.number
        self.post(subject="About your printer")
        subject = self.mail_to(self.ben.email)["subject"]
        self.assertEqual(subject, f"About your printer ({number})")
        self.post(subject=f"[{number}] again")
        self.assertEqual(self.mail_to(self.ben.email)["subject"], f"[{number}] again")

    def test_layout_and_signature_once(self):
        self.agent.signature = "<p>CANARY-SIGNATURE</p>"
        self.post()
        mail = self.mail_to(self.ben.email)
        self.assertButton(mail, self.ticket)
        self.assertEqual(mail["body"].count("CANARY-SIGNATURE"), 1)
        self.assertEqual(mail["body"].count("Public words"), 1)
        for stock in ("odoo.com", "Powered by", "/mail/view", "View Ticket"):
            self.assertNotIn(stock.lower(), mail["body"].lower())

    def test_plain_text(self):
        self.post()
        message = self.mail_to(self.ben.email)["EmailMessage"]
        text = message.get_body(("plain",)).get_content()
        self.assertIn("Public words", text)
        self.assertIn(BUTTON, text)
        self.assertIn(f"/my/ticket/{self.ticket.id}", text)
        self.assertNotIn("{", text)  # no style sheet

    def test_language_of_each(self):
        self.anna.lang = "de_DE"
        self.post()
        self.assertButton(self.mail_to(self.ben.email), self.ticket)
        self.assertButton(self.mail_to(self.anna.email), self.ticket, GERMAN_BUTTON)

    def test_notes_stay_inside(self):
        self.post(NOTE, subtype_xmlid="mail.mt_note")
        self.assertFalse(
            [a for a in self.addresses() if not a.endswith("vendor.example")]
        )

    def test_contact_reads_without_following(self):
        """As after a mail or a call; Odoo would only propose the contact to staff."""
        self.ticket.message_unsubscribe(self.ben.partner_id.ids)
        self.post()
        self.mail_to(self.ben.email)
        self.post("From Anna", author_id=self.anna.partner_id.id)
        self.mail_to(self.ben.email)
        self.post(NOTE, subtype_xmlid="mail.mt_note")
        self.assertFalse(self.mails_to(self.ben.email))
        # what the contact has written does not come back
        self.ticket.message_post(
            body="x",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.ben.partner_id.id,
        )
        self.assertNotIn(self.ben.partner_id, self.last_notified())

    def test_removed_people_are_not_answered(self):
        message = self.post("From Anna", author_id=self.anna.partner_id.id)
        self.ticket.message_unsubscribe(self.anna.partner_id.ids)
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(
                "helpdesk.ticket",
                f"From: {self.ben.email}\nTo: first-level@vendor.example\n"
                f"Subject: Re\nMessage-Id: <answer@adler.example>\n"
                f"In-Reply-To: {message.message_id}\n\nSecret words\n",
            )
            self.settle()
            self.send_queue()
        self.assertEqual(self.last_notified(), self.agent.partner_id)
        self.assertFalse(self.mails_to(self.anna.email))

    def test_agents_write_to_whom_they_choose(self):
        self.post(partner_ids=self.emil.partner_id.ids)
        self.mail_to(self.emil.email)

    def last_notified(self):
        messages = self.ticket.message_ids.filtered(lambda m: m.message_type == "email")
        return messages[:1].notification_ids.res_partner_id

    def test_references_form_one_thread_without_notes(self):
        self.move("solved")  # begins the thread
        root = self.mail_to(self.ben.email)["EmailMessage"]["Message-Id"]
        note = self.post(NOTE, subtype_xmlid="mail.mt_note")
        first = self.post("First")
        self.post("Second")
        references = self.references(self.mail_to(self.ben.email))
        self.assertEqual(references[0], root)
        self.assertIn(first.message_id, references)
        self.assertNotIn(note.message_id, references)
        self.assertEqual(len(references), len(set(references)))

    def test_late_mails_still_name_the_root(self):
        root = self.post("Number 0").message_id
        for number in range(1, 8):
            self.post(f"Number {number}")
        references = self.references(self.mail_to(self.ben.email))
        self.assertEqual(references[0], root)
        self.assertLessEqual(len(references), 5)

    def test_opening_mail_is_the_root(self):
        opening = "<opening@adler.example>"
        with self.mock_mail_gateway():
            ticket_id = self.env["mail.thread"].message_process(
                "helpdesk.ticket",
                f"From: {self.ben.email}\nTo: support@vendor.example\n"
                f"Subject: Mailed\nMessage-Id: {opening}\n\nHelp\n",
            )
            self.settle()
            self.send_queue()
        ticket = self.env["helpdesk.ticket"].browse(ticket_id)
        confirmation = self.mail_to(self.ben.email)
        self.assertEqual(self.references(confirmation), [opening])
        self.post(ticket=ticket)
        self.assertEqual(self.references(self.mail_to(self.ben.email))[0], opening)
        self.move("solved", ticket)
        self.assertEqual(self.references(self.mail_to(self.ben.email))[0], opening)


@tagged("post_install", "-at_install")
class TestAutomaticMails(MailOutTools, SupportCase):
    """The mails of the stages: for everybody who takes part, each in their words."""

    def test_answers_go_to_the_company_not_to_who_caused_the_mail(self):
        self.ticket.team_id = self.env["helpdesk.ticket.team"].create(
            {"name": "Desk", "alias_name": "the-desk-for-everything-that-can-happen"}
        )
        self.env["mail.alias.domain"].search([])[:1] or self.env[
            "mail.alias.domain"
        ].create({"name": "vendor.example"})
        self.move("solved")
        reply_to = str(self._mails[0]["reply_to"])
        self.assertNotIn(self.env.user.name, reply_to)
        self.assertNotIn(self.agent.name, reply_to)
        self.assertLessEqual(len(reply_to), 68)

    def test_no_customer_is_in_charge_of_their_ticket(self):
        self.company.helpdesk_mgmt_ticket_auto_assign = True
        for user in (self.ben, self.agent):
            ticket_id = self.env["mail.thread"].message_process(
                "helpdesk.ticket",
                f"From: {user.email}\nTo: support@vendor.example\nSubject: Mine\n"
                f"Message-Id: <mine-{user.id}@world.example>\n\nHelp\n",
            )
            self.assertFalse(self.env["helpdesk.ticket"].browse(ticket_id).user_id)

    def test_strangers_are_told_what_became_of_their_mail(self):
        with self.mock_mail_gateway():
            ticket_id = self.env["mail.thread"].message_process(
                "helpdesk.ticket",
                "From: new@world.example\nTo: support@vendor.example\n"
                "Subject: BUY NOW\nMessage-Id: <spam@world.example>\n\nBUY\n",
            )
            self.settle()
            self.send_queue()
        body = self.mail_to("new@world.example")["body"]
        self.assertIn("from your address", body)
        self.assertNotIn("in copy", body)
        self.assertNotIn("BUY", body)
        ticket = self.env["helpdesk.ticket"].browse(ticket_id)
        channel = self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_email")
        self.assertEqual(ticket.channel_id, channel)
        self.assertFalse(ticket.user_id)  # it waits in the queue

    def test_everybody_once_but_staff(self):
        for role in ("solved", "closed"):
            self.move(role)
            self.assertEqual(
                self.addresses(), sorted([self.anna.email, self.ben.email]), role
            )
            for mail in self._mails:
                self.assertButton(mail, self.ticket)
                self.assertIn(self.ticket.number, mail["subject"])
                headers = mail["EmailMessage"]
                self.assertEqual(headers["Auto-Submitted"], "auto-generated")
                self.assertIn("first-level@", str(mail["reply_to"]))

    def test_one_mail_for_one_address(self):
        twin = self.env["res.partner"].create(
            {"name": "Ben at home", "email": self.ben.email.upper()}
        )
        self.ticket.message_subscribe(twin.ids)
        self.move("solved")
        self.assertEqual(len(self.mails_to(self.ben.email)), 1)

    def test_close_button_and_day(self):
        """The mail when staff believe it is solved (D7)."""
        self.company.support_close_after_days = 7
        self.move("solved")
        mail = self.mail_to(self.ben.email)
        [url] = re.findall(r'href="([^"]*/close#[^"]*)"', mail["body"])
        self.assertTrue(url.startswith("https://support.vendor.example/support/ticket"))
        self.assertIn("Close ticket", mail["body"])
        text = " ".join(html2plaintext(mail["body"]).split())
        self.assertIn("Otherwise we will close it on *June 22, 2026*", text)
        self.assertIn(url, mail["EmailMessage"].get_body(("plain",)).get_content())

    def test_day_in_the_language_and_zone_of_the_reader(self):
        self.company.support_close_after_days = 7
        self.anna.write({"lang": "de_DE", "tz": "Pacific/Kiritimati"})
        self.move("solved")
        self.assertIn("23. Juni 2026", self.mail_to(self.anna.email)["body"])

    def test_never_closed_by_itself(self):
        self.company.support_close_after_days = 0
        self.move("solved")
        mail = self.mail_to(self.ben.email)
        self.assertNotIn("Otherwise", mail["body"])
        self.assertIn("/close#token=", mail["body"])

    def test_links_are_personal(self):
        self.move("solved")
        tokens = {
            re.findall(r"token=([^\"]+)\"", self.mail_to(user.email)["body"])[0]
            for user in (self.ben, self.anna)
        }
        self.assertEqual(len(tokens), 2)

    def test_only_the_solved_mail_has_the_button(self):
        self.move("closed")
        self.assertNotIn("/close#", self.mail_to(self.ben.email)["body"])
        self.post()
        self.assertNotIn("/close#", self.mail_to(self.ben.email)["body"])

    def test_strangers_get_neutral_words(self):
        self.ticket.name = "CANARY-SUBJECT"
        self.ticket.message_subscribe(self.stranger.ids)
        for role, label in (("solved", "Solved"), ("closed", "Closed")):
            self.move(role)
            mail = self.mail_to(STRANGER)
            self.assertNotIn("CANARY", mail["subject"] + mail["body"])
            self.assertNotIn("/close#", mail["body"])
            self.assertNotIn(self.ben.name, mail["body"])
            self.assertIn(self.ticket.number, mail["subject"])
            self.assertIn(label, mail["body"])
            self.assertButton(mail, self.ticket)
            self.assertIn("CANARY-SUBJECT", self.mail_to(self.ben.email)["body"])

    def test_unverified_readers_get_neutral_words(self):
        with self.mock_mail_gateway():
            template = self.env.ref(
                "customer_portal_addon.mail_template_ticket_received"
            )
            self.ticket._mail_readers(template, is_verified=False)
            self.send_queue()
        self.assertNotIn("Printer", self.mail_to(self.ben.email)["body"])

    def test_removed_people_get_nothing(self):
        self.ticket.message_unsubscribe(self.anna.partner_id.ids)
        self.move("solved")
        self.assertEqual(self.addresses(), [self.ben.email])

    def test_address_without_contact(self):
        ticket = self._create_ticket(
            self.ben,
            partner_id=False,
            partner_name="Somebody",
            partner_email="Some Body <some@where.example>",
        )
        self.settle()
        self.move("closed", ticket)
        self.assertEqual(self.addresses(), ["some@where.example"])
        self.assertIn("Somebody", self.mail_to("some@where.example")["body"])

    def test_contact_that_was_taken_away(self):
        self.ticket.partner_email = self.ben.email
        self.ticket.message_unsubscribe(self.ben.partner_id.ids)
        self.ticket.partner_id = False
        self.move("closed")
        self.assertEqual(self.addresses(), [self.anna.email])

    def test_language_of_each(self):
        self.anna.lang = "de_DE"
        self.move("closed")
        self.assertButton(self.mail_to(self.ben.email), self.ticket)
        self.assertButton(self.mail_to(self.anna.email), self.ticket, GERMAN_BUTTON)

    def test_templates_of_the_vendor(self):
        template = self.env["mail.template"].create(
            {
                "name": "Ours",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "subject": "Good news",
                "body_html": "<p>Vendor's words</p>",
                "email_to": "spy@world.example",
                "email_cc": "spy@world.example",
                "partner_to": str(self.emil.partner_id.id),
                "lang": "{{ object.partner_id.lang }}",
                "reply_to": "nobody@world.example",
            }
        )
        self.anna.lang = "de_DE"
        self.ticket._get_stage_for("solved").mail_template_id = template
        self.move("solved")
        self.assertEqual(self.addresses(), sorted([self.anna.email, self.ben.email]))
        for user, title in ((self.ben, BUTTON), (self.anna, GERMAN_BUTTON)):
            mail = self.mail_to(user.email)
            self.assertIn("Vendor's words", mail["body"])
            self.assertIn("/close#token=", mail["body"])
            self.assertButton(mail, self.ticket, title)
            self.assertEqual(mail["subject"], f"Good news ({self.ticket.number})")
            self.assertNotIn("world.example", str(mail["EmailMessage"]))

    def test_chatter_tells_who_got_it(self):
        self.move("solved")
        notes = self.ticket.message_ids.filtered(
            lambda message: message.message_type == "email_outgoing"
        )
        bodies = " ".join(notes.mapped("body"))
        self.assertIn(self.ben.email, bodies)
        self.assertIn(self.anna.email, bodies)
        self.assertNotIn("token=", bodies)

    def test_queued(self):
        """Moving a ticket does not wait for the mail server."""
        with self.mock_mail_gateway():
            self.ticket._move_to("solved")
            self.settle()
            self.assertFalse(self._mails)

    def test_stage_of_new_tickets(self):
        new = self.ticket._get_stage_for("new")
        closed = self.ticket._get_stage_for("closed")
        new.mail_template_id = closed.mail_template_id
        with self.mock_mail_gateway():
            ticket = (
                self.env["helpdesk.ticket"]
                .with_user(self.agent)
                .create(
                    {
                        "name": "By phone",
                        "description": "x",
                        "partner_id": self.ben.partner_id.id,
                        "team_id": self.ticket.team_id.id,
                    }
                )
            )
            self.settle()
            self.send_queue()
        self.assertIn(ticket.number, self.mail_to(self.ben.email)["subject"])

    def test_no_mail_without_template(self):
        self.move("waiting_on_customer")
        self.assertFalse(self._mails)

    def test_other_addresses_in_headers_only(self):
        self.ticket.message_subscribe(self.stranger.ids)
        self.post()
        self.settle()
        for mail in self.env["mail.mail"].search([]):
            headers = ast.literal_eval(mail.headers or "{}")
            self.assertNotIn("CANARY", headers.get("X-Msg-To-Add", ""))

    def test_hidden_words_of_the_ticket(self):
        tag = self.env["helpdesk.ticket.tag"].create({"name": "CANARY-TAG"})
        self.ticket.tag_ids = [Command.set(tag.ids)]
        self.post(NOTE, subtype_xmlid="mail.mt_note")
        self.move("solved")
        for mail in self._mails:
            self.assertNotIn("CANARY", str(mail["EmailMessage"]))
