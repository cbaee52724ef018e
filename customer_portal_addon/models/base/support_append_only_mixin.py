from odoo import api, models
from odoo.exceptions import AccessError

# What ``_append`` hands over; nothing that comes by RPC is this object
DOOR = object()
APPEND_ONLY = """
    CREATE OR REPLACE FUNCTION support_credit_append_only() RETURNS trigger AS $$
    BEGIN
        RAISE EXCEPTION 'Rows of %% are never changed', TG_TABLE_NAME;
    END $$ LANGUAGE plpgsql;
    DROP TRIGGER IF EXISTS append_only ON %(table)s;
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %(table)s
        FOR EACH ROW EXECUTE FUNCTION support_credit_append_only();
"""


class SupportAppendOnlyMixin(models.AbstractModel):
    """Records of the ledger: only it adds them, nobody changes or deletes them.

    The model refuses, and so does the database.
    """

    _name = "support.append.only.mixin"
    _description = "Records that are never changed"

    def init(self):
        if not self._abstract:
            self.env.cr.execute(APPEND_ONLY % {"table": self._table})

    @api.model
    def _append(self, vals):
        """Add a record, with all rights: to be called by the ledger only."""
        records_sudo = self.sudo().with_context(support_credit_door=DOOR)
        return records_sudo.create(vals)

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("support_credit_door") is not DOOR:
            raise AccessError(self.env._("Minutes are posted to the account."))
        return super().create(vals_list)

    def write(self, vals):
        if vals:
            raise AccessError(self.env._("Entries are never changed, only reversed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("Entries are never changed, only reversed."))
