from odoo import api, models
from odoo.fields import Domain

# The models that a form is made of, and the way from there to its ticket type
FORMS = {
    "helpdesk.ticket.type": "id",
    "support.form.field": "type_id",
    "support.form.field.option": "field_id.type_id",
}


class IrRule(models.Model):
    _inherit = "ir.rule"

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        """Hide from portal users what they may not see, whichever way they come.

        What the doors do for whole logins, this does for every way to a record: RPC,
        attachments and messages, also when only the support pages are refused. It is
        asked anew each time: the gate's decision changes without a write.
        """
        domain = super()._compute_domain(model_name, mode)
        return domain & self._get_support_domain(model_name)

    @api.model
    def _get_support_domain(self, model_name):
        """Return what the current user sees of a model, beside the rules.

        :rtype: Domain
        """
        if model_name in ("support.article", "support.article.category"):
            return self.env[model_name]._get_visible_domain()
        if model_name in FORMS:
            return self._get_form_domain(FORMS[model_name])
        if not self.env.user._is_support_gated():
            return Domain.TRUE
        if model_name == "helpdesk.ticket":
            return self._get_gate_domain()
        if model_name == "mail.notification":
            # Odoo also tells authors whom their messages went to
            own_id = self.env.user.sudo().partner_id.id
            return Domain("res_partner_id", "=", own_id)
        if model_name in ("sale.order", "sale.order.line"):
            orderable = self.env["sale.order"]._get_orderable_domain()
            if model_name == "sale.order" or orderable.is_true():
                return orderable
            return Domain("order_id", "any", orderable)
        return Domain.TRUE

    @api.model
    def _get_form_domain(self, path):
        """Return what customers and visitors see of the forms: not other companies'.

        Staff see all: their tickets may have come by any.

        :param str path: from the model to the ticket type
        """
        if not self.env.user._is_outsider():
            return Domain.TRUE
        types = self.env["helpdesk.ticket.type"]
        return types._get_worked_domain(self.env.companies, path)

    @api.model
    def _get_gate_domain(self):
        """Return the tickets that the gate lets the current user see.

        It decides by the rules of each company, about this company's tickets.
        """
        decide = self.env["ir.http"]._get_support_decision
        open_ids = [each.id for each in self.env.companies if decide(each).allowed]
        return Domain("company_id", "in", open_ids)
