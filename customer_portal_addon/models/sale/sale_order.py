from odoo import models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = [
        "support.order.access.mixin",
        "support.order.credit.mixin",
        "support.order.package.mixin",
        "support.order.settlement.mixin",
        "support.order.offer.mixin",
        "support.order.offer.mail.mixin",
        "sale.order",
    ]
