from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import SupportCase


@tagged("post_install", "-at_install")
class TestPublicClaims(SupportCase):
    """What a sender without a login claims counts when staff accept it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adler.write({"ref": "10421", "name": "Adler Maschinenbau GmbH"})
        cls.team = cls.env["helpdesk.ticket.team"].create({"name": "Hotline"})
        cls.team.user_ids = [Command.link(cls.agent.id)]
        cls.ticket = cls.file()

    @classmethod
    def file(cls, email="nora@stranger.example", **values):
        """File a ticket as the form does."""
        tickets = cls.env["helpdesk.ticket"].with_user(cls.env.ref("base.public_user"))
        form = {
            "subject": "Crash",
            "description": "It crashes",
            "priority": "1",
            "phone_availability": "",
            "email": email,
            "name": "Nora Neu",
            "company": "ADLER Maschinenbau",
            "customer_number": "10421",
            **values,
        }
        vals = tickets._prepare_public_values(cls.error_type, form)
        ticket = cls.env["helpdesk.ticket"].browse(tickets.sudo().create(vals).id)
        ticket._welcome_stranger()
        return ticket

    def accept(self, ticket, customer):
        """Click on Accept in the list of a ticket, as an agent."""
        customer = customer.with_user(self.agent)
        customer = customer.with_context(support_claim_ticket_id=ticket.id)
        return customer.action_accept_support_claim()

    def assertNothingGranted(self, ticket):
        contact = ticket.partner_id
        self.assertEqual(ticket.commercial_partner_id, contact)
        self.assertFalse(contact.parent_id)
        decision = self.env["support.gate"]._decide(contact, self.company)
        self.assertEqual(decision.reason, "no_contract")
        for user in (self.anna, self.ben):
            mine = self.env["helpdesk.ticket"].with_user(user)
            self.assertFalse(mine.search([("id", "=", ticket.id)]))
        followers = ticket.message_partner_ids.filtered("partner_share")
        self.assertEqual(followers, contact)

    def test_claims_grant_nothing(self):
        self.assertNothingGranted(self.ticket)
        account = self.env["support.credit.account"]._get_for(self.adler, self.company)
        account._post(60, "grant", "test-claims")
        entry = self.env["support.time.entry"].create(
            {
                "ticket_id": self.ticket.id,
                "name": "Phoned",
                "worked_minutes": 10,
                "state": "done",
            }
        )
        self.assertTrue(entry)
        self.assertEqual(account.balance, 60, "paid by nobody else")

    def test_suggestions(self):
        self.assertEqual(self.ticket.claim_customer_ids, self.adler)
        self.assertTrue(self.ticket.is_claim_open)
        for claims, found in (
            ({"company": "Braun AG", "customer_number": ""}, self.braun),
            ({"company": "Braun", "customer_number": "10421"}, self.adler + self.braun),
            ({"company": "x", "customer_number": "%"}, self.adler.browse()),
            ({"company": "GmbH & Co. KG", "customer_number": ""}, self.adler.browse()),
        ):
            with self.subTest(claims=claims):
                ticket = self.file(email="other@stranger.example", **claims)
                self.assertEqual(ticket.claim_customer_ids, found)

    def test_the_domain_of_the_address_suggests_the_customer(self):
        ticket = self.file("nora@adler.example", company="X", customer_number="")
        self.assertEqual(ticket.claim_customer_ids, self.adler)
        self.assertNothingGranted(ticket)

    def test_accepted_with_one_click(self):
        contact = self.ticket.partner_id
        self.assertFalse(self.accepted_mails(contact).filtered("sent_at"))
        self.accept(self.ticket, self.adler)
        self.assertEqual(contact.parent_id, self.adler)
        self.assertEqual(self.ticket.commercial_partner_id, self.adler)
        self.assertFalse(self.ticket.is_claim_open)
        self.assertFalse(self.ticket.claim_customer_ids)
        self.assertTrue(self.env["support.gate"]._decide(contact, self.company).allowed)
        mine = self.env["helpdesk.ticket"].with_user(self.anna)
        self.assertTrue(mine.search([("id", "=", self.ticket.id)]))
        notes = str(self.ticket.message_ids.mapped("body"))
        self.assertIn("the claim was accepted", notes)
        with self.assertRaises(UserError):
            self.accept(self.ticket, self.braun)

    def accepted_mails(self, contact):
        return self.env["support.access.mail"].search([("partner_id", "=", contact.id)])

    def test_accepting_invites_whom_the_gate_refused_before(self):
        contact = self.ticket.partner_id
        cron = self.registry["ir.cron"]
        with patch.object(cron, "_commit_progress", lambda *args, **kw: 60):
            self.env["support.access.mail"]._cron_send()
            self.assertEqual(self.accepted_mails(contact).state, "withheld")
            self.accept(self.ticket, self.adler)
            self.env["support.access.mail"]._cron_send()
        states = self.accepted_mails(contact).mapped("state")
        self.assertEqual(sorted(states), ["sent", "withheld"])

    def test_a_known_contact_keeps_its_customer(self):
        ticket = self.file(self.ben.email, company="Braun", customer_number="")
        self.assertEqual(ticket.partner_id, self.ben.partner_id)
        self.assertEqual(ticket.partner_name, "Ben", "as we know it, not as typed")
        self.assertEqual(ticket.claimed_name, "Nora Neu")
        self.assertFalse(ticket.is_claim_open)
        self.assertFalse(ticket.claim_customer_ids)
        with self.assertRaises(UserError):
            self.accept(ticket, self.braun)
        self.assertEqual(self.ben.partner_id.parent_id, self.adler)

    def test_without_a_contact_there_is_nothing_to_accept(self):
        values = {"name": "One", "email": "shared@x.example"}
        self.env["res.partner"].create([values, {**values, "name": "Two"}])
        ticket = self.file("shared@x.example")
        self.assertFalse(ticket.partner_id)
        self.assertFalse(ticket.is_claim_open)
        with self.assertRaises(UserError):
            self.accept(ticket, self.adler)

    def test_no_person_is_accepted_as_a_customer(self):
        with self.assertRaises(UserError):
            self.accept(self.ticket, self.ben.partner_id)

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.models")
    def test_only_staff_accept(self):
        for user in (self.ben, self.anna):
            customer = self.adler.with_user(user)
            customer = customer.with_context(support_claim_ticket_id=self.ticket.id)
            with self.assertRaises(AccessError):
                customer.action_accept_support_claim()
        self.assertFalse(self.ticket.partner_id.parent_id)

    def test_staff_find_open_claims(self):
        tickets = self.env["helpdesk.ticket"]
        found = tickets.search([("is_claim_open", "=", True)])
        self.assertIn(self.ticket, found)
        self.accept(self.ticket, self.adler)
        self.env.flush_all()
        found = tickets.search([("is_claim_open", "=", True)])
        self.assertNotIn(self.ticket, found)
        others = tickets.search([("is_claim_open", "=", False)])
        self.assertIn(self.ticket, others)

    def test_customers_do_not_read_the_claims(self):
        ticket = self.file(self.ben.email).with_user(self.ben)
        for name in ("claimed_name", "claimed_company", "is_filed_publicly"):
            with self.assertRaises(AccessError):
                ticket.read([name])

    def test_staff_read_that_nobody_has_checked_the_address(self):
        ticket = self.file(self.ben.email)
        self.assertTrue(ticket.is_filed_publicly)
        notes = str(ticket.message_ids.mapped("body"))
        self.assertIn("Nobody has checked", notes)
