from odoo import api, models

from ...exceptions import SupportApiProblem
from ...tools.api import api_document, api_schema

# Names of the form's inputs -> where they stand in the document
POINTERS = {"priority": "#/urgency", "files_again": None}


class HelpdeskTicket(models.Model):
    """Checking what a program sends: by the same rules as the form of the type."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _check_api_document(self, document):
        """Check kind and length of everything that was sent.

        :raise SupportApiProblem: names every mistake, and unknown names, too
        """
        _ = self.env._
        messages = {
            "required": lambda limit: _("This is missing."),
            "unknown": lambda limit: _("There is no such field."),
            "type": lambda limit: _("This has to be: %s.", ", ".join(limit)),
            "enum": lambda limit: _("This has to be one of: %s.", ", ".join(limit)),
            "maxLength": lambda limit: _(
                "Please use at most %(limit)s characters.", limit=limit
            ),
            "maxItems": lambda limit: _("At most %s are allowed here.", limit),
        }
        problems = api_schema.find_problems(document, api_schema.TICKET)
        if problems:
            raise self._get_api_errors(
                [(place, messages[rule](limit)) for place, rule, limit in problems]
            )

    @api.model
    def _get_api_errors(self, errors):
        detail = self.env._("Nothing was filed: please mend what is named.")
        return SupportApiProblem(422, "invalid", detail, errors=errors[:100])

    @api.model
    def _read_api_form(self, key, document, files):
        """Check a document as if it had been typed into the form of its type.

        :return: the type, and what to file as of ``_parse_form``
        :rtype: tuple(helpdesk.ticket.type, dict)
        :raise SupportApiProblem:
        """
        ticket_type = self._get_api_type(document.get("type"))
        errors = []
        for number, file in enumerate(document.get("files") or ()):
            try:
                content = api_document.decode_file(file["content"])
            except ValueError:
                place = f"#/files/{number}/content"
                errors.append((place, self.env._("This is no Base64.")))
            else:
                files = [*files, (file["name"], content)]
        if files and not ticket_type._has_file_input():
            errors.append(("#/files", self.env._("This form takes no files.")))
        values = self._get_api_inputs(ticket_type, document, errors)
        form, wrong = ticket_type._parse_form(values, files, look=not errors)
        for name, message in wrong.items():
            place = f"#/{name}"
            if name.startswith("answer_"):
                place = f"#/fields/{name.removeprefix('answer_')}"
            place = POINTERS.get(name, place)
            if place:
                errors.append((place, message))
        if errors:
            raise self._get_api_errors(errors)
        accounts = self.env["support.credit.account"]
        company = self._get_form_company(ticket_type)
        if ticket_type._is_charged() and accounts._is_at_limit(key.partner_id, company):
            raise SupportApiProblem(403, "credit", accounts._get_limit_message())
        return ticket_type, form

    @api.model
    def _get_api_type(self, type_id):
        offered = self._get_api_types()
        if type_id is None:
            found = offered._get_general()
        else:
            found = offered.filtered(lambda ticket_type: ticket_type.id == type_id)
        if not found and (offered or type_id is not None):
            message = self.env._("Please name a type that is on offer.")
            raise self._get_api_errors([("#/type", message)])
        return found

    @api.model
    def _get_api_inputs(self, ticket_type, document, errors):
        """Return a document as a browser would post it.

        :param list errors: what is wrong is added here
        :return: name of an input -> list of strings
        :rtype: dict
        """
        urgency = document.get("urgency", "normal")
        values = {
            "subject": [document["subject"]],
            "description": [document["description"]],
            "priority": [api_schema.URGENCIES[urgency]],
            "phone_availability": [document.get("phone_availability", "")],
            "cc": [", ".join(document.get("cc") or ())],
        }
        fields = {field.key: field for field in ticket_type.field_ids}
        for name, value in (document.get("fields") or {}).items():
            field = fields.get(name)
            if not field or field.field_type == "file":
                place = f"#/fields/{api_schema.escape(name)}"
                errors.append((place, self.env._("There is no such field.")))
                continue
            options = field._get_input()["options"]
            posted = api_document.to_posted(value, field.field_type, options)
            if len(posted) > 1 and field.field_type != "multiple_choice":
                message = self.env._("This takes one value.")
                errors.append((f"#/fields/{name}", message))
            values[field._get_input_name()] = posted
        return values

    @api.model
    def _get_api_types(self):
        """Return the types on offer whose tickets go to the current company."""
        offered = self.env["helpdesk.ticket.type"]._get_offered()
        return offered.filtered(
            lambda ticket_type: self._get_form_company(ticket_type) == self.env.company
        )
