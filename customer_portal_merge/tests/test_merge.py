from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.customer_portal_addon.tests.credit.effort_common import EffortCase


@tagged("post_install", "-at_install")
class TestMerge(EffortCase):
    def setUp(self):
        super().setUp()
        self.other = self._create_ticket(self.gesa, name="Printer again")

    def merge(self, tickets=None, **values):
        """Merge tickets into the first of them, and return what is left."""
        tickets = tickets or self.ticket | self.other
        wizards = self.env["helpdesk.ticket.merge"].with_context(active_ids=tickets.ids)
        wizard = wizards.create(values)
        wizard.merge_tickets()
        return wizard.dst_ticket_id

    def test_efforts_move_and_the_credit_stays(self):
        """What was posted is neither reversed nor posted again (H8)."""
        self.account._post(600, "grant", "test-grant")
        effort = self.enter(30, ticket_id=self.other.id)
        draft = self.enter(30, ticket_id=self.other.id, state="draft")
        before = self.account.balance
        posted = effort.sudo().credit_entry_ids
        self.assertEqual(self.merge(), self.ticket)
        self.assertEqual(effort.ticket_id, self.ticket)
        self.assertEqual(draft.ticket_id, self.ticket)
        self.assertEqual(effort.sudo().credit_entry_ids, posted)
        self.assertStands(before)

    def test_other_rules_change_nothing_that_is_done(self):
        """The type of the ticket that stays may charge in other steps (H8)."""
        self.error_type.support_increment_minutes = 60
        self.ticket.write({"type_id": self.error_type.id})
        effort = self.enter(10, ticket_id=self.other.id)
        charged = effort.payable_minutes
        self.assertNotEqual(charged, 60)
        before = self.account.balance
        self.merge()
        self.assertEqual(effort.payable_minutes, charged)
        self.assertStands(before)

    def test_who_pays_is_decided_before(self):
        """Nobody pays for what was free, nor gets back what was charged (H8)."""
        self.enter(30, ticket_id=self.other.id)
        self.ticket._decide_charging("free")
        with self.assertRaises(UserError):
            self.merge()

    def test_free_efforts_stay_free(self):
        """Also on a new ticket, which would be charged by itself (H8)."""
        for ticket in (self.ticket, self.other):
            ticket._decide_charging("free")
        effort = self.enter(30, ticket_id=self.other.id)
        merged = self.merge(create_new_ticket=True, dst_ticket_name="Printers")
        self.assertEqual(effort.ticket_id, merged)
        self.assertEqual(merged.charging, "free")
        self.assertEqual(effort.payable_minutes, 0)
        self.assertStands(0)

    def test_a_new_ticket_belongs_to_the_customer(self):
        """It has a contact, and the other one takes part (H8)."""
        merged = self.merge(create_new_ticket=True, dst_ticket_name="Printers")
        self.assertEqual(merged.commercial_partner_id, self.adler)
        people = merged.partner_id | merged.message_partner_ids
        self.assertLessEqual(self.ben.partner_id | self.gesa.partner_id, people)
        self.assertEqual((self.ticket | self.other).duplicate_id, merged)

    def test_answers_files_and_people_move(self):
        """Whoever filed the other ticket finds all of it in the one that stays (H8)."""
        filed = self._file(self.gesa)
        answers = self.env["support.form.answer"].search([("ticket_id", "=", filed.id)])
        self.assertTrue(answers)
        self.merge(self.ticket | filed)
        self.assertEqual(answers.ticket_id, self.ticket)
        self.assertEqual(answers.partner_id, self.ben.partner_id)
        self.assertIn(self.gesa.partner_id, self.ticket.message_partner_ids)
        self.assertEqual(filed.duplicate_id, self.ticket)

    def test_the_status_stays(self):
        """That it was merged asks nobody for an answer (H8)."""
        before = self.ticket.portal_role
        self.merge()
        self.assertEqual(self.ticket.portal_role, before)

    def test_customers_are_not_mixed(self):
        """A customer would read what another one has written (H8)."""
        strange = self._create_ticket(self.emil)
        with self.assertRaises(UserError):
            self.merge(self.ticket | strange)
