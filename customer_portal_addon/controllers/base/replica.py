"""Which database serves a request: what routes say as their ``readonly``.

Odoo calls these on a cursor of the replica; without one they decide nothing.
"""

from odoo.http import SAFE_HTTP_METHODS, request

from ...tools.api import api_key


def read(controller, rule, args):
    """Serve from the replica, once it has what this visitor has written."""
    return not request.env["ir.http"]._reads_from_primary()


def read_unless_posted(controller, rule, args):
    """Let the replica serve the forms, and the primary what they do."""
    is_reading = request.httprequest.method in SAFE_HTTP_METHODS
    return is_reading and read(controller, rule, args)


def read_by_key(controller, rule, args):
    """Serve programs from the replica, unless the use of the key is to be written down.

    Nor if it lacks the ticket that was asked for, as it was perhaps just filed. While
    nothing can be written, programs go on reading.
    """
    env, key, number = request.env, get_key(), args.get("number")
    is_due = env["support.api.counter"]._is_telling_due(api_key.prefix(key))
    is_noted = env["support.api.key"]._is_use_noted(key) and not is_due
    if is_noted and env["support.api"]._is_known_here(number):
        return True
    return not request.env["support.replica"]._is_primary_there()


def get_key():
    """Return the API key of the current request, as sent."""
    return api_key.bearer(request.httprequest.headers.get("Authorization"))
