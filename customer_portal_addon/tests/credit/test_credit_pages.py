"""The balance above forms and on the start pages, and the page of the credit."""

import csv
import io
import json

from odoo.tests import tagged
from odoo.tools import mute_logger

from .credit_http_common import CreditHttpCase

PAGE = "/my/credit"
CSV = f"{PAGE}/statement.csv"
PDF = f"{PAGE}/statement.pdf"
REPORT = "customer_portal_addon.support_credit_statement"
SCRIPT = "<script>alert(1)</script>"


@tagged("post_install", "-at_install")
class TestCreditPanel(CreditHttpCase):
    def test_above_every_form_and_on_the_start_pages(self):
        """The balance, where people file (E1)."""
        self.post_minutes(135)
        for url in (
            "/support",
            "/support/ticket/new",
            self.form_of(self.wish_type),
            self.form_of(self.error_type),
        ):
            page = self.open_as(self.ben, url)
            balance = self.text_of(page, "credit_balance")
            self.assertEqual(balance, "2 hr 15 min", url)
            self.assertIsNone(self.text_of(page, "order_package"), url)
        card = self.text_of(self.open_as(self.ben, "/my"), "credit_card")
        self.assertEqual(card, "Balance: 2 hr 15 min")

    def test_nothing_left_or_less_leads_to_packages(self):
        """At zero and below (E1)."""
        for minutes, balance in ((0, "0 min"), (-20, "−20 min")):
            if minutes:
                self.post_minutes(minutes)
            for url in ("/support", self.form_of(self.wish_type), PAGE):
                page = self.open_as(self.ben, url)
                self.assertIn(balance, page.text)
                [button] = self.find(page, "//a[@data-id='order_package']")
                self.assertEqual(button.get("href"), "/support/packages")
                self.assertIn("Order a support package now", button.text)

    def test_program_errors_are_said_to_be_free(self):
        page = self.open_as(self.ben, self.form_of(self.error_type))
        self.assertIn("free of charge", self.text_of(page, "credit_free"))
        page = self.open_as(self.ben, self.form_of(self.wish_type))
        self.assertIsNone(self.text_of(page, "credit_free"))

    def test_guests_and_staff_see_none(self):
        for user in (None, self.agent):
            page = self.open_as(user, "/support")
            self.assertIsNone(self.text_of(page, "credit"))
        page = self.open_as(self.agent, self.form_of(self.wish_type))
        self.assertIsNone(self.text_of(page, "credit"))

    def test_administrators_only(self):
        self.company.support_credit_visibility = "administrators"
        for url in ("/support", "/my", self.form_of(self.wish_type)):
            self.assertNotIn(PAGE, self.open_as(self.ben, url).text)
            self.assertIn(PAGE, self.open_as(self.anna, url).text)
        for url in (PAGE, CSV, PDF):
            response = self.open_as(self.ben, url)
            self.assertTrue(response.url.endswith("/my"), url)
            self.assertEqual(self.open_as(self.anna, url).status_code, 200)

    def test_in_german(self):
        self.post_minutes(135)
        self.authenticate(self.ben.login, self.ben.login)
        page = self.url_open("/de/support")
        self.assertEqual(self.text_of(page, "credit_balance"), "2 Std. 15 Min.")


@tagged("post_install", "-at_install")
class TestCreditPage(CreditHttpCase):
    def statement(self, user, query=""):
        """Return the cells of the table, and the document's HTML."""
        response = self.open_as(user, CSV + query)
        self.assertTrue(response.headers["Content-Type"].startswith("text/csv"))
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        text = io.StringIO(response.content.decode("utf-8-sig"), newline="")
        document = self.open_as(user, PDF + query)
        self.assertEqual(document.headers["Content-Type"], "application/pdf")
        self.assertIn(".pdf", document.headers["Content-Disposition"])
        return list(csv.reader(text)), document.text

    def test_page(self):
        self.post_minutes(180, note="Start")
        self.post_minutes(-45, note="Call")
        page = self.open_as(self.ben, PAGE)
        self.assertEqual(self.text_of(page, "balance"), "2 hr 15 min")
        self.assertEqual(self.text_of(page, "opening"), "0 min")
        self.assertEqual(self.text_of(page, "came_in"), "+3 hr")
        self.assertEqual(self.text_of(page, "went_out"), "−45 min")
        self.assertEqual(self.text_of(page, "closing"), "2 hr 15 min")
        self.assertIn("no expiry", self.text_of(page, "lots"))
        rows = self.find(page, "//tr[@data-entry]")
        self.assertIn("Call", rows[0].text_content())
        self.assertIn("Start", rows[1].text_content())
        [drawing] = self.find(page, "//*[@data-id='chart']")
        self.assertEqual(drawing.get("role"), "img")
        self.assertIn("at most 2 hr 15 min", drawing.get("aria-label"))
        [link] = self.find(page, f"//a[starts-with(@href, '{PDF}')]")
        self.assertEqual(link.get("href"), PDF)

    def test_empty_states(self):
        self.assertIn(
            "Nothing", self.text_of(self.open_as(self.ben, PAGE), "credit_new")
        )
        self.post_minutes(10)
        page = self.open_as(self.ben, f"{PAGE}?period=last_year")
        self.assertIn("Nothing", self.text_of(page, "credit_nothing"))
        self.assertFalse(self.find(page, "//*[@data-id='chart']"))
        cells, document = self.statement(self.ben, "?period=last_year")
        self.assertEqual(cells[4], ["Opening balance (minutes)", "0"])
        self.assertIn("Nothing was posted", document)

    def test_older_entries(self):
        for _number in range(31):
            self.post_minutes(1)
        page = self.open_as(self.ben, f"{PAGE}?period=year")
        self.assertEqual(len(self.find(page, "//tr[@data-entry]")), 30)
        [link] = self.find(page, "//a[@data-id='older']")
        self.assertIn("period=year", link.get("href"))
        page = self.open_as(self.ben, link.get("href"))
        self.assertEqual(len(self.find(page, "//tr[@data-entry]")), 1)
        self.assertTrue(self.find(page, "//a[@data-id='latest']"))

    def test_made_up_addresses(self):
        self.post_minutes(10)
        for query in (
            "period=%00",
            "period=x&before=y",
            "since=2026-02-30",
            "since=1900-01-01&until=2099-12-31",
            "since=%27%3B--&until[]=1",
            "since=2099-01-01&until=1901-01-01",
        ):
            for url in (PAGE, CSV, PDF):
                response = self.open_as(self.ben, f"{url}?{query}")
                self.assertEqual(response.status_code, 200, (url, query))

    def test_colleagues_tickets_in_page_and_files(self):
        ticket = self._create_ticket(self.anna, name="Canary ticket")
        effort = self.env["support.time.entry"].create(
            {
                "ticket_id": ticket.id,
                "name": "Canary effort",
                "internal_note": "Canary for staff",
                "worked_minutes": 20,
            }
        )
        entry = self.post_minutes(-20, origin=effort, note="Canary note")
        self.account._reverse(entry, "canary-back", "Canary reversal")
        for user, is_told in ((self.ben, False), (self.anna, True)):
            cells, document = self.statement(user)
            page = self.open_as(user, PAGE).text
            for text in (page, str(cells), document):
                self.assertEqual("Canary ticket" in text, is_told)
                self.assertEqual("Canary effort" in text, is_told)
                self.assertEqual(ticket.number in text, is_told)
                self.assertEqual("Ticket of a colleague" in text, not is_told)
                self.assertNotIn("Canary for staff", text)
                if not is_told:
                    self.assertNotIn("Canary", text)

    def test_other_customers_get_nothing(self):
        self.post_minutes(77, note="Canary")
        cells, document = self.statement(self.emil)
        for text in (self.open_as(self.emil, PAGE).text, str(cells), document):
            self.assertNotIn("Canary", text)
            self.assertNotIn("Adler", text)
            self.assertNotIn("1 hr 17 min", text)

    def test_what_somebody_wrote_is_text(self):
        self.post_minutes(10, note=SCRIPT)
        self.post_minutes(-10, note="=1+1")
        cells, document = self.statement(self.ben)
        for text in (self.open_as(self.ben, PAGE).text, document):
            self.assertNotIn(SCRIPT, text)
            self.assertIn("&lt;script&gt;", text)
        entries = cells[8:]
        self.assertEqual(entries[1][3], "'=1+1")
        self.assertEqual([row[5] for row in entries], ["10", "-10"])
        self.assertEqual([row[6] for row in entries], ["10", "0"])

    def test_odoos_addresses_of_reports_are_closed(self):
        self.post_minutes(77, note="Canary")
        options = json.dumps({"account_id": self.account.id, "period": "all"})
        for user in (self.emil, self.ben, self.anna):
            for kind in ("html", "pdf", "text"):
                for place in (f"/{self.account.id}", f"?account_id={self.account.id}"):
                    with mute_logger("odoo.http"):
                        response = self.open_as(user, f"/report/{kind}/{REPORT}{place}")
                    self.assertEqual(response.status_code, 403, place)
                    self.assertNotIn("Canary", response.text)
            with mute_logger("odoo.http"):
                response = self.url_open(
                    f"/report/html/{REPORT}", params={"options": options}
                )
            self.assertEqual(response.status_code, 403)

    def test_a_real_document(self):
        self.post_minutes(77)
        self.authenticate(self.ben.login, self.ben.login)
        response = self.url_open(f"{PDF}?period=month")
        name = response.headers["Content-Disposition"]
        self.assertRegex(name, r"statement-\d{4}-\d{2}\.pdf")
