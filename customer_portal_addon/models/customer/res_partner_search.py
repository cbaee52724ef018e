import re

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.text import support_code

# Shorter ones are parts of too many numbers; longer ones differ in the country code
MIN_DIGITS, MAX_DIGITS = 5, 8
MAX_CALLERS = 50


class ResPartner(models.Model):
    """How staff find a contact: also by the support ID, and by who calls."""

    _inherit = "res.partner"

    @api.model
    def _search_display_name(self, operator, value):
        domain = super()._search_display_name(operator, value)
        readable = self._has_field_access(self._fields["support_code"], "read")
        if readable and operator in ("ilike", "=") and isinstance(value, str):
            code = support_code.normalize(value)
            if code:
                domain |= Domain("support_code", "=", code)
            if self.env.context.get("support_caller"):
                domain |= Domain("id", "in", self._find_ids_by_number(value))
        return domain

    @api.model
    def _find_ids_by_number(self, text):
        """Return ids of contacts whose phone number ends in the typed digits.

        :param str text: a number in any spelling; empty for anything else
        :rtype: list[int]
        """
        digits = re.sub(r"\D", "", text)[-MAX_DIGITS:].lstrip("0")
        if not re.fullmatch(r"[\d\s+()/.–-]+", text) or len(digits) < MIN_DIGITS:
            return []
        self.flush_model(["active", "phone"])
        rows = self.env.execute_query(
            SQL(
                r"SELECT id FROM res_partner WHERE active AND phone IS NOT NULL"
                r" AND regexp_replace(phone, '\D', '', 'g') LIKE %s"
                r" ORDER BY id LIMIT %s",
                f"%{digits}",
                MAX_CALLERS,
            )
        )
        return [row[0] for row in rows]
