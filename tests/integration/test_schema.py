# SPDX-License-Identifier: MIT
"""db migrate and db status: a fresh database, one that drifted, one of a newer program, failures."""
import concurrent.futures
import os
import re
import subprocess
import unittest

from modelsync_test import TOP, ClusterTestCase, program, wait_until

MIGRATION_COUNT = len([n for n in os.listdir(os.path.join(TOP, "sql")) if re.match(r"\d{4}_.*\.sql$", n)])


class MigrateTest(ClusterTestCase):
    def assert_exit(self, done, status, *texts):
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        for text in texts:
            self.assertIn(text, done.stdout + done.stderr)

    def test_empty_database_says_what_to_do(self):
        db = self.empty_database()
        self.assert_exit(db.run("models"), 2, "db migrate")
        self.assert_exit(db.run("db", "status"), 2, "0001_contract", "pending")

    def test_dry_run_changes_nothing(self):
        db = self.empty_database()
        self.assert_exit(db.run("db", "migrate", "--dry-run"), 0, "0001_contract")
        self.assertEqual(db.value("SELECT to_regnamespace('modelsync') IS NULL"), "t")

    def test_migrate_twice(self):
        db = self.empty_database()
        self.assert_exit(db.run("db", "migrate"), 0)
        before = db.psql("SELECT * FROM modelsync.schema_migration ORDER BY version")
        self.assert_exit(db.run("db", "migrate"), 0)
        self.assertEqual(db.psql("SELECT * FROM modelsync.schema_migration ORDER BY version"), before)
        self.assertEqual(
            db.value("SELECT count(*) FROM modelsync.schema_migration WHERE version > 0"),
            str(MIGRATION_COUNT),
        )
        self.assert_exit(db.run("db", "status"), 0)
        self.assert_exit(db.run("models"), 0)

    def test_eight_at_once(self):
        db = self.empty_database()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for done in pool.map(lambda _: db.run("db", "migrate"), range(8)):
                self.assert_exit(done, 0)
        self.assertEqual(
            db.value("SELECT count(*) FROM modelsync.schema_migration"), str(MIGRATION_COUNT + 1)
        )

    def test_failure_leaves_the_database_as_it_was(self):
        db = self.empty_database()
        db.psql("CREATE SCHEMA modelsync; CREATE TABLE modelsync.run (mine int)")
        done = db.run("db", "migrate")
        self.assert_exit(done, 1, "0002_", "run")
        self.assertEqual(db.value("SELECT to_regclass('public.model_access') IS NULL"), "t")
        self.assertEqual(db.value("SELECT to_regclass('modelsync.schema_migration') IS NULL"), "t")

    def test_changed_functions_are_replaced(self):
        db = self.database()
        db.psql("UPDATE modelsync.schema_migration SET checksum = 'x' WHERE version = 0")
        db.psql("DROP FUNCTION modelsync.status")
        self.assert_exit(db.run("models"), 2, "db migrate")
        self.assert_exit(db.run("db", "migrate"), 0)
        self.assert_exit(db.run("models"), 0)
        self.assertEqual(db.value("SELECT jsonb_typeof(modelsync.status())"), "object")

    def test_functions_of_another_version_make_room(self):
        db = self.database()
        functions = ("SELECT p.oid::regprocedure, pg_get_function_arguments(p.oid), p.proacl FROM pg_proc p"
                     " WHERE p.pronamespace = 'modelsync'::regnamespace ORDER BY 1::text COLLATE \"C\"")
        before = db.psql(functions)
        db.psql("""
            CREATE VIEW public.of_somebody AS SELECT model_id, modelsync.is_paid(pricing) FROM modelsync.model;
            CREATE FUNCTION modelsync.no_more(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
            DROP FUNCTION modelsync.status(jsonb);
            CREATE FUNCTION modelsync.status(other_name jsonb DEFAULT NULL) RETURNS text LANGUAGE sql AS 'SELECT NULL';
            UPDATE modelsync.schema_migration SET checksum = 'old', program = '0.0.1' WHERE version = 0""")
        self.assert_exit(db.run("db", "migrate"), 0)
        self.assertEqual(db.psql(functions), before)
        self.assertEqual(db.value("SELECT count(*) FROM public.of_somebody"), "0")

    def test_drifted_migration_is_refused(self):
        db = self.database()
        db.psql("UPDATE modelsync.schema_migration SET checksum = 'x' WHERE version = 1")
        self.assert_exit(db.run("db", "status"), 2, "0001_contract", "differs")
        self.assert_exit(db.run("db", "migrate"), 2)
        self.assert_exit(db.run("models"), 2)

    def test_newer_database_is_refused(self):
        db = self.database()
        db.psql(
            "INSERT INTO modelsync.schema_migration (version, name, checksum, program)"
            " VALUES (9999, 'future', 'x', '99.0.0')"
        )
        for command in (("models",), ("db", "migrate"), ("sync", "--from", "/dev/null")):
            self.assert_exit(db.run(*command), 2, "9999")

    def test_newer_functions_are_refused(self):
        db = self.database()
        db.psql("UPDATE modelsync.schema_migration SET checksum = 'x', program = '99.0.0' WHERE version = 0")
        self.assert_exit(db.run("db", "migrate"), 2, "newer")

    def test_other_encoding_is_refused(self):
        self.cluster.admin.psql("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        conninfo = self.cluster.conninfo + " dbname=latin"
        done = self.cluster.scratch.run(program(), "--db", conninfo, "db", "migrate")
        self.assert_exit(done, 2, "LATIN1", "createdb")


class ConnectionTest(ClusterTestCase):
    def run_with(self, conninfo, *arguments):
        return self.cluster.scratch.run(program(), "--db", conninfo, *(arguments or ("models",)))

    def test_nobody_there(self):
        done = self.run_with("host=/nonexistent dbname=x")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("cannot connect", done.stderr)

    def test_unknown_parameter_is_named(self):
        done = self.run_with("postgresql://u:s3cr3t@localhost/x?pgbouncer=true")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("pgbouncer", done.stderr)
        self.assertNotIn("s3cr3t", done.stderr)

    def test_unknown_database(self):
        done = self.run_with(self.cluster.conninfo + " dbname=nowhere")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("nowhere", done.stderr)

    def test_second_host_answers(self):
        socket = re.search(r"host='?([^' ]+)", self.cluster.conninfo).group(1)
        db = self.database()
        conninfo = db.conninfo.replace(socket, "/nonexistent,%s" % socket)
        done = self.run_with(conninfo)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_statement_timeout_is_reported(self):
        db = self.database()
        env = db.environment(MODELSYNC_DATABASE_STATEMENT_TIMEOUT="1")
        with subprocess.Popen(
            db.psql_command("-c", "BEGIN; LOCK TABLE public.model_access; SELECT pg_sleep(30)"),
            env=db.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as lock:
            wait_until(lambda: db.value(
                "SELECT count(*) FROM pg_locks WHERE relation = 'public.model_access'::regclass"
                " AND mode = 'AccessExclusiveLock' AND granted") == "1")
            done = db.run("models", env=env)
            lock.kill()
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("timeout", done.stderr)


if __name__ == "__main__":
    unittest.main()
