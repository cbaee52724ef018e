"""What staff would have set up in a database with the addon: a form, an administrator.

Runs in ``odoo shell``.
"""

import json
import os

env = globals()["env"]  # the shell's
options = json.loads(os.environ["BENCH"])
administrator = env["res.partner"].search([("email", "=", options["administrator"])])
administrator.is_customer_administrator = True
ticket_type = env["helpdesk.ticket.type"].create(
    {"name": "Bench", "show_in_portal": True}
)
field = {"type_id": ticket_type.id, "sequence": 10}
env["support.form.field"].create(
    [
        {
            **field,
            "name": "Program",
            "key": "program",
            "field_type": "choice",
            "required": True,
            "option_ids": [(0, 0, {"name": "A"}), (0, 0, {"name": "B"})],
        },
        {**field, "name": "Window", "key": "window", "field_type": "text"},
        {**field, "name": "Message", "key": "message", "field_type": "long_text"},
        {**field, "name": "Since", "key": "since", "field_type": "date"},
    ]
)
env.company.support_policy = "contract"
env.cr.commit()
