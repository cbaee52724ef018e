from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...exceptions import SupportApiProblem

KEPT = timedelta(days=2)


class SupportApiRequest(models.Model):
    """Which ticket an ``Idempotency-Key`` has led to: once more, it is the same."""

    _name = "support.api.request"
    _description = "Request with an Idempotency Key"
    _rec_name = "idempotency_key"

    key_id = fields.Many2one(
        "support.api.key", required=True, readonly=True, ondelete="cascade"
    )
    idempotency_key = fields.Char(required=True, readonly=True)
    digest = fields.Char(required=True, readonly=True, help="Of what was sent.")
    ticket_id = fields.Many2one(
        "helpdesk.ticket", readonly=True, ondelete="cascade", index=True
    )

    _idempotency_key_uniq = models.UniqueIndex("(key_id, idempotency_key)")

    @api.model
    def _find_ticket(self, key, idempotency_key, digest):
        """Return the ticket that the same request has led to, empty if there is none.

        :param support.api.key key:
        :param str idempotency_key: may be empty
        :param str digest: of what is sent now
        :raise SupportApiProblem: something else was sent with it
        """
        domain = [("key_id", "=", key.id), ("idempotency_key", "=", idempotency_key)]
        before = self.search(domain) if idempotency_key else self
        if before and before.digest != digest:
            raise SupportApiProblem(
                422,
                "idempotency",
                self.env._("Something else was sent with this Idempotency-Key before."),
            )
        return before.ticket_id

    @api.model
    def _reserve(self, key, idempotency_key, digest):
        """Note a request, before its ticket is made.

        Whoever sends the same at the same time waits here, fails when the first one is
        done, and finds its ticket when Odoo tries again.

        :return: the note, empty without an Idempotency-Key
        """
        if not idempotency_key:
            return self
        query = SQL(
            """
            INSERT INTO support_api_request
                   (key_id, idempotency_key, digest, create_date, create_uid)
            VALUES (%s, %s, %s, %s, %s)
            ON CONFLICT (key_id, idempotency_key) DO NOTHING
            RETURNING id
            """,
            key.id,
            idempotency_key,
            digest,
            fields.Datetime.now(),
            self.env.uid,
        )
        [[note_id]] = self.env.execute_query(query)
        return self.browse(note_id)

    @api.autovacuum
    def _gc_requests(self):
        """Forget the requests that nobody repeats any more."""
        old = fields.Datetime.now() - KEPT
        self.search([("create_date", "<", old)], limit=10000).unlink()
