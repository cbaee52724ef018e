"""Filing a ticket without a login, and whether the address may be misspelled."""

from odoo import http
from odoo.http import SessionExpiredException, request

from ..access.access import SupportAccess
from ..base import replica
from ..form.ticket_form import SupportTicketForm, read_posted_form


def get_max_upload(_controller):
    """Return how long a request with a form may be, known before its body is read."""
    return request.env["helpdesk.ticket.type"]._get_max_upload()


class SupportPublicStart(SupportAccess):
    def _prepare_start_values(self, **kw):
        """Say that the ticket was filed; offer the form to people without a login."""
        values = super()._prepare_start_values(**kw)
        types = request.env["helpdesk.ticket.type"]
        is_open = values["is_guest"] and bool(types._get_offered_to_strangers())
        values["is_filing_open"] = is_open
        if kw.get("filed") and values["is_guest"]:
            values["filed"] = request.session.get("support_filed")
        return values


class SupportPublicForm(SupportTicketForm):
    # ---------------------------------------------------
    # The pages of customers, for everybody
    # ---------------------------------------------------

    @http.route(auth="public", readonly=replica.read, support_gate=True)
    def support_ticket_types(self, **kw):
        if not request.env.user._is_public():
            return super().support_ticket_types(**kw)
        types = request.env["helpdesk.ticket.type"]._get_offered_to_strangers()
        if not types:
            raise SessionExpiredException("A login is needed")
        return request.render(
            "customer_portal_addon.public_types",
            self._prepare_public_types_values(types, **kw),
        )

    def _prepare_public_types_values(self, types, **kw):
        return {
            "page_name": "support_new",
            "types": types,
            "link_query": request.env["helpdesk.ticket"]._get_link_query(kw),
        }

    @http.route(auth="public", readonly=replica.read, support_gate=True)
    def support_ticket_form(self, type_slug, **kw):
        if not request.env.user._is_public():
            return super().support_ticket_form(type_slug, **kw)
        ticket_type = self._find_public_type(type_slug)
        values = request.env["helpdesk.ticket"]._get_prefill(ticket_type, kw)
        return self._render_public_form(ticket_type, values)

    # ---------------------------------------------------
    # Sending
    # ---------------------------------------------------

    @http.route(
        "/support/ticket/send/<type_slug>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
        readonly=replica.read,
        support_gate=True,
    )
    def support_public_again(self, type_slug, **kw):
        """Lead back to the form whoever loads the page with the errors again."""
        return request.redirect(f"/support/ticket/new/{type_slug}")

    @http.route(
        "/support/ticket/send/<type_slug>",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
        captcha="support_ticket",
        max_content_length=get_max_upload,
        support_gate=True,
    )
    def support_public_submit(self, type_slug, **kw):
        """File a ticket of somebody without a login."""
        if not request.env.user._is_public():
            return request.redirect(f"/support/ticket/new/{type_slug}")
        ticket_type = self._find_public_type(type_slug)
        values, files = read_posted_form()
        number, errors = request.env["helpdesk.ticket"]._file_publicly(
            ticket_type, values, files, client=request.httprequest.remote_addr
        )
        if errors:
            response = self._render_public_form(ticket_type, values, errors)
            response.status_code = 422
            return response
        request.session["support_filed"] = number
        return request.redirect("/support?filed=1")

    @http.route(
        "/support/address",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
        support_gate=True,
    )
    def support_address_hint(self, email="", **kw):
        """Answer what may be wrong with an address, as JSON."""
        hint = request.env["support.address.hint"]._find_hint(
            email, client=request.httprequest.remote_addr
        )
        return request.make_json_response(hint)

    # ---------------------------------------------------
    # Helpers
    # ---------------------------------------------------

    def _find_public_type(self, type_slug):
        """Return the type for everybody that an address names; others need a login."""
        type_id = request.env["ir.http"]._unslug(type_slug)[1]
        types = request.env["helpdesk.ticket.type"]._get_offered_to_strangers()
        ticket_type = types.filtered(lambda t: t.id == type_id)
        if not ticket_type:
            raise SessionExpiredException("A login is needed")
        return ticket_type

    def _render_public_form(self, ticket_type, values=None, errors=None):
        return request.render(
            "customer_portal_addon.public_form",
            self._prepare_public_form_values(ticket_type, values, errors),
        )

    def _prepare_public_form_values(self, ticket_type, values, errors):
        slug = request.env["ir.http"]._slug(ticket_type)
        return {
            "page_name": "support_new",
            "ticket_type": ticket_type,
            "action": f"/support/ticket/send/{slug}",
            "login_url": f"/web/login?redirect=/support/ticket/new/{slug}",
            "inputs": ticket_type._get_public_inputs(values, errors),
            "stamp": request.env["support.public.guard"]._renew_stamp(values),
            "trap": ticket_type._get_trap_input(errors),
            "errors": errors or {},
            "form_context": request.env["helpdesk.ticket"]._read_posted_context(
                values or {}
            ),
            "file_rules": ticket_type._get_file_rules(),
        }
