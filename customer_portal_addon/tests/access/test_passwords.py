"""Which passwords are taken, by whichever way they are set, and what a new one ends."""

import re
from datetime import datetime, timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ... import hooks
from ...tools.web.passwords import is_easy
from ..doors.door_common import DoorCase

GOOD = "vier Pferde im Regen"
SHORT = "Kx7-qz!p"
EASY = "passwort2026passwort"


@tagged("post_install", "-at_install")
class TestPasswords(DoorCase):
    def test_easy_ones(self):
        words = ["ben@adler.example", "Ben Adler", "Muster & Söhne GmbH", "support"]
        for password in (
            "123456789012",
            "aaaaaaaaaaaaa",
            "abababababab",
            "abcdefghijkl",
            "lkjihgfedcba",
            "qwertzuiopas",
            "Password1234!",
            "P@ssw0rd12345",
            "PasswortPasswort",
            "support2026!!",
            "ben@adler.example",
            "BenAdler2026!",
            "adlerben12345",
            "Willkommen2026",
            "Söhne-2026-2026",
        ):
            self.assertTrue(is_easy(password, words), password)
        for password in (
            GOOD,
            "Kx7-qz!p-44-Lm",
            "correct horse battery",
            "9f8e7d6c5b4a",
        ):
            self.assertFalse(is_easy(password, words), password)

    def test_every_way_to_set_one(self):
        self.env["ir.config_parameter"].set_param(hooks.MIN_LENGTH, "12")
        ben = self.ben.with_user(self.ben)
        admin = self.env.ref("base.user_admin")
        self.ben.partner_id.signup_prepare(signup_type="reset")

        def wizard(password):
            line = {"user_id": self.ben.id, "new_passwd": password}
            wizard = self.env["change.password.wizard"].with_user(admin)
            wizard.create({"user_ids": [(0, 0, line)]}).change_password_button()

        def sign_up(password):
            token = self.ben.partner_id._generate_signup_token()
            public = self.env.ref("base.public_user")
            users_sudo = self.env["res.users"].with_user(public).sudo()
            users_sudo.signup({"password": password}, token)

        ways = {
            "own": lambda word: ben.change_password(self.ben.login, word),
            "install_mode": lambda word: ben.with_context(
                install_mode=True
            ).change_password(self.ben.login, word),
            "write": lambda word: self.ben.with_user(admin).write({"password": word}),
            "wizard": wizard,
            "link": sign_up,
        }
        for name, set_password in ways.items():
            for word in ("a", SHORT, EASY, self.ben.login):
                with self.subTest(way=name, word=word), self.undone():
                    with self.assertRaises(UserError):
                        set_password(word)
            with self.subTest(way=name), self.undone():
                set_password(GOOD)

    def test_the_rule_is_said_beside_the_field(self):
        self.env["ir.config_parameter"].set_param(hooks.MIN_LENGTH, "12")
        self.ben.partner_id.signup_prepare(signup_type="reset")
        token = self.ben.partner_id._generate_signup_token()
        for url in (f"/web/signup?token={token}", f"/web/reset_password?token={token}"):
            page = self.url_open(url)
            self.assertIn("At least 12 characters", self.text_of(page, "password_rule"))
        page = self.open_as(self.ben, "/my/security")
        self.assertIn("At least 12 characters", self.text_of(page, "password_rule"))
        values = {"old": self.ben.login, "new1": EASY, "new2": EASY}
        page = self.post("/my/security", values, page=page)
        [field] = self.find(page, "//input[@name='new1']")
        self.assertIn("is-invalid", field.get("class"))
        self.assertTrue(re.search("easy to guess", page.text))

    def test_length_that_somebody_chose_stays(self):
        params = self.env["ir.config_parameter"]
        for chosen in ("0", "10", "16"):
            params.set_param(hooks.MIN_LENGTH, chosen)
            hooks.replace_password_length(self.env, "8", "12")
            self.assertEqual(params.get_param(hooks.MIN_LENGTH), chosen)
        params.set_param(hooks.MIN_LENGTH, "8")
        hooks.replace_password_length(self.env, "8", "12")
        self.assertEqual(params.get_param(hooks.MIN_LENGTH), "12")
        hooks.replace_password_length(self.env, "12", "8")
        self.assertEqual(params.get_param(hooks.MIN_LENGTH), "8")

    def test_a_new_password_ends_what_the_old_one_opened(self):
        ben = self.ben.with_user(self.ben)
        keys = self.env["support.api.key"]
        own, _key = keys._issue(self.ben.partner_id, self.company, {"name": "Own"})
        shared, _key = keys._issue(self.adler, self.company, {"name": "Shared"})
        platform = self.env["res.users.apikeys"]
        devices = self.env["auth_totp.device"]
        for model in (platform, devices):
            for user in (self.ben, self.clara):
                user_sudo = model.with_user(user).sudo()
                user_sudo._generate("rpc", "A key", datetime.now() + timedelta(days=1))
        self.authenticate(self.ben.login, self.ben.login)
        self.env["mail.mail"].search([]).unlink()
        ben.change_password(self.ben.login, GOOD)
        self.assertTrue(own.revoked_at)
        self.assertFalse(shared.revoked_at)
        for model in (platform, devices):
            self.assertFalse(model.search([("user_id", "=", self.ben.id)]))
            self.assertTrue(model.search([("user_id", "=", self.clara.id)]))
        self.assertIn("/web/login", self.url_open("/my/tickets").url)
        subjects = self.env["mail.mail"].search([]).mapped("subject")
        self.assertIn("Security Update: Password Changed", subjects)
