from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    support_csp = fields.Selection(
        related="company_id.support_csp", readonly=False, required=True
    )
    support_csp_website = fields.Selection(
        related="company_id.support_csp_website", readonly=False, required=True
    )
    support_csp_sources = fields.Char(
        related="company_id.support_csp_sources", readonly=False
    )
    support_session_idle_hours = fields.Integer(
        related="company_id.support_session_idle_hours", readonly=False
    )
    support_session_days = fields.Integer(
        related="company_id.support_session_days", readonly=False
    )
    support_security_contact = fields.Char(
        related="company_id.support_security_contact", readonly=False
    )
    support_security_policy_url = fields.Char(
        related="company_id.support_security_policy_url", readonly=False
    )
    support_security_warnings = fields.Html(
        compute="_compute_support_security_warnings",
        string="What is unsafe now",
        sanitize=False,  # a template of ours
    )

    @api.depends("company_id")
    def _compute_support_security_warnings(self):
        check = self.env["support.security.check"]
        for settings in self:
            warnings = check._get_security_warnings(settings.company_id)
            settings.support_security_warnings = self.env["ir.qweb"]._render(
                "customer_portal_addon.security_warnings", {"warnings": warnings}
            )
