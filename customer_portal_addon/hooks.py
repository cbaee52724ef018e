"""What installing changes outside of our own records, and uninstalling undoes."""

from odoo import fields

ADDON = "customer_portal_addon"
OCA_PORTAL_RULE = "helpdesk_mgmt.helpdesk_ticket_rule_portal"
OCA_CLOSED_MAIL = "helpdesk_mgmt.closed_ticket_template"
ODOO_PROVIDER = "auth_oauth.provider_openerp"
OCA_AWAITING = "helpdesk_mgmt.helpdesk_ticket_stage_awaiting"
SOLVED = "customer_portal_addon.helpdesk_ticket_stage_solved"
CLOSED_MAIL = "customer_portal_addon.mail_template_ticket_closed"
# Addresses that are their own normalized form, but for capitals
PLAIN_ADDRESS = r"^[A-Za-z0-9]+([._+-][A-Za-z0-9]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"


# Odoo's minimum length of passwords, and ours
MIN_LENGTH = "auth_password_policy.minlength"
ODOO_LENGTH, OUR_LENGTH = "8", "12"


def post_init_hook(env):
    """Close the holes of a helpdesk that has been in use, and catch up on it.

    OCA's portal rule shows the tickets of all colleagues; who follows a team follows,
    and thereby sees, all of its tickets; and OCA's mail about closed tickets greets
    the agent.
    """
    _set_oca_portal_rule(env, active=False)
    teams = [("res_model", "=", "helpdesk.ticket.team")]
    outsiders = [("partner_id.partner_share", "=", True)]
    env["mail.followers"].search(teams + outsiders).unlink()
    _replace_stage_mail(env, OCA_CLOSED_MAIL, CLOSED_MAIL)
    mailing_list = env.ref("customer_portal_addon.mailing_list_support")
    companies = env["res.company"].search([("support_mailing_list_id", "=", False)])
    companies.support_mailing_list_id = mailing_list
    _hide_provider_that_nobody_uses(env)
    replace_password_length(env, ODOO_LENGTH, OUR_LENGTH)
    fill_ticket_columns(env)
    _give_support_codes(env)
    env["support.ticket.text"]._index_all()
    env.ref("customer_portal_addon.ir_cron_link_contacts")._trigger()


def _hide_provider_that_nobody_uses(env):
    """Don't offer customers Odoo.com's accounts, as auth_oauth does by itself."""
    provider = env.ref(ODOO_PROVIDER, raise_if_not_found=False)
    users = env["res.users"].with_context(active_test=False)
    linked = [("oauth_provider_id", "=", provider and provider.id)]
    if provider and not users.search_count([*linked, ("oauth_uid", "!=", False)]):
        provider.enabled = False


def fill_ticket_columns(env):
    """Give OCA's stage the status that its name says, and all tickets our columns.

    With SQL, in one pass: a helpdesk may have a million tickets, and the ORM would take
    each for one whose status changes now. It only computes the addresses that are not
    written plainly.
    """
    awaiting = env.ref(OCA_AWAITING, raise_if_not_found=False)
    env.flush_all()
    if awaiting:
        env.cr.execute(
            "UPDATE helpdesk_ticket_stage SET portal_role = 'waiting_on_customer'"
            " WHERE id = %s AND portal_role = 'waiting_on_us'",
            [awaiting.id],
        )
    env.cr.execute(
        """
        UPDATE helpdesk_ticket ticket
           SET portal_role = stage.portal_role,
               status_since = COALESCE(ticket.last_stage_update, ticket.create_date),
               partner_email_normalized =
                   CASE WHEN ticket.partner_email ~ %s
                        THEN lower(ticket.partner_email) END,
               last_activity_at = COALESCE(
                   (SELECT MAX(message.date)
                      FROM mail_message message
                     WHERE message.model = 'helpdesk.ticket'
                       AND message.res_id = ticket.id
                       AND message.message_type IN ('comment', 'email')
                       AND message.is_internal IS NOT TRUE),
                   ticket.create_date)
          FROM helpdesk_ticket other
          LEFT JOIN helpdesk_ticket_stage stage ON stage.id = other.stage_id
         WHERE other.id = ticket.id
        """,
        [PLAIN_ADDRESS],
    )
    env.invalidate_all()
    tickets = env["helpdesk.ticket"].with_context(active_test=False)
    others = tickets.search(
        [("partner_email", "!=", False), ("partner_email_normalized", "=", False)]
    )
    env.add_to_compute(tickets._fields["partner_email_normalized"], others)


def _give_support_codes(env):
    """Give the contacts of tickets from before their support IDs."""
    contacts = env["res.partner"].with_context(active_test=False)
    contacts.search([("helpdesk_ticket_ids", "!=", False)])._ensure_support_code()


def uninstall_hook(env):
    """Switch OCA's rule on again, remove what Odoo itself would leave behind."""
    _set_oca_portal_rule(env, active=True)
    _replace_stage_mail(env, CLOSED_MAIL, OCA_CLOSED_MAIL)
    replace_password_length(env, OUR_LENGTH, ODOO_LENGTH)
    _empty_our_stage(env)
    env.cr.execute("DROP FUNCTION IF EXISTS support_credit_append_only() CASCADE")
    # websites have copies of their own of a module's menu
    env["website.menu"].search([("url", "=", "/support")]).unlink()
    _forget_additions_to_our_models(env)


def _empty_our_stage(env):
    """Let the tickets of the stage that goes wait, silently: its mails go, too."""
    solved = env.ref(SOLVED, raise_if_not_found=False)
    stages = env["helpdesk.ticket.stage"].search([("closed", "=", False)])
    if solved:
        awaiting = env.ref(OCA_AWAITING, raise_if_not_found=False)
        tickets = env["helpdesk.ticket"].with_context(active_test=False)
        tickets = tickets.with_context(tracking_disable=True)
        solved_tickets = tickets.search([("stage_id", "=", solved.id)])
        solved_tickets.stage_id = awaiting or (stages - solved)[:1]


def _forget_additions_to_our_models(env):
    """Remove the external ids by which mail and others name parts of our models."""
    data = env["ir.model.data"]
    for model in data.search([("module", "=", ADDON), ("model", "=", "ir.model")]):
        others = fields.Domain("module", "!=", ADDON)
        if data.search_count(others & fields.Domain("name", "=", model.name), limit=1):
            continue  # a model that we only extend
        name = model.name.removeprefix("model_")
        added = fields.Domain("name", "=like", f"selection__{name}__%")
        added |= fields.Domain("name", "=like", f"model_inherit__{name}__%")
        data.search(others & added).unlink()


def _set_oca_portal_rule(env, active):
    rule = env.ref(OCA_PORTAL_RULE, raise_if_not_found=False)
    if rule:
        rule.active = active


def _replace_stage_mail(env, old, new):
    """Have the stages that send one mail template send another one."""
    old, new = (env.ref(xmlid, raise_if_not_found=False) for xmlid in (old, new))
    if old and new:
        stages = env["helpdesk.ticket.stage"].with_context(active_test=False)
        stages.search([("mail_template_id", "=", old.id)]).mail_template_id = new


def replace_password_length(env, old, new):
    """Replace a minimum length of passwords that nobody has chosen."""
    params = env["ir.config_parameter"]
    if params.get_param(MIN_LENGTH, old) == old:
        params.set_param(MIN_LENGTH, new)
