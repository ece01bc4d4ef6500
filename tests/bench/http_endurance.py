#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""http_endurance.py: whether a daemon that is asked for an hour grows.

wrk asks 2,000 times a second, by many users, for everything: lists, single models, what has not changed,
with bad tokens, admins' lists, figures; some on new connections. Meanwhile a sync and an edit change the
models every second. Every ten seconds the daemon's private memory, threads and open files are noted. The
median of the last quarter may be at most 5 % above that of the second one; before that caches fill.
MODELSYNC_BENCH_MINUTES (60) is for how long. Exit status 1 when it grows, or an answer was one that none
of these requests may get; 77 when wrk is missing.
"""
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from http_world import Served  # noqa: E402
from daemon_years import private_kb  # noqa: E402
from models_case import quick_mint  # noqa: E402

MINUTES = float(os.environ.get("MODELSYNC_BENCH_MINUTES", "60"))
CONNECTIONS, RATE, USERS = 32, 2000, 3000
STEP_S = 10
MOST = 1.05
ADMIN, BANNED = 9001, 9002
SCRIPT = """
local requests, at, seen = {}, 0, {}
function init()
    for line in io.lines("%s") do
        local path, token, name, value = line:match("^(.-)\\t(.-)\\t(.-)\\t(.*)$")
        local headers = {["Accept-Encoding"] = "gzip"}
        if token ~= "" then headers["Authorization"] = "Bearer " .. token end
        if name ~= "" then headers[name] = value end
        requests[#requests + 1] = wrk.format("GET", path, headers)
    end
end
function request()
    at = at %% #requests + 1
    return requests[at]
end
function delay() return %d end
function response(status)
    seen[status] = (seen[status] or 0) + 1
    _G["seen"] = seen
end
local threads = {}
function setup(thread) threads[#threads + 1] = thread end
function done()
    for _, thread in ipairs(threads) do
        for status, count in pairs(thread:get("seen") or {}) do
            print("status " .. status .. " " .. count)
        end
    end
end
"""


def user(number):
    return "00000000-0000-4000-8000-%012d" % number


def requests(world, seconds):
    """Lines for the script: path, token, and one more header. The database knows every second user."""
    tokens = {number: quick_mint(user(number), seconds) for number in [*range(USERS), ADMIN, BANNED]}
    model, lines = "/api/models/" + world.entries[1]["id"], []

    def add(path, number=None, name="", value="", token=""):
        lines.append("\t".join((path, token or tokens.get(number, ""), name, value)))

    for number in range(USERS):
        add("/api/models")
        add("/api/models", number)
        add("/api/models?enhanced=true", number)
        add("/api/models", number, "If-None-Match", "*")
        add("/api/models?enhanced=true", number, "Accept-Encoding", "identity")
        add(model, number)
        add("/api/models", token=tokens[number][:-8] + "%08d" % number)
        if number % 10 == 0:
            add("/api/models/vendor/none", number)
            add("/api/models", BANNED)
            add("/api/models?x=%ff", number)
            add("/api/models", number, "Connection", "close")
            add("/healthz")
        if number % 50 == 0:
            add("/api/admin/models?limit=100", ADMIN)
            add("/api/admin/sync-logs?limit=20", ADMIN)
            add("/api/admin/models", number)
            add("/metrics")
    add("/openapi.json")
    return "".join(line + "\n" for line in lines)


class Watch:
    """What the process holds, noted every few seconds, until that event is set."""

    def __init__(self, pid):
        self.pid, self.notes = pid, []

    def run(self, stop):
        began = time.monotonic()
        while not stop.wait(STEP_S):
            # pages of files count as its own whenever no other process of the program runs
            self.notes.append((time.monotonic() - began, private_kb(self.pid, "Private_Dirty"),
                               *(len(os.listdir("/proc/%d/%s" % (self.pid, what))) for what in ("task", "fd"))))
            if len(self.notes) % 6 == 0:
                print("%6.1f min %8d kB %4d threads %4d files" % (
                    self.notes[-1][0] / 60, *self.notes[-1][1:]), flush=True)

    def growth(self):
        quarter = len(self.notes) // 4
        before, after = (statistics.median(note[1] for note in notes)
                         for notes in (self.notes[quarter:2 * quarter], self.notes[-quarter:]))
        return before, after


def play(world, seconds):
    """Returns what was noted, and the answers by status."""
    world.db.psql("INSERT INTO public.profiles (id, email, subscription_tier, account_type, is_banned)"
                  " SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, n || '@example.org', 'pro',"
                  " CASE n WHEN %d THEN 'admin' ELSE 'user' END, n = %d"
                  " FROM (SELECT generate_series(10, %d, 2) UNION VALUES (%d), (%d)) AS numbers (n)"
                  % (ADMIN, BANNED, USERS, ADMIN, BANNED))
    paths = [os.path.join(world.dir, name) for name in ("requests", "script.lua")]
    for path, text in zip(paths, (requests(world, seconds + 600),
                                  SCRIPT % (paths[0], 1000 * CONNECTIONS // RATE))):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    stop, watch = threading.Event(), Watch(world.daemon.pid)
    helpers = [threading.Thread(target=work, args=(stop,)) for work in (world.churn, watch.run)]
    for helper in helpers:
        helper.start()
    try:
        done = subprocess.run(["wrk", "-t1", "-c%d" % CONNECTIONS, "-d%ds" % seconds, "--latency", "--timeout", "10s",
                               "-s", paths[1], world.url], stdout=subprocess.PIPE, encoding="utf-8", check=True)
    finally:
        stop.set()
        for helper in helpers:
            helper.join()
    print(done.stdout, flush=True)
    return watch, {int(status): int(count) for status, count in
                   re.findall(r"(?m)^status (\d+) (\d+)$", done.stdout)}


def main():
    if not shutil.which("wrk"):
        print("SKIP: wrk is not installed")
        return 77
    world = Served()
    try:
        watch, seen = play(world, int(MINUTES * 60))
        changes = int(world.db.value("SELECT count(*) FROM modelsync.changeset"))
    finally:
        world.close()
    before, after = watch.growth()
    wrong = sorted(set(seen) - {200, 304, 400, 401, 403, 404})
    print("answers %s; %d changesets meanwhile" % (json.dumps(seen), changes))
    print("private memory: %d kB in the second quarter, %d kB in the last one (at most %g ×)%s" % (
        before, after, MOST, "  GROWS" if after > MOST * before else ""))
    if wrong:
        print("answers that may not be: %s" % wrong)
    return 1 if wrong or after > MOST * before else 0


if __name__ == "__main__":
    sys.exit(main())
