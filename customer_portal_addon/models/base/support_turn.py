from odoo import api, models
from odoo.tools import SQL


class SupportTurn(models.AbstractModel):
    """Requests that change the same record wait for each other.

    Odoo lets them all run, has all but one fail at the end, and tries these again five
    times; of many at once some fail for good.
    """

    _name = "support.turn"
    _description = "Requests in Turn"

    @api.model
    def _take(self, what):
        """Wait until nobody else is at it, for the rest of the request's transaction.

        To be called before anything is written. A transaction sees what there was when
        it began, so that whoever has waited begins a new one; the lock of the session
        bridges that, and is left to the one of the new transaction.

        :param str what: a name for the record
        """
        cr = self.env.cr
        key = SQL("hashtextextended(%s, 0)", f"customer_portal_addon turn {what}")
        cr.execute(SQL("SELECT pg_try_advisory_xact_lock(%s)", key))
        if cr.fetchone()[0]:
            return
        cr.execute(SQL("SELECT pg_advisory_lock(%s)", key))
        cr.rollback()
        cr.execute(SQL("SELECT pg_advisory_xact_lock(%s)", key))
        cr.execute(SQL("SELECT pg_advisory_unlock(%s)", key))
