from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize, email_split, formataddr, plaintext2html

from ...tools.mail import mail_subjects
from ..base.mail_template import MAIL_LAYOUT

# How many messages before it a mail names, besides the one that began the thread
NAMED_ANCESTORS = 3
# Longer ones are folded, which some mail servers stumble over
MAX_REPLY_TO = 68


class HelpdeskTicket(models.Model):
    """The mails of a ticket: what people write, and what is sent by itself.

    Each reader of an automatic mail gets one of their own.
    """

    _inherit = "helpdesk.ticket"

    # ---------------------------------------------------
    # Recipients and layout
    # ---------------------------------------------------

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Have the contact read what all participants read, also without following.

        Who writes a mail, or calls, does not follow; Odoo only proposes the contact to
        the agent, and other participants would answer past them. On the other hand
        Odoo sends an answer by mail to whoever is answered, even if they were removed.
        """
        msg_vals = dict(msg_vals or {})
        contact = self._get_present_contact() if self else self.env["res.partner"]
        if contact.email_normalized and self._is_for_everybody(message):
            recipients = msg_vals.get("partner_ids", message.sudo().partner_ids.ids)
            msg_vals["partner_ids"] = [*{*recipients, contact.id}]
        found = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if not self or message.sudo().message_type != "email":
            return found
        return [
            person
            for person in found
            if person["is_follower"]
            or not person["share"]
            or person["id"] == contact.id
        ]

    def _is_for_everybody(self, message):
        """Tell whether a message is one of the conversation, but not its first one."""
        message_sudo = message.sudo()
        subtype = message_sudo.subtype_id
        return (
            message_sudo.message_type in ("comment", "email")
            and not message_sudo.is_internal
            and not subtype.internal
            and subtype != self._creation_subtype()
        )

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

    # ---------------------------------------------------
    # Header
    # ---------------------------------------------------

    def _notify_by_email_get_headers(self, headers=None):
        """Name the others who get a mail by their addresses, not as our contacts.

        Whoever puts an address in copy must not learn whose it is.
        """
        headers = super()._notify_by_email_get_headers(headers=headers)
        others = headers.get("X-Msg-To-Add")
        if others:
            headers["X-Msg-To-Add"] = ",".join(email_split(others))
        return headers

    def _message_compute_subject(self):
        """Answer the subject that the customer knows, with the number.

        Odoo's is the ticket's name as staff see it: nothing of it would stay.
        """
        self.ensure_one()
        return mail_subjects.as_answer(self.name, self.number)

    def _notify_by_email_get_base_mail_values(
        self, message, recipients_data, additional_values=None
    ):
        """Give every mail the number, and the thread that mail programs show."""
        values = super()._notify_by_email_get_base_mail_values(
            message, recipients_data, additional_values=additional_values
        )
        if self:
            subject = values.get("subject") or message.subject
            numbered = mail_subjects.with_number(subject, self.number)
            if numbered != message.subject:
                values["subject"] = numbered
            values["references"] = self._get_references(message)
        return values

    def _get_references(self, message=None):
        """Return the ids of the mails that a mail about the ticket belongs to.

        The first one holds the thread together, also for somebody who joined late.
        Internal notes, which Odoo names as well, don't belong to it.

        :param mail.message message: what is being sent, if it exists already
        :rtype: str
        """
        self.ensure_one()
        messages_sudo = self.env["mail.message"].sudo()
        domain = self._get_outgoing_domain()
        if message:
            domain &= Domain("id", "<", message.id)
        # confirmations used to be written before the mail that they confirm
        opening = domain & Domain("subtype_id", "=", self._creation_subtype().id)
        root_sudo = messages_sudo.search(
            opening & Domain("message_type", "=", "email"), limit=1
        ) or messages_sudo.search(domain, order="id", limit=1)
        last_sudo = messages_sudo.search(
            domain & Domain("message_type", "!=", "email_outgoing"),
            order="id desc",
            limit=NAMED_ANCESTORS,
        )
        thread_sudo = root_sudo | last_sudo.sorted("id")
        ids = thread_sudo.mapped("message_id")
        if message:
            ids.append(message.sudo().message_id)
        return " ".join(ids)

    def _get_outgoing_domain(self):
        """Return the domain of the messages that customers have in their mailboxes."""
        return Domain(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                ("message_id", "!=", False),
                ("is_internal", "=", False),
                (
                    "message_type",
                    "in",
                    ("comment", "auto_comment", "email", "email_outgoing"),
                ),
            ]
        ) & (
            Domain("subtype_id", "=", False) | Domain("subtype_id.internal", "=", False)
        )

    # ---------------------------------------------------
    # Mails of stages
    # ---------------------------------------------------

    def _track_template(self, tracking):
        """Leave the mails of the stages to us: OCA's go to the contact only."""
        templates = super()._track_template(tracking)
        templates.pop("stage_id", None)
        for _template, options in templates.values():
            options["email_layout_xmlid"] = MAIL_LAYOUT
        return templates

    def _message_track_post_template(self, changes):
        result = super()._message_track_post_template(changes)
        if "stage_id" in (changes or ()):
            for ticket in self:
                ticket._mail_stage()
        return result

    def _mail_stage(self):
        """Send the mail of the stage that the ticket has come into, if it has one.

        It answers no machine, and nobody who may not be who the mail says.
        """
        self.ensure_one()
        if self._is_done_by_machine() or self._get_trust() == "fail":
            return
        template = self.stage_id.mail_template_id
        if template:
            neutral = self.env.ref(
                "customer_portal_addon.mail_template_ticket_neutral",
                raise_if_not_found=False,
            )
            self._mail_readers(template, neutral_template=neutral)

    # ---------------------------------------------------
    # Who reads automatic mails
    # ---------------------------------------------------

    def _get_mail_readers(self):
        """Return the contact and the participants, staff excepted, each address once.

        :rtype: res.partner
        """
        self.ensure_one()
        people = self._get_present_contact()
        people |= self.message_partner_ids.filtered("partner_share")
        by_address = {}
        for person in people:
            if person.active and person.email_normalized:
                by_address.setdefault(person.email_normalized, person)
        return people.browse(person.id for person in by_address.values())

    def _get_reader_address(self):
        """Return the address of a ticket that has no contact (yet), for its mails.

        Not after staff took the contact off the ticket.
        """
        self.ensure_one()
        ticket_sudo = self.sudo()
        if ticket_sudo.partner_id or ticket_sudo.is_contact_removed:
            return False
        address = ticket_sudo.partner_email_normalized
        readers = self._get_mail_readers()
        return address not in readers.mapped("email_normalized") and address

    def _is_filed_for_other(self):
        """Tell whether somebody else filled in the form for the contact."""
        self.ensure_one()
        return bool(self.filed_by_id) and self.filed_by_id != self.partner_id

    # ---------------------------------------------------
    # What the readers get
    # ---------------------------------------------------

    def _send_confirmation(self, is_verified=True):
        """Confirm the ticket by mail to everybody who takes part, staff excepted.

        :param bool is_verified: as of :meth:`_mail_reader`
        """
        template = self.env.ref(
            "customer_portal_addon.mail_template_ticket_received",
            raise_if_not_found=False,
        )
        if template:
            self._mail_readers(template, is_verified=is_verified)

    def _mail_readers(
        self, template, neutral_template=None, is_verified=True, **context
    ):
        """Queue a template for each reader, in their language, and note it.

        The template reads the ticket as ``object``, and of the reader ``ctx`` with what
        ``_prepare_reader_context`` returns.

        :param mail.template template: its own recipients don't count
        :param mail.template neutral_template: what unknown readers get instead; none:
            the template itself asks for ``ctx.get('is_reader_known')``
        :param bool is_verified: as of :meth:`_mail_reader`
        :param context: more for ``ctx``
        """
        options = {"neutral_template": neutral_template, "is_verified": is_verified}
        for ticket in self:
            for partner in ticket._get_mail_readers():
                ticket._mail_reader(template, partner, **options, **context)
            if ticket._get_reader_address():
                nobody = self.env["res.partner"]
                ticket._mail_reader(template, nobody, **options, **context)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _mail_reader(
        self, template, partner, neutral_template=None, is_verified=True, **context
    ):
        """Queue a template for one reader and note it in the chatter.

        The note also is what an answer to the mail is recognised by.

        :param res.partner partner: empty for the address of a ticket without contact
        :param bool is_verified: False when whoever caused the mail may have chosen the
            address: nobody is a known reader then
        """
        self.ensure_one()
        is_known = is_verified and self._is_known_reader(partner)
        if neutral_template and not is_known:
            template = neutral_template
        context = {**self._prepare_reader_context(partner, is_known), **context}
        mail_id = template.with_context(**context).send_mail(
            self.id,
            email_values=self._prepare_reader_mail_values(partner, is_known),
            email_layout_xmlid=MAIL_LAYOUT,
        )
        # Not everybody who moves a ticket may see the queue
        mail_sudo = self.env["mail.mail"].sudo().browse(mail_id)
        mail_sudo.subject = mail_subjects.with_number(mail_sudo.subject, self.number)
        address = partner.email_formatted if partner else mail_sudo.email_to
        mail_sudo.mail_message_id.body = plaintext2html(
            f"{mail_sudo.subject} → {address}"
        )

    def _prepare_reader_mail_values(self, partner, is_known):
        """Return the values of a mail that don't come from its template.

        :param bool is_known: the mail may carry words of the sender
        :rtype: dict
        """
        return {
            "recipient_ids": [fields.Command.set(partner.ids)],
            "email_to": False if partner else self._get_reader_address(),
            "email_cc": False,
            "reply_to": self._get_automatic_reply_to(),
            "references": self._get_references(),
            "headers": repr({"Auto-Submitted": "auto-generated"}),
            "is_notification": True,  # keeps the note when the mail is sent
        }

    def _get_automatic_reply_to(self):
        """Return where answers go, named after the company if the name fits.

        Odoo would take the name of whoever happens to cause the mail.
        """
        self.ensure_one()
        company = self.company_id
        reply_to = self._notify_get_reply_to(author_id=company.partner_id.id)[self.id]
        address = email_normalize(reply_to or "")
        if not address:
            return reply_to
        named = formataddr((company.name, address))
        return named if len(named) <= MAX_REPLY_TO else address

    def _prepare_reader_context(self, partner, is_known):
        """Return what a template may know about its reader.

        :param bool is_known: the mail may carry words of the sender
        :rtype: dict
        """
        self.ensure_one()
        contact = self.partner_id
        company_lang = self.company_id.partner_id.lang
        reader_lang = partner.lang or contact.lang or company_lang or self.env.lang
        return {
            "reader_lang": reader_lang,
            "reader_name": partner.name or self.partner_name,
            "filer_name": (self.filed_by_id or contact)._get_name_for_mails(),
            "contact_name": contact._get_name_for_mails(),
            "is_reader_contact": partner == contact,
            "is_reader_filer": partner == self.filed_by_id,
            "is_filed_for_other": self._is_filed_for_other(),
            "is_reader_known": is_known,
            "close_url": is_known and self._get_close_url(partner),
            "close_date": self._get_closing_date(partner, reader_lang),
        }
