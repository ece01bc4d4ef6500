# SPDX-License-Identifier: MIT
"""What the Python tests share: throwaway PostgreSQL clusters, the program under test, a terminal.

    class SyncTest(ClusterTestCase):
        def test_first_sync(self):
            db = self.database()                    # fresh, migrated
            done = db.run("sync", "--from", path)   # CompletedProcess, text
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(db.value("SELECT count(*) FROM model_access"), "3")

            with Terminal(db.program(), size=(80, 24), env=db.environment()) as term:
                term.wait_for("3 models")
                term.send("q")
                self.assertEqual(term.wait_exit(), 0)

Everything that must not outlive a test lives in a Scratch directory, and the one who tidies it up
is a process of its own that waits for this one's end, however it ends.

From the environment: MODELSYNC_BIN is the program; without it databases are filled by psql from
sql/, for work on the SQL alone.
"""
import json
import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import tempfile
import time
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LOCAL_POSTGRES = os.path.join(TOP, "dist", "local-postgres")
SAMPLE_CATALOGUE = os.path.join(TOP, "dist", "sample-catalogue.json")
POLL_SECONDS = 0.02

# Variables that may pass from the caller to the program; all others could change its answers.
INHERITED = ("PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS")


def shared_data(name):
    """Path of a file of real answers kept beside the project; skips the test where it is missing."""
    path = os.path.join(TOP, "..", "shared", "data", name)
    if not os.path.exists(path):
        raise unittest.SkipTest("no ../shared/data/%s here" % name)
    return path


def program():
    """Path of the program under test."""
    path = os.environ.get("MODELSYNC_BIN")
    if not path:
        raise unittest.SkipTest("MODELSYNC_BIN does not say which program to test")
    return os.path.abspath(path)


def wait_until(condition, timeout=10.0, message="the condition"):
    """Calls condition() until it returns something true, and returns that."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError("waited %g s in vain for %s" % (timeout, message))
        time.sleep(POLL_SECONDS)


class Scratch:
    """A temporary directory with what runs in it: a cluster in pg/, terminals on tmux*.

    close() stops and deletes it all; so does the end of this process, SIGKILL included.
    """

    REAPER = """
        cat >/dev/null
        for socket in "$1"/tmux*; do
            [ ! -S "$socket" ] || tmux -S "$socket" kill-server
        done
        [ ! -d "$1/pg" ] || "$2" stop --dir "$1/pg"
        rm -rf "$1"
    """

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="modelsync-test-")
        # A cluster started by root runs as another account, which must get through here.
        os.chmod(self.path, stat.S_IRWXU | stat.S_IXGRP | stat.S_IXOTH)
        os.mkdir(self.file("home"), 0o700)
        self._reaper = subprocess.Popen(
            ["sh", "-c", self.REAPER, "sh", self.path, LOCAL_POSTGRES],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def file(self, name):
        return os.path.join(self.path, name)

    def environment(self, **variables):
        """An environment that knows nothing of the caller's configuration; None removes."""
        home = self.file("home")
        env = {name: os.environ[name] for name in INHERITED if name in os.environ}
        env.update(HOME=home, LANG="C.UTF-8", TZ="UTC", TERM="dumb")
        env.update(
            XDG_CONFIG_HOME=home + "/config",
            XDG_DATA_HOME=home + "/data",
            XDG_STATE_HOME=home + "/state",
            XDG_RUNTIME_DIR=home,
        )
        env.update(variables)
        return {name: value for name, value in env.items() if value is not None}

    def run(self, *argv, env=None, stdin="", timeout=60):
        """Runs a command to its end; returns the CompletedProcess with text output."""
        return subprocess.run(
            argv,
            env=self.environment() if env is None else env,
            cwd=self.path,
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout,
            check=False,
        )

    def close(self):
        self._reaper.stdin.close()
        self._reaper.wait()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()


class Database:
    """One database of a Cluster."""

    def __init__(self, cluster, name):
        self.cluster = cluster
        self.name = name
        self.conninfo = "%s dbname=%s" % (cluster.conninfo, name)

    def environment(self, **variables):
        return self.cluster.scratch.environment(DATABASE_URL=self.conninfo, **variables)

    def program(self, *arguments):
        """Command line of the program under test; the database is in environment()."""
        return [program(), *arguments]

    def run(self, *arguments, env=None, stdin="", timeout=60):
        """Runs the program on this database."""
        if env is None:
            env = self.environment()
        return self.cluster.scratch.run(
            *self.program(*arguments), env=env, stdin=stdin, timeout=timeout
        )

    def psql_command(self, *arguments):
        return ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.conninfo, *arguments]

    def psql(self, sql, *arguments):
        """Runs SQL and returns what psql prints; an error is an AssertionError."""
        done = self.cluster.scratch.run(*self.psql_command(*arguments), stdin=sql)
        if done.returncode != 0:
            raise AssertionError("psql: %s" % done.stderr.strip())
        return done.stdout

    def value(self, sql):
        """The only column of the only row, as text."""
        return self.psql(sql).rstrip("\n")

    def rows(self, query):
        """The rows of a query as a list of dicts."""
        text = "SELECT coalesce(json_agg(to_json(q)), '[]') FROM (%s) q" % query.rstrip("; \n")
        return json.loads(self.psql(text))

    def migrate(self):
        if os.environ.get("MODELSYNC_BIN"):
            done = self.run("db", "migrate")
            if done.returncode != 0:
                raise AssertionError("db migrate: %s%s" % (done.stdout, done.stderr))
        else:
            self.psql(sources_as_sql(), "-1")


def sources_as_sql():
    """All of sql/ in the order of the migrator, which makes the schema and its own table itself."""
    texts = ["SET check_function_bodies = off; CREATE SCHEMA modelsync;",
             "CREATE TABLE modelsync.schema_migration (version int PRIMARY KEY, applied_at timestamptz);"]
    for folder in ("sql", "sql/code"):
        folder = os.path.join(TOP, folder)
        for name in sorted(os.listdir(folder)):
            if name.endswith(".sql"):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    texts.append(file.read())
    return "\n".join(texts)


class Cluster:
    """A PostgreSQL cluster of its own."""

    TEMPLATE = "migrated"

    def __init__(self):
        self.scratch = Scratch()
        self._databases = 0
        self._has_template = False
        self.control("start", "--fast")
        # A later dbname wins in a connection string: Database appends its own.
        self.conninfo = self.control("conninfo").strip()
        self.admin = Database(self, "postgres")

    def control(self, *arguments):
        """Calls dist/local-postgres; returns what it prints, an error is an AssertionError."""
        done = self.scratch.run(LOCAL_POSTGRES, *arguments, "--dir", self.scratch.file("pg"))
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        return done.stdout

    def crash(self):
        """Ends the server as it would end if the machine's power failed, and starts it again."""
        with open(self.scratch.file("pg/data/postmaster.pid"), encoding="utf-8") as file:
            pid = int(file.readline())
        os.kill(pid, signal.SIGQUIT)
        wait_until(lambda: not os.path.exists("/proc/%d" % pid), message="the server to end")
        self.control("start", "--fast")

    def empty_database(self, template="template0"):
        self._databases += 1
        database = Database(self, "test%d" % self._databases)
        self.admin.psql("CREATE DATABASE %s TEMPLATE %s" % (database.name, template))
        return database

    def database(self):
        """A database with the schema in it."""
        if not self._has_template:
            self.admin.psql("CREATE DATABASE %s TEMPLATE template0" % self.TEMPLATE)
            Database(self, self.TEMPLATE).migrate()
            self._has_template = True
        return self.empty_database(self.TEMPLATE)

    def close(self):
        self.scratch.close()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()


class Session:
    """A psql that stays connected."""

    END = "-- end of answer --"

    def __init__(self, db):
        self._psql = subprocess.Popen(
            db.psql_command(), env=db.environment(), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")

    def send(self, sql):
        self._psql.stdin.write("%s\n\\echo %s\n" % (sql, self.END))
        self._psql.stdin.flush()

    def answer(self):
        lines = []
        for line in self._psql.stdout:
            if line.rstrip("\n") == self.END:
                return "".join(lines)
            lines.append(line)
        raise AssertionError("psql ended: %s" % "".join(lines))

    def ask(self, sql):
        self.send(sql)
        return self.answer()

    def json(self, sql):
        return json.loads(self.ask(sql))

    def close(self):
        self._psql.stdin.close()
        self._psql.wait()
        self._psql.stdout.close()


class ClusterTestCase(unittest.TestCase):
    """Tests that share a cluster; each takes databases of its own from it."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()
        cls.addClassCleanup(cls.cluster.close)

    def database(self):
        return self.cluster.database()

    def empty_database(self):
        return self.cluster.empty_database()


class Terminal:
    """A command in a terminal of a given size: a tmux of its own, seen as text."""

    CONFIGURATION = """
        set -g default-terminal {term}
        set -g status off
        set -g remain-on-exit on
        set -s escape-time 0
        set -s set-clipboard on
    """

    def __init__(self, argv, size=(80, 24), env=None, scratch=None):
        """env: the command's environment; its TERM is the terminal's name in there."""
        if not shutil.which("tmux"):
            raise unittest.SkipTest("tmux is not installed")
        self._own_scratch = scratch is None
        self.scratch = scratch or Scratch()
        env = dict(self.scratch.environment() if env is None else env)
        term = env.pop("TERM", "dumb")
        if term == "dumb":
            term = "tmux-256color"
        descriptor, self._configuration = tempfile.mkstemp(dir=self.scratch.path)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(self.CONFIGURATION.format(term=shlex.quote(term)))
        self._socket = self.scratch.file("tmux" + os.path.basename(self._configuration))
        self._tmux(
            "-u", "-f", self._configuration,
            "new-session", "-d", "-x", str(size[0]), "-y", str(size[1]), "--",
            "exec " + shlex.join(argv), env=env,
        )

    def _tmux(self, *arguments, env=None):
        done = self.scratch.run("tmux", "-S", self._socket, *arguments, env=env)
        if done.returncode != 0:
            raise AssertionError("tmux %s: %s" % (" ".join(arguments), done.stderr.strip()))
        return done.stdout

    def _ask(self, form):
        return self._tmux("display-message", "-p", form).rstrip("\n")

    def send(self, *keys):
        """Sends keys by tmux's names: "q", "Down", "C-l", "Escape"."""
        self._tmux("send-keys", "--", *keys)

    def type(self, text):
        """Sends text as it is."""
        self._tmux("send-keys", "-l", "--", text)

    def screen(self, attributes=False):
        """The visible text; with attributes, colours and the like as escape sequences."""
        return self._tmux("capture-pane", "-p", *(["-e"] if attributes else []))

    def clipboard(self):
        """What programs in the terminal copied last; "" for nothing."""
        done = self.scratch.run("tmux", "-S", self._socket, "show-buffer")
        return done.stdout if done.returncode == 0 else ""

    def cursor(self):
        """Column and row, from 0."""
        return tuple(int(number) for number in self._ask("#{cursor_x} #{cursor_y}").split())

    def pid(self):
        return int(self._ask("#{pane_pid}"))

    def resize(self, columns, rows):
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def wait_for(self, wanted, timeout=10.0, message=None):
        """Waits until the screen holds a text, matches a compiled regex, or satisfies a function.

        Returns the screen. The message says what was waited for.
        """
        if isinstance(wanted, str):
            def found(screen):
                return wanted in screen
        elif isinstance(wanted, re.Pattern):
            found = wanted.search
        else:
            found = wanted
        seen = []

        def look():
            seen[:] = [self.screen()]
            return found(seen[0])

        try:
            wait_until(look, timeout, message or repr(wanted))
        except AssertionError as error:
            raise AssertionError("%s; the screen shows:\n%s" % (error, seen[0])) from None
        return seen[0]

    def wait_gone(self, text, timeout=10.0):
        return self.wait_for(
            lambda screen: text not in screen, timeout, "%r to go away" % text
        )

    def _exit_status(self):
        """What wait_exit() returns, in a list; None while it is not known."""
        dead, status, number, server = self._ask(
            "#{pane_dead} #{pane_dead_status} #{pane_dead_signal} #{pid}"
        ).split(" ")
        if status:
            return [int(status)]
        if number:
            return [-int(number)]
        if dead == "1":
            # tmux 3.3 may miss the signal and leave a zombie; another one makes it look again.
            os.kill(int(server), signal.SIGCHLD)
        return None

    def wait_exit(self, timeout=10.0):
        """Waits until the command ends; returns its exit status, of a signal minus its number."""
        try:
            return wait_until(self._exit_status, timeout, "the command to end")[0]
        except AssertionError as error:
            raise AssertionError("%s; the screen shows:\n%s" % (error, self.screen())) from None

    def close(self):
        if self._own_scratch:
            self.scratch.close()
        else:
            self._tmux("kill-server")

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()
