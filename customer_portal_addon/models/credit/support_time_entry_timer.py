from odoo import fields, models

from ...tools.credit.charging import MAX_MINUTES


class SupportTimeEntry(models.Model):
    """A clock that counts the minutes worked: one at a time for each agent."""

    _inherit = "support.time.entry"

    started_at = fields.Datetime(
        string="Timer running since", copy=False, readonly=True
    )

    _running_uniq = models.UniqueIndex(
        "(user_id) WHERE started_at IS NOT NULL",
        "Your timer is running already.",
    )

    def _start_timer(self):
        """Start the clock; the agent's other one stops."""
        self.ensure_one()
        running = self.search(
            [("user_id", "=", self.user_id.id), ("started_at", "!=", False)]
        )
        (running - self)._stop_timers()
        if not self.started_at:
            self.started_at = fields.Datetime.now()

    def _stop_timers(self):
        """Add the started minutes since the start to those worked."""
        now = fields.Datetime.now()
        running = self.filtered("started_at")
        for entry in running:
            seconds = max(0, (now - entry.started_at).total_seconds())
            minutes = entry.worked_minutes + int(-(-seconds // 60))
            # a clock that nobody stopped for days; agents correct it
            minutes = min(minutes, MAX_MINUTES)
            entry.write({"started_at": False, "worked_minutes": minutes})
        running.flush_recordset(["started_at"])  # before another one starts

    def action_timer_stop(self):
        """Stop the clock, and have the agent say what was done."""
        self.ensure_one()
        self._stop_timers()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What was done"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
