"""Odoo itself: its configuration file, and how to start it."""

import cache
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

    def command(self, conf, *arguments):
        """The command line; Odoo's subcommand, if any, has to come first."""
        subcommand = []
        if arguments and not str(arguments[0]).startswith("-"):
            subcommand, arguments = [arguments[0]], arguments[1:]
        program = [self.environment.python, "-P", "-m", "odoo", *subcommand, "-c", conf]
        return [str(part) for part in (*program, *arguments)]
