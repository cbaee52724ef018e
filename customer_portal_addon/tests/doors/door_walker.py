"""Calls public methods as a remote caller can, and notes what came of it."""

import inspect
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from odoo.models import BaseModel
from odoo.service.model import call_kw
from odoo.tools import SQL

from .door_data import CANARY, READERS

# Tables whose rows nobody changes by a generic door, unless the table of judgements
# says so. Sessions, counters and the like are no business of other customers.
WATCHED = (
    "account_move",
    "account_move_line",
    "discuss_channel",
    "discuss_channel_member",
    "helpdesk_ticket",
    "helpdesk_ticket_stage",
    "helpdesk_ticket_type",
    "ir_attachment",
    "ir_config_parameter",
    "ir_filters",
    "ir_ui_view",
    "mail_followers",
    "mail_mail",
    "mail_message",
    "mail_notification",
    "mailing_contact",
    "mailing_subscription",
    "payment_token",
    "payment_transaction",
    "rating_rating",
    "res_company",
    "res_groups_users_rel",
    "res_partner",
    "res_users",
    "res_users_apikeys",
    "sale_order",
    "sale_order_line",
    "support_%",
    "website",
    "website_menu",
)
WRITES = re.compile(r"\b(insert\s+into|update|delete\s+from)\b", re.I)
# What a remote caller would try in the context
CONTEXT = {
    "active_test": False,
    "bin_size": True,
    "mail_create_nosubscribe": False,
    "mail_notrack": True,
    "tracking_disable": True,
    "install_mode": True,
    "import_file": True,
    "allowed_company_ids": [1],
    "mail_post_autofollow": True,
    "su": True,
    "uid": 1,
    "lang": "en_US",
}


def public_methods(registry):
    """Return all methods that remote callers reach, by the class that defines them.

    :rtype: dict[tuple[str, str], list[str]]
    """
    found = defaultdict(list)
    for model in sorted(registry):
        cls = registry[model]
        roots = {}
        for parent in cls.mro():
            for name in vars(parent) if issubclass(parent, BaseModel) else ():
                if not name.startswith("_") and callable(getattr(cls, name, None)):
                    roots[name] = parent
        for name, root in roots.items():
            if not any(
                getattr(getattr(parent, name, None), "_api_private", False)
                for parent in cls.mro()
            ):
                definer = getattr(root, "_name", None) or root.__name__
                found[definer, name].append(model)
    return found


class Outcome(NamedTuple):
    """What came of one call."""

    error: Exception | None
    result: object
    canaries: frozenset
    changes: frozenset  # table, and what happened there
    mails: int


class DoorWalker:
    """Mixed into test cases that have ``DoorData``; everything is rolled back."""

    def _begin(self):
        """Remember the rows as they are, and watch what is written."""
        self.cr.flush()
        self.cr.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            " AND table_name LIKE ANY(%s)",
            [list(WATCHED)],
        )
        self.tables = sorted(row[0] for row in self.cr.fetchall())
        self.before = {table: self._rows(table) for table in self.tables}
        self.values = self._get_values()
        self.written = []
        self.sent = []
        execute = type(self.cr).execute

        def watch(cursor, query, *args, **kw):
            text = query.code if isinstance(query, SQL) else query
            if isinstance(text, str) and WRITES.search(text):
                self.written.append(text)
            return execute(cursor, query, *args, **kw)

        self.startPatcher(patch.object(type(self.cr), "execute", watch))
        self.startPatcher(
            patch.object(
                self.registry["ir.mail_server"],
                "send_email",
                lambda model, message, *args, **kw: self.sent.append(message),
            )
        )

    def _rows(self, table):
        """Return what makes each row of a table, by its text: row -> id."""
        self.cr.execute(
            SQL("SELECT md5(t::text), to_jsonb(t) FROM %s t", SQL.identifier(table))
        )
        return {digest: row.get("id") for digest, row in self.cr.fetchall()}

    def _changes(self):
        """Return what has been written to watched tables, as (what, table, id)."""
        found = set()
        for table in self.tables:
            if not any(table in text for text in self.written):
                continue
            after, before = self._rows(table), self.before[table]
            gone = {before[digest] for digest in before.keys() - after.keys()}
            new = {after[digest] for digest in after.keys() - before.keys()}
            found |= {("changed", table, row) for row in gone & new}
            found |= {("deleted", table, row) for row in gone - new}
            found |= {("new", table, None) for row in new - gone}
        return frozenset(found)

    def call(self, user, model, name, args=(), kwargs=None, context=None):
        """Call a method as ``/web/dataset/call_kw`` does, and undo what it did.

        :rtype: Outcome
        """
        self.written.clear()
        self.sent.clear()
        kwargs = {**(kwargs or {}), **({"context": context} if context else {})}
        error, result, changes = None, None, frozenset()
        savepoint = self.cr.savepoint(flush=False)
        try:
            try:
                env = self.env(user=user, su=False)
                result = call_kw(env[model], name, list(args), kwargs)
                answer = self._as_text(result)
                self.cr.flush()
                if self.written:
                    changes = self._changes()
            except Exception as raised:  # noqa: BLE001
                error, answer = raised, str(raised)
        finally:
            self.env.transaction.clear()
            self.cr.precommit.clear()
            self.cr.postcommit.clear()
            savepoint.close(rollback=True)
            if self.written:
                self.registry.reset_changes()
        return Outcome(
            error,
            result,
            self._canaries(answer, user),
            changes,
            len(self.sent),
        )

    def _as_text(self, result):
        if isinstance(result, str):
            return result
        return json.dumps(result, default=str)

    def _canaries(self, answer, user):
        found = set(re.findall(rf"{CANARY}-(\w+)", answer))
        found |= {"other"} if f"{CANARY}@" in answer else set()
        for text in self.encoded_canary():
            if text.decode() in answer:
                found.add("encoded")
        name = next((n for n in ("ben", "anna") if getattr(self, n) == user), None)
        return frozenset(w for w in found if name not in READERS.get(w, ()))

    # ---------------------------------------------------
    # Arguments
    # ---------------------------------------------------

    def _get_values(self):
        """Return values for parameters, by name, whatever the model."""
        other = self.tickets["other"]
        template = "customer_portal_addon.mail_template_ticket_received"
        ticket = dict.fromkeys(
            ("model", "res_model", "model_name", "thread_model"), "helpdesk.ticket"
        )
        return {
            **ticket,
            **dict.fromkeys(("res_id", "thread_id"), other.id),
            **dict.fromkeys(("xml_id", "xmlid", "source_ref", "template"), template),
            **dict.fromkeys(("fields", "fnames", "field_names"), ["display_name"]),
            **dict.fromkeys(("field_name", "field"), "display_name"),
            **dict.fromkeys(("domain", "search"), []),
            **dict.fromkeys(("specification", "fields_spec"), {"display_name": {}}),
            **dict.fromkeys(("vals", "values", "params"), {}),
            **dict.fromkeys(("query", "search_term", "needle"), "a"),
            **dict.fromkeys(("email", "login"), self.emil.login),
            **dict.fromkeys(("smtp_server", "url"), "http://localhost:9/x"),
            "vals_list": [{}],
            "model_names": ["helpdesk.ticket"],
            "res_ids": other.ids,
            "body": "Posted by a walker",
            "message": {"From": "x@y.example", "To": self.emil.login},
            "emails": [self.emil.login],
            "email_from": self.agent.email,
            "outgoing_email_to": "stranger@else.example",
            "partner_ids": [self.emil.partner_id.id, self.agent.partner_id.id],
            "partner_id": self.emil.partner_id.id,
            "user_id": self.emil.id,
            "author_id": self.agent.partner_id.id,
            "attachment_ids": self.file.ids,
            "subtype_xmlid": "mail.mt_comment",
            "message_type": "comment",
            "channel_id": self.channel.id,
            "key": "database.secret",
            "code": self.secret,
            "name": "Taken",
            "operation": "read",
            "view_type": "form",
            "views": [[False, "form"], [False, "list"]],
            "aggregates": ["__count"],
            "groupby": [],
            "limit": 5,
            "offset": 0,
            "force_send": True,
        }

    def shapes(self, model, name, ids):
        """Return arguments to try: those that it needs, and all that it knows.

        :rtype: list[tuple[list, dict]]
        """
        method = getattr(self.registry[model], name)
        try:
            parameters = list(inspect.signature(method).parameters.values())[1:]
        except (TypeError, ValueError):
            parameters = []
        is_on_model = getattr(method, "_api_model", False)
        first = [] if is_on_model else [ids]
        named = [
            p for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)
        ]
        needed = {
            p.name: self.values.get(p.name, ids[0] if ids else 1)
            for p in named
            if p.default is p.empty
        }
        known = needed | {
            p.name: self.values[p.name]
            for p in named
            if p.name in self.values and p.kind is not p.POSITIONAL_ONLY
        }
        shapes = [(first, needed)]
        if known != needed:
            shapes.append((first, known))
        return shapes


def context_keys():
    """Return the keys of ours that the addon reads from a context."""
    found = set()
    for path in Path(__file__).parents[2].rglob("*.py"):
        if "tests" not in path.parts:
            text = path.read_text()
            found |= set(re.findall(r"context\.get\(\s*\"(support_\w+)\"", text))
            found |= set(re.findall(r"context\[\"(support_\w+)\"\] (?!=)", text))
    return found
