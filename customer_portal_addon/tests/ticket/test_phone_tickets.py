from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..http_common import SupportHttpCase
from .staff_common import StaffCase


@tagged("post_install", "-at_install")
class TestPhoneTicket(StaffCase):
    """Somebody calls: who, what, how urgent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Support", "user_ids": cls.agent.ids}
        )
        cls.error_type.team_ids = cls.team
        cls.caller = cls.ben.partner_id
        cls.caller.phone = "+49 521 443312"

    def call(self):
        return Form(self.env["support.phone.ticket"].with_user(self.agent))

    def create_from(self, form):
        action = form.save().action_create_ticket()
        self.assertEqual(action["res_model"], "helpdesk.ticket")
        return self.env["helpdesk.ticket"].browse(action["res_id"])

    def confirmations(self, ticket):
        return (
            self.env["mail.mail"]
            .search([("model", "=", ticket._name), ("res_id", "=", ticket.id)])
            .recipient_ids
        )

    def test_a_known_caller(self):
        self._create_ticket(self.ben, name="Open")
        self._create_ticket(self.ben, name="Closed", stage_id=self.stage("closed").id)
        with self.call() as form:
            form.partner_id = self.caller
            self.assertEqual(form.customer_id, self.adler)
            self.assertEqual(form.support_code, self.caller.support_code)
            self.assertEqual(form.support_state, "allowed")
            self.assertEqual(form.open_ticket_count, 1)
            names = [ticket.name for ticket in form.open_ticket_ids]
            self.assertEqual(names, ["Open"])
            self.assertEqual(form.partner_phone, "+49 521 443312")
            self.assertTrue(form.send_confirmation)
            form.type_id = self.error_type
            form.name = "Printer <b>jams</b>"
            form.priority = "3"
        ticket = self.create_from(form)
        self.assertEqual(ticket.partner_id, self.caller)
        self.assertEqual(ticket.commercial_partner_id, self.adler)
        self.assertEqual(ticket.partner_email, self.caller.email)
        self.assertEqual(ticket.priority, "3")
        self.assertEqual(ticket.team_id, self.team)
        self.assertEqual(ticket.user_id, self.agent)
        self.assertEqual(ticket.portal_role, "new")
        self.assertEqual(
            ticket.channel_id,
            self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone"),
        )
        self.assertIn("Printer &lt;b&gt;jams", ticket.description)
        self.assertIn(self.caller, ticket.message_partner_ids)
        self.assertEqual(self.confirmations(ticket), self.caller)

    def test_the_customer_sees_it_at_once(self):
        """A call becomes a ticket that its customer reads (B3)."""
        form = self.call()
        form.partner_id, form.name = self.caller, "Call"
        ticket = self.create_from(form)
        self.assertTrue(ticket.with_user(self.ben).search([("id", "=", ticket.id)]))

    def test_without_confirmation_and_for_the_queue(self):
        form = self.call()
        form.partner_id = self.caller
        form.name, form.description = "Call", "What\nwas said"
        form.send_confirmation = False
        form.assign_to_me = False
        ticket = self.create_from(form)
        self.assertFalse(ticket.user_id)
        self.assertFalse(self.confirmations(ticket))
        self.assertIn("was said", ticket.description)

    def test_an_unknown_caller(self):
        form = self.call()
        form.partner_name, form.partner_phone = "Mr X", "030 5550100"
        form.partner_email = "x@nowhere.example"
        form.name = "Call"
        self.assertFalse(form.partner_id)
        ticket = self.create_from(form)
        self.assertFalse(ticket.partner_id)
        self.assertEqual(ticket.partner_name, "Mr X")
        self.assertEqual(ticket.partner_phone, "030 5550100")
        self.assertEqual(ticket.partner_email, "x@nowhere.example")
        self.assertFalse(self.confirmations(ticket))

    def test_the_address_tells_who_calls(self):
        form = self.call()
        form.partner_email = f" {self.caller.email.upper()}"
        self.assertEqual(form.partner_id, self.caller)

    def test_somebody_has_to_have_called(self):
        call = self.env["support.phone.ticket"].with_user(self.agent)
        with self.assertRaises(UserError):
            call.create({"name": "Call"}).action_create_ticket()

    def test_a_type_of_another_team(self):
        """Who is not in the team can't take the ticket, but notes the call."""
        self.team.user_ids = False
        form = self.call()
        form.partner_id, form.name = self.caller, "Call"
        self.assertTrue(form.is_assignable)
        form.type_id = self.error_type
        self.assertFalse(form.is_assignable)
        ticket = self.create_from(form)
        self.assertEqual(ticket.team_id, self.team)
        self.assertFalse(ticket.user_id)

    def test_callers_are_found_by_all_that_they_say(self):
        self._create_ticket(self.ben)
        people = self.env["res.partner"].with_user(self.agent)
        people = people.with_context(support_caller=True)
        for said in (
            "ben",
            "Adler",
            "0521/443312",
            "+49 (0)521 443312",
            "0049521443312",
            "443312",
            self.caller.support_code,
            self.caller.support_code.replace("-", " "),
        ):
            found = [found_id for found_id, _name in people.name_search(said)]
            self.assertIn(self.caller.id, found, said)
        for other in ("443313", "3312", "0521 443312 x", "44331%"):
            found = [found_id for found_id, _name in people.name_search(other)]
            self.assertNotIn(self.caller.id, found, other)

    def test_numbers_are_searched_for_callers_only(self):
        people = self.env["res.partner"].with_user(self.agent)
        self.assertFalse(people.name_search("443312"))

    def test_customers_have_no_phone_tickets(self):
        for user in (self.ben, self.anna):
            with self.assertRaises(AccessError):
                self.env["support.phone.ticket"].with_user(user).create({"name": "x"})

    def test_who_may_only_see_the_own_tickets(self):
        own = new_test_user(
            self.env, "own_agent", groups="helpdesk_mgmt.group_helpdesk_user_own"
        )
        call = self.env["support.phone.ticket"].with_user(own)
        call = call.create({"partner_name": "Mr X", "name": "Call"})
        ticket = self.env["helpdesk.ticket"].with_user(own)
        ticket = ticket.browse(call.action_create_ticket()["res_id"])
        self.assertEqual(ticket.user_id, own)


@tagged("post_install", "-at_install")
class TestPhoneTicketTour(SupportHttpCase):
    """Staff take a call from the queue, without developer mode."""

    def test_take_a_call(self):
        self.agent.password = self.agent.login
        self.ben.partner_id.phone = "+49 521 443312"
        self._create_ticket(self.ben, name="Older ticket")
        self.start_tour(
            "/odoo/helpdesk-queue",
            "customer_portal_addon.phone_ticket",
            login=self.agent.login,
        )
        ticket = self.env["helpdesk.ticket"].search([], order="id desc", limit=1)
        self.assertEqual(ticket.name, "Printer is on fire")
        self.assertEqual(ticket.partner_id, self.ben.partner_id)
        self.assertEqual(ticket.priority, "3")
        self.assertEqual(ticket.user_id, self.agent)
