"""Guessing passwords: every door counts, and nobody is locked out by it."""

import json
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from passlib.handlers import pbkdf2

from odoo.exceptions import AccessDenied
from odoo.modules.migration import load_script
from odoo.modules.module import get_module_path
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.sql import table_exists

from ...exceptions import SupportLoginPaused
from ...models.access import support_login_count
from ...models.base.support_limit import Row
from ...tools.web import client
from ..doors.door_common import DoorCase
from ..http_common import SupportHttpCase

WRONG = "wrong password"
LOGGERS = (
    "odoo.http",
    "odoo.addons.rpc.controllers.jsonrpc",
    "odoo.addons.rpc.controllers.xmlrpc",
)


class LimitTools:
    def setUp(self):
        super().setUp()
        self.counts = self.env["support.login.count"]
        self.env["support.limit"].search([]).unlink()
        self.startPatcher(patch.object(client, "get", lambda: self.address))
        self.address = "203.0.113.1"
        params = self.env["ir.config_parameter"]
        params.set_param("base.login_cooldown_after", 5)

    def attempt(self, password=WRONG, login=None, kind="password"):
        """Try one login; return what it raised."""
        credential = {"type": kind, "login": login or self.ben.login}
        credential["password"] = password
        try:
            if kind == "totp":
                with self.counts._guard(credential["login"], kind, self.ben):
                    raise AccessDenied()
            self.env["res.users"]._login(credential, {"interactive": False})
        except AccessDenied as denial:
            return denial
        return None

    def miss(self, times=5, **kw):
        for _i in range(times):
            self.assertIs(type(self.attempt(**kw)), AccessDenied)

    def assertPaused(self, **kw):
        self.assertIsInstance(self.attempt(**kw), SupportLoginPaused)

    def age(self, **kw):
        """Let time pass for all that was counted."""
        delta = timedelta(**kw)
        self.env.cr.execute(
            "UPDATE support_limit SET started_at = started_at - %(delta)s,"
            " paused_until = paused_until - %(delta)s,"
            " kept_until = kept_until - %(delta)s",
            {"delta": delta},
        )
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestLoginCount(LimitTools, SupportHttpCase):
    def test_pauses_grow_and_end(self):
        self.miss(5)
        right = {"password": self.ben.login}
        self.assertPaused(**right)
        for minutes in (1, 2, 4, 8, 15, 15):
            self.age(seconds=minutes * 60 - 5)
            self.assertPaused(**right)
            self.age(seconds=6)
            self.miss(1)
        self.age(minutes=15, seconds=1)
        self.assertIsNone(self.attempt(**right))
        self.miss(4)  # all is forgiven

    def test_nobody_is_locked_out_from_elsewhere(self):
        """Whatever many networks do, the owner gets in from a new one at once."""
        for number in range(40):
            self.address = f"203.0.113.{number}"
            self.miss(1)
        self.address = "198.51.100.7"
        self.assertIsNone(self.attempt(password=self.ben.login))

    def test_under_attack_strange_networks_have_less(self):
        self.address = "198.51.100.7"
        self.assertIsNone(self.attempt(password=self.ben.login))
        for number in range(support_login_count.ATTACK):
            self.address = f"203.0.113.{number}"
            self.miss(1)
        self.address = "192.0.2.1"
        self.miss(support_login_count.FREE_UNDER_ATTACK)
        self.assertPaused()
        self.address = "198.51.100.7"  # where the owner is known
        self.miss(4)
        self.assertIsNone(self.attempt(password=self.ben.login))

    def test_many_networks_wait_together(self):
        self.address = "198.51.100.7"
        self.assertIsNone(self.attempt(password=self.ben.login))
        for number in range(support_login_count.ACCOUNT_LIMIT):
            self.address = f"203.0.113.{number}"
            self.miss(1)
        self.address = "192.0.2.1"
        self.assertPaused(password=self.ben.login)
        self.address = "198.51.100.7"  # where the owner is known
        self.assertIsNone(self.attempt(password=self.ben.login))
        self.address = "192.0.2.1"  # or where the link of a mail was followed
        self.counts._note_known(self.ben)
        self.assertIsNone(self.attempt(password=self.ben.login))

    def test_one_network_with_many_accounts(self):
        param = support_login_count.NETWORK_PARAM
        self.env["ir.config_parameter"].set_param(param, 10)
        self.assertIsNone(self.attempt(password=self.ben.login))  # known from now on
        for number in range(10):
            self.miss(1, login=f"nobody{number}@nowhere.example")
        self.assertPaused(login="somebody@nowhere.example")
        self.assertPaused(login=self.clara.login, password=self.clara.login)
        self.assertIsNone(self.attempt(password=self.ben.login))
        self.assertPaused(login=self.clara.login)  # the known one lifts no pause
        self.address = "198.51.100.7"
        self.miss(1, login="somebody@nowhere.example")

    def test_unknown_logins_wait_as_well(self):
        for login in ("nobody@nowhere.example", self.clara.login, self.ben.login):
            self.miss(5, login=login)
            denial = self.attempt(login=login)
            self.assertIn("wait a minute", denial.args[0])

    def test_a_hundred_at_once_have_no_more(self):
        """They are counted before they are looked at."""
        guards = []
        for _i in range(5):
            guard = self.counts._guard(self.ben.login, user=self.ben)
            guard.__enter__()
            guards.append(guard)
        self.assertPaused(password=self.ben.login)

    def test_right_password_of_the_refused_is_no_failure(self):
        for _i in range(8):
            denial = self.attempt(login=self.clara.login, password=self.clara.login)
            self.assertNotIsInstance(denial, SupportLoginPaused)

    def test_codes_are_not_forgiven_by_passwords(self):
        for _i in range(5):
            self.assertIs(type(self.attempt(kind="totp")), AccessDenied)
            self.assertIsNone(self.attempt(password=self.ben.login))
        self.assertPaused(kind="totp")

    def test_switched_off_by_odoos_parameter(self):
        self.env["ir.config_parameter"].set_param("base.login_cooldown_after", 0)
        self.miss(9)

    def test_cheap(self):
        login, counted = self.ben.login, []
        for _i in range(2):  # the first one reads the parameters
            before = self.env.cr.sql_log_count
            with self.assertRaises(AccessDenied):
                with self.counts._guard(login, user=self.ben):
                    raise AccessDenied()
            counted.append(self.env.cr.sql_log_count - before)
        # the lock, one look, one statement, and the savepoint of a test's cursor; and
        # the user's website, which a real login has read already
        self.assertLessEqual(counted[1], 7)

    def test_nothing_in_clear(self):
        self.miss(1, login="nobody@nowhere.example")
        self.env.cr.execute("SELECT * FROM support_limit")
        rows = str(self.env.cr.fetchall())
        self.assertNotIn("nobody", rows)
        self.assertNotIn(self.address, rows)

    def test_owner_is_told_once(self):
        for number in range(support_login_count.ATTACK):
            self.address = f"203.0.113.{number}"
            self.miss(1)
            self.miss(1, login="nobody@nowhere.example")
        self.env["mail.mail"].search([]).unlink()
        for _i in range(2):
            self.counts._cron_tell_owners()
        [mail] = self.env["mail.mail"].search([])
        self.assertIn("tries to log in as you", mail.subject)
        self.assertIn(self.ben.email, mail.email_to)
        self.assertIn("/my/security", mail.body_html)

    def test_owner_is_told_again_another_day(self):
        for _day in range(2):
            for number in range(support_login_count.ATTACK):
                self.address = f"203.0.113.{number}"
                self.miss(1)
            self.env["mail.mail"].search([]).unlink()
            for _i in range(2):
                self.counts._cron_tell_owners()
            self.assertEqual(len(self.env["mail.mail"].search([])), 1)
            self.age(hours=26)

    def test_upgrade_keeps_who_waits_and_who_is_known(self):
        """What 19.0.1.5.0 counted in a table of its own."""
        self.env.cr.execute(
            """
            CREATE TABLE support_login_count (
                key varchar, count int4, started_at timestamp, paused_until timestamp,
                known_at timestamp, owner int4, told_at timestamp)
            """
        )
        keys = self.counts._get_keys(self.ben.login, "password")
        long_ago = self.counts._get_keys(self.clara.login, "password")
        self.env.cr.execute(
            """
            INSERT INTO support_login_count
            VALUES (%(pair)s, 7, now(), now() + interval '10 hours', now(), NULL, NULL),
                   (%(account)s, 30, now(), NULL, NULL, %(user)s, now()),
                   (%(gone)s, 1, now() - interval '91 days', NULL,
                    now() - interval '91 days', NULL, NULL)
            """,
            {**keys._asdict(), "user": self.ben.id, "gone": long_ago.pair},
        )
        folder = f"{get_module_path('customer_portal_addon')}/migrations/19.0.1.6.0"
        script = load_script(f"{folder}/post-limits.py", "post_limits")
        for _i in range(2):  # once more does nothing
            script.migrate(self.env.cr, "19.0.1.5.0")
        rows = {row.key: row for row in self.env["support.limit"].search([])}
        told = f"{keys.account} told"
        self.assertEqual(set(rows), {keys.pair, keys.known, keys.account, told})
        self.assertEqual(rows[keys.account].owner, self.ben.id)
        self.assertGreater(rows[keys.known].kept_until, rows[keys.pair].kept_until)
        self.assertFalse(table_exists(self.env.cr, "support_login_count"))
        self.assertPaused(password=self.ben.login)

    def test_forgotten(self):
        self.miss(1)
        self.assertIsNone(self.attempt(login=self.ben.login, password=self.ben.login))
        self.age(days=2)
        limits = self.env["support.limit"]
        limits._gc_past()
        [known] = limits.search([])
        self.assertTrue(known.key.endswith("known"))
        self.age(days=90)
        limits._gc_past()
        self.assertFalse(limits.search([]))


@tagged("post_install", "-at_install")
class TestDoorsCount(LimitTools, DoorCase):
    """Each door: five wrong ones, then even the right one has to wait."""

    def setUp(self):
        super().setUp()
        # in a test a request that fails takes back what other cursors wrote meanwhile
        store = {}

        @contextmanager
        def look(keys):
            yield None, [store.get(key, Row()) for key in keys]

        def write(cr, rows):
            store.update(rows)

        model = type(self.env["support.limit"])
        self.startPatcher(patch.object(model, "_look", lambda limits, keys: look(keys)))
        self.startPatcher(patch.object(model, "_store", lambda limits, *a: write(*a)))
        self.store = store

    def rpc(self, service, method, *args):
        params = {"service": service, "method": method, "args": args}
        return self.json("/jsonrpc", params)

    def json(self, url, params):
        body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
        response = self.url_open(
            url,
            data=json.dumps(body),
            headers={"Content-Type": "application/json"},
        )
        return response.json().get("result")

    def call_kw(self, model, method, *args, **kw):
        params = {"model": model, "method": method, "args": args, "kwargs": kw}
        return self.json("/web/dataset/call_kw", params)

    def xmlrpc(self, service, method, *args):
        try:
            return getattr(getattr(self, f"xmlrpc_{service}"), method)(*args)
        except Exception:  # a fault
            return None

    # each returns whether the password was taken

    def door_web(self, user, password):
        return "/web/login" not in self.login(user, password=password).url

    def door_session(self, user, password):
        params = {"db": self.env.cr.dbname, "login": user.login, "password": password}
        result = self.json("/web/session/authenticate", params)
        self.logout_session()
        return bool(result)

    def door_xmlrpc_common(self, user, password):
        args = (self.env.cr.dbname, user.login, password, {})
        return bool(self.xmlrpc("common", "authenticate", *args))

    def door_xmlrpc_object(self, user, password):
        args = (
            self.env.cr.dbname,
            user.id,
            password,
            "res.users",
            "search_count",
            [[]],
        )
        return self.xmlrpc("object", "execute_kw", *args) is not None

    def door_jsonrpc_common(self, user, password):
        args = (self.env.cr.dbname, user.login, password)
        return bool(self.rpc("common", "login", *args))

    def door_jsonrpc_object(self, user, password):
        args = (self.env.cr.dbname, user.id, password, "res.users", "search_count", [])
        return self.rpc("object", "execute", *args) is not None

    def door_change_password(self, user, password):
        self.authenticate_session(user)
        new = f"{user.login} again"
        return self.call_kw("res.users", "change_password", password, new) is True

    def door_security_page(self, user, password):
        self.authenticate_session(user)
        page = self.url_open("/my/security")
        new = "a word that nobody has"
        values = {"old": password, "new1": new, "new2": new}
        page = self.post("/my/security", values, page=page)
        return bool(self.find(page, "//*[contains(@class, 'alert-success')]"))

    def door_identity_check(self, user, password):
        self.authenticate_session(user)
        vals = {"request": json.dumps([{}, "res.users", user.ids, "x", [], {}])}
        wizard = self.env["res.users.identitycheck"].with_user(user).sudo().create(vals)
        wizard = wizard.with_user(user).with_context(password=password)
        try:
            wizard._check_identity()
        except Exception:  # a UserError, whatever was wrong
            return False
        return True

    def door_deactivate(self, user, password):
        self.authenticate_session(user)
        page = self.url_open("/my/security")
        values = {"validation": user.login, "password": password}
        self.post("/my/deactivate_account", values, page=page)
        return not user.active

    def authenticate_session(self, user):
        """Begin a session; that the test logs in is not counted."""
        counted = dict(self.store)
        self.store.clear()
        self.authenticate(user.login, None)
        self.store.clear()
        self.store.update(counted)

    DOORS = (
        "web",
        "session",
        "xmlrpc_common",
        "xmlrpc_object",
        "jsonrpc_common",
        "jsonrpc_object",
        "change_password",
        "security_page",
        "identity_check",
        "deactivate",
    )

    def run_door(self, name, user, password):
        with mute_logger(*LOGGERS):
            taken = getattr(self, f"door_{name}")(user, password)
        self.env.invalidate_all()
        return taken

    def test_every_door(self):
        for name in self.DOORS:
            with self.subTest(door=name), self.undone():
                self.store.clear()
                for _i in range(5):
                    self.assertFalse(self.run_door(name, self.ben, WRONG))
                self.assertFalse(self.run_door(name, self.ben, self.ben.login))
                self.address = "198.51.100.7"  # they count for this network only
                self.assertTrue(self.run_door(name, self.ben, self.ben.login))
                self.address = "203.0.113.1"

    def test_doors_count_together(self):
        for name in self.DOORS[:5]:
            self.assertFalse(self.run_door(name, self.ben, WRONG))
        for name in self.DOORS:
            with self.subTest(door=name):
                self.assertFalse(self.run_door(name, self.ben, self.ben.login))

    def test_login_page_says_it(self):
        for user in (self.ben, self.clara):
            for _i in range(5):
                self.login(user, password=WRONG)
            page = self.login(user)
            [alert] = self.find(page, "//p[@role='alert']")
            self.assertIn("Please wait a minute", alert.text_content())

    @mute_logger(*LOGGERS)
    def test_remembered_credentials_cost_nothing(self):
        args = (self.env.cr.dbname, self.ben.id, self.ben.login)
        args += ("res.users", "search_count", [])
        self.rpc("object", "execute", *args)
        with patch.object(type(self.counts), "_reserve", side_effect=AssertionError):
            self.assertIsNotNone(self.rpc("object", "execute", *args))

    def test_same_work_at_every_door(self):
        """Known, without a password, archived, refused, unknown: one hash for each."""
        self.env["ir.config_parameter"].set_param("base.login_cooldown_after", 0)
        invited = self._create_contact(self.adler, "invited")
        self.env.cr.execute(
            "UPDATE res_users SET password = NULL WHERE id = %s", invited.ids
        )
        gone = self._create_contact(self.adler, "gone")
        gone.action_archive()
        unknown = SimpleNamespace(login="nobody@nowhere.example", id=987654321)
        people = [self.ben, self.clara, invited, gone, unknown, self.agent]
        work = []
        original = pbkdf2.pbkdf2_hmac

        def counted(*args, **kw):
            work.append(args)
            return original(*args, **kw)

        self.startPatcher(patch.object(pbkdf2, "pbkdf2_hmac", counted))
        for name in self.DOORS[:6]:
            for password in (WRONG, ""):
                counts = []
                for user in people:
                    work.clear()
                    self.assertFalse(self.run_door(name, user, password))
                    counts.append(len(work))
                with self.subTest(door=name, password=password):
                    self.assertEqual(len(set(counts)), 1, counts)
