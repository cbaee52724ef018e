"""bin/bench: what the portal costs, beside Odoo's own pages and the stock helpdesk."""

import argparse
import importlib
import sys

import cache
import preparation
from console import Steps

sys.path.append(str(cache.REPO / "bench"))


def parse(arguments):
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="up to 100,000 tickets, not a million"
    )
    parser.add_argument(
        "--publish", action="store_true", help="write docs/performance.md, with plots"
    )
    parser.add_argument(
        "--soak",
        type=float,
        metavar="MINUTES",
        help="instead: 40 simulated people on two servers for that long",
    )
    parser.add_argument(
        "--fuzz",
        type=float,
        nargs="?",
        const=5.0,
        metavar="MINUTES",
        help="instead: feed the readers of what strangers send with nonsense",
    )
    return parser.parse_args(arguments)


def run(arguments):
    options = parse(arguments)
    if options.fuzz:
        return importlib.import_module("fuzz").main(options.fuzz)
    steps = Steps()
    with preparation.ready(steps, bench=True) as odoo:
        if options.soak:
            return importlib.import_module("soak.run").run(odoo, steps, options.soak)
        measure = importlib.import_module("measure")
        return measure.run(odoo, steps, options.quick, options.publish)
