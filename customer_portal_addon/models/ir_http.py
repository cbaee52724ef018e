import logging
from urllib.parse import urlsplit

import psycopg2
from werkzeug.exceptions import HTTPException, abort

from odoo import models
from odoo.exceptions import UserError
from odoo.http import SAFE_HTTP_METHODS, SessionExpiredException, request
from odoo.tools import hmac

from ..exceptions import SupportUnavailable

_logger = logging.getLogger(__name__)

# In the session: what a replica has to have before it shows its pages to it
WRITTEN = "support_written"
# Whose forms can be sent again by a button; those with passwords are not among them
FORMS = ("/support/", "/my/ticket/", "/my/colleagues/", "/submitted/", "/ticket/")
RETRY_AFTER = 60  # seconds

class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    # ---------------------------------------------------
    # The gate in front of every request
    # ---------------------------------------------------

    @classmethod
    def _authenticate(cls, endpoint):
        """Ask the gate about whoever is logged in, once per request.

        Thus a contract that ends at midnight ends its sessions with their next
        request, whichever door they came through.
        """
        if getattr(request, "support_reads_from_primary", False):
            # what is cached here may come from the replica
            request.registry.check_signaling(request.env.cr)
        result = super()._authenticate(endpoint)
        cls._check_support_gate(endpoint.routing)
        return result

    @classmethod
    def _serve_fallback(cls):
        """Ask the gate for the pages of the website, too: they pass no controller."""
        cls._check_support_gate({"type": "http"})
        return super()._serve_fallback()

    @classmethod
    def _check_support_gate(cls, routing):
        """End the request of a portal user whom the gate refuses.

        :param dict routing: of the endpoint; those of the support pages carry
            ``support_gate=True``
        """
        if not (request.env.uid and request.env.user._is_support_gated()):
            return
        decision = request.env["ir.http"]._get_support_decision()
        if decision.allowed:
            return
        if request.env.user.sudo().company_id.support_scope == "login":
            lang = request.session.context.get("lang")
            request.session.logout(keep_db=True)
            request.session.context["lang"] = lang or request.default_lang()
        elif not routing.get("support_gate"):
            return
        if routing["type"] != "http":
            raise SessionExpiredException("Support access ended")
        request.session["support_refusal"] = decision.reason
        abort(request.redirect("/support/refused"))

    def _get_support_decision(self):
        """Return the gate's decision about the current user, found once per request.

        :rtype: Decision
        """
        if not request:
            return self.env.user._get_support_decision()
        uid, decision = getattr(request, "support_decision", (None, None))
        if uid != self.env.uid:
            decision = self.env.user._get_support_decision()
            request.support_decision = (self.env.uid, decision)
        return decision

    # ---------------------------------------------------
    # Refused logins
    # ---------------------------------------------------

    def _note_refused_login(self):
        """Remember that the gate refused a login in the course of this request.

        Odoo's controllers don't tell why a login failed.
        """
        if request:
            request.support_login_refused = True

    def _was_login_refused(self):
        """Tell whether the gate refused a login in the course of this request."""
        return getattr(request, "support_login_refused", False)

    def _get_session_token_for(self, purpose):
        """Return what only the browser with the current session can know.

        :param str purpose: each has a token of its own
        :rtype: str
        """
        scope = f"customer_portal_addon_{purpose}"
        return hmac(self.sudo().env, scope, request.session.sid)

    # ---------------------------------------------------
    # Replicas: reading what one has written
    # ---------------------------------------------------

    @classmethod
    def _post_dispatch(cls, response):
        """Note in the session what it wrote, for the pages that it reads next."""
        if request.env["support.replica"]._is_used() and cls._is_noted_what_is_written():
            mark = request.env["support.replica"]._get_mark()
            if mark:
                request.session[WRITTEN] = mark
        super()._post_dispatch(response)

    @classmethod
    def _is_noted_what_is_written(cls):
        """Tell whether this is a request of a customer or visitor that may write."""
        cr, session = request.env.cr, request.session
        if cr.closed or cr.readonly or not session.can_save:
            return False
        user = request.env["res.users"].browse(session.uid or ())
        return not (user and user._is_internal())

    @classmethod
    def _reads_from_primary(cls):
        """Tell whether the replica lacks what this session wrote; asked once.

        While the primary is gone the replica is all there is.
        """
        mark = request.session.get(WRITTEN)
        if not mark or not request.env.cr.readonly:
            return False
        if not hasattr(request, "support_reads_from_primary"):
            replica = request.env["support.replica"]
            is_replayed = replica._has_replayed(mark)
            if is_replayed:
                del request.session[WRITTEN]
            request.support_reads_from_primary = (
                not is_replayed and replica._is_primary_there()
            )
        return request.support_reads_from_primary

    # ---------------------------------------------------
    # Replicas: the primary is gone
    # ---------------------------------------------------

    @classmethod
    def _match(cls, path_info):
        """Answer kindly whoever needs the primary while it is gone.

        Here, as Odoo opens its cursor next, and asks nobody when that fails.
        """
        is_request = not hasattr(request, "is_frontend")  # else it looks up a link
        rule, args = super()._match(path_info)
        if is_request and request.env["support.replica"]._is_used():
            cls._check_primary(rule, args)
        return rule, args

    @classmethod
    def _check_primary(cls, rule, args):
        """End the request if it would write and can't."""
        readonly = rule.endpoint.routing["readonly"]
        if callable(readonly):
            readonly = readonly(rule.endpoint.func.__self__, rule, args)
        if readonly or request.env["support.replica"]._is_primary_there():
            return
        request._set_request_dispatcher(rule)
        try:
            cls._authenticate(rule.endpoint)
            raise SupportUnavailable(cls._get_unavailable_text())
        except Exception as error:
            raise request._update_served_exception(error) from None

    @classmethod
    def _get_unavailable_text(cls):
        if request.httprequest.method in SAFE_HTTP_METHODS:
            return request.env._(
                "This page can't be opened at the moment. Please try again in a few "
                "minutes."
            )
        return request.env._(
            "We can't save anything at the moment. Please try again in a few minutes; "
            "nothing that you typed is lost."
        )

    @classmethod
    def _handle_error(cls, exception):
        """Say when to come back; and that the connection was lost, as one line."""
        lost = (psycopg2.InterfaceError, psycopg2.OperationalError)
        is_used = request.env and request.env["support.replica"]._is_used()
        if is_used and isinstance(exception, lost) and request.env.cr.closed:
            exception.loglevel = logging.WARNING
            with request.registry.cursor(readonly=True) as cr:
                request.env = request.env(cr=cr)
                text = cls._get_unavailable_text()
                return cls._handle_error(SupportUnavailable(text, is_doubtful=True))
        if not isinstance(exception, SupportUnavailable):
            return super()._handle_error(exception)
        if request.dispatcher.routing_type == "jsonrpc":
            return super()._handle_error(UserError(exception.args[0]))  # is shown so
        response = super()._handle_error(exception)
        if isinstance(response, HTTPException):
            response.retry_after = RETRY_AFTER
        else:
            response.headers["Retry-After"] = str(RETRY_AFTER)
            response.headers["Cache-Control"] = "no-store"
        return response

    @classmethod
    def _get_error_html(cls, env, code, values):
        exception = values.get("exception")
        if not isinstance(exception, SupportUnavailable):
            return super()._get_error_html(env, code, values)
        values = {**values, **cls._get_unavailable_values(exception)}
        page = "customer_portal_addon.unavailable"
        return code, env["ir.ui.view"]._render_template(page, values)

    @classmethod
    def _get_unavailable_values(cls, exception):
        """Return what the page says, and what was typed, to send it once more.

        The token goes along as it was sent: a wrong one stays wrong.
        """
        sent = request.httprequest
        is_form = sent.method == "POST" and sent.path.startswith(FORMS)
        files = {}
        for name, file in sent.files.items(multi=True):
            if file.filename:
                files.setdefault(name, []).append(file.filename)
        before = urlsplit(sent.referrer or "")
        is_ours = before.netloc == sent.host and before.path.startswith("/")
        return {
            "is_reading": sent.method in SAFE_HTTP_METHODS,
            "is_doubtful": exception.is_doubtful,
            "is_form": is_form,
            "address": sent.full_path.rstrip("?"),
            "inputs": list(sent.form.items(multi=True)) if is_form else [],
            "files": files if is_form else {},
            "back_url": before.path if is_ours else "/support",
        }

    # ---------------------------------------------------
    # Translations of our scripts
    # ---------------------------------------------------

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        modules = super()._get_translation_frontend_modules_name()
        return [*modules, "customer_portal_addon"]
