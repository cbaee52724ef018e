"""One run of bin/bench: everything measured, then judged."""

import contextlib
import json
import os
import platform
import time
from statistics import median

import data
import everybody
import filing
import ledger
import pages
import publish
import report
import statements
from servers import HOST, Server

import cache
import cluster
import ports
from console import say
from processes import Processes

# Each server takes two
FIRST_PORT = int(os.environ.get("CUSTOMER_PORTAL_BENCH_PORT", "8269"))
STOCK_PORT, OURS_PORT, SMTP_PORT, MAIL_PORT = (FIRST_PORT + n for n in (0, 2, 4, 5))
# At most so many seconds for each call of those that cost everybody
QUICK_SECONDS, FULL_SECONDS = 30, 120
QUICK, FULL = (100_000,), (10_000, 100_000, 1_000_000)


def run(odoo, steps, is_quick, is_published=False):
    """Measure, print the table, and return 0 when every bar is met."""
    for port in range(FIRST_PORT, MAIL_PORT + 1):
        ports.check_free(port, "bin/bench", "CUSTOMER_PORTAL_BENCH_PORT")
    rounds = 15 if is_quick else 40
    results = {
        "machine": describe_machine(odoo),
        "date": time.strftime("%Y-%m-%d"),
        "is_quick": is_quick,
        "sizes": {},
    }
    for tickets in QUICK if is_quick else FULL:
        stock, ours = data.ensure(odoo, steps, tickets)
        with side_by_side(odoo, steps, stock, ours) as servers:
            if "everybody" not in results:  # it asks nothing of the tickets
                with steps.step("What it costs everybody"):
                    seconds = QUICK_SECONDS if is_quick else FULL_SECONDS
                    results["everybody"] = everybody.measure(*servers, seconds)
            results["sizes"][tickets] = measure(steps, *servers, rounds)
    results["seconds"] = steps.seconds()
    name = "quick" if is_quick else "full"
    path = data.bench_folder() / f"{name}.json"
    path.write_text(json.dumps(results, indent=1))
    bars = report.judge(results)
    if is_published:
        publish.publish(steps, json.loads(path.read_text()))
    say(report.table(bars))
    say(f"\n{steps.seconds() / 60:.0f} min; all figures are in {path}.")
    return 0 if all(bar.is_met for bar in bars) else 1


def describe_machine(odoo):
    cpus = [
        line.partition(":")[2].strip()
        for line in open("/proc/cpuinfo")
        if line.startswith("model name")
    ]
    memory = int(open("/proc/meminfo").readline().split()[1]) / 1024**2
    version = cluster.psql(odoo.variables, "show server_version", "postgres")
    return {
        "cpu": f"{len(cpus)} × {cpus[0] if cpus else platform.machine()}",
        "memory": f"{memory:.0f} GiB",
        "postgresql": version.split()[0],
        "python": platform.python_version(),
        "odoo": odoo.tree.version,
    }


@contextlib.contextmanager
def side_by_side(odoo, steps, stock, ours):
    """Run both servers, and somebody who takes their mails."""
    with Processes() as processes:
        with steps.step("Starting both servers"):
            catcher = cache.REPO / "bin" / "lib" / "mail_catcher.py"
            mails = data.bench_folder() / "mails"
            command = [odoo.environment.python, catcher, mails, SMTP_PORT, MAIL_PORT]
            processes.start("the mail catcher", command, "bench-mails")
            processes.wait(f"http://{HOST}:{MAIL_PORT}/")
            servers = [
                Server(processes, database, port, SMTP_PORT)
                for database, port in ((ours, OURS_PORT), (stock, STOCK_PORT))
            ]
        yield servers


def measure(steps, ours, stock, rounds):
    """Return everything that was measured at one size."""
    found = {"start": {"ours": ours.start_seconds, "stock": stock.start_seconds}}
    with steps.step("Pages"):
        seconds = pages.measure(ours, stock, rounds)
        found["pages"] = {key: pages.summary(times) for key, times in seconds.items()}
        found["queries"] = count_queries(ours)
    with steps.step("Requests per second"):
        person = pages.log_in(ours)[pages.ORDINARY]
        other = pages.log_in(stock)[pages.ORDINARY]
        calls = {
            "ours": (person, "/my/tickets"),
            "stock": (other, "/my/tickets"),
            "bare": (other, pages.RULER),
        }
        found["throughput"] = pages.compare_throughput(calls, rounds / 8, 3)
    with steps.step("Filing by form and by mail"):
        found["form"] = filing.by_form(ours, stock, rounds)
        found["mail"] = filing.by_mail(ours, stock, rounds)
    with steps.step("The ledger"):
        found["ledger"] = ledger.costs(ours.database, rounds)
        found["at_once"] = ledger.post_at_once(ours.database, 2000)
    with steps.step("The slowest statements"):
        people = pages.log_in(ours)
        found["statements"] = {
            page.key: statements.slowest(ours.database, people[page.who], page.path)
            for page in pages.PAGES
        }
    found["memory"] = {"ours": ours.worker_memory(), "stock": stock.worker_memory()}
    found["install"] = json.loads(ours.database.install_file.read_text())
    return found


def count_queries(server):
    """Return the usual number of queries of each page."""
    logged = server.queries()
    return {
        page.key: median(logged[f"GET {page.path}"])
        for page in pages.PAGES
        if f"GET {page.path}" in logged
    }
