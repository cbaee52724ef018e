"""Debian packages that the machine needs: found, or installed, or asked for."""

import glob
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import cache
from console import Fail, run


def is_debian():
    return bool(shutil.which("apt-get") and shutil.which("dpkg"))


def as_root():
    """How to run a command as root, or None when there is no right to."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    quiet = subprocess.run(
        ["sudo", "-n", "true"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if quiet.returncode == 0:
        return ["sudo", "-n"]
    return ["sudo"] if os.isatty(0) else None


def apt_install(packages, why, steps):
    """Install Debian packages, after having said which and what for."""
    names = " ".join(packages)
    if not is_debian():
        raise Fail(
            f"{why} is missing and this is not a Debian machine: install what "
            f"corresponds to Debian's {names} and start again."
        )
    prefix = as_root()
    if prefix is None:
        raise Fail(
            f"{why} is missing and installing it needs root: run "
            f"'apt-get install {names}' as root and start again."
        )
    steps.note(f"installing {names}: {why} is missing on this machine")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    log = cache.log("apt")
    what = f"Installing {names} with apt (is the network reachable?)"
    if prefix == ["sudo"]:
        subprocess.run(["sudo", "-v"], check=False)
    run([*apt, "update"], log, what)
    options = ["-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120"]
    run([*apt, "install", *options, *packages], log, what)


def need_python_venv(steps):
    """Debian splits venv and pip's seed off python3."""
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        return
    version = f"python{os.sys.version_info.major}.{os.sys.version_info.minor}"
    apt_install([f"{version}-venv"], "Python's venv module", steps)


def postgresql_bin():
    """The folder of PostgreSQL's server programs, newest first, or None."""
    initdb = shutil.which("initdb")
    if initdb and shutil.which("postgres"):
        return Path(initdb).resolve().parent
    found = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    found.sort(key=lambda path: int(path.split("/")[4].split(".")[0]))
    return Path(found[-1]).parent if found else None


def need_postgresql(steps):
    folder = postgresql_bin()
    if not folder:
        apt_install(["postgresql"], "PostgreSQL's server", steps)
        folder = postgresql_bin()
    if not folder:
        raise Fail(
            "PostgreSQL's server programs are nowhere to be found: put the folder "
            "with initdb and postgres on the PATH, or name a server in PGHOST."
        )
    return folder


def chromium():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if shutil.which(name):
            return shutil.which(name)
    return None


def need_chromium(steps):
    """The browser of the tours, and a font with umlauts for its pictures."""
    if not chromium():
        apt_install(
            ["chromium", "fonts-dejavu-core"], "the browser for the tours", steps
        )
    return chromium()


def need_wkhtmltopdf(steps):
    """What Odoo prints PDF files with; signing an order prints one."""
    if not shutil.which("wkhtmltopdf"):
        apt_install(["wkhtmltopdf"], "the printer of PDF files", steps)
    return shutil.which("wkhtmltopdf")


def nginx():
    """The proxy's program, or None; Debian keeps it where only root looks."""
    places = [os.environ["PATH"], "/usr/sbin", str(_unpacked_nginx() / "usr" / "sbin")]
    return shutil.which("nginx", path=os.pathsep.join(places))


def need_nginx(steps):
    """What docs/nginx.conf is for.

    Unpacked in the cache: when Debian installs it, it serves the machine's port 80.
    """
    if not nginx():
        if not is_debian():
            raise Fail(
                "nginx is missing and this is not a Debian machine: install it (it "
                "need not run) and start again."
            )
        steps.note("fetching nginx: the proxy of docs/nginx.conf is missing here")
        _fetch_nginx()
    return nginx()


def _unpacked_nginx():
    return cache.root() / "nginx"


def _fetch_nginx():
    folder = _unpacked_nginx()
    folder.mkdir(exist_ok=True)
    log = cache.log("apt")
    what = "Fetching nginx with apt (is the network reachable?)"
    command = ["apt-get", "-q", "download", "nginx"]
    try:
        run(command, log, what, cwd=folder)
    except Fail:
        prefix = as_root()
        if prefix is None:
            raise
        run([*prefix, "apt-get", "-q", "update"], log, what)  # a machine without lists
        run(command, log, what, cwd=folder)
    for package in folder.glob("*.deb"):
        run(["dpkg", "-x", package, folder], log, what)
        package.unlink()
