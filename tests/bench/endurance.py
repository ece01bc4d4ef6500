#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""endurance.py: a thousand syncs in a row of one process over one connection, as a daemon's.

The real answers are played forwards and backwards and forwards again, with a VACUUM now and then for
the autovacuum that has hours between real syncs. Every 200 syncs the memory of the process and of its
server process, connections, locks and the sizes of tables are noted. What a sync logs (runs, changes,
audit) grows by its rows; everything else must not grow from the second note on. Exit status 1 when it
does.
"""
import itertools
import os
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

from answers import captures  # noqa: E402
from modelsync_test import Cluster  # noqa: E402

HANDOVER = os.environ["HANDOVER"]
SYNCS, STEP, VACUUM = 1000, 200, 50
# Half again as much is what fill factors, free space and caches may come to.
SLACK = 1.5
LOGS = ("run", "changeset", "change", "audit", "model_sync_log", "admin_audit_log", "alert", "hold")
SIZES = """
SELECT c.relname, pg_total_relation_size(c.oid) AS bytes
FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace IN ('modelsync'::regnamespace, 'public'::regnamespace)
"""
ROWS = "SELECT (SELECT count(*) FROM modelsync.change) + 4 * (SELECT count(*) FROM modelsync.run)"
OTHERS = "datname = current_database() AND pid <> pg_backend_pid()"


def private_kb(pid):
    with open("/proc/%s/smaps_rollup" % pid, encoding="ascii") as lines:
        return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


def figures(database, process):
    """What may not grow, in one dict of numbers."""
    backend = database.value("SELECT pid FROM pg_stat_activity WHERE %s AND backend_type = 'client backend'" % OTHERS)
    sizes = {row["relname"]: row["bytes"] for row in database.rows(SIZES)}
    return {
        "process kB": private_kb(process.pid),
        "server process kB": private_kb(backend),
        "connections": int(database.value("SELECT count(*) FROM pg_stat_activity WHERE %s" % OTHERS)),
        "locks": int(database.value("SELECT count(*) FROM pg_locks WHERE pid = %s" % backend)),
        "catalogs kB": int(database.value(
            "SELECT sum(pg_total_relation_size(oid))::bigint / 1024 FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'pg_catalog'::regnamespace")),
        "log bytes a row": sum(sizes[name] for name in LOGS) // max(int(database.value(ROWS)), 1),
        **{"%s kB" % name: size // 1024 for name, size in sorted(sizes.items()) if name not in LOGS},
    }


def play(database, process, paths):
    """The figures after each STEP syncs."""
    rows = []
    for number, path in enumerate(itertools.islice(itertools.cycle(paths + paths[::-1]), SYNCS), 1):
        process.stdin.write(path + "\n")
        process.stdin.flush()
        if not process.stdout.readline():
            raise AssertionError("the process ended after %d syncs" % number)
        if number % VACUUM == 0:
            database.psql("VACUUM")
        if number % STEP == 0:
            rows.append(figures(database, process))
    return rows


def main():
    with Cluster() as cluster:
        database, paths = cluster.database(), []
        for number, text in enumerate(captures()):
            paths.append(cluster.scratch.file("answer%d.json" % number))
            with open(paths[-1], "w", encoding="utf-8") as file:
                file.write(text)
        with subprocess.Popen([HANDOVER, database.conninfo], env=database.environment(), encoding="utf-8",
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            rows = play(database, process, paths)
            process.stdin.close()
    grown = []
    print("%-26s" % "after syncs" + "".join("%10d" % (STEP * n) for n in range(1, len(rows) + 1)))
    for name in rows[0]:
        values = [row[name] for row in rows]
        if max(values[2:]) > SLACK * max(values[:2]) and max(values[2:]) - max(values[:2]) > 64:
            grown.append(name)
        print("%-26s" % name + "".join("%10d" % value for value in values)
              + ("  GROWS" if name in grown else ""))
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
