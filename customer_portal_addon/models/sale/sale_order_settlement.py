from odoo import fields, models


class SaleOrder(models.Model):
    """Quotations that settle what was used without credit."""

    _inherit = "sale.order"

    settled_account_id = fields.Many2one(
        "support.credit.account",
        string="Settles the shortfall of",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Once ordered, the minutes that were used without credit count as paid.",
    )

    def _is_payment_under_way(self):
        """Tell whether the customer has begun to pay."""
        self.ensure_one()
        states = self.sudo().transaction_ids.mapped("state")
        return not {"pending", "authorized", "done"}.isdisjoint(states)

    def _cancel_settled(self):
        """Cancel quotations of what has been paid for by other minutes."""
        for order in self:
            order._action_cancel()
            order.message_post(
                body=self.env._(
                    "Cancelled by itself: meanwhile a support package has covered "
                    "what this quotation was for."
                )
            )

    def _send_settlement(self):
        """Mail the quotation to the customer.

        One without an address stays a draft, for staff to send.
        """
        self.ensure_one()
        template = self._find_mail_template()
        if template and self.partner_id.email:
            self.action_quotation_sent()
            self._send_order_notification_mail(template)
