"""Who gets what: every route of the addon and of OCA's portal, with every role.

One table for the pages, one for the records. A route that is in no table fails.
"""

import threading
from unittest.mock import patch

from odoo import http
from odoo.tests import tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from ..http_common import SupportHttpCase

ADDONS = ("customer_portal_addon", "helpdesk_mgmt", "helpdesk_type")
# Overrides that only say which database serves Odoo's own pages
NO_RULES = "odoo.addons.customer_portal_addon.controllers.base.replica_files"
ROLES = {
    "guest": None,
    "contact": "ben",  # of Adler; files tickets
    "colleague": "gesa",  # of Adler
    "administrator": "anna",  # of Adler
    "stranger": "emil",  # of Braun; files tickets
    "other administrator": "erna",  # of Braun
    "uncovered": "clara",  # of Koch, whose contract expired; had filed tickets
    "former": "fritz",  # of Adler, now of Braun; had filed tickets at Adler
    "staff": "agent",
    "elsewhere": "hugo",  # of Huber, a customer of the second company; on its website
}
# Whose ticket -> who reads it. The customer administrators read those that were filed
# for their company; whoever has left it reads them no more.
READERS = {
    "contact": {"contact", "administrator", "staff"},
    "stranger": {"stranger", "other administrator", "staff"},
    "uncovered": {"staff"},
    "former": {"administrator", "staff"},
    "elsewhere": {"elsewhere"},
}

# What a route answers: to people who may use support, to guests, to uncovered people
OPEN = {"all": "page", "guest": "page", "uncovered": "refused"}
TO_REGISTRATION = {
    "all": "/support/register",
    "guest": "/support/register",
    "uncovered": "refused",
}
INSIDE = {"all": "page", "guest": "login", "uncovered": "refused"}
SCRIPT = {"all": "page", "guest": "page", "uncovered": "page"}  # reads the fragment
NO_SUCH_METHOD = {"all": "405", "guest": "405", "uncovered": "405"}
OVERVIEW = {**INSIDE, "all": "overview"}
# On a ticket: to its readers, and to everybody else who may use support
TICKET = {**INSIDE, "reader": "page", "all": "home"}
TICKET_POST = {**INSIDE, "reader": "ticket", "all": "home"}

# Actions that the state of the ticket doesn't allow: back to it, or told so
TICKET_LATER = {**INSIDE, "reader": "ticket", "all": "home"}
TICKET_ERRORS = {**INSIDE, "reader": "errors", "all": "home"}

# Without the token of a mail, whoever it is
NO_LINK = {"all": "404", "guest": "404", "uncovered": "refused"}
ARTICLE_POST = {"all": "article", "guest": "article", "uncovered": "refused"}
SEEN = {"all": "204", "guest": "204", "uncovered": "refused"}
SOLVED = {**SEEN, "all": "/support/kb/solved", "guest": "/support/kb/solved"}

# For customer administrators, or only those of the company whose contact it is about
NOBODY = {**INSIDE, "all": "home"}
COLLEAGUES = {**NOBODY, "administrator": "page", "other administrator": "page"}
INVITATION = {**NOBODY, "administrator": "errors", "other administrator": "errors"}
COLLEAGUE = {**NOBODY, "administrator": "colleagues"}

# For customers: staff have no credit
CREDIT = {**INSIDE, "staff": "home"}

# Programs: a session is nothing there, see test_api_attacks.py
NO_KEY = {"all": "401", "guest": "401", "uncovered": "401"}
NOTHING = {"all": "404", "guest": "404", "uncovered": "404"}

# route -> what GET and POST answer
ROUTES = {
    "/support": (OPEN, OPEN),
    "/support/refused": (OPEN, OPEN),
    "/support/register": (
        {**OPEN, "all": "/support"},
        {**OPEN, "all": "/support", "guest": "errors"},
    ),
    "/support/status": (OPEN, NO_SUCH_METHOD),
    "/.well-known/security.txt": (OPEN, NO_SUCH_METHOD),
    "/support/packages": (OPEN, NO_SUCH_METHOD),
    "/support/packages/order": (NO_SUCH_METHOD, {**INSIDE, "all": "errors"}),
    "/support/kb": (OPEN, NO_SUCH_METHOD),
    "/support/kb/<category>": (OPEN, NO_SUCH_METHOD),
    "/support/kb/article/<article>": (OPEN, NO_SUCH_METHOD),
    "/support/kb/article/<article>/feedback": (NO_SUCH_METHOD, ARTICLE_POST),
    "/support/kb/article/<article>/seen": (NO_SUCH_METHOD, SEEN),
    "/support/kb/article/<article>/body": (OPEN, NO_SUCH_METHOD),
    "/support/kb/article/<article>/solved": (NO_SUCH_METHOD, SOLVED),
    "/support/kb/answers": (OPEN, NO_SUCH_METHOD),
    "/support/kb/solved": (OPEN, NO_SUCH_METHOD),
    "/support/ticket/<ticket>/close": (OPEN, NO_LINK),  # see test_mail_links.py
    "/web/signup": (TO_REGISTRATION, TO_REGISTRATION),  # with a link: test_links.py
    "/support/api": (NOTHING, NOTHING),
    "/support/api/<rest>": (NOTHING, NOTHING),
    "/support/api/1/tickets": (NO_SUCH_METHOD, NO_KEY),
    "/support/api/1/tickets/<number>": (NO_KEY, NO_SUCH_METHOD),
    "/support/api/1/types": (NO_KEY, NO_SUCH_METHOD),
    "/support/api/1/openapi.json": (SCRIPT, NO_SUCH_METHOD),
    "/my/security": (INSIDE, None),  # POST: Odoo's change of the password
    "/my/security/support-keys": (NO_SUCH_METHOD, {**INSIDE, "all": "errors"}),
    "/my/security/support-keys/revoke": (
        NO_SUCH_METHOD,
        {**INSIDE, "all": "/my/security"},
    ),
    # the type is one for people without a login; others: test_public_form.py
    "/support/ticket/new": (OPEN, OPEN),
    "/support/ticket/new/<type>": (OPEN, {**INSIDE, "all": "errors"}),
    "/support/ticket/send/<type>": (
        {**OPEN, "all": "form", "guest": "form"},
        {**OPEN, "all": "form", "guest": "errors"},
    ),
    "/support/address": (NO_SUCH_METHOD, OPEN),
    "/support/notifications": (OPEN, NO_LINK),  # see test_public_notifications.py
    "/support/activate": (OPEN, OPEN),  # with a link: test_links.py
    "/support/password": (OPEN, OPEN),  # with a link: test_links.py
    "/new/ticket": (OVERVIEW, OVERVIEW),
    "/submitted/ticket": (NO_SUCH_METHOD, {**INSIDE, "all": "errors"}),
    "/my/tickets": (INSIDE, INSIDE),
    "/my/tickets/page/<page>": (INSIDE, INSIDE),
    "/my/tickets/export.csv": (INSIDE, NO_SUCH_METHOD),
    "/my/tickets/company": (COLLEAGUES, NO_SUCH_METHOD),
    "/my/tickets/company/page/<page>": (COLLEAGUES, NO_SUCH_METHOD),
    "/my/tickets/company/export.csv": (COLLEAGUES, NO_SUCH_METHOD),
    "/my/ticket/<ticket>": (TICKET, TICKET),
    "/my/ticket/<ticket>/<token>": (TICKET, TICKET),
    "/my/ticket/<ticket>/reply": (TICKET, TICKET_POST),
    "/my/ticket/<ticket>/participants": (TICKET, TICKET_ERRORS),
    "/my/ticket/<ticket>/edit": (TICKET, TICKET_ERRORS),
    "/my/ticket/<ticket>/close": (TICKET, TICKET_POST),
    "/my/ticket/<ticket>/reopen": (TICKET_LATER, TICKET_ERRORS),
    "/my/ticket/<ticket>/leave": (TICKET_LATER, TICKET_ERRORS),
    "/ticket/close": (NO_SUCH_METHOD, TICKET_POST),
    "/my/colleagues": (COLLEAGUES, NO_SUCH_METHOD),
    "/my/colleagues/page/<page>": (COLLEAGUES, NO_SUCH_METHOD),
    "/my/colleagues/invite": (NO_SUCH_METHOD, INVITATION),
    "/my/colleagues/<colleague>/<action>": (NO_SUCH_METHOD, COLLEAGUE),
    "/my/credit": (CREDIT, NO_SUCH_METHOD),
    "/my/credit/statement.csv": (CREDIT, NO_SUCH_METHOD),
    "/my/credit/statement.pdf": (CREDIT, NO_SUCH_METHOD),
    "/my/orders/<order>/accept": (None, None),  # JSON: see test_offer_expiry.py
    "/my/orders/<order>/update_line_dict": (None, None),  # see test_credit_attacks.py
    "/auth_oauth/signin": (SCRIPT, None),  # POST: see test_oauth.py
    "/web/login": (OPEN, None),  # POST: see test_login.py
    "/web/reset_password": (OPEN, None),  # POST: see test_login.py
}
# The converters of the routes -> the names in the table
PLACES = {
    "<type_slug>": "<type>",
    "<path:rest>": "<rest>",
    "<category_slug>": "<category>",
    "<article_slug>": "<article>",
    "<int:ticket_id>": "<ticket>",
    "<int:page>": "<page>",
    "<int:order_id>": "<order>",
    "<int:colleague_id>": "<colleague>",
    "<access_token>": "<token>",
}


@tagged("post_install", "-at_install")
class TestAccessMatrix(SupportHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_other_vendor()
        cls.companies = cls.company + cls.other_company
        cls.error_type.is_public = True
        fritz = cls._create_contact(cls.adler, "fritz")
        cls.users = {
            role: name and {"fritz": fritz}.get(name, getattr(cls, name, None))
            for role, name in ROLES.items()
        }
        cls.tickets = {
            owner: cls._create_ticket(
                cls.users[owner],
                name=f"SECRET of {owner}",
                company_id=cls.users[owner].company_id.id,
            )
            for owner in READERS
        }
        fritz.partner_id.write({"parent_id": cls.braun.id, "lang": "en_US"})
        cls.done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.companies.support_api_enabled = True
        cls.companies.support_security_contact = "security@vendor.example"
        # who reads which article: test_articles.py
        cls.article = cls._create_article("Open to everybody")

    # ---------------------------------------------------
    # Routes
    # ---------------------------------------------------

    def our_routes(self):
        """Return the routes whose function, or an override of it, is ours or OCA's."""
        folders = tuple(f"odoo.addons.{addon}." for addon in ADDONS)
        found = set()
        thread = threading.current_thread()
        with patch.object(thread, "dbname", self.cr.dbname, create=True):
            routing_map = self.env["ir.http"].routing_map()
        for rule in routing_map.iter_rules():
            function = rule.endpoint.func
            name = function.__name__
            classes = type(function.__self__).__mro__
            if any(
                name in c.__dict__
                and c.__module__.startswith(folders)
                and c.__module__ != NO_RULES
                for c in classes
            ):
                route = rule.rule
                for place, short in PLACES.items():
                    route = route.replace(place, short)
                found.add(route)
        return found

    def test_every_route_is_in_the_table(self):
        self.assertEqual(self.our_routes(), set(ROUTES))

    def enter(self, role):
        """Begin a session, as long as even uncovered people get one."""
        user = self.users[role]
        self.website = self.other_website if role == "elsewhere" else None
        self.logout_session()
        self.companies.support_policy = "open"
        self.authenticate(user and user.login, user and user.login)
        self.companies.support_policy = "contract"

    def answer(self, role, method, url, ticket):
        """Return in a word what a route answers."""
        self.enter(role)
        data = None
        if method == "POST":
            data = {
                "csrf_token": http.Request.csrf_token(self),
                "body": f"Posted by {role}",
                "ticket_id": ticket.id,
                "stage_id": self.done.id,
            }
        response = self.url_open(url, data=data, method=method, allow_redirects=False)
        if response.status_code == 200 and "SECRET" in response.text:
            self.assertTrue(self.seen_by(role, response.text), (role, url))
        return self.word_for(response)

    def seen_by(self, role, text):
        """Tell whether a page names no ticket but those that the role may read."""
        return all(
            role in readers
            for owner, readers in READERS.items()
            if f"SECRET of {owner}" in text
        )

    def word_for(self, response):
        if response.status_code in (301, 302, 303):
            place = response.headers["Location"].partition("?")[0]
            place = place.partition("#")[0].removeprefix(self.base_url())
            if place.startswith("/my/ticket/"):
                return "ticket"
            if place.startswith("/support/kb/article/"):
                return "article"
            if place.startswith("/support/ticket/new/"):
                return "form"
            return {
                "/web/login": "login",
                "/support/refused": "refused",
                "/support/ticket/new": "overview",
                "/my": "home",
                "/my/colleagues": "colleagues",
            }.get(place, place)
        words = {200: "page", 422: "errors"}
        return words.get(response.status_code, str(response.status_code))

    def expected(self, answers, role, owner):
        if role in answers:
            return answers[role]
        if "reader" in answers and role in READERS[owner]:
            return answers["reader"]
        return answers["all"]

    def open_again(self, ticket):
        """Undo what the right people did to the ticket."""
        ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_new")
        ticket.message_ids.filtered(lambda m: "Posted by" in (m.body or "")).unlink()
        self.gesa.partner_id.support_switched_off = False

    def test_every_route_answers_every_role_as_the_table_says(self):
        slug = self.env["ir.http"]._slug(self.error_type)
        article = self.env["ir.http"]._slug(self.article)
        category = self.env["ir.http"]._slug(self.article.category_id)
        for route, by_method in ROUTES.items():
            on_ticket = "<ticket>" in route or route == "/ticket/close"
            owners = READERS if on_ticket else ["contact"]
            for method, answers in zip(("GET", "POST"), by_method, strict=True):
                for owner in owners if answers else []:
                    ticket = self.tickets[owner]
                    token = ticket._portal_ensure_token()
                    url = route.replace("<type>", slug).replace("<page>", "1")
                    url = url.replace("<ticket>", str(ticket.id)).replace(
                        "<token>", token
                    )
                    url = url.replace("<colleague>", str(self.gesa.partner_id.id))
                    url = url.replace("<action>", "switch_off")
                    url = url.replace("<category>", category).replace(
                        "<article>", article
                    )
                    for role in ROLES:
                        with self.subTest(
                            route=route, method=method, of=owner, role=role
                        ):
                            answer = self.answer(role, method, url, ticket)
                            self.assertEqual(
                                answer, self.expected(answers, role, owner)
                            )
                            self.assertEffect(method, route, ticket, role, owner)
                            self.open_again(ticket)

    def assertEffect(self, method, route, ticket, role, owner):
        """A ticket changed if, and only if, the role may change it by this request."""
        may = method == "POST" and role in READERS[owner]
        closes = route in ("/ticket/close", "/my/ticket/<ticket>/close")
        self.assertEqual(ticket.closed, may and closes)
        posted = f"Posted by {role}" in str(ticket.message_ids.mapped("body"))
        self.assertEqual(posted, may and route.endswith("/reply"))
        on_colleague = method == "POST" and route.endswith("/<action>")
        is_off = self.gesa.partner_id.support_switched_off
        self.assertEqual(is_off, on_colleague and role == "administrator")

    # ---------------------------------------------------
    # States of a ticket
    # ---------------------------------------------------

    def answers_of(self, user, ticket):
        """Return what the routes of one ticket answer to somebody, by what is posted.

        Odoo's own routes to post and to upload are among them.
        """
        page = self.open_as(user, "/support")
        answers = {}
        for action in ("reply", "participants", "edit", "close", "reopen", "leave"):
            values = {"body": "POSTED", "reason": "POSTED", "addresses": "x@x.example"}
            response = self.post(
                f"/my/ticket/{ticket.id}/{action}",
                values,
                page=page,
                allow_redirects=False,
            )
            answers[action] = self.word_for(response)
        params = {
            "thread_model": "helpdesk.ticket",
            "thread_id": ticket.id,
            "post_data": {"body": "POSTED", "message_type": "comment"},
        }
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request("/mail/message/post", params)
        with mute_logger("odoo.http", "odoo.addons.mail.controllers.attachment"):
            response = self.post(
                "/mail/attachment/upload",
                {"thread_model": "helpdesk.ticket", "thread_id": ticket.id},
                page=page,
                files=[("ufile", ("x.txt", b"POSTED"))],
            )
        self.assertIn(response.status_code, (400, 403, 404))
        return answers

    def assertNothingPosted(self, ticket):
        bodies = ticket.message_ids.filtered(
            lambda message: "POSTED" in (message.body or "")
        )
        self.assertFalse(bodies)
        self.assertFalse(
            self.env["ir.attachment"].search_count(
                [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)]
            )
        )

    def test_a_closed_ticket_takes_nothing_but_reopening(self):
        self.ticket = self.tickets["contact"]
        self.ticket.stage_id = self.done
        self.env.flush_all()
        self.ticket.status_since = "2020-01-01"
        answers = self.answers_of(self.ben, self.ticket)
        self.assertEqual(set(answers.values()), {"errors"}, answers)
        self.assertTrue(self.ticket.closed)
        self.assertNothingPosted(self.ticket)

    def test_tickets_of_others_take_nothing(self):
        ticket = self.tickets["contact"]
        for user in (self.gesa, self.emil, self.erna):
            answers = self.answers_of(user, ticket)
            self.assertEqual(set(answers.values()), {"home"}, (user.login, answers))
            self.assertNothingPosted(ticket)

    def test_whoever_was_removed_a_second_ago_is_a_stranger(self):
        ticket = self.tickets["contact"]
        for user in (self.gesa, self.emil):
            ticket.message_subscribe(user.partner_id.ids)
            page = self.open_as(user, f"/my/ticket/{ticket.id}")
            self.assertIn("SECRET of contact", page.text)
            ticket.message_unsubscribe(user.partner_id.ids)
            answers = self.answers_of(user, ticket)
            self.assertEqual(set(answers.values()), {"home"}, (user.login, answers))
            self.assertNothingPosted(ticket)

    # ---------------------------------------------------
    # Records
    # ---------------------------------------------------

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.models")
    def test_every_role_reads_its_tickets_and_changes_none(self):
        public = self.env.ref("base.public_user")
        for role, user in self.users.items():
            for owner, ticket in self.tickets.items():
                mine = ticket.with_user(user or public)
                rights = {
                    "read": role in READERS[owner],
                    "write": role == "staff" and role in READERS[owner],
                    "create": role == "staff" and role in READERS[owner],
                    "unlink": False,
                }
                for operation, right in rights.items():
                    with self.subTest(role=role, of=owner, operation=operation):
                        self.assertEqual(mine.has_access(operation), right)

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.models")
    def test_every_role_finds_what_it_may_read(self):
        everything = sum(self.tickets.values(), self.env["helpdesk.ticket"])
        for role, user in self.users.items():
            if not user:
                continue
            with self.subTest(role=role):
                found = (
                    self.env["helpdesk.ticket"]
                    .with_user(user)
                    .search([("id", "in", everything.ids)])
                )
                expected = {
                    self.tickets[o].id for o, who in READERS.items() if role in who
                }
                self.assertEqual(set(found.ids), expected)

    def test_every_door_is_closed_after_the_contract_ended(self):
        """Also those of Odoo that lead to tickets."""
        ticket = self.tickets["uncovered"]
        for url in (f"/mail/view?model=helpdesk.ticket&res_id={ticket.id}", "/my"):
            self.enter("uncovered")
            response = self.url_open(url)
            self.assertTrue(response.url.endswith("/support/refused"))
            self.assertNotIn("SECRET", response.text)
