# SPDX-License-Identifier: MIT
"""Years of a daemon, a sync a day, played as fast as it goes: what it holds must not grow.

After each month everything that the database has noted becomes a month older, retention is applied, and
a VACUUM stands for the autovacuum that has had its nights.
"""
import http.client
import os
import signal

from modelsync_test import wait_until

DAYS = 30
KEPT_DAYS = 60
# What logs a row for each day or deed grows by that. Everything else must not.
LOGS = {"run", "changeset", "audit", "retired", "alert", "slot", "message", "delivery", "model_sync_log",
        "admin_audit_log"}
OLDER = {"modelsync.changeset": ("at",), "modelsync.run": ("started_at", "completed_at"),
         "modelsync.hold": ("held_at", "replaced_at", "resolved_at"), "modelsync.audit": ("at",),
         "modelsync.alert": ("raised_at", "acknowledged_at"), "modelsync.message": ("at",),
         "public.model_sync_log": ("sync_started_at", "sync_completed_at", "created_at")}
SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'modelsync-tui%'"
# of statements that are not just at work
LOCKS = ("SELECT count(*) FROM pg_locks JOIN pg_stat_activity a USING (pid)"
         " WHERE relation IS NOT NULL AND a.xact_start < now() - interval '2 s'")
TABLES = """SELECT c.relname, pg_total_relation_size(c.oid) / 1024 AS kb FROM pg_class c WHERE c.relkind = 'r'
    AND c.relnamespace IN ('modelsync'::regnamespace, 'public'::regnamespace)"""
CATALOGS = """SELECT sum(pg_total_relation_size(oid))::bigint / 1024 FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'pg_catalog'::regnamespace"""


def private_kb(pid, kind="Private_"):
    with open("/proc/%d/smaps_rollup" % pid, encoding="ascii") as file:
        return sum(int(line.split()[1]) for line in file if line.startswith(kind))


class Years:
    """daemon: connected, with a listener; script(page): what upstream answers next; pages: its answers in turn."""

    def __init__(self, db, daemon, script, pages):
        self.db, self.daemon, self.script, self.pages = db, daemon, script, pages
        self.port = int(daemon.wait_log(r"event=listening address=\S*:(\d+)").group(1))
        self.runs = 0
        db.psql("UPDATE modelsync.setting SET value = '%d'"
                " WHERE name IN ('keep_changes_days', 'keep_runs_days')" % KEPT_DAYS)

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
            return connection.getresponse().read()
        finally:
            connection.close()

    def day(self):
        self.script(self.pages[self.runs % len(self.pages)])
        self.runs += 1
        self.daemon.signal(signal.SIGUSR1)
        self.daemon.wait_log("event=run_completed run=.*", count=self.runs, timeout=60)
        for path in ("/api/models", "/api/models?enhanced=true", "/metrics"):
            self.get(path)

    def grow_older(self):
        shifts = ["UPDATE %s SET %s;" % (table, ", ".join(
            "%s = %s - interval '%d days'" % (name, name, DAYS) for name in names))
                  for table, names in OLDER.items()]
        self.db.psql("SET session_replication_role = replica;" + "".join(shifts))

    def month(self, days=DAYS):
        """Plays one; returns what may not grow, in a dict of numbers."""
        for _ in range(days):
            self.day()
        self.grow_older()
        done = self.db.run("db", "retire", "--yes")
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        self.db.psql("VACUUM")
        return self.figures()

    def figures(self):
        tables = {row["relname"]: row["kb"] for row in self.db.rows(TABLES)}
        rows = int(self.db.value("SELECT (SELECT count(*) FROM modelsync.run) + (SELECT count(*) FROM modelsync.alert)"))
        return {
            "process kB": private_kb(self.daemon.pid),
            "threads": len(os.listdir("/proc/%d/task" % self.daemon.pid)),
            "descriptors": len(os.listdir("/proc/%d/fd" % self.daemon.pid)),
            "sessions": int(self.db.value(SESSIONS)),
            "locks": int(self.db.value(LOCKS)),
            "changes": int(self.db.value("SELECT count(*) FROM modelsync.change")),
            "log bytes a row": 1024 * sum(tables[name] for name in LOGS) // rows,
            "catalogs kB": int(self.db.value(CATALOGS)),
            **{name + " kB": kb for name, kb in sorted(tables.items()) if name not in LOGS},
        }

    def wait_counted(self):
        """/metrics knows all runs, by figures of at most five seconds ago."""
        line = 'modelsync_runs_total{result="completed",category=""} %d\n' % self.runs
        wait_until(lambda: line in self.get("/metrics").decode(), 20, line)


def grown(months, settled):
    """Names of figures that are much higher after the month number `settled` (from 0) than until then."""
    names = []
    for name in months[0]:
        before = max(month[name] for month in months[:settled + 1])
        after = max(month[name] for month in months[settled + 1:])
        slack = {"process kB": 1024, "threads": 0, "sessions": 1, "locks": 0, "descriptors": 3}.get(
            name, max(64, before // 2))
        if after > before + slack:
            names.append("%s: %d, then %d" % (name, before, after))
    return names
