from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessDenied, AccessError
from odoo.tests import tagged

from ...exceptions import SupportAccessRefused
from ..common import SupportCase


@tagged("post_install", "-at_install")
class TestGate(SupportCase):
    def decide(self, user):
        return self.env["support.gate"]._decide(user.partner_id, self.company)

    def contract_of(self, customer):
        return self.env["support.contract"].search([("partner_id", "=", customer.id)])

    # ---------------------------------------------------
    # Reasons
    # ---------------------------------------------------

    def test_covered_contact_is_allowed_until_the_contract_ends(self):
        decision = self.decide(self.ben)
        self.assertTrue(decision.allowed)
        self.assertIsNone(decision.reason)
        self.assertEqual(str(decision.until), "2026-12-31")

    def test_every_reason(self):
        contract = self.contract_of(self.adler)
        cases = [
            (
                "contract_expired",
                {"date_start": "2026-01-01", "date_end": "2026-06-14"},
            ),
            ("contract_not_started", {"date_start": "2026-06-16", "date_end": False}),
            ("no_contract", {"state": "draft"}),
            ("no_contract", {"state": "cancelled"}),
            ("no_contract", {"state": "confirmed", "active": False}),
        ]
        for reason, values in cases:
            with self.subTest(reason=reason, values=values):
                contract.write(values)
                self.assertEqual(self.decide(self.ben).reason, reason)
        self.assertEqual(self.decide(self.clara).reason, "contract_expired")
        self.assertEqual(self.decide(self.dora).reason, "not_enabled")

    def test_archived_contact_and_archived_customer(self):
        self.ben.active = False
        self.ben.partner_id.active = False
        self.assertEqual(self.decide(self.ben).reason, "archived")
        # Odoo refuses to archive a contact whose user is active, not so a company
        self.env.cr.execute(
            "UPDATE res_partner SET active = FALSE WHERE id = %s", [self.braun.id]
        )
        self.braun.invalidate_recordset()
        self.assertEqual(self.decide(self.emil).reason, "archived")

    def test_former_employee_counts_for_the_new_customer(self):
        self.ben.partner_id.parent_id = self.koch
        self.assertEqual(self.decide(self.ben).reason, "contract_expired")

    def test_contract_of_another_company_does_not_count(self):
        other = self.env["res.company"].create({"name": "Other vendor"})
        self.contract_of(self.adler).company_id = other
        self.assertEqual(self.decide(self.ben).reason, "no_contract")

    def test_nobody_chooses_the_company_that_asks_less(self):
        other = self.env["res.company"].create({"name": "Open"})
        self.ben.company_ids += other
        with self.assertRaises(AccessError):
            self.ben.with_user(self.ben).write({"company_id": other.id})
        self.ben.with_user(self.ben).write({"phone": "+49 30 123456"})
        self.ben.company_id = other
        self.assertEqual(self.ben.company_id, other)

    def test_notification_list(self):
        """Whoever is not on it, or has left it, stays out (A3)."""
        self.company.support_list_required = True
        self.assertEqual(self.decide(self.ben).reason, "unsubscribed")
        contact = self.env["mailing.contact"].create(
            {
                "email": "Ben <BEN@adler.example>",
                "subscription_ids": [
                    (0, 0, {"list_id": self.company.support_mailing_list_id.id})
                ],
            }
        )
        self.assertTrue(self.decide(self.ben).allowed)
        contact.subscription_ids.opt_out = True
        self.assertEqual(self.decide(self.ben).reason, "unsubscribed")
        contact.subscription_ids.unlink()
        self.assertEqual(self.decide(self.ben).reason, "unsubscribed")

    def test_contact_without_address_is_not_on_the_list(self):
        self.company.support_list_required = True
        self.env["mailing.contact"].create(
            {
                "email": False,
                "name": "Nobody",
                "subscription_ids": [
                    (0, 0, {"list_id": self.company.support_mailing_list_id.id})
                ],
            }
        )
        self.ben.partner_id.email = False
        self.assertEqual(self.decide(self.ben).reason, "unsubscribed")

    def test_open_policy_asks_for_no_contract(self):
        """Not even of a customer who is not enabled (A2)."""
        self.company.support_policy = "open"
        for user in (self.ben, self.clara, self.dora):
            self.assertTrue(self.decide(user).allowed)

    # ---------------------------------------------------
    # Time
    # ---------------------------------------------------

    def test_days_are_those_of_the_company(self):
        """The last day lasts until midnight in Berlin: 22:00 UTC in summer."""
        self.contract_of(self.adler).date_end = "2026-06-15"
        for moment, allowed in [
            ("2026-06-15 21:59:59", True),
            ("2026-06-15 22:00:00", False),
        ]:
            with self.subTest(moment=moment), freeze_time(moment):
                self.assertEqual(self.decide(self.ben).allowed, allowed)
        self.company.partner_id.tz = "America/New_York"
        with freeze_time("2026-06-16 03:59:59"):
            self.assertTrue(self.decide(self.ben).allowed)
        with freeze_time("2026-06-16 04:00:00"):
            self.assertFalse(self.decide(self.ben).allowed)

    def test_first_day_begins_at_midnight_of_the_company(self):
        self.contract_of(self.adler).date_start = "2026-06-20"
        with freeze_time("2026-06-19 21:59:59"):
            self.assertEqual(self.decide(self.ben).reason, "contract_not_started")
        with freeze_time("2026-06-19 22:00:00"):
            self.assertTrue(self.decide(self.ben).allowed)

    # ---------------------------------------------------
    # Cost
    # ---------------------------------------------------

    def test_one_query_however_many_contracts(self):
        for year in range(2000, 2020):
            self.contract_of(self.adler)[:1].copy(
                {"date_start": f"{year}-01-01", "date_end": f"{year}-12-31"}
            ).action_confirm()
        self.env.flush_all()
        self.env.invalidate_all()
        partner = self.ben.partner_id.with_prefetch()
        self.company._get_support_asked()  # is remembered
        with self.assertQueryCount(1):
            self.env["support.gate"]._decide(partner, self.company)

    def test_one_query_for_many_contacts(self):
        partners = (self.ben | self.emil | self.clara | self.dora).partner_id
        self.env.flush_all()
        self.company._get_support_asked()  # is remembered
        with self.assertQueryCount(1):
            decisions = self.env["support.gate"]._decide_many(partners, self.company)
        self.assertEqual(len(decisions), 4)

    # ---------------------------------------------------
    # The login door
    # ---------------------------------------------------

    def authenticate(self, user, password=None):
        credential = {
            "type": "password",
            "login": user.login,
            "password": password or user.login,
        }
        return self.env["res.users"].authenticate(credential, {"interactive": True})

    def test_login(self):
        self.assertEqual(self.authenticate(self.ben)["uid"], self.ben.id)
        with self.assertRaises(SupportAccessRefused) as refusal:
            self.authenticate(self.clara)
        self.assertEqual(refusal.exception.decision.reason, "contract_expired")
        self.assertIn(
            "Your e-mail address is not permitted to log in.", str(refusal.exception)
        )
        self.assertIn("support@vendor.example", str(refusal.exception))

    def test_credentials_first_gate_second(self):
        with self.assertRaises(AccessDenied) as wrong:
            self.authenticate(self.clara, password="wrong")
        self.assertNotIsInstance(wrong.exception, SupportAccessRefused)

    def test_staff_are_never_gated(self):
        self.agent.password = "support_agent"
        self.assertEqual(self.authenticate(self.agent)["uid"], self.agent.id)

    def test_scope_support_lets_the_login_through_but_hides_tickets(self):
        ticket = self._create_ticket(self.clara)
        self.company.support_scope = "support"
        self.assertEqual(self.authenticate(self.clara)["uid"], self.clara.id)
        tickets = self.env["helpdesk.ticket"].with_user(self.clara)
        self.assertFalse(tickets.search([]))
        self.assertFalse(tickets.browse(ticket.id).has_access("read"))
        self.company.support_policy = "open"
        self.assertEqual(tickets.search([]), ticket)

    def test_each_company_decides_about_its_own_tickets(self):
        """A contract with one company opens nothing of another (H8)."""
        other = self.env["res.company"].create(
            {"name": "Other vendor", "support_policy": "contract"}
        )
        self.ben.company_ids += other
        own = self._create_ticket(self.ben)
        foreign = self._create_ticket(self.ben, company_id=other.id)
        both = own + foreign
        tickets = self.env["helpdesk.ticket"].with_user(self.ben)
        tickets = tickets.with_context(allowed_company_ids=self.ben.company_ids.ids)
        self.assertEqual(tickets.search([("id", "in", both.ids)]), own)
        self.env["support.contract"].create(
            {
                "partner_id": self.adler.id,
                "company_id": other.id,
                "date_start": "2026-01-01",
                "state": "confirmed",
            }
        )
        self.assertEqual(tickets.search([("id", "in", both.ids)]), both)

    def test_who_asks_for_no_website_needs_one_company(self):
        """An open websocket stays open for whom one of two companies lets in (H8)."""
        self._create_other_vendor()
        self.assertEqual(self.clara._get_support_company(), self.company)
        self.clara.company_ids += self.other_company
        self.assertEqual(self.clara._get_support_company(), self.company)
        self.koch.support_enabled = True
        self._create_contract_elsewhere(self.koch)
        self.assertEqual(self.clara._get_support_company(), self.other_company)
        self.env["ir.websocket"].with_user(self.clara)._check_support_gate()

    # ---------------------------------------------------
    # What staff see
    # ---------------------------------------------------

    def test_state_on_the_contact(self):
        self.assertEqual(self.ben.partner_id.support_state, "allowed")
        self.assertEqual(self.clara.partner_id.support_state, "contract_expired")

    def test_settings_tell_whom_the_contract_policy_would_refuse(self):
        self.company.support_policy = "open"
        settings = self.env["res.config.settings"].create({})
        refused = settings._get_refused_users()
        self.assertIn(self.clara, refused)
        self.assertIn(self.dora, refused)
        self.assertNotIn(self.ben, refused)
        self.assertEqual(settings.support_refused_count, len(refused))
        self.assertIn("Clara", settings.support_refused_names)
        action = settings.action_open_refused_contacts()
        self.assertEqual(action["domain"], [("id", "in", refused.partner_id.ids)])

    def test_validity_of_contracts(self):
        expected = {self.adler: "covered", self.koch: "expired"}
        for customer, validity in expected.items():
            contract = self.contract_of(customer)
            self.assertEqual(contract.validity, validity)
            for value in ("covered", "expired", "upcoming", "none"):
                found = self.env["support.contract"].search([("validity", "=", value)])
                self.assertEqual(contract in found, value == validity)

    def test_moment_is_read_as_utc(self):
        self.assertEqual(
            self.contract_of(self.adler)._get_today().isoformat(), "2026-06-15"
        )
        self.assertEqual(datetime.now().isoformat(), "2026-06-15T12:00:00")
