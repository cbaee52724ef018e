from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, consteq, email_normalize, hmac


class ResPartner(models.Model):
    """How a contact comes to a login, and onto the notification list."""

    _inherit = "res.partner"

    support_access_mail_ids = fields.One2many(
        "support.access.mail",
        "partner_id",
        string="Access mails",
        groups="helpdesk_mgmt.group_helpdesk_user",
    )
    support_consent_ids = fields.One2many(
        "support.consent",
        "partner_id",
        string="Consents",
        groups="helpdesk_mgmt.group_helpdesk_user",
    )
    support_has_login = fields.Boolean(
        string="Has a login",
        compute="_compute_support_has_login",
        compute_sudo=True,
        groups="base.group_user",
    )
    support_is_subscribed = fields.Boolean(
        string="On the notification list",
        compute="_compute_support_is_subscribed",
        search="_search_support_is_subscribed",
        compute_sudo=True,
        groups="base.group_user",
        help="Whether the contact's address is on the company's list for support "
        "notifications.",
    )

    # ---------------------------------------------------
    # Compute
    # ---------------------------------------------------

    @api.depends("user_ids.active")
    def _compute_support_has_login(self):
        for partner in self:
            partner.support_has_login = bool(partner.user_ids)

    @api.depends("email_normalized")
    @api.depends_context("company")
    def _compute_support_is_subscribed(self):
        entries = self._get_list_entries(self.env.company)
        for partner in self:
            partner.support_is_subscribed = entries.get(partner.email_normalized, False)

    def _search_support_is_subscribed(self, operator, value):
        if operator != "in":
            return NotImplemented
        on_list = SQL(
            "(SELECT email_normalized FROM (%s) AS entry"
            " WHERE is_on_list AND list_id = %s AND email_normalized IS NOT NULL)",
            self.env["mailing.subscription"]._get_entries_query(),
            self.env.company.sudo().support_mailing_list_id.id or 0,
        )
        return fields.Domain("email_normalized", "in", on_list)

    def _get_list_entries(self, company):
        """Return who of these contacts was ever on the company's list, by addresses.

        :param res.company company:
        :return: address -> whether it is on the list still
        :rtype: dict[str, bool]
        """
        query = SQL(
            "SELECT email_normalized, is_on_list FROM (%s) AS entry"
            " WHERE list_id = %s AND email_normalized = ANY(%s)",
            self.env["mailing.subscription"]._get_entries_query(),
            company.sudo().support_mailing_list_id.id or 0,
            self.filtered("email_normalized").mapped("email_normalized"),
        )
        return dict(self.env.execute_query(query))

    # ---------------------------------------------------
    # The address stays what it was confirmed as
    # ---------------------------------------------------

    def _check_email_change(self, vals):
        """Keep portal users from taking over an address that nobody has confirmed.

        Tickets, subscriptions and mails go by the address of a contact.

        :raise UserError:
        """
        user = self.env.user
        if "email" not in vals or not user.share or user._is_public():
            return
        people_sudo = self.sudo().filtered(lambda partner: partner.type == "contact")
        for person_sudo in people_sudo:
            if vals["email"] == person_sudo.email:
                continue
            own = {person_sudo.email_normalized}
            own |= set(map(email_normalize, person_sudo.user_ids.mapped("login")))
            if email_normalize(vals["email"]) in own - {False}:
                continue
            raise UserError(
                self.env._(
                    "Your e-mail address is also your way to log in. Please contact us "
                    "to have it changed."
                )
            )

    # ---------------------------------------------------
    # Tokens of Odoo's mails, bound to the address
    # ---------------------------------------------------

    def _generate_signup_token(self, expiration=None):
        """Bind the token to the address and to the mail that it is sent with.

        A mail to an address that was wrong must not open the login of the right one.
        """
        token = super()._generate_signup_token(expiration)
        mail = self.env.context.get("support_access_mail")
        # a record, which nobody can put into the context from outside
        mail_id = mail.id if isinstance(mail, models.BaseModel) else 0
        return f"{token}.{mail_id}.{self._get_address_digest(token, mail_id)}"

    @api.model
    def _get_partner_from_token(self, token):
        parts = (token or "").rsplit(".", 2)
        if len(parts) != 3 or not (token.isascii() and parts[1].isdecimal()):
            return None
        token, mail_id, digest = parts
        try:
            partner = super()._get_partner_from_token(token)
        except ValueError:  # it was cut
            return None
        if partner and consteq(partner._get_address_digest(token, mail_id), digest):
            return partner
        return None

    def _get_address_digest(self, token, mail_id):
        self.ensure_one()
        message = (token, str(mail_id), self.email_normalized or "")
        return hmac(self.env(su=True), "support_signup_address", message)

    @api.model
    def _get_access_mail_id(self, token):
        """Return the id of the mail that a valid token was sent with, 0: none of ours.

        :rtype: int
        """
        return int(token.rsplit(".", 2)[1])

    # ---------------------------------------------------
    # Invitation
    # ---------------------------------------------------

    def _invite_to_support(self, company):
        """Have these contacts invited, if they have no login and no invitation yet.

        Whether a contact may be invited is decided when the mail is sent.

        :param res.company company: whose portal it is
        """
        context = self.env.context
        is_bulk = context.get("install_mode") or context.get("import_file")
        if is_bulk or self._is_done_by_machine():
            return
        mails_sudo = self.env["support.access.mail"].sudo()
        for partner in self.sudo().with_context(active_test=False):
            is_me = partner == self.env.user.partner_id
            if is_me or not partner.email_normalized or partner.user_ids:
                continue
            if not mails_sudo._is_invited(partner):
                mails_sudo._note(
                    "invitation",
                    partner.email_normalized,
                    partner_id=partner.id,
                    company_id=company.id,
                )

    # ---------------------------------------------------
    # Notification list
    # ---------------------------------------------------

    def action_subscribe_to_support_list(self):
        """Put the contacts on the notification list (again)."""
        self._check_support_staff()
        for partner in self.sudo():
            partner._subscribe_to_support_list(self.env.company)

    def _subscribe_to_support_list(self, company):
        """Put the contact's address on the company's list, once.

        Callers make sure that the contact or our staff want it.

        :param res.company company:
        """
        self.ensure_one()
        list_sudo = company.sudo().support_mailing_list_id
        if not list_sudo or not self.email_normalized:
            return
        contacts_sudo = (
            self.env["mailing.contact"].sudo().with_context(active_test=False)
        )
        known = contacts_sudo.search(
            [("email_normalized", "=", self.email_normalized)], limit=1
        )
        if not known:
            contacts_sudo.create({"name": self.name, "email": self.email_normalized})
        list_sudo = list_sudo.with_context(support_subscribe=True)
        list_sudo._update_subscription_from_email(self.email_normalized, opt_out=False)

    def _has_left_support_list(self, company):
        """Tell whether somebody has unsubscribed this address."""
        self.ensure_one()
        entries = self._get_list_entries(company)
        return entries.get(self.email_normalized) is False
