from datetime import datetime, timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError
from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, Form, get_db_name, tagged
from odoo.tools import mute_logger

from ..common import NOON, TODAY
from .effort_common import EffortCase
from .ledger_cleanup import remove_account


@tagged("post_install", "-at_install")
class TestCharged(EffortCase):
    """How many minutes an effort costs."""

    def test_exactly_what_was_worked(self):
        effort = self.enter(7)
        self.assertEqual((effort.charged_minutes, effort.payable_minutes), (7, 7))

    def test_the_settings(self):
        self.company.support_minimum_minutes = 15
        self.company.support_increment_minutes = 10
        self.assertEqual(self.enter(3).charged_minutes, 15)
        self.assertEqual(self.enter(31).charged_minutes, 40)

    def test_the_type_before_the_settings(self):
        self.company.support_minimum_minutes = 15
        self.company.support_increment_minutes = 10
        self.error_type.support_increment_minutes = 30
        self.ticket.type_id = self.error_type
        self.assertEqual(self.enter(31).charged_minutes, 60)
        self.assertEqual(self.enter(3).charged_minutes, 30)
        self.error_type.support_minimum_minutes = 45
        self.assertEqual(self.enter(3).charged_minutes, 45)

    def test_later_rules_change_nothing_that_is_done(self):
        done, draft = self.enter(7), self.enter(7, state="draft")
        self.company.support_minimum_minutes = 15
        draft.action_done()
        done.name = "Another text"
        self.assertEqual((done.charged_minutes, draft.charged_minutes), (7, 15))
        self.assertStands(-22)

    def test_a_manager_sets_minutes_by_hand_and_says_why(self):
        effort = self.enter(60).with_user(self.manager)
        with self.assertRaises(ValidationError):
            effort.write({"is_overridden": True, "override_minutes": 30})
        effort.write(
            {
                "is_overridden": True,
                "override_minutes": 30,
                "override_reason": "CANARY-REASON",
            }
        )
        self.assertStands(-30)
        note = self.ticket.message_ids[0]
        self.assertIn("CANARY-REASON", note.body)
        self.assertTrue(note.is_internal or note.subtype_id.internal)
        effort.worked_minutes = 90
        self.assertEqual(effort.charged_minutes, 30)
        effort.is_overridden = False
        self.assertStands(-90)
        self.assertIn("follow the rules again", self.ticket.message_ids[0].body)

    def test_nothing_can_be_charged_by_hand(self):
        effort = self.enter(60).with_user(self.manager)
        effort.write({"is_overridden": True, "override_reason": "Our fault"})
        self.assertStands(0)
        self.assertEqual(self.ticket.free_minutes_total, 60)

    def test_agents_set_no_minutes_by_hand(self):
        effort = self.enter(60)
        for vals in (
            {"is_overridden": True, "override_minutes": 5, "override_reason": "x"},
            {"override_minutes": 5},
            {"override_reason": "x"},
        ):
            with self.assertRaises(AccessError):
                effort.write(vals)
            with self.assertRaises(AccessError):
                self.enter(**vals)
        effort.write({"is_overridden": False, "name": "Forms may send it"})
        effort.with_user(self.manager).write(
            {"is_overridden": True, "override_minutes": 9, "override_reason": "x"}
        )
        with self.assertRaises(AccessError):
            effort.write({"is_overridden": False})

    def test_totals_of_a_ticket(self):
        self.enter(20)
        self.enter(30, is_free=True)
        self.enter(40, state="draft")
        ticket = self.ticket
        self.assertEqual(ticket.worked_minutes_total, 50)
        self.assertEqual(ticket.charged_minutes_total, 20)
        self.assertEqual(ticket.free_minutes_total, 30)


@tagged("post_install", "-at_install")
class TestCredit(EffortCase):
    """The credit follows the efforts."""

    def test_done_posts_once(self):
        """The entry leads to its effort and names the ticket (E6)."""
        effort = self.enter(25, state="draft")
        self.assertStands(0)
        effort.action_done()
        effort.action_done()
        self.assertStands(-25)
        use = self.account.entry_ids
        self.assertEqual((use.minutes, use.reason), (-25, "usage"))
        self.assertEqual(use.time_entry_id, effort)
        self.assertEqual(use.note, f"{self.ticket.number}: Looked into it")

    def test_the_day_of_the_effort(self):
        self.enter(date=TODAY - 3 * self.days)
        self.assertEqual(self.account.entry_ids.date, TODAY - 3 * self.days)

    def test_back_in_progress_and_done_again(self):
        effort = self.enter(25)
        for _time in range(2):
            effort.action_draft()
            self.assertStands(0)
            effort.action_done()
            self.assertStands(-25)
        self.assertEqual(len(self.account.entry_ids), 5)

    def test_only_what_matters_is_posted_anew(self):
        effort = self.enter(25)
        effort.write({"name": "Other words", "internal_note": "x", "date": TODAY})
        self.assertEqual(len(self.account.entry_ids), 1)
        effort.worked_minutes = 35
        self.assertStands(-35)
        self.assertEqual(len(self.account.entry_ids), 3)
        effort.is_free = True
        self.assertStands(0)
        effort.is_free = False
        self.assertStands(-35)

    def test_lots_get_back_what_a_smaller_effort_used(self):
        lot = self.account._post(60, "purchase", "lot")
        effort = self.enter(50)
        effort.worked_minutes = 20
        self.assertEqual(lot.open_minutes, 40)
        self.assertStands(40)

    def test_repeating_changes_nothing(self):
        effort = self.enter(25)
        for _time in range(3):
            effort._sync_credit()
            self.ticket._sync_efforts()
        self.assertEqual(len(self.account.entry_ids), 1)

    def test_two_who_save_at_once(self):
        """The second one is behind and posts under the same key: the ledger knows."""
        effort = self.enter(25, state="draft")
        self.account._post(-25, "usage", f"time-{effort.id}-0", origin=effort)
        effort.action_done()
        self.assertStands(-25)

    def test_a_ticket_gets_its_customer_later(self):
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "?", "description": "?", "partner_email": "who@knows.example"}
        )
        self.enter(25, ticket_id=ticket.id)
        self.assertStands(0)
        ticket.with_user(self.agent).partner_id = self.ben.partner_id
        self.assertStands(-25)
        ticket.with_user(self.agent).partner_id = False
        self.assertStands(0)

    def test_another_customer(self):
        braun = self.accounts._get_for(self.braun, self.company)
        self.enter(25)
        self.ticket.with_user(self.agent).partner_id = self.emil.partner_id
        self.assertStands(0)
        self.assertStands(-25, braun)

    def test_another_ticket(self):
        braun = self.accounts._get_for(self.braun, self.company)
        effort = self.enter(25)
        effort.ticket_id = self._create_ticket(self.emil)
        self.assertStands(0)
        self.assertStands(-25, braun)
        self.assertEqual(self.ticket.worked_minutes_total, 0)

    def test_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.enter(25)
        self.ticket.company_id = other
        self.assertStands(0)
        self.assertStands(-25, self.accounts._get_for(self.adler, other))

    def test_a_contact_who_moves_leaves_efforts_behind(self):
        self.enter(25)
        self.ben.partner_id.parent_id = self.braun
        self.enter(10)
        self.assertStands(-35)

    def test_customers_who_are_merged(self):
        person = self.env["res.partner"].create({"name": "Solo"})
        ticket = self._create_ticket(self.ben, partner_id=person.id)
        self.account._post(100, "grant", "gift")
        self.enter(25, ticket_id=ticket.id)
        wizards = self.env["base.partner.merge.automatic.wizard"]
        wizards._merge((person + self.gesa.partner_id).ids, self.gesa.partner_id)
        self.env.invalidate_all()
        self.assertEqual(ticket.commercial_partner_id, self.adler)
        self.assertStands(75)

    def test_a_person_who_joins_a_company(self):
        person = self.env["res.partner"].create({"name": "Solo"})
        account = self.accounts._get_for(person, self.company)
        account._post(60, "purchase", "solo")
        ticket = self._create_ticket(self.ben, partner_id=person.id)
        self.enter(25, ticket_id=ticket.id)
        person.parent_id = self.adler
        self.assertEqual(account.partner_id, self.adler)
        self.assertStands(35, account)
        self.assertEqual(len(account.entry_ids), 2)

    def test_posting_costs_the_same_with_many_entries(self):
        self.account._post(100000, "purchase", "lot")
        self.enter(1)
        few = self.count_queries()
        for number in range(40):
            self.account._post(-1, "usage", f"other-{number}")
        self.assertLessEqual(self.count_queries(), few)

    def count_queries(self):
        ticket = self._create_ticket(self.ben)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self.enter(1, ticket_id=ticket.id)
        self.env.flush_all()
        return self.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestRules(EffortCase):
    """What can't be entered, and by whom."""

    def test_what_was_done_and_how_long(self):
        for values in ({"name": " "}, {"minutes": 0}):
            effort = self.enter(**{"minutes": 5, **values}, state="draft")
            with self.assertRaises(ValidationError):
                effort.action_done()
                effort.flush_recordset()

    @mute_logger("odoo.sql_db")
    def test_at_most_a_day(self):
        for minutes in (-1, 1441):
            with self.assertRaises(IntegrityError), self.cr.savepoint():
                self.enter(minutes, state="draft").flush_recordset()
        self.assertTrue(self.enter(1440))

    def test_not_tomorrow_where_the_company_is(self):
        with self.assertRaises(ValidationError):
            self.enter(date=TODAY + self.days)
        with freeze_time("2026-06-15 22:30:00"):  # past midnight in Berlin
            self.enter(date=TODAY + self.days)
            effort = self.env["support.time.entry"].create(
                {"ticket_id": self.ticket.id}
            )
            self.assertEqual(effort.date, TODAY + self.days)

    def test_what_was_posted_stays(self):
        effort = self.enter()
        for prepare in (lambda: None, effort.action_draft):
            prepare()
            with self.assertRaises(UserError):
                effort.unlink()
        self.enter(state="draft").unlink()

    def test_authors_and_managers_change_efforts(self):
        effort = self.enter()
        other = effort.with_user(self.colleague)
        self.assertEqual(other.name, "Looked into it")
        self.assertFalse(other.is_editable)
        for act in (
            lambda: other.write({"name": "Mine now"}),
            other.action_draft,
            other.unlink,
            lambda: self.enter(user_id=self.colleague.id),
            lambda: effort.write({"user_id": self.colleague.id}),
        ):
            with self.assertRaises(AccessError):
                act()
        effort.with_user(self.manager).worked_minutes = 5
        self.assertStands(-5)
        self.enter(user=self.manager, user_id=self.agent.id)

    def test_nobody_forges_what_is_charged(self):
        effort = self.enter()
        for user in (self.agent, self.manager):
            for vals in (
                {"charged_minutes": 1},
                {"payable_minutes": 0},
                {"credit_entry_ids": [Command.create({"minutes": 60})]},
                {"credit_entry_ids": [Command.clear()]},
            ):
                with self.assertRaises(UserError):
                    effort.with_user(user).write(vals)
                with self.assertRaises(UserError):
                    self.ticket.with_user(user).write(
                        {"time_entry_ids": [Command.update(effort.id, vals)]}
                    )
            with self.assertRaises(AccessError):
                self.enter(user=user, charged_minutes=1)
            with self.assertRaises(AccessError):
                self.ticket.with_user(user).write({"charged_minutes_total": 0})
        self.assertStands(-25)

    def test_efforts_on_tickets_that_one_sees(self):
        mine = self._create_ticket(self.ben, user_id=self.agent.id)
        effort, seen = self.enter(), self.enter(ticket_id=mine.id, user=self.colleague)
        self.agent.group_ids -= self.env.ref("helpdesk_mgmt.group_helpdesk_user")
        self.agent.group_ids += self.env.ref("helpdesk_mgmt.group_helpdesk_user_own")
        self.env["helpdesk.ticket"].search([("user_id", "=", False)]).team_id = False
        efforts = self.env["support.time.entry"].with_user(self.agent)
        self.assertIn(seen, efforts.search([]))
        self.assertNotIn(effort, efforts.search([]))
        with self.assertRaises(AccessError):
            self.enter(ticket_id=self.ticket.id)
        own = self.enter(ticket_id=mine.id)
        with self.assertRaises(AccessError):
            own.ticket_id = self.ticket

    def test_other_companies_stay_apart(self):
        other = self.env["res.company"].create({"name": "Other"})
        effort = self.enter()
        self.ticket.company_id = other
        self.assertFalse(effort.with_user(self.manager).has_access("read"))

    def test_customers_have_no_rights(self):
        effort = self.enter()
        for user in (self.ben, self.anna, self.env.ref("base.public_user")):
            foreign = effort.with_user(user)
            self.assertFalse(foreign.has_access("read"))
            for act in (
                lambda r=foreign: r.write({"worked_minutes": 1}),
                lambda r=foreign: r.action_draft(),
                lambda u=user: self.enter(user=u),
                lambda r=foreign: r.unlink(),
                lambda u=user: self.ticket.with_user(u).read(["time_entry_ids"]),
                lambda u=user: self.ticket.with_user(u).read(["charging"]),
                lambda u=user: self.ticket.with_user(u).action_timer_start(),
                lambda u=user: self.ticket.with_user(u).action_make_free(),
            ):
                with self.assertRaises(AccessError):
                    act()


@tagged("post_install", "-at_install")
class TestTimer(EffortCase):
    def setUp(self):
        super().setUp()
        self.mine = self.ticket.with_user(self.agent)
        self.now = datetime.fromisoformat(NOON)

    def at(self, **kw):
        return freeze_time(self.now + timedelta(**kw))

    def test_started_minutes_are_added(self):
        self.mine.action_timer_start()
        effort = self.mine.time_entry_ids
        self.assertEqual(effort.state, "draft")
        self.assertEqual(self.mine.timer_started_at, self.now)
        self.assertFalse(self.ticket.with_user(self.colleague).timer_started_at)
        with self.at(minutes=10, seconds=1):
            action = self.mine.action_timer_stop()
        self.assertEqual((action["res_model"], action["res_id"]), effort_id(effort))
        self.assertEqual(effort.worked_minutes, 11)
        self.assertFalse(self.mine.timer_started_at)
        self.mine.action_timer_start()
        with self.at(minutes=5):
            self.mine.action_timer_stop()
        self.assertEqual(self.mine.time_entry_ids, effort)
        self.assertEqual(effort.worked_minutes, 16)
        self.assertStands(0)

    def test_another_day_is_another_effort(self):
        self.mine.action_timer_start()
        self.mine.action_timer_stop()
        with self.at(days=1):
            self.mine.action_timer_start()
            self.mine.action_timer_stop()
        dates = set(self.mine.time_entry_ids.mapped("date"))
        self.assertEqual(dates, {TODAY, TODAY + self.days})

    def test_one_at_a_time(self):
        other = self._create_ticket(self.emil).with_user(self.agent)
        self.mine.action_timer_start()
        self.ticket.with_user(self.colleague).action_timer_start()
        with self.at(minutes=3):
            other.action_timer_start()
        own = self.mine.time_entry_ids.filtered(lambda e: e.user_id == self.agent)
        self.assertEqual(own.worked_minutes, 3)
        self.assertFalse(own.started_at)
        self.assertTrue(other.timer_started_at)
        self.assertTrue(self.ticket.with_user(self.colleague).timer_started_at)

    @mute_logger("odoo.sql_db")
    def test_the_database_lets_no_two_run(self):
        self.mine.action_timer_start()
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            effort = self.enter(state="draft")
            effort.started_at = self.now
            effort.flush_recordset()

    def test_done_stops_it(self):
        self.mine.action_timer_start()
        effort = self.mine.time_entry_ids
        effort.name = "Called"
        with self.at(minutes=12):
            effort.action_done()
        self.assertFalse(effort.started_at)
        self.assertStands(-12)

    def test_forgotten_for_days(self):
        self.mine.action_timer_start()
        with self.at(days=3):
            self.mine.action_timer_stop()
        self.assertEqual(self.mine.time_entry_ids.worked_minutes, 1440)

    def test_not_running(self):
        with self.assertRaises(UserError):
            self.mine.action_timer_stop()


def effort_id(effort):
    return effort._name, effort.id


@tagged("post_install", "-at_install")
class TestForms(EffortCase):
    def test_an_agent_enters_an_effort_on_the_ticket(self):
        with Form(self.ticket.with_user(self.agent)) as form:
            with form.time_entry_ids.new() as line:
                line.name = "On the phone"
                line.worked_minutes = 12
        effort = self.ticket.time_entry_ids
        self.assertEqual((effort.user_id, effort.state), (self.agent, "done"))
        self.assertStands(-12)

    def test_an_agent_opens_an_effort(self):
        with Form(self.enter()) as form:
            form.worked_minutes = 30
        self.assertStands(-30)
        name = f"{self.ticket.number}: Looked into it"
        self.assertEqual(self.ticket.time_entry_ids.display_name, name)

    def test_a_manager_sets_minutes_in_the_form(self):
        with Form(self.enter().with_user(self.manager)) as form:
            form.is_overridden = True
            self.assertEqual(form.override_minutes, 25)
            form.override_minutes = 5
            form.override_reason = "Took longer than it should"
        self.assertStands(-5)

    def test_efforts_are_found(self):
        effort = self.enter()
        efforts = self.env["support.time.entry"].with_user(self.agent)
        for text in ("Looked", self.ticket.number):
            found = efforts.name_search(text)
            self.assertIn(effort.id, [row[0] for row in found])
        groups = efforts._read_group(
            [("partner_id", "child_of", self.adler.id)],
            ["partner_id"],
            ["payable_minutes:sum"],
        )
        self.assertEqual(groups, [(self.adler, 25)])


@tagged("post_install", "-at_install")
class TestTwoAtOnce(BaseCase):
    """Two transactions that began at the same time: the second one is tried again."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["res.partner"].create({"name": "Twice", "is_company": True})
            ticket = env["helpdesk.ticket"].create(
                {"name": "T", "description": "T", "partner_id": partner.id}
            )
            effort = env["support.time.entry"].create(
                {"ticket_id": ticket.id, "name": "T", "worked_minutes": 25}
            )
            account = env["support.credit.account"]._get_for(partner, env.company)
            self.ids = {
                "account": account.id,
                "effort": effort.id,
                "partner": partner.id,
                "ticket": ticket.id,
            }
        self.addCleanup(self.remove)

    def remove(self):
        with self.registry.cursor() as cr:
            remove_account(cr, self.ids["account"])
            cr.execute("DELETE FROM support_time_entry WHERE id = %(effort)s", self.ids)
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["helpdesk.ticket"].browse(self.ids["ticket"]).unlink()
            env["res.partner"].browse(self.ids["partner"]).unlink()

    def browse(self, cr):
        env = api.Environment(cr, SUPERUSER_ID, {})
        effort = env["support.time.entry"].browse(self.ids["effort"])
        return effort, effort.ticket_id

    def meet(self, first, second):
        """Have ``first`` commit while ``second``, begun before, is still at it."""
        with self.registry.cursor() as late_cr:
            late = self.browse(late_cr)
            late[1].mapped("name")  # its snapshot begins
            with self.registry.cursor() as cr:
                first(*self.browse(cr))
            with self.assertRaises(SerializationFailure):
                second(*late)
                late_cr.flush()  # as at the end of a request
            late_cr.rollback()
            second(*self.browse(late_cr))  # as Odoo does

    def get_balance(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            account = env["support.credit.account"].browse(self.ids["account"])
            self.assertFalse(account._find_wrong() & account)
            return account.balance, len(account.entry_ids)

    @mute_logger("odoo.sql_db")
    def test_both_say_done(self):
        def act(effort, ticket):
            effort.action_done()

        self.meet(act, act)
        self.assertEqual(self.get_balance(), (-25, 1))

    @mute_logger("odoo.sql_db")
    def test_done_while_somebody_makes_it_free(self):
        self.meet(
            lambda effort, ticket: ticket._decide_charging("free"),
            lambda effort, ticket: effort.action_done(),
        )
        self.assertEqual(self.get_balance(), (0, 0))

    @mute_logger("odoo.sql_db")
    def test_made_free_while_somebody_is_done(self):
        self.meet(
            lambda effort, ticket: effort.action_done(),
            lambda effort, ticket: ticket._decide_charging("free"),
        )
        self.assertEqual(self.get_balance(), (0, 2))
