from odoo import api, models


class MailingSubscription(models.Model):
    _inherit = "mailing.subscription"

    # Who is on a list that is required may use support. Odoo lets visitors put any
    # address on any list, and people back on a list they have left: not on such a list.

    @api.model_create_multi
    def create(self, vals_list):
        required = self._get_lists_out_of_reach()
        for vals in vals_list:
            if vals.get("list_id") in required.ids:
                vals["opt_out"] = True
        return super().create(vals_list)

    def write(self, vals):
        if not vals.get("opt_out", True):
            required = self._get_lists_out_of_reach()
            kept = self.filtered(lambda entry: entry.list_id in required)
            others = {key: vals[key] for key in vals if key != "opt_out"}
            if kept and others:
                super(MailingSubscription, kept).write(others)
            return super(MailingSubscription, self - kept).write(vals)
        return super().write(vals)

    @api.model
    def _get_lists_out_of_reach(self):
        """Return the lists that the current user can't subscribe anybody to.

        Our own doors can: they know whose address it is.

        :rtype: mailing.list
        """
        if not self.env.user.share or self.env.context.get("support_subscribe"):
            return self.env["mailing.list"]
        companies_sudo = self.env["res.company"].sudo()
        required_sudo = companies_sudo.search([("support_list_required", "=", True)])
        return required_sudo.support_mailing_list_id
