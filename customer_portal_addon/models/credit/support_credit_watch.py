from odoo import api, fields, models
from odoo.tools import SQL, sql


class SupportCreditWatch(models.Model):
    """The balance of each account when it was last compared with the thresholds."""

    _name = "support.credit.watch"
    _description = "Support Credit Last Seen"
    _log_access = False
    _rec_name = "account_id"

    account_id = fields.Many2one(
        "support.credit.account", required=True, readonly=True, ondelete="cascade"
    )
    balance = fields.Integer(required=True, readonly=True)

    _account_uniq = models.UniqueIndex("(account_id)")

    def init(self):
        """Remember the accounts that are older than the notices; mail nobody."""
        if sql.table_exists(self.env.cr, "support_credit_account"):
            self.env.cr.execute(
                """
                INSERT INTO support_credit_watch (account_id, balance)
                SELECT id, balance FROM support_credit_account
                 WHERE NOT EXISTS (SELECT FROM support_credit_watch)
                """
            )

    @api.model
    def _find_changed(self, last_id, limit):
        """Return accounts whose balance has changed since it was last seen.

        A new account began at 0.

        :param int last_id: of the account after which to go on
        :return: the account's id, the balance last seen and the one of now
        :rtype: list[tuple[int, int, int]]
        """
        self.env["support.credit.account"].flush_model()
        query = SQL(
            """
            SELECT account.id, COALESCE(seen.balance, 0), account.balance
              FROM support_credit_account account
              LEFT JOIN support_credit_watch seen ON seen.account_id = account.id
             WHERE account.id > %s AND seen.balance IS DISTINCT FROM account.balance
             ORDER BY account.id LIMIT %s
            """,
            last_id,
            limit,
        )
        return self.env.execute_query(query)

    @api.model
    def _remember(self, account_id, balance):
        """Take note of a balance; who does so at the same time fails."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO support_credit_watch (account_id, balance) VALUES (%s, %s)
                    ON CONFLICT (account_id) DO UPDATE SET balance = EXCLUDED.balance
                """,
                account_id,
                balance,
            )
        )
        self.invalidate_model()
