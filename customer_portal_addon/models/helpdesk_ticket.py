from odoo import api, fields, models
from odoo.tools import email_split, plaintext2html
from odoo.tools.sql import column_exists, create_column

MAIL_LAYOUT = "customer_portal_addon.mail_layout_support"


class HelpdeskTicket(models.Model):
    _name = "helpdesk.ticket"
    # The mixins come first: they override methods of mail.thread
    _inherit = [
        "support.ticket.access.mixin",
        "support.ticket.list.mixin",
        "support.ticket.status.mixin",
        "support.ticket.action.mixin",
        "support.ticket.mail.mixin",
        "support.ticket.reference.mixin",
        "support.ticket.reply.mixin",
        "support.ticket.copy.mixin",
        "support.ticket.forward.mixin",
        "support.ticket.quote.mixin",
        "support.ticket.contact.mixin",
        "support.ticket.conversation.mixin",
        "support.ticket.notification.mixin",
        "support.ticket.form.mixin",
        "helpdesk.ticket",
    ]

    # ---------------------------------------------------
    # Fields
    # ---------------------------------------------------

    commercial_partner_id = fields.Many2one(
        "res.partner",
        related=None,
        compute="_compute_commercial_partner_id",
        store=True,
        help="The company of the contact when the ticket was filed. It stays, whoever "
        "the contact works for later.",
    )
    support_code = fields.Char(
        related="partner_id.support_code", string="Support ID", groups="base.group_user"
    )
    answer_ids = fields.One2many("support.form.answer", "ticket_id", string="Answers")
    filed_by_id = fields.Many2one(
        "res.partner",
        string="Filed by",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Who filled in the form: the contact, or an administrator for them.",
    )
    phone_availability = fields.Char(
        string="Available by phone",
        help="When the customer can be called, in the customer's words.",
    )
    last_activity_at = fields.Datetime(
        string="Last activity",
        default=fields.Datetime.now,
        copy=False,
        readonly=True,
        help="Date of the last personal message.",
    )

    # The lists, the latest activity first, and all look-ups by contact or company
    _support_contact_activity_idx = models.Index("(partner_id, last_activity_at DESC)")
    _support_customer_activity_idx = models.Index(
        "(commercial_partner_id, last_activity_at DESC)"
    )
    # The few tickets that wait for their contact
    _support_waiting_address_idx = models.Index(
        "(partner_email_normalized) WHERE partner_id IS NULL"
    )

    # Who writes how often: at every mail, and the tickets in brackets in its subject
    _support_sender_idx = models.Index(
        "(partner_email_normalized, create_date)"
        " WHERE partner_email_normalized IS NOT NULL"
    )
    _support_number_idx = models.Index("(number)")

    # Who files how much within an hour
    _support_filed_by_idx = models.Index(
        "(filed_by_id, create_date) WHERE filed_by_id IS NOT NULL"
    )

    def _auto_init(self):
        """Add the columns of the status empty; the hooks fill them, with SQL.

        The ORM would compute them in Python, for each of perhaps a million tickets.
        """
        columns = {"portal_role": "varchar", "status_since": "timestamp"}
        for name, kind in columns.items():
            if not column_exists(self.env.cr, self._table, name):
                create_column(self.env.cr, self._table, name, kind)
        return super()._auto_init()

    @api.depends("partner_id")
    def _compute_commercial_partner_id(self):
        """Belong to the company that the contact works for now, and stay there.

        OCA's field follows the contact: the next employer's administrators would read
        the tickets of the last one.
        """
        for ticket in self:
            ticket.commercial_partner_id = ticket.partner_id.commercial_partner_id

    # ---------------------------------------------------
    # CRUD
    # ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets._welcome_contact()
        return tickets

    def write(self, vals):
        result = super().write(vals)
        if vals.get("partner_id"):
            self._welcome_contact()
        return result

    def _welcome_contact(self):
        """Give the contacts their support IDs, and the way to a login."""
        self.partner_id._ensure_support_code()
        for ticket in self:
            company = ticket.company_id or self.env.company
            ticket.partner_id._invite_to_support(company)

    # ---------------------------------------------------
    # Messages
    # ---------------------------------------------------

    def message_post(self, *, message_type="notification", **kwargs):
        self._check_not_remote()
        self._check_customer_may_post(message_type)
        return super().message_post(message_type=message_type, **kwargs)

    def message_post_with_source(self, *args, **kwargs):
        self._check_not_remote()
        return super().message_post_with_source(*args, **kwargs)

    def message_mail_with_source(self, *args, **kwargs):
        self._check_not_remote()
        return super().message_mail_with_source(*args, **kwargs)

    def message_notify(self, **kwargs):
        self._check_not_remote()
        return super().message_notify(**kwargs)

    def message_subscribe(self, *args, **kwargs):
        self._check_not_remote()
        return super().message_subscribe(*args, **kwargs)

    def message_get_followers(self, *args, **kwargs):
        self._check_not_remote()
        return super().message_get_followers(*args, **kwargs)

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        personal = message.message_type in ("comment", "email")
        if personal and not message.is_internal and not message.subtype_id.internal:
            ticket_sudo = self.sudo()
            ticket_sudo.last_activity_at = message.date
            ticket_sudo._follow_message(message)
        return result

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Lead customers to the portal, without a token, and in our layout."""
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if not self:
            return groups
        for name, _is_member, data in groups:
            if name != "user":
                data["active"] = True
                data["has_button_access"] = True
                data["button_access"] = self._get_portal_button()
        return groups

    def _notify_by_email_get_headers(self, headers=None):
        """Name the others who get a mail by their addresses, not as our contacts.

        Whoever puts an address in copy must not learn whose it is.
        """
        headers = super()._notify_by_email_get_headers(headers=headers)
        others = headers.get("X-Msg-To-Add")
        if others:
            headers["X-Msg-To-Add"] = ",".join(email_split(others))
        return headers

    def _notify_by_email_render_layout(self, message, recipients_group, **kwargs):
        if recipients_group.get("notification_group_name") != "user":
            msg_vals = {
                **(kwargs.get("msg_vals") or {}),
                "email_layout_xmlid": MAIL_LAYOUT,
            }
            kwargs["msg_vals"] = msg_vals
        return super()._notify_by_email_render_layout(
            message, recipients_group, **kwargs
        )

    def _get_portal_button(self):
        """Return address and title of the button that leads into the portal.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "url": f"{self.get_base_url()}/my/ticket/{self.id}",
            "title": self.env._("Open service portal"),
        }

    def _track_template(self, tracking):
        templates = super()._track_template(tracking)
        for _template, options in templates.values():
            options["email_layout_xmlid"] = MAIL_LAYOUT
        return templates

    def _send_confirmation(self):
        """Confirm the ticket by mail to everybody who follows it, staff excepted.

        Everybody gets a mail of their own, in their language.
        """
        template = self.env.ref(
            "customer_portal_addon.mail_template_ticket_received",
            raise_if_not_found=False,
        )
        if not template:
            return
        for ticket in self:
            for partner in ticket.message_partner_ids:
                if partner.email and partner.partner_share:
                    ticket._send_confirmation_to(partner, template)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _send_confirmation_to(self, partner, template):
        """Queue the confirmation for one reader and note it in the chatter.

        The note also is what an answer to the mail is recognised by.
        """
        self.ensure_one()
        reader = template.with_context(
            reader_lang=partner.lang or self.partner_id.lang,
            reader_name=partner.name,
            filer_name=(self.filed_by_id or self.partner_id)._get_name_for_mails(),
            contact_name=self.partner_id._get_name_for_mails(),
            is_reader_contact=partner == self.partner_id,
            is_reader_filer=partner == self.filed_by_id,
            is_filed_for_other=self._is_filed_for_other(),
            is_reader_known=self._is_known_reader(partner),
        )
        mail_id = reader.send_mail(
            self.id,
            email_values={
                "recipient_ids": [fields.Command.set(partner.ids)],
                "reply_to": self._notify_get_reply_to(
                    author_id=self.company_id.partner_id.id
                )[self.id],
                "headers": repr({"Auto-Submitted": "auto-generated"}),
                "is_notification": True,  # keeps the note when the mail is sent
            },
        )
        mail = self.env["mail.mail"].browse(mail_id)
        mail.mail_message_id.body = plaintext2html(
            f"{mail.subject} → {partner.email_formatted}"
        )

    def _is_known_reader(self, partner):
        """Tell whether a mail to ``partner`` may carry words of the sender.

        People outside the customer didn't ask for the mail: whoever fills in the form
        must not be able to write to the world in our name. Nor do those whom an
        administrator has named, as long as they have not confirmed it.
        """
        self.ensure_one()
        if partner.support_unconfirmed:
            return False
        customer = self.commercial_partner_id
        return partner.commercial_partner_id == customer

    def _is_filed_for_other(self):
        """Tell whether somebody else filled in the form for the contact."""
        self.ensure_one()
        return bool(self.filed_by_id) and self.filed_by_id != self.partner_id
