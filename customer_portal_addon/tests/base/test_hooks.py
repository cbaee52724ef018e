from odoo.tests import tagged

from ... import hooks
from ..common import SupportCase


@tagged("post_install", "-at_install")
class TestHooks(SupportCase):
    """What installing does to a helpdesk that has been in use."""

    def test_existing_tickets_get_their_last_activity_and_support_ids(self):
        quiet = self._create_ticket(self.ben)
        busy = self._create_ticket(self.emil)
        busy.message_post(
            body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        busy.message_ids[:1].date = "2026-03-04 10:00:00"
        self.env.flush_all()
        # as before the addon: no support IDs, and a column that has just been added
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET last_activity_at = now(),"
            " create_date = '2026-02-01 08:00:00' WHERE id = ANY(%s)",
            [[quiet.id, busy.id]],
        )
        self.ben.partner_id.support_code = False
        self.env.flush_all()
        self.env.invalidate_all()
        hooks.fill_ticket_columns(self.env)
        hooks._give_support_codes(self.env)
        self.assertEqual(str(quiet.last_activity_at), "2026-02-01 08:00:00")
        self.assertEqual(str(busy.last_activity_at), "2026-03-04 10:00:00")
        self.assertTrue(self.ben.partner_id.support_code)
        self.assertFalse(self.gesa.partner_id.support_code)

    def test_existing_tickets_get_the_addresses_that_odoo_would_compute(self):
        addresses = ["Ben@Adler.Example", "b.e-n+1@x-y.adler.example", "no address"]
        addresses += ['"Ben, B." <Ben@Adler.example>', " ben@adler.example ", ""]
        addresses += [
            "bén@adler.example",
            "ben@adler",
            "a..b@c.example",
            "a_@c.example",
        ]
        addresses += ["a@x.example, b@x.example", "BEN@MÜLLER.example", "-a@c.example"]
        tickets = self._create_ticket(self.ben).browse()
        for address in addresses:
            ticket = self._create_ticket(self.ben)
            ticket.partner_email = address
            tickets += ticket
        expected = tickets.mapped("partner_email_normalized")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET partner_email_normalized = NULL"
        )
        self.env.invalidate_all()
        hooks.fill_ticket_columns(self.env)
        self.assertEqual(tickets.mapped("partner_email_normalized"), expected)
        self.assertIn("ben@adler.example", expected)

    def test_stages_send_our_mail_and_get_ocas_back(self):
        done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        ours = self.env.ref(hooks.CLOSED_MAIL)
        oca = self.env.ref(hooks.OCA_CLOSED_MAIL)
        done.mail_template_id = oca
        hooks._replace_stage_mail(self.env, hooks.OCA_CLOSED_MAIL, hooks.CLOSED_MAIL)
        self.assertEqual(done.mail_template_id, ours)
        hooks._replace_stage_mail(self.env, hooks.CLOSED_MAIL, hooks.OCA_CLOSED_MAIL)
        self.assertEqual(done.mail_template_id, oca)

    def test_only_staff_go_on_following_teams(self):
        team = self.env["helpdesk.ticket.team"].create({"name": "Team"})
        follow = {"res_model": team._name, "res_id": team.id}
        people = self.ben.partner_id + self.agent.partner_id
        team.message_follower_ids.unlink()
        self.env["mail.followers"].create(
            [{**follow, "partner_id": person.id} for person in people]
        )
        hooks.post_init_hook(self.env)
        team.invalidate_recordset()
        self.assertEqual(team.message_partner_ids, self.agent.partner_id)

    def test_installing_looks_for_the_contacts_of_existing_tickets(self):
        cron = self.env.ref("customer_portal_addon.ir_cron_link_contacts")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        triggers.unlink()
        hooks.post_init_hook(self.env)
        self.assertTrue(triggers.search([("cron_id", "=", cron.id)]))

    def test_odoos_accounts_are_offered_only_where_they_are_in_use(self):
        provider = self.env.ref(hooks.ODOO_PROVIDER)
        for linked in (False, True):
            with self.subTest(linked=linked):
                provider.write({"enabled": True, "client_id": "ours"})
                if linked:
                    self.gesa.write(
                        {"oauth_provider_id": provider.id, "oauth_uid": "gesa"}
                    )
                    self.gesa.action_archive()
                hooks.post_init_hook(self.env)
                self.assertEqual(provider.enabled, linked)
        provider.unlink()
        hooks.post_init_hook(self.env)
