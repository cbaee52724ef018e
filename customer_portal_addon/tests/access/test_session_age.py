"""How long logins of portal users last."""

from unittest.mock import patch

from odoo.http import request, root
from odoo.tests import TransactionCase, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from ...tools.dates import session_age
from ..http_common import SupportHttpCase

HOUR, DAY = 3600, 86400
# Sends the form, is told of the end of the login, logs in elsewhere, sends it again
SEND_TWICE = """
(async () => {
    const form = document.querySelector(".o_support_form");
    const title = form.querySelector(".o_support_field input[type=text]");
    form.noValidate = true;
    const send = () => form.querySelector("button[type=submit]").click();
    const fail = (text) => console.error(text);
    title.value = "Typed with care";
    send();
    let link;
    for (let i = 0; i < 100 && !link; i++) {
        await new Promise((done) => setTimeout(done, 100));
        link = document.querySelector("[data-id=form_errors] a[href='/web/login']");
    }
    if (!link || title.value !== "Typed with care") {
        return fail("The end of the login was not told, or what was typed is lost");
    }
    const page = await (await fetch(link.href)).text();
    const values = new URLSearchParams({
        csrf_token: page.match(/csrf_token" value="([^"]+)"/)[1],
        login: "%(login)s",
        password: "%(login)s",
    });
    await fetch("/web/login", { method: "POST", body: values });
    const open = window.fetch;
    window.fetch = async (...args) => {
        const response = await open(...args);
        if (args[1]?.method === "POST") {
            const isFiled = response.status === 422 || response.redirected;
            if (isFiled && !response.url.includes("/web/login")) {
                console.log("test successful");
            } else {
                fail(`${response.status} ${response.url}`);
            }
        }
        return response;
    };
    send();
})();
"""


class TestAge(TransactionCase):
    def test_ends(self):
        age = session_age.start("x", 1000)
        self.assertIsNone(session_age.ended(age, 1000 + HOUR, HOUR, 0))
        self.assertEqual(session_age.ended(age, 1000 + 2 * HOUR, HOUR, 0), "idle")
        age["seen"] = 1000 + 3 * DAY
        late = 1000 + 3 * DAY + 60
        self.assertEqual(session_age.ended(age, late, HOUR, 2 * DAY), "absolute")
        self.assertIsNone(session_age.ended(age, late, 0, 0))

    def test_notes(self):
        age = session_age.start("x", 1000)
        self.assertTrue(session_age.is_noted(age, 1010))
        self.assertFalse(session_age.is_noted(age, 1000 + 301))
        self.assertFalse(session_age.is_noted(age, 900), "a clock that was set back")


@tagged("post_install", "-at_install")
class TestSessionAge(SupportHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"support_session_idle_hours": 2, "support_session_days": 3})

    def stored(self):
        """Return the session of the browser as the server keeps it."""
        return root.session_store.get(self.opener.cookies["session_id"])

    def grow_old(self, seen=0, since=0):
        """Move the last page and the login to so many seconds ago."""
        session = self.stored()
        age = session["support_age"]
        session["support_age"] = {
            **age,
            "seen": age["seen"] - seen,
            "since": age["since"] - since,
        }
        root.session_store.save(session)

    def begin(self, user=None):
        self.open_as(user or self.ben, "/my/tickets")

    def test_idle(self):
        self.begin()
        self.grow_old(seen=2 * HOUR)
        self.assertNotIn("/web/login", self.url_open("/my/tickets").url)
        self.grow_old(seen=3 * HOUR)
        old = self.opener.cookies["session_id"]
        page = self.url_open("/my/tickets?search=x")
        self.assertIn("/web/login", page.url)
        self.assertIn("redirect=%2Fmy%2Ftickets%3Fsearch%3Dx", page.url)
        self.assertIn("not been here", self.text_of(page, "support_ended"))
        self.assertNotEqual(self.opener.cookies["session_id"], old)
        self.assertFalse(root.session_store.get(old).uid, "it is gone for good")

    def test_absolute(self):
        self.begin()
        self.grow_old(since=2 * DAY)
        self.assertNotIn("/web/login", self.url_open("/my/tickets").url)
        self.grow_old(since=2 * DAY)
        page = self.url_open("/my/tickets")
        self.assertIn("is long ago", self.text_of(page, "support_ended"))

    def test_pages_for_everybody_go_on(self):
        for url in ("/support", "/contactus"):
            with self.subTest(url=url):
                self.begin()
                self.grow_old(seen=3 * HOUR)
                page = self.url_open(url)
                self.assertEqual(page.url, self.base_url() + url)
                self.assertFalse(self.stored().uid)
                page = self.url_open("/web/login")
                self.assertTrue(self.text_of(page, "support_ended"))
                page = self.url_open("/web/login")
                self.assertFalse(self.text_of(page, "support_ended"), "said once")

    def test_the_next_login_begins_anew(self):
        self.begin()
        self.grow_old(seen=3 * HOUR, since=4 * DAY)
        self.url_open("/my/tickets")
        self.login(self.ben)
        self.assertNotIn("/web/login", self.url_open("/my/tickets").url)

    def test_a_login_over_another_begins_anew(self):
        self.login(self.ben)
        self.url_open("/my/tickets")
        self.grow_old(since=2 * DAY)
        values = {"login": self.ben.login, "password": self.ben.login}
        self.post("/web/login", values)
        self.url_open("/my/tickets")
        age = self.stored()["support_age"]
        self.assertLess(age["seen"] - age["since"], HOUR)

    def test_scripts_are_told(self):
        self.begin()
        self.grow_old(seen=3 * HOUR)
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException) as caught:
            self.make_jsonrpc_request("/my/counters", {"counters": []})
        self.assertEqual(caught.exception.code, 100)

    def test_staff_are_left_alone(self):
        self.authenticate("admin", "admin")
        self.url_open("/odoo")
        self.assertNotIn("support_age", self.stored())

    def test_zero_is_without_an_end(self):
        self.company.write({"support_session_idle_hours": 0, "support_session_days": 0})
        self.begin()
        self.grow_old(seen=99 * DAY, since=999 * DAY)
        self.assertNotIn("/web/login", self.url_open("/my/tickets").url)

    def test_a_page_costs_no_query_and_is_rarely_noted(self):
        self.begin()
        self.url_open("/my/tickets")
        before = self.stored()["support_age"]
        with patch.object(root.session_store, "save") as save:
            self.url_open("/my/tickets")
        save.assert_not_called()
        self.assertEqual(self.stored()["support_age"], before)
        self.grow_old(seen=600)
        self.url_open("/my/tickets")
        self.assertGreaterEqual(self.stored()["support_age"]["seen"], before["seen"])
        user, session = self.ben.with_user(self.ben), self.stored()
        user._get_support_session_end(session)  # what it asks is remembered
        with self.assertQueryCount(0):
            user._get_support_session_end(session)

    def test_a_form_keeps_what_was_typed(self):
        """Whoever is logged out while typing logs in elsewhere and sends it again."""
        ends = iter(["idle"])

        def ended(*args):
            sent = request.httprequest
            is_form = sent.method == "POST" and sent.path.startswith("/support/ticket")
            return next(ends, None) if is_form else None

        slug = self.env["ir.http"]._slug(self.error_type)
        with patch.object(session_age, "ended", ended):
            self.browser_js(
                f"/support/ticket/new/{slug}",
                SEND_TWICE % {"login": self.ben.login},
                ready="document.body.getAttribute('is-ready') === 'true'",
                login=self.ben.login,
            )
