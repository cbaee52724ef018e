from odoo.tests import tagged

from ..http_common import SupportHttpCase


@tagged("post_install", "-at_install")
class TestTours(SupportHttpCase):
    """What people do in a browser."""

    def speak_german(self):
        """Make German the language of the website, and let our pages speak it."""
        modules = self.env["ir.module.module"]
        modules._load_module_terms(["customer_portal_addon"], ["de_DE"])
        website = self.env["website"].get_current_website()
        website.default_lang_id = self.env.ref("base.lang_de")
        self.ben.lang = "de_DE"
        start = self.open_as(self.ben, "/support")
        self.assertIn("Wie können wir Ihnen helfen?", start.text)

    def file_ticket(self):
        """File a ticket with two images and answer it; look at what has arrived."""
        tickets = self.env["helpdesk.ticket"]
        before = tickets.search([])
        self.start_tour(
            "/support", "customer_portal_addon.file_ticket", login=self.ben.login
        )
        ticket = tickets.search([]) - before
        self.assertEqual(len(ticket), 1)
        self.assertEqual(ticket.partner_id, self.ben.partner_id)
        self.assertEqual(ticket.type_id, self.error_type)
        files = ticket.answer_ids.attachment_ids.sorted("id")
        self.assertEqual(files.mapped("name"), ["first.png", "second.png"])
        self.assertIn("when I print", ticket._get_conversation().body)

    def test_file_a_ticket(self):
        self.file_ticket()

    def test_file_a_ticket_in_german(self):
        self.speak_german()
        self.file_ticket()

    def test_refused(self):
        self.start_tour("/web/login", "customer_portal_addon.refused_english")

    def test_refused_in_german(self):
        self.speak_german()
        self.start_tour(
            "/web/login",
            "customer_portal_addon.refused_german",
            cookies={"frontend_lang": "de_DE"},
        )

    def test_file_input(self):
        slug = self.env["ir.http"]._slug(self.error_type)
        self.start_tour(
            f"/support/ticket/new/{slug}",
            "customer_portal_addon.file_input",
            login=self.ben.login,
        )

    def test_ticket_actions(self):
        ticket = self._file(self.ben)
        self.start_tour(
            f"/my/ticket/{ticket.id}",
            "customer_portal_addon.ticket_actions",
            login=self.ben.login,
        )
        self.assertEqual(ticket.name, "Crash in the warehouse")
        self.assertEqual(ticket.portal_role, "waiting_on_us")

    def test_link_of_a_mail(self):
        """Without a login; the token is seen by nobody but the browser."""
        ticket = self._create_ticket(self.ben, name="Printer")
        ticket._move_to("solved")
        url = ticket._get_close_url(self.ben.partner_id)
        place = url.removeprefix(ticket.get_base_url())
        # not at once: the page of the link is left before a tour can start
        start = f"/support/refused#{place}"
        self.start_tour(start, "customer_portal_addon.mail_link")
        self.assertTrue(ticket.closed)
        self.assertIn("Thanks a lot", ticket._get_conversation().body)

    def test_crossing_answers(self):
        """What others wrote is shown before one answers; nothing is lost."""
        ticket = self._file(self.ben)
        ticket.with_user(self.agent).message_post(
            body="Please restart",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.start_tour(
            f"/my/ticket/{ticket.id}",
            "customer_portal_addon.crossing_answers",
            login=self.ben.login,
        )
        messages = ticket._get_conversation()
        self.assertEqual(len(messages), 2)
        self.assertEqual(messages[-1].attachment_ids.name, "one.png")


@tagged("post_install", "-at_install")
class TestToursOnPhones(SupportHttpCase):
    """What people do on a small screen."""

    browser_size = "360x740"
    touch_enabled = True

    def test_colleagues(self):
        """Invite, rename, switch off and on; nothing is wider than the screen."""
        self.start_tour(
            "/my", "customer_portal_addon.colleagues", login=self.anna.login
        )
        people = self.env["res.partner"]
        nina = people.search([("email", "=", "nina@adler.example")])
        self.assertEqual(nina.parent_id, self.adler)
        self.assertTrue(nina.support_unconfirmed)
        self.assertEqual(self.gesa.name, "Gesa Adler")
        self.assertFalse(self.gesa.partner_id.support_switched_off)
        notes = self.gesa.partner_id.message_ids.mapped("body")
        self.assertIn("switched the support access off", str(notes))
        self.assertIn("switched the support access on", str(notes))
