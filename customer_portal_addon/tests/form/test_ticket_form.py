from pathlib import Path
from unittest import TestCase

from lxml import etree

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import PNG, SupportCase

# kind of a field -> what is right (typed, kept), what is wrong
KINDS = {
    "text": ([(" Main ", "Main"), ("a\r\nb", "a b")], ["x" * 251]),
    "long_text": ([("one\r\ntwo", "one\ntwo")], ["x" * 20001]),
    "number": (["1,5", "0", "100", "99.9"], ["many", "-1", "101", "1e1", "nan"]),
    "date": ([("2026-11-30", "11/30/2026"), ("30.11.2026", "11/30/2026")], ["31.2.26"]),
    "checkbox": ([("1", "Yes"), ("on", "Yes")], []),
    "phone": (["+49 30 123456", "030/123456"], ["soon", "12", "+49 30 x"]),
    "email": (["me@example.com"], ["me", "me@", "a b"]),
}


class FormCase(SupportCase):
    """A type with a field of every kind, none of them required."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        choices = [Command.create({"name": name}) for name in ("Red", "Green", "Blue")]
        kinds = [kind for kind in KINDS] + ["choice", "multiple_choice", "file"]
        cls.all_kinds = cls.env["helpdesk.ticket.type"].create(
            {
                "name": "All kinds",
                "attachment_kinds": "documents",
                "field_ids": [
                    Command.create(
                        {
                            "name": f"The {kind}",
                            "key": kind,
                            "field_type": kind,
                            "number_max": 100 if kind == "number" else 0,
                            "option_ids": choices if "choice" in kind else [],
                        }
                    )
                    for kind in kinds
                ],
            }
        )

    def field(self, kind):
        return self.all_kinds.field_ids.filtered(lambda f: f.field_type == kind)

    def option(self, kind, name):
        options = self.field(kind).option_ids
        return str(options.filtered(lambda option: option.name == name).id)

    def parse(self, values, files=(), ticket_type=None, lang="en_US"):
        values = {**self._form(answer_window=None), **values}
        ticket_type = (ticket_type or self.all_kinds).with_user(self.ben)
        ticket_type = ticket_type.with_context(lang=lang)
        form, errors = ticket_type._parse_form(values, list(files))
        errors.pop("files_again", None)
        return form, errors

    def answers(self, form):
        return {field.key: answer for field, answer in form["answers"]}

    def refused(self, user=None, ticket_type=None, files=(), **values):
        """File something that is refused; return what is wrong."""
        tickets = self.env["helpdesk.ticket"].with_user(user or self.ben)
        before = tickets.sudo().search_count([])
        ticket_type = (ticket_type or self.error_type).with_user(user or self.ben)
        form = self._form(**values)
        ticket, errors = tickets._file_from_form(ticket_type, form, list(files))
        self.assertFalse(ticket)
        self.assertEqual(tickets.sudo().search_count([]), before)
        errors.pop("files_again", None)
        return errors


@tagged("post_install", "-at_install")
class TestFormFields(FormCase):
    """What the fields of a form take, and what they answer to the rest."""

    def test_every_kind_takes_what_is_right(self):
        """What guiding questions may ask: texts, choices, percent (C6)."""
        for kind, (right, _wrong) in KINDS.items():
            for case in right:
                typed, kept = case if isinstance(case, tuple) else (case, case)
                with self.subTest(kind=kind, typed=typed):
                    form, errors = self.parse({f"answer_{kind}": [typed]})
                    self.assertFalse(errors)
                    self.assertEqual(self.answers(form), {kind: kept})

    def test_every_kind_says_at_its_field_what_is_wrong(self):
        for kind, (_right, wrong) in KINDS.items():
            for typed in wrong:
                with self.subTest(kind=kind, typed=typed[:10]):
                    _form, errors = self.parse({f"answer_{kind}": [typed]})
                    self.assertEqual(list(errors), [f"answer_{kind}"])

    def test_every_kind_may_be_empty_unless_required(self):
        form, errors = self.parse({f"answer_{kind}": ["  "] for kind in KINDS})
        self.assertFalse(errors)
        self.assertFalse(form["answers"])
        self.all_kinds.field_ids.required = True
        _form, errors = self.parse({})
        expected = {field._get_input_name() for field in self.all_kinds.field_ids}
        self.assertEqual(set(errors), expected)
        self.assertTrue(all(errors.values()))

    def test_choice(self):
        green, blue = self.option("choice", "Green"), self.option("choice", "Blue")
        form, errors = self.parse({"answer_choice": [green]})
        self.assertEqual((self.answers(form), errors), ({"choice": "Green"}, {}))
        foreign = self.option("multiple_choice", "Red")
        for wrong in ([green, blue], [foreign], ["Green"], ["0"], [green, foreign]):
            with self.subTest(wrong=wrong):
                _form, errors = self.parse({"answer_choice": wrong})
                self.assertEqual(list(errors), ["answer_choice"])

    def test_multiple_choice(self):
        red = self.option("multiple_choice", "Red")
        blue = self.option("multiple_choice", "Blue")
        form, errors = self.parse({"answer_multiple_choice": [blue, red]})
        self.assertFalse(errors)
        self.assertEqual(self.answers(form), {"multiple_choice": "Red, Blue"})
        _form, errors = self.parse({"answer_multiple_choice": [red, "999999"]})
        self.assertEqual(list(errors), ["answer_multiple_choice"])

    def test_subject_and_description(self):
        for name, limit in {"subject": 200, "description": 50000}.items():
            for typed in ("", " \n ", "\x00\x07", "x" * (limit + 1)):
                with self.subTest(name=name, typed=typed[:5]):
                    _form, errors = self.parse({name: [typed]})
                    self.assertEqual(list(errors), [name])
            _form, errors = self.parse({name: ["x" * limit]})
            self.assertFalse(errors)

    def test_fields_out_of_use_are_not_asked(self):
        self.error_type.field_ids.filtered("required").active = False
        _form, errors = self.parse({}, ticket_type=self.error_type)
        self.assertFalse(errors)

    def test_technical_names_are_made_and_unique(self):
        field_model = self.env["support.form.field"]
        vals = {"name": "Größe & Gewicht", "type_id": self.all_kinds.id}
        first, second = field_model.create([vals, vals])
        self.assertEqual(first.key, "grosse_gewicht")
        self.assertEqual(second.key, "grosse_gewicht_2")

    def test_messages_are_in_the_readers_language(self):
        _form, errors = self.parse({"subject": [""]}, lang="de_DE")
        self.assertRegex(errors["subject"], "^Bitte ")


@tagged("post_install", "-at_install")
class TestFiling(FormCase):
    """What becomes of a form that is right."""

    def test_ticket(self):
        ticket = self._file(
            self.ben, phone_availability="Mon 9 to 12", cc="x@y.example"
        )
        self.assertEqual(ticket.name, "Crash")
        self.assertEqual(ticket.description, "<p>It crashes</p>")
        self.assertEqual(ticket.partner_id, self.ben.partner_id)
        self.assertEqual(ticket.type_id, self.error_type)
        self.assertEqual(ticket.phone_availability, "Mon 9 to 12")
        self.assertEqual(ticket.company_id, self.company)
        self.assertFalse(ticket.user_id)
        self.assertEqual(ticket.last_activity_at, fields.Datetime.now())
        self.assertFalse(ticket.closed)

    def test_team_of_the_type(self):
        self.error_type.team_ids = self.env["helpdesk.ticket.team"].create(
            {"name": "T"}
        )
        self.assertEqual(self._file(self.ben).team_id, self.error_type.team_ids)

    def test_posted_values_of_the_ticket_are_ignored(self):
        other = self.env["res.company"].create({"name": "Other"})
        stage = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        attack = {
            "partner_id": str(self.emil.partner_id.id),
            "stage_id": str(stage.id),
            "company_id": str(other.id),
            "user_id": str(self.agent.id),
            "sequence": "99",
            "number": "HT0",
            "type_id": str(self.all_kinds.id),
            "create_date": "2000-01-01",
            "answer_choice": self.option("choice", "Red"),  # another type's field
            "answer_": "x",
            "answer_id": "1",
        }
        ticket = self._file(self.ben, **attack)
        self.assertEqual(ticket.partner_id, self.ben.partner_id)
        self.assertFalse(ticket.closed)
        self.assertEqual(ticket.company_id, self.company)
        self.assertFalse(ticket.user_id)
        self.assertEqual(ticket.sequence, 10)
        self.assertNotEqual(ticket.number, "HT0")
        self.assertEqual(ticket.type_id, self.error_type)
        self.assertEqual(ticket.answer_ids.mapped("label"), ["Window"])

    def test_markup_is_text(self):
        ticket = self._file(self.ben, description="<script>alert(1)</script>\n<b>")
        self.assertNotIn("<script", ticket.description)
        self.assertIn("&lt;script&gt;", ticket.description)

    # ---------------------------------------------------
    # Answers
    # ---------------------------------------------------

    def test_answers_outlive_the_form(self):
        module = self.error_type.field_ids.filtered(lambda f: f.name == "Module")
        stock = module.option_ids[1]
        ticket = self._file(self.ben, answer_percent="40", answer_module=str(stock.id))
        expected = [("Window", "Main"), ("Percent", "40"), ("Module", "Stock")]
        window = self.error_type.field_ids[0]
        window.write({"name": "Which screen?", "sequence": 99})
        stock.name = "Warehouse"
        module.unlink()
        ticket.invalidate_recordset()
        answers = ticket.answer_ids
        self.assertEqual([(a.label, a.value) for a in answers], expected)
        self.assertEqual(answers[0].field_id, window)
        self.assertFalse(answers[2].field_id)

    def test_answers_are_searched_and_grouped_by_staff(self):
        for percent in ("40", "40", "99"):
            self._file(self.ben, answer_percent=percent)
        answers = self.env["support.form.answer"].with_user(self.agent)
        domain = [("type_id", "=", self.error_type.id), ("label", "=", "Percent")]
        groups = answers._read_group(domain, ["value"], ["__count"])
        self.assertEqual(groups, [("40", 2), ("99", 1)])
        domain = [("type_id", "=", self.error_type.id)]
        groups = dict(answers._read_group(domain, ["label"], ["__count"]))
        self.assertEqual(groups, {"Percent": 3, "Window": 3})
        tickets = self.env["helpdesk.ticket"].with_user(self.agent)
        found = tickets.search([("answer_ids.value", "=", "99")])
        self.assertEqual(len(found), 1)

    # ---------------------------------------------------
    # CC
    # ---------------------------------------------------

    def test_cc_addresses_take_part(self):
        """Whoever is named in copy (C5)."""
        ticket = self._file(self.ben, cc=f"{self.anna.email}; NEW@world.example")
        people = ticket.message_partner_ids
        self.assertIn(self.ben.partner_id, people)
        self.assertIn(self.anna.partner_id, people)
        self.assertIn("new@world.example", people.mapped("email_normalized"))
        self.assertEqual(len(people), 3)

    def test_own_address_and_repetitions_make_no_duplicates(self):
        own = self.ben.email.upper()
        ticket = self._file(self.ben, cc=f"{own}, a@b.example, A@B.example a@b.example")
        self.assertEqual(len(ticket.message_partner_ids), 2)
        twins = [("email_normalized", "=", self.ben.email)]
        self.assertEqual(self.env["res.partner"].search_count(twins), 1)

    def test_wrong_address_is_named(self):
        errors = self.refused(cc="good@example.com, nonsense")
        self.assertEqual(list(errors), ["cc"])
        self.assertIn("nonsense", errors["cc"])
        self.assertNotIn("good@example.com", errors["cc"])

    def test_at_most_five_addresses(self):
        addresses = [f"p{number}@example.com" for number in range(6)]
        self.assertIn("5", self.refused(cc=", ".join(addresses))["cc"])
        self._file(self.ben, cc=", ".join(addresses[:5]))

    # ---------------------------------------------------
    # Limits
    # ---------------------------------------------------

    def test_thirty_tickets_an_hour(self):
        for number in range(30):
            values = {"filed_by_id": self.ben.partner_id.id}
            self._create_ticket(self.ben, name=str(number), **values)
        self.assertEqual(list(self.refused()), ["form"])
        self._file(self.anna)  # everybody has a limit of their own
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = '2026-06-15 10:59'"
            " WHERE partner_id = %s",
            [self.ben.partner_id.id],
        )
        self._file(self.ben)

    def test_too_long_availability(self):
        self.assertEqual(
            list(self.refused(phone_availability="x" * 251)), ["phone_availability"]
        )

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_hidden_types_show_nothing_to_portal_users(self):
        self.error_type.show_in_portal = False
        as_ben = self.env["helpdesk.ticket.type"].with_user(self.ben)
        self.assertNotIn(self.error_type, as_ben._get_offered())
        self.assertFalse(self.error_type.with_user(self.ben).has_access("read"))
        form_fields = self.env["support.form.field"].with_user(self.ben)
        self.assertFalse(form_fields.search([("type_id", "=", self.error_type.id)]))

    def test_files_are_answers(self):
        ticket = self._file(self.ben, files=[("a.png", PNG), ("b.png", PNG)])
        answer = ticket.answer_ids[-1]
        self.assertEqual((answer.label, answer.value), ("Pictures", "a.png, b.png"))
        self.assertEqual(answer.attachment_ids.mapped("raw"), [PNG, PNG])
        self.assertFalse(any(answer.attachment_ids.mapped("public")))


class TestDemoForms(TestCase):
    """The types that come with the demo, as an example of what can be set up."""

    def setUp(self):
        super().setUp()
        folder = Path(__file__).parents[2] / "demo" / "form"
        trees = [etree.parse(path) for path in folder.glob("*.xml")]
        self.records = [each for tree in trees for each in tree.iterfind("record")]
        self.assertTrue(self.records)

    def named(self, model):
        """Yield id, name and type of the records of a model."""
        for record in self.records:
            if record.get("model") == model:
                name = record.findtext("field[@name='name']")
                ticket_type = record.find("field[@name='type_id']")
                yield record.get("id"), name, getattr(ticket_type, "attrib", {})

    def test_types_of_request(self):
        """A general one, and five kinds of trouble and wishes (C7)."""
        names = {name for _id, name, _type in self.named("helpdesk.ticket.type")}
        expected = {"Allgemeines Anliegen", "Programmerweiterung", "Programmfehler"}
        expected |= {"Anwenderfehler", "Schulung", "Fehlerbehandlung"}
        self.assertEqual(names, expected)

    def test_guiding_questions(self):
        """Where it happened, what was said, where it hangs, what came before (C6)."""
        questions = {
            name
            for _id, name, ticket_type in self.named("support.form.field")
            if ticket_type.get("ref") == "ticket_type_program_error_demo"
        }
        expected = {"In welchem Programm tritt es auf?", "In welchem Fenster?"}
        expected |= {"Erscheint eine Fehlermeldung?", "Was haben Sie zuletzt getan?"}
        expected |= {"Bei wie viel Prozent bleibt es stehen?"}
        self.assertLessEqual(expected, questions)
