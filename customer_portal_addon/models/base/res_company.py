from odoo import api, fields, models

from ...tools.dates.coverage import local_day

# Settings that the pages of customers follow with the customer's own rights; the
# others tell nobody how the portal is guarded
OPEN_SETTINGS = {
    *("support_attachment_max_count", "support_attachment_max_size"),
    *("support_close_after_days", "support_reopen_days", "support_status_automatic"),
    *("support_mailing_list_id", "support_policy", "support_scope"),
}


class ResCompany(models.Model):
    _inherit = "res.company"

    support_policy = fields.Selection(
        [
            ("open", "Everybody with an account"),
            ("contract", "Only customers with a valid support contract"),
        ],
        string="Who may use the support portal",
        default="open",
        required=True,
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
    )
    support_list_required = fields.Boolean(
        string="Require the notification list",
        help="Only contacts who are subscribed to the notification list may use the "
        "support portal.",
    )
    support_mailing_list_id = fields.Many2one(
        "mailing.list",
        string="Notification list",
        default=lambda self: self.env.ref(
            "customer_portal_addon.mailing_list_support", raise_if_not_found=False
        ),
        help="The mailing list with everybody who receives support notifications.",
    )
    support_refusal_contact = fields.Char(
        string="Whom to contact",
        translate=True,
        help="Shown to people who are refused, for example an e-mail address and a "
        "telephone number. Empty: the company's e-mail address.",
    )
    support_registration = fields.Boolean(
        string="Registration in the portal",
        default=True,
        help="People may ask for a login at /support/register. With contracts only "
        "those get one whose customer is entitled to support.",
    )
    support_privacy_url = fields.Char(
        string="Address of the privacy policy",
        help="A page of your website, for example /privacy. The registration links to "
        "it.",
    )
    support_appoint_administrators = fields.Boolean(
        string="Customer administrators appoint others",
        help="Customer administrators may make their colleagues administrators, and "
        "manage other administrators. Otherwise only your team does.",
    )
    support_attachment_max_count = fields.Integer(
        string="Files per message",
        default=5,
        help="How many files a customer may attach to a message or to a ticket whose "
        "type has no rule of its own.",
    )
    support_attachment_max_size = fields.Integer(
        string="Megabytes per file",
        default=10,
        help="How large each of these files may be.",
    )
    support_api_enabled = fields.Boolean(
        string="Tickets from programs",
        help="Programs with an API key may file tickets and read their status.",
    )
    support_api_hourly_limit = fields.Integer(
        string="Tickets per key and hour",
        default=60,
        help="So many are taken from one key within an hour, those that are refused "
        "included.",
    )
    support_api_hourly_read_limit = fields.Integer(
        string="Reads per key and hour",
        default=1000,
        help="So often a program may ask for a status or the ticket types with one key "
        "within an hour.",
    )

    support_status_automatic = fields.Boolean(
        string="Answers change the status",
        default=True,
        help="A customer's answer makes a ticket wait on you, an answer of your team "
        "makes it wait on the customer.",
    )
    support_close_after_days = fields.Integer(
        string="Close solved tickets after days",
        default=7,
        help="Solved tickets that nobody answers are closed after so many days. "
        "0: never.",
    )
    support_reopen_days = fields.Integer(
        string="Reopen closed tickets for days",
        default=30,
        help="So long an answer of the customer opens a closed ticket again; later it "
        "becomes a new ticket that links back. 0: always.",
    )

    support_mail_server = fields.Char(
        string="Mail server that checks senders",
        help="The name by which your mail server signs its checks, the first word of "
        "the header Authentication-Results in the mails you receive. What it confirms "
        "is believed. Empty: no sender counts as confirmed; forged ones are recognised "
        "all the same.",
    )

    _support_days_not_negative = models.Constraint(
        "CHECK(support_close_after_days >= 0 AND support_reopen_days >= 0)",
        "Days can't be negative.",
    )
    _support_api_limit_positive = models.Constraint(
        "CHECK(support_api_hourly_limit > 0)",
        "At least one ticket per hour has to be allowed.",
    )
    _support_api_read_limit_positive = models.Constraint(
        "CHECK(support_api_hourly_read_limit > 0)",
        "At least one read per hour has to be allowed.",
    )
    _support_attachment_limits_positive = models.Constraint(
        "CHECK(support_attachment_max_count >= 0 AND support_attachment_max_size > 0)",
        "The number of files can't be negative and their size has to be positive.",
    )

    def _has_field_access(self, field, operation):
        """Keep our settings from customers and visitors, who may read companies."""
        if self.env.su:  # asked for each of a hundred columns
            return True
        if not super()._has_field_access(field, operation):
            return False
        is_open = not field.name.startswith("support_") or field.name in OPEN_SETTINGS
        return is_open or not self.env.user.share

    def _get_support_today(self):
        """Return today's date in the company's time zone.

        :rtype: datetime.date
        """
        # a company has more than a hundred columns, and one of them is wanted
        company_sudo = self.sudo().with_context(prefetch_fields=False)
        return local_day(fields.Datetime.now(), company_sudo.partner_id.tz)

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
