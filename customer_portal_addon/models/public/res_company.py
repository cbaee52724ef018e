from odoo import fields, models


class ResCompany(models.Model):
    """What a company takes from people without a login, and how much."""

    _inherit = "res.company"

    support_filing = fields.Selection(
        [
            ("everybody", "Also people without a login"),
            ("customers", "Only customers who are logged in"),
        ],
        string="Who may file tickets in the portal",
        default="everybody",
        required=True,
        help="People without a login are offered the ticket types that say so; none "
        "does at first.",
        prefetch="support",
        groups="base.group_user",
    )
    support_check_domain = fields.Boolean(
        string="Look up the domain of addresses",
        default=True,
        help="While somebody without a login fills in the form, the name server is "
        "asked whether the domain of the address takes mail. It is a hint only.",
        prefetch="support",
        groups="base.group_user",
    )
    support_limit_address = fields.Integer(
        string="Tickets per address and day",
        default=5,
        help="0: no limit.",
        prefetch="support",
        groups="base.group_user",
    )
    support_limit_burst = fields.Integer(
        string="Tickets per network in ten minutes",
        default=10,
        help="When more come from one network, each sender has to take at least a "
        "minute for the form. Nobody is refused. 0: no limit.",
        prefetch="support",
        groups="base.group_user",
    )
    support_limit_network = fields.Integer(
        string="Tickets per network and day",
        default=300,
        help="A network is what one IP address, or 64 bits of IPv6, stands for: "
        "perhaps a whole company. 0: no limit.",
        prefetch="support",
        groups="base.group_user",
    )
    support_limit_day = fields.Integer(
        string="Tickets per day in all",
        default=1000,
        help="0: no limit.",
        prefetch="support",
        groups="base.group_user",
    )

    _support_limits_not_negative = models.Constraint(
        "CHECK(support_limit_address >= 0 AND support_limit_burst >= 0"
        " AND support_limit_network >= 0 AND support_limit_day >= 0)",
        "Limits can't be negative.",
    )
