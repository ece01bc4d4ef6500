#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""daemon.py: what the daemon costs while it waits, how quick it is, and whether it grows.

Idle: private memory, how often any of its threads wakes, statements beyond the sign of life. Quick:
from the start to READY=1 and to the database; from a time of the schedule to the run. Growth: 24 months, a
run and a few requests a day, the real answers in turn, with retention each month: memory, threads, sessions,
locks and tables of the second year against the first. All of it with the HTTP listener on. Exit status 1 when
something is over its budget.
"""
import os
import socket
import sys
import tarfile
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "lib"), os.path.join(HERE, "..", "integration")]

from daemon_case import Daemon  # noqa: E402
from daemon_years import Years, grown, private_kb  # noqa: E402
from modelsync_test import SAMPLE_CATALOGUE, Cluster, shared_data, wait_until  # noqa: E402
from upstream_stub import Upstream  # noqa: E402

IDLE_S = 65
MONTHS = int(os.environ.get("MODELSYNC_BENCH_MONTHS", "24"))
over = []


def report(text, value, budget, unit):
    print("%-46s %8.2f %s (budget %g)" % (text, value, unit, budget), flush=True)
    if value > budget:
        over.append(text)


def wake_ups(pid):
    total = 0
    for thread in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/status" % (pid, thread), encoding="ascii") as file:
            total += sum(int(line.split()[1]) for line in file if "ctxt_switches" in line)
    return total


def start(cluster, db, upstream, **settings):
    settings = {"MODELSYNC_" + name: value for name, value in settings.items()}
    env = db.environment(MODELSYNC_UPSTREAM_URL=upstream.url, **settings)
    return Daemon(db.program("--daemon"), env, tempfile.mktemp(dir=cluster.scratch.path))


def bench_start(cluster, db, upstream):
    path = cluster.scratch.file("notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        began = time.monotonic()
        env = db.environment(MODELSYNC_UPSTREAM_URL=upstream.url, MODELSYNC_SYNC_CATCH_UP="false",
                             MODELSYNC_HTTP_LISTEN="127.0.0.1:0", NOTIFY_SOCKET=path)
        daemon = Daemon(db.program("--daemon"), env, cluster.scratch.file("start.log"))
        while "READY=1" not in manager.recv(4096).decode():
            pass
        ready = time.monotonic()
        while not manager.recv(4096).decode().startswith("STATUS=Next"):
            pass
        connected = time.monotonic()
    report("start to READY=1", (ready - began) * 1000, 100, "ms")
    report("start to the database", (connected - began) * 1000, 100, "ms")
    return daemon


def statements(db):
    """The last statement of each of the daemon's sessions, and when it began."""
    return {(row["pid"], row["query_start"]) for row in db.rows(
        "SELECT pid, query_start FROM pg_stat_activity WHERE application_name LIKE 'modelsync-tui daemon%'")}


def bench_idle(db, daemon):
    time.sleep(2)
    switches, seen = wake_ups(daemon.pid), statements(db)
    known = len(seen)
    ends = time.monotonic() + IDLE_S
    while time.monotonic() < ends:
        time.sleep(1)
        seen |= statements(db)
    report("idle: wake-ups", (wake_ups(daemon.pid) - switches) / IDLE_S, 1, "per second")
    report("idle: statements, signs of life included", len(seen) - known, 1 + IDLE_S // 30, "in %d s" % IDLE_S)
    report("idle: private memory", private_kb(daemon.pid) / 1024, 6, "MB")


def bench_slots(cluster, db, upstream):
    daemon = start(cluster, db, upstream, SYNC_SCHEDULE="@every 1s", SYNC_CATCH_UP="false")
    daemon.wait_log("event=run_completed", count=20, timeout=60)
    daemon.stop()
    late = db.value("""SELECT max(extract(epoch FROM r.started_at - s.at)) FROM modelsync.slot s
        JOIN modelsync.run r USING (slot_id)""")
    report("a slot starts after its time by, at most", float(late) * 1000, 1000, "ms")


def answers():
    try:
        with tarfile.open(shared_data("openrouter-captures.tar.xz")) as archive:
            names = sorted(name for name in archive.getnames() if name.endswith(".json"))
            return [archive.extractfile(name).read() for name in names]
    except unittest.SkipTest:
        print("no real answers here: the sample catalogue stands for them")
        with open(SAMPLE_CATALOGUE, "rb") as file:
            return [file.read()]


def bench_growth(cluster, db, upstream):
    daemon = start(cluster, db, upstream, SYNC_SCHEDULE="0 0 1 1 *", SYNC_CATCH_UP="false",
                   GUARD_MAX_MISSING_PERCENT="100", HTTP_LISTEN="127.0.0.1:0")
    daemon.wait_log("event=database_connected")
    years = Years(db, daemon, upstream.script, answers())
    months = [years.month() for _ in range(MONTHS)]
    shown = sorted({0, MONTHS // 4, MONTHS // 2 - 1, 3 * MONTHS // 4, MONTHS - 1})
    print("%-26s" % "after months" + "".join("%10d" % (n + 1) for n in shown))
    for name in months[0]:
        print("%-26s" % name + "".join("%10d" % months[n][name] for n in shown), flush=True)
    over.extend(grown(months, MONTHS // 2 - 1))
    years.wait_counted()
    report("locks left", months[-1]["locks"], 0, "")
    wait_until(lambda: daemon.stop() == 0, message="the end")


def main():
    with Cluster() as cluster, Upstream() as upstream:
        with open(SAMPLE_CATALOGUE, "rb") as file:
            upstream.script(file.read())
        db = cluster.database()
        daemon = bench_start(cluster, db, upstream)
        bench_idle(db, daemon)
        daemon.stop()
        bench_slots(cluster, cluster.database(), upstream)
        bench_growth(cluster, cluster.database(), upstream)
    for text in over:
        print("over budget: %s" % text)
    return bool(over)


sys.exit(main())
