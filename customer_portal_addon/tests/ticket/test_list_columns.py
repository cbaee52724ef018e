"""A column of the lists is written once, and shows wherever it says."""

import csv
import io
from unittest.mock import patch

from odoo.tests import tagged

from ...tools.web.list_column import Column
from ..api.api_common import ApiCase

OWN = "/my/tickets"
COMPANY = "/my/tickets/company"


@tagged("post_install", "-at_install")
class TestListColumns(ApiCase):
    """What another addon adds by ``super()`` is there in page, export and API."""

    def setUp(self):
        super().setUp()
        self.ticket = self._create_ticket(
            self.ben, name="Printer", phone_availability="<mornings>"
        )
        self.ticket.last_activity_at = "2026-03-01 12:00:00"

    def add(self, *added):
        """Add columns, as a class of another addon does that inherits the tickets."""
        tickets = type(self.env["helpdesk.ticket"])
        below = tickets._get_list_columns
        patcher = patch.object(
            tickets, "_get_list_columns", lambda records: [*below(records), *added]
        )
        patcher.start()
        self.addCleanup(patcher.stop)

    def add_phone(self, **kw):
        schema = {"type": ["string", "null"], "description": "When to call."}
        values = {"schema": schema, "sortby": "phone", "order": "phone_availability"}
        values.update(kw)
        self.add(Column("phone", "By phone", "phone_availability", **values))

    def row(self, user, url=OWN):
        [row] = self.find(self.open_as(user, url), "//li/a[@href and .//time]")
        return " ".join(row.text_content().split())

    def export(self, user, url=OWN):
        text = self.open_as(user, f"{url}/export.csv").content.decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def status(self, key):
        return self.call(f"/1/tickets/{self.ticket.number}", key).json()

    def described(self):
        description = self.call("/1/openapi.json").json()
        return description["components"]["schemas"]["Status"]

    def test_page_export_and_programs_show_it(self):
        self.add_phone()
        for user, url in ((self.ben, OWN), (self.anna, COMPANY)):
            row = self.row(user, url)
            self.assertTrue(row.endswith("By phone <mornings>"), row)
            [exported] = self.export(user, url)
            self.assertEqual(exported["By phone"], "<mornings>")
            self.assertEqual(list(exported)[-1], "By phone")
        status = self.status(self.ben_secret)
        self.assertEqual(status["phone"], "<mornings>")
        self.assertEqual(list(status)[-1], "phone")
        described = self.described()
        self.assertEqual(list(described["properties"]), list(status))
        self.assertEqual(described["required"], list(status))
        self.assertEqual(
            described["properties"]["phone"]["description"], "When to call."
        )

    def test_the_list_can_be_sorted_by_it(self):
        page = self.open_as(self.ben, f"{OWN}?sortby=phone")
        self.assertFalse(self.find(page, "//option[@value='phone']"))  # nobody's
        self.add_phone()
        for name, phone in (("Early", "a"), ("Late", "z")):
            self._create_ticket(self.ben, name=name, phone_availability=phone)
        page = self.open_as(self.ben, f"{OWN}?sortby=phone")
        [option] = self.find(page, "//option[@selected and @value='phone']")
        self.assertEqual(option.text_content(), "By phone")
        names = [row["Subject"] for row in self.export(self.ben)]
        self.assertCountEqual(names, ["Early", "Late", "Printer"])
        shown = self.find(page, "//*[contains(@class, 'o_support_ticket_name')]")
        self.assertEqual(
            [name.text_content() for name in shown], ["Printer", "Early", "Late"]
        )

    def test_it_shows_where_it_says_and_to_whom(self):
        self.add_phone(place="", is_exported=False, schema=None)
        self.assertNotIn("mornings", self.row(self.ben))
        self.assertNotIn("By phone", self.export(self.ben)[0])
        self.assertNotIn("phone", self.status(self.ben_secret))
        self.assertNotIn("phone", self.described()["properties"])
        page = self.open_as(self.ben, OWN)
        self.assertFalse(self.find(page, "//option[@value='phone']"))

    def test_what_is_the_companys_is_for_its_administrators(self):
        self.add_phone(of_company=True)
        self.assertNotIn("mornings", self.row(self.ben))
        self.assertNotIn("By phone", self.export(self.ben)[0])
        for key in (self.ben_secret, self.adler_secret):
            self.assertNotIn("phone", self.status(key))
        self.assertIn("mornings", self.row(self.anna, COMPANY))
        self.assertIn("By phone", self.export(self.anna, COMPANY)[0])

    def test_every_place_and_kind(self):
        is_old = Column("old", "Old", lambda ticket: True, kind="flag", place="state")
        self.add(
            is_old,
            is_old._replace(key="fact", label="Fact", place="facts"),
            is_old._replace(key="no", label="No fact", value=lambda ticket: False),
            Column("since", "Since", "last_activity_at", kind="moment"),
            Column("about", "About", "phone_availability", place="about"),
            Column("hours", "Hours", lambda ticket: "4 h", place="state"),
            Column("team", "Team", lambda ticket: ticket.team_id.name, place="people"),
        )
        page = self.open_as(self.ben, OWN)
        self.assertEqual(self.text_of(page, "old"), "Old")
        row = self.row(self.ben)
        self.assertIn(f"{self.ticket.number} · <mornings>", row)
        self.assertIn("4 h", row)
        self.assertIn("Fact Yes", row)
        self.assertNotIn("No fact", row)
        self.assertIn("Since 03/01/2026 01:00 PM", row)
        [exported] = self.export(self.ben)
        self.assertEqual((exported["Fact"], exported["No fact"]), ("Yes", ""))
        self.assertEqual(exported["Since"], "03/01/2026 13:00")

    def test_fields_of_other_records_are_fetched_for_all_rows_at_once(self):
        team = self.env["helpdesk.ticket.team"]
        for number in range(6):
            ticket = self._create_ticket(self.ben, name=f"T{number}")
            ticket.sudo().team_id = team.create({"name": f"Team {number}"})
        self.add(
            Column(
                "team",
                "Team",
                lambda ticket: ticket.team_id.name,
                reads=("team_id.name",),
            )
        )
        tickets = self.env["helpdesk.ticket"].with_user(self.ben)
        found = tickets.search([("partner_id", "=", self.ben.partner_id.id)])
        costs = []
        for records in (found[:3], found):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            records._get_list_rows(of_company=False)
            costs.append(self.cr.sql_log_count - before)
        self.assertEqual(*costs)
