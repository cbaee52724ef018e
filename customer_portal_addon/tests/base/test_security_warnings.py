"""The settings page says what is unsafe: each warning comes and goes."""

from unittest.mock import patch

from lxml import etree

from odoo.tests import TransactionCase, tagged
from odoo.tools import config

from ..common import SupportData

SAFE = {"list_db": False, "dev_mode": [], "proxy_mode": True}


@tagged("post_install", "-at_install")
class TestSecurityWarnings(SupportData, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_support_data()
        cls.check = cls.env["support.security.check"]
        cls.parameters = cls.env["ir.config_parameter"].sudo()
        cls.startClassPatcher(patch.dict(config.options, SAFE))
        cls.parameters.set_param("web.base.url", "https://portal.example")
        cls.parameters.set_param("recaptcha_public_key", "key")
        cls.env["ir.mail_server"].search([]).active = False
        cls.company.write(
            {
                "support_mail_server": "mx.vendor.example",
                "support_policy": "contract",
                "support_list_required": True,
                "support_filing": "everybody",
                "support_privacy_url": "/privacy",
                "support_csp": "enforced",
                "support_session_idle_hours": 24,
                "support_session_days": 30,
                "support_security_contact": "security@vendor.example",
            }
        )
        cls.error_type.is_public = True
        for row in cls.check._get_known_logins():
            user = cls.env["res.users"].search([("login", "=", row["login"])])
            user.password = "a long one that nobody knows"

    def assertWarning(self, *codes):
        warnings = self.check._get_security_warnings(self.company)
        self.assertEqual({warning["code"] for warning in warnings}, set(codes))
        return warnings

    def test_nothing(self):
        self.assertWarning()

    def test_every_code_is_checked(self):
        found = {
            **self.check._check_passwords(),
            **self.check._check_server(),
            **self.check._check_addresses(),
            **self.check._check_mails(self.company),
            **self.check._check_company(self.company),
        }
        self.assertEqual(set(found), set(self.check._get_security_texts()))

    def test_passwords(self):
        admin = self.env.ref("base.user_admin")
        admin.password = admin.login
        self.assertWarning("passwords")
        admin.password = "another one that nobody knows"
        self.assertWarning()

    def test_a_password_is_hashed_once(self):
        self.assertWarning()
        context = type(self.env["res.users"]._crypt_context())
        with patch.object(context, "verify") as verify:
            self.assertWarning()
        verify.assert_not_called()

    def test_server(self):
        for option, value, code in (
            ("list_db", True, "database_manager"),
            ("dev_mode", ["xml"], "dev_mode"),
            ("proxy_mode", False, "proxy_mode"),
        ):
            with patch.dict(config.options, {option: value}):
                [warning] = self.assertWarning(code)
                self.assertIs(warning["url"], False)

    def test_base_url(self):
        self.parameters.set_param("web.base.url", "http://portal.example")
        self.assertWarning("base_url")
        self.parameters.set_param("web.base.url", "http://localhost:8069")
        with patch.dict(config.options, proxy_mode=False):
            self.assertWarning()
            http = type(self.env["ir.http"])
            with patch.object(http, "_is_support_proxied", lambda http: True):
                self.assertWarning("proxy_mode")

    def test_mail_servers(self):
        self.company.support_mail_server = False
        self.assertWarning("mail_server")
        self.company.support_mail_server = "mx.vendor.example"
        values = {"name": "Open", "smtp_host": "mx.example", "smtp_encryption": "none"}
        server = self.env["ir.mail_server"].create(values)
        self.assertWarning("smtp_open")
        server.smtp_host = "localhost"
        self.assertWarning()

    def test_settings(self):
        for values, code in (
            ({"support_policy": "open"}, "policy"),
            ({"support_csp": "report"}, "csp"),
            ({"support_session_idle_hours": 0}, "session"),
            ({"support_session_days": 0}, "session"),
            ({"support_privacy_url": False}, "privacy"),
            ({"support_security_contact": False}, "contact"),
        ):
            with self.subTest(**values):
                before = self.company.read(list(values))[0]
                self.company.write(values)
                self.assertWarning(code)
                self.company.write({name: before[name] for name in values})
                self.assertWarning()
        self.company.write({"support_policy": "open", "support_list_required": False})
        self.assertWarning()

    def test_captcha(self):
        self.parameters.set_param("recaptcha_public_key", False)
        self.assertWarning("captcha")
        self.company.support_filing = "customers"
        self.assertWarning()
        self.company.write(
            {"support_registration": False, "support_privacy_url": False}
        )
        self.assertWarning()

    def test_each_button_leads_somewhere(self):
        """The actions exist, and the page has a place with that name."""
        self.company.write(
            {
                "support_mail_server": False,
                "support_policy": "open",
                "support_csp": "off",
                "support_session_days": 0,
                "support_privacy_url": False,
                "support_security_contact": False,
            }
        )
        self.parameters.set_param("recaptcha_public_key", False)
        arch = self.env["res.config.settings"].get_view()["arch"]
        places = set(etree.fromstring(arch).xpath("//setting/@id"))
        for warning in self.check._get_security_warnings(self.company):
            action, _hash, place = warning["url"].partition("#")
            self.env.ref(action.removeprefix("/odoo/action-"))
            self.assertTrue(not place or place in places, warning)

    def test_page(self):
        settings = self.env["res.config.settings"].create({})
        self.assertIn("Nothing", settings.support_security_warnings)
        self.company.support_security_contact = False
        settings = self.env["res.config.settings"].create({})
        self.assertIn("#support_security_contact", settings.support_security_warnings)
