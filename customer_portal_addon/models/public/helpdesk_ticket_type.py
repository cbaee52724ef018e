from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import SQL, email_normalize

from ...tools.form import form_values
from ...tools.text.names import person_name
from ..form.helpdesk_ticket_type_attachment import MEGABYTE
from .support_public_guard import TRAP

# What customers are asked but strangers are not
CUSTOMERS_ONLY = frozenset({"priority", "phone_availability", "cc"})


class HelpdeskTicketType(models.Model):
    """The form of a ticket type, as people without a login fill it in."""

    _inherit = "helpdesk.ticket.type"

    is_public = fields.Boolean(
        string="Also without a login",
        help="Everybody may file tickets of this type, without a login. All further "
        "contact is by e-mail.",
    )

    @api.model
    def _get_offered_to_strangers(self):
        """Return the types that people without a login may choose from, in order."""
        if self.env.company.sudo().support_filing != "everybody":
            return self.browse()
        return self._get_offered().filtered("is_public")

    @api.model
    def _get_max_upload(self):
        """Return how many bytes a form of strangers may have: files, and some text.

        :rtype: int
        """
        types_sudo = self.sudo()._get_offered_to_strangers()
        sizes = [t.attachment_max_count * t.attachment_max_size for t in types_sudo]
        return (max(sizes, default=0) + 1) * MEGABYTE

    @api.model
    @tools.ormcache("self.env.company.id")
    def _get_max_customer_upload(self):
        """Return how many bytes a form or an answer of a customer may have.

        Asked with each of them, and remembered until a type or the company is changed.

        :rtype: int
        """
        company = self.env.company
        self.flush_model(["attachment_max_count", "attachment_max_size"])
        rules = ["support_attachment_max_count", "support_attachment_max_size"]
        company.flush_model(rules)
        query = SQL(
            """
            SELECT GREATEST(
                (SELECT MAX(attachment_max_count * attachment_max_size)
                   FROM helpdesk_ticket_type),
                (SELECT support_attachment_max_count * support_attachment_max_size
                   FROM res_company WHERE id = %s))
            """,
            company.id,
        )
        [[megabytes]] = self.env.execute_query(query)
        return ((megabytes or 0) + 1) * MEGABYTE

    # ---------------------------------------------------
    # Inputs
    # ---------------------------------------------------

    def _get_public_inputs(self, values=None, errors=None):
        """Return the inputs of the form for people without a login.

        :param dict values: name of an input -> list of posted strings
        :param dict errors: as returned by :meth:`_parse_public_form`
        :return: as of ``_get_form_inputs``
        :rtype: list[dict]
        """
        own = [
            entry
            for entry in self._get_form_inputs(values, errors)
            if entry["name"] not in CUSTOMERS_ONLY
        ]
        added = self._get_sender_inputs()
        if not self._has_file_input() and self.attachment_max_count:
            files = {"name": "files", "kind": "file", "label": self.env._("Files")}
            own.append({**files, "files_again": (errors or {}).get("files_again")})
        consent = self._get_consent_inputs()
        inputs = [*added, *own, *consent]
        for entry in inputs:
            entry.setdefault("values", (values or {}).get(entry["name"]) or [])
            entry.setdefault("value", entry["values"][0] if entry["values"] else "")
            entry.setdefault("error", (errors or {}).get(entry["name"]))
        return inputs

    @api.model
    def _get_sender_inputs(self):
        """Return the questions who somebody is."""
        _ = self.env._
        return [
            {
                "name": "email",
                "kind": "email",
                "label": _("E-mail address"),
                "required": True,
                "max_length": 254,
                "help": _(
                    "We answer to this address. Please check the spelling: otherwise "
                    "our answer can't reach you."
                ),
            },
            {
                "name": "name",
                "kind": "text",
                "label": _("Full name"),
                "required": True,
                "max_length": 80,
                "autocomplete": "name",
            },
            {
                "name": "company",
                "kind": "text",
                "label": _("Company"),
                "required": True,
                "max_length": 120,
                "autocomplete": "organization",
            },
            {
                "name": "customer_number",
                "kind": "text",
                "label": _("Customer number"),
                "max_length": 40,
                "help": _("You find it on our invoices."),
            },
        ]

    @api.model
    def _get_consent_inputs(self):
        """Return the boxes for the notifications and for the privacy policy.

        Each if there is a text to agree to.
        """
        inputs = []
        text = self.env["helpdesk.ticket"]._get_public_notification_text()
        if text:
            inputs.append(
                {
                    "name": "notifications",
                    "kind": "checkbox",
                    "label": text.wording,
                    "help": self.env._("We send you a link to confirm this first."),
                }
            )
        text = self.env["support.consent.text"]._get_current("privacy")
        if text:
            inputs.append(
                {
                    "name": "privacy",
                    "kind": "checkbox",
                    "label": text.wording,
                    "required": True,
                    "link": self.env.company.sudo().support_privacy_url,
                }
            )
        return inputs

    # ---------------------------------------------------
    # Reading
    # ---------------------------------------------------

    def _parse_public_form(self, values, files):
        """Check a form that somebody without a login has posted.

        :param dict values: name of an input -> list of posted strings; names that are
            not on the form are ignored
        :param list files: of (name, content as bytes)
        :return: as ``_parse_form``, with ``email``, ``name``, ``company`` and
            ``customer_number``
        :rtype: tuple(dict, dict)
        """
        sender, errors = self._parse_sender(values)
        asked = {k: v for k, v in values.items() if k not in CUSTOMERS_ONLY}
        form, wrong = self._parse_form(asked, files, look=not errors)
        errors.update(wrong)
        if not self._has_file_input():
            try:
                form["files"] = self._parse_files(files, look=not errors)
            except ValidationError as error:
                errors["files"] = error.args[0]
        form.update(sender)
        if errors:
            errors["files_again"] = self._get_files_again_message(files)
        return form, errors

    def _parse_sender(self, values):
        """Return who somebody says to be and agrees to, and what is wrong with it.

        :rtype: tuple(dict, dict)
        """
        parsers = {
            "email": self._parse_sender_email,
            "name": self._parse_sender_name,
            "company": self._parse_sender_company,
            "customer_number": self._parse_customer_number,
            "privacy": self._parse_privacy,
            "notifications": self._parse_notifications,
        }
        sender, errors = {}, {}
        for name, parse in parsers.items():
            try:
                sender[name] = parse((values.get(name) or [""])[0])
            except ValidationError as error:
                errors[name] = error.args[0]
        return sender, errors

    def _parse_sender_email(self, value):
        _ = self.env._
        address = email_normalize(form_values.clean_text(value))
        if not address or len(address) > 254:
            raise ValidationError(_("Please enter your e-mail address."))
        if self.env["helpdesk.ticket"]._filter_own_addresses([address]):
            raise ValidationError(
                _("This is one of our addresses. Please enter your own.")
            )
        return address

    def _parse_sender_name(self, value):
        name = person_name(form_values.clean_text(value))
        if not name:
            raise ValidationError(
                self.env._("Please enter your name, without addresses or links.")
            )
        return name

    def _parse_sender_company(self, value):
        company = form_values.clean_text(value)
        if not company:
            raise ValidationError(self.env._("Please enter the name of your company."))
        return self._check_length(company, 120)

    def _parse_customer_number(self, value):
        return self._check_length(form_values.clean_text(value), 40)

    def _parse_privacy(self, value):
        text = self.env["support.consent.text"]._get_current("privacy")
        if text and not form_values.clean_text(value):
            raise ValidationError(
                self.env._("We need your consent to work on your request.")
            )
        return bool(value)

    def _parse_notifications(self, value):
        text = self.env["helpdesk.ticket"]._get_public_notification_text()
        return bool(text and form_values.clean_text(value))

    def _check_length(self, text, limit):
        if len(text) > limit:
            raise ValidationError(
                self.env._("Please use at most %(limit)s characters.", limit=limit)
            )
        return text

    def _get_trap_input(self, errors):
        """Return the input that people don't see, with what is wrong with it.

        :rtype: dict
        """
        return {"name": TRAP, "error": (errors or {}).get(TRAP)}
