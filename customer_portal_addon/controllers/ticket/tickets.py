"""Following a ticket: its page, its answers and what else people do with it."""

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController
from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk

from ..base import replica
from ..form.ticket_form import get_max_upload, read_posted_form

ACTIONS = ("participants", "edit", "close", "reopen", "leave")


class SupportTickets(CustomerPortalHelpdesk):
    # ---------------------------------------------------
    # One ticket
    # ---------------------------------------------------

    @http.route(auth="user", readonly=replica.read, support_gate=True)
    def portal_my_ticket(self, ticket_id, access_token=None, **kw):
        """The ticket with its conversation. A token is no login, as OCA's is."""
        ticket = self._get_accessible_ticket(ticket_id)
        if not ticket:
            return self._lead_away(ticket_id)
        done = kw.get("done") in ACTIONS and kw["done"]
        return self._render_ticket(ticket, done=done, submitted=kw.get("submitted"))

    @http.route(
        "/my/ticket/<int:ticket_id>/reply",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=get_max_upload,
        support_gate=True,
        support_turn=True,
    )
    def support_ticket_reply(self, ticket_id, **kw):
        """Post an answer of the customer."""
        ticket = self._get_accessible_ticket(ticket_id)
        if not ticket:
            return self._lead_away(ticket_id)
        values, files = read_posted_form()
        errors = ticket._post_customer_reply(values, files)
        if errors:
            response = self._render_ticket(ticket, values=values, errors=errors)
            response.status_code = 422
            return response
        return request.redirect(f"/my/ticket/{ticket_id}#conversation_end")

    # ---------------------------------------------------
    # What people do with it besides answering: a page with a form for each
    # ---------------------------------------------------

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
            return self._lead_away(ticket_id)
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

    # ---------------------------------------------------
    # Helpers
    # ---------------------------------------------------

    def _get_accessible_ticket(self, ticket_id):
        """Return the ticket if the current user may read it, else an empty record."""
        ticket = request.env["helpdesk.ticket"].browse(ticket_id).exists()
        return ticket if ticket and ticket.has_access("read") else ticket.browse()

    def _lead_away(self, ticket_id):
        """Say where a ticket is found, or lead to the account as Odoo does."""
        values = request.env["helpdesk.ticket"]._get_elsewhere_values(ticket_id)
        if not values:
            return request.redirect("/my")
        values["page_name"] = "ticket"
        return request.render("customer_portal_addon.ticket_elsewhere", values)

    def _render_ticket(self, ticket, **kw):
        return request.render(
            "customer_portal_addon.ticket_page",
            self._ticket_get_page_view_values(ticket, None, **kw),
        )

    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        """Return what the page of a ticket prints.

        Without OCA's values: of those it prints no more, and they ask the database.
        """
        values = kwargs.get("values") or {}
        return {
            **ticket._get_page_values(),
            "page_name": "ticket",
            "body": (values.get("body") or [""])[0],
            "errors": kwargs.get("errors") or {},
            "done": kwargs.get("done"),
            "is_submitted": bool(kwargs.get("submitted")),
            "is_code_missing": request.env.user._is_support_code_missing(),
        }


class SupportTicketClosing(HelpdeskTicketController):
    @http.route(methods=["POST"], website=True, support_gate=True)
    def support_ticket_close(self, ticket_id=None, stage_id=None, **kw):
        """Close a ticket that the user may see, by a stage offered for that.

        OCA's route closes any ticket for anybody, with a mere link.
        """
        if not (str(ticket_id).isdecimal() and str(stage_id).isdecimal()):
            raise NotFound()
        ticket = request.env["helpdesk.ticket"].browse(int(ticket_id)).exists()
        if not ticket or not ticket.has_access("read"):
            return request.redirect("/my")
        ticket._act_from_portal("close", {"stage_id": [stage_id]})
        return request.redirect(f"/my/ticket/{ticket.id}", code=302)
