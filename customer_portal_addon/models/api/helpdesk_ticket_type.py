from odoo import models


class HelpdeskTicketType(models.Model):
    """The form of a type, as a program reads it to build its window."""

    _inherit = "helpdesk.ticket.type"

    def _get_api_form(self):
        """Return the type with its fields and its rules for files.

        :rtype: dict
        """
        self.ensure_one()
        rules = self._get_file_rules()
        files = {
            "required": bool(self._get_file_field().required),
            "max_count": rules["max_count"],
            "max_megabytes": rules["max_size"],
            "endings": rules["endings"],
        }
        fields = self.field_ids.filtered(lambda field: field.field_type != "file")
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description or None,
            "fields": [field._get_api_field() for field in fields],
            "files": files if self._has_file_input() else None,
        }
