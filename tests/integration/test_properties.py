# SPDX-License-Identifier: MIT
"""What must hold for any two catalogues, tried with made-up ones at random.

    MODELSYNC_SEED=17 ...   repeats a trial that failed; the seed is part of every message
"""
import json
import os
import random
import unittest

from modelsync_test import ClusterTestCase

TRIALS = 25
SETTINGS = {"max_missing_percent": 100, "max_invalid_percent": 100}

# Facts, decisions and presence of all models; when they were written does not count.
STATE = """(SELECT coalesce(jsonb_object_agg(m.model_id, to_jsonb(m) - ARRAY['model_id', 'updated_at',
    'added_at', 'changed_at', 'row_version', 'first_seen_run', 'attention', 'missing_since']
    || jsonb_build_object('missing', m.missing_since IS NOT NULL)), '{}') FROM modelsync.model m)"""
DECISIONS = """(SELECT coalesce(jsonb_object_agg(m.model_id, modelsync.decisions(m)), '{}')
    FROM public.model_access m)"""
# Without numbers and times, in an order of its own.
LOG = """(SELECT coalesce(jsonb_agg(x ORDER BY x), '[]') FROM (SELECT jsonb_build_array(c.model_id,
    c.field, c.old - 'missing_since', c.new - 'missing_since', c.event) AS x
    FROM (SELECT model_id, field, event,
        CASE WHEN jsonb_typeof(old) = 'object' THEN old ELSE jsonb_build_object('is', old) END AS old,
        CASE WHEN jsonb_typeof(new) = 'object' THEN new ELSE jsonb_build_object('is', new) END AS new
        FROM modelsync.change) c) y)"""
DOCUMENTS = """(SELECT coalesce(jsonb_object_agg(d.model_id, jsonb_build_array(d.hash, d.shape, d.rest)), '{}')
    FROM modelsync.model_document d)"""


def price(rng):
    return rng.choice(["0", "-1", "1", "0.%0*d" % (rng.randint(1, 20), rng.randint(1, 99)),
                       "%d.5" % rng.randint(0, 300)])


def pricing(rng):
    keys = ("prompt", "completion", "request", "image", "web_search", "input_cache_read", "audio_output",
            "discount", "per_song")
    prices = {key: price(rng) for key in keys if rng.random() < 0.5}
    if rng.random() < 0.2:
        prices["overrides"] = [{"min_prompt_tokens": rng.randint(1, 9) * 1000, "prompt": price(rng)}]
    return prices


def maybe(rng, value):
    return rng.choice([value, value, None])


def entry(rng, name):
    """A valid entry; any of its optional fields may be missing, null or new."""
    fields = {
        "canonical_slug": "slug-%d" % rng.randint(0, 9),
        "description": "Text %d ×\u200b\n…" % rng.randint(0, 99),
        "created": maybe(rng, rng.randint(0, 2**31)),
        "context_length": maybe(rng, rng.choice([0, 4096, 2**31 - 1])),
        "architecture": {"modality": "text->text", "tokenizer": maybe(rng, "T%d" % rng.randint(0, 3)),
                         "input_modalities": rng.sample(["text", "image", "audio"], rng.randint(0, 3)),
                         "output_modalities": ["text"]},
        "pricing": pricing(rng),
        "top_provider": {"context_length": maybe(rng, 100), "max_completion_tokens": maybe(rng, rng.randint(1, 9)),
                         "is_moderated": rng.random() < 0.5},
        "supported_parameters": rng.sample(["tools", "seed", "stop"], rng.randint(0, 3)),
        "knowledge_cutoff": maybe(rng, "2025-0%d" % rng.randint(1, 9)),
        "expiration_date": maybe(rng, rng.choice(["2027-01-31", "2098-12-31"])),
        "alias_target": maybe(rng, {"slug": "a/%d" % rng.randint(0, 3), "name": "A"}),
        "hugging_face_id": rng.choice(["", "Org/Name", None]),
        "supported_voices": maybe(rng, ["alloy"]),
        "links": {"details": "/%s" % name},
        "benchmarks": {"x": rng.random()},
    }
    kept = {key: value for key, value in fields.items() if rng.random() < 0.8}
    return {"id": name, "name": "Name %d" % rng.randint(0, 5), **kept}


def complete(name):
    """Has all that models must not lose at once."""
    return {"id": name, "name": "Name", "context_length": 8000,
            "architecture": {"input_modalities": ["text"], "output_modalities": ["text"]},
            "pricing": {"prompt": "0.1", "completion": "0.2"}}


def catalogue(rng, base=(), invalid=0):
    """Some of a pool of models, most of those in base as they are there."""
    before = {e["id"]: e for e in base}
    entries = [complete("vendor/whole")]
    for name in rng.sample(["vendor/m%d" % n for n in range(40)], rng.randint(5, 35)):
        known = before.get(name)
        entries.append(known if known and rng.random() < 0.6 else entry(rng, name))
    for bad in rng.sample(entries[1:], min(invalid, len(entries) - 1)):
        entries[entries.index(bad)] = {**bad, "context_length": "many"}
    return entries


def edits(rng, entries):
    patches = []
    for model in rng.sample(entries, len(entries) // 3):
        patch = {"model_id": model["id"]}
        if rng.random() < 0.7:
            patch["status"] = rng.choice(["new", "active", "inactive", "disabled"])
        for tier in ("is_free", "is_pro", "is_enterprise"):
            if rng.random() < 0.4:
                patch[tier] = rng.random() < 0.5
        if rng.random() < 0.3:
            patch["daily_limit"] = rng.choice([None, 0, 10])
        patches.append(patch)
    return patches


def literal(value):
    return "$json$%s$json$::jsonb" % json.dumps(value)


class Trial:
    """A transaction that is rolled back: syncs and edits, and looks at what they came to."""

    def __init__(self, **settings):
        self._settings = {**SETTINGS, **settings}
        self._sql = ["BEGIN;"]

    def sync(self, *pages):
        self._sql.append(
            "SELECT modelsync.sync_begin('{\"trigger\": \"scheduled\"}') AS claim \\gset\n"
            "SELECT modelsync.sync_apply((:'claim'::jsonb ->> 'run')::bigint,"
            " (:'claim'::jsonb ->> 'fence')::bigint, ARRAY[%s], '{}', %s) AS report \\gset\n"
            "SELECT 1 / (:'report'::jsonb ->> 'state' = 'completed')::int AS completed \\gset\n"
            % (", ".join(literal({"data": page}) for page in pages), literal(self._settings)))
        return self

    def edit(self, patches):
        self._sql.append("SELECT modelsync.edit_models(%s, '{\"os_user\": \"admin\"}') AS done \\gset\n"
                         % literal(patches))
        return self

    def undo_last_sync(self):
        self._sql.append("SELECT modelsync.undo((:'report'::jsonb ->> 'changeset')::bigint,"
                         " '{\"os_user\": \"admin\"}', false) AS undone \\gset\n"
                         "SELECT 1 / (:'undone'::jsonb -> 'conflicts' = '[]')::int AS clean \\gset\n")
        return self

    def look(self, *what):
        self._sql.append("SELECT jsonb_build_array(%s);\n" % ", ".join(what))
        return self

    def run(self, db):
        return [json.loads(line) for line in db.psql("\n".join(self._sql + ["ROLLBACK;"])).splitlines()]


class PropertyTest(ClusterTestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.db = cls.cluster.database()
        cls.seed = int(os.environ.get("MODELSYNC_SEED", random.SystemRandom().randrange(10**9)))
        print("# MODELSYNC_SEED=%d" % cls.seed)

    def trials(self):
        """(random numbers, message), many times."""
        for trial in range(TRIALS):
            seed = "%s/%d" % (self.id().rsplit(".", 1)[-1], trial)
            yield random.Random("%d/%s" % (self.seed, seed)), "MODELSYNC_SEED=%d, %s" % (self.seed, seed)

    def test_a_catalogue_that_comes_back_restores_everything(self):
        for rng, message in self.trials():
            first = catalogue(rng)
            second = catalogue(rng, first, invalid=rng.randint(0, 3))
            trial = Trial(missing_grace=rng.randint(1, 2)).sync(first).edit(edits(rng, first)).look(STATE)
            trial.sync(second).edit(edits(rng, first + second)).look(DECISIONS).sync(first)
            (before,), (decided,), (after, decisions) = trial.look(STATE, DECISIONS).run(self.db)
            self.assertEqual(decisions, decided, message)
            for model in first:
                name = model["id"]
                for state in (before, after):
                    for field in decided[name]:
                        del state[name][field]
                    del state[name]["changed_by"]
                self.assertEqual(after[name], before[name], "%s: %s" % (name, message))

    def test_an_undone_sync_leaves_nothing_behind(self):
        for rng, message in self.trials():
            zeroth = catalogue(rng)
            first = catalogue(rng, zeroth)
            second = catalogue(rng, first, invalid=rng.randint(0, 3)) + [entry(rng, "vendor/extra")]
            trial = Trial().sync(zeroth).sync(first).edit(edits(rng, zeroth + first)).look(STATE)
            (before,), (after,) = trial.sync(second).undo_last_sync().look(STATE).run(self.db)
            added = set(after) - set(before)
            self.assertIn("vendor/extra", added, message)
            self.assertTrue(all(after[name]["missing"] for name in added), message)
            for name in before:
                self.assertEqual(after[name], before[name], "%s: %s" % (name, message))

    def test_neither_order_nor_pages_matter(self):
        for rng, message in self.trials():
            first = catalogue(rng)
            second = catalogue(rng, first, invalid=rng.randint(0, 3))
            decided = edits(rng, first)
            shuffled = rng.sample(second, len(second))
            cut = rng.randint(0, len(second))
            looks = [
                Trial().sync(rng.sample(first, len(first))).edit(decided).sync(*pages)
                .look(STATE, LOG, DOCUMENTS).run(self.db)
                for pages in ((second,), (shuffled,), (second[:cut], second[cut:]))
            ]
            self.assertEqual(looks[1], looks[0], message)
            self.assertEqual(looks[2], looks[0], message)


if __name__ == "__main__":
    unittest.main()
