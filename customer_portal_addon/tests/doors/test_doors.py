"""Every door × every reason: who is refused gets in nowhere, who is covered does.

A door is a method that calls ``refuse`` when the reason begins to apply: before
somebody comes to the door, on the way through it, or after it. It returns whether
they got in.
"""

import base64
import time
from xmlrpc.client import Fault

from websocket import ABNF

from odoo.exceptions import AccessError
from odoo.http import root
from odoo.tests import get_db_name, tagged
from odoo.tools import mute_logger

from odoo.addons.auth_totp.controllers.home import TRUSTED_DEVICE_COOKIE
from odoo.addons.auth_totp.models.totp import hotp
from odoo.addons.bus.tests.common import WebsocketCase
from odoo.addons.bus.websocket import CloseCode

from ..access.oauth_server import OAuthBrowser
from ..access.passkey import Passkey
from ..common import PNG
from .door_common import COVERED, REASONS, DoorCase

SECRET = base64.b32encode(b"a secret of twenty b")
LOGGERS = (
    "odoo.http",
    "odoo.addons.rpc.controllers.jsonrpc",
    "odoo.addons.rpc.controllers.xmlrpc",
    "odoo.addons.base.models.ir_rule",
)


@tagged("post_install", "-at_install")
class TestReasons(DoorCase):
    def test_every_reason_is_in_the_table(self):
        names = self.env["support.gate"]._get_reason_names()
        self.assertEqual(set(REASONS.values()) - {None}, set(names))


class DoorTable(DoorCase):
    """Opens the doors of a class, ``door_…``, in the state of every reason."""

    def open_doors(self):
        doors = [name for name in dir(self) if name.startswith("door_")]
        self.assertTrue(doors)
        for door in doors:
            for reason in REASONS:
                with self.subTest(door=door, reason=reason), self.undone():
                    is_in = getattr(self, door)(lambda name=reason: self.refuse(name))
                    self.assertEqual(is_in, reason == COVERED)


@tagged("post_install", "-at_install")
class TestLoginDoors(OAuthBrowser, DoorTable):
    """Doors that begin a session (A5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.passkey = Passkey(cls.ben)

    @mute_logger(*LOGGERS)
    def test_every_door_for_every_reason(self):
        self.open_doors()

    def door_password(self, refuse):
        refuse()
        self.login(self.ben)
        return self.is_inside()

    def door_oauth_linked(self, refuse):
        self.ben.write({"oauth_provider_id": self.provider.id, "oauth_uid": "ben"})
        refuse()
        self.oauth_login(sub="ben")
        return self.is_inside()

    def door_oauth_by_verified_address(self, refuse):
        refuse()
        self.oauth_login(sub="new", email=self.ben.login, email_verified=True)
        return self.is_inside()

    def door_oauth_by_invitation(self, refuse):
        self.nora.signup_prepare(signup_type="signup")
        refuse()
        token = self.nora._generate_signup_token()
        self.oauth_login(f"/web/login?token={token}", sub="nora")
        return self.is_inside()

    def door_passkey(self, refuse):
        refuse()
        page = self.url_open("/web/login")
        challenge = self.make_jsonrpc_request("/auth/passkey/start-auth")["challenge"]
        base_url = self.env["auth.passkey.key"].get_base_url()
        answer = self.passkey.sign(challenge, base_url)
        values = {"type": "webauthn", "webauthn_response": answer}
        self.post("/web/login", values, page=page)
        return self.is_inside()

    def door_second_factor(self, refuse):
        """The contract ends between the password and the code."""
        page = self.login_with_password_and_second_factor()
        refuse()
        self.post("/web/login/totp", {"totp_token": self.code()}, page=page)
        return self.is_inside()

    def door_trusted_device(self, refuse):
        """No code is asked for on a device that is trusted."""
        page = self.login_with_password_and_second_factor()
        values = {"totp_token": self.code(), "remember": "1"}
        browser = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
        self.post("/web/login/totp", values, page=page, headers=browser)
        trusted = self.opener.cookies.get(TRUSTED_DEVICE_COOKIE)
        self.assertTrue(trusted)
        self.login(self.ben)  # without the cookie: waits for the code
        self.opener.cookies.set(TRUSTED_DEVICE_COOKIE, trusted)
        refuse()
        self.url_open("/web/login/totp", allow_redirects=False)
        return self.is_inside()

    def login_with_password_and_second_factor(self):
        self.ben.totp_secret = SECRET.decode()
        page = self.login(self.ben)
        self.assertIn("/web/login/totp", page.url)
        return page

    def code(self):
        return f"{hotp(base64.b32decode(SECRET), int(time.time() / 30)):06d}"

    def door_signup_token(self, refuse):
        self.nora.signup_prepare(signup_type="signup")
        token = self.nora._generate_signup_token()
        refuse()
        self.choose_password(f"/web/signup?token={token}")
        if not self.is_inside():
            self.choose_password(f"/support/activate#token={token}")
        return self.is_inside()

    def door_reset_token(self, refuse):
        self.ben.partner_id.signup_prepare(signup_type="reset")
        token = self.ben.partner_id._generate_signup_token()
        refuse()
        self.choose_password(f"/support/password#token={token}")
        if not self.is_inside():  # perhaps it only is the password that is new
            self.login(self.ben, password="Long-enough-for-all-1")
        return self.is_inside()

    def choose_password(self, url):
        """Fill in the form of a page, if it shows one."""
        page = self.open_link(url) if "#" in url else self.url_open(url)
        forms = self.find(page, "//form[.//input[@name='confirm_password']]")
        inputs = [field for form in forms for field in form.inputs]
        values = {field.get("name"): field.get("value", "") for field in inputs}
        values = {name: value for name, value in values.items() if name}
        for name in ("password", "confirm_password"):
            values[name] = "Long-enough-for-all-1"
        if inputs:
            self.post(forms[0].get("action"), values, page=page)


@tagged("post_install", "-at_install")
class TestRpcDoors(DoorTable):
    """Doors for programs: each call comes with a password or a key."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Odoo lets portal users make none; they keep those they had as colleagues
        keys = cls.env["res.users.apikeys"].with_user(cls.ben).sudo()
        cls.key = keys._generate("rpc", "Key", None)

    @mute_logger(*LOGGERS)
    def test_every_door_for_every_reason(self):
        self.open_doors()

    def test_portal_users_make_no_keys(self):
        keys = self.env["res.users.apikeys.description"].with_user(self.ben)
        with self.assertRaises(AccessError):
            keys.check_access_make_key()

    def door_xmlrpc_login(self, refuse):
        refuse()
        return bool(self.xmlrpc_login(self.ben.login))

    def door_xmlrpc_login_with_key(self, refuse):
        refuse()
        return bool(self.xmlrpc_login(self.key))

    def door_xmlrpc_call(self, refuse):
        refuse()
        return self.xmlrpc_call(self.ben.login)

    def door_xmlrpc_call_again(self, refuse):
        """Odoo remembers passwords that it has seen."""
        self.assertTrue(self.xmlrpc_call(self.ben.login))
        refuse()
        return self.xmlrpc_call(self.ben.login)

    def door_xmlrpc_call_with_key(self, refuse):
        refuse()
        return self.xmlrpc_call(self.key)

    def door_jsonrpc_call(self, refuse):
        refuse()
        return self.jsonrpc_call(self.ben.login)

    def door_jsonrpc_call_with_key(self, refuse):
        refuse()
        return self.jsonrpc_call(self.key)

    def door_json2_call(self, refuse):
        refuse()
        response = self.url_open(
            "/json/2/helpdesk.ticket/search_count",
            json={"domain": [["id", "=", self.ticket.id]]},
            headers={"Authorization": f"Bearer {self.key}"},
        )
        return response.status_code == 200 and response.json() == 1

    def call(self, password):
        domain = [["id", "=", self.ticket.id]]
        who = [get_db_name(), self.ben.id, password]
        return [*who, "helpdesk.ticket", "search_count", [domain]]

    def xmlrpc_login(self, password):
        common = self.xmlrpc_common
        try:
            return common.authenticate(get_db_name(), self.ben.login, password, {})
        except Fault:
            return False

    def xmlrpc_call(self, password):
        try:
            return self.xmlrpc_object.execute_kw(*self.call(password)) == 1
        except Fault:
            return False

    def jsonrpc_call(self, password):
        params = {
            "service": "object",
            "method": "execute_kw",
            "args": self.call(password),
        }
        answer = self.url_open("/jsonrpc", json={"params": params}).json()
        return answer.get("result") == 1


class OpenSession(DoorTable):
    """Doors of somebody who is logged in when the reason begins to apply."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        message = cls.ticket.message_post(
            body="See the picture",
            attachments=[("window.png", PNG)],
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        cls.file = message.attachment_ids
        cls.token = cls.file.generate_access_token()[0]


@tagged("post_install", "-at_install")
class TestSessionDoors(OpenSession):
    @mute_logger(*LOGGERS)
    def test_every_door_for_every_reason(self):
        self.open_doors()

    def opens(self, url, refuse):
        """Tell whether a page shows itself to the open session."""
        self.authenticate(self.ben.login, self.ben.login)
        refuse()
        is_in = self.is_shown(url)
        self.assertEqual(self.is_inside(), is_in)
        return is_in

    def door_home(self, refuse):
        return self.opens("/my/home", refuse)

    def door_account(self, refuse):
        return self.opens("/my/account", refuse)

    def door_tickets(self, refuse):
        return self.opens("/my/tickets", refuse)

    def door_ticket(self, refuse):
        return self.opens(f"/my/ticket/{self.ticket.id}", refuse)

    def door_start(self, refuse):
        return self.opens("/support", refuse)

    def door_types(self, refuse):
        return self.opens("/support/ticket/new", refuse)

    def door_website(self, refuse):
        """Such pages pass no controller."""
        return self.opens("/contactus", refuse)

    def hands_out(self, url, refuse):
        """Tell whether the file of the ticket comes from an address."""
        self.authenticate(self.ben.login, self.ben.login)
        refuse()
        is_in = self.url_open(url, allow_redirects=False).content == PNG
        self.assertEqual(self.is_inside(), is_in)
        return is_in

    def door_file(self, refuse):
        return self.hands_out(f"/web/content/{self.file.id}", refuse)

    def door_file_with_token(self, refuse):
        url = f"/web/content/{self.file.id}?access_token={self.token}"
        return self.hands_out(url, refuse)

    def door_image(self, refuse):
        return self.hands_out(f"/web/image/{self.file.id}", refuse)

    def answers(self, url, params, refuse):
        """Tell whether a script of a page gets an answer."""
        self.authenticate(self.ben.login, self.ben.login)
        refuse()
        answer = self.url_open(url, json={"params": params}).json()
        self.assertEqual(self.is_inside(), "result" in answer)
        return bool(answer.get("result"))

    def door_call(self, refuse):
        params = {
            "model": "helpdesk.ticket",
            "method": "search_count",
            "args": [[["id", "=", self.ticket.id]]],
            "kwargs": {},
        }
        return self.answers("/web/dataset/call_kw", params, refuse)

    def door_message(self, refuse):
        """Odoo's own way to post: on our tickets closed to all customers."""
        self.authenticate(self.ben.login, self.ben.login)
        refuse()
        params = {
            "thread_model": "helpdesk.ticket",
            "thread_id": self.ticket.id,
            "post_data": {"body": "Posted", "message_type": "comment"},
        }
        answer = self.url_open("/mail/message/post", json={"params": params}).json()
        self.assertIn("error", answer)
        return self.is_inside()

    def door_messages(self, refuse):
        params = {"thread_model": "helpdesk.ticket", "thread_id": self.ticket.id}
        return self.answers("/mail/thread/messages", params, refuse)

    def door_reply(self, refuse):
        """The way to post that customers have; the page was open already."""
        self.authenticate(self.ben.login, self.ben.login)
        page = self.url_open(f"/my/ticket/{self.ticket.id}")
        refuse()
        url = f"/my/ticket/{self.ticket.id}/reply"
        self.post(url, {"body": "Posted"}, page=page)
        self.ticket.invalidate_recordset()
        is_in = "Posted" in str(self.ticket.message_ids.mapped("body"))
        self.assertEqual(self.is_inside(), is_in)
        return is_in

    def door_notifications(self, refuse):
        """What browsers ask for that have no websocket."""
        params = {"channels": [], "last": 0, "is_first_poll": True}
        return self.answers("/websocket/peek_notifications", params, refuse)


@tagged("post_install", "-at_install")
class TestWebsocketDoors(WebsocketCase, DoorTable):
    """A websocket that was open before the reason."""

    def test_every_door_for_every_reason(self):
        self.open_doors()

    def open_websocket(self):
        session = self.authenticate(self.ben.login, self.ben.login)
        websocket = self.websocket_connect(cookie=f"session_id={session.sid}")
        self.subscribe(websocket, last=self.env["bus.bus"]._bus_last_id())
        return websocket

    def is_open(self, websocket):
        """Tell whether something comes, not the end of the session."""
        opcode, payload = websocket.recv_data(control_frame=True)
        if opcode == ABNF.OPCODE_CLOSE:
            code = int.from_bytes(payload[:2], "big")
            self.assertEqual(code, CloseCode.SESSION_EXPIRED)
            websocket.shutdown()  # or the server waits a second for it
        self._close_websockets()
        return opcode != ABNF.OPCODE_CLOSE

    def notify(self):
        self.ben.partner_id._bus_send("support_test", {"text": "Hello"})
        self.trigger_notification_dispatching([self.ben.partner_id])

    def door_sending(self, refuse):
        websocket = self.open_websocket()
        refuse()
        last = self.env["bus.bus"]._bus_last_id()
        self.subscribe(websocket, last=last, wait_for_dispatch=False)
        websocket.ping()
        return self.is_open(websocket)

    def door_listening(self, refuse):
        websocket = self.open_websocket()
        refuse()
        self.notify()
        return self.is_open(websocket)

    def test_who_was_logged_out_hears_nothing(self):
        """Neither who logged out by hand, nor whom the gate logged out."""
        websocket = self.open_websocket()
        session = root.session_store.get(self.session.sid)
        session.logout(keep_db=True)
        root.session_store.save(session)
        self.notify()
        self.assertFalse(self.is_open(websocket))

    def test_websockets_stay_open_where_only_support_pages_are_refused(self):
        websocket = self.open_websocket()
        self.company.support_scope = "support"
        self.refuse("expired")
        self.notify()
        self.assertTrue(self.is_open(websocket))
