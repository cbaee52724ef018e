"""bin/demo: the addon with demo data in the browser, and a mail catcher."""

import argparse
import contextlib
import fcntl
import shutil

import cache
import ports
import preparation
from console import Fail, Steps, say
from database import Database
from processes import Processes

DATABASE = "customer_portal_demo"
# no more requests at once than there are connections to the database for
THREADS = {"ODOO_MAX_HTTP_THREADS": "auto"}
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
                variables = odoo.environ(conf) | THREADS
                processes.start("Odoo", odoo.command(), "demo", variables)
                processes.wait(f"http://localhost:{options.port}/web/login")
                processes.wait(f"http://localhost:{options.mail_port}/")
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


def _banner(options, steps):
    say(f"\nReady after {steps.seconds():.0f} s.\n")
    say(f"  Portal        http://localhost:{options.port}/support")
    say(f"  Log in        http://localhost:{options.port}/web/login")
    say(f"  Caught mails  http://localhost:{options.mail_port}/")
    say(f"  Log           {cache.log('demo')}\n")
    for login, password, who in (("login", "password", "who"), *LOGINS):
        say(f"  {login:<22}{password:<10}{who}")
    say("\nCtrl-C stops everything; 'bin/demo --reset' begins anew.")
