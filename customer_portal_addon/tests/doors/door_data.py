"""Records of every owner, with canaries in what the walkers must not see.

A canary is a word that comes back from no door: it says after a dash whose it is.
"""

import base64

from odoo import Command
from odoo.tools import SQL

CANARY = "canary"
# What is planted -> which walkers may read it
READERS = {"company": {"anna"}, "customers": {"ben", "anna"}}
# Columns that stay as they are: what Odoo itself computes with
KEPT = {"type", "model", "res_model", "lang", "tz", "state", "parent_path", "name_en"}
# Whoever is in a conversation is known by name
NAMES = {"name", "complete_name", "company_name", "commercial_company_name"}
TEXTS = ("char", "text", "html")
# Tables of which a customer gets nothing by the generic doors, not even of its own
STAFF_ONLY = (
    "support.access.mail",
    "support.api.key",
    "support.consent",
    "support.form.answer",
    "support.mail.aside",
    "support.ticket.text",
    "support.time.entry",
)
NOTE = "mail.mt_note"
# Kinds of messages that no page shows: type, subtype, further values
HIDDEN_MESSAGES = (
    ("comment", NOTE, {}),
    ("notification", NOTE, {}),
    ("notification", "mail.mt_comment", {"is_internal": True}),
    ("email", "mail.mt_comment", {"is_internal": True}),
    ("email", NOTE, {}),
    ("auto_comment", NOTE, {}),
    ("user_notification", NOTE, {}),
    ("email_outgoing", NOTE, {}),
)


class DoorData:
    """Mixed into test cases that have the people of ``SupportData``."""

    @classmethod
    def _create_door_data(cls):
        cls._create_other_vendor()
        cls.fritz = cls._create_contact(cls.adler, "fritz")
        cls.owners = {
            "own": cls.ben,
            "company": cls.gesa,
            "former": cls.fritz,
            "other": cls.emil,
            "guest": cls.emil,
            "uncovered": cls.clara,
            "elsewhere": cls.hugo,
        }
        cls.tickets = {
            owner: cls._create_ticket(
                user, name=f"Ticket {owner}", company_id=user.company_id.id
            )
            for owner, user in cls.owners.items()
        }
        # Ben's own contact, but with a company whose customer he is not
        cls.tickets["own_elsewhere"] = cls._create_ticket(
            cls.ben, name="Ticket elsewhere", company_id=cls.other_company.id
        )
        cls.fritz.partner_id.parent_id = cls.braun
        cls.tickets["guest"].message_subscribe(cls.ben.partner_id.ids)
        cls.orders = {
            owner: cls.env["sale.order"].create({"partner_id": partner.id})
            for owner, partner in (
                ("own", cls.ben.partner_id),
                ("other", cls.emil.partner_id),
            )
        }
        cls.orders["own_elsewhere"] = cls.env["sale.order"].create(
            {"partner_id": cls.ben.partner_id.id, "company_id": cls.other_company.id}
        )
        cls.contacts = {
            "own": cls.ben.partner_id,
            "company": cls.gesa.partner_id,
            "other": cls.emil.partner_id,
            "uncovered": cls.clara.partner_id,
            "elsewhere": cls.hugo.partner_id,
        }
        cls.articles = {
            "own": cls._create_article("Open", visibility="everyone"),
            "customers": cls._create_article("For customers", visibility="customers"),
            "other": cls._create_article("Draft", is_published=False),
        }
        cls._create_invoices()
        kinds = (cls.tickets, cls.orders, cls.contacts, cls.articles, cls.invoices)
        for kind in kinds:
            for owner, record in kind.items():
                cls._create_conversation(owner, record)
        cls._create_staff_records()
        cls.env.flush_all()
        cls._plant()
        cls.env.invalidate_all()

    @classmethod
    def _create_invoices(cls):
        """Create posted invoices, without the accounts that posting would need."""
        journal = cls.env["account.journal"].create(
            {"name": "Sales", "type": "sale", "code": "DOOR"}
        )
        cls.invoices = {
            owner: cls.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "journal_id": journal.id,
                    "partner_id": user.partner_id.id,
                }
            )
            for owner, user in (("own", cls.ben), ("other", cls.emil))
        }
        for owner, invoice in cls.invoices.items():
            invoice.message_subscribe(cls.owners[owner].partner_id.ids)
            cls.env.cr.execute(
                "UPDATE account_move SET state = 'posted' WHERE id = %s", [invoice.id]
            )

    @classmethod
    def _create_conversation(cls, owner, record):
        """Write one message that people see, and one of each kind that is hidden."""
        hidden = f"{CANARY}-internal"
        values = {
            "model": record._name,
            "res_id": record.id,
            "author_id": cls.agent.partner_id.id,
            "email_from": f'"Agent" <{CANARY}@vendor.example>',
            "incoming_email_cc": f"{CANARY}-copy@vendor.example",
            "incoming_email_to": f"{CANARY}-to@vendor.example",
        }
        subtype = cls.env.ref("mail.mt_comment").id
        messages = cls.env["mail.message"]
        shown = messages.create(
            {
                **values,
                "body": "Shown",
                "message_type": "comment",
                "subtype_id": subtype,
            }
        )
        kept = messages.create(
            [
                {
                    **values,
                    "body": hidden,
                    "subject": hidden,
                    "message_type": kind,
                    "subtype_id": cls.env.ref(subtype).id,
                    "attachment_ids": [
                        Command.create(
                            {
                                "name": f"{hidden}.txt",
                                "raw": hidden.encode(),
                                "res_model": record._name,
                                "res_id": record.id,
                            }
                        )
                    ],
                    "tracking_value_ids": [
                        Command.create(
                            {
                                "field_id": cls.env["ir.model.fields"]
                                ._get(record._name, "active")
                                .id,
                                "old_value_char": hidden,
                                "new_value_char": hidden,
                            }
                        )
                    ],
                    **more,
                }
                for kind, subtype, more in HIDDEN_MESSAGES
            ]
        )
        cls.messages = getattr(cls, "messages", {})
        cls.messages[owner, record._name] = shown, kept

    @classmethod
    def _create_staff_records(cls):
        """Create what only staff, or only other customers, have."""
        cls.contract = cls.env["support.contract"].search(
            [("partner_id", "=", cls.braun.id)]
        )
        cls.account = cls.env["support.credit.account"]._get_for(cls.braun, cls.company)
        cls.account._post(60, "grant", "door", note=f"{CANARY}-grant")
        cls.key, cls.secret = cls.env["support.api.key"]._issue(
            cls.braun, cls.company, {"name": "Key"}
        )
        cls.channel = cls.env["discuss.channel"].create(
            {"name": f"{CANARY}-channel", "channel_type": "group"}
        )
        cls.filter = cls.env["ir.filters"].create(
            {
                "name": f"{CANARY}-filter",
                "model_id": "helpdesk.ticket",
                "user_ids": cls.agent.ids,
            }
        )
        cls.mail = cls.env["mail.mail"].create(
            {
                "subject": f"{CANARY}-mail",
                "body_html": f"<p>{CANARY}-mail</p>",
                "model": "helpdesk.ticket",
                "res_id": cls.tickets["own"].id,
                "email_to": "somebody@else.example",
            }
        )
        cls.file = cls.env["ir.attachment"].create(
            {
                "name": f"{CANARY}-file.txt",
                "raw": f"{CANARY}-file".encode(),
                "res_model": "helpdesk.ticket",
                "res_id": cls.tickets["other"].id,
            }
        )
        cls.hidden_type = cls.env["helpdesk.ticket.type"].create(
            {"name": f"{CANARY}-type", "show_in_portal": False}
        )

    # ---------------------------------------------------
    # Canaries in columns
    # ---------------------------------------------------

    @classmethod
    def _plant(cls):
        for owner, ticket in cls.tickets.items():
            if owner not in ("own", "guest"):
                cls._fill(ticket, "company" if owner in cls.of_adler() else owner)
        cls._fill(cls.orders["other"], "other")
        cls._fill(cls.orders["own_elsewhere"], "elsewhere")
        cls._fill(cls.other_type, "elsewhere")
        cls._fill(cls.huber + cls.hugo.partner_id, "elsewhere")
        cls._fill(cls.invoices["other"], "other")
        cls._fill(cls.articles["other"], "hidden")
        cls._fill(cls.articles["customers"], "customers")
        for user in (cls.emil, cls.clara, cls.fritz, cls.agent):
            cls._fill(user.partner_id, "other", NAMES)
        cls._fill(cls.koch, "other")
        for name in STAFF_ONLY:
            cls._fill(cls.env[name].search([]), "staff")

    @classmethod
    def of_adler(cls):
        return ("company", "former")

    @classmethod
    def _fill(cls, records, whose, kept=()):
        """Fill all columns of text, whatever the model would say to it."""
        for field in records._fields.values():
            if field.type not in TEXTS or not (field.store and field.column_type):
                continue
            if field.name in KEPT or field.name in kept or field.company_dependent:
                continue
            value = SQL("%s || id", f"{CANARY}-{whose}-")
            if field.translate:
                value = SQL("jsonb_build_object('en_US', %s)", value)
            if records:
                cls.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = %s WHERE id = ANY(%s)",
                        SQL.identifier(records._table),
                        SQL.identifier(field.name),
                        value,
                        records.ids,
                    )
                )

    # ---------------------------------------------------
    # What a model has of each owner
    # ---------------------------------------------------

    def records_of(self, name):
        """Return ids of a model by owner: own ones first, then those of others.

        :rtype: dict[str, list[int]]
        """
        by_owner = {
            "helpdesk.ticket": self.tickets,
            "sale.order": self.orders,
            "account.move": self.invoices,
            "res.partner": self.contacts,
            "support.article": self.articles,
            "res.users": {"own": self.ben, "other": self.emil, "agent": self.agent},
        }.get(name)
        if by_owner:
            return {owner: record.ids for owner, record in by_owner.items()}
        if name == "mail.message":
            found = {}
            for (owner, model), (shown, hidden) in self.messages.items():
                found[f"{owner} {model} shown"] = shown.ids
                for message in hidden if owner in ("own", "guest") else hidden[:1]:
                    found[f"{owner} {model} {message.id}"] = message.ids
            return found
        if self.env[name]._abstract:
            return {"none": []}
        model = self.env[name].sudo()
        if not model._auto:
            return {"any": [1]}
        self.cr.execute(SQL("SELECT max(id) FROM %s", SQL.identifier(model._table)))
        return {"last": [self.cr.fetchone()[0] or 1]}

    @classmethod
    def encoded_canary(cls):
        """Return what a canary looks like in the three ways of base64."""
        return [base64.b64encode(b" " * i + CANARY.encode())[4:8] for i in range(3)]
