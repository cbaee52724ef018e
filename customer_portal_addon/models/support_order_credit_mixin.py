from odoo import models


class SupportOrderCreditMixin(models.AbstractModel):
    """Orders that bring minutes: packages, and what settles a shortfall."""

    _name = "support.order.credit.mixin"
    _description = "Orders of support minutes"
