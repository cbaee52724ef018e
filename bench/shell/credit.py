"""What the ledger costs: at 10 and at 100,000 entries, beside an analytic line.

Runs in ``odoo shell`` on a database of bin/bench and changes nothing in it. Prints
JSON: name -> median milliseconds and number of queries. Cases take turns, in several
transactions: one that grew longer would cost more and more.
"""

import json
import os
import statistics
import time
from collections import defaultdict

env = globals()["env"]  # the shell's
ROUNDS = json.loads(os.environ["BENCH"])["rounds"]
TRANSACTIONS = 4


def find_account(entries):
    """Return the account of the first or the second customer."""
    name = "Kunde 0 GmbH" if entries > 10 else "Kunde 1 GmbH"
    customer = env["res.partner"].search([("name", "=", name)])
    return env["support.credit.account"]._get_for(customer, env.company)


def make_ticket(account):
    contact = account.partner_id.child_ids[0]
    return env["helpdesk.ticket"].create(
        {"name": "Bench", "description": "Bench", "partner_id": contact.id}
    )


def measure(make_cases):
    """Call each case in turn; return name -> median milliseconds and queries."""
    seconds, queries = defaultdict(list), {}
    for _transaction in range(TRANSACTIONS):
        cases = make_cases()
        for number in range(ROUNDS + 5):
            for name, function in cases.items():
                env.flush_all()
                env.invalidate_all()
                before, begin = env.cr.sql_log_count, time.perf_counter()
                function()
                env.flush_all()
                if number >= 5:  # the first ones warm up
                    seconds[name].append(time.perf_counter() - begin)
                    queries[name] = env.cr.sql_log_count - before
        env.cr.rollback()
    return {
        name: {"p50": statistics.median(times) * 1000, "queries": queries[name]}
        for name, times in seconds.items()
    }


def make_cases():
    few, many = find_account(10), find_account(100_000)
    few_ticket, many_ticket = make_ticket(few), make_ticket(many)
    plan = env["account.analytic.plan"].search([], limit=1)
    plan = plan or env["account.analytic.plan"].create({"name": "Bench"})
    analytic = env["account.analytic.account"].create(
        {"name": "Bench", "plan_id": plan.id}
    )
    count = iter(range(1_000_000))

    def effort(ticket):
        values = {"ticket_id": ticket.id, "name": "Bench", "worked_minutes": 1}
        env["support.time.entry"].create({**values, "state": "done"})

    def line():
        values = {"name": "Bench", "account_id": analytic.id, "unit_amount": 1}
        env["account.analytic.line"].create(values)

    def post(account):
        account._post(-1, "usage", f"bench-post-{account.id}-{next(count)}")

    return {
        "line": line,
        "effort few": lambda: effort(few_ticket),
        "effort many": lambda: effort(many_ticket),
        "posting few": lambda: post(few),
        "posting many": lambda: post(many),
        "balance few": lambda: few.balance,
        "balance many": lambda: many.balance,
    }


print(json.dumps(measure(make_cases)))
