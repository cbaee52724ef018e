"""What installing changes outside of our own records, and uninstalling undoes."""

import json
import logging
import re

from odoo import fields

_logger = logging.getLogger(__name__)

ADDON = "customer_portal_addon"
OCA_PORTAL_RULE = "helpdesk_mgmt.helpdesk_ticket_rule_portal"
OCA_CLOSED_MAIL = "helpdesk_mgmt.closed_ticket_template"
ODOO_PROVIDER = "auth_oauth.provider_openerp"
OCA_AWAITING = "helpdesk_mgmt.helpdesk_ticket_stage_awaiting"
SOLVED = "customer_portal_addon.helpdesk_ticket_stage_solved"
CLOSED_MAIL = "customer_portal_addon.mail_template_ticket_closed"
ADMINISTRATORS = "customer_portal_addon.group_customer_administrator"
# A parameter: what there was before, of what installing changes
BEFORE = "customer_portal_addon.before"
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
    _part_customers_from_teams(env)
    stages = env["helpdesk.ticket.stage"].with_context(active_test=False)
    stages = stages.search([("mail_template_id", "!=", False)])
    mails = [[stage.id, stage.mail_template_id.id] for stage in stages]
    _remember(env, stage_mails=mails)
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
    # an earlier removal may have left members to a group that it could not delete
    members = env.ref(ADMINISTRATORS).with_context(active_test=False).user_ids
    members.partner_id._sync_administrator_group()


def _part_customers_from_teams(env):
    """Have only staff follow teams."""
    followers = env["mail.followers"].search(
        [
            ("res_model", "=", "helpdesk.ticket.team"),
            ("partner_id.partner_share", "=", True),
        ]
    )
    _remember(
        env,
        followers=[
            [follower.res_id, follower.partner_id.id, follower.subtype_ids.ids]
            for follower in followers
        ],
    )
    followers.unlink()


def _hide_provider_that_nobody_uses(env):
    """Don't offer customers Odoo.com's accounts, as auth_oauth does by itself."""
    provider = env.ref(ODOO_PROVIDER, raise_if_not_found=False)
    users = env["res.users"].with_context(active_test=False)
    linked = [("oauth_provider_id", "=", provider and provider.id)]
    is_used = users.search_count([*linked, ("oauth_uid", "!=", False)])
    if provider and provider.enabled and not is_used:
        _remember(env, providers=[provider.id])
        provider.enabled = False


def _remember(env, **before):
    """Keep what there was, until we go.

    :param before: lists of what :func:`_restore` reads
    """
    params = env["ir.config_parameter"]
    known = json.loads(params.get_param(BEFORE, "{}"))
    for name, found in before.items():
        known[name] = known.get(name, []) + found
    params.set_param(BEFORE, json.dumps(known))


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
    """Restore what there was, remove what Odoo itself would leave behind."""
    _set_oca_portal_rule(env, active=True)
    _restore(env)
    _free_administrator_group(env)
    replace_password_length(env, OUR_LENGTH, ODOO_LENGTH)
    _empty_our_stage(env)
    env.cr.execute("DROP FUNCTION IF EXISTS support_credit_append_only() CASCADE")
    _remove_website_menus(env)
    _forget_what_names_ours(env)
    _forget_our_data(env)


def _restore(env):
    """Restore what installing changed, as far as it is there still.

    An installation of long ago has remembered nothing.
    """
    params = env["ir.config_parameter"]
    known = json.loads(params.get_param(BEFORE, "{}"))
    params.set_param(BEFORE, False)
    _restore_stage_mails(env, dict(known.get("stage_mails", [])))
    _restore_followers(env, known.get("followers", []))
    # with SQL: that an allowed provider needs a client ID is a rule of ours
    providers = env["auth.oauth.provider"].browse(known.get("providers", []))
    env.cr.execute(
        "UPDATE auth_oauth_provider SET enabled = TRUE WHERE id = ANY(%s)",
        [providers.ids],
    )
    providers.invalidate_model(["enabled"])


def _restore_stage_mails(env, before):
    """Have stages that send a mail of ours send what they sent before.

    :param dict before: ids of stages -> ids of templates
    """
    data = [("module", "=", ADDON), ("model", "=", "mail.template")]
    ours = env["ir.model.data"].search(data).mapped("res_id")
    stages = env["helpdesk.ticket.stage"].with_context(active_test=False)
    stages = stages.search([("mail_template_id", "in", ours)])
    for stage in stages.filtered(lambda stage: stage.id in before):
        stage.mail_template_id = env["mail.template"].browse(before[stage.id]).exists()
    _replace_stage_mail(env, CLOSED_MAIL, OCA_CLOSED_MAIL)


def _restore_followers(env, before):
    """Let customers follow the teams again that they followed.

    :param list before: ids of a team, a partner, and its subtypes
    """
    for team_id, partner_id, subtype_ids in before:
        team = env["helpdesk.ticket.team"].browse(team_id).exists()
        partner = env["res.partner"].browse(partner_id).exists()
        if team and partner and partner not in team.message_partner_ids:
            subtypes = env["mail.message.subtype"].browse(subtype_ids).exists()
            # the team itself lets nobody but staff follow, as long as we are there
            env["mail.followers"].create(
                {
                    "res_model": team._name,
                    "res_id": team.id,
                    "partner_id": partner.id,
                    "subtype_ids": subtypes.ids,
                }
            )


def _free_administrator_group(env):
    """Take the group from the rights that others have tied to it.

    Odoo keeps a group, with its members, that a right names; and a rule that loses its
    only group would hold for everybody.
    """
    group = env.ref(ADMINISTRATORS, raise_if_not_found=False)
    if not group:
        return
    rights = env["ir.model.access"].with_context(active_test=False)
    rights.search([("group_id", "=", group.id)]).unlink()
    rules = env["ir.rule"].with_context(active_test=False)
    for rule in rules.search([("groups", "in", group.ids)]):
        if rule.groups == group:
            rule.unlink()
        else:
            rule.groups -= group


def _remove_website_menus(env):
    """Remove the ways to our pages: a website has copies of its own of a module's."""
    paths = fields.Domain("url", "=", "/support")
    paths |= fields.Domain("url", "=like", "/support/%")
    env["website.menu"].search(paths & fields.Domain("page_id", "=", False)).unlink()


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


def _get_our_models(env):
    """Return the names of the models that go: not those that we only extend.

    :rtype: list[str]
    """
    data = env["ir.model.data"].search([("model", "=", "ir.model")])
    ours = data.filtered(lambda row: row.module == ADDON)
    shared_ids = set((data - ours).mapped("res_id"))
    model_ids = [row.res_id for row in ours if row.res_id not in shared_ids]
    return env["ir.model"].browse(model_ids).mapped("model")


def _get_our_fields(env):
    """Return the fields that go from models that stay.

    :return: model -> names of fields
    :rtype: dict[str, list[str]]
    """
    data = env["ir.model.data"].search([("model", "=", "ir.model.fields")])
    ours = data.filtered(lambda row: row.module == ADDON)
    shared_ids = set((data - ours).mapped("res_id"))
    field_ids = [row.res_id for row in ours if row.res_id not in shared_ids]
    found = env["ir.model.fields"].browse(field_ids).grouped("model")
    return {model: found[model].mapped("name") for model in found}


def _forget_what_names_ours(env):
    """Remove what people made for models and fields that go, and Odoo would leave.

    A rule that asks for such a field would fail with every look at its model. It lets
    nobody in any more: whoever made it knows what it was to keep.
    """
    models, names = _get_our_models(env), _get_our_fields(env)
    patterns = {
        model: re.compile(rf"\b({'|'.join(map(re.escape, names[model]))})\b")
        for model in names
        if model not in models
    }
    searches = env["ir.filters"].with_context(active_test=False)
    searches.search([("model_id", "in", models)]).unlink()
    searches.search([("model_id", "in", list(patterns))]).filtered(
        lambda row: patterns[row.model_id].search(
            f"{row.domain} {row.context} {row.sort}"
        )
    ).unlink()
    env["ir.exports"].search([("resource", "in", models)]).unlink()
    env["mail.message.subtype"].search([("res_model", "in", models)]).unlink()
    rules = env["ir.rule"].with_context(active_test=False)
    own_rules = env["ir.model.data"].search(
        [("module", "=", ADDON), ("model", "=", "ir.rule")]
    )
    for rule in rules.search([("model_id.model", "in", list(patterns))]):
        is_ours = rule.id in own_rules.mapped("res_id")
        if not is_ours and patterns[rule.model_id.model].search(
            rule.domain_force or ""
        ):
            _logger.info("Record rule %r asked for what goes: it closes", rule.name)
            rule.domain_force = "[(0, '=', 1)]"


def _forget_our_data(env):
    """Remove external ids and notes that Odoo would trip over, or leave behind.

    Tables go as a whole; their rows hold each other, and can't be deleted one by one.
    """
    models = _get_our_models(env)
    data = env["ir.model.data"]
    data.search([("module", "=", ADDON), ("model", "in", models)]).unlink()
    for model in models:
        # by which mail and others name parts of our models
        name = model.replace(".", "_")
        added = fields.Domain("name", "=like", f"selection__{name}__%")
        added |= fields.Domain("name", "=like", f"model_inherit__{name}__%")
        data.search(fields.Domain("module", "!=", ADDON) & added).unlink()
    env.cr.execute(
        """
        DELETE FROM ir_model_constraint
         WHERE type = 'f'
           AND module = (SELECT id FROM ir_module_module WHERE name = %s)
        """,
        [ADDON],
    )


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
