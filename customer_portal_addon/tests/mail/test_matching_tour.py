from odoo.tests import tagged

from ..http_common import SupportHttpCase


@tagged("post_install", "-at_install")
class TestMatchingTour(SupportHttpCase):
    """Staff link a ticket with two clicks, without developer mode."""

    def test_link_a_ticket(self):
        self.agent.password = self.agent.login
        self.gesa.partner_id.phone = "+49 30 12345678"
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "Call",
                "description": "x",
                "partner_name": "Gesa",
                "partner_phone": "030 12345678",
                "partner_email": "new@adler.example",
            }
        )
        self.start_tour(
            f"/odoo/helpdesk.ticket/{ticket.id}",
            "customer_portal_addon.link_contact",
            login=self.agent.login,
        )
        self.assertEqual(ticket.partner_id, self.gesa.partner_id)
        self.assertEqual(ticket.partner_email, "new@adler.example")
