from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..http_common import SupportHttpCase

ROLES = ("new", "waiting_on_us", "waiting_on_customer", "solved", "closed")


@tagged("post_install", "-at_install")
class TestStatusPage(SupportHttpCase):
    """The public page with the meaning of every status."""

    def setUp(self):
        super().setUp()
        self.progress = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")

    def text(self, role, user=None, url="/support/status"):
        page = self.open_as(user, url)
        self.assertEqual(page.status_code, 200)
        return self.text_of(page, f"status_{role}")

    def test_every_status_for_everybody(self):
        """All of them on one page (D9)."""
        for user in (None, self.ben):
            page = self.open_as(user, "/support/status")
            found = self.find(page, "//*[starts-with(@data-id, 'status_')]/@data-id")
            self.assertEqual(found, [f"status_{role}" for role in ROLES])

    def test_badge_meaning_and_advice(self):
        """What a status means and what to do (D9)."""
        text = self.text("waiting_on_customer")
        for words in ("Waiting on you", "need something from you", "Please answer"):
            self.assertIn(words, text)

    def test_stages_with_their_descriptions(self):
        self.progress.write({"name": "At work", "description": "<p>We <b>dig</b></p>"})
        text = self.text("waiting_on_us")
        self.assertIn("At work", text)
        self.assertIn("We dig", text)

    def test_stages_that_only_repeat_the_status(self):
        new = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_new")
        new.write({"name": "New", "description": "<p><br></p>"})
        self.assertEqual(self.text("new").count("New"), 1)

    def test_the_name_of_an_only_stage_says_nothing(self):
        self.progress.write({"name": "At work", "description": False})
        self.assertNotIn("At work", self.text("waiting_on_us"))
        self.progress.copy({"name": "In development"})
        text = self.text("waiting_on_us")
        self.assertIn("At work", text)
        self.assertIn("In development", text)

    def test_stages_that_customers_never_see(self):
        stages = self.env["helpdesk.ticket.stage"]
        teams = self.env["helpdesk.ticket.team"]
        hidden = teams.create({"name": "Internal", "show_in_portal": False})
        shown = teams.create({"name": "Public", "show_in_portal": True})
        other = self.env["res.company"].create({"name": "Other"})
        for name, values in {
            "SECRET-TEAM": {"team_ids": [Command.set(hidden.ids)]},
            "SECRET-OLD": {"active": False},
            "SECRET-COMPANY": {"company_id": other.id},
            "OPENLY": {"team_ids": [Command.set(shown.ids)]},
        }.items():
            stages.create({"name": name, "portal_role": "waiting_on_us", **values})
        text = self.text("waiting_on_us")
        self.assertNotIn("SECRET", text)
        self.assertIn("OPENLY", text)

    def test_markup_in_names_is_text(self):
        self.progress.copy({"name": "<i>x</i>"})
        self.assertIn("<i>x</i>", self.text("waiting_on_us"))

    def test_days_of_the_settings(self):
        self.company.write({"support_close_after_days": 9, "support_reopen_days": 21})
        self.assertIn("after 9 days", self.text("solved"))
        self.assertIn("for 21 days", self.text("closed"))
        self.company.write({"support_close_after_days": 0, "support_reopen_days": 0})
        self.assertNotIn("Without an answer", self.text("solved"))
        self.assertNotIn("days", self.text("closed"))
        self.company.write({"support_close_after_days": 1, "support_reopen_days": 1})
        self.assertIn("after one day", self.text("solved"))
        self.assertIn("for one day", self.text("closed"))

    @mute_logger("odoo.addons.website.models.website")  # about other pages
    def test_in_the_sitemap(self):
        self.assertIn("/support/status", self.url_open("/sitemap.xml").text)
