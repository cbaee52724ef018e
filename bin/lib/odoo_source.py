"""Odoo 19's source tree: the user's own, or Debian's package in the cache."""

import getpass
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import cache
import machine
from console import Fail, run

SUITE = "sid"
PACKAGE = "odoo-19"
# What the package links to instead of bringing it along.
LINKED = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-font-awesome",
    "fonts-roboto-unhinted",
    "fonts-inconsolata",
    "fonts-ocr-b",
)
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
# The package lacks this file (blurred background in video calls), and without it
# every backend page logs an asset error.
LACKING = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class Tree:
    path: Path  # the folder to put on Python's path
    version: str

    @property
    def addons(self):
        """The folders with Odoo's own modules: a checkout has two of them.

        Debian's package has all in one, and beside it a second, partial copy.
        """
        inside = self.path / "odoo" / "addons"
        complete = (inside / "web" / "static").is_dir()
        return [inside] if complete else [self.path / "addons", inside]


def read_version(path):
    """Odoo's version as its release.py says it, or None."""
    try:
        text = (path / "odoo" / "release.py").read_text()
    except OSError:
        return None
    found = re.search(r"^version_info\s*=\s*\((\d+),\s*(\d+)", text, re.MULTILINE)
    return f"{found[1]}.{found[2]}" if found else None


def given(home):
    """The tree that ODOO_HOME names."""
    path = Path(home).expanduser().absolute()
    version = read_version(path)
    if version is None:
        raise Fail(
            f"ODOO_HOME is {path}, but there is no odoo/release.py in it: let it name "
            "the folder of an Odoo 19.0 checkout, or unset it."
        )
    if version != "19.0":
        raise Fail(
            f"ODOO_HOME is {path}, which is Odoo {version}: this addon needs 19.0; "
            "name such a checkout, or unset ODOO_HOME."
        )
    return Tree(path, version)


def fetched():
    """The tree in the cache, or None as long as it was not fetched."""
    folder = cache.root() / "odoo"
    stamp = folder / "version"
    if not stamp.is_file():
        return None
    path = folder / "usr" / "lib" / "python3" / "dist-packages"
    return Tree(path, stamp.read_text().strip())


def prepare(steps):
    """Return Odoo's tree, fetching it first when there is none."""
    if os.environ.get("ODOO_HOME"):
        return given(os.environ["ODOO_HOME"])
    return fetched() or _fetch(steps)


def _fetch(steps):
    if not (machine.is_debian() and shutil.which("dpkg")):
        raise Fail(
            "Odoo 19 can be fetched on a Debian machine only: check out Odoo 19.0 "
            "yourself and name its folder in ODOO_HOME."
        )
    cache.check_space()
    log = cache.log("odoo-source")
    with tempfile.TemporaryDirectory(prefix="odoo-", dir=cache.root()) as work:
        work = Path(work)
        work.chmod(0o755)
        apt = _private_apt(work)
        _update(apt, work, log)
        what = "Downloading Odoo from Debian's archive (is the network reachable?)"
        run([*apt, "download", "-q", PACKAGE, *LINKED], log, what, cwd=work)
        tree = work / "tree"
        tree.mkdir()
        for package in sorted(work.glob("*.deb")):
            run(["dpkg", "-x", package, tree], log, f"Unpacking {package.name}")
        version = _package_version(next(work.glob(f"{PACKAGE}_*.deb")))
        _finish(tree, version)
        target = cache.root() / "odoo"
        shutil.rmtree(target, ignore_errors=True)
        tree.rename(target)
    steps.note(f"this is {PACKAGE} {version}")
    return fetched()


def _finish(tree, version):
    """Add what the package lacks, check it, and stamp it as complete."""
    packages = tree / "usr" / "lib" / "python3" / "dist-packages"
    if read_version(packages) != "19.0":
        raise Fail(
            f"Debian's {PACKAGE} {version} is not Odoo 19.0 any more: check out "
            "Odoo 19.0 yourself and name its folder in ODOO_HOME."
        )
    lacking = packages / "odoo" / "addons" / LACKING
    if not lacking.exists():
        lacking.parent.mkdir(parents=True, exist_ok=True)
        lacking.touch()
    (tree / "version").write_text(f"{version}\n")


def _private_apt(work):
    """apt-get with configuration, lists and downloads of its own."""
    for name in ("sources", "lists/partial", "archives/partial"):
        (work / name).mkdir(parents=True)
    options = {
        "Dir::Etc::SourceList": "/dev/null",
        "Dir::Etc::SourceParts": work / "sources",
        "Dir::State::Lists": work / "lists",
        "Dir::Cache": work,
        "Acquire::Languages": "none",
        "APT::Sandbox::User": getpass.getuser(),
    }
    pairs = [f"{name}={value}" for name, value in options.items()]
    return ["apt-get", *(part for pair in pairs for part in ("-o", pair))]


def _archives():
    """The URIs of the Debian archives that this machine is set up with."""
    found = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(SITE) $(RELEASE)"],
        capture_output=True,
        text=True,
        check=False,
    )
    pairs = [line.split() for line in found.stdout.splitlines()]
    # "bookworm-security" and the like are partial archives of other places.
    return list(dict.fromkeys(p[0] for p in pairs if len(p) == 2 and "-" not in p[1]))


def _update(apt, work, log):
    """Read the package lists from the first of the machine's archives that has them."""
    for archive in _archives():
        (work / "sources" / "odoo.sources").write_text(
            f"Types: deb\nURIs: {archive}\nSuites: {SUITE}\nComponents: main\n"
            f"Signed-By: {KEYRING}\n"
        )
        with log.open("ab") as output:
            done = subprocess.run(
                [*apt, "-q", "--error-on=any", "update"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode == 0:
            return
    raise Fail(
        "Debian's archive cannot be reached: check the network and the machine's apt "
        f"sources, or name an Odoo 19.0 checkout in ODOO_HOME (details in {log})."
    )


def _package_version(package):
    shown = subprocess.run(
        ["dpkg-deb", "-f", str(package), "Version"],
        capture_output=True,
        text=True,
        check=True,
    )
    return shown.stdout.strip()
