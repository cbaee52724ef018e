"""Two private PostgreSQL servers: a primary, and a standby that follows it."""

import contextlib
import shutil

import cache
from cluster import PORT, Cluster

HBA = "local all all peer map=us\nlocal replication all peer map=us\n"
# Small, and quick to find each other again
SETTINGS = """
shared_buffers = 64MB
wal_retrieve_retry_interval = 200ms
shared_preload_libraries = 'pg_stat_statements'
"""


class Primary(Cluster):
    """A server that others may follow over its Unix socket."""

    def _create(self):
        super()._create()
        self._write("pg_hba.conf", HBA)
        self._call(["pg_ctl", "-D", self.data, "reload"])


class Standby(Cluster):
    """A server that shows what another one has written."""

    def __init__(self, primary, name):
        super().__init__(primary.programs, name)
        self.primary = primary

    def _create(self):
        for folder in (self.folder, self.run):
            folder.mkdir(mode=0o755)
            self._own(folder)
        command = ["pg_basebackup", "-h", self.primary.run, "-p", PORT, "-U", self.user]
        command += ["-D", self.data, "--write-recovery-conf", "--checkpoint=fast"]
        what = "Copying the primary PostgreSQL server"
        self._run([*command, "--no-sync"], cache.log(self.name), what)
        settings = (self.data / "postgresql.auto.conf").read_text()
        socket = f"unix_socket_directories = '{self.run}'\n"
        self._write("postgresql.auto.conf", settings + socket)


@contextlib.contextmanager
def pair(programs, name):
    """Yield a new primary and a new standby; nothing of them stays behind."""
    primary = Primary(programs, f"{name}-primary", SETTINGS)
    standby = Standby(primary, f"{name}-standby")
    try:
        for server in (primary, standby):
            _remove(server)  # a killed test leaves its own
            server._ensure(None)
        yield primary, standby
    finally:
        for server in (standby, primary):
            _remove(server)


def _remove(server):
    if server.folder.is_dir():
        server.stop()
        shutil.rmtree(server.folder)
    cache.log(server.name).unlink(missing_ok=True)
