from odoo.tests import tagged
from odoo.tools import mute_logger

from ..http_common import SupportHttpCase

PAGE = "/my/colleagues"
ACTIONS = ("invite", "rename", "switch_off", "switch_on", "appoint", "dismiss")


@tagged("post_install", "-at_install")
class TestColleaguesOverHttp(SupportHttpCase):
    """The page of the customer administrators, and attacks on it."""

    def setUp(self):
        super().setUp()
        self.ben_url = f"{PAGE}/{self.ben.partner_id.id}"
        self.emil_url = f"{PAGE}/{self.emil.partner_id.id}"

    def open_page(self, user=None, query=""):
        return self.open_as(user or self.anna, f"{PAGE}{query}")

    def state_of(self, user):
        partner = user.partner_id
        partner.invalidate_recordset()
        return partner.read(
            [
                "name",
                "email",
                "parent_id",
                "is_company",
                "is_customer_administrator",
                "support_switched_off",
            ]
        )[0]

    def find_nina(self):
        return self.env["res.partner"].search([("email", "=", "nina@adler.example")])

    def cell(self, page, partner, data_id):
        found = self.find(
            page, f"//tr[@data-colleague='{partner.id}']//*[@data-id='{data_id}']"
        )
        return " ".join(found[0].text_content().split()) if found else None

    # ---------------------------------------------------
    # The page
    # ---------------------------------------------------

    def test_page(self):
        page = self.open_page()
        self.assertEqual(page.status_code, 200)
        rows = self.find(page, "//tr[@data-colleague]/@data-colleague")
        people = (self.anna | self.ben | self.gesa).partner_id
        self.assertEqual(rows, [str(person.id) for person in people.sorted("name")])
        self.assertEqual(self.cell(page, self.ben.partner_id, "state"), "May log in")
        badge = self.cell(page, self.anna.partner_id, "is_administrator")
        self.assertEqual(badge, "Administrator")
        self.assertFalse(self.cell(page, self.ben.partner_id, "is_administrator"))
        self.assertIn("(you)", page.text)
        for other in ("emil", "Braun", "clara"):
            self.assertNotIn(other, page.text)

    def test_only_administrators_come_here(self):
        for user in (self.ben, self.agent):
            self.assertTrue(self.open_page(user).url.endswith("/my"))
            for url in (f"{PAGE}/invite", f"{self.ben_url}/switch_off"):
                values = {"name": "x", "email": "nina@adler.example"}
                self.assertTrue(self.post(url, values).url.endswith("/my"))
        self.assertFalse(self.find_nina())
        self.assertFalse(self.ben.partner_id.support_switched_off)

    def test_only_administrators_see_the_way_here(self):
        for url in ("/my", "/support"):
            link = f'href="{PAGE}"'
            self.assertIn(link, self.open_as(self.anna, url).text)
            self.assertNotIn(link, self.open_as(self.ben, url).text)
        self.assertNotIn(PAGE, self.open_as(None, "/support").text)

    def test_alone(self):
        for user in (self.ben, self.gesa):
            user.active = False
            user.partner_id.active = False
        page = self.open_page()
        self.assertIn("You are the only one", self.text_of(page, "colleagues_alone"))
        self.assertTrue(self.find(page, "//details[@open]//form"))

    def test_fifty_on_a_page_and_search(self):
        self.env["res.partner"].create(
            [
                {"name": f"Colleague {number:03}", "parent_id": self.adler.id}
                for number in range(100)
            ]
        )
        page = self.open_page()
        self.assertEqual(len(self.find(page, "//tr[@data-colleague]")), 50)
        page = self.open_page(query="/page/3")
        self.assertEqual(len(self.find(page, "//tr[@data-colleague]")), 3)
        page = self.open_page(query="?search=colleague%200")
        self.assertEqual(len(self.find(page, "//tr[@data-colleague]")), 50)
        self.assertIn("/my/colleagues/page/2?search=colleague+0", page.text)
        page = self.open_page(query="?search=nobody")
        self.assertFalse(self.find(page, "//tr[@data-colleague]"))
        self.assertIn("Nobody found", page.text)

    def test_made_up_parameters_show_the_page(self):
        for query in ("?search=%00", "?search=%00esa", "?page=%00", "?done=%00"):
            page = self.open_page(query=query)
            self.assertEqual(page.status_code, 200, query)
        self.assertEqual(self.open_page(query="/page/9" + 20 * "9").status_code, 200)

    def test_what_is_printed_is_text(self):
        self.ben.partner_id.name = "<script>alert(1)</script>"
        payload = "%22%3E%3Cscript%3Ealert(2)%3C/script%3E"
        for query in ("", f"?search={payload}", f"?done={payload}"):
            page = self.open_page(query=query)
            self.assertEqual(page.status_code, 200)
            self.assertNotIn("<script>alert", page.text)
        self.assertIsNone(self.text_of(page, "colleagues_done"))
        slug = self.env["ir.http"]._slug(self.error_type)
        form = self.open_as(self.anna, f"/support/ticket/new/{slug}")
        self.assertIn("&lt;script&gt;alert(1)", form.text)

    # ---------------------------------------------------
    # What is done there
    # ---------------------------------------------------

    def test_invite(self):
        page = self.open_page()
        values = {"name": "Nina", "email": "nina@adler.example"}
        page = self.post(f"{PAGE}/invite", values, page=page)
        self.assertTrue(page.url.endswith("?done=invite"))
        self.assertIn("on its way", self.text_of(page, "colleagues_done"))
        self.assertEqual(self.cell(page, self.find_nina(), "state"), "Invited")

    def test_invite_with_mistakes_keeps_what_was_typed(self):
        page = self.open_page()
        values = {"name": '"><i>Nina', "email": "nina(at)adler"}
        page = self.post(f"{PAGE}/invite", values, page=page)
        self.assertEqual(page.status_code, 422)
        for name in values:
            [entry] = self.find(page, f"//input[@id='invite_{name}']")
            self.assertEqual(entry.get("value"), values[name])
            [message] = self.find(page, f"//*[@id='invite_{name}_error']")
            self.assertTrue(message.text_content())
        self.assertTrue(self.find(page, "//details[@open]"))
        self.assertEqual(len(self.find(page, "//tr[@data-colleague]")), 3)

    def test_another_customers_address_gets_the_same_answer(self):
        page = self.open_page()
        answers = set()
        for email in ("nina@adler.example", self.emil.email):
            values = {"name": "Somebody", "email": email}
            answer = self.post(f"{PAGE}/invite", values, page=page)
            text = self.text_of(answer, "colleagues_done")
            answers.add((answer.status_code, answer.url, text))
        self.assertEqual(len(answers), 1)

    def test_rename_and_switch(self):
        page = self.open_page()
        page = self.post(f"{self.ben_url}/rename", {"name": "Benny"}, page=page)
        self.assertTrue(page.url.endswith("?done=rename"))
        page = self.post(f"{self.ben_url}/switch_off", {"search": "b&c"}, page=page)
        self.assertTrue(page.url.endswith("?done=switch_off&search=b%26c"))
        state = self.state_of(self.ben)
        self.assertEqual(state["name"], "Benny")
        self.assertTrue(state["support_switched_off"])
        page = self.open_page()
        self.assertEqual(self.cell(page, self.ben.partner_id, "state"), "Switched off")
        self.post(f"{self.ben_url}/switch_on", {}, page=page)
        self.assertFalse(self.state_of(self.ben)["support_switched_off"])

    def test_rename_with_a_mistake(self):
        page = self.open_page()
        page = self.post(f"{self.ben_url}/rename", {"name": "<b>"}, page=page)
        self.assertEqual(page.status_code, 422)
        [entry] = self.find(page, "//input[@aria-invalid='true']")
        self.assertEqual(entry.get("value"), "<b>")
        self.assertTrue(self.find(page, "//form[contains(@class, 'show')]"))
        self.assertEqual(len(self.find(page, "//tr[@data-colleague]")), 1)
        self.assertFalse(self.find(page, "//details[@open]"))
        self.assertEqual(self.ben.name, "Ben")

    def test_the_session_of_who_is_switched_off_ends(self):
        self.assertEqual(self.open_as(self.ben, "/my/tickets").status_code, 200)
        people = self.env["res.partner"].with_user(self.anna)
        people._act_on_colleague(self.ben.partner_id.id, "switch_off", {})
        response = self.url_open("/my/tickets")
        self.assertTrue(response.url.endswith("/support/refused"))
        self.assertIn("administrator has switched off", response.text)

    # ---------------------------------------------------
    # Attacks
    # ---------------------------------------------------

    def test_other_customers_people(self):
        """Like an id that does not exist."""
        page = self.open_page()
        before = self.state_of(self.emil)
        missing = f"{PAGE}/999999999"
        staff = f"{PAGE}/{self.agent.partner_id.id}"
        for url in (self.emil_url, missing, staff, f"{PAGE}/{self.adler.id}"):
            for action in ACTIONS:
                answer = self.post(
                    f"{url}/{action}",
                    {"name": "Mine"},
                    page=page,
                    allow_redirects=False,
                )
                self.assertEqual(answer.status_code, 303)
                self.assertEqual(answer.headers["Location"].rsplit("/", 1)[1], "my")
        self.assertEqual(self.state_of(self.emil), before)

    def test_more_than_asked_for(self):
        page = self.open_page()
        more = {
            "email": "evil@evil.example",
            "parent_id": self.braun.id,
            "is_customer_administrator": "1",
            "support_switched_off": "1",
            "company_type": "company",
            "colleague_id": self.emil.partner_id.id,
            "action": "appoint",
        }
        before = self.state_of(self.ben)
        others = self.state_of(self.emil)
        self.post(f"{self.ben_url}/rename", {"name": "Ben", **more}, page=page)
        self.assertEqual(self.state_of(self.ben), before)
        self.post(f"{self.ben_url}/switch_on", more, page=page)
        self.assertEqual(self.state_of(self.ben), before)
        self.assertEqual(self.state_of(self.emil), others)

    def test_a_get_changes_nothing(self):
        self.open_page()
        for url in (f"{PAGE}/invite", *(f"{self.ben_url}/{a}" for a in ACTIONS)):
            self.assertEqual(self.url_open(url).status_code, 405)
        self.assertEqual(self.post(f"{self.ben_url}/unlink", {}).status_code, 404)

    @mute_logger("odoo.http")
    def test_forms_need_their_token(self):
        self.open_as(self.erna, PAGE)
        foreign = self.get_token(self.url_open(PAGE))
        self.open_page()
        for token in ({}, {"csrf_token": ""}, {"csrf_token": foreign}):
            for url in (f"{self.ben_url}/switch_off", f"{PAGE}/invite"):
                values = {"name": "N", "email": "nina@adler.example", **token}
                self.assertEqual(self.url_open(url, data=values).status_code, 400)
        self.assertFalse(self.state_of(self.ben)["support_switched_off"])
        self.assertFalse(self.find_nina())

    def test_a_former_administrator_with_an_open_page(self):
        page = self.open_page()
        self.anna.partner_id.is_customer_administrator = False
        answer = self.post(f"{self.ben_url}/switch_off", {}, page=page)
        self.assertTrue(answer.url.endswith("/my"))
        values = {"name": "N", "email": "nina@adler.example"}
        answer = self.post(f"{PAGE}/invite", values, page=page)
        self.assertTrue(answer.url.endswith("/my"))
        self.assertFalse(self.state_of(self.ben)["support_switched_off"])
        self.assertFalse(self.find_nina())

    def test_after_the_contract_ended(self):
        page = self.open_page()
        self.adler.support_contract_ids.state = "cancelled"
        answer = self.post(f"{self.ben_url}/switch_off", {}, page=page)
        self.assertTrue(answer.url.endswith("/support/refused"))
        self.assertFalse(self.state_of(self.ben)["support_switched_off"])

    # ---------------------------------------------------
    # Filing for a colleague
    # ---------------------------------------------------

    def test_the_form_asks_administrators_for_whom_it_is(self):
        url = f"/support/ticket/new/{self.env['ir.http']._slug(self.error_type)}"
        chosen = "//select[@name='on_behalf']"
        self.assertFalse(self.find(self.open_as(self.ben, url), chosen))
        page = self.open_as(self.anna, url)
        options = self.find(page, f"{chosen}/option/@value")
        people = (self.ben | self.gesa).partner_id
        self.assertEqual(options, ["", *map(str, people.ids)])
        self.assertTrue(self.find(page, "//input[@name='notifications']"))
        values = {"subject": "Crash", "description": "x", "answer_window": "Main"}
        wrong = {**values, "on_behalf": self.emil.partner_id.id, "notifications": "1"}
        answer = self.post(url, wrong, page=page)
        self.assertEqual(answer.status_code, 422)
        self.assertTrue(self.find(answer, "//*[@id='input_on_behalf_error']"))
        self.assertTrue(self.find(answer, "//input[@name='notifications'][@checked]"))
        right = {**values, "on_behalf": self.gesa.partner_id.id}
        self.post(url, right, page=page)
        ticket = self.env["helpdesk.ticket"].search([("name", "=", "Crash")])
        self.assertEqual(ticket.partner_id, self.gesa.partner_id)
        self.assertEqual(ticket.filed_by_id, self.anna.partner_id)
