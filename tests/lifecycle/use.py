"""Everything of ours in use, as after some months.

Runs in ``odoo shell``. What is made here is ours and has to go, or is a record of the
platform (people, orders, tickets) and may stay; it must not hold what is ours.
"""

import base64

from odoo.fields import Command, Date, Datetime

env = globals()["env"]  # the shell's
ADDON = "customer_portal_addon"
users = env["res.users"]
company = env.company


def user(name):
    return users.search([("login", "=", f"{name}@adler.example")])


anna, ben, agent = map(user, ("anna", "ben", "agent"))
adler = anna.partner_id.parent_id
team = env["helpdesk.ticket.team"].search([("name", "=", "First Line")])
today = Date.today()

# who gets in: the policy, a contract, the list, an administrator, consents, mails
company.write({"support_policy": "contract", "support_list_required": True})
level = env["support.level"].create({"name": "Gold"})
contract = env["support.contract"].create(
    {
        "partner_id": adler.id,
        "level_id": level.id,
        "date_start": today,
        "state": "confirmed",
    }
)
contract.message_post(body="Noted", attachments=[("contract.txt", b"contract")])
contract.activity_schedule("mail.mail_activity_data_todo", user_id=agent.id)
adler.support_enabled = True
anna.partner_id.is_customer_administrator = True
(anna + ben).partner_id._ensure_support_code()
for person in anna + ben:
    person.partner_id._subscribe_to_support_list(company)
texts = env["support.consent.text"].search([])
env["support.consent"]._log(texts[:1], ben.partner_id, "registration")
mails = env["support.access.mail"]
mails.create({"kind": "invitation", "email": "new@adler.example"})
mails._request_registration(
    {"name": "Nora", "email": "nora@adler.example", "privacy": "1"}, client="192.0.2.1"
)
anna.write({"group_ids": [Command.link(env.ref("base.group_portal").id)]})
env["support.login.count"]._note_known(anna)
env["auth.oauth.provider"].create(
    {
        "name": "Own provider",
        "client_id": "ours",
        "enabled": True,
        "audience_endpoint": "https://login.example/audience",
        "auth_endpoint": "https://login.example/auth",
        "validation_endpoint": "https://login.example/validate",
        "body": "Log in",
    }
)

# tickets: a form with answers and files, each status, strangers, programs, mails
ticket_type = env["helpdesk.ticket.type"].create(
    {
        "name": "Error",
        "show_in_portal": True,
        "is_public": True,
        "field_ids": [
            Command.create({"name": "Window", "required": True}),
            Command.create({"name": "Pictures", "field_type": "file"}),
            Command.create(
                {
                    "name": "Module",
                    "field_type": "choice",
                    "option_ids": [Command.create({"name": "Sales"})],
                }
            ),
        ],
    }
)
filing = env["helpdesk.ticket"].with_user(ben)
form = {
    "subject": ["Crash"],
    "description": ["It crashes"],
    "answer_window": ["Main"],
    "answer_module": [str(ticket_type.field_ids.option_ids.id)],
}
ticket, errors = filing._file_from_form(ticket_type.with_user(ben), form, [])
assert not errors, errors
ticket = ticket.sudo()
ticket.team_id = team
for stage in env["helpdesk.ticket.stage"].search([]):
    ticket.copy({"name": stage.name, "stage_id": stage.id, "team_id": team.id})
stage = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_rejected")
stage.mail_template_id = env.ref(f"{ADDON}.mail_template_ticket_neutral")
ticket.message_post(
    body="More",
    author_id=ben.partner_id.id,
    message_type="comment",
    subtype_xmlid="mail.mt_comment",
)
ticket._get_close_url(ben.partner_id)
ticket.activity_schedule("mail.mail_activity_data_todo", user_id=agent.id)
env["support.mail.aside"].create(
    {"subject": "Aside", "reason": "broken", "mail_file": base64.b64encode(b"mail")}
)
env["support.api.key"]._issue(ben.partner_id, company, {"name": "Program"})

# minutes: bought, granted, used; offers
product = env["product.product"].create(
    {
        "name": "60 minutes",
        "type": "service",
        "support_minutes": 60,
        "support_published": True,
    }
)
order = env["sale.order"].create(
    {
        "partner_id": adler.id,
        "order_line": [Command.create({"product_id": product.id})],
    }
)
order.action_confirm()
accounts = env["support.credit.account"]
account = accounts._get_for(adler, company)
account._post(30, "grant", "lifecycle", note="Welcome")
effort = env["support.time.entry"].create(
    {
        "ticket_id": ticket.id,
        "user_id": agent.id,
        "name": "Looked",
        "worked_minutes": 70,
        "state": "done",
    }
)
env["sale.order"].create(
    {
        "partner_id": adler.id,
        "is_support_offer": True,
        "support_offer_kind": "credit",
        "validity_date": today,
        "order_line": [Command.create({"product_id": product.id})],
    }
)

# articles
category = env["support.article.category"].create({"name": "Basics"})
articles = env["support.article"].create(
    [
        {
            "name": f"Article {number}",
            "body": "<p>Text</p>",
            "category_id": category.id,
            "is_published": True,
            "tag_ids": [Command.create({"name": f"tag {number}"})],
            "link_ids": [
                Command.create({"name": "Manual", "url": "https://manual.example"})
            ],
        }
        for number in range(2)
    ]
)
articles[0].related_ids = articles[1]
articles[0].message_post(body="Better so", attachments=[("a.txt", b"a")])
articles[0].message_subscribe(agent.partner_id.ids)
env["support.article.feedback"].create(
    {
        "article_id": articles[0].id,
        "is_helpful": True,
        "comment": "Thanks",
        "visitor_key": "somebody",
    }
)
env["ir.attachment"].create(
    {
        "name": "picture.png",
        "raw": b"picture",
        "res_model": "support.article",
        "res_id": articles[0].id,
        "public": True,
    }
)

# what administrators tie to ours
administrators = env.ref(f"{ADDON}.group_customer_administrator")
administrators.user_ids = [Command.link(anna.id)]
own_group = env["res.groups"].create(
    {"name": "Own group", "implied_ids": administrators.ids, "user_ids": ben.ids}
)
portal = env.ref("base.group_portal")
model_id = env["ir.model"]._get_id
rules = [
    ("Own rule of administrators", "res.country", administrators.ids),
    ("Own rule of both", "res.country", (administrators + portal).ids),
    ("Own rule on ours", "support.article", portal.ids),
]
env["ir.rule"].create(
    {
        "name": "Own rule by ours",
        "model_id": model_id("helpdesk.ticket"),
        "domain_force": "[('is_guest', '=', True)]",
        "groups": portal.ids,
    }
)
env["ir.rule"].create(
    [
        {
            "name": name,
            "model_id": model_id(model),
            "domain_force": "[(1, '=', 1)]",
            "groups": group_ids,
        }
        for name, model, group_ids in rules
    ]
)
env["ir.model.access"].create(
    [
        {
            "name": "Own right of administrators",
            "model_id": model_id("res.country.group"),
            "group_id": administrators.id,
            "perm_write": True,
        },
        {
            "name": "Own right on ours",
            "model_id": model_id("support.level"),
            "group_id": portal.id,
            "perm_read": True,
        },
    ]
)
env["ir.filters"].create(
    [
        {"name": "Own filter on ours", "model_id": "support.contract"},
        {
            "name": "Own filter by ours",
            "model_id": "helpdesk.ticket",
            "domain": "[('portal_role', '=', 'waiting_on_us')]",
        },
    ]
)
env["ir.exports"].create(
    {"name": "Own export", "resource": "support.contract", "export_fields": []}
)
env["ir.default"].set("support.contract", "level_id", level.id)
env["ir.default"].set("helpdesk.ticket.type", "is_public", True)
env["mail.template"].create(
    {"name": "Own template", "model_id": model_id("support.contract")}
)
env["mail.activity.type"].create(
    {"name": "Own activity", "res_model": "support.contract"}
)
env["ir.actions.server"].create(
    {
        "name": "Own action",
        "model_id": model_id("support.contract"),
        "state": "code",
        "code": "pass",
    }
)
env["mail.message.subtype"].create(
    {"name": "Own subtype", "res_model": "support.contract"}
)

# on the websites: a page of ours changed on one, ways to our pages
website = env["website"].search([("name", "=", "Second")])
view = env.ref(f"{ADDON}.support_start")
view.with_context(website_id=website.id).arch_db = view.arch_db.replace(
    "</t>", "<!-- own --></t>", 1
)
for url in ("/support/kb", "/support/packages"):
    env["website.menu"].create(
        {
            "name": "Ours",
            "url": url,
            "parent_id": website.menu_id.id,
            "website_id": website.id,
        }
    )

# jobs that wait, and mails that do
for cron in env["ir.cron"].search([("cron_name", "=like", "Support%")]):
    cron._trigger(Datetime.now())
env.cr.commit()
