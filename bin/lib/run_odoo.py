"""bin/odoo: Odoo's own command line against the private server, for developers."""

import os
import shlex
import signal
import sys

import preparation
from console import Steps, call, say

HELP = """bin/odoo ARGUMENTS…   Odoo's own command line, set up like bin/demo does it:
                      bin/odoo -d mydb -i customer_portal_addon --stop-after-init
                      bin/odoo shell -d mydb
bin/odoo --env        print shell exports (PGHOST, PGUSER, …) for psql and others
bin/odoo --hold       keep the private PostgreSQL server up until Ctrl-C"""


def run(arguments):
    if not arguments or arguments[0] in ("--help-here", "help"):
        say(HELP)
        return 0
    steps = Steps(sys.stderr)
    with preparation.ready(steps) as odoo:
        conf = odoo.write_conf("odoo")
        if arguments[0] == "--env":
            _print_environment(odoo, conf)
            return 0
        if arguments[0] == "--hold":
            say("PostgreSQL is up; Ctrl-C ends it, unless somebody else uses it.")
            while True:
                signal.pause()
        return call(odoo.command(*arguments), env=odoo.environ(conf))


def _print_environment(odoo, conf):
    exports = {
        **odoo.variables,
        "VENV": str(odoo.environment.path),
        "ODOO_TREE": str(odoo.tree.path),
        "ODOO_RC": str(conf),
        "PATH": f"{odoo.environment.path}/bin:{os.environ.get('PATH', '')}",
    }
    for name, value in exports.items():
        say(f"export {name}={shlex.quote(value)}")
