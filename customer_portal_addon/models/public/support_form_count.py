from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

KEPT_DAYS = 1


class SupportFormCount(models.Model):
    """How often something was done within a period, right with many workers.

    Keys say nothing about whom they stand for, and are forgotten after a day.
    """

    _name = "support.form.count"
    _description = "Count of Forms Sent without Login"
    _log_access = False
    _rec_name = "key"

    key = fields.Char(required=True)
    started_at = fields.Datetime(required=True)
    count = fields.Integer(required=True)

    _period_unique = models.UniqueIndex("(key, started_at)")
    _started_idx = models.Index("(started_at)")

    @api.model
    def _count(self, limits):
        """Count one more for each key, until a limit is exceeded.

        In a transaction of its own, which is over at once: a ticket takes longer, and
        whoever is refused is counted, too.

        :param list limits: of (name, key, start of the period, limit); 0: no limit
        :return: the name of the limit that is exceeded, None when none is
        :rtype: str | None
        """
        with self.env.registry.cursor() as cr:
            # One after the other: a transaction sees what was there when its first
            # statement began, but LOCK is none. It hinders nobody but who counts.
            cr.execute(
                SQL("LOCK TABLE support_form_count IN SHARE UPDATE EXCLUSIVE MODE")
            )
            for name, key, started_at, limit in limits:
                query = SQL(
                    """
                    INSERT INTO support_form_count AS counted (key, started_at, count)
                    VALUES (%s, %s, 1)
                        ON CONFLICT (key, started_at)
                        DO UPDATE SET count = counted.count + 1
                    RETURNING count
                    """,
                    key,
                    started_at,
                )
                cr.execute(query)
                if limit and cr.fetchone()[0] > limit:
                    return name
        return None

    @api.model
    def _take(self, key, started_at):
        """Tell whether nobody has taken the key before; from now on it is taken.

        As part of the current transaction: if that fails, the key is free again.

        :rtype: bool
        """
        query = SQL(
            """
            INSERT INTO support_form_count (key, started_at, count) VALUES (%s, %s, 1)
                ON CONFLICT (key, started_at) DO NOTHING
            RETURNING id
            """,
            key,
            started_at,
        )
        # two at once: the later one is tried again, and finds it taken
        self.env.cr.execute(query, log_exceptions=False)
        return bool(self.env.cr.fetchone())

    @api.autovacuum
    def _gc_past(self):
        """Forget what was counted more than a day ago."""
        before = fields.Datetime.now() - timedelta(days=KEPT_DAYS, hours=1)
        self.env.cr.execute(
            SQL("DELETE FROM support_form_count WHERE started_at < %s", before)
        )
