from odoo import api, models


class SupportOrderCreditMixin(models.AbstractModel):
    """Orders that bring minutes: packages, and what settles a shortfall."""

    _name = "support.order.credit.mixin"
    _description = "Orders of support minutes"

    def write(self, vals):
        """Post the minutes of what becomes an order; take back those of what was one.

        Here, as there are more ways to a state than buttons.
        """
        result = super().write(vals)
        if "state" in vals:
            self.sudo().order_line._sync_credit()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        self.order_line._unlink_except_posted()
