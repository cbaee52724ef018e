"""How programs are answered: always with JSON, whatever goes wrong."""

import json
from http import HTTPStatus

from werkzeug.exceptions import HTTPException

from odoo import http

from ...exceptions import SupportApiProblem, SupportUnavailable
from ...tools.api import api_description

# Python 3.13 has other names for these; programs know the code that is made of them
PHRASES = {413: "Request Entity Too Large", 422: "Unprocessable Entity"}


def make_problem(status, code=None, detail=None, errors=(), headers=None, **more):
    """Return an answer in the form of RFC 9457."""
    phrase = PHRASES.get(status) or HTTPStatus(status).phrase
    problem = {"type": "about:blank", "title": phrase, "status": status}
    problem["code"] = code or phrase.lower().replace(" ", "_")
    if detail:
        problem["detail"] = detail
    if errors:
        problem["errors"] = [
            {"pointer": pointer, "detail": message} for pointer, message in errors
        ]
    return make_json(
        {**problem, **more}, status, headers, content_type="application/problem+json"
    )


def make_json(content, status=200, headers=None, content_type="application/json"):
    """Return an answer that no browser takes for a page, and nobody keeps."""
    response = http.Response(
        json.dumps(content), status=status, content_type=content_type
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Disposition"] = 'attachment; filename="api.json"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.update(headers or {})
    return response


class SupportApiDispatcher(http.Dispatcher):
    """Calls the endpoint without reading the body, or any cookie, beforehand."""

    routing_type = "support_api"
    mimetypes = ("application/json", "multipart/form-data")

    @classmethod
    def is_compatible_with(cls, request):
        return True  # the endpoints answer 415 in our form

    def dispatch(self, endpoint, args):
        self.request.params = dict(args)
        asked = self.request.httprequest
        allowed = api_description.get_methods(asked.path)
        if allowed and asked.method not in allowed:
            # OPTIONS as well, which Odoo would hand on to the endpoint
            return make_problem(405, headers={"Allow": ", ".join(allowed)})
        try:
            return self.request.registry["ir.http"]._dispatch(endpoint)
        except SupportApiProblem as problem:
            return make_problem(
                problem.status,
                problem.code,
                problem.detail,
                problem.errors,
                problem.headers,
                **problem.more,
            )

    def handle_error(self, exc):
        """Answer what nobody foresaw, without telling anything of it."""
        if isinstance(exc, SupportUnavailable):
            return make_problem(503, "unavailable", exc.args[0])
        known = isinstance(exc, HTTPException) and (exc.code or 0) >= 400
        return make_problem(exc.code if known else 500)
