import logging

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


class IrCron(models.Model):
    _inherit = "ir.cron"

    @api.model
    def _process_each(self, records, act):
        """Do something with each record, in a transaction of its own.

        So nobody waits for a job that holds many records, and what somebody else
        changes at the same moment neither stops the job nor undoes what it has done:
        it is left to the next run.

        :param records: what is to be done
        :param act: called with each of them
        :return: whether there is time for more
        :rtype: bool
        """
        for record in records:
            try:
                with self.env.cr.savepoint():
                    act(record)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                _logger.info("%s is left to the next run: it is being changed", record)
            if not self._commit_progress(1):
                return False
        return True
