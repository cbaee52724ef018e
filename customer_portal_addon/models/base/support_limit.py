import ipaddress
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL, hmac

# What was counted is forgotten so long after the beginning of its period
KEPT = timedelta(days=1, hours=1)
# Far from a limit of records nobody waits: more at once would need more workers
NEAR = 16


class Limit(NamedTuple):
    """So often something may be done within a period.

    ``key`` stands for who does what and for the period, too; ``number`` 0: no limit.
    """

    name: str
    key: str
    started_at: datetime
    number: int


class Row(NamedTuple):
    """What is counted below one key, as in the table."""

    count: int = 0
    started_at: datetime | None = None
    paused_until: datetime | None = None
    kept_until: datetime | None = None
    owner: int | None = None

    def get_count(self, since):
        """Return how many there were, 0 if the first was before ``since``."""
        return self.count if self.started_at and self.started_at > since else 0


class SupportLimit(models.Model):
    """How often somebody may do something, right with many workers.

    There are two ways to count, and both are here:

    * what leaves no record behind (requests, forms that are refused, wrong passwords)
      is counted in this table, in a transaction of its own, so that it stays counted
      when the request fails: :meth:`_count`, :meth:`_add`, :meth:`_look`
    * what does (mails, answers, tickets) is counted by its records: :meth:`_is_reached`

    Keys say nothing about whom they stand for, and are forgotten when their time is
    over.
    """

    _name = "support.limit"
    _description = "Limit of What Somebody May Do"
    _log_access = False
    _rec_name = "key"

    key = fields.Char(required=True)
    count = fields.Integer(required=True)
    started_at = fields.Datetime(required=True)
    kept_until = fields.Datetime(required=True)
    paused_until = fields.Datetime(help="Nothing is looked at before.")
    # no relation: in a transaction of its own a login may not be there yet
    owner = fields.Integer(help="The number of the user whose account it is.")

    _key_unique = models.UniqueIndex("(key)")
    _kept_idx = models.Index("(kept_until)")

    # ---------------------------------------------------
    # Counting in the table
    # ---------------------------------------------------

    @api.model
    def _count(self, limits):
        """Count one more for each limit, until one is exceeded.

        What is refused is counted, too.

        :param list limits: of :class:`Limit`
        :return: the name of the limit that is exceeded, None when none is
        :rtype: str | None
        """
        with self._open_alone() as cr:
            for limit in limits:
                count = self._increase(cr, limit.key, limit.started_at, 1)
                if limit.number and count > limit.number:
                    return limit.name
        return None

    @api.model
    def _add(self, key, started_at, number=1):
        """Add to what was counted below a key.

        :return: how many there are now
        :rtype: int
        """
        with self._open_alone() as cr:
            return self._increase(cr, key, started_at, number)

    @api.model
    def _take(self, key, started_at):
        """Tell whether nobody has taken the key before; from now on it is taken.

        As part of the current transaction: if that fails, the key is free again.

        :rtype: bool
        """
        query = SQL(
            """
            INSERT INTO support_limit AS taken (key, started_at, count, kept_until)
            VALUES (%s, %s, 1, %s)
                ON CONFLICT (key) DO UPDATE
                   SET started_at = EXCLUDED.started_at,
                       kept_until = EXCLUDED.kept_until
                 WHERE taken.kept_until < %s
            RETURNING id
            """,
            key,
            started_at,
            started_at + KEPT,
            fields.Datetime.now(),
        )
        # two at once: the later one is tried again, and finds it taken
        self.env.cr.execute(query, log_exceptions=False)
        return bool(self.env.cr.fetchone())

    @api.model
    @contextmanager
    def _look(self, keys):
        """Give a cursor and the rows of some keys, which nobody changes meanwhile.

        For what depends on more than a count; see :meth:`_store`.

        :param keys: sequence of keys
        :return: the cursor and a :class:`Row` for each key, also for those without any
        """
        with self._open_alone() as cr:
            query = SQL(
                """
                SELECT key, count, started_at, paused_until, kept_until, owner
                  FROM support_limit WHERE key IN %s
                """,
                tuple(keys),
            )
            cr.execute(query)
            found = {key: Row(*values) for key, *values in cr.fetchall()}
            yield cr, [found.get(key, Row()) for key in keys]

    @api.model
    def _store(self, cr, rows):
        """Write rows, with the cursor of :meth:`_look`.

        They are kept for :data:`KEPT` after their beginning and their pause, or longer
        where they say so.

        :param dict rows: key -> :class:`Row`
        """
        values = [
            SQL("%s", (key, *row._replace(kept_until=self._get_end(row))))
            for key, row in rows.items()
        ]
        query = SQL(
            """
            INSERT INTO support_limit AS counted
                   (key, count, started_at, paused_until, kept_until, owner)
            VALUES %s
                ON CONFLICT (key) DO UPDATE SET
                   count = EXCLUDED.count,
                   started_at = EXCLUDED.started_at,
                   paused_until = EXCLUDED.paused_until,
                   kept_until = EXCLUDED.kept_until,
                   owner = COALESCE(EXCLUDED.owner, counted.owner)
            """,
            SQL(", ").join(values),
        )
        cr.execute(query)

    @api.model
    def _get_end(self, row):
        begun = max(row.started_at, row.paused_until or row.started_at)
        return max(row.kept_until or begun, begun + KEPT)

    @api.model
    def _increase(self, cr, key, started_at, number):
        query = SQL(
            """
            INSERT INTO support_limit AS counted (key, started_at, count, kept_until)
            VALUES (%s, %s, %s, %s)
                ON CONFLICT (key) DO UPDATE SET count = counted.count + EXCLUDED.count
            RETURNING count
            """,
            key,
            started_at,
            number,
            started_at + KEPT,
        )
        cr.execute(query)
        return cr.fetchone()[0]

    @api.model
    @contextmanager
    def _open_alone(self):
        """Give a cursor with which nobody else counts at the same time.

        Of a transaction of its own, which is over at once: a ticket takes longer, and
        a request that fails is rolled back. They come one after the other, because a
        transaction sees what was there when its first statement began, but LOCK is
        none. It hinders nobody but who counts.
        """
        with self.env.registry.cursor() as cr:
            cr.execute(SQL("LOCK TABLE support_limit IN SHARE UPDATE EXCLUSIVE MODE"))
            yield cr

    @api.autovacuum
    def _gc_past(self):
        """Forget what is over."""
        now = fields.Datetime.now()
        self.env.cr.execute(SQL("DELETE FROM support_limit WHERE kept_until < %s", now))

    # ---------------------------------------------------
    # Counting records
    # ---------------------------------------------------

    @api.model
    def _is_reached(self, records, domain, limit, who):
        """Tell whether there are as many records as may be.

        Whoever adds one asks before. Near the limit those who ask about the same wait
        for the end of each other's transactions, and look with a new one: a transaction
        only sees what was there when it began.

        :param records: an empty recordset of the model, with the rights to read it
        :param domain: what is counted
        :param int limit: so many are too many for one more
        :param who: a word for whom it is about; the same person is the same word
        :rtype: bool
        """
        count = records.search_count(domain, limit=limit)
        if count < limit - NEAR:
            return False
        name = f"customer_portal_addon {records._name} {who}"
        self.env.cr.execute(
            SQL("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", name)
        )
        if count >= limit:
            return True
        with self.env.registry.cursor() as cr:
            records_now = records.with_env(records.env(cr=cr))
            return records_now.search_count(domain, limit=limit) >= limit

    # ---------------------------------------------------
    # Who
    # ---------------------------------------------------

    @api.model
    def _get_network_key(self, client):
        """Return a name for the network a visitor comes from, which hides the address.

        Of IPv6 the first 64 bits count: the rest is chosen by whoever owns them.

        :param str client: an IP address, or whatever else stands for somebody
        :rtype: str
        """
        try:
            address = ipaddress.ip_address(client)
        except ValueError:
            network = client
        else:
            bits = 64 if address.version == 6 else 32
            network = ipaddress.ip_network((address, bits), strict=False)
        return hmac(self.env(su=True), "support_access_source", str(network))
