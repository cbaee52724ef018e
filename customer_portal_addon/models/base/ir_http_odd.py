from werkzeug.exceptions import BadRequest

from odoo import models
from odoo.http import request

from ...tools.web.host_name import is_host, is_path
from ...tools.web.list_filters import are_objects

STATEMENT = "customer_portal_addon.support_credit_statement"

API = "/support/api/"
# Our own pages take any text for what it is
OURS = ("/support", "/my/ticket", "/my/credit", "/my/colleagues")
# A form without files: its longest text, encoded for the way, and some more
MAX_FORM = 1024 * 1024


class IrHttp(models.AbstractModel):
    """Requests as no browser sends them, too long ones, and many at once."""

    _inherit = "ir.http"

    # ---------------------------------------------------
    # What no browser sends
    # ---------------------------------------------------

    @classmethod
    def _check_address(cls):
        """Refuse names of hosts and paths that are none: the website fails at them."""
        if request and not getattr(request, "support_address_checked", False):
            request.support_address_checked = True
            asked = request.httprequest
            # programs are answered in a form of their own
            is_known = is_path(asked.path) or asked.path.startswith(API)
            if not (is_known and is_host(asked.host)):
                raise BadRequest()

    @classmethod
    def _check_texts(cls, rule):
        """Refuse what no field of the database holds, on the website's pages."""
        is_http = rule.endpoint.routing["type"] == "http"
        is_page = is_http and getattr(request, "is_frontend", False)
        if not is_page or rule.rule.startswith(OURS):
            return
        asked = request.httprequest
        for values in (asked.args, asked.form):
            for name, texts in values.lists():
                if any("\x00" in text for text in (name, *texts)):
                    raise BadRequest()

    @classmethod
    def _check_report_options(cls, args):
        """Refuse options of the credit statement that are no objects."""
        if args.get("reportname") == STATEMENT:
            options = request.httprequest.args
            if not are_objects(map(options.get, ("options", "context"))):
                raise BadRequest()

    # ---------------------------------------------------
    # How much a request may bring
    # ---------------------------------------------------

    @classmethod
    def _limit_length(cls, routing):
        """Refuse long requests to our pages before they are read.

        Those that take files say themselves how long they may be.
        """
        if routing.get("support_gate") and "max_content_length" not in routing:
            sent = request.httprequest
            limit = sent.max_content_length
            sent.max_content_length = min(limit or MAX_FORM, MAX_FORM)

    # ---------------------------------------------------
    # Requests that change the same ticket
    # ---------------------------------------------------

    @classmethod
    def _take_turn(cls, routing, args):
        """Have those that change the same ticket wait for each other.

        Their routes carry ``support_turn=True``.
        """
        ticket_id = args.get("ticket_id")
        is_change = request.httprequest.method == "POST"
        if is_change and ticket_id and routing.get("support_turn"):
            request.env["support.turn"]._take(f"ticket {ticket_id}")
