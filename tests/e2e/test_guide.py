# SPDX-License-Identifier: MIT
"""The tour of docs/admin-guide.md, step by step, with the keys that it names."""
import re
import subprocess
import unittest

from console_case import FREE, ConsoleTestCase
from modelsync_test import wait_until
from upstream_stub import Answer, catalogue, model, models


class GuideTest(ConsoleTestCase):
    def filter(self, term, text):
        term.send("/")
        term.type(text)
        term.send("Enter")

    def test_1_see_what_is_new(self):
        self.db.psql("UPDATE public.model_access SET status = 'active' WHERE model_id = 'zeta/two'")
        term = self.console()
        term.wait_for("5 models")
        self.filter(term, "status:new -is:alias")
        term.wait_for("4 of 5")
        term.send("j", "k", "Enter")
        term.wait_for("Prices (USD)")
        term.send("o")
        term.wait_for(": history")
        term.send("q")
        term.wait_for("Enter: full")
        term.send("G", ",")
        term.wait_for("1 of 5")
        term.send("BSpace")
        term.wait_for("4 of 5")
        term.send("g", "\\;")  # tmux would end its command there
        term.wait_for("3 of 5")

    def test_2_and_3_decide_and_write(self):
        term = self.console()
        term.wait_for("acme/alpha")
        term.send("S", "a", "P", "E")
        term.wait_for("3 pending (1 row): status new>active")
        term.send("u")
        term.wait_for("2 pending")
        term.send("X")
        term.wait_for(re.compile(r"(?i)drop"))
        term.send("y")
        term.wait_gone("pending")
        term.send("F", "w")
        term.wait_for(re.compile(r"(?i)paid"))
        term.send("Tab")
        term.type("a gift")
        term.send("Tab", "Enter")
        self.assertEqual(self.decision("acme/alpha"), "new")
        term.send("y")
        self.wait_for_decision("acme/alpha", "new f")
        self.assertEqual(self.db.value(
            "SELECT reason FROM modelsync.changeset ORDER BY changeset_id DESC LIMIT 1"), "a gift")

    def test_4_and_5_many_at_once_and_back(self):
        self.upstream.script(Answer(body=catalogue(self.ENTRIES + models(20))))
        self.assertEqual(self.db.run("sync", env=self.environment()).returncode, 0)
        self.db.psql("UPDATE public.model_access SET is_pro = true WHERE model_id LIKE 'vendor/%5'")
        term = self.console()
        term.wait_for("25 models")
        self.filter(term, "provider:vendor")
        term.wait_for("20 of 25")
        term.send("a")
        term.wait_for("20 marked")
        term.send("j")  # a hint stood there
        term.wait_for("P[-]")
        term.send("P")
        term.wait_for("P[x]")
        self.filter(term, "provider:acme")
        term.wait_for("20 marked (20 hidden)")
        term.send("S", "a", "w")
        term.wait_for("Type 20 and Enter")
        term.send("2", "0", "Enter")
        term.wait_for("20 rows written")
        count = "SELECT count(*) FROM model_access WHERE is_pro AND status = 'active'"
        self.assertEqual(self.db.value(count), "20")
        term.send("3")
        term.wait_for(re.compile(r"> .* (tiers|status) +vendor/"))
        term.send("4")
        term.wait_for(re.compile(r"> .* edit +done"))
        term.send("v")
        term.wait_for("entries verified")
        term.send("u")
        term.wait_for("Undo changeset")
        term.send("y")
        wait_until(lambda: self.db.value(count) == "0", message="undone")

    def test_6_sync_and_look_after_it(self):
        more = catalogue(self.ENTRIES + [model("zeta/three")])
        self.upstream.script(Answer(body=more), Answer(body=more), Answer(status=500), Answer(status=500))
        term = self.console(MODELSYNC_UPSTREAM_RETRIES="0")
        term.wait_for("5 models")
        term.send("D")
        term.wait_for("DRY RUN")
        term.wait_for("zeta/three")
        term.send("Escape", "r")
        term.wait_for("COMPLETED")
        term.send("Escape", "2")
        term.wait_for(re.compile(r"> +2 .* completed"))
        term.send("r")
        term.wait_for("FAILED (http)")
        term.send("Escape")
        term.wait_for(re.compile(r" 3 .* failed"))
        term.wait_for("no daemon is alive")
        term.wait_for("last error")
        term.send("t")
        term.wait_for("duration: min")
        term.wait_for("──x")
        term.send("m")
        term.wait_for("models: new")
        term.send("m")
        term.wait_for("success: 66.7 % of 3 runs, 1 failed")
        term.send("Left", "+")
        term.wait_for(re.compile(r"\^ #2 .*: 100 %"))
        term.send("m", "t")
        term.wait_for(re.compile(r" 3 .* failed"))
        term.send("e")
        screen = term.wait_for("http: 1 run")
        self.assertIn("what to do", screen)
        term.send("q", "q")
        term.wait_for("6 models")

    def test_7_a_held_catalogue(self):
        self.upstream.script(Answer(body=catalogue([])))
        self.assertEqual(self.db.run("sync", env=self.environment()).returncode, 5)
        term = self.console()
        term.wait_for("HELD")
        term.send("2")
        term.wait_for("is HELD: H shows it")
        term.send("H")
        term.wait_for("Why it was held")
        term.send("X")
        term.wait_for("Discard the catalogue")
        term.send("y")
        wait_until(lambda: self.db.value("SELECT state FROM modelsync.hold") == "discarded")
        term.send("Escape")
        term.wait_for("sync discarded, good")
        term.wait_for("hold #1 discarded: ")

    def test_8_alerts_and_prices(self):
        dear = {"prompt": "0.001", "completion": "0.002"}
        self.db.psql("UPDATE public.model_access SET status = 'active', is_free = true"
                     " WHERE model_id IN ('acme/gamma:free', 'acme/beta')")
        self.upstream.script(Answer(body=catalogue(
            [model("acme/alpha", pricing=dear)] + self.ENTRIES[1:2] +
            [model("acme/gamma:free", pricing=dear)] + self.ENTRIES[3:])))
        self.assertEqual(self.db.run("sync", env=self.environment()).returncode, 0)
        term = self.console(size=(120, 40))
        term.wait_for(re.compile(r"5 Messages\(\d\)"))
        term.send("5")
        term.wait_for(re.compile(r"free to paid +acme/gamma:free"))
        self.filter(term, "gamma")
        term.send("m")
        term.wait_for(re.compile(r"> .*acme/gamma:free"))
        term.wait_for("Price trend")
        term.wait_for(re.compile(r"in +0 > 1000.*no longer free"))
        self.filter(term, "trend>20")
        term.wait_for("2 of 5")
        term.send("BSpace")
        self.filter(term, "is:paidfree")
        term.wait_for("2 of 5")
        term.send("5", "A")
        term.wait_gone("free to paid")


class ChartTest(ConsoleTestCase):
    """Charts in terminals that can draw more or less, and while somebody else syncs."""
    SIZE = (200, 60)

    def test_below_the_models_and_live(self):
        term = self.console()
        term.wait_for("2 Sync: duration")
        term.wait_for("^ #1")
        self.assertEqual(self.db.run("sync", env=self.environment()).returncode, 0)
        term.wait_for("^ #2")

    def test_ascii_and_braille(self):
        term = self.console(LC_ALL="C", LANG="C")
        screen = term.wait_for("^ #1")
        self.assertTrue(screen.isascii(), screen)
        self.assertIn("#", re.search(r"0\|(.)", screen).group(1))
        term = self.console(MODELSYNC_CONSOLE_GLYPHS="braille")
        screen = term.wait_for("^ #1")
        self.assertRegex(screen, r"0│[\u2801-\u28ff]")

    def test_the_sync_of_another_process_is_a_sign_below_the_bars(self):
        body = catalogue(self.ENTRIES)
        self.upstream.script(Answer(body=body, hang_after=len(body) // 2))
        term = self.console(size=(80, 24))
        term.wait_for("5 models")
        term.send("2", "t")
        term.wait_for("^ #1")
        other = subprocess.Popen(
            self.db.program("sync"), env=self.environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            term.wait_for(re.compile(r"running #2 by .*: fetch .* kB +\d+ s"))
            term.wait_for("─>")
            term.send("K")
            term.wait_for("Cancel sync #2, which runs elsewhere?")
            term.send("y")
            self.assertNotEqual(other.wait(timeout=20), 0)
        finally:
            other.kill()
            other.wait()
        term.wait_for("─c")
        term.wait_gone("running #2")
        term.send("Right")
        term.wait_for(re.compile(r"\^ #2 .*: \d"))

    def test_the_daemon_and_its_next_time(self):
        daemon = subprocess.Popen(
            self.db.program("daemon"), env=self.environment(MODELSYNC_SYNC_SCHEDULE="0 2 * * *"),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_until(lambda: self.db.value("SELECT count(*) FROM modelsync.daemon") == "1",
                       message="listed")
            term = self.console(size=(120, 40))
            term.wait_for("5 models")
            term.send("2")
            term.wait_for(re.compile(r"daemon \S+ alive \(0 2 \* \* \*, UTC\)"))
            term.wait_for("next 02:00 UTC, in")
        finally:
            daemon.terminate()
            daemon.wait()
        wait_until(lambda: self.db.value("SELECT count(*) FROM modelsync.daemon") == "0", message="left")
        term.send("R")
        term.wait_for("no daemon is alive")

    def test_somebody_syncs_while_a_filter_is_typed(self):
        self.upstream.script(Answer(body=catalogue(self.ENTRIES + [model("zeta/three")])))
        term = self.console(size=(80, 24))
        term.wait_for("5 models")
        term.send("/")
        term.type("zeta")
        term.wait_for("2 of 5")
        self.assertEqual(self.db.run("sync", env=self.environment()).returncode, 0)
        term.wait_for("3 of 6")
        term.type("/t")
        screen = term.wait_for("2 of 6")
        self.assertIn("zeta/two", screen)
        self.assertIn("/ zeta/t", screen)
        term.send("Enter")
        term.wait_for(re.compile(r"> .*zeta/t"))

    def test_a_long_history_is_loaded_as_the_zoom_needs_it(self):
        self.db.psql(
            "INSERT INTO modelsync.run (fence, state, trigger, owner, origin, session_user_name, started_at, completed_at,"
            " counts) SELECT 0, 'completed', 'scheduled', 'host:1', 'daemon', 'cron', t, t + interval '2 s',"
            " '{\"total\": 5, \"added\": 0, \"marked_inactive\": 0}'"
            " FROM generate_series(now() - interval '1200 hours', now() - interval '1 hour', interval '1 hour') t")
        term = self.console(size=(80, 24))
        term.wait_for("5 models")
        term.send("2")
        term.wait_for("500 of 500+")
        term.send("t", "-", "-", "-", "-")
        term.wait_for("a bar is the slowest of 20 runs")
        term.wait_for("1201 of 1201")


if __name__ == "__main__":
    unittest.main()
