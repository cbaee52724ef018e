"""Odoo's own reading routes that our pages use: right after writing, too."""

from odoo import http

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.web.controllers.binary import Binary

from . import replica


class SupportFiles(Binary):
    @http.route(readonly=replica.read)
    def content_common(self, *args, **kw):
        return super().content_common(*args, **kw)

    @http.route(readonly=replica.read)
    def content_image(self, *args, **kw):
        return super().content_image(*args, **kw)


class SupportCounters(CustomerPortal):
    @http.route(readonly=replica.read)
    def counters(self, counters, **kw):
        return super().counters(counters, **kw)
