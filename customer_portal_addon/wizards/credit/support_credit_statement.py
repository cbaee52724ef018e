from odoo import fields, models

from ...tools.credit import periods


class SupportCreditStatement(models.TransientModel):
    """Which statement of an account staff print."""

    _name = "support.credit.statement"
    _inherit = ["support.posted.link.mixin"]
    _description = "Statement of Support Credit"
    _posted_links = {"account_id": "read"}

    account_id = fields.Many2one(
        "support.credit.account", required=True, ondelete="cascade"
    )
    period = fields.Selection(
        [
            ("last_month", "Last month"),
            ("month", "This month"),
            ("last_year", "Last year"),
            ("year", "This year"),
            ("12_months", "Last 12 months"),
            ("all", "All"),
            ("custom", "From day to day"),
        ],
        default="last_month",
        required=True,
    )
    since = fields.Date(string="From", help="Empty: from the first entry.")
    until = fields.Date(help="Empty: to the last entry.")

    def action_print(self):
        """Print the statement, in the customer's language."""
        self.ensure_one()
        account = self.account_id
        period = periods.Period("all", None, None)
        if self.period != "custom":
            params = {"period": self.period}
            period = account._get_period(params, account.company_id)
        elif self.since or self.until:
            days = {"since": str(self.since), "until": str(self.until)}
            period = account._get_period(days, account.company_id)
        report = self.env.ref("customer_portal_addon.support_credit_statement_report")
        action = report.report_action(None, data=account._get_report_data(period))
        return {**action, "close_on_report_download": True}
