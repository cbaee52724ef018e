"""Tests that talk HTTP like a browser: sessions, forms with their CSRF tokens."""

import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

from lxml import html

from odoo.tests import HttpCase

from .common import SupportData


class SupportHttpCase(SupportData, HttpCase):
    """With real time: a server can't be frozen. Contracts end relative to today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_support_data()
        cls._move_contracts_to_now()

    @classmethod
    def _move_contracts_to_now(cls):
        today = date.today()
        contracts = cls.env["support.contract"].search([])
        contracts.write({"date_start": today - timedelta(days=400), "date_end": False})
        expired = contracts.filtered(lambda contract: contract.partner_id == cls.koch)
        expired.date_end = today - timedelta(days=30)

    # The website that the browser asks for, None: that of the test server's address
    website = None

    def url_open(self, url, *args, headers=None, **kw):
        if self.website:
            headers = {"Host": self._get_host(), **(headers or {})}
        return super().url_open(url, *args, headers=headers, **kw)

    def authenticate(self, *args, **kw):
        session = super().authenticate(*args, **kw)
        if self.website:  # the browser keeps the cookies of each host apart
            sid = self.session.sid
            self.opener.cookies.set("session_id", sid, domain=self._get_host())
        return session

    def _get_host(self):
        return urlsplit(self.website.domain).netloc

    def login(self, user, **kw):
        """Log in through the login page; return its response."""
        self.logout_session()
        page = self.url_open("/web/login")
        values = {"login": user.login, "password": user.login, **kw}
        return self.post("/web/login", values, page=page)

    def logout_session(self):
        """Forget the cookies of the browser."""
        self.opener.cookies.clear()

    def open_as(self, user, url, **kw):
        """Open a page as somebody; None: as a visitor."""
        self.authenticate(user and user.login, user and user.login)
        return self.url_open(url, **kw)

    def get_token(self, page):
        """Return the CSRF token of a page: of its form, else of its scripts."""
        return re.search(r'csrf_token(?:" value=|: )"([^"]+)"', page.text)[1]

    def post(self, url, values, page=None, files=None, **kw):
        """Post a form with the token of ``page``, else of /my/tickets."""
        page = page or self.url_open("/my/tickets")
        data = {"csrf_token": self.get_token(page), **values}
        return self.url_open(url, data=data, files=files, **kw)

    def open_link(self, link, **kw):
        """Open a link of a mail like a browser: its page posts what is behind the #."""
        place, _hash, fragment = link.partition("#")
        return self.post_link(self.url_open(place), fragment, **kw)

    def post_link(self, page, fragment, **kw):
        """Do what the script of the page that a link opens does."""
        [form] = self.find(page, "//form[contains(@class, 'o_support_link')]")
        values = {field.get("name"): field.get("value") for field in form.inputs}
        values["token"] = parse_qs(fragment).get("token", [""])[0]
        return self.url_open(form.get("action"), data=values, **kw)

    def find(self, response, xpath):
        """Return the elements of a page, by XPath."""
        return html.fromstring(response.content).xpath(xpath)

    def text_of(self, response, data_id):
        """Return the text of the element with a ``data-id``, None without it."""
        found = self.find(response, f"//*[@data-id='{data_id}']")
        return " ".join(found[0].text_content().split()) if found else None
