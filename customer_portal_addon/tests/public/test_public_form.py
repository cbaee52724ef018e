from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...tools.mail import mail_domain
from ..common import EXE, PNG
from .public_common import FORM, PublicFormCase


@tagged("post_install", "-at_install")
class TestPublicForm(PublicFormCase):
    """Somebody without a login files a ticket, and is answered by mail."""

    # ---------------------------------------------------
    # What is offered
    # ---------------------------------------------------

    def test_strangers_are_offered_the_types_for_everybody(self):
        other = self.error_type.copy({"name": "Secret wish", "is_public": False})
        page = self.open_as(None, "/support/ticket/new")
        self.assertTrue(self.find(page, f"//a[@href='{self.form_url}']"))
        self.assertNotIn("Secret wish", page.text)
        other_url = f"/support/ticket/new/{self.env['ir.http']._slug(other)}"
        self.assertIn("/web/login", self.url_open(other_url).url)
        page = self.open_form()
        response = self.post(
            other_url.replace("/new/", "/send/"),
            {**FORM, "stamp": self.stamp_of(page)},
            page=page,
        )
        self.assertIn("/web/login", response.url)
        self.assertFalse(self.tickets())

    def test_customers_only(self):
        page = self.open_form()
        self.assertIn("/support/ticket/new", self.url_open("/support").text)
        for change in (
            {"support_filing": "customers"},
            {"support_filing": "everybody"},
        ):
            self.company.write(change)
            self.error_type.show_in_portal = change["support_filing"] == "customers"
            with self.subTest(change=change):
                self.assertNotIn("/support/ticket/new", self.url_open("/support").text)
                for url in ("/support/ticket/new", self.form_url):
                    self.assertIn("/web/login", self.url_open(url).url)
                self.assertIn("/web/login", self.submit(page=page).url)
        self.assertFalse(self.tickets())

    def test_people_with_a_login_get_their_form(self):
        page = self.open_as(self.ben, self.form_url)
        self.assertTrue(self.find(page, "//*[@name='cc']"))
        self.assertFalse(self.find(page, "//*[@name='privacy']"))
        response = self.post(self.send_url, FORM, page=page)
        self.assertTrue(response.url.endswith(self.form_url))
        self.assertFalse(self.tickets())

    def test_a_program_leads_to_the_form(self):
        """A link from a program carries its context (C9)."""
        self.logout_session()
        query = "?program=NordWaWi&version=5.2&window=Orders"
        page = self.url_open(f"/support/ticket/new{query}")
        link = self.find(page, f"//a[contains(@href, '{self.form_url}')]/@href")[0]
        self.assertIn("program=NordWaWi", link)
        page = self.url_open(link)
        names = ("context_program", "context_version", "context_window")
        context = {
            name: self.find(page, f"//input[@name='{name}']/@value")[0]
            for name in names
        }
        page = self.submit(page, subject="", **context)
        self.assertTrue(self.find(page, "//input[@value='NordWaWi']"))
        ticket = self.file(**context, api_key_id="1")
        self.assertEqual(ticket.context_program, "NordWaWi")
        self.assertEqual(ticket.context_window, "Orders")
        self.assertFalse(ticket.api_key_id)

    def test_whom_staff_have_chosen_stays_the_contact(self):
        ticket = self.file(email=self.ben.email)
        ticket.partner_id = self.emil.partner_id
        self.welcome()
        self.assertEqual(ticket.partner_id, self.emil.partner_id)
        self.assertFalse(ticket.pending_confirmation)

    def test_articles_are_offered_beside_the_form(self):
        self.assertTrue(
            self.find(self.open_form(), "//form//*[@data-id='form_answers']")
        )

    def test_the_form_asks_no_more_than_needed(self):
        """Which fields there are, and which are required (C2)."""
        page = self.open_form()
        names = {e.get("data-field") for e in self.find(page, "//*[@data-field]")}
        expected = set(FORM) | {"stamp", "homepage", "files"}
        expected |= {"answer_percent", "answer_module", "notifications"}
        self.assertEqual(names, expected)
        marked = self.find(
            page, "//span[contains(@class, 'text-danger')]/ancestor::*[@data-field]"
        )
        required = {element.get("data-field") for element in marked}
        self.assertEqual(required, set(FORM) - {"customer_number"})

    def test_files_may_be_added_to_every_type(self):
        general = self.env["helpdesk.ticket.type"].create(
            {"name": "General", "is_public": True, "attachment_max_count": 1}
        )
        slug = self.env["ir.http"]._slug(general)
        self.logout_session()
        page = self.url_open(f"/support/ticket/new/{slug}")
        form = {**FORM, "stamp": self.stamp_of(page)}
        for count, status in ((2, 422), (1, 200)):
            files = [("files", (f"{n}.png", PNG)) for n in range(count)]
            response = self.post(
                f"/support/ticket/send/{slug}", form, page=page, files=files
            )
            self.assertEqual(response.status_code, status)
        self.assertEqual(self.tickets().answer_ids.attachment_ids.name, "0.png")
        general.attachment_max_count = 0
        page = self.url_open(f"/support/ticket/new/{slug}")
        self.assertFalse(self.find(page, "//input[@type='file']"))

    # ---------------------------------------------------
    # Filing
    # ---------------------------------------------------

    def test_filed(self):
        """What was typed and sent along; a notice on the start page (B5, C2)."""
        response = self.submit(
            files=[("Bild.png", PNG)],
            customer_number=" 10421 ",
            answer_percent="40",
        )
        ticket = self.tickets()
        self.assertTrue(response.url.endswith("/support?filed=1"))
        self.assertEqual(self.text_of(response, "filed_number"), ticket.number)
        self.assertEqual(ticket.name, "Crash")
        self.assertIn("It crashes", ticket.description)
        self.assertEqual(ticket.type_id, self.error_type)
        self.assertEqual(ticket.partner_email, "new@stranger.example")
        self.assertEqual(ticket.claimed_name, "Nora Neu")
        self.assertEqual(ticket.claimed_company, "Neu GmbH")
        self.assertEqual(ticket.customer_number, "10421")
        self.assertEqual(ticket.priority, "1")
        self.assertFalse(ticket.filed_by_id)
        self.assertFalse(ticket.user_id)
        self.assertEqual(ticket.answer_ids.attachment_ids.name, "Bild.png")
        self.assertIn("40", ticket.answer_ids.mapped("value"))
        self.assertFalse(self.text_of(self.url_open("/support"), "filed_number"))

    def test_filed_on_the_website_of_another_company(self):
        """It is that company's, and its team's (H8)."""
        self._create_other_vendor()
        self.other_company.support_filing = "everybody"
        self.error_type.team_ids = self.other_team
        self.website = self.other_website
        self.assertNotIn("Other type", self.open_form().text)
        ticket = self.file()
        self.assertEqual(ticket.company_id, self.other_company)
        self.assertEqual(ticket.team_id, self.other_team)
        self.welcome()
        [mail] = self.mails_to("new@stranger.example")[:1]
        self.assertIn("Other vendor", self.text_of_mail(mail))
        self.website = None
        self.assertIn("/web/login", self.open_form().url)

    def test_the_consent_is_noted_as_unconfirmed(self):
        self.file()
        consent = self.env["support.consent"].search(
            [("email", "=", "new@stranger.example")]
        )
        self.assertEqual(consent.purpose, "privacy")
        self.assertEqual(consent.source, "public_form")
        self.assertFalse(consent.confirmed_at)
        self.assertIn("privacy policy", consent.wording)

    def test_nobody_is_subscribed(self):
        self.file(notifications="1")
        self.welcome()
        subscribers = self.env["mailing.contact"].search(
            [("email_normalized", "=", "new@stranger.example")]
        )
        self.assertFalse(subscribers)

    def test_each_mistake_stands_at_its_field(self):
        """Nothing that is required may be missing, the consent neither (C2)."""
        picture = ("picture.png", PNG)
        cases = [
            ("email", {"email": ""}),
            ("email", {"email": "nonsense"}),
            ("email", {"email": "support@vendor.example"}),
            ("name", {"name": " "}),
            ("name", {"name": "Visit www.evil.example now"}),
            ("company", {"company": ""}),
            ("company", {"company": "x" * 121}),
            ("customer_number", {"customer_number": "1" * 41}),
            ("subject", {"subject": ""}),
            ("description", {"description": " "}),
            ("privacy", {"privacy": None}),
            ("answer_window", {"answer_window": ""}),
            ("answer_percent", {"answer_percent": "200"}),
            ("files", {"files": [picture] * 3}),
            ("files", {"files": [("virus.png", EXE)]}),
        ]
        page = self.open_form()
        for name, values in cases:
            with self.subTest(name=name, values=values):
                self.assertRefused(self.submit(page=page, **values), name)

    def test_nothing_that_was_typed_is_lost(self):
        typed = {
            "email": "nonsense",
            "name": "Nora O'Neu",
            "company": '"Neu" & Söhne </textarea><script>',
            "customer_number": "<b>10421",
            "subject": 'A "quoted" <b>subject</b>',
            "description": "First line\nÄÖÜ </textarea><script>",
            "answer_percent": "12,5",
        }
        page = self.submit(files=[("Bild.png", PNG)], **typed)
        self.assertRefused(page, "email")
        for name, value in {**typed, "privacy": "1"}.items():
            with self.subTest(name=name):
                self.assertEqual(self.value_of(page, name), value)
        self.assertIn("Bild.png", page.text)
        self.submit(page=page, **{**typed, "email": FORM["email"]})
        self.assertEqual(len(self.tickets()), 1)

    # ---------------------------------------------------
    # The answer
    # ---------------------------------------------------

    def test_somebody_new_becomes_a_contact_with_one_invitation(self):
        """However often somebody files (A7)."""
        ticket = self.file()
        self.assertFalse(ticket.partner_id)
        self.welcome()
        contact = ticket.partner_id
        self.assertEqual(contact.name, "Nora Neu")
        self.assertEqual(contact.email, "new@stranger.example")
        self.assertFalse(contact.parent_id)
        self.assertTrue(contact.support_code)
        self.assertFalse(ticket.is_contact_removed)
        again = self.file(subject="Once more")
        self.welcome()
        self.assertEqual(again.partner_id, contact)
        invitations = self.env["support.access.mail"].search(
            [("partner_id", "=", contact.id), ("kind", "=", "invitation")]
        )
        self.assertEqual(len(invitations), 1)

    def test_the_confirmation_has_no_word_of_the_sender(self):
        ticket = self.file()
        self.welcome()
        [mail] = self.mails_to("new@stranger.example")
        everything = f"{mail['To']} {mail['Subject']} {self.text_of_mail(mail)}"
        self.assertIn(ticket.number, everything)
        for word in ("Crash", "crashes", "Nora", "Neu", "Main"):
            self.assertNotIn(word, everything)
        self.assertEqual(mail["To"], "new@stranger.example")
        self.assertEqual(mail["Auto-Submitted"], "auto-generated")

    def test_the_confirmation_speaks_the_language_of_the_form(self):
        modules = self.env["ir.module.module"]
        modules._load_module_terms(["customer_portal_addon"], ["de_DE"])
        self.company.partner_id.lang = "en_US"
        self.logout_session()
        self.opener.cookies["frontend_lang"] = "de_DE"
        page = self.url_open(f"/de{self.form_url}")
        self.submit(page=page)
        self.welcome()
        [mail] = self.mails_to("new@stranger.example")
        self.assertIn("eingegangen", mail["Subject"])
        self.assertEqual(self.tickets().partner_id.lang, "de_DE")

    def test_an_address_of_several_contacts_waits_for_staff(self):
        values = {"name": "One", "email": "shared@adler.example"}
        self.env["res.partner"].create([values, {**values, "name": "Two"}])
        ticket = self.file(email="Shared@Adler.example")
        self.welcome()
        self.assertFalse(ticket.partner_id)
        self.assertFalse(ticket.is_contact_removed, "it may be linked later")
        [mail] = self.mails_to("shared@adler.example")
        self.assertIn(ticket.number, mail["Subject"])

    def test_an_answer_of_staff_reaches_the_sender(self):
        ticket = self.file()
        self.welcome()
        self.sink.mails.clear()
        ticket.with_user(self.agent).message_post(
            body="Please restart it",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.send_queue()
        [mail] = self.mails_to("new@stranger.example")
        self.assertIn("Please restart it", self.text_of_mail(mail))

    def test_one_that_fails_does_not_keep_the_others(self):
        first, second = self.file(), self.file(email="other@stranger.example")
        tickets = type(self.env["helpdesk.ticket"])
        original = tickets._welcome_stranger

        def fail(ticket):
            if ticket == first:
                raise ValueError("broken")
            return original(ticket)

        logger = "odoo.addons.customer_portal_addon.models.mail"
        logger += ".helpdesk_ticket_confirmation"
        with patch.object(tickets, "_welcome_stranger", fail), mute_logger(logger):
            self._confirm_tickets()
        self.assertTrue(second.partner_id)
        self.assertFalse(first.partner_id)
        self.assertFalse((first + second).filtered("pending_confirmation"))

    # ---------------------------------------------------
    # The address
    # ---------------------------------------------------

    def hint(self, email, takes_mail=None):
        page = self.open_form()
        asked = patch.object(mail_domain, "takes_mail", return_value=takes_mail)
        with asked as spy:
            response = self.post("/support/address", {"email": email}, page=page)
        self.assertEqual(response.status_code, 200)
        return response.json(), spy.call_count

    def test_slips_get_a_hint(self):
        """The address is looked at again (C2)."""
        self.assertEqual(
            self.hint("Nora@gmial.com"), ({"suggestion": "nora@gmail.com"}, 0)
        )
        for fine in ("nora@gmail.com", "nonsense", "", "x" * 300 + "@neu.example"):
            self.assertEqual(self.hint(fine), ({}, 0))

    def test_domains_that_take_no_mail_get_a_hint(self):
        hint, _count = self.hint("nora@neu.example", takes_mail=False)
        self.assertIn("neu.example", hint["warning"])
        for fine in (True, None):
            self.assertEqual(self.hint("nora@neu.example", fine), ({}, 1))
        self.company.support_check_domain = False
        self.assertEqual(self.hint("nora@neu.example", False), ({}, 0))

    def test_a_slip_is_filed_all_the_same(self):
        with patch.object(mail_domain, "takes_mail", return_value=False) as spy:
            self.file(email="nora@gmial.com")
        self.assertFalse(spy.call_count, "sending waits for no name server")

    def test_one_network_asks_only_so_much(self):
        guard = type(self.env["support.public.guard"])
        with patch.object(guard, "_limit_hints", 2):
            answers = [self.hint("nora@neu.example", False)[1] for _ in range(3)]
        self.assertEqual(answers, [1, 1, 0])

    # ---------------------------------------------------
    # In a browser
    # ---------------------------------------------------

    def file_in_browser(self, **kw):
        with patch.object(mail_domain, "takes_mail", return_value=True):
            self.start_tour(self.form_url, "customer_portal_addon.public_form", **kw)
        ticket = self.tickets()
        self.assertEqual(ticket.partner_email, "nora@gmail.com")
        self.assertEqual(ticket.answer_ids.attachment_ids.name, "picture.png")

    def test_in_a_browser(self):
        self.file_in_browser()

    def test_in_a_browser_in_german(self):
        modules = self.env["ir.module.module"]
        modules._load_module_terms(["customer_portal_addon"], ["de_DE"])
        website = self.env["website"].get_current_website()
        website.default_lang_id = self.env.ref("base.lang_de")
        self.file_in_browser(cookies={"frontend_lang": "de_DE"})
        self.assertEqual(self.tickets().sender_lang, "de_DE")
