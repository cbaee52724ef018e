"""Who answers a ticket by mail, who joins it, and what is set aside."""

import base64
from datetime import timedelta
from unittest.mock import patch
from xmlrpc.client import Binary

from psycopg2 import OperationalError

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ...tools.mail.incoming_mail import IncomingMail
from .mail_common import MailInCase
from .mail_set import (
    AGENT,
    ANNA,
    BEN,
    EMIL,
    GESA,
    MAILS,
    MX,
    NEW,
    PLAIN,
    mail,
    parts,
    reply,
)

LOOP = "odoo.addons.mail.models.mail_thread"


@tagged("post_install", "-at_install")
class TestReplies(MailInCase):
    def close(self, days=0):
        self.ticket._move_to("closed")
        self.env.flush_all()
        since = fields.Datetime.now() - timedelta(days=days)
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET status_since = %s WHERE id = %s",
            [since, self.ticket.id],
        )
        self.env.invalidate_all()

    def test_whoever_was_removed_a_second_ago(self):
        self.ticket.message_unsubscribe(self.gesa.partner_id.ids)
        seen = self.receive(reply(GESA))
        self.assertFalse(seen.messages)
        self.assertEqual(seen.tickets.partner_id, self.gesa.partner_id)

    def test_no_answer_is_sent_to_whoever_was_removed(self):
        """Odoo sends answers to the author of what is answered."""
        self.parent.author_id = self.gesa.partner_id
        seen = self.receive(reply())
        self.assertIn(self.gesa.partner_id, seen.messages.notified_partner_ids)
        self.ticket.message_unsubscribe(self.gesa.partner_id.ids)
        seen = self.receive(reply(mid="<2@x>"))
        self.assertTrue(seen.messages)
        self.assertNotIn(self.gesa.partner_id, seen.messages.notified_partner_ids)

    def test_the_administrator_of_another_customer(self):
        seen = self.receive(reply("erna@braun.example"))
        self.assertFalse(seen.messages)
        self.assertEqual(len(seen.tickets), 1)

    def test_the_administrator_who_is_none_any_more(self):
        self.anna.partner_id.is_customer_administrator = False
        self.assertFalse(self.receive(reply(ANNA)).messages)

    def test_switched_off_administrators_take_no_part(self):
        self.anna.active = False
        self.assertFalse(self.receive(reply(ANNA)).messages)

    def test_a_stranger_learns_nothing(self):
        seen = self.receive(reply(NEW))
        readable = seen.tickets.message_ids.filtered(
            lambda m: not m.is_internal and not m.subtype_id.internal
        )
        for secret in (self.ticket.number, self.ticket.name, "Gesa", "Ben"):
            self.assertNotIn(secret, str(readable.mapped("body")))
        self.assertFalse(seen.tickets.message_partner_ids - seen.contacts)
        self.assertFalse(seen.tickets.previous_ticket_id)

    def test_the_number_counts_only_where_tickets_are_taken(self):
        """Mails to others may carry it, too."""
        self.env["mail.alias"].create(
            {
                "alias_name": "partners",
                "alias_model_id": self.env["ir.model"]._get_id("res.partner"),
                "alias_domain_id": self.env.company.alias_domain_id.id,
            }
        )
        raw = mail(subject="Re: ({number})", to="partners@desk.example")
        with patch.object(type(self.partners), "message_new", create=True) as new:
            new.return_value = self.anna.partner_id
            seen = self.receive(raw, None)
        self.assertTrue(new.called)
        self.assertFalse(seen.messages | seen.tickets.message_ids)

    def test_answers_to_a_duplicate_go_to_the_original(self):
        original = self._create_ticket(self.gesa)
        original.message_subscribe(self.ben.partner_id.ids)
        self.ticket.duplicate_id = original
        seen = self.receive(reply())
        self.assertFalse(seen.messages)
        self.assertTrue(original.message_ids.filtered(lambda m: "Still" in m.body))

    def test_answers_to_a_duplicate_by_somebody_else_stay(self):
        self.ticket.duplicate_id = self._create_ticket(self.emil)
        self.assertEqual(len(self.receive(reply()).messages), 1)
        self.ticket.duplicate_id.duplicate_id = self.ticket  # in a circle
        self.assertEqual(len(self.receive(reply(mid="<2@x>")).messages), 1)

    def test_an_answer_reopens(self):
        """By mail, and it waits on us then (D6)."""
        self.close(days=29)
        self.assertTrue(self.receive(reply()).messages)
        self.assertEqual(self.ticket.portal_role, "waiting_on_us")

    def test_a_machine_reopens_nothing(self):
        self.close()
        self.assertTrue(self.receive(reply(BEN, "Auto-Submitted: auto-replied")).notes)
        self.assertEqual(self.ticket.portal_role, "closed")

    def test_a_late_answer_is_a_new_ticket(self):
        self.close(days=31)
        seen = self.receive(reply(GESA))
        self.assertEqual(self.ticket.portal_role, "closed")
        self.assertEqual(seen.tickets.previous_ticket_id, self.ticket)
        self.assertEqual(seen.tickets.partner_id, self.gesa.partner_id)
        self.assertEqual(seen.tickets.team_id, self.team)
        self.assertEqual(seen.acks, ["yes"])
        self.assertIn(seen.tickets.number, seen.notes.body)
        notes = seen.tickets.message_ids.mapped("body")
        self.assertIn(self.ticket.number, str(notes))
        self.assertTrue(seen.notes.subtype_id.internal)

    def test_a_late_answer_of_staff_stays(self):
        self.close(days=31)
        self.assertTrue(self.receive(reply(AGENT)).messages)
        self.assertEqual(self.ticket.portal_role, "closed")

    def test_an_answer_to_an_archived_ticket(self):
        self.ticket.active = False
        seen = self.receive(reply())
        self.assertEqual(seen.tickets.previous_ticket_id, self.ticket)

    def test_forged_mails_act_as_nobody(self):
        seen = self.receive(mail(AGENT, f"{MX} dmarc=fail"))
        self.assertEqual(seen.tickets.create_uid, self.env.user)
        self.assertIn("forged", str(seen.tickets.message_ids.mapped("body")))
        seen.tickets._link_contacts_by_address()
        self.assertFalse(seen.tickets.partner_id)

    def test_odoo_and_we_have_to_read_the_same_sender(self):
        incoming = IncomingMail(mail())
        threads = self.env["mail.thread"]
        threads._check_sender(incoming, {"email_from": "Ben <BEN@adler.example>"})
        self.assertEqual(incoming.verdict, "unknown")
        threads._check_sender(incoming, {"email_from": EMIL})
        self.assertEqual(incoming.verdict, "fail")

    def test_no_route_of_odoo_leads_to_a_ticket_unchecked(self):
        incoming = IncomingMail(mail(EMIL))
        route = ("helpdesk.ticket", self.ticket.id, None, self.env.uid, None)
        values = {"is_internal": True}
        [safe] = self.tickets._get_safe_routes(incoming, [route], {}, values)
        self.assertFalse(safe[1])
        self.assertFalse(values)

    def test_our_server_has_to_be_named(self):
        self.company.support_mail_server = False
        seen = self.receive(reply(BEN, f"Cc: {NEW}", f"{MX} dmarc=pass"))
        self.assertFalse(seen.followers)

    def test_places_are_limited(self):
        others = [
            self._create_contact(self.adler, f"x{number}").email for number in range(12)
        ]
        free = self.ticket._get_free_places()
        seen = self.receive(reply(BEN, f"Cc: {', '.join(others)}"))
        self.assertEqual(len(seen.followers), free)
        self.assertEqual(len(self.ticket.email_cc.split(",")), 12 - free)

    def test_unconfirmed_and_archived_people_in_copy(self):
        trap = self.partners.create(
            {
                "name": "Trap",
                "email": "trap@new.example",
                "parent_id": self.braun.id,
                "support_unconfirmed": True,
            }
        )
        former = self.partners.create(
            {"name": "Former", "email": "former@new.example", "active": False}
        )
        cc = f"Cc: {trap.email}, {former.email}"
        seen = self.receive(reply(BEN, cc, f"{MX} dmarc=pass"))
        self.assertFalse(seen.followers | seen.contacts)


@tagged("post_install", "-at_install")
class TestLoops(MailInCase):
    def test_the_same_once_more_is_not_confirmed(self):
        self.assertEqual(self.receive(mail()).acks, ["yes"])
        seen = self.receive(mail(mid="<2@x>"))
        self.assertEqual((len(seen.tickets), seen.acks), (1, []))
        self.assertEqual(self.receive(mail(mid="<3@x>", subject="B")).acks, ["yes"])

    def test_many_mails_of_one_sender(self):
        acks = [
            self.receive(mail(NEW, mid=f"<{n}@x>", subject=f"Crash {n}")).acks
            for n in range(7)
        ]
        self.assertEqual(acks[:5], [["neutral"]] * 5)
        self.assertEqual(acks[5:], [[], []])

    def test_made_up_senders_are_not_all_answered(self):
        self.patch(type(self.tickets), "_max_new_senders", 2)
        acks = [
            self.receive(mail(f"x{n}@made-up.example", mid=f"<{n}@x>")).acks
            for n in range(4)
        ]
        known = sum(map(len, acks))
        self.assertLess(known, 4)
        self.assertFalse(acks[-1])
        self.assertEqual(len(self.partners.search([("email", "ilike", "made-up")])), 4)

    def test_two_machines_that_do_not_tell(self):
        """The other one answers every mail, with our subject and no reference."""
        ticket = self.receive(mail(NEW)).tickets
        subject = f"Re: Support request received ({ticket.number})"
        for number in range(3):
            seen = self.receive(mail(NEW, subject=subject, mid=f"<{number}@x>"))
            self.assertFalse(seen.acks)
            self.assertFalse(seen.tickets)

    def test_a_flood_is_set_aside_and_not_answered(self):
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 3)
        mails = self.env["mail.mail"]
        for number in range(3):
            self.receive(mail(mid=f"<{number}@x>", subject=f"Crash {number}"))
        before = mails.search_count([])
        seen = self.receive(mail(mid="<4@x>", subject="Crash 4"))
        self.assertFalse(seen.tickets)
        self.assertEqual(seen.asides.reason, "loop")
        self.assertEqual(mails.search_count([]), before)

    def test_senders_are_found_by_an_index(self):
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'helpdesk_ticket'"
        )
        definitions = " ".join(row[0] for row in self.env.cr.fetchall())
        self.assertIn("(partner_email_normalized, create_date)", definitions)
        self.assertIn("(number)", definitions)


@tagged("post_install", "-at_install")
class TestAside(MailInCase):
    def aside(self, raw=None):
        with patch.object(
            type(self.tickets), "message_new", side_effect=ZeroDivisionError("oops")
        ):
            return self.receive(raw or mail()).asides

    def test_whatever_is_raised(self):
        aside = self.aside()
        self.assertEqual(aside.reason, "broken")
        self.assertIn("oops", aside.detail)
        self.assertEqual(aside.subject, "Crash")
        self.assertEqual(aside.email_from, BEN)
        self.assertFalse(self.aside(), "once is enough")

    def test_what_the_database_wants_to_try_again_goes_on(self):
        with patch.object(
            type(self.tickets), "message_new", side_effect=OperationalError("again")
        ):
            with self.assertRaises(OperationalError):
                self.receive(mail())

    def test_all_kinds_of_raw_mails(self):
        """Mail servers hand over bytes, the script for them an XML-RPC binary."""
        threads = self.env["mail.thread"]
        before = self.tickets.search_count([])
        threads.message_process("helpdesk.ticket", Binary(mail()))
        text = mail(mid="<2@x>").decode()
        threads.message_process("helpdesk.ticket", text)
        self.assertEqual(self.tickets.search_count([]), before + 2)

    def test_mails_of_others_are_left_alone(self):
        asides = self.env["support.mail.aside"]
        before = asides.search_count([])
        with mute_logger(LOOP), self.assertRaises(ValueError):
            self.env["mail.thread"].message_process(None, mail(to="x@y.example"))
        self.assertEqual(asides.search_count([]), before)

    def test_refused_by_the_address(self):
        self.team.alias_contact = "partners"
        seen = self.receive(mail(NEW))
        self.assertFalse(seen.tickets)
        self.assertEqual(seen.asides.reason, "unroutable")

    def test_staff_file_a_ticket(self):
        aside = self.aside(mail(body="Das ist kaputt: Grüße".encode("latin-1")))
        action = aside.with_user(self.agent).action_create_ticket()
        ticket = self.tickets.browse(action["res_id"])
        self.assertIn("Grüße", ticket.description)
        self.assertEqual(ticket.name, "Crash")
        self.assertEqual(ticket.partner_email, BEN)
        self.assertFalse(ticket.partner_id)
        self.assertEqual(aside.state, "done")
        file = self.env["ir.attachment"].search(
            [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)]
        )
        self.assertIn(b"Das ist kaputt", file.raw)
        again = aside.with_user(self.agent).action_create_ticket()
        self.assertEqual(again["res_id"], ticket.id)

    def test_staff_put_it_away(self):
        aside = self.aside()
        aside.with_user(self.agent).action_done()
        self.assertEqual(aside.state, "done")
        with self.assertRaises(AccessError):
            aside.with_user(self.agent).unlink()
        with self.assertRaises(AccessError):
            aside.with_user(self.agent).subject = "Something else"
        own = new_test_user(
            self.env, "own", groups="helpdesk_mgmt.group_helpdesk_user_own"
        )
        for user in (own, self.ben):
            with self.assertRaises(AccessError):
                aside.with_user(user).read(["subject"])

    def test_old_ones_are_deleted(self):
        done, waiting = self.aside(), self.aside(mail(mid="<2@x>"))
        done.action_done()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE support_mail_aside SET write_date = '2026-01-01'",
        )
        self.env.invalidate_all()
        self.env["support.mail.aside"]._gc_done()
        self.assertFalse(done.exists())
        self.assertTrue(waiting.exists())

    def test_the_form(self):
        with Form(self.aside().with_user(self.agent)) as form:
            self.assertEqual(form.subject, "Crash")

    def test_the_rest_of_a_large_mail_is_kept(self):
        files = [("Content-Type: text/x; name=a.x", str(n)) for n in range(31)]
        seen = self.receive(parts(PLAIN, *files))
        self.assertEqual(seen.asides.ticket_id, seen.tickets)
        self.assertEqual(len(seen.tickets.message_ids.attachment_ids), 30)
        notes = str(seen.tickets.message_ids.mapped("body"))
        self.assertIn("Parts of this mail are missing", notes)

    def test_large_files(self):
        limit = "odoo.addons.customer_portal_addon.tools.mail.mail_text.MAX_FILES_BYTES"
        file = "Content-Type: application/pdf; name={}.pdf"
        raw = parts(PLAIN, (file.format("a"), "x" * 900), (file.format("b"), "x" * 90))
        with patch(limit, 500):
            seen = self.receive(raw)
        self.assertEqual(seen.asides.reason, "too_large")
        self.assertEqual(
            seen.tickets.message_ids.attachment_ids.mapped("name"), ["b.pdf"]
        )
        kept = base64.b64decode(seen.asides.mail_file)
        self.assertIn(b"x" * 900, kept)

    def test_a_bounce_is_told_on_the_ticket(self):
        raw, _expected = MAILS["bounce of a ticket's mail"]
        seen = self.receive(raw)
        self.assertIn(BEN, seen.notes.body)
        self.assertTrue(seen.notes.subtype_id.internal)
        self.assertFalse(seen.tickets)


@tagged("post_install", "-at_install")
class TestForwards(MailInCase):
    def test_what_the_agent_says_stays_inside(self):
        raw, _expected = MAILS["forward"]
        ticket = self.receive(raw).tickets
        secret = ticket.message_ids.filtered(lambda m: "have a look" in m.body)
        self.assertTrue(secret.subtype_id.internal)
        self.assertEqual(ticket.partner_email, '"Nora Neu" <nora@new.example>')
        self.assertIn(self.agent.partner_id, ticket.message_partner_ids)
        self.assertFalse(ticket._get_conversation())

    def test_a_forged_forward(self):
        body = f"Von: Emil <{EMIL}>\nGesendet: x\nAn: y\n\nText"
        raw = mail(AGENT, f"{MX} dmarc=fail", subject="WG: x", body=body)
        self.assertFalse(self.receive(raw).tickets.partner_id)


@tagged("post_install", "-at_install")
class TestSilence(MailInCase):
    def sent(self, raw):
        """Return the addresses outside the staff that a mail makes us write to."""
        before = self.env["mail.mail"].search([])
        known = self.env["mail.notification"].search([])
        self.receive(raw)
        mails = self.env["mail.mail"].search([]) - before
        told = self.env["mail.notification"].search([]) - known
        people = mails.recipient_ids | told.res_partner_id
        outside = people.filtered("partner_share").mapped("email_normalized")
        return set(outside) | set(filter(None, mails.mapped("email_to")))

    def test_nobody_is_told_what_a_machine_says(self):
        self.parent.author_id = self.gesa.partner_id
        self.assertEqual(self.sent(reply()), {GESA})
        automatic = reply(BEN, "Auto-Submitted: auto-replied", mid="<2@x>")
        self.assertFalse(self.sent(automatic))

    def test_a_template_of_the_first_stage_answers_no_machine(self):
        stage = self.tickets.create({"name": "x", "description": "x"}).stage_id
        stage.mail_template_id = self.env.ref(
            "customer_portal_addon.mail_template_ticket_closed"
        )
        self.assertTrue(self.sent(mail()))
        self.assertFalse(self.sent(mail(NEW, "Precedence: bulk", mid="<2@x>")))
        self.assertFalse(self.sent(mail(BEN, f"{MX} dmarc=fail", mid="<3@x>")))

    def test_the_catchall_answers_no_machine(self):
        to = "catchall@desk.example"
        self.assertFalse(self.sent(mail(NEW, "Precedence: bulk", to=to)))

    def test_automatic_notes_are_not_seen_by_customers(self):
        seen = self.receive(reply(BEN, "Auto-Submitted: auto-replied"))
        self.assertNotIn(
            seen.notes, self.ticket.with_user(self.ben)._get_conversation()
        )

    def test_opening_mails_are_told_once(self):
        raw = parts(
            ("Content-Type: text/html", '<p>See <img src="cid:pic@x"></p>'),
            (
                "Content-Type: image/png; name=a.png\nContent-Id: <pic@x>\n"
                "Content-Transfer-Encoding: base64",
                "iVBORw0KGgo=",
            ),
            kind="related",
        )
        ticket = self.receive(raw).tickets
        self.assertFalse(ticket.with_user(self.ben)._get_conversation())
        self.assertEqual(ticket._get_original_files().mapped("name"), ["a.png"])

    def test_made_up_dates_move_no_ticket_to_the_top(self):
        ticket = self.receive(
            mail(BEN, "Date: Mon, 15 Jun 2099 10:00:00 +0000")
        ).tickets
        self.assertLess(ticket.last_activity_at.year, 2099)
