"""Another addon adds a reason to the gate's table, and every door knows of it."""

from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from ...exceptions import SupportAccessRefused
from ...models.access.support_gate import Reason
from ..http_common import SupportHttpCase

SENTENCE = "Your company owes us money."


@tagged("post_install", "-at_install")
class TestReasonOfAnotherAddon(SupportHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gate = cls.env["support.gate"]
        base = type(cls.gate)._get_reasons

        def _get_reasons(gate):
            reasons = base(gate)
            unpaid = Reason(
                "unpaid",
                "Unpaid",
                SENTENCE,
                column=SQL(
                    "customer.ref = 'unpaid'",
                    to_flush=gate.env["res.partner"]._fields["ref"],
                ),
                is_asked=lambda company: company.support_policy == "contract",
            )
            before = [reason.key for reason in reasons].index("no_contract")
            reasons.insert(before, unpaid)
            return reasons

        cls.startClassPatcher(
            patch.object(type(cls.gate), "_get_reasons", _get_reasons)
        )
        cls.adler.ref = "unpaid"

    def test_decision_and_order(self):
        contact = self.ben.partner_id
        self.assertEqual(self.gate._decide(contact, self.company).reason, "unpaid")
        self.env["support.contract"].search([]).action_cancel()
        self.assertEqual(self.gate._decide(contact, self.company).reason, "unpaid")
        contact.support_switched_off = True  # comes first
        self.assertEqual(
            self.gate._decide(contact, self.company).reason, "switched_off"
        )

    def test_login(self):
        with self.assertRaises(SupportAccessRefused) as refusal:
            self.ben._check_support_gate()
        self.assertEqual(refusal.exception.decision.reason, "unpaid")
        page = self.login(self.ben)
        self.assertIn("/web/login", page.url)
        self.assertTrue(self.find(page, "//a[@href='/support/refused']"))

    def test_refusal_page_and_session(self):
        self.adler.ref = False
        self.login(self.ben)
        self.adler.ref = "unpaid"
        page = self.url_open("/my/tickets")
        self.assertTrue(page.url.endswith("/support/refused"))
        self.assertEqual(self.text_of(page, "refusal_reason"), SENTENCE)

    def test_possible_reasons(self):
        page = self.open_as(None, "/support/refused")
        self.assertIn(SENTENCE, page.text)
        self.company.support_policy = "open"
        self.assertNotIn(SENTENCE, self.url_open("/support/refused").text)

    def test_staff(self):
        self.env.flush_all()
        partners = self.env["res.partner"].with_user(self.agent)
        ben = partners.browse(self.ben.partner_id.id)
        self.assertEqual(ben.support_state, "unpaid")
        states = partners._fields["support_state"].get_description(self.env)
        self.assertIn(("unpaid", "Unpaid"), states["selection"])
        people = (self.ben | self.emil | self.clara).partner_id
        ours = [("id", "in", people.ids)]

        def find(operator, value):
            return partners.search([*ours, ("support_state", operator, value)])

        self.assertEqual(find("=", "unpaid"), ben)
        self.assertEqual(find("=", "contract_expired").ids, self.clara.partner_id.ids)
        self.assertEqual(find("!=", "unpaid"), partners.browse(people.ids) - ben)
        for state in ("allowed", "no_contract", "archived"):
            with self.subTest(state=state):
                found = find("in", [state])
                by_field = partners.browse(people.ids).filtered_domain(
                    [("support_state", "=", state)]
                )
                self.assertEqual(found, by_field)
