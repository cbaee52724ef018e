from odoo import SUPERUSER_ID, api

from odoo.addons.customer_portal_addon.hooks import give_statuses


def migrate(cr, version):
    """Tickets get the statuses that came with this version."""
    give_statuses(api.Environment(cr, SUPERUSER_ID, {}))
