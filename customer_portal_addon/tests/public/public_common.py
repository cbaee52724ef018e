"""What the tests of the form for people without a login share."""

from ..http_common import SupportHttpCase
from ..mail.smtp_common import SmtpTools

FORM = {
    "email": "new@stranger.example",
    "name": "Nora Neu",
    "company": "Neu GmbH",
    "customer_number": "",
    "subject": "Crash",
    "description": "It crashes",
    "answer_window": "Main",
    "privacy": "1",
}


class PublicFormCase(SmtpTools, SupportHttpCase):
    """The type of the tests is for everybody; forms are filled in within no time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.error_type.is_public = True
        cls.slug = cls.env["ir.http"]._slug(cls.error_type)
        cls.form_url = f"/support/ticket/new/{cls.slug}"
        cls.send_url = f"/support/ticket/send/{cls.slug}"
        guard = type(cls.env["support.public.guard"])
        cls.classPatch(guard, "_min_seconds", 0)
        cls.env["support.limit"].search([]).unlink()

    def tickets(self, **values):
        """Return the tickets filed without a login."""
        domain = [("is_filed_publicly", "=", True)]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.env["helpdesk.ticket"].search(domain, order="id")

    def open_form(self):
        """Open the form as a visitor with a browser of their own."""
        self.logout_session()
        return self.url_open(self.form_url)

    def stamp_of(self, page):
        [stamp] = self.find(page, "//input[@name='stamp']/@value")
        return stamp

    def submit(self, page=None, files=(), **values):
        """Fill in the form as a visitor and send it; None leaves an input out."""
        page = page or self.open_form()
        form = {**FORM, "stamp": self.stamp_of(page), **values}
        form = {name: value for name, value in form.items() if value is not None}
        files = [("files", (name, content)) for name, content in files]
        return self.post(self.send_url, form, page=page, files=files)

    def file(self, **values):
        """File a ticket as a visitor; it has to succeed."""
        known = self.tickets()
        response = self.submit(**values)
        self.assertIn("/support?filed=1", response.url)
        ticket = self.tickets() - known
        self.assertEqual(len(ticket), 1)
        return ticket

    def welcome(self):
        """Run the cron that looks whose the new tickets are, and send its mails."""
        self.send_queue()

    def mails_to(self, address):
        return [mail for to, mail in self.sink.mails if address in to]

    def text_of_mail(self, mail):
        parts = [part for part in mail.walk() if part.get_content_maintype() == "text"]
        return "\n".join(part.get_content() for part in parts)

    def error_at(self, page, name):
        found = self.find(
            page, f"//*[@data-field='{name}']//*[contains(@class, 'o_support_error')]"
        )
        return found[0].text_content().strip() if found else None

    def value_of(self, page, name):
        [element] = self.find(page, f"//*[@data-field='{name}']//*[@name='{name}']")
        if element.get("type") == "checkbox":
            return "1" if element.get("checked") else None
        return element.text if element.tag == "textarea" else element.get("value")

    def assertRefused(self, response, *names):
        """Nothing was filed; the errors stand at these inputs and nowhere else."""
        self.assertEqual(response.status_code, 422)
        shown = self.find(
            response,
            "//*[contains(@class, 'o_support_error')]/ancestor::*[@data-field]",
        )
        self.assertEqual({element.get("data-field") for element in shown}, set(names))
        self.assertFalse(self.tickets())
