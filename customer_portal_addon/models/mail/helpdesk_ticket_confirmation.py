import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models

_logger = logging.getLogger(__name__)

CRON = "customer_portal_addon.ir_cron_welcome"


class HelpdeskTicket(models.Model):
    """Confirming tickets, after they were filed.

    Whoever files one doesn't wait until the mails are written, which takes longer than
    all the rest.
    """

    _inherit = "helpdesk.ticket"

    pending_confirmation = fields.Selection(
        [
            ("known", "With the sender's words"),
            ("unverified", "Without the sender's words"),
            ("stranger", "Without the sender's words, once the contact is found"),
        ],
        string="Confirmation pending",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="The confirmation that is sent within a minute.",
    )

    @api.model
    def _trigger_confirmations(self):
        """Have the cron confirm what has just been filed.

        Due in a moment, not now: Odoo would connect to another database to wake the
        cron's workers, which takes as long as half of a form. They look by themselves
        once a minute.
        """
        cron_id = self.env["ir.model.data"].sudo()._xmlid_to_res_id(CRON)
        if cron_id:
            soon = fields.Datetime.now() + timedelta(seconds=1)
            triggers_sudo = self.env["ir.cron.trigger"].sudo()
            triggers_sudo.create({"cron_id": cron_id, "call_at": soon})

    @api.model
    def _cron_confirm(self, batch_size=200):
        """Confirm the tickets that were filed, each in a transaction of its own."""
        commit_progress = self.env["ir.cron"]._commit_progress
        domain = [("pending_confirmation", "!=", False)]
        all_tickets = self.with_context(active_test=False)
        tickets = all_tickets.search(domain, order="id", limit=batch_size)
        commit_progress(remaining=len(tickets))
        for ticket in tickets:
            try:
                with self.env.cr.savepoint():
                    ticket._confirm_pending()
            except OperationalError:
                _logger.info("Ticket %s is confirmed later", ticket.id)
            except Exception:
                _logger.exception("Ticket %s could not be confirmed", ticket.id)
                ticket.pending_confirmation = False
            if not commit_progress(1):
                return
        if all_tickets.search_count(domain, limit=1):
            self._trigger_confirmations()

    def _confirm_pending(self):
        """Send the confirmation that waits, unless another server does or has done."""
        ticket = self.try_lock_for_update(allow_referencing=True)
        kind = ticket.pending_confirmation
        if not kind:
            return
        ticket.pending_confirmation = False
        ticket = ticket.with_company(ticket.company_id or self.env.company)
        if kind == "stranger":
            ticket._welcome_stranger()
        else:
            ticket._send_confirmation(is_verified=kind != "unverified")
