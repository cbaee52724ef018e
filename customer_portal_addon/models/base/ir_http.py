from werkzeug.exceptions import abort

from odoo import api, models
from odoo.http import SessionExpiredException, request
from odoo.tools import hmac

from ...tools.web import client

# Where methods of models are called by their names
CALLS = ("/web/dataset/call_", "/jsonrpc", "/xmlrpc/", "/json/")


class IrHttp(models.AbstractModel):
    """What happens to every request, from its address to its answer.

    The other pieces of the model have the steps; their order is read here.
    """

    _inherit = "ir.http"

    # ---------------------------------------------------
    # The way of a request
    # ---------------------------------------------------

    @classmethod
    def _match(cls, path_info):
        cls._flag_later_cookies()
        cls._check_address()
        is_request = not hasattr(request, "is_frontend")  # else it looks up a link
        rule, args = super()._match(path_info)
        if is_request:
            cls._check_primary(rule, args)
        return rule, args

    @classmethod
    def _authenticate(cls, endpoint):
        client.note(request.httprequest.remote_addr)
        cls._end_old_session(endpoint.routing["auth"])
        cls._forget_replica()
        result = super()._authenticate(endpoint)
        cls._check_support_gate(endpoint.routing)
        return result

    @classmethod
    def _pre_dispatch(cls, rule, args):
        result = super()._pre_dispatch(rule, args)
        routing = rule.endpoint.routing
        cls._limit_length(routing)
        cls._check_texts(rule)
        cls._check_report_options(args)
        cls._take_turn(routing, args)
        return result

    @classmethod
    def _serve_fallback(cls):
        """Ask the gate for the pages of the website, too: they pass no controller."""
        cls._check_support_gate({"type": "http"})
        if cls._end_old_session():
            cls._auth_method_public()
        return super()._serve_fallback()

    @classmethod
    def _post_dispatch(cls, response):
        cls._note_written()
        result = super()._post_dispatch(response)
        cls._set_support_headers(response)
        return result

    @classmethod
    def _handle_error(cls, exception):
        if cls._is_primary_lost(exception):
            return cls._answer_from_replica(exception)
        shown = cls._get_shown_error(exception)
        response = super()._handle_error(shown)
        cls._say_when_to_come_back(shown, response)
        response = cls._set_headers_of_error(response)
        cls._say_why_session_ended(exception, response)
        return response

    # ---------------------------------------------------
    # The gate in front of every request
    # ---------------------------------------------------

    @classmethod
    def _check_support_gate(cls, routing):
        """End the request of a portal user whom the gate refuses, once per request.

        Thus a contract that ends at midnight ends its sessions with their next
        request, whichever door they came through.

        :param dict routing: of the endpoint; those of the support pages carry
            ``support_gate=True``
        """
        if not (request.env.uid and request.env.user._is_support_gated()):
            return
        company = request.env.user._get_support_company()
        decision = request.env["ir.http"]._get_support_decision(company)
        if decision.allowed:
            return
        if company.support_scope == "login":
            lang = request.session.context.get("lang")
            request.session.logout(keep_db=True)
            request.session.context["lang"] = lang or request.default_lang()
        elif not routing.get("support_gate"):
            return
        if routing["type"] != "http":
            raise SessionExpiredException("Support access ended")
        request.session["support_refusal"] = decision.reason
        abort(request.redirect("/support/refused"))

    def _get_support_decision(self, company=None):
        """Return the gate's decision about the current user, found once per request.

        :param res.company company: whose support it is; by default the current one
        :rtype: Decision
        """
        company = company or self.env.company
        if not request:
            return self.env.user._get_support_decision(company)
        if not hasattr(request, "support_decisions"):
            request.support_decisions = {}
        key = (self.env.uid, company.id)
        if key not in request.support_decisions:
            decision = self.env.user._get_support_decision(company)
            request.support_decisions[key] = decision
        return request.support_decisions[key]

    @api.model
    def _get_website_company(self):
        """Return the company of the website that is asked, with all rights.

        Empty when nobody asks: in jobs.
        """
        companies_sudo = self.env["res.company"].sudo()
        if not request:
            return companies_sudo
        website = self.env["website"].get_current_website()
        return companies_sudo.browse(website._get_cached("company_id"))

    # ---------------------------------------------------
    # Who calls
    # ---------------------------------------------------

    @api.model
    def _is_page_request(self):
        """Tell whether a page is being made, or a form taken.

        Not so when somebody calls a method of a model by its name.
        """
        return bool(request) and not request.httprequest.path.startswith(CALLS)

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
    # Translations of our scripts
    # ---------------------------------------------------

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        modules = super()._get_translation_frontend_modules_name()
        return [*modules, "customer_portal_addon"]
