# SPDX-License-Identifier: MIT
"""The console on terminals of all kinds: colours, locales, mice, slow lines, lines that break."""
import glob
import os
import re
import shutil
import signal
import subprocess
import time
import unittest

from console_case import ConsoleTestCase
from modelsync_test import Terminal, wait_until
from pty_terminal import PtyTerminal

COLOUR = re.compile(rb"\x1b\[(?:\d+;)*(?:3[0-7]|4[0-7]|9[0-7]|[34]8;5;\d+)(?:;\d+)*m")
LEAVE = b"\x1b[?1049l"


class TerminalCase(ConsoleTestCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(shutil.rmtree, self.environment()["XDG_STATE_HOME"], ignore_errors=True)

    def line(self, *arguments, rate=None, answers=True, size=(80, 24), **variables):
        variables.setdefault("TERM", "xterm-256color")
        line = PtyTerminal(self.db.program(*arguments), env=self.environment(**variables), rate=rate,
                           answers=answers, size=size)
        self.addCleanup(line.close)
        return line

    def at_rest(self, *arguments, **options):
        line = self.line(*arguments, **options)
        line.wait_for("acme/alpha")
        line.wait_for("sync OK")
        line.send("k")  # away with the hint to beginners
        line.wait_quiet()
        return line


class LooksTest(TerminalCase):
    TERMS = ("xterm-256color", "xterm", "tmux-256color", "screen", "linux", "vt100")
    TITLE = {"dark": "\x1b[37m\x1b[44m", "light": "\x1b[37m\x1b[44m",
             "colour-blind": "\x1b[38;5;231m\x1b[48;5;25m"}

    def test_every_theme_on_every_terminal(self):
        plain = None
        for theme in ("dark", "light", "colour-blind", "mono"):
            for name in self.TERMS if theme == "dark" else ("tmux-256color",):
                with self.subTest(theme=theme, term=name):
                    with Terminal(self.db.program("--theme", theme),
                                  env=self.environment(TERM=name)) as term:
                        term.wait_for("sync OK")
                        screen = term.wait_for("sync #1 added")
                        screen = screen.rstrip().rsplit("\n", 1)[0]  # but for hints to beginners
                        plain = plain or screen
                        age = re.compile(r"\d+[smh]\b|\(\d+\w\)|\d\d:\d\d")
                        self.assertEqual(age.sub("", screen), age.sub("", plain))
                        first = term.screen(attributes=True).splitlines()[0]
                        if theme == "mono" or name == "vt100":
                            self.assertIn("\x1b[7m", first)
                            self.assertIsNone(COLOUR.search(first.encode()), first)
                        else:
                            self.assertIn(self.TITLE[theme], first)

    def test_themes_change_while_it_runs(self):
        term = self.console()
        term.wait_for("5 models")
        for typed, title in (("set theme col", self.TITLE["colour-blind"]), ("set theme mono", "\x1b[7m")):
            term.send(":")
            term.type(typed)
            term.send("Enter")
            term.wait_gone("Command")
            wait_until(lambda: title in term.screen(attributes=True).splitlines()[0],
                       message="the title in other colours")
        term.send("q")
        self.assertEqual(term.wait_exit(), 0)
        again = self.console()  # remembered, unless a setting says otherwise
        again.wait_for("5 models")
        wait_until(lambda: "\x1b[7m" in again.screen(attributes=True).splitlines()[0])
        fixed = self.console("--theme", "dark")
        fixed.wait_for("5 models")
        self.assertIn(self.TITLE["dark"], fixed.screen(attributes=True).splitlines()[0])

    def test_no_colour_means_none(self):
        line = self.at_rest(NO_COLOR="1")
        line.send("jj:")
        line.wait_for("Command")
        self.assertIsNone(COLOUR.search(line.output()))

    def test_terminals_that_cannot_be_used(self):
        for name, why in (("dumb", "cannot place text"), ("no-such-terminal", "no terminal is known"),
                          ("", "no terminal is known")):
            with self.subTest(term=name):
                line = self.line(TERM=name)
                self.assertEqual(line.wait_exit(), 7)
                self.assertIn(why, line.text())
                self.assertIn("modelsync-tui models", line.text())

    def test_latin_1_gets_plain_ascii(self):
        folder = self.cluster.scratch.file("locales")
        os.makedirs(folder, exist_ok=True)
        if not shutil.which("localedef") or subprocess.run(
                ["localedef", "-i", "en_US", "-f", "ISO-8859-1", folder + "/latin"],
                capture_output=True, check=False).returncode:
            self.skipTest("no localedef, or no sources of locales")
        line = self.at_rest(LOCPATH=folder, LC_ALL="latin", LANG="latin")
        self.assertTrue(line.output().isascii())
        before = line.count
        line.send(b"/\xe9zeta/\xff")
        line.wait_quiet()
        line.send("\r\x0c")
        line.wait_for("2 of 5", since=before)
        self.assertTrue(line.output().isascii())

    def test_the_hardware_cursor_is_where_the_user_is(self):
        term = self.console()
        term.wait_for("5 models")
        term.wait_for("acme/alpha")
        column, row = term.cursor()
        lines = term.screen().splitlines()
        self.assertTrue(lines[row].startswith(">"), lines[row])
        self.assertTrue(lines[row][column:].startswith("acme/alpha"), lines[row])
        term.send("j", "j")
        wait_until(lambda: term.cursor() == (column, row + 2), message="the cursor two rows below")
        term.send("/")
        term.type("zeta")
        term.wait_for("2 of 5")
        self.assertEqual(term.cursor(), (6, 2))


class MouseTest(TerminalCase):
    def click(self, term, column, row, button=0):
        term.type("\x1b[<%d;%d;%dM\x1b[<%d;%d;%dm" % (button, column, row, button, column, row))

    def test_it_is_off_unless_asked_for(self):
        line = self.at_rest()
        self.assertNotIn(b"\x1b[?1000h", line.output())
        line.send(":set mouse\r")
        line.wait_for("mouse on")
        wait_until(lambda: b"\x1b[?1006h" in line.output())
        line.send("q")
        self.assertEqual(line.wait_exit(), 0)
        self.assertIn(b"\x1b[?1000l", line.output().rsplit(b"\x1b[?1000h", 1)[1])

    def test_rows_tabs_and_hints(self):
        term = self.console(MODELSYNC_CONSOLE_MOUSE="true")
        term.wait_for(re.compile("acme/alpha(.|\n)*zeta/two"))
        term.send("k")  # away with the hint to beginners
        screen = term.wait_for("mark-all")
        lines = screen.splitlines()
        row = next(n for n, line in enumerate(lines) if "zeta/one" in line)
        self.click(term, 20, row + 1)
        term.wait_for(re.compile(r"(?m)^> .*zeta/one"))
        self.click(term, 20, row + 1, button=65)  # the wheel
        term.wait_for(re.compile(r"(?m)^> .*zeta/two"))
        self.click(term, lines[1].index("Changes") + 1, 2)
        term.wait_for("[3 Changes]")
        self.click(term, 3, 2)
        term.wait_for("[1 Models]")
        self.click(term, lines[-1].index("mark-all") + 1, len(lines))
        term.wait_for("5 marked")
        self.click(term, 20, row)
        self.click(term, 20, row)
        term.wait_for("q: back")


class SlowLineTest(TerminalCase):
    def test_a_cursor_move_costs_little(self):
        line = self.at_rest()
        for keys in ("j", "j", "k"):
            self.assertLessEqual(line.cost(keys), 1000)  # with the detail pane, which follows
        line.send("z")
        # Ages of seconds, right after the sync, change with some of them.
        self.assertLessEqual(min(line.cost(keys) for keys in "jkjkjk"), 250)

    def test_with_low_bandwidth_it_costs_next_to_nothing(self):
        line = self.at_rest(MODELSYNC_CONSOLE_LOW_BANDWIDTH="true")
        for keys in ("j", "\x1b[B", "k", "j"):
            self.assertLessEqual(line.cost(keys), 60)
        line.send("3")
        line.wait_for("added")
        for keys in ("j", "j", "k"):
            before = line.count
            self.assertLessEqual(line.cost(keys), 60, line.output(before))
        line.send("1\r")
        line.wait_for("q: back")  # details on demand

    def test_a_slow_line_has_no_backlog(self):
        line = self.at_rest(rate=1000)
        before, start = line.count, time.monotonic()
        for i in range(100):  # somebody leans on the key
            line.send("j" if i % 8 < 4 else "k")
            time.sleep(0.02)
        pressed = time.monotonic()
        line.send("3")
        line.wait_for("3 Changes]", since=before)
        # At most the frame that was under way, and this one, of a screen each.
        self.assertLess(time.monotonic() - pressed, 6)
        self.assertLess(line.count - before, 1000 * (time.monotonic() - start) + 200)
        line.wait_quiet(1)
        line.send("qq")
        self.assertEqual(line.wait_exit(), 0)

    def test_a_silent_terminal_is_not_waited_for(self):
        line = self.at_rest(answers=False)
        self.assertEqual(line.output().count(b"\x1b[5n"), 1)
        start = time.monotonic()
        line.send("3")
        line.wait_for("3 Changes]")
        line.send("qq")
        self.assertEqual(line.wait_exit(), 0)
        self.assertLess(time.monotonic() - start, 3)

    def test_nothing_is_sent_while_nothing_happens(self):
        line = self.at_rest()
        before, used = line.count, line.cpu_seconds()
        time.sleep(2)  # what is measured is the silence
        self.assertEqual(line.count, before)
        self.assertLess(line.cpu_seconds() - used, 0.2)


class BreakTest(TerminalCase):
    def test_a_hangup_ends_it_at_once(self):
        line = self.at_rest()
        used = line.cpu_seconds()
        line.hang_up()
        start = time.monotonic()
        self.assertEqual(line.wait_exit(timeout=5), 7)
        self.assertLess(time.monotonic() - start, 2)
        self.assertLess(used, 5)

    def test_so_does_the_signal(self):
        line = self.at_rest()
        os.kill(line.pid, signal.SIGHUP)
        self.assertEqual(line.wait_exit(timeout=5), 7)

    def test_a_hangup_ends_it_while_the_database_hangs(self):
        line = self.at_rest()
        with open(self.cluster.scratch.file("pg/data/postmaster.pid"), encoding="utf-8") as file:
            server = int(file.readline())
        workers = [int(pid) for pid in subprocess.run(
            ["pgrep", "-P", str(server)], capture_output=True, encoding="utf-8",
            check=True).stdout.split()]
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)
        try:
            line.send("R")
            line.hang_up()
            line.wait_exit(timeout=5)
        finally:
            for pid in workers:
                os.kill(pid, signal.SIGCONT)

    def test_a_crash_gives_the_terminal_back(self):
        for signo in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS):
            with self.subTest(signal=signo):
                line = self.at_rest(MODELSYNC_CONSOLE_MOUSE="true", ASAN_OPTIONS="handle_segv=0:handle_abort=0")
                shell = self.shell_modes()
                self.assertNotEqual(line.modes()[3], shell[3])
                os.kill(line.pid, signo)
                self.assertEqual(line.wait_exit(), -signo)
                rest = line.output().rsplit(b"acme/alpha", 1)[1]
                for restored in (LEAVE, b"\x1b[?2004l", b"\x1b[?1000l", b"\x1b[?25h"):
                    self.assertIn(restored, rest)
                self.assertEqual(line.modes()[:4], shell[:4])

    def staged_files(self):
        """Of this test's database: consoles of other tests may still be ending."""
        paths = glob.glob(self.environment()["XDG_STATE_HOME"] + "/modelsync-tui/staged-*.json")
        return [path for path in paths if '/%s"' % self.db.name in self.read(path)]

    def read(self, path):
        try:
            with open(path, encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def test_staged_edits_survive_whatever_ends_the_console(self):
        def hang_up(line):
            line.hang_up()

        def terminate(line):
            os.kill(line.pid, signal.SIGTERM)

        def kill(line):  # nothing can be done any more: it was written before
            wait_until(self.staged_files, message="the staged edits in a file")
            os.kill(line.pid, signal.SIGKILL)

        for end in (hang_up, terminate, kill):
            with self.subTest(end=end.__name__):
                line = self.at_rest("acme/")
                line.send("aPSd")
                line.wait_for("pending")
                end(line)
                line.wait_exit()
                [path] = self.staged_files()
                self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
                term = self.console()
                screen = term.wait_for("with staged edits of 3 models.")
                self.assertIn("y stage them again", screen)
                term.send("Escape")  # not now: they are kept
                term.wait_gone("staged edits of 3")
                term.send("q")
                self.assertEqual(term.wait_exit(), 0)
                self.assertEqual(self.staged_files(), [path])
                term = self.console()
                term.wait_for("with staged edits of 3 models.")
                term.send("y")
                term.wait_for("6 pending (3 rows)")
                wait_until(lambda: path not in self.staged_files(), message="the old file to go")
                self.assertEqual(len(self.staged_files()), 1)
                term.send("q")
                term.wait_for("Quit and lose the staged edits")
                term.send("y")
                self.assertEqual(term.wait_exit(), 0)
                self.assertEqual(self.staged_files(), [])

    def test_kept_edits_that_became_stale_are_conflicts(self):
        line = self.at_rest("acme/alpha")
        line.send("P")
        line.wait_for("pending")
        line.hang_up()
        line.wait_exit()
        self.db.psql("UPDATE public.model_access SET status = 'disabled' WHERE model_id = 'acme/alpha'")
        reader = self.console("--read-only")
        reader.wait_for("READ ONLY")
        reader.wait_for("5 models")
        term = self.console()
        term.wait_for("with staged edits of 1 model.")
        self.assertNotIn("staged edits", reader.screen())
        term.send("y")
        term.wait_for("1 in conflict")
        self.assertEqual(self.decision("acme/alpha"), "disabled")

    def test_kept_edits_are_dropped_on_demand(self):
        line = self.at_rest()
        line.send("P")
        line.wait_for("pending")
        line.hang_up()
        line.wait_exit()
        term = self.console()
        term.wait_for("with staged edits of 1 model.")
        term.send("X")
        term.wait_for("the kept edits were dropped")
        wait_until(lambda: not self.staged_files(), message="the file to go")

    def shell_modes(self):
        """Those of a terminal nobody has touched."""
        with PtyTerminal(["cat"], env=self.environment()) as line:
            return line.modes()

    def test_resizes_come_in_storms(self):
        line = self.at_rest()
        before, used = line.count, line.cpu_seconds()
        for i in range(300):  # about 200 a second
            line.resize(60 + i % 90, 16 + i % 40)
            time.sleep(0.005)
        line.resize(100, 30)
        line.wait_quiet()
        # A frame every 30 ms at most, not one per resize.
        self.assertLess(line.count - before, 80 * 5000)
        self.assertLess(line.cpu_seconds() - used, 3)
        before = line.count
        line.send("\x0c")
        line.wait_for("acme/alpha", since=before)
        line.wait_quiet()
        self.assertRegex(line.output(before), rb"\x1b\[30(;\d+H|d)")  # the last line of the last size
        line.send("q")
        self.assertEqual(line.wait_exit(), 0)

    def test_back_to_the_shell_and_again(self):
        term = Terminal(["bash", "--norc", "--noprofile", "-i"],
                        env=self.environment(MODELSYNC_CONSOLE_MOUSE="true"))
        self.addCleanup(term.close)
        term.wait_for("bash-")
        term.type(" ".join(self.db.program()))
        term.send("Enter")
        term.wait_for("5 models")
        term.send("P")
        term.wait_for("1 pending")
        term.send("C-z")
        screen = term.wait_for("Stopped")
        self.assertNotIn("5 models", screen)
        term.type("echo $((6 * 7))")
        term.send("Enter")
        term.wait_for(re.compile(r"(?m)^42$"))
        term.resize(100, 30)
        term.type("fg")
        term.send("Enter")
        term.wait_for("1 pending")
        term.send("j")
        term.wait_for(re.compile(r"(?m)^> .*acme/beta"))


if __name__ == "__main__":
    unittest.main()
