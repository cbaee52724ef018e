from unittest.mock import patch

from lxml import html

from odoo.tests import tagged

from ...models.ticket import helpdesk_ticket_policy
from ..common import SupportCase
from ..customer.colleague_common import ColleagueTools


@tagged("post_install", "-at_install")
class TestFilingForOthers(ColleagueTools, SupportCase):
    """Customer administrators file tickets for colleagues; everybody may subscribe."""

    def try_to_file(self, user, **values):
        tickets = self.env["helpdesk.ticket"].with_user(user)
        ticket_type = self.error_type.with_user(user)
        return tickets._file_from_form(ticket_type, self._form(**values), [])

    def input(self, user, name, values=None, errors=None):
        tickets = self.env["helpdesk.ticket"].with_user(user)
        ticket_type = self.error_type.with_user(user)
        inputs = tickets._get_page_inputs(ticket_type, values, errors)
        found = [entry for entry in inputs if entry["name"] == name]
        return found[0] if found else None

    # ---------------------------------------------------
    # For whom
    # ---------------------------------------------------

    def test_for_a_colleague(self):
        with self.mock_mail_gateway():
            self.env.flush_all()
            ticket = self._file(self.anna, on_behalf=str(self.ben.partner_id.id))
            self.send_queue()
        self.assertEqual(ticket.partner_id, self.ben.partner_id)
        self.assertEqual(ticket.partner_email, self.ben.email)
        self.assertEqual(ticket.filed_by_id, self.anna.partner_id)
        self.assertLessEqual(
            (self.anna | self.ben).partner_id, ticket.message_partner_ids
        )
        to_ben = self.mail_to(self.ben.email)["body"]
        self.assertIn("Anna has filed a support", " ".join(to_ben.split()))
        self.assertIn("request for you", " ".join(to_ben.split()))
        to_anna = " ".join(self.mail_to(self.anna.email)["body"].split())
        self.assertIn("you have filed a support request for Ben", to_anna)

    def test_for_oneself(self):
        with self.mock_mail_gateway():
            self.env.flush_all()
            tickets = [
                self._file(self.anna),
                self._file(self.anna, on_behalf=""),
                self._file(self.anna, on_behalf=str(self.anna.partner_id.id)),
            ]
            self.send_queue()
        for ticket in tickets:
            self.assertEqual(ticket.partner_id, self.anna.partner_id)
            self.assertEqual(ticket.filed_by_id, self.anna.partner_id)
        for mail in self.mails_to(self.anna.email):
            self.assertIn("thank you for your request", mail["body"])

    def test_copies_learn_who_filed_it(self):
        with self.mock_mail_gateway():
            self.env.flush_all()
            self._file(
                self.anna, on_behalf=str(self.ben.partner_id.id), cc=self.gesa.email
            )
            self.send_queue()
        body = " ".join(self.mail_to(self.gesa.email)["body"].split())
        self.assertIn("Anna has filed a support request with you in copy", body)

    def text_of(self, mail):
        return " ".join(html.fromstring(mail["body"]).text_content().split())

    def test_everybody_reads_what_is_true_for_them(self):
        outsider = "stranger@world.example"
        copies = f"{self.gesa.email}, {self.anna.email}, {outsider}"
        for_ben = {"on_behalf": str(self.ben.partner_id.id), "cc": copies}
        of_anna = "Anna has filed a support request"
        kept = "The sender asked us to keep you informed"
        cases = {
            (self.anna, "for Ben"): {
                self.anna.email: "you have filed a support request for Ben. It has",
                self.ben.email: f"{of_anna} for you. It has",
                self.gesa.email: f"{of_anna} with you in copy. It has",
                outsider: kept,
            },
            (self.anna, "for herself"): {
                self.anna.email: "thank you for your request. It has",
                self.gesa.email: f"{of_anna} with you in copy. It has",
                outsider: kept,
            },
            (self.ben, "for himself"): {
                self.ben.email: "thank you for your request. It has",
                self.anna.email: "Ben has filed a support request with you in copy.",
                outsider: kept,
            },
        }
        sentences = {text for texts in cases.values() for text in texts.values()}
        for (user, whom), expected in cases.items():
            with self.subTest(user=user.name, whom=whom), self.mock_mail_gateway():
                self.env.flush_all()
                values = for_ben if whom == "for Ben" else {"cc": copies}
                self._file(user, **values)
                self.send_queue()
                for address, sentence in expected.items():
                    text = self.text_of(self.mail_to(address))
                    found = {each for each in sentences if each in text}
                    self.assertEqual(found, {sentence}, address)

    def test_names_carry_no_links_into_mails(self):
        self.anna.partner_id.name = "Anna https://evil.example/x Click"
        self.ben.partner_id.name = "Ben www.evil.example"
        with self.mock_mail_gateway():
            self.env.flush_all()
            self._file(
                self.anna, on_behalf=str(self.ben.partner_id.id), cc=self.gesa.email
            )
            self.send_queue()
        for address, name in {
            self.ben.email: "anna@adler.example has filed",
            self.gesa.email: "anna@adler.example has filed",
            self.anna.email: "for ben@adler.example. It has",
        }.items():
            text = self.text_of(self.mail_to(address))
            self.assertIn(name, text)
            self.assertNotIn("evil.example", text.partition(" filed")[2])

    def test_others_can_not(self):
        """Whatever they post, the ticket is their own."""
        ticket = self._file(self.ben, on_behalf=str(self.gesa.partner_id.id))
        self.assertEqual(ticket.partner_id, self.ben.partner_id)
        self.assertEqual(ticket.filed_by_id, self.ben.partner_id)
        self.assertIsNone(self.input(self.ben, "on_behalf"))

    def test_only_for_colleagues(self):
        self.invite()
        unconfirmed = self.find_contact("nina@adler.example")
        self.gesa.partner_id.support_switched_off = True
        wrong = [
            str(self.emil.partner_id.id),
            self.emil.email,
            str(self.adler.id),
            str(self.agent.partner_id.id),
            str(unconfirmed.id),
            str(self.gesa.partner_id.id),
            "9" * 30,
            "x",
        ]
        messages = set()
        before = self.env["helpdesk.ticket"].search_count([])
        for posted in wrong:
            with self.subTest(posted=posted):
                ticket, errors = self.try_to_file(self.anna, on_behalf=posted)
                self.assertFalse(ticket)
                self.assertEqual(set(errors), {"on_behalf", "files_again"})
                messages.add(errors["on_behalf"])
        self.assertEqual(len(messages), 1, "the same for all")
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), before)

    def test_the_list_names_the_colleagues(self):
        entry = self.input(self.anna, "on_behalf", {"on_behalf": ["7"]}, {})
        self.assertEqual(entry["value"], "7")
        people = {int(key) for key, _label in entry["options"] if key}
        self.assertEqual(people, set((self.ben | self.gesa).partner_id.ids))
        self.assertEqual(entry["options"][0], ("", "Myself"))

    def test_large_companies_type_the_address(self):
        path = "odoo.addons.customer_portal_addon.models.form.helpdesk_ticket"
        with patch(f"{path}.MAX_COLLEAGUES_LISTED", 1):
            self.assertEqual(self.input(self.anna, "on_behalf")["kind"], "email")
        ticket = self._file(self.anna, on_behalf="Ben@Adler.example")
        self.assertEqual(ticket.partner_id, self.ben.partner_id)

    def test_alone_there_is_no_question(self):
        (self.ben | self.gesa).active = False
        (self.ben | self.gesa).partner_id.active = False
        self.assertIsNone(self.input(self.anna, "on_behalf"))

    def test_the_limit_counts_who_files(self):
        limits = {"ticket": 3, "message": 60}
        with patch.dict(helpdesk_ticket_policy.HOURLY_LIMITS, limits):
            for user in (self.ben, self.gesa, self.ben):
                self._file(self.anna, on_behalf=str(user.partner_id.id))
            _ticket, errors = self.try_to_file(
                self.anna, on_behalf=str(self.gesa.partner_id.id)
            )
            self.assertIn("form", errors)
            self._file(self.ben)  # what others filed for him is not his

    def test_customers_do_not_read_who_filed_it(self):
        ticket = self._file(self.anna, on_behalf=str(self.ben.partner_id.id))
        fields_of_ben = ticket.with_user(self.ben).fields_get()
        self.assertNotIn("filed_by_id", fields_of_ben)
        self.assertIn("filed_by_id", ticket.with_user(self.agent).fields_get())

    def test_no_words_to_an_address_that_is_not_confirmed(self):
        """Else an administrator would write to the world in our name."""
        self.invite("Nina", "victim@world.example")
        with self.mock_mail_gateway():
            self.env.flush_all()
            self._file(self.anna, subject="CANARY", cc="victim@world.example")
            self.send_queue()
        mail = self.mail_to("victim@world.example")
        self.assertNotIn("CANARY", mail["subject"] + mail["body"])

    # ---------------------------------------------------
    # Notifications
    # ---------------------------------------------------

    def test_subscribe_while_filing(self):
        """The checkbox subscribes and is noted as a consent (C10)."""
        entry = self.input(self.ben, "notifications")
        text = self.env["support.consent.text"]._get_current("notifications")
        self.assertEqual(entry["label"], text.wording)
        self._file(self.ben, notifications="1")
        contact = self.ben.partner_id
        contact.invalidate_recordset(["support_is_subscribed"])
        self.assertTrue(contact.support_is_subscribed)
        consent = self.env["support.consent"].search([("partner_id", "=", contact.id)])
        self.assertEqual(consent.mapped("source"), ["ticket_form"])
        self.assertEqual(consent.text_id, text)
        self.assertIsNone(self.input(self.ben, "notifications"), "he is subscribed")
        self._file(self.ben, notifications="1")
        self.assertEqual(len(contact.support_consent_ids), 1, "nobody asked again")

    def test_without_the_checkbox_nobody_is_subscribed(self):
        """Nobody against their will (C10)."""
        self._file(self.ben)
        self.assertFalse(self.ben.partner_id.support_is_subscribed)
        self.assertFalse(self.ben.partner_id.support_consent_ids)

    def test_who_files_is_subscribed_not_the_colleague(self):
        values = {"on_behalf": str(self.ben.partner_id.id), "notifications": "1"}
        self._file(self.anna, **values)
        self.env.invalidate_all()
        self.assertTrue(self.anna.partner_id.support_is_subscribed)
        self.assertFalse(self.ben.partner_id.support_is_subscribed)

    def test_nothing_to_ask(self):
        self.assertIsNone(self.input(self.agent, "notifications"), "staff")
        self.company.support_mailing_list_id = False
        self.assertIsNone(self.input(self.ben, "notifications"))
        self._file(self.ben, notifications="1")
        self.assertFalse(self.ben.partner_id.support_consent_ids)
