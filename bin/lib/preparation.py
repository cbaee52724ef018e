"""The set-up that all commands share: Odoo, its environment, PostgreSQL."""

import contextlib

import cache
import cluster
import environment
import machine
import odoo_source
from odoo_server import Odoo


@contextlib.contextmanager
def ready(steps, browser=False, bench=False):
    """Yield Odoo with a running database server; ``bench``: the one for measuring."""
    cache.prepare()
    with cache.locked("setup"):
        with steps.step("Odoo 19"):
            tree = odoo_source.prepare(steps)
            steps.note(f"Odoo {tree.version} in {tree.path}")
        with steps.step("Python environment with Odoo's and OCA's packages"):
            python = environment.odoo(steps, tree)
        with steps.step("Printer of PDF files"):
            steps.note(machine.need_wkhtmltopdf(steps))
        if browser:
            with steps.step("Browser for the tours"):
                steps.note(machine.need_chromium(steps))
            with steps.step("Proxy for its configuration in docs"):
                steps.note(machine.need_nginx(steps))
    with contextlib.ExitStack() as stack:
        with steps.step("PostgreSQL"):
            variables = stack.enter_context(cluster.running(steps, bench))
            steps.note(f"server at {variables.get('PGHOST') or 'its default address'}")
        yield Odoo(tree, python, variables)
