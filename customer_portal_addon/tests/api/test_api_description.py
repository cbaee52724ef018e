"""The description of the interface stays true: schemathesis tries what it promises."""

import itertools
import json
import threading
from collections import Counter
from contextlib import suppress
from unittest.mock import patch

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from odoo.tests import tagged

from ...tools.api import api_schema
from .api_common import ApiCase

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
]
EXAMPLES = 40  # per operation and mode
PROBES = 150  # the boundaries of each operation, which schemathesis lists


@tagged("post_install", "-at_install")
class TestApiDescription(ApiCase):
    def setUp(self):
        super().setUp()
        self.company.support_api_hourly_limit = 100000
        self.company.support_api_hourly_read_limit = 100000
        self.statuses = Counter()
        self.number = self.file(self.ben_secret).json()["number"]
        self.description = self.call("/1/openapi.json").json()

    def operations(self):
        schema = schemathesis.openapi.from_dict(self.description)
        for result in schema.get_all_operations():
            yield schema, result.ok()

    def try_case(self, case, secret):
        """Send what schemathesis thought of, and compare with the description."""
        response = case.call(
            base_url=self.base_url(),
            session=self.opener,
            headers={"Authorization": f"Bearer {secret}"},
            allow_redirects=False,
        )
        case.validate_response(response, checks=CHECKS)
        self.statuses[response.status_code] += 1
        self.assertNotIn("set-cookie", response.headers)

    def try_operation(self, operation, mode, secret):
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def try_it(case):
            is_valid = mode == GenerationMode.POSITIVE
            if is_valid and sum(self.statuses.values()) % 2:
                self.make_it_succeed(case)
            self.try_case(case, secret)

        with suppress(Unsatisfiable):  # there is nothing to be wrong about it
            try_it()

    def make_it_succeed(self, case):
        """Leave out what only we know, such as the ids of types."""
        if "number" in case.path_parameters:
            case.path_parameters["number"] = self.number
        if isinstance(case.body, dict):
            body = case.body.get("ticket", case.body)
            for name in ("type", "fields", "contact", "cc"):
                body.pop(name, None)
            case.body.pop("files", None)
            body.pop("files", None)
            body["subject"] += "x"
            body["description"] += "x"

    def test_random_requests_get_documented_answers(self):
        for _schema, operation in self.operations():
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                with self.subTest(operation=operation.label, mode=mode):
                    self.try_operation(operation, mode, self.ben_secret)
        self.assertGreater(self.statuses[200], EXAMPLES)
        self.assertGreater(self.statuses[201], 5)
        self.assertGreater(self.statuses[422], 5)

    def test_requests_at_the_boundaries_get_documented_answers(self):
        modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
        for schema, operation in self.operations():
            cases = schema.iter_coverage_cases(
                operation,
                generation_modes=modes,
                generation_config=schema.config.generation,
            )
            tried = 0
            for case in itertools.islice(cases, PROBES):
                with self.subTest(operation=operation.label, case=repr(case)[:300]):
                    self.try_case(case, self.adler_secret)
                tried += 1
            self.assertGreater(tried, 3, operation.label)

    def test_every_address_is_described_and_nothing_else(self):
        thread = threading.current_thread()
        with patch.object(thread, "dbname", self.cr.dbname, create=True):
            routing_map = self.env["ir.http"].routing_map()
        routes = {
            rule.rule.replace("<number>", "{number}")
            for rule in routing_map.iter_rules()
            if rule.rule.startswith("/support/api/1")
        }
        self.assertEqual(set(self.description["paths"]), routes)

    def test_the_file_is_made_of_json_alone(self):
        described = self.env["support.api"]._get_description()
        self.assertEqual(self.description, json.loads(json.dumps(described)))
        self.assertEqual(self.description["openapi"], "3.1.0")
        self.assertEqual(
            self.description["components"]["schemas"]["Ticket"],
            json.loads(json.dumps(api_schema.TICKET)),
        )

    def test_references_lead_somewhere(self):
        def walk(node):
            if isinstance(node, dict):
                if "$ref" in node:
                    yield node["$ref"]
                for value in node.values():
                    yield from walk(value)
            elif isinstance(node, list):
                for value in node:
                    yield from walk(value)

        references = set(walk(self.description))
        self.assertTrue(references)
        for reference in references:
            place = self.description
            for part in reference.removeprefix("#/").split("/"):
                place = place[part]
