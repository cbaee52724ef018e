from odoo import api, models
from odoo.exceptions import AccessError

from ..tools.web.list_filters import parse_number


class ReportSupportCreditStatement(models.AbstractModel):
    """The statement of an account, for staff, and for customers by our own route.

    Customers have no rights on accounts: Odoo's addresses of reports refuse them.
    """

    _name = "report.customer_portal_addon.support_credit_statement"
    _description = "Statement of the support credit"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what is printed.

        :param dict data: account_id, period, since and until; may come from an address
        :raise AccessError: the account is not for who asks
        """
        data = data or {}
        accounts = self.env["support.credit.account"]
        accounts.check_access("read")
        account_id = data.get("account_id") or (docids or [0])[0]
        account = accounts.browse(parse_number(account_id)).exists()
        account.check_access("read")
        is_staff = self.env.user._is_internal()
        if is_staff and not account:
            raise AccessError(self.env._("There is no such account."))
        if is_staff:  # it is for the customer
            account = account.with_context(lang=account.partner_id.lang)
        period = account._get_period(data, account.company_id or self.env.company)
        return {
            "statement": account._get_document_values(period),
            "company": account.company_id or self.env.company,
            "customer": account.partner_id or self.env.user.commercial_partner_id,
            "lang": account.env.lang,
        }
