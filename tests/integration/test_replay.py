# SPDX-License-Identifier: MIT
"""The real answers of eight weeks, replayed through the engine, against an independent event log.

The first answer is the baseline; each later one is a run. The log knows five kinds of events, says
model_added for a return as well, and looks at four prices only; everything else the engine logs is
beside the point here. Events are compared per day, as multisets.

The same history shows when upstream's format changed, and which prices go back and forth.

The program sends only what the database does not know; replayed through it, the answers leave the
same rows behind.
"""
import collections
import itertools
import json
import unittest

from modelsync_test import ClusterTestCase, shared_data
from replay_case import captures, left_behind

BEGIN = """
SELECT modelsync.sync_begin('{"trigger": "scheduled", "owner": "replay", "ctx": {"origin": "daemon"}}')
    AS claim \\gset
"""
APPLY = """
SELECT json_build_object('run', r -> 'run', 'state', r -> 'state', 'findings', r -> 'findings',
    'invalid', r #> '{counts,invalid}', 'total', r #> '{counts,total}', 'drift', r -> 'drift',
    'flapping', r -> 'flapping', 'alerts', r -> 'alerts')
FROM modelsync.sync_apply((:'claim'::jsonb ->> 'run')::bigint, (:'claim'::jsonb ->> 'fence')::bigint,
    ARRAY[$answer$%s$answer$::jsonb], '{}', NULL) r;
"""
TYPES = ("model_added", "model_removed", "model_returned", "price_changed", "context_changed",
         "deprecation_announced")
PRICES = ("prompt", "completion", "image", "request")


def expected_events():
    with open(shared_data("expected-events.jsonl"), encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            for change in event.get("changes", ()):
                del change["pct_change"]
            yield event


def in_the_logs_words(row, day):
    """An event of the engine as the independent log would put it; None where it would not."""
    event = {"ts": day, "type": row["type"], "id": row["model_id"]}
    detail = row["detail"]
    if row["type"] == "model_returned":
        event["type"] = "model_added"
    elif row["type"] == "context_changed":
        event.update(prev_context=detail["old"], next_context=detail["new"])
    elif row["type"] == "deprecation_announced":
        event.update(prev_expiration=detail["old"], next_expiration=detail["new"])
    elif row["type"] == "price_changed":
        changes = {c["field"]: c for c in detail["changes"]}
        event["changes"] = [
            {"field": name, "prev": changes[name]["old"], "next": changes[name]["new"]}
            for name in PRICES if name in changes
        ]
        if not event["changes"]:
            return None
    return event


def multiset(events):
    return collections.Counter(json.dumps(event, sort_keys=True) for event in events)


FLAP_RUNS = 28

# (day, what, level, field, type, models) of every change of the format in that time.
DRIFT = [
    ("2026-06-11", "new", "model", "benchmarks", "object", 103),
    ("2026-06-18", "new", "model", "reasoning", "object", 194),
    ("2026-06-26", "new", "model", "pricing.input_cache_write_1h", "string", 17),
    ("2026-07-13", "new", "answer", "links", "object", None),
    ("2026-07-13", "new", "answer", "total_count", "number", None),
    ("2026-07-13", "new", "model", "pricing.overrides", "array", 43),
    ("2026-07-14", "new", "model", "pricing.audio_output", "string", 2),
    ("2026-07-14", "new", "model", "pricing.image_output", "string", 9),
    ("2026-07-14", "new", "model", "pricing.input_audio_cache", "string", 16),
    ("2026-07-29", "new", "model", "alias_target", "object", 10),
    ("2026-07-31", "new", "model", "supported_voices", "array", 1),
]


def flapping_prices(answers):
    """(run, model, price) of every price that is back at what it was within the last FLAP_RUNS."""
    now, left = {}, collections.defaultdict(list)
    for run, (_, text) in enumerate(answers):
        for model in json.loads(text)["data"]:
            prices = {key: price for key, price in model["pricing"].items() if key != "overrides"}
            before = now.get(model["id"], prices)
            for key in set(before) | set(prices):
                old, new = before.get(key), prices.get(key)
                if old == new:
                    continue
                if any(price == new and run - at <= FLAP_RUNS for at, price in left[model["id"], key]):
                    yield run, model["id"], key
                left[model["id"], key].append((run, old))
            now[model["id"]] = prices


class ReplayTest(ClusterTestCase):
    @classmethod
    def setUpClass(cls):
        shared_data("openrouter-captures.tar.xz")
        super().setUpClass()
        cls.db = cls.cluster.database()
        cls.answers = list(captures())
        script = "".join(BEGIN + APPLY % text for _, text in cls.answers)
        cls.reports = [json.loads(line) for line in cls.db.psql(script).splitlines()]

    def daily(self, key):
        """(day, item) of a list that each report has."""
        return [(day, item) for (day, _), report in zip(self.answers, self.reports) for item in report[key]]

    def test_every_answer_is_taken_whole(self):
        self.assertEqual([report["state"] for report in self.reports], ["completed"] * len(self.answers))
        self.assertEqual(self.daily("findings"), [])

    def test_events_match_the_independent_log(self):
        day_of_run = {report["run"]: day for report, (day, _) in zip(self.reports, self.answers)}
        rows = self.db.rows(
            "SELECT type, model_id, run, detail FROM modelsync.event"
            " WHERE run <> %d AND type IN (%s) ORDER BY event_id"
            % (self.reports[0]["run"], ", ".join("'%s'" % name for name in TYPES))
        )
        events = (in_the_logs_words(row, day_of_run[row["run"]]) for row in rows)
        ours = multiset(event for event in events if event)
        theirs = multiset(expected_events())
        self.assertEqual(sum(theirs.values()), 719)
        self.assertEqual(sorted((theirs - ours).elements()), [], "in the log, not ours")
        self.assertEqual(sorted((ours - theirs).elements()), [], "ours, not in the log")

    def test_the_program_leaves_the_same_behind(self):
        db = self.database()
        path = self.cluster.scratch.file("answer.json")
        for _, text in self.answers:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            done = db.run("sync", "--from", path)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(
            db.value("SELECT count(*) FROM modelsync.model_document d JOIN public.model_access m"
                     " USING (model_id) WHERE m.missing_since IS NULL AND d.raw_hash IS NULL"), "0")
        for theirs, ours in itertools.zip_longest(left_behind(self.db), left_behind(db)):
            self.assertEqual(theirs, ours)

    def test_changes_of_the_format_are_told_on_their_day_and_once(self):
        told = [
            (day, d["kind"], d["level"], d["path"], d["type"], d["models"])
            for day, d in self.daily("drift")
        ]
        self.assertEqual(told, DRIFT)

    def test_prices_that_flap_are_listed_and_raise_one_alert(self):
        flapping = [
            (run, item["model_id"], price)
            for run, report in enumerate(self.reports)
            for item in report["flapping"] for price in item["prices"]
        ]
        self.assertEqual(sorted(flapping), sorted(flapping_prices(self.answers)))
        self.assertGreater(len(flapping), 300)
        prices = [
            (day, alert["kind"], alert["model_id"])
            for day, alert in self.daily("alerts") if alert["kind"].startswith("price_")
        ]
        self.assertEqual(prices, [
            ("2026-06-08", "price_jump", "qwen/qwen3-235b-a22b-thinking-2507"),
            ("2026-07-01", "price_jump", "qwen/qwen3-235b-a22b-thinking-2507"),
            ("2026-07-07", "price_jump", "tencent/hy3"),
            ("2026-07-08", "price_flapping", "tencent/hy3"),
        ])


if __name__ == "__main__":
    unittest.main()
