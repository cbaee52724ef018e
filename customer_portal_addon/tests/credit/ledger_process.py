"""One writer of the ledger, as a process of its own: see test_credit_processes.py.

It says "ready" when Odoo is loaded, begins with the first line it reads, and prints
what it did as JSON.
"""

import json
import logging
import sys

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def in_transaction(registry, function):
    """Call a function with an environment; return how often it was tried again."""
    retries = 0
    while True:
        try:
            with registry.cursor() as cr:
                function(api.Environment(cr, SUPERUSER_ID, {}))
            return retries
        except SerializationFailure:
            retries += 1


def use(registry, account_id, keys):
    """Post a use of seven minutes for each key."""

    def post(env, key):
        env["support.credit.account"].browse(account_id)._post(-7, "usage", key)

    return sum(
        in_transaction(registry, lambda env, k=key: post(env, k)) for key in keys
    )


def order(registry, order_id, times):
    """Confirm and cancel an order so many times, and confirm it at last."""

    def call(env, method):
        getattr(env["sale.order"].browse(order_id), method)()

    methods = ["action_confirm", "action_cancel", "action_draft"] * times
    return sum(
        in_transaction(registry, lambda env, m=method: call(env, m))
        for method in [*methods, "action_confirm"]
    )


def hang(registry, account_id, key):
    """Post, and stay in the middle of the transaction until somebody ends it."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["support.credit.account"].browse(account_id)._post(-7, "usage", key)
        env.flush_all()
        say("posted")
        sys.stdin.readline()


def main(database, job, *arguments):
    config.parse_config([])
    logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)  # who has to wait
    registry = Registry(database)
    say("ready")
    sys.stdin.readline()
    jobs = {"use": use, "order": order, "hang": hang}
    retries = jobs[job](registry, *map(json.loads, arguments))
    say(json.dumps(retries))


if __name__ == "__main__":
    main(*sys.argv[1:])
