import re
from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize, format_date, remove_accents

from ...tools.form import form_values

MAX_LENGTH = {"text": 250, "long_text": 20000, "phone": 50, "email": 250}


class SupportFormField(models.Model):
    """A question on the form of a ticket type."""

    _name = "support.form.field"
    _description = "Support Form Field"
    _order = "sequence, id"

    name = fields.Char(string="Label", required=True, translate=True)
    key = fields.Char(
        string="Technical name",
        compute="_compute_key",
        store=True,
        readonly=False,
        copy=True,
        help="Name of the field in links and programs. Small letters, digits and _.",
    )
    type_id = fields.Many2one(
        "helpdesk.ticket.type",
        string="Ticket type",
        required=True,
        ondelete="cascade",
        index=True,
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    field_type = fields.Selection(
        [
            ("text", "Text"),
            ("long_text", "Long text"),
            ("number", "Number"),
            ("date", "Date"),
            ("choice", "Choice"),
            ("multiple_choice", "Multiple choice"),
            ("checkbox", "Checkbox"),
            ("phone", "Telephone number"),
            ("email", "E-mail address"),
            ("file", "Files"),
        ],
        string="Kind",
        default="text",
        required=True,
    )
    required = fields.Boolean(help="The form can't be sent without an answer.")
    help_text = fields.Char(
        string="Help",
        translate=True,
        help="A sentence below the field that says what is meant.",
    )
    placeholder = fields.Char(
        translate=True, help="An example, shown in the empty field."
    )
    number_min = fields.Float(string="Smallest number")
    number_max = fields.Float(
        string="Largest number", help="0 as smallest and largest number: no limits."
    )
    option_ids = fields.One2many(
        "support.form.field.option", "field_id", string="Options", copy=True
    )

    _key_unique = models.Constraint(
        "UNIQUE(type_id, key)",
        "Two fields of a form can't have the same technical name.",
    )

    # ---------------------------------------------------
    # Compute and constraints
    # ---------------------------------------------------

    @api.depends("name")
    def _compute_key(self):
        for field in self:
            if field.key or not field.name:
                continue
            stem = re.sub(r"[^a-z0-9]+", "_", remove_accents(field.name).casefold())
            stem = stem.strip("_")[:40] or "field"
            siblings = field.type_id.with_context(active_test=False).field_ids - field
            taken = set(siblings.mapped("key"))
            key, number = stem, 2
            while key in taken:
                key, number = f"{stem}_{number}", number + 1
            field.key = key

    @api.constrains("key")
    def _check_key(self):
        for field in self:
            if not re.fullmatch(r"[a-z0-9_]{1,50}", field.key or ""):
                raise ValidationError(
                    self.env._(
                        "“%(key)s” can't be a technical name. Use small letters, "
                        "digits and _.",
                        key=field.key or "",
                    )
                )

    @api.constrains("field_type", "type_id", "active")
    def _check_single_file_field(self):
        for ticket_type in self.type_id:
            files = ticket_type.field_ids.filtered(lambda f: f.field_type == "file")
            if len(files) > 1:
                raise ValidationError(
                    self.env._(
                        "A form has at most one field for files. It takes several."
                    )
                )

    # ---------------------------------------------------
    # Reading what was posted
    # ---------------------------------------------------

    def _get_input_name(self):
        """Return the name of the field's input on the page."""
        self.ensure_one()
        return "files" if self.field_type == "file" else f"answer_{self.key}"

    def _get_input(self):
        """Return the field's input, as in ``_get_form_inputs`` of the type."""
        self.ensure_one()
        limited = self.number_min or self.number_max
        return {
            "name": self._get_input_name(),
            "kind": self.field_type,
            "label": self.name,
            "required": self.required,
            "help": self.help_text,
            "placeholder": self.placeholder,
            "options": [(str(option.id), option.name) for option in self.option_ids],
            "min": limited and f"{self.number_min:g}",
            "max": limited and f"{self.number_max:g}",
            "max_length": MAX_LENGTH.get(self.field_type),
        }

    def _get_api_field(self):
        """Return the field as a program reads it.

        :rtype: dict
        """
        entry = self._get_input()
        return {
            "name": self.key,
            "kind": self.field_type,
            "label": self.name,
            "required": self.required,
            "help": self.help_text or None,
            "placeholder": self.placeholder or None,
            "max_length": entry["max_length"],
            "min": self.number_min if entry["min"] else None,
            "max": self.number_max if entry["max"] else None,
            "options": [
                {"id": option.id, "name": option.name} for option in self.option_ids
            ],
        }

    def _parse(self, raw):
        """Check what was posted for this field.

        :param list raw: the posted strings; several only for a multiple choice
        :return: the answer as people read it, empty when there is none
        :rtype: str
        :raise ValidationError: says what is wrong with it, in the reader's words
        """
        self.ensure_one()
        multiline = self.field_type == "long_text"
        values = [form_values.clean_text(value, multiline) for value in raw]
        values = list(filter(None, values))
        if not values:
            if self.required:
                raise ValidationError(self._get_required_message())
            return ""
        return getattr(self, f"_parse_{self.field_type}")(values)

    def _get_posted(self, answer):
        """Return what would be posted for an answer: the inverse of ``_parse``.

        :param str answer: as people read it
        :return: empty when the form has changed so much that nothing fits any more
        :rtype: list[str]
        """
        self.ensure_one()
        if self.field_type in ("choice", "multiple_choice"):
            names = {answer, *answer.split(", ")}
            chosen = self.option_ids.filtered(lambda option: option.name in names)
            return [str(option.id) for option in chosen]
        if self.field_type == "checkbox":
            return ["1"] if answer else []
        if self.field_type == "date":
            return self._get_posted_date(answer)
        return [answer] if answer else []

    def _get_posted_date(self, answer):
        """Return a date as posted that was written in one of our languages."""
        languages_sudo = self.env["res.lang"].sudo().search([])
        own_sudo = languages_sudo.filtered(lambda lang: lang.code == self.env.lang)
        for language in own_sudo | languages_sudo:
            try:
                day = datetime.strptime(answer, language.date_format)
            except ValueError:
                continue
            return [day.date().isoformat()]
        return []

    def _get_required_message(self):
        _ = self.env._
        if self.field_type == "file":
            return _("Please attach a file.")
        if self.field_type in ("choice", "multiple_choice"):
            return _("Please choose an answer.")
        if self.field_type == "checkbox":
            return _("Please tick this box.")
        return _("Please fill in this field.")

    def _parse_text(self, values):
        limit = MAX_LENGTH.get(self.field_type)
        if limit and len(values[0]) > limit:
            raise ValidationError(
                self.env._("Please use at most %(limit)s characters.", limit=limit)
            )
        return values[0]

    def _parse_long_text(self, values):
        return self._parse_text(values)

    def _parse_number(self, values):
        try:
            number = form_values.parse_number(values[0])
        except ValueError:
            raise ValidationError(
                self.env._("Please enter a number, for example 12.")
            ) from None
        low, high = self.number_min, self.number_max
        if (low or high) and not low <= number <= high:
            raise ValidationError(
                self.env._(
                    "Please enter a number between %(low)s and %(high)s.",
                    low=f"{low:g}",
                    high=f"{high:g}",
                )
            )
        return values[0]

    def _parse_date(self, values):
        try:
            day = form_values.parse_date(values[0])
        except ValueError:
            raise ValidationError(
                self.env._("Please enter a date, for example 2026-11-30.")
            ) from None
        return format_date(self.env, day)

    def _parse_choice(self, values):
        # of this field only, with one query: those of the other forms aren't needed
        options_sudo = (
            self.env["support.form.field.option"]
            .sudo()
            .search_fetch([("field_id", "=", self.id)])
        )
        chosen_sudo = options_sudo.filtered(lambda option: str(option.id) in values)
        if len(chosen_sudo) != len(set(values)) or (
            len(chosen_sudo) > 1 and self.field_type == "choice"
        ):
            raise ValidationError(self.env._("Please choose one of the answers."))
        return ", ".join(chosen_sudo.mapped("name"))

    def _parse_multiple_choice(self, values):
        return self._parse_choice(values)

    def _parse_checkbox(self, values):
        return self.env._("Yes")

    def _parse_phone(self, values):
        if not form_values.is_phone(values[0]):
            raise ValidationError(
                self.env._(
                    "Please enter a telephone number, for example +49 30 123456."
                )
            )
        return self._parse_text(values)

    def _parse_email(self, values):
        if not email_normalize(values[0]):
            raise ValidationError(
                self.env._(
                    "Please enter an e-mail address, for example me@example.com."
                )
            )
        return self._parse_text(values)
