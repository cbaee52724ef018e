"""The databases that bin/bench measures: made once, kept in the cache.

For each size there are two with the same people and tickets: one with the stock
helpdesk, and a copy of it in which the addon was installed, as a shop would.
"""

import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import cache
import cluster
from console import Fail, run
from database import Database

HERE = Path(__file__).parent
GROUND = "bench_ground"
ENTRIES_PER_TICKET, BIG_ENTRIES = 2, 100_000
LOGINS = 60


@dataclass(frozen=True)
class Size:
    """How much there is in a database with so many tickets.

    At a million: 100,000 contacts of 20,000 customers; one of them has 50,000 tickets
    of 1,000 contacts. With fewer tickets there is less of everything.
    """

    tickets: int

    @property
    def contacts(self):
        return self.tickets // 10

    @property
    def customers(self):
        return self.tickets // 50

    @property
    def big_contacts(self):
        return self.contacts // 100

    @property
    def variables(self):
        """For the SQL files; numbers."""
        return {
            "tickets": self.tickets,
            "contacts": self.contacts,
            "customers": self.customers,
            "big_contacts": self.big_contacts,
            "big_every": 20,
            "entries": self.tickets * ENTRIES_PER_TICKET,
            "big_entries": BIG_ENTRIES,
        }

    def login(self, number):
        """Return the login of a contact, as ``stock.sql`` numbers them."""
        if number < self.big_contacts:
            return f"p{number}@k0.example"
        return f"p{number}@k{1 + number % (self.customers - 1)}.example"

    @property
    def heavy(self):
        """The login of who has a tenth of the big customer's tickets."""
        return self.login(0)

    @property
    def administrator(self):
        """The login of who sees all of the big customer's tickets."""
        return self.login(1)

    @property
    def ordinary(self):
        """The logins of people with about ten tickets."""
        return [self.login(self.big_contacts + number) for number in range(LOGINS)]


class Filled(Database):
    """A database that is filled when it is made."""

    def __init__(self, odoo, conf, size, ground, *, addon):
        self.size = size
        kind = "ours" if addon else "stock"
        name = f"bench_{kind}_{size.tickets}"
        super().__init__(odoo, name, conf, addon=addon, ground=ground)
        self.files = [HERE / "sql" / "words.sql", HERE / "sql" / "stock.sql"]
        self.files += [HERE / "shell" / "people.py"]
        if addon:
            self.files += [HERE / "sql" / "ours.sql", HERE / "shell" / "setup.py"]
        self.below = cache.digest(self.files, self.below, size.variables)

    @property
    def people(self):
        """For the scripts of Odoo's shell."""
        size = self.size
        return {
            "logins": [size.heavy, size.administrator, *size.ordinary],
            "administrator": size.administrator,
        }

    @property
    def install_file(self):
        return bench_folder() / f"install_{self.size.tickets}.json"

    def _install(self, steps):
        cache.check_space(cache.GIGABYTE + self.size.tickets * 8000)
        with steps.step(f"Copying {self.ground.name} to {self.name}"):
            self.start_over()
        if self.addon:
            begin = time.monotonic()
            ours = ",".join(self.modules)
            self._odoo(steps, f"Installing {ours}", "-i", ours)
            seconds = time.monotonic() - begin
            self.install_file.write_text(json.dumps(seconds))
        with steps.step(f"Filling {self.name}"):
            self.run_sql(HERE / "sql" / ("ours.sql" if self.addon else "stock.sql"))
            self.sql("vacuum analyze")
            self.shell("setup.py" if self.addon else "people.py")
        with steps.step("Comparing with what Odoo computes"):
            self.shell("check.py")

    def run_sql(self, path):
        """Run a file of SQL with the size's numbers as psql's variables."""
        folder = cluster.client_programs()
        command = [folder / "psql" if folder else "psql", "-XAtq", "-1"]
        for name, value in self.size.variables.items():
            command += ["-v", f"{name}={value}"]
        environ = cluster.environ(self.odoo.variables)
        command += ["-d", self.name, "-f", path]
        run(command, self.log, f"Running {path.name}", env=environ)

    def shell(self, name, **options):
        """Run a script of ``bench/shell`` in Odoo's shell; return what it printed.

        :param options: handed over as JSON in the variable BENCH
        """
        command = [*self.odoo.command("shell", "-d", self.name, "--no-http")]
        environ = self.odoo.environ(self.conf) | {
            "BENCH": json.dumps(self.people | options)
        }
        environ["PYTHONPATH"] = os.fspath(HERE)
        with (HERE / "shell" / name).open() as script, self.log.open("a") as log:
            done = subprocess.run(
                [str(part) for part in command],
                stdin=script,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environ,
                text=True,
                check=False,
            )
            log.write(done.stdout)
        if done.returncode:
            raise Fail(f"{name} failed on {self.name}; see {self.log}.")
        return done.stdout


def bench_folder():
    """Where what was measured is kept."""
    folder = cache.root() / "bench"
    folder.mkdir(exist_ok=True)
    return folder


def ensure(odoo, steps, tickets):
    """Return the stock database of a size and ours, made if need be."""
    conf = odoo.write_conf("bench-build")
    ground = Database(odoo, GROUND, conf, addon=False)
    ground.ensure(steps)
    stock = Filled(odoo, conf, Size(tickets), ground, addon=False)
    if stock.ensure(steps, rebuild=True):
        Filled(odoo, conf, Size(tickets), stock, addon=True).drop()
    ours = Filled(odoo, conf, Size(tickets), stock, addon=True)
    ours.ensure(steps)
    return stock, ours
