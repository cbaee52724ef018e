from babel.units import format_unit

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, babel_locale_parse, get_lang

from .support_credit_entry import ORIGINS, REASONS

MAX_MINUTES = 10_000_000  # nobody buys nineteen years at once: a slip of the keyboard


class SupportCreditAccount(models.Model):
    """The prepaid minutes of a customer, as a ledger.

    Entries are never changed; every one that brings minutes in is a lot, and
    allocations say which lot paid for which use. What is open of them, the rest of a
    lot or the part of a use that no lot has paid for yet, is a position. So for each
    account the sum of its entries, the sum of its positions and the balance are the
    same, and posting costs the same however many entries there are.
    """

    _name = "support.credit.account"
    _inherit = ["mail.thread", "mail.activity.mixin", "support.offer.source.mixin"]
    _description = "Support Credit Account"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        ondelete="restrict",
        index=True,
        domain=[("parent_id", "=", False)],
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    balance = fields.Integer(
        string="Balance (minutes)",
        readonly=True,
        default=0,
        help="Negative: used, but not paid for yet.",
    )
    entry_ids = fields.One2many("support.credit.entry", "account_id", readonly=True)
    position_ids = fields.One2many(
        "support.credit.position", "account_id", readonly=True
    )

    _customer_uniq = models.UniqueIndex("(partner_id, company_id)")

    # ---------------------------------------------------
    # CRUD
    # ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("balance"):
                raise UserError(self.env._("Minutes come in by entries only."))
        return super().create(vals_list)

    def write(self, vals):
        if vals:
            raise UserError(self.env._("Credit accounts change by entries only."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_unused(self):
        if self.entry_ids:
            raise UserError(self.env._("An account with entries can't be deleted."))

    # ---------------------------------------------------
    # Reading
    # ---------------------------------------------------

    @api.model
    def _get_for(self, partner, company):
        """Return the account of a customer, a new one if it has none yet.

        :param res.partner partner: the customer or any of its contacts
        :param res.company company:
        """
        partner_sudo = partner.sudo().with_context(prefetch_fields=False)
        customer = partner_sudo.commercial_partner_id
        accounts_sudo = self.sudo()
        domain = [("partner_id", "=", customer.id), ("company_id", "=", company.id)]
        account_sudo = accounts_sudo.search(domain)
        if not account_sudo:
            # whoever creates the same one now makes this fail, and Odoo tries again
            query = SQL(
                "INSERT INTO support_credit_account (partner_id, company_id, balance,"
                " create_uid, create_date, write_uid, write_date)"
                " VALUES (%s, %s, 0, %s, now(), %s, now()) ON CONFLICT DO NOTHING",
                customer.id,
                company.id,
                self.env.uid,
                self.env.uid,
            )
            accounts_sudo.flush_model()
            self.env.cr.execute(query)
            account_sudo = accounts_sudo.search(domain)
        return self.browse(account_sudo.id)

    @api.model
    def _format_minutes(self, minutes):
        """Return minutes as people read them, for example "2 hr 15 min".

        :param int minutes: signed
        :rtype: str
        """
        locale = babel_locale_parse(get_lang(self.env).code)
        hours, rest = divmod(abs(minutes), 60)
        parts = [
            format_unit(number, f"duration-{name}", "short", locale=locale)
            for number, name in ((hours, "hour"), (rest, "minute"))
            if number or (name == "minute" and not hours)
        ]
        sign = "\N{MINUS SIGN}" if minutes < 0 else ""
        return sign + " ".join(parts)

    def _get_today(self):
        """Return today's date in the time zone of the account's company."""
        self.ensure_one()
        return self.company_id._get_support_today()

    # ---------------------------------------------------
    # The door
    # ---------------------------------------------------

    def _post(
        self, minutes, reason, key, *, note="", date=None, expires_on=None, origin=None
    ):
        """Post an entry, once: the only way in or out for minutes.

        The account's row is updated first. Of two transactions that post at the same
        time, the second one fails at that and is tried again by Odoo.

        :param int minutes: signed, not zero
        :param str reason: as in ``support.credit.entry``; reversals and expiry have
            methods of their own
        :param str key: the same for the same event, however often it is posted
        :param str note: what the customer reads
        :param datetime.date date: of the event; today without
        :param datetime.date expires_on: last day of a lot, in the company's time zone
        :param origin: what the minutes come from or go for: a record of a model in
            ``ORIGINS``
        :return: the entry, an earlier one if the key was used for the same
        :rtype: support.credit.entry
        :raise ValidationError: the values make no sense, or the key was used for
            something else
        """
        self.ensure_one()
        known = self._find_posted(minutes, reason, key)
        if known:
            return known
        self._check_values(minutes, reason, expires_on)
        self._expire()
        entry = self._insert(
            {
                "minutes": minutes,
                "reason": reason,
                "idempotency_key": key,
                "note": note,
                "date": date or self._get_today(),
                "expires_on": expires_on,
                **({ORIGINS[origin._name]: origin.id} if origin else {}),
            }
        )
        if minutes > 0:
            self._open(entry, minutes)
            self._cover()
        else:
            self._consume(entry, -minutes)
        return entry

    def _find_posted(self, minutes, reason, key):
        """Return the entry that was posted with a key, empty if none was."""
        if not key:
            raise ValidationError(self.env._("An entry needs a key."))
        entry_sudo = (
            self.env["support.credit.entry"]
            .sudo()
            .search([("idempotency_key", "=", key)])
        )
        is_same = (
            entry_sudo.account_id == self
            and entry_sudo.minutes == minutes
            and entry_sudo.reason == reason
        )
        if entry_sudo and not is_same:
            raise ValidationError(
                self.env._("The key %(key)s was used for another entry.", key=key)
            )
        return self.env["support.credit.entry"].browse(entry_sudo.id)

    def _check_values(self, minutes, reason, expires_on):
        _ = self.env._
        if type(minutes) is not int or not 0 < abs(minutes) <= MAX_MINUTES:
            raise ValidationError(_("Minutes are whole numbers other than 0."))
        signs = dict(REASONS)
        if reason not in signs or signs[reason] not in (0, 1 if minutes > 0 else -1):
            raise ValidationError(_("This reason doesn't go with these minutes."))
        if expires_on and minutes < 0:
            raise ValidationError(_("Only minutes that come in expire."))

    def _insert(self, vals):
        """Change the balance and insert the entry that says why."""
        self.ensure_one()
        entries_sudo = self.env["support.credit.entry"].sudo()
        entries_sudo.flush_model()
        [[balance]] = self.env.execute_query(
            SQL(
                "WITH day AS (%s)"
                " UPDATE support_credit_account SET balance = balance + %s"
                " WHERE id = %s RETURNING balance",
                self.env["support.credit.day"]._get_upsert(
                    self, vals["date"], vals["minutes"]
                ),
                vals["minutes"],
                self.id,
            )
        )
        self.invalidate_recordset(["balance", "entry_ids", "position_ids"])
        vals = {**vals, "account_id": self.id, "balance_after": balance}
        entry_sudo = entries_sudo._append(vals)
        return self.env["support.credit.entry"].browse(entry_sudo.id)

    # ---------------------------------------------------
    # Reversal
    # ---------------------------------------------------

    def _reverse(self, entry, key, note=""):
        """Take an entry back, once, by one that says the opposite.

        What it used goes back to its lots. What a lot had paid is unpaid again, and
        other lots pay, as far as they can.

        :param support.credit.entry entry: of this account
        :rtype: support.credit.entry
        :raise ValidationError: it is itself a reversal, or of another account
        """
        self.ensure_one()
        entry_sudo = entry.sudo()
        if entry_sudo.account_id != self or entry_sudo.reversal_of_id:
            raise ValidationError(self.env._("This entry can't be reversed."))
        if entry_sudo.reversal_ids:
            return self.env["support.credit.entry"].browse(entry_sudo.reversal_ids.id)
        minutes = entry_sudo.minutes
        for undoing_sudo in entry_sudo.allocation_ids.entry_id.filtered(
            lambda used: used._is_undoing()
        ):
            self._reverse(undoing_sudo, f"{key}-undo-{undoing_sudo.id}", note)
        reversal = self._insert(
            {
                "minutes": -minutes,
                "reason": "reversal",
                "idempotency_key": key,
                "note": note,
                "date": self._get_today(),
                "reversal_of_id": entry_sudo.id,
                **entry_sudo._get_origin_values(),
            }
        )
        released = self._release(entry_sudo)
        if minutes > 0:  # the lot pays for its own reversal
            self._open(entry_sudo, -minutes)
            self._allocate(entry_sudo, reversal, minutes)
        else:  # what was unpaid needs no payment any more
            self._open(entry_sudo, -minutes - released)
        self._cover()
        return reversal

    def _take_back(self, lot, minutes, key, note=""):
        """Take minutes back out of a lot, once, as far as it still has them.

        What was used stays paid: unlike a reversal, this never makes a customer owe.

        :param support.credit.entry lot: an entry of this account that brought minutes
        :param int minutes: at most so many, positive
        :return: the entry; empty if nothing is left
        :rtype: support.credit.entry
        :raise ValidationError: it is no lot of this account, or nothing is wanted
        """
        self.ensure_one()
        entries_sudo = self.env["support.credit.entry"].sudo()
        known_sudo = entries_sudo.search([("idempotency_key", "=", key)])
        if known_sudo:
            return self.env["support.credit.entry"].browse(known_sudo.id)
        lot_sudo = lot.sudo()
        if lot_sudo.account_id != self or lot_sudo.minutes <= 0 or minutes <= 0:
            raise ValidationError(self.env._("These minutes can't be taken back."))
        self._expire()
        positions_sudo = self.env["support.credit.position"].sudo()
        position_sudo = positions_sudo.search([("entry_id", "=", lot.id)])
        if position_sudo.minutes <= 0:
            return self.env["support.credit.entry"]
        minutes = min(minutes, position_sudo.minutes)
        entry = self._insert(
            {
                "minutes": -minutes,
                "reason": "reversal",
                "idempotency_key": key,
                "note": note,
                "date": self._get_today(),
                **lot_sudo._get_origin_values(),
            }
        )
        self._allocate(lot, entry, minutes)
        self._open(lot, -minutes)
        return entry

    # ---------------------------------------------------
    # Check
    # ---------------------------------------------------

    @api.model
    def _find_wrong(self):
        """Return the accounts whose sums don't agree; there must be none.

        Entries, positions, days and balance; and no lot that paid more than it had.

        :rtype: support.credit.account
        """
        self.env.flush_all()
        query = SQL(
            """
            SELECT account.id
              FROM support_credit_account account
             WHERE account.balance <> (
                       SELECT COALESCE(SUM(minutes), 0) FROM support_credit_entry
                        WHERE account_id = account.id)
                OR account.balance <> (
                       SELECT COALESCE(SUM(minutes), 0) FROM support_credit_position
                        WHERE account_id = account.id)
                OR account.balance <> (
                       SELECT COALESCE(SUM(came_in + went_out), 0)
                         FROM support_credit_day WHERE account_id = account.id)
                OR EXISTS (
                       SELECT FROM support_credit_entry lot
                        WHERE lot.account_id = account.id AND lot.minutes > 0
                          AND lot.reversal_of_id IS NULL
                          AND (SELECT COALESCE(SUM(minutes), 0)
                                 FROM support_credit_allocation
                                WHERE lot_id = lot.id)
                              NOT BETWEEN 0 AND lot.minutes)
            """
        )
        return self.browse([row[0] for row in self.env.execute_query(query)])

    @api.model
    def _cron_check(self):
        """Have a manager look at accounts whose sums don't agree."""
        managers = self.env.ref("helpdesk_mgmt.group_helpdesk_manager").all_user_ids
        for account_sudo in self.sudo()._find_wrong():
            people = managers.filtered(
                lambda user, company=account_sudo.company_id: (
                    user.active and not user.share and company in user.company_ids
                )
            )
            summary = self.env._("The sums of this account don't agree")
            known = account_sudo.activity_ids.filtered(
                lambda activity, summary=summary: activity.summary == summary
            )
            if people and not known:
                account_sudo.activity_schedule(
                    "mail.mail_activity_data_warning",
                    user_id=people[0].id,
                    summary=summary,
                )

    def action_post(self):
        """Open the form with which managers post minutes by hand."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Post minutes"),
            "res_model": "support.credit.posting",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.partner_id.id},
        }
