import time
from contextlib import closing

import psycopg2

from odoo import api, models
from odoo.tools import SQL, config

# In seconds; a database that was reset counts its transactions anew
MARK_LASTS = 24 * 3600


class SupportReplica(models.AbstractModel):
    """What Odoo's ``db_replica_host`` leaves open: reading what one has written."""

    _name = "support.replica"
    _description = "Reading from database replicas"

    @api.model
    def _is_used(self):
        """Tell whether pages are read from a replica of the database."""
        return bool(config["db_replica_host"])

    @api.model
    def _is_primary_there(self):
        """Tell whether the database that is written to can be reached."""
        if not self._is_used() or not self.env.cr.readonly:
            return True
        try:
            with closing(self.env.registry.cursor()):
                return True
        except psycopg2.OperationalError:
            return False

    @api.model
    def _get_mark(self):
        """Return what a replica knows the current transaction by, None if it only read.

        :return: ``xid``: number of the transaction, with its epoch, as a string;
            ``at``: seconds since 1970
        :rtype: dict or None
        """
        self.env.cr.flush()  # what waits to be written makes it a writing one
        query = SQL("SELECT pg_current_xact_id_if_assigned()::text")
        [(xid,)] = self.env.execute_query(query)
        return xid and {"xid": xid, "at": int(time.time())}

    @api.model
    def _has_replayed(self, mark):
        """Tell whether the server that is asked shows what a transaction has written.

        Snapshots of a standby don't list what is in progress, so its status is looked
        at, too; of numbers that it has not come to yet it would be an error to ask.

        :param dict mark: see :meth:`_get_mark`
        :rtype: bool
        """
        if time.time() - mark["at"] > MARK_LASTS:
            return True
        query = SQL(
            """
            SELECT CASE WHEN xid < pg_snapshot_xmax(pg_current_snapshot())
                        THEN pg_xact_status(xid) IS DISTINCT FROM 'in progress'
                        ELSE false END
              FROM (SELECT %s::xid8) AS mark (xid)
            """,
            mark["xid"],
        )
        [(is_replayed,)] = self.env.execute_query(query)
        if is_replayed:
            # What this transaction has read so far may be older than the answer
            self.env.cr.rollback()
        return is_replayed
