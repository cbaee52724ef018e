"""Following a ticket: its page, its answers and closing it."""

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController
from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk

from .ticket_form import read_posted_form


def always_readonly(controller, rule, args):
    """Serve a page from a replica although the overridden route was read/write."""
    return True


class SupportTickets(CustomerPortalHelpdesk):
    # ---------------------------------------------------
    # One ticket
    # ---------------------------------------------------

    @http.route(auth="user", readonly=always_readonly, support_gate=True)
    def portal_my_ticket(self, ticket_id, access_token=None, **kw):
        """The ticket with its conversation. A token replaces no login."""
        ticket = self._get_accessible_ticket(ticket_id)
        if not ticket:
            return request.redirect("/my")
        return self._render_ticket(ticket, is_submitted=bool(kw.get("submitted")))

    @http.route(
        "/my/ticket/<int:ticket_id>/reply",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        support_gate=True,
    )
    def support_ticket_reply(self, ticket_id, **kw):
        """Post an answer of the customer."""
        ticket = self._get_accessible_ticket(ticket_id)
        if not ticket:
            return request.redirect("/my")
        values, files = read_posted_form()
        errors = ticket._post_customer_reply(values, files)
        if errors:
            response = self._render_ticket(ticket, values=values, errors=errors)
            response.status_code = 422
            return response
        return request.redirect(f"/my/ticket/{ticket_id}#conversation_end")

    def _get_accessible_ticket(self, ticket_id):
        """Return the ticket if the current user may read it, else an empty record."""
        ticket = request.env["helpdesk.ticket"].browse(ticket_id).exists()
        return ticket if ticket and ticket.has_access("read") else ticket.browse()

    def _render_ticket(self, ticket, **kw):
        ticket.check_access("read")
        ticket_sudo = ticket.sudo()
        return request.render(
            "customer_portal_addon.ticket_page",
            self._ticket_get_page_view_values(ticket_sudo, None, **kw),
        )

    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        values = kwargs.get("values") or {}
        return {
            "page_name": "ticket",
            "ticket": ticket,
            "answers": ticket.answer_ids.filtered(lambda a: not a.attachment_ids),
            "files": ticket._get_original_files(),
            "conversation": ticket._get_conversation_values(),
            "closing_stages": ticket._get_portal_closing_stages(),
            "participants": ticket._get_participant_names(),
            "file_rules": ticket.type_id._get_file_rules(),
            "body": (values.get("body") or [""])[0],
            "errors": kwargs.get("errors") or {},
            "is_submitted": kwargs.get("is_submitted"),
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
        ticket._close_from_portal(int(stage_id))
        return request.redirect(f"/my/ticket/{ticket.id}", code=302)
