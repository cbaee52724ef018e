"""What the buttons of our mails lead to: a page on GET, the deed on POST.

Mail scanners open every link. The links are personal and need no login: people without
one get our mails, too.

Their tokens stand behind a ``#``, which browsers keep to themselves: no log of a server
has them. A page with a script posts the token to the same address, to be shown what the
link is for. Links of older mails have them in the query.
"""

from urllib.parse import urlencode

from odoo import http
from odoo.http import request

from ..base import replica

# Nobody but the reader's browser is to keep or to pass on such an address
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


def render_opener(kind):
    """Return the page that takes the token out of the address and posts it.

    It says nothing about anything, and changes nothing.

    :param str kind: what the link is for, see the template
    """
    contact = request.env.company.sudo()._get_support_contact()
    path = request.httprequest.path
    values = {"kind": kind, "action": path, "contact": contact}
    response = request.render("customer_portal_addon.link_opener", values)
    response.headers.update(HEADERS)
    return response


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
        if not token:
            return render_opener("close")
        return self._render_close(ticket_id, token)

    @http.route(
        "/support/ticket/<int:ticket_id>/close",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def support_close_link_act(self, ticket_id, token="", action="", **kw):
        """Show the ticket, close it, or take that back; then show how it stands."""
        ticket = request.env["helpdesk.ticket"].browse(ticket_id)
        if action == "undo":
            ticket._undo_close_by_link(token)
        elif action == "close":
            token = ticket._close_by_link(token, kw.get("comment")) or token
        else:
            return self._render_close(ticket_id, token)
        # so that loading the page again does nothing again
        query = urlencode({"token": token})
        response = request.redirect(f"/support/ticket/{ticket_id}/close#{query}")
        response.headers.update(HEADERS)
        return response

    def _render_close(self, ticket_id, token):
        page = request.env["helpdesk.ticket"].browse(ticket_id)._read_link(token)
        values = {"ticket_id": ticket_id, "token": token, **(page or {})}
        response = request.render("customer_portal_addon.close_link", values)
        response.status_code = 200 if page else 404
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
        if not token:
            return render_opener("notifications")
        return self._show_notifications(token)

    @http.route(
        "/support/notifications",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def support_notifications_link_act(self, token="", action="", **kw):
        """Put the reader on the notification list, and say so."""
        if action == "show":
            return self._show_notifications(token)
        is_done = request.env["helpdesk.ticket"]._subscribe_by_link(token)
        return self._render_notifications("done" if is_done else "broken", token)

    def _show_notifications(self, token):
        found = request.env["helpdesk.ticket"]._read_notification_link(token)
        return self._render_notifications("ask" if found else "broken", token)

    def _render_notifications(self, state, token):
        values = {"state": state, "token": token}
        response = request.render("customer_portal_addon.notifications_link", values)
        response.status_code = 404 if state == "broken" else 200
        response.headers.update(HEADERS)
        return response
