# SPDX-License-Identifier: MIT
"""db migrate on databases that other programs have set up and go on using."""
import json
import os
import re
import subprocess
import threading
import time

from modelsync_test import TOP, ClusterTestCase, Database, wait_until
from upstream_stub import catalogue, model

FIXTURES = os.path.join(TOP, "tests", "fixtures", "adopt")
TABLES = ("profiles", "model_access", "model_sync_log", "admin_audit_log")
ROLES = ("app_owner", "app_sync", "app_cron", "anon", "authenticated", "service_role", "stranger")
USER = "00000000-0000-0000-0000-0000000000"


def upstream_models(**changes):
    """What rows.sql says of the models that are upstream; changes by the number of the model."""
    entries = []
    for number in range(30):
        entry = model("vendor/model-%03d" % number)
        if number == 11:
            entry["pricing"]["prompt"] = "0.0000000833333333"
        entry.update(changes.get("m%d" % number, {}))
        entries.append(entry)
    return entries


class AdoptTestCase(ClusterTestCase):
    """A cluster with the roles of the fixtures; databases belong to app_owner, a mere owner."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for role in ROLES:
            cls.cluster.admin.psql("CREATE ROLE %s LOGIN PASSWORD 'x'" % role)
        cls.cluster.admin.psql("ALTER ROLE app_owner BYPASSRLS")

    @classmethod
    def fixture(cls, name):
        db = cls.cluster.empty_database()
        db.psql("GRANT CREATE ON DATABASE %s TO app_owner; GRANT CREATE ON SCHEMA public TO app_owner" % db.name)
        db.psql("", "-f", os.path.join(FIXTURES, name + ".sql"))
        return db

    @staticmethod
    def login(db, role):
        """The same database for another login."""
        other = Database(db.cluster, db.name)
        other.conninfo += " user=%s password=x" % role
        return other

    @staticmethod
    def contents(db):
        """Every row of the contract's tables in the columns that they had before."""
        names = {}
        for table in TABLES:
            names[table] = db.value(
                "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attname) FROM pg_attribute"
                " WHERE attrelid = 'public.%s'::regclass AND attnum > 0 AND NOT attisdropped" % table
            )
        return names

    @staticmethod
    def rows_of(db, names):
        return {
            table: db.psql("SELECT to_jsonb(q) FROM (SELECT %s FROM public.%s) q ORDER BY 1" % (columns, table))
            for table, columns in names.items()
        }

    def assert_exit(self, done, status, *texts):
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        for text in texts:
            self.assertIn(text, done.stdout + done.stderr)


class Adopted:
    """What holds for every fixture. NAME is the fixture, CALLER may only call the functions."""

    NAME = CALLER = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.fixture(cls.NAME)
        cls.columns = cls.contents(cls.template)
        cls.before = cls.rows_of(cls.template, cls.columns)
        cls.login(cls.template, "app_owner").migrate()

    def setUp(self):
        self.db = self.cluster.empty_database(self.template.name)
        self.owner = self.login(self.db, "app_owner")

    def sync(self, entries):
        path = self.cluster.scratch.file("catalogue.json")
        with open(path, "wb") as file:
            file.write(catalogue(entries))
        done = self.owner.run("sync", "--json", "--from", path)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def call(self, role, sql, claims=None):
        """One statement as that role, as an API would send it for a user; its JSON value."""
        prefix = "SET request.jwt.claims = '%s';" % json.dumps(claims) if claims else ""
        return json.loads(self.login(self.db, role).value(prefix + sql))

    def column(self, name, model_id):
        return self.db.value("SELECT %s FROM model_access WHERE model_id = '%s'" % (name, model_id))

    def test_every_row_is_as_it_was(self):
        self.assertEqual(self.rows_of(self.db, self.columns), self.before)

    def test_every_decision_is_as_it_was(self):
        fields = ("status", "is_free", "is_pro", "is_enterprise", "daily_limit", "monthly_limit")
        defaults = {"status": "new", "is_free": False, "is_pro": False, "is_enterprise": False}
        for line in self.before["model_access"].splitlines():
            row = json.loads(line)
            decided = self.db.rows(
                "SELECT modelsync.decisions(m) AS d FROM model_access m WHERE model_id = '%s'" % row["model_id"]
            )[0]["d"]
            expected = {f: defaults.get(f) if row[f] is None else row[f] for f in fields}
            self.assertEqual(decided, expected, row["model_id"])

    def test_nothing_is_logged_for_the_adoption(self):
        self.assertEqual(self.db.value("SELECT count(*) FROM modelsync.changeset"), "0")
        self.assertEqual(self.db.value("SELECT count(*) FROM modelsync.audit"), "0")

    def test_migrating_again_and_new_functions(self):
        self.assert_exit(self.owner.run("db", "migrate"), 0, "nothing to do")
        self.db.psql("UPDATE modelsync.schema_migration SET checksum = 'x' WHERE version = 0")
        self.assert_exit(self.owner.run("db", "migrate"), 0, "1 applied")
        self.assertEqual(self.rows_of(self.db, self.columns), self.before)
        self.assertEqual(self.db.value("SELECT count(*) FROM pg_proc WHERE proname = 'sync_openrouter_models'"), "1")

    def test_the_first_sync_is_quiet(self):
        report = self.sync(upstream_models())
        self.assertEqual((report["state"], report["counts"]["missing"]), ("completed", 0), report)
        self.assertEqual(report["counts"]["added"], 0)
        if self.NAME != "sparse":  # where columns without defaults are empty
            self.assertEqual(report["counts"]["updated"], 1, report)  # a price by hand that was none
            self.assertEqual([c["model_id"] for c in report["changes"]], ["vendor/model-010"])
        self.assertEqual(self.column("output_image_price", "vendor/model-009"), "0.04")
        self.assertEqual(self.column("pricing ->> 'prompt'", "vendor/model-003"), "0.000001")
        again = self.sync(upstream_models())
        self.assertEqual(again["counts"]["unchanged"], 30, again)

    def test_a_sync_over_it_and_its_undo(self):
        entries = upstream_models(m3={"pricing": {"prompt": "0.000009", "completion": "0.000002"}})
        entries.append(model("gone/model-1", name="Gone 1"))
        entries.append(model("vendor/new"))
        del entries[7]
        report = self.sync(entries)
        counts = report["counts"]
        self.assertEqual((counts["added"], counts["returned"], counts["marked_inactive"]), (1, 1, 1), report)
        self.assertEqual(self.column("prompt_price", "vendor/model-003"), "0.000009")
        self.assertEqual(self.column("status", "gone/model-1"), "inactive")
        self.assertEqual(self.column("status || ' ' || restore_status", "vendor/model-007"), "inactive disabled")
        events = self.db.rows("SELECT * FROM modelsync.event WHERE model_id = 'vendor/model-003' AND type = 'price_changed'")
        self.assertEqual(len(events), 1, events)
        self.assertEqual(
            events[0]["detail"]["changes"], [{"field": "prompt", "old": "0.000001", "new": "0.000009"}]
        )
        self.assert_exit(self.owner.run("undo", str(report["changeset"]), "--yes"), 0)
        self.assertEqual(self.column("prompt_price", "vendor/model-003"), "0.000001")
        self.assertEqual(self.column("status", "vendor/model-007"), "disabled")
        self.assertEqual(self.column("missing_since IS NOT NULL", "gone/model-1"), "t")

    def test_short_calls(self):
        entries = "$m$%s$m$::jsonb" % json.dumps(upstream_models())
        for arguments in (entries, entries + ", null", entries + ", null, now() - interval '1 second'"):
            reply = self.call(self.CALLER, "SELECT sync_openrouter_models(%s)" % arguments)
            self.assertTrue(reply["success"], reply)
            self.assertEqual(reply["total_processed"], 30)
        reply = self.call(self.CALLER, "SELECT sync_openrouter_models(models_data => '[]')")
        self.assertFalse(reply["success"], "an empty list is not a catalogue")
        self.assertEqual(self.column("status", "vendor/model-001"), "active")

    def test_held_is_a_state_of_the_log(self):
        self.owner.psql("INSERT INTO model_sync_log (sync_started_at, sync_status) VALUES (now(), 'held')")
        self.assertEqual(
            self.db.value(
                "SELECT count(*) FROM pg_constraint WHERE conrelid = 'model_sync_log'::regclass AND NOT convalidated"
            ), "0",
        )

    def test_who_may_use_what(self):
        allowed = {
            "f0": "001 002 010 011", "f1": "001 002 010 011", "99": "001 002 010 011", "b0": "",
            "a0": "001 002 003 010 011", "e0": "001 002 003 004 010 011",
            "ad": "001 002 003 004 005 010 011", "ae": "001 002 003 004 005 010 011",
        }
        for user, models in allowed.items():
            self.assertEqual(
                self.db.value(
                    "SELECT coalesce(string_agg(substr(model_id, 14), ' ' ORDER BY model_id), '')"
                    " FROM get_user_allowed_models('%s')" % (USER + user)
                ), models, user,
            )
        row = "SELECT %s FROM get_user_allowed_models('" + USER + "f0') WHERE model_id = 'vendor/model-0%d'"
        self.assertEqual(self.db.value(row % ("input_cost_per_token IS NULL", 10)), "t")
        self.assertEqual(self.db.value(row % ("input_cost_per_token", 11)), "0.0000000833333333")
        self.assertEqual(self.db.value("SELECT can_user_use_model('%sa0', 'vendor/model-003')" % USER), "t")
        self.assertEqual(self.db.value("SELECT is_admin('%sae')" % USER), "t")

    def test_the_program_reads_it(self):
        self.assert_exit(self.owner.run("models", "status:active"), 0, "vendor/model-005")
        self.assert_exit(self.owner.run("status"), 1, "no sync")


class PlainTest(Adopted, AdoptTestCase):
    NAME, CALLER = "plain", "app_sync"

    def test_callers_of_an_overload_keep_the_right(self):
        reply = self.call("app_cron", "SELECT sync_openrouter_models('{}')")
        self.assertFalse(reply["success"])
        with self.assertRaisesRegex(AssertionError, "permission denied"):
            self.call("stranger", "SELECT sync_openrouter_models('[]')")

    def test_views_and_functions_of_others(self):
        self.assertEqual(self.db.value("SELECT count(*) FROM shop_models"), "6")
        self.db.psql("REFRESH MATERIALIZED VIEW price_list")
        self.assertEqual(self.db.value("SELECT count(*) FROM price_list"), "42")
        self.assertEqual(self.db.value("SELECT runs_24h FROM sync_health"), "0")
        self.assertEqual(self.db.value("SELECT count_active()"), "7")
        self.assertEqual(self.login(self.db, "app_cron").value("SELECT active_count FROM v_model_counts_public"), "7")

    def test_columns_of_views_stay(self):
        self.assertEqual(
            self.db.value("SELECT string_agg(column_name || ' ' || data_type, ', ' ORDER BY ordinal_position)"
                          " FROM information_schema.columns WHERE table_name = 'v_sync_stats'"),
            "last_success_id uuid, last_success_at timestamp with time zone, success_rate_30d double precision,"
            " avg_duration_ms_30d double precision, avg_db_duration_ms_30d double precision, runs_24h integer,"
            " failures_24h integer",
        )

    def test_arguments_keep_their_names(self):
        self.assertEqual(self.db.value("SELECT is_admin(check_user => '%sad')" % USER), "t")
        self.assertEqual(self.db.value("SELECT total_syncs FROM get_sync_stats()"), "4")

    def test_a_decision_by_the_old_function(self):
        reply = json.loads(self.owner.value("SELECT update_model_tier_access('vendor/model-006', p_status => 'active')"))
        self.assertTrue(reply["success"], reply)
        by_id = "SELECT update_model_tier_access(md5('model6')::uuid::text, p_is_free => false)"
        self.assertEqual(json.loads(self.owner.value(by_id))["model_id"], "vendor/model-006")
        self.assertEqual(self.column("status || is_free || is_pro", "vendor/model-006"), "activefalsetrue")
        self.assertEqual(self.db.value("SELECT count(*) FROM modelsync.changeset WHERE kind = 'edit'"), "2")

    def restored(self, *options):
        """A new database with what pg_dump says of this one."""
        other = self.cluster.empty_database()
        other.psql("GRANT CREATE ON DATABASE %s TO app_owner; GRANT CREATE ON SCHEMA public TO app_owner" % other.name)
        path = self.cluster.scratch.file("dump")
        for command in (
            ["pg_dump", "-Fc", "-f", path, "-d", self.db.conninfo, *options],
            ["pg_restore", "--no-comments", "-d", other.conninfo, path],
        ):
            done = self.cluster.scratch.run(*command)
            if command[0] == "pg_dump" or not options:
                self.assert_exit(done, 0)
        return other

    def test_dump_and_restore(self):
        self.sync(upstream_models(m3={"name": "Renamed"}))
        other = self.restored()
        owner = self.login(other, "app_owner")
        self.assert_exit(owner.run("db", "migrate"), 0, "nothing to do")
        self.assertEqual(self.rows_of(other, self.columns), self.rows_of(self.db, self.columns))
        changeset = other.value("SELECT max(changeset_id) FROM modelsync.changeset")
        self.assert_exit(owner.run("undo", changeset, "--yes"), 0)
        self.assertEqual(other.value("SELECT count(*) FROM modelsync.audit"), "2")

    def test_a_dump_of_the_contract_alone_is_adopted_again(self):
        self.sync(upstream_models(m3={"name": "Renamed"}))
        other = self.restored("-n", "public")
        self.login(other, "app_owner").migrate()
        self.assertEqual(self.rows_of(other, self.columns), self.rows_of(self.db, self.columns))
        decisions = "SELECT jsonb_agg(modelsync.decisions(m) ORDER BY m.model_id) FROM model_access m"
        self.assertEqual(other.value(decisions), self.db.value(decisions))
        self.db, self.owner = other, self.login(other, "app_owner")
        self.assertEqual(self.sync(upstream_models(m3={"name": "Renamed"}))["counts"]["unchanged"], 30)

    def test_no_second_index(self):
        self.assertEqual(
            self.db.value("SELECT count(*) FROM pg_indexes WHERE tablename = 'model_sync_log'"), "2"
        )


class HostedTest(Adopted, AdoptTestCase):
    NAME, CALLER = "hosted", "service_role"

    def test_triggers_of_others(self):
        self.assertEqual(
            self.db.value("SELECT string_agg(format('%s%s', tgname, tgenabled), ' ' ORDER BY tgname) FROM pg_trigger"
                          " WHERE tgname LIKE '%touch'"), "a_touchO z_touchD",
        )

    def test_row_level_security_stays(self):
        self.assertEqual(
            self.db.value("SELECT count(*) FROM pg_class WHERE relforcerowsecurity AND relnamespace = 'public'::regnamespace"),
            "4",
        )
        self.assertEqual(self.login(self.db, "anon").value("SELECT count(*) FROM model_access"), "7")
        self.assertEqual(
            self.login(self.db, "authenticated").value("SELECT count(*) FROM v_model_counts_public"), "1"
        )

    def test_users_of_the_api_must_be_admins(self):
        entries = json.dumps(upstream_models())
        call = "SELECT sync_openrouter_models($m$%s$m$)" % entries
        with self.assertRaisesRegex(AssertionError, "permission denied"):
            self.call("anon", call, {"role": "anon"})
        reply = self.call("authenticated", call, {"role": "authenticated", "sub": USER + "f0"})
        self.assertEqual((reply["success"], reply["code"]), (False, "refused"))
        self.assertEqual(self.db.value("SELECT count(*) FROM modelsync.audit WHERE outcome = 'refused'"), "1")
        self.assertTrue(self.call("authenticated", call, {"role": "authenticated", "sub": USER + "ad"})["success"])
        self.assertTrue(self.call("service_role", call, {"role": "service_role"})["success"])
        tier = "SELECT update_model_tier_access('vendor/model-000', true)"
        self.assertFalse(self.call("authenticated", tier, {"role": "authenticated", "sub": USER + "f0"})["success"])
        self.assertTrue(self.call("authenticated", tier, {"role": "authenticated", "sub": USER + "ae"})["success"])

    def test_writing_under_row_level_security_is_refused(self):
        before = self.db.value("SELECT count(*) FROM model_sync_log")
        path = self.cluster.scratch.file("catalogue.json")
        with open(path, "wb") as file:
            file.write(catalogue(upstream_models()))
        self.cluster.admin.psql("ALTER ROLE app_owner NOBYPASSRLS")
        try:
            self.assert_exit(self.owner.run("sync", "--from", path), 5, "ALTER ROLE app_owner BYPASSRLS;")
            reply = self.owner.value("SELECT modelsync.edit_models('[]', '{}') ->> 'code'")
            self.assertEqual(reply, "refused")
        finally:
            self.cluster.admin.psql("ALTER ROLE app_owner BYPASSRLS")
        self.assertEqual(self.db.value("SELECT count(*) FROM model_sync_log"), before)

    def test_an_unknown_user_fails_the_run_and_leaves_a_row(self):
        reply = self.call("service_role", "SELECT sync_openrouter_models('[]', '%s99')" % USER)
        self.assertFalse(reply["success"])
        self.assertEqual(
            self.db.value("SELECT sync_status FROM model_sync_log WHERE id = '%s'" % reply["sync_log_id"]), "failed"
        )

    def test_states_of_the_log_that_only_they_know(self):
        self.owner.psql("INSERT INTO model_sync_log (sync_status) VALUES ('cancelled')")
        with self.assertRaisesRegex(AssertionError, "log_states"):
            self.owner.psql("INSERT INTO model_sync_log (sync_status) VALUES ('odd')")


class SparseTest(Adopted, AdoptTestCase):
    NAME, CALLER = "sparse", "app_owner"

    def test_what_others_built_on_the_overload(self):
        self.assertEqual(json.loads(self.db.value("SELECT pressed FROM sync_button"))["code"], "held")

    def test_what_others_built_on_another_result(self):
        self.assertEqual(self.db.value("SELECT count(*) FROM everybodys_models"), "7")
        self.assertEqual(
            self.db.value("SELECT has_function_privilege('app_cron', 'get_user_allowed_models(uuid)', 'execute')"), "t"
        )

    def test_a_view_with_further_columns_stays(self):
        self.assertEqual(self.db.value("SELECT remark FROM v_model_counts_public"), "of the shop")


class PreflightTest(AdoptTestCase):
    """What stands in the way is named with the statement that helps; nothing is changed before."""

    @staticmethod
    def statements(done):
        return re.findall(r"^    ((?!to be run by)\S.*;)$", done.stderr, re.MULTILINE)

    def assert_untouched(self, db, columns, before):
        self.assertEqual(db.value("SELECT to_regnamespace('modelsync') IS NULL"), "t")
        self.assertEqual(self.contents(db), columns)
        self.assertEqual(self.rows_of(db, columns), before)

    def refused(self, db, role, *texts):
        columns = self.contents(db)
        before = self.rows_of(db, columns)
        for arguments in (("--dry-run",), ("--yes",)):
            done = self.login(db, role).run("db", "migrate", *arguments)
            self.assert_exit(done, 2, "database: %s on " % db.name, "nothing was changed", *texts)
        self.assert_untouched(db, columns, before)
        return done

    def test_the_plan_shows_rows_and_what_becomes_of_them(self):
        db = self.login(self.fixture("hosted"), "app_owner")
        done = db.run("db", "migrate", "--dry-run")
        self.assert_exit(done, 0, "0003_adopt", "size: ", "as app_owner", "nothing was written")
        lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
        self.assertIn("adopt public.profiles 7 row-level security stays forced", lines)
        self.assertIn("widen constraint log_states the state held is added", lines)
        self.assertTrue(any(line.startswith("drop public.sync_openrouter_models(jsonb) ") for line in lines))
        self.assertTrue(any("further columns stay: notes, featured" in line for line in lines))
        self.assertIn("keep trigger a_touch on public.model_access", lines)
        self.assertEqual(db.value("SELECT to_regnamespace('modelsync') IS NULL"), "t")

    def test_a_stranger_gets_every_statement_that_helps(self):
        db = self.fixture("hosted")
        done = self.refused(db, "stranger", "may not create a schema", "cannot change", "app_owner owns it")
        for _ in range(3):
            for statement in self.statements(done):
                db.psql(statement)
            done = self.login(db, "stranger").run("db", "migrate", "--yes")
            if done.returncode == 0:
                break
        self.assert_exit(done, 0, "the schema is current")
        db.psql("REVOKE app_owner FROM stranger; ALTER ROLE stranger NOBYPASSRLS")

    def test_forced_row_level_security(self):
        db = self.fixture("hosted")
        self.cluster.admin.psql("ALTER ROLE app_owner NOBYPASSRLS")
        try:
            done = self.refused(db, "app_owner", "without BYPASSRLS", "public.model_access")
            self.assertEqual(self.statements(done), ["ALTER ROLE app_owner BYPASSRLS;"])
            self.assertIn("a superuser", done.stderr)
            # the same role needs nothing where row-level security is not forced
            self.assert_exit(self.login(self.fixture("plain"), "app_owner").run("db", "migrate"), 0)
        finally:
            self.cluster.admin.psql("ALTER ROLE app_owner BYPASSRLS")

    def test_columns(self):
        db = self.fixture("plain")
        db.psql(
            "ALTER TABLE model_access DROP COLUMN web_search_price, ADD COLUMN pricing text,"
            " ADD COLUMN vendor_code text NOT NULL DEFAULT 'x', DROP CONSTRAINT model_access_model_id_key;"
            "ALTER TABLE model_access ALTER vendor_code DROP DEFAULT"
        )
        done = self.refused(db, "app_owner")
        self.assertEqual(self.statements(done), [
            "ALTER TABLE public.model_access ADD COLUMN web_search_price varchar(32);",
            "ALTER TABLE public.model_access RENAME COLUMN pricing TO pricing_old;",
            "ALTER TABLE public.model_access ALTER COLUMN vendor_code DROP NOT NULL;",
            "ALTER TABLE public.model_access ADD UNIQUE (model_id);",
        ])
        for statement in self.statements(done):
            self.login(db, "app_owner").psql(statement)
        self.assert_exit(self.login(db, "app_owner").run("db", "migrate"), 0)

    def test_readers_hardly_wait_while_another_one_keeps_the_table(self):
        db = self.fixture("plain")
        waits = []
        with subprocess.Popen(
            db.psql_command("-c", "BEGIN; SELECT count(*) FROM model_access; SELECT pg_sleep(2.5)"),
            env=db.environment(), stdout=subprocess.DEVNULL,
        ) as keeper:
            wait_until(lambda: db.value(
                "SELECT count(*) FROM pg_locks WHERE relation = 'public.model_access'::regclass AND granted"
                " AND pid <> pg_backend_pid()") == "1")
            done = []
            thread = threading.Thread(target=lambda: done.append(self.login(db, "app_owner").run("db", "migrate")))
            thread.start()
            while thread.is_alive():
                started = time.monotonic()
                db.value("SELECT count(*) FROM model_access")
                waits.append(time.monotonic() - started)
            thread.join()
            keeper.wait()
        self.assert_exit(done[0], 0, "the schema is current")
        self.assertLess(max(waits), 1.0)


del Adopted
