from odoo import SUPERUSER_ID, api

from odoo.addons.customer_portal_addon import hooks


def migrate(cr, version):
    """Ask for passwords of twelve characters where nobody has chosen a length."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    hooks.replace_password_length(env, hooks.ODOO_LENGTH, hooks.OUR_LENGTH)
