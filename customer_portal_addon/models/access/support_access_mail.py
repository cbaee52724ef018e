from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import email_normalize

from ...tools.form import form_values

HOUR = timedelta(hours=1)
TOKEN_ANSWERS = ("activation", "invitation", "reset")


class SupportAccessMail(models.Model):
    """A mail that leads to a login: asked for by somebody, sent by a cron.

    Who asks learns nothing: asking costs the same for every address, and what is sent,
    if anything, only the owner of the address reads. As one cron sends them one after
    the other, the limits hold however many ask at once.
    """

    _name = "support.access.mail"
    _description = "Access Mail"
    _order = "asked_at desc, id desc"
    _rec_name = "email"

    # How many wishes of one source are noted within an hour
    _limit_noted = 100

    kind = fields.Selection(
        [
            ("registration", "Registration"),
            ("invitation", "Invitation"),
            ("reset", "New password"),
        ],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("pending", "Waiting"),
            ("sent", "Sent"),
            ("used", "Used"),
            ("withheld", "Nothing sent"),
            ("limited", "Too many, not sent"),
            ("failed", "Failed"),
        ],
        default="pending",
        required=True,
        readonly=True,
        help="Used: the link in the mail led to a login.",
    )
    answer = fields.Selection(
        [
            ("activation", "Way to a password"),
            ("invitation", "Invitation"),
            ("reset", "Way to a new password"),
            ("known", "Has a login already"),
            ("refused", "Refusal"),
            ("ambiguous", "We'll be in touch"),
        ],
        string="What was sent",
        readonly=True,
    )
    email = fields.Char(string="E-mail", required=True, readonly=True, index=True)
    name = fields.Char(help="As typed into the registration.", readonly=True)
    lang = fields.Char(readonly=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    website_id = fields.Many2one(
        "website",
        readonly=True,
        ondelete="set null",
        help="Where it was asked for, or where the contact has its login.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
    )
    customer_id = fields.Many2one(
        "res.partner",
        domain="[('is_company', '=', True)]",
        ondelete="set null",
        help="The company to assign the registration to. A suggestion comes from "
        "contacts with addresses of the same domain, never for free mail.",
    )
    is_assigned = fields.Boolean(
        compute="_compute_is_assigned", search="_search_is_assigned"
    )
    is_new_contact = fields.Boolean(
        readonly=True, help="The contact was created for this registration."
    )
    invited_by_id = fields.Many2one(
        "res.partner",
        string="Invited by",
        readonly=True,
        ondelete="set null",
        help="The customer administrator who wants this colleague to be invited.",
    )
    source_key = fields.Char(readonly=True)
    privacy_text_id = fields.Many2one(
        "support.consent.text", ondelete="restrict", readonly=True
    )
    notification_text_id = fields.Many2one(
        "support.consent.text",
        ondelete="restrict",
        readonly=True,
        help="Set when the person wants to receive support notifications.",
    )
    asked_at = fields.Datetime(
        string="Asked on", required=True, readonly=True, default=fields.Datetime.now
    )
    sent_at = fields.Datetime(string="Sent on", readonly=True)
    active = fields.Boolean(default=True)

    _pending_idx = models.Index("(id) WHERE state = 'pending'")
    _source_idx = models.Index("(source_key, asked_at) WHERE source_key IS NOT NULL")
    _invited_by_idx = models.Index(
        "(invited_by_id, asked_at) WHERE invited_by_id IS NOT NULL"
    )

    @api.depends("partner_id.parent_id", "partner_id.is_company")
    def _compute_is_assigned(self):
        for record in self:
            partner = record.partner_id
            is_staff = partner and not partner.partner_share
            record.is_assigned = bool(
                partner.parent_id or partner.is_company or is_staff
            )

    def _search_is_assigned(self, operator, value):
        if operator != "in":
            return NotImplemented
        assigned = fields.Domain("partner_id.parent_id", "!=", False)
        assigned |= fields.Domain("partner_id.is_company", "=", True)
        assigned |= fields.Domain("partner_id.partner_share", "=", False)
        wanted = [assigned if entry else ~assigned for entry in value]
        return fields.Domain.OR(wanted)

    def write(self, vals):
        """Let staff only choose the customer: the rest decides who gets which token."""
        if not self.env.su and vals.keys() - {"customer_id", "active"}:
            raise AccessError(self.env._("Only the customer can be changed here."))
        return super().write(vals)

    # ---------------------------------------------------
    # Asking
    # ---------------------------------------------------

    @api.model
    def _request_registration(self, values, client):
        """Note that a visitor wants to register.

        :param dict values: posted ``name``, ``email``, ``privacy``, ``notifications``
        :param str client: the visitor's IP address
        :return: what is wrong by name of the input, empty when noted
        :rtype: dict
        """
        _ = self.env._
        errors = {}
        email = email_normalize(values.get("email") or "")
        try:
            name = self.env["res.partner"]._parse_person_name(values.get("name"))
        except ValidationError as error:
            errors["name"] = error.args[0]
        if not email or len(email) > 254:
            errors["email"] = _("Please enter your e-mail address.")
        texts = self.env["support.consent.text"]
        privacy_text = texts._get_current("privacy")
        if privacy_text and not values.get("privacy"):
            errors["privacy"] = _("We need your consent to create a login for you.")
        if not errors:
            wanted = values.get("notifications") and self._offers_notifications()
            notification_text = texts._get_current("notifications") if wanted else texts
            self._note(
                "registration",
                email,
                client,
                name=name,
                privacy_text_id=privacy_text.id,
                notification_text_id=notification_text.id,
            )
        return errors

    @api.model
    def _offers_notifications(self):
        """Tell whether there is a list to subscribe to, and words to ask with."""
        return bool(
            self.env.company.sudo().support_mailing_list_id
            and self.env["support.consent.text"]._get_current("notifications")
        )

    @api.model
    def _request_reset(self, login, client):
        """Note that somebody wants a new password.

        :param str login: what was typed: a login or an address
        :param str client: the visitor's IP address
        """
        login = form_values.clean_text(login)[:254]
        if login:
            self._note("reset", email_normalize(login) or login, client)

    @api.model
    def _note(self, kind, email, client=None, **vals):
        """Add a mail to those that the cron sends, unless one source asks too much.

        :param str client: an IP address; None: somebody who needs no limit
        """
        mails_sudo = self.sudo()
        limits = self.env["support.limit"]
        source = client and limits._get_network_key(client)
        if source:
            since = fields.Datetime.now() - HOUR
            if limits._is_reached(
                mails_sudo.with_context(active_test=False),
                [("source_key", "=", source), ("asked_at", ">", since)],
                self._limit_noted,
                source,
            ):
                return self.browse()
        contact_sudo = self.env["res.partner"].sudo().browse(vals.get("partner_id"))
        website = self.env["website"].get_current_website(fallback=False)
        mail_sudo = mails_sudo.create(
            {
                "kind": kind,
                "email": email,
                "website_id": (contact_sudo.website_id or website).id,
                "lang": self.env.lang,
                "source_key": source,
                **vals,
            }
        )
        self.env.ref("customer_portal_addon.ir_cron_access_mail").sudo()._trigger()
        return mail_sudo

    # ---------------------------------------------------
    # After the mail
    # ---------------------------------------------------

    @api.model
    def _confirm_address(self, partner, token):
        """Take note that a contact has followed the link of a mail.

        Now the address is the contact's own. What was agreed to on registering counts
        when this very registration was answered by the link: anybody may type in the
        address of somebody else.

        :param res.partner partner: whom the token belongs to
        :param str token: a valid one
        """
        partner.support_unconfirmed = False
        mails = self.with_context(active_test=False).search(
            [
                ("partner_id", "=", partner.id),
                ("state", "=", "sent"),
                ("answer", "in", TOKEN_ANSWERS),
            ]
        )
        registration = mails.filtered(
            lambda mail: (
                mail.kind == "registration"
                and mail.id == partner._get_access_mail_id(token)
            )
        )
        mails.state = "used"
        if registration:
            registration._log_consents()

    def _log_consents(self):
        """Log what was agreed to on registering, and subscribe who wanted that.

        But who has unsubscribed stays so: only our team puts such people back.
        """
        self.ensure_one()
        contact, company = self.partner_id, self.company_id
        for text in self.privacy_text_id | self.notification_text_id:
            self.env["support.consent"].with_company(company)._log(
                text, contact, "registration", self.asked_at, self.lang
            )
        if self.notification_text_id and not contact._has_left_support_list(company):
            contact._subscribe_to_support_list(company)

    # ---------------------------------------------------
    # What staff do
    # ---------------------------------------------------

    def action_assign_customer(self):
        """Put the person into the chosen company and send the way to a password."""
        self.check_access("write")
        for record in self:
            if not record.customer_id.is_company:
                raise UserError(
                    self.env._("Please choose the customer of %s first.", record.email)
                )
            record._assign_customer()

    def _assign_customer(self):
        record_sudo = self.sudo()
        contact_sudo = record_sudo.partner_id
        is_theirs = contact_sudo.email_normalized == self.email
        if (
            self.kind != "registration"
            or self.is_assigned
            or (contact_sudo and not is_theirs)
        ):
            raise UserError(self.env._("There is nothing to assign any more."))
        contact_sudo = contact_sudo or record_sudo._create_contact()
        contact_sudo.parent_id = record_sudo.customer_id
        record_sudo.partner_id = contact_sudo
        if record_sudo._has_login() or not record_sudo._is_covered(contact_sudo):
            return
        record_sudo._send_answer("activation", contact_sudo)

    @api.autovacuum
    def _gc_forgotten(self):
        """Forget where wishes came from after a day, and those of strangers later."""
        now = fields.Datetime.now()
        mails = self.with_context(active_test=False)
        day_ago, month_ago = now - timedelta(days=1), now - timedelta(days=30)
        known = [("source_key", "!=", False), ("asked_at", "<", day_ago)]
        mails.search(known, limit=10000).source_key = False
        old = fields.Domain("asked_at", "<", month_ago)
        mails.search(
            old & fields.Domain("partner_id", "=", False), limit=10000
        ).unlink()
        stale = fields.Domain(
            [
                ("is_new_contact", "=", True),
                ("state", "=", "sent"),
                ("partner_id.user_ids", "=", False),
                ("partner_id.parent_id", "=", False),
                ("partner_id.helpdesk_ticket_ids", "=", False),
            ]
        )
        for contact in mails.search(old & stale, limit=1000).partner_id:
            try:
                with self.env.cr.savepoint():
                    contact.unlink()
            except (UserError, IntegrityError):
                contact.active = False  # somebody uses it
