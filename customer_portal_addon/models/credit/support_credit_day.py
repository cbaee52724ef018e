from odoo import api, fields, models
from odoo.tools import SQL


class SupportCreditDay(models.Model):
    """What came in and what went out of an account on a day.

    Kept so that statements and charts cost the same however many entries there are.
    """

    _name = "support.credit.day"
    _inherit = ["support.credit.sum.mixin"]
    _log_access = False
    _description = "Daily Sums of Support Credit"
    _order = "date, id"
    _rec_name = "date"

    account_id = fields.Many2one(
        "support.credit.account", required=True, readonly=True, ondelete="cascade"
    )
    date = fields.Date(required=True, readonly=True)
    came_in = fields.Integer(required=True, readonly=True)
    went_out = fields.Integer(required=True, readonly=True, help="Negative.")

    _day_uniq = models.UniqueIndex("(account_id, date) INCLUDE (came_in, went_out)")

    @api.model
    def _get_upsert(self, account, date, minutes):
        """Return the statement that adds minutes to what a day has seen.

        :param support.credit.account account:
        :param datetime.date date: of the entry
        :param int minutes: signed
        :rtype: SQL
        """
        return SQL(
            """
            INSERT INTO support_credit_day AS day (account_id, date, came_in, went_out)
            VALUES (%s, %s, %s, %s)
                ON CONFLICT (account_id, date)
                DO UPDATE SET came_in = day.came_in + EXCLUDED.came_in,
                              went_out = day.went_out + EXCLUDED.went_out
            """,
            account.id,
            date,
            max(minutes, 0),
            min(minutes, 0),
        )
