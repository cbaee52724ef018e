"""Installing, using, updating and uninstalling the addons, and installing them again.

The database has their ground and a helpdesk that was in use before
(``lifecycle/before.py``); then everything of ours is (``lifecycle/use.py``). The steps
depend on each other and cost up to half a minute each, so one module-wide fixture takes
them all, and each test looks at one of them.
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
SCRIPTS = Path(__file__).parent / "lifecycle"
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
    "groups": "select name->>'en_US' from res_groups",
    "memberships": """
        select u.login, g.name->>'en_US' from res_groups_users_rel r
        join res_users u on u.id = r.uid join res_groups g on g.id = r.gid
    """,
    "implied groups": """
        select g.name->>'en_US', i.name->>'en_US' from res_groups_implied_rel r
        join res_groups g on g.id = r.gid join res_groups i on i.id = r.hid
    """,
    "users": "select login, active, share, website_id from res_users",
    "scheduled actions": "select cron_name, active from ir_cron",
    "triggers": """
        select cron_name from ir_cron_trigger t join ir_cron c on c.id = t.cron_id
        where c.cron_name like 'Support%'
    """,
    "server actions": "select name, state from ir_act_server",
    "window actions": "select name, res_model from ir_act_window",
    "menus": "select name, active, web_icon from ir_ui_menu",
    "website menus": "select name, url, website_id from website_menu",
    "website pages": "select url, website_id from website_page",
    "views": "select name, key, active, md5(arch_db::text) from ir_ui_view",
    "reports": "select name, report_name from ir_act_report_xml",
    "mail templates": "select name, model from mail_template",
    "message subtypes": "select name, res_model from mail_message_subtype",
    "activity types": "select name, res_model from mail_activity_type",
    "mailing lists": "select name from mailing_list",
    "identity providers": "select name, enabled, client_id from auth_oauth_provider",
    "followers of teams": """
        select t.name->>'en_US', p.name,
               array(select s.name->>'en_US'
                     from mail_followers_mail_message_subtype_rel r
                     join mail_message_subtype s on s.id = r.mail_message_subtype_id
                     where r.mail_followers_id = f.id order by 1)
        from mail_followers f
        join helpdesk_ticket_team t
          on f.res_model = 'helpdesk.ticket.team' and t.id = f.res_id
        join res_partner p on p.id = f.partner_id
    """,
    "aliases": "select alias_name, alias_full_name from mail_alias",
    "ticket types": "select name->>'en_US' from helpdesk_ticket_type",
    "ticket stages": """
        select s.name->>'en_US', t.name->>'en_US' from helpdesk_ticket_stage s
        left join mail_template t on t.id = s.mail_template_id
    """,
    "tickets of before": """
        select t.name, t.stage_id, t.team_id, t.type_id, t.active, p.name,
               array(select q.name from mail_followers f
                     join res_partner q on q.id = f.partner_id
                     where f.res_model = 'helpdesk.ticket' and f.res_id = t.id
                     order by 1)
        from helpdesk_ticket t join res_partner p on p.id = t.partner_id
        where t.name like 'Old %'
    """,
    "attachments": """
        select name, res_model, res_field from ir_attachment
        where coalesce(url, '') not like '/web/assets/%'
          and coalesce(res_model, '') not in ('helpdesk.ticket', 'res.partner')
    """,
    "searches": "select name, model_id, domain from ir_filters",
    "assets": "select name, bundle, path from ir_asset",
    "defaults": "select f.model, f.name, d.json_value from ir_default d "
    "join ir_model_fields f on f.id = d.field_id",
    "config parameters": """
        select key, value from ir_config_parameter where key not like 'database.%'
    """,
    "notes of constraints": """
        select c.name, m.name from ir_model_constraint c
        join ir_module_module m on m.id = c.module
    """,
}
# Who may do what
RIGHTS = ("record rules", "access rights", "groups", "memberships", "implied groups")
# What people made of the platform while ours was there, and keep
KEPT = {
    "groups": ["Own group"],
    "identity providers": ["Own provider|t|ours"],
    "memberships": ["ben@adler.example|Own group"],
    "record rules": [
        "Own rule by ours|helpdesk.ticket|[(0, '=', 1)]|t|t|t|t|t|{base.group_portal}",
        "Own rule of both|res.country|[(1, '=', 1)]|t|t|t|t|t|{base.group_portal}",
    ],
    "ticket types": ["Error"],
}
# Where something of ours may be named afterwards, and why
NAMED = {
    "bus_bus.channel": "Odoo forgets what it sent to browsers after a day",
    "bus_bus.message": "the same",
    "ir_module_module.icon": "Odoo knows each addon that could be installed",
    "ir_module_module.name": "the same",
    "ir_module_module_dependency.name": "and what a bridge of ours leads to",
    "ir_model_data.name": "the same",
    "mail_tracking_value.field_info": "the history of a record says what was changed",
}
NAMES_OF_OURS = r"customer_portal_addon|portal_role|is_customer_administrator"
# Finds texts everywhere
NET = """
    do $$
    declare
        place record;
        found bigint;
    begin
        create temp table net (place text);
        for place in
            select table_name, column_name
              from information_schema.columns
              join information_schema.tables using (table_schema, table_name)
             where table_schema = 'public' and table_type = 'BASE TABLE'
               and data_type in ('text', 'character varying', 'jsonb')
        loop
            execute format(
                'select count(*) from %I where %I::text ~ %L',
                place.table_name, place.column_name, '{pattern}'
            ) into found;
            if found > 0 then
                insert into net
                values (place.table_name || '.' || place.column_name);
            end if;
        end loop;
    end $$;
    select place from net
"""
# As earlier versions left it: Odoo could not delete the group
GROUP_LEFT_BEHIND = """
    with left_behind as (
        insert into res_groups (name)
        values ('{"en_US": "Customer administrator"}') returning id
    ), named as (
        insert into ir_model_data (module, name, model, res_id)
        select 'customer_portal_addon', 'group_customer_administrator', 'res.groups', id
          from left_behind
            on conflict do nothing
    )
    insert into res_groups_users_rel (gid, uid)
    select left_behind.id, u.id from left_behind, res_users u
     where u.login = 'ben@adler.example'
"""


@dataclass
class Story:
    """What happened to the database."""

    before: dict
    models: list = field(default_factory=list)
    installed: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)
    again: dict = field(default_factory=dict)
    uninstalled: list = field(default_factory=list)
    named: list = field(default_factory=list)
    logs: dict = field(default_factory=dict)


def psql(statement, database=DATABASE):
    command = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database]
    done = subprocess.run(
        [*command, "-c", statement], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def snapshot():
    return {title: sorted(psql(query)) for title, query in SNAPSHOTS.items()}


def odoo(log, *arguments, script=os.devnull):
    """Run Odoo to its end, everything it says in ``log``."""
    with log.open("wb") as output, open(script, "rb") as program:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "odoo", *arguments],
            stdin=program,
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
    shell = ("shell", "-d", DATABASE, "--no-http")
    server = ("server", "-d", DATABASE, "--no-http", "--stop-after-init")
    install = (*server, "-i", ",".join(ADDONS))
    odoo(logs / "before.log", *shell, script=SCRIPTS / "before.py")
    story = Story(before=snapshot())
    story.logs["install"] = odoo(logs / "install.log", *install)
    story.installed = snapshot()
    story.models = psql(
        "select model from ir_model where model like 'support.%' order by 1"
    )
    odoo(logs / "use.log", *shell, script=SCRIPTS / "use.py")
    story.logs["update"] = odoo(logs / "update.log", *server, "-u", ",".join(ADDONS))
    log = logs / "uninstall.log"
    removal = ("module", "uninstall", "-d", DATABASE, *ADDONS)
    story.logs["uninstall"] = odoo(log, *removal)
    story.after = snapshot()
    story.uninstalled = psql(
        "select name from ir_module_module where state = 'uninstalled'"
    )
    models = "|".join(model.replace(".", r"\.") for model in story.models)
    pattern = rf"{NAMES_OF_OURS}|\m({models})\M"
    story.named = psql(NET.replace("{pattern}", pattern))
    psql(GROUP_LEFT_BEHIND)
    story.logs["install again"] = odoo(logs / "again.log", *install)
    story.again = snapshot()
    yield story
    psql(drop, "postgres")
    shutil.rmtree(files / DATABASE, ignore_errors=True)


@pytest.mark.parametrize("step", ["install", "update", "uninstall", "install again"])
def test_logs_no_warning(story, step):
    """Nor does any other step go wrong unseen (G2)."""
    assert not complaints(story.logs[step])


@pytest.mark.parametrize("title", SNAPSHOTS)
def test_leaves_everything_as_it_was(story, title):
    """Gone without a trace (G2, H8)."""
    before, after = set(story.before[title]), set(story.after[title])
    left, gone = sorted(after - before), sorted(before - after)
    assert (left, gone) == (KEPT.get(title, []), []), (
        f"{title}: left behind, or changed"
    )


def test_nothing_names_ours(story):
    """No row of any table is about a model, field or file that has gone (H8)."""
    assert set(story.named) <= set(NAMED)


@pytest.mark.parametrize("title", RIGHTS)
def test_installing_again_gives_the_same_rights(story, title):
    """Nobody can do more than after the first time (H8)."""
    more = sorted(set(story.again[title]) - set(story.installed[title]))
    assert more == KEPT.get(title, [])
    assert sorted(set(story.installed[title]) - set(story.again[title])) == []


def test_has_been_uninstalled(story):
    """What it was built on is still there (G2)."""
    assert set(ADDONS) <= set(story.uninstalled)
    assert "helpdesk_mgmt" not in story.uninstalled
