"""Nobody outside gets by RPC what isn't theirs: every model, every public method.

The doors of RPC lead to one function, ``call_kw``; the walk goes in there. What each
method may do is judged in ``door_table.py`` and ``door_table_refused.py``.
"""

import threading
from unittest.mock import patch

from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import SupportCase
from .door_data import CANARY, DoorData
from .door_reads import DoorReads
from .door_table import ANSWERS, CONTEXT_KEYS, WRITES
from .door_table_refused import REFUSED
from .door_walker import CONTEXT, DoorWalker, context_keys, public_methods

UNJUDGED = """
These methods can be called from outside and nobody has judged them:
    {methods}
Read what each does when a customer calls it with anything. Then add its name below
the model that defines it: to REFUSED (door_table_refused.py) when it only raises, to
ANSWERS (door_table.py) when it gives what the caller may read anyway, to WRITES when it
changes records of the caller. Otherwise begin its name with an underscore, or give it
@api.private.
"""
MUTED = (
    "odoo.sql_db",
    "odoo.models",
    "odoo.addons.base.models.ir_module",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.html_editor.models.ir_ui_view",
    "odoo.addons.mail.models.mail_thread",
    "odoo.addons.partner_autocomplete.models.res_partner",
    "odoo.addons.website.models.website",
)
GONE = "These are judged, but there are no such methods: {methods}"


@tagged("post_install", "-at_install")
class TestGenericDoors(DoorData, DoorReads, DoorWalker, SupportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_door_data()
        cls.public = cls.env.ref("base.public_user")
        cls.methods = public_methods(cls.registry)
        cls.reachable = {
            model
            for model in cls.registry
            if any(
                cls.env[model].with_user(user).has_access(operation)
                for user in (cls.ben, cls.public)
                for operation in ("read", "write", "create", "unlink")
            )
        }

        # without rights for groups, but with a check of its own
        cls.reachable.add("ir.attachment")

    def setUp(self):
        super().setUp()
        # as in a thread of the server: Odoo asks there for the routes
        thread = threading.current_thread()
        self.startPatcher(patch.object(thread, "dbname", self.cr.dbname, create=True))
        self._begin()

    # ---------------------------------------------------
    # The tables
    # ---------------------------------------------------

    def test_every_public_method_is_judged(self):
        judged = [*REFUSED, *ANSWERS, *WRITES]
        self.assertEqual(len(judged), len(set(judged)), "judged twice")
        names = {".".join(method) for method in self.methods}
        unjudged = sorted(names - set(judged))
        self.assertFalse(unjudged, UNJUDGED.format(methods="\n    ".join(unjudged)))
        gone = sorted(set(judged) - names)
        self.assertFalse(gone, GONE.format(methods=", ".join(gone)))

    def test_every_key_of_the_context_is_judged(self):
        """A remote caller passes any context: none of our keys opens anything."""
        self.assertEqual(context_keys(), set(CONTEXT_KEYS))

    # ---------------------------------------------------
    # Every method
    # ---------------------------------------------------

    @mute_logger(*MUTED)
    def test_every_method_does_what_it_is_judged_to(self):
        wrong = set()
        for (definer, name), models in self.methods.items():
            method = f"{definer}.{name}"
            walked = [model for model in models if model in self.reachable]
            for model in walked or models[:2]:
                for user in self.callers(model):
                    for args, kwargs in self.calls(model, name):
                        outcome = self.call(user, model, name, args, kwargs)
                        wrong |= self.faults(method, model, user, outcome)
        self.assertFalse(wrong, "\n".join(sorted(wrong)))

    def callers(self, model):
        return (self.ben, self.public) if model in self.reachable else (self.ben,)

    def calls(self, model, name):
        """Yield arguments, for records of every owner where there are any."""
        is_on_model = getattr(getattr(self.registry[model], name), "_api_model", False)
        for ids in list(self.records_of(model).values())[: 1 if is_on_model else None]:
            yield from self.shapes(model, name, ids)

    def faults(self, method, model, user, outcome):
        """Return what is wrong with what came of a call, in words."""
        what = f"{method} of {model} as {user.login}"
        found = set()
        if outcome.canaries:
            found.add(f"{what}: tells {', '.join(sorted(outcome.canaries))}")
        if outcome.mails:
            found.add(f"{what}: sends mail")
        allowed = WRITES.get(method, ())
        for action, table, row in outcome.changes:
            if table not in allowed or not self.is_own(user, table, row):
                found.add(f"{what}: {action} {table}")
        is_answer = outcome.error is None and outcome.result not in (None, False, [])
        if method in REFUSED and is_answer:
            found.add(f"{what}: is judged as refused, but answers")
        return found

    def is_own(self, user, table, row):
        """Tell whether a changed row is the caller's; new ones have no id here."""
        own = {
            "res_users": user.ids,
            "res_partner": user.partner_id.ids,
            "sale_order": self.orders["own"].ids,
        }
        return row is None or table not in own or row in own[table]

    # ---------------------------------------------------
    # Models without any right, contexts
    # ---------------------------------------------------

    @mute_logger(*MUTED)
    def test_models_without_a_right_answer_nothing(self):
        answered = set()
        for model in sorted(set(self.registry) - self.reachable):
            if self.env[model]._abstract:
                continue
            ids = next(iter(self.records_of(model).values()))
            for name, args in (
                ("read", [ids]),
                ("search_read", [[]]),
                ("web_search_read", [[], {"id": {}}]),
                ("formatted_read_group", [[], [], ["__count"]]),
                ("create", [{}]),
                ("write", [ids, {"id": ids[0]}]),
                ("unlink", [ids]),
                ("copy", [ids]),
            ):
                outcome = self.call(self.ben, model, name, args)
                if outcome.error is None:
                    answered.add(f"{model}.{name}")
        self.assertFalse(answered)

    @mute_logger(*MUTED)
    def test_no_context_opens_anything(self):
        wrong = set()
        context = {**CONTEXT, **dict.fromkeys(CONTEXT_KEYS, 1)}
        context |= {"default_partner_id": self.emil.partner_id.id}
        for model in sorted(self.reachable):
            for name in ("read", "search_read", "write", "create", "unlink"):
                for args, kwargs in self.calls(model, name):
                    outcome = self.call(self.ben, model, name, args, kwargs, context)
                    wrong |= self.faults(f"BaseModel.{name}", model, self.ben, outcome)
        self.assertFalse(wrong, "\n".join(sorted(wrong)))

    # ---------------------------------------------------
    # Reading, in every way that there is
    # ---------------------------------------------------

    @mute_logger(*MUTED)
    def test_no_way_of_reading_tells_a_canary(self):
        wrong = set()
        for model in sorted(self.reachable):
            for user in (self.ben, self.anna, self.public):
                for name, args, kwargs in self.reads(user, model):
                    outcome = self.call(user, model, name, args, kwargs)
                    for canary in outcome.canaries:
                        wrong.add(
                            f"{model}.{name} {args} as {user.login}: {canary}"
                            f" {self.who_tells(outcome.result)}"
                        )
        self.assertFalse(wrong, "\n".join(sorted(wrong)))

    @mute_logger(*MUTED)
    def test_no_search_tells_where_a_canary_is(self):
        wrong = set()
        for model in sorted(self.reachable):
            for user in (self.ben, self.public):
                for paths in self.searches(user, model):
                    domains = (
                        Domain.OR(Domain(path, "ilike", word) for path in paths)
                        for word in (CANARY, "nowhere to be found")
                    )
                    found = [
                        self.call(
                            user,
                            model,
                            "search",
                            [list(domain)],
                            context={"active_test": False},
                        ).result
                        for domain in domains
                    ]
                    if user == self.ben and model == "support.article":
                        found[0] = [
                            id_
                            for id_ in found[0] or ()
                            if id_ != self.articles["customers"].id
                        ]
                    if (found[0] or []) != (found[1] or []):
                        wrong.add(f"{model} {paths} as {user.login}: {found[0]}")
        self.assertFalse(wrong, "\n".join(sorted(wrong)))

    def who_tells(self, result):
        """Return the fields in which the canaries of an answer are."""
        rows = result if isinstance(result, list) else (result or {}).get("records", [])
        return sorted(
            {
                field
                for row in rows
                if isinstance(row, dict)
                for field, value in row.items()
                if f"{CANARY}-" in str(value) or f"{CANARY}@" in str(value)
            }
        )
