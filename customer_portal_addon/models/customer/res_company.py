from odoo import fields, models


class ResCompany(models.Model):
    """What customer administrators may do."""

    _inherit = "res.company"

    support_appoint_administrators = fields.Boolean(
        string="Customer administrators appoint others",
        help="Customer administrators may make their colleagues administrators, and "
        "manage other administrators. Otherwise only your team does.",
        prefetch="support",
        groups="base.group_user",
    )
