# SPDX-License-Identifier: MIT
"""A sync from claim to report on a real database: what is written, held, remembered and given back."""
import json
import re
import unittest

from sync_case import SyncTestCase
from upstream_stub import catalogue, model, models


class FirstAndNextSyncTest(SyncTestCase):
    def test_first_sync(self):
        self.serve(catalogue(models(5)))
        result = self.sync()
        self.assertEqual(result.code, 0, result)
        self.assertEqual((result["ok"], result["state"]), (True, "completed"))
        self.assertEqual(result["counts"]["added"], 5)
        self.assertEqual(set(self.statuses().values()), {"new"})
        run = self.last_run()
        self.assertEqual((run["run"], run["state"], run["trigger"]), (result["run"], "completed", "manual"))
        self.assertEqual(run["url"], self.upstream.url)
        self.assertEqual(run["bytes"], len(catalogue(models(5))))
        self.assertEqual(self.db.value("SELECT sync_status FROM model_sync_log"), "completed")
        for phase in ("fetch", "validate", "compare", "apply", "total"):
            self.assertGreater(result["timing_ms"][phase], 0, phase)

    def test_request(self):
        self.serve(catalogue(models(1)))
        self.sync(UPSTREAM_OUTPUT_MODALITIES="all")
        path, headers = self.upstream.requests[0]
        self.assertEqual(path, "/api/v1/models?output_modalities=all")
        self.assertIn("gzip", headers["Accept-Encoding"])
        self.assertRegex(headers["User-Agent"], r"^modelsync-tui/\d")
        self.assertNotIn("Authorization", headers)

    def test_unchanged_catalogue_writes_no_model(self):
        entries = self.load_models(20)
        before = self.models_as_stored()
        result = self.load(entries)
        self.assertEqual((result["counts"]["updated"], result["counts"]["unchanged"]), (0, 20))
        self.assertEqual(result["changes"], [])
        self.assertEqual(self.models_as_stored(), before)

    def test_only_what_changed_is_updated(self):
        entries = self.load_models(20)
        entries[3]["pricing"]["prompt"] = "0.0000000833333333333333"
        entries[4]["benchmarks"] = {"score": 1}
        result = self.load(entries)
        self.assertEqual((result["counts"]["updated"], result["counts"]["documents"]), (1, 2))
        self.assertEqual(
            [(c["model_id"], c["kind"], c["fields"]) for c in result["changes"]],
            [(entries[3]["id"], "changed", [
                {"field": "pricing.prompt", "old": "0.000001", "new": "0.0000000833333333333333"}])],
        )
        self.assertEqual(self.row(entries[3]["id"])["pricing"]["prompt"], "0.0000000833333333333333")

    def test_report_in_words(self):
        self.serve(catalogue(models(3) + [model("broken", name=None)] + models(30, "more/")))
        done = self.db.run("sync", env=self.environment())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("33", done.stdout)
        self.assertIn("broken", done.stdout + done.stderr)

    def test_failure_in_words(self):
        done = self.db.run("sync", env=self.environment())
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"(?s)HTTP 404.*upstream\.url")


class DryRunTest(SyncTestCase):
    WRITTEN = (
        "SELECT (SELECT count(*) FROM modelsync.run) || ' ' || (SELECT count(*) FROM model_sync_log)"
        " || ' ' || (SELECT fence FROM modelsync.lease) || ' ' || (SELECT count(*) FROM modelsync.hold)"
        " || ' ' || (SELECT count(*) FROM modelsync.audit)"
    )

    def test_writes_nothing(self):
        entries = self.load_models(20)
        before = self.models_as_stored(), self.db.value(self.WRITTEN)
        self.serve(catalogue(entries[1:] + models(1, "other/new-")))
        for extra in ((), ("--read-only",)):
            result = self.sync("--dry-run", *extra)
            self.assertEqual((result.code, result["state"]), (0, "preview"), result)
            kinds = {change["model_id"]: change["kind"] for change in result["changes"]}
            self.assertEqual(kinds, {"vendor/model-000": "removed", "other/new-000": "added"})
        self.assertEqual((self.models_as_stored(), self.db.value(self.WRITTEN)), before)

    def test_says_that_it_would_be_held(self):
        self.load_models(20)
        before = self.db.value(self.WRITTEN)
        self.serve(catalogue([]))
        result = self.sync("--dry-run")
        self.assertEqual([reason["rule"] for reason in result["guard"]][0], "empty")
        self.assertEqual(self.db.value(self.WRITTEN), before)

    def test_fails_like_a_real_one(self):
        self.serve(b"{}")
        result = self.sync("--dry-run")
        self.assertEqual((result.code, result["category"]), (1, "schema"), result)
        self.assertEqual(self.run_count(), 0)


class PresenceTest(SyncTestCase):
    def test_missing_and_back_again(self):
        entries = self.load_models(20)
        decisions = {
            "vendor/model-000": {"status": "active", "is_pro": True, "daily_limit": 7},
            "vendor/model-001": {"status": "disabled"},
            "vendor/model-002": {"status": "inactive"},
        }
        for model_id, columns in decisions.items():
            self.decide(model_id, **columns)
        result = self.load(entries[4:])
        self.assertEqual(result["counts"]["missing"], 4)
        gone = self.statuses()
        for entry in entries[:4]:
            self.assertEqual(gone[entry["id"]], "inactive")
        self.assertTrue(self.row("vendor/model-000")["is_pro"], "tiers stay")
        result = self.load(entries)
        self.assertEqual((result["counts"]["returned"], result["counts"]["added"]), (4, 0))
        back = self.statuses()
        self.assertEqual([back[e["id"]] for e in entries[:4]], ["active", "disabled", "inactive", "new"])
        first = self.row("vendor/model-000")
        self.assertEqual((first["is_pro"], first["daily_limit"], first["missing_since"]), (True, 7, None))

    def test_returning_for_review(self):
        entries = self.load_models(20)
        self.decide("vendor/model-000", status="active")
        self.load(entries[1:])
        result = self.sync("--from", self.file(catalogue(entries)), SYNC_RETURNING="review")
        self.assertEqual(result.code, 0, result)
        self.assertEqual(self.statuses()["vendor/model-000"], "new")

    def test_grace(self):
        entries = self.load_models(20)
        path = self.file(catalogue(entries[1:]))
        for status in ("new", "inactive"):
            self.assertEqual(self.sync("--from", path, SYNC_MISSING_GRACE=2).code, 0)
            self.assertEqual(self.statuses()["vendor/model-000"], status)

    def test_disabled_survives_changes(self):
        entries = self.load_models(5)
        self.decide("vendor/model-000", status="disabled")
        entries[0]["context_length"] = 16384
        self.load(entries)
        row = self.row("vendor/model-000")
        self.assertEqual((row["status"], row["context_length"]), ("disabled", 16384))


class HoldTest(SyncTestCase):
    def setUp(self):
        super().setUp()
        self.entries = self.load_models(30)

    def hold(self, entries):
        self.serve(catalogue(entries))
        result = self.sync()
        self.assertEqual((result.code, result["state"], result["category"]), (5, "held", "held"), result)
        return str(result["hold"])

    def hold_state(self, hold):
        return self.db.value("SELECT state FROM modelsync.hold WHERE hold_id = " + hold)

    def test_apply(self):
        hold = self.hold(self.entries[:3])
        self.assertNotIn("inactive", self.statuses().values())
        result = self.sync("--apply-held", hold)
        self.assertEqual((result.code, result["state"], result["counts"]["missing"]), (0, "completed", 27))
        self.assertEqual(list(self.statuses().values()).count("inactive"), 27)
        self.assertEqual(self.hold_state(hold), "applied")
        self.assertEqual(self.last_run()["trigger"], "hold")
        again = self.sync("--apply-held", hold)
        self.assertEqual((again.code, again["category"]), (4, "conflict"), again)

    def test_discard(self):
        before = self.models_as_stored()
        hold = self.hold([])
        result = self.sync("--discard-held", hold)
        self.assertEqual((result.code, result["ok"]), (0, True), result)
        self.assertEqual((self.hold_state(hold), self.models_as_stored()), ("discarded", before))
        self.assertIn("hold %s (discarded): " % hold, self.db.run("history").stdout)
        run = str(self.last_run()["run"])
        self.assertIn("kept as hold %s (discarded)" % hold, self.db.run("history", run).stdout)
        self.assertEqual(self.sync("--discard-held", hold).code, 4)

    def test_newer_one_replaces_it_and_keeps_the_number(self):
        hold = self.hold(self.entries[:3])
        self.assertEqual(self.hold(self.entries[:2]), hold)
        result = self.sync("--apply-held", hold)
        self.assertEqual(result["counts"]["missing"], 28)

    def test_acceptable_one_supersedes_it(self):
        hold = self.hold(self.entries[:3])
        self.load(self.entries)
        self.assertEqual(self.hold_state(hold), "superseded")
        self.assertEqual(self.sync("--apply-held", hold).code, 4)

    def test_applying_compares_anew(self):
        hold = self.hold(self.entries[:10])
        self.decide("vendor/model-029", status="active")
        self.assertEqual(self.sync("--apply-held", hold).code, 0)
        self.load(self.entries)
        self.assertEqual(self.statuses()["vendor/model-029"], "active")

    def test_first_sync_is_not_held_for_its_size(self):
        self.db = self.database()
        self.load_models(3)

    def test_force_does_not_pass_the_guard(self):
        self.serve(catalogue([]))
        self.assertEqual(self.sync("--force").code, 5)

    def test_how_to_resolve_it_is_said(self):
        self.serve(catalogue([]))
        done = self.db.run("sync", env=self.environment())
        self.assertEqual(done.returncode, 5)
        self.assertRegex(done.stdout + done.stderr, r"(?s)--apply-held \d+.*--discard-held \d+")

    def test_within_the_limits(self):
        result = self.load(self.entries[4:])
        self.assertEqual(result["counts"]["missing"], 4, "13 % and fewer than 10")

    def test_the_database_sets_the_limits_unless_the_configuration_does(self):
        self.db.psql("UPDATE modelsync.setting SET value = '100' WHERE name = 'max_missing_percent'")
        self.serve(catalogue(self.entries[:3]))
        self.assertEqual(self.sync("--dry-run", GUARD_MAX_MISSING_PERCENT=15)["category"], "held")
        self.assertEqual(self.load(self.entries[:3])["counts"]["missing"], 27)


class DriftTest(SyncTestCase):
    def setUp(self):
        super().setUp()
        self.entries = self.load_models(30)

    def words(self, *arguments):
        return self.db.run(*arguments, env=self.environment())

    def test_new_fields_are_told_once_everywhere(self):
        self.entries[3]["region"] = "eu"
        self.serve(catalogue(self.entries))
        done = self.words("sync", "--force")
        line = "new field region (string), in vendor/model-003"
        self.assertRegex(done.stdout, "drift: .*\n  " + re.escape(line))
        run = self.last_run()
        self.assertEqual([d["message"] for d in run["drift"]], [line])
        self.assertIn(line, self.words("history", str(run["run"])).stdout)
        self.assertIn("drift: 1, see history %d" % run["run"], self.words("history").stdout)
        self.assertRegex(self.words("status").stdout, r"drift +upstream's format changed in 1 place")
        raw = json.loads(self.words("show", "vendor/model-003", "--json", "--raw").stdout)["raw"]
        self.assertEqual(raw["region"], "eu")
        self.entries[3]["region"] = "us"
        self.assertEqual(self.load(self.entries)["drift"], [])
        self.assertNotIn("drift", self.words("status").stdout)

    def test_a_vanished_required_field_fails_and_writes_nothing(self):
        before = self.models_as_stored()
        for entry in self.entries:
            del entry["pricing"]["prompt"]
        self.serve(catalogue(self.entries))
        result = self.sync("--force")
        self.assertEqual((result.code, result["category"]), (1, "schema"), result)
        self.assertEqual(self.models_as_stored(), before)
        self.assertIn("field pricing.prompt (string) is gone; last in vendor/model-000",
                      self.words("history", str(self.last_run()["run"])).stdout)

    def test_flapping_prices_are_listed(self):
        for price in ("0.5", "0.000001"):
            self.entries[3]["pricing"]["prompt"] = price
            self.serve(catalogue(self.entries))
            done = self.words("sync", "--force")
        self.assertRegex(done.stdout, r"flapping prices: .*\n  vendor/model-003: prompt back")
        self.assertIn("price_flapping", self.words("show", "vendor/model-003").stdout)
        self.assertIn("flapping    1 model", self.words("status").stdout)

    def test_unknown_runs_and_models_are_refused(self):
        for arguments, code in ((("history", "99"), 1), (("history", "x"), 2), (("show", "a/b"), 1)):
            self.assertEqual(self.words(*arguments).returncode, code, arguments)

    def test_prices_for_a_prompt_and_a_time(self):
        self.entries[3]["pricing"]["overrides"] = [
            {"min_prompt_tokens": 1000, "prompt": "0.00001"},
            {"utc_start": "22:00", "utc_end": "06:00", "prompt": "0.00005"},
        ]
        self.load(self.entries)

        def price(*arguments):
            done = self.words("models", "id=vendor/model-003", "--format", "csv", "--columns", "in", *arguments)
            return done.stdout.split()[1]

        self.assertEqual(price(), "0.000001")
        self.assertEqual(price("--at-prompt", "999"), "0.000001")
        self.assertEqual(price("--at-prompt", "1k"), "0.00001")
        self.assertEqual(price("--at-prompt", "1k", "--at-time", "23:30"), "0.00005")
        self.assertEqual(price("--at-time", "12:00"), "0.000001")
        self.assertEqual(self.words("models", "in>5", "--at-prompt", "1k", "--format", "csv",
                                    "--columns", "id").stdout.split(), ["id", "vendor/model-003"])
        self.assertIn("  from 1,000 prompt tokens: prompt 10.000 $/M\n  22:00 to 06:00 UTC: prompt 50.000 $/M\n",
                      self.words("show", "vendor/model-003").stdout)
        self.assertEqual(self.words("models", "--at-time", "25:00").returncode, 2)
        self.assertEqual(self.words("models", "--at-prompt", "many").returncode, 2)


class CooldownTest(SyncTestCase):
    def test_second_manual_sync_waits(self):
        self.load_models(3)
        self.serve(catalogue(models(3)))
        self.assertEqual(self.sync().code, 0)
        result = self.sync()
        self.assertEqual((result.code, result["category"]), (6, "busy"), result)
        self.assertRegex(result["message"], r"in \d+ s")
        self.assertEqual(self.run_count(), 2, "a refused sync is no run")
        self.assertEqual(len(self.upstream.requests), 1, "and does not fetch")
        self.assertEqual(self.sync("--force").code, 0)
        self.assertEqual(self.sync("--dry-run").code, 0)
        self.assertEqual(self.sync("--from", self.upstream.url).code, 0)
        self.assertEqual(self.sync(SYNC_COOLDOWN_MINUTES=0).code, 0)

    def test_first_sync_of_a_database_is_exempt(self):
        self.serve(catalogue(models(3)))
        self.assertEqual([self.sync().code for _ in range(3)], [0, 0, 6])

    def test_failed_and_held_runs_do_not_charge(self):
        self.load_models(30)
        self.serve(b"no", catalogue([]), catalogue(models(30)))
        self.assertEqual([self.sync().code for _ in range(3)], [1, 5, 0])


class UndoTest(SyncTestCase):
    def test_next_run_is_held_once(self):
        entries = self.load_models(20)
        entries[0]["context_length"] = 9999
        changeset = self.load(entries)["changeset"]
        done = self.db.run("undo", str(changeset), "--yes")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.row("vendor/model-000")["context_length"], 8192)
        path = self.file(catalogue(entries))
        held = self.sync("--from", path)
        self.assertEqual((held.code, held["guard"][0]["rule"]), (5, "undone_sync"), held)
        self.assertEqual(self.sync("--from", path).code, 0)
        self.assertEqual(self.row("vendor/model-000")["context_length"], 9999)


class HistoryTest(SyncTestCase):
    def test_every_end_is_there(self):
        entries = self.load_models(30)
        self.serve(b"<html>", catalogue([]))
        self.sync()
        self.sync()
        self.load(entries)
        done = self.db.run("history", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        runs = json.loads(done.stdout)
        self.assertEqual(
            [(run["state"], run["category"]) for run in runs],
            [("completed", None), ("held", "held"), ("failed", "parse"), ("completed", None)],
        )
        self.assertEqual(self.db.value(
            "SELECT string_agg(sync_status, ' ' ORDER BY sync_started_at) FROM model_sync_log"),
            "completed failed held completed")


if __name__ == "__main__":
    unittest.main()
