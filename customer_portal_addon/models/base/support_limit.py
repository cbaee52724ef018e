from odoo import api, models
from odoo.tools import SQL

# Far from a limit nobody waits: more requests at once would need more workers
NEAR = 16


class SupportLimit(models.AbstractModel):
    """How often somebody may do something, right with many workers."""

    _name = "support.limit"
    _description = "Limit of What Somebody May Do"

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
