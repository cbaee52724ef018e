from odoo import fields, models
from odoo.tools import email_normalize, formataddr, plaintext2html

from ...tools.mail import mail_subjects
from ..base.mail_template import MAIL_LAYOUT

# Longer ones are folded, which some mail servers stumble over
MAX_REPLY_TO = 68


class HelpdeskTicket(models.Model):
    """The automatic mails of a ticket: each reader gets one of their own."""

    _inherit = "helpdesk.ticket"

    # ---------------------------------------------------
    # Who reads
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
    # What they get
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
