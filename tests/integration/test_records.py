# SPDX-License-Identifier: MIT
"""prices, events by model and day, alerts, db settings and db retire: what the log is good for, and how
long it is kept."""
import csv
import io
import json
import unittest

from modelsync_test import ClusterTestCase, Terminal


def model(name, prompt="0.000001", completion="0.000002"):
    return {"id": "vendor/" + name, "name": "Vendor: " + name, "created": 1760000000, "context_length": 128000,
            "pricing": {"prompt": prompt, "completion": completion}}


class RecordsTestCase(ClusterTestCase):
    def setUp(self):
        self.db = self.database()
        self.sync([model("m%d" % n) for n in range(12)])

    def sync(self, models):
        self.ok("sync", "--force", "--from", "-", stdin=json.dumps({"data": models}))

    def sync_with(self, *changed):
        """The same models, but for those."""
        names = {m["id"] for m in changed}
        self.sync([m for m in (model("m%d" % n) for n in range(12)) if m["id"] not in names] + list(changed))

    def ok(self, *arguments, stdin=""):
        done = self.db.run(*arguments, stdin=stdin)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def json(self, *arguments):
        return json.loads(self.ok(*arguments, "--json"))

    def fails(self, code, *arguments):
        done = self.db.run(*arguments)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr


class PricesTest(RecordsTestCase):
    def setUp(self):
        super().setUp()
        self.sync_with(model("m1", prompt="0.0000015"))
        self.sync_with(model("m1", prompt="0.00000075", completion="-1"))

    def test_formats_agree(self):
        rows = self.json("prices", "vendor/m1")
        self.assertEqual([(r["key"], r["old"], r["price"], r["event"]) for r in rows if r["key"] == "prompt"],
                         [("prompt", None, "0.000001", "model_added"),
                          ("prompt", "0.000001", "0.0000015", "price_changed"),
                          ("prompt", "0.0000015", "0.00000075", "price_changed")])
        self.assertEqual([r["is_current"] for r in rows if r["key"] == "completion"], [False, True])
        table = list(csv.DictReader(io.StringIO(self.ok("prices", "vendor/m1", "--format", "csv"))))
        self.assertEqual([r["price"] for r in table], [r["price"] for r in rows])
        self.assertEqual([r["valid_until"] or None for r in table], [r["valid_until"] for r in rows])

    def test_in_words(self):
        lines = self.ok("prices", "vendor/m1").splitlines()
        self.assertRegex(lines[0], "SINCE .*OLD.*NEW.*PER")
        self.assertTrue(any("1.500  0.750  Mtok  -50.0%" in line for line in lines), lines)
        self.assertTrue(any(" var " in line for line in lines), lines)

    def test_since_shows_what_was_in_force(self):
        rows = self.json("prices", "vendor/m1", "--since", "2100-01-01")
        self.assertEqual({r["key"]: r["price"] for r in rows}, {"prompt": "0.00000075", "completion": "-1"})

    def test_mistakes(self):
        self.assertIn("no prices are known of vendor/none", self.fails(1, "prices", "vendor/none"))
        self.assertIn("table, json, csv", self.fails(2, "prices", "vendor/m1", "--format", "xml"))
        self.fails(2, "prices")


class EventsTest(RecordsTestCase):
    def events(self, *arguments):
        return [json.loads(line) for line in self.ok("events", *arguments, "--json").splitlines()]

    def test_of_a_model_a_type_and_a_time(self):
        self.sync_with(model("m1", prompt="0.0000015"))
        self.sync_with(model("m1", prompt="0.0000015"), dict(model("m2"), name="New name"))
        self.assertEqual([e["type"] for e in self.events("--model", "vendor/m1")], ["model_added", "price_changed"])
        self.assertEqual([e["model_id"] for e in self.events("--type", "price_changed,renamed")],
                         ["vendor/m1", "vendor/m2"])
        self.assertEqual([e["type"] for e in self.events("--limit", "1", "--model", "vendor/m2")],
                         ["renamed"])
        self.assertEqual(self.events("--until", "2020-01-01"), [])
        self.assertEqual(len(self.events("--until", "2100-01-01")), len(self.events()))
        self.assertEqual(self.events("--model", "vendor/none"), [])
        self.assertIn("did you mean price_changed?", self.fails(2, "events", "--type", "price_chnged"))
        self.assertIn("--until x: neither", self.fails(2, "events", "--until", "x"))

    def test_by_day(self):
        self.sync_with(model("m1", prompt="0.0000015"))
        counts = self.json("events", "--by-day")
        self.assertEqual([(c["type"], c["events"], c["models"]) for c in counts],
                         [("model_added", 12, 12), ("price_changed", 1, 1)])
        self.assertEqual([c["type"] for c in self.json("events", "--by-day", "--model", "vendor/m1")],
                         ["model_added", "price_changed"])
        self.assertEqual(self.json("events", "--by-day", "--since", "2100-01-01"), [])
        self.assertRegex(self.ok("events", "--by-day"), r"model_added +12 +12")
        self.assertIn("--by-day goes with", self.fails(2, "events", "--by-day", "--type", "renamed"))
        self.assertIn("--by-day goes with", self.fails(2, "events", "--by-day", "status:new"))


class AlertsTest(RecordsTestCase):
    def setUp(self):
        super().setUp()
        self.sync_with(model("m1", prompt="0.5"), model("m2", prompt="0.6"))

    def test_list_and_acknowledge(self):
        alerts = self.json("alerts")
        self.assertEqual([(a["model_id"], a["kind"]) for a in alerts],
                         [("vendor/m2", "price_jump"), ("vendor/m1", "price_jump")])
        self.assertRegex(self.ok("alerts", "--model", "vendor/m1"), r"price_jump +vendor/m1 +price prompt moved")
        number = str(alerts[0]["alert"])
        self.assertEqual(self.ok("alerts", "ack", number, "--reason", "agreed"), "1 acknowledged\n")
        self.assertIn("0 of 1 acknowledged; the others were", self.ok("alerts", "ack", number))
        self.assertEqual(len(self.json("alerts")), 1)
        seen = [a for a in self.json("alerts", "--all") if a["alert"] == alerts[0]["alert"]][0]
        self.assertTrue(seen["acknowledged_at"] and seen["acknowledged_by"])
        entry = self.json("audit", "--limit", "1")[0]
        self.assertEqual((entry["action"], entry["reason"]), ("acknowledge", "agreed"))
        self.assertEqual(self.json("alerts", "ack", "--all"), {"ok": True, "acknowledged": 1})
        self.assertEqual(self.db.run("alerts").stderr, "no open alerts\n")

    def test_of_a_model(self):
        self.assertEqual(self.ok("alerts", "ack", "--model", "vendor/m1"), "1 acknowledged\n")
        self.assertEqual([a["model_id"] for a in self.json("alerts")], ["vendor/m2"])
        self.assertEqual(self.ok("alerts", "ack", "--model", "vendor/none"), "0 acknowledged\n")

    def test_mistakes(self):
        self.assertIn("there is no alert 99", self.fails(1, "alerts", "ack", "99"))
        self.assertIn("not the number of an alert", self.fails(2, "alerts", "ack", "x"))
        self.assertIn("takes the numbers", self.fails(2, "alerts", "ack"))
        self.assertIn("takes the numbers", self.fails(2, "alerts", "ack", "1", "--all"))
        self.fails(5, "--read-only", "alerts", "ack", "--all")


class RetireTest(RecordsTestCase):
    def setUp(self):
        super().setUp()
        self.sync_with(model("m1", prompt="0.0000015"))
        self.sync_with(model("m1", prompt="0.0000016"))
        self.sync_with(model("m1", prompt="0.0000016"))
        self.db.psql("SET session_replication_role = replica;"
                     "UPDATE modelsync.changeset SET at = at - interval '1 year';"
                     "UPDATE modelsync.run SET completed_at = completed_at - interval '1 year';")

    def test_settings(self):
        self.assertRegex(self.ok("db", "settings"), r"keep_changes_days +none +1 to 36500, none +days")
        self.assertEqual(self.ok("db", "settings", "keep_changes_days=90", "returning=review", "--reason", "law"),
                         "returning: restore > review\nkeep_changes_days: none > 90\n")
        self.assertEqual(self.ok("db", "settings", "keep_changes_days=90"), "nothing to change\n")
        values = {s["name"]: s["value"] for s in self.json("db", "settings")}
        self.assertEqual((values["keep_changes_days"], values["returning"]), (90, "review"))
        self.assertEqual(self.json("db", "settings", "keep_changes_days=none")["changes"],
                         {"keep_changes_days": {"old": 90, "new": None}})
        self.assertIn("expected a whole number from 31", self.fails(1, "db", "settings", "keep_runs_days=7"))
        self.assertIn("no such setting", self.fails(1, "db", "settings", "keep=7"))
        self.assertIn("expected NAME=VALUE", self.fails(2, "db", "settings", "keep"))
        self.fails(5, "--read-only", "db", "settings", "keep_runs_days=70")

    def test_by_default_all_is_kept(self):
        self.assertIn("everything is kept", self.ok("db", "retire"))

    def test_retire(self):
        self.ok("db", "settings", "keep_changes_days=90", "keep_runs_days=90")
        self.assertEqual(self.ok("db", "retire", "--dry-run"),
                         "dry run; would retire 1 changes of 1 changesets, 0 runs, 0 holds, 0 messages\n")
        self.assertIn("--yes", self.fails(2, "db", "retire"))
        self.fails(5, "--read-only", "db", "retire", "--yes")
        with Terminal(self.db.program("db", "retire"), env=self.db.environment()) as term:
            term.wait_for("Retire them?")
            term.send("n", "Enter")
            self.assertEqual(term.wait_exit(), 130)
        self.assertEqual(self.json("db", "retire", "--yes"),
                         {"ok": True, "dry_run": False, "changes": 1, "changesets": 1, "runs": 0, "holds": 0, "messages": 0})
        self.assertIn("1 changes of 1 changesets were retired", self.ok("audit", "verify"))
        self.assertEqual(self.json("audit", "--limit", "1")[0]["action"], "retire")
        self.assertIn("were retired", self.fails(4, "undo", "2", "--yes"))
        self.assertEqual(self.json("prices", "vendor/m1")[-1]["price"], "0.0000016")
        self.assertIn("retired 0 changes", self.ok("db", "retire"))


if __name__ == "__main__":
    unittest.main()
