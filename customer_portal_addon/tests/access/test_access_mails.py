from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.auth_signup.models.res_partner import SignupError

from ...exceptions import SupportAccessRefused
from ...tools.mail.incoming_mail import IncomingMail
from .access_mail_common import CLIENT, AccessMailCase

AUTOMATIC = IncomingMail(b"From: ben@adler.example\nAuto-Submitted: auto-replied\n\n")


@tagged("post_install", "-at_install")
class TestRegistration(AccessMailCase):
    def answer(self, email, **values):
        """Register, send, and return what was answered to whom."""
        record = self.register(email, **values)
        mails = self.send()
        self.assertEqual(mails.mapped("email_to"), [email] if record.answer else [])
        return record.answer

    def test_contact_with_a_contract_gets_the_way_to_a_password(self):
        contact = self.create_contact("nils@adler.example")
        record = self.register("Nils@Adler.example")
        mail = self.send()
        self.assertEqual(record.answer, "activation")
        self.assertEqual(record.partner_id, contact)
        self.assertEqual(mail.email_to, "nils@adler.example")
        user = self.sign_up(self.get_token(mail), login="evil@x.example", name="Evil")
        self.assertEqual(user.partner_id, contact)
        self.assertEqual((user.login, user.name), ("nils@adler.example", "Nils"))
        self.assertTrue(user._is_portal())
        self.assertEqual(record.state, "used")

    def test_everybody_gets_the_answer_that_fits(self):
        self.create_contact("koch@koch.example", self.koch)
        self.create_contact("twin@adler.example")
        self.create_contact("twin@adler.example", self.braun)
        self.create_contact("gone@adler.example", active=False)
        expected = {
            "ben@adler.example": "known",
            "clara@koch.example": "refused",
            "koch@koch.example": "refused",
            "nobody@nowhere.example": "refused",
            "gone@adler.example": "refused",
            "twin@adler.example": "ambiguous",
        }
        for number, (email, answer) in enumerate(expected.items()):
            with self.subTest(email=email):
                client = f"203.0.113.{number}"
                self.assertEqual(self.answer(email, client=client), answer)

    def test_no_word_of_a_stranger_is_mailed(self):
        self.company.support_policy = "open"
        self.register("victim@nowhere.example", name="Visit evil dot example")
        mail = self.send()
        self.assertNotIn("evil", mail.body_html + mail.subject)
        self.assertNotIn("Visit", mail.body_html + mail.subject)

    def test_naming_an_address_locks_nobody_out(self):
        """The administrator of Braun names somebody of Adler, or a stranger."""
        contact = self.create_contact("nils@adler.example")
        for email in (contact.email, "new@x.example"):
            self.create_contact(email, self.braun, support_unconfirmed=True)
        record = self.register("nils@adler.example")
        self.send()
        self.assertEqual((record.answer, record.partner_id), ("activation", contact))
        mine = self.create_contact("new@x.example", support_unconfirmed=True)
        mine._invite_to_support(self.company)
        self.assertIn("Adler", self.send().body_html)
        self.assertEqual(self.answer("new@x.example"), "ambiguous")

    def test_the_refusal_says_the_sentence_and_whom_to_ask(self):
        self.register("nobody@nowhere.example")
        mail = self.send()
        self.assertIn("not permitted to log in", mail.body_html)
        self.assertIn("support@vendor.example", mail.body_html)
        self.assertNotIn("token=", mail.body_html)

    def test_strangers_register_with_the_open_policy(self):
        self.company.support_policy = "open"
        record = self.register("new@nowhere.example")
        mail = self.send()
        self.assertFalse(self.env["res.users"].search([("login", "ilike", "new@")]))
        user = self.sign_up(self.get_token(mail))
        self.assertEqual(user.name, "Nora New")
        self.assertFalse(user.partner_id.parent_id)
        self.assertEqual(record.partner_id, user.partner_id)

    def test_archived_login_stays_closed(self):
        self.ben.action_archive()
        self.assertEqual(self.answer("ben@adler.example"), "refused")

    def test_company_is_suggested_by_domain_but_not_for_free_mail(self):
        for email in ("a@gmail.com", "b@gmail.com"):
            self.create_contact(email)
        self.assertFalse(self._suggested("c@gmail.com"))
        self.assertEqual(self._suggested("zoe@braun.example"), self.braun)
        self.create_contact("x@braun.example")  # of Adler
        self.assertFalse(self._suggested("zack@braun.example"))

    def _suggested(self, email):
        record = self.register(email)
        self.send()
        self.assertFalse(record.partner_id.parent_id)
        return record.customer_id

    def test_staff_assign_with_one_click(self):
        record = self.register("zoe@braun.example")
        self.send()
        self.assertEqual(record.answer, "refused")
        waiting = [("kind", "=", "registration"), ("is_assigned", "=", False)]
        self.assertIn(record, self.mails.search(waiting))
        record.with_user(self.agent).action_assign_customer()
        self.assertEqual(record.partner_id.parent_id, self.braun)
        self.assertEqual(record.partner_id.name, "Nora New")
        self.assertEqual(record.answer, "activation")
        self.assertNotIn(record, self.mails.search(waiting))
        mail = self.env["mail.mail"].search([("email_to", "=", "zoe@braun.example")])
        user = self.sign_up(self.get_token(mail[0]))
        self.assertTrue(user._get_support_decision(self.company).allowed)

    def test_assigning_to_an_uncovered_customer_mails_nothing(self):
        record = self.register("zoe@koch.example")
        self.send()
        record.customer_id = self.koch
        before = self.env["mail.mail"].search_count([])
        record.with_user(self.agent).action_assign_customer()
        self.assertEqual(record.partner_id.parent_id, self.koch)
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
        with self.assertRaises(UserError):
            self.register("a@b.example").with_user(self.agent).action_assign_customer()

    def test_what_is_missing_is_said(self):
        for values, wrong in (
            ({}, {"name", "email", "privacy"}),
            ({"name": "N", "email": "not an address", "privacy": "1"}, {"email"}),
            ({"name": "N" * 101, "email": "a@b.example", "privacy": "1"}, {"name"}),
            ({"name": "N", "email": "a@b.example"}, {"privacy"}),
            ({"name": "N evil.example", "email": "a@b.c", "privacy": "1"}, {"name"}),
        ):
            with self.subTest(values=values):
                before = self.mails.search_count([])
                errors = self.mails._request_registration(values, CLIENT)
                self.assertEqual(set(errors), wrong)
                self.assertEqual(self.mails.search_count([]), before)

    def test_asking_costs_the_same_for_everybody(self):
        """As many queries for known, unknown and uncovered: the clock tells nothing."""
        public = self.env.ref("base.public_user")
        mails = self.mails.with_user(public)
        mails._request_reset("first@no.example", CLIENT)  # fills caches
        counts = set()
        for email in ("ben@adler.example", "clara@koch.example", "no@no.example"):
            self.env.flush_all()
            before = self.cr.sql_log_count
            mails._request_reset(email, CLIENT)
            self.env.flush_all()
            counts.add(self.cr.sql_log_count - before)
        self.assertEqual(len(counts), 1)

    def test_forgotten_registrations_leave_nothing(self):
        self.company.support_policy = "open"
        record = self.register("new@nowhere.example")
        self.send()
        contact = record.partner_id
        self.register("nobody@adler.example")
        later = fields.Datetime.now() + timedelta(days=40)
        self.company.support_policy = "contract"
        self.send()
        with patch.object(fields.Datetime, "now", return_value=later):
            self.mails._gc_forgotten()
        self.assertFalse(contact.exists())
        self.assertFalse(self.mails.search([("kind", "=", "registration")]))


@tagged("post_install", "-at_install")
class TestConsent(AccessMailCase):
    def test_consents_are_logged_as_they_were_read(self):
        german = self.register("nobody@x.example", lang="de")
        contact = self.create_contact("nils@adler.example", lang="de_DE")
        record = self.register("nils@adler.example", notifications="1")
        text = record.privacy_text_id
        old_wording = text.wording
        [mail] = self.send().filtered(lambda m: "token=" in m.body_html)
        self.assertFalse(contact.support_consent_ids)
        self.sign_up(self.get_token(mail))
        consents = contact.support_consent_ids
        self.assertEqual(set(consents.mapped("purpose")), {"privacy", "notifications"})
        privacy = consents.filtered(lambda c: c.purpose == "privacy")
        self.assertEqual(privacy.wording, old_wording)
        self.assertEqual((privacy.version, privacy.source), ("1", "registration"))
        self.assertEqual(privacy.given_at, record.asked_at)
        self.assertEqual(privacy.email, "nils@adler.example")
        self.assertTrue(contact.support_is_subscribed)
        self.assertFalse(german.partner_id)

    def test_the_log_only_grows(self):
        text = self.env["support.consent.text"]._get_current("privacy")
        consent = self.env["support.consent"]._log(
            text, self.ben.partner_id, "ticket_form"
        )
        for action in (
            lambda: consent.sudo().write({"version": "9"}),
            lambda: consent.sudo().unlink(),
            lambda: text.write({"wording": "Something else"}),
        ):
            with self.assertRaises(UserError):
                action()
        newer = text.copy({"version": "2", "wording": "New words"})
        self.assertEqual(
            self.env["support.consent.text"]._get_current("privacy"), newer
        )
        self.assertIn(
            consent, self.env["support.consent"].with_user(self.agent).search([])
        )

    def test_merging_contacts_keeps_consents_and_mails(self):
        text = self.env["support.consent.text"]._get_current("privacy")
        double = self.create_contact("ben@adler.example")
        consent = self.env["support.consent"]._log(text, double, "ticket_form")
        sent = self.mails.create(
            {
                "kind": "invitation",
                "email": "ben@adler.example",
                "partner_id": double.id,
            }
        )
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (double | self.ben.partner_id).ids, self.ben.partner_id
        )
        self.assertFalse(double.exists())
        self.assertEqual((consent | consent).partner_id, self.ben.partner_id)
        self.assertEqual(sent.partner_id, self.ben.partner_id)


@tagged("post_install", "-at_install")
class TestLimits(AccessMailCase):
    def test_one_address(self):
        for number in range(200):
            self.register("ben@adler.example", client=f"198.51.{number}.1")
        self.assertEqual(len(self.send()), 3)
        self.assertEqual(len(self.send()), 0)
        # who is bombed with registrations still gets a new password
        self.mails._request_reset("ben@adler.example", "198.51.1.3")
        self.assertEqual(len(self.send()), 1)
        # nobody else is locked out, and neither is the address after an hour
        self.register("anna@adler.example", client="198.51.1.1")
        self.assertEqual(len(self.send()), 1)
        later = fields.Datetime.now() + timedelta(minutes=61)
        with patch.object(fields.Datetime, "now", return_value=later):
            self.register("ben@adler.example", client="198.51.1.2")
            self.assertEqual(len(self.send()), 1)

    def test_one_source(self):
        for number in range(200):
            form = {"name": "N", "email": f"n{number}@x.example", "privacy": "1"}
            self.mails._request_registration(form, CLIENT)
        self.assertEqual(self.mails.search_count([]), 100)  # the rest isn't even noted
        self.assertEqual(len(self.send()), 20)
        self.register("ben@adler.example", client="203.0.113.9")
        self.assertEqual(len(self.send()), 1)

    def test_networks_of_ipv6_count_as_one(self):
        key = self.env["support.limit"]._get_network_key
        self.assertEqual(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"))
        self.assertNotEqual(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"))
        self.assertNotEqual(key("198.51.100.1"), key("198.51.100.2"))
        self.assertNotIn("198.51", key("198.51.100.1"))

    def test_where_wishes_came_from_is_forgotten(self):
        record = self.register("ben@adler.example")
        self.send()
        self.assertTrue(record.source_key)
        later = fields.Datetime.now() + timedelta(days=2)
        with patch.object(fields.Datetime, "now", return_value=later):
            self.mails._gc_forgotten()
        self.assertFalse(record.source_key)

    def test_many_invitations_are_spread_over_the_hours(self):
        contacts = [self.create_contact(f"c{n}@adler.example") for n in range(70)]
        for contact in contacts:
            contact._invite_to_support(self.company)
        self.assertEqual(len(self.send()), 60)
        self.assertEqual(len(self.send()), 0)
        later = fields.Datetime.now() + timedelta(minutes=61)
        with patch.object(fields.Datetime, "now", return_value=later):
            self.assertEqual(len(self.send()), 10)

    def test_the_cron_goes_on_where_it_was_stopped(self):
        for number in range(3):
            self.register(f"n{number}@x.example", client=f"198.51.{number}.1")
        with patch.object(
            self.registry["ir.cron"], "_commit_progress", side_effect=[1, 0]
        ):
            self.assertEqual(len(self.send()), 1)
        self.assertEqual(len(self.send()), 2)

    @mute_logger(
        "odoo.addons.customer_portal_addon.models.access.support_access_mail_send"
    )
    def test_one_that_fails_holds_up_nobody(self):
        broken = self.register("broken@x.example")
        fine = self.register("ben@adler.example")
        find = self.registry["support.access.mail"]._find_registration_answer

        def fail(mail):
            if mail == broken:
                raise ValueError
            return find(mail)

        self.patch(
            self.registry["support.access.mail"], "_find_registration_answer", fail
        )
        self.assertEqual(len(self.send()), 1)
        self.assertEqual((broken.state, fine.state), ("failed", "sent"))


@tagged("post_install", "-at_install")
class TestInvitation(AccessMailCase):
    def invited(self, contact):
        return self.mails.search(
            [("partner_id", "=", contact.id), ("kind", "=", "invitation")]
        )

    def file_for(self, contact):
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "Call", "description": "x", "partner_id": contact.id}
        )
        self.send()
        return ticket

    def test_the_first_ticket_invites_once(self):
        """One invitation, however many tickets (A7)."""
        contact = self.create_contact("nils@adler.example")
        self.file_for(contact)
        self.file_for(contact)
        record = self.invited(contact)
        self.assertEqual(record.mapped("state"), ["sent"])
        mail = self.env["mail.mail"].search([("email_to", "=", "nils@adler.example")])
        self.assertEqual(len(mail), 1)
        self.assertIn("Auto-Submitted", mail.headers)
        user = self.sign_up(self.get_token(mail))
        self.assertEqual(user.partner_id, contact)
        self.assertEqual(record.state, "used")

    def test_linking_a_phone_ticket_invites(self):
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "Call", "description": "x"}
        )
        contact = self.create_contact("nils@adler.example")
        ticket.partner_id = contact
        self.assertTrue(self.invited(contact))

    def test_who_is_not_invited(self):
        with_login = self.ben.partner_id
        uncovered = self.create_contact("k@koch.example", self.koch)
        no_address = self.create_contact(False)
        switched_off = self.create_contact("o@adler.example", support_switched_off=True)
        archived = self.create_contact("a@adler.example")
        self.env["res.users"].create(
            {"partner_id": archived.id, "login": "a@adler.example"}
        ).action_archive()
        for contact in (with_login, uncovered, no_address, switched_off, archived):
            with self.subTest(contact=contact.email):
                before = self.env["mail.mail"].search([])
                self.file_for(contact)
                sent = self.env["mail.mail"].search([]) - before
                self.assertFalse(sent.filtered(lambda m: "token=" in m.body_html))

    def test_uncovered_people_are_invited_once_they_are_covered(self):
        contact = self.create_contact("k@koch.example", self.koch)
        self.file_for(contact)
        self.assertEqual(self.invited(contact).state, "withheld")
        self.koch.support_contract_ids.date_end = False
        self.file_for(contact)
        self.assertEqual(
            set(self.invited(contact).mapped("state")), {"withheld", "sent"}
        )

    def test_automatic_mails_invite_nobody(self):
        contact = self.create_contact("nils@adler.example")
        tickets = self.env["helpdesk.ticket"].with_context(support_mail=AUTOMATIC)
        tickets.create({"name": "Away", "description": "x", "partner_id": contact.id})
        self.assertFalse(self.invited(contact))

    def test_list_required_invites_who_is_on_it(self):
        self.company.support_list_required = True
        contact = self.create_contact("nils@adler.example")
        self.file_for(contact)
        self.assertEqual(self.invited(contact).state, "withheld")
        contact.with_user(self.agent).action_subscribe_to_support_list()
        self.file_for(contact)
        self.assertIn("sent", self.invited(contact).mapped("state"))

    def test_address_of_another_customer_is_not_invited_by_a_customer(self):
        self.create_contact("nils@braun.example", self.braun)
        colleague = self.create_contact(
            "nils@braun.example", support_unconfirmed=True, name="Buy at evil"
        )
        colleague._invite_to_support(self.company)
        self.assertFalse(self.send())
        self.assertEqual(self.invited(colleague).state, "withheld")

    def test_invited_by_a_colleague_without_words_of_the_colleague(self):
        colleague = self.create_contact(
            "nils@x.example", support_unconfirmed=True, name="Buy at evil"
        )
        colleague._invite_to_support(self.company)
        mail = self.send()
        self.assertNotIn("evil", mail.body_html)
        self.assertIn("Adler", mail.body_html)
        self.sign_up(self.get_token(mail))
        self.assertFalse(colleague.support_unconfirmed)

    def test_staff_send_again_and_see_what_was_sent(self):
        """The invitation once more, with one click (A7)."""
        contact = self.create_contact("nils@adler.example")
        self.file_for(contact)
        action = contact.with_user(self.agent).action_send_support_invitation()
        self.assertEqual(action["params"]["type"], "success")
        self.assertEqual(len(contact.support_access_mail_ids), 2)
        self.assertEqual(set(contact.support_access_mail_ids.mapped("state")), {"sent"})

    def test_nobody_else_sends_them(self):
        for user in (self.anna, self.env.ref("base.user_demo", False) or self.ben):
            with self.assertRaises(AccessError):
                self.gesa.partner_id.with_user(user).action_send_password_mail()

    def test_staff_are_told_why_it_cannot_be_sent(self):
        uncovered = self.create_contact("k@koch.example", self.koch)
        for contact, method in (
            (uncovered, "action_send_support_invitation"),
            (uncovered, "action_send_password_mail"),
            (self.ben.partner_id, "action_send_support_invitation"),
            (self.create_contact(False), "action_send_support_invitation"),
        ):
            with self.subTest(contact=contact.email, method=method):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    getattr(contact.with_user(self.agent), method)()

    def test_staff_send_a_password_mail(self):
        """The mail to a new password, with one click (A7)."""
        self.ben.partner_id.with_user(self.agent).action_send_password_mail()
        mail = self.env["mail.mail"].search([("email_to", "=", self.ben.login)])
        self.assertIn("/support/password#token=", mail.body_html)


@tagged("post_install", "-at_install")
class TestLinks(AccessMailCase):
    def setUp(self):
        super().setUp()
        self.contact = self.create_contact("nils@adler.example")
        self.register("nils@adler.example")
        self.token = self.get_token(self.send())

    def test_work_once(self):
        self.sign_up(self.token)
        self.assert_dead(self.token)

    def assert_dead(self, token):
        with self.assertRaises(UserError):
            self.sign_up(token)

    def test_nothing_works_that_was_tampered_with(self):
        other = self.ben.partner_id
        other.signup_prepare("reset")
        others = other._generate_signup_token()
        start, _dot, digest = self.token.rpartition(".")
        for token in (
            "",
            ".",
            "x",
            self.token[:-1],
            start,
            f"{start}.",
            f".{digest}",
            f"{others.rpartition('.')[0]}.{digest}",
        ):
            with self.subTest(token=token):
                partners = self.env["res.partner"].sudo()
                self.assertFalse(partners._get_partner_from_token(token))

    def test_expire(self):
        later = datetime.now() + timedelta(days=7)
        with patch("odoo.tools.misc.datetime.datetime") as clock:
            clock.now.return_value = later
            self.assertFalse(
                self.env["res.partner"].sudo()._get_partner_from_token(self.token)
            )

    def test_are_bound_to_the_address_they_were_sent_to(self):
        self.contact.email = "somebody.else@adler.example"
        self.assert_dead(self.token)

    def test_the_gate_is_asked(self):
        self.adler.support_contract_ids.action_cancel()
        with self.assertRaises(SupportAccessRefused):
            self.sign_up(self.token)
        self.assertFalse(self.contact.user_ids)

    def test_reset_of_a_refused_contact_sends_the_refusal(self):
        self.mails._request_reset(self.clara.login, CLIENT)
        mail = self.send()
        self.assertIn("not permitted to log in", mail.body_html)
        self.mails._request_reset(self.ben.login, CLIENT)
        mail = self.send()
        token = self.get_token(mail)
        self.adler.support_contract_ids.action_cancel()
        with self.assertRaises(SupportAccessRefused):
            self.sign_up(token)

    def test_reset_for_nobody_sends_nothing(self):
        for login in ("nobody@nowhere.example", "", "  ", "%", "admin%"):
            self.mails._request_reset(login, CLIENT)
        self.assertFalse(self.send())

    def test_reset_sends_an_open_invitation_once_more(self):
        contact = self.create_contact("ivy@adler.example")
        contact._invite_to_support(self.company)
        self.send()
        self.mails._request_reset("ivy@adler.example", CLIENT)
        self.assertIn("/support/activate#token=", self.send().body_html)

    def test_no_registration_beside_ours(self):
        self.env["website"].search([]).auth_signup_uninvited = "b2c"
        values = {"login": "x@y.example", "name": "X", "password": "a word of ours"}
        with self.assertRaises(SignupError):
            self.env["res.users"].sudo().signup(values)


@tagged("post_install", "-at_install")
class TestAddresses(AccessMailCase):
    def test_portal_users_keep_the_address_that_was_confirmed(self):
        partner = self.ben.partner_id
        partner_sudo = partner.with_user(self.ben).sudo()
        for action in (
            lambda: partner_sudo.write({"email": "emil@braun.example"}),
            lambda: self.ben.with_user(self.ben).write({"email": "emil@braun.example"}),
            lambda: (
                self.gesa.partner_id.with_user(self.ben).sudo().write({"email": ""})
            ),
        ):
            with self.assertRaises(UserError):
                action()
        partner_sudo.write({"email": partner.email, "name": "Benjamin"})
        self.assertEqual(partner.name, "Benjamin")
        partner.with_user(self.env.ref("base.user_admin")).email = "b@adler.example"
