from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class SupportCreditAccount(models.Model):
    """Credit accounts of customers who become one. Entries change no account."""

    _inherit = "support.credit.account"

    @api.model
    def _prepare_merge(self, partners):
        """Let contacts be merged of whom at most one has entries in a company.

        :raise UserError: more than one of them has entries, in the same company
        """
        accounts_sudo = self.sudo().search([("partner_id", "in", partners.ids)])
        used_sudo = accounts_sudo.filtered("entry_ids")
        if len(used_sudo.company_id) < len(used_sudo):
            raise UserError(
                self.env._(
                    "More than one of these customers has support credit. Each keeps "
                    "its own entries, so they can't be merged: %(customers)s",
                    customers=", ".join(used_sudo.partner_id.mapped("name")),
                )
            )
        (accounts_sudo - used_sudo).unlink()

    @api.model
    def _hand_over(self, former, customer):
        """Give a person's accounts to the company that it has become part of.

        Where the company has entries of its own, the person's account stays behind as
        a record of the past; nothing may be left on it then.

        :param res.partner former: who was a customer
        :param res.partner customer: who is it now
        """
        for account_sudo in self.sudo().search([("partner_id", "=", former.id)]):
            known_sudo = self.sudo().search(
                [
                    ("partner_id", "=", customer.id),
                    ("company_id", "=", account_sudo.company_id.id),
                ]
            )
            if not known_sudo.entry_ids:
                known_sudo.unlink()
                account_sudo._set_customer(customer)

    def _set_customer(self, customer):
        """Change the customer of an account, which nobody may do by writing."""
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE support_credit_account SET partner_id = %s WHERE id = %s",
                customer.id,
                self.id,
            )
        )
        self.env.invalidate_all()

    @api.model
    def _check_left_behind(self, former):
        """Have no minutes on an account whose customer has become part of another.

        :raise UserError: there are some
        """
        accounts_sudo = self.sudo().search([("partner_id", "=", former.id)])
        for account_sudo in accounts_sudo.filtered("position_ids"):
            raise UserError(
                self.env._(
                    "%(person)s and %(customer)s both have support credit. Please post "
                    "the %(minutes)s of %(person)s by hand first: away from one, to "
                    "the other.",
                    person=former.name,
                    minutes=account_sudo._format_minutes(account_sudo.balance),
                    customer=former.commercial_partner_id.name,
                )
            )
