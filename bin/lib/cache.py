"""The one folder outside the repository that these commands write to."""

import ast
import contextlib
import fcntl
import hashlib
import os
import shutil
import sys
from pathlib import Path

from console import Fail

REPO = Path(__file__).resolve().parents[2]
ADDON = "customer_portal_addon"
GIGABYTE = 1 << 30
NEEDED_FREE = 4 * GIGABYTE


def root():
    """The cache folder: given, or a place that fits who is asking.

    As root PostgreSQL runs as another user, who cannot see into a private home.
    """
    given = os.environ.get("CUSTOMER_PORTAL_CACHE")
    if given:
        return Path(given).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/cache/customer-portal-addon")
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "customer-portal-addon"


def prepare():
    """Create the cache folder and say so when that is not possible."""
    folder = root()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "log").mkdir(exist_ok=True)
    except OSError as error:
        raise Fail(
            f"The cache folder {folder} cannot be created ({error.strerror}): "
            "name another one in CUSTOMER_PORTAL_CACHE."
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Fail(
            f"The cache folder {folder} is not writable for you: "
            "name another one in CUSTOMER_PORTAL_CACHE."
        )
    return folder


def log(name):
    return root() / "log" / f"{name}.log"


def free_bytes(folder):
    return shutil.disk_usage(folder).free


def check_space(needed=NEEDED_FREE):
    """Say before the work, not in its middle, that the disk is too full."""
    free = free_bytes(root())
    if free < needed:
        raise Fail(
            f"The disk of {root()} has {free / GIGABYTE:.1f} GB free, "
            f"{needed / GIGABYTE:.0f} GB are needed: make room, or name a folder "
            "on another disk in CUSTOMER_PORTAL_CACHE."
        )


@contextlib.contextmanager
def locked(name, mode=fcntl.LOCK_EX):
    """Hold a lock file of the cache; the kernel drops it when a process dies."""
    path = root() / f"{name}.lock"
    with path.open("a") as file:
        try:
            fcntl.flock(file, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            # not on stdout: a shell evaluates what bin/odoo --env prints there
            print(
                f"    waiting for another command of ours ({name}) …", file=sys.stderr
            )
            fcntl.flock(file, mode)
        yield file


def digest(paths, *extra):
    """One hash over the files' names and contents."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for text in extra:
        total.update(str(text).encode() + b"\0")
    return total.hexdigest()[:16]


def addons():
    """The names of our addons: the main one, then its siblings beside it.

    Not the bridges, which Odoo installs by itself beside somebody else's module: that
    is only there in bin/test --beside.
    """
    found = REPO.glob("customer_portal_*/__manifest__.py")
    names = {path.parent.name for path in found} - {ADDON}
    siblings = [name for name in names if not manifest(name).get("auto_install")]
    return [ADDON, *sorted(siblings)]


def manifest(addon):
    """What an addon says of itself."""
    try:
        return ast.literal_eval((REPO / addon / "__manifest__.py").read_text())
    except (OSError, SyntaxError, ValueError) as error:
        raise Fail(f"{addon}/__manifest__.py cannot be read: {error}.") from error


def addon_digest():
    """A hash over everything of our addons that Odoo reads when it installs them."""
    kinds = {".py", ".xml", ".csv", ".po", ".pot", ".js", ".scss", ".css", ".svg"}
    total = hashlib.sha256()
    for addon in addons():
        for path in sorted((REPO / addon).rglob("*")):
            inside = path.relative_to(REPO)
            if path.suffix not in kinds or not path.is_file():
                continue
            if inside.parts[1] == "tests" or "__pycache__" in inside.parts:
                continue
            total.update(str(inside).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()[:16]


def addon_dependencies():
    """The modules of others that our addons' manifests name."""
    ours = addons()
    needed = [name for addon in ours for name in manifest(addon).get("depends", [])]
    return [name for name in dict.fromkeys(needed) if name not in ours]


def addon_libraries():
    """The Python packages that siblings need; the main addon's are always there."""
    needed = []
    for addon in addons()[1:]:
        needed += manifest(addon).get("external_dependencies", {}).get("python", [])
    return sorted(set(needed))
