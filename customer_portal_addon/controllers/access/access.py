"""Getting in: the start page, the login and the page for those who are refused."""

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.auth_signup.controllers.main import AuthSignupHome
from odoo.addons.auth_signup.models.res_partner import SignupError

from ...exceptions import SupportAccessRefused
from ..base import replica
from .mail_links import render_opener


class SupportHome(AuthSignupHome):
    @http.route()
    def web_login(self, *args, **kw):
        """Lead somebody whom the gate refused to the page with the reasons.

        And tell whoever was logged out by time that it was so.
        """
        is_password = (kw.get("type") or "password") == "password"
        if request.httprequest.method == "POST" and is_password:
            # without one Odoo's page fails
            request.params["login"] = request.params.get("login") or " "
        response = super().web_login(*args, **kw)
        error = getattr(response, "qcontext", {}).get("error")
        if error:
            company_sudo = request.env.company.sudo()
            refusal = request.env["support.gate"]._get_refusal_message(company_sudo)
            response.qcontext["support_refused"] = error == refusal
        if getattr(response, "is_qweb", False):
            ended = kw.get("support_ended") or request.session.pop("support_ended", "")
            response.qcontext["support_ended"] = ended
        return response

    @http.route()
    def web_auth_reset_password(self, *args, **kw):
        """Answer the same whether somebody has a login or not."""
        request.update_context(support_client=request.httprequest.remote_addr)
        response = super().web_auth_reset_password(*args, **kw)
        values = getattr(response, "qcontext", {})
        if values.get("message") and not values.get("token"):
            values["message"] = request.env._(
                "If there is a login with this address, an e-mail with the way to a "
                "new password is on its way to it."
            )
        return response

    @http.route()
    def web_auth_signup(self, *args, **kw):
        """Choose a password with the link of a mail; without one: register."""
        values = self.get_auth_signup_qcontext()
        if not values.get("token"):
            return request.redirect("/support/register")
        if values.get("is_staff"):
            return super().web_auth_signup(*args, **kw)
        if request.httprequest.method == "POST" and not values.get("invalid_token"):
            return self._activate_login(values)
        return request.render("customer_portal_addon.activation", values)

    @http.route(
        "/support/activate",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
        readonly=replica.read,
    )
    def support_activate(self, **kw):
        """Where the links of activations and invitations lead."""
        return render_opener("activate")

    @http.route(
        "/support/activate",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def support_activate_show(self, **kw):
        """The form for the first password; it is sent to /web/signup."""
        values = self._get_link_qcontext()
        is_staff = values.get("is_staff")
        page = "auth_signup.signup" if is_staff else "customer_portal_addon.activation"
        return request.render(page, values)

    @http.route(
        "/support/password",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
        readonly=replica.read,
    )
    def support_password(self, **kw):
        """Where the links to a new password lead."""
        return render_opener("password")

    @http.route(
        "/support/password",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def support_password_show(self, **kw):
        """The form for a new password; it is sent to /web/reset_password."""
        return request.render("auth_signup.reset_password", self._get_link_qcontext())

    def _get_link_qcontext(self):
        values = self.get_auth_signup_qcontext()
        if not values.get("token"):
            values["invalid_token"] = True
        return values

    def _activate_login(self, values):
        """Set the password and lead into the portal, or say what is wrong."""
        try:
            self.do_signup(values)
        except UserError as error:
            values["error"] = error.args[0]
            values["is_refused"] = isinstance(error, SupportAccessRefused)
        except SignupError:
            values["error"] = request.env._(
                "The login could not be created. Please contact us."
            )
        else:
            if request.session.uid:
                return request.redirect("/support?activated=1")
            return request.redirect("/web/login?redirect=/support")
        response = request.render("customer_portal_addon.activation", values)
        response.status_code = 422
        return response

    def get_auth_signup_config(self):
        config = super().get_auth_signup_config()
        company_sudo = request.env.company.sudo()
        return {**config, "registration_enabled": company_sudo.support_registration}

    def get_auth_signup_qcontext(self):
        """Tell nobody who has a login: Odoo would lead a known address to the login."""
        values = super().get_auth_signup_qcontext()
        values.pop("signup_email", None)
        if values.get("token") and not values.get("invalid_token"):
            users = request.env["res.users"]
            values.update(users._get_signup_values(values["token"]))
        return values


class SupportAccess(http.Controller):
    @http.route(
        "/support", type="http", auth="public", website=True, readonly=replica.read
    )
    def support_start(self, **kw):
        """What the visitor may do here."""
        return request.render(
            "customer_portal_addon.support_start", self._prepare_start_values(**kw)
        )

    def _prepare_start_values(self, **kw):
        user = request.env.user
        is_guest = user._is_public()
        decision = request.env["ir.http"]._get_support_decision()
        values = {
            "page_name": "support",
            "is_guest": is_guest,
            "is_allowed": decision.allowed and not is_guest,
            "is_activated": bool(kw.get("activated")) and not is_guest,
            "contact": request.env.company.sudo()._get_support_contact(),
            "support_code": user._get_support_code(),
            "registration_enabled": request.env.company.sudo().support_registration,
        }
        if values["is_allowed"]:
            tickets = request.env["helpdesk.ticket"]
            values["open_count"] = tickets._count_own_open()
        return values

    @http.route(
        "/support/refused",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        readonly=replica.read,
    )
    def support_refused(self, **kw):
        """Say why somebody can't get in and whom to contact."""
        return request.render(
            "customer_portal_addon.support_refused", self._prepare_refused_values()
        )

    def _prepare_refused_values(self):
        gate = request.env["support.gate"]
        company_sudo = request.env.company.sudo()
        reason = request.session.get("support_refusal")
        return {
            "reason": gate._get_reason_labels().get(reason),
            "reasons": gate._get_possible_reasons(company_sudo),
            "contact": company_sudo._get_support_contact(),
        }

    # ---------------------------------------------------
    # Registration
    # ---------------------------------------------------

    @http.route(
        "/support/register",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=replica.read,
    )
    def support_register(self, sent=None, **kw):
        """The form for a login, and afterwards what happens next."""
        if not request.env.user._is_public():
            return request.redirect("/support")
        return self._render_registration(is_sent=bool(sent))

    @http.route(
        "/support/register",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        captcha="support_register",
    )
    def support_register_submit(self, **kw):
        """Note the wish for a login; the answer comes by mail only."""
        values = {
            name: kw.get(name) for name in ("name", "email", "privacy", "notifications")
        }
        if not request.env.user._is_public():
            return request.redirect("/support")
        self._check_registration_enabled()
        errors = request.env["support.access.mail"]._request_registration(
            values, client=request.httprequest.remote_addr
        )
        if errors:
            response = self._render_registration(values=values, errors=errors)
            response.status_code = 422
            return response
        return request.redirect("/support/register?sent=1")

    def _check_registration_enabled(self):
        if not request.env.company.sudo().support_registration:
            raise NotFound()

    def _render_registration(self, is_sent=False, values=None, errors=None):
        self._check_registration_enabled()
        return request.render(
            "customer_portal_addon.registration",
            self._prepare_registration_values(is_sent, values or {}, errors or {}),
        )

    def _prepare_registration_values(self, is_sent, values, errors):
        texts = request.env["support.consent.text"]
        company_sudo = request.env.company.sudo()
        offers_notifications = request.env[
            "support.access.mail"
        ]._offers_notifications()
        return {
            "is_sent": is_sent,
            "values": values,
            "errors": errors,
            "privacy_wording": texts._get_current("privacy").wording,
            "privacy_url": company_sudo.support_privacy_url,
            "notification_wording": offers_notifications
            and texts._get_current("notifications").wording,
            "contact": company_sudo._get_support_contact(),
        }
