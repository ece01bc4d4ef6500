#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""engine.py: the engine beside the loop it replaces, called from SQL.

The peer is a function as such programs usually have it: one INSERT ... ON CONFLICT DO UPDATE per
model, every model on every run, no checks, no log.

First, real answers as a scheduled sync would apply them: both get the same text, parse it in the same
way and take turns on the same database, each call in a session of its own: an empty database, then
one answer after another, each of them twice. The claim, which a real sync makes before it fetches, is
timed apart: it also warms the session up.

Then the same answer again, at 421 and at 20,000 models, through public.sync_openrouter_models(jsonb):
both functions are handed the parsed answer, in the first call of a session and in later ones.

Medians are printed; exit status 1 when the engine is over its budget, slower than the peer on a
re-sync, or less than three times as fast on an unchanged answer.
"""
import os
import re
import statistics
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

from answers import as_text, captures, grown  # noqa: E402
from modelsync_test import Cluster  # noqa: E402

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

# Called in one session: the two take turns, and the first call of each pays for what is new to it.
AGAIN = """
DO $$
DECLARE
    answer jsonb := (SELECT body::jsonb FROM bench.answer WHERE n = 0);
    models jsonb := answer -> 'data';
    started timestamptz;
BEGIN
    FOR i IN 1 .. %d LOOP
        started := clock_timestamp();
        PERFORM public.sync_openrouter_models(answer);
        RAISE NOTICE 'engine %%', extract(epoch FROM clock_timestamp() - started) * 1000;
        started := clock_timestamp();
        PERFORM bench.row_by_row(models);
        RAISE NOTICE 'loop %%', extract(epoch FROM clock_timestamp() - started) * 1000;
    END LOOP;
END
$$;
"""

BUDGETS_MS = {"first sync": 150, "next real capture": 25, "unchanged": 25}
SIZES = (421, 20000)
CALLS = 6
RATIO = 3


def fill(database, texts):
    database.psql(PEER + "".join("INSERT INTO bench.answer VALUES (%d, $a$%s$a$);\n" % pair
                                 for pair in enumerate(texts)))


def measure(database, script):
    """Milliseconds of each statement of a script, in a fresh session."""
    shown = database.psql("\\timing on\n" + script)
    return [float(ms) for ms in re.findall(r"^Time: ([0-9.]+) ms", shown, re.MULTILINE)]


def play(database, times):
    """One pass over the answers; times[case] collects triples (claim, engine, loop)."""
    for n in range(ANSWERS):
        for case in ("next real capture" if n else "first sync", "unchanged"):
            times[case].append(measure(database, CLAIM + ENGINE % n) + measure(database, LOOP % n))


def real_answers(cluster, texts):
    """Whether the engine kept its budgets on the real answers; prints how it did."""
    times = {case: [] for case in BUDGETS_MS}
    base = cluster.database()
    fill(base, texts)
    for _ in range(ROUNDS):
        play(cluster.empty_database(base.name), times)
    good = True
    print("%-20s %5s %10s %10s %10s %12s %7s %9s"
          % ("", "calls", "claim", "engine", "worst", "row by row", "ratio", "budget"))
    for case, budget in BUDGETS_MS.items():
        claims, engine, loop = (statistics.median(column) for column in zip(*times[case]))
        worst = max(ours for _, ours, _ in times[case])
        verdict = "ok" if engine <= budget else "OVER BUDGET"
        if case != "first sync" and engine > loop:
            verdict += ", slower than the loop"
        good = good and verdict == "ok"
        print("%-20s %5d %7.1f ms %7.1f ms %7.1f ms %9.1f ms %6.2fx %6d ms  %s"
              % (case, len(times[case]), claims, engine, worst, loop, loop / engine, budget, verdict))
    return good


def calls(database):
    """Milliseconds of the calls of AGAIN in one session, of the engine and of the loop."""
    done = database.cluster.scratch.run(*database.psql_command(), stdin=AGAIN % CALLS)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return tuple([float(ms) for ms in re.findall(r"NOTICE:  %s ([0-9.]+)" % who, done.stderr)]
                 for who in ("engine", "loop"))


def same_again(cluster, text, size):
    """Whether an unchanged answer of that size keeps the ratio; prints how it did."""
    database = cluster.database()
    fill(database, [as_text(grown(text, size))])
    calls(database)
    database.psql("VACUUM ANALYZE")
    sessions = [calls(database) for _ in range(ROUNDS)]
    good = True
    for case, part in (("first call", slice(0, 1)), ("later calls", slice(1, None))):
        engine, loop = (statistics.median(ms for session in sessions for ms in session[who][part])
                        for who in (0, 1))
        verdict = "ok" if loop >= RATIO * engine else "BELOW %d TIMES" % RATIO
        good = good and verdict == "ok"
        print("%6d models, %-11s %10.1f ms %10.1f ms %6.2fx  %s"
              % (size, case, engine, loop, loop / engine, verdict))
    return good


def main():
    texts = captures()
    with Cluster() as cluster:
        good = real_answers(cluster, texts[:ANSWERS])
        print("\n%-27s %10s %13s %7s" % ("the same again", "engine", "row by row", "ratio"))
        for size in SIZES:
            good = same_again(cluster, texts[-1], size) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
