"""The lists of tickets as files for spreadsheets."""

import csv
import io
from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from ...models.ticket import helpdesk_ticket_list
from ...tools.text import csv_file
from ..http_common import SupportHttpCase

OWN = "/my/tickets/export.csv"
COMPANY = "/my/tickets/company/export.csv"


class TestCsvFile(BaseCase):
    def test_formulas_become_text(self):
        for text in ("=1+1", "+49 30", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1"):
            self.assertEqual(csv_file.defuse(text), f"'{text}")
        for text in ('"=1', "'=1", "＝1"):
            self.assertTrue(csv_file.defuse(text).startswith("'"))
        for text in ("Printer", "a=b", "", "2026-01-01", "Ärger – neu"):
            self.assertEqual(csv_file.defuse(text), text)

    def test_separators(self):
        rows = [["a", 'b;"c'], ["1,5", "x\ny"]]
        german = csv_file.make(rows, decimal_comma=True).decode("utf-8-sig")
        self.assertEqual(german, 'a;"b;""c"\r\n1,5;"x\ny"\r\n')
        english = csv_file.make(rows).decode("utf-8-sig")
        self.assertEqual(english, 'a,"b;""c"\r\n"1,5","x\ny"\r\n')


@tagged("post_install", "-at_install")
class TestTicketExport(SupportHttpCase):
    def export(self, user, url, delimiter=","):
        response = self.open_as(user, url)
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.content.startswith(b"\xef\xbb\xbf"))
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertTrue(response.headers["Content-Type"].startswith("text/csv"))
        text = io.StringIO(response.content.decode("utf-8-sig"), newline="")
        return list(csv.DictReader(text, delimiter=delimiter))

    def shown(self, user, url):
        page = self.open_as(user, url)
        return self.find(page, "//*[contains(@class, 'o_support_ticket_name')]/text()")

    def test_exactly_what_is_filtered_on_all_pages(self):
        for number in range(35):
            self._create_ticket(self.ben, name=f"T{number:02}")
        done = self._create_ticket(self.ben, name="Done")
        done.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self._create_ticket(self.anna, name="Of Anna")
        names = [row["Subject"] for row in self.export(self.ben, OWN + "?sortby=name")]
        self.assertEqual(names, [f"T{number:02}" for number in range(35)])
        for query in ("?status=closed", "?search=T1&sortby=name", "?status=nonsense²"):
            names = [row["Subject"] for row in self.export(self.ben, OWN + query)]
            shown = self.shown(self.ben, "/my/tickets" + query)
            self.assertEqual(names[:30], shown, query)

    def test_button_exports_the_list_that_is_seen(self):
        self._create_ticket(self.ben, name="Printer")
        page = self.open_as(self.ben, "/my/tickets?status=all&search=print&page=1")
        [link] = self.find(page, "//a[contains(@href, 'export.csv')]")
        self.assertEqual(link.get("href"), f"{OWN}?status=all&search=print")

    def test_columns(self):
        ticket = self._create_ticket(
            self.ben,
            name="=cmd|'/c calc'!A1",
            priority="3",
            type_id=self.error_type.id,
            filed_by_id=self.anna.partner_id.id,
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = '2026-03-01 23:30',"
            " last_activity_at = '2026-07-01 10:00' WHERE id = %s",
            [ticket.id],
        )
        self.env.invalidate_all()
        own = {
            "Number": ticket.number,
            "Subject": "'=cmd|'/c calc'!A1",
            "Type": "Program error",
            "Status": "New",
            "Urgent": "Yes",
            "Created": "03/02/2026 00:30",
            "Last activity": "07/01/2026 12:00",
        }
        self.assertEqual(self.export(self.ben, OWN), [own])
        company = {**own, "Contact": "Ben", "Filed by": "Anna"}
        self.assertEqual(self.export(self.anna, COMPANY), [company])

    def test_german_readers_get_semicolons_and_their_dates(self):
        ticket = self._create_ticket(self.ben)
        ticket.last_activity_at = "2026-07-01 10:00:00"
        self.ben.lang = "de_DE"
        self.authenticate(self.ben.login, self.ben.login)
        self.opener.cookies.set("frontend_lang", "de_DE")
        response = self.url_open(f"/de{OWN}")
        lines = response.content.decode("utf-8-sig").splitlines()
        self.assertEqual(lines[0].count(";"), 6)
        self.assertTrue(lines[1].endswith(";01.07.2026 12:00"), lines[1])

    def test_no_internal_data(self):
        ticket = self._create_ticket(self.ben, user_id=self.agent.id)
        ticket.with_user(self.agent).message_post(
            body="canary", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        self._create_ticket(self.emil, name="canary")
        for user, url in ((self.ben, OWN), (self.anna, COMPANY)):
            self.assertNotIn("canary", str(self.export(user, f"{url}?status=all")))
            self.assertNotIn("Smith", str(self.export(user, f"{url}?status=all")))

    def test_limit_is_told(self):
        for number in range(5):
            self._create_ticket(self.ben, name=f"T{number}")
        sizes = {"MAX_EXPORTED": 3, "EXPORT_BATCH": 2}
        with patch.multiple(helpdesk_ticket_list, **sizes):
            rows = self.export(self.ben, f"{OWN}?sortby=name")
        self.assertEqual([row["Subject"] for row in rows[:3]], ["T0", "T1", "T2"])
        self.assertIn("first 3", rows[3]["Number"])
        self.assertEqual(len(rows), 4)
