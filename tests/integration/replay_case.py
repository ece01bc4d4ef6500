# SPDX-License-Identifier: MIT
"""What replays of the real answers share: the answers, and what a replay leaves behind."""
import os
import tarfile

from modelsync_test import shared_data

# Runs count by those that completed: others leave nothing behind but their own rows.
NTH = "(SELECT count(*) FROM modelsync.run c WHERE c.state = 'completed' AND c.run_id <= %s)"
TIMES = "{id,first_seen_run,missing_since,last_synced_at,openrouter_last_seen,created_at,updated_at,changed_at}"
SINCE = "CASE WHEN c.field = 'presence' THEN c.%s - 'missing_since' ELSE c.%s END"

# All that a replay leaves behind, but for times and numbers that are drawn.
LEFT_BEHIND = {
    "models":
        "SELECT to_jsonb(m) - '%s'::text[] AS row, m.missing_since IS NULL AS is_there, %s AS first_seen"
        " FROM public.model_access m ORDER BY model_id" % (TIMES, NTH % "m.first_seen_run"),
    "documents":
        "SELECT model_id, hash, normaliser, rest, shape, %s AS run FROM modelsync.model_document"
        " ORDER BY model_id" % (NTH % "run_id"),
    "runs":
        "SELECT counts, findings, guard, alerts, quality, drift, flapping, changeset_id IS NULL AS is_quiet"
        " FROM modelsync.run WHERE state = 'completed' ORDER BY run_id",
    "changesets":
        "SELECT kind, models, fields, %s AS run FROM modelsync.changeset ORDER BY changeset_id" % (NTH % "run_id"),
    "changes":
        "SELECT %s AS run, c.model_id, c.field, %s AS old, %s AS new, c.event, c.rule FROM modelsync.change c"
        " JOIN modelsync.changeset s USING (changeset_id) ORDER BY c.change_id"
        % (NTH % "s.run_id", SINCE % ("old", "old"), SINCE % ("new", "new")),
    "alerts":
        "SELECT model_id, kind, message, acknowledged_at IS NULL AS is_open, %s AS run FROM modelsync.alert"
        " ORDER BY alert_id" % (NTH % "run_id"),
    "fields":
        "SELECT level, path, type, %s AS first_run, %s AS gone_run FROM modelsync.field ORDER BY 1, 2, 3"
        % (NTH % "first_run", NTH % "gone_run"),
    "shapes": "SELECT * FROM modelsync.shape ORDER BY shape",
    "audit":
        "SELECT action, %s AS run, changeset_id IS NULL AS is_quiet,"
        " detail - 'trigger' AS detail FROM modelsync.audit"
        " WHERE outcome = 'done' ORDER BY audit_id" % (NTH % "run_id"),
    "log":
        "SELECT total_openrouter_models, models_added, models_updated, models_marked_inactive, models_reactivated"
        " FROM public.model_sync_log l JOIN modelsync.run r ON r.sync_log_id = l.id"
        " WHERE sync_status = 'completed' ORDER BY run_id",
}


def captures():
    """(day, text) of each answer in order of time."""
    with tarfile.open(shared_data("openrouter-captures.tar.xz")) as archive:
        files = [member for member in archive if member.name.endswith(".json")]
        for member in sorted(files, key=lambda file: file.name):
            stamp = os.path.basename(member.name)
            day = "%s-%s-%s" % (stamp[:4], stamp[4:6], stamp[6:8])
            yield day, archive.extractfile(member).read().decode("utf-8")


def left_behind(db, **more):
    """(table, number, row) of everything, to be compared with another database's. more: further queries."""
    for what, query in {**LEFT_BEHIND, **more}.items():
        for number, row in enumerate(db.rows(query)):
            yield what, number, row
