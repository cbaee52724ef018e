from odoo import fields, models


class SupportLevel(models.Model):
    _name = "support.level"
    _description = "Support Level"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Text(
        translate=True, help="What customers with this level are entitled to."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_unique = models.Constraint(
        "UNIQUE(name)", "There is a support level with this name already."
    )
