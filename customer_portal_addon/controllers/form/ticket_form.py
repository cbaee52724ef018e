"""Filing a ticket: the overview of the types and a form for each."""

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController

from ..base import replica


def get_max_upload(_controller):
    """Return how long a request with files may be, known before its body is read."""
    return request.env["helpdesk.ticket.type"]._get_max_customer_upload()


def read_posted_form(file_input="files"):
    """Return the posted values and files of the current request.

    :return: name of an input -> list of strings, and a list of (name, bytes)
    :rtype: tuple(dict, list)
    """
    posted = request.httprequest
    files = posted.files.getlist(file_input)
    return posted.form.to_dict(flat=False), [(f.filename, read_file(f)) for f in files]


def read_file(upload):
    """Return the content of a file that was sent, also when Odoo tries once more.

    It then rewinds only the first file of each name.
    """
    upload.seek(0)
    return upload.read()


class SupportTicketForm(HelpdeskTicketController):
    # ---------------------------------------------------
    # Our pages
    # ---------------------------------------------------

    @http.route(
        "/support/ticket/new",
        type="http",
        auth="user",
        website=True,
        sitemap=False,
        readonly=replica.read,
        support_gate=True,
    )
    def support_ticket_types(self, **kw):
        """The ticket types, each leading to its form."""
        return request.render(
            "customer_portal_addon.ticket_types",
            self._prepare_ticket_types_values(**kw),
        )

    def _prepare_ticket_types_values(self, **kw):
        return {
            "page_name": "support_new",
            "types": request.env["helpdesk.ticket.type"]._get_offered(),
            "link_query": request.env["helpdesk.ticket"]._get_link_query(kw),
            "is_code_missing": request.env.user._is_support_code_missing(),
            "credit": request.env["support.credit.account"]._get_form_panel(),
        }

    @http.route(
        "/support/ticket/new/<type_slug>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        sitemap=False,
        readonly=replica.read,
        support_gate=True,
    )
    def support_ticket_form(self, type_slug, preview=None, **kw):
        """The form of a type; staff may look at forms that are not on offer.

        A link from a program fills in what it names.
        """
        is_preview = bool(preview) and request.env.user._is_internal()
        ticket_type = self._find_type(type_slug, is_preview)
        values = request.env["helpdesk.ticket"]._get_prefill(ticket_type, kw)
        return self._render_form(ticket_type, values, is_preview=is_preview)

    @http.route(
        "/support/ticket/new/<type_slug>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
        max_content_length=get_max_upload,
        support_gate=True,
    )
    def support_ticket_submit(self, type_slug, **kw):
        """File a ticket of this type."""
        ticket_type = self._find_type(type_slug)
        values, files = read_posted_form()
        context = request.env["helpdesk.ticket"]._read_posted_context(values)
        return self._file_ticket(ticket_type, values, files, **context)

    # ---------------------------------------------------
    # OCA's pages, under the same rules
    # ---------------------------------------------------

    @http.route(readonly=replica.read, support_gate=True)
    def create_new_ticket(self, **kw):
        """Lead to the types: OCA's form asks for a category and a team instead."""
        return request.redirect("/support/ticket/new")

    @http.route(methods=["POST"], max_content_length=get_max_upload, support_gate=True)
    def submit_ticket(self, **kw):
        """File a ticket of the type that was posted, else of the general one.

        OCA's method takes whatever was posted, unchecked.
        """
        values, files = read_posted_form(file_input="attachment")
        offered = request.env["helpdesk.ticket.type"]._get_offered()
        ticket_type = offered.filtered(lambda t: str(t.id) == kw.get("type"))
        ticket_type = ticket_type or offered._get_general()
        if offered and not ticket_type:
            return request.redirect("/support/ticket/new")
        choices = request.env["helpdesk.ticket"]._get_oca_choices(
            kw.get("category"), kw.get("team")
        )
        return self._file_ticket(ticket_type, values, files, **choices)

    # ---------------------------------------------------
    # Helpers
    # ---------------------------------------------------

    def _find_type(self, type_slug, is_preview=False):
        """Return the type on offer (in a preview: any) that an address names.

        A route's model converter would answer with 403 instead of 404 for types that
        are not on offer.
        """
        type_id = request.env["ir.http"]._unslug(type_slug)[1]
        types = request.env["helpdesk.ticket.type"]
        if is_preview:
            ticket_type = types.browse(type_id or 0).exists()
        else:
            ticket_type = types._get_offered().filtered(lambda t: t.id == type_id)
        if not ticket_type:
            raise NotFound()
        return ticket_type

    def _file_ticket(self, ticket_type, values, files, **extra):
        """File the ticket and lead to it, or show the form with what is wrong."""
        ticket, errors = request.env["helpdesk.ticket"]._file_from_form(
            ticket_type, values, files, **extra
        )
        if errors:
            response = self._render_form(ticket_type, values, errors)
            response.status_code = 422
            return response
        return request.redirect(f"/my/ticket/{ticket.id}?submitted=1")

    def _render_form(self, ticket_type, values=None, errors=None, is_preview=False):
        return request.render(
            "customer_portal_addon.ticket_form",
            self._prepare_ticket_form_values(ticket_type, values, errors, is_preview),
        )

    def _prepare_ticket_form_values(self, ticket_type, values, errors, is_preview):
        """Return what the page of a form prints, with what was typed into it.

        :param helpdesk.ticket.type ticket_type: may be empty
        :param dict values: name of an input -> list of posted strings, or None
        :param dict errors: name of an input -> message, or None
        :rtype: dict
        """
        path = "/submitted/ticket"
        if ticket_type:
            path = f"/support/ticket/new/{request.env['ir.http']._slug(ticket_type)}"
        return {
            **request.env["helpdesk.ticket"]._get_form_page_values(
                ticket_type, values, errors
            ),
            "page_name": "support_new",
            "action": path,
            "is_preview": is_preview,
            "is_code_missing": request.env.user._is_support_code_missing(),
        }
