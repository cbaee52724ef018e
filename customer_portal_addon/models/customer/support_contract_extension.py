from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models


class SupportContract(models.Model):
    """How an order extends a contract: by another one that follows it."""

    _inherit = "support.contract"

    previous_contract_id = fields.Many2one(
        "support.contract",
        string="Continues",
        copy=False,
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The contract that this one follows.",
    )
    next_contract_ids = fields.One2many(
        "support.contract",
        "previous_contract_id",
        string="Continued by",
        readonly=True,
    )
    order_line_id = fields.Many2one(
        "sale.order.line",
        copy=False,
        readonly=True,
        ondelete="set null",
        help="The order that extended the contract.",
    )
    order_id = fields.Many2one(
        related="order_line_id.order_id", string="Extended by order"
    )

    # ---------------------------------------------------
    # Orders
    # ---------------------------------------------------

    @api.model
    def _extend_for(self, line):
        """Have a confirmed order line extend the contract of its customer, once.

        :param sale.order.line line: any; most extend nothing
        :return: the contract that follows, empty if there is nothing to extend
        :rtype: support.contract
        """
        line_sudo = line.sudo()
        months = self._get_months(line_sudo)
        contracts_sudo = self.sudo().with_context(active_test=False)
        if not months:
            return self.browse()
        self.env["support.offer"]._lock(
            line_sudo.order_id.partner_id.commercial_partner_id
        )
        known_sudo = contracts_sudo.search([("order_line_id", "=", line.id)])
        if known_sudo and known_sudo.state != "cancelled":
            return self.browse(known_sudo.id)
        order_sudo = line_sudo.order_id
        last_sudo = self._find_last(order_sudo)
        if last_sudo and not last_sudo.date_end:
            self._note_nothing_to_extend(last_sudo, order_sudo)
            return self.browse()
        vals = self._prepare_extension_values(line_sudo, last_sudo, months)
        if known_sudo:
            known_sudo.write(vals)
        else:
            known_sudo = contracts_sudo.create(vals)
        self._note_extension(known_sudo, last_sudo, order_sudo)
        return self.browse(known_sudo.id)

    @api.model
    def _get_months(self, line):
        """Return by how many months an order line extends a contract."""
        if line.display_type or line.is_downpayment:
            return 0
        return max(
            0, int(line.product_id.support_contract_months * line.product_uom_qty)
        )

    @api.model
    def _find_last(self, order):
        """Return the confirmed contract of the order's customer that ends last."""
        return self.sudo().search(
            [
                ("partner_id", "=", order.partner_id.commercial_partner_id.id),
                ("company_id", "=", order.company_id.id),
                ("state", "=", "confirmed"),
                ("active", "=", True),
            ],
            order="date_end desc, id desc",  # without end comes first
            limit=1,
        )

    @api.model
    def _prepare_extension_values(self, line, last, months):
        order = line.order_id
        company = order.company_id
        today = company._get_support_today()
        start = today
        if last:
            missed = timedelta(days=company.support_offer_valid_days)
            is_long_over = today - last.date_end > missed
            start = today if is_long_over else last.date_end + timedelta(days=1)
        return {
            "partner_id": order.partner_id.commercial_partner_id.id,
            "company_id": company.id,
            "level_id": (order.support_contract_id or last).level_id.id,
            "date_start": start,
            "date_end": self._get_last_day(start, months),
            "state": "confirmed",
            "previous_contract_id": last.id,
            "order_line_id": line.id,
        }

    @api.model
    def _get_last_day(self, start, months):
        """Return the last day of a contract of so many months.

        The day before the one with the same number; where a month has no such day,
        it is the last of that month.

        :param datetime.date start:
        :rtype: datetime.date
        """
        day = start + relativedelta(months=months)
        return day - timedelta(days=1) if day.day == start.day else day

    @api.model
    def _cancel_for(self, lines):
        """Cancel the contracts that cancelled order lines had made."""
        contracts_sudo = self.sudo().search(
            [("order_line_id", "in", lines.ids), ("state", "=", "confirmed")]
        )
        for contract_sudo in contracts_sudo:
            contract_sudo.state = "cancelled"
            contract_sudo._message_log(
                body=self.env._(
                    "Order %(order)s was cancelled, and this contract with it.",
                    order=contract_sudo.order_id.name,
                )
            )

    # ---------------------------------------------------
    # Notes
    # ---------------------------------------------------

    @api.model
    def _note_extension(self, contract, last, order):
        contract._message_log(
            body=self.env._("Order %(order)s was confirmed.", order=order.name)
        )
        if last:
            last._message_log(
                body=self.env._(
                    "Order %(order)s continues this contract by %(contract)s.",
                    order=order.name,
                    contract=contract.name,
                )
            )

    @api.model
    def _note_nothing_to_extend(self, contract, order):
        note = self.env._(
            "Order %(order)s is to extend contract %(contract)s, which has no end. "
            "Nothing was changed; please agree on something with the customer.",
            order=order.name,
            contract=contract.name,
        )
        contract._message_log(body=note)
        order._message_log(body=note)

    def _is_ending(self):
        """Tell whether the contract ends and no other one of the customer goes on."""
        self.ensure_one()
        later = [
            ("partner_id", "=", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
            ("state", "=", "confirmed"),
            ("active", "=", True),
            "|",
            ("date_end", "=", False),
            ("date_end", ">", self.date_end),
        ]
        ends = self.state == "confirmed" and self.date_end
        return bool(ends) and not self.search_count(later, limit=1)
