from odoo import SUPERUSER_ID, api

from odoo.addons.customer_portal_addon.hooks import give_statuses


def migrate(cr, version):
    """Tickets get the statuses and the search that came with this version."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    give_statuses(env)
    env["support.ticket.text"]._index_all()
