# SPDX-License-Identifier: MIT
"""The console as its user meets it: the real program in a terminal, on a real database."""
import os
import re
import signal
import unittest

from modelsync_test import ClusterTestCase, Terminal, wait_until
from upstream_stub import Answer, Upstream, catalogue, model, models

FREE = {"prompt": "0", "completion": "0"}


class ConsoleTestCase(ClusterTestCase):
    SIZE = (80, 24)
    ENTRIES = [
        model("acme/alpha"),
        model("acme/beta"),
        model("acme/gamma:free", pricing=FREE),
        model("zeta/one"),
        model("zeta/two"),
    ]

    def setUp(self):
        self.db = self.database()
        self.upstream = Upstream([Answer(body=catalogue(self.ENTRIES))])
        self.addCleanup(self.upstream.close)
        done = self.db.run("sync", env=self.environment())
        self.assertEqual(done.returncode, 0, done.stderr)

    def environment(self, **variables):
        variables.setdefault("MODELSYNC_UPSTREAM_URL", self.upstream.url)
        variables.setdefault("MODELSYNC_SYNC_COOLDOWN_MINUTES", "0")
        variables.setdefault("TERM", "tmux-256color")
        return self.db.environment(**variables)

    def console(self, *arguments, size=None, **variables):
        terminal = Terminal(
            self.db.program(*arguments), size=size or self.SIZE, env=self.environment(**variables)
        )
        self.addCleanup(terminal.close)
        return terminal

    def decision(self, model_id):
        return self.db.value(
            "SELECT status || ' ' || concat_ws('', CASE WHEN is_free THEN 'f' END, CASE WHEN is_pro"
            " THEN 'p' END, CASE WHEN is_enterprise THEN 'e' END)"
            " FROM model_access WHERE model_id = '%s'" % model_id
        ).strip()

    def wait_for_decision(self, model_id, wanted):
        wait_until(lambda: self.decision(model_id) == wanted, message="%s %s" % (model_id, wanted))


class TourTest(ConsoleTestCase):
    def test_filter_grant_review_write_undo(self):
        term = self.console()
        term.wait_for("5 models")
        term.send("/")
        term.type("acme -is:free")
        term.wait_for("2 of 5")
        term.send("Enter", "a")
        term.wait_for("2 marked")
        term.send("P", "S", "a")
        term.wait_for(re.compile(r"new>act  acme/alpha"))
        term.wait_for("4 pending (2 rows)")
        self.assertEqual(self.decision("acme/alpha"), "new")
        term.send("w")
        screen = term.wait_for("+2 models visible to pro and enterprise users")
        self.assertIn("nothing is written yet", screen)
        term.send("Enter")  # never applies by itself
        self.assertEqual(self.decision("acme/alpha"), "new")
        term.send("y")
        term.wait_for("2 rows written")
        self.assertEqual(self.decision("acme/alpha"), "active p")
        self.assertEqual(self.decision("acme/gamma:free"), "new")
        term.send("u")
        term.wait_for("Undo changeset")
        term.send("y")
        self.wait_for_decision("acme/alpha", "new")
        term.wait_gone(" active ")
        term.send("q")
        self.assertEqual(term.wait_exit(), 0)

    def test_paid_model_for_free_users_is_said_in_words(self):
        term = self.console("acme/alpha")
        term.wait_for("1 of 5")
        term.send("F", "w")
        screen = term.wait_for(re.compile(r"(?i)paid"))
        self.assertIn("free", screen)
        term.send("Escape")
        term.wait_for("pending")
        term.send("q")
        term.wait_for(re.compile(r"(?i)staged|pending"))
        self.assertEqual(self.decision("acme/alpha"), "new")

    def test_many_rows_need_their_number(self):
        self.upstream.script(Answer(body=catalogue(self.ENTRIES + models(30))))
        self.assertEqual(self.db.run("sync", env=self.environment()).returncode, 0)
        term = self.console("vendor/")
        term.wait_for("30 of 35")
        term.send("a", "E", "w")
        term.wait_for("Type 30 and Enter")
        term.send("y", "Enter")
        self.assertEqual(self.db.value("SELECT count(*) FROM model_access WHERE is_enterprise"), "0")
        term.send("BSpace", "3", "0", "Enter")
        term.wait_for("30 rows written")
        self.assertEqual(self.db.value("SELECT count(*) FROM model_access WHERE is_enterprise"), "30")

    def test_mistyped_filter_keeps_the_rows(self):
        term = self.console()
        term.wait_for("5 models")
        term.send("/")
        term.type("pric<1")
        screen = term.wait_for("price")
        self.assertIn("acme/alpha", screen)
        term.send("Escape")
        term.wait_for("5 models")


class SyncNowTest(ConsoleTestCase):
    def test_changed_upstream_is_shown(self):
        self.upstream.script(Answer(body=catalogue(
            self.ENTRIES[:4] + [model("zeta/two", context_length=4096), model("zeta/three")])))
        term = self.console()
        term.wait_for("5 models")
        term.send("r")
        screen = term.wait_for("zeta/three")
        self.assertIn("zeta/two", screen)
        term.send("Escape")
        term.wait_for("6 models")

    def test_cancel_a_hanging_upstream(self):
        self.upstream.script(Answer(body=catalogue(self.ENTRIES), hang_before=True))
        term = self.console()
        term.wait_for("5 models")
        term.send("r")
        term.wait_for("> fetch")
        term.send("K")
        term.wait_for(re.compile(r"(?i)cancel"))
        term.send("y")
        term.wait_for(re.compile(r"(?i)cancelled"), timeout=3)
        wait_until(lambda: self.db.value(
            "SELECT category FROM modelsync.run ORDER BY run_id DESC LIMIT 1") == "cancelled")

    def test_held_answer_is_discarded(self):
        self.upstream.script(Answer(body=catalogue([])))
        term = self.console()
        term.wait_for("5 models")
        term.send("r")
        term.wait_for(re.compile(r"(?i)held"))
        term.send("X")
        term.wait_for(re.compile(r"(?i)discard"))
        term.send("y")
        wait_until(lambda: self.db.value("SELECT state FROM modelsync.hold") == "discarded")
        self.assertEqual(self.db.value("SELECT count(*) FROM model_access WHERE missing_since IS NULL"), "5")

    def test_only_the_catalogue_that_was_looked_at_is_applied(self):
        self.upstream.script(Answer(body=catalogue([])))
        self.assertEqual(self.db.run("sync", env=self.environment()).returncode, 5)
        term = self.console()
        term.wait_for("HELD")
        term.send("H")
        term.wait_for("the list is empty")
        self.assertEqual(self.db.run("sync", env=self.environment()).returncode, 5)
        term.send("A")
        term.wait_for("Apply the catalogue")
        term.send("y")
        term.wait_for("keeps the catalogue of run")
        self.assertEqual(self.db.value("SELECT state FROM modelsync.hold"), "open")
        term.send("Escape", "H")
        term.wait_for("the list is empty")
        term.send("A")
        term.wait_for("Apply the catalogue")
        term.send("y")
        wait_until(lambda: self.db.value("SELECT state FROM modelsync.hold") == "applied")
        term.send("Escape")
        term.wait_for("inactive acme/alpha")
        term.send("u")
        term.wait_for("Undo changeset")
        term.send("y")
        self.wait_for_decision("acme/alpha", "new")

    def test_garbage_from_upstream_is_a_message_with_a_hint(self):
        self.upstream.script(Answer(body=b"<html>Please log in</html>"))
        term = self.console()
        term.wait_for("5 models")
        term.send("r")
        term.wait_for("HTML")
        term.send("Escape")
        term.wait_for("acme/alpha")


class LiveTest(ConsoleTestCase):
    def test_edit_by_another_program_appears_and_conflicts(self):
        term = self.console()
        term.wait_for("5 models")
        term.wait_for("acme/alpha")
        term.send("P")
        term.wait_for("1 pending")
        self.db.psql("UPDATE public.model_access SET status = 'disabled' WHERE model_id = 'acme/alpha'")
        term.wait_for("disabled", timeout=3)
        term.wait_for("1 pending")
        term.send("w", "y")
        term.wait_for(re.compile(r"(?i)stale|conflict|changed since"))
        self.assertEqual(self.decision("acme/alpha"), "disabled")

    def test_database_stops_and_starts(self):
        term = self.console()
        term.wait_for("5 models")
        term.send("E")
        term.wait_for("1 pending")
        self.cluster.control("stop")
        try:
            screen = term.wait_for("NOT CONNECTED")
            self.assertIn("acme/alpha", screen)
            self.assertIn("1 pending", screen)
        finally:
            self.cluster.control("start", "--fast")
        term.wait_gone("NOT CONNECTED", timeout=20)
        term.send("w", "y")
        term.wait_for("1 row written")
        self.assertEqual(self.decision("acme/alpha"), "new e")


class TerminalTest(ConsoleTestCase):
    def test_sizes(self):
        term = self.console()
        term.wait_for("5 models")
        for columns, rows in ((200, 60), (40, 12), (120, 40), (80, 24)):
            term.resize(columns, rows)
            term.wait_for(lambda screen: "acme/alpha" in screen and len(screen.splitlines()) <= rows)
        term.resize(30, 8)
        term.wait_for(re.compile(r"(?i)small|40.?x.?12"))
        term.send("q")
        self.assertEqual(term.wait_exit(), 0)

    def test_c_locale_is_plain_ascii(self):
        term = self.console(LC_ALL="C", LANG="C")
        screen = term.wait_for("5 models")
        self.assertTrue(screen.isascii(), screen)

    def test_hangup_ends_it(self):
        term = self.console()
        term.wait_for("5 models")
        os.kill(term.pid(), signal.SIGHUP)
        term.wait_exit(timeout=2)

    def test_no_usable_terminal(self):
        done = self.db.run()
        self.assertEqual(done.returncode, 7, done.stdout + done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 2, done.stderr)

    def test_escape_sequences_in_names_do_nothing(self):
        self.upstream.script(Answer(body=catalogue(
            self.ENTRIES[1:] + [model("acme/alpha", name="Al\x1b[2J\x1b]0;x\x07pha\u202e")])))
        self.assertEqual(self.db.run("sync", env=self.environment()).returncode, 0)
        term = self.console("acme/alpha")
        term.wait_for("1 of 5")
        term.wait_for("Al[2J]0;xpha")

    def test_read_only(self):
        term = self.console("--read-only")
        term.wait_for("5 models")
        term.wait_for("READ ONLY")
        term.send("P")
        term.wait_for(re.compile(r"(?i)read.only"))
        self.assertNotIn("pending", term.screen())


if __name__ == "__main__":
    unittest.main()
