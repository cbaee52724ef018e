from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from ..common import SupportCase
from ..http_common import SupportHttpCase

ALL = {"reply", "participants", "edit", "close"}


class ActionCase:
    """A ticket of Ben, with Gesa and Emil (of another customer) in copy."""

    def _create_case(self):
        self.ticket = self._file(self.ben).with_user(self.env.user)
        people = self.gesa.partner_id | self.emil.partner_id
        self.ticket.message_subscribe(people.ids)
        self.done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self.new = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_new")

    def act(self, user, action, **values):
        """Do something as somebody, with what a browser would post."""
        ticket = self.ticket.with_user(user)
        values = {"seen": ticket._get_seen_mark(), **values}
        posted = {
            name: value if isinstance(value, list) else [value]
            for name, value in values.items()
        }
        return ticket._act_from_portal(action, posted)

    def notes(self):
        return self.ticket.message_ids.filtered(lambda m: m.subtype_id.internal)


@tagged("post_install", "-at_install")
class TestPortalActions(ActionCase, SupportCase):
    """Who may do what, in which state; who is told what changed."""

    def setUp(self):
        super().setUp()
        self._create_case()

    def actions_of(self, user):
        return self.ticket.with_user(user)._get_portal_actions()

    # ---------------------------------------------------
    # Offers
    # ---------------------------------------------------

    def test_what_is_offered_on_open_tickets(self):
        """Who may do what (D5)."""
        expected = {
            self.ben: ALL,
            self.anna: ALL,
            self.gesa: ALL | {"leave"},
            self.emil: {"reply", "leave"},
            self.agent: ALL,
        }
        for user, actions in expected.items():
            self.assertEqual(self.actions_of(user), actions, user.login)

    def test_what_is_offered_on_closed_tickets(self):
        """Who may do what, when it is closed (D5, D6)."""
        self.ticket.stage_id = self.done
        for user, actions in {
            self.ben: {"reopen"},
            self.anna: {"reopen"},
            self.gesa: {"reopen", "leave"},
            self.emil: {"leave"},
            self.agent: {"reopen"},
        }.items():
            self.assertEqual(self.actions_of(user), actions, user.login)

    def test_what_was_closed_long_ago_stays_closed(self):
        self.ticket.stage_id = self.done
        self.ticket.status_since = fields.Datetime.now() - timedelta(days=31)
        self.assertEqual(self.actions_of(self.ben), set())
        errors = self.act(self.ben, "reopen", reason="Again!")
        self.assertIn("too long ago", errors["form"])
        self.company.support_reopen_days = 0
        self.assertEqual(self.actions_of(self.ben), {"reopen"})

    def test_what_is_not_offered_is_refused(self):
        before = self.ticket.message_partner_ids
        for action in ("participants", "edit", "close", "reopen", "nonsense", "reply"):
            errors = self.act(
                self.emil,
                action,
                subject="Mine",
                addresses="evil@evil.example",
                reason="x",
            )
            self.assertTrue(errors.get("form"), action)
        self.assertEqual(self.ticket.name, "Crash")
        self.assertFalse(self.ticket.closed)
        self.assertEqual(self.ticket.message_partner_ids, before)

    def test_at_most_thirty_changes_an_hour(self):
        vals = {
            "model": "helpdesk.ticket",
            "res_id": self.ticket.id,
            "author_id": self.ben.partner_id.id,
            "message_type": "notification",
        }
        self.env["mail.message"].create([vals] * 30)
        errors = self.act(self.ben, "close")
        self.assertIn("a lot for one hour", errors["form"])
        self.assertFalse(self.ticket.closed)

    # ---------------------------------------------------
    # Close and reopen
    # ---------------------------------------------------

    def test_close_with_a_reason(self):
        self.assertFalse(self.act(self.ben, "close", reason="It was <b>me</b>"))
        self.assertEqual(self.ticket.portal_role, "closed")
        message = self.ticket._get_conversation()[-1]
        self.assertEqual(message.author_id, self.ben.partner_id)
        self.assertIn("It was &lt;b&gt;me", message.body)

    def test_close_by_a_stage_on_offer(self):
        cancelled = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_cancelled")
        rejected = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_rejected")
        for stage_id in (rejected.id, self.new.id, 999999, "²", "1 OR 1"):
            self.assertTrue(self.act(self.ben, "close", stage_id=str(stage_id)))
            self.assertFalse(self.ticket.closed)
        self.assertFalse(self.act(self.ben, "close", stage_id=str(cancelled.id)))
        self.assertEqual(self.ticket.stage_id, cancelled)

    def test_reopen_needs_a_reason(self):
        self.ticket.stage_id = self.done
        self.assertTrue(self.act(self.ben, "reopen", reason=" ")["reason"])
        self.assertTrue(self.act(self.ben, "reopen", reason="x" * 5001)["reason"])
        self.assertTrue(self.ticket.closed)
        self.assertFalse(self.act(self.ben, "reopen", reason="It is back"))
        self.assertEqual(self.ticket.portal_role, "waiting_on_us")
        self.assertIn("It is back", self.ticket._get_conversation()[-1].body)

    # ---------------------------------------------------
    # Edit
    # ---------------------------------------------------

    def edited(self, **changes):
        """Return what a browser posts from the edit page after some changes."""
        values = self.ticket.with_user(self.ben)._get_edit_values()
        return {**values, **{name: [value] for name, value in changes.items()}}

    def test_the_page_shows_what_there_is(self):
        inputs = self.ticket.with_user(self.ben)._get_edit_inputs()
        values = {entry["name"]: entry["value"] for entry in inputs}
        self.assertEqual(values["subject"], "Crash")
        self.assertEqual(values["priority"], "1")
        self.assertEqual(values["answer_window"], "Main")
        self.assertNotIn("description", values)
        self.assertNotIn("files", values)
        self.assertNotIn("cc", values)

    def test_saving_without_a_change_changes_nothing(self):
        before = self.notes()
        self.assertFalse(self.act(self.ben, "edit", **self.edited()))
        self.assertEqual(self.notes(), before)

    def test_changes_are_noted_for_staff_and_tell_the_agent(self):
        self.ticket.user_id = self.agent
        stock = self.error_type.field_ids.option_ids.filtered(
            lambda option: option.name == "Stock"
        )
        changes = {
            "subject": "Crash in Größe",
            "priority": "3",
            "answer_window": "Second <i>",
            "answer_module": str(stock.id),
        }
        self.assertFalse(self.act(self.ben, "edit", **self.edited(**changes)))
        self.assertEqual(self.ticket.name, "Crash in Größe")
        self.assertEqual(self.ticket.priority, "3")
        answers = {a.label: a.value for a in self.ticket.answer_ids}
        self.assertEqual(answers, {"Window": "Second <i>", "Module": "Stock"})
        note = self.notes()[0]
        self.assertEqual(note.author_id, self.ben.partner_id)
        for text in ("Crash → Crash in Größe", "Main → Second &lt;i&gt;", "– → Stock"):
            self.assertIn(text, note.body)
        self.assertEqual(note.notified_partner_ids, self.agent.partner_id)
        self.assertNotIn(note, self.ticket._get_conversation())

    def test_answers_that_are_taken_back(self):
        self.act(self.ben, "edit", **self.edited(answer_percent="12"))
        self.assertIn("12", self.ticket.answer_ids.mapped("value"))
        self.assertFalse(self.act(self.ben, "edit", **self.edited(answer_percent="")))
        self.assertNotIn("12", self.ticket.answer_ids.mapped("value"))

    def test_wrong_details(self):
        cases = {
            "subject": "",
            "priority": "7",
            "answer_window": "",
            "answer_percent": "101",
            "answer_module": "999999",
            "phone_availability": "x" * 251,
        }
        for name, value in cases.items():
            with self.subTest(name=name):
                errors = self.act(self.ben, "edit", **self.edited(**{name: value}))
                self.assertTrue(errors.get(name))
        self.assertEqual(self.ticket.name, "Crash")
        self.assertEqual(self.ticket.answer_ids.mapped("value"), ["Main"])

    def test_nothing_else_is_edited(self):
        self.act(
            self.ben,
            "edit",
            **self.edited(),
            partner_id=str(self.emil.partner_id.id),
            stage_id=str(self.done.id),
            user_id=str(self.agent.id),
            description="Mine",
            name="Mine",
            commercial_partner_id=str(self.braun.id),
        )
        self.assertEqual(self.ticket.partner_id, self.ben.partner_id)
        self.assertEqual(self.ticket.name, "Crash")
        self.assertFalse(self.ticket.closed)
        self.assertFalse(self.ticket.user_id)
        self.assertIn("It crashes", self.ticket.description)

    def test_answers_come_back_as_they_were_posted(self):
        ticket_type = self.env["helpdesk.ticket.type"].create({"name": "All"})
        options = [Command.create({"name": name}) for name in ("A", "B", "C, D")]
        kinds = ("text", "long_text", "number", "date", "checkbox", "phone", "email")
        vals_list = [{"name": k, "key": k, "field_type": k} for k in kinds]
        vals_list += [
            {"name": k, "key": k, "field_type": k, "option_ids": options}
            for k in ("choice", "multiple_choice")
        ]
        ticket_type.field_ids = [Command.create(vals) for vals in vals_list]
        by_key = {field.key: field for field in ticket_type.field_ids}
        ids = [str(option.id) for option in by_key["multiple_choice"].option_ids]
        posted = {
            "text": ["Ä"],
            "long_text": ["a\nb"],
            "number": ["1,5"],
            "date": ["2026-02-03"],
            "checkbox": ["1"],
            "phone": ["+49 30 123456"],
            "email": ["a@b.example"],
            "choice": [str(by_key["choice"].option_ids[2].id)],
            "multiple_choice": ids[:2],
        }
        for lang in ("en_US", "de_DE"):
            for key, field in by_key.items():
                answer = field.with_context(lang=lang)._parse(posted[key])
                self.assertEqual(field._get_posted(answer), posted[key], (lang, key))
                self.assertFalse(any(field._get_posted("")), key)

    # ---------------------------------------------------
    # Participants
    # ---------------------------------------------------

    def rows(self, user):
        return self.ticket.with_user(user)._get_participant_values()

    def test_people_are_added_and_told_by_mail(self):
        before = self.env["mail.mail"].search([])
        self.assertFalse(
            self.act(
                self.ben, "participants", addresses="anna@adler.example, New@X.example"
            )
        )
        addresses = self.ticket.message_partner_ids.mapped("email_normalized")
        self.assertIn("anna@adler.example", addresses)
        self.assertIn("new@x.example", addresses)
        mails = self.env["mail.mail"].search([]) - before
        by_reader = {mail.recipient_ids.email_normalized: mail for mail in mails}
        self.assertEqual(set(by_reader), {"anna@adler.example", "new@x.example"})
        self.assertIn("Ben has added you", by_reader["anna@adler.example"].body_html)
        self.assertIn("Crash", by_reader["anna@adler.example"].body_html)
        stranger = by_reader["new@x.example"]
        for text in ("Crash", "Ben", "Adler"):
            self.assertNotIn(text, stranger.body_html + stranger.subject)
        self.assertIn(self.ticket.number, stranger.body_html)

    def test_nobody_is_told_twice(self):
        before = self.env["mail.mail"].search_count([])
        self.act(self.ben, "participants", addresses="gesa@adler.example")
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_wrong_addresses(self):
        for addresses in ("", "nonsense", "a@", "x@y.example\nBcc: evil@z.example"):
            errors = self.act(self.ben, "participants", addresses=addresses)
            self.assertTrue(errors.get("addresses"), addresses)
        self.assertEqual(len(self.ticket._get_people()), 3)

    def test_at_most_ten_people(self):
        addresses = ", ".join(f"p{number}@x.example" for number in range(5))
        self.assertFalse(self.act(self.ben, "participants", addresses=addresses))
        self.assertEqual(self.ticket._get_free_places(), 2)
        more = ", ".join(f"q{number}@x.example" for number in range(3))
        errors = self.act(self.ben, "participants", addresses=more)
        self.assertIn("Places left: 2", errors["addresses"])
        self.assertEqual(self.ticket._get_free_places(), 2)

    def test_who_removes_whom(self):
        removable = {
            self.ben: {"Gesa", "emil@braun.example"},
            self.anna: {"Gesa", "emil@braun.example"},
            self.gesa: set(),
            self.emil: set(),
        }
        for user, names in removable.items():
            rows = [r["name"] for r in self.rows(user) if r["can_be_removed"]]
            self.assertEqual(set(rows), names, user.login)

    def test_whoever_is_removed_sees_nothing_at_once(self):
        mine = self.ticket.with_user(self.emil)
        self.assertTrue(mine.has_access("read"))
        errors = self.act(self.ben, "participants", remove=str(self.emil.partner_id.id))
        self.assertFalse(errors)
        self.assertFalse(mine.has_access("read"))

    def test_the_contact_and_strangers_can_not_be_removed(self):
        before = self.ticket.message_partner_ids
        for user, person in (
            (self.ben, self.ben),
            (self.anna, self.ben),
            (self.gesa, self.emil),
            (self.ben, self.agent),
            (self.ben, self.erna),
        ):
            errors = self.act(user, "participants", remove=str(person.partner_id.id))
            self.assertTrue(errors.get("form"), (user.login, person.login))
        for made_up in ("0", "-1", "²", "x", "9" * 40):
            self.assertTrue(self.act(self.ben, "participants", remove=made_up))
        self.assertEqual(self.ticket.message_partner_ids, before)

    def test_leaving(self):
        for user in (self.gesa, self.emil):
            self.assertFalse(self.act(user, "leave"))
            self.assertNotIn(user.partner_id, self.ticket.message_partner_ids)
            self.assertFalse(self.ticket.with_user(user).has_access("read"))

    # ---------------------------------------------------
    # Two at a time
    # ---------------------------------------------------

    def test_the_second_is_told_what_the_first_did(self):
        seen = self.ticket.with_user(self.ben)._get_seen_mark()
        self.act(self.gesa, "close", reason="Found it")
        errors = self.act(self.ben, "close", seen=seen)
        self.assertIn("Found it", errors["form"])
        self.assertIn("Closed", errors["form"])

    def test_answers_that_cross(self):
        mine = self.ticket.with_user(self.ben)
        seen = mine._get_seen_mark()
        self.ticket.with_user(self.agent).message_post(
            body="Please restart",
            subtype_xmlid="mail.mt_comment",
            message_type="comment",
        )
        values = {"body": ["Hello?"], "seen": [seen]}
        errors = mine._post_customer_reply(values, [])
        self.assertIn("Please restart", errors["form"])
        self.assertTrue(errors["is_news"])
        values["seen"] = [mine._get_seen_mark()]
        self.assertFalse(mine._post_customer_reply(values, []))

    def test_internal_notes_are_no_news(self):
        mine = self.ticket.with_user(self.ben)
        seen = mine._get_seen_mark()
        self.ticket.with_user(self.agent).message_post(
            body="INTERNAL", subtype_xmlid="mail.mt_note", message_type="comment"
        )
        self.assertEqual(mine._get_seen_mark(), seen)

    def test_a_double_click_posts_once(self):
        mine = self.ticket.with_user(self.ben)
        values = {"body": ["Hello"], "seen": [mine._get_seen_mark()]}
        self.assertFalse(mine._post_customer_reply(values, []))
        self.assertFalse(mine._post_customer_reply(values, []))
        self.assertEqual(len(self.ticket._get_conversation()), 1)

    def test_edits_that_cross(self):
        seen = self.ticket.with_user(self.ben)._get_seen_mark()
        theirs = self.edited(subject="Theirs")
        self.assertFalse(self.act(self.gesa, "edit", **theirs))
        mine = {**self.edited(), "subject": ["Mine"]}
        errors = self.act(self.ben, "edit", seen=seen, **mine)
        self.assertIn("changed the details", errors["form"])
        self.assertEqual(self.ticket.name, "Theirs")
        self.assertFalse(self.act(self.ben, "edit", **mine))
        self.assertEqual(self.ticket.name, "Mine")

    def test_broken_marks(self):
        for seen in ("", "x", "1.2.3.4", "0.0.", "²"):
            self.ticket.with_user(self.ben)._get_news({"seen": [seen]})

    # ---------------------------------------------------
    # What they see
    # ---------------------------------------------------

    def test_changes_of_the_status_stand_in_the_conversation(self):
        self.cr.precommit.run()
        self.ticket.stage_id = self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_stage_in_progress"
        )
        self.env.flush_all()
        self.cr.precommit.run()
        self.act(self.ben, "close")
        self.env.flush_all()
        self.cr.precommit.run()
        history = self.ticket._get_status_history()
        self.assertEqual([e["status"] for e in history], ["waiting_on_us", "closed"])
        self.assertEqual(history[-1]["author"], "Ben")
        self.assertFalse(history[0]["author"])


@tagged("post_install", "-at_install")
class TestActionPages(ActionCase, SupportHttpCase):
    """The pages: they show what is offered, keep what was typed, and act by POST."""

    def setUp(self):
        super().setUp()
        self._create_case()
        self.url = f"/my/ticket/{self.ticket.id}"

    def offered(self, user):
        page = self.open_as(user, self.url)
        return set(self.find(page, "//*[@data-id='actions']//@data-action"))

    def form_values(self, page):
        """Return what a browser would send from the form of an action's page."""
        [form] = self.find(page, "//form[contains(@class, 'o_support_form')]")
        values = dict(form.form_values())
        values.pop("csrf_token")
        return values

    def test_the_menu_offers_what_is_possible(self):
        """The menu on the page (D5)."""
        self.assertEqual(self.offered(self.ben), ALL | {"print"})
        self.assertEqual(self.offered(self.emil), {"reply", "leave", "print"})
        self.ticket.stage_id = self.done
        self.assertEqual(self.offered(self.ben), {"reopen", "print"})
        self.assertEqual(self.offered(self.emil), {"leave", "print"})

    def test_pages_of_what_is_not_possible_lead_back(self):
        self.authenticate(self.ben.login, self.ben.login)
        for action in ("reopen", "leave"):
            page = self.url_open(f"{self.url}/{action}")
            self.assertTrue(page.url.endswith(self.url))
        page = self.open_as(self.emil, f"{self.url}/edit")
        self.assertTrue(page.url.endswith(self.url))

    def test_looking_changes_nothing(self):
        self.authenticate(self.ben.login, self.ben.login)
        people = self.ticket.message_partner_ids
        for action in ("participants", "edit", "close"):
            query = "reason=x&subject=x&addresses=a@b.example&remove=1"
            page = self.url_open(f"{self.url}/{action}?{query}")
            self.assertEqual(page.status_code, 200)
        self.assertEqual(self.ticket.name, "Crash")
        self.assertFalse(self.ticket.closed)
        self.assertEqual(self.ticket.message_partner_ids, people)

    def test_edit_page(self):
        page = self.open_as(self.ben, f"{self.url}/edit")
        values = self.form_values(page)
        self.assertEqual(values["subject"], "Crash")
        self.assertEqual(values["answer_window"], "Main")
        wrong = {**values, "subject": "New", "answer_window": ""}
        page = self.post(f"{self.url}/edit", wrong, page=page)
        self.assertEqual(page.status_code, 422)
        kept = self.form_values(page)
        self.assertEqual((kept["subject"], kept["answer_window"]), ("New", ""))
        page = self.post(f"{self.url}/edit", {**kept, "answer_window": "2"}, page=page)
        self.assertEqual(page.status_code, 200)
        self.assertIn("saved", self.text_of(page, "action_done"))
        self.assertEqual(self.ticket.name, "New")
        self.assertEqual(self.ticket.answer_ids.value, "2")

    def test_close_and_reopen(self):
        page = self.open_as(self.ben, f"{self.url}/close")
        values = {**self.form_values(page), "reason": "Thanks"}
        page = self.post(f"{self.url}/close", values, page=page)
        self.assertIn("closed", self.text_of(page, "action_done"))
        self.assertTrue(self.ticket.closed)
        self.assertIn("Thanks", page.text)
        page = self.url_open(f"{self.url}/reopen")
        values = {**self.form_values(page), "reason": "Not yet"}
        page = self.post(f"{self.url}/reopen", values, page=page)
        self.assertIn("open again", self.text_of(page, "action_done"))
        self.assertFalse(self.ticket.closed)

    def test_participants_page(self):
        page = self.open_as(self.ben, f"{self.url}/participants")
        values = {**self.form_values(page), "addresses": "new@x.example"}
        page = self.post(f"{self.url}/participants", values, page=page)
        self.assertIn("new@x.example", self.text_of(page, "people"))
        person = self.gesa.partner_id
        page = self.post(f"{self.url}/participants", {"remove": person.id}, page=page)
        self.assertNotIn(person, self.ticket.message_partner_ids)

    def test_leaving_leads_to_the_list(self):
        page = self.open_as(self.emil, f"{self.url}/leave")
        page = self.post(f"{self.url}/leave", self.form_values(page), page=page)
        self.assertTrue(page.url.endswith("/my/tickets"))
        self.assertNotIn(self.emil.partner_id, self.ticket.message_partner_ids)

    def test_news_keep_what_was_typed(self):
        page = self.open_as(self.ben, self.url)
        self.ticket.with_user(self.agent).message_post(
            body="Please restart",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        values = {**self.form_values(page), "body": "My long text"}
        page = self.post(f"{self.url}/reply", values, page=page)
        self.assertEqual(page.status_code, 422)
        self.assertIn("Please restart", self.text_of(page, "form_errors"))
        kept = self.form_values(page)
        self.assertEqual(kept["body"].strip(), "My long text")
        page = self.post(f"{self.url}/reply", kept, page=page)
        self.assertEqual(page.status_code, 200)
        self.assertIn("My long text", self.ticket._get_conversation()[-1].body)

    def test_long_conversations_are_folded(self):
        values = {
            "model": "helpdesk.ticket",
            "res_id": self.ticket.id,
            "author_id": self.ben.partner_id.id,
            "message_type": "comment",
            "subtype_id": self.env.ref("mail.mt_comment").id,
        }
        bodies = [f"<p>Message {number}.</p>" for number in range(40)]
        self.env["mail.message"].create([{**values, "body": b} for b in bodies])
        page = self.open_as(self.ben, self.url)
        [folded] = self.find(page, "//*[@data-id='earlier']")
        text = folded.text_content()
        self.assertIn("Message 0.", text)
        self.assertNotIn("Message 39.", text)
        self.assertIn("Message 39.", page.text)

    def test_status_and_since(self):
        self.env.flush_all()
        self.ticket.status_since = "2026-03-01 12:00:00"
        page = self.open_as(self.ben, self.url)
        self.assertIn("03/01/2026", self.text_of(page, "status_since"))
