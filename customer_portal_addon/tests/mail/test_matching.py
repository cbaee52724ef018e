"""Whose ticket it is: by the sender's address, at once, later, and by staff."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..common import SupportCase

VICTIM = "victim@adler.example"


class MatchingCase(SupportCase):
    """Mails really go through the gateway, to the alias of a team."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alias_domain = cls.env["mail.alias.domain"].create({"name": "desk.example"})
        cls.env.company.alias_domain_id = cls.alias_domain
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Team", "alias_name": "hotline", "company_id": cls.env.company.id}
        )
        cls.partners = cls.env["res.partner"]
        cls.tickets = cls.env["helpdesk.ticket"]

    def mail(self, sender, headers="", to="hotline@desk.example"):
        """Receive a mail; return the new ticket, empty when there is none."""
        self.env.flush_all()
        known = self.tickets.search([])
        self.mails = getattr(self, "mails", 0) + 1
        self.env["mail.thread"].message_process(
            None,
            f"From: {sender}\nTo: {to}\nSubject: Crash\n"
            f"Message-Id: <{self.mails}@test.example>\n{headers}\n\nIt crashes\n",
        )
        return self.tickets.search([]) - known

    def contact(self, name="Vic", email=VICTIM, **values):
        return self.partners.create({"name": name, "email": email, **values})

    def ticket(self, email=VICTIM, **values):
        """Take a ticket by phone."""
        return self.tickets.create(
            {"name": "Call", "description": "x", "partner_email": email, **values}
        )

    def people(self, address):
        found = self.partners.with_context(active_test=False)
        return found.search([("email_normalized", "=", address)])

    def run_cron(self, batches=None):
        """Run the cron until its time is up; return how far it says to be."""
        calls = []

        def commit_progress(_cron, processed=0, *, remaining=None, **_kwargs):
            calls.append((processed, remaining))
            return 0 if batches and len(calls) > batches else 60

        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", commit_progress):
            self.tickets._cron_link_contacts(batch_size=2)
        return calls

    def seen_by(self, user):
        return self.tickets.with_user(user).search([]).sudo()

    def notes(self, ticket):
        return ticket.message_ids.filtered(lambda m: "Linked to" in (m.body or ""))


@tagged("post_install", "-at_install")
class TestMatchingMails(MatchingCase):
    def test_a_known_sender(self):
        """A mail becomes a ticket of its sender (C8)."""
        ticket = self.mail("Somebody <BEN@adler.example>")
        self.assertEqual(ticket.partner_id, self.ben.partner_id)
        self.assertEqual(ticket.team_id, self.team)
        self.assertEqual(ticket.commercial_partner_id, self.adler)
        self.assertEqual(ticket.partner_name, "Ben")
        self.assertTrue(self.ben.partner_id.support_code)
        self.assertEqual(ticket.message_ids[:1].author_id, self.ben.partner_id)
        self.assertEqual(self.seen_by(self.ben), ticket)
        self.assertFalse(self.seen_by(self.gesa))

    def test_an_unknown_sender_becomes_a_contact(self):
        """A mail of a stranger becomes a ticket and a contact (A7, C8)."""
        self.company.partner_id.lang = "de_DE"
        ticket = self.mail("Nora Neu <Nora@New.example>")
        contact = ticket.partner_id
        self.assertEqual(contact.name, "Nora Neu")
        self.assertEqual(contact.email, "nora@new.example")
        self.assertEqual(contact.lang, "de_DE")
        self.assertFalse(contact.parent_id)
        self.assertFalse(contact.company_id)
        self.assertTrue(contact.support_code)
        self.assertEqual(ticket.partner_name, "Nora Neu")
        self.assertEqual(ticket.message_ids[:1].author_id, contact)
        self.assertEqual(self.mail("Nora <nora@new.example>").partner_id, contact)
        self.assertEqual(self.people("nora@new.example"), contact)

    def test_a_forged_name(self):
        for number, name in enumerate(
            ("<img src=x onerror=alert(1)>", "Pay at evil.example", "{{ 7 * 7 }}")
        ):
            address = f"nora{number}@new.example"
            ticket = self.mail(f'"{name}" <{address}>')
            self.assertEqual(ticket.partner_id.name, address)

    def test_automatic_mails_create_nobody(self):
        for number, headers in enumerate(
            (
                "Auto-Submitted: auto-replied",
                "Precedence: bulk",
                "List-Id: <x.new.example>",
                "Return-Path: <>",
            )
        ):
            address = f"robot{number}@new.example"
            ticket = self.mail(f"Robot <{address}>", headers)
            self.assertTrue(ticket, headers)
            self.assertFalse(ticket.partner_id, headers)
            self.assertFalse(self.people(address), headers)
            self.assertFalse(ticket.message_ids[:1].author_id)
        self.assertFalse(self.mail("MAILER-DAEMON@new.example"))
        self.assertFalse(self.people("mailer-daemon@new.example"))

    def test_automatic_mails_of_a_known_sender(self):
        ticket = self.mail(self.ben.email, "Auto-Submitted: auto-replied")
        self.assertEqual(ticket.partner_id, self.ben.partner_id)

    def test_what_runs_below_knows_of_automatic_mails(self):
        seen = []
        create = type(self.tickets).create

        def spy(tickets, vals_list):
            seen.append(tickets._is_done_by_machine())
            return create(tickets, vals_list)

        with patch.object(type(self.tickets), "create", spy):
            self.mail(self.ben.email, "Auto-Submitted: auto-replied")
            self.mail(self.ben.email)
        self.assertEqual(seen, [True, False])

    def test_our_own_address_is_nobody(self):
        ticket = self.mail("Help <hotline@desk.example>", to="hotline@desk.example")
        self.assertFalse(ticket.partner_id)
        self.assertFalse(self.people("hotline@desk.example"))
        self.company.partner_id.email = "office@vendor.example"
        self.assertFalse(self.mail("office@vendor.example").partner_id)

    def test_delivery_addresses_are_nobody(self):
        """Portal users write any e-mail into the addresses they create."""
        trap = self.partners.with_user(self.emil).sudo()
        for kind in ("delivery", "invoice", "other"):
            trap.create(
                {
                    "name": "Trap",
                    "email": f"{kind}@adler.example",
                    "type": kind,
                    "parent_id": self.emil.partner_id.id,
                }
            )
            before = self.people(f"{kind}@adler.example")
            ticket = self.mail(f"{kind}@adler.example", f"Cc: {kind}@adler.example")
            # whose address it is becomes a contact all the same
            contact = self.people(f"{kind}@adler.example") - before
            self.assertEqual(len(contact), 1, kind)
            self.assertEqual(ticket.partner_id, contact)
            self.assertFalse(contact.parent_id)
            self.assertFalse(ticket.message_partner_ids & before)
            self.assertEqual(ticket.message_ids[:1].author_id, contact)
            self.assertEqual(self.mail(f"{kind}@adler.example").partner_id, contact)
        self.assertFalse(self.seen_by(self.emil))
        self.assertFalse(self.seen_by(self.erna))

    def test_unconfirmed_colleagues_are_nobody(self):
        trap = self.contact(parent_id=self.braun.id, support_unconfirmed=True)
        ticket = self.mail(f"Vic <{VICTIM}>", f"Cc: {VICTIM}")
        self.assertFalse(ticket.partner_id)
        self.assertNotIn(trap, ticket.message_partner_ids)
        self.assertEqual(self.people(VICTIM), trap)
        self.assertFalse(self.seen_by(self.erna))
        own = self.contact(parent_id=self.adler.id)
        self.assertEqual(self.mail(VICTIM).partner_id, own)

    def test_what_customers_write_about_themselves_proves_nothing(self):
        """A visitor, in a shop for example, changes his e-mail to that of a victim.

        Portal users can't change theirs at all: see test_access_mails.py.
        """
        emil = self.emil.partner_id
        waiting = self.ticket()
        visitor = self.env.ref("base.public_user")
        emil.with_user(visitor).sudo().email = VICTIM
        self.assertTrue(emil.support_unconfirmed)
        self.assertFalse(waiting.partner_id)
        self.assertFalse(self.mail(VICTIM).partner_id)
        self.run_cron()
        self.assertFalse(self.seen_by(self.emil))
        emil.email = "emil@braun.example"  # by staff
        self.assertFalse(emil.support_unconfirmed)
        emil.with_user(self.emil).sudo().write({"email": "Emil@Braun.example"})
        self.assertFalse(emil.support_unconfirmed)

    def test_archived_contacts_are_nobody(self):
        former = self.contact(active=False)
        self.assertFalse(self.mail(VICTIM).partner_id)
        self.assertEqual(self.people(VICTIM), former)

    def test_two_contacts_with_one_address(self):
        """Nobody gets the ticket, nobody of them takes part in it."""
        emil = self.emil.partner_id
        emil.email = self.ben.email
        ticket = self.mail(self.ben.email, f"Cc: {self.ben.email}")
        self.assertFalse(ticket.partner_id)
        self.assertFalse(ticket.message_partner_ids.filtered("partner_share"))
        self.assertFalse(ticket.message_ids[:1].author_id)
        self.assertFalse(self.seen_by(self.emil) | self.seen_by(self.ben))
        self.assertEqual(len(self.people("ben@adler.example")), 2)

    def test_others_in_cc_take_part(self):
        ticket = self.mail(self.ben.email, f"Cc: {self.gesa.email}")
        self.assertIn(self.gesa.partner_id, ticket.message_partner_ids)
        self.assertEqual(self.seen_by(self.gesa), ticket)

    def test_traps_in_cc_take_no_part(self):
        trap = self.contact(type="delivery", parent_id=self.emil.partner_id.id)
        unconfirmed = self.contact(
            email="kim@adler.example",
            parent_id=self.braun.id,
            support_unconfirmed=True,
        )
        cc = f"{VICTIM}, {unconfirmed.email}"
        ticket = self.mail(self.ben.email, f"Cc: {cc}")
        self.assertFalse(ticket.message_partner_ids & (trap + unconfirmed))
        # whom the customer itself has named may be asked to take part
        unconfirmed.parent_id = self.adler
        ticket = self.mail(self.ben.email, f"Cc: {cc}")
        self.assertIn(unconfirmed, ticket.message_partner_ids)

    def test_staff_who_write_are_the_contact(self):
        ticket = self.mail(self.agent.email)
        self.assertEqual(ticket.partner_id, self.agent.partner_id)

    def test_contacts_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        contact = self.contact(company_id=other.id)
        self.assertFalse(self.mail(VICTIM).partner_id)
        self.assertEqual(self.people(VICTIM), contact)
        self.team.company_id = other
        ticket = self.mail(VICTIM)
        self.assertEqual(ticket.partner_id, contact)
        self.assertEqual(ticket.message_ids[:1].author_id, contact)

    def test_the_alias_may_name_the_contact(self):
        self.team.alias_defaults = str(
            {"team_id": self.team.id, "partner_id": self.gesa.partner_id.id}
        )
        ticket = self.mail(self.ben.email)
        self.assertEqual(ticket.partner_id, self.gesa.partner_id)


@tagged("post_install", "-at_install")
class TestMatchingTickets(MatchingCase):
    def test_a_call_is_linked_at_once(self):
        """By the address of who called, by itself (B3)."""
        ticket = self.ticket("Ben <ben@adler.example>")
        self.assertEqual(ticket.partner_id, self.ben.partner_id)
        self.assertEqual(ticket.partner_name, "Ben")
        self.assertTrue(self.ben.partner_id.support_code)
        self.assertEqual(self.seen_by(self.ben), ticket)
        note = self.notes(ticket)
        self.assertEqual(len(note), 1)
        self.assertTrue(note.is_internal or note.subtype_id.internal)
        named = self.ticket(self.ben.email, partner_name="Benny")
        self.assertEqual(named.partner_name, "Benny")

    def test_a_call_of_a_stranger_waits(self):
        ticket = self.ticket()
        self.assertFalse(ticket.partner_id)
        self.assertFalse(self.people(VICTIM))

    def test_a_call_of_somebody_whom_a_customer_had_in_cc(self):
        contacts = self.partners.with_user(self.ben).sudo()
        contact = contacts.create({"name": "Vic", "email": VICTIM})
        self.assertEqual(self.ticket().partner_id.id, contact.id)

    def test_an_address_that_staff_add(self):
        tickets = self.tickets.with_user(self.agent)
        ticket = tickets.create({"name": "Call", "description": "x"})
        ticket.partner_email = self.gesa.email
        self.assertEqual(ticket.partner_id, self.gesa.partner_id)
        ticket.partner_email = self.ben.email
        self.assertEqual(ticket.partner_id, self.gesa.partner_id)

    def test_what_staff_part_stays_apart(self):
        ticket = self.ticket(self.ben.email)
        ticket.with_user(self.agent).partner_id = False
        self.run_cron()
        self.ben.partner_id.email = "ben@adler.example "
        self.assertFalse(ticket.partner_id)
        self.assertFalse(self.seen_by(self.ben))
        ticket.with_user(self.agent).partner_email = self.gesa.email
        self.assertEqual(ticket.partner_id, self.gesa.partner_id)

    def test_a_new_contact_gets_its_tickets(self):
        ticket = self.ticket()
        closed = self.ticket(active=False)
        contact = self.contact(parent_id=self.adler.id)
        self.assertEqual(ticket.partner_id, contact)
        self.assertEqual(closed.partner_id, contact)
        self.assertEqual(ticket.commercial_partner_id, self.adler)
        self.assertTrue(contact.support_code)

    def test_a_changed_contact_gets_its_tickets(self):
        contact = self.contact(email=False)
        ticket = self.ticket()
        contact.email = VICTIM.upper()
        self.assertEqual(ticket.partner_id, contact)
        for values in (
            {"active": False},
            {"type": "delivery"},
            {"support_unconfirmed": True},
            {"company_id": self.env["res.company"].create({"name": "Other"}).id},
        ):
            former = contact.read(list(values), load="")[0]
            former.pop("id")
            contact.write(values)
            ticket = self.ticket()
            self.assertFalse(ticket.partner_id, values)
            contact.write(former)
            self.assertEqual(ticket.partner_id, contact, values)

    def test_portal_users_get_no_ticket_by_creating_a_contact(self):
        ticket = self.ticket()
        trap = self.partners.with_user(self.emil).sudo()
        contact = trap.create({"name": "Trap", "email": VICTIM})
        self.run_cron()
        self.assertFalse(ticket.partner_id)
        # whoever writes from there now is that contact
        self.assertEqual(self.mail(VICTIM).partner_id.id, contact.id)

    def test_no_old_ticket_goes_to_staff(self):
        ticket = self.ticket()
        self.agent.partner_id.email = VICTIM
        self.run_cron()
        self.assertFalse(ticket.partner_id)

    def test_the_one_who_remains_of_two(self):
        duplicates = self.contact() + self.contact("Vic 2")
        ticket = self.ticket()
        self.assertFalse(ticket.partner_id)
        duplicates[1].unlink()
        self.assertEqual(ticket.partner_id, duplicates[0])

    def test_merged_contacts(self):
        duplicates = self.contact(support_unconfirmed=True) + self.contact("Vic 2")
        duplicates += self.contact("Vic 3")
        [first, contact, third] = duplicates
        linked = [self.ticket(partner_id=one.id) for one in duplicates]
        waiting = self.ticket()
        self.assertFalse(waiting.partner_id)
        code = contact.support_code
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge(duplicates.ids, contact)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse((first + third).exists())
        for ticket in (*linked, waiting):
            self.assertEqual(ticket.partner_id, contact)
        self.assertEqual(contact.support_code, code)
        self.assertFalse(contact.support_unconfirmed)

    def test_an_unconfirmed_address_that_is_merged_stays_so(self):
        contact = self.contact(email=False)
        unconfirmed = self.contact(support_unconfirmed=True)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((contact + unconfirmed).ids, contact)
        self.assertEqual(contact.email, VICTIM)
        self.assertTrue(contact.support_unconfirmed)

    def test_addresses_that_are_none(self):
        for text in ("", False, "no address", "a@b.example, c@d.example", "ben@"):
            self.assertFalse(self.ticket(text).partner_email_normalized, text)
            self.assertFalse(self.tickets._find_contact_by_address(text))

    def test_many_contacts_cost_one_search(self):
        def create(count, start):
            values = [
                {"name": "P", "email": f"p{number}@new.example"}
                for number in range(start, start + count)
            ]
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.partners.create(values)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        create(2, 0)
        self.assertLess(create(40, 100) - create(4, 200), 30)

    def test_the_search_has_an_index(self):
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE indexname LIKE %s",
            ["%support_waiting_address%"],
        )
        [[definition]] = self.env.cr.fetchall()
        self.assertIn(
            "(partner_email_normalized) WHERE (partner_id IS NULL)", definition
        )


@tagged("post_install", "-at_install")
class TestMatchingCron(MatchingCase):
    def setUp(self):
        super().setUp()
        self.waiting = self.ticket("nobody@new.example")
        both = [self.contact("A", "both@new.example") for _ in range(2)]
        self.ambiguous = self.ticket(both[0].email)
        self.contacts = self.partners
        self.old = self.tickets
        for number in range(5):
            contact = self.contact(f"C{number}", f"c{number}@new.example")
            self.contacts |= contact
            self.old |= self.ticket(contact.email)
        # as before the addon
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET partner_id = NULL WHERE id = ANY(%s)",
            [self.old.ids],
        )
        self.env.invalidate_all()

    def test_it_links_all_it_can(self):
        calls = self.run_cron()
        self.assertEqual(self.old.mapped("partner_id"), self.contacts)
        self.assertFalse((self.waiting + self.ambiguous).partner_id)
        self.assertEqual(calls[0], (0, 6))
        self.assertEqual(sum(processed for processed, _remaining in calls), 6)

    def test_it_goes_on_where_it_stopped(self):
        self.run_cron(batches=2)
        linked = self.old.filtered("partner_id")
        self.assertEqual(len(linked), 3)
        self.run_cron()
        self.assertEqual(self.old.mapped("partner_id"), self.contacts)
        self.assertEqual(len(self.notes(linked[0])), 2)  # one from before the reset

    def test_it_is_scheduled(self):
        cron = self.env.ref("customer_portal_addon.ir_cron_link_contacts")
        self.assertTrue(cron.active)
        self.assertEqual(cron.code, "model._cron_link_contacts()")


@tagged("post_install", "-at_install")
class TestLinkingByStaff(MatchingCase):
    def open(self, ticket, user=None):
        action = ticket.with_user(user or self.agent).action_link_contact()
        wizard = self.env[action["res_model"]].with_user(user or self.agent)
        return wizard.browse(action["res_id"])

    def suggested(self, **values):
        wizard = self.open(self.ticket(values.pop("email", False), **values))
        return {line.partner_id: line.reasons for line in wizard.suggestion_ids}

    def test_one_click(self):
        """Linked by staff; its contact reads it then (B3)."""
        ticket = self.ticket(False, partner_name="Gesa")
        wizard = self.open(ticket)
        line = wizard.suggestion_ids.filtered(
            lambda line: line.partner_id == self.gesa.partner_id
        )
        self.assertEqual(line.reasons, "same name")
        action = line.action_link()
        self.assertEqual(action["type"], "ir.actions.act_window_close")
        self.assertEqual(ticket.partner_id, self.gesa.partner_id)
        self.assertEqual(ticket.partner_email, self.gesa.email)
        self.assertEqual(self.seen_by(self.gesa), ticket)
        [note] = self.notes(ticket)
        self.assertEqual(note.author_id, self.agent.partner_id)
        self.assertTrue(note.is_internal or note.subtype_id.internal)
        self.assertTrue(self.gesa.partner_id.support_code)

    def test_by_phone(self):
        self.gesa.partner_id.phone = "+49 (0)30 / 123 45-678"
        self.emil.partner_id.phone = "030 12345679"
        found = self.suggested(partner_phone="030-12345678")
        self.assertEqual(found, {self.gesa.partner_id: "same phone number"})
        self.assertFalse(self.suggested(partner_phone="78"))

    def test_by_customer_number(self):
        """The number helps staff to find the customer (B5)."""
        self.adler.ref = "K-4711"
        found = self.suggested(customer_number=" K-4711 ")
        people = self.anna.partner_id + self.ben.partner_id + self.gesa.partner_id
        self.assertEqual(set(found), set(self.adler + people))
        self.assertIn("customer number", found[self.ben.partner_id])
        self.assertFalse(self.suggested(customer_number="4711"))

    def test_a_customer_number_grants_nothing(self):
        """Nobody of the customer reads the ticket by it (B5)."""
        self.adler.ref = "K-4711"
        ticket = self.ticket(customer_number="K-4711")
        self.assertFalse(ticket.partner_id)
        self.assertFalse(self.seen_by(self.anna))
        for field in ("customer_number", "partner_phone", "partner_email_normalized"):
            own = self._create_ticket(self.ben).with_user(self.ben)
            with self.assertRaises(AccessError):
                own.read([field])

    def test_the_best_comes_first(self):
        twins = self.contact("Gesa Groß", VICTIM) + self.contact("Gesa", VICTIM)
        twins[1].phone = "030 12345678"
        wizard = self.open(
            self.ticket(partner_name="Gesa", partner_phone="03012345678")
        )
        lines = wizard.suggestion_ids
        expected = twins[1] + twins[0] + self.gesa.partner_id
        self.assertEqual(lines.partner_id.ids, expected.ids)
        self.assertEqual(lines[0].reasons, "same address, same phone number, same name")
        self.assertEqual(lines[1].reasons, "same address, similar name")
        self.assertIn(VICTIM, wizard.hint)

    def test_traps_are_marked_or_missing(self):
        unconfirmed = self.contact(support_unconfirmed=True)
        self.contact("Trap", type="delivery", parent_id=self.emil.partner_id.id)
        self.assertEqual(
            self.suggested(email=VICTIM),
            {unconfirmed: "same address, address not confirmed"},
        )

    def test_a_handful_of_suggestions(self):
        for number in range(12):
            self.contact("Same Name", f"s{number}@new.example")
        self.assertEqual(len(self.suggested(partner_name="Same Name")), 10)

    def test_wildcards_in_names_are_letters(self):
        self.assertFalse(self.suggested(partner_name="%%%"))
        self.assertFalse(self.suggested(partner_name="G_sa"))

    def test_the_mail_domain_is_a_hint_only(self):
        ticket = self.ticket("new@adler.example", partner_name="Newman")
        wizard = self.open(ticket)
        self.assertFalse(wizard.suggestion_ids)
        self.assertEqual(wizard.customer_id, self.adler)
        found = self.suggested(email="new@adler.example", partner_name="Ben")
        self.assertEqual(found, {self.ben.partner_id: "same name, belongs to Adler"})
        self.contact(email="somebody@gmail.com", parent_id=self.adler.id)
        self.assertFalse(self.open(self.ticket("new@gmail.com")).customer_id)

    def test_customers_do_not_make_the_hint(self):
        """By inviting somebody there, or with a delivery address."""
        own = {"parent_id": self.braun.id}
        delivery = {"type": "delivery", "email": "x@new-b.example"}
        by_emil = self.partners.with_user(self.emil).sudo()
        by_emil.create({**own, **delivery, "name": "By a customer"})
        by_emil.create({**own, "name": "Confirmed later", "email": "x@new-c.example"})
        self.contact("By staff", **own, **delivery)
        self.contact("Nina", "x@new-d.example", **own, support_unconfirmed=True)
        for mail_domain in ("new-b.example", "new-c.example", "new-d.example"):
            wizard = self.open(self.ticket(f"boss@{mail_domain}"))
            self.assertFalse(wizard.customer_id, mail_domain)
        self.contact("Known to us", "y@new-d.example", **own)
        wizard = self.open(self.ticket("boss@new-d.example"))
        self.assertEqual(wizard.customer_id, self.braun)

    def test_any_contact_by_hand(self):
        ticket = self.ticket()
        wizard = self.open(ticket)
        with self.assertRaises(UserError):
            wizard.action_link()
        with Form(wizard) as form:
            form.partner_id = self.emil.partner_id
        wizard.action_link()
        self.assertEqual(ticket.partner_id, self.emil.partner_id)
        self.assertEqual(ticket.partner_email, VICTIM)

    def test_a_new_contact(self):
        self.assertFalse(self.partners.with_user(self.agent).has_access("create"))
        ticket = self.ticket(
            "New <new@adler.example>", partner_name="Nick", partner_phone="030 1"
        )
        wizard = self.open(ticket)
        self.assertEqual(wizard.new_name, "Nick")
        wizard.action_create()
        contact = ticket.partner_id
        self.assertEqual(
            (contact.name, contact.email, contact.phone, contact.parent_id),
            ("Nick", "new@adler.example", "030 1", self.adler),
        )
        self.assertEqual(self.seen_by(self.anna), ticket)
        wizard = self.open(self.ticket())
        wizard.new_name = " "
        with self.assertRaises(UserError):
            wizard.action_create()

    def test_only_helpdesk_staff(self):
        ticket = self.ticket()
        clerk = new_test_user(self.env, "clerk", groups="base.group_user")
        for user in (clerk, self.ben):
            with self.assertRaises(AccessError):
                self.open(ticket, user)
        wizard = self.open(ticket)
        with self.assertRaises(AccessError):
            wizard.with_user(self.ben).read(["new_email"])
        with self.assertRaises(AccessError):
            wizard.with_user(clerk).action_create()

    def test_the_views(self):
        with Form(self.tickets.with_user(self.agent)) as form:
            form.name = "Call"
            form.description = "x"
            form.partner_phone = "030 1"
            form.customer_number = "K-1"
        arch = self.tickets.with_user(self.agent).get_view(view_type="form")["arch"]
        self.assertIn("action_link_contact", arch)
        found = self.tickets.search([("customer_number", "ilike", "k-1")])
        self.assertEqual(found.partner_phone, "030 1")
