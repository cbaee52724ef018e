"""A pytest plugin: what Odoo logs as a warning or worse fails the run.

Each process writes such records to a file of its own; the process that prints the
summary has checklog-odoo judge them and reports what is left as one more error, so
that pytest's closing line and exit code tell about it. Tests that expect a warning
catch it with assertLogs or mute_logger.
"""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

FORMAT = "%(asctime)s %(process)d %(levelname)s ? %(name)s: %(message)s"
CAPTURED = "NOTE: the test that was running: "


def _folder():
    return Path(os.environ["CUSTOMER_PORTAL_TEST_LOGS"])


class _Handler(logging.FileHandler):
    """Adds to each record which test was running."""

    def format(self, record):
        test = os.environ.get("PYTEST_CURRENT_TEST", "none")
        return f"{super().format(record)}\n{CAPTURED}{test}"


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    handler = _Handler(_folder() / f"{worker}.log", mode="w", delay=True)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter(FORMAT))
    logging.getLogger().addHandler(handler)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    """Before the summary is printed, judge what was logged."""
    if hasattr(session.config, "workerinput"):
        return
    found = "".join(_judge(path) for path in sorted(_folder().glob("*.log")))
    if not found:
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    report = pytest.TestReport(
        nodeid="what Odoo logged",
        location=("", None, "what Odoo logged"),
        keywords={},
        outcome="failed",
        longrepr=found,
        when="teardown",
    )
    reporter.stats.setdefault("error", []).append(report)
    if session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _judge(path):
    program = Path(sys.executable).with_name("checklog-odoo")
    settings = os.environ["CUSTOMER_PORTAL_CHECKLOG"]
    command = [program, "-c", settings, "--no-echo", "--no-err-if-empty", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""
