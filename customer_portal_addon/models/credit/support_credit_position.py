from odoo import api, fields, models
from odoo.tools import SQL


class SupportCreditPosition(models.Model):
    """What is open of an entry: left in a lot, or used and not paid for (negative).

    Kept so that posting need not add up entries and allocations.
    """

    _name = "support.credit.position"
    _inherit = ["support.credit.sum.mixin"]
    _log_access = False
    _description = "Open Support Credit"
    _order = "expires_on, date, entry_id.id"
    _rec_name = "entry_id"

    entry_id = fields.Many2one(
        "support.credit.entry", required=True, readonly=True, ondelete="restrict"
    )
    account_id = fields.Many2one(
        "support.credit.account", required=True, readonly=True, ondelete="restrict"
    )
    minutes = fields.Integer(required=True, readonly=True, help="What is open.")
    date = fields.Date(required=True, readonly=True)
    expires_on = fields.Date(readonly=True)

    _entry_uniq = models.UniqueIndex("(entry_id)")
    _account_idx = models.Index("(account_id, expires_on, date, entry_id)")
    _expiry_idx = models.Index("(expires_on) WHERE expires_on IS NOT NULL")

    @api.model
    def _change(self, entry, minutes):
        """Add minutes to what is open of an entry; nothing open is no row."""
        entry_sudo = entry.sudo()
        if not minutes:
            return
        query = SQL(
            """
            INSERT INTO support_credit_position AS open
                   (entry_id, account_id, minutes, date, expires_on)
            VALUES (%s, %s, %s, %s, %s)
                ON CONFLICT (entry_id)
                DO UPDATE SET minutes = open.minutes + EXCLUDED.minutes
                RETURNING minutes
            """,
            entry_sudo.id,
            entry_sudo.account_id.id,
            minutes,
            entry_sudo.date,
            entry_sudo.expires_on or None,
        )
        self.env.cr.execute(query)
        if self.env.cr.fetchone() == (0,):
            self.env.cr.execute(
                SQL(
                    "DELETE FROM support_credit_position WHERE entry_id = %s",
                    entry_sudo.id,
                )
            )
        self.invalidate_model()
        entry_sudo.invalidate_recordset(["open_minutes"])
        entry_sudo.account_id.invalidate_recordset(["position_ids"])
