"""The page that says what the statuses of tickets mean."""

from odoo import http
from odoo.http import request

from ..base import replica


class SupportStatus(http.Controller):
    @http.route(
        "/support/status",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=True,
        readonly=replica.read,
    )
    def support_status(self, **kw):
        """What every status means, and what customers can do about it."""
        return request.render(
            "customer_portal_addon.support_status", self._prepare_status_values()
        )

    def _prepare_status_values(self):
        company_sudo = request.env.company.sudo()
        stages = request.env["helpdesk.ticket.stage"]
        return {
            "page_name": "support_status",
            "statuses": stages._get_status_page_values(company_sudo),
        }
