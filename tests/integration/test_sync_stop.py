# SPDX-License-Identifier: MIT
"""Syncs that are cancelled, killed, stopped, raced or cut off from their database."""
import os
import signal
import subprocess
import time
import unittest

from modelsync_test import wait_until
from sync_case import SyncTestCase
from upstream_stub import Answer, catalogue, models

HANG = Answer(hang_before=True)
BACKENDS = "FROM pg_stat_activity WHERE application_name LIKE 'modelsync-tui%' AND datname = current_database()"


class StopCase(SyncTestCase):
    def setUp(self):
        super().setUp()
        self.entries = self.load_models(20)
        self.before = self.models_as_stored()

    def start_hanging(self, answer=HANG, **settings):
        self.serve(answer)
        process = self.start_sync(**settings)
        self.wait_for_request()
        return process

    def check_cancelled(self, process, began):
        result = self.finish(process)
        self.assertLess(time.monotonic() - began, 1.0, "cancelled within a second")
        self.assertEqual((result.code, result["category"]), (130, "cancelled"), result)
        run = self.last_run()
        self.assertEqual((run["state"], run["category"]), ("failed", "cancelled"))
        self.assertEqual(self.models_as_stored(), self.before)
        self.serve(catalogue(self.entries))
        self.assertEqual(self.sync().code, 0, "the next one runs at once")

    def check_signal(self, process, signo=signal.SIGINT):
        began = time.monotonic()
        process.send_signal(signo)
        self.check_cancelled(process, began)


class CancelTest(StopCase):
    def test_interrupt_while_waiting(self):
        self.check_signal(self.start_hanging())

    def test_terminate_in_the_middle_of_the_answer(self):
        body = catalogue(self.entries)
        self.check_signal(self.start_hanging(Answer(body=body, hang_after=3000)), signal.SIGTERM)

    def test_interrupt_before_a_retry(self):
        process = self.start_hanging(Answer(503, headers={"Retry-After": "60"}))
        time.sleep(0.3)
        self.check_signal(process)

    def test_from_elsewhere(self):
        process = self.start_hanging()
        run = self.last_run()["run"]
        began = time.monotonic()
        self.db.psql("SELECT modelsync.sync_cancel(%d, '{\"origin\": \"sql\"}')" % run)
        self.check_cancelled(process, began)

    def test_while_reading_standard_input(self):
        process = self.start_sync("--from", "-", stdin=subprocess.PIPE)
        wait_until(lambda: self.db.value("SELECT count(*) %s" % BACKENDS) == "1", message="the program")
        time.sleep(0.3)
        before = self.run_count()
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(10), 130)
        self.assertLess(time.monotonic() - began, 1.0)
        self.assertEqual(self.run_count(), before, "what was not read is no run")

    def test_in_the_database(self):
        blocker = self.hold_lock("LOCK TABLE public.model_access IN SHARE MODE")
        self.serve(catalogue(models(25)))
        process = self.start_sync()
        wait_until(lambda: self.db.value("SELECT count(*) %s AND wait_event_type = 'Lock'" % BACKENDS) == "1",
                   message="the apply to wait")
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        result = self.finish(process)
        blocker.communicate("")
        self.assertLess(time.monotonic() - began, 1.0)
        self.assertEqual((result.code, result["category"]), (130, "cancelled"), result)
        self.assertEqual(self.last_run()["category"], "cancelled")
        self.assertEqual(self.models_as_stored(), self.before)

    def hold_lock(self, statement):
        """A session that holds a lock until its input ends."""
        session = subprocess.Popen(
            self.db.psql_command(),
            env=self.cluster.scratch.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        self.addCleanup(self.end, session)
        session.stdin.write("BEGIN;\n%s;\n\\echo locked\n" % statement)
        session.stdin.flush()
        self.assertEqual(session.stdout.readline(), "locked\n")
        return session


class RaceTest(StopCase):
    def test_two_at_once(self):
        first = self.start_hanging()
        second = self.sync()
        self.assertEqual((second.code, second["category"]), (6, "busy"), second)
        self.assertIn("run %d" % self.last_run()["run"], second["message"])
        self.assertEqual(len(self.upstream.requests), 1, "only one of them fetches")
        self.assertEqual(self.sync("--from", self.file(catalogue(self.entries))).code, 6)
        self.assertEqual(self.sync("--force").code, 6)
        self.check_signal(first)

    def test_many_at_once(self):
        self.serve(Answer(body=catalogue(self.entries), delay=1.5))
        processes = [self.start_sync() for _ in range(4)]
        codes = sorted(self.finish(process).code for process in processes)
        self.assertEqual(codes, [0, 6, 6, 6])

    def test_killed_one_is_closed_by_the_next(self):
        process = self.start_hanging()
        killed = self.last_run()["run"]
        process.kill()
        process.wait()
        self.assertEqual(self.last_run()["state"], "running")
        self.serve(catalogue(self.entries))
        self.assertEqual(self.sync().code, 6, "it may still be alive")
        self.expire_lease()
        self.assertEqual(self.sync().code, 0)
        rows = self.db.rows("SELECT state, category FROM modelsync.run WHERE run_id = %d" % killed)
        self.assertEqual(rows, [{"state": "failed", "category": "interrupted"}])

    def test_stopped_one_cannot_apply_late(self):
        changed = [dict(entry, context_length=77) for entry in self.entries]
        process = self.start_hanging(Answer(body=catalogue(changed), delay=1.0))
        os.kill(process.pid, signal.SIGSTOP)
        self.expire_lease()
        self.serve(catalogue(self.entries))
        self.assertEqual(self.sync().code, 0)
        time.sleep(1.0)
        os.kill(process.pid, signal.SIGCONT)
        result = self.finish(process)
        self.assertEqual((result.code, result["category"]), (1, "interrupted"), result)
        self.assertEqual(self.models_as_stored(), self.before)

    def test_claim_is_renewed(self):
        self.db.psql("UPDATE modelsync.setting SET value = '2' WHERE name = 'lease_seconds'")
        self.serve(Answer(body=catalogue(self.entries), delay=4.0))
        process = self.start_sync()
        self.wait_for_request()
        seen = set()
        while process.poll() is None:
            seen.add(self.db.value("SELECT phase FROM modelsync.run ORDER BY run_id DESC LIMIT 1"))
            self.assertEqual(
                self.db.value("SELECT count(*) FROM modelsync.lease WHERE expires_at < now()"), "0")
            time.sleep(0.1)
        self.assertEqual(self.finish(process).code, 0)
        self.assertIn("fetch", seen)


class DatabaseTroubleTest(StopCase):
    def test_connection_lost_while_fetching(self):
        process = self.start_hanging(Answer(body=catalogue(self.entries), delay=2.5))
        self.db.psql("SELECT pg_terminate_backend(pid) %s" % BACKENDS)
        result = self.finish(process)
        self.assertEqual((result.code, result["state"]), (0, "completed"), result)

    def test_database_restarts_while_fetching(self):
        process = self.start_hanging(Answer(body=catalogue(self.entries), delay=3.0))
        self.cluster.control("stop")
        self.cluster.control("start", "--fast")
        result = self.finish(process)
        self.assertEqual((result.code, result["state"]), (0, "completed"), result)

    def test_database_stays_away(self):
        process = self.start_hanging()
        self.cluster.control("stop")
        began = time.monotonic()
        result = self.finish(process)
        self.cluster.control("start", "--fast")
        self.assertLess(time.monotonic() - began, 20)
        self.assertEqual((result.code, result["category"]), (3, "unreachable"), result)
        self.assertIn("stays open until its claim ends", result["message"])
        self.assertEqual(self.last_run()["state"], "running")
        self.expire_lease()
        self.serve(catalogue(self.entries))
        self.assertEqual(self.sync().code, 0)

    def test_database_fails_in_apply(self):
        self.db.psql("""
            CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE 'no \u00e9\x1b[31m'; END $$;
            CREATE TRIGGER no BEFORE INSERT OR UPDATE ON model_access EXECUTE FUNCTION no();
        """)
        self.serve(catalogue(models(25)))
        result = self.sync()
        self.assertEqual((result.code, result["category"]), (1, "database"), result)
        self.assertEqual(self.last_run()["category"], "database")
        self.assertEqual(self.models_as_stored(), self.before)


if __name__ == "__main__":
    unittest.main()
