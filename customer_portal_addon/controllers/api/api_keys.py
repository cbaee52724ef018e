"""API keys on the security page of the portal."""

from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, get_error


class SupportApiKeys(CustomerPortal):
    @http.route()
    def security(self, **post):
        """Show the keys as well; the page stays open to those who may have none."""
        if post:  # Odoo's page takes for granted that all of them are there
            post = {"old": "", "new1": "", "new2": "", **post}
        response = super().security(**post)
        response.qcontext.update(request.env["support.api.key"]._get_security_values())
        return response

    def _update_password(self, old, new1, new2):
        """Say what is wrong with a new password beside its field."""
        result = super()._update_password(old, new1, new2)
        error = result.get("errors", {}).get("password")
        if isinstance(error, str):
            result["errors"]["password"] = {"new1": error}
        return result

    @http.route(
        "/my/security/support-keys",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        support_gate=True,
    )
    def support_key_create(self, **kw):
        """Make a key and show it, this once."""
        keys = request.env["support.api.key"]
        key, errors = keys._make_own(kw)
        return self._render_security(
            keys._get_security_values(errors and kw, errors, key),
            status=422 if errors else 200,
        )

    @http.route(
        "/my/security/support-keys/revoke",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        support_gate=True,
    )
    def support_key_revoke(self, key_id="", **kw):
        """Revoke a key of one's own, or of the company for its administrators."""
        request.env["support.api.key"]._revoke_own(key_id)
        return request.redirect("/my/security#support_keys")

    def _render_security(self, keys, status):
        values = {
            **self._prepare_portal_layout_values(),
            **keys,
            "get_error": get_error,
            "allow_api_keys": False,
            "open_deactivate_modal": False,
        }
        response = request.render("portal.portal_my_security", values, status=status)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return response
