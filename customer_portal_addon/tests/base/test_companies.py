"""Two companies, each with a website, agents and customers of its own (H8)."""

from odoo.tests import tagged

from ..http_common import SupportHttpCase


@tagged("post_install", "-at_install")
class TestCompanies(SupportHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_other_vendor()
        cls.team = cls.env["helpdesk.ticket.team"].create({"name": "Team"})
        cls.error_type.team_ids = cls.team
        cls.first_website = cls.env["website"].search([], limit=1)
        cls.first_website.domain = "https://first.example"
        cls.slug = cls.env["ir.http"]._slug

    def file(self, ticket_type, **values):
        """File a ticket through the form of a type; return it."""
        url = f"/support/ticket/new/{self.slug(ticket_type)}"
        values = {"subject": "Crash", "description": "It crashes", **values}
        response = self.post(url, values, page=self.url_open(url))
        self.assertEqual(response.status_code, 200, response.text[:500])
        return self.env["helpdesk.ticket"].search([], order="id desc", limit=1)

    def confirm(self, ticket):
        """Return the confirmation of a ticket."""
        self._confirm_tickets()
        messages = [("res_id", "=", ticket.id), ("model", "=", ticket._name)]
        return self.env["mail.mail"].search(messages, order="id desc", limit=1)

    # ---------------------------------------------------
    # Filing
    # ---------------------------------------------------

    def test_each_website_offers_what_its_company_works_on(self):
        """Types follow the website's company (H8)."""
        expected = {
            self.first_website: (self.ben, "Program error", "Other type"),
            self.other_website: (self.hugo, "Other type", "Program error"),
        }
        for website, (user, own, foreign) in expected.items():
            self.website = website
            page = self.open_as(user, "/support/ticket/new")
            self.assertIn(own, page.text)
            self.assertNotIn(foreign, page.text)

    def test_other_companies_types_are_not_there(self):
        """Nor by their address, nor over RPC (H8)."""
        self.website = self.first_website
        url = f"/support/ticket/new/{self.slug(self.other_type)}"
        self.assertEqual(self.open_as(self.ben, url).status_code, 404)
        values = {"subject": "Crash", "description": "It crashes"}
        self.assertEqual(self.post(url, values).status_code, 404)
        for user in (self.ben, self.env.ref("base.public_user")):
            types = self.env["helpdesk.ticket.type"].with_user(user)
            self.assertNotIn(self.other_type, types.search([]))
        self.assertIn(
            self.other_type, self.env[types._name].with_user(self.agent).search([])
        )
        self.assertIn(
            self.other_type, self.env[types._name].with_user(self.hugo).search([])
        )

    def test_a_ticket_goes_to_the_company_of_the_website(self):
        """Its team works on it, its agents read it, its mail confirms it (H8)."""
        self.website = self.other_website
        self.open_as(self.hugo, "/support")
        ticket = self.file(self.other_type)
        self.assertEqual(ticket.company_id, self.other_company)
        self.assertEqual(ticket.team_id, self.other_team)
        self.assertTrue(ticket.with_user(self.other_agent).has_access("read"))
        self.assertFalse(ticket.with_user(self.agent).has_access("read"))
        self.assertIn("Crash", self.url_open("/my/tickets").text)
        mail = self.confirm(ticket)
        self.assertIn("https://other.example/my/ticket/", mail.body_html)
        self.assertNotIn("first.example", mail.body_html)
        self.assertIn("Other vendor", mail.body_html)

    def test_a_type_of_both_goes_to_the_team_of_the_website(self):
        """The first team of a type is not everybody's (H8)."""
        self.error_type.team_ids += self.other_team
        for website, user, team in (
            (self.first_website, self.ben, self.team),
            (self.other_website, self.hugo, self.other_team),
        ):
            self.website = website
            self.open_as(user, "/support")
            ticket = self.file(self.error_type, answer_window="Main")
            self.assertEqual(ticket.team_id, team)
            self.assertEqual(ticket.company_id, team.company_id)

    # ---------------------------------------------------
    # Whose support it is
    # ---------------------------------------------------

    def test_logging_in_opens_the_company_whose_gate_says_so(self):
        """A customer of two companies has one login (H8)."""
        self.website = self.other_website
        self.login(self.ben)
        self.assertEqual(self.ben.company_ids, self.company)
        self._create_contract_elsewhere(self.adler)
        self.login(self.ben)
        self.assertEqual(self.ben.company_ids, self.company + self.other_company)
        self.assertEqual(self.ben.company_id, self.company)
        self.assertIn("Other type", self.url_open("/support/ticket/new").text)

    def test_a_contact_of_one_company_joins_no_other(self):
        """Whom staff keep to one company (H8)."""
        self._create_contract_elsewhere(self.adler)
        self.ben.partner_id.company_id = self.company
        self.website = self.other_website
        self.login(self.ben)
        self.assertEqual(self.ben.company_ids, self.company)

    def test_each_website_shows_what_is_with_its_company(self):
        """Tickets, credit, contract; a link to the other says where to go (H8)."""
        self._create_contract_elsewhere(self.adler)
        self.ben.company_ids += self.other_company
        (self.company + self.other_company).support_credit_visibility = "everyone"
        accounts = self.env["support.credit.account"]
        tickets = {}
        for number, (website, company) in enumerate(
            (
                (self.first_website, self.company),
                (self.other_website, self.other_company),
            ),
            start=1,
        ):
            name = f"With {company.name}"
            tickets[website] = self._create_ticket(
                self.ben, name=name, company_id=company.id
            )
            accounts._get_for(self.adler, company)._post(60 * number, "grant", name)
        for website, ticket in tickets.items():
            self.website = website
            [foreign] = set(tickets.values()) - {ticket}
            page = self.open_as(self.ben, "/my/tickets")
            self.assertIn(ticket.name, page.text)
            self.assertNotIn(foreign.name, page.text)
            self.assertIn(ticket.name, self.url_open(f"/my/ticket/{ticket.id}").text)
            balance = accounts._find_for(
                self.ben.partner_id, ticket.company_id
            )._format_minutes(60 if website == self.first_website else 120)
            self.assertIn(balance, self.url_open("/my/credit").text)
            page = self.url_open(f"/my/ticket/{foreign.id}")
            self.assertNotIn(foreign.name, page.text)
            [link] = self.find(page, "//*[@data-id='elsewhere']//a")
            self.assertEqual(
                link.get("href"), f"{foreign.get_base_url()}/my/ticket/{foreign.id}"
            )

    def test_the_contract_with_one_opens_nothing_of_the_other(self):
        """The gate asks about the website's company (H8)."""
        self.ben.company_ids += self.other_company
        ticket = self._create_ticket(self.ben, company_id=self.other_company.id)
        self.website = self.other_website
        page = self.open_as(self.ben, "/my/tickets", allow_redirects=False)
        self.assertIn("/support/refused", page.headers["Location"])
        self.website = self.first_website
        page = self.open_as(self.ben, f"/my/ticket/{ticket.id}", allow_redirects=False)
        self.assertTrue(page.headers["Location"].endswith("/my"))

    def test_nobody_elsewhere_is_a_stranger_here(self):
        """Who has no login with the website's company stays with the own one (H8)."""
        ticket = self._create_ticket(self.hugo, company_id=self.other_company.id)
        self.website = self.first_website
        page = self.open_as(self.hugo, "/my/tickets")
        self.assertIn(ticket.name, page.text)
        self.assertNotIn("Program error", self.url_open("/support/ticket/new").text)

    # ---------------------------------------------------
    # What is asked and said
    # ---------------------------------------------------

    def test_consent_texts_are_those_of_the_company(self):
        """A company may have its own words; without, the common ones hold (H8)."""
        texts = self.env["support.consent.text"]
        common = texts.create(
            {"purpose": "privacy", "version": "common", "wording": "Common words"}
        )
        own = texts.create(
            {
                "purpose": "privacy",
                "version": "own",
                "wording": "Words of the other",
                "company_id": self.other_company.id,
            }
        )
        (self.company + self.other_company).support_registration = True
        self.assertEqual(texts._get_current("privacy"), common)
        other_texts = texts.with_company(self.other_company)
        self.assertEqual(other_texts._get_current("privacy"), own)
        newer = texts.create(
            {"purpose": "privacy", "version": "newer", "wording": "Newer words"}
        )
        self.assertEqual(other_texts._get_current("privacy"), own)
        self.assertEqual(texts._get_current("privacy"), newer)
        self.website = self.other_website
        page = self.open_as(None, "/support/register")
        self.assertIn("Words of the other", page.text)
        self.assertNotIn("Newer words", page.text)

    def test_keys_belong_to_the_company_of_the_website(self):
        """A program's key, too (H8)."""
        (self.company + self.other_company).support_api_enabled = True
        self.website = self.other_website
        page = self.open_as(self.hugo, "/my/security")
        values = {"name": "Program", "can_file": "1", "password": self.hugo.login}
        self.post("/my/security/support-keys", values, page=page)
        key = self.env["support.api.key"].search([("name", "=", "Program")])
        self.assertEqual(key.company_id, self.other_company)

    def test_a_new_password_goes_to_who_may_log_in_there(self):
        """The answer to a reset is the gate's of the website asked (H8)."""
        mails = self.env["support.access.mail"]
        self.website = self.other_website
        for user, answer in ((self.hugo, "reset"), (self.clara, "refused")):
            page = self.open_as(None, "/web/reset_password")
            self.post("/web/reset_password", {"login": user.login}, page=page)
            mail = mails.search([("email", "=", user.login)])
            self.assertEqual(mail.company_id, self.other_company)
            self.assertEqual(mail._find_reset_answer()[0], answer)
        self._create_contract_elsewhere(self.koch)
        self.koch.support_enabled = True
        self.assertEqual(mail._find_reset_answer()[0], "reset")
