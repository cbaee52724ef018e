from odoo import api, models
from odoo.exceptions import ValidationError


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    @api.model_create_multi
    def create(self, vals_list):
        """Let nobody begin to pay who may not order, or for an offer that is over.

        What was begun in time counts, whenever the provider confirms it.
        """
        transactions = super().create(vals_list)
        for transaction in transactions:
            if (transaction.operation or "").startswith("online_"):
                transaction._check_support_orders()
        return transactions

    def _check_support_orders(self):
        """Check what would be ordered by paying.

        An invoice of what is ordered already is paid by whom Odoo lets pay it.

        :raise ValidationError: why it can't be paid for
        """
        orders_sudo = self.sudo().sale_order_ids
        invoiced_sudo = self.sudo().invoice_ids.invoice_line_ids.sale_line_ids.order_id
        orders_sudo |= invoiced_sudo.filtered(lambda o: o.state in ("draft", "sent"))
        if any(order._is_support_offer_over() for order in orders_sudo):
            raise ValidationError(
                self.env._("This offer has ended and can't be ordered any more.")
            )
        if not all(order._may_be_ordered_by(self.env.user) for order in orders_sudo):
            raise ValidationError(orders_sudo._get_order_refusal())
