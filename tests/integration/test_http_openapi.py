# SPDX-License-Identifier: MIT
"""openapi.json says what there is, and what is answered is what it says."""
import os
import re
import unittest

from json_schema import problems, resolve
from models_case import ModelsCase, mint
from modelsync_test import TOP, wait_until
from upstream_stub import catalogue


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


class OpenApiTest(ModelsCase):
    def setUp(self):
        super().setUp()
        self.serve_models(HTTP_CRON_SECRET="the secret of the scheduler", SYNC_COOLDOWN_MINUTES=0)
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

    def check_answer(self, method, path, query="", body=None, expected=200, token=None, **parts):
        """Asks and holds the answer against the document; returns it."""
        answered = self.ask(method.upper(), path.format(**parts) + query, body,
                            {"Authorization": "Bearer " + (token or mint("admin"))})
        self.assertEqual(answered.status, expected, answered.text)
        answers = self.operation(method, path)["responses"]
        schema = answers.get(str(expected), answers["default"])["content"]["application/json"]["schema"]
        self.assertEqual(problems(self.document, schema, answered.json)[:3], [], (method, path))
        return answered.json

    def test_strangers_are_refused_in_that_shape(self):
        for method, path in routes():
            body = {} if "requestBody" in self.operation(method, path) else None
            if self.operation(method, path).get("security", [{}])[0]:
                answered = self.ask(method.upper(), re.sub("{.*?}", "1", path), body)
                self.check_error(answered, 401, "UNAUTHORIZED")
                self.check("Error", answered.json)

    def test_answers_are_as_described(self):
        model, asked = self.ids[0], set()
        self.db.psql("UPDATE modelsync.run SET started_at = started_at - interval '1 hour'")

        def check(method, path, *args, **kwargs):
            asked.add((method, path))
            return self.check_answer(method, path, *args, **kwargs)

        for path in ("/healthz", "/readyz", "/openapi.json"):
            check("get", path)
        for query in ("", "?enhanced=true", "?explain=1&for=pro"):
            check("get", "/api/models", query)
        check("get", "/api/models/{id}", id=model)
        check("get", "/api/models/{id}", id="no/such", expected=404)
        one = check("get", "/api/admin/models/{id}", "?raw=1", id=model)["model"]
        edit = {"is_pro": True, "version": one["version"]}
        check("patch", "/api/admin/models/{id}", body=edit, id=model)
        check("patch", "/api/admin/models/{id}", body=dict(edit, is_pro=False), id=model, expected=409)
        many = [{"model_id": self.ids[1], "daily_limit": 7}, {"model_id": "no/such", "daily_limit": 7}]
        done = check("patch", "/api/admin/models", body={"updates": many[:1]})
        check("patch", "/api/admin/models", body={"updates": many}, expected=207)
        check("patch", "/api/admin/models", body={"updates": [{"model_id": model, "colour": 1}]}, expected=400)
        check("get", "/api/admin/changesets/{id}", id=done["changeset"])
        check("post", "/api/admin/changesets/{id}/undo", "?dry_run=1", {}, id=done["changeset"])
        check("post", "/api/admin/changesets/{id}/undo", body={}, id=done["changeset"])
        self.serve(catalogue([dict(entry, pricing={"prompt": "1", "completion": "2"}) for entry in self.entries]))
        check("post", "/api/admin/sync-models", body={})
        begun = check("post", "/api/admin/sync-models", "?async=1", {}, expected=202)["data"]["run"]
        check("get", "/api/admin/sync-models")
        self.wait_run(begun, "completed")
        cron = {"token": "the secret of the scheduler"}
        check("post", "/api/cron/sync-models", **cron)
        self.serve(catalogue([]))
        check("get", "/api/cron/sync-models", expected=409, **cron)
        held = check("get", "/api/admin/sync-logs")["items"][0]["run"]
        check("get", "/api/admin/sync-logs/{id}", id=held)
        check("post", "/api/admin/sync-logs/{id}/apply", "?dry_run=1", id=held)
        check("post", "/api/admin/sync-logs/{id}/discard", id=held)
        check("post", "/api/admin/sync-logs/{id}/apply", id=held, expected=409)
        for name in ("models", "changes", "audit", "alerts"):
            self.assertTrue(check("get", "/api/admin/" + name, "?all=1" * (name == "alerts"))["items"], name)
        alert = self.db.value("SELECT max(alert_id) FROM modelsync.alert")
        check("post", "/api/admin/alerts/acknowledge", body={"alerts": [int(alert)]})
        self.assertEqual(set(routes()) - asked, {("get", "/metrics")})

    def wait_run(self, run, state):
        wait_until(lambda: self.db.value("SELECT state FROM modelsync.run WHERE run_id = %d" % run) == state, 30)


if __name__ == "__main__":
    unittest.main()
