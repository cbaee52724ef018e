from odoo import fields, models


class ResCompany(models.Model):
    """Which files customers may attach."""

    _inherit = "res.company"

    support_attachment_max_count = fields.Integer(
        string="Files per message",
        default=5,
        help="How many files a customer may attach to a message or to a ticket whose "
        "type has no rule of its own.",
        prefetch="support",
    )
    support_attachment_max_size = fields.Integer(
        string="Megabytes per file",
        default=10,
        help="How large each of these files may be.",
        prefetch="support",
    )

    _support_attachment_limits_positive = models.Constraint(
        "CHECK(support_attachment_max_count >= 0 AND support_attachment_max_size > 0)",
        "The number of files can't be negative and their size has to be positive.",
    )
