"""A helpdesk that has been in use before our addons come.

Runs in ``odoo shell``. What is here must be the same when they have gone.
"""

env = globals()["env"]  # the shell's
groups = {
    "portal": ["base.group_portal"],
    "agent": ["base.group_user", "helpdesk_mgmt.group_helpdesk_user"],
    "manager": ["base.group_user", "helpdesk_mgmt.group_helpdesk_manager"],
}


def create_user(name, role, **values):
    users = env["res.users"].with_context(no_reset_password=True)
    user = users.create(
        {
            "name": name.capitalize(),
            "login": f"{name}@adler.example",
            "email": f"{name}@adler.example",
            "group_ids": [env.ref(group).id for group in groups[role]],
        }
    )
    user.partner_id.write(values)
    return user


adler = env["res.partner"].create({"name": "Adler", "is_company": True})
anna = create_user("anna", "portal", parent_id=adler.id)
ben = create_user("ben", "portal", parent_id=adler.id)
agent = create_user("agent", "agent")
create_user("manager", "manager")
team = env["helpdesk.ticket.team"].create(
    {"name": "First Line", "user_ids": agent.ids, "alias_name": "first"}
)
# OCA lets customers follow teams
team.message_subscribe((anna.partner_id + agent.partner_id).ids)
ticket_type = env["helpdesk.ticket.type"].create({"name": "Old type"})
tickets = env["helpdesk.ticket"].create(
    [
        {
            "name": f"Old {number}",
            "description": "<p>Old</p>",
            "partner_id": ben.partner_id.id,
            "team_id": team.id,
            "type_id": ticket_type.id,
        }
        for number in range(3)
    ]
)
tickets[0].message_subscribe(anna.partner_id.ids)
tickets[1].stage_id = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
tickets[2].message_post(body="Old", attachments=[("old.txt", b"old")])
# rights, ways and searches of their own
env["ir.rule"].create(
    {
        "name": "Own rule of before",
        "model_id": env["ir.model"]._get_id("helpdesk.ticket"),
        "domain_force": "[('name', '!=', 'secret')]",
        "groups": env.ref("base.group_portal").ids,
    }
)
env["ir.filters"].create(
    {
        "name": "Own filter of before",
        "model_id": "helpdesk.ticket",
        "domain": "[('name', 'ilike', 'old')]",
        "user_ids": [],
    }
)
website = env["website"].create({"name": "Second", "domain": "https://second.example"})
website.new_page("Own page", add_menu=True)
page = env["website.page"].search([("website_id", "=", website.id)], limit=1)
env["website.menu"].create(
    {
        "name": "Own page below support",
        "url": "/support/own",
        "page_id": page.id,
        "parent_id": website.menu_id.id,
        "website_id": website.id,
    }
)
env.cr.commit()
