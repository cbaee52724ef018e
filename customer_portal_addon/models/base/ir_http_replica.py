import logging
from urllib.parse import urlsplit

import psycopg2
from werkzeug.exceptions import HTTPException

from odoo import models
from odoo.exceptions import UserError
from odoo.http import SAFE_HTTP_METHODS, request

from ...exceptions import SupportUnavailable

# In the session: what a replica has to have before it shows its pages to it
WRITTEN = "support_written"
# Whose forms can be sent again by a button; those with passwords are not among them
FORMS = ("/support/", "/my/ticket/", "/my/colleagues/", "/submitted/", "/ticket/")
RETRY_AFTER = 60  # seconds


class IrHttp(models.AbstractModel):
    """What requests do with two databases: the primary, and a replica to read from."""

    _inherit = "ir.http"

    # ---------------------------------------------------
    # Replicas: reading what one has written
    # ---------------------------------------------------

    @classmethod
    def _note_written(cls):
        """Note in the session what it wrote, for the pages that it reads next."""
        if request.env["support.replica"]._is_used() and cls._leaves_mark():
            mark = request.env["support.replica"]._get_mark()
            if mark:
                request.session[WRITTEN] = mark

    @classmethod
    def _leaves_mark(cls):
        """Tell whether this is a request of a customer or visitor that may write."""
        cr, session = request.env.cr, request.session
        if cr.closed or cr.readonly or not session.can_save:
            return False
        user = request.env["res.users"].browse(session.uid or ())
        return not user or user._is_outsider()

    @classmethod
    def _forget_replica(cls):
        """Forget what was cached of the replica before reading from the primary."""
        if getattr(request, "support_reads_from_primary", False):
            request.registry.check_signaling(request.env.cr)

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
    def _check_primary(cls, rule, args):
        """Answer kindly whoever needs the primary while it is gone.

        As soon as the route is known: Odoo opens its cursor next, and asks nobody when
        that fails.
        """
        if not request.env["support.replica"]._is_used():
            return
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
    def _is_primary_lost(cls, exception):
        """Tell whether an error says that the connection to the primary was lost."""
        lost = (psycopg2.InterfaceError, psycopg2.OperationalError)
        is_used = request.env and request.env["support.replica"]._is_used()
        return is_used and isinstance(exception, lost) and request.env.cr.closed

    @classmethod
    def _answer_from_replica(cls, exception):
        """Answer a lost connection, by a cursor of the replica; log it as one line."""
        exception.loglevel = logging.WARNING
        with request.registry.cursor(readonly=True) as cr:
            request.env = request.env(cr=cr)
            text = cls._get_unavailable_text()
            return cls._handle_error(SupportUnavailable(text, is_doubtful=True))

    @classmethod
    def _get_shown_error(cls, exception):
        """Return the error that Odoo is to answer: scripts show that of a user."""
        if not isinstance(exception, SupportUnavailable):
            return exception
        is_script = request.dispatcher.routing_type == "jsonrpc"
        return UserError(exception.args[0]) if is_script else exception

    @classmethod
    def _say_when_to_come_back(cls, exception, response):
        """Say in the headers when the primary may be there again.

        :param exception: what was answered
        """
        if not isinstance(exception, SupportUnavailable):
            return
        if isinstance(response, HTTPException):
            response.retry_after = RETRY_AFTER
        else:
            response.headers["Retry-After"] = str(RETRY_AFTER)
            response.headers["Cache-Control"] = "no-store"

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
            "back_url": f"/{before.path.strip('/')}" if is_ours else "/support",
        }
