from odoo import fields, models

from ...tools.dates.local_days import local_day


class ResCompany(models.Model):
    """What all areas ask of a company; each adds its own settings in its folder.

    Every page of Odoo reads the row of the company. So our settings stay out of it:
    they are fetched together (``prefetch="support"``) by who asks for one of them; only
    what Odoo's page ``/my`` asks stays in it. But for those that customers' pages
    follow with the customer's own rights, they are for staff alone (``groups``): they
    tell how the portal is guarded.
    """

    _inherit = "res.company"

    def _get_support_today(self):
        """Return today's date in the company's time zone.

        :rtype: datetime.date
        """
        # a company has more than a hundred columns, and one of them is wanted
        company_sudo = self.sudo().with_context(prefetch_fields=False)
        return local_day(fields.Datetime.now(), company_sudo.partner_id.tz)
