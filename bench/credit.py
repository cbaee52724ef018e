"""What the ledger costs: at 10 and at 100,000 entries, beside an analytic line.

    bin/odoo shell -d DATABASE < bench/credit.py

DATABASE is any one with the addon; nothing in it is changed. Prints medians in
milliseconds, numbers of queries and ratios; cases take turns, so that what else the
machine does hits all of them alike.
"""

import statistics
import time

env = globals()["env"]  # the shell's
FEW, MANY = 10, 100_000
ROUNDS = 60


def make_customer(name):
    customer = env["res.partner"].create({"name": name, "is_company": True})
    contact = env["res.partner"].create({"name": "Somebody", "parent_id": customer.id})
    ticket = env["helpdesk.ticket"].create(
        {"name": name, "description": "Bench", "partner_id": contact.id}
    )
    account = env["support.credit.account"]._get_for(customer, env.company)
    return ticket, account


def make_reader(ticket):
    """Make a portal user of the ticket's customer; return what its page reads."""
    user = env["res.users"].create(
        {
            "name": "Somebody",
            "login": f"bench-{ticket.id}",
            "partner_id": ticket.partner_id.id,
            "group_ids": env.ref("base.group_portal").ids,
        }
    )
    return env["support.credit.account"].with_user(user)._get_page_values


def fill(account, count):
    """Post a lot and uses of one minute, with SQL: as the door would leave them."""
    lot = account._post(count, "purchase", f"bench-{account.id}")
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO support_credit_entry (account_id, minutes, reason, date, note,
               balance_after, idempotency_key, create_uid, create_date)
        SELECT %(account)s, -1, 'usage', CURRENT_DATE - (%(count)s - i) / 100,
               'Bench', %(count)s - i, 'bench-' || %(account)s || '-' || i, 1, now()
          FROM generate_series(1, %(count)s - 1) AS i;
        ANALYZE support_credit_entry;  -- or foreign keys are checked by reading it all
        INSERT INTO support_credit_allocation (lot_id, entry_id, minutes)
        SELECT %(lot)s, id, 1 FROM support_credit_entry
         WHERE account_id = %(account)s AND id <> %(lot)s;
        TRUNCATE support_credit_day;
        INSERT INTO support_credit_day (account_id, date, came_in, went_out)
        SELECT account_id, date, SUM(GREATEST(minutes, 0)), SUM(LEAST(minutes, 0))
          FROM support_credit_entry GROUP BY account_id, date;
        UPDATE support_credit_position SET minutes = 1 WHERE entry_id = %(lot)s;
        UPDATE support_credit_account SET balance = 1 WHERE id = %(account)s;
        """,
        {"account": account.id, "lot": lot.id, "count": count},
    )
    env.invalidate_all()


def measure(cases):
    """Call each case in turn; return name -> (median seconds, queries)."""
    seconds = {name: [] for name in cases}
    queries = {}
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
    return {name: (statistics.median(seconds[name]), queries[name]) for name in cases}


def main():
    env.company.support_policy = "open"
    few_ticket, few = make_customer("Few")
    many_ticket, many = make_customer("Many")
    fill(few, FEW)
    fill(many, MANY)
    env.cr.execute("ANALYZE support_credit_entry, support_credit_allocation")
    assert not (few | many)._find_wrong() & (few | many)
    plan = env["account.analytic.plan"].search([], limit=1) or env[
        "account.analytic.plan"
    ].create({"name": "Bench"})
    analytic = env["account.analytic.account"].create(
        {"name": "Bench", "plan_id": plan.id}
    )
    few_page, many_page = make_reader(few_ticket), make_reader(many_ticket)
    count = iter(range(1_000_000))

    def effort(ticket):
        env["support.time.entry"].create(
            {
                "ticket_id": ticket.id,
                "name": "Bench",
                "worked_minutes": 1,
                "state": "done",
            }
        )

    def line():
        env["account.analytic.line"].create(
            {"name": "Bench", "account_id": analytic.id, "unit_amount": 1}
        )

    def post(account):
        account._post(-1, "usage", f"bench-post-{account.id}-{next(count)}")

    cases = {
        "analytic line": line,
        "effort at 10": lambda: effort(few_ticket),
        "effort at 100,000": lambda: effort(many_ticket),
        "posting at 10": lambda: post(few),
        "posting at 100,000": lambda: post(many),
        "page at 10": lambda: few_page({}),
        "page at 100,000": lambda: many_page({}),
        "balance at 10": lambda: few.balance,
        "balance at 100,000": lambda: many.balance,
    }
    results = measure(cases)
    base = results["analytic line"][0]
    for name, (seconds, queries) in results.items():
        print(
            f"{name:20} {seconds * 1000:8.2f} ms  {queries:3} queries"
            f"  {seconds / base:5.2f} x analytic line"
        )
    for what in ("effort", "posting", "page", "balance"):
        ratio = results[f"{what} at 100,000"][0] / results[f"{what} at 10"][0]
        print(f"{what}: 100,000 entries cost {ratio:.2f} x 10 entries")


try:
    main()
finally:
    env.cr.rollback()
