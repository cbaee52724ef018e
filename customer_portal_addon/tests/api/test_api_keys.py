from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.api import support_api_key
from ...tools.api import api_key
from ..common import SupportCase
from .api_common import ApiCase, ApiData


@tagged("post_install", "-at_install")
class TestApiKeys(ApiData, SupportCase):
    """Making, keeping and revoking keys."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_keys()
        cls.keys = cls.env["support.api.key"]

    def authenticate(self, secret):
        return self.keys._authenticate(secret)

    def make(self, user, partner, **vals):
        """Make a key as staff do; return the secret that is shown."""
        wizard = self.env["support.api.key.wizard"].with_user(user)
        wizard = wizard.create({"name": "Shop", "partner_id": partner.id, **vals})
        return wizard._make()["context"]["default_key"]

    # ---------------------------------------------------
    # The key itself
    # ---------------------------------------------------

    def test_a_key_is_random_and_only_its_digest_is_kept(self):
        self.assertEqual(len({api_key.make() for _number in range(50)}), 50)
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT key_hash, prefix, to_jsonb(k)::text FROM support_api_key k"
            " WHERE id = %s",
            [self.ben_key.id],
        )
        [[digest, prefix, row]] = self.env.cr.fetchall()
        secret = self.ben_secret.removeprefix(f"support_{prefix}_")
        self.assertEqual(len(secret), 43)  # 256 bits
        self.assertNotIn(secret, row)
        self.assertEqual(digest, api_key.digest(self.ben_secret))

    def test_what_is_no_key_finds_nobody(self):
        for wrong in (
            "",
            "support_",
            self.ben_secret[:-1],
            self.ben_secret + "x",
            self.ben_secret[:-1] + ("a" if self.ben_secret[-1] != "a" else "b"),
            self.ben_secret.upper(),
            self.ben_key.prefix,
            self.ben_key.key_hash,
            "ä" * 60,
            "a\x00b",
        ):
            self.assertFalse(self.authenticate(wrong), wrong)
        self.assertEqual(self.authenticate(self.ben_secret), self.ben_key)

    def test_secrets_are_compared_in_constant_time(self):
        """Also when nobody has the public part: the comparison is made all the same."""
        calls = []

        def consteq(first, second):
            calls.append((first, second))
            return first == second

        self.startPatcher(patch.object(support_api_key, "consteq", consteq))
        self.authenticate(self.ben_secret)
        self.authenticate(api_key.make())
        self.authenticate("nonsense")
        self.assertEqual(len(calls), 3)

    def test_bearer(self):
        for header, key in (
            ("Bearer abc", "abc"),
            ("bearer  abc ", "abc"),
            ("Basic abc", ""),
            ("abc", ""),
            ("", ""),
            (None, ""),
        ):
            self.assertEqual(api_key.bearer(header), key)

    # ---------------------------------------------------
    # When it is worth nothing
    # ---------------------------------------------------

    def test_expiry_is_the_end_of_the_last_day(self):
        today = self.company._get_support_today()
        for days, is_valid in ((1, True), (0, True), (-1, False)):
            self.ben_key.date_end = today + timedelta(days=days)
            self.assertEqual(bool(self.authenticate(self.ben_secret)), is_valid)
            state = "valid" if is_valid else "expired"
            self.assertEqual(self.ben_key.state, state)
            self.assertIn(self.ben_key, self.keys.search([("state", "=", state)]))
            others = [("state", "!=", state)]
            self.assertNotIn(self.ben_key, self.keys.search(others))

    def test_a_revoked_key(self):
        self.ben_key.with_user(self.agent).action_revoke()
        self.assertFalse(self.authenticate(self.ben_secret))
        self.assertEqual(self.ben_key.state, "revoked")
        self.assertEqual(self.ben_key.revoked_by_id, self.agent)
        self.assertEqual(self.ben_key.revoked_at, fields.Datetime.now())

    def test_the_key_of_a_contact_who_has_moved(self):
        self.ben.partner_id.parent_id = self.braun
        self.assertFalse(self.authenticate(self.ben_secret))

    def test_the_key_of_a_contact_whose_login_was_archived(self):
        self.ben.action_archive()
        self.assertFalse(self.authenticate(self.ben_secret))

    def test_a_contact_without_login_may_have_one(self):
        nora = self.env["res.partner"].create(
            {"name": "Nora", "parent_id": self.adler.id}
        )
        _key, secret = self._issue(nora)
        self.assertTrue(self.authenticate(secret))

    def test_the_last_use_is_noted_now_and_then(self):
        self.assertFalse(self.keys._is_use_noted(self.ben_secret))
        self.authenticate(self.ben_secret)._note_use()
        now = fields.Datetime.now()
        self.assertEqual(self.ben_key.last_used_at, now)
        self.assertTrue(self.keys._is_use_noted(self.ben_secret))
        for minutes, is_noted in ((4, True), (6, False)):
            before = now - timedelta(minutes=minutes)
            self.ben_key.last_used_at = before
            self.env.flush_all()
            self.authenticate(self.ben_secret)._note_use()
            self.assertEqual(self.ben_key.last_used_at, before if is_noted else now)

    # ---------------------------------------------------
    # Staff
    # ---------------------------------------------------

    def test_staff_make_keys_for_customers_and_contacts(self):
        for partner in (self.adler, self.ben.partner_id):
            key = self.authenticate(
                self.make(self.agent, partner, date_end="2026-12-31")
            )
            self.assertEqual(key.partner_id, partner)
            self.assertEqual(key.customer_id, self.adler)
            self.assertEqual(key.is_customer_key, partner == self.adler)
            self.assertEqual(key.create_uid, self.agent)
            self.assertEqual(str(key.date_end), "2026-12-31")

    def test_the_button_asks_for_the_password(self):
        """As Odoo asks before its own keys: see ``check_identity``."""
        action = self.env["support.api.key.wizard"].action_make
        self.assertTrue(getattr(action, "__has_check_identity", False))

    def test_nobody_of_ours_gets_a_key(self):
        address = self.env["res.partner"].create(
            {"name": "Ramp", "type": "delivery", "parent_id": self.adler.id}
        )
        own = self.company.partner_id
        for partner in (self.agent.partner_id, own, address):
            with self.assertRaises(UserError):
                self.make(self.agent, partner)
        with self.assertRaises(ValidationError):
            self.make(self.agent, self.adler, can_file=False, can_read=False)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_who_else_makes_or_changes_keys(self):
        """Over RPC, too: neither whose a key is nor its secret can be written."""
        helper = new_test_user(
            self.env, "own", groups="helpdesk_mgmt.group_helpdesk_user_own"
        )
        key = self.ben_key
        for user in (self.ben, self.anna, helper, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                key.with_user(user).write({"name": "Mine"})
            with self.assertRaises(AccessError):
                key.with_user(user).action_revoke()
            with self.assertRaises(AccessError):
                self.make(user, self.adler)
        admin = self.env.ref("base.user_admin")
        admin.group_ids = [
            Command.link(self.env.ref("helpdesk_mgmt.group_helpdesk_manager").id)
        ]
        for user in (self.agent, admin):
            mine = key.with_user(user)
            mine.name = "Shop"
            for vals in (
                {"key_hash": api_key.digest("x")},
                {"prefix": "0"},
                {"partner_id": self.emil.partner_id.id},
                {"customer_id": self.braun.id},
                {"is_customer_key": True},
                {"revoked_at": False},
                {"last_used_at": False},
                {"company_id": self.company.id},
            ):
                with self.assertRaises(AccessError):
                    mine.write(vals)
            with self.assertRaises(AccessError):
                mine.copy()
            with self.assertRaises(AccessError):
                self.keys.with_user(user).create(
                    {"name": "x", "partner_id": self.adler.id}
                )
            with self.assertRaises(AccessError):
                mine.read(["key_hash"])
            with self.assertRaises(AccessError):
                self.keys.with_user(user).search([("key_hash", "like", "a")])
            self.assertNotIn("key_hash", mine.read()[0])
            self.assertNotIn("key_hash", mine.fields_get())

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_customers_read_no_keys_over_rpc(self):
        for user in (self.ben, self.anna):
            with self.assertRaises(AccessError):
                self.ben_key.with_user(user).read(["name"])

    def test_a_partner_shows_its_keys(self):
        """A company shows those of its contacts as well."""
        for partner, keys in (
            (self.adler, self.adler_key | self.ben_key),
            (self.ben.partner_id, self.ben_key),
        ):
            partner = partner.with_user(self.agent)
            self.assertEqual(partner.support_api_key_count, len(keys))
            domain = partner.action_open_api_keys()["domain"]
            self.assertEqual(self.keys.search(domain), keys.sorted("id", reverse=True))


@tagged("post_install", "-at_install")
class TestApiKeysHttp(ApiCase):
    """The security page of the portal."""

    def open_page(self, user):
        return self.open_as(user, "/my/security")

    def make(self, user, password=None, **values):
        page = self.open_page(user)
        values = {"name": "Laptop", "can_file": "1", "can_read": "1", **values}
        values["password"] = user.login if password is None else password
        return self.post("/my/security/support-keys", values, page=page)

    def secret_in(self, page):
        [found] = self.find(page, "//*[@id='support_key_new']")
        return found.text

    def own_keys(self, user):
        domain = [("partner_id", "=", user.partner_id.id)]
        return self.env["support.api.key"].search(domain)

    def test_a_contact_makes_a_key_that_works(self):
        response = self.make(self.gesa, date_end="2999-01-01")
        self.assertEqual(response.status_code, 200, response.text)
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        secret = self.secret_in(response)
        key = self.own_keys(self.gesa)
        self.assertEqual(key.name, "Laptop")
        self.assertEqual(key.customer_id, self.adler)
        self.assertFalse(key.is_customer_key)
        self.assertEqual(self.file(secret).status_code, 201)
        self.assertEqual(self._filed().partner_id, self.gesa.partner_id)
        page = self.open_page(self.gesa)
        self.assertIn("Laptop", self.text_of(page, "keys"))
        self.assertNotIn(secret, page.text)

    @mute_logger("odoo.addons.base.models.res_users")
    def test_each_mistake_stands_at_its_input(self):
        for values, name in (
            ({"password": "wrong"}, "password"),
            ({"password": ""}, "password"),
            ({"name": ""}, "name"),
            ({"name": "x" * 81}, "name"),
            ({"date_end": "2020-01-01"}, "date_end"),
            ({"date_end": "nonsense"}, "date_end"),
        ):
            response = self.make(self.gesa, **values)
            self.assertEqual(response.status_code, 422, values)
            errors = self.find(response, "//*[@class='invalid-feedback']/@id")
            self.assertIn(f"support_key_{name}_error", errors)
        response = self.make(self.gesa, can_file="", can_read="")
        self.assertEqual(response.status_code, 422)
        self.assertFalse(self.own_keys(self.gesa))

    def test_no_more_than_ten(self):
        for _number in range(10):
            self._issue(self.gesa.partner_id)
        self.assertEqual(self.make(self.gesa).status_code, 422)
        self.own_keys(self.gesa)[0]._revoke()
        self.assertEqual(self.make(self.gesa).status_code, 200)

    def test_posted_values_that_are_none_of_ours_are_ignored(self):
        self.make(
            self.gesa,
            partner_id=str(self.adler.id),
            is_customer_key="1",
            company_id="7",
            key_hash="x",
        )
        key = self.own_keys(self.gesa)
        self.assertEqual(key.partner_id, self.gesa.partner_id)
        self.assertFalse(key.is_customer_key)

    def revoke(self, user, key):
        page = self.open_page(user)
        values = {"key_id": str(key.id)}
        self.post("/my/security/support-keys/revoke", values, page=page)
        key.invalidate_recordset()
        return bool(key.revoked_at)

    def test_who_revokes_which_key(self):
        for user, key, may in (
            (self.gesa, self.ben_key, False),
            (self.anna, self.ben_key, False),  # a colleague's own
            (self.emil, self.ben_key, False),
            (self.ben, self.adler_key, False),
            (self.erna, self.adler_key, False),
            (self.ben, self.ben_key, True),
            (self.anna, self.adler_key, True),
        ):
            with self.subTest(user=user.login, key=key.name):
                self.assertEqual(self.revoke(user, key), may)

    @mute_logger("odoo.http")
    def test_forms_need_their_token_and_a_post(self):
        self.open_page(self.ben)
        for path in ("", "/revoke"):
            url = f"/my/security/support-keys{path}"
            data = {"key_id": str(self.ben_key.id), "csrf_token": "x"}
            self.assertEqual(self.url_open(url, data=data).status_code, 400)
            self.assertEqual(self.url_open(url).status_code, 405)
        self.assertFalse(self.ben_key.revoked_at)

    def test_nothing_is_offered_while_it_is_switched_off(self):
        self.company.support_api_enabled = False
        page = self.open_page(self.ben)
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("support-keys", page.text)
        self.assertNotIn("support-keys", self.open_page(self.agent).text)
