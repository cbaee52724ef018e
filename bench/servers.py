"""Odoo servers with workers, as users run them, and people who ask them."""

import contextlib
import http.client
import json
import re
import time
import urllib.parse
import xmlrpc.client
from dataclasses import dataclass
from pathlib import Path

import cache
from console import Fail

HOST = "127.0.0.1"
WORKERS = 2
PASSWORD = "bench"
# What Odoo's log says of a request: its number of queries at last but two
REQUEST = re.compile(
    r'"(?P<method>\w+) (?P<path>\S+) HTTP/[\d.]+" (?P<status>\d+) \S+ (?P<queries>\d+) '
)
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Answer:
    """What a server answered; seconds from sending to the last byte."""

    status: int
    seconds: float
    body: str
    location: str


class Server:
    """One Odoo server on one database.

    :param Filled database:
    :param int port: of HTTP; the next one is the websockets'
    :param int smtp_port: where it sends its mails to
    """

    def __init__(self, processes, database, port, smtp_port):
        self.database = database
        self.port = port
        name = f"bench-{database.name}"
        conf = database.odoo.write_conf(
            name,
            db_name=database.name,
            dbfilter=f"^{database.name}$",
            http_port=port,
            gevent_port=port + 1,
            smtp_server=HOST,
            smtp_port=smtp_port,
            email_from="bench@service.example",
            workers=WORKERS,
            max_cron_threads=0,
        )
        odoo = database.odoo
        begin = time.monotonic()
        command = odoo.server_command()
        processes.start(database.name, command, name, odoo.environ(conf))
        self.process = processes.running[-1][1]
        self.log = cache.log(name)
        processes.wait(f"http://{HOST}:{port}/web/login")
        self.start_seconds = time.monotonic() - begin

    def worker_memory(self):
        """Return the memory of the workers in MiB, shared pages counted in parts."""
        found = []
        for pid in self._workers():
            smaps = Path(f"/proc/{pid}/smaps_rollup").read_text()
            found.append(int(re.search(r"^Pss: +(\d+)", smaps, re.M)[1]) / 1024)
        return sorted(found)

    def find_processes(self):
        """Return the workers and their backends in PostgreSQL, if it runs here."""
        return [*self._workers(), *self._backends()]

    def _workers(self):
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        pids = [int(pid) for pid in children.read_text().split()]
        return [pid for pid in pids if b"gevent" not in _command(pid)]

    def _backends(self):
        """Find them by what PostgreSQL shows of each: the user and the database."""
        pids = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
        name = f" {self.database.name} ".encode()
        shown = {pid: _command(pid) for pid in pids}
        return [p for p, c in shown.items() if c.startswith(b"postgres") and name in c]

    def queries(self, since=0):
        """Return the numbers of SQL queries by request, as Odoo logged them.

        :param int since: length of the log before
        :rtype: dict[str, list[int]]
        """
        found = {}
        logged = self.log.read_bytes()[since:].decode()
        for match in REQUEST.finditer(logged):
            key = f"{match['method']} {match['path']}"
            found.setdefault(key, []).append(int(match["queries"]))
        return found

    def rpc(self, model, method, *arguments, **options):
        """Call a method as Odoo's administrator, through XML-RPC.

        :return: its result, and the seconds it took
        """
        proxy = xmlrpc.client.ServerProxy(
            f"http://{HOST}:{self.port}/xmlrpc/2/object", allow_none=True
        )
        name = self.database.name
        begin = time.perf_counter()
        result = proxy.execute_kw(name, 2, "admin", model, method, arguments, options)
        return result, time.perf_counter() - begin


def cpu_seconds(pids):
    """Return the CPU time that some processes took so far, those that are there."""
    spent = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            # Linux' clock of another process, see clock_getcpuclockid(3)
            spent += time.clock_gettime(~pid << 3 | 2)
    return spent


def _command(pid):
    """Return the command line of a process, empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


class Person:
    """Somebody with a browser: keeps cookies, follows nothing by itself."""

    def __init__(self, server, login=None, password=PASSWORD):
        self.server = server
        self.session = None
        if login:
            fields = {"login": login, "password": password}
            answer = self.submit("/web/login", fields)
            if answer.status != 303:
                raise Fail(f"{login} could not log in to {server.database.name}.")

    def get(self, path):
        return self._request("GET", path)

    def call(self, path, arguments):
        """Call a method as Odoo's own client does."""
        call = {"jsonrpc": "2.0", "method": "call", "params": arguments}
        headers = {"Content-Type": "application/json"}
        return self._request("POST", path, json.dumps(call), headers)

    def submit(self, path, fields):
        """Open a form's page and send it; return the answer to that."""
        return self.post(path, self.fill(path, fields))

    def fill(self, path, fields):
        """Open a form's page; return the fields with what the page adds to them."""
        page = self.get(path)
        token = TOKEN.search(page.body)
        if not token:
            raise Fail(f"{path} has no form, but answered {page.status}.")
        return {**fields, "csrf_token": token[1]}

    def post(self, path, fields):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._request("POST", path, urllib.parse.urlencode(fields), headers)

    def _request(self, method, path, body=None, headers=None):
        headers = {"Accept-Language": "de-DE", **(headers or {})}
        cookie = "frontend_lang=de_DE"
        if self.session:
            cookie += f"; session_id={self.session}"
        headers["Cookie"] = cookie
        connection = http.client.HTTPConnection(HOST, self.server.port, timeout=300)
        begin = time.perf_counter()
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        text = response.read().decode()
        seconds = time.perf_counter() - begin
        for name, value in response.getheaders():
            if name.lower() == "set-cookie" and value.startswith("session_id="):
                self.session = value.split(";")[0].partition("=")[2]
        location = response.getheader("Location") or ""
        connection.close()
        return Answer(response.status, seconds, text, location)
