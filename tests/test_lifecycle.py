"""Installing, updating and uninstalling the addons on a database with their ground.

The steps depend on each other and cost half a minute each, so one module-wide
fixture takes them all, and each test looks at one of them.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import cache

ADDONS = cache.addons()
DATABASE = f"customer_portal_lifecycle_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"

# What must be the same before the installation and after the uninstallation. Each
# query names rows by what they are, not by their numbers.
SNAPSHOTS = {
    "tables": """
        select table_name, table_type from information_schema.tables
        where table_schema = 'public'
    """,
    "columns": """
        select table_name, column_name, data_type, is_nullable
        from information_schema.columns where table_schema = 'public'
    """,
    "indexes": "select indexdef from pg_indexes where schemaname = 'public'",
    "constraints": """
        select conrelid::regclass, conname, pg_get_constraintdef(oid)
        from pg_constraint where connamespace = 'public'::regnamespace
    """,
    "functions and triggers": """
        select proname from pg_proc where pronamespace = 'public'::regnamespace
        union all select tgname from pg_trigger where not tgisinternal
    """,
    "sequences": """
        select sequencename from pg_sequences where schemaname = 'public'
        union all select code from ir_sequence
    """,
    "external ids": "select module, name, model from ir_model_data",
    "models": "select model from ir_model",
    "fields": "select model, name, ttype, relation from ir_model_fields",
    "selection values": """
        select f.model, f.name, s.value from ir_model_fields_selection s
        join ir_model_fields f on f.id = s.field_id
    """,
    "record rules": """
        select r.name, m.model, r.domain_force, r.active, r.perm_read, r.perm_write,
               r.perm_create, r.perm_unlink,
               array(select d.module || '.' || d.name from rule_group_rel g
                     join ir_model_data d
                       on d.model = 'res.groups' and d.res_id = g.group_id
                     where g.rule_group_id = r.id order by 1)
        from ir_rule r join ir_model m on m.id = r.model_id
    """,
    "access rights": """
        select a.name, m.model, a.active, a.perm_read, a.perm_write, a.perm_create,
               a.perm_unlink
        from ir_model_access a join ir_model m on m.id = a.model_id
    """,
    "groups": "select name from res_groups",
    "scheduled actions": "select cron_name, active from ir_cron",
    "server actions": "select name, state from ir_act_server",
    "window actions": "select name, res_model from ir_act_window",
    "menus": "select name, active, web_icon from ir_ui_menu",
    "website menus": "select name, url from website_menu",
    "views": "select name, key, active, md5(arch_db::text) from ir_ui_view",
    "reports": "select name, report_name from ir_act_report_xml",
    "mail templates": "select name, model from mail_template",
    "message subtypes": "select name, res_model from mail_message_subtype",
    "mailing lists": "select name from mailing_list",
    "ticket types": "select name from helpdesk_ticket_type",
    "ticket stages": "select name, mail_template_id from helpdesk_ticket_stage",
    "assets": "select name, bundle, path from ir_asset",
    "defaults": "select f.model, f.name, d.json_value from ir_default d "
    "join ir_model_fields f on f.id = d.field_id",
    "config parameters": """
        select key from ir_config_parameter where key not like 'database.%'
    """,
}


@dataclass
class Story:
    """What happened to the database."""

    before: dict
    after: dict = field(default_factory=dict)
    logs: dict = field(default_factory=dict)


def psql(statement, database=DATABASE):
    command = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database]
    done = subprocess.run(
        [*command, "-c", statement], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def snapshot():
    return {title: sorted(psql(query)) for title, query in SNAPSHOTS.items()}


def odoo(log, *arguments):
    """Run Odoo to its end, everything it says in ``log``."""
    with log.open("wb") as output:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "odoo", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        pytest.fail(f"odoo {arguments}: {log.read_text()[-5000:]}", pytrace=False)
    return log


def complaints(log):
    """checklog-odoo's output about a log, empty when all is well."""
    done = subprocess.run(
        [
            Path(sys.executable).with_name("checklog-odoo"),
            *("-c", os.environ["CUSTOMER_PORTAL_CHECKLOG"], "--no-echo", log),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr if done.returncode else ""


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    logs = tmp_path_factory.mktemp("lifecycle")
    ground = os.environ["CUSTOMER_PORTAL_GROUND"]
    files = Path(os.environ["CUSTOMER_PORTAL_CACHE"]) / "data" / "filestore"
    drop = f'drop database if exists "{DATABASE}" with (force)'
    psql(drop, "postgres")
    shutil.rmtree(files / DATABASE, ignore_errors=True)
    psql(f'create database "{DATABASE}" template "{ground}"', "postgres")
    if (files / ground).is_dir():
        shutil.copytree(files / ground, files / DATABASE)
    server = ("server", "-d", DATABASE, "--no-http", "--stop-after-init")
    story = Story(before=snapshot())
    story.logs["install"] = odoo(logs / "install.log", *server, "-i", ",".join(ADDONS))
    story.logs["update"] = odoo(logs / "update.log", *server, "-u", ",".join(ADDONS))
    log = logs / "uninstall.log"
    removal = ("module", "uninstall", "-d", DATABASE, *ADDONS)
    story.logs["uninstall"] = odoo(log, *removal)
    story.after = snapshot()
    yield story
    psql(drop, "postgres")
    shutil.rmtree(files / DATABASE, ignore_errors=True)


@pytest.mark.parametrize("step", ["install", "update", "uninstall"])
def test_logs_no_warning(story, step):
    """Nor does any other step go wrong unseen (G2)."""
    assert not complaints(story.logs[step])


@pytest.mark.parametrize("title", SNAPSHOTS)
def test_leaves_everything_as_it_was(story, title):
    """Gone without a trace (G2, H8)."""
    before, after = set(story.before[title]), set(story.after[title])
    left, gone = sorted(after - before), sorted(before - after)
    assert (left, gone) == ([], []), f"{title}: left behind, or gone or changed"


def test_has_been_uninstalled(story):
    """What it was built on is still there (G2)."""
    state = "select state from ir_module_module where name = '{}'"
    for addon in ADDONS:
        assert psql(state.format(addon)) == ["uninstalled"]
    assert psql(state.format("helpdesk_mgmt")) == ["installed"]
