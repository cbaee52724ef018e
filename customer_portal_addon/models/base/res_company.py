from odoo import fields, models

from ...tools.dates.local_days import local_day

# Settings that the pages of customers follow with the customer's own rights; the
# others tell nobody how the portal is guarded
OPEN_SETTINGS = {
    *("support_attachment_max_count", "support_attachment_max_size"),
    *("support_close_after_days", "support_reopen_days", "support_status_automatic"),
    *("support_mailing_list_id", "support_policy", "support_scope"),
}


class ResCompany(models.Model):
    """Who reads a company's settings; each area adds its own in its folder."""

    _inherit = "res.company"

    def _has_field_access(self, field, operation):
        """Keep our settings from customers and visitors, who may read companies."""
        if self.env.su:  # asked for each of a hundred columns
            return True
        if not super()._has_field_access(field, operation):
            return False
        is_open = not field.name.startswith("support_") or field.name in OPEN_SETTINGS
        return is_open or not self.env.user._is_outsider()

    def _get_support_today(self):
        """Return today's date in the company's time zone.

        :rtype: datetime.date
        """
        # a company has more than a hundred columns, and one of them is wanted
        company_sudo = self.sudo().with_context(prefetch_fields=False)
        return local_day(fields.Datetime.now(), company_sudo.partner_id.tz)
