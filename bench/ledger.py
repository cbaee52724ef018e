"""What the ledger costs, and eight processes that post on one account at once."""

import json
import subprocess
import time

import cache
from console import Fail

WRITERS = 8
SCRIPT = cache.REPO / cache.ADDON / "tests" / "credit" / "ledger_process.py"
CUSTOMER = "Kunde 2 GmbH"


def costs(ours, rounds):
    """Return what ``shell/credit.py`` measured."""
    return json.loads(ours.shell("credit.py", rounds=rounds).splitlines()[-1])


def post_at_once(ours, postings):
    """Have eight processes post so many uses together.

    :return: seconds, retries, how many entries came in, and whether the sums agree
    :rtype: dict
    """
    account_id = int(
        ours.sql(
            "select a.id from support_credit_account a join res_partner p"
            f" on p.id = a.partner_id where p.name = '{CUSTOMER}'"
        )
    )
    before = _state(ours, account_id)
    odoo = ours.odoo
    environ = odoo.environ(ours.conf)
    stamp = int(time.time())
    processes = [
        subprocess.Popen(
            [odoo.environment.python, "-P", SCRIPT, ours.name, "use", str(account_id)]
            + [
                json.dumps(
                    [f"{stamp}-{writer}-{n}" for n in range(postings // WRITERS)]
                )
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environ,
            text=True,
        )
        for writer in range(WRITERS)
    ]
    for process in processes:
        if process.stdout.readline().strip() != "ready":
            raise Fail("A process that should have posted did not start.")
    begin = time.monotonic()
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    retries = sum(int(process.communicate()[0]) for process in processes)
    seconds = time.monotonic() - begin
    after = _state(ours, account_id)
    return {
        "seconds": seconds,
        "retries": retries,
        "posted": after["entries"] - before["entries"],
        "is_right": after["sum"] == after["balance"]
        and after["balance"] == before["balance"] - 7 * postings,
    }


def _state(ours, account_id):
    return json.loads(
        ours.sql(
            "select json_build_object('entries', count(*), 'sum', sum(e.minutes),"
            " 'balance', min(a.balance)) from support_credit_entry e"
            " join support_credit_account a on a.id = e.account_id"
            f" where a.id = {account_id}"
        )
    )
