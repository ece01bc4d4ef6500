#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""queries.py: what people and programs ask, with many models and a long log.

421 models, then 20,000 with a million changes, half of them of prices; one model has 10,000. Each
question is asked several times in one session, the rows thrown away by psql; its median stands beside
that of a plain query that returns the same rows without what the question adds to them; as in the
program, jit is off. Then the big
writes: 20,000 edits, their undo, and retirement of old changes, beside a plain UPDATE or DELETE of as
many rows. Exit status 1 when something is over its budget.
"""
import json
import os
import re
import statistics
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

from modelsync_test import Cluster, program  # noqa: E402

TIMES = 9
CHANGES, CHANGESETS, PART = 1000000, 2000, 100000
USERS = "INSERT INTO profiles (id, email, subscription_tier) SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid, tier || '@x', tier" \
        " FROM (VALUES (1, 'free'), (2, 'pro'), (3, 'enterprise')) t (n, tier);"
PRO = "'00000000-0000-0000-0000-000000000002'"
DECIDE = """
UPDATE model_access SET status = (ARRAY['new', 'active', 'active', 'active'])[1 + id_n % 4],
    is_free = id_n % 2 = 0, is_pro = true
FROM (SELECT model_id AS n_id, row_number() OVER (ORDER BY model_id) AS id_n FROM model_access) x WHERE n_id = model_id;
VACUUM ANALYZE;
"""
# a log as years of use leave it, in parts, and without the checks of the engine
CHANGESETS_SQL = """
SET session_replication_role = replica;
INSERT INTO modelsync.changeset (kind, origin, os_user, at, models, fields)
SELECT 'edit', 'cli', 'bench', now() - (%d - n) * interval '1 hour', 500, 500 FROM generate_series(1, %d) n
"""
CHANGES_SQL = """
SET session_replication_role = replica;
INSERT INTO modelsync.change (changeset_id, model_id, field, old, new, event)
SELECT s.lowest + n / 500, m.ids[CASE WHEN n %% 100 = 0 THEN 1
        ELSE 1 + (n::bigint * 7919) %% cardinality(m.ids) END], t.field, t.old, t.new, t.event
FROM generate_series(%d, %d) n,
    (SELECT min(changeset_id) AS lowest FROM modelsync.changeset WHERE os_user = 'bench') s,
    (SELECT array_agg(model_id ORDER BY model_id) AS ids FROM model_access) m,
    LATERAL (SELECT 'pricing' AS field, jsonb_build_object('prompt', '0.00000' || n %% 997) AS old,
            jsonb_build_object('prompt', '0.00000' || (n + 1) %% 997) AS new, 'price_changed' AS event
        WHERE n / 2 %% 2 = 0
        UNION ALL SELECT 'is_pro', to_jsonb(n / 4 %% 2 = 0), to_jsonb(n / 4 %% 2 = 1), 'tiers_changed'
        WHERE n / 2 %% 2 = 1) t
ORDER BY n
"""
AUDIT_SQL = """
SELECT count(modelsync.audit_append('edit', 'done', to_jsonb(s), s.changeset_id, null, '{}'))
FROM (SELECT * FROM modelsync.changeset WHERE os_user = 'bench' ORDER BY changeset_id OFFSET %d LIMIT 500) s
"""
ONE = "(SELECT model_id FROM model_access ORDER BY model_id LIMIT 1)"
# what is asked, the plain query, budget in ms at 421 and at 20,000 models
OF_MODELS = [
    ("allowed models of a user", "SELECT * FROM get_user_allowed_models(%s)" % PRO,
     "SELECT model_id, model_name, model_description, prompt_price, completion_price, daily_limit, monthly_limit"
     " FROM model_access WHERE status = 'active' AND (is_free OR is_pro)", 5, 100),
    ("may this user use it", "SELECT can_user_use_model(%s, m) FROM %s x (m)" % (PRO, ONE),
     "SELECT status FROM model_access WHERE model_id = %s" % ONE, 5, 5),
    ("list of models", "SELECT model_id, name, provider_context_length, context_length, pricing, status, is_free, is_pro,"
     " is_enterprise, missing_since, attention, row_version FROM modelsync.model ORDER BY model_id",
     "SELECT model_id, model_name, provider_context_length, context_length, pricing, status, is_free, is_pro,"
     " is_enterprise, missing_since, row_version FROM model_access ORDER BY model_id", 5, 100),
    ("counts", "SELECT modelsync.model_counts()", "SELECT status, count(*) FROM model_access GROUP BY status", 5, 100),
    ("counts of the contract", "SELECT * FROM v_model_counts_public",
     "SELECT status, count(*) FROM model_access GROUP BY status", 5, 100),
]
HISTORY = "SELECT * FROM modelsync.change WHERE model_id = %s ORDER BY change_id DESC LIMIT 100"
OF_LOG = [
    ("latest 100 events of a model", "SELECT * FROM modelsync.event WHERE model_id = %s ORDER BY event_id DESC LIMIT 100",
     HISTORY, 20),
    ("latest 100 changes of a model", "SELECT modelsync.model_history(%s, 100)", HISTORY, 20),
    ("prices of a model", "SELECT * FROM modelsync.price_history WHERE model_id = %s",
     "SELECT * FROM modelsync.change WHERE model_id = %s AND field = 'pricing' ORDER BY change_id", 20),
    ("why a tier sees a model", "SELECT modelsync.why(%s, 'pro')",
     "SELECT * FROM modelsync.change WHERE model_id = %s AND field = 'is_pro' ORDER BY change_id DESC LIMIT 1", 20),
    ("events of a model by day", "SELECT * FROM modelsync.event_counts(null, null, %s)",
     "SELECT event, count(*) FROM modelsync.change WHERE model_id = %s GROUP BY 1", 20),
]
OF_ALL = [
    ("newest 500 events", "SELECT * FROM modelsync.event ORDER BY event_id DESC LIMIT 500",
     "SELECT * FROM modelsync.change WHERE event IS NOT NULL ORDER BY change_id DESC LIMIT 500", 250),
    ("12,000 events of a day", "SELECT * FROM modelsync.event WHERE at >= now() - interval '30 hours'"
     " AND at < now() - interval '6 hours' ORDER BY event_id",
     "SELECT c.* FROM modelsync.change c JOIN modelsync.changeset s USING (changeset_id)"
     " WHERE s.at >= now() - interval '30 hours' AND s.at < now() - interval '6 hours' ORDER BY change_id", 5000),
    ("newest 500 audit entries", "SELECT modelsync.audit_list(500, null, null)",
     "SELECT * FROM modelsync.audit ORDER BY audit_id DESC LIMIT 500", 50),
    ("newest 50 entries about a model", "SELECT modelsync.audit_list(50, null, ARRAY[%s])" % ONE,
     "SELECT a.* FROM modelsync.audit a WHERE a.changeset_id IN (SELECT changeset_id FROM modelsync.change"
     " WHERE model_id = %s) ORDER BY audit_id DESC LIMIT 50" % ONE, 500),
]


class Bench:
    def __init__(self):
        self.failed = False

    def report(self, what, ms, plain_ms, budget):
        over = ms > budget
        self.failed = self.failed or over
        print("%-34s %9.2f ms %9.2f ms %7.2fx %7d ms  %s"
              % (what, ms, plain_ms, ms / plain_ms, budget, "OVER BUDGET" if over else "ok"))

    def ask(self, db, what, question, plain, budget):
        """Question and plain query in turns, in one session; the first of each is not counted."""
        script = "SET jit = off;\n\\o /dev/null\n\\timing on\n" + "%s;\n%s;\n" % (question, plain) * (TIMES + 1)
        times = [float(ms) for ms in re.findall(r"^Time: ([0-9.]+) ms", db.psql("\\set QUIET off\n" + script), re.M)]
        self.report(what, statistics.median(times[2::2]), statistics.median(times[3::2]), budget)


def entries(count):
    return [{"id": "vendor%d/model-%d" % (n % 60, n), "name": "Model %d" % n, "created": 1760000000 + n,
             "description": "What this model does, in a sentence or two. " * 6, "context_length": 128000,
             "architecture": {"modality": "text->text", "input_modalities": ["text"],
                              "output_modalities": ["text"], "tokenizer": "Other"},
             "pricing": {"prompt": "0.000001", "completion": "0.000002", "input_cache_read": "0.0000001"},
             "top_provider": {"max_completion_tokens": 4096, "is_moderated": False},
             "supported_parameters": ["max_tokens", "temperature", "top_p"]} for n in range(count)]


def filled(cluster, count):
    db = cluster.database()
    done = db.run("sync", "--from", "-", stdin=json.dumps({"data": entries(count)}))
    assert done.returncode == 0, done.stderr
    db.psql(USERS)
    db.psql("SET client_min_messages = warning;" + DECIDE)
    return db


def fill_log(db):
    db.psql(CHANGESETS_SQL % (CHANGESETS, CHANGESETS))
    for start in range(0, CHANGES, PART):
        db.psql(CHANGES_SQL % (start, start + PART - 1))
    for start in range(0, CHANGESETS, 500):
        db.psql(AUDIT_SQL % start)
    db.psql("VACUUM ANALYZE modelsync.change, modelsync.changeset, modelsync.audit")


def heading(text):
    print("\n%-34s %12s %12s %8s %10s" % (text, "ours", "plain", "ratio", "budget"))


def timed(db, *statements):
    """Milliseconds of each statement, all in one session."""
    shown = db.psql("SET jit = off;\n\\set QUIET off\n\\timing on\n" + "".join(s + ";\n" for s in statements))
    return [float(ms) for ms in re.findall(r"^Time: ([0-9.]+) ms", shown, re.M)]


def big_writes(bench, db, count):
    edits = ("SELECT modelsync.edit_models((SELECT jsonb_agg(jsonb_build_object('model_id', model_id, 'version',"
             " row_version, 'daily_limit', %d)) FROM model_access), '{}') ->> 'applied'")
    plain = "UPDATE model_access SET daily_limit = 7, updated_at = now()"
    undo = "SELECT modelsync.undo((SELECT max(changeset_id) FROM modelsync.changeset), '{}', false) ->> 'reversed'"
    edit_ms, undo_ms = timed(db, edits % 5, undo)
    plain_ms, = timed(db, "SELECT modelsync.engine_begin(); " + plain)[-1:]
    bench.report("%d edits" % count, edit_ms, plain_ms, 15000)
    bench.report("their undo", undo_ms, plain_ms, 20000)


def retirement(bench, db):
    db.psql("SELECT modelsync.change_settings('{\"keep_changes_days\": 30}', '{}')")
    expected = int(db.value("SELECT modelsync.retire('{}', true) ->> 'changes'"))
    steps, gone = [], 0
    while True:
        text = db.psql("\\timing on\nSELECT modelsync.retire('{}', false)")
        steps.append(float(re.search(r"^Time: ([0-9.]+) ms", text, re.M).group(1)))
        answer = json.loads(text.splitlines()[0])
        gone += answer["changes"]
        if not answer["more"]:
            break
    assert gone == expected > CHANGES / 3, (gone, expected)
    plain_ms, = timed(db, "DELETE FROM modelsync.change WHERE change_id IN (SELECT change_id FROM modelsync.change"
                      " ORDER BY change_id DESC LIMIT 20000)")
    bench.report("retirement, its longest step", max(steps), plain_ms, 5000)
    print("%d changes in %d steps, %.1f s" % (gone, len(steps), sum(steps) / 1000))


def main():
    program()
    bench = Bench()
    with Cluster() as cluster:
        db = filled(cluster, 421)
        heading("421 models")
        for what, question, plain, budget, _ in OF_MODELS:
            bench.ask(db, what, question, plain, budget)
        db = filled(cluster, 20000)
        heading("20,000 models")
        for what, question, plain, _, budget in OF_MODELS:
            bench.ask(db, what, question, plain, budget)
        fill_log(db)
        other = db.value("SELECT model_id FROM model_access ORDER BY model_id OFFSET 777 LIMIT 1")
        changes = db.value("SELECT count(*) FROM modelsync.change WHERE model_id = '%s'" % other)
        heading("1,000,000 changes, a model with %s" % changes)
        for what, question, plain, budget in OF_LOG:
            bench.ask(db, what, question % ("'%s'" % other), plain % ("'%s'" % other), budget)
        heading("a model with 10,000 of them")
        hot = "'%s'" % db.value("SELECT * FROM %s x" % ONE)
        for what, question, plain, budget in OF_LOG:
            bench.ask(db, what, question % hot, plain % hot, budget * 50 if "prices" in what or "day" in what else budget)
        heading("of all")
        for what, question, plain, budget in OF_ALL:
            bench.ask(db, what, question, plain, budget)
        verify_ms, = timed(db, "SELECT modelsync.audit_verify() ->> 'problems_total'")
        plain_ms, = timed(db, "SELECT sha256(convert_to(string_agg(c::text, '' ORDER BY change_id), 'UTF8'))"
                          " FROM modelsync.change c")
        bench.report("audit verify", verify_ms, plain_ms, 20000)
        heading("writes")
        big_writes(bench, db, 20000)
        retirement(bench, db)
    return 1 if bench.failed else 0


if __name__ == "__main__":
    sys.exit(main())
