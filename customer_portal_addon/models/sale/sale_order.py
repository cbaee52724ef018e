from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.sql import column_exists, create_column


class SaleOrder(models.Model):
    """Orders of support: who sees, accepts, declines and pays them, and what they post.

    Whoever may see the credit may order more of it. All doors ask
    :meth:`_may_be_ordered_by`; what is no support is as without us.
    """

    _inherit = "sale.order"

    is_support_order = fields.Boolean(
        string="Brings support",
        compute="_compute_is_support_order",
        store=True,
        help="Packages, what settles used support, contracts, and support offers.",
    )

    def _auto_init(self):
        """Add the column empty: no order was of support before there was any."""
        if not column_exists(self.env.cr, "sale_order", "is_support_order"):
            create_column(self.env.cr, "sale_order", "is_support_order", "bool")
        return super()._auto_init()

    @api.depends(
        "is_support_offer",
        "settled_account_id",
        "order_line.support_minutes_each",
        "order_line.support_settled_minutes",
        "order_line.product_id.support_contract_months",
    )
    def _compute_is_support_order(self):
        for order in self:
            order.is_support_order = (
                order.is_support_offer
                or bool(order.settled_account_id)
                or any(
                    line.support_minutes_each
                    or line.support_settled_minutes
                    or line.product_id.support_contract_months
                    for line in order.order_line
                )
            )

    # ---------------------------------------------------
    # Who may order
    # ---------------------------------------------------

    def _may_be_ordered_by(self, user):
        """Tell whether somebody may order this for its customer.

        Staff go by Odoo's rights. Somebody without a login holds the link of a mail,
        which went to whoever is to decide; with a login we know better.

        :param res.users user:
        :rtype: bool
        """
        self.ensure_one()
        order_sudo = self.sudo()
        if not order_sudo.is_support_order or not user._is_support_gated():
            return True
        contact_sudo = user.sudo().partner_id
        customer_sudo = order_sudo.partner_id.commercial_partner_id
        if contact_sudo.commercial_partner_id != customer_sudo:
            return False
        if contact_sudo == order_sudo.support_offer_contact_id:
            return True
        accounts = self.env["support.credit.account"]
        return accounts._is_visible_to(contact_sudo, order_sudo.company_id)

    @api.model
    def _get_orderable_domain(self):
        """Return the same for many: which orders the current user may see.

        :rtype: Domain
        """
        user = self.env.user
        if not user._is_support_gated():
            return Domain.TRUE
        contact_sudo = user.sudo().partner_id
        accounts = self.env["support.credit.account"]
        customer_id = contact_sudo.commercial_partner_id.id
        is_own = Domain("partner_id.commercial_partner_id", "=", customer_id)
        is_visible = accounts._get_visibility_domain(contact_sudo)
        is_offered = Domain("support_offer_contact_id", "=", contact_sudo.id)
        is_ordinary = Domain("is_support_order", "=", False)
        return is_ordinary | is_own & (is_visible | is_offered)

    @api.model
    def _get_order_refusal(self):
        """Return what to tell whoever may not order."""
        return self.env._("Please ask an administrator of your company to order.")

    def _get_thread_with_access(self, thread_id, **kwargs):
        """Neither read nor write beside an order that somebody may not see."""
        thread = super()._get_thread_with_access(thread_id, **kwargs)
        if thread and not thread._may_be_ordered_by(self.env.user):
            return self.browse()
        return thread

    # ---------------------------------------------------
    # What orders do to the credit
    # ---------------------------------------------------

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
