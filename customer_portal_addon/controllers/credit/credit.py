"""The support credit: what is left, what happened, and statements."""

from urllib.parse import urlencode

from odoo import http
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..access.access import SupportAccess
from ..base import replica

PAGE = "/my/credit"
MIME_TYPES = {"csv": "text/csv; charset=utf-8", "pdf": "application/pdf"}


class SupportCreditStart(SupportAccess):
    def _prepare_start_values(self, **kw):
        values = super()._prepare_start_values(**kw)
        if values["is_allowed"]:
            values["credit"] = request.env["support.credit.account"]._get_panel()
        return values


class SupportCredit(CustomerPortal):
    def _prepare_home_portal_values(self, counters):
        """Say the balance on the page itself, which asks for no counters."""
        values = super()._prepare_home_portal_values(counters)
        if not counters:
            values["credit"] = request.env["support.credit.account"]._get_panel()
        return values

    @http.route(
        "/my/credit",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        sitemap=False,
        readonly=replica.read,
        support_gate=True,
    )
    def support_credit(self, **kw):
        """The balance, what it consists of, and the entries of a period."""
        values = self._prepare_credit_values(kw)
        if not values:
            return request.redirect("/my")
        return request.render("customer_portal_addon.credit", values)

    def _prepare_credit_values(self, params):
        """Return what the page of the credit prints; empty: not for this user.

        :param dict params: name -> text, as in the address
        :rtype: dict
        """
        found = request.env["support.credit.account"]._get_page_values(params)
        if not found:
            return {}
        query = found["query"]
        for choice in found["periods"]:
            choice["url"] = self._get_address(PAGE, {"period": choice["key"]})
        return {
            **self._prepare_portal_layout_values(),
            **found,
            "page_name": "credit",
            "first_url": self._get_address(PAGE, query),
            "older_url": self._get_address(PAGE, {**query, "before": found["older"]}),
            "csv_url": self._get_address(f"{PAGE}/statement.csv", query),
            "pdf_url": self._get_address(f"{PAGE}/statement.pdf", query),
        }

    @http.route(
        "/my/credit/statement.csv",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        sitemap=False,
        readonly=replica.read,
        support_gate=True,
    )
    def support_credit_csv(self, **kw):
        """The statement of a period as a table."""
        return self._send_statement(kw, "csv")

    @http.route(
        "/my/credit/statement.pdf",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        sitemap=False,
        readonly=replica.read,
        support_gate=True,
    )
    def support_credit_pdf(self, **kw):
        """The statement of a period as a document."""
        return self._send_statement(kw, "pdf")

    def _send_statement(self, params, kind):
        accounts = request.env["support.credit.account"]
        name, content = accounts._export_statement(params, kind)
        if not name:
            return request.redirect("/my")
        return request.make_response(
            content,
            headers=[
                ("Content-Type", MIME_TYPES[kind]),
                ("Content-Disposition", content_disposition(name)),
                ("Cache-Control", "no-store"),
            ],
        )

    def _get_address(self, path, query):
        return f"{path}?{urlencode(query)}" if query else path
