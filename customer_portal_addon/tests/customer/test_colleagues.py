from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import SupportCase
from .colleague_common import ColleagueTools

TEMPLATE = "customer_portal_addon.mail_template_colleague_changed"


@tagged("post_install", "-at_install")
class TestWhoManagesColleagues(ColleagueTools, SupportCase):
    """Only customer administrators, and only the people of their company."""

    def assertManages(self, user, expected):
        people = self.people(user)
        self.assertEqual(people._manages_colleagues(), expected)
        if expected:
            return
        calls = (
            lambda: people._get_colleagues(),
            lambda: people._count_colleagues(),
            lambda: people._find_colleague(self.ben.partner_id.id),
            lambda: people._get_colleagues_to_file_for(10),
            lambda: people._find_colleague_to_file_for("ben@adler.example"),
            lambda: self.invite(user=user),
            lambda: self.act(self.ben, "switch_off", by=user),
        )
        for call in calls:
            with self.assertRaises(AccessError):
                call()
        self.assertFalse(self.ben.partner_id.support_switched_off)

    def test_administrators_do(self):
        self.assertManages(self.anna, True)
        self.assertManages(self.erna, True)

    def test_nobody_else_does(self):
        public = self.env.ref("base.public_user")
        for user in (self.ben, self.agent, self.clara, public, self.env.user):
            with self.subTest(user=user.name):
                self.assertManages(user, False)

    def test_a_former_administrator_does_not(self):
        self.anna.partner_id.is_customer_administrator = False
        self.assertManages(self.anna, False)

    def test_the_flag_alone_is_not_enough_nor_the_group(self):
        group = self.env.ref("customer_portal_addon.group_customer_administrator")
        self.assertIn(group, self.anna.group_ids)
        self.env.cr.execute(
            "UPDATE res_partner SET is_customer_administrator = FALSE WHERE id = %s",
            [self.anna.partner_id.id],
        )
        self.env.invalidate_all()
        self.assertManages(self.anna, False)

    def test_not_after_the_contract_ended(self):
        self.adler.support_contract_ids.date_end = "2026-06-14"
        self.assertManages(self.anna, False)

    def test_not_while_switched_off(self):
        self.anna.partner_id.support_switched_off = True
        self.assertManages(self.anna, False)

    def test_a_person_without_a_company_has_no_colleagues(self):
        self.company.support_policy = "open"
        self.anna.partner_id.parent_id = False
        self.anna.partner_id.is_customer_administrator = True
        self.assertManages(self.anna, False)

    def test_colleagues_are_the_people_of_the_company(self):
        people = self.env["res.partner"]
        below = {"parent_id": self.adler.id}
        people.create({**below, "name": "Delivery", "type": "delivery"})
        people.create({**below, "name": "Daughter", "is_company": True})
        people.create({**below, "name": "Gone", "active": False})
        self.agent.partner_id.parent_id = self.adler
        colleagues = self.people()._get_colleagues()
        expected = (self.anna | self.ben | self.gesa).partner_id
        self.assertEqual(colleagues, expected)
        self.assertEqual(self.people()._count_colleagues(), 3)

    def test_search_by_name_and_address(self):
        people = self.people()
        self.assertEqual(people._get_colleagues("ESA"), self.gesa.partner_id)
        self.assertEqual(people._get_colleagues("ben@"), self.ben.partner_id)
        self.assertFalse(people._get_colleagues("emil"))
        self.assertEqual(people._count_colleagues("ben@"), 1)

    def test_search_without_control_characters(self):
        """The database takes no zero bytes."""
        people = self.people()
        self.assertEqual(people._count_colleagues("\0"), 3)
        self.assertEqual(people._get_colleagues("e\0sa\0 "), self.gesa.partner_id)

    def test_others_are_not_found(self):
        for partner in (self.emil.partner_id, self.adler, self.braun):
            for action in ("invite", "rename", "switch_off", "appoint", "other"):
                self.assertIsNone(self.act(partner, action, name="Other"))
        self.assertIsNone(self.people()._act_on_colleague(10**12, "rename", {}))
        self.assertEqual(self.emil.partner_id.name, "Emil")

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule")
    def test_administrators_have_no_rights_of_their_own(self):
        """What they do goes through these methods; RPC has no way to them."""
        for user in (self.ben, self.anna):
            partner = user.partner_id.with_user(self.anna)
            for vals in ({"name": "x"}, {"support_switched_off": True}):
                with self.assertRaises(AccessError):
                    partner.write(vals)


@tagged("post_install", "-at_install")
class TestInvitingColleagues(ColleagueTools, SupportCase):
    """A contact whose address is not confirmed, and an invitation."""

    def test_a_new_colleague(self):
        with self.mock_mail_gateway():
            self.assertEqual(self.invite(" Nina  New ", "Nina@Adler.example"), {})
            contact = self.find_contact("nina@adler.example")
            self.assertEqual(len(contact), 1)
            self.assertTrue(contact.support_unconfirmed)
            self.assertFalse(contact.is_customer_administrator)
            self.assertEqual(contact.lang, "en_US")
            self.assertEqual(contact.commercial_partner_id, self.adler)
            mail = self.access_mails(contact)
            self.assertEqual((mail.kind, mail.state), ("invitation", "pending"))
            self.assertEqual(mail.invited_by_id, self.anna.partner_id)
            self.assertFalse(self._new_mails, "only the cron sends")
            self.run_cron()
            self.send_queue()
        self.assertEqual(mail.state, "sent")
        sent = self.mail_to("nina@adler.example")
        self.assertIn("/support/activate#token=", sent["body"])
        self.assertNotIn("Nina", sent["body"], "no words of the administrator")
        self.assertIn("Anna invites", self.notes_of(contact))
        self.assertFalse(contact.message_partner_ids, "nobody reads on")

    def test_what_is_wrong_stands_at_the_field(self):
        wrong = {
            ("", "nina@adler.example"): ["name"],
            ("Nina", ""): ["email"],
            ("Nina", "nina"): ["email"],
            ("Nina", "a@x.example, b@x.example"): ["email"],
            ("x" * 101, "nina@adler.example"): ["name"],
            ("<b>Nina</b>", "nina@adler.example"): ["name"],
            ("Win at http://evil.example", "nina@adler.example"): ["name"],
            ("www.evil.example", "nina@adler.example"): ["name"],
            ("evil@evil.example", "nina@adler.example"): ["name"],
            (None, None): ["name", "email"],
            (b"x", b"y"): ["name", "email"],
        }
        for (name, email), errors in wrong.items():
            with self.subTest(name=name, email=email):
                self.assertCountEqual(self.invite(name, email), errors)
        self.assertFalse(self.find_contact("nina@adler.example"))

    def test_line_breaks_in_a_name_are_blanks(self):
        self.invite("Nina\r\nBcc spy", "nina@adler.example")
        contact = self.find_contact("nina@adler.example")
        self.assertEqual(contact.name, "Nina Bcc spy")

    def test_only_name_and_address_count(self):
        values = {
            "name": "Nina",
            "email": "nina@adler.example",
            "parent_id": self.braun.id,
            "is_customer_administrator": "1",
            "support_switched_off": "1",
            "company_type": "company",
            "support_unconfirmed": "",
        }
        self.people()._invite_colleague(values)
        contact = self.find_contact("nina@adler.example")
        self.assertEqual(contact.parent_id, self.adler)
        self.assertTrue(contact.support_unconfirmed)
        self.assertFalse(contact.is_customer_administrator or contact.is_company)
        self.assertFalse(contact.support_switched_off)

    def test_a_colleague_who_exists_is_invited(self):
        known = self.env["res.partner"].create(
            {"name": "Nina", "email": "nina@adler.example", "parent_id": self.adler.id}
        )
        self.assertEqual(self.row(known)["state"], "no_login")
        self.assertEqual(self.invite("Other name"), {})
        self.assertEqual(self.find_contact("nina@adler.example"), known)
        self.assertEqual(known.name, "Nina")
        self.assertFalse(known.support_unconfirmed)
        self.run_cron()
        self.assertEqual(self.access_mails(known).state, "sent")
        self.assertEqual(self.row(known)["state"], "invited")

    def test_a_colleague_with_a_login_is_not(self):
        self.assertIn("email", self.invite("Ben", "ben@adler.example"))
        self.assertIn("email", self.invite("Anna", "anna@adler.example"))
        self.ben.partner_id.support_switched_off = True
        self.assertIn("switched off", self.invite("B", "ben@adler.example")["email"])
        self.gesa.active = False
        self.assertIn("contact us", self.invite("G", "gesa@adler.example")["email"])
        self.assertEqual(self.row(self.gesa.partner_id)["state"], "locked")
        mails = self.env["support.access.mail"].search([])
        self.assertFalse(mails.filtered("invited_by_id"))

    def test_the_address_of_another_customer_tells_nothing(self):
        self.invite("Nina", "nina@adler.example")
        self.assertEqual(self.invite("Emil", self.emil.email), {})
        stranger = self.find_contact(self.emil.email)
        nina = self.find_contact("nina@adler.example")

        def shown(contact):
            own = ("id", "name", "email")
            row = self.row(contact)
            return {key: value for key, value in row.items() if key not in own}

        self.assertEqual(shown(stranger), shown(nina))
        with self.mock_mail_gateway():
            self.run_cron()
            self.send_queue()
        self.assertEqual(shown(stranger), shown(nina))
        self.assertFalse(self.mails_to(self.emil.email))
        self.assertEqual(self.access_mails(stranger).state, "withheld")
        self.assertEqual(self.access_mails(nina).state, "sent")
        self.assertEqual(self.emil.partner_id.parent_id, self.braun)
        self.assertEqual(
            self.act(stranger, "invite"), self.act(nina, "invite"), "also once more"
        )
        self.assertEqual(shown(stranger), shown(nina))

    def test_the_list_for_notifications_tells_nothing_either(self):
        """Whether an address is on it would say that we know it."""
        self.company.support_list_required = True
        for user in (self.anna, self.emil):
            user.partner_id._subscribe_to_support_list(self.company)
        self.invite("Emil", self.emil.email)
        self.invite("Nina", "nina@adler.example")
        states = {
            self.row(self.find_contact(email))["state"]
            for email in (self.emil.email, "nina@adler.example")
        }
        self.assertEqual(states, {"invited"})

    def test_invite_again(self):
        self.invite()
        contact = self.find_contact("nina@adler.example")
        self.assertEqual(self.act(contact, "invite"), {})
        self.assertEqual(len(self.access_mails(contact)), 1, "it waits already")
        self.run_cron()
        self.assertEqual(self.act(contact, "invite"), {})
        self.run_cron()
        self.assertEqual(self.access_mails(contact).mapped("state"), ["sent"] * 2)
        self.assertIn("form", self.act(self.ben, "invite"), "he has a login")

    def test_the_company_may_have_the_same_address(self):
        self.adler.email = "info@adler.example"
        self.invite("Reception", "info@adler.example")
        contact = self.find_contact("info@adler.example")
        self.run_cron()
        self.assertEqual(self.access_mails(contact).state, "sent")

    def test_twenty_an_hour(self):
        results = [self.invite("N", f"n{i}@adler.example") for i in range(25)]
        self.assertEqual(results[:20], [{}] * 20)
        self.assertEqual([list(errors) for errors in results[20:]], [["form"]] * 5)
        self.assertFalse(self.find_contact("n20@adler.example"))
        contact = self.find_contact("n1@adler.example")
        self.assertIn("form", self.act(contact, "invite"), "also once more counts")
        self.assertEqual(self.invite("N", "n@braun.example", user=self.erna), {})

    def test_who_accepts_may_log_in(self):
        self.invite()
        contact = self.find_contact("nina@adler.example")
        self.run_cron()
        token = contact._generate_signup_token()
        public = self.env["res.users"].with_user(self.env.ref("base.public_user"))
        public.sudo().signup({"password": "a long one of mine"}, token)
        self.assertFalse(contact.support_unconfirmed)
        self.assertEqual(self.row(contact)["state"], "allowed")
        self.assertFalse(contact.user_ids.has_group("base.group_user"))


@tagged("post_install", "-at_install")
class TestChangingColleagues(ColleagueTools, SupportCase):
    """Rename, switch off and on, appoint and dismiss; with a note and a mail."""

    def change(self, user, action, **values):
        """Change something; return the mail to the person."""
        with self.mock_mail_gateway():
            self.assertEqual(self.act(user, action, **values), {})
            self.send_queue()
        return self.mail_to(user.email)

    def assertTold(self, mail, *texts):
        for text in (*texts, "Anna", "support@vendor.example", "/support"):
            self.assertIn(text, mail["body"])
        self.assertNotIn("odoo.com", mail["body"])
        self.assertIn("support@vendor.example", mail["reply_to"])

    def test_rename(self):
        mail = self.change(self.ben, "rename", name=" Benjamin ", email="x@x.example")
        self.assertTold(mail, "Benjamin")
        self.assertEqual(self.ben.name, "Benjamin")
        self.assertEqual(self.ben.email, "ben@adler.example")
        self.assertIn("corrected the name “Ben”", self.notes_of(self.ben.partner_id))

    def test_rename_to_nothing_or_markup(self):
        for name in ("", " ", "<i>x</i>", "x" * 101, "https://evil.example"):
            self.assertEqual(list(self.act(self.ben, "rename", name=name)), ["name"])
        self.assertEqual(self.ben.name, "Ben")

    def test_rename_to_the_same_tells_nobody(self):
        with self.mock_mail_gateway():
            self.assertEqual(self.act(self.ben, "rename", name="Ben"), {})
        self.assertFalse(self._new_mails)

    def test_switch_off_and_on(self):
        mail = self.change(self.ben, "switch_off")
        self.assertTold(mail, "switched off")
        self.assertTrue(self.ben.partner_id.support_switched_off)
        decision = self.ben._get_support_decision(self.company)
        self.assertEqual(decision.reason, "switched_off")
        row = self.row(self.ben.partner_id)
        self.assertEqual(row["state"], "switched_off")
        self.assertIn("switch_on", row["actions"])
        self.assertNotIn("switch_off", row["actions"])
        self.assertIn("form", self.act(self.ben, "switch_off"), "he is off already")
        mail = self.change(self.ben, "switch_on")
        self.assertTold(mail, "switched on")
        self.assertTrue(self.ben._get_support_decision(self.company).allowed)
        notes = self.notes_of(self.ben.partner_id)
        self.assertIn("switched the support access off", notes)
        self.assertIn("switched the support access on", notes)
        self.assertNotIn(self.anna.partner_id, self.ben.partner_id.message_partner_ids)

    def test_the_name_of_the_administrator_carries_no_link(self):
        name = "Anna https://evil.example/x Click"
        self.anna.partner_id.name = name
        body = self.change(self.ben, "switch_off")["body"]
        self.assertIn("anna@adler.example", body)
        self.assertNotIn("evil.example", body)

    def test_the_mail_speaks_the_language_of_the_person(self):
        self.ben.lang = "de_DE"
        self.company.with_context(lang="de_DE").support_refusal_contact = "Hotline 123"
        mail = self.change(self.ben, "switch_off")
        self.assertIn('lang="de-DE"', mail["body"])
        self.assertIn("Hotline 123", mail["body"])

    def test_nobody_changes_oneself(self):
        self.company.support_appoint_administrators = True
        self.assertEqual(self.row(self.anna.partner_id)["actions"], [])
        for action in ("rename", "switch_off", "dismiss", "invite"):
            self.assertIn("form", self.act(self.anna, action, name="x"))
        self.assertTrue(self.anna.partner_id.is_customer_administrator)

    def test_other_administrators_are_the_business_of_our_team(self):
        self.gesa.partner_id.is_customer_administrator = True
        self.assertEqual(self.row(self.gesa.partner_id)["actions"], [])
        for action in ("rename", "switch_off", "dismiss"):
            self.assertIn("form", self.act(self.gesa, action, name="x"))
        self.assertIn("form", self.act(self.ben, "appoint"))
        self.assertFalse(self.ben.partner_id.is_customer_administrator)

    def test_appoint_and_dismiss_where_the_company_lets_them(self):
        self.company.support_appoint_administrators = True
        self.assertTold(self.change(self.ben, "appoint"), "made you a customer")
        self.assertTrue(self.people(self.ben)._manages_colleagues())
        self.assertIn("switch_off", self.row(self.ben.partner_id)["actions"])
        self.assertTold(self.change(self.ben, "dismiss"), "ended your role")
        self.assertFalse(self.people(self.ben)._manages_colleagues())
        notes = self.notes_of(self.ben.partner_id)
        self.assertIn("made Ben an administrator", notes)
        self.assertIn("dismissed Ben", notes)

    def test_nobody_appoints_an_address_that_is_not_confirmed(self):
        self.company.support_appoint_administrators = True
        self.invite()
        contact = self.find_contact("nina@adler.example")
        self.assertIn("form", self.act(contact, "appoint"))
        self.assertFalse(contact.is_customer_administrator)

    def test_no_mail_to_an_address_that_is_not_confirmed(self):
        self.invite()
        contact = self.find_contact("nina@adler.example")
        with self.mock_mail_gateway():
            for action in ("rename", "switch_off", "switch_on"):
                self.assertEqual(self.act(contact, action, name="Read this"), {})
            self.send_queue()
        self.assertFalse(self._mails)
        with self.mock_mail_gateway():
            self.run_cron()
            self.send_queue()
        self.assertNotIn("Read this", self.mail_to("nina@adler.example")["body"])

    def test_who_is_switched_off_gets_no_invitation(self):
        self.invite()
        contact = self.find_contact("nina@adler.example")
        self.act(contact, "switch_off")
        self.run_cron()
        self.assertEqual(self.access_mails(contact).state, "withheld")
        self.assertIn("form", self.act(contact, "invite"))

    def test_unknown_actions_do_nothing(self):
        for action in ("unlink", "write", "_change_colleague", ""):
            self.assertIn("form", self.act(self.ben, action))

    def test_limit_of_changes(self):
        limits = {"invite": 20, "change": 3}
        with patch.object(type(self.people()), "_colleague_hourly_limits", limits):
            names = ("One", "Two", "Three", "Four")
            errors = [self.act(self.ben, "rename", name=name) for name in names]
        self.assertEqual(errors[:3], [{}] * 3)
        self.assertIn("form", errors[3])
        self.assertEqual(self.ben.name, "Three")

    def test_without_the_template_the_change_is_made(self):
        self.env.ref(TEMPLATE).unlink()
        self.assertEqual(self.act(self.ben, "switch_off"), {})
        self.assertTrue(self.ben.partner_id.support_switched_off)

    def test_states_in_words(self):
        self.assertEqual(self.row(self.ben.partner_id)["state"], "allowed")
        self.assertTrue(self.row(self.anna.partner_id)["is_me"])
        self.company.support_list_required = True
        self.anna.partner_id._subscribe_to_support_list(self.company)
        row = self.row(self.ben.partner_id)
        self.assertEqual(row["state"], "refused")
        self.assertEqual(row["state_label"], "Not on the notification list")

    def test_queries_do_not_grow_with_the_colleagues(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            people = self.people()
            before = self.cr.sql_log_count
            people._get_colleagues(limit=50)._get_colleague_values()
            return self.cr.sql_log_count - before

        self._create_contact(self.adler, "nora").partner_id.lang = "en_US"
        self.invite()
        count()
        few = count()
        for number in range(20):
            self._create_contact(self.adler, f"colleague{number}")
        self.env["res.partner"].create(
            [
                {
                    "name": f"No login {number}",
                    "email": f"no{number}@adler.example",
                    "parent_id": self.adler.id,
                }
                for number in range(10)
            ]
        )
        count()  # new users have cleared the registry's caches
        self.assertEqual(count(), few)
