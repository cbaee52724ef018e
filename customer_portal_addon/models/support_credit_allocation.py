from odoo import api, fields, models
from odoo.exceptions import AccessError

from .support_credit_entry import APPEND_ONLY, DOOR


class SupportCreditAllocation(models.Model):
    """Which lot paid how many minutes of which entry; negative: took them back."""

    _name = "support.credit.allocation"
    _description = "Support Credit Allocation"
    _order = "id"
    _rec_name = "lot_id"

    lot_id = fields.Many2one(
        "support.credit.entry",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    entry_id = fields.Many2one(
        "support.credit.entry",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    minutes = fields.Integer(required=True, readonly=True)

    _minutes_not_zero = models.Constraint("CHECK(minutes <> 0)")

    def init(self):
        self.env.cr.execute(APPEND_ONLY % {"table": self._table})

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("support_credit_door") is not DOOR:
            raise AccessError(self.env._("Minutes are posted to the account."))
        return super().create(vals_list)

    def write(self, vals):
        if vals:
            raise AccessError(self.env._("Allocations are never changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("Allocations are never changed."))
