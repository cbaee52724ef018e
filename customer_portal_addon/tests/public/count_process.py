"""One of several that count at once, as a process: see test_public_form_abuse.py."""

import sys
from datetime import datetime

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config


def main(database, key, times):
    config.parse_config([])
    registry = Registry(database)
    limits = [("test", key, datetime(2026, 6, 15), 100)]
    with registry.cursor() as cr:
        counts = api.Environment(cr, SUPERUSER_ID, {})["support.form.count"]
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        passed = sum(counts._count(limits) is None for _time in range(int(times)))
    sys.stdout.write(f"{passed}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
