"""Whether the rows that SQL wrote are as the ORM would have computed them.

Runs in ``odoo shell``; ends with an exit code when something differs.
"""

import random
import sys

env = globals()["env"]  # the shell's
SAMPLE = 300
COMPUTED = {
    "res.partner": (
        "commercial_company_name",
        "commercial_partner_id",
        "complete_name",
        "email_normalized",
        "partner_share",
    ),
    "helpdesk.ticket": (
        "commercial_partner_id",
        "partner_email_normalized",
        "portal_role",
        "unattended",
    ),
}


def sample(model):
    last = env[model].search([], order="id desc", limit=1).id
    numbers = random.Random(5).sample(range(1, last + 1), min(last, 4 * SAMPLE))
    return env[model].browse(numbers).exists()[:SAMPLE]


def differing(model, name):
    """Return the records whose stored value is not the computed one."""
    records, field = sample(model), env[model]._fields[name]
    before = {record.id: record[name] for record in records}
    env.add_to_compute(field, records)
    return records.filtered(lambda record: record[name] != before[record.id])


def wrong_activity():
    """Return the tickets whose last activity is not that of their last message."""
    tickets = sample("helpdesk.ticket")
    return tickets.filtered(
        lambda ticket: (
            ticket.last_activity_at
            != max(
                ticket.message_ids.filtered(
                    lambda m: m.message_type in ("comment", "email")
                ).mapped("date"),
                default=ticket.create_date,
            )
        )
    )


wrong = {
    f"{model}.{name}": records
    for model, names in COMPUTED.items()
    for name in names
    if name in env[model]._fields and (records := differing(model, name))
}
if "support.credit.account" in env:
    if records := wrong_activity():
        wrong["helpdesk.ticket.last_activity_at"] = records
    if records := env["support.credit.account"]._find_wrong():
        wrong["support.credit.account"] = records
env.cr.rollback()
if wrong:
    print(f"Not as computed: {wrong}")
    sys.exit(1)
