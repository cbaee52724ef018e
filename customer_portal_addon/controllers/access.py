"""Getting in: the start page, the login and the page for those who are refused."""

from odoo import http
from odoo.http import request

from odoo.addons.auth_signup.controllers.main import AuthSignupHome


class SupportHome(AuthSignupHome):
    @http.route()
    def web_login(self, *args, **kw):
        """Lead somebody whom the gate refused to the page with the reasons."""
        response = super().web_login(*args, **kw)
        error = getattr(response, "qcontext", {}).get("error")
        if error:
            company_sudo = request.env.company.sudo()
            refusal = request.env["support.gate"]._get_refusal_message(company_sudo)
            response.qcontext["support_refused"] = error == refusal
        return response

    @http.route()
    def web_auth_reset_password(self, *args, **kw):
        """Answer the same whether somebody has a login or not."""
        response = super().web_auth_reset_password(*args, **kw)
        values = getattr(response, "qcontext", {})
        if values.get("message") and not values.get("token"):
            values["message"] = request.env._(
                "If there is a login with this address, an e-mail with the way to a "
                "new password is on its way to it."
            )
        return response


class SupportAccess(http.Controller):
    @http.route("/support", type="http", auth="public", website=True, readonly=True)
    def support_start(self, **kw):
        """What the visitor may do here."""
        return request.render(
            "customer_portal_addon.support_start", self._prepare_start_values()
        )

    def _prepare_start_values(self):
        user = request.env.user
        is_guest = user._is_public()
        decision = request.env["ir.http"]._get_support_decision()
        values = {
            "page_name": "support",
            "is_guest": is_guest,
            "is_allowed": decision.allowed and not is_guest,
            "contact": request.env.company.sudo()._get_support_contact(),
            "support_code": user._get_support_code(),
        }
        if values["is_allowed"]:
            tickets = request.env["helpdesk.ticket"]
            values["open_count"] = tickets._count_own_open()
        return values

    @http.route(
        "/support/refused", type="http", auth="public", website=True, sitemap=False
    )
    def support_refused(self, **kw):
        """Say why somebody can't get in and whom to contact."""
        gate = request.env["support.gate"]
        company_sudo = request.env.company.sudo()
        reason = request.session.get("support_refusal")
        return request.render(
            "customer_portal_addon.support_refused",
            {
                "reason": gate._get_reason_labels().get(reason),
                "reasons": gate._get_possible_reasons(company_sudo),
                "contact": company_sudo._get_support_contact(),
            },
        )
