"""What installing changes outside of our own records, and uninstalling undoes."""

OCA_PORTAL_RULE = "helpdesk_mgmt.helpdesk_ticket_rule_portal"


def post_init_hook(env):
    """Switch off OCA's portal rule: it shows the tickets of all colleagues."""
    _set_oca_portal_rule(env, active=False)
    env["res.company"].search([("support_mailing_list_id", "=", False)]).write(
        {"support_mailing_list_id": env.ref("customer_portal_addon.mailing_list_support").id}
    )


def uninstall_hook(env):
    """Switch OCA's rule on again and remove the menus that websites copied."""
    _set_oca_portal_rule(env, active=True)
    env["website.menu"].search([("url", "=", "/support")]).unlink()


def _set_oca_portal_rule(env, active):
    rule = env.ref(OCA_PORTAL_RULE, raise_if_not_found=False)
    if rule:
        rule.active = active
