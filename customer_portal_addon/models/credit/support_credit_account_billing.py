import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...tools.credit.charging import started_units
from ...tools.dates.local_days import month_begin

_logger = logging.getLogger(__name__)

OPEN = ("draft", "sent")


class SupportCreditAccount(models.Model):
    """What was used without credit becomes a quotation."""

    _inherit = "support.credit.account"

    settlement_ids = fields.One2many(
        "sale.order",
        "settled_account_id",
        string="Settlements",
        readonly=True,
        groups="sales_team.group_sale_salesman",
    )

    # ---------------------------------------------------
    # By hand
    # ---------------------------------------------------

    def action_bill_shortfall(self):
        """Make quotations of what was used without credit, and open them."""
        manager = "helpdesk_mgmt.group_helpdesk_manager"
        if not self.env.user.has_group(manager):
            raise AccessError(self.env._("Only helpdesk managers bill support."))
        self.check_access("read")
        orders_sudo = self.env["sale.order"].sudo()
        for account in self.filtered(lambda account: account.balance < 0):
            orders_sudo |= account._bill_shortfall(-account.balance)
        if not orders_sudo:
            raise UserError(self.env._("There is no shortfall to bill."))
        return self._open_settlements(orders_sudo)

    def _open_settlements(self, orders):
        """Return the action that shows quotations, or says that they are there."""
        if not self.env["sale.order"].has_access("read"):
            names = ", ".join(orders.mapped("name"))
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "success",
                    "sticky": True,
                    "message": self.env._(
                        "%(names)s: your sales team finds it among the quotations "
                        "and sends it.",
                        names=names,
                    ),
                },
            }
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Settlements"),
            "res_model": "sale.order",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", orders.ids)],
        }
        if len(orders) == 1:
            action.update(views=[(False, "form")], res_id=orders.id)
        return action

    # ---------------------------------------------------
    # Quotations
    # ---------------------------------------------------

    def _claim(self):
        """Have whoever orders for or bills the same customer now look again.

        Of two transactions the second one fails here, and is tried again by Odoo.
        """
        self.ensure_one()
        self.env.cr.execute(
            SQL(
                "UPDATE support_credit_account SET balance = balance WHERE id = %s",
                self.id,
            )
        )

    def _get_open_settlements(self):
        """Return the quotations that wait for the customer, or for staff.

        :rtype: sale.order
        """
        return (
            self.env["sale.order"]
            .sudo()
            .search(
                [("settled_account_id", "in", self.ids), ("state", "in", list(OPEN))]
            )
        )

    def _bill_shortfall(self, minutes):
        """Make the quotation of minutes that were used without credit, once.

        :param int minutes: positive
        :return: the quotation, an earlier one as long as it is open
        :rtype: sale.order
        """
        self.ensure_one()
        self._claim()
        open_sudo = self._get_open_settlements()
        if open_sudo:
            return open_sudo[:1]
        account_sudo = self.sudo().with_company(self.company_id.id)
        values = account_sudo._prepare_settlement_values(minutes)
        return account_sudo.env["sale.order"].create(values)

    def _prepare_settlement_values(self, minutes):
        """Return the values of the quotation of a shortfall.

        It has no last day: what was used has to be paid some time.
        """
        company = self.company_id
        product = company.support_unit_product_id
        if not product:
            self._raise_unit_missing()
        unit_minutes = company._get_unit_minutes(self.partner_id)
        partner = self._get_billing_partner()
        account = self.with_context(lang=partner.lang or self.env.lang)
        note = account.env._(
            "%(minutes)s of support used without credit until %(date)s, billed by "
            "started units of %(unit)s.",
            minutes=account._format_minutes(minutes),
            date=format_date(account.env, self._get_today()),
            unit=account._format_minutes(unit_minutes),
        )
        lines = [
            {
                "product_id": product.id,
                "product_uom_qty": started_units(minutes, unit_minutes),
                "support_settled_minutes": minutes,
            },
            {"display_type": "line_note", "name": note},
        ]
        orders = self.env["sale.order"]
        return {
            **orders._prepare_support_order_values(partner, lines),
            "settled_account_id": self.id,
            "validity_date": False,
        }

    def _raise_unit_missing(self):
        message = self.env._(
            "Please choose in the settings of the support portal which product is "
            "sold for support without credit."
        )
        if self.env.user.has_group("base.group_system"):
            action = self.env.ref(
                "customer_portal_addon.customer_portal_settings_action"
            )
            raise RedirectWarning(message, action.id, self.env._("Open settings"))
        raise UserError(message)

    def _get_billing_partner(self):
        """Return who gets the quotation: the invoice address, if it has a mail address.

        Otherwise an administrator of the customer.

        :rtype: res.partner
        """
        customer = self.partner_id
        address = customer.browse(customer.address_get(["invoice"])["invoice"])
        if address.email:
            return address
        administrators = customer.search(
            [
                ("commercial_partner_id", "=", customer.id),
                ("is_customer_administrator", "=", True),
                ("email", "!=", False),
            ],
            limit=1,
        )
        return administrators or address

    def _drop_settlements(self):
        """Cancel what is settled by other minutes, so that nobody pays twice."""
        self.ensure_one()
        if self.balance >= 0:
            open_sudo = self._get_open_settlements()
            open_sudo.filtered(
                lambda order: not order._is_payment_under_way()
            )._cancel_settled()

    # ---------------------------------------------------
    # Every month
    # ---------------------------------------------------

    @api.model
    def _cron_bill_shortfalls(self, batch_size=20):
        """Bill what was used without credit before this month, and mail it.

        Daily, in batches: whatever stops it, the next run goes on. A customer gets one
        a month, and none while one is open.
        """
        companies = self.env["res.company"].search(
            [
                ("support_settlement_automatic", "=", True),
                ("support_unit_product_id", "!=", False),
            ]
        )
        jobs = self.env["ir.cron"]
        for company in companies:
            domain = self._get_monthly_domain(company)
            last_id = 0
            while accounts := self.search(
                domain & Domain("id", ">", last_id), order="id", limit=batch_size
            ):
                last_id = accounts[-1].id
                if not jobs._process_each(accounts, lambda a: a._bill_month()):
                    return

    @api.model
    def _get_monthly_domain(self, company):
        """Return the domain of accounts that are to be billed this month."""
        first_day, begin = self._get_month_begin(company)
        billed = Domain("state", "in", OPEN) | Domain("create_date", ">=", begin)
        return (
            Domain("company_id", "=", company.id)
            & Domain("balance", "<", 0)
            & Domain("position_ids", "any", [("date", "<", first_day)])
            & Domain("settlement_ids", "not any", billed)
        )

    @api.model
    def _get_month_begin(self, company):
        """Return the first day of this month in a company, and when it began."""
        return month_begin(fields.Datetime.now(), company.partner_id.tz)

    def _bill_month(self):
        """Bill one account; what hinders that is logged, and hinders no other."""
        self.ensure_one()
        company = self.company_id
        first_day, _begin = self._get_month_begin(company)
        unpaid = self.position_ids.filtered(
            lambda p: p.minutes < 0 and p.date < first_day
        )
        minutes = -sum(unpaid.mapped("minutes"))
        try:
            with self.env.cr.savepoint():
                order = self.with_company(company)._bill_shortfall(minutes)
                order._send_settlement()
        except UserError as error:
            _logger.info("Shortfall of account %s not billed: %s", self.id, error)
