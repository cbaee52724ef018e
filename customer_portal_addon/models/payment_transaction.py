from odoo import api, models
from odoo.exceptions import ValidationError


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    @api.model_create_multi
    def create(self, vals_list):
        """Let nobody begin to pay for an offer after its last day.

        What was begun in time counts, whenever the provider confirms it.
        """
        transactions = super().create(vals_list)
        for transaction in transactions:
            orders_sudo = transaction.sudo().sale_order_ids
            is_online = (transaction.operation or "").startswith("online_")
            if is_online and any(o._is_support_offer_over() for o in orders_sudo):
                raise ValidationError(
                    self.env._("This offer has ended and can't be ordered any more.")
                )
        return transactions
