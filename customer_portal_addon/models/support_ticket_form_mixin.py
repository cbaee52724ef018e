from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, plaintext2html


class SupportTicketFormMixin(models.AbstractModel):
    """How a customer's form becomes a ticket."""

    _name = "support.ticket.form.mixin"
    _description = "Filing Tickets Through Forms"

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
                    [("id", "=", int(value)), ("show_in_portal", "=", True)]
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
        form, errors = ticket_type._parse_form(values, files)
        try:
            self._check_hourly_limit("ticket")
        except UserError as error:
            errors["form"] = error.args[0]
            errors["files_again"] = ticket_type._get_files_again_message(files)
        if errors:
            return self.browse(), errors
        contact = self.env.user.partner_id
        # The contact is the current user, whom the gate let in; portal users have no
        # right to create tickets otherwise.
        ticket_sudo = self.sudo().with_context(mail_create_nosubscribe=True)
        vals = self._prepare_form_values(ticket_type, form, contact)
        ticket_sudo = ticket_sudo.create({**vals, **extra})
        ticket_sudo._add_form_answers(ticket_type, form)
        ticket_sudo._add_participants(contact, form["cc"])
        ticket_sudo._send_confirmation()
        return self.browse(ticket_sudo.id), {}

    @api.model
    def _prepare_form_values(self, ticket_type, form, contact):
        """Return the values of a ticket that was filed through a form.

        :param dict form: as returned by ``_parse_form`` of the type
        :rtype: dict
        """
        team = ticket_type.sudo().team_ids.filtered("active")[:1]
        company = team.company_id or self.env.company
        channel = self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_channel_web", raise_if_not_found=False
        )
        stages = team.sudo().with_company(company)._get_applicable_stages()
        return {
            "name": form["subject"],
            "description": plaintext2html(form["description"]),
            "phone_availability": form["phone_availability"],
            "type_id": ticket_type.id,
            "team_id": team.id,
            "user_id": False,
            "company_id": company.id,
            "channel_id": channel.id if channel else False,
            "partner_id": contact.id,
            "partner_name": contact.name,
            "partner_email": contact.email,
            # a stage in the values makes Odoo send the mail of that stage
            "stage_id": stages[:1].id,
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
            attachments = self.env["ir.attachment"].create(
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
        """Let the contact and the people behind the addresses follow the ticket.

        :param res.partner contact:
        :param list addresses: normalised mail addresses; unknown ones become contacts
        """
        self.ensure_one()
        addresses = [a for a in addresses if a != email_normalize(contact.email or "")]
        ticket = self.with_context(default_lang=contact.lang)  # of new contacts
        partners = ticket._partner_find_from_emails_single(addresses)
        self.message_subscribe((contact | partners).ids)
