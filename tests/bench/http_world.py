# SPDX-License-Identifier: MIT
"""What the benchmarks of the Models API share: a daemon with 421 models, and what changes them."""
import os
import subprocess
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", folder)
                for folder in ("lib", "integration")]

from daemon_case import Daemon  # noqa: E402
from models_case import SECRET, mint  # noqa: E402
from modelsync_test import Cluster, wait_until  # noqa: E402
from upstream_stub import Upstream, catalogue, models  # noqa: E402

USER = "00000000-0000-4000-8000-000000000002"


class Served:
    """command: what the daemon is started with, such as taskset."""

    def __init__(self, *command):
        self.cluster = Cluster()
        self.db = self.cluster.database()
        self.entries = models(421)
        self.upstream = Upstream()
        self.upstream.script(catalogue(self.entries))
        self.dir = self.cluster.scratch.path
        self.env = self.db.environment(
            MODELSYNC_UPSTREAM_URL=self.upstream.url, MODELSYNC_SYNC_SCHEDULE="0 0 1 1 *",
            MODELSYNC_SYNC_CATCH_UP="false", MODELSYNC_SYNC_COOLDOWN_MINUTES="0",
            MODELSYNC_HTTP_LISTEN="127.0.0.1:0", MODELSYNC_AUTH_SECRET=SECRET)
        self.db.run("sync", env=self.env)
        self.db.psql("UPDATE public.model_access SET status = 'active', is_pro = true;"
                     "INSERT INTO public.profiles (id, email, subscription_tier)"
                     " VALUES ('%s', 'pro@example.org', 'pro')" % USER)
        self.daemon = Daemon([*command, *self.db.program("daemon")], self.env,
                             self.cluster.scratch.file("daemon.log"))
        self.port = int(self.daemon.wait_log(r"event=listening address=\S*:(\d+)").group(1))
        self.headers = {"Authorization": "Bearer " + mint(USER), "Accept-Encoding": "gzip"}
        self.url = "http://127.0.0.1:%d" % self.port
        wait_until(lambda: self.status("/readyz") == 200)

    def curl(self, path, *arguments):
        headers = [item for pair in self.headers.items() for item in ("-H", "%s: %s" % pair)]
        return subprocess.run(["curl", "-s", *headers, *arguments, self.url + path],
                              capture_output=True, check=True).stdout

    def status(self, path):
        return int(self.curl(path, "-o", "/dev/null", "-w", "%{http_code}"))

    def churn(self, stop):
        """A sync, and an edit, every second, until that event is set."""
        price = 0
        while not stop.wait(0.5):
            price += 1
            self.entries[price % 421]["pricing"]["prompt"] = "0.%07d" % price
            self.upstream.script(catalogue(self.entries))
            self.db.run("sync", env=self.env)
            self.db.psql("UPDATE public.model_access SET is_free = NOT is_free"
                         " WHERE model_id = '%s'" % self.entries[0]["id"])

    def close(self):
        self.daemon.kill()
        self.upstream.close()
        self.cluster.close()
