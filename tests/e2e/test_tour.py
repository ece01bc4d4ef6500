# SPDX-License-Identifier: MIT
"""The console as its user meets it: the real program in a terminal, on a real database."""
import os
import re
import signal
import subprocess
import unittest

from console_case import FREE, ConsoleTestCase
from modelsync_test import Terminal, wait_until
from upstream_stub import Answer, catalogue, model, models


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


class ScreensTest(ConsoleTestCase):
    """Changes, Audit, Messages and Sync, on what really happens."""

    def grant_pro(self, term):
        term.wait_for("5 models")
        term.send("/")
        term.type("acme/alpha")
        term.wait_for("1 of 5")
        term.send("Enter", "P", "w")
        term.wait_for("y writes")
        term.send("y")
        term.wait_for("1 row written")

    def test_an_edit_is_seen_in_changes_and_audit_and_undone_there(self):
        term = self.console()
        self.grant_pro(term)
        term.send("3")
        term.wait_for(re.compile(r"> .* tiers +acme/alpha +pro off>on"))
        term.wait_for("changeset #2, edit")
        term.send("/")
        term.type("type:added model:zeta")
        term.wait_for("2 of 6")
        term.send("Enter", "j")
        term.wait_for(re.compile(r"> .* added +zeta/one"))
        term.send("4")
        term.wait_for(re.compile(r"edit +done .* #2, models: 1"))
        term.send("v")
        term.wait_for("2 entries verified")
        term.send("u")
        term.wait_for("Undo changeset #2?")
        term.send("y")
        term.wait_for(re.compile(r"undo +done .* undoes #2"))
        self.wait_for_decision("acme/alpha", "new")
        term.send("3")  # as it was left
        term.wait_for("2 of 7")
        term.send("BSpace", "BSpace", "g")
        term.wait_for(re.compile(r"> .* tiers +acme/alpha +pro on>off"))
        term.send("m")
        term.wait_for(re.compile(r">  new +acme/alpha"))

    def test_a_tampered_log_is_found(self):
        term = self.console()
        self.grant_pro(term)
        self.db.psql("ALTER TABLE modelsync.audit DISABLE TRIGGER USER;"
                     " UPDATE modelsync.audit SET os_user = 'mallory' WHERE audit_id = 2")
        term.send("4", "v")
        screen = term.wait_for("Audit: problems")
        self.assertIn("entry 2 changed", screen)

    def test_alerts_are_acknowledged(self):
        self.upstream.script(Answer(body=catalogue(
            [model("acme/alpha", pricing={"prompt": "1", "completion": "1"})] + self.ENTRIES[1:])))
        self.db.psql("UPDATE public.model_access SET status = 'active' WHERE model_id = 'acme/alpha'")
        term = self.console()
        term.wait_for("5 models")
        self.assertEqual(self.db.run("sync", env=self.environment()).returncode, 0)
        term.wait_for("5 Messages(1)")
        term.wait_for(re.compile(r"! +acme/alpha"))
        term.send("!")
        term.wait_for(re.compile(r"price jump +acme/alpha"))
        term.send("A")
        term.wait_gone("price jump")
        self.assertEqual(self.db.value(
            "SELECT count(*) FROM modelsync.alert WHERE acknowledged_at IS NULL"), "0")
        self.assertEqual(self.db.value(
            "SELECT action FROM modelsync.audit ORDER BY audit_id DESC LIMIT 1"), "acknowledge")
        term.send("1")
        term.wait_for(re.compile(r"active +acme/alpha"))

    def test_the_sync_of_another_process_is_watched_and_cancelled(self):
        body = catalogue(self.ENTRIES)
        self.upstream.script(Answer(body=body, hang_after=len(body) // 2))
        term = self.console()
        term.wait_for("5 models")
        term.send("2")
        term.wait_for(re.compile(r"> +1 .* completed +5"))
        other = subprocess.Popen(
            self.db.program("sync"), env=self.environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            term.wait_for(re.compile(r"running #2 by .*: fetch"))
            term.wait_for(re.compile(r" 2 .* running"))
            term.send("K")
            term.wait_for("Cancel sync #2, which runs elsewhere?")
            term.send("y")
            self.assertNotEqual(other.wait(timeout=20), 0)
        finally:
            other.kill()
            other.wait()
        term.wait_for(re.compile(r" 2 .* cancelled"))
        term.wait_gone("running #2")

    def test_a_long_history_is_read_page_by_page(self):
        self.db.psql(
            "INSERT INTO modelsync.change (changeset_id, model_id, field, old, new, event)"
            " SELECT 1, 'acme/alpha', 'name', to_jsonb(i::text), to_jsonb((i + 1)::text), 'renamed'"
            " FROM generate_series(1, 1200) i")
        term = self.console()
        term.wait_for("5 models")
        term.send("3")
        term.wait_for("500 of 500+")
        term.send("/")
        term.type("added")
        term.wait_for("5 of 1205")
        term.send("Enter")
        term.wait_for(re.compile(r"> .* added +zeta/two"))

    def test_screens_without_database(self):
        term = self.console()
        term.wait_for("5 models")
        term.send("3")
        term.wait_for(re.compile(r"added +zeta/one"))
        self.cluster.control("stop")
        try:
            term.wait_for("NOT CONNECTED")
            term.send("4")
            term.wait_for("The list could not be loaded yet")
            term.send("3")
            term.wait_for(re.compile(r"added +zeta/one"))
        finally:
            self.cluster.control("start", "--fast")
        term.wait_gone("NOT CONNECTED", timeout=20)
        term.send("4")
        term.wait_for(re.compile(r"sync +done"))


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
