# SPDX-License-Identifier: MIT
"""What the tests of the daemon share: daemons that are started, watched and ended."""
import os
import re
import signal
import subprocess

from modelsync_test import wait_until
from socket_proxy import NAME
from sync_case import SyncTestCase
from upstream_stub import catalogue, models


class Daemon:
    """A daemon and its log."""

    def __init__(self, argv, env, path):
        self.path = path
        with open(path, "ab") as log:
            self.process = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL,
                                            stdout=subprocess.DEVNULL, stderr=log)
        self.pid = self.process.pid

    def log(self):
        with open(self.path, encoding="utf-8") as file:
            return file.read()

    def wait_log(self, pattern, timeout=10.0, count=1):
        """Waits for so many lines that match; returns the last match."""
        def found():
            matches = list(re.finditer(pattern, self.log()))
            return matches[-1] if len(matches) >= count else None

        try:
            return wait_until(found, timeout, "%d × %s" % (count, pattern))
        except AssertionError as error:
            raise AssertionError("%s; the log:\n%s" % (error, self.log())) from None

    def signal(self, signo):
        os.kill(self.pid, signo)

    def kill(self):
        if self.process.poll() is None:
            self.signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, timeout=30):
        """SIGTERM; returns the exit status."""
        self.signal(signal.SIGTERM)
        return self.process.wait(timeout)


class DaemonCase(SyncTestCase):
    def setUp(self):
        super().setUp()
        self.entries = models(20)
        self.serve(catalogue(self.entries))
        self.started = 0

    def start(self, schedule="0 0 1 1 *", wait=True, arguments=(), **settings):
        """By default of a schedule that is never due; ready when the database knows it."""
        settings.setdefault("SYNC_CATCH_UP", "false")
        env = self.environment(SYNC_SCHEDULE=schedule, **settings)
        self.started += 1
        path = self.cluster.scratch.file("daemon%s-%d.log" % (self.db.name, self.started))
        daemon = Daemon(self.db.program("daemon", *arguments), env, path)
        self.addCleanup(daemon.kill)
        if wait:
            daemon.wait_log("database_connected")
        return daemon

    def socket(self):
        """The cluster's own, for a proxy in front of it."""
        return os.path.join(re.search(r"host=(\S+)", self.db.conninfo).group(1), NAME)

    def through(self, *proxies):
        """How to connect by way of these."""
        return "%s host=%s" % (self.db.conninfo, ",".join(proxy.directory for proxy in proxies))

    def slots(self):
        """The slots with their runs, oldest first."""
        return self.db.rows("""
            SELECT s.at, s.state, s.attempts, s.failures,
                (SELECT coalesce(json_agg(r.state || ' ' || coalesce(r.category, '') ORDER BY r.run_id), '[]')
                 FROM modelsync.run r WHERE r.slot_id = s.slot_id) AS runs
            FROM modelsync.slot s ORDER BY s.at""")

    def wait_slot(self, state, timeout=15):
        """Waits until a slot is in that state; returns it."""
        return wait_until(lambda: next((s for s in self.slots() if s["state"] == state), None),
                          timeout, "a slot that is %s" % state)

    def runs(self):
        return self.db.rows("SELECT * FROM modelsync.run ORDER BY run_id")
