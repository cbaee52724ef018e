from odoo import api, models
from odoo.exceptions import AccessError


class SupportCreditSumMixin(models.AbstractModel):
    """Sums that follow from entries and allocations, so that reading is cheap.

    Only the ledger writes them, with SQL.
    """

    _name = "support.credit.sum.mixin"
    _description = "Sums of support credit"

    @api.model_create_multi
    def create(self, vals_list):
        if vals_list:
            raise AccessError(self.env._("Minutes are posted to the account."))
        return super().create(vals_list)

    def write(self, vals):
        if vals:
            raise AccessError(self.env._("Minutes are posted to the account."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("Minutes are posted to the account."))
