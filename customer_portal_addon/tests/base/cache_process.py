"""Another worker, with caches of its own: see test_many_workers.py.

It prints the tickets that a user may read, now and after each line that it reads.
"""

import json
import sys

from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config


def read_tickets(database, uid):
    """Return the ids, as the next request of the user would find them."""
    registry = Registry(database).check_signaling()
    with registry.cursor(readonly=True) as cr:
        return api.Environment(cr, uid, {})["helpdesk.ticket"].search([]).ids


def main(database, uid):
    config.parse_config([])
    while True:
        sys.stdout.write(f"{json.dumps(read_tickets(database, int(uid)))}\n")
        sys.stdout.flush()
        if not sys.stdin.readline():
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
