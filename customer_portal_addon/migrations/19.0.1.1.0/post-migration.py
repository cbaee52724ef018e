from odoo import SUPERUSER_ID, api

from odoo.addons.customer_portal_addon.hooks import fill_ticket_columns


def migrate(cr, version):
    """Tickets get the statuses and the search that came with this version."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    fill_ticket_columns(env)
    env["support.ticket.text"]._index_all()
