# SPDX-License-Identifier: MIT
"""Each slot is run to its end exactly once, whatever happens to the daemons.

Daemons share a database and a schedule; at random moments one of them is killed, stopped, or cut
off, or the database restarts. MODELSYNC_TEST_SLOTS makes it longer, MODELSYNC_TEST_SEED makes
another one.
"""
import os
import random
import signal
import time
import unittest

from daemon_case import DaemonCase
from modelsync_test import wait_until
from socket_proxy import SocketProxy
from upstream_stub import Answer, catalogue

EVERY_S = 6
TAKEOVER_S = 2
FETCH_S = 0.5
SLOTS = int(os.environ.get("MODELSYNC_TEST_SLOTS", "5"))
SEED = int(os.environ.get("MODELSYNC_TEST_SEED", "1"))


class Node:
    """A daemon with a wire of its own to the database, which comes back after whatever it met."""

    def __init__(self, case, number):
        self.case = case
        self.proxy = SocketProxy(case.cluster.scratch.file("%s-wire%d" % (case.db.name, number)),
                                 case.socket())
        case.addCleanup(self.proxy.close)
        self.launch()

    def launch(self):
        self.daemon = self.case.start(
            "@every %ds" % EVERY_S, wait=False, DAEMON_TAKEOVER=TAKEOVER_S, SYNC_RETRY_BASE=1,
            arguments=("--db", self.case.through(self.proxy)))

    def kill(self):
        self.daemon.kill()

    def stop(self):
        self.daemon.signal(signal.SIGSTOP)

    def cut(self):
        self.proxy.is_frozen = True

    def recover(self):
        if self.daemon.process.poll() is not None:
            self.launch()
        self.daemon.signal(signal.SIGCONT)
        self.proxy.is_frozen = False


class SlotsTest(DaemonCase):
    def setUp(self):
        super().setUp()
        self.load(self.entries)
        self.serve(Answer(body=catalogue(self.entries), delay=FETCH_S))
        self.pick = random.Random(SEED)

    def restart_database(self):
        self.cluster.control("stop")
        self.cluster.control("start", "--fast")

    def next_slot(self):
        """Waits until shortly before the next one; returns its time."""
        at = (int(time.time() + 0.5) // EVERY_S + 1) * EVERY_S
        time.sleep(at - time.time())
        return at

    def runner(self, nodes):
        """The node whose run goes on, if there is one."""
        owner = self.db.value("""
            SELECT coalesce(max(split_part(r.owner, ':', 2)), '') FROM modelsync.lease l
            JOIN modelsync.run r USING (run_id)""")
        return next((node for node in nodes if str(node.daemon.pid) == owner), None)

    def trouble(self, nodes):
        """Something happens, mostly to the one that is at work."""
        time.sleep(self.pick.uniform(0, FETCH_S * 1.5))
        kind = self.pick.choice(("kill", "kill", "stop", "cut", "restart", "nothing"))
        if kind == "restart":
            self.restart_database()
            return None
        victim = self.runner(nodes) or self.pick.choice(nodes)
        if kind != "nothing":
            getattr(victim, kind)()
        return victim

    def check(self, first, last):
        rows = self.db.rows("""
            SELECT extract(epoch FROM s.at)::int AS at, s.state, s.attempts,
                (SELECT count(*) FROM modelsync.run r
                 WHERE r.slot_id = s.slot_id AND r.state = 'completed') AS completed
            FROM modelsync.slot s WHERE s.at BETWEEN to_timestamp(%d) AND to_timestamp(%d)
            ORDER BY s.at""" % (first, last))
        self.assertEqual([(row["at"], row["state"], row["completed"]) for row in rows],
                         [(at, "completed", 1) for at in range(first, last + 1, EVERY_S)],
                         "seed %d: %s" % (SEED, rows))
        return rows

    def live_through(self, count):
        nodes = [Node(self, number) for number in range(count)]
        for node in nodes:
            node.daemon.wait_log("database_connected")
        first = None
        for _ in range(SLOTS):
            at = self.next_slot()
            first = first or at
            victim = self.trouble(nodes)
            time.sleep(max(0, at + EVERY_S * 0.5 - time.time()))
            if victim:
                victim.recover()
        wait_until(lambda: self.db.value(
            "SELECT state FROM modelsync.slot WHERE at = to_timestamp(%d)" % at) == "completed",
            timeout=3 * EVERY_S, message="the last slot")
        rows = self.check(first, at)
        self.assertEqual(self.db.value("SELECT count(*) FROM modelsync.run WHERE state = 'running'"), "0")
        verdict = self.db.run("audit", "verify")
        self.assertEqual(verdict.returncode, 0, verdict.stdout)
        return rows

    def test_one_daemon(self):
        self.live_through(1)

    def test_two_daemons(self):
        self.live_through(2)

    def test_eight_daemons(self):
        self.live_through(8)

    def test_takeover_within_ten_seconds(self):
        """With the settings as they come."""
        self.db.psql("UPDATE modelsync.run SET started_at = started_at - interval '1 hour'")
        self.serve(Answer(hang_before=True))
        first = self.start("@every 10m", SYNC_CATCH_UP="true")
        self.wait_for_request()
        second = self.start("@every 10m", SYNC_CATCH_UP="true")
        self.serve(catalogue(self.entries))
        killed = time.monotonic()
        first.kill()
        second.wait_log("event=run_completed", timeout=12)
        self.assertLess(time.monotonic() - killed, 10.0)
        self.assertEqual(self.slots()[-1]["runs"], ["failed interrupted", "completed "])


if __name__ == "__main__":
    unittest.main()
