import io

from werkzeug.datastructures import FileStorage

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...controllers.form.ticket_form import read_file
from ..common import EXE, PNG
from ..http_common import SupportHttpCase


@tagged("post_install", "-at_install")
class TestTicketFormHttp(SupportHttpCase):
    """The overview of the types and their forms, as a browser sends them."""

    def setUp(self):
        super().setUp()
        self.slug = self.env["ir.http"]._slug(self.error_type)
        self.url = f"/support/ticket/new/{self.slug}"

    def test_files_are_read_from_their_beginning(self):
        """Odoo rewinds only the first file of a name when it tries once more."""
        upload = FileStorage(io.BytesIO(b"content"), "x.txt")
        for _time in range(2):
            self.assertEqual(read_file(upload), b"content")

    def tickets(self):
        return self.env["helpdesk.ticket"].search([("name", "=", "Crash")])

    def submit(self, files=(), url=None, user=None, **values):
        """Fill in the form as somebody and send it."""
        page = self.open_as(user or self.ben, self.url)
        form = {
            "subject": "Crash",
            "description": "It crashes",
            "answer_window": "Main",
        }
        files = [("files", (name, content)) for name, content in files]
        return self.post(url or self.url, {**form, **values}, page=page, files=files)

    def error_at(self, page, name):
        found = self.find(
            page, f"//*[@data-field='{name}']//*[contains(@class, 'o_support_error')]"
        )
        return found[0].text_content().strip() if found else None

    def value_of(self, page, name):
        [element] = self.find(page, f"//*[@data-field='{name}']//*[@name='{name}']")
        return element.text if element.tag == "textarea" else element.get("value")

    def assertRefused(self, response, *names):
        """Nothing was filed; the errors stand at these fields and nowhere else."""
        self.assertEqual(response.status_code, 422)
        shown = self.find(
            response,
            "//*[contains(@class, 'o_support_error')]/ancestor::*[@data-field]",
        )
        self.assertEqual({element.get("data-field") for element in shown}, set(names))
        self.assertFalse(self.tickets())

    # ---------------------------------------------------
    # Overview and form
    # ---------------------------------------------------

    def test_overview_leads_to_the_types_on_offer(self):
        """Each type with its own form, and no other (C1)."""
        links = f"//a[@href='{self.url}']"
        self.assertTrue(self.find(self.open_as(self.ben, "/support/ticket/new"), links))
        for change in (
            {"show_in_portal": False},
            {"show_in_portal": True, "active": False},
        ):
            with self.subTest(change=change):
                self.error_type.write(change)
                page = self.open_as(self.ben, "/support/ticket/new")
                self.assertFalse(self.find(page, links))
                for url in (self.url, f"{self.url}?preview=1"):
                    self.assertEqual(self.url_open(url).status_code, 404)
                page = self.url_open("/my/tickets")
                values = {"subject": "Crash", "description": "x", "answer_window": "x"}
                response = self.post(self.url, values, page=page)
                self.assertEqual(response.status_code, 404)
                self.assertFalse(self.tickets())

    def test_staff_preview_forms_that_are_not_on_offer(self):
        self.error_type.show_in_portal = False
        self.assertEqual(self.open_as(self.agent, self.url).status_code, 404)
        page = self.url_open(f"{self.url}?preview=1")
        self.assertEqual(page.status_code, 200)
        self.assertTrue(self.find(page, "//button[@type='submit'][@disabled]"))

    def test_required_fields_carry_a_red_asterisk(self):
        """Those, and no others (C1)."""
        page = self.open_as(self.ben, self.url)
        marked = self.find(
            page, "//span[contains(@class, 'text-danger')]/ancestor::*[@data-field]"
        )
        names = {element.get("data-field") for element in marked}
        self.assertEqual(names, {"subject", "description", "answer_window"})

    def test_visitors_have_to_log_in(self):
        for url in ("/support/ticket/new", self.url, "/new/ticket"):
            self.assertIn("/web/login", self.open_as(None, url).url)

    # ---------------------------------------------------
    # Sending
    # ---------------------------------------------------

    def test_filed_with_two_pictures(self):
        """All that the page asks for, shown on the ticket (C5)."""
        response = self.submit(
            files=[("Prüfstand.png", PNG), ("zwei.png", PNG)],
            answer_percent="40",
            phone_availability="Mon 9-12",
            cc="boss@adler.example",
        )
        ticket = self.tickets()
        self.assertEqual(len(ticket), 1)
        self.assertIn(f"/my/ticket/{ticket.id}", response.url)
        self.assertEqual(self.text_of(response, "number"), ticket.number)
        self.assertEqual(ticket.partner_id, self.ben.partner_id)
        for text in ("It crashes", "Window", "Main", "Mon 9-12", "Prüfstand.png"):
            self.assertIn(text, response.text)
        [link] = self.find(response, "//section//a[contains(., 'zwei.png')]/@href")
        self.assertEqual(self.url_open(link).content, PNG)

    def test_each_mistake_stands_at_its_field(self):
        picture = ("picture.png", PNG)
        cases = {
            "subject": {"subject": ""},
            "description": {"description": " "},
            "answer_window": {"answer_window": ""},
            "answer_percent": {"answer_percent": "200"},
            "answer_module": {"answer_module": "0"},
            "cc": {"cc": "nonsense"},
            "files": {"files": [picture, picture, picture]},
        }
        for name, values in cases.items():
            with self.subTest(name=name):
                self.assertRefused(self.submit(**values), name)
        page = self.submit(files=[("virus.png", EXE)])
        self.assertRefused(page, "files")
        self.assertIn("virus.png", self.error_at(page, "files"))

    def test_nothing_that_was_typed_is_lost(self):
        typed = {
            "subject": 'A "quoted" <b>subject</b>',
            "description": "First line\nÄÖÜ </textarea><script>",
            "answer_percent": "12,5",
            "phone_availability": "after 5 o'clock",
            "cc": "boss@adler.example, nonsense",
        }
        page = self.submit(files=[("picture.png", PNG)], answer_window="", **typed)
        self.assertRefused(page, "answer_window", "cc")
        for name, value in typed.items():
            self.assertEqual(self.value_of(page, name).lstrip("\n"), value)
        self.assertIn("Please choose your files again: picture.png", page.text)
        self.assertFalse(self.find(page, "//form//script"))

    def test_choices_stay_chosen(self):
        options = [Command.create({"name": str(number)}) for number in range(6)]
        self.error_type.field_ids = [
            Command.create({"name": key, "field_type": kind, "option_ids": options})
            for key, kind in {
                "many": "multiple_choice",
                "long": "choice",
                "agree": "checkbox",
            }.items()
        ]
        module = self.error_type.field_ids.filtered(lambda f: f.key == "module")
        many = self.error_type.field_ids.filtered(lambda f: f.key == "many")
        long = self.error_type.field_ids.filtered(lambda f: f.key == "long")
        page = self.submit(
            subject="",
            answer_module=str(module.option_ids[1].id),
            answer_many=[str(many.option_ids[0].id), str(many.option_ids[5].id)],
            answer_long=str(long.option_ids[3].id),
            answer_agree="1",
            priority="2",
        )
        self.assertRefused(page, "subject")
        chosen = self.find(page, "//form//input[@checked]/@value")
        ids = module.option_ids[1] + many.option_ids[0] + many.option_ids[5]
        self.assertEqual(chosen, [*map(str, ids.ids), "1", "2"])
        selected = self.find(page, "//form//option[@selected]/@value")
        self.assertEqual(selected, [str(long.option_ids[3].id)])

    def test_limit_of_an_hour_is_told_and_nothing_is_filed(self):
        for number in range(30):
            values = {"filed_by_id": self.ben.partner_id.id}
            self._create_ticket(self.ben, name=str(number), **values)
        page = self.submit(files=[("picture.png", PNG)])
        self.assertRefused(page)
        self.assertIn("Please choose your files again: picture.png", page.text)
        self.assertIn("a lot for one hour", self.text_of(page, "form_errors"))
        self.assertEqual(self.value_of(page, "description").strip(), "It crashes")

    def test_posted_values_of_the_ticket_are_ignored(self):
        self.submit(
            partner_id=self.emil.partner_id.id,
            stage_id=self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done").id,
            user_id=self.agent.id,
            sequence="99",
        )
        ticket = self.tickets()
        self.assertEqual(ticket.partner_id, self.ben.partner_id)
        self.assertEqual((ticket.sequence, ticket.closed), (10, False))
        self.assertFalse(ticket.user_id)

    @mute_logger("odoo.http")
    def test_without_the_token_nothing_is_filed(self):
        other = self.get_token(self.open_as(self.anna, self.url))
        self.authenticate(self.ben.login, self.ben.login)
        form = {"subject": "Crash", "description": "x", "answer_window": "x"}
        for url in (self.url, "/submitted/ticket"):
            for token in ({}, {"csrf_token": ""}, {"csrf_token": other}):
                with self.subTest(url=url, token=token):
                    response = self.url_open(url, data={**form, **token})
                    self.assertEqual(response.status_code, 400)
                    self.assertFalse(self.tickets())

    # ---------------------------------------------------
    # OCA's routes
    # ---------------------------------------------------

    def test_ocas_form_leads_to_ours(self):
        page = self.open_as(self.ben, "/new/ticket")
        self.assertTrue(page.url.endswith("/support/ticket/new"))

    def test_ocas_door_obeys_the_form_of_the_type(self):
        values = {"type": self.error_type.id, "answer_window": ""}
        page = self.submit(url="/submitted/ticket", **values)
        self.assertRefused(page, "answer_window")
        page = self.submit(url="/submitted/ticket", type=self.error_type.id)
        self.assertEqual(self.tickets().type_id, self.error_type)
        self.assertIn("/my/ticket/", page.url)

    def test_ocas_door_reads_its_own_name_for_files(self):
        page = self.open_as(self.ben, self.url)
        form = {"subject": "Crash", "description": "x", "answer_window": "x"}
        form["type"] = self.error_type.id
        files = {"attachment": ("virus.png", EXE)}
        response = self.post("/submitted/ticket", form, page=page, files=files)
        self.assertRefused(response, "files")
        files = {"attachment": ("a.png", PNG)}
        self.post("/submitted/ticket", form, page=page, files=files)
        self.assertEqual(self.tickets().answer_ids.attachment_ids.name, "a.png")

    def test_ocas_door_without_a_type_takes_the_general_one(self):
        self.env["helpdesk.ticket.type"].search([]).show_in_portal = False
        general = self.error_type.copy({"name": "General", "show_in_portal": True})
        general.field_ids.required = False
        self.submit(url="/submitted/ticket", user=self.agent)
        self.assertEqual(self.tickets().type_id, general)

    def test_ocas_door_takes_no_get(self):
        self.authenticate(self.ben.login, self.ben.login)
        response = self.url_open("/submitted/ticket?subject=Crash&description=x")
        self.assertEqual(response.status_code, 405)
        self.assertFalse(self.tickets())

    def test_made_up_types_lead_nowhere(self):
        self.authenticate(self.ben.login, self.ben.login)
        for made_up in ("999999", "x", "-1", "1 or 1=1"):
            response = self.url_open(f"/support/ticket/new/{made_up}")
            self.assertEqual(response.status_code, 404, made_up)
            page = self.submit(url="/submitted/ticket", type=made_up)
            self.assertLess(page.status_code, 500)
            self.tickets().unlink()
