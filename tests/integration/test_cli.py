# SPDX-License-Identifier: MIT
"""The command line against a real database: formats, questions, exit codes, errors."""
import copy
import csv
import io
import json
import os
import re
import signal
import socket
import subprocess
import unittest

from modelsync_test import TOP, ClusterTestCase, Scratch, Terminal, program, wait_until


def model(name, prompt="0.000001", /, **more):
    entry = {
        "id": "vendor/" + name,
        "name": "Vendor: " + name,
        "created": 1760000000,
        "context_length": 128000,
        "architecture": {
            "modality": "text->text",
            "input_modalities": ["text"],
            "output_modalities": ["text"],
            "tokenizer": "Other",
        },
        "pricing": {"prompt": prompt, "completion": "0.000002"},
        "top_provider": {"max_completion_tokens": 4096, "is_moderated": False},
        "supported_parameters": ["temperature"],
    }
    entry.update(more)
    return entry


def catalogue(*models):
    return json.dumps({"data": list(models)})


BASE = [model("m%02d" % number) for number in range(20)] + [
    model("zero", pricing={"prompt": "0", "completion": "0"}),
    model("var", "-1"),
    model("exact", "0.0000000833333333333333", name='Odd, "quoted" × name'),
]


class CliTestCase(ClusterTestCase):
    def synced(self, models=None):
        db = self.database()
        self.sync(db, models or BASE)
        return db

    def sync(self, db, models, *arguments, expect=0):
        done = db.run("sync", "--from", "-", *arguments, stdin=catalogue(*models))
        self.assertEqual(done.returncode, expect, done.stderr + done.stdout)
        return done

    def ok(self, db, *arguments):
        done = db.run(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def fails(self, db, code, *arguments, stdin=""):
        done = db.run(*arguments, stdin=stdin)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stderr


class ModelsTest(CliTestCase):
    def test_formats_agree(self):
        db = self.synced()
        listed = json.loads(self.ok(db, "models", "--format", "json"))
        lines = [json.loads(line) for line in self.ok(db, "models", "--format=jsonl").splitlines()]
        rows = list(csv.DictReader(io.StringIO(self.ok(db, "models", "--format", "csv"), newline="")))
        self.assertEqual(listed, lines)
        self.assertEqual([m["model_id"] for m in listed], [row["id"] for row in rows])
        self.assertEqual(len(listed), len(BASE))
        self.assertEqual([m["model_id"] for m in listed], sorted(m["id"] for m in BASE))

    def test_prices_stay_exact(self):
        db = self.synced()
        (found,) = json.loads(self.ok(db, "models", "--json", "exact"))
        self.assertEqual(found["pricing"]["prompt"], "0.0000000833333333333333")
        table = self.ok(db, "models", "exact")
        self.assertIn(" 0.0833 ", table)
        self.assertIn("0.0000000833333333333333", self.ok(db, "models", "exact", "--format", "csv"))

    def test_words_are_shown_as_upstream_writes_them(self):
        db = self.synced([model("odd", supported_parameters=['a "b"', "c\\d", "[e] f", "tools"])])
        (found,) = json.loads(self.ok(db, "models", "--json"))
        self.assertEqual(found["supported_parameters"], ['a "b"', "c\\d", "[e] f", "tools"])

    def test_csv_is_rfc_4180(self):
        db = self.synced()
        text = db.cluster.scratch.run(
            *db.program("models", "exact", "--format", "csv", "--columns", "id,name"),
            env=db.environment(),
        ).stdout
        self.assertIn('vendor/exact,"Odd, ""quoted"" × name"', text)
        raw = subprocess.run(
            db.program("models", "--format", "csv", "--columns", "id"),
            env=db.environment(), capture_output=True, check=True,
        ).stdout
        self.assertEqual(raw.count(b"\r\n"), len(BASE) + 1)

    def test_sort_and_columns(self):
        db = self.synced()
        out = self.ok(db, "models", "--sort", "-in,id", "--columns", "id,in", "in<100")
        self.assertTrue(out.splitlines()[1].startswith("vendor/m00"))
        self.assertTrue(out.splitlines()[-1].startswith("vendor/zero"))
        out = self.ok(db, "models", "sort:in", "in<100")
        self.assertIn("vendor/zero", out.splitlines()[1])

    def test_words_are_one_filter(self):
        db = self.synced()
        self.assertEqual(
            self.ok(db, "models", "--columns", "id", "vendor/m0", "-m01", "-vendor/m02").split()[1:3],
            ["vendor/m00", "vendor/m03"],
        )

    def test_infinity_is_no_date(self):
        """Other programs may write it; one such row must not hide all the others."""
        db = self.synced()
        db.psql("UPDATE public.model_access SET expires_on = 'infinity', created_at = '-infinity'"
                " WHERE model_id = 'vendor/m00'")
        model = json.loads(self.ok(db, "models", "vendor/m00", "--json"))[0]
        self.assertEqual((model["expires_on"], model["added_at"]), (None, None))
        self.assertNotIn("-1s", self.ok(db, "models"))

    def test_mistakes(self):
        db = self.synced()
        for arguments, message in (
            (["models", "statsu:new"], "status"),
            (["models", "--columns", "id,prices"], "unknown column prices"),
            (["models", "--format", "xml"], "--format xml: there are table, json, jsonl, csv"),
            (["models", "--format", "json", "--columns", "id"], "--columns goes with table and csv"),
            (["models", "--sort", "nothing"], "unknown column nothing"),
        ):
            self.assertIn(message, self.fails(db, 2, *arguments))

    def test_caret_points_at_the_place(self):
        lines = self.fails(self.synced(), 2, "models", "status:new", "foo<3").splitlines()
        self.assertEqual(lines[0], "status:new foo<3")
        self.assertEqual(lines[1].index("^"), len("status:new "))
        self.assertIn("at character 12", lines[2])

    def test_empty_catalogue_says_what_to_do(self):
        done = self.database().run("models")
        self.assertEqual(done.returncode, 0)
        self.assertIn("modelsync-tui sync", done.stderr)

    def test_closed_pipe_is_quiet(self):
        db = self.synced()
        done = db.cluster.scratch.run(
            "sh", "-c", "(%s models --format jsonl; echo status $? >&2) | head -n 1" % program(),
            env=db.environment(),
        )
        self.assertEqual(done.stderr, "status 0\n")

    def test_full_disk_is_an_error(self):
        db = self.synced()
        done = db.cluster.scratch.run(
            "sh", "-c", "%s models >/dev/full" % program(), env=db.environment()
        )
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot write the output", done.stderr)

    def test_full_disk_in_the_middle_is_an_error(self):
        """More than a buffer: the write that fails is not the last one."""
        db = self.synced()
        db.psql("INSERT INTO public.model_access (model_id, model_name)"
                " SELECT 'bulk/m' || n, 'x' FROM generate_series(1, 2000) n")
        done = db.cluster.scratch.run(
            "sh", "-c", "%s models >/dev/full" % program(), env=db.environment()
        )
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot write the output", done.stderr)


class SetTest(CliTestCase):
    def decided(self, db, name):
        return db.rows(
            "SELECT status, is_free, is_pro, is_enterprise, daily_limit FROM public.model_access"
            " WHERE model_id = 'vendor/%s'" % name
        )[0]

    def test_writes_one_changeset(self):
        db = self.synced()
        done = db.run("set", "vendor/m0", "status=active", "tier=+pro", "daily_limit=9", "--yes",
                      "--reason", "because")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("10 models changed", done.stdout)
        self.assertIn("10 of 23 models match", done.stderr)
        self.assertEqual(
            self.decided(db, "m03"),
            {"status": "active", "is_free": False, "is_pro": True, "is_enterprise": False,
             "daily_limit": 9},
        )
        self.assertEqual(self.decided(db, "m13")["status"], "new")
        self.assertEqual(
            db.value("SELECT reason || ' ' || models FROM modelsync.changeset WHERE kind = 'edit'"),
            "because 10",
        )

    def test_an_id_means_that_model_alone(self):
        db = self.synced(BASE + [model("m00-mini"), model("m00:free")])
        report = json.loads(self.ok(db, "set", "vendor/m00", "status=active", "--dry-run", "--json"))
        self.assertEqual([change["model_id"] for change in report["changes"]], ["vendor/m00"])
        self.assertEqual(json.loads(self.ok(db, "set", "vendor/m00-", "status=active", "--dry-run", "--json"))["matched"], 1)
        self.assertEqual(json.loads(self.ok(db, "set", "vendor/m0", "status=active", "--dry-run", "--json"))["matched"], 12)

    def test_dry_run_writes_nothing(self):
        db = self.synced()
        before = db.value("SELECT sum(row_version) FROM public.model_access")
        out = self.ok(db, "set", "vendor/m00", "status=active", "--dry-run")
        self.assertIn("vendor/m00  status new>active", out)
        report = json.loads(self.ok(db, "set", "*", "status=active", "--dry-run", "--json"))
        self.assertEqual((report["matched"], len(report["changes"])), (23, 23))
        self.assertEqual(db.value("SELECT sum(row_version) FROM public.model_access"), before)

    def test_needs_yes_without_terminal(self):
        db = self.synced()
        self.assertIn("add --yes", self.fails(db, 2, "set", "*", "status=active", stdin="y\n"))
        self.assertEqual(db.value("SELECT count(*) FROM public.model_access WHERE status <> 'new'"), "0")

    def test_asks_on_a_terminal(self):
        db = self.synced()
        command = db.program("set", "vendor/m00", "status=active")
        with Terminal(command, env=db.environment()) as term:
            term.wait_for("[y/N]")
            term.send("n", "Enter")
            self.assertEqual(term.wait_exit(), 130)
        self.assertEqual(self.decided(db, "m00")["status"], "new")
        with Terminal(command, env=db.environment()) as term:
            term.wait_for("[y/N]")
            term.send("y", "Enter")
            self.assertEqual(term.wait_exit(), 0)
        self.assertEqual(self.decided(db, "m00")["status"], "active")

    def test_warns_of_paid_models_in_the_free_tier(self):
        done = self.synced().run("set", "vendor/m00 OR zero", "tier=+free", "--dry-run")
        self.assertIn("paid models that become free-tier: 1, such as vendor/m00", done.stderr)

    def test_what_is_there_already_is_no_change(self):
        db = self.synced()
        out = json.loads(self.ok(db, "set", "*", "status=new", "--yes", "--json"))
        self.assertEqual((out["changeset"], out["applied"]), (None, 0))
        self.assertIn("0 models changed", self.ok(db, "set", "nothing", "status=new", "--yes"))

    def test_conflicts_are_reported(self):
        """A row that moves between loading and writing is left alone."""
        db = self.synced()
        with Terminal(db.program("set", "vendor/m00 OR vendor/m01", "status=active"),
                      env=db.environment()) as term:
            term.wait_for("[y/N]")
            self.ok(db, "set", "vendor/m00", "status=disabled", "--yes")
            term.send("y", "Enter")
            term.wait_for("conflict: vendor/m00")
            self.assertEqual(term.wait_exit(), 4)
        self.assertEqual(self.decided(db, "m00")["status"], "disabled")
        self.assertEqual(self.decided(db, "m01")["status"], "active")

    def test_mistakes(self):
        db = self.synced()
        for arguments, message in (
            (["set", "*"], "usage: modelsync-tui set FILTER ASSIGNMENT"),
            (["set", "*", "status=gone"], "status"),
            (["set", "*", "tier=gold"], "tier"),
            (["set", "*", "daily_limit=-5"], "daily_limit"),
            (["set", "a", "b"], "b"),
        ):
            self.assertIn(message, self.fails(db, 2, *arguments))

    def test_read_only_refuses(self):
        db = self.synced()
        self.assertIn("--read-only", self.fails(db, 5, "--read-only", "set", "*", "status=new"))
        self.fails(db, 5, "sync", "--read-only", "--from", "-", stdin=catalogue(*BASE))
        self.fails(db, 5, "undo", "1", "--read-only")
        self.ok(db, "models", "--read-only")


class UndoTest(CliTestCase):
    def test_reverses_and_reports_conflicts(self):
        db = self.synced()
        self.ok(db, "set", "vendor/m00 OR vendor/m01", "status=active", "--yes")
        self.ok(db, "set", "vendor/m01", "status=disabled", "--yes")
        preview = self.ok(db, "undo", "2", "--dry-run")
        self.assertIn("reverses 1 changes, 1 conflicts", preview)
        self.assertIn("vendor/m00  status active>new", preview)
        self.assertIn("add --yes", self.fails(db, 2, "undo", "2"))
        done = db.run("undo", "2", "--yes")
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("1 change reversed", done.stdout)
        self.assertEqual(
            db.psql("SELECT status FROM public.model_access WHERE model_id ~ 'm0[01]' ORDER BY model_id"),
            "new\ndisabled\n",
        )
        self.assertIn("was undone by changeset 4", self.fails(db, 4, "undo", "2", "--yes"))

    def test_mistakes(self):
        db = self.synced()
        self.assertIn("not the number of a changeset", self.fails(db, 2, "undo", "last"))
        self.assertIn("no changeset 99", self.fails(db, 1, "undo", "99", "--yes"))
        out = db.run("undo", "99", "--yes", "--json").stdout
        self.assertEqual(json.loads(out)["ok"], False)


class SyncTest(CliTestCase):
    def test_report_in_words(self):
        db = self.database()
        out = self.sync(db, BASE + [model("bad", "abc")]).stdout
        self.assertIn("23 models: 23 added", out)
        self.assertIn("1 skipped as invalid", out)
        self.assertIn("vendor/bad: ", out)
        changed = copy.deepcopy(BASE)[1:]
        changed[0]["pricing"]["prompt"] = "0.000003"
        out = self.sync(db, changed).stdout
        self.assertIn("- vendor/m00", out)
        self.assertIn("~ vendor/m01  pricing.prompt 0.000001>0.000003", out)

    def test_json_is_one_object(self):
        report = json.loads(self.sync(self.database(), BASE, "--json").stdout)
        self.assertEqual(report["state"], "completed")
        self.assertEqual(report["counts"]["added"], 23)

    def test_dry_run_writes_nothing(self):
        db = self.database()
        self.assertIn("nothing was written", self.sync(db, BASE, "--dry-run").stdout)
        self.assertEqual(self.ok(db, "history").count("\n"), 1)
        self.assertEqual(db.value("SELECT count(*) FROM public.model_access"), "0")

    def test_hold_is_resolved(self):
        db = self.synced()
        out = self.sync(db, BASE[:5], expect=5).stdout
        self.assertIn("sync --apply-held 1", out)
        self.assertIn("sync --discard-held 1", out)
        status = db.run("status")
        self.assertEqual(status.returncode, 1)
        self.assertIn("hold 1 waits for a decision", status.stdout)
        self.assertIn("hold 1 discarded", self.ok(db, "sync", "--discard-held", "1"))
        self.assertEqual(db.run("sync", "--discard-held", "1").returncode, 4)
        self.sync(db, BASE[:5], expect=5)
        out = self.ok(db, "sync", "--apply-held", "2")
        self.assertIn("18 gone", out)

    def test_failure_has_hint_and_json(self):
        db = self.synced()
        done = db.run("sync", "--from", "-", "--json", stdin="<html>")
        self.assertEqual(done.returncode, 1)
        report = json.loads(done.stdout)
        self.assertEqual((report["ok"], report["category"], report["run"]), (False, "parse", 2))
        self.assertTrue(report["hint"])
        self.assertRegex(done.stderr, r"\Aerror: .*\nhint: .*\n\Z")
        self.assertIn("parse: ", self.ok(db, "history"))
        self.assertIn("run 2 failed: parse", db.run("status").stdout)

    def test_process_list_shows_no_secrets(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            url = "http://bob:hunter2@127.0.0.1:%d/models?api_key=hunter3" % server.getsockname()[1]
            db = self.database()
            process = subprocess.Popen(
                db.program("sync", "--from", url), env=db.environment(),
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            try:
                server.settimeout(10)
                server.accept()[0].close()
                with open("/proc/%d/cmdline" % process.pid, encoding="utf-8") as file:
                    arguments = file.read()
            finally:
                process.kill()
                process.wait()
        self.assertIn("--from", arguments)
        self.assertNotIn("hunter", arguments)

    def test_interrupt_cancels(self):
        """^C while the catalogue is awaited on standard input."""
        db = self.database()
        process = subprocess.Popen(
            db.program("sync", "--from", "-"), env=db.environment(),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        try:
            process.stdin.write(b'{"data":[')
            process.stdin.flush()
            blocked = 1 << (signal.SIGINT - 1)

            def waits():
                with open("/proc/%d/status" % process.pid, encoding="ascii") as file:
                    mask = re.search(r"^SigBlk:\s*(\w+)", file.read(), re.M).group(1)
                return int(mask, 16) & blocked

            wait_until(waits, message="the sync to wait for signals")
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(5), 130)
        finally:
            process.kill()
            process.communicate()

    def test_closed_standard_input_is_an_error(self):
        """Its number must not go to the database's socket."""
        db = self.database()
        done = db.cluster.scratch.run(
            "sh", "-c", "%s sync --from - <&-" % program(), env=db.environment(), timeout=20
        )
        self.assertEqual(done.returncode, 2)
        self.assertIn("standard input: cannot read", done.stderr)

    def test_two_signals_at_once_are_one(self):
        """As timeout(1) sends them. The run ends in order."""
        db = self.database()
        with socket.create_server(("127.0.0.1", 0)) as server:
            url = "http://127.0.0.1:%d/models" % server.getsockname()[1]
            process = subprocess.Popen(
                db.program("sync", "--from", url), env=db.environment(),
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            try:
                server.settimeout(10)
                connection = server.accept()[0]
                process.send_signal(signal.SIGTERM)
                process.send_signal(signal.SIGINT)
                self.assertEqual(process.wait(10), 130)
                connection.close()
            finally:
                process.kill()
                process.wait()
        self.assertEqual(db.value("SELECT state || ' ' || category FROM modelsync.run"),
                         "failed cancelled")

    def test_progress_only_on_a_terminal(self):
        db = self.database()
        self.assertNotIn("\r", self.sync(db, BASE).stderr)

    def test_options_that_exclude_each_other(self):
        db = self.database()
        self.fails(db, 2, "sync", "--apply-held", "1", "--discard-held", "1")
        self.fails(db, 2, "sync", "--apply-held", "1", "--from", "x")
        self.fails(db, 2, "sync", "--apply-held", "x")


class ReadingTest(CliTestCase):
    def test_events(self):
        db = self.synced()
        changed = copy.deepcopy(BASE)[1:]
        changed[0]["pricing"]["prompt"] = "0.000003"
        self.sync(db, changed)
        self.ok(db, "set", "vendor/m02", "status=active", "--yes")
        events = [json.loads(line) for line in self.ok(db, "events", "--json").splitlines()]
        for event in events:
            self.assertLessEqual({"type", "model_id", "run", "changeset", "at"}, set(event))
        self.assertEqual(
            sorted((e["type"], e["model_id"]) for e in events[len(BASE):]),
            [("model_removed", "vendor/m00"), ("price_changed", "vendor/m01"),
             ("status_changed", "vendor/m02")],
        )
        self.assertEqual(len(self.ok(db, "events", "--run", "2").splitlines()), 2)
        out = self.ok(db, "events", "vendor/m01", "--run", "2")
        self.assertRegex(out, r"price_changed +vendor/m01  prompt 0\.000001>0\.000003  \[.*/cli, changeset 2\]")
        self.assertIn("model_removed", self.ok(db, "events", "is:missing"))
        self.assertEqual(self.ok(db, "events", "--since", "2100-01-01"), "")
        self.assertEqual(len(self.ok(db, "events", "--since", "1h").splitlines()), len(BASE) + 3)
        self.fails(db, 2, "events", "--since", "yesterday")
        self.assertEqual(self.ok(db, "events", "--since", "999999999y"), self.ok(db, "events"))

    def test_history(self):
        db = self.synced()
        self.sync(db, BASE)
        lines = self.ok(db, "history").splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["RUN", "2", "1"])
        runs = json.loads(self.ok(db, "history", "--json", "--limit", "1"))
        self.assertEqual([run["run"] for run in runs], [2])
        self.fails(db, 2, "history", "--limit", "0")

    def test_status(self):
        db = self.database()
        done = db.run("status")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no sync has completed yet", done.stdout)
        self.sync(db, BASE)
        self.assertIn("health      ok", self.ok(db, "status"))
        report = json.loads(self.ok(db, "status", "--json"))
        self.assertEqual((report["ok"], report["problems"]), (True, []))
        self.assertEqual(report["counts"]["by_status"]["new"], 23)
        db.value("SELECT modelsync.sync_begin('{}')")
        self.assertEqual(json.loads(self.ok(db, "status", "--json"))["running"]["silent_s"], 0)
        self.assertRegex(self.ok(db, "status"), r"(?m)^running     run 2 since 20.* UTC \(.* ago\) by \S+/sql: claim$")
        for figures, shown in (("'fetch', 3200000, NULL", "fetch, 3.20 MB"),
                               ("'fetch', 3200000, 8000000", "fetch, 3.20 of 8.00 MB"),
                               ("'apply', NULL, 23", "apply, 23 models")):
            db.value("SELECT modelsync.sync_progress(2, fence, %s, NULL) FROM modelsync.lease" % figures)
            self.assertIn(": %s\n" % shown, self.ok(db, "status"))
        db.value("SELECT modelsync.sync_cancel(2, NULL)")
        self.assertIn("apply, 23 models; is to be cancelled\n", self.ok(db, "status"))
        db.psql("UPDATE modelsync.lease SET expires_at = now() - interval '10 minutes'")
        done = db.run("status")
        self.assertEqual(done.returncode, 1)
        self.assertIn("problem     run 2 went silent; the next sync closes it", done.stdout)
        self.sync(db, BASE)
        db.psql("UPDATE modelsync.run SET completed_at = completed_at - interval '27 hours'")
        done = db.run("status", "--json")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(json.loads(done.stdout)["problems"], ["no sync has completed for 27 hours"])


class SchemaTest(CliTestCase):
    def test_migrate_and_status(self):
        db = self.empty_database()
        self.assertIn("run: modelsync-tui db migrate", self.fails(db, 2, "models"))
        done = db.run("db", "status")
        self.assertEqual(done.returncode, 2)
        self.assertIn("pending", done.stdout)
        out = self.ok(db, "db", "migrate", "--dry-run")
        self.assertIn("nothing was written", out)
        self.assertEqual(db.value("SELECT to_regnamespace('modelsync') IS NULL"), "t")
        done = db.run("db", "migrate")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("database: %s on " % db.name, done.stderr)
        self.assertIn("nothing to do", self.ok(db, "db", "migrate"))
        self.assertIn("the schema is current", self.ok(db, "db", "status"))

    def test_unreachable(self):
        db = self.database()
        done = db.run("status", "--json", "--db", "host=/nonexistent password=hidden")
        self.assertEqual(done.returncode, 3)
        self.assertEqual(json.loads(done.stdout)["category"], "unreachable")
        self.assertNotIn("hidden", done.stderr + done.stdout)


class SettingsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = Scratch()
        cls.addClassCleanup(cls.scratch.close)

    def run_program(self, *arguments, **variables):
        return self.scratch.run(
            program(), *arguments, env=self.scratch.environment(**variables)
        )

    def file(self, text, mode=0o600):
        path = self.scratch.file("test.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def test_show_names_the_origin_and_masks(self):
        path = self.file('database = { conninfo = "host=db password=hidden"; };\n'
                         'upstream = { api_key = "hidden"; };\n')
        done = self.run_program("config", "show", "--config", path, "--theme", "light",
                                MODEL_SYNC_COOLDOWN_MINUTES="9")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("hidden", done.stdout)
        self.assertRegex(done.stdout, r"database\.conninfo +host=db password=\*+ +\S+test\.conf:1\n")
        self.assertRegex(done.stdout, r"upstream\.api_key +\*+ +\S+test\.conf:2\n")
        self.assertRegex(done.stdout, r"console\.theme +light +command line\n")
        self.assertRegex(done.stdout,
                         r"sync\.cooldown_minutes +9 +environment MODEL_SYNC_COOLDOWN_MINUTES\n")

    def test_check_warns(self):
        done = self.run_program("config", "check", MODELSYNC_CONSOLE_THEMA="x")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("warning: environment: MODELSYNC_CONSOLE_THEMA is no option", done.stdout)

    def test_errors_name_file_line_and_key(self):
        done = self.run_program("config", "check", "--config",
                                self.file("console = {\n theme = 3;\n};"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("test.conf:2: console.theme: is a number; allowed: dark, light, colour-blind, mono", done.stderr)
        done = self.run_program("config", "check", "--config",
                                self.file('upstream = { api_key = "hidden"; };', 0o644))
        self.assertEqual(done.returncode, 2)
        self.assertIn("chmod o= ", done.stderr)
        self.assertNotIn("hidden", done.stderr)

    def test_check_names_all_that_is_wrong(self):
        config = self.file('console = { theme = 3; nosuch = 1; };\nwrong = { a = 1; };\n'
                           'sync = { cooldown_minutes = "x"; };\nrules = ( { name = 5; }, { nam = "x"; } );\n')
        done = self.run_program("config", "check", "--config", config)
        self.assertEqual(done.returncode, 2)
        for problem in ("1: console.theme: ", "1: console.nosuch: ", "2: wrong: ", "3: sync.cooldown_minutes: ",
                        "4: rules.name: ", "4: rules.nam: "):
            self.assertIn("test.conf:" + problem, done.stderr)
        self.assertEqual(done.stderr.count("error: "), 6)
        done = self.run_program("config", "check", MODELSYNC_SYNC_SCHEDULE="0 2", DATABASE_URL="nonsense")
        self.assertEqual((done.returncode, done.stderr.count("error: ")), (2, 2), done.stderr)

    def test_check_names_all_rules_that_are_wrong(self):
        config = self.file('rules = (\n'
                           '{ name = "a"; match = "stats:new"; status = "active"; },\n'
                           '{ name = "b"; match = "*"; status = "new"; },\n'
                           '{ name = "b"; match = "*"; status = "new"; },\n'
                           '{ name = "c"; match = "*"; tiers = "gold"; },\n'
                           '{ name = "d"; match = "*"; });\n')
        done = self.run_program("config", "check", "--config", config, MODELSYNC_SYNC_SCHEDULE="0 2")
        self.assertEqual(done.returncode, 2)
        lines = done.stderr.splitlines()
        self.assertEqual(lines[:2], ["stats:new", "^~~~~"])
        mistakes = [line.partition("test.conf:")[2] for line in lines if line.startswith("error: ")]
        for mistake, problem in zip(mistakes, (
                '2: rules "a".match: the filter is wrong at character 1', '4: rules "b".name: is the name of the rule at',
                '5: rules "c".tiers: ', '6: rules "d".status: the rule decides nothing')):
            self.assertTrue(mistake.startswith(problem), mistake)
        self.assertEqual(len(mistakes), 5, "and the schedule")

    def test_check_points_at_a_wrong_schedule(self):
        done = self.run_program("config", "check", MODELSYNC_SYNC_SCHEDULE="0 2,25 * * *")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr.splitlines()[:3], [
            "0 2,25 * * *",
            "    ^~",
            "error: environment MODELSYNC_SYNC_SCHEDULE: sync.schedule is wrong at character 5: "
            "hour is 0 to 23",
        ])
        done = self.run_program("config", "check", MODEL_SYNC_SCHEDULE="0 0 30 2 *")
        self.assertIn("there is no such day in such a month", done.stderr)
        done = self.run_program("config", "check", MODELSYNC_SYNC_TIMEZONE="Europe/Atlantis")
        self.assertEqual(done.returncode, 2)
        self.assertIn("sync.timezone: there is no time zone \"Europe/Atlantis\"", done.stderr)
        done = self.run_program("config", "check", MODELSYNC_SYNC_SCHEDULE="@every 6h")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_parameters_that_libpq_refuses(self):
        url = "postgresql://u:hidden@h/db?pgbouncer=true"
        for command in (["config", "check"], ["status"]):
            done = self.run_program(*command, DATABASE_URL=url)
            self.assertEqual(done.returncode, 2)
            self.assertIn('"pgbouncer"', done.stderr)
            self.assertNotIn("hidden", done.stderr)
        done = self.run_program("status", DATABASE_URL="postgresql://u:hid%zzden@h/db")
        self.assertEqual(done.returncode, 2)
        self.assertNotIn("hid%zzden", done.stderr)

    def test_no_database_names_the_two_ways(self):
        for command in (["status"], ["models"], [], ["sync"]):
            done = self.run_program(*command)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("--local", done.stderr)
            self.assertIn("DATABASE_URL", done.stderr)
        done = self.run_program("status", PGHOST="/nonexistent")
        self.assertEqual(done.returncode, 3)

    def test_completion_knows_every_option_with_a_value(self):
        with open(os.path.join(TOP, "dist", "completion", "modelsync-tui"), encoding="utf-8") as file:
            script = file.read()
        overview = self.run_program("--help").stdout
        commands = re.findall(r"^  ([a-z]+(?: [a-z]+)?)(?=[A-Z\[ …]|$)", overview, re.M)
        self.assertIn("db migrate", commands)
        for command in commands:
            text = self.run_program(*command.split(), "--help").stdout
            for option in re.findall(r"^  (--[a-z-]+) [A-Z]", text, re.M):
                self.assertRegex(script, r"%s[ )]" % option)

    def test_completion_in_bash(self):
        script = """
            . "$1"; PATH="$2:$PATH"
            complete_line() {
                COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
                _modelsync_tui modelsync-tui "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
                echo "${COMPREPLY[@]}"
            }
            complete_line modelsync-tui s
            complete_line modelsync-tui --local db ""
            complete_line modelsync-tui db grant --profile ann@example.org ann ""
            complete_line modelsync-tui sync --dr
            complete_line modelsync-tui models --format j
        """
        done = self.scratch.run(
            "bash", "-c", script, "bash", os.path.join(TOP, "dist", "completion", "modelsync-tui"),
            os.path.dirname(program()),
        )
        self.assertEqual(
            done.stdout.splitlines(),
            ["sync show set status", "migrate status grant revoke grants quality settings retire", "viewer admin service", "--dry-run",
             "json jsonl"], done.stderr,
        )


if __name__ == "__main__":
    unittest.main()
