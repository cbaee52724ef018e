from odoo import api, models
from odoo.fields import Domain

from ...tools.credit.charging import allocate

BATCH = 50


class SupportCreditAccount(models.Model):
    """Which lot pays for what, and what is left of lots when their last day is over."""

    _inherit = "support.credit.account"

    def _open(self, entry, minutes):
        """Note what is open of an entry: left in a lot, or not paid for (negative)."""
        positions_sudo = self.env["support.credit.position"].sudo()
        positions_sudo._change(entry, minutes)

    def _get_lots(self):
        """Return open lots, in the order in which they are used, not all at once.

        The earliest expiry first, then the oldest.
        """
        return self._get_positions(">", "expires_on, date, entry_id.id")

    def _get_unpaid(self):
        """Return what no lot has paid for, the oldest first, not all at once."""
        return self._get_positions("<", "date, entry_id.id")

    def _get_positions(self, operator, order):
        positions_sudo = self.env["support.credit.position"].sudo()
        domain = [("account_id", "=", self.id), ("minutes", operator, 0)]
        return positions_sudo.search(domain, order=order, limit=BATCH)

    def _consume(self, entry, minutes):
        """Have the lots pay for an entry; what none of them has stays unpaid."""
        while minutes and (lots_sudo := self._get_lots()):
            minutes = self._pay(entry, lots_sudo, minutes)
        if minutes:
            self._open(entry, -minutes)

    def _cover(self):
        """Have what is left in lots pay for what is unpaid, the oldest first."""
        while unpaid_sudo := self._get_unpaid():
            for position_sudo in unpaid_sudo:
                lots_sudo = self._get_lots()
                if not lots_sudo:
                    return
                entry, minutes = position_sudo.entry_id, -position_sudo.minutes
                rest = self._pay(entry, lots_sudo, minutes)
                self._open(entry, minutes - rest)

    def _pay(self, entry, lots, minutes):
        """Have lots pay for an entry.

        :return: how many minutes they don't have
        :rtype: int
        """
        pairs = [(position.entry_id, position.minutes) for position in lots]
        taken, rest = allocate(pairs, minutes)
        for lot, part in taken:
            self._allocate(lot, entry, part)
            self._open(lot, -part)
        return rest

    def _allocate(self, lot, entry, minutes):
        """Say that a lot pays minutes of an entry; negative: takes them back."""
        self.env["support.credit.allocation"]._append(
            {"lot_id": lot.id, "entry_id": entry.id, "minutes": minutes}
        )

    def _release(self, entry):
        """Take back all allocations of an entry, as lot or as use.

        :return: how many minutes they were
        :rtype: int
        """
        column = "lot_id" if entry.minutes > 0 else "entry_id"
        allocations_sudo = self.env["support.credit.allocation"].sudo()
        groups = allocations_sudo._read_group(
            [(column, "=", entry.id)], ["lot_id", "entry_id"], ["minutes:sum"]
        )
        released = 0
        for lot, used, minutes in groups:
            if minutes:
                self._allocate(lot, used, -minutes)
                self._open(lot, minutes)
                if entry.minutes > 0:
                    self._open(used, -minutes)
                released += minutes
        return released

    # ---------------------------------------------------
    # Expiry
    # ---------------------------------------------------

    def _expire(self, today=None):
        """Post what is left in the lots whose last day is over.

        :param datetime.date today: without, the company's
        :return: the entries
        :rtype: support.credit.entry
        """
        self.ensure_one()
        today = today or self._get_today()
        positions_sudo = self.env["support.credit.position"].sudo()
        due_sudo = positions_sudo.search(
            [
                ("account_id", "=", self.id),
                ("minutes", ">", 0),
                ("expires_on", "<", today),
            ]
        )
        entries = self.env["support.credit.entry"]
        for position_sudo in due_sudo:
            lot, minutes = position_sudo.entry_id, position_sudo.minutes
            uses = len(lot.allocation_ids)
            entry = self._insert(
                {
                    "minutes": -minutes,
                    "reason": "expiry",
                    "idempotency_key": f"expiry-{lot.id}-{uses}",
                    "date": position_sudo.expires_on,
                }
            )
            self._allocate(lot, entry, minutes)
            self._open(lot, -minutes)
            entries |= entry
        return entries

    @api.model
    def _cron_expire(self, batch_size=100):
        """Expire the lots whose last day is over, in batches."""
        accounts_sudo, jobs = self.sudo(), self.env["ir.cron"]
        for company in self.env["res.company"].sudo().search([]):
            today = company._get_support_today()
            is_due = Domain("expires_on", "<", today) & Domain("minutes", ">", 0)
            domain = Domain("company_id", "=", company.id) & Domain(
                "position_ids", "any", is_due
            )
            last_id = 0
            while due_sudo := accounts_sudo.search(
                domain & Domain("id", ">", last_id), order="id", limit=batch_size
            ):
                last_id = due_sudo[-1].id  # what is in use stays behind
                if not jobs._process_each(
                    due_sudo, lambda account, day=today: account._expire(day)
                ):
                    return
