from odoo.tools.sql import column_exists


def migrate(cr, version):
    """One cron confirms all tickets: carry over what waits for the one of strangers."""
    cr.execute(
        "ALTER TABLE helpdesk_ticket"
        " ADD COLUMN IF NOT EXISTS pending_confirmation varchar"
    )
    if column_exists(cr, "helpdesk_ticket", "is_welcome_pending"):
        cr.execute(
            "UPDATE helpdesk_ticket SET pending_confirmation = 'stranger'"
            " WHERE is_welcome_pending"
        )
    # the cron's data are not updated: somebody may have changed its interval
    cr.execute(
        """
        WITH cron AS (
            UPDATE ir_cron
               SET cron_name = 'Support: confirm new tickets'
             WHERE id = (SELECT res_id
                           FROM ir_model_data
                          WHERE module = 'customer_portal_addon'
                            AND name = 'ir_cron_welcome')
         RETURNING ir_actions_server_id
        )
        UPDATE ir_act_server
           SET name = jsonb_build_object('en_US', 'Support: confirm new tickets'),
               code = 'model._cron_confirm()'
         WHERE id IN (SELECT ir_actions_server_id FROM cron)
        """
    )
