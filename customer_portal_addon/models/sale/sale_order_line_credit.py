from dateutil.relativedelta import relativedelta

from odoo import api, models


class SaleOrderLine(models.Model):
    """How the minutes of an order line get into the ledger, and out of it again."""

    _inherit = "sale.order.line"

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
        months = 0 if is_settlement else self.support_unit_months
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
