"""bin/test: pytest with Odoo, browser tours included, on a database of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import cache
import cluster
import oca_tests
import ports
import preparation
import run_beside
from console import Fail, Steps, call, say
from database import GROUND, Database

DATABASE = "customer_portal_test"
RUNNER = "customer_portal_runner"  # of Odoo's own runner; made anew each time
# Each worker has a copy of the database; a class, or a module of functions, stays on
# one of them.
PARALLEL = ["-n", "2", "--dist", "loadscope"]
CHECKLOG = cache.REPO / "checklog-odoo.cfg"
PLUGINS = cache.REPO / "bin" / "lib" / "plugins"
HELP = """bin/test [--fresh] [pytest's arguments]
  without a path: everything; a path is looked up here and below the addons
  --fresh: make the test database anew
  --odoo [tags]: the addons' tests by Odoo's own runner, in one process; its tags say
    which, for example /customer_portal_addon:TestGate
  --beside [--part NAME]: the suites of others' modules, without ours and with ours;
    --part auto: those whose turn it is today"""


def run(arguments):
    arguments = list(arguments)
    if arguments and arguments[0] in ("-h", "--help"):
        say(HELP)
        return 0
    if arguments and arguments[0] == "--beside":
        return run_beside.run_beside(arguments[1:], environ)
    if "--odoo" in arguments:
        arguments.remove("--odoo")
        return run_by_odoo(arguments)
    fresh = "--fresh" in arguments
    arguments = [each for each in arguments if each != "--fresh"]
    paths, arguments = resolve(arguments)
    steps = Steps()
    # One run at a time: they share the database.
    cache.prepare()
    with cache.locked("test"), preparation.ready(steps, browser=True) as odoo:
        conf = odoo.write_conf("test", db_name=DATABASE, dbfilter=f"^{DATABASE}$")
        ground = Database(odoo, GROUND, conf, addon=False)
        database = Database(odoo, DATABASE, conf, ground=ground)
        if fresh:
            with steps.step("Dropping the old test databases"):
                ground.drop()
                database.drop()
        ground.ensure(steps, rebuild=True)
        if database.ensure(steps, rebuild=True):
            with steps.step("Judging what the installation logged"):
                judge(odoo, database)
        if not paths:
            paths = everything(odoo)
            database.build_bundles(steps)
            if not any(each.startswith("-n") for each in arguments):
                arguments = [*PARALLEL, *arguments]
        say(f"\nSet-up took {steps.seconds():.0f} s.\n")
        return pytest(odoo, conf, [*paths, *arguments])


def run_by_odoo(tags):
    """Run the addons' tests like an operator of Odoo would; return the exit code."""
    steps = Steps()
    cache.prepare()
    with cache.locked("test"), preparation.ready(steps, browser=True) as odoo:
        port = ports.find_free()
        names = {"db_name": RUNNER, "dbfilter": f"^{RUNNER}$", "http_port": port}
        conf = odoo.write_conf("runner", **names)
        ground = Database(odoo, GROUND, conf, addon=False)
        ground.ensure(steps, rebuild=True)
        database = Database(odoo, RUNNER, conf, ground=ground)
        database.start_over()
        addons = cache.addons()
        tags = ",".join(tags) or ",".join(f"/{name}" for name in addons)
        options = ["-i", ",".join(addons), "--test-tags", tags, "--stop-after-init"]
        command = odoo.command("-d", RUNNER, *options, "--log-level=warn")
        sys.stdout.flush()
        env = environ(odoo, conf)
        code = call(command, cwd=cache.REPO, env=env)
        database.drop()
        say("Odoo's runner found nothing." if not code else "Something failed.")
        return code


def resolve(arguments):
    """Split off the paths; one that is not here is looked up below the addons."""
    paths, others = [], []
    ours = cache.addons()
    for argument in arguments:
        file, separator, test = argument.partition("::")
        places = [Path.cwd(), cache.REPO, *(cache.REPO / name for name in ours)]
        found = [place / file for place in places if (place / file).exists()]
        if argument.startswith("-") or not file or not looks_like_path(file):
            others.append(argument)
        elif found:
            paths.append(f"{found[0]}{separator}{test}")
        else:
            raise Fail(f"There is no {file} here, nor below {', '.join(ours)}.")
    return paths, others


def looks_like_path(text):
    return "/" in text or text.endswith(".py") or text == "tests"


def everything(odoo):
    """Our tests, and OCA's portal tests against our addons."""
    folders = [cache.REPO, *(cache.REPO / name for name in cache.addons())]
    paths = [folder / "tests" for folder in folders]
    oca = odoo.environment.site_packages / "odoo" / "addons"
    return [*(str(p) for p in paths if p.is_dir()), *oca_tests.arguments(oca)]


def judge(odoo, database):
    """checklog-odoo on the log of the installation or update."""
    program = odoo.environment.path / "bin" / "checklog-odoo"
    done = subprocess.run(
        [program, "-c", CHECKLOG, "--no-echo", database.log],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        database.forget()
        raise Fail(
            f"{done.stdout}{done.stderr}\nInstalling or updating logged what is above; "
            f"mend it, or if it is the platform's add it to {CHECKLOG.name}."
        )


def environ(odoo, conf):
    """What the tests find in the environment of their process."""
    home = cache.root() / "home"
    programs = cluster.client_programs()
    return odoo.environ(conf) | {
        "CUSTOMER_PORTAL_CACHE": str(cache.root()),
        "CUSTOMER_PORTAL_GROUND": GROUND,
        "PATH": f"{programs}:{os.environ['PATH']}" if programs else os.environ["PATH"],
        "PYTHONDONTWRITEBYTECODE": "1",
        # The browser keeps settings of its own beside the profile it is given.
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"),
    }


def pytest(odoo, conf, arguments):
    """Run pytest in this terminal and return its exit code."""
    logs = cache.root() / "log" / "pytest"
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir(parents=True)
    env = environ(odoo, conf) | {
        "CUSTOMER_PORTAL_CHECKLOG": str(CHECKLOG),
        "CUSTOMER_PORTAL_TEST_LOGS": str(logs),
        "PYTHONPATH": str(PLUGINS),
    }
    command = [odoo.environment.python, "-P", "-m", "pytest", "-p", "odoo_log"]
    command += ["-p", "shared_filestore"]
    command += ["-c", cache.REPO / "pyproject.toml", f"--rootdir={cache.REPO}"]
    command += [f"--basetemp={cache.root() / 'tmp'}"]
    command += ["-o", f"cache_dir={cache.root() / 'pytest'}"]
    command += ["--odoo-http", "--odoo-log-level=warn"]
    command += [f"--odoo-extra=logfile={cache.log('pytest-odoo')}", *arguments]
    sys.stdout.flush()
    return call(command, cwd=cache.REPO, env=env)
