# SPDX-License-Identifier: MIT
"""The Models API as a front end uses it: lists, headers, conditions, changes, the database away."""
import gzip
import json
import os
import re
import shutil
import subprocess
import time
import unittest
from urllib.parse import quote

from models_case import SECRET, ModelsCase, mint, quick_mint, user_id
from modelsync_test import TOP, Cluster, Terminal, wait_until

ENTRY = ["id", "name", "description", "context_length", "pricing", "input_modalities",
         "output_modalities", "supported_parameters", "created"]


class ModelsApiTest(ModelsCase):
    def test_lists_of_each_tier(self):
        self.serve_models()
        counts = {"free": 4, "pro": 9, "enterprise": 13, "admin": 18}
        for who, count in counts.items():
            answer = self.get(who=who)
            self.assertEqual(list(answer.json), ["models"])
            self.assertEqual(answer.json["models"], self.allowed(who))
            self.assertEqual(answer.headers["X-Models-Count"], str(count))
            enhanced = self.get("/api/models?enhanced=true", who).json["models"]
            self.assertEqual([model["id"] for model in enhanced], answer.json["models"])
        self.assertEqual(self.shown_to(), self.shown_to("free"), "nobody counts as free")

    def test_enhanced_entries(self):
        self.db.psql("UPDATE public.model_access SET prompt_price = '0.000000123456789012345',"
                     " input_cache_read_price = '0.5', model_description = E'Ü \"x\"\\n'"
                     " WHERE model_id = '%s'" % self.ids[0])
        self.serve_models()
        model = next(model for model in self.get("/api/models?enhanced=true").json["models"]
                     if model["id"] == self.ids[0])
        self.assertEqual(list(model), ENTRY)
        self.assertEqual(model["pricing"], {
            "prompt": "0.000000123456789012345", "completion": "0.000002", "request": "0",
            "image": "0", "output_image": "0", "web_search": "0", "internal_reasoning": "0",
            "input_cache_read": "0.5"})
        self.assertEqual(model["description"], 'Ü "x"\n')
        self.assertEqual((model["created"], model["context_length"]), (1750000000, 8192))
        self.assertEqual(model["input_modalities"], ["text"])

    def test_headers(self):
        self.serve_models()
        for who, cache in ((None, "public, s-maxage=60"), ("pro", "private")):
            headers = self.get(who=who).headers
            self.assertEqual(headers["Cache-Control"], cache)
            self.assertEqual(headers["Vary"], "Authorization, Accept-Encoding")
            self.assertEqual(headers["X-Models-Source"], "database")
            self.assertEqual(headers["X-Enhanced-Mode"], "false")
            self.assertEqual(headers["Content-Type"], "application/json; charset=utf-8")
            self.assertRegex(headers["X-Response-Time"], r"^\d+\.\d{3}ms$")
            self.assertTrue(headers["X-Request-Id"])
            self.assertRegex(headers["ETag"], r'^"[0-9a-f]{32}"$')
        self.assertEqual(self.get("/api/models?enhanced=1").headers["X-Enhanced-Mode"], "true")
        self.assertEqual(self.get("/api/models?enhanced=false").headers["X-Enhanced-Mode"], "false")

    def test_compression(self):
        self.serve_models()
        plain = self.get("/api/models?enhanced=true", "pro")
        packed = self.get("/api/models?enhanced=true", "pro", headers={"Accept-Encoding": "br, gzip"})
        self.assertEqual(packed.headers["Content-Encoding"], "gzip")
        self.assertEqual(gzip.decompress(packed.body), plain.body)
        self.assertLess(len(packed.body), len(plain.body))
        self.assertNotEqual(packed.headers["ETag"], plain.headers["ETag"])
        refused = self.get(who="pro", headers={"Accept-Encoding": "gzip;q=0"})
        self.assertIsNone(refused.headers["Content-Encoding"])

    def test_conditions(self):
        self.serve_models()
        gzipped = {"Accept-Encoding": "gzip"}
        for extra in ({}, gzipped):
            tag = self.get(who="pro", headers=extra).headers["ETag"]
            for condition in (tag, "W/" + tag, '"x", ' + tag, "*"):
                again = self.get(who="pro", headers={**extra, "If-None-Match": condition})
                self.assertEqual((again.status, again.body), (304, b""))
                self.assertEqual(set(again.headers), {"Date", "ETag", "Cache-Control", "Vary", "X-Models-Source",
                                                      "X-Request-Id", "Content-Length"})
                self.assertEqual(again.headers["ETag"], tag)
            other = self.get(who="free", headers={**extra, "If-None-Match": tag})
            self.assertEqual(other.status, 200, "another tier, another list")

    def test_head_and_options(self):
        self.serve_models(HTTP_CORS_ORIGINS="https://app.example.org")
        got, head = self.get(who="pro"), self.get(who="pro", method="HEAD")
        self.assertEqual((head.status, head.body), (200, b""))
        for name in ("Content-Length", "ETag", "X-Models-Count"):
            self.assertEqual(head.headers[name], got.headers[name])
        origin = {"Origin": "https://app.example.org", "Access-Control-Request-Method": "GET"}
        options = self.ask("OPTIONS", "/api/models", headers=origin)
        self.assertEqual((options.status, options.headers["Allow"]), (204, "GET, HEAD, OPTIONS"))
        self.assertIn("Authorization", options.headers["Access-Control-Allow-Headers"])
        self.assertIn("X-Models-Count", self.get(headers=origin).headers["Access-Control-Expose-Headers"])
        self.check_error(self.ask("POST", "/api/models", {}), 405, "METHOD_NOT_ALLOWED")

    def test_one_model(self):
        odd = ("~vendor/odd:free", "vendor/with space+plus%", "vendor/a/b:c")
        self.db.psql("".join("UPDATE public.model_access SET model_id = '%s' WHERE model_id = '%s';"
                             % pair for pair in zip(odd, self.ids)))
        self.serve_models()
        every = {model["id"]: model for model in self.get("/api/models?enhanced=true").json["models"]}
        for name in odd:
            self.assertIn(name, every)
            for path in {quote(name, safe="/:~"), quote(name, safe="/"), quote(name, safe="")}:
                answer = self.get("/api/models/" + path)
                self.assertEqual((answer.status, answer.json), (200, every[name]), path)
                again = self.get("/api/models/" + path, headers={
                    "If-None-Match": answer.headers["ETag"]})
                self.assertEqual(again.status, 304)
        pro = next(name for name in self.shown_to("pro") if name not in every)
        self.assertEqual(self.get("/api/models/" + pro, "pro").status, 200)
        for name in (pro, "vendor/none", "..", "%2e%2e%2fetc"):
            self.check_error(self.get("/api/models/" + name), 404, "NOT_FOUND")
        self.assertEqual(self.get("/api/models/%ff").status, 400)

    def test_why_for_admins(self):
        self.serve_models()
        explained = self.get("/api/models?explain=1&for=pro", "admin")
        self.assertEqual(explained.status, 200, explained.text)
        shown = [model["id"] for model in explained.json["models"] if model["visible"]]
        self.assertEqual(shown, self.shown_to("pro"))
        self.assertEqual(len(explained.json["models"]), 20)
        own = self.get("/api/models?explain=true", "admin").json
        self.assertEqual(own["for"]["tier"], "admin")
        self.assertEqual(self.get("/api/models?explain=1&for=nobody", "admin").status, 400)
        for who in (None, "pro"):
            self.check_error(self.get("/api/models?explain=1", who), 403, "FORBIDDEN")

    def test_what_an_admin_grants_in_the_console_is_served(self):
        self.serve_models()
        model = next(name for name in self.ids if name not in self.shown_to("enterprise"))
        term = Terminal(self.db.program("id=" + model), env=self.db.environment(TERM="tmux-256color"))
        self.addCleanup(term.close)
        term.wait_for("1 of 20")
        term.send("S", "a", "E", "w")
        term.wait_for("Review")
        term.send("y")
        term.wait_for("1 row written")
        began = time.monotonic()
        wait_until(lambda: model in self.shown_to("enterprise"))
        self.assertLess(time.monotonic() - began, 2, "a second, on a machine at rest")
        self.assertNotIn(model, self.shown_to("pro"))
        term.send("u")
        term.wait_for("Undo changeset")
        term.send("y")
        wait_until(lambda: model not in self.shown_to("enterprise"))

    def test_changes_are_there_within_a_second(self):
        self.serve_models()
        model = self.shown_to("free")[0]
        for tier, sees in (("tier=pro", False), ("tier=free", True), ("status=disabled", False)):
            done = self.db.run("set", model, tier, "--yes")
            self.assertEqual(done.returncode, 0, done.stderr)
            began = time.monotonic()
            wait_until(lambda want=sees: (model in self.shown_to()) == want, 5)
            self.assertLess(time.monotonic() - began, 2, "a second, on a machine at rest")
        last = self.shown_to("pro")[-1]
        self.db.psql("UPDATE public.model_access SET model_name = '!' WHERE model_id = '%s'" % last)
        wait_until(lambda: self.shown_to("pro")[0] == last, 5)
        self.assertEqual(self.shown_to("pro"), self.allowed("pro"))

    def test_every_user_sees_what_the_database_says(self):
        self.db.psql("""
            INSERT INTO public.profiles (id, email, subscription_tier, account_type, is_banned)
            SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, n || '@example.org',
                (array['free', 'pro', 'enterprise', 'admin', NULL])[n % 5 + 1],
                CASE WHEN n % 97 = 0 THEN 'admin' ELSE 'user' END, n % 89 = 0
            FROM generate_series(1001, 11000) n""")
        self.serve_models()
        expected = {row["id"]: row["models"] for row in self.db.rows("""
            SELECT p.id, t.models FROM public.profiles p
            JOIN LATERAL (SELECT coalesce(json_agg(a.model_id), '[]') AS models
                FROM public.get_user_allowed_models(p.id) a) t ON true WHERE p.email ~ '^[0-9]'""")}
        self.assertEqual(len(expected), 10000)
        connection, banned = self.connect(), 0
        for user, allowed in expected.items():
            token = quick_mint(user)
            connection.request("GET", "/api/models", headers={"Authorization": "Bearer " + token})
            response = connection.getresponse()
            body = json.loads(response.read())
            banned += response.status == 403
            self.assertEqual([] if response.status == 403 else body["models"], allowed, user)
        self.assertEqual(banned, sum(n % 89 == 0 for n in range(1001, 11001)))

    def test_documented_examples(self):
        """Those of docs/http-api.md, as they stand there."""
        if not shutil.which("jq"):
            self.skipTest("jq is not installed")
        with open(os.path.join(TOP, "docs", "http-api.md"), encoding="utf-8") as file:
            text = file.read().partition("\n## Models API\n")[2].partition("\n## Admin API\n")[0]
        script = "".join(re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S))
        self.assertGreater(script.count("get "), 5)
        self.db.psql(re.search(r"^```sql\n(.*?)^```$", text, re.M | re.S)[1])
        self.serve_models()
        env = dict(os.environ, API="http://127.0.0.1:%d" % self.port, PROFILE=user_id("pro"),
                   SECRET=SECRET)
        done = subprocess.run(["bash", "-eu", "-o", "pipefail", "-c", script], env=env, timeout=120,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
                              check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        lines = done.stdout.splitlines()
        names = self.db.value("SELECT model_name FROM public.get_user_allowed_models('%s') LIMIT 1"
                              % user_id("pro"))
        self.assertEqual(lines[:4], self.allowed("free"))
        self.assertEqual(lines[4], "9")
        self.assertEqual(lines[-3:], [names, names, "304"])

    def test_two_daemons_agree(self):
        self.serve_models()
        ports = [self.port]
        self.serve_models()
        ports.append(self.port)
        tags = [self.get(who="pro", port=port).headers["ETag"] for port in ports]
        self.assertEqual(tags[0], tags[1])
        self.db.psql("UPDATE public.model_access SET is_pro = true WHERE status = 'active'")
        began = time.monotonic()
        wait_until(lambda: [self.shown_to("pro", port) for port in ports] == [self.allowed("pro")] * 2)
        self.assertLess(time.monotonic() - began, 3, "within a second, on a machine at rest")
        after = [self.get(who="pro", port=port).headers["ETag"] for port in ports]
        self.assertEqual(after[0], after[1])
        self.assertNotEqual(after[0], tags[0])


class DatabaseAwayTest(ModelsCase):
    """These stop the server, and have one of their own each."""

    def setUp(self):
        type(self).cluster = Cluster()
        self.addCleanup(self.cluster.close)
        super().setUp()

    def test_stale_lists_are_served_and_marked(self):
        daemon = self.serve_models()
        token, anonymous, pro = mint("pro"), self.shown_to(), self.shown_to("pro")
        self.cluster.control("stop")
        daemon.wait_log("event=database_away", 30)
        answer = self.get()
        self.assertEqual((answer.status, answer.json["models"]), (200, anonymous))
        self.assertEqual(answer.headers["X-Models-Source"], "cache")
        self.assertGreaterEqual(int(answer.headers["Age"]), 0)
        self.assertIn("110", answer.headers["Warning"])
        self.assertEqual(self.get(headers={"If-None-Match": answer.headers["ETag"]}).status, 304)
        # Whom it does not remember it does not guess; whom it does, for a few seconds.
        unknown = self.get(who="enterprise")
        self.check_error(unknown, 503, "SERVICE_UNAVAILABLE")
        self.assertTrue(unknown.headers["Retry-After"])
        wait_until(lambda: self.get(token=token).status == 503, 20)
        self.assertEqual(self.get(token="x").status, 401)
        self.assertEqual(self.ask("GET", "/healthz").status, 200)
        self.cluster.control("start", "--fast")
        wait_until(lambda: self.get(token=token).status == 200, 60)
        wait_until(lambda: self.get().headers["X-Models-Source"] == "database", 20)
        self.assertEqual(self.shown_to("pro"), pro)
        self.db.psql("UPDATE public.model_access SET is_free = true WHERE status = 'active'")
        wait_until(lambda: len(self.shown_to()) == 18, 5)

    def test_users_are_remembered_as_long_as_set(self):
        daemon = self.serve_models(AUTH_GRACE=600)
        pro = self.shown_to("pro")
        self.cluster.control("stop")
        daemon.wait_log("event=database_away", 30)
        end = time.monotonic() + 6
        while time.monotonic() < end:
            self.assertEqual(self.shown_to("pro"), pro)
            time.sleep(0.2)
        self.check_error(self.get(who="enterprise"), 503, "SERVICE_UNAVAILABLE")

    def test_without_a_database_from_the_start(self):
        self.cluster.control("stop")
        daemon = self.listen(wait=False, AUTH_SECRET=SECRET)
        daemon.wait_log("event=database_away", 30)
        for who in (None, "pro"):
            answer = self.get(who=who)
            self.check_error(answer, 503, "SERVICE_UNAVAILABLE")
            self.assertTrue(answer.headers["Retry-After"])
        reasons = {reason["what"] for reason in self.ask("GET", "/readyz").json["reasons"]}
        self.assertEqual(reasons, {"database", "models"})
        self.cluster.control("start", "--fast")
        self.wait_ready()
        self.assertEqual(len(self.shown_to("pro")), 9)


if __name__ == "__main__":
    unittest.main()
