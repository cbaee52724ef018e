import re
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from ...tools.credit import periods
from ...tools.web import list_filters

PAGE_SIZE = 30
SOON = timedelta(days=30)  # lots that end within are marked


class SupportCreditAccount(models.Model):
    """What customers see of their account: who, and on which pages."""

    _inherit = "support.credit.account"

    # ---------------------------------------------------
    # Who sees it
    # ---------------------------------------------------

    @api.model
    def _is_visible_to(self, partner, company):
        """Tell whether a contact sees the credit of its own customer.

        :param res.partner partner: the contact
        :param res.company company: whose setting counts
        :rtype: bool
        """
        is_open = company.sudo().support_credit_visibility == "everyone"
        return is_open or self._sees_always(partner)

    @api.model
    def _get_visibility_domain(self, partner):
        """Return the same for records with a company.

        :param res.partner partner: the contact
        :rtype: Domain
        """
        if self._sees_always(partner):
            return Domain.TRUE
        return Domain("company_id.support_credit_visibility", "=", "everyone")

    @api.model
    def _sees_always(self, partner):
        """Tell whether a contact sees the credit whatever the settings say."""
        contact_sudo = partner.sudo()
        return (
            contact_sudo.is_customer_administrator
            or contact_sudo == contact_sudo.commercial_partner_id
        )

    @api.model
    def _is_visible(self):
        """Tell whether the current user sees the credit of the own customer."""
        return self._is_customer() and self._is_visible_to(
            self.env.user.partner_id, self.env.company
        )

    @api.model
    def _is_customer(self):
        """Tell whether the current user is a customer who may use support."""
        return (
            self.env.user._is_portal()
            and self.env["ir.http"]._get_support_decision().allowed
        )

    @api.model
    def _find_for(self, partner, company):
        """Return the account of a contact's customer, with all rights.

        Empty as long as it has none: pages that only show create nothing.
        """
        customer_sudo = partner.sudo().commercial_partner_id
        return self.sudo().search_fetch(
            [("partner_id", "=", customer_sudo.id), ("company_id", "=", company.id)],
            ["balance"],
        )

    @api.model
    def _find_own(self):
        """Return the account of the current user's customer, who sees the credit."""
        return self._find_for(self.env.user.partner_id, self.env.company)

    # ---------------------------------------------------
    # The limit of a customer
    # ---------------------------------------------------

    @api.model
    def _is_at_limit(self, partner, company):
        """Tell whether a contact's customer used all that it may without credit.

        :rtype: bool
        """
        customer_sudo = partner.sudo().commercial_partner_id
        # a partner has so many columns that reading all takes longer than the query
        customer_sudo.fetch(["support_limit_enabled", "support_limit_minutes"])
        if not customer_sudo.support_limit_enabled:
            return False
        account_sudo = self._find_for(partner, company)
        return account_sudo.balance <= -customer_sudo.support_limit_minutes

    @api.model
    def _get_limit_message(self):
        """Return why no ticket can be filed, for who sees the credit and who doesn't.

        :rtype: str
        """
        _ = self.env._
        if self._is_visible():
            message = _(
                "Your support credit is used up. Please order a support package to go "
                "on filing tickets."
            )
        else:
            message = _(
                "At the moment we can't take tickets here. Please turn to the "
                "administrator of your company or to us."
            )
        types = self.env["helpdesk.ticket.type"]._get_offered()
        if types.filtered("is_program_error"):
            message += " " + _("Program errors can be reported all the same.")
        return message

    # ---------------------------------------------------
    # Above forms, and on start pages
    # ---------------------------------------------------

    @api.model
    def _get_panel(self):
        """Return what start pages say about the credit; empty: nothing.

        :rtype: dict
        """
        if not self._is_visible():
            return {}
        balance = self._find_own().balance
        return {
            "balance": self._format_minutes(balance),
            "is_used_up": balance <= 0,
            "is_negative": balance < 0,
        }

    @api.model
    def _get_form_panel(self, ticket_type=None):
        """Return what is said above the form of a type, or above all of them.

        :param helpdesk.ticket.type ticket_type:
        :rtype: dict
        """
        if not self._is_customer():
            return {}
        is_free = bool(ticket_type) and not ticket_type._is_charged()
        partner = self.env.user.partner_id
        is_refused = not is_free and self._is_at_limit(partner, self.env.company)
        refusal = self._get_limit_message() if is_refused else ""
        return {**self._get_panel(), "is_free": is_free, "refusal": refusal}

    # ---------------------------------------------------
    # The page
    # ---------------------------------------------------

    @api.model
    def _get_page_values(self, params):
        """Return what the page of the credit shows; empty: not for this user.

        :param dict params: name -> text, as in the address
        :rtype: dict
        """
        if not self._is_visible():
            return {}
        account_sudo = self._find_own()
        period = self._get_period(params, self.env.company)
        values = {
            "credit": self._get_panel(),
            "period": period,
            "query": self._get_period_query(period),
            "period_label": self._get_period_label(period),
            "periods": self._get_period_choices(period),
            "lots": [],
            "rows": [],
            "chart": {},
            "older": "",
            "is_first_page": True,
        }
        everything = account_sudo._get_statement_domain(periods.Period("all"))
        if not account_sudo or not self._find_entries(everything, "id", 1):
            return {**values, "is_new": True}
        totals = account_sudo._get_totals(period)
        return {
            **values,
            "is_new": False,
            "lots": account_sudo._get_lot_values(),
            "totals": account_sudo._get_totals_texts(totals),
            "chart": account_sudo._get_chart(period, totals),
            **account_sudo._get_page_of_entries(period, totals, params.get("before")),
        }

    @api.model
    def _get_period_query(self, period):
        """Return what the address of a period has to say, as text."""
        if period.key != "custom":
            return {"period": period.key} if period.key != periods.DEFAULT else {}
        days = {"since": period.since, "until": period.until}
        return {name: str(day) for name, day in days.items() if day}

    @api.model
    def _get_period_choices(self, period):
        _ = self.env._
        labels = {
            "12_months": _("Last 12 months"),
            "month": _("This month"),
            "last_month": _("Last month"),
            "year": _("This year"),
            "last_year": _("Last year"),
            "all": _("All"),
        }
        return [
            {"key": key, "label": labels[key], "is_chosen": key == period.key}
            for key in periods.KEYS
        ]

    def _get_totals_texts(self, totals):
        """Return the sums of a period as people read them."""
        return {
            "opening": self._format_minutes(totals["opening"]),
            "came_in": self._format_change(totals["came_in"]),
            "went_out": self._format_change(totals["went_out"]),
            "closing": self._format_minutes(totals["closing"]),
        }

    def _get_lot_values(self):
        """Return the lots that have minutes left, those that end first at the top."""
        self.ensure_one()
        today = self._get_today()
        positions_sudo = self._get_lots()
        rows = self._get_entry_values(positions_sudo.entry_id, 0)
        by_entry = {row["id"]: row for row in rows}
        return [
            {
                **by_entry[position.entry_id.id],
                "left": self._format_minutes(position.minutes),
                "expires_on": position.expires_on,
                "is_soon": bool(position.expires_on)
                and position.expires_on <= today + SOON,
            }
            for position in positions_sudo
        ]

    def _get_page_of_entries(self, period, totals, before):
        """Return the entries of a page, the latest first, and where the next begins.

        Pages are found by the entry they begin after, so that none is counted.

        :param str before: date and id of that entry, as in the address
        """
        domain = self._get_statement_domain(period)
        balance = totals["closing"]
        day, entry_id = self._parse_place(before)
        if day:
            domain &= Domain("date", "<=", day)
            domain &= Domain("date", "<", day) | Domain("id", "<", entry_id)
            balance = self._get_balance_before(day, entry_id)
        found_sudo = self._find_entries(domain, "date desc, id desc", PAGE_SIZE + 1)
        rows = self._get_entry_values(found_sudo[:PAGE_SIZE], balance, True)
        is_more = len(found_sudo) > PAGE_SIZE
        return {
            "rows": rows,
            "older": f"{rows[-1]['date']}_{rows[-1]['id']}" if is_more else "",
            "is_first_page": not day,
        }

    @api.model
    def _parse_place(self, text):
        """Return date and id that the address of a page names, else nothing."""
        match = re.fullmatch(r"([0-9-]{10})_([0-9]{1,9})", text or "")
        day = match and list_filters.parse_day(match[1])
        return (day, int(match[2])) if day else (None, 0)
