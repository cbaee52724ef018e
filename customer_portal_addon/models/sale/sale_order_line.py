import math

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.sql import column_exists, create_column

MAX_PORTAL_QUANTITY = 10_000


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    credit_entry_ids = fields.One2many(
        "support.credit.entry", "order_line_id", readonly=True
    )
    support_settled_minutes = fields.Integer(
        string="Settles minutes",
        copy=False,
        readonly=True,
        help="How many used minutes this line pays for, once it is ordered.",
    )
    support_unit_minutes = fields.Integer(
        string="Support minutes each",
        compute="_compute_support_terms",
        store=True,
        precompute=True,
        help="What the product brought when it was put on the order; later changes "
        "of the product change no order.",
    )
    support_unit_months = fields.Integer(
        string="Minutes valid for months",
        compute="_compute_support_terms",
        store=True,
        precompute=True,
    )

    def _auto_init(self):
        """Add the columns empty: no order was of minutes before there were any."""
        for name in ("support_unit_minutes", "support_unit_months"):
            if not column_exists(self.env.cr, self._table, name):
                create_column(self.env.cr, self._table, name, "int4")
        return super()._auto_init()

    @api.depends("product_id")
    def _compute_support_terms(self):
        for line in self:
            line.support_unit_minutes = line.product_id.support_minutes
            line.support_unit_months = line.product_id.support_validity_months

    # ---------------------------------------------------
    # CRUD
    # ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.filtered(lambda line: line.state == "sale")._sync_credit()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(
            ("product_id", "product_uom_id", "product_uom_qty")
        ):
            self._sync_credit()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        if self.sudo().credit_entry_ids:
            raise UserError(
                self.env._(
                    "This order has brought support minutes, which stay in the "
                    "books. Leave it cancelled."
                )
            )

    @api.model
    def _parse_portal_quantity(self, value):
        """Return the quantity of an optional product that a customer asks for.

        :raise UserError: it is none; less than nothing would lower the price
        """
        try:
            quantity = float(value)
        except (TypeError, ValueError):
            quantity = math.nan
        if not 0 <= quantity <= MAX_PORTAL_QUANTITY:
            raise UserError(self.env._("Please enter a quantity, at least 0."))
        return quantity

    # ---------------------------------------------------
    # What a line is worth
    # ---------------------------------------------------

    def _get_price_values(self, minutes):
        """Return the price as the page of packages shows it.

        :param int minutes: that one brings, or pays for
        :rtype: dict
        """
        self.ensure_one()
        taxes = self.tax_ids
        includes = any(tax.price_include for tax in taxes)
        price = self.price_total if includes else self.price_subtotal
        return {
            "price": price,
            "price_hour": price * 60 / minutes if minutes else 0,
            "net": self.price_subtotal,
            "tax": self.price_tax,
            "total": self.price_total,
            "includes_tax": includes,
            "tax_names": ", ".join(tax.invoice_label or tax.name for tax in taxes),
            "currency": self.currency_id,
        }

    def _get_credit_minutes(self):
        """Return how many minutes the line is worth now; parts of one don't count.

        What settles a shortfall does so as a whole.

        :rtype: int
        """
        self.ensure_one()
        quantity = self._get_kept_quantity() if self.state == "sale" else 0
        if self.support_settled_minutes:
            return self.support_settled_minutes if quantity > 0 else 0
        if quantity <= 0 or not self.support_unit_minutes:
            return 0
        units = self.product_uom_id._compute_quantity(
            quantity, self.product_id.uom_id, round=False
        )
        return math.floor(units * self.support_unit_minutes + 1e-6)

    def _get_kept_quantity(self):
        """Return what was ordered and not refunded.

        What was refunded and invoiced once more was kept.
        """
        self.ensure_one()
        by_type = {"out_invoice": 0, "out_refund": 0}
        for invoiced in self.invoice_lines:
            if invoiced.parent_state == "posted" and invoiced.move_type in by_type:
                by_type[invoiced.move_type] += (
                    invoiced.product_uom_id._compute_quantity(
                        invoiced.quantity, self.product_uom_id, round=False
                    )
                )
        invoiced_again = max(0, by_type["out_invoice"] - self.product_uom_qty)
        refunded = max(0, by_type["out_refund"] - invoiced_again)
        return self.product_uom_qty - refunded
