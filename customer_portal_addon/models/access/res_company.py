from datetime import timedelta
from urllib.parse import urljoin

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ...tools.web import response_headers, security_txt
from .support_gate import Asked

POLICIES = [
    ("enforced", "Enforced"),
    ("report", "Only reported"),
    ("off", "None"),
]


class ResCompany(models.Model):
    """Who gets in, how long logins last, what browsers are told about our pages."""

    _inherit = "res.company"

    support_policy = fields.Selection(
        [
            ("open", "Everybody with an account"),
            ("contract", "Only customers with a valid support contract"),
        ],
        string="Who may use the support portal",
        default="open",
        required=True,
        prefetch="support",
    )
    support_scope = fields.Selection(
        [
            ("login", "The whole login"),
            ("support", "Only the support pages"),
        ],
        string="What is refused",
        default="login",
        required=True,
        help="With “Only the support pages” orders and invoices stay reachable for "
        "portal users without a valid support contract.",
        prefetch="support",
    )
    support_list_required = fields.Boolean(
        string="Require the notification list",
        help="Only contacts who are subscribed to the notification list may use the "
        "support portal.",
        prefetch="support",
        groups="base.group_user",
    )
    support_mailing_list_id = fields.Many2one(
        "mailing.list",
        string="Notification list",
        default=lambda self: self.env.ref(
            "customer_portal_addon.mailing_list_support", raise_if_not_found=False
        ),
        help="The mailing list with everybody who receives support notifications.",
        prefetch="support",
    )
    support_refusal_contact = fields.Char(
        string="Whom to contact",
        translate=True,
        help="Shown to people who are refused, for example an e-mail address and a "
        "telephone number. Empty: the company's e-mail address.",
        prefetch="support",
        groups="base.group_user",
    )
    support_registration = fields.Boolean(
        string="Registration in the portal",
        default=True,
        help="People may ask for a login at /support/register. With contracts only "
        "those get one whose customer is entitled to support.",
        prefetch="support",
        groups="base.group_user",
    )
    support_privacy_url = fields.Char(
        string="Address of the privacy policy",
        help="A page of your website, for example /privacy. The registration links to "
        "it.",
        prefetch="support",
        groups="base.group_user",
    )

    support_csp = fields.Selection(
        POLICIES,
        string="On pages of the portal",
        default="enforced",
        required=True,
        help="Enforced, or only reported in the console of the browser (F12).",
        prefetch="support",
        groups="base.group_user",
    )
    support_csp_website = fields.Selection(
        POLICIES,
        string="On other pages of the website",
        default="report",
        required=True,
        help="Look into the console of the browser (F12) for what would be refused "
        "before you enforce it.",
        prefetch="support",
        groups="base.group_user",
    )
    support_csp_sources = fields.Char(
        string="More hosts",
        help="Hosts from which pages may load scripts, pictures, fonts and videos, for "
        "example www.youtube-nocookie.com, *.example.com. Everything else comes from "
        "your own server.",
        prefetch="support",
        groups="base.group_user",
    )
    support_session_idle_hours = fields.Integer(
        string="Hours without a page",
        default=168,
        help="So long after their last page portal users are logged out. "
        "0: as Odoo does it, after seven days.",
        prefetch="support",
        groups="base.group_user",
    )
    support_session_days = fields.Integer(
        string="Days in all",
        default=30,
        help="So long after logging in portal users have to do it again, whatever they "
        "did meanwhile. 0: never.",
        prefetch="support",
        groups="base.group_user",
    )
    support_security_contact = fields.Char(
        string="Contact for vulnerabilities",
        help="An e-mail address or a web address. Whoever finds a weakness in your "
        "portal reads it at /.well-known/security.txt. Empty: there is no such page.",
        prefetch="support",
        groups="base.group_user",
    )
    support_security_policy_url = fields.Char(
        string="How you handle reports",
        help="A page of your website, for example /security.",
        prefetch="support",
        groups="base.group_user",
    )

    _support_session_not_negative = models.Constraint(
        "CHECK(support_session_idle_hours >= 0 AND support_session_days >= 0)",
        "Hours and days can't be negative.",
    )

    @api.constrains("support_csp_sources")
    def _check_support_csp_sources(self):
        for company in self:
            _hosts, others = response_headers.sources(company.support_csp_sources)
            if others:
                raise ValidationError(
                    self.env._("This is not the name of a host: %s", others[0])
                )

    @api.constrains("support_security_contact")
    def _check_support_security_contact(self):
        for company in self:
            contact = company.support_security_contact
            if contact and not security_txt.contact(contact):
                raise ValidationError(
                    self.env._(
                        "The contact for vulnerabilities is an e-mail address or an "
                        "address that begins with https://."
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()  # settings are asked with each request
        return result

    def _get_support_contact(self):
        """Return whom a refused person should contact, as text."""
        self.ensure_one()
        return self.support_refusal_contact or self.email or self.name

    @api.model
    def _get_required_lists(self):
        """Return the lists without which somebody is refused, in any company.

        :rtype: mailing.list
        """
        required_sudo = self.sudo().search([("support_list_required", "=", True)])
        return required_sudo.support_mailing_list_id

    @tools.ormcache("self.id")
    def _get_support_asked(self):
        """Return what the gate asks of customers; no query, once it is known.

        :rtype: Asked
        """
        self.ensure_one()  # no company asks nothing, and would let everybody in
        company_sudo = self.sudo().with_context(prefetch_fields=False)
        return Asked(
            company_id=self.id,
            policy=company_sudo.support_policy,
            list_required=company_sudo.support_list_required,
            list_id=company_sudo.support_mailing_list_id.id or None,
            timezone=company_sudo.partner_id.tz,
        )

    @tools.ormcache("self.id")
    def _get_support_security(self):
        """Return what each page asks of these settings; no query, once it is known.

        :return: ``policy`` and ``website_policy``: ``enforced``, ``report`` or
            ``off``; ``sources`` and ``captchas``: lists of hosts; ``idle`` and
            ``absolute``: seconds
        :rtype: dict
        """
        company_sudo = self.sudo().with_context(prefetch_fields=False)
        hosts, _others = response_headers.sources(company_sudo.support_csp_sources)
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        captchas = filter(parameters_sudo.get_param, response_headers.CAPTCHAS)
        return {
            "policy": company_sudo.support_csp or "enforced",
            "website_policy": company_sudo.support_csp_website or "report",
            "sources": hosts,
            "captchas": response_headers.captcha_hosts(captchas),
            "idle": company_sudo.support_session_idle_hours * 3600,
            "absolute": company_sudo.support_session_days * 86400,
        }

    def _get_security_txt(self, languages):
        """Return the text of /.well-known/security.txt, None without a contact.

        :param list languages: codes as in the website's addresses
        :rtype: str or None
        """
        company_sudo = self.sudo()
        contact = security_txt.contact(company_sudo.support_security_contact)
        if not contact:
            return None
        base_url = company_sudo.get_base_url()
        policy = company_sudo.support_security_policy_url
        today = fields.Datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
        return security_txt.text(
            contact,
            expires=today + timedelta(days=security_txt.VALID_DAYS),
            languages=languages,
            canonical=f"{base_url}/.well-known/security.txt",
            policy=policy and urljoin(f"{base_url}/", policy),
        )
