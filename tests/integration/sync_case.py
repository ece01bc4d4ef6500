# SPDX-License-Identifier: MIT
"""What the tests of sync share: a database and an upstream per test, and ways to look at both."""
import json
import subprocess

from modelsync_test import ClusterTestCase, wait_until
from upstream_stub import Upstream, catalogue, models

HISTORY = "SELECT h AS run FROM modelsync.history(1) h"
MODELS = "SELECT coalesce(md5(string_agg(m::text || m.xmin, E'\\n' ORDER BY id)), '') FROM model_access m"


class Result:
    """What one call of sync --json came to."""

    def __init__(self, done):
        self.code = done.returncode
        self.stderr = done.stderr
        self.report = json.loads(done.stdout) if done.stdout else {}

    def __getitem__(self, name):
        return self.report[name]

    def __repr__(self):
        return "exit %d; %.1500s; %s" % (self.code, json.dumps(self.report), self.stderr)


class SyncTestCase(ClusterTestCase):
    def setUp(self):
        self.db = self.database()
        self.upstream = Upstream()
        self.addCleanup(self.upstream.close)

    def environment(self, **settings):
        """Settings by the names of their variables without MODELSYNC_, such as UPSTREAM_RETRIES."""
        variables = {"MODELSYNC_" + name: str(value) for name, value in settings.items()}
        variables.setdefault("MODELSYNC_UPSTREAM_URL", self.upstream.url)
        return self.db.environment(**variables)

    def sync(self, *arguments, stdin="", **settings):
        env = self.environment(**settings)
        return Result(self.db.run("sync", "--json", *arguments, env=env, stdin=stdin))

    def serve(self, *answers):
        self.upstream.script(*answers)

    def file(self, content):
        path = self.cluster.scratch.file("catalogue.json")
        with open(path, "wb") as file:
            file.write(content)
        return path

    def load(self, entries):
        """Syncs from a file, which no cooldown forbids; must complete."""
        result = self.sync("--from", self.file(catalogue(entries)))
        self.assertEqual((result.code, result["state"]), (0, "completed"), result)
        return result

    def load_models(self, count=30):
        entries = models(count)
        self.load(entries)
        return entries

    def start_sync(self, *arguments, stdin=subprocess.DEVNULL, **settings):
        """A sync that goes on while the test does something else."""
        process = subprocess.Popen(
            self.db.program("sync", "--json", *arguments),
            env=self.environment(**settings),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    def wait_for_request(self, number=1):
        wait_until(lambda: len(self.upstream.requests) >= number, message="request %d" % number)

    @staticmethod
    def finish(process, timeout=20):
        out, err = process.communicate(timeout=timeout)
        return Result(subprocess.CompletedProcess([], process.returncode, out, err))

    def expire_lease(self):
        self.db.psql("UPDATE modelsync.lease SET expires_at = now() - interval '1 second'")

    def last_run(self):
        return self.db.rows(HISTORY)[0]["run"]

    def run_count(self):
        return int(self.db.value("SELECT count(*) FROM modelsync.run"))

    def models_as_stored(self):
        """A digest that changes when any row is written, even to the same values."""
        return self.db.value(MODELS)

    def row(self, model_id):
        rows = self.db.rows("SELECT * FROM modelsync.model WHERE model_id = '%s'" % model_id)
        return rows[0] if rows else None

    def statuses(self):
        rows = self.db.rows("SELECT model_id, status FROM modelsync.model")
        return {row["model_id"]: row["status"] for row in rows}

    def decide(self, model_id, **columns):
        """An admin's decision."""
        edit = json.dumps([dict(columns, model_id=model_id)])
        reply = self.db.value("SELECT modelsync.edit_models('%s', '{\"origin\": \"sql\"}')" % edit)
        self.assertEqual(json.loads(reply)["applied"], 1, reply)
