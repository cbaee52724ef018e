"""A long day of a portal: 40 people on two servers with one database.

``bin/bench --soak MINUTES``. Two servers (together four workers for HTTP and two
threads for jobs) share a database and its files; 40 simulated people with think times,
two agents and a mail gateway work on both in turn. Afterwards everything that people
were told is compared with what is there, and the end is a table.
"""

import json
import os
import shutil
import time
from datetime import date, timedelta

import cache
import cluster
import environment
import ports
from console import Fail, say
from console import run as run_command
from database import Database
from processes import Processes
from soak import check, log
from soak.memory import MOST_GROWTH, Sampler

BENCH = cache.REPO / "bench"
GROUND = "customer_portal_soak"
DATABASE = "customer_portal_soak_run"
FIRST_PORT = int(os.environ.get("CUSTOMER_PORTAL_SOAK_PORT", "8080"))
HTTP = (FIRST_PORT, FIRST_PORT + 1)
EVENTED = (FIRST_PORT + 2, FIRST_PORT + 3)
SMTP, MAILS = FIRST_PORT + 4, FIRST_PORT + 5
# Logging in costs a server half a second on purpose: nobody's staff begins at once
SPAWNED_PER_SECOND = 0.5
MAILS_SECONDS = 180
LOG_FIGURES = ("retries", "given_up", "mail_conflicts", "jobs", "statuses")
# Odoo's own, so that workers that grow are replaced as anywhere
ODOO_LIMITS = {
    "limit_memory_hard": 2560 << 20,
    "limit_memory_soft": 2048 << 20,
    "limit_time_cpu": 60,
    "limit_time_real": 120,
}


def with_bench(env):
    """Return the environment of a process that imports ``soak``."""
    return env | {"PYTHONPATH": str(BENCH)}


def run(odoo, steps, minutes):
    """Make the database, run the servers and the people, check; return the exit code.

    :param float minutes: how long people work
    """
    for port in (*HTTP, *EVENTED, SMTP, MAILS):
        ports.check_free(port, "the soak", "CUSTOMER_PORTAL_SOAK_PORT")
    return Soak(odoo, steps, minutes).run()


class Soak:
    def __init__(self, odoo, steps, minutes):
        self.odoo, self.steps, self.minutes = odoo, steps, minutes
        self.folder = cache.root() / "bench" / "soak"
        self.plan_file = self.folder / "plan.json"
        self.logs = [cache.log(f"soak-{number}") for number in (1, 2)]
        self.confs = [self._write_conf(index) for index in (0, 1)]

    def _write_conf(self, index):
        return self.odoo.write_conf(
            f"soak-{index + 1}",
            db_name=DATABASE,
            dbfilter=f"^{DATABASE}$",
            http_port=HTTP[index],
            gevent_port=EVENTED[index],
            workers=2,
            max_cron_threads=1,
            smtp_server="127.0.0.1",
            smtp_port=SMTP,
            email_from="soak@service.example",
            **ODOO_LIMITS,
        )

    def run(self):
        with self.steps.step("Environment of the simulated people"):
            python = environment.bench(self.steps).python
        self._make_database()
        plan = self._make_plan()
        with Processes() as processes:
            with self.steps.step("Starting two servers"):
                self._start(processes)
            sampler = Sampler(self.logs)
            with self.steps.step("Trying limits and changes on both servers"):
                self._run_script(python, "probe", self.plan_file, self._probes())
            sampler.start()
            title = f"{self.minutes:g} minutes of {len(plan['people'])} people"
            with self.steps.step(title):
                self._run_people(python)
            sampler.stop()
            with self.steps.step("Waiting for the last mails"):
                self._wait_for_mails(processes)
        with self.steps.step("Looking at what is there"):
            self._run_script(
                self.odoo.environment.python,
                "database",
                "facts",
                self.folder / "facts.json",
                env=self.odoo.environ(self.confs[0]),
            )
        return self._judge(plan, sampler)

    # ---------------------------------------------------
    # Before
    # ---------------------------------------------------

    def _make_database(self):
        """Copy the database with demo data, which is made once."""
        conf = self.odoo.write_conf("soak", db_name=GROUND, dbfilter=f"^{GROUND}$")
        Database(self.odoo, GROUND, conf, demo=True).ensure(self.steps)
        with self.steps.step("Copying the database"):
            copy = Database(self.odoo, DATABASE, conf, demo=True)
            copy.drop()
            variables, elsewhere = self.odoo.variables, cluster.maintenance()
            create = f'create database "{DATABASE}" template "{GROUND}"'
            cluster.psql(variables, create, elsewhere)
            files = cache.root() / "data" / "filestore"
            if (files / GROUND).is_dir():
                shutil.copytree(files / GROUND, files / DATABASE)
            # pages of PDF files are fetched while a worker waits for them: from a
            # process that doesn't serve the people, or all could wait for each other
            for key, value in (
                ("web.base.url", f"http://127.0.0.1:{HTTP[0]}"),
                ("web.base.url.freeze", "True"),
                ("report.url", f"http://127.0.0.1:{EVENTED[0]}"),
            ):
                copy.sql(
                    "insert into ir_config_parameter (key, value) "
                    f"values ('{key}', '{value}') "
                    "on conflict (key) do update set value = excluded.value"
                )

    def _make_plan(self):
        """Create the people, and write down who does what where."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        with self.steps.step("People, contracts and minutes"):
            self._run_script(
                self.odoo.environment.python,
                "database",
                "people",
                self.plan_file,
                env=self.odoo.environ(self.confs[0]),
            )
        plan = json.loads(self.plan_file.read_text()) | {
            "database": DATABASE,
            "servers": [f"http://127.0.0.1:{port}" for port in HTTP],
            "journal": str(self.folder / "journal.jsonl"),
            "figures": str(self.folder / "figures.json"),
            "mails": str(self.folder / "mails"),
            "yesterday": (date.today() - timedelta(days=2)).isoformat(),
        }
        self.plan_file.write_text(json.dumps(plan))
        return plan

    def _start(self, processes):
        catcher = cache.REPO / "bin" / "lib" / "mail_catcher.py"
        command = [self.odoo.environment.python, catcher, self.folder / "mails"]
        processes.start("the mail catcher", [*command, SMTP, MAILS], "soak-mails")
        processes.wait(f"http://127.0.0.1:{MAILS}/")
        command = self.odoo.server_command()
        for number, conf in enumerate(self.confs, 1):
            environ = self.odoo.environ(conf)
            processes.start(f"server {number}", command, f"soak-{number}", environ)
        for port in HTTP:
            processes.wait(f"http://127.0.0.1:{port}/web/login")

    # ---------------------------------------------------
    # The run
    # ---------------------------------------------------

    def _probes(self):
        return self.folder / "probes.json"

    def _run_script(self, python, name, *arguments, env=None):
        """Run a module of this folder with the Python that has what it needs."""
        command = [python, "-P", "-m", f"soak.{name}", *arguments]
        env = with_bench(env or os.environ)
        run_command(command, cache.log(f"soak-{name}"), f"soak.{name}", env=env)

    def _run_people(self, python):
        """Run locust; pages that are not as they should be are no end of it."""
        options = ["--headless", "--only-summary", "--exit-code-on-error", "0"]
        options += ["--run-time", f"{round(self.minutes * 60)}s"]
        # whoever is in the middle of something brings it to its end
        options += ["--stop-timeout", "120", "-r", SPAWNED_PER_SECOND]
        options += ["-u", len(json.loads(self.plan_file.read_text())["people"]) + 3]
        command = [python, "-m", "locust", "-f", BENCH / "soak" / "locustfile.py"]
        env = with_bench(os.environ) | {"SOAK_PLAN": str(self.plan_file)}
        run_command([*command, *options], cache.log("soak-people"), "locust", env=env)

    def _wait_for_mails(self, processes):
        """Wait until all are written and the queue is empty, by the servers' jobs."""
        query = (
            "select (select count(*) from mail_mail where state = 'outgoing') + (select"
            " count(*) from helpdesk_ticket where pending_confirmation is not null)"
        )
        end = time.monotonic() + MAILS_SECONDS
        while time.monotonic() < end:
            processes.check()
            if cluster.psql(self.odoo.variables, query, DATABASE) == "0":
                return
            processes.pause(2)

    # ---------------------------------------------------
    # Afterwards
    # ---------------------------------------------------

    def _judge(self, plan, sampler):
        facts = json.loads((self.folder / "facts.json").read_text())
        figures = json.loads((self.folder / "figures.json").read_text())
        probes = json.loads(self._probes().read_text())
        journal = check.read_journal(plan["journal"])
        logs, memory = log.judge(self.logs), sampler.summary()
        report = check.Report()
        check.check_probes(report, probes)
        check.check_requests(report, journal, logs)
        check.check_logs(report, logs)
        check.check_tickets(report, journal, facts)
        check.check_answers(report, journal, facts)
        check.check_minutes(report, journal, facts, plan)
        check.check_mails(report, facts, plan)
        check.check_crons(report, facts)
        check.check_memory(report, memory, MOST_GROWTH)
        result = {
            "minutes": self.minutes,
            "people": len(plan["people"]),
            "counts": {what: len(entries) for what, entries in journal.items()},
            "checks": report.lines,
            "actions": figures,
            "memory": memory,
            "logs": {key: logs[key] for key in LOG_FIGURES},
            "problems": logs["problems"],
        }
        path = cache.root() / "bench" / "soak.json"
        path.write_text(json.dumps(result, indent=1))
        self._show(result, report, path)
        if not figures["Aggregated"]["requests"]:
            raise Fail(f"Nobody sent anything; see {cache.log('soak-people')}.")
        return 0 if report.is_right() else 1

    def _show(self, result, report, path):
        say(f"\n{'action':<22}{'requests':>10}{'failed':>8}{'p50 ms':>8}{'p95 ms':>8}")
        for name, figure in sorted(result["actions"].items()):
            p50, p95 = figure["p50"] or 0, figure["p95"] or 0
            number, failed = figure["requests"], figure["failures"]
            say(f"{name:<22}{number:>10}{failed:>8}{p50:>8.0f}{p95:>8.0f}")
        say(f"{result['actions']['Aggregated']['per_second']:.1f} requests a second")
        say(f"{result['counts']}\n")
        report.show(say)
        say(f"\nFigures: {path}")
