import base64

from odoo.tests import tagged

from ..common import EXE, PNG
from .api_common import ApiCase

LOG = "12:00 <b>started</b>\n12:01 out of memory"
CONTEXT = {"program": "NordWaWi", "version": "5.2", "window": "Orders", "log": LOG}


@tagged("post_install", "-at_install")
class TestApiTickets(ApiCase):
    """What programs file and read."""

    # ---------------------------------------------------
    # Filing
    # ---------------------------------------------------

    def test_filed_for_the_contact_of_the_key(self):
        """A program files with its context (C9)."""
        response = self.file(
            self.ben_secret,
            urgency="urgent",
            phone_availability="Mon 9-12",
            cc=["boss@adler.example"],
            customer_number="K-7",
            context=CONTEXT,
            fields={"window": "Main", "percent": 12.5, "module": "Stock"},
        )
        self.assertEqual(response.status_code, 201, response.text)
        ticket = self._filed()
        base = ticket.get_base_url()
        self.assertEqual(
            response.json(),
            {
                "number": ticket.number,
                "url": f"{base}/my/ticket/{ticket.id}",
                "status_url": f"{base}/support/api/1/tickets/{ticket.number}",
            },
        )
        self.assertEqual(response.headers["Location"], response.json()["status_url"])
        self.assertEqual(ticket.partner_id, self.ben.partner_id)
        self.assertEqual(ticket.commercial_partner_id, self.adler)
        self.assertEqual(ticket.filed_by_id, self.ben.partner_id)
        self.assertEqual(ticket.type_id, self.error_type)
        self.assertEqual(ticket.priority, "3")
        self.assertEqual(ticket.phone_availability, "Mon 9-12")
        self.assertEqual(ticket.customer_number, "K-7")
        self.assertEqual(ticket.channel_id.name, "Program")
        self.assertEqual(ticket.context_program, "NordWaWi")
        self.assertEqual(ticket.context_version, "5.2")
        self.assertEqual(ticket.context_window, "Orders")
        self.assertEqual(ticket.context_log, LOG)
        self.assertEqual(ticket.api_key_id, self.ben_key)
        answers = {a.field_id.key: a.value for a in ticket.answer_ids}
        self.assertEqual(
            answers, {"window": "Main", "percent": "12.5", "module": "Stock"}
        )
        self.assertIn("It crashes", str(ticket.description))
        addresses = ticket.message_partner_ids.mapped("email_normalized")
        self.assertEqual(set(addresses), {"ben@adler.example", "boss@adler.example"})

    def test_the_ticket_is_confirmed_by_mail(self):
        self.file(self.ben_secret)
        self._confirm_tickets()
        mails = self.env["mail.mail"].search(
            [("recipient_ids", "in", self.ben.partner_id.ids)]
        )
        self.assertEqual(len(mails), 1)
        self.assertIn(self._filed().number, mails.subject)

    def test_files_in_base64_and_as_parts(self):
        content = base64.b64encode(PNG).decode()
        file = {"name": "one.png", "content": content}
        response = self.file(self.ben_secret, files=[("two.png", PNG)])
        self.assertEqual(response.status_code, 201, response.text)
        document = self._document(files=[file])
        response = self.call("/1/tickets", self.ben_secret, "POST", json=document)
        self.assertEqual(response.status_code, 201, response.text)
        names = self._filed().answer_ids.attachment_ids.mapped("name")
        self.assertEqual(set(names), {"one.png", "two.png"})
        self.assertEqual(self._filed().answer_ids.attachment_ids.mapped("raw")[0], PNG)

    def test_files_are_judged_by_their_content(self):
        virus = base64.b64encode(EXE).decode()
        for files in (
            [{"name": "virus.png", "content": virus}],
            [{"name": "a.png", "content": base64.b64encode(PNG).decode()}] * 3,
        ):
            document = self._document(files=files)
            response = self.call("/1/tickets", self.ben_secret, "POST", json=document)
            self.assertPointers(response, "#/files")
        response = self.file(self.ben_secret, files=[("virus.png", EXE)])
        self.assertPointers(response, "#/files")
        document = self._document(files=[{"name": "a.png", "content": "ä?"}])
        response = self.call("/1/tickets", self.ben_secret, "POST", json=document)
        self.assertPointers(response, "#/files/0/content")

    def test_a_form_without_files_takes_none(self):
        self.error_type.field_ids.filtered(lambda f: f.field_type == "file").unlink()
        response = self.file(self.ben_secret, files=[("a.png", PNG)])
        self.assertPointers(response, "#/files")

    def test_every_mistake_is_named(self):
        response = self.file(
            self.ben_secret,
            subject=" ",
            description=7,
            urgency="now",
            cc=["nonsense"],
            partner_id=7,
            context={"program": "x" * 101, "user": "x"},
            fields={"window": "Main"},
        )
        self.assertPointers(
            response,
            "#/description",
            "#/urgency",
            "#/partner_id",
            "#/context/program",
            "#/context/user",
        )
        response = self.file(
            self.ben_secret,
            subject=" ",
            cc=["nonsense"],
            fields={
                "percent": 200,
                "module": "Cellar",
                "door": 1,
                "window": ["a", "b"],
            },
        )
        self.assertPointers(
            response,
            "#/subject",
            "#/cc",
            "#/fields/percent",
            "#/fields/module",
            "#/fields/door",
            "#/fields/window",
        )
        self.assertPointers(self.file(self.ben_secret, fields={}), "#/fields/window")
        self.assertPointers(self.file(self.ben_secret, type=0), "#/type")

    def test_errors_come_in_the_language_asked_for(self):
        for language, text in (("de", "Bitte füllen"), ("en", "Please fill")):
            response = self.file(
                self.ben_secret, fields={}, headers={"Accept-Language": language}
            )
            self.assertIn(text, response.json()["errors"][0]["detail"])
        self.ben.partner_id.lang = "de_DE"
        response = self.file(self.ben_secret, fields={})
        self.assertIn("Bitte füllen", response.json()["errors"][0]["detail"])

    def test_without_a_type_it_is_a_general_request(self):
        general = self.env["helpdesk.ticket.type"]._get_general()
        document = self._document(fields={})
        del document["type"]
        response = self.call("/1/tickets", self.ben_secret, "POST", json=document)
        self.assertEqual(response.status_code, 201, response.text)
        self.assertEqual(self._filed().type_id, general)

    def test_types_that_are_not_on_offer_do_not_exist(self):
        self.error_type.show_in_portal = False
        self.assertPointers(self.file(self.ben_secret), "#/type")
        types = self.call("/1/types", self.ben_secret).json()["types"]
        self.assertNotIn(self.error_type.id, [entry["id"] for entry in types])

    # ---------------------------------------------------
    # Keys of a customer
    # ---------------------------------------------------

    def test_a_customers_key_names_the_contact(self):
        response = self.file(self.adler_secret, contact={"email": "Ben@adler.example"})
        self.assertEqual(response.status_code, 201, response.text)
        self.assertEqual(self._filed().partner_id, self.ben.partner_id)
        self.assertEqual(self._filed().commercial_partner_id, self.adler)

    def test_without_an_address_nothing_is_filed(self):
        self.assertPointers(self.file(self.adler_secret), "#/contact/email")
        for email in ("", "nonsense", "a\x00@b.example"):
            response = self.file(self.adler_secret, contact={"email": email})
            self.assertPointers(response, "#/contact/email")

    def test_a_new_address_becomes_a_contact_and_is_invited_once(self):
        new = {"email": "nora@adler.example", "name": "Nora"}
        for _number in range(2):
            response = self.file(self.adler_secret, contact=new)
            self.assertEqual(response.status_code, 201, response.text)
        person = self._filed().partner_id
        self.assertEqual(person.name, "Nora")
        self.assertEqual(person.commercial_partner_id, self.adler)
        self.assertTrue(person.support_unconfirmed)
        self.assertTrue(person.support_code)
        invitations = self.env["support.access.mail"].search(
            [("partner_id", "=", person.id), ("kind", "=", "invitation")]
        )
        self.assertEqual(len(invitations), 1)
        self._confirm_tickets()
        mails = self.env["mail.mail"].search([("recipient_ids", "in", person.ids)])
        self.assertEqual(len(mails), 2)
        for mail in mails:
            self.assertNotIn("It crashes", mail.body_html)
            self.assertNotIn("Crash", mail.subject)

    def test_an_address_of_others_leads_to_nobody(self):
        """The customer's ticket, and nothing that tells whose address it is."""
        before = self.env["mail.mail"].search([])
        for email in ("emil@braun.example", self.agent.email):
            response = self.file(self.adler_secret, contact={"email": email})
            self.assertEqual(response.status_code, 201, response.text)
        self._confirm_tickets()
        for ticket in self._filed():
            self.assertFalse(ticket.partner_id)
            self.assertEqual(ticket.commercial_partner_id, self.adler)
            self.assertFalse(ticket.message_partner_ids.filtered("partner_share"))
            self.assertTrue(ticket.partner_email)
            self.assertIn(ticket.partner_email, str(ticket.message_ids.mapped("body")))
        self.assertEqual(self.env["mail.mail"].search([]), before)
        self.assertTrue(self._filed()[0].with_user(self.anna).has_access("read"))
        self.assertFalse(self._filed()[-1].with_user(self.emil).has_access("read"))

    # ---------------------------------------------------
    # Once per Idempotency-Key
    # ---------------------------------------------------

    def test_the_same_again_gets_the_same_answer(self):
        headers = {"Idempotency-Key": "f2f1-7"}
        first = self.file(self.ben_secret, headers, files=[("a.png", PNG)])
        again = self.file(self.ben_secret, headers, files=[("a.png", PNG)])
        self.assertEqual(first.status_code, 201)
        self.assertEqual(again.status_code, 201)
        self.assertEqual(first.json(), again.json())
        self.assertEqual(first.headers["Location"], again.headers["Location"])
        self.assertEqual(len(self._filed()), 1)
        for change in ({"subject": "Else"}, {"files": [("a.png", PNG + b"x")]}):
            values = {"files": [("a.png", PNG)], **change}
            response = self.file(self.ben_secret, headers, **values)
            self.assertProblem(response, 422, "idempotency")
        self.assertEqual(len(self._filed()), 1)

    def test_it_belongs_to_the_key(self):
        headers = {"Idempotency-Key": "f2f1-7"}
        for secret in (self.ben_secret, self.emil_secret):
            self.assertEqual(self.file(secret, headers).status_code, 201)
        self.assertEqual(len(self._filed()), 2)

    def test_what_was_refused_may_be_mended(self):
        headers = {"Idempotency-Key": "f2f1-7"}
        response = self.file(self.ben_secret, headers, fields={})
        self.assertPointers(response, "#/fields/window")
        self.assertEqual(self.file(self.ben_secret, headers).status_code, 201)

    def test_what_can_be_no_idempotency_key(self):
        for value in ("", "x" * 201, "with blank", "ä"):
            headers = {"Idempotency-Key": value.encode()}
            response = self.file(self.ben_secret, headers)
            self.assertProblem(response, 400, "idempotency")
        self.assertFalse(self._filed())

    def test_it_is_kept_for_more_than_a_day(self):
        headers = {"Idempotency-Key": "f2f1-7"}
        self.file(self.ben_secret, headers)
        requests = self.env["support.api.request"]
        note = requests.search([("key_id", "=", self.ben_key.id)])
        for days, is_kept in ((1, True), (3, False)):
            self.env.cr.execute(
                "UPDATE support_api_request SET create_date = now() at time zone"
                f" 'utc' - interval '{days} days' - interval '1 hour'"
            )
            note.invalidate_recordset()
            requests._gc_requests()
            self.assertEqual(bool(note.exists()), is_kept)

    # ---------------------------------------------------
    # Reading
    # ---------------------------------------------------

    def test_the_status_without_anybodys_words(self):
        number = self.file(self.ben_secret).json()["number"]
        for secret in (self.ben_secret, self.adler_secret):
            english = {"Accept-Language": "en-GB,en"}
            response = self.call(f"/1/tickets/{number}", secret, headers=english)
            self.assertEqual(response.status_code, 200)
            status = response.json()
            self.assertEqual(status["status"], "new")
            self.assertEqual(status["status_label"], "New")
            self.assertRegex(status["created_at"], r"^[\d-]+T[\d:]+Z$")
            self.assertNotIn("rash", response.text)
        self._filed()._move_to("solved")
        response = self.call(f"/1/tickets/{number}", self.ben_secret)
        self.assertEqual(response.json()["status"], "solved")

    def test_reading_notes_the_use_and_then_writes_nothing(self):
        """A replica serves the second time: there, writing would fail."""
        self.call("/1/types", self.ben_secret)
        first = self.ben_key.last_used_at
        self.assertTrue(first)
        self.assertTrue(self.ben_key._is_use_noted(self.ben_secret))
        self.call("/1/types", self.ben_secret)
        self.assertEqual(self.ben_key.last_used_at, first)

    def test_types_with_their_fields(self):
        types = self.call("/1/types", self.ben_secret).json()["types"]
        [entry] = [entry for entry in types if entry["id"] == self.error_type.id]
        fields = {field["name"]: field for field in entry["fields"]}
        self.assertEqual(list(fields), ["window", "percent", "module"])
        self.assertTrue(fields["window"]["required"])
        self.assertEqual((fields["percent"]["min"], fields["percent"]["max"]), (0, 100))
        names = [option["name"] for option in fields["module"]["options"]]
        self.assertEqual(names, ["Sales", "Stock"])
        self.assertEqual(entry["files"]["max_count"], 2)

    def test_a_choice_is_answered_by_id_as_well(self):
        types = self.call("/1/types", self.ben_secret).json()["types"]
        [entry] = [entry for entry in types if entry["id"] == self.error_type.id]
        option = entry["fields"][2]["options"][1]
        fields = {"window": "Main", "module": option["id"]}
        self.assertEqual(self.file(self.ben_secret, fields=fields).status_code, 201)
        answers = {a.field_id.key: a.value for a in self._filed().answer_ids}
        self.assertEqual(answers["module"], "Stock")

    # ---------------------------------------------------
    # For people
    # ---------------------------------------------------

    def test_the_customer_sees_the_context(self):
        self.file(self.ben_secret, context=CONTEXT)
        page = self.open_as(self.ben, f"/my/ticket/{self._filed().id}")
        self.assertEqual(self.text_of(page, "context_program"), "NordWaWi 5.2")
        self.assertEqual(self.text_of(page, "context_window"), "Orders")
        self.assertIn("<b>started</b>", self.text_of(page, "context_log"))

    def test_staff_find_program_and_version(self):
        self.file(self.ben_secret, context=CONTEXT)
        tickets = self.env["helpdesk.ticket"].with_user(self.agent)
        for domain in (
            [("context_program", "ilike", "waw")],
            [("context_version", "=", "5.2")],
            [("api_key_id", "=", self.ben_key.id)],
        ):
            self.assertEqual(tickets.search(domain), self._filed())
