"""The lists of tickets: the own ones, and those of the company."""

import re
from urllib.parse import quote, unquote, urlencode

from odoo import fields, http
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..base import replica
from .tickets import SupportTickets

OWN = "/my/tickets"
COMPANY = "/my/tickets/company"
# Where a ticket leads back to. A cookie, not the session, which replicas can't write
COOKIE = "support_list"
LIST = re.compile(
    r"(/my/tickets(?:/company)?)(?:/page/[0-9]{1,9})?(?:\?[!-~]{1,2000})?"
)


class SupportTicketLists(SupportTickets):
    _tickets_per_page = 30

    def _prepare_home_portal_values(self, counters):
        """Count the open tickets: the own ones instead of all that can be read."""
        others = [counter for counter in counters if counter != "ticket_count"]
        values = super()._prepare_home_portal_values(others)
        tickets = request.env["helpdesk.ticket"]
        if "ticket_count" in counters:
            values["ticket_count"] = tickets._count_own_open()
        if "company_ticket_count" in counters and self._manages_company():
            values["company_ticket_count"] = tickets._count_company_open()
        return values

    # ---------------------------------------------------
    # The pages
    # ---------------------------------------------------

    @http.route(readonly=replica.read, support_gate=True)
    def portal_my_tickets(self, page=1, **kw):
        """The contact's own tickets, the open ones first of all.

        OCA's page counts and shows all that somebody may read.
        """
        return self._render_list(OWN, page, kw)

    @http.route(
        ["/my/tickets/company", "/my/tickets/company/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        sitemap=False,
        readonly=replica.read,
        support_gate=True,
    )
    def support_company_tickets(self, page=1, **kw):
        """All tickets of the company, for its administrators."""
        if not self._manages_company():
            return request.redirect("/my")
        return self._render_list(COMPANY, page, kw)

    def _render_list(self, path, page, params):
        values = self._prepare_tickets_values(path, page, params)
        response = request.render("customer_portal_addon.my_tickets", values)
        self._remember_list(response, values["pager"]["page"]["url"])
        return response

    def _prepare_tickets_values(self, path, page, params):
        """Return what the page of a list prints.

        :param str path: of the list, ``OWN`` or ``COMPANY``
        :param dict params: as in the address
        :rtype: dict
        """
        of_company = path == COMPANY
        found = request.env["helpdesk.ticket"]._get_list_values(
            self._read_list_params(params), of_company, page, self._tickets_per_page
        )
        query = found["query"]
        for choice in found["tabs"] + found["stages"]:
            choice["url"] = self._get_address(path, {**query, "status": choice["key"]})
        return {
            **self._prepare_portal_layout_values(),
            **found,
            "page_name": "ticket",
            "list_path": path,
            "pager": portal_pager(
                url=path,
                url_args=query,
                total=found["total"],
                page=found["page"],
                step=self._tickets_per_page,
            ),
            "export_url": self._get_address(f"{path}/export.csv", query),
            "all_url": self._get_address(path, {"status": "all"}),
            "is_of_company": of_company,
            "is_code_missing": request.env.user._is_support_code_missing(),
        }

    def _manages_company(self):
        return request.env["res.partner"]._manages_colleagues()

    def _read_list_params(self, params):
        return {key: value for key, value in params.items() if isinstance(value, str)}

    def _get_address(self, path, query):
        return f"{path}?{urlencode(query)}" if query else path

    # ---------------------------------------------------
    # The way back from a ticket
    # ---------------------------------------------------

    def _remember_list(self, response, url):
        """Note which list somebody looks at, until the browser is closed."""
        response.set_cookie(
            COOKIE,
            quote(f"{request.env.uid} {url}"),
            expires=None,
            httponly=True,
            samesite="Lax",
        )

    def _get_list_url(self):
        """Return the address of the list that the user has looked at last.

        What somebody else has searched for on the same computer is forgotten.
        """
        cookie = unquote(request.cookies.get(COOKIE, ""))
        uid, _separator, url = cookie.partition(" ")
        known = uid == str(request.env.uid) and LIST.fullmatch(url)
        if not known or (known[1] == COMPANY and not self._manages_company()):
            return OWN
        return url

    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        values = super()._ticket_get_page_view_values(ticket, access_token, **kwargs)
        list_url = self._get_list_url()
        return {
            **values,
            "list_url": list_url,
            "is_of_company": list_url.startswith(COMPANY),
        }

    # ---------------------------------------------------
    # Export
    # ---------------------------------------------------

    @http.route(
        "/my/tickets/export.csv",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        sitemap=False,
        readonly=replica.read,
        support_gate=True,
    )
    def support_tickets_export(self, **kw):
        """The list of the own tickets as a file."""
        return self._send_export(OWN, kw)

    @http.route(
        "/my/tickets/company/export.csv",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        sitemap=False,
        readonly=replica.read,
        support_gate=True,
    )
    def support_company_tickets_export(self, **kw):
        """The list of the company's tickets as a file."""
        if not self._manages_company():
            return request.redirect("/my")
        return self._send_export(COMPANY, kw)

    def _send_export(self, path, params):
        tickets = request.env["helpdesk.ticket"]
        content = tickets._export_list(
            self._read_list_params(params), of_company=path == COMPANY
        )
        name = f"tickets-{fields.Date.context_today(tickets)}.csv"
        return request.make_response(
            content,
            headers=[
                ("Content-Type", "text/csv; charset=utf-8"),
                ("Content-Disposition", content_disposition(name)),
                ("Cache-Control", "no-store"),
            ],
        )
