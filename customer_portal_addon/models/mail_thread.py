from odoo import models

from ..tools.mail_headers import is_automatic


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        """Let what a mail creates or updates know when no person wrote it."""
        if message_dict.get("is_bounce") or is_automatic(message):
            self = self.with_context(support_automatic=True)
        return super()._message_route_process(message, message_dict, routes)
