"""Databases of ours: installed, updated when the addon changed, dropped.

What a database was made from is kept as its comment in PostgreSQL, written after
the work is done: a database without one is half-made, and made anew.
"""

import re
import shutil
import subprocess

import cache
import cluster
from console import Fail, run
from environment import REQUIREMENTS
from odoo_server import Odoo

LANGUAGE = "de_DE"


class Database:
    def __init__(self, odoo: Odoo, name, conf, demo):
        self.odoo = odoo
        self.name = name
        self.conf = conf
        self.demo = demo
        self.log = cache.log(f"{name}-install")
        files = [REQUIREMENTS / "odoo.txt", REQUIREMENTS / "oca.txt"]
        self.ground = cache.digest(files, odoo.tree.version, demo, cache.modules())
        self.addon = cache.addon_digest()

    def ensure(self, steps, rebuild=False):
        """Make the database fit the code; return whether anything was done.

        ``rebuild``: start from nothing, too, when Odoo or its packages changed,
        instead of updating what is there.
        """
        ground, _, addon = self._made_from().partition(" ")
        if not ground or (rebuild and ground != self.ground):
            self._install(steps)
        elif ground != self.ground:
            self._odoo(
                steps, "Odoo or its packages changed: updating all", "-u", "base"
            )
        elif addon != self.addon:
            title = f"{cache.ADDON} changed: updating it in {self.name}"
            self._odoo(
                steps, title, "-u", ",".join(cache.modules()), "--i18n-overwrite"
            )
        else:
            with steps.step(f"Database {self.name} is up to date"):
                return False
        self.sql_elsewhere(
            f"comment on database \"{self.name}\" is '{self.ground} {self.addon}'"
        )
        return True

    def drop(self):
        """Remove the database and its files."""
        self.sql_elsewhere(f'drop database if exists "{self.name}" with (force)')
        store = cache.root() / "data" / "filestore" / self.name
        shutil.rmtree(store, ignore_errors=True)

    def forget(self):
        """Have the next run make it anew, so that its complaint comes again."""
        self.sql_elsewhere(f'comment on database "{self.name}" is null')

    def sql(self, statement):
        return self._psql(statement, self.name)

    def sql_elsewhere(self, statement):
        return self._psql(statement, cluster.maintenance())

    def _psql(self, statement, database):
        try:
            return cluster.psql(self.odoo.variables, statement, database)
        except subprocess.CalledProcessError as error:
            raise Fail(
                f"PostgreSQL refused something on {self.name}: "
                f"{' '.join(error.stderr.split())}"
            ) from error

    def _made_from(self):
        comment = self.sql_elsewhere(
            "select shobj_description(oid, 'pg_database') from pg_database "
            f"where datname = '{self.name}'"
        )
        return comment if re.fullmatch(r"\w+ \w+", comment) else ""

    def _install(self, steps):
        cache.check_space(cache.GIGABYTE)
        self.drop()
        what = "with demo data, " if self.demo else ""
        title = f"Creating database {self.name} ({what}about two minutes)"
        arguments = ["-i", ",".join(cache.modules()), f"--load-language={LANGUAGE}"]
        if self.demo:
            arguments.append("--with-demo")
        self._odoo(steps, title, *arguments)

    def _odoo(self, steps, title, *arguments):
        with steps.step(title):
            self.log.unlink(missing_ok=True)
            options = ["-d", self.name, "--no-http", "--stop-after-init"]
            command = self.odoo.command(self.conf, *options, *arguments)
            env = cluster.environ(self.odoo.variables)
            run(command, self.log, title, env=env)
