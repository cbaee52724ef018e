from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """The settings page: each area's settings, as its companies have them."""

    _inherit = "res.config.settings"

    # ---------------------------------------------------
    # Getting in: access/res_company.py
    # ---------------------------------------------------

    support_policy = fields.Selection(
        related="company_id.support_policy", readonly=False, required=True
    )
    support_scope = fields.Selection(
        related="company_id.support_scope", readonly=False, required=True
    )
    support_list_required = fields.Boolean(
        related="company_id.support_list_required", readonly=False
    )
    support_mailing_list_id = fields.Many2one(
        related="company_id.support_mailing_list_id", readonly=False
    )
    support_refusal_contact = fields.Char(
        related="company_id.support_refusal_contact", readonly=False
    )
    support_registration = fields.Boolean(
        related="company_id.support_registration", readonly=False
    )
    support_privacy_url = fields.Char(
        related="company_id.support_privacy_url", readonly=False
    )
    support_timezone = fields.Selection(
        string="Time zone of the company",
        related="company_id.partner_id.tz",
        readonly=False,
        help="Contracts begin and end at midnight in this time zone.",
    )
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
    support_refused_count = fields.Integer(
        compute="_compute_support_refused",
        string="Portal users whom the contract policy refuses",
    )
    support_refused_names = fields.Char(
        compute="_compute_support_refused",
        string="Who is refused",
        help="The first of the portal users whom the contract policy refuses.",
    )

    # ---------------------------------------------------
    # Customers: customer/res_company.py
    # ---------------------------------------------------

    support_appoint_administrators = fields.Boolean(
        related="company_id.support_appoint_administrators", readonly=False
    )

    # ---------------------------------------------------
    # Forms: form/res_company.py
    # ---------------------------------------------------

    support_attachment_max_count = fields.Integer(
        related="company_id.support_attachment_max_count", readonly=False
    )
    support_attachment_max_size = fields.Integer(
        related="company_id.support_attachment_max_size", readonly=False
    )

    # ---------------------------------------------------
    # Tickets: ticket/res_company.py
    # ---------------------------------------------------

    support_status_automatic = fields.Boolean(
        related="company_id.support_status_automatic", readonly=False
    )
    support_close_after_days = fields.Integer(
        related="company_id.support_close_after_days", readonly=False
    )
    support_reopen_days = fields.Integer(
        related="company_id.support_reopen_days", readonly=False
    )

    # ---------------------------------------------------
    # Mail: mail/res_company.py
    # ---------------------------------------------------

    support_mail_server = fields.Char(
        related="company_id.support_mail_server", readonly=False
    )

    # ---------------------------------------------------
    # People without a login: public/res_company.py
    # ---------------------------------------------------

    support_filing = fields.Selection(
        related="company_id.support_filing", readonly=False, required=True
    )
    support_check_domain = fields.Boolean(
        related="company_id.support_check_domain", readonly=False
    )
    support_limit_address = fields.Integer(
        related="company_id.support_limit_address", readonly=False
    )
    support_limit_burst = fields.Integer(
        related="company_id.support_limit_burst", readonly=False
    )
    support_limit_network = fields.Integer(
        related="company_id.support_limit_network", readonly=False
    )
    support_limit_day = fields.Integer(
        related="company_id.support_limit_day", readonly=False
    )

    # ---------------------------------------------------
    # Programs: api/res_company.py
    # ---------------------------------------------------

    support_api_enabled = fields.Boolean(
        related="company_id.support_api_enabled", readonly=False
    )
    support_api_hourly_limit = fields.Integer(
        related="company_id.support_api_hourly_limit", readonly=False
    )
    support_api_hourly_read_limit = fields.Integer(
        related="company_id.support_api_hourly_read_limit", readonly=False
    )

    # ---------------------------------------------------
    # Credit and offers: credit/res_company.py
    # ---------------------------------------------------

    support_minimum_minutes = fields.Integer(
        related="company_id.support_minimum_minutes", readonly=False
    )
    support_increment_minutes = fields.Integer(
        related="company_id.support_increment_minutes", readonly=False
    )
    support_credit_visibility = fields.Selection(
        related="company_id.support_credit_visibility", readonly=False, required=True
    )
    support_credit_thresholds = fields.Char(
        related="company_id.support_credit_thresholds", readonly=False
    )
    support_unit_product_id = fields.Many2one(
        related="company_id.support_unit_product_id", readonly=False
    )
    support_unit_minutes = fields.Integer(
        related="company_id.support_unit_minutes", readonly=False
    )
    support_settlement_automatic = fields.Boolean(
        related="company_id.support_settlement_automatic", readonly=False
    )
    support_offer_threshold = fields.Integer(
        related="company_id.support_offer_threshold", readonly=False
    )
    support_credit_offer_template_id = fields.Many2one(
        related="company_id.support_credit_offer_template_id", readonly=False
    )
    support_contract_offer_template_id = fields.Many2one(
        related="company_id.support_contract_offer_template_id", readonly=False
    )
    support_contract_offer_days = fields.Integer(
        related="company_id.support_contract_offer_days", readonly=False
    )
    support_offer_pricelist_id = fields.Many2one(
        related="company_id.support_offer_pricelist_id", readonly=False
    )
    support_offer_valid_days = fields.Integer(
        related="company_id.support_offer_valid_days", readonly=False
    )
    support_offer_pause_days = fields.Integer(
        related="company_id.support_offer_pause_days", readonly=False
    )

    # ---------------------------------------------------
    # What the settings would do, and what is unsafe
    # ---------------------------------------------------

    @api.depends("support_list_required", "company_id")
    def _compute_support_refused(self):
        for settings in self:
            refused = settings._get_refused_users()
            names = refused[:10].mapped("name")
            settings.support_refused_count = len(refused)
            settings.support_refused_names = ", ".join(
                names + (["…"] if len(refused) > 10 else [])
            )

    @api.depends("company_id")
    def _compute_support_security_warnings(self):
        check = self.env["support.security.check"]
        for settings in self:
            warnings = check._get_security_warnings(settings.company_id)
            settings.support_security_warnings = self.env["ir.qweb"]._render(
                "customer_portal_addon.security_warnings", {"warnings": warnings}
            )

    def _get_refused_users(self):
        """Return the portal users whom the contract policy refuses today.

        Whatever the policy is now: an administrator sees it before switching it on.

        :rtype: res.users
        """
        self.ensure_one()
        users = self.env["res.users"].search(
            [
                ("share", "=", True),
                ("company_id", "=", self.company_id.id),
                ("group_ids", "in", self.env.ref("base.group_portal").ids),
            ]
        )
        decisions = self.env["support.gate"]._decide_many(
            users.partner_id,
            self.company_id,
            policy="contract",
            list_required=self.support_list_required,
        )
        return users.filtered(lambda user: not decisions[user.partner_id.id].allowed)

    def action_open_refused_contacts(self):
        """Open the contacts whom the contract policy refuses."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "base.action_partner_form"
        )
        title = self.env._("Contacts who would be refused")
        action.update(
            name=title,
            display_name=title,
            view_mode="list,form",
            views=[
                (
                    self.env.ref(
                        "customer_portal_addon.res_partner_view_list_refused"
                    ).id,
                    "list",
                ),
                (False, "form"),
            ],
            domain=[("id", "in", self._get_refused_users().partner_id.ids)],
            context={"create": False, "support_policy": "contract"},
        )
        return action
