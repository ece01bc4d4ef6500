# SPDX-License-Identifier: MIT
"""openapi.json says what there is, and what is answered is what it says."""
import json
import os
import re
import unittest

from http_case import HttpCase
from json_schema import problems, resolve
from modelsync_test import TOP


def routes():
    """(method, path) of each row of route.def, the path as the document writes it."""
    with open(os.path.join(TOP, "src", "http", "route.def"), encoding="utf-8") as file:
        rows = re.findall(r"^HTTP_ROUTE\(\w+, (\w+), \"([^\"]+)\"", file.read(), re.M)
    return [(method.lower(), path.replace("+}", "}")) for method, path in rows]


def references(node):
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for member in node.values():
            yield from references(member)
    elif isinstance(node, list):
        for member in node:
            yield from references(member)


class OpenApiTest(HttpCase):
    def setUp(self):
        super().setUp()
        self.load(self.entries)
        self.listen()
        self.document = self.ask("GET", "/openapi.json").json

    def operation(self, method, path):
        return self.document["paths"][path][method]

    def check(self, schema, value):
        """schema: the name of one."""
        schema = {"$ref": "#/components/schemas/" + schema}
        self.assertEqual(problems(self.document, schema, value), [])

    def test_every_route_and_nothing_else(self):
        self.assertEqual(self.document["openapi"], "3.1.0")
        there = {(method, path) for path, item in self.document["paths"].items() for method in item}
        self.assertEqual(there, set(routes()))
        ids = [self.operation(*route)["operationId"] for route in routes()]
        self.assertEqual(len(ids), len(set(ids)))

    def test_every_route_says_what_it_answers(self):
        for route in routes():
            operation = self.operation(*route)
            self.assertTrue([s for s in operation["responses"] if s.startswith("2")], route)
            self.assertEqual({p["name"] for p in operation["parameters"] if p["in"] == "path"},
                             set(re.findall("{(.*?)}", route[1])), route)
            if route[0] in ("patch", "put"):
                self.assertTrue(operation["requestBody"]["required"], route)

    def test_shapes_are_there_and_used(self):
        used = set(references(self.document))
        for reference in used:
            resolve(self.document, {"$ref": reference})
        self.assertEqual({"#/components/schemas/" + name for name in self.document["components"]["schemas"]}, used)

    def test_every_route_answers(self):
        for method, path in routes():
            body = {} if "requestBody" in self.operation(method, path) else None
            answered = self.ask(method.upper(), re.sub("{.*?}", "1", path), body)
            if answered.headers.get_content_type() != "application/json":
                self.assertEqual(answered.status, 200, path)
                continue
            answers = self.operation(method, path)["responses"]
            schema = answers.get(str(answered.status), answers["default"])["content"]["application/json"]["schema"]
            self.assertEqual(problems(self.document, schema, answered.json), [], (method, path))
            self.assertNotIn(answered.status, (405, 501), (method, path))
            self.assertNotIn("nothing under this path", answered.text, (method, path))

    def test_rows_of_the_database_are_what_lists_hold(self):
        self.db.psql("UPDATE modelsync.run SET started_at = started_at - interval '1 hour'")
        dear = [dict(entry, pricing={"prompt": "1", "completion": "2"}) for entry in self.entries]
        self.load(dear)
        def rows(call):
            return [json.loads(line) for line in self.db.psql("SELECT * FROM modelsync.%s" % call).splitlines()]
        model = self.entries[0]["id"]
        for schema, found in (
                ("Model", json.loads(self.db.run("models", "--json").stdout)),
                ("Run", rows("history(10)")), ("Run", rows("sync_log('1', 5)")),
                ("AuditEntry", rows("audit_list(10, null, null, null)")),
                ("Alert", rows("alert_list(10, true, null, null)")),
                ("Change", rows("model_history('%s', 10)" % model)),
                ("Change", rows("changeset_changes(1, 10)")),
                ("Changeset", rows("changeset_detail(2, 10)"))):
            self.assertTrue(found, schema)
            for row in found:
                self.check(schema, row)


if __name__ == "__main__":
    unittest.main()
