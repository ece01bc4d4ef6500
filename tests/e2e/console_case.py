# SPDX-License-Identifier: MIT
"""A console on a database of five models."""
from modelsync_test import ClusterTestCase, Terminal, wait_until
from upstream_stub import Answer, Upstream, catalogue, model

FREE = {"prompt": "0", "completion": "0"}


class ConsoleTestCase(ClusterTestCase):
    SIZE = (80, 24)
    ENTRIES = [
        model("acme/alpha"),
        model("acme/beta"),
        model("acme/gamma:free", pricing=FREE),
        model("zeta/one"),
        model("zeta/two"),
    ]

    def setUp(self):
        self.db = self.database()
        self.upstream = Upstream([Answer(body=catalogue(self.ENTRIES))])
        self.addCleanup(self.upstream.close)
        done = self.db.run("sync", env=self.environment())
        self.assertEqual(done.returncode, 0, done.stderr)

    def environment(self, **variables):
        variables.setdefault("MODELSYNC_UPSTREAM_URL", self.upstream.url)
        variables.setdefault("MODELSYNC_SYNC_COOLDOWN_MINUTES", "0")
        variables.setdefault("TERM", "tmux-256color")
        return self.db.environment(**variables)

    def console(self, *arguments, size=None, **variables):
        terminal = Terminal(
            self.db.program(*arguments), size=size or self.SIZE, env=self.environment(**variables)
        )
        self.addCleanup(terminal.close)
        return terminal

    def decision(self, model_id):
        return self.db.value(
            "SELECT status || ' ' || concat_ws('', CASE WHEN is_free THEN 'f' END, CASE WHEN is_pro"
            " THEN 'p' END, CASE WHEN is_enterprise THEN 'e' END)"
            " FROM model_access WHERE model_id = '%s'" % model_id
        ).strip()

    def wait_for_decision(self, model_id, wanted):
        wait_until(lambda: self.decision(model_id) == wanted, message="%s %s" % (model_id, wanted))
