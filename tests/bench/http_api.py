#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""http_api.py: the Models API beside nginx that serves the same bytes from a file.

wrk with 32 connections asks both in turn, in several short rounds; the median of the rounds' ratios
counts. Server and wrk have a processor each. Quiet, then while a sync and edits change the models
every second; then answers without a body (304), and a thousand requests a second.
Exit status 1 when something is over its budget, 77 when wrk or nginx is missing.
"""
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from http_world import Served  # noqa: E402
from modelsync_test import wait_until  # noqa: E402

CONNECTIONS = 32
ROUNDS = int(os.environ.get("MODELSYNC_BENCH_ROUNDS", "5"))
SECONDS = int(os.environ.get("MODELSYNC_BENCH_SECONDS", "3"))
LUA_PACED = "function delay() return %d end\n" % CONNECTIONS
NGINX = """
    worker_processes 1;
    daemon off;
    pid {dir}/nginx.pid;
    error_log {dir}/nginx.error warn;
    {user}
    events {{ worker_connections 1024; }}
    http {{
        access_log off;
        sendfile on;
        tcp_nopush on;
        etag on;
        keepalive_requests 100000000;
        client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/fastcgi;
        uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;
        types {{ application/json gz; }}
        server {{ listen 127.0.0.1:{port}; root {dir}/files; add_header Content-Encoding gzip; }}
    }}
"""
over = []


def report(text, value, budget, is_most, unit=""):
    good = value <= budget if is_most else value >= budget
    print("%-58s %8.2f%s (budget %s %g)%s" % (text, value, unit, "at most" if is_most else "at least",
                                               budget, "" if good else "  OVER"), flush=True)
    if not good:
        over.append(text)


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]


def processor_us(pid):
    """Microseconds of processor that a process and its children have used, by the clock's ticks."""
    total = 0
    for name in [str(pid)] + subprocess.run(["pgrep", "-P", str(pid)], capture_output=True,
                                             encoding="ascii", check=False).stdout.split():
        with open("/proc/%s/stat" % name, encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total * 1000000 / os.sysconf("SC_CLK_TCK")


class Load:
    """One round of wrk; pid: the server's."""

    def __init__(self, pid, url, headers, script=None, seconds=SECONDS):
        before = processor_us(pid)
        argv = ["taskset", "-c", str(os.cpu_count() - 1), "wrk", "-t1", "-c%d" % CONNECTIONS,
                "-d%ds" % seconds, "--latency", "--timeout", "10s"]
        for header in headers.items():
            argv += ["-H", "%s: %s" % header]
        if script:
            argv += ["-s", script]
        text = subprocess.run(argv + [url], capture_output=True, encoding="utf-8", check=True).stdout
        self.cost = (processor_us(pid) - before) / int(re.search(r"(\d+) requests in", text).group(1))
        self.rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
        self.p50 = milliseconds(re.search(r"\n +50% +(\S+)", text).group(1))
        self.p99 = milliseconds(re.search(r"\n +99% +(\S+)", text).group(1))
        self.longest = milliseconds(re.search(r"Latency\s+\S+\s+\S+\s+(\S+)", text).group(1))
        # wrk counts every status over 399
        wrong = re.search(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)", text)
        if wrong:
            over.append("wrong answers: %s" % wrong.group(0))
            print(wrong.group(0), flush=True)


class World(Served):
    """The same with nginx beside it."""

    def __init__(self):
        super().__init__("taskset", "-c", "0")
        try:
            self.nginx = self.start_nginx()
        except BaseException:
            super().close()
            raise

    def start_nginx(self):
        files = os.path.join(self.dir, "files")
        os.mkdir(files)
        for name, path in (("legacy.gz", "/api/models"),
                           ("enhanced.gz", "/api/models?enhanced=true")):
            with open(os.path.join(files, name), "wb") as file:
                file.write(self.curl(path))
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.nginx_url = "http://127.0.0.1:%d" % port
        path = os.path.join(self.dir, "nginx.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(NGINX.format(dir=self.dir, port=port,
                                    user="user root;" if os.geteuid() == 0 else ""))
        nginx = subprocess.Popen(["taskset", "-c", "0", shutil.which("nginx"), "-p", self.dir, "-c", path],
                                 stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: subprocess.run(["curl", "-sf", "-o", "/dev/null", self.nginx_url + "/legacy.gz"],
                                          check=False).returncode == 0)
        return nginx

    def close(self):
        self.nginx.terminate()
        self.nginx.wait()
        super().close()

    def compare(self, text, path, file, rate_budget, extra=None, nginx_extra=None, p99=True):
        ratios, tails, costs = [], [], []
        for _ in range(ROUNDS):
            theirs = Load(self.nginx.pid, self.nginx_url + "/" + file, {**self.headers, **(nginx_extra or {})})
            ours = Load(self.daemon.pid, self.url + path, {**self.headers, **(extra or {})})
            ratios.append(ours.rate / theirs.rate)
            tails.append(ours.p99 / theirs.p99)
            costs.append(theirs.cost / ours.cost)
            print("  %s" % "; ".join("%s %.0f/s, p50 %.2f, p99 %.2f ms, %.0f us of processor each" % (
                name, load.rate, load.p50, load.p99, load.cost)
                for name, load in (("we", ours), ("nginx", theirs))), flush=True)
        print("%-58s %8.2f × nginx (for information: what is left when others are at work, too)"
              % (text + ", by processor time", statistics.median(costs)), flush=True)
        report(text + ", rate", statistics.median(ratios), rate_budget, False, " × nginx")
        if p99:
            report(text + ", p99", statistics.median(tails), 2, True, " × nginx")


def bench(world):
    world.compare("legacy, gzip, token", "/api/models", "legacy.gz", 0.8)
    world.compare("enhanced, gzip, token", "/api/models?enhanced=true", "enhanced.gz", 0.8)
    stop = threading.Event()
    churn = threading.Thread(target=world.churn, args=(stop,))
    churn.start()
    try:
        world.compare("legacy, gzip, token, models changing", "/api/models", "legacy.gz", 0.8)
    finally:
        stop.set()
        churn.join()
    time.sleep(1)
    tags = [re.search(rb"(?i)\netag: (\S+)", head).group(1).decode() for head in (
        world.curl("/api/models", "-D", "-", "-o", "/dev/null"),
        subprocess.run(["curl", "-sI", world.nginx_url + "/legacy.gz"], capture_output=True,
                       check=True).stdout)]
    world.compare("not modified (304)", "/api/models", "legacy.gz", 1.0, {"If-None-Match": tags[0]},
                  {"If-None-Match": tags[1]}, p99=False)
    script = os.path.join(world.dir, "paced.lua")
    with open(script, "w", encoding="utf-8") as file:
        file.write(LUA_PACED)
    paced = Load(world.daemon.pid, world.url + "/api/models", world.headers, script, 10)
    print("  paced: %.0f requests a second" % paced.rate)
    report("1,000 a second, p99", paced.p99, 20, True, " ms")
    report("1,000 a second, the longest", paced.longest, 200, True, " ms")


def main():
    for name in ("wrk", "nginx", "taskset", "curl", "openssl"):
        if not shutil.which(name):
            print("SKIP: %s is not installed" % name)
            return 77
    world = World()
    try:
        bench(world)
    finally:
        world.close()
    for text in over:
        print("over budget: " + text)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
