"""Odoo itself: its configuration file, and how to start it."""

import cache
import cluster
from environment import Environment

# Odoo's own words for what this machine is, not for what the addon does.
LIMITS = {
    "limit_time_cpu": 3600,
    "limit_time_real": 3600,
    "limit_memory_soft": 0,
    "limit_memory_hard": 0,
}


class Odoo:
    """Odoo's tree, its environment and the database server, ready to be started."""

    def __init__(self, tree, environment: Environment, variables):
        self.tree = tree
        self.environment = environment
        self.variables = variables

    def addons_path(self):
        folders = list(self.tree.addons)
        oca = self.environment.site_packages / "odoo" / "addons"
        if oca.is_dir():
            folders.append(oca)
        if (cache.REPO / cache.ADDON / "__manifest__.py").is_file():
            folders.append(cache.REPO)
        return ",".join(map(str, folders))

    def write_conf(self, name, **options):
        """Write a configuration file into the cache and return its path."""
        settings = {
            "addons_path": self.addons_path(),
            "data_dir": cache.root() / "data",
            "db_host": self.variables.get("PGHOST", ""),
            "db_port": self.variables.get("PGPORT", ""),
            "db_user": self.variables.get("PGUSER", ""),
            "http_interface": "127.0.0.1",
            "list_db": False,
            "max_cron_threads": 1,
            "proxy_mode": False,
            "workers": 0,
            **LIMITS,
            **options,
        }
        lines = [f"{key} = {value}\n" for key, value in settings.items() if value != ""]
        path = cache.root() / f"{name}.conf"
        path.write_text("[options]\n" + "".join(lines))
        path.chmod(0o600)
        return path

    def server_command(self):
        """How to start a server that has workers."""
        program = cache.REPO / "bin" / "lib" / "program" / "odoo_program.py"
        return [self.environment.python, "-P", program]

    def command(self, *arguments):
        return [self.environment.python, "-P", "-m", "odoo", *arguments]

    def environ(self, conf):
        """The process environment; it names the configuration, which so need not
        stand at the right place of a subcommand's arguments."""
        return cluster.environ(self.variables) | {"ODOO_RC": str(conf)}
