# SPDX-License-Identifier: MIT
"""Cancelling a sync at every moment of its life, with the time it takes until the program has ended.

Times are of the whole way: signal, end of what goes on, the run's row closed, exit.
"""
import random
import signal
import socket
import subprocess
import time
import unittest

from modelsync_test import Session, wait_until
from sync_case import SyncTestCase
from upstream_stub import PATH, Answer, catalogue, models

LIMIT_S = 0.1
BUSY = 10  # the machine may have other things to do: a single one may take so many times as long
TIMES = 5
LARGE, LARGEST = 4000, 20000


class CancelTest(SyncTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.took = {}

    @classmethod
    def tearDownClass(cls):
        for name, seconds in sorted(cls.took.items()):
            print("# cancelled %s: median %.0f ms, longest %.0f ms of %d" % (
                name, 1000 * sorted(seconds)[len(seconds) // 2], 1000 * max(seconds), len(seconds)))
        super().tearDownClass()

    def program(self, prefix, **settings):
        settings = dict({"UPSTREAM_RETRIES": 0, "SYNC_COOLDOWN_MINUTES": 0}, **settings)
        with open(self.cluster.scratch.file("said"), "w", encoding="utf-8") as said:
            process = subprocess.Popen(
                [*prefix, *self.db.program("sync", "--json")], env=self.environment(**settings),
                stdin=subprocess.DEVNULL, stdout=said, stderr=said,
            )
        self.addCleanup(self.end, process)
        return process

    def said(self):
        """What the program said last."""
        with open(self.cluster.scratch.file("said"), encoding="utf-8") as said:
            return said.read()

    def cancel(self, process):
        """Seconds until the process has ended, and its exit status."""
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        code = process.wait(20)
        return time.monotonic() - began, code

    def check(self, name, ready, after=0.15, prefix=(), **settings):
        """ready: waits for the moment. after: seconds from then on to the signal."""
        seconds = []
        for _ in range(TIMES):
            process = self.program(prefix, **settings)
            ready()
            time.sleep(after)
            took, code = self.cancel(process)
            self.assertEqual(code, 130, self.said())
            seconds.append(took)
            run = self.last_run()
            self.assertEqual((run["state"], run["category"]), ("failed", "cancelled"))
        self.judge(name, seconds)

    def judge(self, name, seconds, limit=LIMIT_S):
        self.took[name] = seconds
        self.assertLess(sorted(seconds)[len(seconds) // 2], limit, "%s: %s" % (name, seconds))
        self.assertLess(max(seconds), BUSY * limit, "%s: %s" % (name, seconds))

    def session(self):
        session = Session(self.db)
        self.addCleanup(session.close)
        return session

    def is_running(self):
        wait_until(lambda: self.db.value("SELECT count(*) FROM modelsync.lease WHERE run_id IS NOT NULL") == "1",
                   message="the claim")

    def check_asked(self, name, answer, after=0.15, **settings):
        self.serve(answer)

        def ready():
            wait_until(lambda: self.upstream.requests, message="a request")
            self.upstream.requests.clear()

        self.check(name, ready, after, **settings)

    def silent_port(self, backlog=8):
        listener = socket.create_server(("127.0.0.1", 0), backlog=backlog)
        self.addCleanup(listener.close)
        return listener.getsockname()[1]

    def test_looking_the_name_up(self):
        nameserver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(nameserver.close)
        path = self.cluster.scratch.file("resolv.conf")
        with open(path, "w", encoding="ascii") as file:
            file.write("nameserver 127.0.0.97\n")
        prefix = ("unshare", "-m", "sh", "-c", "mount --bind '%s' /etc/resolv.conf && exec \"$@\"" % path, "sh")
        try:
            nameserver.bind(("127.0.0.97", 53))
        except OSError:
            self.skipTest("not allowed to be a name server")
        if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode != 0:
            self.skipTest("no mount namespaces here")

        def asked():
            self.is_running()
            nameserver.settimeout(10)
            nameserver.recv(512)  # it may be a question of the one before: 0.15 s are long enough

        self.check("while a name is looked up", asked, prefix=prefix,
                   UPSTREAM_URL="http://models.example.test/models")

    def test_connecting(self):
        port = self.silent_port(backlog=0)
        for _ in range(3):  # more than the queue holds: further ones get no answer
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
            self.addCleanup(waiting.close)
        self.check("while connecting", self.is_running, UPSTREAM_URL="http://127.0.0.1:%d/" % port)

    def test_handshake(self):
        self.check("in the TLS handshake", self.is_running, UPSTREAM_URL="https://127.0.0.1:%d/" % self.silent_port())

    def test_waiting_for_headers(self):
        self.check_asked("while waiting for headers", Answer(hang_before=True))

    def test_in_headers(self):
        self.check_asked("within the headers", Answer(body=b"{}", drip=0.1))

    def test_silent_body(self):
        self.check_asked("in a silent body", Answer(body=catalogue(models(30)), hang_after=3000))

    def test_flowing_body(self):
        body = b" " * 65536
        self.check_asked("in a flowing body", Answer(body=body, repeat_body=10**6, no_length=True),
                         UPSTREAM_MAX_BYTES=1 << 30)

    def test_retry(self):
        self.check_asked("before a retry", Answer(503, headers={"Retry-After": "60"}), UPSTREAM_RETRIES=3)

    def test_between_pages(self):
        entries = models(100)
        pages = [Answer(body=catalogue([entry], None, "%s?offset=%d" % (PATH, n)), delay=0.02)
                 for n, entry in enumerate(entries, 1)]

        def ready():
            self.upstream.requests.clear()
            self.serve(*pages)
            wait_until(lambda: len(self.upstream.requests) > random.randrange(3, 20), message="some pages")

        self.serve(*pages)
        self.check("between pages", ready, after=0)

    def test_claiming(self):
        session = subprocess.Popen(self.db.psql_command(), env=self.cluster.scratch.environment(),
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        self.addCleanup(self.end, session)
        seconds = []
        for _ in range(TIMES):
            session.stdin.write("BEGIN; LOCK TABLE modelsync.run IN ACCESS EXCLUSIVE MODE;\n\\echo locked\n")
            session.stdin.flush()
            self.assertEqual(session.stdout.readline(), "locked\n")
            process = self.program(())
            wait_until(lambda: self.db.value(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") != "0", message="a wait")
            took, code = self.cancel(process)
            session.stdin.write("ROLLBACK;\n")
            self.assertEqual(code, 130, self.said())
            seconds.append(took)
        self.judge("while claiming", seconds)

    def test_when_the_run_is_complete(self):
        """There are no rules any more: that nothing waits for them is all that is left to note."""
        gate = self.session()
        entries = self.load_models()
        self.db.psql("""
            INSERT INTO modelsync.rule_pending (model_id, run_id) SELECT model_id, 1 FROM model_access;
            CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_advisory_xact_lock(7); RETURN null; END $$;
            CREATE TRIGGER pause BEFORE DELETE ON modelsync.rule_pending EXECUTE FUNCTION pause();""")
        gate.ask("SELECT pg_advisory_lock(7);")
        self.serve(catalogue(entries))
        process = self.program(())
        wait_until(lambda: self.db.value("SELECT count(*) FROM pg_locks WHERE NOT granted") == "1", message="a wait")
        took, code = self.cancel(process)
        self.assertEqual(code, 0, self.said())
        self.assertNotIn("problem", self.said())
        self.assertEqual(self.last_run()["state"], "completed")
        self.judge("when the run is complete", [took])

    def check_from_elsewhere(self, name, ready):
        seconds, other = [], self.session()
        for _ in range(TIMES):
            process = self.program(())
            ready()
            time.sleep(0.15)
            began = time.monotonic()
            other.ask("SELECT modelsync.sync_cancel((SELECT max(run_id) FROM modelsync.run), '{}');")
            code = process.wait(20)
            seconds.append(time.monotonic() - began)
            self.assertEqual(code, 130, self.said())
            run = self.last_run()
            self.assertEqual((run["state"], run["category"]), ("failed", "cancelled"))
            self.assertIn("from elsewhere", run["message"])
        self.judge(name, seconds)

    def test_from_elsewhere_in_a_silent_body(self):
        self.serve(Answer(body=catalogue(models(30)), hang_after=3000))
        self.check_from_elsewhere("from elsewhere, in a silent body", self.is_running)

    def test_from_elsewhere_while_it_applies(self):
        self.serve(catalogue(models(30)))
        gate = self.session()
        gate.ask("BEGIN; LOCK TABLE modelsync.change IN SHARE MODE;")
        self.check_from_elsewhere("from elsewhere, while it applies", lambda: wait_until(
            lambda: self.db.value("SELECT count(*) FROM pg_locks WHERE NOT granted") == "1", message="a wait"))

    def test_any_moment_of_a_large_one(self):
        self.check_any_moment(LARGE, 12, LIMIT_S)

    def test_any_moment_of_the_largest(self):
        """Each step is as long as the catalogue: a busy machine may take its time for it."""
        self.check_any_moment(LARGEST, 8, 4 * LIMIT_S)

    def check_any_moment(self, count, moments, limit):
        """From the answer's last byte to the end, at random; what was not applied is cancelled."""
        self.serve(Answer(body=catalogue(models(count)), gzip=False))
        self.db = self.database()
        began = time.monotonic()
        whole = self.program(())
        self.assertEqual(whole.wait(60), 0, self.said())
        whole_s = time.monotonic() - began
        seconds, codes = [], set()
        for number in range(moments):
            self.db = self.database()
            process = self.program(())
            time.sleep(whole_s * (number + random.random()) / (moments + 1))
            took, code = self.cancel(process)
            codes.add(code)
            if code == 0:  # it was just being committed
                self.assertEqual(self.last_run()["state"], "completed")
                continue
            if code == -signal.SIGINT:  # nothing had begun
                self.assertEqual(self.run_count(), 0)
                continue
            self.assertEqual(code, 130, self.said())
            self.assertEqual(self.db.value("SELECT count(*) FROM model_access"), "0")
            seconds.append(took)
        self.assertIn(130, codes)
        self.judge("at any moment of a first sync of %d (%.1f s)" % (count, whole_s), seconds, limit)


if __name__ == "__main__":
    unittest.main()
