"""Tests that talk to the programming interface as a program does."""

import json

from ...models.api.support_api_counter import _reads
from ..http_common import SupportHttpCase

forget_reads = _reads.clear


class ApiData:
    """Keys of Adler, of Ben and of Emil; mixed into the test cases."""

    @classmethod
    def _create_keys(cls):
        cls.company.support_api_enabled = True
        cls.adler_key, cls.adler_secret = cls._issue(cls.adler)
        cls.ben_key, cls.ben_secret = cls._issue(cls.ben.partner_id)
        cls.emil_key, cls.emil_secret = cls._issue(cls.emil.partner_id)

    @classmethod
    def _issue(cls, partner, **vals):
        """Return a new key, and its record with all rights."""
        vals = {"name": f"Key of {partner.name}", **vals}
        return cls.env["support.api.key"]._issue(partner, cls.company, vals)

    def _document(self, **values):
        """Return a complete ticket, as a program sends it."""
        return {
            "type": self.error_type.id,
            "subject": "Crash",
            "description": "It crashes",
            "fields": {"window": "Main"},
            **values,
        }

    def _filed(self):
        return self.env["helpdesk.ticket"].search([("api_key_id", "!=", False)])


class ApiCase(ApiData, SupportHttpCase):
    """Over HTTP, without cookies of a login."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_keys()

    def setUp(self):
        super().setUp()
        forget_reads()
        self.addCleanup(forget_reads)

    def find_counts(self):
        """Return what was counted with Ben's key."""
        domain = [("key", "=like", f"api % {self.ben_key.id} %")]
        return self.env["support.limit"].search(domain)

    def call(self, path, key=None, method=None, headers=None, **kw):
        """Ask for something with a key; whatever comes back is JSON, without cookies.

        :param str path: below ``/support/api``
        """
        headers = dict(headers or {})
        if key:
            headers["Authorization"] = f"Bearer {key}"
        response = self.url_open(
            f"/support/api{path}",
            method=method,
            headers=headers,
            allow_redirects=False,
            **kw,
        )
        kind = response.headers["Content-Type"]
        if response.status_code >= 400:
            self.assertEqual(kind, "application/problem+json")
            if method != "HEAD":
                self.assertEqual(response.json()["status"], response.status_code)
        else:
            self.assertEqual(kind, "application/json")
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        disposition = response.headers["Content-Disposition"]
        self.assertEqual(disposition, 'attachment; filename="api.json"')
        self.assertNotIn("Set-Cookie", response.headers)
        self.assertLess(response.status_code, 500)
        return response

    def file(self, key, headers=None, files=None, **values):
        """File a ticket as JSON, or with files as multipart."""
        document = self._document(**values)
        if files is None:
            return self.call("/1/tickets", key, "POST", headers, json=document)
        parts = [("ticket", (None, json.dumps(document), "application/json"))]
        parts += [("files", file) for file in files]
        return self.call("/1/tickets", key, "POST", headers, files=parts)

    def assertProblem(self, response, status, code):
        self.assertEqual(
            (response.status_code, response.json()["code"]),
            (status, code),
            response.text,
        )

    def assertPointers(self, response, *pointers):
        """It was refused for exactly these parts of the document."""
        self.assertEqual(response.status_code, 422, response.text)
        errors = response.json().get("errors", [])
        self.assertEqual({error["pointer"] for error in errors}, set(pointers))
        self.assertTrue(all(error["detail"] for error in errors))
        self.assertFalse(self._filed())
