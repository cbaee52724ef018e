from odoo import fields, models


class SupportFormFieldOption(models.Model):
    _name = "support.form.field.option"
    _description = "Support Form Option"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    field_id = fields.Many2one(
        "support.form.field", required=True, ondelete="cascade", index=True
    )
