"""A portal with a database replica, as users run it: for test_replica.py."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from configparser import ConfigParser
from pathlib import Path

import requests

import odoo.cli

import cluster
import standby
from processes import Processes

DATABASE = "customer_portal_replica"
WAIT = 60  # seconds
# Not "-m odoo": the process for websockets is started by the program's name
PROGRAM = Path(odoo.cli.__file__).parents[5] / "bin" / "odoo"
STATEMENTS = "from pg_stat_statements s join pg_database d on d.oid = s.dbid"


def wait_for(condition, what):
    """Return what the condition says, as soon as it says anything."""
    pause = threading.Event()
    for _try in range(WAIT * 10):
        found = condition()
        if found:
            return found
        pause.wait(0.1)
    raise AssertionError(f"{what}: not within {WAIT} seconds")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One of the two PostgreSQL servers, and what it has been asked."""

    def __init__(self, folder):
        self.cluster = folder
        self.admin = {**folder.variables, "PGUSER": folder.user}

    def sql(self, statement, database=DATABASE):
        return cluster.psql(self.admin, statement, database)

    def forget(self):
        self.sql("select pg_stat_statements_reset()")

    def count(self, pattern):
        """Return how many statements like this one Odoo has run here."""
        query = f"select coalesce(sum(calls), 0) {STATEMENTS} where query ilike "
        return int(self.sql(f"{query} '{pattern}' and d.datname = '{DATABASE}'"))

    def start(self):
        self.cluster._start()

    def stop(self):
        self.cluster.stop()


class Browser(requests.Session):
    """Somebody at the portal, speaking English."""

    def __init__(self, address, login=None, password=None):
        super().__init__()
        self.address = address
        if login:
            page = self.open("/web/login")
            values = {"login": login, "password": password or login}
            answer = self.submit("/web/login", values, page)
            assert "/web/login" not in answer.url, login

    def open(self, path, **kw):
        return self.get(self.address + path, timeout=WAIT, **kw)

    def submit(self, path, values, page, **kw):
        """Post a form with the token of its page."""
        token = re.search(r'csrf_token(?:" value=|: )"([^"]+)"', page.text)[1]
        data = {"csrf_token": token, **values}
        return self.post(self.address + path, data=data, timeout=WAIT, **kw)

    def rpc(self, path, **params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        return self.post(self.address + path, json=body, timeout=WAIT).json()

    def call(self, model, method, *args, **kwargs):
        """Call a model, as staff."""
        path = f"/web/dataset/call_kw/{model}/{method}"
        answer = self.rpc(path, model=model, method=method, args=args, kwargs=kwargs)
        assert "error" not in answer, answer
        return answer.get("result")


class Site:
    """Odoo with two workers, a primary and a standby."""

    def __init__(self, folder, primary, follower, processes):
        self.folder = folder
        self.primary = Server(primary)
        self.standby = Server(follower)
        self.processes = processes
        self.port = free_port()
        self.gevent_port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = None

    def start(self):
        self._write_conf()
        command = [sys.executable, PROGRAM]
        env = cluster.environ(self.primary.cluster.variables)
        env["ODOO_RC"] = str(self.folder / "odoo.conf")
        name = f"replica-{os.getpid()}"
        self.processes.start("Odoo", command, name, env)
        self.log = self.processes.running[-1][2]
        self.processes.wait(f"{self.address}/web/login")

    def _write_conf(self):
        given = ConfigParser(interpolation=None)
        given.read(os.environ["ODOO_RC"])
        primary, follower = self.primary.cluster, self.standby.cluster
        options = {
            **given["options"],
            "data_dir": self.folder / "data",
            "db_host": primary.run,
            "db_port": primary.variables["PGPORT"],
            "db_user": primary.variables["PGUSER"],
            "db_replica_host": follower.run,
            "db_replica_port": follower.variables["PGPORT"],
            "db_name": DATABASE,
            "http_port": self.port,
            "gevent_port": self.gevent_port,
            "workers": 2,
            # a server of its own: Odoo's master ends when it misses the primary while
            # it replaces a worker, and the one for scheduled actions dies at once
            "max_cron_threads": 0,
        }
        options.pop("db_password", None)
        options.pop("dbfilter", None)  # or Odoo asks the primary what databases it has
        lines = [f"{name} = {value}\n" for name, value in options.items()]
        (self.folder / "odoo.conf").write_text("[options]\n" + "".join(lines))

    def wait_for_replay(self):
        """Wait until the standby shows what the primary has."""
        lsn = self.primary.sql("select pg_current_wal_insert_lsn()")
        query = f"select pg_last_wal_replay_lsn() >= '{lsn}'"
        wait_for(lambda: self.standby.sql(query) == "t", "replaying")

    def read_log(self, offset=0):
        return self.log.read_bytes()[offset:].decode()


def restore(primary, folder):
    """Copy the database of bin/test, with its files, to the primary."""
    ground = ConfigParser(interpolation=None)
    ground.read(os.environ["ODOO_RC"])
    name = ground["options"]["db_name"]
    dump = folder / "dump"
    command = ["pg_dump", "-Fc", "-Z0", "-d", name, "-f", dump]
    subprocess.run(_program(primary, command), check=True)
    cluster.psql(primary.variables, f"create database {DATABASE}", "postgres")
    command = ["pg_restore", "--no-owner", "--no-acl", "-j2", "-d", DATABASE, dump]
    env = cluster.environ(primary.variables)
    subprocess.run(_program(primary, command), env=env, check=True)
    dump.unlink()
    files = Path(ground["options"]["data_dir"]) / "filestore" / name
    if files.is_dir():
        shutil.copytree(files, folder / "data" / "filestore" / DATABASE)
    Server(primary).sql("create extension pg_stat_statements")


def _program(primary, command):
    return [str(primary.programs / command[0]), *map(str, command[1:])]


@contextlib.contextmanager
def running(programs, folder):
    """Yield the portal with its two databases; nothing of it stays behind."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    handlers = {number: signal.getsignal(number) for number in numbers}
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    site = None
    try:
        with standby.pair(programs, f"replica-{worker}") as (primary, follower):
            restore(primary, folder)
            with Processes() as processes:
                site = Site(folder, primary, follower, processes)
                site.start()
                site.wait_for_replay()
                yield site
    finally:
        for number, handler in handlers.items():  # they were ignored while stopping
            signal.signal(number, handler)
        shutil.rmtree(folder, ignore_errors=True)
        if site and site.log:
            site.log.unlink(missing_ok=True)
