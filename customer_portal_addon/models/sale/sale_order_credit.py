from odoo import api, models
from odoo.exceptions import ValidationError


class SaleOrder(models.Model):
    """Orders that bring minutes: packages, and what settles a shortfall."""

    _inherit = "sale.order"

    @api.constrains("company_id", "partner_id", "settled_account_id")
    def _check_credit_customer(self):
        """Keep orders with the customer and the company whose account they change."""
        for order_sudo in self.sudo():
            accounts_sudo = order_sudo.order_line.credit_entry_ids.account_id
            for account_sudo in accounts_sudo | order_sudo.settled_account_id:
                customer = order_sudo.partner_id.commercial_partner_id
                is_same_company = account_sudo.company_id == order_sudo.company_id
                if account_sudo.partner_id != customer or not is_same_company:
                    raise ValidationError(
                        self.env._(
                            "Order %(order)s belongs to the support credit of "
                            "%(customer)s. Please make a new one for somebody else.",
                            order=order_sudo.name,
                            customer=account_sudo.partner_id.name,
                        )
                    )

    def write(self, vals):
        """Post the minutes of what becomes an order; take back those of what was one.

        Here, as there are more ways to a state than buttons.
        """
        result = super().write(vals)
        if "state" in vals:
            self.sudo().order_line._sync_credit()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        self.order_line._unlink_except_posted()
