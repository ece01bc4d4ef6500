# SPDX-License-Identifier: MIT
"""Everybody begins a sync at the same moment, and somebody reads all the while."""
import json
import re
import signal
import threading
import unittest

from daemon_case import DaemonCase
from modelsync_test import Session, Terminal, wait_until
from sync_case import SyncTestCase
from upstream_stub import Answer, catalogue, models

ROUNDS = 10
FETCH_S = 1.0
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()" \
          " AND application_name LIKE 'modelsync-tui%' AND wait_event_type = 'Lock'"
REFUSED = r"a sync already runs: run %d by .+ \((cli|console|daemon)\) since \d{4}-\d\d-\d\d [\d:]{8} UTC, phase \w+"


class RaceTest(DaemonCase):
    """Two command lines, a console and two daemons, held back until all of them are about to claim."""

    def setUp(self):
        super().setUp()
        self.load(self.entries)
        settings = {"SYNC_COOLDOWN_MINUTES": 0}
        self.daemons = [self.start(**settings) for _ in range(2)]
        self.console = Terminal(self.db.program(), size=(120, 30),
                                env=dict(self.environment(**settings), TERM="tmux-256color"))
        self.addCleanup(self.console.close)
        self.console.wait_for("%d models" % len(self.entries))
        self.gate = Session(self.db)
        self.addCleanup(self.gate.close)

    def release_together(self, first):
        """Lets five of them begin, one of them first in the queue; returns the two command lines."""
        lines = []
        starters = [lambda: lines.append(self.start_sync(SYNC_COOLDOWN_MINUTES=0))] * 2
        starters += [lambda daemon=daemon: daemon.signal(signal.SIGUSR1) for daemon in self.daemons]
        starters += [lambda: self.console.send("r")]
        self.gate.ask("BEGIN; SELECT FROM modelsync.lease FOR UPDATE;")
        starters.pop(first)()
        self.wait_for_waiting(1)
        for start in starters:
            start()
        self.wait_for_waiting(5)
        self.gate.ask("COMMIT;")
        return lines

    def wait_for_waiting(self, count):
        wait_until(lambda: self.db.value(WAITING) == str(count), message="%d to wait" % count)

    def ends_of_lines(self, lines, run):
        for result in map(self.finish, lines):
            if result.code:
                self.assertEqual((result.code, result["category"]), (6, "busy"), result)
                self.assertRegex(result["message"], REFUSED % run)
            yield result.code == 0

    def ends_of_daemons(self, number, run):
        for daemon in self.daemons:
            end = daemon.wait_log(r"event=(run_completed|sync_refused).*", count=number)
            if end.group(1) == "sync_refused":
                self.assertRegex(end.group(0), REFUSED % run)
            else:
                self.assertIn("run=%d " % run, end.group(0))
            yield end.group(1) == "run_completed"

    def end_of_console(self, run):
        screen = self.console.wait_for(re.compile(r"NOT DONE|COMPLETED"))
        self.console.send("Escape")
        self.console.wait_gone("─ Sync ─")
        if "COMPLETED" in screen:
            return True
        self.assertRegex(re.sub(r"\s*│\n.*│\s*", " ", screen), REFUSED % run)
        return False

    def check_round(self, number):
        entries = [dict(entry, context_length=10000 + number) for entry in self.entries]
        self.upstream.requests.clear()
        self.serve(Answer(body=catalogue(entries), delay=FETCH_S))
        lines = self.release_together(number % 5)
        wait_until(lambda: self.run_count() == number + 1, message="the claim")
        run = self.last_run()["run"]
        winners = [*self.ends_of_lines(lines, run), *self.ends_of_daemons(number, run),
                   self.end_of_console(run)]
        self.assertEqual(winners.count(True), 1, winners)
        self.assertEqual(len(self.upstream.requests), 1, "one of them fetches")
        self.assertEqual(self.run_count(), number + 1)
        self.assertEqual(self.last_run()["state"], "completed")
        self.assertEqual(self.db.value("SELECT DISTINCT context_length FROM public.model_access"),
                         str(10000 + number))
        return winners.index(True)

    def test_one_of_five_runs_and_the_others_learn_of_it(self):
        winners = {self.check_round(number) for number in range(1, ROUNDS + 1)}
        self.assertGreaterEqual(winners, {2, 3, 4}, "daemons and console")
        self.assertTrue(winners & {0, 1}, "a command line")
        self.assertTrue(self.db.rows("SELECT modelsync.audit_verify() AS v")[0]["v"]["ok"])


class LateTest(SyncTestCase):
    def test_who_comes_later_learns_how_far_it_is(self):
        body = catalogue(models(20))
        self.serve(Answer(body=body, hang_after=3000))
        self.start_sync()
        wait_until(lambda: self.run_count() and self.last_run()["phase"] == "fetch", message="the fetch")
        result = self.sync()
        self.assertEqual((result.code, result["category"]), (6, "busy"), result)
        self.assertRegex(result["message"], REFUSED % 1 + ", 3000 of %d bytes$" % len(body))

    def test_how_far_a_transaction_is_nobody_can_know(self):
        gate = Session(self.db)
        self.addCleanup(gate.close)
        gate.ask("BEGIN; LOCK TABLE modelsync.change IN SHARE MODE;")
        process = self.start_sync("--from", self.file(catalogue(models(20))))
        wait_until(lambda: self.db.value(WAITING) == "1", message="the apply to be half done")
        running = json.loads(self.db.run("status", "--json").stdout)["running"]
        self.assertEqual((running["phase"], running["done"], running["total"]), ("apply", None, 20))
        self.assertRegex(self.db.run("status").stdout, r"running +run 1 since .* ago\) by .*: apply, 20 models\n")
        self.assertRegex(self.sync()["message"], REFUSED % 1 + ", 20 models$")
        gate.close()
        self.assertEqual(self.finish(process).code, 0)

    def test_who_comes_while_another_one_claims_is_told_so(self):
        gate = Session(self.db)
        self.addCleanup(gate.close)
        gate.ask("BEGIN; SELECT FROM modelsync.lease FOR UPDATE;")
        result = self.sync()
        self.assertEqual((result.code, result["category"]), (6, "busy"), result)
        self.assertEqual(result["message"], "a sync is just beginning or ending")


# What the catalogues of the reader's test differ in, as the columns of a list.
COLUMNS = ("model_id", "name", "context_length", "pricing", "status")
ROWS = """
    SELECT json_agg(json_build_array(m.model_id, m.name, m.context_length, m.pricing, m.status)
        ORDER BY m.model_id) FROM modelsync.model m;"""


class Reader(threading.Thread):
    """Reads all models again and again until it is stopped."""

    def __init__(self, read):
        super().__init__(daemon=True)
        self._read = read
        self._is_over = threading.Event()
        self.seen = []  # repetitions left out
        self.start()

    def run(self):
        while not self._is_over.is_set():
            rows = self._read()
            if self.seen[-1:] != [rows]:
                self.seen.append(rows)

    def stop(self):
        self._is_over.set()
        self.join()


class ReaderTest(SyncTestCase):
    def setUp(self):
        super().setUp()
        common = models(300)
        self.old = [dict(entry, context_length=1000) for entry in common] + models(3, "old/m")
        self.new = [dict(entry, context_length=2000, pricing={"prompt": "0.5", "completion": "0.7"})
                    for entry in common] + models(3, "new/m")
        for entries in self.old, self.new:  # the first time models are new, later they return
            self.load(entries)
        for model_id in "old/m000", "new/m000":
            self.decide(model_id, status="active")
        self.load(self.old)
        self.session = Session(self.db)
        self.addCleanup(self.session.close)
        self.is_old = self.through_sql()
        self.load(self.new)
        self.is_new = self.through_sql()
        self.assertEqual(sum(a != b for a, b in zip(self.is_old, self.is_new)), 306)

    def through_sql(self):
        return self.session.json(ROWS)

    def through_program(self):
        done = self.db.run("models", "--json")
        return sorted([entry[name] for name in COLUMNS] for entry in json.loads(done.stdout))

    def name_of(self, rows):
        """Which catalogue it is; anything else is a mixture."""
        if rows == self.is_old:
            return "old"
        self.assertEqual(rows, self.is_new)
        return "new"

    def test_who_reads_sees_the_old_or_the_new(self):
        readers = [Reader(self.through_sql), Reader(self.through_program)]
        for number in range(ROUNDS):
            self.load(self.new if number % 2 else self.old)
        for reader in readers:
            reader.stop()
        by_sql, by_program = ([self.name_of(rows) for rows in reader.seen] for reader in readers)
        self.assertLessEqual(len(by_sql), ROUNDS + 1, "never back to what was there before")
        self.assertLessEqual(len(by_program), ROUNDS + 1)
        self.assertGreater(len(by_sql), ROUNDS // 2)
        self.assertGreater(len(by_program), 1)

    def test_in_the_middle_of_an_apply_it_is_the_old(self):
        for table in "modelsync.model_document", "modelsync.change", "modelsync.audit_head":
            gate = Session(self.db)
            self.addCleanup(gate.close)
            gate.ask("BEGIN; LOCK TABLE %s IN SHARE MODE;" % table)
            process = self.start_sync("--from", self.file(catalogue(self.old)))
            wait_until(lambda: self.db.value(WAITING) == "1", message="the apply to be half done")
            self.assertEqual(self.name_of(self.through_sql()), "new", table)
            self.assertEqual(self.name_of(self.through_program()), "new", table)
            gate.close()
            self.assertEqual(self.finish(process).code, 0)
            self.assertEqual(self.name_of(self.through_sql()), "old")
            self.load(self.new)


class WriterTest(SyncTestCase):
    """Somebody writes models directly while a sync has compared but not stored.

    m000 changes and m002 gets another document only. Whoever holds m000 stops the sync between the two.
    """

    DIRECT = "UPDATE public.model_access SET context_length = 7 WHERE model_id = 'test/m002';"

    def setUp(self):
        super().setUp()
        self.entries = [dict(entry, context_length=1000) for entry in models(4, "test/m")]
        self.load(self.entries)
        self.entries[0] = dict(self.entries[0], context_length=2000)
        self.entries[2] = dict(self.entries[2], benchmarks={"score": 1})
        self.gate, self.writer = (self.session() for _ in range(2))

    def session(self):
        session = Session(self.db)
        self.addCleanup(session.close)
        return session

    def start_stopped(self, gate):
        self.gate.ask("BEGIN; %s" % gate)
        process = self.start_sync("--from", self.file(catalogue(self.entries)))
        wait_until(lambda: self.db.value(WAITING) == "1", message="the sync to wait")
        return process

    def complete(self, process):
        self.gate.ask("COMMIT;")
        result = self.finish(process)
        self.assertEqual((result.code, result["state"]), (0, "completed"), result)

    def check_is_upstreams(self):
        self.assertEqual([self.row("test/m00%d" % n)["context_length"] for n in (0, 2)], [2000, 1000])
        self.assertEqual(self.db.value("SELECT count(*) FROM modelsync.model_document WHERE hash IS NULL"), "0")

    def test_a_write_after_the_comparison_is_compared_again(self):
        process = self.start_stopped("SELECT FROM public.model_access WHERE model_id = 'test/m000' FOR UPDATE;")
        self.writer.ask(self.DIRECT)
        self.complete(process)
        self.check_is_upstreams()

    def test_a_write_that_is_committed_after_the_comparison_too(self):
        process = self.start_stopped(self.DIRECT)
        self.complete(process)
        self.check_is_upstreams()

    def test_so_is_one_of_a_model_without_a_document(self):
        self.db.psql("DELETE FROM modelsync.model_document")
        process = self.start_stopped(self.DIRECT)
        self.complete(process)
        self.check_is_upstreams()

    def test_a_write_after_the_store_stays_until_the_next_sync(self):
        process = self.start_stopped("LOCK TABLE modelsync.change IN SHARE MODE;")
        self.writer.send(self.DIRECT)
        wait_until(lambda: self.db.value("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                         " AND datname = current_database()") == "2", message="the writer to wait")
        self.complete(process)
        self.writer.answer()
        self.assertEqual(self.row("test/m002")["context_length"], 7)
        self.load(self.entries)
        self.check_is_upstreams()


if __name__ == "__main__":
    unittest.main()
