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
GROUND = "customer_portal_ground"  # what is below the addon; installs start from it
BUNDLES = cache.REPO / "bin" / "lib" / "program" / "bundles.py"


class Database:
    """One database with Odoo, the modules our addons depend on, and mostly ours.

    :param addon: whether our addons are in it
    :param ground: a database without them to copy instead of starting anew
    :param beside: modules of others that are there, too
    """

    def __init__(
        self,
        odoo: Odoo,
        name,
        conf,
        *,
        demo=False,
        addon=True,
        ground=None,
        beside=(),
    ):
        self.odoo = odoo
        self.name = name
        self.conf = conf
        self.demo = demo
        self.ground = ground
        self.addon = addon
        if addon:
            self.modules = cache.addons()
        else:
            self.modules = list(beside) or cache.addon_dependencies()
        self.log = cache.log(f"{name}-install")
        files = [REQUIREMENTS / "odoo.txt", REQUIREMENTS / "oca.txt"]
        files += [REQUIREMENTS / "beside.txt"] if beside else []
        depends = ",".join([*cache.addon_dependencies(), *beside])
        self.below = cache.digest(files, odoo.tree.version, demo, depends)
        self.above = cache.addon_digest() if addon else "none"

    def ensure(self, steps, rebuild=False):
        """Make the database fit the code; return whether anything was done.

        ``rebuild``: start from nothing instead of updating what is there; an update
        leaves records alone that users may change.
        """
        below, _, above = self._made_from().partition(" ")
        changed = (below, above) != (self.below, self.above)
        if not below or (rebuild and changed):
            self._install(steps)
        elif below != self.below:
            title = f"What is below {cache.ADDON} changed: updating all"
            self._update(steps, title, "base")
        elif above != self.above:
            title = f"Ours changed: updating {', '.join(self.modules)} in {self.name}"
            self._update(steps, title, ",".join(self.modules))
        else:
            with steps.step(f"Database {self.name} is up to date"):
                return False
        self._sql_elsewhere(
            f"comment on database \"{self.name}\" is '{self.below} {self.above}'"
        )
        return True

    def build_bundles(self, steps):
        """Build what browsers load, unless it is there.

        Whichever test met a browser first would build it, for so long that requests
        give up waiting for the test's transaction.
        """
        found = "select 1 from ir_attachment where url like '/web/assets/%' limit 1"
        if self.sql(found):
            return
        title = "Building the browser's scripts and styles"
        with steps.step(title), BUNDLES.open() as program:
            command = self.odoo.command("shell", "-d", self.name, "--no-http")
            env = self.odoo.environ(self.conf)
            run(command, self.log, title, env=env, stdin=program)

    def forget(self):
        """Have the next run make it anew, so that its complaint comes again."""
        self._sql_elsewhere(f'comment on database "{self.name}" is null')

    def drop(self):
        """Remove the database and its files."""
        self._sql_elsewhere(f'drop database if exists "{self.name}" with (force)')
        shutil.rmtree(self._store(), ignore_errors=True)

    def start_over(self):
        """Make it a copy of the ground, without our addons."""
        cache.check_space(cache.GIGABYTE)
        self.drop()
        self._sql_elsewhere(
            f'create database "{self.name}" template "{self.ground.name}"'
        )
        if self.ground._store().is_dir():
            shutil.copytree(self.ground._store(), self._store())

    def sql(self, statement):
        return self._psql(statement, self.name)

    def _sql_elsewhere(self, statement):
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
        comment = self._sql_elsewhere(
            "select shobj_description(oid, 'pg_database') from pg_database "
            f"where datname = '{self.name}'"
        )
        return comment if re.fullmatch(r"\w+ \w+", comment) else ""

    def _store(self):
        return cache.root() / "data" / "filestore" / self.name

    def _install(self, steps):
        if self.ground:
            self.start_over()
            title = f"Installing {', '.join(self.modules)} in {self.name}"
            self._odoo(steps, title, "-i", ",".join(self.modules))
            return
        cache.check_space(cache.GIGABYTE)
        self.drop()
        arguments = ["-i", ",".join(self.modules), f"--load-language={LANGUAGE}"]
        if self.demo:
            arguments.append("--with-demo")
        what = "with demo data, " if self.demo else ""
        title = f"Creating database {self.name} ({what}one to three minutes)"
        self._odoo(steps, title, *arguments)

    def _update(self, steps, title, modules):
        """Update, and install what has come to be among ours since."""
        present = self.sql("select name from ir_module_module where state='installed'")
        missing = [name for name in self.modules if name not in present.split()]
        install = ["-i", ",".join(missing)] if missing else []
        self._odoo(steps, title, "-u", modules, "--i18n-overwrite", *install)

    def _odoo(self, steps, title, *arguments):
        with steps.step(title):
            self.log.unlink(missing_ok=True)
            options = ["-d", self.name, "--no-http", "--stop-after-init"]
            command = self.odoo.command(*options, *arguments)
            run(command, self.log, title, env=self.odoo.environ(self.conf))
