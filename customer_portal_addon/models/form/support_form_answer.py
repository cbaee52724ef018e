from odoo import fields, models


class SupportFormAnswer(models.Model):
    """What a customer answered to a field of a form.

    The answer keeps the label it was asked with: a form may change afterwards.
    """

    _name = "support.form.answer"
    _description = "Support Form Answer"
    _order = "sequence, id"
    _rec_name = "value"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, ondelete="cascade", index=True
    )
    field_id = fields.Many2one(
        "support.form.field", string="Form field", ondelete="set null", index=True
    )
    sequence = fields.Integer(default=10)
    label = fields.Char(string="Question", required=True)
    value = fields.Char(string="Answer", help="The answer as the customer reads it.")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "support_form_answer_attachment_rel",
        string="Files",
        bypass_search_access=True,
    )
    partner_id = fields.Many2one(
        related="ticket_id.partner_id",
        string="Contact",
        store=True,
        precompute=True,
        index=True,
    )
    type_id = fields.Many2one(related="ticket_id.type_id", store=True, precompute=True)
    company_id = fields.Many2one(
        related="ticket_id.company_id", store=True, precompute=True
    )
