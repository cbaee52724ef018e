from odoo import models
from odoo.http import SessionExpiredException

from odoo.addons.bus.websocket import wsrequest

from ...exceptions import SupportAccessRefused


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    @classmethod
    def _authenticate(cls):
        """Ask the gate with whatever a browser sends over an open websocket."""
        result = super()._authenticate()
        wsrequest.env["ir.websocket"]._check_support_gate()
        if wsrequest.session.uid:
            user = wsrequest.env.user
            reason, _age = user._get_support_session_end(wsrequest.session)
            if reason:
                raise SessionExpiredException("Session too old")
        return result

    def _check_support_gate(self):
        """End the websocket of a portal user whose login the gate refuses.

        :raise SessionExpiredException:
        """
        try:
            if self.env.uid:
                self.env.user._check_support_gate()
        except SupportAccessRefused as refusal:
            raise SessionExpiredException("Support access ended") from refusal
