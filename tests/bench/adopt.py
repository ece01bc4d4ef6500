#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""adopt.py: the migration of a large database of another program, while others read it.

20,000 models and a million rows of sync log. Two readers ask for a model and for the last run again
and again, each time in a session of its own; the longest they waited is set beside the median of the
same question before the migration. Exit status 1 when the migration takes more than 60 s or a reader
waits for more than a second.
"""
import os
import statistics
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

from modelsync_test import TOP, Cluster, program  # noqa: E402

MIGRATION_S, WAIT_S = 60.0, 1.0
QUESTIONS = {
    "model_access": "SELECT status FROM model_access WHERE model_id = 'vendor/big-77'",
    "model_sync_log": "SELECT sync_status FROM model_sync_log ORDER BY sync_started_at DESC LIMIT 1",
}
FILL = """
SET synchronous_commit = off;
INSERT INTO model_access (model_id, model_name, prompt_price, completion_price, status, openrouter_last_seen)
SELECT 'vendor/big-' || n, 'Big ' || n, '0.000001', '0.000002',
    (ARRAY['new', 'active', 'inactive', 'disabled'])[1 + n % 4], now() - (n % 2) * interval '90 days'
FROM generate_series(1, 20000) n;
INSERT INTO model_sync_log (sync_started_at, sync_completed_at, sync_status, total_openrouter_models)
SELECT now() - n * interval '1 minute', now(), CASE n % 9 WHEN 0 THEN 'failed' ELSE 'completed' END, 400
FROM generate_series(1, 1000000) n;
ANALYZE;
"""


def fill(cluster):
    for role in ("app_owner", "app_sync", "app_cron"):
        cluster.admin.psql("CREATE ROLE %s" % role)
    db = cluster.empty_database()
    db.psql("GRANT CREATE ON SCHEMA public TO app_owner")
    db.psql("", "-f", os.path.join(TOP, "tests", "fixtures", "adopt", "plain.sql"))
    db.psql("DROP INDEX idx_sync_log_started")
    db.psql(FILL)
    return db


def ask(db, question):
    started = time.monotonic()
    db.value(question)
    return time.monotonic() - started


def main():
    program()
    with Cluster() as cluster:
        db = fill(cluster)
        before = {table: statistics.median(ask(db, q) for _ in range(9)) for table, q in QUESTIONS.items()}
        waits = {table: [] for table in QUESTIONS}
        done = threading.Event()

        def read(table):
            while not done.is_set():
                waits[table].append(ask(db, QUESTIONS[table]))

        readers = [threading.Thread(target=read, args=(table,)) for table in QUESTIONS]
        for reader in readers:
            reader.start()
        started = time.monotonic()
        db.migrate()
        took = time.monotonic() - started
        done.set()
        for reader in readers:
            reader.join()
    print("migration of 20,000 models and 1,000,000 log rows: %.1f s (budget %.0f s)" % (took, MIGRATION_S))
    for table, times in waits.items():
        print("%s: longest wait of a reader %.0f ms (budget %.0f ms), %.1f times the median before, %d reads"
              % (table, max(times) * 1000, WAIT_S * 1000, max(times) / before[table], len(times)))
    return took > MIGRATION_S or any(max(times) > WAIT_S for times in waits.values())


sys.exit(main())
