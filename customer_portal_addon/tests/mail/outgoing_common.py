"""What the tests of outgoing mails share."""

from odoo.addons.mail.tests.common import MockEmail

SUBJECT_CANARY = "CANARY-SUBJECT"
TEXT_CANARY = "CANARY-TEXT"
BUTTON = "Open service portal"
GERMAN_BUTTON = "Service-Portal öffnen"
BASE_URL = "https://support.vendor.example"
STRANGER = "stranger@world.example"


class MailTools(MockEmail):
    """With an outgoing server that keeps what it is given, and an address to answer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._init_mail_gateway()
        parameters = cls.env["ir.config_parameter"]
        parameters.set_param("web.base.url", BASE_URL)
        parameters.set_param("web.base.url.freeze", "True")
        cls.env["website"].search([]).domain = False
        cls.error_type.team_ids = cls.env["helpdesk.ticket.team"].create(
            {"name": "First level", "alias_name": "first-level"}
        )

    def mails_to(self, address):
        return [mail for mail in self._mails if address in str(mail["email_to"])]

    def mail_to(self, address):
        mails = self.mails_to(address)
        self.assertEqual(len(mails), 1, (address, [m["email_to"] for m in self._mails]))
        return mails[0]

    def send_queue(self):
        self._confirm_tickets()
        self.env["mail.mail"].search([("state", "=", "outgoing")]).send()

    def assertButton(self, mail, ticket, title=BUTTON):
        self.assertIn(f'href="{BASE_URL}/my/ticket/{ticket.id}"', mail["body"])
        self.assertIn(title, mail["body"])
