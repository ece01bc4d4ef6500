# SPDX-License-Identifier: MIT
"""Bad models among good ones, what only looks bad, secrets, and files."""
import json
import os
import unittest

from sync_case import SyncTestCase
from upstream_stub import Answer, Upstream, catalogue, model, models

GOOD = catalogue(models(30))
LONG_ID = "vendor/" + "x" * 94

# name, the entry, path of the finding, part of its message
BAD_MODELS = [
    ("id_too_long", model(LONG_ID), "id", "101 characters"),
    ("id_without_vendor", model("lonely"), "id", ""),
    ("id_missing", model("vendor/new", id=None), "id", ""),
    ("id_number", model("vendor/new", id=7), "id", ""),
    ("name_missing", model("vendor/model-001", name=None), "name", ""),
    ("name_too_long", model("vendor/model-001", name="x" * 256), "name", "256"),
    ("context_too_large", model("vendor/model-001", context_length=3e9), "context_length", "3000000000"),
    ("context_fraction", model("vendor/model-001", context_length=1000000.5), "context_length", "1000000.5"),
    ("context_text", model("vendor/model-001", context_length="8192"), "context_length", "string"),
    ("context_negative", model("vendor/model-001", context_length=-1), "context_length", "-1"),
    ("price_word", model("vendor/model-001", pricing={"prompt": "abc"}), "pricing.prompt", '"abc"'),
    ("price_negative", model("vendor/model-001", pricing={"prompt": "-0.5"}), "pricing.prompt", "negative"),
    ("price_escapes", model("vendor/model-001", pricing={"prompt": "\x1b[2J"}), "pricing.prompt", "[2J"),
    ("price_list", model("vendor/model-001", pricing={"prompt": []}), "pricing.prompt", "array"),
    ("pricing_missing", model("vendor/model-001", pricing="free"), "pricing", ""),
    ("modalities_text", model("vendor/model-001", architecture={"input_modalities": "text"}),
     "architecture.input_modalities", ""),
    ("duplicate", model("vendor/model-002", name="Second of that id"), "id", "appears again"),
    ("no_object", 5, "", "number"),
]


class BadModelTest(SyncTestCase):
    """One bad model among good ones is skipped, keeps its row and does not count as missing."""

    def setUp(self):
        super().setUp()
        self.entries = self.load_models(40)
        self.decide("vendor/model-001", status="active")

    def by_id(self):
        return {row["model_id"]: row for row in self.db.rows("SELECT * FROM modelsync.model")}

    def check(self, entry, path, fragment):
        before = self.by_id()
        changed = dict(self.entries[5], context_length=9000)
        replaced = {changed["id"], "vendor/model-001" if is_of_model_001(entry) else None}
        good = [e for e in self.entries if e["id"] not in replaced]
        self.serve(catalogue(good + [changed, entry], total_count=None))
        result = self.sync()
        self.assertEqual((result.code, result["state"]), (0, "completed"), result)
        findings = result["findings"]
        self.assertEqual({finding["index"] for finding in findings}, {len(good) + 1}, "one entry is bad")
        self.assertEqual(findings[0]["path"] or "", path)
        self.assertIn(fragment, findings[0]["message"])
        self.assertNotRegex(json.dumps(findings, ensure_ascii=False), "\x1b")
        self.assertEqual(result["counts"]["updated"], 1, "the good ones are synced all the same")
        after = self.by_id()
        before.pop(changed["id"])
        self.assertEqual(after.pop(changed["id"])["context_length"], 9000)
        self.assertEqual(after, before, "all others stay as they are")
        self.assertEqual(self.last_run()["findings"], findings)


def is_of_model_001(entry):
    return isinstance(entry, dict) and entry.get("id") == "vendor/model-001"


def add_model_test(name, *values):
    def test(self):
        self.check(*values)

    test.__name__ = "test_skips_%s" % name
    setattr(BadModelTest, test.__name__, test)


for bad_model in BAD_MODELS:
    add_model_test(*bad_model)


class HarmlessTest(SyncTestCase):
    """What looks bad and is not."""

    def test_escape_sequences_are_removed_from_names(self):
        self.serve(catalogue([model("a/b", name="A\x1b[31m: \u202eB\u0007\x00", description="x\x1b]0;y\x07z")]))
        result = self.sync()
        self.assertEqual(result.code, 0, result)
        self.assertEqual(result["findings"], [])
        stored = self.db.rows("SELECT model_name, model_description FROM model_access")[0]
        self.assertEqual(stored["model_name"].replace("\ufffd", ""), "A[31m: B")
        self.assertNotRegex(stored["model_description"], r"[\x00-\x1f]")

    def test_half_a_surrogate_pair(self):
        self.serve(b'{"data":[{"id":"a/b","name":"A: \\ud83d!","pricing":{"prompt":"1"}}]}')
        self.assertEqual(self.sync().code, 0)
        self.assertEqual(self.row("a/b")["name"], "A: \ufffd!")

    def test_retries_until_it_works(self):
        self.serve(Answer(503), Answer(raw=b""), Answer(429, headers={"Retry-After": "1"}), GOOD)
        result = self.sync(UPSTREAM_RETRIES=3)
        self.assertEqual((result.code, result["counts"]["added"]), (0, 30), result)
        self.assertEqual(len(self.upstream.requests), 4)
        self.assertGreaterEqual(result["timing_ms"]["fetch"], 1000)

    def test_pages(self):
        every = models(30)
        self.serve(
            Answer(body=catalogue(every[:10], 30, "/api/v1/models?offset=10&limit=10"), gzip=True),
            catalogue(every[10:20], 30, self.upstream.url + "?offset=20&limit=10"),
            catalogue(every[20:], 30),
        )
        result = self.sync()
        self.assertEqual((result.code, result["counts"]["added"]), (0, 30), result)
        paths = [path for path, _ in self.upstream.requests]
        self.assertEqual(paths[1:], ["/api/v1/models?offset=10&limit=10", "/api/v1/models?offset=20&limit=10"])


class SecretTest(SyncTestCase):
    KEY = "sk-or-v1-0123456789abcdef"

    def test_key_goes_to_upstream_only(self):
        self.serve(GOOD)
        self.assertEqual(self.sync(UPSTREAM_API_KEY=self.KEY).code, 0)
        self.assertEqual(self.upstream.requests[0][1]["Authorization"], "Bearer " + self.KEY)
        with Upstream([GOOD]) as other:
            self.assertEqual(self.sync("--from", other.url, UPSTREAM_API_KEY=self.KEY).code, 0)
            self.assertNotIn("Authorization", other.requests[0][1])
        self.assertEqual(self.sync("--from", self.upstream.url + "?x", UPSTREAM_API_KEY=self.KEY).code, 0)
        self.assertEqual(self.upstream.requests[1][1]["Authorization"], "Bearer " + self.KEY)

    def test_key_from_a_file(self):
        path = self.cluster.scratch.file("key")
        with open(path, "w", encoding="ascii") as file:
            file.write(self.KEY + "\n")
        os.chmod(path, 0o600)
        self.serve(GOOD)
        result = self.sync(UPSTREAM_API_KEY_FILE=path)
        self.assertEqual(result.code, 0, result)
        self.assertEqual(self.upstream.requests[0][1]["Authorization"], "Bearer " + self.KEY)

    def test_nothing_shows_secrets(self):
        self.serve(Answer(401, b"the key %s is unknown" % self.KEY.encode()))
        url = self.upstream.url.replace("://", "://user:hunter2@") + "?token=hunter3"
        result = self.sync(UPSTREAM_API_KEY=self.KEY, UPSTREAM_URL=url)
        self.assertEqual((result.code, result["category"]), (1, "auth"), result)
        stored = self.db.value("SELECT r::text FROM modelsync.run r")
        for text in (json.dumps(result.report), result.stderr, stored):
            for secret in (self.KEY, "hunter2", "hunter3"):
                self.assertNotIn(secret, text)
        self.assertIn("token=hunter3", self.upstream.requests[0][0], "but it is sent")


class FileTest(SyncTestCase):
    def test_bad_file_leaves_a_row(self):
        result = self.sync("--from", self.file(GOOD[:1000]))
        self.assertEqual((result.code, result["category"]), (1, "parse"), result)
        self.assertEqual(self.last_run()["category"], "parse")

    def test_missing_file_is_no_run(self):
        result = self.sync("--from", "/does/not/exist.json")
        self.assertEqual(result.code, 2, result)
        self.assertIn("/does/not/exist.json: cannot open", result.stderr)
        self.assertEqual(self.run_count(), 0)

    def test_standard_input(self):
        result = self.sync("--from", "-", stdin=GOOD.decode())
        self.assertEqual((result.code, result["counts"]["added"]), (0, 30), result)
        self.assertEqual(self.last_run()["trigger"], "file")

    def test_one_page_of_several(self):
        result = self.sync("--from", self.file(catalogue(models(5), next="/api/v1/models?offset=5")))
        self.assertEqual((result.code, result["category"]), (1, "schema"), result)


if __name__ == "__main__":
    unittest.main()
