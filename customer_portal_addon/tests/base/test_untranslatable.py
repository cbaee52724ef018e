import re
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree, html

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path

from ..api.api_common import ApiData
from ..credit.credit_http_common import CreditHttpCase
from ..sale.offer_common import OfferData
from ..sale.package_common import PackageData
from .pseudo_language import (
    ADDON,
    CODE,
    OPEN,
    PseudoLanguage,
    find_bare,
    find_bare_in,
)

# What is no term of ours and stands in Latin letters all the same: what the tests type
# is in Greek
DATA = re.compile(
    r"Adler|Braun|Koch|Lang|Vendor|Anna|Ben|Gesa|Emil|Erna|Agent Smith|My Website"
    r"|[\w.]+@[\w.]+|HT\d+|[0-9a-f]{16}|USD"  # addresses, tickets, keys, currencies
    r"|Done|Cancelled|Rejected|Login|Reset password"  # terms of OCA and Odoo
    r"|\d+ (hr|min)\b|\b[A-Z][a-z]{2} \d{4}"  # Babel's, in each language
)
WORD = re.compile("[A-Za-z]{2,}")
# Pages of Odoo with something of ours on them
NOT_OURS = ("/my", "/my/security", "/my/security/support-keys")
# Fields that show what Odoo or OCA offers: time zones, priorities
CHOICES_OF_OTHERS = ("support_timezone", "priority")


def left_of(texts):
    """Return the texts that have words although all data is taken out."""
    return [text for text in texts if WORD.search(DATA.sub("", text))]


@tagged("post_install", "-at_install")
class TestUntranslatable(
    PseudoLanguage, ApiData, PackageData, OfferData, CreditHttpCase
):
    """Every word on a page or in a mail is a term, or somebody has typed it (G3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._speak_in_brackets()
        people = cls.anna + cls.ben + cls.clara + cls.emil + cls.agent
        people.write({"lang": CODE})
        cls.slug = cls.env["ir.http"]._slug
        cls._create_keys()
        cls._create_packages()
        cls._create_offer_data()
        cls._name_in_greek()
        cls._create_tickets()

    @classmethod
    def _name_in_greek(cls):
        """Nothing that the tests made looks like a word of ours."""
        cls.error_type.write({"name": "Βλάβη", "is_public": True})
        cls.error_type.description = "Περιγραφή"
        cls.error_type.field_ids.name = "Πεδίο"
        cls.error_type.field_ids.option_ids.name = "Επιλογή"
        cls.wish_type.name = "Ευχή"
        for product in (cls.package_60, cls.package_300, cls.unit):
            product.write({"name": "Πακέτο", "description_sale": "Περιγραφή"})
        keys = cls.adler_key + cls.ben_key + cls.emil_key
        keys.write({"name": "Κλειδί"})
        cls.article = cls._create_article("Άρθρο", "<p>Κείμενο</p>")
        cls._create_article("Άλλο", "<p>Κείμενο</p>", related_ids=cls.article.ids)
        cls.article.category_id.name = "Κατηγορία"

    @classmethod
    def _create_tickets(cls):
        values = {"name": "Εκτυπωτής", "description": "<p>Κείμενο</p>"}
        cls.ticket, cls.solved, cls.closed = (
            cls._create_ticket(cls.ben, type_id=cls.error_type.id, **values)
            for _number in range(3)
        )
        cls.ticket.message_subscribe((cls.gesa + cls.emil).partner_id.ids)
        cls.solved._move_to("solved")
        cls.closed.stage_id = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.account._post(135, "grant", "brackets-1", note="Δώρο")
        efforts = cls.env["support.time.entry"].with_user(cls.agent)
        efforts.create(
            [
                {
                    "ticket_id": cls.ticket.id,
                    "name": "Εργασία",
                    "worked_minutes": minutes,
                    "state": state,
                }
                for minutes, state in ((1, "done"), (75, "done"), (5, "draft"))
            ]
        )

    def assertTerms(self, response):
        """A page has no bare words in what is ours, titles and hints included."""
        self.assertIn(response.status_code, (200, 422))
        page = html.fromstring(response.content)
        place = urlsplit(response.url).path
        ours = "//*[@data-id]"
        parts = page.xpath(ours if place in NOT_OURS else "//*[@id='wrap'] | //title")
        self.assertTrue(parts)
        bare = [text for part in parts for text in find_bare(part)]
        self.assertEqual(left_of(bare), [])

    def walk(self, user, *urls):
        for url in urls:
            with self.subTest(who=user and user.name, url=url):
                self.assertTerms(self.open_as(user, url))

    def test_pages_of_visitors(self):
        """Terms wherever strangers read (G3)."""
        article = self.slug(self.article)
        self.walk(
            None,
            "/support",
            "/support?filed=1",
            "/support/refused",
            "/support/register",
            "/support/status",
            "/support/kb",
            "/support/kb?search=Άρθρο",
            "/support/kb?search=ουδέν",
            f"/support/kb/{self.slug(self.article.category_id)}",
            f"/support/kb/article/{article}",
            "/support/kb/solved",
            "/support/packages",
            "/support/activate",
            "/support/password",
            "/support/notifications",
            f"/support/ticket/{self.ticket.id}/close",
            "/support/ticket/new",
            self.form_of(self.error_type),
            "/web/login",
            "/web/reset_password",
        )

    def test_pages_of_customers(self):
        """Terms wherever customers read (G3)."""
        self.walk(
            self.anna,
            "/my",
            "/support",
            "/support/ticket/new",
            self.form_of(self.error_type),
            self.form_of(self.wish_type),
            "/my/tickets",
            "/my/tickets/company",
            "/my/tickets/company?search=ουδέν",
            "/my/colleagues",
            "/my/credit",
            "/my/security",
            "/support/packages",
            f"/my/ticket/{self.ticket.id}",
            f"/my/ticket/{self.solved.id}",
            f"/my/ticket/{self.closed.id}",
        )
        self.walk(self.emil, "/my", f"/my/ticket/{self.ticket.id}", "/my/credit")
        self.walk(self.erna, "/my/tickets/company", "/my/colleagues")

    def test_errors(self):
        """What stands at the inputs when something is wrong (G3)."""
        ticket = f"/my/ticket/{self.ticket.id}"
        form = self.form_of(self.error_type)
        bad_file = [("files", ("Αρχείο.exe", b"MZ"))]
        wrong = {"subject": "", "answer_percent": "x", "copies": "x", "phone_at": "x"}
        for user, opened, url, values in (
            (None, form, form.replace("/new/", "/send/"), {"email": "x", **wrong}),
            (None, "/support/register", "/support/register", {"email": "x"}),
            (None, "/web/login", "/web/login", {"login": "x", "password": "x"}),
            (self.anna, form, form, wrong),
            (self.anna, ticket, f"{ticket}/reply", {"body": ""}),
            (self.anna, ticket, f"{ticket}/participants", {"addresses": "x, y@y"}),
            (self.anna, ticket, f"{ticket}/edit", {"subject": ""}),
            (self.anna, ticket, f"{ticket}/leave", {}),
            (self.anna, ticket, f"/my/ticket/{self.closed.id}/reopen", {}),
            (self.anna, "/my/colleagues", "/my/colleagues/invite", {"email": "x"}),
            (self.anna, "/my/security", "/my/security/support-keys", {"name": ""}),
            (self.anna, "/support/packages", "/support/packages/order", {}),
        ):
            with self.subTest(url=url):
                page = self.open_as(user, opened)
                files = bad_file if opened == form else None
                self.assertTerms(self.post(url, values, page=page, files=files))

    def test_files(self):
        """What is exported (G3)."""
        for url in (
            "/my/tickets/export.csv",
            "/my/tickets/company/export.csv",
            "/my/credit/statement.csv",
        ):
            with self.subTest(url=url):
                text = self.open_as(self.anna, url).text
                self.assertIn(OPEN, text)
                self.assertEqual(left_of(find_bare_in(text)), [])

    def test_mails(self):
        """Subjects and bodies of all templates (G3)."""
        mails = self.env["support.access.mail"]
        mails._note("reset", "x@x.example")
        self.env["support.credit.notice"].create({"account_id": self.account.id})
        self.env["sale.order"]._create_support_offer(
            {
                "partner_id": self.adler.id,
                "company_id": self.company.id,
                "support_offer_kind": "contract",
                "support_offer_contact_id": self.adler.id,
                "support_contract_id": self.contract.id,
            },
            self.contract_template,
        )
        data = self.env["ir.model.data"].search(
            [("module", "=", ADDON), ("model", "=", "mail.template")]
        )
        self.assertGreater(len(data), 15)
        for template in self.env["mail.template"].browse(data.mapped("res_id")):
            record = self.env[template.model].search([], limit=1, order="id desc")
            for field in ("subject", "body_html"):
                with self.subTest(template=template.name, field=field):
                    texts = template._render_field(field, record.ids, set_lang=CODE)
                    self.assertIn(OPEN, texts[record.id])
                    self.assertEqual(left_of(find_bare_in(texts[record.id])), [])

    def test_backend(self):
        """Labels, helps and choices of fields (G3)."""
        env = self.env(context={"lang": CODE})
        bare = []
        for model in env.values():
            ours = [f.name for f in model._fields.values() if f._module == ADDON]
            # of no names it would tell all
            for name, shown in (ours and model.fields_get(ours) or {}).items():
                texts = [shown["string"], shown.get("help") or ""]
                if name not in CHOICES_OF_OTHERS:
                    texts += [label for _value, label in shown.get("selection", ())]
                bare += [
                    (model._name, name, text)
                    for text in left_of(find_bare_in("\n".join(texts)))
                ]
        self.assertEqual(bare, [])


@tagged("post_install", "-at_install")
class TestSources(TransactionCase):
    def test_sentences_are_whole(self):
        """No sentence of a page is cut in two by what is printed inside it (G3).

        But what stands alone behind a colon, in brackets or in a badge.
        """
        folder = Path(file_path(f"{ADDON}/views"))
        for path in sorted(folder.rglob("portal_*.xml")):
            for element in etree.parse(path).iter(etree.Element):
                classes = element.get("class", "").split()
                printed = element.get("t-out") or element.get("t-field")
                if not printed or {"o_translate_inline", "badge"} & {*classes}:
                    continue
                previous, parent = element.getprevious(), element.getparent()
                before = parent.text if previous is None else previous.tail
                with self.subTest(file=path.name, line=element.sourceline):
                    self.assertNotRegex(before or "", r"[A-Za-z]\s*$")
                    self.assertNotRegex(element.tail or "", "[A-Za-z]")

    def test_scripts_use_terms(self):
        """What scripts show goes through ``_t`` (G3)."""
        folder = Path(file_path(f"{ADDON}/static/src"))
        for path in sorted(folder.rglob("*.js")):
            code = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(), flags=re.DOTALL)
            code = re.sub(r"_t\(\s*(\"[^\"]*\"|`[^`]*`)", "_t(", code)
            for text in re.findall(r"\"([^\"\n]*)\"|'([^'\n]*)'|`([^`]*)`", code):
                with self.subTest(file=path.name, text=text):
                    self.assertNotRegex("".join(text), r"[A-Z][a-z]+ [a-z]")
