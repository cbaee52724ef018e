"""A pytest plugin: notes how each test of others ended, by a name that stays.

pytest names a test outside its root by no more than its class. The name here begins
with the module and the file: ``website/tests/test_page.py::TestPage::test_x``. Only
what Odoo's own runner would run as ``standard`` is run, and of that only what a list
names, if there is one.
"""

import json
import os
from pathlib import Path

import pytest

NAMES = pytest.StashKey[dict]()


def pytest_configure(config):
    config.stash[NAMES] = {}


def name_of(item):
    """The name of a test, whichever folder its module lies in."""
    path = Path(item.path)
    module = next(each for each in path.parents if (each / "__manifest__.py").exists())
    inside = path.relative_to(module.parent).as_posix()
    return f"{inside}::{item.cls.__name__ if item.cls else ''}::{item.name}"


def is_standard(item):
    """Tell whether Odoo's runner runs it: no base class imported from elsewhere."""
    tags = getattr(item.cls, "test_tags", {"standard"})
    is_imported = item.cls and item.cls.__module__ != item.module.__name__
    return "standard" in tags and not is_imported


def pytest_collection_modifyitems(config, items):
    wanted = os.environ.get("BESIDE_ONLY")
    names = set(json.loads(Path(wanted).read_text())) if wanted else None
    kept, left = [], []
    for item in items:
        name = name_of(item)
        is_wanted = name in names if names is not None else is_standard(item)
        (kept if is_wanted else left).append(item)
        config.stash[NAMES][item.nodeid] = name
    config.hook.pytest_deselected(items=left)
    items[:] = kept
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    collected = Path(os.environ["BESIDE_RESULTS"]) / f"{worker}.json"
    collected.write_text(json.dumps([config.stash[NAMES][i.nodeid] for i in kept]))


class Recorder:
    """Writes a line for each phase that says something; whoever reads puts together."""

    def __init__(self, config):
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self.config = config
        self.path = Path(os.environ["BESIDE_RESULTS"]) / f"{worker}.jsonl"

    def note(self, name, outcome, text="", seconds=0.0):
        line = {"name": name, "outcome": outcome, "text": text, "seconds": seconds}
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def pytest_runtest_logreport(self, report):
        if report.when != "call" and report.passed:
            return
        name = self.config.stash[NAMES].get(report.nodeid, report.nodeid)
        text = report.longreprtext[-6000:] if report.failed else ""
        self.note(name, report.outcome, text, report.duration)

    def pytest_collectreport(self, report):
        if report.failed:
            name = f"collecting {report.nodeid or report.fspath}"
            self.note(name, "failed", report.longreprtext[-6000:])


def pytest_sessionstart(session):
    """With workers each one notes its own; the process that hands out runs nothing."""
    config = session.config
    if hasattr(config, "workerinput") or config.getoption("dist", "no") == "no":
        config.pluginmanager.register(Recorder(config))
