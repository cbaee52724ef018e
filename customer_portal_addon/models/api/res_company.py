from odoo import fields, models


class ResCompany(models.Model):
    """Whether programs may come in, and how often."""

    _inherit = "res.company"

    support_api_enabled = fields.Boolean(
        string="Tickets from programs",
        help="Programs with an API key may file tickets and read their status.",
        prefetch="support",
        groups="base.group_user",
    )
    support_api_hourly_limit = fields.Integer(
        string="Tickets per key and hour",
        default=60,
        help="So many are taken from one key within an hour, those that are refused "
        "included.",
        prefetch="support",
        groups="base.group_user",
    )
    support_api_hourly_read_limit = fields.Integer(
        string="Reads per key and hour",
        default=1000,
        help="So often a program may ask for a status or the ticket types with one key "
        "within an hour.",
        prefetch="support",
        groups="base.group_user",
    )

    _support_api_limit_positive = models.Constraint(
        "CHECK(support_api_hourly_limit > 0)",
        "At least one ticket per hour has to be allowed.",
    )
    _support_api_read_limit_positive = models.Constraint(
        "CHECK(support_api_hourly_read_limit > 0)",
        "At least one read per hour has to be allowed.",
    )
