from odoo import fields, models


class ResCompany(models.Model):
    """What becomes of tickets by themselves."""

    _inherit = "res.company"

    support_status_automatic = fields.Boolean(
        string="Answers change the status",
        default=True,
        help="A customer's answer makes a ticket wait on you, an answer of your team "
        "makes it wait on the customer.",
        prefetch="support",
    )
    support_close_after_days = fields.Integer(
        string="Close solved tickets after days",
        default=7,
        help="Solved tickets that nobody answers are closed after so many days. "
        "0: never.",
        prefetch="support",
    )
    support_reopen_days = fields.Integer(
        string="Reopen closed tickets for days",
        default=30,
        help="So long an answer of the customer opens a closed ticket again; later it "
        "becomes a new ticket that links back. 0: always.",
        prefetch="support",
    )

    _support_days_not_negative = models.Constraint(
        "CHECK(support_close_after_days >= 0 AND support_reopen_days >= 0)",
        "Days can't be negative.",
    )
