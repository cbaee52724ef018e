"""bin/lint: every checker to its end, then which of them found something."""

import argparse
import os
import re
import subprocess
import sys

import cache
import environment
from console import Fail, Steps, say

# Absolute paths of the machines we happen to work on have no place in the repository.
OWN_PATHS = re.compile(r"(^|[^A-Za-z0-9._-])/(?:work|farm|home|root)/\w")

# What compose would refuse: keys it does not know, values that are none
READ_COMPOSE = """
import sys, compose_spec
for name in sys.argv[1:]:
    try:
        compose_spec.PyCompose.from_yaml(open(name).read())
    except ValueError as error:
        sys.exit(f"{name}: {error}")
print("All checks passed!")
"""


def run(arguments):
    parser = argparse.ArgumentParser(prog="bin/lint", description=__doc__)
    parser.add_argument(
        "--fix", action="store_true", help="mend what can be mended by itself"
    )
    options = parser.parse_args(arguments)
    cache.prepare()
    steps = Steps()
    with cache.locked("setup"), steps.step("Environment of the checkers"):
        programs = environment.lint(steps).path / "bin"
    failed = []
    for title, check in checks(programs, options.fix):
        say(f"\n== {title}")
        if not check():
            failed.append(title)
    if failed:
        say(f"\nFound something: {', '.join(failed)}.")
        return 1
    say("\nNothing found.")
    return 0


def checks(programs, fix):
    """Titles, and functions that tell whether all is well."""
    files = tracked()
    modules = sorted(name.split("/")[0] for name in files if is_manifest(name))
    po = [name for name in files if name.endswith((".po", ".pot"))]
    ruff = programs / "ruff"
    mend = ["--fix"] if fix else []
    yield "ruff format", program(ruff, "format", *([] if fix else ["--diff"]), ".")
    yield "ruff check", program(ruff, "check", *mend, ".")
    if modules:
        yield "pylint-odoo", program(programs / "pylint", *modules)
        tests = [f"{module}/tests" for module in modules if has_tests(module)]
        # pylint-odoo knows tests by their folder, but not those in folders below it
        yield (
            "pylint-odoo on tests",
            program(
                programs / "pylint",
                "--ignore-paths=^$",
                "--disable=translation-required",
                *tests,
            ),
        )
        hooks = programs / "oca-checks-odoo-module"
        manifests = [f"{module}/__manifest__.py" for module in modules]
        yield "OCA's checks of XML and CSV", program(hooks, *mend, *manifests)
    if po:
        yield "OCA's checks of po", program(programs / "oca-checks-po", *mend, *po)
    images = [name for name in files if name.endswith("/Dockerfile")]
    if images:
        yield "hadolint", program(programs / "hadolint", *images)
    composed = [name for name in files if name.endswith("/compose.yaml")]
    if composed:
        read = ["-c", READ_COMPOSE, *composed]
        yield "compose files", program(programs / "python", *read)
    yield "names of this machine", lambda: no_machine_names(files)


def is_manifest(name):
    return name.count("/") == 1 and name.endswith("/__manifest__.py")


def has_tests(module):
    return (cache.REPO / module / "tests" / "__init__.py").is_file()


def tracked():
    """The files that belong to the repository, or are about to."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        found = subprocess.run(
            command, cwd=cache.REPO, capture_output=True, text=True, check=True
        )
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        raise Fail("bin/lint needs git and a clone: install git first.") from error
    names = sorted(set(found.stdout.splitlines()))
    return [name for name in names if (cache.REPO / name).is_file()]


def program(path, *arguments):
    def check():
        command = [str(path), *map(str, arguments)]
        sys.stdout.flush()
        # pylint keeps something in the user's cache folder
        env = os.environ | {"XDG_CACHE_HOME": str(cache.root() / "home" / "cache")}
        return subprocess.call(command, cwd=cache.REPO, env=env) == 0

    return check


def registry_hosts():
    """The hosts of this machine's package registries, as its own clients know them."""
    lines = []
    for command in (
        ["apt-get", "indextargets", "--format", "$(SITE)"],
        [sys.executable, "-m", "pip", "config", "list"],
        ["npm", "config", "get", "registry"],
    ):
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            continue
        lines += re.findall(r"[a-z]+://(?:[^/@\s']*@)?([\w.-]+\.[\w.-]+)", done.stdout)
    return set(lines)


def no_machine_names(files):
    """No registry's host and no path of this machine in any file."""
    hosts = registry_hosts()
    found = []
    for name in files:
        try:
            text = (cache.REPO / name).read_text()
        except UnicodeDecodeError:
            continue  # a picture or the like
        for number, line in enumerate(text.splitlines(), 1):
            if OWN_PATHS.search(line):
                found.append(f"{name}:{number}: a path of one machine: {line.strip()}")
            if any(host in line for host in hosts):
                found.append(f"{name}:{number}: names a registry: {line.strip()}")
    say("\n".join(each[:160] for each in found) or "All checks passed!")
    return not found
