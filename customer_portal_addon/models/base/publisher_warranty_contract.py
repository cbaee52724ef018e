from odoo import models
from odoo.exceptions import AccessError


class PublisherWarrantyContract(models.AbstractModel):
    _inherit = "publisher_warranty.contract"

    def update_notification(self, cron_mode=True):
        """Let no customer have the server report to Odoo, or post what that answers."""
        if not self.env.su and self.env.user._is_outsider():
            raise AccessError(self.env._("Sorry, you are not allowed to do this."))
        return super().update_notification(cron_mode=cron_mode)
