"""Many at once: one ticket per Idempotency-Key, and no more than are allowed."""

import threading

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..common import let_threads_begin

THREADS = 8


@tagged("post_install", "-at_install")
class TestApiRaces(BaseCase):
    """With real transactions, which are committed, and cleaned up."""

    def setUp(self):
        super().setUp()
        let_threads_begin(self)
        self.registry = Registry(get_db_name())
        self.addCleanup(self.remove)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            company = env.company
            self.before = {
                name: company[name]
                for name in ("support_api_enabled", "support_policy")
            }
            company.write({"support_api_enabled": True, "support_policy": "open"})
            customer = env["res.partner"].create({"name": "Racing", "is_company": True})
            racer = env["res.partner"].create(
                {"name": "Racer", "parent_id": customer.id}
            )
            key, self.secret = env["support.api.key"]._issue(
                racer, company, {"name": "Race"}
            )
            self.key_id, self.partner_ids = key.id, (racer | customer).ids

    def remove(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            tickets = env["helpdesk.ticket"].search([("api_key_id", "=", self.key_id)])
            tickets.unlink()
            env["support.api.key"].browse(self.key_id).unlink()
            env["res.partner"].browse(self.partner_ids).unlink()
            env.company.write(self.before)

    def run_all(self, act):
        """Do something in as many threads, begun together; try again as Odoo does."""
        barrier = threading.Barrier(THREADS, timeout=60)
        self.results, self.retries = [], 0

        def work():
            for attempt in range(5):
                try:
                    with self.registry.cursor() as cr:
                        env = api.Environment(cr, SUPERUSER_ID, {})
                        key = env["support.api.key"].browse(self.key_id)
                        self.assertTrue(key.name)  # the snapshot
                        if not attempt:
                            barrier.wait()
                        result = act(env, key)
                        env.flush_all()
                except SerializationFailure:
                    self.retries += 1
                else:
                    self.results.append(result)
                    return

        threads = [threading.Thread(target=work) for _number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(self.results), THREADS)

    @mute_logger("odoo.sql_db")
    def test_the_same_request_in_eight_threads_makes_one_ticket(self):
        document = {"subject": "Race", "description": "Eight at once"}

        def file(env, key):
            tickets = env["helpdesk.ticket"]
            return tickets._file_from_api(key, document, [], "race-1")["number"]

        self.run_all(file)
        self.assertEqual(len(set(self.results)), 1, self.results)
        self.assertTrue(self.retries, "they never met")
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            tickets = env["helpdesk.ticket"].search([("api_key_id", "=", self.key_id)])
            self.assertEqual(tickets.mapped("number"), list(set(self.results)))

    def test_eight_at_once_are_eight(self):
        """And nobody has to try again for being counted."""

        def count(env, key):
            return env["support.api.counter"]._count(key)

        with self.registry.cursor() as cr:
            company = api.Environment(cr, SUPERUSER_ID, {}).company
            limit, company.support_api_hourly_limit = (
                company.support_api_hourly_limit,
                5,
            )
        try:
            self.run_all(count)
        finally:
            with self.registry.cursor() as cr:
                company = api.Environment(cr, SUPERUSER_ID, {}).company
                company.support_api_hourly_limit = limit
        self.assertEqual(self.retries, 0)
        self.assertEqual(sum(wait == 0 for wait in self.results), 5)
        self.assertTrue(all(0 <= wait <= 3600 for wait in self.results))

    @mute_logger("odoo.sql_db")
    def test_noting_the_use_holds_nobody_up(self):
        self.run_all(lambda env, key: key._note_use())
        with self.registry.cursor() as cr:
            key = api.Environment(cr, SUPERUSER_ID, {})["support.api.key"]
            self.assertTrue(key.browse(self.key_id).last_used_at)
