"""bin/test --beside: the suites of others, without our addons and with them."""

import datetime
import json
import os
import shutil
import sys

import beside_table
import cache
import preparation
from beside_results import FAILED, Comparison, not_passed, read
from console import Fail, Steps, call, run, say
from database import GROUND, Database
from environment import REQUIREMENTS

WITHOUT, OURS = "customer_portal_beside_ground", "customer_portal_beside"
ENDS = (0, 1, 5)  # pytest's: all passed, some failed, none was there
# Our ground speaks German alone; suites of others expect a database as Odoo makes it.
SPEAK_ENGLISH = """
update res_lang set active = (code = 'en_US');
update res_partner set lang = 'en_US';
update website set default_lang_id = (select id from res_lang where code = 'en_US');
update website_lang_rel set lang_id = (select id from res_lang where code = 'en_US');
update ir_default set json_value = '"en_US"' where json_value = '"de_DE"'
"""
PLUGINS = cache.REPO / "bin" / "lib" / "plugins"
PAGE = cache.REPO / "docs" / "compatibility.md"
BEGIN, END = "<!-- results: written by bin/test --beside -->", "<!-- end of results -->"


def run_beside(arguments, environ):
    """Run one part or all of them, and return the exit code.

    :param environ: run_tests.environ, what tests find in their environment
    """
    part, is_turn = None, False
    if arguments and arguments[0] == "--part":
        part = arguments[1] if len(arguments) > 1 else ""
        is_turn = part == "auto"
        if is_turn:
            part = part_of(datetime.date.today())
        if part not in beside_table.PARTS:
            raise Fail(f"--part wants auto or one of {', '.join(beside_table.PARTS)}.")
    elif arguments:
        raise Fail("bin/test --beside takes --part NAME, or nothing for all of them.")
    steps = Steps()
    cache.prepare()
    with cache.locked("beside"), preparation.ready(steps, browser=True) as odoo:
        with steps.step("The modules beside ours"):
            folder = unpack(odoo)
        results = {}
        for name in [part] if part else beside_table.PARTS:
            say(f"\nPart {name}")
            found = Part(name, odoo, folder, environ).compare(steps)
            results[name] = found
            if not is_turn:
                PAGE.write_text(write_results(PAGE.read_text(), name, found))
    return conclude(results)


def part_of(day):
    """The part whose turn it is on a date."""
    names = beside_table.IN_TURN
    return names[day.toordinal() % len(names)]


def unpack(odoo):
    """Install OCA's modules into a folder of their own, and return it."""
    folder = cache.root() / "beside"
    file = REQUIREMENTS / "beside.txt"
    digest = cache.digest([file], odoo.environment.digest)
    stamp = folder / "digest"
    if not stamp.is_file() or stamp.read_text() != digest:
        shutil.rmtree(folder, ignore_errors=True)
        pip = [odoo.environment.python, "-m", "pip", "install", "--no-input"]
        pip += ["--cache-dir", cache.root() / "pip", "--no-deps", "--no-compile"]
        what = "Installing OCA's modules (is the network reachable?)"
        run([*pip, "--target", folder, "-r", file], cache.log("pip-beside"), what)
        stamp.write_text(digest)
    return folder


class Part:
    """One part: its two databases, and its suites on both.

    :param folder: where OCA's modules are
    """

    def __init__(self, name, odoo, folder, environ):
        self.name = name
        self.odoo = odoo
        self.folder = folder
        self.environ = environ
        self.results = cache.root() / "log" / "beside"

    def compare(self, steps):
        """Run the suites with ours, and without what did not pass; then again.

        What passes with ours need not be run without: that is half of the time.
        """
        with_ours = self._database(steps)
        ours = self._run(steps, OURS)
        without = self._run(steps, WITHOUT, not_passed(ours))
        found = Comparison(ours, without, beside_table.EXPECTED)
        again = found.unexpected()
        if again:
            say("Once more on both:\n  " + "\n  ".join(again))
            found.confirm(
                self._run(steps, OURS, again), self._run(steps, WITHOUT, again)
            )
        with_ours.drop()
        with_ours.ground.drop()
        return found

    def _database(self, steps):
        """The database with ours; its ground is the one without."""
        modules = beside_table.modules(self.name)
        # what bin/test begins with, too
        names = {"db_name": GROUND, "dbfilter": f"^{GROUND}$"}
        below = Database(
            self.odoo, GROUND, self.odoo.write_conf("ground", **names), addon=False
        )
        options = {"beside": modules}
        ground = Database(
            self.odoo,
            WITHOUT,
            self._conf(WITHOUT),
            addon=False,
            ground=below,
            **options,
        )
        ours = Database(self.odoo, OURS, self._conf(OURS), ground=ground, **options)
        with cache.locked("test"):
            below.ensure(steps, rebuild=True)
            ground.ensure(steps, rebuild=True)
        ground.sql(SPEAK_ENGLISH)
        ours.ensure(steps, rebuild=True)
        return ours

    def _conf(self, database):
        path = f"{self.odoo.addons_path()},{self.folder / 'odoo' / 'addons'}"
        names = {"db_name": database, "dbfilter": f"^{database}$"}
        return self.odoo.write_conf(database, addons_path=path, **names)

    def _run(self, steps, database, only=None):
        """Run the suites on a database and return the outcomes by test.

        :param list only: names of tests, instead of all
        """
        paths = self._suites(database) if only is None else self._files(database, only)
        if not paths:
            return {}
        shutil.rmtree(self.results, ignore_errors=True)
        self.results.mkdir(parents=True)
        env = self.environ(self.odoo, self._conf(database)) | {
            "BESIDE_RESULTS": str(self.results),
            "PYTHONPATH": f"{PLUGINS}{os.pathsep}{self.folder}",
        }
        if only is not None:
            wanted = cache.root() / "beside_only.json"
            wanted.write_text(json.dumps(only))
            env["BESIDE_ONLY"] = str(wanted)
        log = cache.log(f"beside-{self.name}-{database}")
        command = [self.odoo.environment.python, "-P", "-m", "pytest"]
        command += ["-p", "beside_report", "-p", "shared_filestore"]
        command += ["-c", cache.REPO / "pyproject.toml", f"--rootdir={cache.REPO}"]
        command += [f"--basetemp={cache.root() / 'tmp-beside'}"]
        command += ["-o", f"cache_dir={cache.root() / 'pytest-beside'}"]
        command += ["-q", "--tb=short", "--odoo-http", "--odoo-log-level=critical"]
        command += [f"--ignore-glob=/*/{name}" for name in beside_table.LEFT_OUT]
        command += ["-n", "2", "--dist", "loadscope", *paths]
        what = "without ours" if database == WITHOUT else "with ours"
        with steps.step(f"Suites of {self.name} {what}"), log.open("w") as output:
            sys.stdout.flush()
            code = call(command, cwd=cache.REPO, env=env, stdout=output, stderr=output)
            found = read(self.results)
            failed = sum(each.state == FAILED for each in found.values())
            steps.note(f"{len(found)} tests, {failed} failing; log in {log}")
        if code not in ENDS or (not found and only is None):
            raise Fail(
                f"The suites did not come to their end (exit code {code}): {log}."
            )
        return found

    def _folders(self):
        """Where the modules of others are."""
        oca = self.odoo.environment.site_packages / "odoo" / "addons"
        return [*self.odoo.tree.addons, self.folder / "odoo" / "addons", oca]

    def _suites(self, database):
        """The paths of the table."""
        paths = []
        for suite in beside_table.suites(self.name):
            module, _, file = suite.partition("/")
            inside = f"{module}/tests/{file}.py" if file else f"{module}/tests"
            found = [each / inside for each in self._folders()]
            found = [path for path in found if path.exists()]
            if not found:
                raise Fail(
                    f"There are no tests {inside} among the modules beside ours."
                )
            paths.append(found[0])
        if database == OURS:
            ours = beside_table.OUR_SUITES.get(self.name, ())
            paths += [cache.REPO / suite for suite in ours]
        return paths

    def _files(self, database, names):
        """The files of tests, as far as they can run on a database."""
        folders = self._folders() + ([cache.REPO] if database == OURS else [])
        files = sorted({name.split("::")[0] for name in names})
        paths = [folder / file for file in files for folder in folders]
        return [path for path in paths if path.is_file()]


def conclude(results):
    """Print what differs, and return the exit code."""
    failing = 0
    for part, found in results.items():
        for name in found.unexpected():
            failing += 1
            say(f"\n{name} ({part}): only with ours")
            say(found.ours[name].text)
        for name in found.needless():
            say(f"{name} passes with ours: EXPECTED need not name it any more.")
    passed = sum(len(found.ours) for found in results.values()) - failing
    say(f"\nOnly with ours: {failing} failed, {passed} not.")
    return 1 if failing else 0


def write_results(page, part, found):
    """Return the page with the table of a part, the parts in the order of theirs."""
    head, rest = page.split(BEGIN)
    body, tail = rest.split(END)
    tables = {each.split("\n", 1)[0]: each for each in body.split("### ")[1:]}
    lines = [
        part,
        "",
        "| module | tests run | failing | only with ours |",
        "|---|--:|--:|--:|",
        *(f"| {' | '.join(map(str, row))} |" for row in found.rows()),
    ]
    tables[part] = "\n".join(lines) + "\n\n"
    known = [tables[name] for name in beside_table.PARTS if name in tables]
    return f"{head}{BEGIN}\n\n{''.join(f'### {each}' for each in known)}{END}{tail}"
