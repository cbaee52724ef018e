"""Tests with transactions of their own commit entries, and delete them again."""


def remove_account(cr, account_id):
    """Delete an account with its entries; the database lets nobody else do that."""
    cr.execute(
        """
        ALTER TABLE support_credit_allocation DISABLE TRIGGER append_only;
        ALTER TABLE support_credit_entry DISABLE TRIGGER append_only;
        DELETE FROM support_credit_position WHERE account_id = %(id)s;
        DELETE FROM support_credit_allocation WHERE entry_id IN (
            SELECT id FROM support_credit_entry WHERE account_id = %(id)s);
        DELETE FROM support_credit_entry WHERE account_id = %(id)s;
        DELETE FROM support_credit_account WHERE id = %(id)s;
        ALTER TABLE support_credit_allocation ENABLE TRIGGER append_only;
        ALTER TABLE support_credit_entry ENABLE TRIGGER append_only;
        """,
        {"id": account_id},
    )
