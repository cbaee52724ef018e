"""What the tests of incoming mails share."""

from typing import NamedTuple
from unittest.mock import patch

from odoo.models import BaseModel

from ..common import SupportCase


class Seen(NamedTuple):
    """What a mail has left behind."""

    tickets: BaseModel
    messages: BaseModel  # of the ticket T, in public
    notes: BaseModel  # of the ticket T
    asides: BaseModel
    contacts: BaseModel
    followers: BaseModel  # of the ticket T
    acks: list


class MailInCase(SupportCase):
    """Mails go through the gateway to two teams' aliases; T is a ticket of Ben's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domains = cls.env["mail.alias.domain"]
        cls.env.company.alias_domain_id = domains.create(
            {
                "name": "desk.example",
                "bounce_alias": "bounce",
                "catchall_alias": "catchall",
            }
        )
        cls.company.support_mail_server = "mx.vendor.example"
        cls.team, cls.second_team = cls.env["helpdesk.ticket.team"].create(
            [
                {"name": name, "alias_name": name, "company_id": cls.company.id}
                for name in ("hotline", "second")
            ]
        )
        cls.tickets = cls.env["helpdesk.ticket"].with_context(active_test=False)
        cls.partners = cls.env["res.partner"].with_context(active_test=False)
        cls.ben.partner_id.email = "ben@adler.example, Ben <ben@home.example>"
        cls.ben.login = "ben.login@adler.example"
        cls._create_contact(cls.adler, "kim")
        cls._create_conversation()

    @classmethod
    def _create_conversation(cls):
        cls.old = cls.env["res.partner"].create(
            {"name": "Old", "email": "old@adler.example", "parent_id": cls.adler.id}
        )
        cls.ticket = cls._create_ticket(cls.ben, team_id=cls.team.id)
        people = cls.ben.partner_id | cls.gesa.partner_id | cls.old
        cls.ticket.message_subscribe(people.ids)
        cls.old.active = False
        messages = cls.env["mail.message"]
        values = {"model": "helpdesk.ticket", "res_id": cls.ticket.id}
        comment = cls.env.ref("mail.mt_comment").id
        cls.parent, cls.ack, cls.note, cls.stage_mail, cls.known = messages.create(
            [
                {
                    **values,
                    "message_type": kind,
                    "subtype_id": subtype,
                    "message_id": f"<{name}@test.example>",
                    "author_id": author.id,
                    "email_from": author.email_formatted,
                    "subject": "Crash",
                }
                for name, kind, subtype, author in (
                    ("parent", "comment", comment, cls.agent.partner_id),
                    ("ack", "email_outgoing", False, cls.company.partner_id),
                    (
                        "note",
                        "comment",
                        cls.env.ref("mail.mt_note").id,
                        cls.agent.partner_id,
                    ),
                    (
                        "stage",
                        "notification",
                        cls.env.ref("mail.mt_note").id,
                        cls.company.partner_id,
                    ),
                    ("known", "email", comment, cls.gesa.partner_id),
                )
            ]
        )
        cls.known.write({"email_from": "ben@adler.example", "subject": "Crash"})
        cls.ticket._move_to("waiting_on_customer")
        cls.env.flush_all()

    def receive(self, raw, fallback="helpdesk.ticket"):
        """Receive a mail; its placeholders stand for what is told of T.

        :rtype: Seen
        """
        for name, value in {
            b"{ref}": self.parent.message_id,
            b"{ack}": self.ack.message_id,
            b"{note}": self.note.message_id,
            b"{stage}": self.stage_mail.message_id,
            b"{ref_bare}": self.parent.message_id.strip("<>"),
            b"{number}": self.ticket.number,
        }.items():
            raw = raw.replace(name, value.encode())
        self.env.flush_all()
        messages = self.env["mail.message"]
        asides = self.env["support.mail.aside"]
        known = [m.search([]) for m in (self.tickets, messages, asides, self.partners)]
        followers = self.ticket.message_partner_ids
        acks = []
        send = type(self.tickets)._send_confirmation

        def spy(ticket, is_verified=True):
            acks.append("yes" if is_verified else "neutral")
            return send(ticket, is_verified)

        with patch.object(type(self.tickets), "_send_confirmation", spy):
            self.env["mail.thread"].message_process(fallback, raw)
            self._confirm_tickets()
        self.env.flush_all()
        self.env.invalidate_all()
        tickets, messages, asides, contacts = (
            before.search([]) - before for before in known
        )
        about = messages.filtered(
            lambda m: m.model == "helpdesk.ticket" and m.res_id == self.ticket.id
        ).filtered(lambda m: m.body)
        public = about.filtered(
            lambda m: (
                m.message_type == "email"
                and not m.is_internal
                and not m.subtype_id.internal
            )
        )
        notes = about.filtered(
            lambda m: (
                (m not in public and m.message_type in ("email", "notification"))
                and not m.tracking_value_ids
            )
        )
        joined = self.ticket.message_partner_ids - followers
        return Seen(
            tickets,
            public,
            notes,
            asides,
            contacts,
            joined - self.agent.partner_id,
            acks,
        )

    def find(self, address):
        """Return the contact with an address, by any that it has."""
        if not address:
            return self.partners.browse()
        ben = self.ben.partner_id
        if "ben" in address:
            return ben
        return self.partners.search([("email_normalized", "=", address)], limit=1)

    def people_outside(self, ticket):
        """Return the portal users who see a ticket."""
        return ticket.partner_id.user_ids.filtered("share")
