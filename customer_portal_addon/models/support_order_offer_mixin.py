from odoo import fields, models


class SupportOrderOfferMixin(models.AbstractModel):
    """Offers at a special price, which die after some days."""

    _name = "support.order.offer.mixin"
    _description = "Support offers"

    is_support_offer = fields.Boolean(
        string="Support offer",
        copy=False,
        readonly=True,
        help="Sent by itself, at a special price; can't be ordered after its last day.",
    )
