# SPDX-License-Identifier: MIT
"""audit, db quality, why and the figures of status: what an admin looks at to know why and whether."""
import json
import re
import shlex
import unittest

from modelsync_test import ClusterTestCase


def model(name, prompt="0.000001", **more):
    entry = {
        "id": "vendor/" + name,
        "name": "Vendor: " + name,
        "created": 1760000000,
        "context_length": 128000,
        "architecture": {"modality": "text->text", "input_modalities": ["text"],
                         "output_modalities": ["text"], "tokenizer": "Other"},
        "pricing": {"prompt": prompt, "completion": prompt},
        "top_provider": {"max_completion_tokens": 4096, "is_moderated": False},
    }
    entry.update(more)
    return entry


BASE = [model("m%02d" % number) for number in range(12)] + [
    model("zero", "0"),
    model("var", "-1"),
    model("none", pricing={}),
    model("ends", expiration_date="2020-01-01"),
]


class InsightTestCase(ClusterTestCase):
    def synced(self):
        db = self.database()
        self.sync(db, BASE)
        return db

    def sync(self, db, models):
        self.ok(db, "sync", "--force", "--from", "-", stdin=json.dumps({"data": models}))

    def ok(self, db, *arguments, stdin=""):
        done = db.run(*arguments, stdin=stdin)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def json(self, db, *arguments):
        return json.loads(self.ok(db, *arguments, "--json"))

    def fails(self, db, code, *arguments):
        done = db.run(*arguments)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def decide(self, db, *arguments):
        self.ok(db, "set", *arguments, "--yes")


class AuditTest(InsightTestCase):
    def tamper(self, db, sql):
        """As a superuser would, with all triggers off."""
        db.psql("SET session_replication_role = replica; " + sql)

    def test_list(self):
        db = self.synced()
        self.decide(db, "vendor/m01", "status=active", "--reason", "a good one")
        self.decide(db, "vendor/m02", "tier=+pro")
        out = self.ok(db, "audit").splitlines()
        self.assertEqual([line.split()[0] for line in out], ["ENTRY", "3", "2", "1"])
        self.assertRegex(out[2], r"edit +done +modelsync( \(\S+\))?/cli .*a good one")
        entries = self.json(db, "audit")
        self.assertEqual([e["audit_id"] for e in entries], [3, 2, 1])
        self.assertLessEqual({"at", "action", "outcome", "changeset", "run", "os_user", "hash"},
                             set(entries[0]))
        self.assertEqual([e["audit_id"] for e in self.json(db, "audit", "m01")], [2, 1])
        self.assertEqual([e["audit_id"] for e in self.json(db, "audit", "status:active", "--limit", "1")], [2])
        self.assertEqual(self.json(db, "audit", "no-such-model"), [])
        self.assertEqual(self.json(db, "audit", "--since", "2100-01-01"), [])
        self.assertIn("did you mean", self.fails(db, 2, "audit", "stats:new"))
        self.fails(db, 2, "audit", "--limit", "0")

    def test_verify(self):
        db = self.synced()
        self.decide(db, "vendor/m01", "status=active")
        self.decide(db, "vendor/m02", "status=active")
        out = self.ok(db, "audit", "verify")
        self.assertIn("3 entries, all as they were written", out)
        head = re.search("^head ([0-9a-f]{64})$", out, re.MULTILINE).group(1)
        self.assertIn("audit head  %s (entry 3)" % head, self.ok(db, "status"))
        self.assertEqual(self.json(db, "status")["audit_head"], {"audit_id": 3, "hash": head})
        self.decide(db, "vendor/m03", "status=active")
        self.assertIn("that of entry 3", self.ok(db, "audit", "verify", "--head", head.upper()))

        self.tamper(db, "UPDATE modelsync.audit SET reason = 'x' WHERE audit_id = 2")
        self.assertRegex(self.fails(db, 1, "audit", "verify"), r"entry 2 \(20\d\d-.* UTC\) changed: ")
        verdict = json.loads(self.fails(db, 1, "audit", "verify", "--json"))
        self.assertEqual((verdict["ok"], verdict["problems_total"], verdict["entries"]), (False, 2, 4))
        self.assertEqual([(p["audit_id"], p["kind"]) for p in verdict["problems"]],
                         [(2, "changed"), (2, "changes")])

    def test_verify_finds_a_changed_change(self):
        db = self.synced()
        self.tamper(db, "UPDATE modelsync.change SET new = '{}' WHERE model_id = 'vendor/m01'")
        self.assertIn("the changes of changeset 1 are not those", self.fails(db, 1, "audit", "verify"))

    def test_verify_with_head_finds_a_cut(self):
        db = self.synced()
        self.decide(db, "vendor/m01", "status=active")
        head = self.json(db, "status")["audit_head"]["hash"]
        self.tamper(db, "DELETE FROM modelsync.audit WHERE audit_id = 2;"
                    "DELETE FROM modelsync.change WHERE changeset_id = 2;"
                    "DELETE FROM modelsync.changeset WHERE changeset_id = 2;"
                    "UPDATE modelsync.audit_head SET audit_id = 1,"
                    " hash = (SELECT hash FROM modelsync.audit WHERE audit_id = 1)")
        self.ok(db, "audit", "verify")
        self.assertIn("cut off", self.fails(db, 1, "audit", "verify", "--head", head))

    def test_verify_of_nothing(self):
        db = self.database()
        self.assertIn("0 entries, all as they were written", self.ok(db, "audit", "verify"))
        self.assertNotIn("audit head", db.run("status").stdout)
        self.assertIn("not a hash", self.fails(db, 2, "audit", "verify", "--head", "abc"))
        self.assertIn("audit verify", self.ok(db, "audit", "--help"))


class QualityTest(InsightTestCase):
    def spoiled(self):
        db = self.synced()
        self.decide(db, "vendor/m00", "status=active")
        self.decide(db, "id=vendor/m01", "status=disabled", "tier=+pro")
        self.decide(db, "m02 OR zero OR var OR none", "tier=+free")
        self.decide(db, "ends", "status=active", "tier=+pro")
        self.sync(db, [m for m in BASE if m["id"] not in ("vendor/m03", "vendor/m04")])
        db.psql("UPDATE public.model_access SET created_at = now() - interval '8 days' WHERE model_id = 'vendor/m05';"
                "UPDATE public.model_access SET missing_since = now() - interval '40 days' WHERE model_id = 'vendor/m03';"
                "UPDATE public.model_access SET status = 'active' WHERE model_id = 'vendor/m04';"
                "UPDATE public.model_access SET status = 'active', restore_status = NULL WHERE model_id = 'vendor/m04';"
                "UPDATE public.model_access SET request_price = 'x' WHERE model_id = 'vendor/m06';"
                "UPDATE public.model_access SET canonical_slug = 's' WHERE model_id IN ('vendor/m07', 'vendor/m08');"
                "UPDATE public.model_access SET alias_target = 'gone' WHERE model_id = 'vendor/m09';"
                "INSERT INTO public.model_access (model_id, model_name, pricing) VALUES ('Vendor/M10', 'X', '{\"prompt\": \"0\", \"completion\": \"0\"}')")
        return db

    def test_suggested_filters_find_the_same_models(self):
        db = self.spoiled()
        findings = self.json(db, "db", "quality")["findings"]
        self.assertEqual(len(findings), int(db.value("SELECT count(*) FROM modelsync.quality_check")))
        for finding in findings:
            rows = self.ok(db, "models", finding["filter"], "--format", "csv", "--columns", "id").split()
            found = db.value("SELECT count(*) FROM modelsync.finding WHERE check_name = '%s'" % finding["check"])
            self.assertEqual(len(rows) - 1, finding["count"], finding)
            self.assertEqual(str(finding["count"]), found)
            self.assertLessEqual(set(finding["examples"]), set(rows))

    def test_suggested_commands_work(self):
        db = self.spoiled()
        for finding in self.json(db, "db", "quality")["findings"]:
            command = shlex.split(finding["suggestion"][finding["suggestion"].index("modelsync-tui "):])
            more = ["--dry-run"] if command[1] == "set" else []
            self.ok(db, *command[1:], *more)

    def test_in_words(self):
        db = self.spoiled()
        out = self.ok(db, "db", "quality")
        self.assertRegex(out, r"error +free_tier_paid +2\n +models that cost .*modelsync-tui set 'is:paidfree"
                         r".*\n +vendor/m02, vendor/none\n")
        self.assertIn("13 found something", out)
        self.assertIn("0 found something", self.ok(self.database(), "db", "quality"))

    def test_runs_keep_the_counts(self):
        db = self.spoiled()
        self.sync(db, BASE)
        run = self.json(db, "history")[0]
        self.assertEqual(run["quality"]["free_tier_variable"], 1)
        status = self.json(db, "status")
        self.assertEqual(status["last_completed"]["quality"], run["quality"])
        self.assertRegex(self.ok(db, "status"),
                         r"quality     .*free_tier_variable 1.* as of run %d; see db quality" % run["run"])

    def test_figures(self):
        db = self.synced()
        figures = self.json(db, "status")["figures"]
        self.assertEqual((figures["completed"], figures["failed"], figures["success_rate"]), (1, 0, 100))
        self.sync(db, BASE + [model("later")])
        out = self.ok(db, "status")
        self.assertIn("success     100.0 % of the runs of 30 days (target 99.9 %)", out)
        self.assertIn("runs        2 completed, 0 failed, 0 held, 0 cancelled in 30 days", out)
        self.assertIn("new models  1 of 1 here within 24 hours", out)


class WhyTest(InsightTestCase):
    def test_tier_and_user(self):
        db = self.synced()
        db.psql("INSERT INTO public.profiles (id, email, subscription_tier) VALUES"
                " ('00000000-0000-0000-0000-000000000001', 'pro@example.com', 'pro')")
        self.decide(db, "id=vendor/m01", "status=active", "tier=+pro", "--reason", "good value")
        out = self.ok(db, "why", "vendor/m01", "pro")
        self.assertIn("vendor/m01 is visible to pro\n", out)
        self.assertRegex(out, r"yes +status +active +20\S+ \S+ by modelsync( \(\S+\))?/cli, edit, changeset 2: good value")
        self.assertRegex(out, r"no +tier free +not granted .*sync, changeset 1")
        self.assertRegex(out, r"yes +tier pro +granted .*changeset 2: good value")
        self.assertIn("vendor/m01 is not visible to free", self.ok(db, "why", "vendor/m01", "free"))
        answer = self.json(db, "why", "vendor/m01", "PRO@example.com")
        self.assertTrue(answer["visible"])
        self.assertEqual(answer["for"]["user"], "00000000-0000-0000-0000-000000000001")
        self.assertEqual([s["step"] for s in answer["chain"]],
                         ["user", "presence", "status", "tier free", "tier pro"])
        self.assertRegex(self.ok(db, "why", "vendor/m01", "nobody@example.com"),
                         r"is not visible to nobody@example.com\n(.*\n)*yes +user +has no profile")

    def test_mistakes(self):
        db = self.synced()
        self.assertIn("there is no model vendor/x", self.fails(db, 1, "why", "vendor/x", "pro"))
        self.assertIn("neither a tier", self.fails(db, 1, "why", "vendor/m01", "gold"))
        self.fails(db, 2, "why", "vendor/m01")


if __name__ == "__main__":
    unittest.main()
