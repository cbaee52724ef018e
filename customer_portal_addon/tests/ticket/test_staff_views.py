from ast import literal_eval
from datetime import timedelta

from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import Form, tagged

from .staff_common import StaffCase

QUEUE = "customer_portal_addon.helpdesk_ticket_action_queue"


@tagged("post_install", "-at_install")
class TestQueue(StaffCase):
    """The queue: what is open, urgent first, then in order of arrival."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.action = cls.env["ir.actions.act_window"]._for_xml_id(QUEUE)
        cls.domain = literal_eval(cls.action["domain"])
        cls.search_view = etree.fromstring(
            cls.tickets.get_view(view_type="search")["arch"]
        )
        # what the database may have already
        cls.env["helpdesk.ticket"].search([]).active = False

    def filtered(self, *names):
        """Return the names of the tickets in the queue under one of the filters."""
        domains = []
        for name in names:
            [node] = self.search_view.xpath(f"//filter[@name='{name}']")
            domains.append(Domain(literal_eval(node.get("domain"))))
        return set(self.tickets.search(Domain.OR(domains)).mapped("name"))

    def test_all_views_open(self):
        views = [(view_id, kind) for view_id, kind in self.action["views"]]
        self.assertEqual(
            [kind for _id, kind in views],
            ["list", "kanban", "form", "activity", "pivot", "graph"],
        )
        found = self.tickets.get_views([*views, (False, "search")])["views"]
        for kind in ("list", "kanban"):
            self.assertIn("priority desc, create_date, id", found[kind]["arch"])

    def test_urgent_first_then_in_order_of_arrival(self):
        """The order of the queue (D11)."""
        self.ticket("young", arrived=1)
        self.ticket("old", arrived=9)
        self.ticket("urgent", arrived=2, priority="3")
        self.ticket("can wait", arrived=20, priority="0")
        self.ticket("solved", "solved", arrived=10)
        self.ticket("closed", "closed", arrived=30, priority="3")
        view_id = dict(map(reversed, self.action["views"]))["list"]
        arch = self.tickets.get_view(view_id, "list")["arch"]
        order = etree.fromstring(arch).get("default_order")
        found = self.tickets.search(self.domain, order=order).mapped("name")
        self.assertEqual(found, ["urgent", "solved", "old", "young", "can wait"])

    def test_the_queue_shows_at_first_what_waits_on_us(self):
        context = literal_eval(self.action["context"])
        self.assertEqual(context, {"search_default_waits_on_us": 1})
        for role in ("new", "waiting_on_us", "waiting_on_customer", "solved"):
            self.ticket(role, role)
        self.assertEqual(self.filtered("waits_on_us"), {"new", "waiting_on_us"})

    def test_one_filter_for_each_status(self):
        roles = ["new", "waiting_on_us", "waiting_on_customer", "solved", "closed"]
        for role in roles:
            self.ticket(role, role)
        for role in roles:
            self.assertEqual(self.filtered(f"status_{role}"), {role})

    def test_how_long_we_have_kept_somebody_waiting(self):
        for role in ("new", "waiting_on_us", "waiting_on_customer"):
            for hours in (23, 25, 24 * 8):
                self.ticket(f"{role} {hours}", role, age=hours)
        week = {"new 192", "waiting_on_us 192"}
        day = week | {"new 25", "waiting_on_us 25"}
        self.assertEqual(self.filtered("waits_a_day"), day)
        self.assertEqual(self.filtered("waits_a_week"), week)

    def test_urgent_and_filed_by_an_administrator(self):
        self.ticket("urgent", priority="3")
        self.ticket("by Anna", filed_by_id=self.anna.partner_id.id)
        self.ticket("by Ben", filed_by_id=self.ben.partner_id.id)
        self.assertEqual(self.filtered("high_priority"), {"urgent"})
        self.assertEqual(self.filtered("filed_by_administrator"), {"by Anna"})

    def test_filters_can_be_combined_with_groups(self):
        for name in ("group_portal_role", "group_priority", "group_type"):
            [node] = self.search_view.xpath(f"//filter[@name='{name}']")
            group = literal_eval(node.get("context"))["group_by"]
            self.ticket("x")
            self.assertTrue(self.tickets.formatted_read_group([], [group]), name)

    def test_the_queue_comes_first_and_needs_no_developer_mode(self):
        menus = self.env["ir.ui.menu"].with_user(self.agent)
        helpdesk = self.env.ref("helpdesk_mgmt.helpdesk_ticket_main_menu")
        visible = menus.browse(menus._visible_menu_ids(debug=False))
        entries = visible.filtered(lambda menu: menu.parent_id == helpdesk)
        queue = self.env.ref("customer_portal_addon.helpdesk_ticket_menu_queue")
        self.assertEqual(entries.sorted("sequence")[0], queue)
        call = self.env.ref("customer_portal_addon.support_phone_ticket_menu")
        self.assertIn(call, visible)


@tagged("post_install", "-at_install")
class TestUrgency(StaffCase):
    """Customers say how urgent it is; staff see who changed it."""

    def test_the_form_asks_with_a_usual_answer(self):
        def asked(values=None):
            inputs = self.error_type._get_form_inputs(values)
            return next(entry for entry in inputs if entry["name"] == "priority")

        self.assertEqual(asked()["values"], ["1"])
        self.assertEqual(asked({"priority": ["3"]})["values"], ["3"])
        options = self.error_type._get_priority_options()
        self.assertEqual(asked()["options"], options)
        known = self.tickets._fields["priority"].get_values(self.env)
        self.assertEqual([value for value, _label in options], known)

    def test_what_was_chosen_becomes_the_urgency(self):
        self.assertEqual(self._file(self.ben).priority, "1")
        for priority in ("0", "1", "2", "3"):
            ticket = self._file(self.ben, priority=priority)
            self.assertEqual(ticket.priority, priority)

    def test_made_up_urgencies_are_refused(self):
        for made_up in ("4", "-1", "urgent", "33", "٣"):
            _form, errors = self.error_type._parse_form(
                self._form(priority=made_up), []
            )
            errors.pop("files_again", None)
            self.assertEqual(list(errors), ["priority"], made_up)

    def test_changes_are_noted_for_staff(self):
        ticket = self._create_ticket(self.ben, name="Before")
        self.cr.flush()
        before = ticket.message_ids
        ticket.with_user(self.agent).write({"priority": "3", "name": "After"})
        self.cr.flush()
        ticket.invalidate_recordset(["message_ids"])
        note = ticket.message_ids - before
        values = note.sudo().tracking_value_ids
        self.assertEqual(set(values.field_id.mapped("name")), {"priority", "name"})
        self.assertTrue(note.subtype_id.internal)

    def test_the_field_is_still_that_of_oca(self):
        field = self.tickets._fields["priority"]
        self.assertEqual(self.tickets.default_get(["priority"]), {"priority": "1"})
        self.assertEqual(len(field.get_values(self.env)), 4)
        self.assertTrue(self.tickets._fields["name"].required)


@tagged("post_install", "-at_install")
class TestStagesAndTeams(StaffCase):
    """OCA lets visitors write stages, and customers read all of a team."""

    def test_visitors_and_customers_change_no_stages(self):
        public = self.env.ref("base.public_user")
        stage = self.stage("closed")
        for user in (public, self.ben, self.anna):
            own = stage.with_user(user)
            self.assertTrue(own.read(["name"]))
            for forbidden in (
                lambda own=own: own.write({"name": "Hacked"}),
                lambda own=own: own.create({"name": "Hacked"}),
                own.unlink,
            ):
                with self.assertRaises(AccessError):
                    forbidden()

    def test_customers_do_not_read_who_works_in_a_team(self):
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "Support", "user_ids": self.agent.ids, "alias_name": "secret"}
        )
        own = team.with_user(self.ben)
        self.assertEqual(own.read(["name", "show_in_portal"])[0]["name"], "Support")
        for name in ("user_ids", "alias_id", "alias_name", "ticket_ids", "user_id"):
            with self.subTest(name), self.assertRaises(AccessError):
                own.read([name])
        guesses = [
            ("user_ids", "in", self.agent.ids),
            ("alias_name", "=", "secret"),
            ("user_id", "=", self.agent.id),
        ]
        for guess in guesses:
            with self.subTest(guess), self.assertRaises(AccessError):
                own.search([guess])
        self.assertEqual(team.with_user(self.agent).user_ids, self.agent)

    def test_a_stage_says_its_status_in_its_views(self):
        stages = self.env["helpdesk.ticket.stage"]
        for view_type in ("form", "list", "search"):
            arch = etree.fromstring(stages.get_view(view_type=view_type)["arch"])
            self.assertTrue(arch.xpath("//field[@name='portal_role']"), view_type)
        with Form(stages) as form:
            form.name = "Finished"
            form.portal_role = "closed"
        self.assertTrue(form.record.closed)


@tagged("post_install", "-at_install")
class TestMerging(StaffCase):
    """Whatever is merged, nothing of a ticket is lost."""

    def duplicate(self, ticket, target):
        wizard = self.env["helpdesk.ticket.duplicate.wizard"].with_user(self.agent)
        wizard.create(
            {"ticket_id": ticket.id, "duplicate_of_id": target.id}
        ).action_confirm()

    def test_participants_are_led_to_the_ticket_that_goes_on(self):
        target = self._create_ticket(self.anna, name="Target")
        ticket = self._create_ticket(self.ben, name="Twice")
        ticket.message_subscribe((self.ben + self.gesa).partner_id.ids)
        self.duplicate(ticket, target)
        self.assertEqual(ticket.duplicate_id, target)
        self.assertEqual(ticket.description, "<p>It does not work.</p>")
        people = (self.ben + self.gesa).partner_id
        self.assertLessEqual(people, target.message_partner_ids)
        self.assertLessEqual(people, ticket.message_partner_ids)
        last = ticket._get_conversation()[-1:]
        self.assertIn(target.number, last.body)
        self.assertEqual(ticket.portal_role, "new")

    def test_other_customers_learn_nothing(self):
        target = self._create_ticket(self.emil, name="Target")
        ticket = self._create_ticket(self.ben, name="Twice")
        ticket.message_subscribe(self.ben.partner_id.ids)
        before = target.message_partner_ids
        self.duplicate(ticket, target)
        self.assertEqual(target.message_partner_ids, before)
        self.assertFalse(ticket._get_conversation())

    def test_merging_contacts_keeps_one_follower_and_the_status(self):
        twin = self.caller_twin()
        ticket = self.ticket("Both", "waiting_on_customer", age=30)
        ticket.message_subscribe((self.ben.partner_id | twin).ids)
        other = self.ticket("Of the twin", "solved", age=50, partner_id=twin.id)
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((self.ben.partner_id | twin).ids, self.ben.partner_id)
        self.env.invalidate_all()
        followers = ticket.message_partner_ids.filtered("partner_share")
        self.assertEqual(followers, self.ben.partner_id)
        self.assertEqual(other.partner_id, self.ben.partner_id)
        self.assertEqual(ticket.portal_role, "waiting_on_customer")
        self.assertEqual(other.portal_role, "solved")
        self.assertEqual(other.status_since, self.now - timedelta(hours=50))

    def caller_twin(self):
        return self.env["res.partner"].create(
            {
                "name": "Ben again",
                "parent_id": self.adler.id,
                "email": "b@adler.example",
            }
        )
