# SPDX-License-Identifier: MIT
"""Rules of the configuration: what they do after a sync, before it, and on request."""
import json
import signal
import subprocess
import time
import unittest

from modelsync_test import Database, wait_until
from sync_case import SyncTestCase
from upstream_stub import catalogue, model, models

FREE = {"prompt": "0", "completion": "0"}
RULES = """
rules = (
  { name = "free models"; match = "is:free -is:alias"; status = "active"; tiers = "free+pro+enterprise"; },
  { name = "gift"; match = "provider:gift"; status = "active"; tiers = "free"; },
  { name = "cheap"; match = "provider:vendor price<5"; status = "active"; tiers = "pro+enterprise";
    daily_limit = 100; }
);
"""
WAITING = "SELECT count(*) FROM modelsync.rules_waiting()"
# A session that inserts a changeset of rules waits for whoever holds the lock.
PAUSE = """
    CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock(42); RETURN new; END $$;
    CREATE TRIGGER pause BEFORE INSERT ON modelsync.changeset FOR EACH ROW
        WHEN (new.kind = 'rules') EXECUTE FUNCTION pause();
"""
PAUSED = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()"


def house():
    """New models of all sorts: one for each rule, and one for none."""
    return [
        model("vendor/nothing", pricing=FREE),
        model("vendor/little"),
        model("gift/paid"),
        model("other/dear", pricing={"prompt": "0.01", "completion": "0.02"}),
    ]


class RulesCase(SyncTestCase):
    def setUp(self):
        super().setUp()
        self.configuration = self.configure(RULES)

    def configure(self, text, name="rules.conf"):
        path = self.cluster.scratch.file(name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def sync(self, *arguments, **settings):
        return super().sync("--config", self.configuration, *arguments, **settings)

    def start_sync(self, *arguments, **settings):
        return super().start_sync("--config", self.configuration, *arguments, **settings)

    def rules(self, *arguments):
        return self.db.run("--config", self.configuration, "rules", *arguments)

    def taken(self, result):
        """What the report of a sync says of each rule: {name: (models, refused)}."""
        return {r["rule"]: (r["ids"], r["refused_ids"]) for r in result["rules"]["by_rule"]}

    def decided(self):
        """The models that are not as a sync adds them: {id: (status, tiers)}."""
        rows = self.db.rows("SELECT * FROM modelsync.model")
        decided = {}
        for row in rows:
            tiers = "".join(t[3] for t in ("is_free", "is_pro", "is_enterprise") if row[t])
            if (row["status"], tiers) != ("new", ""):
                decided[row["model_id"]] = (row["status"], tiers)
        return decided

    def waiting(self):
        return int(self.db.value(WAITING))


class AfterSyncTest(RulesCase):
    def test_new_models_are_decided(self):
        result = self.load(house())
        self.assertEqual(self.taken(result), {
            "free models": (["vendor/nothing"], []),
            "gift": ([], ["gift/paid"]),
            "cheap": (["vendor/little"], []),
        })
        self.assertEqual((result["rules"]["models"], result["rules"]["unmatched"]), (4, 1))
        self.assertEqual(self.decided(), {
            "vendor/nothing": ("active", "fpe"), "vendor/little": ("active", "pe")})
        self.assertEqual(self.row("vendor/little")["daily_limit"], 100)
        self.assertEqual(self.last_run()["rules"], result["rules"], "the history has it, too")
        self.assertEqual(self.waiting(), 0)

    def test_every_grant_names_its_rule(self):
        result = self.load(house())
        why = json.loads(self.db.run("why", "vendor/little", "pro", "--json").stdout)
        self.assertTrue(why["visible"])
        for step in why["chain"]:
            if step["passes"]:
                self.assertEqual(step["decision"]["rule"], "cheap", step)
        self.assertIn("rule cheap", self.db.run("why", "vendor/little", "pro").stdout)
        lines = self.db.run("events", "--run", str(result["run"]), "--json").stdout.splitlines()
        events = [json.loads(line) for line in lines]
        self.assertEqual(
            {(e["model_id"], e["rule"]) for e in events if e["type"] == "tiers_changed"},
            {("vendor/nothing", "free models"), ("vendor/little", "cheap")})
        self.assertIn("rule: cheap", self.db.run("events", "vendor/little").stdout)
        self.assertEqual(self.db.run("audit", "verify").returncode, 0)

    def test_dry_run_says_what_then_happens(self):
        self.load(models(20))
        later = models(20) + house()
        # One more that waits: whoever runs SQL has no rules.
        self.db.psql("SELECT sync_openrouter_models('%s')"
                     % json.dumps(models(20) + [model("sql/waits", pricing=FREE)]))
        before = self.models_as_stored()
        foreseen = self.sync("--dry-run", "--from", self.file(
            catalogue(later + [model("sql/waits", pricing=FREE)])))
        self.assertEqual((foreseen.code, foreseen["state"]), (0, "preview"), foreseen)
        self.assertEqual(self.models_as_stored(), before, "nothing is written")
        self.assertEqual(self.waiting(), 1)
        done = self.load(later + [model("sql/waits", pricing=FREE)])
        self.assertGreater(done["rules"].pop("changeset"), 0)
        self.assertIsNone(foreseen["rules"].pop("changeset"))
        self.assertEqual(foreseen["rules"], done["rules"])
        self.assertEqual(self.taken(done)["free models"][0], ["sql/waits", "vendor/nothing"])

    def test_existing_models_are_left(self):
        self.configuration = self.configure("", "none.conf")
        result = self.load(house())
        self.assertNotIn("rules", {k for k, v in result.report.items() if v})
        self.assertEqual(self.waiting(), 0, "without rules nothing waits for them")
        self.configuration = self.configure(RULES)
        result = self.load(house() + [model("vendor/later")])
        self.assertEqual(self.taken(result), {"cheap": (["vendor/later"], [])})
        self.assertEqual(set(self.decided()), {"vendor/later"})

    def test_undone_grants_do_not_come_back(self):
        result = self.load(house())
        done = self.db.run("undo", str(result["rules"]["changeset"]), "--yes")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.decided(), {})
        again = self.load(house())
        self.assertIsNone(again.report.get("rules"))
        self.load(house()[1:])
        self.load(house())
        self.assertEqual(self.decided(), {})

    def test_returning_models_are_not_new(self):
        self.load(house() + models(30, "many/"))
        self.decide("vendor/little", status="inactive", is_pro=False)
        gone = [m for m in house() if m["id"] != "vendor/little"] + models(30, "many/")
        self.load(gone)
        result = self.sync("--from", self.file(catalogue(house() + models(30, "many/"))),
                           SYNC_RETURNING="review")
        self.assertEqual(result["counts"]["returned"], 1)
        self.assertIsNone(result.report.get("rules"))
        self.assertEqual(self.row("vendor/little")["status"], "new", "for an admin to review")
        self.assertFalse(self.row("vendor/little")["is_pro"])

    def test_held_catalogues(self):
        self.load(models(40))
        self.serve(catalogue(house() + models(20)))
        held = self.sync()
        self.assertEqual((held.code, held["state"]), (5, "held"), held)
        self.assertEqual(self.waiting(), 0)
        foreseen = self.sync("--apply-held", str(held["hold"]), "--dry-run")
        self.assertEqual(set(self.taken(foreseen)), {"free models", "gift", "cheap"})
        self.assertEqual(self.decided().keys() & {"vendor/little"}, set())
        done = self.sync("--apply-held", str(held["hold"]))
        self.assertEqual(self.taken(done), self.taken(foreseen))
        self.assertEqual(self.row("vendor/little")["status"], "active")

    def test_twenty_thousand(self):
        entries = models(10000) + [model("free/%d" % i, pricing=FREE) for i in range(10000)]
        path = self.file(catalogue(entries))
        foreseen = self.sync("--dry-run", "--from", path)
        began = time.monotonic()
        done = self.sync("--from", path)
        with_rules = time.monotonic() - began
        self.assertEqual([r["models"] for r in done["rules"]["by_rule"]], [10000, 10000])
        self.assertEqual(foreseen["rules"]["by_rule"], done["rules"]["by_rule"])
        self.assertEqual(len(done["rules"]["by_rule"][0]["ids"]), 1000, "and lists some of them")
        self.assertEqual(self.db.value(
            "SELECT count(*) FROM model_access WHERE status = 'active'"), "20000")
        self.db = self.database()
        self.configuration = self.configure("", "none.conf")
        began = time.monotonic()
        self.sync("--from", path)
        self.assertLess(with_rules, 6 * (time.monotonic() - began), "next to a sync without rules")


class InterruptionTest(RulesCase):
    def setUp(self):
        super().setUp()
        self.path = self.file(catalogue(house()))
        self.db.psql(PAUSE)
        self.lock = subprocess.Popen(
            self.db.psql_command(), env=self.cluster.scratch.environment(),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        self.addCleanup(self.end, self.lock)
        self.lock.stdin.write("SELECT pg_advisory_lock(42);\n\\echo locked\n")
        self.lock.stdin.flush()
        while self.lock.stdout.readline() != "locked\n":
            pass

    def start_paused(self):
        process = self.start_sync("--from", self.path)
        backend = wait_until(lambda: self.db.value(PAUSED), message="rules to be written")
        self.assertEqual(self.last_run()["state"], "completed", "the sync itself is done")
        return process, backend

    def go_on(self):
        self.lock.communicate("")

    def check_next_run(self):
        self.assertEqual(self.waiting(), 4)
        self.assertEqual(self.decided(), {})
        self.go_on()
        result = self.load(house())
        self.assertEqual(result["counts"]["added"], 0)
        self.assertEqual(result["rules"]["models"], 4)
        self.assertEqual(set(self.decided()), {"vendor/nothing", "vendor/little"})

    def test_killed(self):
        process, backend = self.start_paused()
        process.kill()
        self.db.psql("SELECT pg_terminate_backend(%s)" % backend)
        wait_until(lambda: not self.db.value(PAUSED), message="the backend to end")
        self.check_next_run()

    def test_cancelled(self):
        process, _ = self.start_paused()
        process.send_signal(signal.SIGINT)
        result = self.finish(process)
        self.assertEqual((result.code, result["state"]), (4, "completed"), result)
        self.assertIn("cancel", result["rules"]["problem"])
        self.assertEqual(result["rules"]["waiting"], 4)
        self.check_next_run()

    def test_an_admin_decides_meanwhile(self):
        process, _ = self.start_paused()
        # The models are locked by now: whoever decides waits, and finds a newer version.
        edit = subprocess.Popen(
            self.db.program("set", "id=vendor/little", "status=disabled", "--yes", "--json"),
            env=self.db.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        wait_until(lambda: self.db.value(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND wait_event <> 'advisory' AND datname = current_database()") == "1",
            message="the edit to wait")
        self.go_on()
        self.assertEqual(self.finish(process).code, 0)
        out, err = edit.communicate(timeout=20)
        self.assertEqual((edit.returncode, json.loads(out)["conflicts"]), (4, 1), err)
        self.assertEqual(self.row("vendor/little")["status"], "active")


class RolesTest(RulesCase):
    def setUp(self):
        super().setUp()
        self.owner = self.db

    def become(self, name, role):
        """Goes on as a login with that role."""
        done = self.owner.run("db", "grant", name, role, "--create")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.owner.psql("ALTER ROLE %s PASSWORD 'x'" % name)
        self.addCleanup(self.owner.psql, "DROP ROLE %s" % name)
        self.db = Database(self.owner.cluster, self.owner.name)
        self.db.conninfo += " user=%s password=x" % name

    def test_service_applies_rules_to_what_it_syncs(self):
        self.become("rulebot", "service")
        result = self.load(house())
        self.assertEqual(set(self.taken(result)), {"free models", "gift", "cheap"})
        self.assertEqual(set(self.decided()), {"vendor/nothing", "vendor/little"})
        self.owner.run("set", "id=vendor/little", "status=new", "--yes")
        self.assertEqual(self.rules("apply", "--yes").returncode, 5, "other decisions are for admins")
        self.assertEqual(self.row("vendor/little")["status"], "new")

    def test_viewer_foresees_them(self):
        self.become("ruleviewer", "viewer")
        foreseen = self.sync("--dry-run", "--from", self.file(catalogue(house())))
        self.assertEqual(set(self.taken(foreseen)), {"free models", "gift", "cheap"}, foreseen)
        self.assertEqual(self.rules().returncode, 0)


class CommandTest(RulesCase):
    def setUp(self):
        super().setUp()
        self.configuration = self.configure("", "none.conf")
        self.load(house())
        self.configuration = self.configure(RULES)

    def test_list(self):
        done = self.rules("--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(
            [(r["rule"], r["matches"], r["takes"], r["refuses"]) for r in json.loads(done.stdout)],
            [("free models", 1, 1, 0), ("gift", 1, 1, 1), ("cheap", 2, 1, 0)])
        self.assertRegex(self.rules().stdout, r"cheap +provider:vendor price<5 +status active, .* 2 +1\n")

    def test_test(self):
        done = self.rules("test", "vendor/little", "--json")
        self.assertEqual(json.loads(done.stdout), [{
            "model_id": "vendor/little", "rule": "cheap", "refused": False,
            "decision": "status active, tiers pro+enterprise, daily limit 100",
            "earlier": [{"rule": "free models", "unmet": "is:free"},
                        {"rule": "gift", "unmet": "provider:gift"}]}])
        done = self.rules("test", "provider:other,gift")
        self.assertRegex(done.stdout, r"gift/paid +gift +refused: a paid model, and the free tier +free models: is:free\n")
        self.assertRegex(done.stdout, r"other/dear +none .*cheap: provider:vendor\n")

    def test_apply(self):
        done = self.rules("apply", "--dry-run", "--json")
        report = json.loads(done.stdout)
        self.assertEqual(
            {c["model_id"]: c["rule"] for c in report["changes"]},
            {"vendor/nothing": "free models", "vendor/little": "cheap"})
        self.assertEqual(self.decided(), {})
        self.assertIn("refused: 1, such as gift/paid", done.stderr)
        asked = self.rules("apply")
        self.assertEqual((asked.returncode, self.decided()), (2, {}), "it asks, like set")
        done = self.rules("apply", "--yes", "--json", "--reason", "spring cleaning")
        self.assertEqual(json.loads(done.stdout)["applied"], 2, done.stderr)
        self.assertEqual(self.decided(), {
            "vendor/nothing": ("active", "fpe"), "vendor/little": ("active", "pe")})
        why = json.loads(self.db.run("why", "vendor/little", "pro", "--json").stdout)
        self.assertEqual(why["chain"][1]["decision"]["rule"], "cheap")
        self.assertEqual(why["chain"][1]["decision"]["kind"], "edit")
        self.assertEqual(why["chain"][1]["decision"]["reason"], "spring cleaning")
        again = self.rules("apply", "*", "--yes", "--json")
        self.assertEqual(json.loads(again.stdout)["applied"], 0, again.stderr)

    def test_apply_overrules_only_what_is_asked_for(self):
        self.decide("vendor/little", status="disabled")
        self.rules("apply", "--yes")
        self.assertEqual(self.row("vendor/little")["status"], "disabled", "decided models are left")
        self.rules("apply", "vendor/little", "--yes")
        self.assertEqual(self.row("vendor/little")["status"], "active")

    def test_paid_models_in_the_free_tier(self):
        self.configuration = self.configure(RULES.replace(
            'tiers = "free";', 'tiers = "free"; allow_paid_free = true;'))
        done = self.rules("apply", "--dry-run")
        self.assertIn("paid models that become free-tier: 1, such as gift/paid", done.stderr)
        result = self.load(house() + [model("gift/second")])
        self.assertEqual(self.taken(result), {"gift": (["gift/second"], [])})
        self.assertTrue(self.row("gift/second")["is_free"])

    def test_read_only(self):
        self.assertEqual(self.rules("apply", "--yes", "--read-only").returncode, 5)
        self.assertEqual(self.rules("--read-only").returncode, 0)

    def test_no_rules(self):
        self.configuration = self.configure("", "none.conf")
        for words in ((), ("test", "gpt"), ("apply",)):
            done = self.rules(*words)
            self.assertEqual(done.returncode, 2, words)
            self.assertIn("no rules are configured", done.stderr)

    def test_mistakes(self):
        self.configuration = self.configure(
            'rules = (\n { name = "x";\n match = "gpt stats:new"; status = "new"; } );', "bad.conf")
        for command in (("config", "check"), ("sync", "--dry-run"), ("rules",)):
            done = self.db.run("--config", self.configuration, *command)
            self.assertEqual(done.returncode, 2, command)
            self.assertIn("gpt stats:new\n    ^~~~~", done.stderr)
            self.assertIn(':3: rules "x".match: the filter is wrong at character 5', done.stderr)
        self.configuration = self.configure(
            'rules = ( { name = "all"; match = "*"; status = "new"; },\n'
            '{ name = "late"; match = "gpt"; status = "new"; } );', "late.conf")
        done = self.db.run("--config", self.configuration, "config", "check")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(':2: rule "late" is never reached: "all" before it takes every model', done.stdout)


if __name__ == "__main__":
    unittest.main()
