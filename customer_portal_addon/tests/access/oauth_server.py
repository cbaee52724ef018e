"""A small OAuth provider on this machine, and a browser's way through it."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT_ID = "portal-client"


class OAuthServer:
    """Plays ``/authorize``, ``/userinfo`` and ``/tokeninfo`` on a free port.

    Whoever comes to ``/authorize`` is the ``account``: a dictionary as an answer to
    ``/userinfo``; ``audience`` is for whom the next tokens are made.
    """

    def __init__(self):
        self.account = {}
        self.audience = CLIENT_ID
        self.tokens = {}  # token -> account and audience
        self.asked = []  # the paths that the portal's server asked for
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                server.answer(self)

            def log_message(self, *args):
                """Keep the log of the tests short."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def start(self):
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def stop(self):
        self.http.shutdown()
        self.http.server_close()

    def answer(self, handler):
        address = urlsplit(handler.path)
        query = {key: values[0] for key, values in parse_qs(address.query).items()}
        self.asked.append(address.path)
        if address.path == "/authorize":
            return self.send_back(handler, query)
        account, audience = self.tokens.get(query.get("access_token"), (None, None))
        if account is None:
            return self.send_json(handler, {"error": "invalid_token"})
        if address.path == "/tokeninfo":
            return self.send_json(handler, {"aud": audience} if audience else {})
        return self.send_json(handler, account)

    def send_back(self, handler, query):
        """Log the account in and send the browser back, as in the implicit flow."""
        token = f"token{len(self.tokens) + 1}"
        self.tokens[token] = (dict(self.account), self.audience)
        answer = urlencode({"access_token": token, "state": query["state"]})
        handler.send_response(303)
        handler.send_header("Location", f"{query['redirect_uri']}#{answer}")
        handler.end_headers()

    def send_json(self, handler, values):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        handler.wfile.write(json.dumps(values).encode())


class OAuthBrowser:
    """Mixed into test cases that log in by the provider.

    Odoo blocks the requests of tests, but those to this machine.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.oauth_server = OAuthServer()
        cls.oauth_server.start()
        cls.addClassCleanup(cls.oauth_server.stop)
        cls.provider = cls.env["auth.oauth.provider"].create(
            {
                "name": "Test provider",
                "body": "Log in with Test",
                "client_id": CLIENT_ID,
                "auth_endpoint": f"{cls.oauth_server.url}/authorize",
                "validation_endpoint": f"{cls.oauth_server.url}/userinfo",
                "audience_endpoint": f"{cls.oauth_server.url}/tokeninfo",
                "enabled": True,
            }
        )

    def oauth_login(self, page="/web/login", **account):
        """Click the provider's button as the owner of an account there.

        :return: the page on which the browser ends
        """
        self.oauth_server.account = account
        return self.url_open(self.come_back(page))

    def come_back(self, page="/web/login"):
        """Click the button, log in there, and return where the browser is sent."""
        [button] = self.find(
            self.url_open(page),
            f"//a[starts-with(@href, '{self.oauth_server.url}/authorize')]",
        )
        back = self.url_open(button.get("href"), allow_redirects=False)
        # a script of Odoo's makes the fragment a query
        return back.headers["Location"].replace("#", "?")
