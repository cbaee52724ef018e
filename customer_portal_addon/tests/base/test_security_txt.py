"""The file that says whom to tell about a weakness."""

from datetime import datetime, timedelta

from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged

from ...tools.web import security_txt
from ..http_common import SupportHttpCase


class TestFile(TransactionCase):
    def test_contacts(self):
        contacts = {
            "security@vendor.example": "mailto:security@vendor.example",
            " https://vendor.example/report ": "https://vendor.example/report",
            "mailto:a@vendor.example": "mailto:a@vendor.example",
            "tel:+49-30-1": "tel:+49-30-1",
            "http://vendor.example": None,
            "javascript:alert(1)": None,
            "ask us": None,
            "": None,
            False: None,
        }
        found = {text: security_txt.contact(text) for text in contacts}
        self.assertEqual(found, contacts)

    def test_one_line_per_field(self):
        text = security_txt.text(
            "mailto:a@vendor.example",
            datetime(2026, 3, 1),
            ["de-DE"],
            "https://vendor.example/.well-known/security.txt",
            policy="https://vendor.example/x\nContact: mailto:evil@evil.example",
        )
        self.assertEqual(text.count("\n"), 5)
        self.assertEqual(text.count("\nContact:"), 0)


@tagged("post_install", "-at_install")
class TestSecurityTxt(SupportHttpCase):
    def open_file(self):
        return self.open_as(None, "/.well-known/security.txt")

    def test_without_a_contact(self):
        self.company.support_security_contact = False
        self.assertEqual(self.open_file().status_code, 404)

    def test_fields(self):
        website = self.env["website"].get_current_website()
        website.default_lang_id = self.env.ref("base.lang_de")
        self.company.support_security_contact = "security@vendor.example"
        self.company.support_security_policy_url = "/security"
        response = self.open_file()
        self.assertEqual(response.headers["Content-Type"], "text/plain; charset=utf-8")
        fields = dict(line.split(": ", 1) for line in response.text.splitlines())
        base = self.company.get_base_url()
        self.assertEqual(fields["Contact"], "mailto:security@vendor.example")
        self.assertEqual(fields["Policy"], f"{base}/security")
        self.assertEqual(fields["Canonical"], f"{base}/.well-known/security.txt")
        self.assertTrue(fields["Preferred-Languages"].startswith("de-DE"))
        expires = datetime.strptime(fields["Expires"], "%Y-%m-%dT%H:%M:%SZ")
        ahead = expires - datetime.utcnow()
        self.assertGreater(ahead, timedelta(days=30))
        self.assertLess(ahead, timedelta(days=365))

    def test_the_host_of_a_request_is_not_repeated(self):
        self.company.support_security_contact = "security@vendor.example"
        text = self.url_open(
            "/.well-known/security.txt", headers={"X-Forwarded-Host": "evil.example"}
        ).text
        self.assertNotIn("evil.example", text)

    def test_contacts_are_checked(self):
        with self.assertRaises(ValidationError):
            self.company.support_security_contact = "ask us"
        with self.assertRaises(ValidationError):
            self.company.support_csp_sources = "www.a.example ; script-src *"
