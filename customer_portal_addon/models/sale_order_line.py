from odoo import fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    credit_entry_ids = fields.One2many(
        "support.credit.entry", "order_line_id", readonly=True
    )
    support_settled_minutes = fields.Integer(
        string="Settles minutes",
        copy=False,
        readonly=True,
        help="How many used minutes this line pays for, once it is ordered.",
    )
