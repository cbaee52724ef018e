from odoo import models


class IrModel(models.Model):
    _inherit = "ir.model"

    def _get_form_writable_fields(self, *args, **kwargs):
        """Let forms of the website put nobody on a list that support requires.

        They write past the subscriptions, and as the superuser.
        """
        writable = super()._get_form_writable_fields(*args, **kwargs)
        if self.model == "mailing.contact":
            if self.env["res.company"]._get_required_lists():
                writable.pop("list_ids", None)
                writable.pop("subscription_ids", None)
        return writable
