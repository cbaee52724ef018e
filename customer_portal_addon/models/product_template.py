from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    support_minutes = fields.Integer(
        string="Support minutes",
        help="Whoever buys one gets so many minutes of prepaid support. 0: it is no "
        "support package.",
    )
    support_validity_months = fields.Integer(
        string="Minutes valid for months",
        help="Prepaid minutes expire so long after the order. 0: never.",
    )
    support_published = fields.Boolean(
        string="Offered in the portal",
        help="Shown with its price at /support/packages, for everybody to see and for "
        "your customers to order.",
    )
    support_contract_months = fields.Integer(
        string="Extends the contract by months",
        help="Whoever buys one has the support contract extended so long. 0: it "
        "extends none.",
    )
