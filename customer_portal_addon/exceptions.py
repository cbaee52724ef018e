"""Errors of the addon."""

from odoo.exceptions import AccessDenied


class SupportAccessRefused(AccessDenied):
    """The gate refused somebody whose credentials were right.

    ``decision`` is the gate's :class:`Decision`.
    """

    def __init__(self, message, decision):
        super().__init__(message)
        self.decision = decision


class LeadsToTicket(Exception):
    """A mail is about tickets, although its raw header did not show that."""
