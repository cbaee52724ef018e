"""Orders of support: who gets to them, and offers after their last day."""

from werkzeug.exceptions import abort

from odoo import http
from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.http import request

from odoo.addons.sale_management.controllers.portal import CustomerPortal


class SupportOffers(CustomerPortal):
    def _prepare_quotations_domain(self, partner):
        """Leave out the offers that nobody can accept any more."""
        listed = request.env["sale.order"]._get_listed_quotations_domain()
        return [*super()._prepare_quotations_domain(partner), *listed]

    def _document_check_access(self, model_name, document_id, access_token=None):
        """Refuse who may not order, and offers that are over, at every address.

        The page, its PDF, files and buttons answer with a page that says so.
        """
        document_sudo = super()._document_check_access(
            model_name, document_id, access_token=access_token
        )
        if model_name == "sale.order":
            if not document_sudo._may_be_ordered_by(request.env.user):
                self._refuse_order(document_sudo)
            if document_sudo._is_support_offer_over():
                self._refuse_ended_offer(document_sudo)
        return document_sudo

    def _refuse_order(self, order_sudo):
        if request.dispatcher.routing_type != "http":
            raise ValidationError(order_sudo._get_order_refusal())
        if not getattr(request, "is_frontend", False):  # a file: no place for a page
            abort(request.redirect(order_sudo.get_portal_url()))
        response = request.render("customer_portal_addon.order_refused", status=403)
        response.flatten()
        abort(response)

    def _refuse_ended_offer(self, order_sudo):
        if request.dispatcher.routing_type != "http":
            raise ValidationError(
                request.env._("This offer has ended and can't be ordered any more.")
            )
        if not getattr(request, "is_frontend", False):  # a file: no place for a page
            abort(request.redirect(order_sudo.get_portal_url()))
        response = request.render(
            "customer_portal_addon.offer_ended", order_sudo._get_ended_offer_values()
        )
        response.status_code = 410
        response.flatten()
        abort(response)

    @http.route()
    def portal_quote_option_update(
        self, order_id, line_id, access_token=None, input_quantity=False, **kw
    ):
        """Let nobody lower the price by ordering less than nothing."""
        if input_quantity is not False:
            input_quantity = request.env["sale.order.line"]._parse_portal_quantity(
                input_quantity
            )
        return super().portal_quote_option_update(
            order_id,
            line_id,
            access_token=access_token,
            input_quantity=input_quantity,
            **kw,
        )

    @http.route()
    def portal_quote_accept(self, order_id, access_token=None, **kw):
        """Say who may order; reload the page of an offer that ended meanwhile."""
        token = access_token or request.httprequest.args.get("access_token")
        try:
            order_sudo = super()._document_check_access(
                "sale.order", order_id, access_token=token
            )
        except (AccessError, MissingError):
            order_sudo = request.env["sale.order"]
        if order_sudo and not order_sudo._may_be_ordered_by(request.env.user):
            return {"error": order_sudo._get_order_refusal()}
        if order_sudo and order_sudo._is_support_offer_over():
            return {"force_refresh": True, "redirect_url": order_sudo.get_portal_url()}
        return super().portal_quote_accept(order_id, access_token=access_token, **kw)
