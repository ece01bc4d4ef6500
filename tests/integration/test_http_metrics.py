# SPDX-License-Identifier: MIT
"""What monitoring sees."""
import os
import re
import shutil
import unittest

from models_case import ModelsCase
from modelsync_test import TOP, wait_until

SAMPLE = re.compile(r'^([a-z_]+)(\{(?:[a-z]+="(?:[^"\\]|\\.)*",?)*\})? (\S+)$')


class MetricsTest(ModelsCase):
    def metrics(self):
        """Samples by name and labels; everything has a type and comes once."""
        answered = self.ask("GET", "/metrics")
        self.assertEqual(answered.status, 200)
        self.assertEqual(answered.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        samples, typed = {}, set()
        for line in answered.text.splitlines():
            if line.startswith("# TYPE "):
                name = line.split()[2]
                self.assertNotIn(name, typed)
                typed.add(name)
            elif not line.startswith("#"):
                name, labels, value = SAMPLE.match(line).groups()
                self.assertIn(re.sub("_(bucket|sum|count)$", "", name), typed | {name})
                self.assertNotIn(name + (labels or ""), samples)
                samples[name + (labels or "")] = float(value)
        return samples

    def wait_for(self, **wanted):
        """Figures of the database are up to five seconds old."""
        def look():
            samples = self.metrics()
            return samples if all(samples.get(k) == v for k, v in wanted.items()) else None
        return wait_until(look, 20, "metrics %s" % wanted)

    def test_models_and_runs(self):
        self.listen()
        seen = self.wait_for(modelsync_database_up=1, modelsync_daemons=1)
        self.assertEqual(seen['modelsync_runs_total{result="completed",category=""}'], 1)
        self.assertEqual(seen['modelsync_models{status="active"}'], 18)
        self.assertEqual(seen['modelsync_tier_models{tier="free"}'], 4)
        self.assertEqual(seen['modelsync_run_seconds_count{phase="run"}'], 1)
        self.assertEqual(seen['modelsync_run_seconds_bucket{phase="apply",le="+Inf"}'], 1)
        self.assertEqual(seen["modelsync_sync_held"], 0)
        self.assertEqual(seen['modelsync_notifications{state="failed"}'], 0)
        self.assertGreater(seen["modelsync_last_success_timestamp_seconds"], 1.7e9)
        self.assertGreater(seen["modelsync_next_run_timestamp_seconds"], 1.7e9)
        self.assertGreater(seen["process_resident_memory_bytes"], 1e6)

    def test_requests_are_counted(self):
        self.listen()
        for _ in range(3):
            self.ask("GET", "/healthz")
        self.ask("POST", "/healthz")
        self.ask("GET", "/nothing")
        seen = self.metrics()
        name = 'modelsync_http_request_seconds_count{method="%s",path="%s",status="%d"}'
        self.assertEqual(seen[name % ("GET", "/healthz", 200)], 3)
        self.assertEqual(seen[name % ("any", "none", 405)], 1)
        self.assertEqual(seen[name % ("any", "none", 404)], 1)
        self.assertGreater(
            seen['modelsync_http_sent_bytes_total{method="GET",path="/healthz",status="200"}'], 20)
        self.assertGreaterEqual(seen["modelsync_http_connections"], 1)

    def test_remembered_callers_are_counted(self):
        self.serve_models()
        for _ in range(3):
            self.assertEqual(self.get(who="pro").status, 200)
        self.get()
        seen = self.metrics()
        self.assertEqual(seen["modelsync_caller_cache_misses_total"], 1)
        self.assertEqual(seen["modelsync_caller_cache_hits_total"], 2)
        self.assertEqual(seen["modelsync_stale_lists_total"], 0)

    def test_without_a_database(self):
        self.listen(wait=False, DATABASE_CONNINFO="host=/nowhere")
        seen = self.metrics()
        self.assertEqual(seen["modelsync_database_up"], 0)
        self.assertFalse([name for name in seen if name.startswith("modelsync_models")])

    def test_documents_name_what_is_there(self):
        self.listen()
        self.wait_for(modelsync_database_up=1, modelsync_daemons=1)
        there = set(re.findall("# TYPE (modelsync_[a-z_]+)", self.ask("GET", "/metrics").text))
        named = set()
        for name in ("http-api.md", "operations.md"):
            with open(os.path.join(TOP, "docs", name), encoding="utf-8") as file:
                named |= {re.sub("(_bucket|_count)$", "", word) for word in re.findall(r"modelsync_[a-z_]+", file.read())}
        self.assertEqual(named, there)

    def test_rules_of_the_documents_are_rules(self):
        if not shutil.which("promtool"):
            self.skipTest("promtool (package prometheus) is not installed")
        with open(os.path.join(TOP, "docs", "operations.md"), encoding="utf-8") as file:
            rules = re.search(r"```yaml\n(.*?)```", file.read(), re.S).group(1)
        path = self.cluster.scratch.file("rules.yml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(rules)
        done = self.cluster.scratch.run("promtool", "check", "rules", path)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_promtool_has_nothing_to_complain_about(self):
        if not shutil.which("promtool"):
            self.skipTest("promtool (package prometheus) is not installed")
        self.listen()
        self.wait_for(modelsync_database_up=1)
        text = self.ask("GET", "/metrics").text
        done = self.cluster.scratch.run("promtool", "check", "metrics", stdin=text)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
