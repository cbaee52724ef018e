"""bin/demo: the addon with demo data in the browser, and a mail catcher."""

import argparse
import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request

import cache
import ports
import preparation
from console import Fail, Steps, say
from database import Database

DATABASE = "customer_portal_demo"
# login, password, who; as in the addon's demo data
LOGINS = (
    ("anna@adler.example", "anna", "Adler Maschinenbau, customer administrator"),
    ("ben@adler.example", "ben", "Adler Maschinenbau, ordinary contact"),
    ("gesa@adler.example", "gesa", "Adler Maschinenbau, no support ID, no ticket yet"),
    ("emil@braun.example", "emil", "Braun Anlagenbau, covered"),
    ("clara@koch.example", "clara", "Koch Feinwerk, refused: contract expired"),
    ("dora@lang.example", "dora", "Optik Lang, refused: customer not enabled"),
    ("fritz@vogel.example", "fritz", "Vogel Technik, unsubscribed from the list"),
    ("agent", "agent", "staff: helpdesk user"),
    ("admin", "admin", "staff: Odoo's administrator"),
)
START_SECONDS = 120
STOP_SECONDS = 15


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="bin/demo", description="Start the addon with demo data."
    )
    parser.add_argument(
        "--reset", action="store_true", help="drop the demo's database and mails first"
    )
    parser.add_argument("--port", type=int, default=8069, help="Odoo's port")
    parser.add_argument("--smtp-port", type=int, default=8025, help="takes mails")
    parser.add_argument("--mail-port", type=int, default=8026, help="shows mails")
    return parser.parse_args(arguments)


def run(arguments):
    options = parse(arguments)
    steps = Steps()
    ports.check_free(options.port, "Odoo", "--port")
    ports.check_free(options.smtp_port, "the mail catcher", "--smtp-port")
    ports.check_free(options.mail_port, "the mail catcher's page", "--mail-port")
    with only_once(), preparation.ready(steps) as odoo:
        conf = odoo.write_conf(
            "demo",
            db_name=DATABASE,
            dbfilter=f"^{DATABASE}$",
            http_port=options.port,
            smtp_server="127.0.0.1",
            smtp_port=options.smtp_port,
            email_from="demo@service.example",
        )
        database = Database(odoo, DATABASE, conf, demo=True)
        mails = cache.root() / "mails"
        if options.reset:
            with steps.step("Dropping the old demo"):
                database.drop()
                shutil.rmtree(mails, ignore_errors=True)
        database.ensure(steps)
        _set_address(database, f"http://localhost:{options.port}")
        with Processes() as processes:
            with steps.step("Starting the server"):
                catcher = cache.REPO / "bin" / "lib" / "mail_catcher.py"
                command = [odoo.environment.python, catcher, mails]
                command += [options.smtp_port, options.mail_port]
                processes.start("the mail catcher", command, "mail-catcher")
                processes.start("Odoo", odoo.command(), "demo", odoo.environ(conf))
                _wait(processes, f"http://localhost:{options.port}/web/login")
                _wait(processes, f"http://localhost:{options.mail_port}/")
            _banner(options, steps)
            processes.watch()
    return 0


@contextlib.contextmanager
def only_once():
    cache.prepare()
    with (cache.root() / "demo.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Fail(
                f"A demo runs already with the cache folder {cache.root()}: end it "
                "first, or name another folder in CUSTOMER_PORTAL_CACHE."
            ) from error
        yield


def _set_address(database, address):
    """The address in links of mails; frozen, or the first login would change it."""
    for key, value in (("web.base.url", address), ("web.base.url.freeze", "True")):
        database.sql(
            "insert into ir_config_parameter (key, value) "
            f"values ('{key}', '{value}') "
            "on conflict (key) do update set value = excluded.value"
        )


def _wait(processes, address):
    """Wait until the server answers, or is not there any more."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        processes.check()
        try:
            with urllib.request.urlopen(address, timeout=60):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            processes.pause(0.2)
    raise Fail(f"{address} did not answer; see the logs in {cache.root() / 'log'}.")


def _banner(options, steps):
    say(f"\nReady after {steps.seconds():.0f} s.\n")
    say(f"  Portal        http://localhost:{options.port}/support")
    say(f"  Log in        http://localhost:{options.port}/web/login")
    say(f"  Caught mails  http://localhost:{options.mail_port}/")
    say(f"  Log           {cache.log('demo')}\n")
    for login, password, who in (("login", "password", "who"), *LOGINS):
        say(f"  {login:<22}{password:<10}{who}")
    say("\nCtrl-C stops everything; 'bin/demo --reset' begins anew.")


class Processes:
    """The processes that the demo runs; each is a process group of its own."""

    def __init__(self):
        self.running = []

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # the stop itself is not stopped
        for _name, process, _log in reversed(self.running):
            self._stop(process)

    def start(self, name, command, log, env=None):
        log = cache.log(log)
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                start_new_session=True,
            )
        self.running.append((name, process, log))

    def check(self):
        for name, process, log in self.running:
            if process.poll() is not None:
                code = process.returncode
                raise Fail(f"{name} ended by itself (exit code {code}); see {log}.")

    def pause(self, seconds):
        """Wait, but no longer than what was started last, the server, is there."""
        _name, process, _log = self.running[-1]
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)

    def watch(self):
        """Until Ctrl-C, or until something that should run does not."""
        try:
            while True:
                self.check()
                self.pause(1)
        except KeyboardInterrupt:
            say("\nStopping …")

    def _stop(self, process):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
