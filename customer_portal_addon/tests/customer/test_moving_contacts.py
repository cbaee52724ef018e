from odoo.tests import tagged

from ..common import SupportCase


@tagged("post_install", "-at_install")
class TestMovingContacts(SupportCase):
    """People change companies; tickets stay with the customer they were filed for."""

    def tickets_of(self, user):
        return self.env["helpdesk.ticket"].with_user(user).search([]).sudo()

    def test_tickets_stay_with_the_customer(self):
        own = self._create_ticket(self.ben)
        own.message_subscribe(self.ben.partner_id.ids)
        followed = self._create_ticket(self.anna)
        followed.message_subscribe(self.ben.partner_id.ids)
        elsewhere = self._create_ticket(self.emil)
        elsewhere.message_subscribe(self.ben.partner_id.ids)
        self.ben.partner_id.parent_id = self.braun
        self.assertEqual(own.commercial_partner_id, self.adler)
        self.assertEqual(self.tickets_of(self.anna), own + followed)
        self.assertEqual(self.tickets_of(self.erna), elsewhere)
        # whom Braun had asked to take part still does; Adler's are gone
        self.assertEqual(self.tickets_of(self.ben), elsewhere)
        for ticket in own + followed:
            self.assertNotIn(self.ben.partner_id, ticket.message_partner_ids)
        new = self._create_ticket(self.ben)
        self.assertEqual(new.commercial_partner_id, self.braun)
        self.assertEqual(self.tickets_of(self.ben), elsewhere + new)

    def test_whoever_has_left_hears_nothing_more(self):
        """By mail neither: no answers of agents, no close link, no way to answer."""
        ticket = self._create_ticket(self.ben)
        ticket.message_subscribe(self.gesa.partner_id.ids)
        solved = self.env.ref("customer_portal_addon.helpdesk_ticket_stage_solved")
        ticket.stage_id = solved
        token = ticket._get_link_token("close", self.ben.partner_id)
        self.assertTrue(ticket._read_link(token))
        self.ben.partner_id.parent_id = self.braun
        message = ticket.with_user(self.agent).message_post(
            body="SECRET", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(message.notified_partner_ids, self.gesa.partner_id)
        self.assertEqual(ticket._get_mail_readers(), self.gesa.partner_id)
        self.assertFalse(ticket._find_answering_person(self.ben.email))
        self.assertFalse(ticket._read_link(token))

    def test_somebody_who_leaves_sees_nothing_more(self):
        self._create_ticket(self.ben)
        self.company.support_policy = "open"
        self.ben.partner_id.parent_id = False
        self.assertFalse(self.tickets_of(self.ben))

    def test_tickets_of_a_single_person_come_along_into_a_company(self):
        self.company.support_policy = "open"
        self.gesa.partner_id.parent_id = False
        ticket = self._create_ticket(self.gesa)
        self.assertEqual(ticket.commercial_partner_id, self.gesa.partner_id)
        self.gesa.partner_id.parent_id = self.braun
        self.assertEqual(ticket.commercial_partner_id, self.braun)
        self.assertEqual(self.tickets_of(self.gesa), ticket)
        self.assertEqual(self.tickets_of(self.erna), ticket)

    def test_nobody_becomes_an_administrator_by_joining_a_company(self):
        """Nor do those below such a person lose what they follow."""
        self.company.support_policy = "open"
        single = self.anna.partner_id
        single.parent_id = False
        single.is_customer_administrator = True
        self.ben.partner_id.parent_id = single
        ticket = self._create_ticket(self.anna)
        ticket.message_subscribe(self.ben.partner_id.ids)
        other = self._create_ticket(self.emil)
        single.parent_id = self.braun
        self.assertFalse(single.is_customer_administrator)
        self.assertEqual(ticket.commercial_partner_id, self.braun)
        self.assertEqual(self.tickets_of(self.ben), ticket)
        self.assertNotIn(other, self.tickets_of(self.anna))

    def test_people_below_a_department_move_with_it(self):
        department = self.env["res.partner"].create(
            {"name": "IT", "parent_id": self.adler.id}
        )
        self.ben.partner_id.parent_id = department
        ticket = self._create_ticket(self.ben)
        self.assertEqual(self.tickets_of(self.ben), ticket)
        department.parent_id = self.braun
        self.assertEqual(ticket.commercial_partner_id, self.adler)
        self.assertFalse(self.tickets_of(self.ben))

    def test_an_administrator_who_leaves_administers_no_more(self):
        old, _new = self._create_ticket(self.ben), self._create_ticket(self.emil)
        self.assertEqual(self.tickets_of(self.anna), old)
        self.anna.partner_id.parent_id = self.braun
        self.assertFalse(self.tickets_of(self.anna))
        group = self.env.ref("customer_portal_addon.group_customer_administrator")
        self.assertNotIn(group, self.anna.group_ids)

    def test_a_login_that_gets_another_contact_sees_what_is_theirs(self):
        own, other = self._create_ticket(self.ben), self._create_ticket(self.emil)
        self.assertEqual(self.tickets_of(self.anna), own)
        contact = self.env["res.partner"].create(
            {"name": "New", "parent_id": self.braun.id}
        )
        self.anna.partner_id = contact
        self.assertFalse(self.tickets_of(self.anna))
        contact.is_customer_administrator = True
        self.assertEqual(self.tickets_of(self.anna), other)

    def test_groups_of_administrators_follow_the_flag(self):
        group = self.env.ref("customer_portal_addon.group_customer_administrator")
        portal = self.env.ref("base.group_portal")
        self.anna.group_ids = self.env.ref("base.group_user")
        self.assertNotIn(group, self.anna.group_ids)
        self.anna.group_ids = portal
        self.assertIn(group, self.anna.group_ids)
        self.ben.group_ids = portal + group
        self.assertNotIn(group, self.ben.group_ids)

    def merge(self, duplicate, contact):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((duplicate + contact).ids, contact)
        self.env.flush_all()

    def test_merged_contacts_keep_one_support_id_and_their_tickets(self):
        contact = self.gesa.partner_id
        duplicate = self.env["res.partner"].create({"name": "Gesa", "email": "g@x.y"})
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "By mail", "description": "x", "partner_id": duplicate.id}
        )
        code = duplicate.support_code
        self.assertTrue(code)
        self.merge(duplicate, contact)
        self.assertEqual(contact.support_code, code)
        self.assertEqual(ticket.commercial_partner_id, self.adler)
        self.assertEqual(self.tickets_of(self.gesa), ticket)
        self._create_ticket(self.emil)
        contact = self.emil.partner_id
        code, duplicate = contact.support_code, duplicate.create({"name": "Emil"})
        duplicate._ensure_support_code()
        self.merge(duplicate, contact)
        self.assertEqual(contact.support_code, code)

    def test_merging_makes_no_administrator_of_another_customer(self):
        own, other = self._create_ticket(self.ben), self._create_ticket(self.emil)
        self.assertEqual(self.tickets_of(self.anna), own)
        contact = self.env["res.partner"].create(
            {"name": "Anna", "email": self.anna.email, "parent_id": self.braun.id}
        )
        self.merge(self.anna.partner_id, contact)
        self.assertEqual(self.anna.partner_id, contact)
        self.assertFalse(contact.is_customer_administrator)
        self.assertNotIn(other, self.tickets_of(self.anna))
        self.assertNotIn(own, self.tickets_of(self.anna))

    def test_merging_lets_nobody_see_what_the_other_customer_shared(self):
        followed = self._create_ticket(self.anna)
        people = self.env["res.partner"]
        former = people.create({"name": "Emil", "parent_id": self.adler.id})
        single = people.create({"name": "Emil", "email": "b@x.y"})
        own = self.env["helpdesk.ticket"].create(
            {"name": "By mail", "description": "x", "partner_id": single.id}
        )
        by_braun = self._create_ticket(self.erna)
        unknown = self.env["helpdesk.ticket"].create({"name": "?", "description": "x"})
        for ticket in followed + own + by_braun + unknown:
            ticket.message_subscribe((former + single).ids)
        closed = self._create_ticket(self.anna, active=False)
        closed.message_subscribe(former.ids)
        self.merge(former, self.emil.partner_id)
        for ticket in followed + closed:
            self.assertNotIn(self.emil.partner_id, ticket.message_partner_ids)
        self.assertIn(self.emil.partner_id, unknown.message_partner_ids)
        self.assertEqual(self.tickets_of(self.emil), by_braun + unknown)
        self.merge(single, self.emil.partner_id)
        self.assertEqual(self.tickets_of(self.emil), own + by_braun + unknown)
        self.assertNotIn(self.emil.partner_id, followed.message_partner_ids)

    def test_merging_two_of_one_customer_keeps_their_part(self):
        elsewhere = self._create_ticket(self.emil)
        duplicate = self.ben.partner_id.create(
            {"name": "Ben", "parent_id": self.adler.id}
        )
        elsewhere.message_subscribe(duplicate.ids)
        self.merge(duplicate, self.ben.partner_id)
        self.assertEqual(self.tickets_of(self.ben), elsewhere)

    def test_another_contact_takes_the_ticket_along(self):
        ticket = self._create_ticket(self.ben)
        ticket.partner_id = self.emil.partner_id
        self.assertEqual(ticket.commercial_partner_id, self.braun)
