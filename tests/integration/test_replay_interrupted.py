# SPDX-License-Identifier: MIT
"""The real answers, replayed by the program while everything breaks, leave behind what an undisturbed
replay does.

Syncs are killed, stopped or held up until another one has taken over, cut off from the database or
from upstream, and the server crashes: at random moments, and exactly between what a sync writes first
and what it writes last. After each of it sync is simply called again, until the answer is in force.
MODELSYNC_TEST_SEED makes another run of it, MODELSYNC_TEST_CAPTURES=204 takes all answers.
"""
import itertools
import os
import random
import re
import signal
import time
import unittest

from modelsync_test import Session, wait_until
from replay_case import captures, left_behind
from socket_proxy import NAME, SocketProxy
from sync_case import SyncTestCase
from upstream_stub import Answer

SEED = int(os.environ.get("MODELSYNC_TEST_SEED", "1"))
CAPTURES = int(os.environ.get("MODELSYNC_TEST_CAPTURES", "32"))
FETCH_S = 0.2
SYNC_S = 0.5  # about what a sync takes, the program's start and the fetch included

# Who is silent for as long as this is taken over from.
LEASE_S = 1
WAYS = ("kill", "crash", "cut", "stop", "delay")
MOMENTS = ("any", "fetch", "claim", "apply", "apply")
# Where a sync waits while nobody else may write: an apply is then between its first and its last row.
CLAIM_TABLES = ("public.model_sync_log", "modelsync.run")
APPLY_TABLES = ("modelsync.run", "public.model_access", "modelsync.model_document", "modelsync.change",
                "modelsync.changeset", "public.model_sync_log", "modelsync.audit_head")

CATALOGUE = """
    SELECT md5(string_agg(concat_ws('|', m.model_id, modelsync.facts(m), modelsync.decisions(m),
        m.missed_runs, m.restore_status, m.missing_since IS NULL), E'\\n' ORDER BY m.model_id))
    FROM public.model_access m"""
# What the next sync takes for known, and what it has to do besides.
FOR_THE_NEXT = {
    "pending": "SELECT model_id FROM modelsync.rule_pending ORDER BY model_id",
    "hashes": "SELECT model_id, raw_hash FROM modelsync.model_document ORDER BY model_id",
    "catalogue": "SELECT url, etag, normaliser, entries_digest, raw_digest, ids_digest, answer"
                 " FROM modelsync.catalogue",
}
# Runs whose row, log row or audit entry do not say the same.
CONTRADICTIONS = """
    SELECT r.run_id, r.state, r.category, l.sync_status, a.outcomes
    FROM modelsync.run r JOIN public.model_sync_log l ON l.id = r.sync_log_id,
        LATERAL (SELECT array_agg(a.outcome) AS outcomes FROM modelsync.audit a
            WHERE a.run_id = r.run_id AND a.action = 'sync' AND a.outcome <> 'refused') a
    WHERE l.sync_status <> r.state OR a.outcomes IS DISTINCT FROM
        ARRAY[CASE r.state WHEN 'completed' THEN 'done' ELSE r.state END]"""
BACKENDS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()" \
           " AND application_name LIKE 'modelsync-tui%%' AND %s"


def plan(pick, count):
    """Which of so many answers are interrupted, four of five, and how: {number: (way, moment)}.

    Not the last: what a sync that was killed leaves to the next one would stay undone.
    """
    every = [(way, moment) for way in WAYS for moment in MOMENTS] + [("reset", "fetch")]
    pick.shuffle(every)
    return dict(zip(pick.sample(range(count - 1), count * 4 // 5 + 1), itertools.cycle(every)))


class InterruptedTest(SyncTestCase):
    @classmethod
    def setUpClass(cls):
        every = [text.encode() for _, text in captures()]
        cls.answers = [every[n * len(every) // CAPTURES] for n in range(CAPTURES)]
        super().setUpClass()

    def fresh(self):
        db = self.database()
        # The throwaway server may forget what it has confirmed; one that people use may not.
        db.psql("ALTER DATABASE %s SET synchronous_commit = on" % db.name)
        db.psql("UPDATE modelsync.setting SET value = '%d' WHERE name = 'lease_seconds'" % LEASE_S)
        return db

    # --- a single sync ------------------------------------------------------------------------

    def offer(self, number, **how):
        self.upstream.requests.clear()
        self.serve(Answer(body=self.answers[number], etag='"%d"' % number, **how))

    def start(self, *arguments):
        return self.start_sync(*arguments, SYNC_COOLDOWN_MINUTES=0, UPSTREAM_RETRIES=0)

    def complete(self, number):
        self.offer(number)
        result = self.finish(self.start())
        self.assertEqual((result.code, result["state"]), (0, "completed"), result)

    def completed(self):
        return int(self.db.value("SELECT count(*) FROM modelsync.run WHERE state = 'completed'"))

    def count(self, which):
        return int(self.db.value(BACKENDS % which))

    def undisturbed(self):
        """Returns the database, and digests of the catalogue before and after each answer."""
        self.db = self.fresh()
        digests = [self.db.value(CATALOGUE)]
        for number in range(CAPTURES):
            self.complete(number)
            digests.append(self.db.value(CATALOGUE))
        return self.db, digests

    # --- an interrupted one --------------------------------------------------------------------

    def block(self, table):
        """A session that keeps everybody else from writing to a table."""
        session = Session(self.db)
        self.addCleanup(session.close)
        session.ask("BEGIN; LOCK TABLE %s IN SHARE MODE;" % table)
        return session

    def start_until(self, moment, is_claimed):
        """A sync at that moment of its life; returns it, and the session that keeps it there.

        is_claimed: not before it has claimed.
        """
        blocker = self.block(self.pick.choice(CLAIM_TABLES)) if moment == "claim" else None
        process = self.start("--db", self.wire)
        if moment == "any" and not is_claimed:
            time.sleep(self.pick.uniform(0, SYNC_S))
        elif moment != "claim":
            self.wait_for_request()
            if moment == "apply":
                blocker = self.block(self.pick.choice(APPLY_TABLES))
            else:
                time.sleep(self.pick.uniform(0, FETCH_S / 2 if moment == "fetch" else SYNC_S))
        if blocker:
            wait_until(lambda: process.poll() is not None or self.count("wait_event_type = 'Lock'"),
                       message="the sync to wait")
        return process, blocker

    def interrupt(self, number, way, moment):
        """Ends when nothing more can come of it but what a stopped sync does when it goes on."""
        is_held_up = way in ("stop", "delay")
        self.offer(number, delay=FETCH_S, **({"reset": True, "send_only": 5000} if way == "reset" else {}))
        process, blocker = self.start_until(moment, is_held_up)
        if blocker:  # an answer with nothing to wait for may be in force already
            self.assertEqual(self.db.value(CATALOGUE), self.digests[self.completed()])
        if way != "reset":
            getattr(self, way)(process)
        if blocker:
            blocker.close()
        if is_held_up:
            wait_until(lambda: not self.count("state = 'active'") and self.claim_ended(),
                       message="the end of the claim")
        else:
            process.communicate(timeout=20)
            wait_until(lambda: not self.count("true"), message="the backends to end")
            if not self.claim_ended():
                self.expire_lease()
        return process if is_held_up else None

    def claim_ended(self):
        return self.db.value("SELECT run_id IS NULL OR expires_at < clock_timestamp()"
                             " FROM modelsync.lease") == "t"

    def kill(self, process):
        process.kill()

    def crash(self, _):
        self.cluster.crash()

    def cut(self, _):
        self.proxy.cut()

    def stop(self, process):
        process.send_signal(signal.SIGSTOP)

    def delay(self, _):
        self.proxy.is_frozen = True

    def go_on(self, process):
        """Who comes back after it has been taken over from is told so, and does nothing."""
        before = self.models_as_stored()
        process.send_signal(signal.SIGCONT)
        self.proxy.is_frozen = False
        result = self.finish(process)
        self.assertEqual(self.models_as_stored(), before, "a late write")
        if result.code:
            self.assertEqual(result["category"], "interrupted", result)
            self.late += 1
        else:
            self.assertEqual(result["state"], "completed", result)

    def meet(self, number, way, moment):
        where = "seed %d: %s at %s of answer %d" % (SEED, way, moment, number)
        process = self.interrupt(number, way, moment)
        done = self.completed()
        self.assertIn(done, (number, number + 1), where)
        self.assertEqual(self.db.value(CATALOGUE), self.digests[done], where)
        if process:
            if done == number:
                self.complete(number)
            self.go_on(process)

    def disturbed(self):
        self.db = self.fresh()
        self.proxy = SocketProxy(self.cluster.scratch.file("wire"),
                                 os.path.join(re.search(r"host=(\S+)", self.db.conninfo).group(1), NAME))
        self.addCleanup(self.proxy.close)
        self.wire = "%s host=%s" % (self.db.conninfo, self.proxy.directory)
        interruptions = plan(self.pick, CAPTURES)
        for number in range(CAPTURES):
            if number in interruptions:
                self.meet(number, *interruptions[number])
            if self.completed() == number:
                self.complete(number)
        return self.db

    def test_the_end_is_that_of_an_undisturbed_replay(self):
        self.pick = random.Random(SEED)
        self.late = 0
        calm, self.digests = self.undisturbed()
        wild = self.disturbed()
        rows = (left_behind(db, **FOR_THE_NEXT) for db in (calm, wild))
        for expected, found in itertools.zip_longest(*rows):
            self.assertEqual(found, expected, "seed %d" % SEED)
        for db in calm, wild:
            verdict = db.run("audit", "verify")
            self.assertEqual(verdict.returncode, 0, verdict.stdout)
            self.assertEqual(db.rows(CONTRADICTIONS), [])
        ends = wild.rows("SELECT state, category, count(*) AS runs FROM modelsync.run GROUP BY 1, 2")
        ends = {(row["state"], row["category"]): row["runs"] for row in ends}
        print("# seed %d: %s; %d came back too late" % (SEED, ends, self.late))
        self.assertEqual(ends.pop(("completed", None)), CAPTURES)
        self.assertLessEqual({state for state, _ in ends}, {"failed"}, ends)
        self.assertGreaterEqual(ends["failed", "interrupted"], CAPTURES // 8, ends)
        self.assertGreater(self.late, 0)


if __name__ == "__main__":
    unittest.main()
