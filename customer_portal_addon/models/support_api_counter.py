from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL


class SupportApiCounter(models.Model):
    """How many tickets were sent, and how much was read, with a key within an hour."""

    _name = "support.api.counter"
    _description = "Requests per API Key and Hour"
    _log_access = False
    _rec_name = "key_id"

    key_id = fields.Many2one(
        "support.api.key", required=True, readonly=True, ondelete="cascade"
    )
    hour = fields.Datetime(required=True, readonly=True)
    count = fields.Integer(required=True, readonly=True)
    read_count = fields.Integer(readonly=True)

    _key_hour_uniq = models.UniqueIndex("(key_id, hour)")

    @api.model
    def _count(self, key, is_read=False):
        """Count a request that files or reads; return after how many seconds more are taken, 0: now.

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
            INSERT INTO support_api_counter AS counter
                        (key_id, hour, count, read_count)
                 VALUES (%s, %s, %s, %s)
            ON CONFLICT (key_id, hour) DO UPDATE SET
                        count = counter.count + EXCLUDED.count,
                        read_count = COALESCE(counter.read_count, 0)
                            + EXCLUDED.read_count
              RETURNING count, read_count
            """,
            key.id,
            hour,
            int(not is_read),
            int(is_read),
        )
        with self.env.registry.cursor() as cr:
            # before the first look at the data: it sees what the others counted
            cr.execute("LOCK TABLE support_api_counter IN SHARE ROW EXCLUSIVE MODE")
            cr.execute(query)
            [[count, read_count]] = cr.fetchall()
        company = key.company_id
        if is_read:
            is_much = 0 < company.support_api_hourly_reads < read_count
        else:
            is_much = count > company.support_api_hourly_limit
        if not is_much:
            return 0
        return int((hour + timedelta(hours=1) - now).total_seconds()) + 1

    @api.autovacuum
    def _gc_counters(self):
        """Forget what is over."""
        over = fields.Datetime.now() - timedelta(days=1)
        self.search([("hour", "<", over)], limit=10000).unlink()
