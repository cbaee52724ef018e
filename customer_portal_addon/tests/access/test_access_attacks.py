"""What a reviewer got through once: each attack on the way to a login."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.auth_signup.models.res_partner import SignupError

from ...exceptions import SupportAccessRefused
from .access_mail_common import CLIENT, AccessMailCase


@tagged("post_install", "-at_install")
class TestStaff(AccessMailCase):
    def test_staff_can_only_choose_the_customer(self):
        """Else an agent would send himself the token of anybody's contact."""
        record = self.register("zoe@braun.example").with_user(self.agent)
        for vals in (
            {"email": "evil@attacker.example"},
            {"partner_id": self.emil.partner_id.id},
            {"kind": "reset"},
            {"state": "sent", "customer_id": self.braun.id},
        ):
            with self.assertRaises(AccessError):
                record.write(vals)
        record.write({"customer_id": self.braun.id, "active": True})

    def test_only_the_own_registration_is_assigned(self):
        record = self.register("zoe@braun.example")
        self.send()
        record.write({"customer_id": self.braun.id, "partner_id": self.gesa.partner_id})
        with self.assertRaises(UserError):
            record.with_user(self.agent).action_assign_customer()
        self.assertEqual(self.gesa.partner_id.parent_id, self.adler)
        record.write({"partner_id": False, "kind": "reset"})
        with self.assertRaises(UserError):
            record.with_user(self.agent).action_assign_customer()

    def test_assigning_needs_the_right_to_change(self):
        record = self.register("zoe@braun.example")
        self.send()
        record.customer_id = self.braun
        self.agent.group_ids -= self.env.ref("helpdesk_mgmt.group_helpdesk_user")
        self.agent.group_ids += self.env.ref("helpdesk_mgmt.group_helpdesk_user_own")
        with self.assertRaises(AccessError):
            record.with_user(self.agent).action_assign_customer()

    def test_staff_are_never_assigned_to_a_customer(self):
        record = self.register(self.agent.email)
        self.send()
        record.customer_id = self.braun
        self.assertTrue(record.is_assigned)
        with self.assertRaises(UserError):
            record.with_user(self.agent).action_assign_customer()

    def test_nobody_reads_a_token_in_a_message(self):
        self.mails._request_reset(self.ben.login, CLIENT)
        self.ben.partner_id.with_user(self.agent).action_send_password_mail()
        self.send()
        tokens = [("body", "ilike", "token=")]
        self.assertTrue(self.env["mail.message"].search(tokens))
        agent = self.env["mail.message"].with_user(self.agent)
        self.assertFalse(agent.search(tokens))
        for message in self.env["mail.message"].search(tokens):
            with self.assertRaises(AccessError):
                message.with_user(self.agent).read(["body"])

    def test_a_token_only_goes_to_the_own_address(self):
        record = self.mails.create(
            {"kind": "reset", "email": "evil@attacker.example", "state": "pending"}
        )
        record._send_answer("reset", self.ben.partner_id)
        mail = self.env["mail.mail"].search([("body_html", "ilike", "token=")])
        self.assertEqual(mail.email_to, self.ben.login)

    def test_reset_of_a_login_that_is_no_address(self):
        self.mails._request_reset(self.agent.login, CLIENT)
        self.assertEqual(self.send().email_to, self.agent.email)
        self.agent.partner_id.email = False
        self.mails._request_reset(self.agent.login, CLIENT)
        self.assertFalse(self.send())


@tagged("post_install", "-at_install")
class TestStrangers(AccessMailCase):
    def test_a_form_of_a_stranger_is_no_consent(self):
        """Somebody registers Ben's address; later Ben follows a link of his own."""
        nils = self.create_contact("nils@adler.example")
        self.register("ben@adler.example", notifications="1")
        self.register("nils@adler.example", notifications="1")
        self.send()
        nils._invite_to_support(self.company)
        invitation = self.send()
        self.mails._request_reset("ben@adler.example", CLIENT)
        reset = self.send()
        for mail in (invitation, reset):
            self.sign_up(self.get_token(mail))
        for contact in (nils, self.ben.partner_id):
            self.assertFalse(contact.support_consent_ids)
            self.assertFalse(contact.support_is_subscribed)

    def test_who_is_refused_leaves_nothing(self):
        nils = self.create_contact("nils@adler.example")
        record = self.register("nils@adler.example", notifications="1")
        token = self.get_token(self.send())
        self.adler.support_contract_ids.action_cancel()
        with self.assertRaises(SupportAccessRefused):
            self.sign_up(token)
        self.assertFalse(nils.support_consent_ids)
        self.assertFalse(nils.support_is_subscribed)
        self.assertEqual(record.state, "sent")

    def test_who_has_unsubscribed_does_not_come_back_by_a_link(self):
        nils = self.create_contact("nils@adler.example")
        self.register("nils@adler.example", notifications="1")
        token = self.get_token(self.send())
        self.leave_list(nils)
        self.company.support_list_required = True
        with self.assertRaises(SupportAccessRefused):
            self.sign_up(token)
        self.assertFalse(nils.support_is_subscribed)

    def leave_list(self, contact):
        contact._subscribe_to_support_list(self.company)
        self.company.support_mailing_list_id._update_subscription_from_email(
            contact.email, opt_out=True
        )

    def test_visitors_put_nobody_on_a_required_list(self):
        """As Odoo's box for newsletters does it, for any address and any list."""
        ben, gesa = self.ben.partner_id, self.gesa.partner_id
        self.leave_list(ben)
        visitor = self.env.ref("base.public_user")
        subscriptions = self.env["mailing.subscription"].with_user(visitor).sudo()
        mailing_list = self.company.support_mailing_list_id
        left = subscriptions.search([("list_id", "=", mailing_list.id)])
        for required in (True, False):
            self.company.support_list_required = required
            left.write({"opt_out": False})
            self.assertEqual(ben.support_is_subscribed, not required)
            person = self.env["mailing.contact"].create({"email": gesa.email})
            entry = subscriptions.create(
                {"contact_id": person.id, "list_id": mailing_list.id}
            )
            self.assertEqual(gesa.support_is_subscribed, not required)
            entry.sudo().unlink()
            self.env.invalidate_all()

    def test_forms_of_the_website_put_nobody_on_a_required_list(self):
        model = self.env["ir.model"]._get("mailing.contact")
        fields_of_forms = {"list_ids", "subscription_ids"}
        for required in (True, False):
            self.company.support_list_required = required
            offered = fields_of_forms & model._get_form_writable_fields().keys()
            self.assertEqual(bool(offered), not required)

    def test_who_has_left_stays_out_by_whatever_other_entry(self):
        ben = self.ben.partner_id
        self.company.support_list_required = True
        self.leave_list(ben)
        self.env["mailing.contact"].create(
            {
                "email": ben.email,
                "list_ids": self.company.support_mailing_list_id.ids,
            }
        )
        self.assertFalse(ben.support_is_subscribed)
        self.assertEqual(
            self.ben._get_support_decision(self.company).reason, "unsubscribed"
        )

    def test_staff_find_who_is_on_the_list(self):
        people = self.env["res.partner"].with_user(self.agent)
        ours = [("id", "in", (self.ben | self.gesa | self.anna).partner_id.ids)]
        self.gesa.partner_id._subscribe_to_support_list(self.company)
        self.leave_list(self.ben.partner_id)
        on_list = people.search([*ours, ("support_is_subscribed", "=", True)])
        self.assertEqual(on_list, self.gesa.partner_id)
        others = people.search([*ours, ("support_is_subscribed", "=", False)])
        self.assertEqual(others, (self.ben | self.anna).partner_id)

    def test_visitors_lock_nobody_out_of_a_required_list(self):
        """A stranger wants somebody on the list: that is no leaving it either."""
        self.company.support_list_required = True
        nils = self.create_contact("nils@adler.example")
        gesa = self.gesa.partner_id
        gesa._subscribe_to_support_list(self.company)
        visitor = self.env.ref("base.public_user")
        entries = self.env["mailing.subscription"].with_user(visitor).sudo()
        for contact in (nils, gesa):
            person = self.env["mailing.contact"].create({"email": contact.email})
            entries.create(
                {
                    "contact_id": person.id,
                    "list_id": self.company.support_mailing_list_id.id,
                }
            )
        self.assertTrue(self.gesa._get_support_decision(self.company).allowed)
        self.assertTrue(gesa.support_is_subscribed)
        self.register("nils@adler.example", notifications="1")
        self.sign_up(self.get_token(self.send()))
        self.assertTrue(nils.support_is_subscribed)
        self.assertTrue(nils.user_ids._get_support_decision(self.company).allowed)

    def test_tokens_of_odoo_belong_to_no_mail_of_ours(self):
        self.register("ben@adler.example")
        contact = self.ben.partner_id
        contact.signup_prepare("reset")
        token = contact._generate_signup_token()
        self.assertEqual(contact._get_access_mail_id(token), 0)
        self.assertFalse(contact._get_partner_from_token(f"{token}é"))

    def test_visitors_may_leave_a_required_list(self):
        ben = self.ben.partner_id
        ben._subscribe_to_support_list(self.company)
        self.company.support_list_required = True
        visitor = self.env.ref("base.public_user")
        lists = self.company.support_mailing_list_id.with_user(visitor).sudo()
        lists._update_subscription_from_email(ben.email, opt_out=True)
        self.assertFalse(ben.support_is_subscribed)

    def test_archived_login_is_not_doubled(self):
        nils = self.create_contact("nils@adler.example")
        user = self._create_contact(self.adler, "nick")
        user.partner_id = nils
        user.action_archive()
        nils.signup_prepare()
        with self.assertRaises(SignupError):
            self.sign_up(nils._generate_signup_token())


@tagged("post_install", "-at_install")
class TestCustomers(AccessMailCase):
    def create_as(self, user, email, **values):
        """Create a contact as Odoo's pages do it for a portal user."""
        contacts = self.env["res.partner"].with_user(user).sudo()
        vals = {"name": "V", "email": email, "parent_id": self.adler.id, **values}
        return contacts.create(vals)

    def test_addresses_that_customers_write_down_are_nobodys(self):
        trap = self.create_as(self.anna, "victim@far.example")
        self.assertTrue(trap.support_unconfirmed)
        self.assertEqual(trap.type, "other")
        record = self.register("victim@far.example")
        self.send()
        self.assertEqual(record.answer, "refused")  # and not into Adler
        self.assertFalse(record.partner_id)
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "T", "description": "x", "partner_email": "victim@far.example"}
        )
        self.assertFalse(ticket.partner_id)
        double = self.create_as(self.ben, self.emil.login)
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "T", "description": "x", "partner_email": self.emil.login}
        )
        self.assertEqual(ticket.partner_id, self.emil.partner_id)
        self.assertTrue(double.support_unconfirmed)

    def test_people_in_copy_stay_whoever_they_are(self):
        ticket = self._file(self.ben, cc="it@service.example")
        helper = ticket.message_partner_ids.filtered(
            lambda p: p.email == "it@service.example"
        )
        self.assertFalse(helper.support_unconfirmed)

    def test_named_addresses_suggest_no_customer(self):
        self.create_as(self.anna, "x@newcustomer.example", type="delivery")
        self.create_contact("y@newcustomer.example", support_unconfirmed=True)
        record = self.register("zoe@newcustomer.example")
        self.send()
        self.assertFalse(record.customer_id)

    def test_naming_an_address_does_not_use_up_its_invitation(self):
        trap = self.create_contact("nils@braun.example", support_unconfirmed=True)
        trap._invite_to_support(self.company)
        self.send()
        nils = self.create_contact("nils@braun.example", self.braun)
        nils._invite_to_support(self.company)
        self.assertIn("Nils", self.send().body_html)

    def test_invitations_keep_nobody_from_a_password(self):
        self.patch(self.registry["support.access.mail"], "_limit_invitations", 1)
        for number in range(3):
            self.create_contact(f"c{number}@adler.example")._invite_to_support(
                self.company
            )
        self.mails._request_reset(self.ben.login, CLIENT)
        self.assertEqual(
            set(self.send().mapped("email_to")), {"c0@adler.example", self.ben.login}
        )

    def test_two_addresses_in_one_are_no_address(self):
        """Odoo takes the first of them."""
        contact = self.ben.partner_id
        own = contact.email
        for email in (f"{self.emil.login}, {own}", f"{own}, {self.emil.login}", "x"):
            with self.assertRaises(UserError):
                contact.with_user(self.ben).sudo().email = email
        self.assertEqual(contact.email, own)

    def test_consents_belong_to_a_company(self):
        text = self.env["support.consent.text"]._get_current("privacy")
        other = self.env["res.company"].create({"name": "Other"})
        consents = self.env["support.consent"].with_company(other)
        consent = consents._log(text, self.ben.partner_id, "ticket_form")
        self.assertEqual(consent.company_id, other)
        seen = self.env["support.consent"].with_user(self.agent)
        self.assertNotIn(consent, seen.search([]))
        self.assertLessEqual(consent.given_at, fields.Datetime.now())
