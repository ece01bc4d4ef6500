#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""engine.py: the engine beside the loop it replaces, on real answers.

The peer is a function as such programs usually have it: one INSERT ... ON CONFLICT DO UPDATE per
model, every model on every run, no checks, no log. Both get the same text, parse it in the same way
and take turns on the same database, each call in a session of its own, as a scheduled sync would:
an empty database, then the real answers one after another, each of them twice.
The claim, which a real sync makes before it fetches, is timed apart: it also warms the session up.
Medians are printed; exit status 1 when the engine is over its budget, or slower than the peer on a
re-sync.
"""
import os
import re
import statistics
import sys
import tarfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

from modelsync_test import Cluster, shared_data  # noqa: E402

ROUNDS = 3
ANSWERS = 13
PEER = """
CREATE SCHEMA bench;
CREATE TABLE bench.answer (n int PRIMARY KEY, body text NOT NULL);
CREATE TABLE bench.model (LIKE public.model_access INCLUDING ALL);
CREATE FUNCTION bench.row_by_row(p_models jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    m jsonb;
    known bool;
    added int := 0;
    updated int := 0;
    gone int;
BEGIN
    FOR m IN SELECT * FROM jsonb_array_elements(p_models) LOOP
        SELECT EXISTS (SELECT FROM bench.model x WHERE x.model_id = m ->> 'id') INTO known;
        INSERT INTO bench.model AS x (model_id, canonical_slug, hugging_face_id, model_name,
            model_description, context_length, created_timestamp, modality, input_modalities,
            output_modalities, tokenizer, prompt_price, completion_price, request_price, image_price,
            web_search_price, internal_reasoning_price, input_cache_read_price,
            input_cache_write_price, max_completion_tokens, is_moderated, supported_parameters,
            last_synced_at, openrouter_last_seen)
        VALUES (m ->> 'id', m ->> 'canonical_slug', m ->> 'hugging_face_id', m ->> 'name',
            m ->> 'description', (m ->> 'context_length')::int, (m ->> 'created')::bigint,
            m #>> '{architecture,modality}', m #> '{architecture,input_modalities}',
            m #> '{architecture,output_modalities}', m #>> '{architecture,tokenizer}',
            coalesce(m #>> '{pricing,prompt}', '0'), coalesce(m #>> '{pricing,completion}', '0'),
            coalesce(m #>> '{pricing,request}', '0'), coalesce(m #>> '{pricing,image}', '0'),
            coalesce(m #>> '{pricing,web_search}', '0'),
            coalesce(m #>> '{pricing,internal_reasoning}', '0'),
            m #>> '{pricing,input_cache_read}', m #>> '{pricing,input_cache_write}',
            (m #>> '{top_provider,max_completion_tokens}')::int,
            (m #>> '{top_provider,is_moderated}')::bool, m -> 'supported_parameters', now(), now())
        ON CONFLICT (model_id) DO UPDATE SET canonical_slug = excluded.canonical_slug,
            hugging_face_id = excluded.hugging_face_id, model_name = excluded.model_name,
            model_description = excluded.model_description, context_length = excluded.context_length,
            modality = excluded.modality, input_modalities = excluded.input_modalities,
            output_modalities = excluded.output_modalities, tokenizer = excluded.tokenizer,
            prompt_price = excluded.prompt_price, completion_price = excluded.completion_price,
            request_price = excluded.request_price, image_price = excluded.image_price,
            web_search_price = excluded.web_search_price,
            internal_reasoning_price = excluded.internal_reasoning_price,
            input_cache_read_price = excluded.input_cache_read_price,
            input_cache_write_price = excluded.input_cache_write_price,
            max_completion_tokens = excluded.max_completion_tokens,
            is_moderated = excluded.is_moderated,
            supported_parameters = excluded.supported_parameters, last_synced_at = now(),
            openrouter_last_seen = now(), updated_at = now(),
            status = CASE WHEN x.status = 'inactive' THEN 'new' ELSE x.status END;
        IF known THEN updated := updated + 1; ELSE added := added + 1; END IF;
    END LOOP;
    UPDATE bench.model x SET status = 'inactive', updated_at = now()
    WHERE x.status <> 'inactive'
        AND x.model_id NOT IN (SELECT e ->> 'id' FROM jsonb_array_elements(p_models) e);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN jsonb_build_object('added', added, 'updated', updated, 'gone', gone);
END
$$;
"""
CLAIM = """
SELECT modelsync.sync_begin('{"trigger": "scheduled", "owner": "bench"}') AS claim \\gset
"""
ENGINE = """
SELECT (modelsync.sync_apply((:'claim'::jsonb ->> 'run')::bigint, (:'claim'::jsonb ->> 'fence')::bigint,
    ARRAY[(SELECT body::jsonb FROM bench.answer WHERE n = %d)], '{}', NULL)) ->> 'message';
"""
LOOP = "SELECT bench.row_by_row((SELECT body::jsonb -> 'data' FROM bench.answer WHERE n = %d));"

BUDGETS_MS = {"first sync": 150, "next real capture": 40, "unchanged": 40}


def answers():
    with tarfile.open(shared_data("openrouter-captures.tar.xz")) as archive:
        files = sorted((m for m in archive if m.name.endswith(".json")), key=lambda m: m.name)
        return [archive.extractfile(member).read().decode("utf-8") for member in files[:ANSWERS]]


def measure(database, script):
    """Milliseconds of each statement of a script, in a fresh session."""
    shown = database.psql("\\timing on\n" + script)
    return [float(ms) for ms in re.findall(r"^Time: ([0-9.]+) ms", shown, re.MULTILINE)]


def play(database, times):
    """One pass over the answers; times[case] collects triples (claim, engine, loop)."""
    for n in range(ANSWERS):
        for case in ("next real capture" if n else "first sync", "unchanged"):
            times[case].append(measure(database, CLAIM + ENGINE % n) + measure(database, LOOP % n))


def main():
    times = {case: [] for case in BUDGETS_MS}
    with Cluster() as cluster:
        base = cluster.database()
        base.psql(PEER + "".join("INSERT INTO bench.answer VALUES (%d, $a$%s$a$);\n" % pair
                                 for pair in enumerate(answers())))
        for _ in range(ROUNDS):
            play(cluster.empty_database(base.name), times)
    failed = False
    print("%-20s %5s %10s %10s %10s %12s %7s %9s"
          % ("", "calls", "claim", "engine", "worst", "row by row", "ratio", "budget"))
    for case, budget in BUDGETS_MS.items():
        claims, engine, loop = (statistics.median(column) for column in zip(*times[case]))
        worst = max(ours for _, ours, _ in times[case])
        verdict = "ok" if engine <= budget else "OVER BUDGET"
        if case != "first sync" and engine > loop:
            verdict += ", slower than the loop"
        failed = failed or verdict != "ok"
        print("%-20s %5d %7.1f ms %7.1f ms %7.1f ms %9.1f ms %6.2fx %6d ms  %s"
              % (case, len(times[case]), claims, engine, worst, loop, loop / engine, budget, verdict))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
