"""Support packages: what they cost, and how to order one."""

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ...tools.web import list_filters
from ..base import replica


class SupportPackages(http.Controller):
    @http.route(
        "/support/packages",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=True,
        readonly=replica.read,
    )
    def support_packages(self, **kw):
        """The packages with the prices of whoever looks at them."""
        return self._render_packages()

    @http.route(
        "/support/packages/order",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
        support_gate=True,
    )
    def support_packages_order(self, product_id="", **kw):
        """Order a package: lead to the quotation, to sign or to pay."""
        product_id = list_filters.parse_number(product_id)
        try:
            order_sudo = request.env["sale.order"]._order_package(product_id)
        except UserError as error:
            return self._render_packages(error=error.args[0], status=422)
        return request.redirect(order_sudo.get_portal_url())

    def _render_packages(self, error=None, status=200):
        return request.render(
            "customer_portal_addon.support_packages",
            self._prepare_packages_values(error),
            status=status,
        )

    def _prepare_packages_values(self, error):
        return {
            **request.env["product.template"]._get_support_packages(),
            "page_name": "support_packages",
            "error": error,
        }
