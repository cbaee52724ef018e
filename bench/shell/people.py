"""Logins for some of the contacts, in a database with the stock helpdesk.

Runs in ``odoo shell``. One password for all: its hash is made once.
"""

import json
import os

env = globals()["env"]  # the shell's
logins = json.loads(os.environ["BENCH"])["logins"]
contacts = env["res.partner"].search([("email", "in", logins)])
users = (
    env["res.users"]
    .with_context(no_reset_password=True, tracking_disable=True)
    .create(
        [
            {
                "name": contact.name,
                "login": contact.email,
                "partner_id": contact.id,
                "group_ids": env.ref("base.group_portal").ids,
            }
            for contact in contacts
        ]
    )
)
# shorter than people may choose
users[0]._set_encrypted_password(users[0].id, users[0]._crypt_context().hash("bench"))
env.flush_all()
env.cr.execute(
    "UPDATE res_users SET password ="
    " (SELECT password FROM res_users WHERE id = %s) WHERE id IN %s",
    [users[0].id, tuple(users.ids)],
)
# where everybody comes from: Odoo limits failed logins only
env["ir.config_parameter"].set_param("web.base.url.freeze", "True")
# the gateway makes tickets of mails to this address
team = env["helpdesk.ticket.team"].create({"name": "Bench", "company_id": False})
team.alias_id.alias_name = "support"
domain = env["mail.alias.domain"].search([], limit=1)
if not domain:
    domain = env["mail.alias.domain"].create({"name": "service.example"})
    env["res.company"].search([]).alias_domain_id = domain
domain.name = "service.example"
env.cr.commit()
