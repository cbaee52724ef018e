from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from ...tools.credit.charging import MAX_MINUTES

COMPUTED_FIELDS = {"charged_minutes", "payable_minutes"}


class SupportTimeEntry(models.Model):
    """Minutes that somebody worked on a ticket, worked and charged side by side."""

    _name = "support.time.entry"
    _inherit = "support.posted.link.mixin"
    _description = "Support Time Entry"
    _order = "date desc, id desc"

    _rec_names_search = ["name", "ticket_id.number"]
    _check_company_auto = True
    # people enter efforts on tickets only that they see
    _posted_links = {"ticket_id": "read"}

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="ticket_id.company_id")
    partner_id = fields.Many2one(
        related="ticket_id.commercial_partner_id", string="Customer"
    )
    type_id = fields.Many2one(related="ticket_id.type_id")
    charging = fields.Selection(related="ticket_id.charging")
    user_id = fields.Many2one(
        "res.users",
        string="Who",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
        domain=[("share", "=", False)],
    )
    date = fields.Date(
        required=True,
        index=True,
        default=lambda self: self.env.company._get_support_today(),
    )
    name = fields.Char(string="What was done", help="The customer reads it.")
    internal_note = fields.Text(help="For your team only; customers never see it.")
    worked_minutes = fields.Integer(string="Worked")
    is_free = fields.Boolean(
        string="Free of charge", help="The customer sees it, but pays nothing for it."
    )
    state = fields.Selection(
        [("draft", "In progress"), ("done", "Done")],
        default="draft",
        required=True,
        copy=False,
        help="What is done is posted, and shown to the customer.",
    )
    credit_entry_ids = fields.One2many(
        "support.credit.entry",
        "time_entry_id",
        readonly=True,
        groups="helpdesk_mgmt.group_helpdesk_user",
    )
    is_editable = fields.Boolean(compute="_compute_is_editable")

    _worked_minutes_range = models.Constraint(
        f"CHECK(worked_minutes BETWEEN 0 AND {MAX_MINUTES})",
        "An effort takes at most 24 hours.",
    )
    started_at = fields.Datetime(
        string="Timer running since", copy=False, readonly=True
    )

    _running_uniq = models.UniqueIndex(
        "(user_id) WHERE started_at IS NOT NULL",
        "Your timer is running already.",
    )

    # ---------------------------------------------------
    # Compute
    # ---------------------------------------------------

    @api.depends("name", "ticket_id.number")
    def _compute_display_name(self):
        for entry in self:
            number, name = entry.ticket_id.number or "", entry.name
            entry.display_name = f"{number}: {name}" if name else number

    @api.depends_context("uid")
    @api.depends("user_id")
    def _compute_is_editable(self):
        """Tell whether the current user may change it: authors and managers."""
        editable = self._origin._filtered_access("write")
        for entry in self:
            entry.is_editable = not entry._origin or entry._origin in editable

    # ---------------------------------------------------
    # Constraints
    # ---------------------------------------------------

    @api.constrains("state", "name", "worked_minutes")
    def _check_done(self):
        for entry in self.filtered(lambda entry: entry.state == "done"):
            if not (entry.name or "").strip():
                raise ValidationError(
                    self.env._("Please say what was done. The customer reads it.")
                )
            if not entry.worked_minutes:
                raise ValidationError(self.env._("Please say how many minutes."))

    @api.constrains("date", "ticket_id")
    def _check_date(self):
        for entry in self:
            if entry.date > entry.ticket_id.company_id._get_support_today():
                raise ValidationError(
                    self.env._(
                        "%(date)s is in the future.",
                        date=format_date(self.env, entry.date),
                    )
                )

    # ---------------------------------------------------
    # CRUD
    # ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_values(vals)
        entries = super().create(vals_list)
        entries._note_override()
        entries._sync_credit()
        return entries

    def write(self, vals):
        self._check_values(vals)
        if vals.get("state") == "done":
            self._stop_timers()
        with self._noting_override():
            result = super().write(vals)
        self._sync_credit()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        for entry in self:
            if entry.state == "done" or entry.sudo().credit_entry_ids:
                raise UserError(
                    self.env._(
                        "“%(effort)s” has been posted and can't be deleted. Put it "
                        "back in progress, or make it free of charge.",
                        effort=entry.display_name,
                    )
                )

    def _check_values(self, vals):
        """Refuse what only the model or only managers may write.

        :raise AccessError:
        """
        if COMPUTED_FIELDS & vals.keys():
            raise AccessError(self.env._("What is charged follows from the minutes."))
        if self.env.su or self._is_manager():
            return
        self._check_override_values(vals)
        if vals.get("user_id", self.env.uid) != self.env.uid:
            raise AccessError(
                self.env._("Only helpdesk managers enter the efforts of others.")
            )

    @api.model
    def _is_manager(self):
        return self.env.user.has_group("helpdesk_mgmt.group_helpdesk_manager")

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_done(self):
        """Post the efforts, and show them to the customer."""
        self.write({"state": "done"})

    def action_draft(self):
        """Take the efforts back, to be corrected."""
        self.write({"state": "draft"})

    # ---------------------------------------------------
    # Timer
    # ---------------------------------------------------

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
