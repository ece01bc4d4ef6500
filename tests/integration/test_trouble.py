# SPDX-License-Identifier: MIT
"""Trouble while something is written: many writers at once, backends that are ended or killed, a disk
that is full. Whatever comes of it, nothing is half applied and the audit is whole."""
import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from modelsync_test import ClusterTestCase, Session, wait_until

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


def catalogue(count, price):
    return [{"id": "vendor/m%d" % n, "name": "M%d" % n, "context_length": 8000,
             "description": "What it does, at length. " * 20,
             "pricing": {"prompt": price, "completion": price}} for n in range(count)]


class TroubleCase(ClusterTestCase):
    def setUp(self):
        self.db = self.database()

    def session(self):
        session = Session(self.db)
        self.addCleanup(session.close)
        return session

    def sync(self, entries, expected=0):
        done = self.db.run("sync", "--force", "--json", "--from", "-", stdin=json.dumps({"data": entries}))
        self.assertEqual(done.returncode, expected, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def state(self):
        """What stands in the rows, and in the log."""
        return self.db.value("SELECT md5(string_agg(m::text, ' ' ORDER BY m.model_id)) FROM model_access m"), \
            self.db.value("SELECT count(*), max(changeset_id) FROM modelsync.change")

    def assert_whole(self):
        verdict = json.loads(self.db.value("SELECT modelsync.audit_verify()"))
        self.assertTrue(verdict["ok"], verdict)

    def expire_claim(self):
        self.db.psql("UPDATE modelsync.lease SET expires_at = clock_timestamp() WHERE run_id IS NOT NULL")


class ManyWritersTest(TroubleCase):
    CONNECTIONS, MODELS, ROUNDS = 8, 40, 6

    def edits(self, writer, turn, versions):
        batch = [{"model_id": model, "version": version, "daily_limit": turn * 100 + writer}
                 for model, version in versions.items()]
        random.shuffle(batch)
        return "SELECT modelsync.edit_models($e$%s$e$, '{\"origin\": \"cli\", \"os_user\": \"w%d\"}');" % (
            json.dumps(batch), writer)

    def test_of_eight_editing_the_same_rows_one_wins_each(self):
        self.sync(catalogue(self.MODELS, "0.1"))
        writers = [self.session() for _ in range(self.CONNECTIONS)]
        for turn in range(1, self.ROUNDS + 1):
            versions = {row["model_id"]: row["row_version"]
                        for row in self.db.rows("SELECT model_id, row_version FROM model_access")}
            for writer, session in enumerate(writers):
                session.send(self.edits(writer, turn, versions))
            won = {}
            for writer, session in enumerate(writers):
                answer = json.loads(session.answer())
                self.assertEqual(answer["applied"] + answer["conflicts"], self.MODELS, answer)
                for result in answer["results"]:
                    if result["result"] == "applied":
                        self.assertNotIn(result["model_id"], won)
                        won[result["model_id"]] = turn * 100 + writer
            self.assertEqual(won, {row["model_id"]: row["daily_limit"] for row in self.db.rows(
                "SELECT model_id, daily_limit FROM model_access")})
        self.assertEqual(self.db.value("SELECT count(*) FROM modelsync.change WHERE field = 'daily_limit'"),
                         str(self.MODELS * self.ROUNDS))
        self.assert_whole()


class EndedTest(TroubleCase):
    """A backend that waits in the middle of a write is ended."""

    def setUp(self):
        super().setUp()
        self.sync(catalogue(30, "0.1"))
        self.before = self.state()

    def end_in_the_middle(self, statement, end):
        """Lets a session run into a lock that another one holds, then ends it there."""
        holder, victim = self.session(), self.session()
        pid = int(victim.ask("SELECT pg_backend_pid();"))
        holder.ask("BEGIN; UPDATE model_access SET updated_at = updated_at WHERE model_id = 'vendor/m20';")
        victim.send(statement)
        wait_until(lambda: int(self.db.value(WAITING)) > 0, message="a session that waits for a lock")
        end(pid)
        return holder

    def terminate(self, pid):
        self.db.value("SELECT pg_terminate_backend(%d, 10000)" % pid)

    def kill(self, pid):
        """As the kernel does when memory runs out; the server then recovers from its log."""
        try:
            os.kill(pid, signal.SIGKILL)
        except PermissionError:
            self.skipTest("the server belongs to another account")
        wait_until(self.is_up, timeout=60, message="the end of recovery")

    def is_up(self):
        try:
            return self.db.value("SELECT 1") == "1"
        except AssertionError:
            return False

    def edit_sql(self):
        return ("SELECT modelsync.edit_models((SELECT jsonb_agg(jsonb_build_object('model_id', model_id,"
                " 'version', row_version, 'status', 'active') ORDER BY model_id) FROM model_access), '{}');")

    def apply_sql(self):
        claim = json.loads(self.db.value("SELECT modelsync.sync_begin('{\"trigger\": \"scheduled\"}')"))
        return "SELECT modelsync.sync_apply(%d, %d, ARRAY[$e$%s$e$::jsonb], '{}', NULL);" % (
            claim["run"], claim["fence"], json.dumps({"data": catalogue(29, "0.9")}))

    def check_nothing_happened(self):
        self.assertEqual(self.state(), self.before)
        self.assert_whole()

    def check_the_next_sync_goes_on(self):
        self.expire_claim()
        self.sync(catalogue(30, "0.5"))
        self.assertEqual(self.db.value("SELECT string_agg(state || ' ' || coalesce(category, ''), ',' ORDER BY run_id)"
                                       " FROM modelsync.run"), "completed ,failed interrupted,completed ")
        self.assert_whole()

    def test_an_edit_is_terminated(self):
        holder = self.end_in_the_middle(self.edit_sql(), self.terminate)
        holder.ask("ROLLBACK;")
        self.check_nothing_happened()

    def test_an_apply_is_terminated(self):
        holder = self.end_in_the_middle(self.apply_sql(), self.terminate)
        holder.ask("ROLLBACK;")
        self.check_nothing_happened()
        self.check_the_next_sync_goes_on()

    def test_an_edit_is_killed(self):
        self.db.value("CHECKPOINT")
        self.end_in_the_middle(self.edit_sql(), self.kill)
        self.check_nothing_happened()

    def test_an_apply_is_killed(self):
        statement = self.apply_sql()
        self.db.value("CHECKPOINT")
        self.end_in_the_middle(statement, self.kill)
        self.check_nothing_happened()
        self.check_the_next_sync_goes_on()

    def test_killed_anywhere_it_is_the_old_or_the_new_catalogue(self):
        for turn in range(8):
            statement, session = self.apply_sql(), self.session()
            self.db.value("CHECKPOINT")
            pid = int(session.ask("SELECT pg_backend_pid();"))
            session.send(statement.replace("0.9", "0.%d" % (turn + 2)))
            time.sleep(random.uniform(0.0, 0.05))  # any moment will do
            self.kill(pid)
            self.assertIn(self.db.value(
                "SELECT count(DISTINCT prompt_price) || ' ' || count(*) FILTER (WHERE missing_since IS NULL)"
                " FROM model_access WHERE model_id <> 'vendor/m29'"), ["1 29"])
            self.assert_whole()
            self.expire_claim()


@unittest.skipUnless(os.geteuid() == 0, "only root can mount a small file system")
class FullDiskTest(TroubleCase):
    def setUp(self):
        self.mount = tempfile.mkdtemp(prefix="modelsync-disk-")
        self.addCleanup(shutil.rmtree, self.mount, ignore_errors=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=30m", "modelsync-test", self.mount],
                              capture_output=True, encoding="utf-8", check=False)
        if done.returncode != 0:
            self.skipTest("mount: " + done.stderr.strip())
        self.addCleanup(subprocess.run, ["umount", "-l", self.mount], check=False)
        owner = os.stat(self.cluster.scratch.file("pg/data"))
        os.chown(self.mount, owner.st_uid, owner.st_gid)
        os.chmod(self.mount, 0o700)
        os.mkdir(self.mount + "/space")
        os.chown(self.mount + "/space", owner.st_uid, owner.st_gid)
        self.cluster.admin.psql("CREATE TABLESPACE small LOCATION '%s/space'" % self.mount)
        self.db = self.cluster.empty_database("template0 TABLESPACE small")
        self.db.migrate()
        self.addCleanup(self.drop)

    def drop(self):
        self.cluster.admin.psql("DROP DATABASE %s" % self.db.name)
        self.cluster.admin.psql("DROP TABLESPACE small")

    def test(self):
        self.sync(catalogue(50, "0.1"))
        before = self.state()
        with open(self.mount + "/ballast", "wb", buffering=0) as file:
            with self.assertRaisesRegex(OSError, "No space"):
                while True:
                    file.write(b"x" * 4096)
        done = self.db.run("sync", "--force", "--json", "--from", "-",
                           stdin=json.dumps({"data": catalogue(4000, "0.2")}))
        self.assertNotEqual(done.returncode, 0)
        answer = json.loads(done.stdout)
        self.assertEqual(answer["category"], "database", answer)
        self.assertIn("No space left on device", answer["message"])
        self.assertEqual(self.state(), before)
        self.assert_whole()
        os.unlink(self.mount + "/ballast")
        self.expire_claim()
        self.assertEqual(self.sync(catalogue(60, "0.3"))["state"], "completed")
        self.assert_whole()


if __name__ == "__main__":
    unittest.main()
