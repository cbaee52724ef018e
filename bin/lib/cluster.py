"""PostgreSQL: the server the user names, or a private one in the cache.

The private one listens on a Unix socket only. Whoever comes first starts it, and
whoever ends last stops it: each command holds a shared lock while it uses the
server, and the kernel drops that lock even when the command is killed.
"""

import contextlib
import fcntl
import getpass
import os
import pwd
import subprocess

import cache
import machine
from console import Fail, run

ROLE = "odoo"
PORT = "5432"  # only part of the socket's name
LONGEST_SOCKET = 107
SETTINGS = """
listen_addresses = ''
max_connections = 200
shared_buffers = 512MB
work_mem = 16MB
maintenance_work_mem = 128MB
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 2GB
random_page_cost = 1.1
logging_collector = off
log_timezone = 'UTC'
timezone = 'UTC'
"""
# A server of its own for measuring: more memory, and it counts its statements.
BENCH = "postgres-bench"
BENCH_SETTINGS = """
shared_buffers = 4GB
effective_cache_size = 12GB
max_wal_size = 8GB
shared_preload_libraries = 'pg_stat_statements'
"""


def is_given():
    """Whether the user names a server of their own."""
    return any(os.environ.get(name) for name in ("PGHOST", "PGPORT", "PGDATABASE"))


@contextlib.contextmanager
def running(steps, bench=False):
    """Yield the environment variables that reach a running server."""
    if is_given():
        yield _given()
        return
    programs = machine.need_postgresql(steps)
    cluster = Cluster(programs, BENCH, BENCH_SETTINGS) if bench else Cluster(programs)
    with cluster.used(steps):
        yield cluster.variables


def _given():
    variables = {
        name: os.environ[name]
        for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD")
        if os.environ.get(name)
    }
    variables.setdefault("PGUSER", getpass.getuser())
    try:
        psql(variables, "select 1", maintenance())
    except FileNotFoundError as error:
        raise Fail(
            "PGHOST names a PostgreSQL server, but psql is not installed: run "
            "'apt-get install postgresql-client' and start again."
        ) from error
    except subprocess.CalledProcessError as error:
        raise Fail(
            "The PostgreSQL server that PGHOST, PGPORT and PGDATABASE name does not "
            f"answer ({' '.join(error.stderr.split())}): start it, or unset them."
        ) from error
    if variables["PGUSER"] == "postgres":
        raise Fail(
            "Odoo refuses to work as PostgreSQL's user 'postgres': name another one "
            "that may create databases in PGUSER."
        )
    return variables


def maintenance():
    """The database to connect to for creating and dropping others."""
    return os.environ.get("PGDATABASE") or "postgres"


def superuser():
    """Who may do everything on the private server, which runs as them."""
    # PostgreSQL refuses to run as root.
    return "postgres" if os.geteuid() == 0 else getpass.getuser()


def environ(variables):
    """The process environment with exactly these connection settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    return kept | variables


def client_programs():
    """The folder with psql, createdb and dropdb of the newest version, or None."""
    folder = machine.postgresql_bin()
    return folder if folder and (folder / "psql").exists() else None


def psql(variables, sql, database):
    """Run SQL, return what it prints: rows by line, columns by '|'."""
    folder = client_programs()
    command = [str(folder / "psql") if folder else "psql", "-XAtq"]
    command += ["-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql]
    done = subprocess.run(
        command, env=environ(variables), capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


class Cluster:
    """A private server.

    :param name: its folder in the cache
    :param settings: lines for its configuration, beside those that all have
    """

    def __init__(self, programs, name="postgres", settings=""):
        self.programs = programs
        self.name = name
        self.settings = settings
        self.folder = cache.root() / name
        self.data = self.folder / "data"
        self.run = self.folder / "run"
        self.user = superuser()
        self.variables = {"PGHOST": str(self.run), "PGPORT": PORT, "PGUSER": ROLE}
        self.log = self.folder / "server.log"

    @contextlib.contextmanager
    def used(self, steps):
        """Keep the server running for as long as the block lasts."""
        users = (cache.root() / f"{self.name}-users.lock").open("a")
        try:
            with cache.locked(self.name):
                self._ensure(steps)
                fcntl.flock(users, fcntl.LOCK_SH)
            yield self
        finally:
            with cache.locked(self.name):
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    pass  # somebody else uses it still
                else:
                    self.stop()
                users.close()

    def is_running(self):
        return self._call(["pg_ctl", "-D", self.data, "status"]).returncode == 0

    def stop(self):
        if self.data.is_dir() and self.is_running():
            self._call(["pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop"])

    def _ensure(self, steps):
        self._check_paths()
        if not (self.data / "complete").exists():
            self._create()
        if not self.is_running():
            self._start()

    def _check_paths(self):
        socket = f"{self.run}/.s.PGSQL.{PORT}"
        if len(os.fsencode(socket)) > LONGEST_SOCKET:
            raise Fail(
                f"The path of PostgreSQL's socket, {socket}, is too long: name a "
                "cache folder with a shorter path in CUSTOMER_PORTAL_CACHE."
            )
        if os.geteuid():
            return
        try:
            pwd.getpwnam(self.user)
        except KeyError as error:
            raise Fail(
                "As root, PostgreSQL runs as the user 'postgres', who does not exist "
                "here: install Debian's postgresql package, or start as another user."
            ) from error
        for folder in cache.root().parents:
            if not folder.stat().st_mode & 0o001:
                raise Fail(
                    f"PostgreSQL's user 'postgres' cannot reach {cache.root()}, "
                    f"because {folder} is closed to others: name another cache folder "
                    "in CUSTOMER_PORTAL_CACHE."
                )
        cache.root().chmod(cache.root().stat().st_mode | 0o011)

    def _create(self):
        cache.check_space(cache.GIGABYTE)
        log = cache.log(self.name)
        run(["rm", "-rf", self.folder], log, "Removing an unfinished database server")
        for folder in (self.folder, self.run):
            folder.mkdir(mode=0o755)
            self._own(folder)
        what = "Creating the private PostgreSQL server"
        options = ["--auth=peer", "--encoding=UTF8", "--locale=C", "--no-sync"]
        self._run(["initdb", "-D", self.data, *options], log, what)
        self._write("postgresql.auto.conf", self._settings())
        self._write("pg_hba.conf", "local all all peer map=us\n")
        self._write("pg_ident.conf", self._ident())
        self._start()
        create = f"create role {ROLE} login createdb"
        self._run(
            ["psql", "-XAtq", "-h", self.run, "-d", "postgres", "-c", create], log, what
        )
        self._write("complete", "")

    def _settings(self):
        socket = f"unix_socket_directories = '{self.run}'\nport = {PORT}\n"
        return SETTINGS + self.settings + socket

    def _ident(self):
        """Who may come in over the socket: the server's user and we, nobody else."""
        people = sorted({self.user, pwd.getpwuid(os.geteuid()).pw_name})
        lines = [f'us "{name}" "{ROLE}"\n' for name in people]
        lines += [f'us "{name}" "{self.user}"\n' for name in people]
        return "".join(lines)

    def _start(self):
        what = "Starting the private PostgreSQL server"
        options = ["-D", self.data, "-l", self.log, "-w", "-t", "60", "start"]
        self._run(["pg_ctl", *options], cache.log(self.name), what)

    def _write(self, name, text):
        path = self.data / name
        path.write_text(text)
        self._own(path)

    def _own(self, path):
        if os.geteuid() == 0:
            entry = pwd.getpwnam(self.user)
            os.chown(path, entry.pw_uid, entry.pw_gid)

    def _options(self):
        """As root, step down to the server's user; never inherit a foreign PG*."""
        options = {"cwd": self.folder, "env": environ({"LC_ALL": "C"})}
        if os.geteuid() == 0:
            entry = pwd.getpwnam(self.user)
            options |= {"user": entry.pw_uid, "group": entry.pw_gid}
            options |= {"extra_groups": []}
        return options

    def _run(self, command, log, what):
        run([self.programs / command[0], *command[1:]], log, what, **self._options())

    def _call(self, command):
        return subprocess.run(
            [str(self.programs / command[0]), *map(str, command[1:])],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            **self._options(),
        )
