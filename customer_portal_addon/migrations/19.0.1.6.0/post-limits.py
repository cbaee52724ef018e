from odoo import SUPERUSER_ID, api
from odoo.tools.sql import table_exists

# As they were when this was written
KEPT, KNOWN = "25 hours", "90 days"


def migrate(cr, version):
    """Count in one table; what was counted for logins goes on counting there.

    Where somebody is known is worth keeping for months, and nobody who waits is to be
    let in by an upgrade. The counts of forms and programs are over within a day.
    """
    if table_exists(cr, "support_login_count"):
        move_login_counts(cr)
    for table in ("support_login_count", "support_form_count", "support_api_counter"):
        cr.execute(f"DROP TABLE IF EXISTS {table}")
    env = api.Environment(cr, SUPERUSER_ID, {})
    rule = "customer_portal_addon.support_api_counter_rule_company"
    rule = env.ref(rule, raise_if_not_found=False)
    if rule:
        rule.unlink()


def move_login_counts(cr):
    """Write what was one row in rows of their own: the count, known, told."""
    params = {"kept": KEPT, "known": KNOWN}
    cr.execute(
        """
        INSERT INTO support_limit
               (key, count, started_at, paused_until, owner, kept_until)
        SELECT key, count, started_at, paused_until, owner,
               started_at + %(kept)s::interval
          FROM support_login_count
         WHERE started_at + %(kept)s::interval > now() AT TIME ZONE 'UTC'
            ON CONFLICT (key) DO NOTHING
        """,
        params,
    )
    cr.execute(
        """
        INSERT INTO support_limit (key, count, started_at, kept_until)
        SELECT key || ' known', 1, known_at, known_at + %(known)s::interval
          FROM support_login_count
         WHERE known_at + %(known)s::interval > now() AT TIME ZONE 'UTC'
        UNION ALL
        SELECT key || ' told', 1, told_at, told_at + %(kept)s::interval
          FROM support_login_count
         WHERE told_at + %(kept)s::interval > now() AT TIME ZONE 'UTC'
            ON CONFLICT (key) DO NOTHING
        """,
        params,
    )
