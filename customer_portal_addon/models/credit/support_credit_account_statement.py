from babel.dates import format_skeleton

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, babel_locale_parse, format_date, get_lang

from ...tools.credit import chart, periods

# Steps of the chart: single days, weeks or months, by the length of the period
CHART_STEPS = ((120, "day"), (800, "week"))
ENTRY_FIELDS = (
    "date",
    "minutes",
    "note",
    "order_line_id",
    "reason",
    "reversal_of_id",
    "time_entry_id",
)


class SupportCreditAccount(models.Model):
    """What happened to an account in a period, by the dates of its entries.

    Entries can be dated back. So a statement adds up by itself: what is dated before
    its first day is the opening balance, and the balances between are its own.
    Everything counts from the balance of the account backwards: what is new is near.
    """

    _inherit = "support.credit.account"

    @api.model
    def _get_period(self, params, company):
        """Return the period that an address asks for, in the company's time zone.

        :param dict params: ``period``, ``since`` and ``until``, as text
        :rtype: periods.Period
        """
        return periods.parse(params, company._get_support_today())

    def _get_period_label(self, period):
        """Return the days of a period as people read them."""
        _ = self.env._
        since, until = (
            day and format_date(self.env, day) for day in (period.since, period.until)
        )
        if since and until:
            return f"{since} – {until}"
        if since:
            return _("since %(day)s", day=since)
        return _("until %(day)s", day=until) if until else _("All entries")

    # ---------------------------------------------------
    # Sums
    # ---------------------------------------------------

    def _get_totals(self, period):
        """Return opening and closing balance of a period, and what is between.

        :return: opening, came_in, went_out and closing; and steps: last day of each
            step of the chart and what changed in it
        :rtype: dict
        """
        self.ensure_one()
        steps = self._sum_steps(period)
        came_in = sum(step[1] for step in steps)
        went_out = sum(step[2] for step in steps)
        closing = self._get_balance_on(period.until)
        return {
            "opening": closing - came_in - went_out,
            "came_in": came_in,
            "went_out": went_out,
            "closing": closing,
            "steps": [(day, plus + minus) for day, plus, minus in steps],
        }

    def _get_balance_on(self, day):
        """Return the balance at the end of a day; without: with all entries."""
        if not day:
            return self.balance
        [[minutes]] = self.env.execute_query(
            SQL(
                "SELECT COALESCE(SUM(came_in + went_out), 0) FROM support_credit_day"
                " WHERE account_id = %s AND date > %s",
                self.id,
                day,
            )
        )
        return self.balance - minutes

    def _get_balance_before(self, day, entry_id):
        """Return the balance before an entry, in the order of statements.

        :param datetime.date day: of the entry
        """
        [[minutes]] = self.env.execute_query(
            SQL(
                "SELECT COALESCE(SUM(minutes), 0) FROM support_credit_entry"
                " WHERE account_id = %s AND date = %s AND id >= %s",
                self.id,
                day,
                entry_id,
            )
        )
        return self._get_balance_on(day) - minutes

    def _sum_steps(self, period):
        """Return last day, what came in and what went out of each step, in order."""
        where = self._get_period_condition(period)
        [[first, last]] = self.env.execute_query(
            SQL("SELECT MIN(date), MAX(date) FROM support_credit_day WHERE %s", where)
        )
        if not first:
            return []
        length = (last - first).days
        step = next((step for days, step in CHART_STEPS if length <= days), "month")
        return self.env.execute_query(
            SQL(
                """
                SELECT MAX(date),
                       SUM(came_in),
                       SUM(went_out)
                  FROM support_credit_day
                 WHERE %s
                 GROUP BY date_trunc(%s, date::timestamp)
                 ORDER BY 1
                """,
                where,
                step,
            )
        )

    def _get_period_condition(self, period):
        parts = [SQL("account_id = %s", self.id)]
        if period.since:
            parts.append(SQL("date >= %s", period.since))
        if period.until:
            parts.append(SQL("date <= %s", period.until))
        return SQL(" AND ").join(parts)

    # ---------------------------------------------------
    # Entries
    # ---------------------------------------------------

    def _get_statement_domain(self, period):
        domain = Domain("account_id", "=", self.id)
        if period.since:
            domain &= Domain("date", ">=", period.since)
        if period.until:
            domain &= Domain("date", "<=", period.until)
        return domain

    def _find_entries(self, domain, order, limit):
        """Return entries with all rights; the caller knows that they may be shown."""
        entries_sudo = self.env["support.credit.entry"].sudo()
        return entries_sudo.search_fetch(domain, ENTRY_FIELDS, order=order, limit=limit)

    def _get_entry_values(self, entries, balance, is_backwards=False):
        """Return what pages and statements say of each entry, in their order.

        What was done on tickets that the current user can't read is not told.

        :param support.credit.entry entries: in the order of their dates, or backwards
        :param int balance: before the first of them; backwards: after it
        :rtype: list[dict]
        """
        entries_sudo = entries.sudo()
        readable = self._get_readable_ticket_ids(entries_sudo)
        labels = dict(
            entries_sudo._fields["reason"]._description_selection(entries_sudo.env)
        )
        rows = []
        for entry_sudo in entries_sudo:
            if not is_backwards:
                balance += entry_sudo.minutes
            rows.append(
                {
                    "id": entry_sudo.id,
                    "date": entry_sudo.date,
                    "reason": labels[entry_sudo.reason],
                    "minutes": entry_sudo.minutes,
                    "minutes_text": self._format_change(entry_sudo.minutes),
                    "balance": balance,
                    "balance_text": self._format_minutes(balance),
                    **self._get_entry_texts(entry_sudo, readable),
                }
            )
            if is_backwards:
                balance -= entry_sudo.minutes
        return rows

    def _get_entry_texts(self, entry_sudo, readable):
        """Return what an entry is about, for who may read these tickets."""
        effort_sudo = entry_sudo.time_entry_id
        ticket_sudo = effort_sudo.ticket_id
        is_hidden = bool(effort_sudo) and ticket_sudo.id not in readable
        if is_hidden:
            return {"ticket": None, "is_hidden": True, "order": "", "texts": []}
        texts = [effort_sudo.name, entry_sudo._get_written_note()]
        return {
            "ticket": {
                "id": ticket_sudo.id,
                "number": ticket_sudo.number,
                "name": ticket_sudo.name,
            }
            if ticket_sudo
            else None,
            "is_hidden": False,
            "order": entry_sudo.order_line_id.order_id.name or "",
            "texts": list(filter(None, texts)),
        }

    def _get_readable_ticket_ids(self, entries_sudo):
        """Return which tickets of entries the current user may read, all at once."""
        ids = entries_sudo.time_entry_id.ticket_id.ids
        if not ids:
            return set()
        tickets = self.env["helpdesk.ticket"].with_user(self.env.user)
        tickets = tickets.with_context(active_test=False)
        return set(tickets.search([("id", "in", ids)]).ids)

    def _format_change(self, minutes):
        return ("+" if minutes > 0 else "") + self._format_minutes(minutes)

    # ---------------------------------------------------
    # Chart
    # ---------------------------------------------------

    def _get_chart(self, period, totals):
        """Return the chart of the balance in a period, as the page draws it.

        :param dict totals: as of ``_get_totals``
        :return: empty if nothing happened
        :rtype: dict
        """
        if not totals["steps"]:
            return {}
        points, balance = [], totals["opening"]
        for day, change in totals["steps"]:
            balance += change
            points.append((day, balance))
        start = period.since or points[0][0]
        end = period.until or max(self.company_id._get_support_today(), points[-1][0])
        drawn = chart.step_chart(points, totals["opening"], start, end)
        locale = babel_locale_parse(get_lang(self.env).code)
        skeleton = "MMMd" if chart.is_by_day(start, end) else "yMMM"
        balances = [totals["opening"], *(balance for _day, balance in points)]
        return {
            **drawn._asdict(),
            "width": chart.WIDTH,
            "height": chart.HEIGHT,
            "days": [
                (place, format_skeleton(skeleton, day, locale=locale))
                for place, day in drawn.days
            ],
            "minutes": [
                (place, self._format_minutes(minutes))
                for place, minutes in drawn.minutes
            ],
            "label": self.env._(
                "Balance from %(since)s to %(until)s: first %(opening)s, at least "
                "%(lowest)s, at most %(highest)s, in the end %(closing)s",
                since=format_date(self.env, start),
                until=format_date(self.env, end),
                opening=self._format_minutes(balances[0]),
                lowest=self._format_minutes(min(balances)),
                highest=self._format_minutes(max(balances)),
                closing=self._format_minutes(balances[-1]),
            ),
        }
