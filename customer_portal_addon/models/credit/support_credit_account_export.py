from odoo import api, models
from odoo.tools import format_date

from ...tools.text import csv_file

ORDER = "date, id"
MAX_EXPORTED = 10000
MAX_PRINTED = 1000  # some printers write each letter as a drawing
BATCH = 1000


class SupportCreditAccount(models.Model):
    """Statements as files: a table for spreadsheets, and a document."""

    _inherit = "support.credit.account"

    @api.model
    def _export_statement(self, params, kind):
        """Return the statement of the current user's customer as a file.

        :param dict params: name -> text, as in the address
        :param str kind: ``csv`` or ``pdf``
        :return: name and content; nothing if the credit is not for this user
        :rtype: tuple(str, bytes)
        """
        if not self._is_visible():
            return "", b""
        period = self._get_period(params, self.env.company)
        today = self.env.company._get_support_today()
        name = self.env._("statement-%(period)s", period=period.slug(today))
        account_sudo = self._find_own()
        if kind == "csv":
            content = account_sudo._make_statement_csv(period)
        else:
            content = account_sudo._make_statement_pdf(period)
        return f"{name}.{kind}", content

    @api.model
    def _get_statement_values(self, period, limit=MAX_PRINTED):
        """Return what a statement says; of an empty account: nothing but zeros.

        The caller has checked who may read it.

        :rtype: dict
        """
        totals = self._get_totals(period) if self else {}
        entries_sudo = self.env["support.credit.entry"].sudo()
        if self:
            domain = self._get_statement_domain(period)
            entries_sudo = self._find_entries(domain, ORDER, limit + 1)
        company = self.company_id or self.env.company
        customer_sudo = self.sudo().partner_id
        customer_sudo = customer_sudo or self.env.user.sudo().commercial_partner_id
        names = ("opening", "came_in", "went_out", "closing")
        totals = {name: totals.get(name, 0) for name in names}
        return {
            "customer": customer_sudo.name,
            "company": company.sudo().name,
            "period": self._get_period_label(period),
            "created_on": format_date(self.env, company._get_support_today()),
            "minutes": totals,
            "totals": self._get_totals_texts(totals),
            "entries": entries_sudo[:limit],
            "is_cut": len(entries_sudo) > limit,
            "limit": limit,
        }

    # ---------------------------------------------------
    # CSV
    # ---------------------------------------------------

    def _make_statement_csv(self, period):
        """Return a statement as a table.

        :rtype: bytes
        """
        lang = self.env["res.lang"]._get_data(code=self.env.lang)
        statement = self._get_statement_values(period, MAX_EXPORTED)
        rows = self._get_statement_cells(statement)
        return csv_file.make(rows, lang.decimal_point == ",")

    def _get_statement_cells(self, statement):
        """Yield the rows of the table, in the reader's language."""
        _ = self.env._
        minutes = statement["minutes"]
        yield [_("Customer"), statement["customer"]]
        yield [_("Supplier"), statement["company"]]
        yield [_("Period"), statement["period"]]
        yield [_("Created on"), statement["created_on"]]
        yield [_("Opening balance (minutes)"), minutes["opening"]]
        yield [_("Closing balance (minutes)"), minutes["closing"]]
        yield []
        yield [
            _("Date"),
            _("Entry"),
            _("Ticket"),
            _("What"),
            _("Order"),
            _("Minutes"),
            _("Balance"),
        ]
        balance, entries_sudo = minutes["opening"], statement["entries"]
        for start in range(0, len(entries_sudo), BATCH):
            batch_sudo = entries_sudo[start : start + BATCH]
            for row in self._get_entry_values(batch_sudo, balance):
                yield self._get_entry_cells(row)
                balance = row["balance"]
            self.env.invalidate_all(flush=False)
        if statement["is_cut"]:
            yield [self._get_cut_message(statement["limit"])]

    def _get_entry_cells(self, row):
        ticket = row["ticket"]
        if row["is_hidden"]:
            name = self.env._("Ticket of a colleague")
        else:
            name = f"{ticket['number']} {ticket['name']}" if ticket else ""
        return [
            format_date(self.env, row["date"]),
            row["reason"],
            name,
            " · ".join(row["texts"]),
            row["order"],
            row["minutes"],
            row["balance"],
        ]

    def _get_cut_message(self, limit):
        return self.env._(
            "Only the first %(count)s entries. Please choose a shorter period.",
            count=limit,
        )

    # ---------------------------------------------------
    # PDF
    # ---------------------------------------------------

    def _make_statement_pdf(self, period):
        """Return a statement as a document; the caller has checked who reads it.

        :rtype: bytes
        """
        reports_sudo = self.env["ir.actions.report"].sudo()
        content, _kind = reports_sudo._render_qweb_pdf(
            "customer_portal_addon.support_credit_statement_report",
            data=self._get_report_data(period),
        )
        return content

    def _get_report_data(self, period):
        """Return what the report has to be told, as an address can say it."""
        days = {"since": period.since, "until": period.until}
        named_days = {name: str(day) for name, day in days.items() if day}
        return {"account_id": self.id, "period": period.key, **named_days}

    def _get_document_values(self, period):
        """Return what the document prints.

        :rtype: dict
        """
        statement = self._get_statement_values(period)
        rows = self._get_entry_values(
            statement.pop("entries"), statement["minutes"]["opening"]
        )
        is_cut = statement["is_cut"]
        message = self._get_cut_message(statement["limit"]) if is_cut else ""
        return {**statement, "rows": rows, "cut_message": message}
