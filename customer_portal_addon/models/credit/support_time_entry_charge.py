from contextlib import contextmanager
from itertools import count

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from ...tools.credit.charging import MAX_MINUTES, charge

OVERRIDE_FIELDS = ("is_overridden", "override_minutes", "override_reason")


class SupportTimeEntry(models.Model):
    """What an effort costs, and how the credit follows."""

    _inherit = "support.time.entry"

    charged_minutes = fields.Integer(
        string="By the rules",
        compute="_compute_charged_minutes",
        store=True,
        precompute=True,
        help="What the effort costs by the rules of the ticket type or of the "
        "settings, or as set by hand. The rules count that hold when it is done.",
    )
    payable_minutes = fields.Integer(
        string="Charged",
        compute="_compute_payable_minutes",
        store=True,
        precompute=True,
        help="What the customer pays: nothing while the effort is free or in progress.",
    )
    is_overridden = fields.Boolean(
        string="Minutes set by hand",
        copy=False,
        help="By a manager; stays when the worked minutes change.",
    )
    override_minutes = fields.Integer(string="Charge minutes", copy=False)
    override_reason = fields.Char(
        string="Reason for the minutes",
        copy=False,
        help="For your team only; noted on the ticket.",
    )

    _override_minutes_range = models.Constraint(
        f"CHECK(override_minutes BETWEEN 0 AND {MAX_MINUTES})",
        "At most 24 hours are charged for an effort.",
    )

    @api.depends(
        "worked_minutes", "state", "is_overridden", "override_minutes", "ticket_id"
    )
    def _compute_charged_minutes(self):
        """Charge by the rules of now: later ones change nothing that is done."""
        # tickets and companies are wide, and this is asked at every effort
        narrow = self.with_context(prefetch_fields=False)
        narrow.ticket_id.fetch(["type_id", "company_id", "charging"])
        for entry in narrow:
            if entry.is_overridden:
                entry.charged_minutes = entry.override_minutes
                continue
            company = entry.ticket_id.company_id or self.env.company
            minimum, step = company._get_charging_rules(entry.ticket_id)
            entry.charged_minutes = charge(max(0, entry.worked_minutes), minimum, step)

    @api.depends("charged_minutes", "is_free", "state", "ticket_id.charging")
    def _compute_payable_minutes(self):
        for entry in self:
            is_charged = (
                entry.state == "done"
                and not entry.is_free
                and entry.ticket_id.charging == "charged"
            )
            entry.payable_minutes = entry.charged_minutes if is_charged else 0

    # ---------------------------------------------------
    # By hand
    # ---------------------------------------------------

    @api.onchange("is_overridden")
    def _onchange_is_overridden(self):
        """Begin with what the rules say: nobody gives minutes away by a slip."""
        if self.is_overridden and not self.override_minutes:
            self.override_minutes = self._origin.charged_minutes or self.worked_minutes

    @api.constrains(*OVERRIDE_FIELDS)
    def _check_override_reason(self):
        for entry in self:
            if entry.is_overridden and not (entry.override_reason or "").strip():
                raise ValidationError(
                    self.env._("Please say why other minutes are charged.")
                )

    def _check_override_values(self, vals):
        """Let only managers set minutes by hand; forms may send what is there anyway.

        Nor do others bring them as defaults, which a context can hold.

        :raise AccessError:
        """
        if not self:
            vals = {**self.default_get(list(OVERRIDE_FIELDS)), **vals}
        for name in set(OVERRIDE_FIELDS) & vals.keys():
            known = self.mapped(name) or [False]
            if any((value or False) != (vals[name] or False) for value in known):
                raise AccessError(
                    self.env._("Only helpdesk managers set charged minutes by hand.")
                )

    @contextmanager
    def _noting_override(self):
        """Note on the tickets how what was set by hand has changed meanwhile."""
        before = {entry: [entry[name] for name in OVERRIDE_FIELDS] for entry in self}
        yield
        changed = self.filtered(
            lambda entry: before[entry] != [entry[name] for name in OVERRIDE_FIELDS]
        )
        changed._note_override(any_state=True)

    def _note_override(self, any_state=False):
        """Note on the tickets what was set by hand, and why.

        :param bool any_state: also that it follows the rules again
        """
        for entry in self:
            values = {"effort": entry.name or "–", "minutes": entry.charged_minutes}
            if entry.is_overridden:
                note = self.env._(
                    "Charged minutes of “%(effort)s” set to %(minutes)s: %(reason)s",
                    reason=entry.override_reason,
                    **values,
                )
            elif any_state:
                note = self.env._(
                    "Charged minutes of “%(effort)s” follow the rules again: "
                    "%(minutes)s",
                    **values,
                )
            else:
                continue
            entry.ticket_id._message_log(body=note)

    # ---------------------------------------------------
    # The credit
    # ---------------------------------------------------

    def _sync_credit(self):
        """Have the customers' credit say what the efforts cost.

        What stands there is compared with what should; repeating it changes nothing.
        The rows are written first: of two transactions that change the same effort, or
        who pays for those of a ticket, the second one fails at that and is tried again
        by Odoo.
        """
        # Whoever may change the effort or its ticket need not be able to post
        entries_sudo = self.sudo().filtered(
            lambda entry: entry.state == "done" or entry.credit_entry_ids
        )
        if not entries_sudo:
            return
        entries_sudo.flush_recordset()
        tickets_sudo = entries_sudo.ticket_id
        tickets_sudo.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE helpdesk_ticket SET write_date = write_date WHERE id IN %s",
                tickets_sudo._ids,
            )
        )
        tickets_sudo.fetch(["commercial_partner_id", "company_id", "number"])
        for entry_sudo in entries_sudo:
            entry_sudo._sync_with(entry_sudo.credit_entry_ids)

    def _sync_with(self, known):
        """Reverse what is posted and wrong, and post what is missing.

        :param support.credit.entry known: all that was ever posted of the effort
        """
        self.ensure_one()
        customer = self.ticket_id.commercial_partner_id
        company = self.ticket_id.company_id or self.env.company
        minutes = self.payable_minutes if customer else 0
        keys = (f"time-{self.id}-{number}" for number in count(len(known)))
        uses = known.filtered(lambda entry: not entry.reversal_of_id)
        uses -= known.reversal_of_id
        right = uses.filtered(
            lambda use: (
                use.minutes == -minutes
                and use.partner_id == customer
                and use.company_id == company
            )
        )[:1]
        wrong = uses - right
        for use in wrong:
            use.account_id._reverse(use, next(keys), use.note)
        if minutes and not right:
            accounts = self.env["support.credit.account"]
            accounts._get_for(customer, company)._post(
                -minutes,
                "usage",
                next(keys),
                note=f"{self.ticket_id.number}: {self.name}",
                date=self.date,
                origin=self,
            )
        if wrong:  # after the right one has been paid
            self.env["sale.order.line"]._take_back_returned(wrong)
