"""The company's people: what customer administrators do with their colleagues."""

from urllib.parse import urlencode

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..access.access import SupportAccess
from ..base import replica

ACTIONS = ("invite", "rename", "switch_off", "switch_on", "appoint", "dismiss")


class SupportStart(SupportAccess):
    def _prepare_start_values(self, **kw):
        values = super()._prepare_start_values(**kw)
        values["manages_colleagues"] = request.env["res.partner"]._manages_colleagues()
        if values["is_allowed"] and values["manages_colleagues"]:
            tickets = request.env["helpdesk.ticket"]
            values["company_open_count"] = tickets._count_company_open()
        return values


class SupportCompany(CustomerPortal):
    _colleagues_per_page = 50

    def _prepare_portal_layout_values(self):
        values = super()._prepare_portal_layout_values()
        values["manages_colleagues"] = request.env["res.partner"]._manages_colleagues()
        return values

    # ---------------------------------------------------
    # The page
    # ---------------------------------------------------

    @http.route(
        ["/my/colleagues", "/my/colleagues/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        sitemap=False,
        readonly=replica.read,
        support_gate=True,
    )
    def support_colleagues(self, page=1, search="", done=None, **kw):
        """The people of the company and what they may do here."""
        if not request.env["res.partner"]._manages_colleagues():
            return request.redirect("/my")
        return self._render_colleagues(page=page, search=search, done=done)

    def _render_colleagues(self, **kw):
        return request.render(
            "customer_portal_addon.colleagues", self._prepare_colleagues_values(**kw)
        )

    def _prepare_colleagues_values(self, page=1, search="", **kw):
        """Return what the page prints.

        :param kw: what was done, or typed and wrong, and where
        :rtype: dict
        """
        people = request.env["res.partner"]
        search = search.strip()[:100]
        pager = portal_pager(
            url="/my/colleagues",
            url_args={"search": search} if search else {},
            total=people._count_colleagues(search),
            page=page,
            step=self._colleagues_per_page,
        )
        colleagues_sudo = people._get_colleagues(
            search, offset=pager["offset"], limit=self._colleagues_per_page
        )
        if kw.get("wrong_id"):  # only this one, wherever it stands in the list
            colleagues_sudo = people._find_colleague(kw["wrong_id"])
        rows = colleagues_sudo._get_colleague_values()
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "colleagues",
            "company_name": request.env.user.commercial_partner_id.name,
            "rows": rows,
            "is_alone": not search and [row["is_me"] for row in rows] == [True],
            "pager": pager,
            "search": search,
            "done": kw.get("done") in ACTIONS and kw["done"],
            "wrong_id": kw.get("wrong_id"),
            "values": kw.get("values") or {},
            "errors": kw.get("errors") or {},
        }

    # ---------------------------------------------------
    # What is done there
    # ---------------------------------------------------

    @http.route(
        "/my/colleagues/invite",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
        support_gate=True,
    )
    def support_colleague_invite(self, **kw):
        """Invite somebody into the company."""
        people = request.env["res.partner"]
        if not people._manages_colleagues():
            return request.redirect("/my")
        values = {name: kw.get(name) or "" for name in ("name", "email")}
        errors = people._invite_colleague(values)
        if errors:
            response = self._render_colleagues(values=values, errors=errors)
            response.status_code = 422
            return response
        return request.redirect("/my/colleagues?done=invite")

    @http.route(
        "/my/colleagues/<int:colleague_id>/<action>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
        support_gate=True,
    )
    def support_colleague_act(self, colleague_id, action, **kw):
        """Do something with a colleague.

        For somebody else's contact the answer is the same as for no contact.
        """
        if action not in ACTIONS:
            raise NotFound()
        people = request.env["res.partner"]
        if not people._manages_colleagues():
            return request.redirect("/my")
        values = {"name": kw.get("name") or ""}
        errors = people._act_on_colleague(colleague_id, action, values)
        if errors is None:
            return request.redirect("/my")
        if errors:
            response = self._render_colleagues(
                wrong_id=colleague_id, values=values, errors=errors
            )
            response.status_code = 422
            return response
        return request.redirect(self._get_way_back(action, **kw))

    def _get_way_back(self, action, page="1", search="", **kw):
        """Return the address of the place in the list that somebody came from."""
        path = "/my/colleagues"
        if page.isdecimal() and len(page) < 6 and int(page) > 1:
            path += f"/page/{int(page)}"
        arguments = {"done": action, **({"search": search} if search else {})}
        return f"{path}?{urlencode(arguments)}"
