# SPDX-License-Identifier: MIT
"""Rules in the console: its syncs apply them, tell so, and take them back."""
import unittest

from modelsync_test import ClusterTestCase, Terminal, wait_until
from upstream_stub import Answer, Upstream, catalogue, model

FREE = {"prompt": "0", "completion": "0"}
RULES = """
rules = ( { name = "free models"; match = "is:free"; status = "active"; tiers = "free"; } );
"""
ACTIVE = "SELECT string_agg(model_id, ' ') FROM model_access WHERE status = 'active'"


class RulesConsoleTest(ClusterTestCase):
    def setUp(self):
        self.db = self.database()
        self.upstream = Upstream([Answer(body=catalogue(
            [model("acme/alpha"), model("acme/gamma:free", pricing=FREE)]))])
        self.addCleanup(self.upstream.close)
        path = self.cluster.scratch.file("rules.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(RULES)
        self.term = Terminal(
            self.db.program("--config", path),
            env=self.db.environment(
                MODELSYNC_UPSTREAM_URL=self.upstream.url,
                MODELSYNC_SYNC_COOLDOWN_MINUTES="0",
                TERM="tmux-256color",
            ),
        )
        self.addCleanup(self.term.close)

    def test_dry_run_sync_and_undo(self):
        term = self.term
        term.wait_for("0 models")
        term.send("D")
        term.wait_for("What rules would do with 2 new models")
        self.assertEqual(self.db.value("SELECT count(*) FROM model_access"), "0")
        term.send("r")
        screen = term.wait_for("What rules did with 2 new models")
        self.assertIn("free models: 1, status active, tiers free", screen)
        self.assertIn("no rule: 1", screen)
        self.assertEqual(self.db.value(ACTIVE), "acme/gamma:free")
        term.send("Escape")
        term.wait_for("2 models")
        term.send("u")
        term.wait_for("Undo changeset")
        term.send("y")
        wait_until(lambda: self.db.value(ACTIVE) == "", message="the rules' changes to be undone")
        self.assertEqual(self.db.value("SELECT count(*) FROM model_access"), "2")


if __name__ == "__main__":
    unittest.main()
