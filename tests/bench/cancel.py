#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""cancel.py: how long it takes until a sync that is cancelled has ended.

Each moment of a first sync of 20,000 models is cancelled at random offsets, by SIGINT and through
sync_cancel from another process. What is measured is the whole way: the request, the end of what goes
on, the run's row closed, the process gone. A run that was committed meanwhile is not counted, a
process that ends in any other way than it should fails the benchmark.

Exit status 1 when a median is over the budget, or an end was wrong.
"""
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

from modelsync_test import Cluster, Session, program, wait_until  # noqa: E402
from upstream_stub import Answer, Upstream, catalogue, models  # noqa: E402

MODELS = int(os.environ.get("BENCH_MODELS", "20000"))
TIMES = int(os.environ.get("BENCH_TIMES", "20"))
BUDGET_MS = 100
CANCELLED, PARTLY_DONE = 130, 4
RULES = 'rules = ({ name = "all"; match = "*"; status = "active"; tiers = "pro"; });\n'
STATE = "SELECT state || ' ' || coalesce(phase, '') FROM modelsync.run ORDER BY run_id DESC LIMIT 1;"
# the transaction that applies holds the lease; no renewal is under way once the answer is there
APPLIES = "SELECT count(*) FROM (SELECT FROM modelsync.lease FOR UPDATE SKIP LOCKED) l;"


class Bench:
    def __init__(self, cluster, upstream):
        self.cluster, self.upstream = cluster, upstream
        self.said = cluster.scratch.file("said")
        self.config = cluster.scratch.file("rules.conf")
        with open(self.config, "w", encoding="ascii") as file:
            file.write(RULES)
        self.silent = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.full = socket.create_server(("127.0.0.1", 0), backlog=0)
        self.waiting = [socket.socket() for _ in range(3)]  # more than the queue of `full` holds
        for waiting in self.waiting:
            waiting.setblocking(False)
            waiting.connect_ex(self.full.getsockname())
        self.database = self.session = None
        self.is_good = True

    def renew(self):
        """Another empty database, with a session in it."""
        if self.session:
            self.session.close()
        self.database = self.cluster.database()
        self.session = Session(self.database)

    def start(self, url):
        env = self.database.environment(MODELSYNC_UPSTREAM_URL=url, MODELSYNC_SYNC_COOLDOWN_MINUTES="0",
                                        MODELSYNC_UPSTREAM_RETRIES="3", MODELSYNC_UPSTREAM_MAX_BYTES="1000000000")
        with open(self.said, "w", encoding="utf-8") as said:
            return subprocess.Popen([program(), "--config", self.config, "sync", "--json"], env=env,
                                    stdin=subprocess.DEVNULL, stdout=said, stderr=said)

    def ask(self, sql):
        return self.session.ask(sql).strip()

    def wait(self, process, condition, message):
        wait_until(lambda: process.poll() is not None or condition(), timeout=60, message=message)

    def state(self):
        return self.ask(STATE)

    # Moments: each waits until it has come.

    def is_claimed(self, process):
        self.wait(process, lambda: self.state().startswith("running"), "the claim")

    def is_asked(self, process):
        self.wait(process, lambda: self.upstream.requests, "a request")

    def is_answered(self, process):
        self.is_asked(process)
        self.wait(process, lambda: self.state() == "running apply", "the answer's end")

    def is_applied(self, process):
        self.is_answered(process)
        self.wait(process, lambda: self.ask(APPLIES) == "0", "the apply")

    def is_completed(self, process):
        self.wait(process, lambda: self.state().startswith("completed"), "the end of the run")

    def by_signal(self, process):
        process.send_signal(signal.SIGINT)

    def by_another(self, _process):
        self.ask("SELECT modelsync.sync_cancel((SELECT max(run_id) FROM modelsync.run), '{\"origin\": \"sql\"}');")

    def once(self, answer, url, moment, offset_s, cancel, expected):
        """Milliseconds, or None when it was too late to cancel."""
        self.upstream.requests.clear()
        if answer:
            self.upstream.script(answer)
        process = self.start(url or self.upstream.url)
        moment(process)
        time.sleep(random.random() * offset_s)
        began = time.monotonic()
        cancel(process)
        process.wait(60)
        took = 1000 * (time.monotonic() - began)
        if process.returncode == 0 or moment == self.is_completed:
            self.renew()
        if process.returncode == 0:
            return None
        if process.returncode not in expected:
            with open(self.said, encoding="utf-8") as said:
                print("exit %d: %s" % (process.returncode, said.read()[-500:]))
            self.is_good = False
        return took

    def measure(self, name, moment, offset_s, cancel, answer=None, url=None, expected=(CANCELLED,)):
        times = [self.once(answer, url, moment, offset_s, cancel, expected) for _ in range(TIMES)]
        times = sorted(ms for ms in times if ms is not None)
        if not times:
            print("%-44s always too late" % name)
            return
        verdict = "ok" if statistics.median(times) <= BUDGET_MS else "OVER BUDGET"
        self.is_good = self.is_good and verdict == "ok"
        print("%-44s %5d %7.1f ms %7.1f ms %7d ms  %s"
              % (name, len(times), statistics.median(times), times[-1], BUDGET_MS, verdict), flush=True)

    def all(self):
        body = catalogue([dict(entry, description="x" * 800) for entry in models(MODELS)])  # as large as real ones
        whole, half = Answer(body=body), Answer(body=body, hang_after=len(body) // 2)
        flood = Answer(body=b" " * 65536, repeat_body=10**6, no_length=True)
        local = "://127.0.0.1:%d/"
        began = time.monotonic()
        self.renew()
        self.once(whole, None, lambda process: process.wait(60), 0, lambda _: None, ())
        print("a first sync of %d models: %.1f s" % (MODELS, time.monotonic() - began))
        print("%-44s %5s %10s %10s %10s" % ("cancelled …", "times", "median", "longest", "budget"))
        for way, cancel in ("SIGINT", self.by_signal), ("sync_cancel", self.by_another):
            for name, moment, offset_s, options in (
                    ("connecting", self.is_claimed, 0.3, {"url": "http" + local % self.full.getsockname()[1]}),
                    ("in the TLS handshake", self.is_claimed, 0.3, {"url": "https" + local % self.silent.getsockname()[1]}),
                    ("before the headers", self.is_asked, 0.3, {"answer": Answer(hang_before=True)}),
                    ("in a silent body", self.is_asked, 0.5, {"answer": half}),
                    ("in a flowing body", self.is_asked, 0.5, {"answer": flood}),
                    ("before a retry", self.is_asked, 0.5, {"answer": Answer(503, headers={"Retry-After": "60"})}),
                    ("when the answer ends", self.is_asked, 0.4, {"answer": whole}),
                    ("while handing over", self.is_answered, 0.3, {"answer": whole}),
                    ("while applying", self.is_applied, 2.0, {"answer": whole})):
                self.measure("%s, %s" % (name, way), moment, offset_s, cancel, **options)
        # the run is over: only what rules would decide is left to the next one
        self.measure("while rules are applied, SIGINT", self.is_completed, 0.3, self.by_signal, answer=whole,
                     expected=(CANCELLED, PARTLY_DONE))
        return self.is_good


def main():
    with Cluster() as cluster, Upstream() as upstream:
        bench = Bench(cluster, upstream)
        good = bench.all()
        bench.session.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
