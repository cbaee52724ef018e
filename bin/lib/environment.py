"""The Python environments in the cache: for Odoo and tests, for lint, for bench."""

import os
import shutil
import sys

import cache
import machine
from console import run

REQUIREMENTS = cache.REPO / "bin" / "requirements"
# Each is one call of pip; the second one must not look at dependencies.
ODOO = (("odoo.txt", "addon.txt", "dev.txt"), ("oca.txt",))
LINT = (("lint.txt",),)
BENCH = (("bench.txt",),)


class Environment:
    """One virtual environment, rebuilt when what it is made of changes.

    :param libraries: what the siblings' manifests ask for beside the files
    """

    def __init__(self, name, calls, libraries=()):
        self.path = cache.root() / name
        self.calls = calls
        self.libraries = libraries
        self.files = [REQUIREMENTS / file for call in calls for file in call]

    @property
    def python(self):
        return self.path / "bin" / "python"

    @property
    def digest(self):
        # Not the build, which changes when Debian updates its Python.
        python = (*sys.version_info[:2], os.path.realpath(sys.executable))
        return cache.digest([*self.files, *self._pins()], *python, *self.libraries)

    def _pins(self):
        """The files that say which versions of the libraries, where there are any."""
        if not self.libraries:
            return []
        files = [REQUIREMENTS / f"{addon}.txt" for addon in cache.addons()]
        return [file for file in files if file.is_file()]

    @property
    def site_packages(self):
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        return self.path / "lib" / version / "site-packages"

    def is_ready(self):
        stamp = self.path / "digest"
        return stamp.is_file() and stamp.read_text() == self.digest

    def build(self, steps):
        machine.need_python_venv(steps)
        log = cache.log(f"pip-{self.path.name}")
        shutil.rmtree(self.path, ignore_errors=True)
        # Not the one of the environment that was just removed, which may be on the PATH
        python = os.path.realpath(sys.executable)
        run([python, "-m", "venv", self.path], log, "Creating the environment")
        what = "Installing the Python packages (is the network reachable?)"
        for call in self.calls:
            options = ["--no-deps"] if "oca.txt" in call else []
            files = [part for name in call for part in ("-r", REQUIREMENTS / name)]
            pip = [self.python, "-m", "pip", "install", "--no-input"]
            pip += ["--cache-dir", cache.root() / "pip", *options]
            run([*pip, *files], log, what)
        if self.libraries:
            pip = [self.python, "-m", "pip", "install", "--no-input"]
            pip += ["--cache-dir", cache.root() / "pip"]
            for file in (*self.files, *self._pins()):
                pip += ["-c", file]
            run([*pip, *self.libraries], log, what)
        (self.path / "digest").write_text(self.digest)


def odoo(steps, tree):
    """The environment that runs Odoo, with Odoo's tree on its path."""
    environment = Environment("venv", ODOO, cache.addon_libraries())
    if not environment.is_ready():
        environment.build(steps)
    link = environment.site_packages / "odoo_tree.pth"
    line = f"{tree.path}\n"
    if not link.is_file() or link.read_text() != line:
        link.write_text(line)
    return environment


def lint(steps):
    environment = Environment("venv-lint", LINT)
    if not environment.is_ready():
        environment.build(steps)
    return environment


def bench(steps):
    """The environment of the simulated people; Odoo pins other versions."""
    environment = Environment("venv-bench", BENCH)
    if not environment.is_ready():
        environment.build(steps)
    return environment
