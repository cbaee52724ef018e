import logging

import psycopg2

from odoo import models

_logger = logging.getLogger(__name__)


class ResDeviceLog(models.Model):
    _inherit = "res.device.log"

    def _update_device(self, request):
        """Let people who are logged in go on reading while nothing can be written.

        The session says that the device was noted, so that not each of its requests
        waits for the database; the next note comes an hour later.
        """
        try:
            return super()._update_device(request)
        except psycopg2.OperationalError:
            if not self.env.cr.readonly:
                raise
            _logger.warning("No database to note the device of a session in")
            return None
