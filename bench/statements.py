"""Which SQL statements of a page take longest, as PostgreSQL counted them."""

import json
import subprocess

import cluster

CALLS = 5
MOST = 3


def slowest(database, person, path):
    """Return a page's three most expensive statements, per call of the page.

    :return: text, milliseconds and calls of each; empty without pg_stat_statements
    :rtype: list[dict]
    """
    try:
        _ask(database, "create extension if not exists pg_stat_statements")
        _ask(database, "select pg_stat_statements_reset()")
    except subprocess.CalledProcessError:
        return []  # a server that the user named and that doesn't count them
    for _call in range(CALLS):
        person.get(path)
    rows = _ask(
        database,
        f"""
        select coalesce(json_agg(found), '[]') from (
            select left(regexp_replace(query, '\\s+', ' ', 'g'), 300) as query,
                   round((total_exec_time / {CALLS})::numeric, 2) as milliseconds,
                   round(calls / {CALLS}.0, 1) as calls
              from pg_stat_statements s join pg_database d on d.oid = s.dbid
             where d.datname = current_database() and query not ilike '%pg_stat%'
             order by total_exec_time desc limit {MOST}) found
        """,
    )
    return json.loads(rows)


def _ask(database, sql):
    variables = database.odoo.variables | {"PGUSER": cluster.superuser()}
    return cluster.psql(variables, sql, database.name)
