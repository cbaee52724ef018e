"""The database of the soak, from inside Odoo: its people before, its facts after.

Started by run.py with Odoo's Python:

    python -m soak.database people FILE  creates customers, people, agents; writes them
    python -m soak.database facts FILE   writes what is there: tickets, answers …
"""

import json
import sys
from datetime import date, timedelta
from pathlib import Path

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

CUSTOMERS, PEOPLE = 8, 5
GRANTED = 6000  # minutes of each customer at the beginning
REF = "SOAK-"
# Often enough to meet everything else; the daily and hourly ones, too
CRON_MINUTES = 1


def make_people(env):
    """Create whoever takes part.

    :return: the people, the one whose limits are tried, and the agents
    :rtype: dict
    """
    people = []
    for number in range(1, CUSTOMERS + 2):
        count = PEOPLE if number <= CUSTOMERS else 1
        people += make_customer(env, number, count)
    agent = env.ref("customer_portal_addon.user_agent")
    second = agent.copy({"name": "Karla Petersen", "login": "agent2"})
    remember_password(second)
    team = env.ref("customer_portal_addon.helpdesk_team_support")
    team.user_ids |= second
    hurry_crons(env)
    packages = env["product.template"]._find_support_packages()
    free = env["helpdesk.ticket.type"].search([("is_program_error", "=", True)])
    template = env.ref("customer_portal_addon.mail_template_ticket_received")
    return {
        "people": people[:-1],
        "eager": people[-1],
        "agents": [
            {"login": login, "password": login} for login in ("agent", "agent2")
        ],
        "gateway": {"login": "admin", "password": "admin"},
        "company_id": env.ref("base.main_company").id,
        "alias": f"{team.alias_name}@{env.company.alias_domain_id.name}",
        "packages": {each.id: each.support_minutes for each in packages},
        "free_types": free.ids,
        "granted": GRANTED,
        "last_mail": max(env["mail.mail"].search([]).ids, default=0),
        "received": template.with_context(lang="de_DE").subject.partition("(")[0],
    }


def make_customer(env, number, count):
    """Create a customer with a contract, minutes and so many people."""
    customer = env["res.partner"].create(
        {
            "name": f"Dauerlauf {number:02} GmbH",
            "ref": f"{REF}{number:02}",
            "is_company": True,
            "support_enabled": True,
            "lang": "de_DE",
            "country_id": env.ref("base.de").id,
        }
    )
    env["support.contract"].create(
        {
            "partner_id": customer.id,
            "level_id": env.ref("customer_portal_addon.support_level_standard").id,
            "date_start": date.today() - timedelta(days=30),
            "date_end": date.today() + timedelta(days=365),
            "state": "confirmed",
        }
    )
    account = env["support.credit.account"]._get_for(customer, env.company)
    account._post(GRANTED, "grant", f"soak-{number}")
    return [make_person(env, customer, number, each) for each in range(1, count + 1)]


def make_person(env, customer, number, person):
    """Create a contact with a login; the first one administers the customer."""
    login = f"person{person}@dauerlauf{number:02}.example"
    contact = env["res.partner"].create(
        {
            "name": f"Person {number}-{person}",
            "parent_id": customer.id,
            "email": login,
            "lang": "de_DE",
            "tz": "Europe/Berlin",
            "is_customer_administrator": person == 1,
        }
    )
    contact._subscribe_to_support_list(env.company)
    user = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "partner_id": contact.id,
                "login": login,
                "group_ids": [(6, 0, env.ref("base.group_portal").ids)],
            }
        )
    )
    remember_password(user)
    return {
        "customer": number,
        "person": person,
        "contact_id": contact.id,
        "login": login,
        "is_admin": person == 1,
    }


def remember_password(user):
    """Let the login be the password, which the policy would refuse."""
    user._set_encrypted_password(user.id, user._crypt_context().hash(user.login))


def hurry_crons(env):
    """Have our jobs, and those that send mails, run all the time."""
    ours = env["ir.model.data"].search(
        [("module", "=", "customer_portal_addon"), ("model", "=", "ir.cron")]
    )
    crons = env["ir.cron"].browse(ours.mapped("res_id"))
    crons |= env.ref("mail.ir_cron_mail_scheduler_action")
    crons.write({"interval_number": CRON_MINUTES, "interval_type": "minutes"})


def find_facts(env, plan):
    """Return what a run has left behind.

    :rtype: dict
    """
    env.cr.execute(
        "SELECT id, number, name FROM helpdesk_ticket WHERE name LIKE '%%SOAK%%'"
    )
    tickets = env.cr.dictfetchall()
    env.cr.execute(
        "SELECT id, res_id, body FROM mail_message WHERE model = 'helpdesk.ticket'"
        " AND message_type IN ('comment', 'email') AND body LIKE '%%SOAK%%'"
    )
    messages = env.cr.dictfetchall()
    env.cr.execute(
        "SELECT name, worked_minutes FROM support_time_entry WHERE name LIKE '%%SOAK%%'"
    )
    efforts = env.cr.dictfetchall()
    env.cr.execute(
        """
        SELECT partner.ref, account.balance,
               (SELECT COALESCE(SUM(minutes), 0) FROM support_credit_entry
                 WHERE account_id = account.id) AS sum
          FROM support_credit_account account
          JOIN res_partner partner ON partner.id = account.partner_id
        """
    )
    accounts = env.cr.dictfetchall()
    env.cr.execute("SELECT cron_name, failure_count FROM ir_cron WHERE failure_count>0")
    failed_crons = env.cr.fetchall()
    env.cr.execute(
        "SELECT id, state, failure_reason, write_date::text FROM mail_mail"
        " WHERE state IN ('outgoing', 'exception') AND id > %s",
        [plan["last_mail"]],
    )
    mails = env.cr.dictfetchall()
    env.cr.execute("SELECT reason, COUNT(*) FROM support_mail_aside GROUP BY reason")
    return {
        "tickets": tickets,
        "messages": messages,
        "efforts": efforts,
        "accounts": accounts,
        "wrong": env["support.credit.account"]._find_wrong().ids,
        "failed_crons": failed_crons,
        "mails": mails,
        "asides": dict(env.cr.fetchall()),
    }


def main(what, file):
    config.parse_config([])
    registry = Registry(config["db_name"][0])
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        if what == "people":
            found = make_people(env)
        else:
            plan = json.loads(Path(file).with_name("plan.json").read_text())
            found = find_facts(env, plan)
        Path(file).write_text(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
