from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize

from ...tools.form import form_values
from ...tools.form.form_values import DESCRIPTION_MAX_LENGTH, SUBJECT_MAX_LENGTH

DEFAULT_PRIORITY = "1"


class HelpdeskTicketType(models.Model):
    """A ticket type with the form that customers fill in for it.

    Methods that read a form also work without a type: then the form has no fields of
    its own and the attachment rules are the company's.
    """

    _inherit = "helpdesk.ticket.type"
    _order = "sequence, name"

    sequence = fields.Integer(default=10)
    description = fields.Char(
        translate=True,
        help="One sentence for the overview: when to choose this type.",
    )
    icon = fields.Char(
        default="fa-life-ring",
        help="Name of a Font Awesome 4 icon, for example fa-bug.",
    )
    introduction = fields.Html(
        translate=True,
        help="Shown above the form, for example what to try first.",
    )
    field_ids = fields.One2many(
        "support.form.field", "type_id", string="Form", copy=True
    )
    field_count = fields.Integer(compute="_compute_field_count")
    is_program_error = fields.Boolean(
        string="Program error",
        help="Efforts on tickets of this type are free until your team has decided "
        "that it was no error of the program; it can be reported without credit.",
    )
    support_minimum_minutes = fields.Integer(
        string="At least minutes",
        help="So many minutes are charged for an effort, however short it was. 0: as "
        "in the settings.",
    )
    support_increment_minutes = fields.Integer(
        string="Charge in steps of minutes",
        help="What is charged is rounded up to a multiple of these. 0: as in the "
        "settings.",
    )

    _support_minutes_not_negative = models.Constraint(
        "CHECK(support_minimum_minutes BETWEEN 0 AND 1440"
        " AND support_increment_minutes BETWEEN 0 AND 1440)",
        "Minutes to charge are at least 0, and at most 24 hours.",
    )

    # ---------------------------------------------------
    # Compute
    # ---------------------------------------------------

    @api.depends("field_ids")
    def _compute_field_count(self):
        for ticket_type in self:
            ticket_type.field_count = len(ticket_type.field_ids)

    @api.model
    def _get_offered(self):
        """Return the types that customers may choose from, in order.

        Only those that the current company works on, or no team in particular.
        """
        domain = Domain("show_in_portal", "=", True)
        domain &= self._get_worked_domain(self.env.company)
        # all of them may be read; rules would only ask the same once more
        return self.browse(self.sudo().search_fetch(domain).ids)

    @api.model
    def _get_worked_domain(self, companies, name="id"):
        """Return the types that a team of some companies works on, or any team may.

        :param res.company companies:
        :param str name: of the field with the type, or the way to it
        :rtype: Domain
        """
        return Domain(name, "in", self._get_worked_ids(tuple(companies.ids)))

    @api.model
    @tools.ormcache("company_ids")
    def _get_worked_ids(self, company_ids):
        """Return the same as ids; remembered until a type or a team is changed.

        Each query for a type, its fields and their options asks for it.
        """
        working = Domain("active", "=", True)
        own = working & Domain("company_id", "in", [False, *company_ids])
        domain = Domain("team_ids", "any", own) | Domain("team_ids", "not any", working)
        types_sudo = self.sudo().with_context(active_test=False)
        return types_sudo.search(domain).ids

    # ---------------------------------------------------
    # CRUD
    # ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        types = super().create(vals_list)
        self.env.registry.clear_cache()
        return types

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # ---------------------------------------------------
    # Who works on it
    # ---------------------------------------------------

    def _get_teams(self, company):
        """Return the teams that work on this type in a company, with all rights.

        Those without a company only where the company has none of its own.

        :param res.company company:
        :rtype: helpdesk.ticket.team
        """
        teams_sudo = self.sudo().team_ids
        own_sudo = teams_sudo.filtered(lambda team: team.company_id == company)
        return own_sudo or teams_sudo.filtered(lambda team: not team.company_id)

    @api.model
    def _get_general(self):
        """Return the type for tickets that come without one.

        It is the first that asks nothing of its own; empty when there is none.
        """
        return self._get_offered().filtered(
            lambda ticket_type: not any(ticket_type.field_ids.mapped("required"))
        )[:1]

    def _is_charged(self):
        """Tell whether what is done for a ticket of this type costs minutes.

        :rtype: bool
        """
        return not self.is_program_error

    def _get_charging(self):
        """Return who pays for tickets of this type, until staff decide.

        :return: as in ``charging`` of tickets
        """
        return "pending" if self.is_program_error else "charged"

    # ---------------------------------------------------
    # Reading a posted form
    # ---------------------------------------------------

    def _parse_form(self, values, files, look=True):
        """Check a posted form against this type.

        :param dict values: name of an input -> list of posted strings; names that are
            not on the form are ignored
        :param list files: of (name, content as bytes)
        :param bool look: into the files; not when the form is refused in any case
        :return: what to file, and what is wrong by name of the input
        :rtype: tuple(dict, dict)
        """
        form, errors = {}, {}
        parsers = {
            "subject": self._parse_subject,
            "description": self._parse_description,
            "priority": self._parse_priority,
            "phone_availability": self._parse_phone_availability,
            "cc": self._parse_cc,
        }
        for name, parse in parsers.items():
            try:
                form[name] = parse((values.get(name) or [""])[0])
            except ValidationError as error:
                errors[name] = error.args[0]
        form["answers"] = []
        fields_sudo = self._read_fields()
        file_fields_sudo = fields_sudo.filtered(lambda f: f.field_type == "file")
        for field in fields_sudo - file_fields_sudo:
            name = field._get_input_name()
            try:
                answer = field._parse(values.get(name) or [])
            except ValidationError as error:
                errors[name] = error.args[0]
            else:
                if answer:
                    form["answers"].append((field, answer))
        try:
            file_field = file_fields_sudo[:1]
            takes_files = not self or bool(file_field)
            form["files"] = self._parse_files(
                files if takes_files else [], look=look and not errors
            )
            if file_field.required and not form["files"]:
                raise ValidationError(file_field._get_required_message())
        except ValidationError as error:
            errors["files"] = error.args[0]
        if errors:
            errors["files_again"] = self._get_files_again_message(files)
        return form, errors

    def _read_fields(self):
        """Return the fields of this form only, with one query, and with all rights.

        :rtype: support.form.field
        """
        domain = [("type_id", "in", self.ids)]
        return self.env["support.form.field"].sudo().search_fetch(domain)

    def _get_form_inputs(self, values=None, errors=None):
        """Return the inputs of the form, in order, with what was typed and is wrong.

        :param dict values: name of an input -> list of posted strings
        :param dict errors: as returned by :meth:`_parse_form`
        :return: name, kind (as in ``support.form.field``, or ``addresses``), label,
            required, help, placeholder, options, limits, value(s) and error of each
        :rtype: list[dict]
        """
        _ = self.env._
        inputs = [
            {
                "name": "subject",
                "kind": "text",
                "label": _("Subject"),
                "required": True,
                "max_length": SUBJECT_MAX_LENGTH,
            },
            {
                "name": "description",
                "kind": "long_text",
                "label": _("Description"),
                "required": True,
                "help": _("The more exactly you describe it, the sooner we can help."),
            },
            *(field._get_input() for field in self.field_ids),
        ]
        if not self:
            inputs.append({"name": "files", "kind": "file", "label": _("Files")})
        inputs += [
            {
                "name": "priority",
                "kind": "choice",
                "label": _("How urgent is it?"),
                "options": self._get_priority_options(),
                "default": DEFAULT_PRIORITY,
            },
            {
                "name": "phone_availability",
                "kind": "text",
                "label": _("When can we call you?"),
                "placeholder": _("Mon–Fri, 9 to 12, +49 30 123456"),
            },
            {
                "name": "cc",
                "kind": "addresses",
                "label": _("Copy to (CC)"),
                "placeholder": _("colleague@example.com"),
                "help": _(
                    "They get all e-mails about this ticket. Separate several "
                    "addresses by commas."
                ),
            },
        ]
        for entry in inputs:
            entry["values"] = (values or {}).get(entry["name"]) or []
            if not entry["values"] and "default" in entry:
                entry["values"] = [entry["default"]]
            entry["value"] = entry["values"][0] if entry["values"] else ""
            entry["error"] = (errors or {}).get(entry["name"])
            if entry["kind"] == "file":
                entry["files_again"] = (errors or {}).get("files_again")
        return inputs

    def _parse_subject(self, value):
        subject = form_values.clean_text(value)
        if not subject:
            raise ValidationError(
                self.env._("Please say in a few words what it is about.")
            )
        if len(subject) > SUBJECT_MAX_LENGTH:
            raise ValidationError(
                self.env._(
                    "Please use at most %(limit)s characters.", limit=SUBJECT_MAX_LENGTH
                )
            )
        return subject

    def _parse_description(self, value):
        description = form_values.clean_text(value, multiline=True)
        if not description:
            raise ValidationError(self.env._("Please describe your request."))
        if len(description) > DESCRIPTION_MAX_LENGTH:
            raise ValidationError(
                self.env._(
                    "Please use at most %(limit)s characters.",
                    limit=DESCRIPTION_MAX_LENGTH,
                )
            )
        return description

    @api.model
    def _get_priority_options(self):
        """Return value and wording of every urgency, as customers are asked for it.

        :rtype: list[tuple[str, str]]
        """
        _ = self.env._
        return [
            ("0", _("It can wait")),
            (DEFAULT_PRIORITY, _("Normal")),
            ("2", _("Important: we lose time")),
            ("3", _("Urgent: we can't work")),
        ]

    def _parse_priority(self, value):
        priority = form_values.clean_text(value) or DEFAULT_PRIORITY
        if priority not in dict(self._get_priority_options()):
            raise ValidationError(self.env._("Please choose one of the answers."))
        return priority

    def _parse_phone_availability(self, value):
        text = form_values.clean_text(value)
        if len(text) > 250:
            raise ValidationError(
                self.env._("Please use at most %(limit)s characters.", limit=250)
            )
        return text

    def _parse_cc(self, value):
        text = form_values.clean_text(value, multiline=True)
        addresses = form_values.split_addresses(text)
        wrong = [
            address[:254]
            for address in addresses
            if len(address) > 254 or not email_normalize(address)
        ]
        if wrong:
            raise ValidationError(
                self.env._(
                    "This is not an e-mail address: %(addresses)s",
                    addresses=", ".join(wrong),
                )
            )
        limit = self.env["helpdesk.ticket"]._get_max_cc()
        if len(addresses) > limit:
            raise ValidationError(
                self.env._("Please name at most %(limit)s addresses.", limit=limit)
            )
        return addresses

    # ---------------------------------------------------
    # Files
    # ---------------------------------------------------

    def _get_file_field(self):
        """Return the field of the form for files, if it has one."""
        return self.field_ids.filtered(lambda field: field.field_type == "file")[:1]

    def _has_file_input(self):
        """Tell whether the form takes files; without a type it does."""
        return not self or bool(self._get_file_field())

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_preview_form(self):
        """Open the form as customers see it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/support/ticket/new/{self.env['ir.http']._slug(self)}?preview=1",
            "target": "new",
        }
