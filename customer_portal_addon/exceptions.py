"""Errors of the addon."""

from odoo.exceptions import AccessDenied, UserError


class SupportAccessRefused(AccessDenied):
    """The gate refused somebody whose credentials were right.

    ``decision`` is the gate's :class:`Decision`.
    """

    def __init__(self, message, decision):
        super().__init__(message)
        self.decision = decision


class SupportLoginPaused(AccessDenied):
    """There were too many attempts before; this one was not looked at."""


class LeadsToTicket(Exception):
    """A mail is about tickets, although its raw header did not show that."""


class SupportApiProblem(Exception):
    """What a program asks for can't be had; it is told so in RFC 9457's form.

    ``errors`` are pairs of a JSON pointer and what is wrong there.
    """

    def __init__(self, status, code, detail, *, errors=(), headers=None, **more):
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = list(errors)
        self.headers = headers or {}
        self.more = more


class SupportUnavailable(UserError):
    """The primary database is gone: what would write can't be done now.

    ``is_doubtful``: it went away meanwhile, perhaps after it had written.
    """

    http_status = 503

    def __init__(self, message, is_doubtful=False):
        super().__init__(message)
        self.is_doubtful = is_doubtful
