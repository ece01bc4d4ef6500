# SPDX-License-Identifier: MIT
"""Logins with roles: setting them up, and what the program does for each of them."""
import json
import subprocess
import threading
import unittest

from modelsync_test import Cluster, ClusterTestCase, Database, Terminal
from upstream_stub import model

PROFILE = "00000000-0000-0000-0000-0000000000ad"
ROLES = ("modelsync_viewer", "modelsync_admin", "modelsync_service")


def login(db, role):
    """The same database for another login."""
    other = Database(db.cluster, db.name)
    other.conninfo += " user=%s password=x" % role
    return other


class RolesTestCase(unittest.TestCase):
    def assert_exit(self, done, code, *texts):
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        for text in texts:
            self.assertIn(text, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def sync(self, db, count=12, *arguments):
        catalogue = {"data": [model("vendor/m%02d" % n) for n in range(count)]}
        return db.run("sync", "--force", "--from", "-", *arguments, stdin=json.dumps(catalogue))


class GrantTest(RolesTestCase, ClusterTestCase):
    """The owner sets logins up; each then does with the program what its role allows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.db = cls.cluster.database()
        cls.db.psql("INSERT INTO profiles (id, email, account_type) VALUES ('%s', 'ann@example.org', 'admin')" % PROFILE)
        for name, role, more in (("vera", "viewer", ()), ("ann", "admin", ("--profile", "ann@example.org")),
                                 ("bot", "service", ())):
            done = cls.db.run("db", "grant", name, role, "--create", "--reason", "first day", *more)
            assert done.returncode == 0, done.stderr
            cls.db.psql("ALTER ROLE %s PASSWORD 'x'" % name)
        cls.db.psql("CREATE ROLE stranger LOGIN PASSWORD 'x'")
        cls.vera, cls.ann, cls.bot, cls.stranger = (login(cls.db, n) for n in ("vera", "ann", "bot", "stranger"))

    def setUp(self):
        self.assert_exit(self.sync(self.db), 0)

    def test_grants_are_listed_and_audited(self):
        out = self.assert_exit(self.db.run("db", "grants"), 0)
        self.assertRegex(out, r"modelsync +owner")
        self.assertRegex(out, r"ann +admin +ann@example\.org .* modelsync\n")
        rows = json.loads(self.db.run("db", "grants", "--json").stdout)
        self.assertEqual([(r["login"], r["role"]) for r in rows[:4]],
                         [("modelsync", "owner"), ("ann", "admin"), ("bot", "service"), ("vera", "viewer")])
        out = self.assert_exit(self.db.run("audit", "--limit", "100"), 0)
        self.assertRegex(out, r"grant +done +modelsync( \(\S+\))?/cli .* ann is admin")

    def test_wrong_grants(self):
        for arguments, text in (
            (("nobody", "viewer"), "there is no login nobody; --create makes it"),
            (("vera", "king"), "king is not a role"),
            (("vera", "viewer", "--profile", "x@example.org"), "no profile has the address or id x@example.org"),
            (("modelsync_admin", "viewer"), "is a role itself"),
        ):
            self.assert_exit(self.db.run("db", "grant", *arguments), 1, text)
        self.assert_exit(self.db.run("db", "grant", "vera"), 2)
        self.assert_exit(self.db.run("db", "revoke", "nobody"), 1, "nobody has no role here")
        self.assert_exit(self.db.run("db", "grant", "vera", "viewer", "--read-only"), 5)

    def test_a_role_is_replaced_and_taken_away(self):
        self.assert_exit(self.db.run("db", "grant", "eve", "admin", "--create"), 0, "eve is an admin now", r"\password eve")
        self.assert_exit(self.db.run("db", "grant", "eve", "viewer", "--profile", PROFILE), 0, "a viewer now, linked to ann@example.org")
        done = self.db.run("db", "revoke", "eve", "--json")
        self.assertEqual(json.loads(done.stdout), {"ok": True, "login": "eve", "role": None, "notes": []})
        self.assertNotIn("eve", self.db.run("db", "grants").stdout)

    def test_a_viewer_reads_everything(self):
        for arguments in (("models",), ("show", "vendor/m01", "--raw"), ("history",), ("history", "1"), ("events",),
                          ("audit",), ("audit", "verify"), ("db", "status"), ("db", "quality"),
                          ("db", "grants"), ("why", "vendor/m01", "free"), ("undo", "1", "--dry-run"),
                          ("set", "*", "status=active", "--dry-run")):
            self.assert_exit(self.vera.run(*arguments), 0)
        self.assert_exit(self.sync(self.vera, 12, "--dry-run"), 0, "dry run")
        self.assert_exit(self.vera.run("status"), 0, "you         vera, viewer")

    def test_a_viewer_is_told_early_and_writes_nothing(self):
        before = self.db.rows("SELECT * FROM model_access ORDER BY model_id")
        for arguments in (("set", "*", "status=active"), ("undo", "1"), ("sync", "--discard-held", "1"), ("sync", "--apply-held", "1")):
            out = self.assert_exit(self.vera.run(*arguments), 5, "you are a viewer (vera)", "modelsync-tui db grant vera admin")
            self.assertNotIn("to be changed", out)
        self.assert_exit(self.sync(self.vera), 5, "you are a viewer")
        for arguments in (("db", "grant", "vera", "admin"), ("db", "revoke", "ann"), ("db", "migrate")):
            self.assert_exit(self.vera.run(*arguments), 5, "belongs to modelsync", "run this as modelsync")
        self.assertEqual(self.db.rows("SELECT * FROM model_access ORDER BY model_id"), before)

    def test_a_session_of_a_viewer(self):
        for sql in ("SET SESSION AUTHORIZATION ann", "SET ROLE modelsync_admin", "SET ROLE modelsync",
                    "UPDATE public.model_access SET status = 'active'", "SELECT lo_import('/etc/passwd')",
                    "COPY modelsync.audit FROM STDIN", "VACUUM FULL modelsync.audit; SELECT 1/0", "REINDEX TABLE modelsync.audit",
                    "DO $$ BEGIN PERFORM modelsync.audit_append('edit', 'done', '{}', null, null, '{}'); END $$"):
            with self.assertRaises(AssertionError, msg=sql):
                self.vera.psql(sql)
        self.assertEqual(self.vera.value("SELECT modelsync.edit_models('[]', '{\"os_user\": \"ann\"}') ->> 'code'"), "refused")
        self.assertEqual(self.db.value("SELECT session_user_name || ' ' || outcome FROM modelsync.audit ORDER BY audit_id DESC LIMIT 1"),
                         "vera refused")
        self.assertEqual(json.loads(self.db.run("audit", "verify", "--json").stdout)["problems"], [])

    def test_an_admin_and_the_profile(self):
        done = self.ann.run("set", "vendor/m02", "status=active", "--yes", "--json")
        self.assert_exit(done, 0)
        changeset = json.loads(done.stdout)["changeset"]
        self.assertEqual(self.db.value("SELECT actor_user_id FROM admin_audit_log WHERE target = 'changeset:%d'" % changeset), PROFILE)
        self.assertRegex(self.ann.run("events", "vendor/m02").stdout, r"status_changed .*\[ann \(\S+\)/cli, changeset %d\]" % changeset)
        self.assert_exit(self.sync(self.ann), 0)
        self.assertEqual(self.db.value("SELECT added_by_user_id FROM model_sync_log ORDER BY created_at DESC LIMIT 1"), PROFILE)
        self.assert_exit(self.ann.run("undo", str(changeset), "--yes"), 0)
        self.assert_exit(self.ann.run("db", "migrate"), 5, "run this as modelsync")
        self.assert_exit(self.ann.run("status"), 0, "you         ann, admin, linked to ann@example.org")

    def test_a_service_syncs_and_does_not_decide(self):
        self.assert_exit(self.sync(self.bot), 0)
        self.assert_exit(self.bot.run("set", "vendor/m03", "status=active", "--yes"), 5, "bot is a service, and edit_models needs the role admin")
        self.assertRegex(self.db.run("audit", "--limit", "1").stdout, r"edit +refused +bot")

    def test_a_stranger_hears_whom_to_ask(self):
        for arguments in (("status",), ("models",), ("db", "status"), ("db", "migrate", "--dry-run")):
            self.assert_exit(self.stranger.run(*arguments), 5, "stranger has no role in this database",
                             "modelsync-tui db grant stranger viewer")
        self.assert_exit(self.stranger.run("db", "migrate"), 5, "run this as modelsync")

    def test_the_console_of_a_viewer(self):
        term = Terminal(self.vera.program(), env=self.vera.environment(TERM="tmux-256color"))
        self.addCleanup(term.close)
        term.wait_for("READ ONLY")
        term.wait_for("12 models")
        term.send("P")
        term.wait_for("tier-pro: you are a viewer; nothing was changed")
        term.send("q")
        self.assertEqual(term.wait_exit(), 0)


class ServerTest(RolesTestCase):
    """Roles belong to the server: databases share them, owners may not be allowed to create them."""

    def setUp(self):
        cluster = Cluster()
        self.addCleanup(cluster.close)
        self.cluster = cluster

    def test_two_databases_migrate_at_once(self):
        databases = [self.cluster.empty_database() for _ in range(4)]
        done = []
        threads = [threading.Thread(target=lambda db=db: done.append(db.run("db", "migrate"))) for db in databases]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for result in done:
            self.assert_exit(result, 0, "the schema is current")
        for db in databases:
            self.assertEqual(db.value("SELECT bool_and(has_schema_privilege(r, 'modelsync', 'usage')) FROM"
                                      " unnest('{%s}'::name[]) r" % ",".join(ROLES)), "t")

    def test_an_owner_who_may_not_create_roles(self):
        self.cluster.admin.psql("CREATE ROLE app_owner LOGIN PASSWORD 'x'; CREATE ROLE vera LOGIN PASSWORD 'x'")
        db = self.cluster.empty_database()
        db.psql("ALTER DATABASE %s OWNER TO app_owner; ALTER SCHEMA public OWNER TO app_owner" % db.name)
        owner = login(db, "app_owner")
        out = self.assert_exit(owner.run("db", "migrate", "--dry-run"), 0, "note: app_owner may not create the roles")
        self.assert_exit(owner.run("db", "migrate"), 0, "CREATE ROLE modelsync_viewer ADMIN app_owner;")
        self.assert_exit(self.sync(owner), 0)
        self.assert_exit(owner.run("set", "vendor/m01", "status=active", "--yes"), 0)
        out = self.assert_exit(owner.run("db", "grant", "vera", "viewer"), 5, "a superuser can help: CREATE ROLE")
        for statement in out.split("a superuser can help: ")[1].split("\n")[0].split("; "):
            self.cluster.admin.psql(statement)
        self.assert_exit(owner.run("db", "grant", "vera", "viewer"), 0)
        self.assert_exit(owner.run("db", "grant", "new", "viewer", "--create"), 5, "CREATE ROLE new LOGIN;")
        self.assert_exit(login(db, "vera").run("models"), 0, "vendor/m01")
        self.assert_exit(login(db, "vera").run("db", "migrate"), 5, "run this as app_owner")
        self.assert_exit(owner.run("audit", "verify"), 0)

    def test_a_dump_restored_where_the_roles_are_not(self):
        db = self.cluster.database()
        self.assert_exit(self.sync(db), 0)
        self.assert_exit(db.run("db", "grant", "vera", "viewer", "--create"), 0)
        other = Cluster()
        self.addCleanup(other.close)
        restored = other.empty_database()
        path = other.scratch.file("dump")
        with open(path, "wb") as file:
            subprocess.run(["pg_dump", "-Fc", "-d", db.conninfo], stdout=file, check=True)
        done = other.scratch.run("pg_restore", "-d", restored.conninfo, path)
        self.assertIn('role "modelsync_viewer" does not exist', done.stderr)
        self.assert_exit(restored.run("db", "status"), 0, "the schema is current")
        self.assert_exit(self.sync(restored), 0)
        self.assert_exit(restored.run("set", "vendor/m01", "status=active", "--yes"), 0)
        self.assertRegex(restored.run("db", "grants").stdout, r"vera +none")
        self.assert_exit(restored.run("db", "grant", "vera", "viewer", "--create"), 0)
        restored.psql("ALTER ROLE vera PASSWORD 'x'")
        self.assert_exit(login(restored, "vera").run("models"), 0, "vendor/m01")
        self.assert_exit(login(restored, "vera").run("set", "*", "status=new", "--yes"), 5)
        self.assert_exit(restored.run("audit", "verify"), 0)


if __name__ == "__main__":
    unittest.main()
