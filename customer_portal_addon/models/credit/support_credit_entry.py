from odoo import api, fields, models
from odoo.tools import format_date

# What minutes are posted for -> their sign; 0: either
REASONS = (
    ("purchase", 1),
    ("grant", 1),
    ("usage", -1),
    ("settlement", 1),
    ("adjustment", 0),
)
# What minutes can come from or go for -> the field of the entry that says so
ORIGINS = {
    "support.time.entry": "time_entry_id",
    "sale.order.line": "order_line_id",
}


class SupportCreditEntry(models.Model):
    """Minutes that came or went. Never changed, by nobody; corrected by a reversal."""

    _name = "support.credit.entry"
    _inherit = ["support.append.only.mixin"]
    _description = "Support Credit Entry"
    _order = "id desc"

    account_id = fields.Many2one(
        "support.credit.account", required=True, readonly=True, ondelete="restrict"
    )
    minutes = fields.Integer(
        required=True, readonly=True, help="Positive: came in. Negative: used."
    )
    reason = fields.Selection(
        [
            ("purchase", "Purchase"),
            ("grant", "Grant"),
            ("usage", "Usage"),
            ("expiry", "Expiry"),
            ("settlement", "Settlement"),
            ("adjustment", "Adjustment"),
            ("reversal", "Reversal"),
        ],
        required=True,
        readonly=True,
    )
    partner_id = fields.Many2one(related="account_id.partner_id", string="Customer")
    company_id = fields.Many2one(related="account_id.company_id")
    date = fields.Date(required=True, readonly=True)
    note = fields.Char(readonly=True, help="What the customer reads.")
    expires_on = fields.Date(
        readonly=True, help="The last day on which these minutes can be used."
    )
    balance_after = fields.Integer(
        string="Balance", readonly=True, help="After this entry."
    )
    idempotency_key = fields.Char(required=True, readonly=True, copy=False)
    reversal_of_id = fields.Many2one(
        "support.credit.entry", readonly=True, ondelete="restrict", copy=False
    )
    time_entry_id = fields.Many2one(
        "support.time.entry",
        string="Effort",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
    )
    order_line_id = fields.Many2one(
        "sale.order.line",
        string="Order line",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
    )
    reversal_ids = fields.One2many(
        "support.credit.entry", "reversal_of_id", string="Reversed by"
    )
    allocation_ids = fields.One2many(
        "support.credit.allocation", "lot_id", string="Used for"
    )
    open_minutes = fields.Integer(
        string="Open",
        compute="_compute_open_minutes",
        help="What is left of a lot; negative: what no lot has paid for yet.",
    )

    _minutes_not_zero = models.Constraint("CHECK(minutes <> 0)")
    _account_idx = models.Index("(account_id, id DESC)")
    # Statements: a period, its sums and what came before
    _statement_idx = models.Index("(account_id, date, id) INCLUDE (minutes)")
    _key_uniq = models.UniqueIndex("(idempotency_key)")
    _reversal_uniq = models.UniqueIndex(
        "(reversal_of_id) WHERE reversal_of_id IS NOT NULL"
    )

    @api.depends("date", "minutes", "note", "reason")
    def _compute_display_name(self):
        reasons = dict(self._fields["reason"]._description_selection(self.env))
        for entry in self:
            what = entry.note or reasons.get(entry.reason, "")
            day = format_date(self.env, entry.date) if entry.date else ""
            entry.display_name = f"{day} {what} ({entry.minutes})".strip()

    def _compute_open_minutes(self):
        positions = self.env["support.credit.position"].search(
            [("entry_id", "in", self.ids)]
        )
        minutes = {p.entry_id.id: p.minutes for p in positions}
        for entry in self:
            entry.open_minutes = minutes.get(entry.id, 0)

    def _get_origin_values(self):
        """Return the fields that say what the entry is about.

        :rtype: dict
        """
        return {field: self[field].id for field in ORIGINS.values()}

    def _get_written_note(self):
        """Return the note if somebody wrote it, empty if it names the origin only.

        Whoever shows the effort or the order beside it needs that no second time. And
        an effort that was moved has notes with the name of a ticket of others.
        """
        self.ensure_one()
        if self.time_entry_id:
            is_written = self.note != (self.reversal_of_id or self).note
        else:
            is_written = self.note != self.order_line_id.order_id.name
        return self.note if is_written else ""

    def _is_undoing(self):
        """Tell whether the entry took minutes from a lot other than by using them."""
        is_taken_back = self.reason == "reversal" and not self.reversal_of_id
        return self.reason == "expiry" or is_taken_back

    def action_reverse(self):
        """Open the form in which managers say why they take the entry back."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reverse entry"),
            "res_model": "support.credit.posting",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_entry_id": self.id,
                "default_partner_id": self.account_id.partner_id.id,
            },
        }
