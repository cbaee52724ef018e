"""Entry point of bin/demo, bin/test, bin/lint bin/odoo."""

import importlib
import signal
import sys

OLDEST, TOO_NEW = (3, 11), (3, 14)
COMMANDS = {
    "bench": "run_bench",
    "demo": "run_demo",
    "lint": "run_lint",
    "odoo": "run_odoo",
    "test": "run_tests",
}


def main(command, *arguments):
    if not OLDEST <= sys.version_info[:2] < TOO_NEW:
        print(
            f"This is Python {sys.version.split()[0]}, Odoo 19 needs 3.11 to 3.13: "
            "install Debian's python3 package and start again.",
            file=sys.stderr,
        )
        return 1
    import console

    # a background job of a shell begins with Ctrl-C switched off
    signal.signal(signal.SIGINT, signal.default_int_handler)

    return console.main(importlib.import_module(COMMANDS[command]).run, arguments)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
