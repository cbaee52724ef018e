"""Logging in by an account elsewhere: what is said when it did not work."""

import json
import time

from odoo import http
from odoo.http import request
from odoo.tools import consteq

from odoo.addons.auth_oauth.controllers.main import OAuthController, OAuthLogin

# Where Odoo leads when something went wrong, and when access was denied
FAILED = "/web/login?oauth_error=2"
DENIED = "/web/login?oauth_error=3"
# How long the way back to the login page may take, in seconds
REFUSAL_LASTS = 60


class SupportOAuth(OAuthController):
    @http.route()
    def signin(self, **kw):
        """Remember for the login page that it was the gate who refused.

        Whom Odoo leads to the website's start page gets to the portal instead, like
        after a password.
        """
        if kw.keys() - {"debug"} and not self._is_way_back(kw.get("state")):
            return request.redirect(FAILED, 303)
        response = super().signin(**kw)
        is_refused = request.env["ir.http"]._was_login_refused()
        if is_refused and response.headers.get("Location", "").endswith(DENIED):
            request.session["support_oauth_refused"] = time.time()
        elif response.headers.get("Location") == "/" and request.session.uid:
            response.headers["Location"] = "/my"
        return response

    def _is_way_back(self, state):
        """Tell whether this browser was sent to the provider by our login page.

        Not by a link of somebody who wants others to work in his account, or to
        choose the context in which Odoo looks for users.

        :param str state: what our page gave along, as JSON
        """
        try:
            state = json.loads(state or "null")
        except ValueError:
            return False
        if not isinstance(state, dict) or "c" in state:
            return False
        token = request.env["ir.http"]._get_session_token_for("oauth")
        return consteq(token.encode(), str(state.get("s")).encode(errors="replace"))


class SupportOAuthLogin(OAuthLogin):
    def get_state(self, provider):
        """Give along by what we know the browser again when it comes back."""
        token = request.env["ir.http"]._get_session_token_for("oauth")
        return {**super().get_state(provider), "s": token}

    @http.route()
    def web_login(self, *args, **kw):
        """Say after an attempt elsewhere what to do next, and who exists to nobody.

        Whom the gate refused reads it once, directly after the attempt.
        """
        refused_at = request.session.pop("support_oauth_refused", 0)
        response = super().web_login(*args, **kw)
        reason = request.params.get("oauth_error")
        if not reason or not getattr(response, "is_qweb", False):
            return response
        company_sudo = request.env.company.sudo()
        is_refused = reason == "3" and time.time() - refused_at < REFUSAL_LASTS
        if is_refused:
            error = request.env["support.gate"]._get_refusal_message(company_sudo)
        else:
            error = request.env._(
                "Logging in this way did not work. Please log in with your e-mail "
                "address and your password, have a link to a new password sent to "
                "you, or turn to %(contact)s.",
                contact=company_sudo._get_support_contact(),
            )
        response.qcontext.update(error=error, support_refused=is_refused)
        return response
