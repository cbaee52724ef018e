from odoo.tests import tagged

from ..common import SupportCase
from ..http_common import SupportHttpCase
from .outgoing_common import (
    BUTTON,
    GERMAN_BUTTON,
    SUBJECT_CANARY,
    TEXT_CANARY,
    MailTools,
)


@tagged("post_install", "-at_install")
class TestConfirmationMail(MailTools, SupportCase):
    """The mail that confirms a ticket, and the mails that follow."""

    def file(self, user=None, **values):
        values = {"subject": SUBJECT_CANARY, "description": TEXT_CANARY, **values}
        with self.mock_mail_gateway():
            self.env.flush_all()  # Odoo reads the languages of readers by SQL
            ticket = self._file(user or self.ben, **values)
            self.send_queue()
        return ticket

    def post(self, ticket, subtype="mail.mt_comment", body="We look into it"):
        with self.mock_mail_gateway():
            ticket.with_user(self.agent).message_post(
                body=body, message_type="comment", subtype_xmlid=subtype
            )
            self.send_queue()

    # ---------------------------------------------------
    # The confirmation
    # ---------------------------------------------------

    def test_one_mail_each_to_contact_and_copies(self):
        """With the number of the ticket (C3)."""
        ticket = self.file(cc=f"{self.anna.email}, stranger@world.example")
        self.assertEqual(len(self._mails), 3)
        for address in (self.ben.email, self.anna.email, "stranger@world.example"):
            mail = self.mail_to(address)
            self.assertIn(ticket.number, mail["subject"])
            self.assertButton(mail, ticket)
            self.assertNotIn("token", mail["body"])
            self.assertNotIn("hash=", mail["body"])
            self.assertNotIn("pid=", mail["body"])

    def test_answers_reach_the_team(self):
        ticket = self.file()
        reply_to = self.mail_to(self.ben.email)["reply_to"]
        self.assertIn(ticket.team_id.alias_id.display_name, reply_to)

    def test_strangers_read_no_words_of_the_sender(self):
        """Else the form would write to the world in our name."""
        self.ben.partner_id.name = "CANARY-NAME"
        self.file(cc=f"{self.anna.email}, {self.emil.email}, stranger@world.example")
        for stranger in (self.emil.email, "stranger@world.example"):
            mail = self.mail_to(stranger)
            self.assertNotIn("CANARY", mail["subject"] + mail["body"])
        for known in (self.ben.email, self.anna.email):
            self.assertIn(SUBJECT_CANARY, self.mail_to(known)["body"])

    def test_staff_get_no_confirmation(self):
        self.file(cc=self.agent.email)
        self.assertFalse(self.mails_to(self.agent.email))

    def test_markup_in_a_subject_is_text(self):
        self.file(subject="<img src=x onerror=alert(1)>")
        self.assertNotIn("<img src=x", self.mail_to(self.ben.email)["body"])

    def test_the_chatter_notes_who_got_it(self):
        self.ben.partner_id.name = "<b>Ben</b>"
        note = self.file().message_ids.filtered(
            lambda message: message.message_type == "email_outgoing"
        )
        self.assertIn(f"&lt;{self.ben.email}&gt;", note.body)
        self.assertNotIn("<b>", note.body)

    def test_line_breaks_in_a_subject_make_no_headers(self):
        self.file(subject="x\r\nBcc: spy@world.example")
        for mail in self._mails:
            self.assertNotIn("spy@world.example", str(mail["EmailMessage"]["Bcc"]))
            self.assertNotIn("spy@world.example", str(mail["email_to"]))

    def test_each_reads_their_own_language(self):
        self.ben.lang = "de_DE"
        ticket = self.file(cc=self.anna.email)
        self.assertButton(self.mail_to(self.ben.email), ticket, GERMAN_BUTTON)
        self.assertButton(self.mail_to(self.anna.email), ticket, BUTTON)

    def test_strangers_get_the_language_of_the_sender(self):
        self.ben.lang = "de_DE"
        self.file(cc="stranger@world.example")
        self.assertIn(GERMAN_BUTTON, self.mail_to("stranger@world.example")["body"])

    def test_no_name_of_odoo_or_its_links(self):
        self.file()
        self.assertNotIn("odoo.com", self.mail_to(self.ben.email)["body"])

    # ---------------------------------------------------
    # The mails that follow
    # ---------------------------------------------------

    def test_public_answer_reaches_everybody_with_the_button(self):
        """The way into the portal, in each mail (D8)."""
        ticket = self.file(cc=f"{self.anna.email}, stranger@world.example")
        self.post(ticket)
        for address in (self.ben.email, self.anna.email, "stranger@world.example"):
            mail = self.mail_to(address)
            self.assertIn("We look into it", mail["body"])
            self.assertButton(mail, ticket)
            self.assertNotIn("access_token", mail["body"])
            self.assertNotIn("hash=", mail["body"])

    def test_german_button_below_an_answer(self):
        """In the very words that customers know (D8)."""
        self.ben.lang = "de_DE"
        ticket = self.file()
        self.post(ticket)
        self.assertButton(self.mail_to(self.ben.email), ticket, GERMAN_BUTTON)

    def test_answers_tell_no_names_of_others(self):
        """Else whoever puts an address in copy would learn whose it is."""
        self.emil.partner_id.name = "CANARY"
        ticket = self.file(cc=f"{self.emil.email}, stranger@world.example")
        self.post(ticket)
        recipients = str(self.mail_to(self.ben.email)["EmailMessage"]["To"])
        self.assertIn(self.emil.email, recipients)
        self.assertNotIn("CANARY", recipients)

    def test_internal_note_reaches_no_customer(self):
        ticket = self.file(cc=f"{self.anna.email}, stranger@world.example")
        self.post(ticket, subtype="mail.mt_note", body="CANARY-NOTE")
        for mail in self._mails:
            self.assertIn(self.agent.email, str(mail["email_to"]))

    def test_mail_of_a_stage_has_the_button(self):
        """The way into the portal, in a mail that a stage sends (D8)."""
        ticket = self.file()
        with self.mock_mail_gateway():
            ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
            self.flush_tracking()
            self.send_queue()
        mail = self.mail_to(self.ben.email)
        self.assertIn(ticket.number, mail["subject"])
        self.assertButton(mail, ticket)
        self.assertIn(ticket.team_id.alias_id.display_name, mail["reply_to"])

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.precommit.run()


@tagged("post_install", "-at_install")
class TestConfirmationOverHttp(MailTools, SupportHttpCase):
    """What a request can say does not get into a mail."""

    def test_forged_host_does_not_get_into_the_mail(self):
        slug = self.env["ir.http"]._slug(self.error_type)
        url = f"/support/ticket/new/{slug}"
        page = self.open_as(self.ben, url)
        values = {"subject": "Crash", "description": "x", "answer_window": "Main"}
        headers = {"X-Forwarded-Host": "evil.example", "Origin": "https://evil.example"}
        with self.mock_mail_gateway():
            self.post(url, values, page=page, headers=headers)
            self.send_queue()
        ticket = self.env["helpdesk.ticket"].search([("name", "=", "Crash")])
        mail = self.mail_to(self.ben.email)
        self.assertButton(mail, ticket)
        self.assertNotIn("evil.example", str(mail["EmailMessage"]))
