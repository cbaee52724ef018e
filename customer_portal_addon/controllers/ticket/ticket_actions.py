"""What people do with a ticket besides answering: a page with a form for each."""

from odoo import http
from odoo.http import request

from ..base import replica
from ..form.ticket_form import read_posted_form
from .tickets import SupportTickets


class SupportTicketActions(SupportTickets):
    @http.route(
        [
            "/my/ticket/<int:ticket_id>/participants",
            "/my/ticket/<int:ticket_id>/edit",
            "/my/ticket/<int:ticket_id>/close",
            "/my/ticket/<int:ticket_id>/reopen",
            "/my/ticket/<int:ticket_id>/leave",
        ],
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        sitemap=False,
        readonly=replica.read_unless_posted,
        support_gate=True,
        support_turn=True,
    )
    def support_ticket_action(self, ticket_id, **kw):
        """Show the form of an action, or do what was chosen in it."""
        ticket = self._get_accessible_ticket(ticket_id)
        if not ticket:
            return request.redirect("/my")
        action = request.httprequest.path.rpartition("/")[2]
        if request.httprequest.method == "POST":
            return self._act(ticket, action)
        if action not in ticket._get_portal_actions():
            return request.redirect(f"/my/ticket/{ticket_id}")
        return self._render_action(ticket, action, done=bool(kw.get("done")))

    def _act(self, ticket, action):
        values, _files = read_posted_form()
        errors = ticket._act_from_portal(action, values)
        if errors:
            response = self._render_action(ticket, action, values, errors)
            response.status_code = 422
            return response
        if not ticket.has_access("read"):  # somebody has left
            return request.redirect("/my/tickets")
        page = f"/my/ticket/{ticket.id}"
        if action == "participants":  # one is seldom enough
            page += "/participants"
        return request.redirect(f"{page}?done={action}")

    def _render_action(self, ticket, action, values=None, errors=None, done=False):
        """Show the form of an action with what was typed and what is wrong."""
        return request.render(
            "customer_portal_addon.ticket_action",
            self._prepare_ticket_action_values(
                ticket, action, values or {}, errors or {}, done
            ),
        )

    def _prepare_ticket_action_values(self, ticket, action, values, errors, done):
        return {
            **ticket._get_action_page_values(action, values, errors),
            "page_name": "ticket",
            "action": action,
            "errors": errors,
            "done": done,
        }
