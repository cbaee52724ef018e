from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import email_normalize, plaintext2html

from ...tools.form import form_values
from .ir_attachment import KEPT_AS_SENT

# With more colleagues the form asks for an address instead of offering a list
MAX_COLLEAGUES_LISTED = 200


class HelpdeskTicket(models.Model):
    """How a customer's form becomes a ticket."""

    _inherit = "helpdesk.ticket"

    is_at_credit_limit = fields.Boolean(
        compute="_compute_is_at_credit_limit",
        compute_sudo=True,
        groups="base.group_user",
        help="The customer used all the minutes that it may use without credit.",
    )

    @api.depends("charging", "commercial_partner_id", "company_id")
    def _compute_is_at_credit_limit(self):
        accounts = self.env["support.credit.account"]
        for ticket in self:
            customer, company = ticket.commercial_partner_id, ticket.company_id
            ticket.is_at_credit_limit = (
                ticket.charging == "charged"
                and bool(customer)
                and accounts._is_at_limit(customer, company or self.env.company)
            )

    @api.model
    def _get_oca_choices(self, category_id, team_id):
        """Return what may be taken over from OCA's ticket form.

        :param str category_id: as posted; ignored unless shown in the portal
        :param str team_id: as posted; ignored unless shown in the portal
        :return: values of a ticket
        :rtype: dict
        """
        company = self.env.company
        posted = {}
        if company.helpdesk_mgmt_portal_select_category:
            posted["category_id"] = category_id
        if company.helpdesk_mgmt_portal_select_team:
            posted["team_id"] = team_id
        choices = {}
        for name, value in posted.items():
            if str(value).isdecimal():
                chosen = self.env[self._fields[name].comodel_name].search(
                    [
                        ("id", "=", int(value)),
                        ("show_in_portal", "=", True),
                        ("company_id", "in", [False, company.id]),
                    ]
                )
                choices.update({name: chosen.id} if chosen else {})
        return choices

    @api.model
    def _get_max_cc(self):
        """Return how many CC addresses a form takes."""
        return 5

    @api.model
    def _file_from_form(self, ticket_type, values, files, **extra):
        """File a ticket of the current user through the form of a type.

        :param helpdesk.ticket.type ticket_type: a type on offer, or none
        :param dict values: name of an input -> list of posted strings
        :param list files: of (name, content as bytes)
        :param extra: further values of the ticket, chosen by the caller, not posted
        :return: the ticket (empty when something is wrong), and what is wrong by name
            of the input; the name ``form`` stands for the form as a whole
        :rtype: tuple(helpdesk.ticket, dict)
        """
        errors = {}
        sender = self.env.user.partner_id
        try:
            contact = self._parse_on_behalf(values)
        except ValidationError as error:
            errors["on_behalf"] = error.args[0]
        try:
            self._check_hourly_limit("ticket")
        except UserError as error:
            errors["form"] = error.args[0]
        accounts = self.env["support.credit.account"]
        company = self.env.company
        if ticket_type._is_charged() and accounts._is_at_limit(sender, company):
            errors["form"] = accounts._get_limit_message()
        form, wrong = ticket_type._parse_form(values, files, look=not errors)
        errors = {**wrong, **errors}
        if errors:
            errors["files_again"] = ticket_type._get_files_again_message(files)
            return self.browse(), errors
        # The contact is the current user, whom the gate let in, or a colleague of whom
        # the user is an administrator; portal users have no right to create tickets
        # otherwise.
        extra = {**extra, "filed_by_id": sender.id}
        ticket_sudo = self._create_from_form(ticket_type, form, contact, **extra)
        self._subscribe_sender(values)
        return self.browse(ticket_sudo.id), {}

    @api.model
    def _create_from_form(self, ticket_type, form, contact, **extra):
        """Create a ticket with all rights: callers have decided whose it is.

        :param dict form: as returned by ``_parse_form`` of the type
        :param res.partner contact: may be empty
        :param extra: further values of the ticket, not posted
        :return: the ticket, with all rights
        """
        ticket_sudo = self.sudo().with_context(mail_create_nosubscribe=True)
        vals = self._prepare_form_values(ticket_type, form, contact)
        ticket_sudo = ticket_sudo.create(
            {**vals, **extra, "pending_confirmation": "known"}
        )
        ticket_sudo._add_form_answers(ticket_type, form)
        ticket_sudo._add_participants(contact, form["cc"])
        self._trigger_confirmations()
        return ticket_sudo

    # ---------------------------------------------------
    # Who files it, and for whom
    # ---------------------------------------------------

    @api.model
    def _get_form_page_values(self, ticket_type, values=None, errors=None):
        """Return what the page of a form prints, for customers.

        :param dict values: name of an input -> list of posted strings
        :param dict errors: as returned by :meth:`_file_from_form`
        :rtype: dict
        """
        return {
            "ticket_type": ticket_type,
            "inputs": self._get_page_inputs(ticket_type, values, errors),
            "form_context": self._read_posted_context(values or {}),
            "errors": errors or {},
            "file_rules": ticket_type._get_file_rules(),
            "credit": self.env["support.credit.account"]._get_form_panel(ticket_type),
        }

    @api.model
    def _get_page_inputs(self, ticket_type, values=None, errors=None):
        """Return the inputs of a type's form with those that depend on who fills it in.

        :param dict values: name of an input -> list of posted strings
        :param dict errors: as returned by :meth:`_file_from_form`
        :return: as of ``_get_form_inputs`` of the type
        :rtype: list[dict]
        """
        before, after = self._get_on_behalf_inputs(), self._get_notification_inputs()
        for entry in before + after:
            entry["values"] = (values or {}).get(entry["name"]) or []
            entry["value"] = entry["values"][0] if entry["values"] else ""
            entry["error"] = (errors or {}).get(entry["name"])
        return [*before, *ticket_type._get_form_inputs(values, errors), *after]

    @api.model
    def _get_on_behalf_inputs(self):
        """Return the question for whom the ticket is, for customer administrators."""
        _ = self.env._
        people = self.env["res.partner"]
        if not people._manages_colleagues():
            return []
        colleagues_sudo = people._get_colleagues_to_file_for(MAX_COLLEAGUES_LISTED + 1)
        if not colleagues_sudo:
            return []
        entry = {"name": "on_behalf", "label": _("Who is it for?")}
        if len(colleagues_sudo) > MAX_COLLEAGUES_LISTED:
            hint = _("The e-mail address of a colleague. Empty: it is for yourself.")
            return [{**entry, "kind": "email", "help": hint}]
        options = [
            (str(colleague.id), f"{colleague.name} ({colleague.email_normalized})")
            for colleague in colleagues_sudo
        ]
        options.insert(0, ("", _("Myself")))
        return [{**entry, "kind": "choice", "has_default": True, "options": options}]

    @api.model
    def _parse_on_behalf(self, values):
        """Return the contact of the ticket: the current user or the chosen colleague.

        :raise ValidationError: no such colleague
        """
        posted = form_values.clean_text((values.get("on_behalf") or [""])[0])
        people = self.env["res.partner"]
        if not posted or not people._manages_colleagues():
            return self.env.user.partner_id
        colleague_sudo = people._find_colleague_to_file_for(posted)
        if not colleague_sudo:
            raise ValidationError(self.env._("Please choose one of your colleagues."))
        return colleague_sudo

    @api.model
    def _get_notification_text(self):
        """Return what the current user may agree to: empty for who is subscribed."""
        texts = self.env["support.consent.text"]
        contact_sudo = self.env.user.sudo().partner_id
        offers = self.env["support.access.mail"]._offers_notifications()
        is_asked = self.env.user.share and contact_sudo.email_normalized
        if not offers or not is_asked or contact_sudo.support_is_subscribed:
            return texts
        return texts._get_current("notifications")

    @api.model
    def _get_notification_inputs(self):
        """Return the checkbox for the notifications, for who does not get them yet."""
        text_sudo = self._get_notification_text()
        if not text_sudo:
            return []
        label = text_sudo.wording
        return [{"name": "notifications", "kind": "checkbox", "label": label}]

    @api.model
    def _subscribe_sender(self, values):
        """Put the current user's own address on the list, if this was wanted."""
        wants = any(values.get("notifications") or [])
        text_sudo = wants and self._get_notification_text()
        if text_sudo:
            contact_sudo = self.env.user.sudo().partner_id
            contact_sudo._subscribe_to_support_list(self.env.company.sudo())
            self.env["support.consent"]._log(text_sudo, contact_sudo, "ticket_form")

    # ---------------------------------------------------
    # The ticket
    # ---------------------------------------------------

    @api.model
    def _prepare_form_values(self, ticket_type, form, contact):
        """Return the values of a ticket that was filed through a form.

        :param dict form: as returned by ``_parse_form`` of the type
        :rtype: dict
        """
        company = self.env.company
        team_sudo = ticket_type._get_teams(company)[:1]
        channel_id = (
            self.env["ir.model.data"]
            .sudo()
            ._xmlid_to_res_id("helpdesk_mgmt.helpdesk_ticket_channel_web")
        )
        stages_sudo = team_sudo.with_company(company)._get_applicable_stages()
        return {
            "name": form["subject"],
            "description": plaintext2html(form["description"]),
            "priority": form["priority"],
            "phone_availability": form["phone_availability"],
            "type_id": ticket_type.id,
            "team_id": team_sudo.id,
            "user_id": False,
            "company_id": company.id,
            "channel_id": channel_id,
            "partner_id": contact.id,
            "partner_name": contact.name,
            "partner_email": contact.email,
            # a stage in the values makes Odoo send the mail of that stage
            "stage_id": stages_sudo[:1].id,
        }

    def _add_form_answers(self, ticket_type, form):
        """Keep the answers and files of a form, under the labels they were asked."""
        self.ensure_one()
        vals_list = [
            {
                "ticket_id": self.id,
                "field_id": field.id,
                "sequence": field.sequence,
                "label": field.name,
                "value": answer,
            }
            for field, answer in form["answers"]
        ]
        if form["files"]:
            files_as_sent = self.env["ir.attachment"].with_context(**KEPT_AS_SENT)
            attachments = files_as_sent.create(
                [
                    {**file, "res_model": self._name, "res_id": self.id}
                    for file in form["files"]
                ]
            )
            field = ticket_type._get_file_field()
            vals_list.append(
                {
                    "ticket_id": self.id,
                    "field_id": field.id,
                    "sequence": field.sequence,
                    "label": field.name or self.env._("Files"),
                    "value": ", ".join(attachments.mapped("name")),
                    "attachment_ids": attachments.ids,
                }
            )
        self.env["support.form.answer"].create(vals_list)

    def _add_participants(self, contact, addresses):
        """Let contact, filer and the people behind the addresses follow the ticket.

        :param res.partner contact:
        :param list addresses: normalised mail addresses; unknown ones become contacts
        """
        self.ensure_one()
        self.message_subscribe((contact | self.filed_by_id).ids)
        own = email_normalize(contact.email or "")
        self._subscribe_addresses([a for a in addresses if a != own])
