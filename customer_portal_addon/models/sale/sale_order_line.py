import math

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.sql import column_exists, create_column

MAX_PORTAL_QUANTITY = 10_000


class SaleOrderLine(models.Model):
    """What a line of an order is worth in minutes, and how they are posted."""

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
    support_minutes_each = fields.Integer(
        string="Support minutes each",
        compute="_compute_support_terms",
        store=True,
        precompute=True,
        help="What the product brought when it was put on the order; later changes "
        "of the product change no order.",
    )
    support_validity_months = fields.Integer(
        string="Minutes valid for months",
        compute="_compute_support_terms",
        store=True,
        precompute=True,
    )

    def _auto_init(self):
        """Add the columns empty: no order was of minutes before there were any."""
        for name in ("support_minutes_each", "support_validity_months"):
            if not column_exists(self.env.cr, self._table, name):
                create_column(self.env.cr, self._table, name, "int4")
        return super()._auto_init()

    @api.depends("product_id")
    def _compute_support_terms(self):
        for line in self:
            line.support_minutes_each = line.product_id.support_minutes
            line.support_validity_months = line.product_id.support_validity_months

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
        if quantity <= 0 or not self.support_minutes_each:
            return 0
        pieces = self.product_uom_id._compute_quantity(
            quantity, self.product_id.uom_id, round=False
        )
        return math.floor(pieces * self.support_minutes_each + 1e-6)

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

    # ---------------------------------------------------
    # Minutes in the ledger
    # ---------------------------------------------------

    def _sync_credit(self):
        """Post the minutes that lines are worth now, or take back what is too much.

        It compares with what was posted for the line, so that repeating it changes
        nothing. Whoever may change an order changes with it the minutes; they need no
        rights on the ledger.
        """
        lines_sudo = self.sudo()
        posted = lines_sudo._get_posted_minutes()
        for line_sudo in lines_sudo:
            if line_sudo.state != "sale" and line_sudo.id not in posted:
                continue
            change = line_sudo._get_credit_minutes() - posted.get(line_sudo.id, 0)
            if change > 0:
                line_sudo._post_credit(change)
            elif change < 0 and line_sudo.support_settled_minutes:
                line_sudo._reverse_settlement()
            elif change < 0:
                line_sudo._take_credit_back(-change)

    def _get_posted_minutes(self):
        """Return the minutes that the orders have posted, by id of the line.

        Not what managers have reversed by hand: no order posts that again.

        :rtype: dict
        """
        groups = self.env["support.credit.entry"]._read_group(
            [
                ("order_line_id", "in", self.ids),
                ("idempotency_key", "=like", "order-line-%"),
            ],
            ["order_line_id"],
            ["minutes:sum"],
        )
        return {line.id: minutes for line, minutes in groups}

    def _get_credit_account(self):
        """Return where the minutes go: where the line's first ones went.

        :rtype: support.credit.account
        """
        self.ensure_one()
        account = (
            self.credit_entry_ids[:1].account_id or self.order_id.settled_account_id
        )
        return account or self.env["support.credit.account"]._get_for(
            self.order_id.partner_id, self.order_id.company_id
        )

    def _get_credit_key(self):
        """Return the key of the line's next entry."""
        self.ensure_one()
        self.invalidate_recordset(["credit_entry_ids"])
        return f"order-line-{self.id}-{len(self.credit_entry_ids)}"

    def _post_credit(self, minutes):
        """Post minutes that were bought, valid from today on."""
        account = self._get_credit_account()
        is_settlement = bool(self.support_settled_minutes)
        months = 0 if is_settlement else self.support_validity_months
        last_day = account._get_today() + relativedelta(months=months, days=-1)
        account._post(
            minutes,
            "settlement" if is_settlement else "purchase",
            self._get_credit_key(),
            note=self.order_id.name,
            expires_on=last_day if months else None,
            origin=self,
        )
        if not is_settlement:
            account._drop_settlements()

    def _reverse_settlement(self):
        """Have what the line had paid for unpaid again, all of it.

        It has only ever paid for what was used; there is no rest to take back.
        """
        for entry in self.credit_entry_ids:
            if entry.reason == "settlement" and not entry.reversal_ids:
                entry.account_id._reverse(
                    entry, self._get_credit_key(), self.order_id.name
                )

    def _take_credit_back(self, minutes):
        """Take minutes back, the latest first, and say what can't be."""
        wanted = minutes
        lots = self.credit_entry_ids.filtered(lambda e: e.reason == "purchase")
        for lot in lots.sorted("id", reverse=True):
            if not minutes:
                return
            minutes += lot.account_id._take_back(
                lot, minutes, self._get_credit_key(), self.order_id.name
            ).minutes
        if minutes:
            self._tell_used_minutes(minutes, wanted)

    @api.model
    def _take_back_returned(self, uses):
        """Take what came back to lots of orders that were cancelled or refunded.

        When that happened it was used, and could not be taken back.

        :param support.credit.entry uses: entries that were reversed
        """
        paid_sudo = (
            self.env["support.credit.allocation"]
            .sudo()
            .search([("entry_id", "in", uses.ids), ("minutes", ">", 0)])
        )
        lots_sudo = paid_sudo.lot_id.filtered(lambda lot: lot.open_minutes > 0)
        lots_sudo.order_line_id._sync_credit()

    def _tell_used_minutes(self, used, minutes):
        """Tell whoever takes minutes back, and note, that some of them are gone."""
        message = self.env._(
            "%(order)s: %(used)s of %(minutes)s minutes can't be taken back: they were "
            "used already, or have expired.",
            order=self.order_id.name,
            used=used,
            minutes=minutes,
        )
        self.order_id.message_post(body=message)
        self.env.user._bus_send(
            "simple_notification",
            {"type": "warning", "sticky": True, "message": message},
        )
