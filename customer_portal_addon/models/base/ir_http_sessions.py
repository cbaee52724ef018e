from odoo import api, models
from odoo.exceptions import MissingError
from odoo.http import SessionExpiredException, request

AGE = "support_age"  # in the session: see tools/session_age.py


class IrHttp(models.AbstractModel):
    """How long logins of portal users last. Without a query, without a write each time.

    Open websockets note nothing: a page that nobody looks at is no visit.
    """

    _inherit = "ir.http"

    @classmethod
    def _end_old_session(cls, auth="public"):
        """Go on as a visitor when the login is too old.

        :param str auth: of the endpoint
        :return: whether it was too old
        :rtype: bool
        :raise SessionExpiredException: the endpoint is not for visitors
        """
        if not cls._has_session_ended():
            return False
        if auth not in ("public", "none"):
            raise SessionExpiredException("Session too old")
        cls._end_session()
        return True

    @classmethod
    def _end_session(cls):
        """Go on as a visitor, who learns why when asked to log in."""
        lang = request.session.context.get("lang")
        request.session.logout(keep_db=True)
        request.session.context["lang"] = lang or request.default_lang()
        request.session["support_ended"] = request.support_ended
        request.env = api.Environment(request.env.cr, None, request.session.context)

    @classmethod
    def _has_session_ended(cls):
        """Tell whether the login of this request is too old; note its visit if not.

        :rtype: bool
        """
        session = request.session
        if not session.uid or not session.can_save:
            return False
        user = request.env["res.users"].browse(session.uid)
        try:
            reason, age = user._get_support_session_end(session)
        except MissingError:  # who was deleted is logged out by Odoo
            return False
        if age:
            session[AGE] = age
        request.support_ended = reason
        return bool(reason)

    @classmethod
    def _say_why_session_ended(cls, exception, response):
        """Say on the login page why one has to log in again."""
        reason = getattr(request, "support_ended", None)
        if (
            reason
            and isinstance(exception, SessionExpiredException)
            and request.dispatcher.routing_type == "http"
        ):
            response.location = f"{response.location}&support_ended={reason}"
