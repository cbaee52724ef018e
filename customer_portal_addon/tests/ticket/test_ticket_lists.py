"""The lists of tickets: who finds what in them, and by which words."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ...models.ticket import (
    helpdesk_ticket_filter,
    helpdesk_ticket_list,
    support_ticket_text,
)
from ..common import SupportCase
from ..http_common import SupportHttpCase

OWN = "/my/tickets"
COMPANY = "/my/tickets/company"


class ListCase(SupportHttpCase):
    def names(self, user, url=OWN):
        page = self.open_as(user, url)
        self.assertEqual(page.status_code, 200)
        self.assertEqual(
            page.url.partition("?")[0], self.base_url() + url.split("?")[0]
        )
        found = self.find(page, "//*[contains(@class, 'o_support_ticket_name')]")
        return [element.text_content() for element in found]

    def move(self, ticket, name):
        ticket.stage_id = self.env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}")

    def counts(self, page):
        """Return the numbers in the tabs, by status."""
        return {
            tab.get("data-status"): int(tab.xpath("./span[2]")[0].text_content())
            for tab in self.find(page, "//a[@data-status]")
            if tab.xpath("./span[2]")
        }


@tagged("post_install", "-at_install")
class TestTicketList(ListCase):
    """„My tickets“: filters, order and pages."""

    def test_own_open_tickets_only(self):
        """Not those of colleagues, whoever looks (D1)."""
        self._create_ticket(self.ben, name="Of Ben")
        self._create_ticket(self.anna, name="Of Anna")
        self._create_ticket(self.emil, name="Of Emil")
        self.move(self._create_ticket(self.ben, name="Done"), "done")
        self.assertEqual(self.names(self.ben), ["Of Ben"])
        self.assertEqual(self.names(self.anna), ["Of Anna"])  # an administrator, too
        self.assertEqual(self.names(self.emil), ["Of Emil"])
        self.assertEqual(self.names(self.gesa), [])

    def test_status(self):
        """The filter by status (D3)."""
        self._create_ticket(self.ben, name="New")
        for stage in ("in_progress", "awaiting", "done", "cancelled"):
            self.move(self._create_ticket(self.ben, name=stage), stage)
        done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        expected = {
            "status=open": {"New", "in_progress", "awaiting"},
            "status=all": {"New", "in_progress", "awaiting", "done", "cancelled"},
            "status=new": {"New"},
            "status=waiting_on_us": {"in_progress"},
            "status=waiting_on_customer": {"awaiting"},
            "status=solved": set(),
            "status=closed": {"done", "cancelled"},
            f"status=stage-{done.id}": {"done"},
            "filterby=closed": {"done", "cancelled"},  # as in old links
        }
        for query, names in expected.items():
            with self.subTest(query=query):
                self.assertEqual(set(self.names(self.ben, f"{OWN}?{query}")), names)

    def test_tabs_count_what_they_lead_to(self):
        self._create_ticket(self.ben, name="Printer is new")
        self.move(self._create_ticket(self.ben, name="Printer"), "awaiting")
        self.move(self._create_ticket(self.ben, name="Screen"), "done")
        self.move(self._create_ticket(self.ben, name="Screen"), "cancelled")
        self._create_ticket(self.anna, name="Printer of Anna")
        page = self.open_as(self.ben, f"{OWN}?status=closed")
        stages = {
            f"stage-{self.env.ref(f'helpdesk_mgmt.helpdesk_ticket_stage_{n}').id}": 1
            for n in ("done", "cancelled")
        }
        counts = {"open": 2, "waiting_on_customer": 1, "new": 1, "closed": 2, "all": 4}
        self.assertEqual(self.counts(page), {**counts, **stages})
        page = self.open_as(self.ben, f"{OWN}?search=printer")
        counts = {"open": 2, "waiting_on_customer": 1, "new": 1, "closed": 0, "all": 2}
        self.assertEqual(self.counts(page), counts)
        [tab] = self.find(page, "//a[@data-status='waiting_on_customer']")
        self.assertIn("search=printer", tab.get("href"))
        self.assertEqual(self.names(self.ben, tab.get("href")), ["Printer"])

    def test_type(self):
        self._create_ticket(self.ben, name="Error", type_id=self.error_type.id)
        self._create_ticket(self.ben, name="Other")
        hidden = self.error_type.copy({"name": "Hidden", "show_in_portal": False})
        self._create_ticket(self.ben, name="Of hidden type", type_id=hidden.id)
        everything = {"Error", "Other", "Of hidden type"}
        self.assertEqual(set(self.names(self.ben)), everything)
        url = f"{OWN}?type={self.error_type.id}"
        self.assertEqual(self.names(self.ben, url), ["Error"])
        url = f"{OWN}?type={hidden.id}"
        self.assertEqual(set(self.names(self.ben, url)), everything)

    def test_period_is_one_of_the_readers_days(self):
        ticket = self._create_ticket(self.ben, name="Late")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = '2026-03-01 23:30' WHERE id = %s",
            [ticket.id],
        )  # in Berlin it is half past midnight
        ticket.invalidate_recordset()
        found = {
            "since=2026-03-02": True,
            "since=2026-03-03": False,
            "until=2026-03-02": True,
            "until=2026-03-01": False,
            "since=2026-03-02&until=2026-03-02": True,
            "since=2026-03-03&until=2026-03-01": False,
        }
        for query, is_found in found.items():
            with self.subTest(query=query):
                names = self.names(self.ben, f"{OWN}?{query}")
                self.assertEqual(names, ["Late"] if is_found else [])

    def test_order(self):
        first = self._create_ticket(self.ben, name="B")
        self._create_ticket(self.ben, name="A")
        first.last_activity_at = fields.Datetime.now() + timedelta(hours=1)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = '2026-01-01' WHERE id = %s",
            [first.id],
        )
        expected = {"activity": "BA", "date": "AB", "name": "AB"}
        for sortby, names in expected.items():
            found = self.names(self.ben, f"{OWN}?sortby={sortby}")
            self.assertEqual("".join(found), names, sortby)

    def test_made_up_parameters_show_the_usual_list(self):
        self._create_ticket(self.ben, name="Open")
        self.move(self._create_ticket(self.ben, name="Done"), "done")
        big = "9" * 31
        values = ("nonsense", "²", "٣", "%00", "-1", "1e3", big, "1;drop", "%ED%A0%80")
        names = ("sortby", "status", "filterby", "type", "contact", "since", "until")
        queries = [f"{name}={value}" for name in (*names, "page") for value in values]
        queries += [
            "sortby=id desc",
            "sortby=name&sortby=date",
            "status[]=closed&search[]=x&page[]=2",
            "groupby=x&search_in=y&date_begin=x&date_end=y",
            "since=2026-02-30&until=0000-00-00",
            "search=%00&page=%00",
            "search=%20%20",
            "status=stage-²",
            f"status=stage-{big}",
            "status=stage-",
            f"contact={self.anna.partner_id.id}&contact_name=Anna",
        ]
        for query in queries:
            with self.subTest(query=query):
                self.assertEqual(self.names(self.ben, f"{OWN}?{query}"), ["Open"])

    def test_pages(self):
        for number in range(35):
            self._create_ticket(self.ben, name=f"T{number:02}")
        pages = [
            self.names(self.ben, f"{OWN}/page/{number}?sortby=name")
            for number in (1, 2)
        ]
        self.assertEqual(pages[0] + pages[1], [f"T{number:02}" for number in range(35)])
        for beyond in ("999", "9" * 30):
            names = self.names(self.ben, f"{OWN}/page/{beyond}?sortby=name")
            self.assertEqual(names, pages[1 if len(beyond) < 10 else 0])
        page = self.open_as(self.ben, f"{OWN}?sortby=name&status=all")
        [link] = self.find(page, "//ul[contains(@class, 'pagination')]//a[text()='2']")
        self.assertIn("sortby=name", link.get("href"))
        self.assertIn("status=all", link.get("href"))

    def test_participants_see_it_as_long_as_they_take_part(self):
        ticket = self._create_ticket(self.anna, name="Of Anna")
        ticket.message_subscribe(self.ben.partner_id.ids)
        self.assertEqual(self.names(self.ben), ["Of Anna"])
        ticket.message_unsubscribe(self.ben.partner_id.ids)
        self.assertEqual(self.names(self.ben), [])
        page = self.open_as(self.ben, f"/my/ticket/{ticket.id}", allow_redirects=False)
        self.assertEqual(page.status_code, 303)

    def test_dates_are_written_as_odoo_writes_them(self):
        languages = self.env["res.lang"]
        english = languages._lang_get("en_US")  # 12 hours; a month is a word
        english.write({"date_format": "%d %B %Y", "time_format": "%I:%M:%S %p"})
        moment = datetime(2026, 3, 29, 23, 5, 59)
        for lang in ("en_US", "de_DE"):
            for zone in ("Europe/Berlin", "America/New_York"):
                env = self.env["helpdesk.ticket"].with_context(lang=lang).env
                widget = env["ir.qweb.field.datetime"]
                data = languages._get_data(code=lang)
                for strftime, options in (
                    (data.date_format, {"date_only": True}),
                    (f"{data.date_format} {data.time_format}", {"hide_seconds": True}),
                ):
                    write = env["helpdesk.ticket"]._get_moment_writer(strftime, zone)
                    with self.subTest(lang=lang, zone=zone, options=options):
                        self.assertEqual(
                            write(moment),
                            widget.value_to_html(moment, {**options, "tz_name": zone}),
                        )
        self.assertEqual(write(False), "")

    def test_dates_urgency_and_status_are_shown(self):
        """In each row, both dates among it (D3)."""
        ticket = self._create_ticket(self.ben, priority="3")
        ticket.last_activity_at = "2026-03-01 12:00:00"
        self.move(ticket, "cancelled")
        page = self.open_as(self.ben, f"{OWN}?status=all")
        self.assertIn("03/01/2026", " ".join(page.text.split()))
        created = fields.Datetime.context_timestamp(
            ticket.with_context(tz=self.ben.tz), ticket.create_date
        )
        self.assertIn(created.strftime("%m/%d/%Y"), " ".join(page.text.split()))
        self.assertEqual(self.text_of(page, "urgent"), "Urgent")
        self.assertEqual(self.text_of(page, "ticket_state"), "Closed")
        self.assertEqual(self.text_of(page, "ticket_stage"), "Cancelled")
        ticket.priority = "2"
        page = self.open_as(self.ben, f"{OWN}?status=all")
        self.assertIsNone(self.text_of(page, "urgent"))

    def test_empty_lists_say_why(self):
        page = self.open_as(self.gesa, OWN)
        self.assertTrue(self.text_of(page, "no_tickets"))
        self.move(self._create_ticket(self.gesa), "done")
        page = self.open_as(self.gesa, OWN)
        self.assertIn("no open tickets", self.text_of(page, "nothing_found"))
        page = self.open_as(self.gesa, f"{OWN}?search=zzz")
        self.assertIn("Reset filters", self.text_of(page, "nothing_found"))

    def test_what_was_typed_is_escaped(self):
        page = self.open_as(self.ben, f'{OWN}?search="><script>alert(1)</script>')
        self.assertNotIn("<script>alert(1)", page.text)
        self._create_ticket(self.ben, name="<script>alert(2)</script>")
        self.assertNotIn("<script>alert(2)", self.open_as(self.ben, OWN).text)


@tagged("post_install", "-at_install")
class TestCompanyList(ListCase):
    """„Company tickets“, for customer administrators."""

    def test_all_tickets_of_the_company_and_no_others(self):
        """What administrators see (D2)."""
        self._create_ticket(self.anna, name="Of Anna")
        self._create_ticket(self.ben, name="Of Ben")
        foreign = self._create_ticket(self.emil, name="Of Emil")
        foreign.message_subscribe(self.anna.partner_id.ids)
        self.assertEqual(set(self.names(self.anna, COMPANY)), {"Of Anna", "Of Ben"})
        self.assertEqual(self.names(self.erna, COMPANY), ["Of Emil"])

    def test_everybody_else_is_led_away(self):
        """By whichever address of the list (D2)."""
        for user in (self.ben, self.gesa, self.agent):
            for path in (COMPANY, f"{COMPANY}/page/2", f"{COMPANY}/export.csv"):
                page = self.open_as(user, path, allow_redirects=False)
                self.assertEqual(page.status_code, 303)
                self.assertTrue(page.headers["Location"].endswith("/my"))

    def test_staff_give_and_take_the_role(self):
        """For a single contact, at once (B4)."""
        self._create_ticket(self.ben, name="Of Ben")
        groups = "helpdesk_mgmt.group_helpdesk_user,base.group_partner_manager"
        staff = new_test_user(self.env, "support_contacts", groups)
        gesa = self.gesa.partner_id.with_user(staff)
        gesa.is_customer_administrator = True
        self.assertEqual(self.names(self.gesa, COMPANY), ["Of Ben"])
        page = self.open_as(self.ben, COMPANY, allow_redirects=False)
        self.assertEqual(page.status_code, 303, "nobody else was made one")
        gesa.is_customer_administrator = False
        page = self.open_as(self.gesa, COMPANY, allow_redirects=False)
        self.assertEqual(page.status_code, 303)

    def test_only_administrators_call_the_model(self):
        for user in (self.ben, self.agent, self.env.ref("base.public_user")):
            tickets = self.env["helpdesk.ticket"].with_user(user)
            with self.assertRaises(AccessError):
                tickets._get_list_values({}, of_company=True)
            with self.assertRaises(AccessError):
                tickets._export_list({}, of_company=True)
            with self.assertRaises(AccessError):
                tickets._count_company_open()

    def test_contact(self):
        self._create_ticket(self.anna, name="Of Anna")
        self._create_ticket(self.ben, name="Of Ben")
        self._create_ticket(self.emil, name="Of Emil")
        url = f"{COMPANY}?contact={self.ben.partner_id.id}"
        self.assertEqual(self.names(self.anna, url), ["Of Ben"])
        page = self.open_as(self.anna, COMPANY)
        options = self.find(page, "//select[@name='contact']/option/text()")
        self.assertEqual(options, ["All", "Anna", "Ben"])
        for made_up in (self.emil.partner_id.id, self.gesa.partner_id.id, 10**9):
            url = f"{COMPANY}?contact={made_up}"
            self.assertEqual(set(self.names(self.anna, url)), {"Of Anna", "Of Ben"})

    def test_too_many_contacts_to_choose_from_are_searched_by_name(self):
        self._create_ticket(self.anna, name="Of Anna")
        self._create_ticket(self.ben, name="Of Ben")
        self._create_ticket(self.emil, name="Of Emil")
        self.emil.partner_id.name = "Ben Emil"
        with patch.object(helpdesk_ticket_filter, "MAX_CONTACTS", 1):
            page = self.open_as(self.anna, COMPANY)
            self.assertFalse(self.find(page, "//select[@name='contact']"))
            names = self.names(self.anna, f"{COMPANY}?contact_name=BEN")
            self.assertEqual(names, ["Of Ben"])
            url = f"{COMPANY}?contact={self.ben.partner_id.id}"
            self.assertEqual(len(self.names(self.anna, url)), 2)

    def test_parameters_open_no_other_company(self):
        secret_type = self.error_type.copy({"name": "Theirs", "show_in_portal": False})
        ticket = self._create_ticket(self.emil, name="Theirs", type_id=secret_type.id)
        queries = (
            f"contact={self.emil.partner_id.id}&status=all",
            f"type={secret_type.id}",
            f"status=stage-{ticket.stage_id.id}",
            f"search={ticket.number}",
            f"commercial_partner_id={self.braun.id}&partner_id={self.braun.id}",
        )
        for query in queries:
            for path in (OWN, COMPANY):
                page = self.open_as(self.anna, f"{path}?{query}")
                self.assertNotIn("Theirs", page.text, query)

    def test_contact_and_who_filed_it(self):
        self._create_ticket(
            self.ben, name="For Ben", filed_by_id=self.anna.partner_id.id
        )
        page = self.open_as(self.anna, COMPANY)
        [cell] = self.find(page, "//*[contains(@class, 'o_support_ticket_contact')]")
        self.assertEqual(cell.text_content().split(), ["Ben", "Filed", "by", "Anna"])

    def test_a_former_colleagues_tickets_stay_and_the_name_is_offered(self):
        self._create_ticket(self.ben, name="Of Ben")
        self.ben.partner_id.parent_id = self.braun
        url = f"{COMPANY}?contact={self.ben.partner_id.id}"
        self.assertEqual(self.names(self.anna, url), ["Of Ben"])
        self.assertEqual(self.names(self.erna, COMPANY), [])

    def test_ways_there(self):
        self._create_ticket(self.ben)
        for user, is_led in ((self.anna, True), (self.ben, False)):
            for path in ("/my", "/support", OWN):
                page = self.open_as(user, path)
                links = self.find(page, f"//a[@href='{COMPANY}']")
                self.assertEqual(bool(links), is_led, (user.name, path))
            counters = {"counters": ["ticket_count", "company_ticket_count"]}
            found = self.make_jsonrpc_request("/my/counters", counters)
            self.assertEqual(found.get("company_ticket_count"), 1 if is_led else None)
            self.assertEqual(found["ticket_count"], 0 if is_led else 1)


@tagged("post_install", "-at_install")
class TestWayBack(ListCase):
    def link_back(self, ticket):
        page = self.url_open(f"/my/ticket/{ticket.id}")
        [link] = self.find(page, "//ol[contains(@class, 'o_portal_submenu')]/li[2]/a")
        return link

    def test_a_ticket_leads_back_to_the_list_as_it_was(self):
        ticket = self._create_ticket(self.anna, name="Umlaute & mehr")
        self.authenticate(self.anna.login, self.anna.login)
        self.assertEqual(self.link_back(ticket).get("href"), OWN)
        for url in (
            f"{OWN}?status=all&search=%C3%BC+%26+%22",
            f"{COMPANY}?sortby=name",
        ):
            self.url_open(url)
            link = self.link_back(ticket)
            self.assertEqual(link.get("href"), url)
        self.assertEqual(link.text_content().strip(), "Company tickets")
        self.post(f"/my/ticket/{ticket.id}/reply", {"body": "More"})
        self.url_open(f"{COMPANY}?sortby=name")
        self.assertEqual(self.link_back(ticket).get("href"), f"{COMPANY}?sortby=name")

    def test_it_leads_nowhere_else(self):
        ticket = self._create_ticket(self.ben)
        self.authenticate(self.ben.login, self.ben.login)
        uid = self.ben.id
        for cookie in (
            f"{uid} https://evil.example/my/tickets",
            f"{uid} /my/ticketsevil",
            f"{uid} //my/tickets",
            f"{uid} javascript:alert(1)",
            f"{uid} {COMPANY}",  # not an administrator
            f"{self.anna.id} {OWN}?search=secret",  # somebody else's
            "nonsense",
        ):
            self.opener.cookies.set("support_list", cookie.replace(" ", "%20"))
            self.assertEqual(self.link_back(ticket).get("href"), OWN, cookie)


@tagged("post_install", "-at_install")
class TestSearch(SupportCase):
    """By which words tickets are found, and by whom."""

    def found(self, user, search, of_company=False):
        tickets = self.env["helpdesk.ticket"].with_user(user)
        values = tickets._get_list_values({"search": search}, of_company=of_company)
        self.assertEqual(values["total"], len(values["rows"]))
        return {row["id"] for row in values["rows"]}

    def post(self, ticket, body, subtype="mail.mt_comment", **kw):
        return ticket.with_user(self.agent).message_post(
            body=body, message_type="comment", subtype_xmlid=subtype, **kw
        )

    def test_number_subject_description_and_messages(self):
        """By which words a ticket is found (D3)."""
        ticket = self._create_ticket(
            self.ben,
            name="Etikettendrucker",
            description="<p>Fehl<b>ermeldung</b> &amp; <i>Ärger</i></p><p>Zeile</p>",
        )
        self._create_ticket(self.ben, name="Another", description="Nothing")
        self.post(ticket, "Bitte neu starten")
        for search in (
            ticket.number,
            ticket.number.lower(),
            "drucker",
            "FEHLERMELDUNG",
            "Ärger",
            "&",
            "starten",
            "starten drucker",  # all words, wherever
            "  zeile  ",
        ):
            self.assertEqual(self.found(self.ben, search), {ticket.id}, search)
        for search in ("starten Nothing", "<p>", "amp;", "b>", "zzz", "%", "_", "\\"):
            self.assertEqual(self.found(self.ben, search), set(), search)

    def test_internal_notes_are_never_found(self):
        ticket = self._create_ticket(self.ben)
        self.post(ticket, "canary1 in a note", subtype="mail.mt_note")
        note = self.post(ticket, "canary2 marked")
        note.sudo().is_internal = True
        ticket._message_log(body="canary3 logged")
        ticket.message_notify(
            body="canary4 told", partner_ids=self.agent.partner_id.ids
        )
        for word in ("canary1", "canary2", "canary3", "canary4", "canary"):
            for user, of_company in ((self.ben, False), (self.anna, True)):
                self.assertEqual(self.found(user, word, of_company), set(), word)

    def test_tickets_of_others_are_never_found(self):
        theirs = self._create_ticket(self.emil, name="canary", description="canary")
        self.post(theirs, "canary")
        self._create_ticket(self.anna, name="canary of Anna")
        self.assertEqual(self.found(self.ben, "canary"), set())
        self.assertEqual(len(self.found(self.anna, "canary", of_company=True)), 1)

    def test_the_index_follows_what_changes(self):
        ticket = self._create_ticket(self.ben, name="first")
        ticket.name = "second"
        message = self.post(ticket, "third")
        self.assertTrue(self.found(self.ben, "second third"))
        self.assertFalse(self.found(self.ben, "first"))
        message.sudo().body = "fourth"
        self.assertFalse(self.found(self.ben, "third"))
        self.assertTrue(self.found(self.ben, "fourth"))
        message.sudo().is_internal = True
        self.assertFalse(self.found(self.ben, "fourth"))
        message.sudo().is_internal = False
        self.assertTrue(self.found(self.ben, "fourth"))
        message.sudo().unlink()
        self.assertFalse(self.found(self.ben, "fourth"))
        ticket.description = "fifth"
        self.assertTrue(self.found(self.ben, "fifth"))
        ticket.partner_id = self.emil.partner_id
        self.assertFalse(self.found(self.ben, "fifth"))
        self.assertTrue(self.found(self.erna, "fifth", of_company=True))
        ticket.unlink()
        self.assertFalse(self.found(self.erna, "fifth", of_company=True))

    def test_mails_are_found(self):
        ticket = self._create_ticket(self.ben)
        ticket.message_post(
            body="by mail",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.ben.partner_id.id,
        )
        self.assertTrue(self.found(self.ben, "by mail"))

    def test_existing_tickets_are_indexed(self):
        ticket = self._create_ticket(self.ben, name="old", active=False)
        texts = self.env["support.ticket.text"]
        texts.search([]).unlink()
        with patch.object(support_ticket_text, "BATCH", 1):
            texts._index_all()
        self.assertEqual(
            texts.search([("ticket_id", "=", ticket.id)]).ticket_id, ticket
        )

    def test_rare_and_common_words_of_a_large_company(self):
        """Whichever way is chosen, the same is found."""
        for number in range(12):
            ticket = self._create_ticket(self.ben, name=f"common T{number}")
            if number < 2:
                ticket.name += " rare"
        self._create_ticket(self.emil, name="common rare")
        sizes = {"SAMPLE": 6, "COMMON": 3, "RARE_LIMIT": 5}
        tickets = self.env["helpdesk.ticket"].with_user(self.anna)
        with patch.multiple(support_ticket_text, **sizes):
            for search, total, is_counted in (
                ("rare", 2, True),
                ("common", 12, False),
                ("common rare", 2, True),
                ("nothing", 0, True),
            ):
                values = tickets._get_list_values({"search": search}, of_company=True)
                self.assertEqual(values["total"], total, search)
                self.assertFalse(values["is_more"])
                known = values["tabs"][0]["count"] is not None
                self.assertEqual(known, is_counted, search)
            with patch.object(type(tickets), "_count_by_stage", None):
                self.assertTrue(
                    tickets._get_list_values({"search": "common"}, of_company=True)
                )

    def test_common_words_are_leafed_through_up_to_a_limit(self):
        for number in range(12):
            filer = self.ben if number % 4 else self.anna
            ticket = self._create_ticket(filer, name=f"common T{number:02}")
            ticket.message_subscribe(self.ben.partner_id.ids)
        for user, of_company in ((self.anna, True), (self.ben, False)):
            tickets = self.env["helpdesk.ticket"].with_user(user)
            names = []
            with (
                self.subTest(of_company=of_company),
                patch.multiple(support_ticket_text, SAMPLE=6, COMMON=3),
                patch.object(helpdesk_ticket_filter, "MANY", 3),
                patch.object(helpdesk_ticket_list, "MAX_SCANNED", 9),
            ):
                for page in (1, 2, 3, 4):
                    values = tickets._get_list_values(
                        {"search": "common", "sortby": "name"}, of_company, page, 4
                    )
                    self.assertEqual((values["total"], values["is_more"]), (9, True))
                    titles = [row["title"][0]["value"] for row in values["rows"]]
                    names.append([title[-2:] for title in titles])
                self.assertEqual(names[0], ["00", "01", "02", "03"])
                self.assertEqual(names[1], ["04", "05", "06", "07"])
                self.assertEqual(names[2][0], "08")
                self.assertEqual(names[3], names[2])  # the last page

    def test_who_has_many_tickets_finds_the_same(self):
        for number in range(6):
            self._create_ticket(self.ben, name=f"common T{number}")
        self._create_ticket(self.anna, name="common rare of Anna")
        self._create_ticket(self.ben, name="common rare")
        elsewhere = self._create_ticket(self.emil, name="rare elsewhere")
        others = self._create_ticket(self.anna, name="common T0 of Anna")
        (elsewhere + others).message_subscribe(self.ben.partner_id.ids)
        sizes = {"SAMPLE": 6, "COMMON": 3, "RARE_LIMIT": 5}
        for many in (500, 3):
            with (
                self.subTest(many=many),
                patch.object(helpdesk_ticket_filter, "MANY", many),
                patch.multiple(support_ticket_text, **sizes),
            ):
                self.assertEqual(len(self.found(self.ben, "common")), 8)
                self.assertEqual(len(self.found(self.ben, "rare")), 2)
                self.assertFalse(self.found(self.ben, "nothing"))
                shared = self.found(self.ben, "t0")
                self.assertIn(elsewhere.id, self.found(self.ben, "rare"))
                self.assertEqual(len(shared), 2)

    def test_long_words_are_compared_to_their_ends(self):
        self._create_ticket(self.ben, name="Zollkennzeichen 50%_off-season")
        for search in ("zollkennZEICHEN", "llkennzeichen", "50%_off-season"):
            self.assertTrue(self.found(self.ben, search), search)
        for search in ("zollkennzahlen", "50%_off-seasons", "5000_off-season"):
            self.assertFalse(self.found(self.ben, search), search)

    def test_short_words_count_where_words_begin(self):
        self._create_ticket(self.ben, name="The PC, an xq-Adapter")
        for search in ("pc", "x", "xq", "PC adapter", "an p"):
            self.assertTrue(self.found(self.ben, search), search)
        self.assertFalse(self.found(self.ben, "q-"))

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_customers_have_no_rights_on_the_texts(self):
        for user in (self.ben, self.anna, self.agent):
            texts = self.env["support.ticket.text"].with_user(user)
            for operation in ("read", "write", "create", "unlink"):
                self.assertFalse(texts.has_access(operation))


@tagged("post_install", "-at_install")
class TestListCost(SupportHttpCase):
    """The queries of a page do not grow with what it shows."""

    def queries_of(self, url):
        self.url_open(url)
        self.env.flush_all()
        before = self.cr.sql_log_count
        self.assertEqual(self.url_open(url).status_code, 200)
        return self.cr.sql_log_count - before

    def create_tickets(self, count):
        for number in range(count):
            self._create_ticket(
                (self.ben, self.gesa, self.anna)[number % 3],
                name=f"Ticket {number}",
                type_id=self.error_type.id,
                filed_by_id=self.anna.partner_id.id,
            )

    def test_queries(self):
        urls = (OWN, COMPANY, f"{OWN}?search=ticket", f"{COMPANY}?search=ticket")
        urls += (f"{OWN}/export.csv", f"{COMPANY}/export.csv")
        self.create_tickets(10)
        self.authenticate(self.anna.login, self.anna.login)
        few = {url: self.queries_of(url) for url in urls}
        self.create_tickets(30)
        for url in urls:
            self.assertLessEqual(self.queries_of(url), few[url], url)
            self.assertLess(few[url], 50, url)

    def test_indexes(self):
        query = SQL("SELECT indexdef FROM pg_indexes WHERE tablename LIKE '%%ticket%%'")
        indexes = [definition for (definition,) in self.env.execute_query(query)]
        expected = [
            "(commercial_partner_id, stage_id) INCLUDE (company_id, partner_id)"
        ]
        expected += ["(commercial_partner_id, partner_id)", "(ticket_id)"]
        expected += ["(commercial_partner_id, ticket_id)"]
        if self.env.registry.has_trigram:
            expected.append("USING gin (text gin_trgm_ops)")
        for columns in expected:
            self.assertTrue(any(columns in found for found in indexes), columns)
        [partial] = [i for i in indexes if "customer_open_idx" in i]
        for role in helpdesk_ticket_filter.OPEN_ROLES:
            self.assertIn(f"'{role}'", partial)

    def test_the_index_of_the_open_ones_serves_the_list(self):
        """The words of its condition are those of the search."""
        tickets = self.env["helpdesk.ticket"].with_user(self.anna)
        domain = tickets._get_company_domain() & tickets._get_open_domain()
        query = tickets._search(domain, order="last_activity_at DESC, id DESC", limit=5)
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute("SET LOCAL enable_bitmapscan = off")
        self.env.cr.execute("SET LOCAL enable_sort = off")
        explain = SQL("EXPLAIN %s", query.select())
        plan = "\n".join(line for (line,) in self.env.execute_query(explain))
        self.assertIn("support_customer_open_idx", plan)
