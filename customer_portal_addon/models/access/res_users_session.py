import hashlib
import time

from odoo import models

from ...tools.dates import session_age

AGE = "support_age"  # in the session: see tools/session_age.py


class ResUsers(models.Model):
    _inherit = "res.users"

    def _get_support_session_end(self, session):
        """Tell whether a login of this user is too old.

        :param dict session: what the session remembers
        :return: ``idle``, ``absolute`` or None; and what the session has to remember
            from now on, None if nothing new
        :rtype: tuple(str or None, dict or None)
        """
        self.ensure_one()
        if self._is_internal():
            return None, None
        now = int(time.time())
        token = session.get("session_token") or ""
        login = hashlib.sha256(f"{self.id} {token}".encode()).hexdigest()[:16]
        age = session.get(AGE)
        if not age or age["login"] != login:
            return None, session_age.start(login, now)
        limits = self.sudo().company_id._get_support_security()
        reason = session_age.ended(age, now, limits["idle"], limits["absolute"])
        if reason or session_age.is_noted(age, now):
            return reason, None
        return None, {**age, "seen": now}
