from odoo import api, models
from odoo.http import SessionExpiredException


class BusBus(models.Model):
    _inherit = "bus.bus"

    @api.model
    def _poll(self, channels, last=0, ignore_ids=None):
        """Ask the gate before an open websocket is sent anything.

        Odoo asks nobody what ends a session; and after a logout, by hand or by the
        gate, it goes on sending to the websocket what concerns the one who left.

        :raise SessionExpiredException:
        """
        self.env["ir.websocket"]._check_support_gate()
        if not self.env.uid and any(map(self._is_personal, channels)):
            raise SessionExpiredException("Logged out")
        return super()._poll(channels, last, ignore_ids)

    @api.model
    def _is_personal(self, channel):
        """Tell whether a channel carries what is meant for one contact.

        :param tuple channel: database, model and id, perhaps a subject
        """
        is_record = isinstance(channel, tuple | list) and len(channel) == 3
        return is_record and channel[1] == "res.partner"
