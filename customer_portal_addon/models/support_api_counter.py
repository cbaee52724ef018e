from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL


class SupportApiCounter(models.Model):
    """How many tickets were sent with a key within an hour."""

    _name = "support.api.counter"
    _description = "Requests per API Key and Hour"
    _log_access = False
    _rec_name = "key_id"

    key_id = fields.Many2one(
        "support.api.key", required=True, readonly=True, ondelete="cascade"
    )
    hour = fields.Datetime(required=True, readonly=True)
    count = fields.Integer(required=True, readonly=True)

    _key_hour_uniq = models.UniqueIndex("(key_id, hour)")

    @api.model
    def _count(self, key):
        """Count a request; return after how many seconds more are taken, 0: now.

        In a transaction of its own, which is over at once: whoever sends many at the
        same time neither slips through nor waits for the tickets of the others, and
        what is refused counts as well.

        :param support.api.key key:
        :rtype: int
        """
        now = fields.Datetime.now()
        hour = now.replace(minute=0, second=0, microsecond=0)
        self.flush_model()
        query = SQL(
            """
            INSERT INTO support_api_counter AS counter (key_id, hour, count)
                 VALUES (%s, %s, 1)
            ON CONFLICT (key_id, hour) DO UPDATE SET count = counter.count + 1
              RETURNING count
            """,
            key.id,
            hour,
        )
        with self.env.registry.cursor() as cr:
            # before the first look at the data: it sees what the others counted
            cr.execute("LOCK TABLE support_api_counter IN SHARE ROW EXCLUSIVE MODE")
            cr.execute(query)
            [[count]] = cr.fetchall()
        if count <= key.company_id.support_api_hourly_limit:
            return 0
        return int((hour + timedelta(hours=1) - now).total_seconds()) + 1

    @api.autovacuum
    def _gc_counters(self):
        """Forget what is over."""
        over = fields.Datetime.now() - timedelta(days=1)
        self.search([("hour", "<", over)], limit=10000).unlink()
