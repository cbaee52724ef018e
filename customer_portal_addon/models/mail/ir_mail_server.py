from odoo import api, models


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    @api.private
    @api.model
    def send_email(self, *args, **kwargs):
        """Be called by the server's own code only.

        By RPC anybody with a login would have the server connect to any host and port,
        or to its own mail server, and learn how that ended.
        """
        return super().send_email(*args, **kwargs)
