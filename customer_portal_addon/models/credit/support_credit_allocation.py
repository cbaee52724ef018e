from odoo import fields, models


class SupportCreditAllocation(models.Model):
    """Which lot paid how many minutes of which entry; negative: took them back."""

    _name = "support.credit.allocation"
    _inherit = ["support.append.only.mixin"]
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
