"""What the tests of registration, invitation and reset share."""

import re

from ..common import SupportCase

CLIENT = "198.51.100.7"


class AccessMailCase(SupportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mails = cls.env["support.access.mail"]
        # tests must not commit
        cron = cls.registry["ir.cron"]
        cls.classPatch(cron, "_commit_progress", lambda *args, **kw: 1)

    def register(self, email, client=CLIENT, **values):
        """Post a complete registration; return its record."""
        form = {"name": "Nora New", "email": email, "privacy": "1", **values}
        public = self.mails.with_user(self.env.ref("base.public_user"))
        errors = public._request_registration(form, client)
        self.assertFalse(errors)
        return self.mails.search([("kind", "=", "registration")], limit=1)

    def send(self):
        """Send what waits, as the cron does; return the mails."""
        before = self.env["mail.mail"].search([])
        self.mails._cron_send()
        return self.env["mail.mail"].search([]) - before

    def get_token(self, mail):
        self.assertNotIn("?token=", mail.body_html)
        return re.search(r"#token=([\w.-]+)", mail.body_html)[1]

    def sign_up(self, token, password="a good word of mine", **values):
        users = self.env["res.users"].with_user(self.env.ref("base.public_user")).sudo()
        login, _password = users.signup({"password": password, **values}, token)
        return self.env["res.users"].search([("login", "=", login)])

    def create_contact(self, email, customer=None, **values):
        customer = customer if customer is not None else self.adler
        return self.env["res.partner"].create(
            {"name": "Nils", "email": email, "parent_id": customer.id, **values}
        )
