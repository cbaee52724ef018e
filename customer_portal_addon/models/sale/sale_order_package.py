from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

ORDERS_PER_DAY = 5


class SaleOrder(models.Model):
    """What customers order themselves, on the page of packages, and what they owe.

    Portal users make no orders and read no products: what they may order is looked up
    with all rights, after it was checked who they are.
    """

    _inherit = "sale.order"

    support_orderer_id = fields.Many2one(
        "res.partner",
        string="Ordered in the portal by",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    settled_account_id = fields.Many2one(
        "support.credit.account",
        string="Settles the shortfall of",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Once ordered, the minutes that were used without credit count as paid.",
    )

    # ---------------------------------------------------
    # Who orders
    # ---------------------------------------------------

    @api.model
    def _get_package_access(self):
        """Tell whether the current user may order packages.

        :return: ``order``; ``login``: whoever it is has to log in; ``ask``: somebody
            else has to
        :rtype: str
        """
        user = self.env.user
        if user._is_public():
            return "login"
        if not user.share or not self.env["ir.http"]._get_support_decision().allowed:
            return "ask"
        contact_sudo = user.sudo().partner_id
        is_visible = self.env["support.credit.account"]._is_visible_to(
            contact_sudo, self.env.company.sudo()
        )
        return "order" if is_visible else "ask"

    # ---------------------------------------------------
    # Price and order
    # ---------------------------------------------------

    @api.model
    def _prepare_support_order_values(self, partner, lines):
        """Return the values of a quotation that a customer accepts in the portal.

        Without payment it is at least signed.

        :param res.partner partner: of the customer
        :param list lines: values of the lines
        :rtype: dict
        """
        company_sudo = self.env.company.sudo()
        pays = company_sudo.portal_confirmation_pay
        return {
            "partner_id": partner.id,
            "company_id": company_sudo.id,
            "date_order": fields.Datetime.now(),
            "sale_order_template_id": False,
            "require_payment": pays,
            "require_signature": company_sudo.portal_confirmation_sign or not pays,
            "order_line": [Command.create(line) for line in lines],
        }

    @api.model
    def _price_support(self, products):
        """Return an order of one of each product for the current user, saved nowhere.

        So the prices on a page are those of the order that is made of it.

        :param product.product products: with all rights
        :rtype: sale.order
        """
        contact_sudo = self.env.user.sudo().partner_id
        lines = [
            {"product_id": product.id, "product_uom_qty": 1} for product in products
        ]
        values = self._prepare_support_order_values(contact_sudo, lines)
        return self.sudo().with_company(self.env.company).new(values)

    @api.model
    def _order_package(self, product_id):
        """Make the quotation of a package for the current user, to sign or to pay.

        A second click leads to the first one's.

        :param int product_id: one of the published packages
        :rtype: sale.order
        :raise UserError: why that can't be ordered
        """
        if self._get_package_access() != "order":
            raise AccessError(self._get_order_refusal())
        packages_sudo = self.env["product.template"]._find_support_packages()
        package_sudo = packages_sudo.filtered(lambda p: p.id == product_id)
        if not package_sudo:
            raise UserError(self.env._("This package is not available any more."))
        contact_sudo = self.env.user.sudo().partner_id
        accounts = self.env["support.credit.account"]
        accounts._get_for(contact_sudo, self.env.company)._claim()
        recent_sudo = self._find_recent_package_orders(contact_sudo)
        for order_sudo in recent_sudo:
            is_open = order_sudo.state == "sent" and not order_sudo.is_expired
            if is_open and order_sudo.order_line.product_id == package_sudo:
                return order_sudo
        if len(recent_sudo) >= ORDERS_PER_DAY:
            raise UserError(
                self.env._(
                    "You have started many orders today. Please sign one of them, or "
                    "write to us."
                )
            )
        return self._create_package_order(contact_sudo, package_sudo)

    @api.model
    def _find_recent_package_orders(self, contact):
        """Return what a contact has ordered here within a day.

        :rtype: sale.order
        """
        return self.sudo().search(
            [
                ("support_orderer_id", "=", contact.id),
                ("company_id", "=", self.env.company.id),
                ("create_date", ">", fields.Datetime.now() - timedelta(days=1)),
            ]
        )

    @api.model
    def _create_package_order(self, contact, package):
        """Make the quotation, after all checks, and have it wait for the customer."""
        lines = [{"product_id": package.id, "product_uom_qty": 1}]
        values = self._prepare_support_order_values(contact, lines)
        values["support_orderer_id"] = contact.id
        orders_sudo = self.sudo().with_company(self.env.company)
        order_sudo = orders_sudo.create(values)
        # what costs nothing can't be paid
        order_sudo.require_signature |= not order_sudo.amount_total
        order_sudo.action_quotation_sent()
        return order_sudo

    # ---------------------------------------------------
    # Quotations that settle a shortfall
    # ---------------------------------------------------

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
