from datetime import timedelta

from odoo import api, fields, models

from ...tools.web.tally import Tally

# What was read by this worker
_reads = Tally()


class SupportApiCounter(models.AbstractModel):
    """How many tickets were sent with a key within an hour, and how much was read."""

    _name = "support.api.counter"
    _description = "Requests per API Key and Hour"

    @api.model
    def _count(self, key):
        """Count a request; return after how many seconds more are taken, 0: now.

        In a transaction of its own, which is over at once: whoever sends many at the
        same time neither slips through nor waits for the tickets of the others, and
        what is refused counts as well.

        :param support.api.key key:
        :rtype: int
        """
        is_free = self._add(key, "sent", 1) <= key.company_id.support_api_hourly_limit
        return 0 if is_free else self._get_wait()

    @api.model
    def _count_read(self, key):
        """Count what is read; return after how many seconds more is shown, 0: now.

        In the memory of the worker. It tells the others with a request that may write,
        see :meth:`_is_telling_due`.

        :param support.api.key key:
        :rtype: int
        """
        limit = key.company_id.support_api_hourly_read_limit
        name, hour = self._get_tally_name(key.prefix), self._get_hour()
        is_due = _reads.is_due(name, hour) and not self.env.cr.readonly
        count = _reads.add(name, hour)
        if is_due:
            count = self._add(key, "read", _reads.take(name, hour))
            _reads.learn(name, hour, count, limit)
        return 0 if count <= limit else self._get_wait()

    @api.model
    def _is_telling_due(self, prefix):
        """Tell whether the worker is to write down what was read with a key.

        :param str prefix: of the key
        :rtype: bool
        """
        return _reads.is_due(self._get_tally_name(prefix), self._get_hour())

    def _get_tally_name(self, prefix):
        return self.env.cr.dbname, prefix

    def _get_hour(self):
        return fields.Datetime.now().replace(minute=0, second=0, microsecond=0)

    def _get_wait(self):
        """Return how many seconds are left of the hour."""
        over = self._get_hour() + timedelta(hours=1)
        return int((over - fields.Datetime.now()).total_seconds()) + 1

    @api.model
    def _add(self, key, what, number):
        """Add to what was counted within this hour.

        :param str what: ``sent`` or ``read``
        :return: how many there are now
        :rtype: int
        """
        hour = self._get_hour()
        name = f"api {what} {key.id} {hour}"
        return self.env["support.limit"]._add(name, hour, number)
