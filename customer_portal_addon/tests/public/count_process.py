"""One of several that count at once, as a process: see test_public_form_abuse.py."""

import sys
from datetime import datetime

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config


def main(database, key, times):
    config.parse_config([])
    registry = Registry(database)
    with registry.cursor() as cr:
        limits = api.Environment(cr, SUPERUSER_ID, {})["support.limit"]
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        counts = [
            limits._add(key, datetime(2026, 6, 15)) for _time in range(int(times))
        ]
        passed = sum(count <= 100 for count in counts)
    sys.stdout.write(f"{passed}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
