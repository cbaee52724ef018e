"""The commands' failures: one sentence that says what to do, and no traceback."""

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import pytest

import cache
import cli
import cluster
import console
import database
import environment
import machine
import oca_tests
import odoo_source
import ports
import run_lint
import run_tests
from console import Fail

REPO = Path(__file__).resolve().parents[1]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A cache folder of its own."""
    monkeypatch.setenv("CUSTOMER_PORTAL_CACHE", str(tmp_path))
    return cache.prepare()


@pytest.fixture
def steps():
    return console.Steps()


def demo(tmp_path, *arguments, **variables):
    """Run bin/demo with a cache folder of its own; it is expected to fail at once."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    env |= {"CUSTOMER_PORTAL_CACHE": str(tmp_path / "cache"), **variables}
    return subprocess.run(
        [REPO / "bin" / "demo", *free_ports(), *arguments],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def free_ports():
    options = []
    for name in ("--port", "--smtp-port", "--mail-port"):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            options += [name, str(probe.getsockname()[1])]
    return options


def assert_sentence(done, *words):
    """It failed, and its last words are one line for people."""
    assert done.returncode == 1, done
    assert "Traceback" not in done.stdout + done.stderr
    last = done.stderr.strip().splitlines()[-1]
    for word in words:
        assert word in last
    assert last.endswith(".")


def script(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


# --- Python ------------------------------------------------------------------------


def test_no_python_that_fits(tmp_path):
    for name in ("dirname", "readlink"):
        (tmp_path / name).symlink_to(Path("/usr/bin") / name)
    script(tmp_path / "python3", "exit 1")  # as an old one answers the version check
    assert_sentence(demo(tmp_path, PATH=str(tmp_path)), "Python 3.11", "install")


@pytest.mark.parametrize("version", [(3, 10, 9), (3, 14, 0)])
def test_wrong_python(monkeypatch, capsys, version):
    monkeypatch.setattr(sys, "version_info", version)
    assert cli.main("demo") == 1
    assert "3.11 to 3.13" in capsys.readouterr().err


# --- Odoo --------------------------------------------------------------------------


def test_odoo_home_is_no_odoo(tmp_path):
    done = demo(tmp_path, ODOO_HOME=str(tmp_path))
    assert_sentence(done, "ODOO_HOME", "release.py", "unset it")


def test_odoo_home_is_another_version(tmp_path):
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").write_text(
        "version_info = (18, 0, 0, 'final')\n"
    )
    done = demo(tmp_path, ODOO_HOME=str(tmp_path))
    assert_sentence(done, "18.0", "19.0")


def test_odoo_home_is_right(tmp_path):
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").write_text(
        "version_info = (19, 0, 0, 'final')\n"
    )
    tree = odoo_source.given(tmp_path)
    assert tree.path == tmp_path
    assert tree.addons == [tmp_path / "addons", tmp_path / "odoo" / "addons"]


def test_no_network_for_odoo(tmp_path):
    script(
        tmp_path / "apt-get", '[ "$1" = indextargets ] && echo "file:/x y" || exit 9'
    )
    script(tmp_path / "dpkg", "exit 9")
    path = f"{tmp_path}:{os.environ['PATH']}"
    assert_sentence(demo(tmp_path, PATH=path), "archive", "network", "ODOO_HOME")
    left = {path.name for path in (tmp_path / "cache").iterdir()}
    assert left == {"log", "demo.lock", "setup.lock"}


def test_not_debian(folder, steps, monkeypatch):
    monkeypatch.delenv("ODOO_HOME", raising=False)
    monkeypatch.setattr(machine, "is_debian", lambda: False)
    with pytest.raises(Fail, match="Debian machine only.*ODOO_HOME"):
        odoo_source.prepare(steps)


def test_archives_without_partial_ones(tmp_path, monkeypatch):
    lines = ["a:/ bookworm", "a:/ bookworm-updates", "b:/ bookworm-security"]
    script(tmp_path / "apt-get", "\n".join(f"echo {line}" for line in lines))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert odoo_source._archives() == ["a:/"]


# --- the machine -------------------------------------------------------------------


def test_no_network_for_pip(folder, steps, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    with pytest.raises(Fail, match="Python packages .*network.*pip-venv-lint.log"):
        environment.lint(steps)
    assert not environment.Environment("venv-lint", environment.LINT).is_ready()


def test_no_right_to_install(folder, steps, monkeypatch):
    monkeypatch.setattr(machine, "postgresql_bin", lambda: None)
    monkeypatch.setattr(machine, "is_debian", lambda: True)
    monkeypatch.setattr(machine, "as_root", lambda: None)
    with pytest.raises(Fail, match="PostgreSQL.*apt-get install postgresql.*root"):
        machine.need_postgresql(steps)


def test_nothing_to_install_with(folder, steps, monkeypatch):
    monkeypatch.setattr(machine, "chromium", lambda: None)
    monkeypatch.setattr(machine, "is_debian", lambda: False)
    with pytest.raises(Fail, match="browser.*not a Debian machine.*chromium"):
        machine.need_chromium(steps)


def test_no_proxy_to_be_had(folder, steps, tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "nginx", lambda: None)
    monkeypatch.setattr(machine, "is_debian", lambda: False)
    with pytest.raises(Fail, match="nginx.*not a Debian machine"):
        machine.need_nginx(steps)
    monkeypatch.setattr(machine, "is_debian", lambda: True)
    monkeypatch.setattr(machine, "as_root", lambda: None)
    script(tmp_path / "apt-get", "exit 9")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(Fail, match="Fetching nginx .*network.*apt.log"):
        machine.need_nginx(steps)


def test_apt_fails(folder, steps, tmp_path, monkeypatch):
    script(tmp_path / "apt-get", "exit 9")
    script(tmp_path / "env", 'shift; exec "$@"')
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(machine, "as_root", list)
    monkeypatch.setattr(machine, "is_debian", lambda: True)
    with pytest.raises(Fail, match="with apt .*network.*apt.log"):
        machine.apt_install(["x"], "something", steps)


@pytest.mark.parametrize("option", ["--port", "--smtp-port", "--mail-port"])
def test_port_taken(tmp_path, option):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = demo(tmp_path, option, port)
    assert_sentence(done, f"Port {port}", "taken", option)


def test_port_that_does_not_exist():
    with pytest.raises(Fail, match="Port 70000"):
        ports.check_free(70000, "Odoo", "--port")


def test_disk_full_before_the_work(folder, monkeypatch):
    monkeypatch.setattr(cache, "free_bytes", lambda _folder: cache.GIGABYTE)
    with pytest.raises(Fail, match="1.0 GB free, 4 GB are needed"):
        cache.check_space()


def test_disk_full_in_its_middle(capsys):
    def full():
        raise OSError(errno.ENOSPC, "No space left on device")

    assert console.main(full) == 1
    assert "disk is full" in capsys.readouterr().err


def test_cache_cannot_be_created(tmp_path):
    (tmp_path / "cache").touch()
    assert_sentence(demo(tmp_path), "cannot be created", "CUSTOMER_PORTAL_CACHE")


# --- PostgreSQL --------------------------------------------------------------------


def test_socket_path_too_long(tmp_path, monkeypatch):
    monkeypatch.setenv("CUSTOMER_PORTAL_CACHE", str(tmp_path / ("x" * 90)))
    with pytest.raises(Fail, match="too long.*CUSTOMER_PORTAL_CACHE"):
        cluster.Cluster(Path("nowhere"))._check_paths()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root steps down to postgres")
def test_closed_folder_above_the_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "LONGEST_SOCKET", 1000)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    tmp_path.chmod(0o755)
    monkeypatch.setenv("CUSTOMER_PORTAL_CACHE", str(closed / "cache"))
    cache.prepare()
    with pytest.raises(Fail, match="'postgres' cannot reach"):
        cluster.Cluster(Path("nowhere"))._check_paths()


def test_given_server_does_not_answer(steps, tmp_path, monkeypatch):
    monkeypatch.setenv("PGHOST", str(tmp_path))
    with pytest.raises(Fail, match="PGHOST.*does not answer"):
        with cluster.running(steps):
            pass


# --- sibling addons ----------------------------------------------------------------

MAIN = {"depends": ["website", "iap"], "external_dependencies": {"python": ["a"]}}
SIBLING = {
    "depends": [cache.ADDON, "website", "calendar"],
    "external_dependencies": {"python": ["tinylib>=2"]},
}


def make_addon(folder, name, manifest):
    (folder / name / "tests").mkdir(parents=True)
    (folder / name / "__manifest__.py").write_text(repr(manifest))
    (folder / name / "__init__.py").touch()
    (folder / name / "tests" / "__init__.py").touch()
    (folder / name / "tests" / f"test_{name[-4:]}.py").touch()


@pytest.fixture
def clone(folder, tmp_path, monkeypatch):
    """A repository with our addon and a sibling, and what is none beside them."""
    clone = tmp_path / "clone"
    make_addon(clone, cache.ADDON, MAIN)
    make_addon(clone, "customer_portal_tiny", SIBLING)
    (clone / "customer_portal_notes").mkdir()
    (clone / "requirements").mkdir()
    monkeypatch.setattr(cache, "REPO", clone)
    monkeypatch.setattr(environment, "REQUIREMENTS", clone / "requirements")
    return clone


def test_siblings_are_found(clone):
    assert cache.addons() == [cache.ADDON, "customer_portal_tiny"]
    assert cache.addon_dependencies() == ["website", "iap", "calendar"]


def test_a_broken_manifest_is_named(clone):
    (clone / "customer_portal_tiny" / "__manifest__.py").write_text("{")
    with pytest.raises(Fail, match="customer_portal_tiny/__manifest__.py cannot"):
        cache.addon_dependencies()


def test_changes_of_siblings_are_noticed(clone):
    digests = {cache.addon_digest()}
    sibling = clone / "customer_portal_tiny"
    (sibling / "models.py").touch()
    digests.add(cache.addon_digest())
    (sibling / "models.py").rename(clone / cache.ADDON / "models.py")
    digests.add(cache.addon_digest())
    assert len(digests) == 3
    (sibling / "tests" / "test_more.py").touch()
    assert cache.addon_digest() in digests


def test_libraries_of_siblings(clone, steps, monkeypatch):
    assert cache.addon_libraries() == ["tinylib>=2"]
    tiny = environment.Environment("venv-tiny", (), cache.addon_libraries())
    calls = []

    def run(command, *_rest):
        tiny.path.mkdir(exist_ok=True)
        calls.append(command)

    monkeypatch.setattr(environment, "run", run)
    monkeypatch.setattr(machine, "need_python_venv", lambda steps: None)
    tiny.build(steps)
    assert calls[-1][-1] == "tinylib>=2"
    assert tiny.is_ready()
    pins = clone / "requirements" / "customer_portal_tiny.txt"
    pins.write_text("tinylib==2.1\n")
    assert not tiny.is_ready()
    tiny.build(steps)
    assert calls[-1][calls[-1].index(pins) - 1] == "-c"


def test_tests_of_siblings_are_run(clone):
    found, _others = run_tests.resolve(["tests/test_tiny.py"])
    assert found == [f"{clone}/customer_portal_tiny/tests/test_tiny.py"]
    with pytest.raises(Fail, match=f"nor below {cache.ADDON}, customer_portal_tiny"):
        run_tests.resolve(["tests/test_none.py"])
    tests = run_tests.everything(Mock(environment=Mock(site_packages=clone)))
    assert [str(clone / name / "tests") for name in cache.addons()] == tests[:2]


def test_siblings_are_installed_and_updated(clone, steps, monkeypatch):
    """Also one that came after the database had been made."""
    calls, comments = [], []

    def psql(_variables, statement, _database):
        if statement.startswith("comment"):
            comments.append(statement.partition("is '")[2].rstrip("'"))
        if "shobj_description" in statement:
            return comments[-1] if comments else ""
        return f"website\n{cache.ADDON}" if "ir_module_module" in statement else ""

    def run(command, *_rest, **_options):
        calls.append(" ".join(command[command.index("--stop-after-init") + 1 :]))

    for name, call in (("run", run), ("REQUIREMENTS", clone / "requirements")):
        monkeypatch.setattr(database, name, call)
    monkeypatch.setattr(cluster, "psql", psql)
    for name in ("odoo.txt", "oca.txt"):
        (clone / "requirements" / name).touch()
    odoo = Mock(tree=Mock(version="19"), command=lambda *words: [*words])

    def ensure():
        return database.Database(odoo, "some", "conf").ensure(steps)

    both = f"{cache.ADDON},customer_portal_tiny"
    assert ensure() and not ensure()
    assert calls == [f"-i {both} --load-language=de_DE"]
    (clone / "customer_portal_tiny" / "new.py").touch()
    assert ensure()
    assert calls[1:] == [f"-u {both} --i18n-overwrite -i customer_portal_tiny"]


def test_siblings_are_checked(clone, monkeypatch):
    names = [str(path.relative_to(clone)) for path in clone.rglob("*.py")]
    monkeypatch.setattr(run_lint, "tracked", lambda: names)
    commands = []
    monkeypatch.setattr(
        run_lint, "program", lambda *command: commands.append([*map(str, command)])
    )
    list(run_lint.checks(Path("bin"), False))
    assert ["bin/pylint", *cache.addons()] in commands
    assert [f"{name}/__manifest__.py" for name in cache.addons()] == commands[-1][-2:]


# --- the rest ----------------------------------------------------------------------


def test_failed_step_names_its_log(tmp_path):
    log = tmp_path / "step.log"
    with pytest.raises(Fail, match=f"Trying failed .exit code 1.*{log}"):
        console.run(["false"], log, "Trying")
    assert log.read_text() == "$ false\n"


def test_test_paths_are_looked_up_below_the_addon():
    tests = REPO / cache.ADDON / "tests"
    name = next(tests.rglob("test_*.py")).relative_to(tests)
    paths, others = run_tests.resolve([f"tests/{name}::Some", "-k", "name"])
    assert paths == [f"{REPO / cache.ADDON / 'tests' / name}::Some"]
    assert others == ["-k", "name"]
    with pytest.raises(Fail, match="no tests/test_nothing.py"):
        run_tests.resolve(["tests/test_nothing.py"])


def test_machine_names_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "REPO", tmp_path)
    monkeypatch.setattr(run_lint, "registry_hosts", lambda: {"index.example"})
    (tmp_path / "good").write_text("/var/cache/x ../home/y https://homework.example/")
    assert run_lint.no_machine_names(["good"])
    for text in ("cd /" + "home/me/x", "fetch https://index.example/x"):
        (tmp_path / "bad").write_text(text)
        assert not run_lint.no_machine_names(["good", "bad"])


def test_deselected_tests_of_oca_exist():
    from odoo.modules.module import get_module_path

    module, _, file = oca_tests.FILE.partition("/")
    text = (Path(get_module_path(module)) / file).read_text()
    for name, reason in oca_tests.DESELECTED.items():
        assert f"def {name.partition('::')[2]}(" in text
        assert len(reason) > 20
