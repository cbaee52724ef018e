"""Whom to tell about a weakness (RFC 9116)."""

from odoo import http
from odoo.http import request

from . import replica


class SupportSecurityTxt(http.Controller):
    @http.route(
        "/.well-known/security.txt",
        type="http",
        auth="public",
        website=True,
        multilang=False,
        methods=["GET"],
        sitemap=False,
        readonly=replica.read,
    )
    def support_security_txt(self, **kw):
        """The contact of the company whose website this is."""
        languages = request.website._get_security_txt_languages()
        text = request.env.company.sudo()._get_security_txt(languages)
        if not text:
            raise request.not_found()
        kind = [("Content-Type", "text/plain; charset=utf-8")]
        return request.make_response(text, headers=kind)
