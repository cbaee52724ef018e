from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

TOTALS = ("worked_minutes_total", "charged_minutes_total", "free_minutes_total")
MAILS = {
    "charged": "customer_portal_addon.mail_template_efforts_charged",
    "free": "customer_portal_addon.mail_template_efforts_free",
}


class HelpdeskTicket(models.Model):
    """What was worked on a ticket, and who pays for it."""

    _inherit = "helpdesk.ticket"

    time_entry_ids = fields.One2many(
        "support.time.entry", "ticket_id", string="Efforts", copy=False
    )
    charging = fields.Selection(
        [
            ("charged", "Charged"),
            ("pending", "Free, being examined"),
            ("free", "Free of charge"),
        ],
        default="charged",
        required=True,
        copy=False,
        readonly=True,
        help="Who pays for the efforts. A program error is free until it turns out "
        "that it is none.",
    )
    is_charging_decided = fields.Boolean(
        string="Charging decided",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Your team has decided it; another ticket type changes nothing.",
    )
    worked_minutes_total = fields.Integer(
        string="Worked minutes", compute="_compute_minutes_totals", compute_sudo=True
    )
    charged_minutes_total = fields.Integer(
        string="Charged minutes", compute="_compute_minutes_totals", compute_sudo=True
    )
    free_minutes_total = fields.Integer(
        string="Free minutes",
        compute="_compute_minutes_totals",
        compute_sudo=True,
        help="Worked, but not charged.",
    )
    support_balance = fields.Char(
        string="Customer's credit",
        compute="_compute_support_balance",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
        help="What is left now. Whoever sees the ticket sees it, without the account.",
    )
    timer_started_at = fields.Datetime(
        string="Timer running since", compute="_compute_timer_started_at"
    )

    # ---------------------------------------------------
    # Compute
    # ---------------------------------------------------

    @api.depends(
        "time_entry_ids.state",
        "time_entry_ids.worked_minutes",
        "time_entry_ids.payable_minutes",
    )
    def _compute_minutes_totals(self):
        for ticket in self:
            done = ticket.time_entry_ids.filtered(lambda entry: entry.state == "done")
            free = done.filtered(lambda entry: not entry.payable_minutes)
            ticket.worked_minutes_total = sum(done.mapped("worked_minutes"))
            ticket.charged_minutes_total = sum(done.mapped("payable_minutes"))
            ticket.free_minutes_total = sum(free.mapped("worked_minutes"))

    @api.depends_context("lang")
    @api.depends("commercial_partner_id", "company_id")
    def _compute_support_balance(self):
        accounts = self.env["support.credit.account"]
        for ticket in self:
            company = ticket.company_id or self.env.company
            account_sudo = accounts._find_for(ticket.commercial_partner_id, company)
            ticket.support_balance = bool(account_sudo) and accounts._format_minutes(
                account_sudo.balance
            )

    @api.depends_context("uid")
    @api.depends("time_entry_ids.started_at")
    def _compute_timer_started_at(self):
        # of the current user only: whoever sees the ticket need not see efforts
        running_sudo = self.sudo()._get_own_efforts([("started_at", "!=", False)])
        started = {entry.ticket_id.id: entry.started_at for entry in running_sudo}
        for ticket in self:
            ticket.timer_started_at = started.get(ticket._origin.id, False)

    def _get_own_efforts(self, domain):
        """Return efforts of the current user on these tickets, the latest first."""
        return self.env["support.time.entry"].search(
            [("ticket_id", "in", self.ids), ("user_id", "=", self.env.uid), *domain]
        )

    # ---------------------------------------------------
    # Who pays
    # ---------------------------------------------------

    @api.model
    def _set_charging(self, vals):
        """Have a new ticket charged as its type says, unless the values say how."""
        types = self.env["helpdesk.ticket.type"]
        type_id = vals.get("type_id") or self.default_get(["type_id"]).get("type_id")
        vals.setdefault("charging", types.browse(type_id)._get_charging())

    def _follow_charging(self, vals):
        """Have type and efforts follow what was written."""
        if "type_id" in vals:
            self._follow_type()
        if {"partner_id", "commercial_partner_id", "company_id", "charging"} & set(
            vals
        ):
            self._sync_efforts()

    def _check_charging_values(self, vals):
        """Refuse decisions that come past the actions, which tell the customer.

        :raise AccessError:
        """
        if {"charging", "is_charging_decided", *TOTALS} & vals.keys():
            if not self.env.su:
                raise AccessError(
                    self.env._("Please decide on the ticket who pays for its efforts.")
                )

    def _sync_efforts(self):
        """Have the credit follow who pays for the efforts."""
        # whoever may change the ticket need not see the efforts of others
        self.sudo().time_entry_ids._sync_credit()

    def _follow_type(self):
        """Charge as the new type says, as long as nobody has decided anything.

        Who has filed a program error was told that it is free, and hears the decision.
        """
        for ticket_sudo in self.sudo():
            charging = ticket_sudo.type_id._get_charging()
            is_told = ticket_sudo.filed_by_id or ticket_sudo.time_entry_ids
            if ticket_sudo.is_charging_decided or ticket_sudo.charging == charging:
                continue
            if charging == "pending" or not is_told:
                ticket_sudo.charging = charging

    # ---------------------------------------------------
    # Timer
    # ---------------------------------------------------

    def action_timer_start(self):
        """Start the user's timer on what is in progress today, or on a new effort."""
        self.ensure_one()
        efforts = self.env["support.time.entry"]
        today = self.company_id._get_support_today()
        entry = self._get_own_efforts([("state", "=", "draft"), ("date", "=", today)])
        if not entry:
            entry = efforts.create({"ticket_id": self.id, "date": today})
        entry = entry[:1]
        entry._start_timer()

    def action_timer_stop(self):
        """Stop the current user's timer, and have them say what was done."""
        self.ensure_one()
        entry = self._get_own_efforts([("started_at", "!=", False)])
        if not entry:
            raise UserError(self.env._("Your timer isn't running on this ticket."))
        return entry.action_timer_stop()

    # ---------------------------------------------------
    # What customers read
    # ---------------------------------------------------

    def _get_effort_values(self):
        """Return the efforts as customers read them, the oldest first.

        :return: ``rows`` (date, author, name, worked and charged, both as texts) and
            the totals ``worked`` and ``charged``
        :rtype: dict
        """
        self.ensure_one()
        done_sudo = self.sudo().time_entry_ids.filtered(lambda e: e.state == "done")
        rows = [
            {
                "date": entry_sudo.date,
                "author": entry_sudo.user_id.name,
                "name": entry_sudo.name,
                "worked": self._format_minutes(entry_sudo.worked_minutes),
                "charged": self._get_charged_label(entry_sudo),
                "is_free": not entry_sudo.payable_minutes,
            }
            for entry_sudo in done_sudo.sorted(lambda e: (e.date, e.id))
        ]
        return {
            "rows": rows,
            "worked": self._format_minutes(sum(done_sudo.mapped("worked_minutes"))),
            "charged": self._format_minutes(sum(done_sudo.mapped("payable_minutes"))),
        }

    def _get_charged_label(self, entry):
        if entry.payable_minutes:
            return self._format_minutes(entry.payable_minutes)
        if self.charging == "pending" and not entry.is_free:
            return self.env._("free: program error, being examined")
        return self.env._("free")

    @api.model
    def _format_minutes(self, minutes):
        return self.env["support.credit.account"]._format_minutes(minutes)

    # ---------------------------------------------------
    # Program errors: who pays, and who is told
    # ---------------------------------------------------

    def action_confirm_free(self):
        """Confirm that it is a program error: what is free stays free."""
        for ticket in self:
            if ticket.charging != "pending":
                raise UserError(self.env._("Nothing is being examined here."))
        self._decide_charging("free")

    def action_reclassify(self):
        """Ask why the efforts are to be charged."""
        return self._open_charging_wizard("charged", self.env._("Charge efforts"))

    def action_make_free(self):
        """Ask why the efforts are to be free."""
        return self._open_charging_wizard("free", self.env._("Make efforts free"))

    def _open_charging_wizard(self, charging, title):
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "support.ticket.charging",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_ticket_id": self.id,
                "default_charging": charging,
            },
        }

    def _decide_charging(self, charging, reason=""):
        """Decide who pays for the efforts; the credit follows.

        Customers are told whenever something changes for them.

        :param str charging: ``charged`` or ``free``
        :param str reason: what the customer reads; required to charge efforts
        :raise UserError: no reason
        """
        self.check_access("write")
        reason = (reason or "").strip()
        if charging == "charged" and not reason:
            raise UserError(
                self.env._("Please say why. The customer reads it in a mail.")
            )
        for ticket_sudo in self.sudo():
            before = ticket_sudo.charging
            if before == charging:
                continue
            minutes = ticket_sudo._get_minutes_at_stake(charging)
            ticket_sudo.write({"charging": charging, "is_charging_decided": True})
            ticket_sudo._note_charging(before, reason)
            if "charged" in (before, charging):
                ticket_sudo._mail_charging(minutes, reason)

    def _get_minutes_at_stake(self, charging):
        """Return the minutes that a decision posts or takes back.

        :param str charging: the decision
        :rtype: int
        """
        self.ensure_one()
        done_sudo = self.sudo().time_entry_ids.filtered(
            lambda entry: entry.state == "done" and not entry.is_free
        )
        if self.charging == charging or "charged" not in (self.charging, charging):
            return 0
        return sum(done_sudo.mapped("charged_minutes"))

    def _note_charging(self, before, reason):
        """Note for staff who decided what, and why."""
        self.ensure_one()
        labels = dict(self._fields["charging"]._description_selection(self.env))
        note = f"{labels[before]} → {labels[self.charging]}"
        self._message_log(
            body=f"{note}: {reason}" if reason else note,
            author_id=self.env.user.partner_id.id,
        )

    def _mail_charging(self, minutes, reason):
        """Tell the customer's people who take part; it is nobody else's business."""
        self.ensure_one()
        template = self.env.ref(MAILS[self.charging], raise_if_not_found=False)
        if not template or not self.commercial_partner_id:
            return
        accounts = self.env["support.credit.account"]
        account = accounts._get_for(self.commercial_partner_id, self.company_id)
        for reader in self._get_mail_readers().filtered(self._is_known_reader):
            shows_balance = accounts._is_visible_to(reader, self.company_id)
            self._mail_reader(
                template,
                reader,
                effort_minutes=minutes,
                effort_reason=reason,
                effort_balance=account.balance if shows_balance else None,
            )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
