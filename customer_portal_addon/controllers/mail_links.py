"""What the buttons of our mails lead to: a page on GET, the deed on POST.

Mail scanners open every link. The links are personal and need no login: people without
one get our mails, too.
"""

from urllib.parse import urlencode

from odoo import http
from odoo.http import request

from . import replica

# Nobody but the reader's browser is to keep or to pass on such an address
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


class SupportMailLinks(http.Controller):
    @http.route(
        "/support/ticket/<int:ticket_id>/close",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
        readonly=replica.read,
    )
    def support_close_link(self, ticket_id, token="", **kw):
        """The ticket, and the button that closes it."""
        ticket = request.env["helpdesk.ticket"].browse(ticket_id)
        page = ticket._read_link(token)
        values = {"ticket_id": ticket_id, "token": token, **(page or {})}
        response = request.render("customer_portal_addon.close_link", values)
        response.status_code = 200 if page else 404
        response.headers.update(HEADERS)
        return response

    @http.route(
        "/support/ticket/<int:ticket_id>/close",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def support_close_link_act(self, ticket_id, token="", action="", **kw):
        """Close the ticket, or take that back; then show how it stands."""
        ticket = request.env["helpdesk.ticket"].browse(ticket_id)
        if action == "undo":
            ticket._undo_close_by_link(token)
        else:
            token = ticket._close_by_link(token, kw.get("comment")) or token
        query = urlencode({"token": token})
        response = request.redirect(f"/support/ticket/{ticket_id}/close?{query}")
        response.headers.update(HEADERS)
        return response

    @http.route(
        "/support/notifications",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
        readonly=replica.read,
    )
    def support_notifications_link(self, token="", **kw):
        """The button that puts the reader on the notification list."""
        found = request.env["helpdesk.ticket"]._read_notification_link(token)
        return self._render_notifications("ask" if found else "broken", token)

    @http.route(
        "/support/notifications",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def support_notifications_link_act(self, token="", **kw):
        """Put the reader on the notification list, and say so."""
        is_done = request.env["helpdesk.ticket"]._subscribe_by_link(token)
        return self._render_notifications("done" if is_done else "broken", token)

    def _render_notifications(self, state, token):
        values = {"state": state, "token": token}
        response = request.render("customer_portal_addon.notifications_link", values)
        response.status_code = 404 if state == "broken" else 200
        response.headers.update(HEADERS)
        return response
