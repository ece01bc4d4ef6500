# SPDX-License-Identifier: MIT
"""The private cluster of dist/local-postgres: life, accidents, several callers, its refusals."""
import os
import shutil
import signal
import subprocess
import unittest

from modelsync_test import LOCAL_POSTGRES, Scratch, wait_until

RUNNING, STOPPED = 0, 1


class LocalPostgresCase(unittest.TestCase):
    def setUp(self):
        self.scratch = Scratch()
        self.addCleanup(self.scratch.close)
        self.dir = self.scratch.file("pg")

    def call(self, *arguments, dir=None, **variables):
        env = self.scratch.environment(**variables)
        return self.scratch.run(LOCAL_POSTGRES, *arguments, "--dir", dir or self.dir, env=env)

    def start(self, **keywords):
        done = self.call("start", "--fast", **keywords)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def start_and_stop(self):
        self.start()
        self.assertEqual(self.call("stop").returncode, 0)

    def psql(self, sql, dir=None):
        conninfo = self.call("conninfo", dir=dir).stdout.strip()
        done = self.scratch.run("psql", "-XAtq", "-d", conninfo, "-c", sql)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def server_pid(self):
        done = self.call("status")
        self.assertEqual(done.returncode, RUNNING, done.stdout)
        return int(done.stdout.rstrip(")\n").split()[-1])


class LocalPostgresTest(LocalPostgresCase):
    def test_life_of_a_cluster(self):
        self.assertEqual(self.call("status").stdout, "not created yet: %s\n" % self.dir)
        self.assertEqual(self.call("status").returncode, STOPPED)
        self.assertEqual(self.call("stop").returncode, 0)
        self.assertFalse(os.path.exists(self.dir), "asking must not create anything")
        self.start()
        pid = self.server_pid()
        self.start()
        self.assertEqual(self.server_pid(), pid, "a second start leaves the server alone")
        self.psql("CREATE TABLE kept (n int)")
        conninfo = self.call("conninfo").stdout
        self.assertEqual(self.call("stop").returncode, 0)
        self.assertEqual(self.call("stop").returncode, 0)
        self.assertEqual(self.call("status").returncode, STOPPED)
        self.assertEqual(self.call("conninfo").stdout, conninfo)
        self.start()
        self.assertEqual(self.psql("SELECT count(*) FROM kept"), "0")

    def test_what_the_cluster_is_like(self):
        self.start()
        settings = """SELECT current_database(), current_user, pg_encoding_to_char(encoding),
                             datcollate, current_setting('listen_addresses'),
                             current_setting('data_checksums')
                        FROM pg_database WHERE datname = current_database()"""
        self.assertEqual(self.psql(settings), "modelsync|modelsync|UTF8|C.UTF-8||on")
        self.assertEqual(os.stat(self.dir + "/socket").st_mode & 0o777, 0o700)

    def test_no_other_role_without_password(self):
        self.start()
        self.psql("CREATE ROLE other LOGIN")
        conninfo = self.call("conninfo").stdout.strip().replace("user=modelsync", "user=other")
        done = self.scratch.run("psql", "-XAtqw", "-d", conninfo, "-c", "SELECT 1")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("no password supplied", done.stderr)

    def test_settings_for_other_servers_do_not_leak_in(self):
        self.start(PGPORT="1", PGDATA="/nowhere", PGOPTIONS="-c port=1", LC_ALL="de_DE.UTF-8")
        self.assertEqual(self.psql("SHOW port"), "5432")

    def test_concurrent_starts(self):
        command = [LOCAL_POSTGRES, "start", "--fast", "--dir", self.dir]
        calls = [
            subprocess.Popen(command, stderr=subprocess.PIPE, env=self.scratch.environment())
            for _ in range(4)
        ]
        for call in calls:
            _, errors = call.communicate(timeout=60)
            self.assertEqual((call.returncode, errors), (0, b""))
        self.assertEqual(self.psql("SELECT 1"), "1")

    def test_start_after_the_server_was_killed(self):
        self.start()
        pid = self.server_pid()
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: self.call("status").returncode == STOPPED)
        self.start()
        self.assertNotEqual(self.server_pid(), pid)
        self.assertEqual(self.psql("SELECT 1"), "1")

    def test_start_when_the_old_process_number_is_another_process(self):
        self.start()
        pid_file = self.dir + "/data/postmaster.pid"
        with open(pid_file, encoding="utf-8") as file:
            _, rest = file.read().split("\n", 1)
        self.assertEqual(self.call("stop").returncode, 0)
        owner = os.stat(self.dir + "/data")
        bystander = subprocess.Popen(["sleep", "60"], user=owner.st_uid)
        self.addCleanup(bystander.wait)
        self.addCleanup(bystander.kill)
        for path in (pid_file, self.dir + "/socket/.s.PGSQL.5432.lock"):
            with open(path, "w", encoding="utf-8") as file:
                file.write("%d\n%s" % (bystander.pid, rest))
            os.chown(path, owner.st_uid, owner.st_gid)
        self.assertEqual(self.call("status").returncode, STOPPED)
        self.start()
        self.assertEqual(self.psql("SELECT 1"), "1")
        self.assertIsNone(bystander.poll(), "the bystander was killed")

    def test_start_after_an_interrupted_creation(self):
        self.start_and_stop()
        os.rename(self.dir + "/data", self.dir + "/data.new")
        os.remove(self.dir + "/data.new/global/pg_control")
        self.start()
        self.assertEqual(self.psql("SELECT 1"), "1")
        self.assertFalse(os.path.exists(self.dir + "/data.new"))

    def test_directories_that_cannot_hold_the_socket(self):
        for name in ("long" * 30, "it's a \"$HOME\", `id` \\"):
            with self.subTest(name=name):
                directory = self.scratch.file(name)
                self.addCleanup(self.call, "stop", dir=directory)
                self.start(dir=directory)
                conninfo = self.call("conninfo", dir=directory).stdout
                self.assertRegex(conninfo, r"^host=/tmp/modelsync-tui-\d+-\d+ port=5432 ")
                self.assertEqual(self.psql("SELECT 1", dir=directory), "1")
                self.assertEqual(self.call("stop", dir=directory).returncode, 0)
                socket_dir = conninfo.split()[0].split("=")[1]
                self.assertFalse(os.path.exists(socket_dir))

    def test_a_start_that_fails_shows_why(self):
        self.start_and_stop()
        with open(self.dir + "/data/postgresql.conf", "a", encoding="utf-8") as file:
            file.write("no_such_setting = 1\n")
        done = self.call("start")
        self.assertEqual(done.returncode, 1)
        self.assertIn('unrecognized configuration parameter "no_such_setting"', done.stderr)
        self.assertIn(self.dir + "/postgres.log", done.stderr)

    def test_postgresql_is_missing(self):
        for command in ("start", "version"):
            with self.subTest(command=command):
                done = self.call(command, MODELSYNC_POSTGRES_ROOT="/nowhere")
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertIn("apt-get install postgresql\n", done.stderr)

    def test_version_is_that_of_a_new_cluster(self):
        self.start()
        version = self.call("version").stdout.strip()
        self.assertEqual(self.psql("SELECT current_setting('server_version_num')::int / 10000"), version)

    def test_the_version_that_made_the_cluster_is_missing(self):
        self.start_and_stop()
        with open(self.dir + "/data/PG_VERSION", "w", encoding="utf-8") as file:
            file.write("12\n")
        done = self.call("start")
        self.assertEqual(done.returncode, 1)
        self.assertIn("apt-get install postgresql-12\n", done.stderr)

    def test_usage(self):
        for arguments in ((), ("restart",), ("start", "stop"), ("start", "--slow"), ("--dir",)):
            with self.subTest(arguments=arguments):
                done = self.scratch.run(LOCAL_POSTGRES, *arguments)
                self.assertEqual(done.returncode, 2)
                self.assertIn("usage: local-postgres", done.stderr)
        self.assertEqual(self.scratch.run(LOCAL_POSTGRES, "--help").returncode, 0)


@unittest.skipUnless(os.geteuid() == 0, "only root can become other accounts")
class AccountsTest(LocalPostgresCase):
    """An ordinary user's clusters, which root may use too, and what is refused."""

    ACCOUNT = "daemon"

    def setUp(self):
        super().setUp()
        # The checkout may be closed to others.
        self.script = shutil.copy(LOCAL_POSTGRES, self.scratch.path)
        self.home = self.scratch.file("theirs")
        os.mkdir(self.home)
        shutil.chown(self.home, self.ACCOUNT, self.ACCOUNT)
        self.dir = self.home + "/modelsync-tui"
        self.addCleanup(self.call, "stop")

    def as_account(self, *arguments):
        become = ["setpriv", "--reuid", self.ACCOUNT, "--regid", self.ACCOUNT, "--clear-groups"]
        env = self.scratch.environment(XDG_DATA_HOME=self.home)
        return self.scratch.run(*become, self.script, *arguments, env=env)

    def test_default_directory_of_an_ordinary_user(self):
        done = self.as_account("start", "--fast")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("running: %s (" % self.dir, self.as_account("status").stdout)
        self.assertEqual(self.psql("SELECT current_user"), "modelsync", "root may connect")

    def test_root_starts_a_users_cluster_as_that_user(self):
        self.as_account("start", "--fast")
        self.as_account("stop")
        self.start()
        self.assertEqual(os.stat("/proc/%d" % self.server_pid()).st_uid, os.stat(self.home).st_uid)

    def test_a_directory_of_somebody_else_is_refused(self):
        theirs = self.scratch.file("of-root")
        os.mkdir(theirs, 0o755)
        done = self.as_account("start", "--dir", theirs)
        self.assertEqual(done.returncode, 1)
        self.assertIn("does not belong to %s" % self.ACCOUNT, done.stderr)
        self.assertEqual(os.listdir(theirs), [])

    def test_a_closed_directory_is_named(self):
        closed = self.scratch.file("closed")
        os.mkdir(closed, 0o700)
        done = self.call("start", dir=closed + "/pg")
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot create or enter %s/pg" % closed, done.stderr)
