# SPDX-License-Identifier: MIT
"""The real console on a real database, driven by a monkey.

Keys, mice, pastes, torn sequences, resizes, and now and then another sync or a database that goes
away. Whatever comes, the console ends when it is told to, with 0, and nothing is decided about a
model unless a question was answered.

MODELSYNC_RANDOM_EVENTS says how many (default 20000), MODELSYNC_RANDOM_SEED which (default: another
one each time; a failure names it).
"""
import os
import random
import signal
import sys
import unittest

from console_case import ConsoleTestCase
from modelsync_test import wait_until
from pty_terminal import PtyTerminal
from upstream_stub import Answer, catalogue, model, models

EVENTS = int(os.environ.get("MODELSYNC_RANDOM_EVENTS", "20000"))
SEED = os.environ.get("MODELSYNC_RANDOM_SEED") or str(random.randrange(10 ** 9))
SIZES = ((80, 24), (40, 12), (200, 60), (120, 40), (60, 18), (10, 3), (1, 1), (300, 100))
BATCH = 50

KEYS = [bytes([c]) for c in range(0x20, 0x7f) if chr(c) not in "qQyx0123456789"]
COMMON = [key.encode() for key in
          "j k j k \x1b[A \x1b[B \x1b[C \x1b[D \x1b[5~ \x1b[6~ \x1b[H \x1b[F g G \t \x1b[Z \r \x1b \x1b "
          "a v M U S n i d F P E e u w / f N : ? m z o t s < > I C H K D r R".split(" ")] + [b" ", b"\x7f"]
CONTROL = [bytes([c]) for c in range(1, 0x20) if c not in (0x11, 0x13, 0x1c)]  # ^Q ^S ^\
ODD = [b"\x1bOP", b"\x1b[15~", b"\x1b[200~", b"\x1b[201~", b"\x1b[", b"\x1bO", b"\x1b[<", b"\xff\xfe",
       b"\xc3", b"\xc3\xa9", "文字".encode(), "e\u0301".encode(), "\u202e".encode(), b"\x1b[0n", b"\x00"]
TEXTS = [b"status:new", b"price<1", b"(a OR b", b"sort:-in", b"-tier:free", b"/acme.*/", b"@none",
         b"set mouse\r", b"set low\r", b"set theme mono\r", b"review\r", b"screen-audit\r", b"\r"]
CONFIRM = [b"y", b"y", b"w", b"w\r", b"1", b"2", b"3", b"4", b"5", b"wy", b"\x1b\x1b1", b"\x1b1UPwy",
           b"\x1b\x1bj Ewy", b"Fw1\r", b"Saw1\r", b"uy", b"\x1b\x1b\x7f\x7f\x7f"]


class Monkey:
    def __init__(self, source, answers):
        self.source = source
        self.kinds = [(40, COMMON), (22, KEYS), (8, CONTROL), (6, ODD), (4, TEXTS)]
        if answers:  # to questions
            self.kinds.append((8, CONFIRM))
        self.weights = [weight for weight, _ in self.kinds] + [3, 2]

    def event(self):
        kind = self.source.choices(range(len(self.weights)), self.weights)[0]
        if kind < len(self.kinds):
            return self.source.choice(self.kinds[kind][1])
        if kind == len(self.kinds):
            return b"\x1b[<%d;%d;%d%c" % (
                self.source.choice((0, 0, 0, 1, 2, 64, 65, 35, 99)), self.source.randrange(210),
                self.source.randrange(70), self.source.choice(b"Mm"))
        pasted = b"".join(self.source.choice(KEYS) for _ in range(self.source.randrange(40)))
        return b"\x1b[200~" + pasted + b"\x1b[201~"


class RandomKeysTest(ConsoleTestCase):
    ENTRIES = ConsoleTestCase.ENTRIES + models(40)

    def setUp(self):
        super().setUp()
        self.source = random.Random(SEED)
        self.left = EVENTS
        # Some runs find news, some are held, some fail.
        entries = self.ENTRIES
        for answer in (catalogue(entries[1:]), catalogue([]), b"<html>", catalogue(entries),
                       catalogue(entries + [model("acme/later")])) * 50:
            self.upstream.script(Answer(body=answer))

    def open(self, *arguments, **variables):
        size = self.source.choice(SIZES[:5])
        term = self.source.choice(("xterm-256color", "tmux-256color", "linux", "vt100"))
        environment = self.environment(
            TERM=term, MODELSYNC_CONSOLE_MOUSE=self.source.choice(("true", "false")), **variables)
        line = PtyTerminal(self.db.program(*arguments), env=environment, size=size,
                           answers=self.source.random() < 0.7, cwd=self.cluster.scratch.path)
        self.addCleanup(line.close)
        return line

    def session(self, monkey, *arguments, events, **variables):
        """Drives one console, and then leaves it as a user would."""
        line = self.open(*arguments, **variables)
        line.wait_for("models", timeout=60)
        while events > 0 and not line.has_ended():
            line.send(b"".join(monkey.event() for _ in range(BATCH)))
            events -= BATCH
            self.left -= BATCH
            chance = self.source.random()
            if chance < 0.05:
                line.resize(*self.source.choice(SIZES))
            elif chance < 0.06:
                os.kill(line.pid, self.source.choice((signal.SIGWINCH, signal.SIGINT, signal.SIGCONT)))
        self.leave(line)

    def leave(self, line):
        def told():
            if b"\x1b[?2004l" not in line.output()[-200:] and not line.has_ended():
                line.send(b"\x1b[201~\x1b\x1b\x1b\x1bQy")
            return line.has_ended()

        line.resize(80, 24)
        wait_until(told, timeout=120, message="the console to quit")
        status = line.wait_exit()
        said = line.output()[-3000:].decode("utf-8", "replace")
        self.assertEqual(status, 0, "seed %s: %s" % (SEED, said))
        self.assertNotIn("Sanitizer", said)

    def decisions(self):
        return self.db.value(
            "SELECT count(*) FROM modelsync.audit WHERE action NOT IN ('sync', 'acknowledge')")

    def restart_database(self):
        self.cluster.control("stop")
        self.cluster.control("start", "--fast")

    def test_nothing_is_decided_without_an_answer(self):
        before = self.decisions()
        self.session(Monkey(self.source, answers=False), events=EVENTS // 4)
        after = self.db.rows(
            "SELECT * FROM modelsync.audit WHERE action NOT IN ('sync', 'acknowledge')")
        self.assertEqual(self.decisions(), before, "seed %s: %s" % (SEED, after))

    def test_nothing_is_written_read_only(self):
        before = self.db.value("SELECT count(*) FROM modelsync.audit")
        self.session(Monkey(self.source, answers=True), "--read-only", events=EVENTS // 8)
        self.assertEqual(self.db.value("SELECT count(*) FROM modelsync.audit"), before)

    def test_whatever_is_pressed(self):
        monkey = Monkey(self.source, answers=True)
        self.left = EVENTS - EVENTS // 4 - EVENTS // 8
        while self.left > 0:
            self.session(monkey, events=min(self.left, 25000),
                         MODELSYNC_CONSOLE_LABEL=self.source.choice(("", "PROD")))
            print("# seed %s: %d events left, %s changesets" % (
                SEED, self.left, self.db.value("SELECT count(*) FROM modelsync.changeset")),
                file=sys.stderr)
        self.assertEqual(self.db.run("audit", "verify").returncode, 0)

    def test_the_database_goes_away(self):
        monkey = Monkey(self.source, answers=True)
        line = self.open()
        line.wait_for("models", timeout=60)
        for _ in range(3):
            for _ in range(20):
                line.send(b"".join(monkey.event() for _ in range(BATCH)))
            self.restart_database()
        self.leave(line)


if __name__ == "__main__":
    unittest.main()
