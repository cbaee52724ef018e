from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """Tickets of people without a login.

    Filing one takes the same steps for every address; who it belongs to, a cron finds
    out afterwards, as for a mail whose sender nobody has checked.
    """

    _inherit = "helpdesk.ticket"

    is_filed_publicly = fields.Boolean(
        string="Filed without a login",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Anybody can have filed it, with anybody's e-mail address.",
    )
    sender_lang = fields.Char(
        string="Language of the form",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="In which somebody without a login filled it in.",
    )

    # ---------------------------------------------------
    # Filing
    # ---------------------------------------------------

    @api.model
    def _file_publicly(self, ticket_type, values, files, client):
        """File a ticket of somebody without a login.

        :param helpdesk.ticket.type ticket_type: one that is offered to them
        :param dict values: name of an input -> list of posted strings
        :param list files: of (name, content as bytes)
        :param str client: the visitor's IP address
        :return: the ticket's number, False when something is wrong, and what is wrong
            by name of the input; the name ``form`` stands for the form as a whole
        :rtype: tuple(str | bool, dict)
        """
        guard = self.env["support.public.guard"]
        form = {}
        errors = guard._check_form(values) or guard._check_files(files, client)
        if not errors:
            form, errors = ticket_type._parse_public_form(values, files)
        if not errors:
            errors = guard._check_sender(values, form["email"], client)
        if errors:
            errors["files_again"] = ticket_type._get_files_again_message(files)
            return False, errors
        # A type for everybody: that is what lets people without rights file it
        ticket_sudo = self.sudo().with_context(mail_create_nosubscribe=True)
        ticket_sudo = ticket_sudo.create(
            {
                **self._prepare_public_values(ticket_type, form),
                **self._read_posted_context(values),
            }
        )
        ticket_sudo._add_form_answers(ticket_type, form)
        self._log_public_consent(form)
        self._trigger_confirmations()
        return ticket_sudo.number, {}

    @api.model
    def _prepare_public_values(self, ticket_type, form):
        """Return the values of a ticket that somebody without a login has filed.

        It has no contact yet: what is claimed grants nothing.

        :param dict form: as returned by ``_parse_public_form`` of the type
        :rtype: dict
        """
        nobody = self.env["res.partner"]
        return {
            **self._prepare_form_values(ticket_type, form, nobody),
            "partner_name": form["name"],
            "partner_email": form["email"],
            "claimed_name": form["name"],
            "claimed_company": form["company"],
            "customer_number": form["customer_number"],
            "wants_notifications": form.get("notifications", False),
            "is_filed_publicly": True,
            "pending_confirmation": "stranger",
            "sender_lang": self.env.lang,
            # until the cron has looked, nobody is linked
            "is_contact_removed": True,
        }

    @api.model
    def _log_public_consent(self, form):
        """Note what was agreed to; nobody has confirmed the address yet."""
        texts = self.env["support.consent.text"]
        text_sudo = texts._get_current("privacy")
        if text_sudo:
            self.env["support.consent"]._log_unconfirmed(
                text_sudo, form["email"], "public_form"
            )

    # ---------------------------------------------------
    # Afterwards
    # ---------------------------------------------------

    def _welcome_stranger(self):
        """Link the contact as for a mail of unknown truth, and confirm the ticket."""
        self.ensure_one()
        # OdooBot's notes are for staff
        ticket = self.with_context(lang=self.company_id.partner_id.lang)
        if ticket.partner_id:  # somebody of the team was faster
            ticket._confirm_filing(False)
            return
        ticket.is_contact_removed = False
        contact, is_new = ticket._get_sender_contact(
            ticket.claimed_name, ticket.partner_email_normalized, "unknown"
        )
        if contact:
            contact_sudo = contact.sudo()
            if is_new:
                contact_sudo.lang = ticket.sender_lang
            else:
                ticket.partner_name = contact_sudo.name
            note = self.env._(
                "Linked to %(contact)s by the e-mail address that was typed into the "
                "form. Nobody has checked that it is the sender's own.",
                contact=contact_sudo.display_name,
            )
            robot = self.env.ref("base.partner_root")
            ticket._link_contact(contact, note, author=robot)
            ticket.message_subscribe(contact.ids)
        ticket._confirm_filing(is_new)

    def _confirm_filing(self, is_new):
        """Send the confirmation without any word of the sender, unless to ourselves.

        :param bool is_new: the contact was created for the ticket
        """
        self.ensure_one()
        is_staff = self.partner_id and not self.partner_id.partner_share
        if is_staff or (is_new and self._has_many_new_senders()):
            return
        self._send_confirmation(is_verified=False)
        self._ask_for_notifications()

    def _prepare_reader_context(self, partner, is_known):
        """Write to an address without contact in the language of the form."""
        values = super()._prepare_reader_context(partner, is_known)
        if not partner and self.sender_lang:
            values["reader_lang"] = self.sender_lang
        return values

    def _prepare_reader_mail_values(self, partner, is_known):
        """Mail the bare address when a stranger may have chosen the name."""
        values = super()._prepare_reader_mail_values(partner, is_known)
        if partner and self.is_filed_publicly and not is_known:
            values.update(
                recipient_ids=[fields.Command.clear()],
                email_to=partner.email_normalized,
            )
        return values
