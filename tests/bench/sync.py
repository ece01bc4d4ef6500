#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""sync.py: a sync of the program after its fetch, and the memory it takes.

`handover` does what the program does once the answer is there: it hashes, asks, sends what is new and
waits for the report. It plays the real answers one after another, and a catalogue of 20,000 models
first, unchanged and with 0.1 % of the models changed; each call in a session of its own, and all in
one. Then the program itself syncs, and its private memory is watched.

Exit status 1 when a median is over its budget or memory over its own.
"""
import os
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

from answers import as_text, captures, grown, touched  # noqa: E402
from modelsync_test import Cluster, program  # noqa: E402

HANDOVER = os.environ["HANDOVER"]
LARGE = 20000
BUDGETS_MS = {"next real capture": 25, "20,000: first": 3000, "20,000: unchanged": 300,
              "20,000: 0.1 % changed": 300}
MEMORY_MB = {421: 30, LARGE: 150}


def hand_over(database, paths):
    """Milliseconds of handing over each of these files, in one session."""
    done = database.cluster.scratch.run(HANDOVER, database.conninfo, stdin="".join(p + "\n" for p in paths),
                                        timeout=600)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return [float(line.split()[0]) for line in done.stdout.splitlines()]


def hand_over_afresh(database, paths):
    """The same, each in a session of its own."""
    return [hand_over(database, [path])[0] for path in paths]


def private_mb(pid):
    """Private memory of a process; 0 when it has ended."""
    try:
        with open("/proc/%d/smaps_rollup" % pid, encoding="ascii") as lines:
            return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024
    except (FileNotFoundError, ProcessLookupError):
        return 0


def peak_memory(database, path):
    """The most private memory that the program has while it syncs from a file."""
    with subprocess.Popen([program(), "sync", "--from", path], env=database.environment(),
                          stdout=subprocess.DEVNULL) as sync:
        peak = 0
        while sync.poll() is None:
            peak = max(peak, private_mb(sync.pid))
            time.sleep(0.002)
    if sync.returncode != 0:
        raise AssertionError("sync: exit status %d" % sync.returncode)
    return peak


class Files:
    """Catalogues as files in the scratch directory of a cluster."""

    def __init__(self, cluster):
        self._scratch, self._count = cluster.scratch, 0

    def add(self, text):
        self._count += 1
        path = self._scratch.file("answer%d.json" % self._count)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path


def play(cluster, files, texts, way):
    """Times of one way of calling, by case."""
    real = [files.add(text) for text in texts]
    base = grown(texts[-1], LARGE)
    large, other = files.add(as_text(base)), files.add(as_text(touched(base, 1000, "0.00123")))
    small_db, large_db = cluster.database(), cluster.database()
    first, *rest = way(small_db, real), way(large_db, [large] + [large, other] * 4)
    times = rest[0]
    return {"next real capture": first[1:], "20,000: first": times[:1], "20,000: unchanged": times[1:2],
            "20,000: 0.1 % changed": times[2:]}


def main():
    program()
    texts = captures()
    good = True
    with Cluster() as cluster:
        files = Files(cluster)
        print("%-32s %5s %10s %10s %10s" % ("", "calls", "median", "worst", "budget"))
        for name, way in (("fresh session", hand_over_afresh), ("one session", hand_over)):
            for case, times in play(cluster, files, texts[-40:], way).items():
                verdict = "ok" if statistics.median(times) <= BUDGETS_MS[case] else "OVER BUDGET"
                good = good and verdict == "ok"
                print("%-32s %5d %7.1f ms %7.1f ms %7d ms  %s" % ("%s, %s" % (case, name), len(times),
                      statistics.median(times), max(times), BUDGETS_MS[case], verdict))
        for size, budget in MEMORY_MB.items():
            database, path = cluster.database(), files.add(as_text(grown(texts[-1], size)))
            peak = max(peak_memory(database, path) for _ in range(2))
            verdict = "ok" if peak <= budget else "OVER BUDGET"
            good = good and verdict == "ok"
            print("%-38s %7.1f MB %21d MB  %s" % ("private memory, %d models" % size, peak, budget, verdict))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
