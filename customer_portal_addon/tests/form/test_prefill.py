from odoo.tests import tagged

from ..http_common import SupportHttpCase

XSS = "<script>alert(1)</script>\"'"


@tagged("post_install", "-at_install")
class TestPrefill(SupportHttpCase):
    """Links from programs to the form."""

    def setUp(self):
        super().setUp()
        self.url = f"/support/ticket/new/{self.error_type.id}"
        self.link = f"{self.url}?program=NordWaWi&version=5.2&window=Orders"

    def value_of(self, page, name):
        found = self.find(page, f"//form//*[@name='{name}']/@value")
        return found[0] if found else None

    def submit(self, page, **values):
        """Send the form with what is on the page."""
        hidden = self.find(page, "//form//input[@type='hidden']")
        form = {element.get("name"): element.get("value") for element in hidden}
        form.update(
            subject="Crash", description="It crashes", answer_window="Main", **values
        )
        return self.url_open(self.url, data={k: v for k, v in form.items() if k})

    def filed(self):
        return self.env["helpdesk.ticket"].search([("name", "=", "Crash")])

    def test_the_context_comes_along(self):
        """From the link of a program to the ticket's page (C9)."""
        page = self.open_as(self.ben, self.link)
        self.assertIn("NordWaWi, 5.2, Orders", self.text_of(page, "form_context"))
        self.assertEqual(self.value_of(page, "answer_window"), "Orders")
        self.assertEqual(self.submit(page).status_code, 200)
        ticket = self.filed()
        self.assertEqual(ticket.context_program, "NordWaWi")
        self.assertEqual(ticket.context_version, "5.2")
        self.assertEqual(ticket.context_window, "Orders")
        self.assertEqual(ticket.answer_ids.filtered("field_id").value, "Main")
        page = self.open_as(self.ben, f"/my/ticket/{ticket.id}")
        self.assertEqual(self.text_of(page, "context_program"), "NordWaWi 5.2")

    def test_it_survives_a_mistake(self):
        page = self.open_as(self.ben, self.link)
        page = self.submit(page, cc="nonsense")
        self.assertEqual(page.status_code, 422)
        self.assertEqual(self.value_of(page, "context_program"), "NordWaWi")
        self.submit(page)
        self.assertEqual(self.filed().context_program, "NordWaWi")

    def test_it_survives_the_login(self):
        self.logout_session()
        page = self.url_open(self.link)
        self.assertIn("/web/login", page.url)
        [redirect] = self.find(page, "//input[@name='redirect']/@value")
        values = {
            "login": self.ben.login,
            "password": self.ben.login,
            "redirect": redirect,
        }
        page = self.post("/web/login", values, page=page)
        self.assertEqual(self.value_of(page, "context_program"), "NordWaWi")
        self.assertEqual(self.value_of(page, "answer_window"), "Orders")

    def test_the_overview_hands_it_on(self):
        query = "?program=Nord%22Wa&version=5.2&partner_id=7"
        page = self.open_as(self.ben, f"/support/ticket/new{query}")
        slug = self.env["ir.http"]._slug(self.error_type)
        path = f"/support/ticket/new/{slug}?"
        [link] = self.find(page, f"//a[starts-with(@href, '{path}')]/@href")
        self.assertEqual(link, f"{path}program=Nord%22Wa&version=5.2")
        page = self.url_open(link)
        self.assertEqual(self.value_of(page, "context_program"), 'Nord"Wa')

    def test_only_known_names_count(self):
        names = "subject=Sub&description=Des&partner_id=7&priority=3&cc=x@x.example"
        names += "&log=Log&context_program=Con&answer_percent=7&stage_id=7"
        page = self.open_as(self.ben, f"{self.url}?{names}&percent=55&module=Stock")
        self.assertFalse(self.value_of(page, "subject"))
        self.assertFalse(self.value_of(page, "context_program"))
        self.assertFalse(self.value_of(page, "context_log"))
        self.assertFalse(self.value_of(page, "cc"))
        self.assertIsNone(self.text_of(page, "form_context"))
        self.assertEqual(self.value_of(page, "answer_percent"), "55")
        chosen = self.find(page, "//*[@name='answer_module'][@checked]/../label")
        self.assertEqual([label.text_content().strip() for label in chosen], ["Stock"])

    def test_what_a_link_says_is_short_and_escaped(self):
        params = {"program": XSS + "x" * 500, "version": "5\x00.2\r\nX: y"}
        self.authenticate(self.ben.login, self.ben.login)
        page = self.url_open(self.url, params=params)
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("<script>alert(1)", page.text)
        program = self.value_of(page, "context_program")
        self.assertEqual(len(program), 100)
        self.assertTrue(program.startswith(XSS))
        self.assertEqual(self.value_of(page, "context_version"), "5.2 X: y")
        self.submit(page)
        page = self.open_as(self.ben, f"/my/ticket/{self.filed().id}")
        self.assertNotIn("<script>alert(1)", page.text)

    def test_what_is_posted_is_cut_as_well(self):
        page = self.open_as(self.ben, self.url)
        self.submit(page, context_program="x" * 500, context_log="x", api_key_id="1")
        self.assertEqual(self.filed().context_program, "x" * 100)
        self.assertFalse(self.filed().context_log)
        self.assertFalse(self.filed().api_key_id)
