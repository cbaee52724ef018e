"""The addons as wheels, built as OCA builds its own and installed by pip (H8).

pip looks up nothing on an index, and puts ours into an environment above the one of the
tests, which has what they need. There Odoo has to find them with no word about this
repository.
"""

import importlib.metadata
import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import cache

DATABASE = os.environ.get("CUSTOMER_PORTAL_GROUND")
# What Odoo sees of an addon, with the place that it was loaded from
LOOK = """
import importlib, json
from odoo.modules.module import Manifest
from odoo.tools import file_open
found = {}
for name in NAMES:
    manifest = Manifest.for_addon(name)
    for file in FILES[name]:
        with file_open(f"{name}/{file}", "rb") as opened:
            assert opened.read(1) or not opened.read(), file
    module = importlib.import_module(f"odoo.addons.{name}")
    found[name] = [manifest.path, manifest.version, module.__file__]
print("FOUND" + json.dumps(found))
"""


@dataclass
class Wheel:
    """A wheel: the addon's name, the file, what it says of itself."""

    addon: str
    path: Path
    metadata: Message
    names: list[str]

    @property
    def files(self):
        """The addon's files in it, below the addon."""
        start = f"odoo/addons/{self.addon}/"
        return {n.removeprefix(start) for n in self.names if n.startswith(start)}


def pip(*arguments):
    command = [sys.executable, "-P", "-m", "pip", *map(str, arguments)]
    done = subprocess.run(
        [*command, "--no-index", "--no-input", "--quiet", "--no-cache-dir"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stdout + done.stderr


def tracked(addon):
    """The files of an addon that belong to the repository."""
    listed = subprocess.run(
        ["git", "ls-files"],
        cwd=cache.REPO / addon,
        capture_output=True,
        text=True,
        check=True,
    )
    names = set(listed.stdout.splitlines())
    return {name for name in names if (cache.REPO / addon / name).is_file()}


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheels")
    built = {}
    for addon in cache.addons():
        options = ["--no-deps", "--no-build-isolation", "-w", folder / addon]
        pip("wheel", *options, cache.REPO / addon)
        (path,) = (folder / addon).iterdir()
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            (name,) = (n for n in names if n.endswith(".dist-info/METADATA"))
            metadata = HeaderParser().parsestr(archive.read(name).decode())
        built[addon] = Wheel(addon, path, metadata, names)
    return built


@pytest.fixture(scope="module")
def python(wheels, tmp_path_factory):
    """The Python of an environment with our wheels, above the one of the tests."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=60
    )
    places = {"base": str(folder), "platbase": str(folder)}
    below = Path(sysconfig.get_path("purelib"))
    inside = Path(sysconfig.get_path("purelib", vars=places))
    (inside / "below.pth").write_text(f"import site; site.addsitedir({str(below)!r})\n")
    python = folder / "bin" / "python"
    paths = [wheel.path for wheel in wheels.values()]
    pip("--python", python, "install", "--no-deps", *paths)
    return python


@pytest.mark.parametrize("addon", cache.addons())
def test_brings_every_file(wheels, addon):
    """Views, texts, pictures, migrations and tests, and nothing else."""
    assert wheels[addon].files == tracked(addon) - {"pyproject.toml"}


@pytest.mark.parametrize("addon", cache.addons())
def test_says_what_it_is_and_needs(wheels, addon):
    """As OCA's wheels do, so that pip fetches what is missing."""
    metadata = wheels[addon].metadata
    manifest = cache.manifest(addon)
    assert metadata["Name"] == f"odoo-addon-{addon}"
    assert metadata["Version"].startswith(manifest["version"])
    needs = [Requirement(need) for need in metadata.get_all("Requires-Dist")]
    of_odoo = [need.name for need in needs if need.name.startswith("odoo")]
    assert {"odoo"} < {*of_odoo}
    libraries = manifest.get("external_dependencies", {}).get("python", [])
    assert {need.name for need in needs} - {*of_odoo} == {*libraries}
    ours = {f"odoo-addon-{name}" for name in cache.addons()}
    for need in needs:
        # pip knows nothing of a checkout of Odoo, and ours are not in this environment
        if need.name != "odoo" and need.name not in ours:
            assert need.specifier.contains(importlib.metadata.version(need.name))


def test_odoo_finds_it(wheels, python, tmp_path):
    """Without an addons path: pip's folder is one (H8)."""
    manifests = {addon: cache.manifest(addon) for addon in wheels}
    files = {
        addon: [*manifest.get("data", ()), *manifest.get("demo", ()), "i18n/de.po"]
        for addon, manifest in manifests.items()
    }
    program = tmp_path / "look.py"
    program.write_text(f"NAMES = {[*wheels]}\nFILES = {files}\n{LOOK}")
    config = tmp_path / "odoo.conf"
    config.write_text(f"[options]\ndata_dir = {tmp_path}\nhttp_enable = False\n")
    command = [python, "-P", "-m", "odoo", "shell", "--no-http", "-c", config]
    with program.open() as lines:
        done = subprocess.run(
            [*command, "-d", DATABASE, "--log-level=error"],
            stdin=lines,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=os.environ | {"ODOO_RC": str(config)},
            check=False,
        )
    shown = [line for line in done.stdout.splitlines() if line.startswith("FOUND")]
    assert shown, done.stdout + done.stderr
    home = str(python.parent.parent)
    for addon, (path, version, file) in json.loads(shown[0][5:]).items():
        assert path.startswith(home) and file.startswith(home)
        assert version == manifests[addon]["version"]
