"""The door for programs: tickets and their status, as JSON.

No token against forged requests: a browser can be made to send its cookies, but no
``Authorization`` header, and nothing else is looked at here. There is neither a user
nor a session.
"""

from odoo import http
from odoo.http import request

from ...exceptions import SupportApiProblem
from ...tools.api import api_document, api_schema
from ..base import replica
from ..form.ticket_form import read_file
from .api_dispatcher import make_json


class SupportApiController(http.Controller):
    @http.route(
        "/support/api/1/tickets",
        type="support_api",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=api_schema.MAX_BODY,
    )
    def support_api_tickets(self):
        """File a ticket."""
        key_sudo = self._enter("file")
        idempotency_key = key_sudo.env["support.api"]._check_idempotency_key(
            request.httprequest.headers.get("Idempotency-Key")
        )
        document, files = self._read_body()
        receipt = key_sudo.env["helpdesk.ticket"]._file_from_api(
            key_sudo, document, files, idempotency_key
        )
        return make_json(receipt, 201, {"Location": receipt["status_url"]})

    @http.route(
        "/support/api/1/tickets/<number>",
        type="support_api",
        auth="none",
        methods=["GET"],
        csrf=False,
        save_session=False,
        readonly=replica.read_by_key,
    )
    def support_api_ticket(self, number):
        """Where a ticket stands."""
        key_sudo = self._enter("read")
        return make_json(key_sudo.env["support.api"]._get_status(key_sudo, number))

    @http.route(
        "/support/api/1/types",
        type="support_api",
        auth="none",
        methods=["GET"],
        csrf=False,
        save_session=False,
        readonly=replica.read_by_key,
    )
    def support_api_types(self):
        """The ticket types with their forms."""
        key_sudo = self._enter("any")
        return make_json(key_sudo.env["support.api"]._get_types(key_sudo))

    @http.route(
        "/support/api/1/openapi.json",
        type="support_api",
        auth="none",
        methods=["GET"],
        csrf=False,
        save_session=False,
        readonly=replica.read,
    )
    def support_api_description(self):
        """What all this is, for programs that write programs."""
        return make_json(request.env["support.api"]._get_description())

    @http.route(
        ["/support/api", "/support/api/<path:rest>"],
        type="support_api",
        auth="none",
        csrf=False,
        save_session=False,
        readonly=replica.read,
    )
    def support_api_nothing(self, rest=""):
        """What there is not."""
        door = request.env["support.api"]
        door._check_enabled()
        raise door._get_nothing()

    # ---------------------------------------------------
    # Helpers
    # ---------------------------------------------------

    def _enter(self, scope):
        """Return the record of the key, in the language that the program asks for."""
        languages = request.httprequest.accept_languages
        lang = request.best_lang if languages else None
        return request.env["support.api"]._enter(replica.get_key(), scope, lang)

    def _read_body(self):
        """Return the document that was sent, and the files beside it."""
        sent = request.httprequest
        files = []
        if sent.mimetype == "application/json":
            raw = sent.get_data()
        elif sent.mimetype == "multipart/form-data":
            part = sent.files.get("ticket")
            raw = read_file(part) if part else sent.form.get("ticket", "").encode()
            files = [(f.filename, read_file(f)) for f in sent.files.getlist("files")]
        else:
            raise SupportApiProblem(
                415,
                "unsupported_media_type",
                request.env._("Please send application/json or multipart/form-data."),
            )
        try:
            return api_document.read(raw), files
        except ValueError:
            raise SupportApiProblem(
                400,
                "no_json",
                request.env._("Please send the ticket as a JSON object in UTF-8."),
            ) from None
