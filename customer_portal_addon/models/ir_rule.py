from odoo import api, fields, models


class IrRule(models.Model):
    _inherit = "ir.rule"

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        """Hide all tickets from portal users whom the gate refuses.

        And articles and orders of support from whoever may not see them.

        What the doors do for whole logins, this does for every way to a ticket: RPC,
        attachments and messages, also when only the support pages are refused. The
        gate decides by the rules of the user's company; so only its tickets count.
        """
        domain = super()._compute_domain(model_name, mode)
        if model_name in ("support.article", "support.article.category"):
            # asked anew each time: the gate's decision changes without a write
            return domain & self.env[model_name]._get_visible_domain()
        if model_name == "sale.order":
            return domain & self.env["sale.order"]._get_orderable_domain()
        if model_name == "sale.order.line":
            orderable = self.env["sale.order"]._get_orderable_domain()
            if not orderable.is_true():
                domain &= fields.Domain("order_id", "any", orderable)
            return domain
        if model_name != "helpdesk.ticket" or not self.env.user._is_support_gated():
            return domain
        if not self.env["ir.http"]._get_support_decision().allowed:
            return fields.Domain.FALSE
        company = self.env.user.sudo().company_id
        return domain & fields.Domain("company_id", "=", company.id)
