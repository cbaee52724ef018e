"""What an installation leaves in the database, and what pages cost there."""

from odoo.tests import tagged
from odoo.tools import SQL

from ..common import SupportCase
from ..http_common import SupportHttpCase


@tagged("post_install", "-at_install")
class TestInstall(SupportCase):
    def test_ocas_rule_that_shows_colleagues_tickets_is_off(self):
        self.assertFalse(
            self.env.ref("helpdesk_mgmt.helpdesk_ticket_rule_portal").active
        )
        for name in ("portal", "customer_administrator"):
            rule = self.env.ref(f"customer_portal_addon.helpdesk_ticket_rule_{name}")
            self.assertTrue(rule.active)

    def test_every_website_leads_to_support(self):
        for website in self.env["website"].search([]):
            menus = website.menu_id.child_id
            self.assertIn("/support", menus.mapped("url"), website.name)

    def test_a_plain_installation_locks_nobody_out(self):
        """Installed, and nothing is switched on yet (G2)."""
        company = self.env["res.company"].create({"name": "Plain"})
        self.assertEqual(company.support_policy, "open")
        self.assertEqual(company.support_scope, "login")
        self.assertFalse(company.support_list_required)
        self.assertEqual(
            company.support_mailing_list_id,
            self.env.ref("customer_portal_addon.mailing_list_support"),
        )

    def test_companies_of_our_countries_can_be_made(self):
        """Odoo installs with them what is for their country (H8)."""
        for code in ("de", "at", "ch"):
            company = self.env["res.company"].new(
                {"country_id": self.env.ref(f"base.{code}").id}
            )
            for module in company.uninstalled_l10n_module_ids:
                module.check_external_dependencies(module.name)

    def test_indexes_of_the_lists(self):
        query = SQL(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'helpdesk_ticket'"
        )
        indexes = [definition for (definition,) in self.env.execute_query(query)]
        for columns in (
            "(partner_id, last_activity_at DESC)",
            "(commercial_partner_id, last_activity_at DESC)",
        ):
            found = any(columns in definition for definition in indexes)
            self.assertTrue(found, (columns, indexes))

    def test_index_of_the_gate(self):
        for table, columns in {
            "mailing_contact": "(email_normalized)",
            "support_contract": "(partner_id)",
        }.items():
            query = SQL("SELECT indexdef FROM pg_indexes WHERE tablename = %s", table)
            indexes = [definition for (definition,) in self.env.execute_query(query)]
            self.assertTrue(any(columns in definition for definition in indexes), table)

    def test_every_model_of_ours_has_rights(self):
        models = self.env["ir.model"].search([("model", "=like", "support.%")])
        for model in models.filtered(lambda m: not m.abstract):
            self.assertTrue(model.access_ids, model.model)

    # ---------------------------------------------------
    # The rules stay fast
    # ---------------------------------------------------

    def where_of(self, user):
        """Return the WHERE of a search for all tickets, as somebody."""
        tickets = self.env["helpdesk.ticket"].with_user(user)
        query = tickets._search([])
        sql = query.select()
        return self.env.cr.mogrify(sql.code, sql.params).decode()

    def test_rules_have_no_sub_query_on_followers_in_an_or(self):
        ticket = self._create_ticket(self.anna)
        ticket.message_subscribe(self.ben.partner_id.ids)
        for user in (self.ben, self.anna):
            where = self.where_of(user)
            self.assertNotIn("mail_followers", where)
            self.assertEqual(where.count("SELECT"), 1, where)
        self.assertIn(str(ticket.id), self.where_of(self.ben))

    def test_participants_are_found_by_one_small_query(self):
        """Of the follower's own tickets, whatever the number of tickets of others."""
        tickets = self.env["helpdesk.ticket"].with_user(self.ben)
        self.env.flush_all()
        self.env.invalidate_all()
        tickets.search([])  # warm: rules, groups
        counts = []
        for _round in range(2):
            for _number in range(10):
                ticket = self._create_ticket(self.anna)
                ticket.message_subscribe(self.ben.partner_id.ids)
            self.env.flush_all()
            before = self.cr.sql_log_count
            self.assertTrue(tickets.search([]))
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])


@tagged("post_install", "-at_install")
class TestCost(SupportHttpCase):
    """The queries of a page do not grow with what it shows."""

    def queries_of(self, url):
        self.url_open(url)
        self.env.flush_all()
        before = self.cr.sql_log_count
        self.assertEqual(self.url_open(url).status_code, 200)
        return self.cr.sql_log_count - before

    def create_tickets(self, count):
        for number in range(count):
            self._create_ticket(self.ben, name=str(number), type_id=self.error_type.id)

    def test_list(self):
        self.create_tickets(10)
        self.authenticate(self.ben.login, self.ben.login)
        few = self.queries_of("/my/tickets")
        self.create_tickets(30)
        self.assertLessEqual(self.queries_of("/my/tickets"), few)

    def test_conversation(self):
        ticket = self._create_ticket(self.ben)
        self.authenticate(self.ben.login, self.ben.login)

        def post(count):
            for number in range(count):
                ticket.with_user(self.agent).message_post(
                    body=str(number),
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                )

        post(5)
        few = self.queries_of(f"/my/ticket/{ticket.id}")
        post(20)
        self.assertLessEqual(self.queries_of(f"/my/ticket/{ticket.id}"), few)
