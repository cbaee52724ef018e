"""What support staff of each level read and write: one table for every model.

A model of the addon that staff can reach and that isn't in the table fails, and so does
a button that nobody judged.
"""

import inspect
from base64 import b64encode

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import mail_new_test_user

from ..common import SupportCase

MODULE = "customer_portal_addon"
LEVELS = {
    "personal": "helpdesk_mgmt.group_helpdesk_user_own",
    "team": "helpdesk_mgmt.group_helpdesk_user_team",
    "all": "helpdesk_mgmt.group_helpdesk_user",
    "manager": "helpdesk_mgmt.group_helpdesk_manager",
}

# Whose records: of own tickets, of the team's, of all in the company, of other
# companies as well; "mine" are those that one has made
NONE, OWN, TEAM, ALL, EVERY, MINE = "none", "own", "team", "all", "every", "mine"
REACH = {
    NONE: (),
    OWN: ("own",),
    TEAM: ("own", "team"),
    ALL: ("own", "team", "others"),
    EVERY: ("own", "team", "others", "foreign"),
}

# model: what is read, and what is written, by personal, team, all, manager
TABLE = {
    # tickets and what belongs to them
    "helpdesk.ticket": ((OWN, TEAM, ALL, ALL), (OWN, TEAM, ALL, ALL)),
    "support.form.answer": ((OWN, TEAM, ALL, ALL), (NONE,) * 4),
    "support.time.entry": ((OWN, TEAM, ALL, ALL), (MINE, MINE, MINE, ALL)),
    # money: the ticket shows the balance, the books are for those who see all tickets
    "support.credit.account": ((NONE, NONE, ALL, ALL), (NONE,) * 4),
    "support.credit.entry": ((NONE, NONE, ALL, ALL), (NONE,) * 4),
    "support.credit.allocation": ((NONE, NONE, ALL, ALL), (NONE,) * 4),
    "support.credit.position": ((NONE, NONE, ALL, ALL), (NONE,) * 4),
    "support.credit.day": ((NONE, NONE, ALL, ALL), (NONE,) * 4),
    "support.credit.notice": ((NONE, NONE, ALL, ALL), (NONE,) * 4),
    "support.credit.watch": ((NONE, NONE, NONE, ALL), (NONE,) * 4),
    # access of customers
    "support.access.mail": ((NONE, NONE, ALL, ALL), (NONE, NONE, ALL, ALL)),
    "support.consent": ((NONE, NONE, ALL, ALL), (NONE,) * 4),
    "support.api.key": ((NONE, NONE, ALL, ALL), (NONE, NONE, ALL, ALL)),
    "support.api.request": ((NONE, NONE, NONE, ALL), (NONE,) * 4),
    "support.mail.aside": ((NONE, NONE, ALL, ALL), (NONE, NONE, ALL, ALL)),
    # whoever answers the phone has to know who is entitled
    "support.contract": ((ALL, ALL, ALL, ALL), (NONE, NONE, NONE, ALL)),
}
# Set-up and knowledge base: of no customer. What everybody reads, and who writes
SHARED = {
    "support.level": (True, (False, False, False, True)),
    "support.form.field": (True, (False, False, False, True)),
    "support.form.field.option": (True, (False, False, False, True)),
    "support.consent.text": (True, (False, False, False, True)),
    "support.article": (True, (True, True, True, True)),
    "support.article.category": (True, (False, False, False, True)),
    "support.article.tag": (True, (True, True, True, True)),
    "support.article.link": (True, (True, True, True, True)),
    "support.article.feedback": (True, (True, True, True, True)),
    "support.article.solution": (True, (False, False, False, False)),
}
# Nobody of the staff: the system's own
CLOSED = {
    "support.address.hint",
    "support.article.text",
    "support.article.view",
    "support.article.word",
    "support.limit",
    "support.ticket.text",
}
# Wizards: the lowest level that opens them; what they name is checked below
WIZARDS = {
    "support.phone.ticket": "personal",
    "support.ticket.link.wizard": "personal",
    "support.ticket.link.suggestion": "personal",
    "support.ticket.charging": "personal",
    "support.credit.statement": "all",
    "support.credit.posting": "manager",
    "support.api.key.wizard": "all",
    "helpdesk.ticket.duplicate.wizard": "all",
}
# Buttons by model: what each level may do it with
BUTTONS = {
    "helpdesk.ticket": {
        "action_link_contact": (OWN, TEAM, ALL, ALL),
        "action_make_article": (OWN, TEAM, ALL, ALL),
        "action_timer_start": (OWN, TEAM, ALL, ALL),
        "action_timer_stop": (NONE,) * 4,  # no timer is running
        "action_reclassify": (OWN, TEAM, ALL, ALL),
        "action_make_free": (OWN, TEAM, ALL, ALL),
        "action_confirm_free": (OWN, TEAM, ALL, ALL),
    },
    "res.partner": {
        "action_send_support_invitation": (OWN, TEAM, ALL, ALL),
        "action_send_password_mail": (OWN, TEAM, ALL, ALL),
        "action_subscribe_to_support_list": (OWN, TEAM, ALL, ALL),
        "action_assign_support_code": (OWN, TEAM, ALL, ALL),
        "action_accept_support_claim": (NONE,) * 4,  # names no ticket
        # these only open what the table above is about
        "action_open_api_keys": (ALL,) * 4,
        "action_open_support_contracts": (ALL,) * 4,
    },
    "support.time.entry": {
        "action_done": (MINE, MINE, MINE, ALL),
        "action_draft": (MINE, MINE, MINE, ALL),
        "action_timer_stop": (OWN, TEAM, ALL, ALL),  # none runs: shows the form
    },
    "support.credit.account": {
        "action_post": (NONE, NONE, ALL, ALL),  # opens a wizard of managers
        "action_bill_shortfall": (NONE,) * 4,  # for salespeople
        "action_send_offer": (NONE,) * 4,  # nothing to offer here
        "action_open_offers": (NONE, NONE, ALL, ALL),  # a list, for salespeople
    },
    # opens a wizard of managers
    "support.credit.entry": {"action_reverse": (NONE, NONE, ALL, ALL)},
    "support.access.mail": {"action_assign_customer": (NONE,) * 4},
    "support.api.key": {"action_revoke": (NONE, NONE, ALL, ALL)},
    "support.mail.aside": {
        "action_create_ticket": (NONE, NONE, ALL, ALL),
        "action_done": (NONE, NONE, ALL, ALL),
    },
    "support.contract": {
        "action_confirm": (NONE, NONE, NONE, ALL),
        "action_cancel": (NONE, NONE, NONE, ALL),
        "action_draft": (NONE, NONE, NONE, ALL),
        "action_send_offer": (NONE,) * 4,
        "action_open_offers": (ALL,) * 4,  # a list, for salespeople
    },
}
# Buttons of set-up and knowledge base, and of wizards: checked by their models' rights
OTHER_BUTTONS = {
    "helpdesk.ticket.type": {"action_preview_form"},
    "support.article": {"action_open_feedback"},
    "support.article.category": {"action_open_articles", "open_website_url"},
    "support.article.feedback": {"action_done"},
    "res.config.settings": {"action_open_refused_contacts"},
    "support.credit.statement": {"action_print"},
    "support.credit.posting": {"action_post"},
    "support.ticket.link.wizard": {"action_link", "action_create"},
    "support.ticket.link.suggestion": {"action_link"},
    "support.phone.ticket": {"action_create_ticket"},
    "support.ticket.charging": {"action_apply"},
    "support.api.key.wizard": {"action_make"},
    "helpdesk.ticket.duplicate.wizard": {"action_confirm"},
    # for administrators of the system: test_uninstall_dialogue
    "base.module.uninstall": {"action_export_support"},
}


class StaffLevelCase(SupportCase):
    """A ticket of each kind with all that belongs to it, for somebody of each level.

    All of the staff are in the first team. The tickets: their own; one that waits for
    the team, given to somebody else; one of the other team; one of another company.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.colleague = cls.new_staff("colleague", LEVELS["all"])
        cls.staff = {
            level: cls.new_staff(level, group) for level, group in LEVELS.items()
        }
        members = [user.id for user in (cls.colleague, *cls.staff.values())]
        teams = cls.env["helpdesk.ticket.team"]
        cls.team = teams.create({"name": "First", "user_ids": [Command.set(members)]})
        cls.teams = {
            "others": teams.create(
                {"name": "Second", "user_ids": [Command.set(cls.colleague.ids)]}
            ),
            "foreign": teams.create(
                {"name": "Third", "company_id": cls.other_company.id}
            ),
        }
        cls.worlds = {}
        for kind, name in (("team", "Tina"), ("others", "Otto"), ("foreign", "Fred")):
            cls.worlds[kind] = cls.new_world(kind, name)
        cls.own = {
            level: cls.new_world(f"own {level}", f"{level}x", user=user)
            for level, user in cls.staff.items()
        }

    @classmethod
    def new_staff(cls, name, group):
        return mail_new_test_user(
            cls.env,
            login=f"staff_{name}",
            name=f"Staff {name}",
            email=f"{name}@vendor.example",
            groups=group,
        )

    @classmethod
    def new_world(cls, kind, name, user=None):
        """Return a customer's records by model, as seen by everybody."""
        company = cls.other_company if kind == "foreign" else cls.company
        env = cls.env(context={"allowed_company_ids": company.ids})
        customer = env["res.partner"].create(
            {
                "name": f"Customer-{kind}".replace(" ", "-"),
                "is_company": True,
                "support_enabled": True,
                "company_id": company.id if kind == "foreign" else False,
            }
        )
        contract = env["support.contract"].create(
            {
                "partner_id": customer.id,
                "company_id": company.id,
                "date_start": "2026-01-01",
                "date_end": "2026-12-31",
                "state": "confirmed",
            }
        )
        login = cls._create_contact(customer, name)
        login.write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        contact = login.partner_id.with_env(env)
        contact.company_id = customer.company_id
        team = cls.teams.get(kind, cls.team)
        ticket = env["helpdesk.ticket"].create(
            {
                "name": f"SECRET {kind}",
                "description": "x",
                "partner_id": contact.id,
                "team_id": team.id,
                "company_id": company.id,
                "charging": "pending",
                "user_id": (user or cls.colleague).id if kind != "foreign" else False,
            }
        )
        return cls.fill_world(env, company, contract, contact, ticket)

    @classmethod
    def fill_world(cls, env, company, contract, contact, ticket):
        customer = contact.commercial_partner_id
        account_sudo = env["support.credit.account"]._get_for(customer, company)
        account_sudo._post(60, "grant", f"level-{customer.id}-grant")
        use_sudo = account_sudo._post(-10, "usage", f"level-{customer.id}-use")
        key = env["support.api.key"]._issue(
            customer, company, {"name": "K", "can_file": True, "can_read": True}
        )[0]
        of_account = {"account_id": account_sudo.id}
        of_key = {"key_id": key.id}
        of_contact = {
            "email": contact.email,
            "partner_id": contact.id,
            "company_id": company.id,
        }
        text = env["support.consent.text"].search([], limit=1)
        made = {
            "support.form.answer": {"ticket_id": ticket.id, "label": "SECRET"},
            "support.time.entry": {
                "ticket_id": ticket.id,
                "name": "SECRET",
                "worked_minutes": 10,
                "user_id": cls.colleague.id,
            },
            "support.credit.notice": {**of_account, "threshold": 0, "balance": 1},
            "support.credit.watch": {**of_account, "balance": 1},
            "support.access.mail": {**of_contact, "kind": "invitation"},
            "support.consent": {
                **of_contact,
                "text_id": text.id,
                "purpose": "privacy",
                "version": "1",
                "wording": "SECRET",
                "source": "registration",
                "given_at": "2026-01-01",
            },
            "support.api.request": {**of_key, "idempotency_key": "x", "digest": "x"},
            "support.mail.aside": {
                "subject": "SECRET",
                "reason": "broken",
                "mail_file": b64encode(b"Subject: SECRET\n\nText"),
                "company_id": company.id,
            },
        }
        records = {name: env[name].create(values) for name, values in made.items()}
        days = env["support.credit.day"]
        return {
            **records,
            "helpdesk.ticket": ticket,
            "res.partner": contact,
            "support.contract": contract,
            "support.credit.account": account_sudo,
            "support.credit.entry": use_sudo,
            "support.credit.allocation": env["support.credit.allocation"].search(
                [("entry_id", "=", use_sudo.id)]
            ),
            "support.credit.position": account_sudo.position_ids,
            "support.credit.day": days.search([("account_id", "=", account_sudo.id)]),
            "support.api.key": key,
        }

    def records_of(self, model, level):
        """Return a record of each kind, as somebody of a level has it in hand."""
        worlds = {"own": self.own[level], **self.worlds}
        records = self.env[model].with_user(self.staff[level])
        return {kind: records.browse(w[model].id) for kind, w in worlds.items()}


@tagged("post_install", "-at_install")
class TestStaffLevels(StaffLevelCase):
    def reached(self, model, level, operation):
        """Return of which kinds of records somebody may read or write one."""
        return {
            kind
            for kind, record in self.records_of(model, level).items()
            if record.has_access(operation)
        }

    def test_records(self):
        """What staff read and change in the backend (G1)."""
        for model, rights in TABLE.items():
            for operation, by_level in zip(("read", "write"), rights, strict=True):
                for level, reach in zip(LEVELS, by_level, strict=True):
                    with self.subTest(model=model, level=level, operation=operation):
                        expected = set(REACH.get(reach, ()))
                        self.assertEqual(
                            self.reached(model, level, operation), expected
                        )

    def test_ways_to_the_records(self):
        """No search, count, group or name finds more than may be read."""
        for model, rights in TABLE.items():
            for level, reach in zip(LEVELS, rights[0], strict=True):
                with self.subTest(model=model, level=level):
                    records = self.env[model].with_user(self.staff[level])
                    known = self.records_of(model, level).values()
                    domain = [("id", "in", [record.id for record in known])]
                    if reach == NONE:
                        for ask in (
                            lambda r, d: r.search(d),
                            lambda r, d: r.search_count(d),
                            lambda r, d: r._read_group(d, [], ["__count"]),
                            lambda r, d: r.name_search("", d),
                            lambda r, d: r.browse(d[0][2]).read(["id"]),
                        ):
                            with self.assertRaises(AccessError):
                                ask(records, domain)
                        continue
                    count = len(REACH[reach])
                    self.assertEqual(len(records.search(domain)), count)
                    self.assertEqual(
                        records._read_group(domain, [], ["__count"]), [(count,)]
                    )
                    self.assertEqual(len(records.name_search("", domain)), count)

    def test_what_is_shared(self):
        for model, (reads, writes) in SHARED.items():
            for level, may in zip(LEVELS, writes, strict=True):
                records = self.env[model].with_user(self.staff[level])
                with self.subTest(model=model, level=level):
                    self.assertEqual(records.has_access("read"), reads)
                    self.assertEqual(records.has_access("write"), may)

    def test_what_is_the_systems(self):
        for model in CLOSED & set(self.env.registry):
            for level, user in self.staff.items():
                with self.subTest(model=model, level=level):
                    self.assertFalse(self.env[model].with_user(user).has_access("read"))

    def test_every_model_is_in_a_table(self):
        judged = {*TABLE, *SHARED, *CLOSED, *WIZARDS}
        for name, model in self.env.registry.items():
            if model._abstract or not (name.startswith("support.")):
                continue
            with self.subTest(model=name):
                self.assertIn(name, judged)

    # ---------------------------------------------------
    # Buttons
    # ---------------------------------------------------

    def test_buttons(self):
        """What staff do in the backend (G1)."""
        for model, buttons in BUTTONS.items():
            for button, by_level in buttons.items():
                for level, reach in zip(LEVELS, by_level, strict=True):
                    with self.subTest(model=model, button=button, level=level):
                        pressed = {
                            kind
                            for kind, record in self.records_of(model, level).items()
                            if self.press(record, button)
                        }
                        self.assertEqual(pressed, set(REACH.get(reach, ())))

    @mute_logger("odoo.sql_db", "odoo.addons.base.models.ir_rule")
    def press(self, record, button):
        """Tell whether somebody may press a button; what it does is undone."""
        try:
            with self.env.cr.savepoint() as savepoint:
                if button == "action_send_support_invitation":
                    record.sudo().user_ids.unlink()  # who has none yet
                getattr(record, button)()
                savepoint.rollback()
        except UserError:
            return False
        finally:
            self.env.invalidate_all()
        return True

    def test_every_button_is_judged(self):
        for name, model in self.env.registry.items():
            judged = {*BUTTONS.get(name, ()), *OTHER_BUTTONS.get(name, ())}
            if model._abstract:
                continue
            for method, owner in self.methods_of(model):
                if owner and method.startswith(("action_", "open_website")):
                    with self.subTest(model=name, method=method):
                        self.assertIn(method, judged)

    def methods_of(self, model):
        """Yield the public methods of a model, and whether one is of the addon."""
        for name in dir(model):
            if name.startswith("_"):
                continue
            method = inspect.getattr_static(model, name)
            module = (
                getattr(inspect.unwrap(method), "__module__", "")
                if callable(method)
                else ""
            )
            yield name, (module or "").startswith(f"odoo.addons.{MODULE}.")

    # ---------------------------------------------------
    # Wizards
    # ---------------------------------------------------

    def test_wizards(self):
        order = list(LEVELS)
        for model, lowest in WIZARDS.items():
            for level, user in self.staff.items():
                with self.subTest(model=model, level=level):
                    may = order.index(level) >= order.index(lowest)
                    wizard = self.env[model].with_user(user)
                    self.assertEqual(wizard.has_access("create"), may)

    def test_wizards_tell_nothing_of_what_they_name(self):
        """Neither saved nor while they are filled in, nor by defaults."""
        for model in WIZARDS:
            for field, _operation in self.env[model]._posted_links.items():
                comodel = self.env[model]._fields[field].comodel_name
                if comodel not in ("helpdesk.ticket", "support.credit.account"):
                    continue
                for level in LEVELS:
                    hidden = set(self.worlds) - self.reached(comodel, level, "read")
                    for kind in sorted(hidden):
                        with self.subTest(model=model, field=field, level=level):
                            record = self.worlds[kind][comodel]
                            self.assertToldNothing(model, field, record.id, level)

    def assertToldNothing(self, model, field, record_id, level):
        wizards = self.env[model].with_user(self.staff[level])
        spec = {field: {"fields": {"display_name": {}}}}
        by_default = wizards.with_context(**{f"default_{field}": record_id})
        for ask in (
            lambda: wizards.onchange({field: record_id}, [field], spec),
            lambda: wizards.onchange({field: {"id": record_id}}, [field], spec),
            lambda: by_default.onchange({}, [], spec),
            lambda: wizards.create({field: record_id}),
            lambda: by_default.create({}),
            lambda: wizards.web_save({field: record_id}, spec),
        ):
            with self.assertRaises(UserError) as caught:
                ask()
            self.assertNotIn("SECRET", str(caught.exception))

    def test_efforts_are_entered_on_tickets_that_one_sees(self):
        for level in LEVELS:
            efforts = self.env["support.time.entry"].with_user(self.staff[level])
            for kind, ticket in self.records_of("helpdesk.ticket", level).items():
                may = ticket.has_access("read")
                with self.subTest(level=level, kind=kind):
                    values = {"ticket_id": ticket.id, "name": "X"}
                    if may:
                        efforts.create(values)
                        continue
                    with self.assertRaises(AccessError):
                        efforts.create(values)

    # ---------------------------------------------------
    # Daily work
    # ---------------------------------------------------

    def test_agents_work_on_their_own_tickets(self):
        """What the form of a ticket and of its contact shows opens for each level."""
        for level in self.staff:
            ticket = self.records_of("helpdesk.ticket", level)["own"]
            with self.subTest(level=level):
                self.assertEqual(ticket.support_balance, "50 min")
                for record in (
                    ticket,
                    ticket.partner_id,
                    ticket.time_entry_ids,
                    self.records_of("support.contract", level)["own"],
                ):
                    self.open_form(record)
                ticket.action_timer_start()
                ticket.action_timer_stop()
                self.assertEqual(ticket.partner_id.support_state, "allowed")

    def open_form(self, record):
        """Read what the form of a record shows, as the web client does."""
        arch = record.get_view(view_type="form")["arch"]
        names = {
            node.get("name")
            for node in etree.fromstring(arch).xpath("//field[not(ancestor::field)]")
        }
        record.web_read({name: {} for name in names if name in record._fields})

    # ---------------------------------------------------
    # Mails with a way to a password
    # ---------------------------------------------------

    def test_no_way_to_the_passwords_of_staff(self):
        administrator = self.env.ref("base.user_admin")
        archived = self.new_staff("archived", LEVELS["personal"])
        archived.active = False
        for user in (administrator, self.colleague, archived):
            user.partner_id.email = user.partner_id.email or "a@vendor.example"
            self._create_ticket(user, user_id=self.staff["personal"].id)
            for level, agent in self.staff.items():
                contact = user.partner_id.with_user(agent)
                with self.subTest(user=user.name, level=level):
                    for button in (
                        contact.action_send_password_mail,
                        contact.action_send_support_invitation,
                    ):
                        with self.assertRaisesRegex(UserError, "for customers"):
                            button()

    def test_mails_of_staff_are_limited(self):
        agent = self.staff["personal"]
        contact = self.records_of("res.partner", "personal")["own"]
        for _click in range(3):
            contact.action_send_password_mail()
        with self.assertRaisesRegex(UserError, "Too many"):
            contact.action_send_password_mail()
        self.patch(type(contact), "_limit_mails_of_staff", 3)
        other = self._create_contact(self.adler, "nora").partner_id
        self._create_ticket(other.user_ids, user_id=agent.id)
        with self.assertRaisesRegex(UserError, "Too many"):
            other.with_user(agent).action_send_password_mail()

    # ---------------------------------------------------
    # Fields elsewhere that show the same
    # ---------------------------------------------------

    def test_no_field_leads_around_the_table(self):
        """No field of another model tells what its own model doesn't."""
        closed = [m for m, rights in TABLE.items() if rights[0][0] == NONE]
        for name, model in self.env.registry.items():
            if model._abstract or name in closed:
                continue
            records = self.env[name].with_user(self.staff["personal"])
            if not records.has_access("read"):
                continue
            for field in records._fields.values():
                # a many2one tells a name, of what belongs to the record
                if field.relational and field.type != "many2one":
                    if field.comodel_name in closed:
                        with self.subTest(field=field):
                            self.assertFalse(
                                records._has_field_access(field, "read"), field
                            )
