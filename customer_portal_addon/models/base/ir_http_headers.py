import secrets

import psycopg2
from werkzeug.exceptions import HTTPException

from odoo import models
from odoo.http import FutureResponse, request

from ...tools.web import response_headers

# In addresses: what they open is for whoever was sent the link, Odoo's own included
TOKENS = {"token", "access_token"}


class FlaggedResponse(FutureResponse):
    """What Odoo collects cookies in: also those of answers that it ends early."""

    def set_cookie(self, *args, **kw):
        kw.setdefault("samesite", "Lax")
        kw.setdefault("secure", request.httprequest.scheme == "https")
        return super().set_cookie(*args, **kw)


class IrHttp(models.AbstractModel):
    """The one place that decides on the headers and cookies of an answer."""

    _inherit = "ir.http"

    @classmethod
    def _flag_later_cookies(cls):
        """Flag the cookies of this answer, whoever sets them, and if it ends early."""
        if not isinstance(request.future_response, FlaggedResponse):
            flagged = FlaggedResponse()
            flagged.headers.extend(request.future_response.headers)
            request.future_response = flagged

    @classmethod
    def _set_headers_of_error(cls, response):
        """Set the headers of what Odoo answers to errors without dispatching it.

        :return: the answer, which is another object for some errors
        """
        if isinstance(response, HTTPException) and response.code:
            response = response.get_response(request.httprequest.environ)
        if hasattr(response, "headers"):
            cls._set_support_headers(response)
        return response

    @classmethod
    def _set_support_headers(cls, response):
        """Set the headers of an answer; once more changes nothing."""
        path = request.httprequest.path
        kind = (response.headers.get("Content-Type") or "").partition(";")[0]
        is_html = kind == "text/html"
        is_private = cls._is_support_answer_private()
        forced, offered = response_headers.fixed(path, is_html, is_private)
        response.headers.update(forced)
        for name, value in offered.items():
            response.headers.setdefault(name, value)
        cls._flag_cookies(response)
        if is_html:
            cls._set_support_policy(response, response_headers.kind(path))

    @classmethod
    def _is_support_answer_private(cls):
        """Tell whether this answer is for a customer who is logged in, or by a link."""
        if TOKENS & request.httprequest.args.keys():
            return True
        uid = request.session.uid
        if not uid or not request.env or request.env.cr.closed:
            return False
        try:
            return request.env["res.users"].browse(uid)._is_outsider()
        except psycopg2.Error:  # the answer is about such an error
            return True

    @classmethod
    def _flag_cookies(cls, response):
        cookies = response.headers.getlist("Set-Cookie")
        if cookies:
            is_https = request.httprequest.scheme == "https"
            flagged = [response_headers.flagged(each, is_https) for each in cookies]
            response.headers.setlist("Set-Cookie", flagged)

    # ---------------------------------------------------
    # Content-Security-Policy
    # ---------------------------------------------------

    @classmethod
    def _set_support_policy(cls, response, kind):
        """Set the policy of a page, as the settings say; the backend has none."""
        if kind == "backend" or not request.env or request.env.cr.closed:
            return
        settings = request.env.company._get_support_security()
        mode = settings["policy" if kind == "ours" else "website_policy"]
        if mode == "off":
            return
        website = getattr(request, "website", None)
        policy = response_headers.policy(
            request.httprequest.host,
            getattr(request, "support_nonce", None),
            settings["sources"],
            website._get_support_asset_hosts() if website else [],
            settings["captchas"],
        )
        if mode == "enforced":
            response.headers["Content-Security-Policy"] = policy
        else:
            response.headers["Content-Security-Policy-Report-Only"] = policy

    def _is_support_proxied(self):
        """Tell whether the current request says that it came through a proxy."""
        return bool(request and request.httprequest.headers.get("X-Forwarded-For"))

    def _get_script_nonce(self):
        """Return what marks the scripts of our templates in this answer.

        :return: None where no website's page is made
        :rtype: str or None
        """
        if not request or not getattr(request, "is_frontend", False):
            return None
        if not hasattr(request, "support_nonce"):
            request.support_nonce = secrets.token_urlsafe(16)
        return request.support_nonce
