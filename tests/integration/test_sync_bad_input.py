# SPDX-License-Identifier: MIT
"""Answers that are no catalogue: each leaves a category, a hint and a row, and no model changed."""
import json
import os
import unittest

from sync_case import SyncTestCase
from upstream_stub import Answer, Upstream, catalogue, model, models

HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head></html>"
GOOD = catalogue(models(30))
QUICK = {"UPSTREAM_RETRIES": 0}


def redirect(target):
    return Answer(302, headers={"Location": target})


# name, answer, settings, exit status, category, part of the message
FAILURES = [
    ("truncated_json", GOOD[:2000], {}, 1, "parse", "2000 bytes of application/json"),
    ("html", Answer(body=HTML, content_type="text/html"), {}, 1, "parse", "HTML (content-type text/html)"),
    ("html_called_json", HTML, {}, 1, "parse", "HTML"),
    ("empty_answer", b"", {}, 1, "parse", "empty"),
    ("text", Answer(body=b"maintenance", content_type="text/plain"), {}, 1, "parse", "maintenance"),
    ("escapes_in_text", b"\x1b]0;owned\x07\x1b[2Jno", {}, 1, "parse", "beginning: ]0;owned[2Jno"),
    ("invalid_utf8", b'{"data":[{"id":"a/b","name":"\xff"}]}', {}, 1, "parse", "invalid UTF-8 at byte 29 of 34"),
    ("raw_control_character", b'{"data":[{"id":"a/b","name":"a\x01b"}]}', {}, 1, "parse", "type json"),
    ("number_beyond_all_reason", b'{"data":[{"id":"a/b","name":"b","created":1e400000}]}', {}, 1, "parse",
     "the database cannot read the answer"),
    ("nul_byte", b'{"data":[]}\x00', {}, 1, "parse", "NUL byte at byte 11"),
    ("array", b"[]", {}, 1, "schema", "an object"),
    ("no_data", b'{"models":[]}', {}, 1, "schema", '"data" must be an array'),
    ("data_is_null", b'{"data":null}', {}, 1, "schema", "but is null"),
    ("error_object", b'{"error":{"code":500,"message":"down"}}', {}, 1, "schema", "list: down"),
    ("total_is_text", catalogue(models(30), total_count="30"), {}, 1, "schema", "total_count"),
    ("next_loops", catalogue(models(30), next="/api/v1/models"), {}, 1, "schema", "back to page 1"),
    ("next_leaves_host", catalogue(models(30), next="http://example.test/models"), {}, 1, "schema",
     "leaves the host: http://example.test/models"),
    ("redirect_leaves_host", redirect("https://example.test/login"), {}, 1, "http", "example.test/login"),
    ("redirect_to_file", redirect("file:///etc/passwd"), {}, 1, "http", "file:///etc/passwd"),
    ("redirects_in_circles", redirect("/api/v1/models"), {}, 1, "http", "more than 5 times"),
    ("http_400", Answer(400), {}, 1, "http", "HTTP 400"),
    ("http_401", Answer(401, b'{"error":{"message":"No auth"}}'), {}, 1, "auth", "No auth"),
    ("http_403", Answer(403), {}, 1, "auth", "HTTP 403"),
    ("http_404", Answer(404), {}, 1, "http", "HTTP 404"),
    ("http_429", Answer(429), QUICK, 1, "rate_limit", "HTTP 429"),
    ("wait_an_hour", Answer(429, headers={"Retry-After": "3600"}), {}, 1, "rate_limit", "wait 3600 s"),
    ("wait_a_year", Answer(503, headers={"Retry-After": "Wed, 21 Oct 2099 07:28:00 GMT"}), {}, 1,
     "http", "asks to wait"),
    ("http_503", Answer(503), {"UPSTREAM_RETRIES": 1}, 1, "http", "HTTP 503 Service Unavailable (attempt 2)"),
    ("closed_without_answer", Answer(raw=b""), QUICK, 1, "network", "Empty reply"),
    ("cut_off", Answer(body=GOOD, send_only=5000), QUICK, 1, "network", ""),
    ("cut_off_gzip", Answer(body=GOOD, gzip=True, send_only=300), QUICK, 1, "network", ""),
    ("cut_off_unnoticed", Answer(body=GOOD, no_length=True, send_only=5000), QUICK, 1, "parse", "5000 bytes"),
    ("not_gzip", Answer(body=GOOD, headers={"Content-Encoding": "gzip"}), QUICK, 1, "parse", ""),
    ("not_http", Answer(raw=b"220 mail.example ESMTP\r\n"), QUICK, 1, "http", ""),
    ("hanging", Answer(hang_before=True), {"UPSTREAM_TIMEOUT": 1}, 1, "timeout", "within 1 s (upstream.timeout)"),
    ("hanging_midway", Answer(body=GOOD, hang_after=4000), {"UPSTREAM_TIMEOUT": 1}, 1, "timeout",
     "4000 bytes of this page came"),
    ("over_the_cap", GOOD, {"UPSTREAM_MAX_BYTES": 4000}, 1, "too_large", "4000 bytes after decompression"),
    ("gzip_bomb", Answer(body=b'{"data":[' + b" " * 20_000_000, gzip=True), {"UPSTREAM_MAX_BYTES": 1000000}, 1,
     "too_large", "1000000 bytes after decompression"),
    ("endless", Answer(body=b" " * 65536, no_length=True, repeat_body=10000), {}, 1, "too_large", "67108864 bytes"),
]

# name, answer, rule of the guard
HOLDS = [
    ("empty_list", catalogue([]), "empty"),
    ("list_of_three", catalogue(models(3)), "max_missing_percent"),
    ("total_too_large", catalogue(models(30), total_count=300), "short_list"),
    ("total_too_small", catalogue(models(30), total_count=3), "short_list"),
    ("page_two_missing", catalogue(models(20), total_count=30), "max_missing_percent"),
    ("mostly_nonsense", catalogue(models(10) + [{"id": 5}] * 20, total_count=None), "max_invalid_percent"),
    ("duplicates_make_the_total", catalogue(models(15) * 2, total_count=30), "short_list"),
]


class BadAnswerTest(SyncTestCase):
    """One method per row of the tables above, made below."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = cls.cluster.database()

    def setUp(self):
        super().setUp()
        self.db = self.shared
        self.load_models(30)
        self.before = self.models_as_stored()

    def check_refusal(self, result, code, category):
        self.assertEqual((result.code, result["category"]), (code, category), result)
        self.assertEqual(self.models_as_stored(), self.before, "no model row may be written")
        row = self.last_run()
        self.assertEqual((row["run"], row["category"]), (result["run"], category), row)
        for text in (result["message"], row["message"], result.stderr):
            self.assertNotRegex(text, r"[\x00-\x09\x0b-\x1f\x7f]", "control characters")
        return row

    def check_failure(self, answer, settings, code, category, fragment):
        self.serve(answer)
        result = self.sync(**settings)
        row = self.check_refusal(result, code, category)
        self.assertIn(fragment, result["message"])
        self.assertIn(fragment, row["message"])
        self.assertEqual(row["state"], "failed")
        self.assertTrue(result["hint"], "a failed run says what to do")
        self.assertIn(result["hint"], result.stderr)
        self.assertEqual(self.db.value("SELECT count(*) FROM modelsync.lease WHERE run_id IS NOT NULL"), "0")

    def check_hold(self, answer, rule):
        self.serve(answer)
        result = self.sync()
        row = self.check_refusal(result, 5, "held")
        self.assertEqual((result["state"], row["state"]), ("held", "held"))
        self.assertIn(rule, [reason["rule"] for reason in result["guard"]])


def add_test(prefix, name, check, *values):
    def test(self):
        getattr(self, check)(*values)

    test.__name__ = "test_%s_%s" % (prefix, name)
    setattr(BadAnswerTest, test.__name__, test)


for failure in FAILURES:
    add_test("fails", failure[0], "check_failure", *failure[1:])
for hold in HOLDS:
    add_test("holds", hold[0], "check_hold", *hold[1:])


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

    def test_byte_order_mark(self):
        self.serve(b"\xef\xbb\xbf" + catalogue(models(2)))
        self.assertEqual(self.sync()["counts"]["added"], 2)

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

    def test_redirect_on_the_same_host(self):
        self.serve(Answer(308, headers={"Location": "/v2/models"}), GOOD)
        self.assertEqual(self.sync().code, 0)
        self.assertEqual(self.upstream.requests[1][0], "/v2/models")


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

    def test_self_signed_certificate(self):
        with Upstream([GOOD], tls=True) as upstream:
            result = self.sync(UPSTREAM_URL=upstream.url)
            self.assertEqual((result.code, result["category"]), (1, "tls"), result)
            self.assertEqual(self.last_run()["category"], "tls")
            result = self.sync(UPSTREAM_URL=upstream.url, UPSTREAM_CA_FILE=upstream.ca_file)
            self.assertEqual(result.code, 0, result)
            wrong_name = upstream.url.replace("127.0.0.1", "localhost")
            result = self.sync("--from", wrong_name, UPSTREAM_CA_FILE=upstream.ca_file)
            self.assertEqual((result.code, result["category"]), (1, "tls"), result)

    def test_unreachable_upstream(self):
        for url, category in (
            ("http://127.0.0.1:1/models", "network"),
            ("http://no-such-host.invalid/models", "network"),
            ("ftp://127.0.0.1/models", "config"),
        ):
            result = self.sync(UPSTREAM_URL=url, UPSTREAM_RETRIES=0)
            self.assertEqual(result["category"], category, result)
            self.assertEqual(self.last_run()["category"], category)


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
