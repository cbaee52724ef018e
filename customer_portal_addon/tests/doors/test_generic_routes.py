"""Nobody outside gets what isn't theirs by the routes of the platform.

Walks all routes that are not ours as a customer, with records of others.
"""

import inspect
import json
import threading
from datetime import timedelta
from unittest.mock import patch
from xmlrpc.client import dumps

from odoo import fields, http
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.http_routing.tests.common import MockRequest

from ..http_common import SupportHttpCase
from .door_data import DoorData
from .door_walker import DoorWalker
from .route_table import (
    FORMS_OF_OTHERS,
    JSON_OF_OTHERS,
    JUDGED,
    PAGES,
    PAGES_OF_OTHERS,
    SKIPPED,
    WRITES,
)

OURS = "odoo.addons.customer_portal_addon."
UNJUDGED = """
Nobody has judged these routes of the platform:
    {routes}
Read what each gives to customers, and add a prefix with the reason to JUDGED in
route_table.py.
"""
MUTED = (
    "odoo.addons.base.models.ir_qweb",
    "odoo.addons.google_gmail.controllers.main",
    "odoo.addons.microsoft_outlook.controllers.main",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.html_editor.models.ir_ui_view",
    "odoo.addons.mail.models.mail_thread",
    "odoo.addons.partner_autocomplete.models.res_partner",
    "odoo.addons.website.models.website",
    "odoo.addons.rpc",
    "odoo.addons.web.controllers.binary",
    "odoo.http",
    "odoo.models",
    "odoo.sql_db",
)


@tagged("post_install", "-at_install")
class TestGenericRoutes(DoorData, DoorWalker, SupportHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_door_data()

    def setUp(self):
        super().setUp()
        self.authenticate(self.ben.login, self.ben.login)
        self._begin()

    def routes(self):
        """Return the rules of others, for people with or without a login."""
        thread = threading.current_thread()
        with patch.object(thread, "dbname", self.cr.dbname, create=True):
            rules = list(self.env["ir.http"].routing_map().iter_rules())
        return [
            rule
            for rule in rules
            if not rule.endpoint.func.__func__.__module__.startswith(OURS)
        ]

    def test_every_route_is_judged(self):
        routes = {rule.rule for rule in self.routes()}
        prefixes = (*JUDGED, *SKIPPED)
        unjudged = sorted(r for r in routes - set(PAGES) if not r.startswith(prefixes))
        self.assertFalse(unjudged, UNJUDGED.format(routes="\n    ".join(unjudged)))
        # whether a route that we override counts as ours differs between the runners
        with patch.object(
            threading.current_thread(), "dbname", self.cr.dbname, create=True
        ):
            every = [r.rule for r in self.env["ir.http"].routing_map().iter_rules()]
        gone = [p for p in prefixes if not any(r.startswith(p) for r in every)]
        self.assertFalse(gone, "judged, but there is no such route")

    # ---------------------------------------------------
    # The walk
    # ---------------------------------------------------

    def open(self, url, **kw):
        """Open a page, undo what it did, and return what is wrong with the answer."""
        self.written.clear()
        self.sent.clear()
        savepoint = self.cr.savepoint(flush=False)
        try:
            response = self.url_open(url, allow_redirects=False, timeout=30, **kw)
            changes = self._changes() if self.written else ()
        finally:
            savepoint.close(rollback=True)
            self.env.transaction.clear()
        found = {f"tells {c}" for c in self._canaries(response.text, self.ben)}
        found |= {"sends mail"} if self.sent else set()
        for action, table, row in changes:
            mine = {"res_users": self.ben.ids, "res_partner": self.ben.partner_id.ids}
            if row is None or row not in mine.get(table, ()):
                found.add(f"{action} {table}")
        return response, found

    def places(self, rule):
        """Return the route with values in its places."""
        values = {}
        for name, converter in rule._converters.items():
            model = getattr(converter, "model", None)
            kind = type(converter).__name__
            value = self.values.get(name, "1")
            if model and model in self.env:
                ids = list(self.records_of(model).values())
                value = str(ids[-1][0] if ids[-1] else 1)
            elif kind in ("IntegerConverter", "FloatConverter", "SignedIntConverter"):
                number = {"order_id": self.orders, "invoice_id": self.invoices}
                record = number.get(name, self.tickets)["other"]
                value = str(record.id)
            values[name] = value
        url = "".join(
            part if not is_place else values[part] for is_place, part in rule._trace
        )
        return url.partition("|")[2] or url

    def parameters(self, rule):
        """Return the values that the function of a route takes, by their names."""
        endpoint = inspect.unwrap(rule.endpoint.func.__func__)
        names = list(inspect.signature(endpoint).parameters)[1:]
        ticket = self.tickets["other"]
        common = {"model": ticket._name, "id": ticket.id, "res_id": ticket.id}
        common |= {"res_model": ticket._name, "thread_model": ticket._name}
        common |= {"thread_id": ticket.id, "message_id": self.hidden().id}
        return common | {n: self.values[n] for n in names if n in self.values}

    def hidden(self):
        return self.messages["own", "helpdesk.ticket"][1][1]

    @mute_logger(*MUTED)
    def test_no_route_tells_or_changes_what_is_not_theirs(self):
        wrong = set()
        for rule in self.routes():
            if rule.rule.startswith(tuple(SKIPPED)):
                continue
            url = self.places(rule)
            for kw in self.requests(rule):
                response, found = self.open(url, **kw)
                wrong |= {
                    f"{rule.rule}: {fault}"
                    for fault in found
                    if fault not in WRITES.get(rule.rule, ())
                }
        self.assertFalse(wrong, "\n".join(sorted(wrong)))

    def requests(self, rule):
        """Yield the ways to ask for a route."""
        values = self.parameters(rule)
        if rule.endpoint.routing["type"] == "jsonrpc":
            yield {"json": {"params": values}}
            return
        methods = rule.methods or {"GET", "POST"}
        plain = {k: v for k, v in values.items() if isinstance(v, str | int)}
        if "GET" in methods:
            yield {"params": plain}
        if "POST" in methods:
            token = http.Request.csrf_token(self)
            yield {"data": {**plain, "csrf_token": token}, "method": "POST"}

    # ---------------------------------------------------
    # What no signature says
    # ---------------------------------------------------

    def ids_of_others(self):
        """Return ids by the names that the table has for them."""
        note = self.hidden()
        return {
            "ticket": self.tickets["other"].id,
            "order": self.orders["other"].id,
            "invoice": self.invoices["other"].id,
            "account": self.account.id,
            "article": self.articles["own"].id,
            "channel": self.channel.id,
            "file": self.file.id,
            "note": note.id,
            "note_file": note.sudo().attachment_ids.id,
            "partner": self.emil.partner_id.id,
        }

    def fill(self, values):
        """Return values of the table with ids instead of their names."""
        text = json.dumps(values)
        for name, id_ in self.ids_of_others().items():
            text = text.replace(f'"{{{name}}}"', str(id_))
        return json.loads(text)

    @mute_logger(*MUTED)
    def test_nothing_of_others_comes_by_name(self):
        wrong = set()
        ids = self.ids_of_others()
        for url in PAGES_OF_OTHERS:
            _response, found = self.open(url.format(**ids))
            wrong |= {f"{url}: {fault}" for fault in found}
        for url, values in JSON_OF_OTHERS:
            _response, found = self.open(url, json={"params": self.fill(values)})
            wrong |= {f"{url}: {fault}" for fault in found}
        token = http.Request.csrf_token(self)
        for url, values in FORMS_OF_OTHERS:
            data = {**self.fill(values), "csrf_token": token}
            files = {"ufile": ("x.txt", b"x")} if "upload" in url else None
            _response, found = self.open(url, data=data, files=files)
            wrong |= {f"{url}: {fault}" for fault in found}
        self.assertFalse(wrong, "\n".join(sorted(wrong)))

    def test_bus_channels(self):
        """Nobody listens to what is sent to others, or to staff's channels."""
        wanted = [
            f"res.partner_{self.emil.partner_id.id}",
            f"discuss.channel_{self.channel.id}",
            f"mail.thread_{self.tickets['other'].id}",
        ]
        env = self.env(user=self.ben)
        with MockRequest(env) as request:
            request.session.uid = self.ben.id
            channels = env["ir.websocket"]._build_bus_channel_list(wanted)
        records = [c for c in channels if not isinstance(c, str)]
        partners = {r for r in records if getattr(r, "_name", "") == "res.partner"}
        self.assertEqual(partners, {self.ben.partner_id})
        self.assertNotIn(self.channel, records)

    # ---------------------------------------------------
    # The four doors of RPC
    # ---------------------------------------------------

    @mute_logger(*MUTED)
    def test_four_doors_lead_to_the_same_answers(self):
        """What the walk does in ``call_kw`` is what comes by each of the doors."""
        note = self.hidden()
        ticket, own = self.tickets["other"], self.tickets["own"]
        for model, name, args in (
            ("helpdesk.ticket", "read", {"ids": ticket.ids, "fields": ["name"]}),
            ("mail.message", "read", {"ids": note.ids, "fields": ["body"]}),
            ("helpdesk.ticket", "write", {"ids": own.ids, "vals": {"name": "x"}}),
            ("ir.mail_server", "send_email", {"message": {}}),
            ("mail.thread", "message_process", {"model": False, "message": "x"}),
            ("res.users", "_check_credentials", {"credential": {}, "env": {}}),
        ):
            for door in (self.call_kw, self.jsonrpc, self.xmlrpc, self.json2):
                with self.subTest(door=door.__name__, model=model, method=name):
                    self.assertTrue(door(model, name, dict(args)))
        # the refusals come of no broken calls: one's own ticket is read
        read = {"ids": own.ids, "fields": ["name"]}
        for door in (self.call_kw, self.jsonrpc, self.xmlrpc, self.json2):
            with self.subTest(door=door.__name__):
                self.assertFalse(door("helpdesk.ticket", "read", dict(read)))

    def split(self, args):
        ids = args.pop("ids", None)
        return [] if ids is None else [ids], args

    def call_kw(self, model, name, kwargs):
        """Tell whether ``/web/dataset/call_kw`` refuses a call."""
        args, kwargs = self.split(kwargs)
        params = {"model": model, "method": name, "args": args, "kwargs": kwargs}
        response, found = self.open("/web/dataset/call_kw", json={"params": params})
        return "error" in response.json() and not found

    def jsonrpc(self, model, name, kwargs):
        args, kwargs = self.split(kwargs)
        call = [self.cr.dbname, self.ben.id, self.ben.login, model, name, args, kwargs]
        params = {"service": "object", "method": "execute_kw", "args": call}
        response, found = self.open("/jsonrpc", json={"params": params})
        return "error" in response.json() and not found

    def xmlrpc(self, model, name, kwargs):
        args, kwargs = self.split(kwargs)
        call = (self.cr.dbname, self.ben.id, self.ben.login, model, name, args, kwargs)
        body = dumps(call, "execute_kw")
        response, found = self.open(
            "/xmlrpc/2/object", data=body, headers={"Content-Type": "text/xml"}
        )
        return "<fault>" in response.text and not found

    def json2(self, model, name, kwargs):
        keys = self.env(user=self.ben)["res.users.apikeys"].sudo()
        until = fields.Datetime.now() + timedelta(hours=1)
        key = keys._generate("rpc", "Door", until)
        response, found = self.open(
            f"/json/2/{model}/{name}",
            json=kwargs,
            headers={"Authorization": f"Bearer {key}"},
        )
        return response.status_code >= 400 and not found
