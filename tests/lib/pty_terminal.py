# SPDX-License-Identifier: MIT
"""A terminal as seen from the line: bytes, not cells. It may be slow, silent, resized or torn away.

    with PtyTerminal(db.program(), env=db.environment(TERM="xterm-256color")) as line:
        line.wait_for("3 models")
        line.send("j")
        line.wait_quiet()
        self.assertLess(line.count, …)
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import threading
import time

from modelsync_test import wait_until

QUESTION = b"\x1b[5n"
ANSWER = b"\x1b[0n"
# What moves and paints, as against what is read.
SEQUENCE = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[()][0-9A-Z]|\][^\x07]*\x07|[=>78HM])|[\x0e\x0f]")


class PtyTerminal:
    """argv at the other end of a pty. rate: bytes a second that the line delivers; None: all at once.
    answers: the terminal says when it has drawn what it was sent, if it is asked."""

    def __init__(self, argv, env, size=(80, 24), rate=None, answers=True, cwd=None):
        self._rate = rate
        self._answers = answers
        self._log = bytearray()
        self._last = time.monotonic()
        self._status = None
        self._is_hung_up = False
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            try:
                if cwd:
                    os.chdir(cwd)
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
                os.execvpe(argv[0], argv, env)
            finally:
                os._exit(127)
        os.set_blocking(self._master, False)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        size = 65536 if self._rate is None else max(1, self._rate // 20)
        owed = b""  # answers, as long as the program takes no input
        while not self._is_hung_up:
            try:
                if owed:
                    owed = owed[self._write(owed):]
                if not select.select([self._master], [], [], 0.02)[0]:
                    continue
                data = os.read(self._master, size)
            except OSError:
                return
            if not data:
                return
            if self._rate is not None:
                time.sleep(len(data) / self._rate)
            asked = len(QUESTION) - 1
            fresh = bytes(self._log[-asked:]) + data  # it may come in two parts
            self._log += data
            self._last = time.monotonic()
            if self._answers and QUESTION in fresh:
                owed += ANSWER

    @property
    def count(self):
        """Bytes that have arrived."""
        return len(self._log)

    def output(self, since=0):
        return bytes(self._log[since:])

    def text(self, since=0):
        """What can be read in it, without the sequences between."""
        return SEQUENCE.sub(b"", self.output(since)).decode("utf-8", "replace")

    def _write(self, data):
        try:
            return os.write(self._master, data)
        except BlockingIOError:
            return 0

    def send(self, keys):
        left = keys if isinstance(keys, bytes) else keys.encode()
        try:
            while left and not self.has_ended():
                select.select([], [self._master], [], 0.1)
                left = left[self._write(left):]
        except OSError:
            pass  # it ended meanwhile

    def resize(self, columns, rows):
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def modes(self):
        return termios.tcgetattr(self._master)

    def wait_for(self, text, since=0, timeout=20):
        """Waits for a text that is painted in one go."""
        try:
            wait_until(lambda: text in self.text(since), timeout, repr(text))
        except AssertionError as error:
            raise AssertionError("%s; so far: %r" % (error, self.text(since)[-2000:])) from None

    def wait_quiet(self, seconds=0.4, timeout=30):
        wait_until(lambda: time.monotonic() - self._last > seconds, timeout, "no more output")

    def cost(self, keys):
        """Bytes that follow these keys."""
        self.wait_quiet()
        before = self.count
        self.send(keys)
        wait_until(lambda: self.count > before, message="an answer to %r" % keys)
        self.wait_quiet()
        return self.count - before

    def hang_up(self):
        """The other side of the line is gone."""
        self._is_hung_up = True
        self._reader.join()
        os.close(self._master)
        self._master = -1

    def cpu_seconds(self):
        with open("/proc/%d/stat" % self.pid, encoding="utf-8") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def has_ended(self):
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = os.waitstatus_to_exitcode(status)
        return self._status is not None

    def wait_exit(self, timeout=20):
        """Its exit status; of a signal minus its number."""
        wait_until(self.has_ended, timeout, "the command to end")
        if not self._is_hung_up:
            self._reader.join(timeout)  # what it said last
        return self._status

    def close(self):
        if not self.has_ended():
            os.kill(self.pid, signal.SIGKILL)
            self.wait_exit()
        if self._master >= 0:
            self.hang_up()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()
