# SPDX-License-Identifier: MIT
"""What of the engine takes more than one session to see: claims that race, writers that meet while a
catalogue is applied, and notifications."""
import json
import re
import unittest

from modelsync_test import ClusterTestCase, Session, wait_until

CLAIM = """SELECT modelsync.sync_begin('{"trigger": "scheduled", "owner": "test"}');"""
CONTEXT = """'{"origin": "cli", "os_user": "admin"}'"""
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


def entry(number, **more):
    name = "vendor/m%d" % number
    return {"id": name, "name": name, "context_length": 8000,
            "pricing": {"prompt": "0.1", "completion": "0.2"}, **more}


def apply_sql(claim, entries):
    return "SELECT modelsync.sync_apply(%d, %d, ARRAY[$e$%s$e$::jsonb], '{}', NULL);" % (
        claim["run"], claim["fence"], json.dumps({"data": entries}))


class EngineTest(ClusterTestCase):
    def setUp(self):
        self.db = self.database()

    def session(self):
        session = Session(self.db)
        self.addCleanup(session.close)
        return session

    def sync(self, session, entries):
        return session.json(apply_sql(session.json(CLAIM), entries))

    def wait_for_lock(self):
        wait_until(lambda: int(self.db.value(WAITING)) > 0, message="a session that waits for a lock")

    def test_of_claims_that_race_one_wins(self):
        sessions = [self.session() for _ in range(6)]
        for session in sessions:
            session.send(CLAIM)
        replies = [json.loads(session.answer()) for session in sessions]
        self.assertEqual(sum(reply["ok"] for reply in replies), 1)
        self.assertEqual({r["code"] for r in replies if not r["ok"]}, {"busy"})
        self.assertEqual(self.db.value("SELECT count(*) FROM public.model_sync_log"), "1")

    def test_a_claim_is_refused_while_an_apply_is_under_way(self):
        one, two = self.session(), self.session()
        claim = one.json(CLAIM)
        one.ask("UPDATE modelsync.lease SET expires_at = clock_timestamp() - interval '1 second';")
        one.ask("BEGIN;")
        self.assertEqual(one.json(apply_sql(claim, [entry(1)]))["state"], "completed")
        self.assertEqual(two.json(CLAIM)["code"], "busy")
        progress = "SELECT modelsync.sync_progress(%d, %d, 'apply', 1, 1, 1);" % (claim["run"], claim["fence"])
        self.assertEqual(two.ask(progress).strip(), "ok")
        one.ask("COMMIT;")
        self.assertTrue(two.json(CLAIM)["ok"])

    def test_a_write_that_comes_between_is_not_lost(self):
        one, two = self.session(), self.session()
        self.sync(one, [entry(n) for n in range(40)])
        claim = one.json(CLAIM)
        two.ask("BEGIN; UPDATE public.model_access SET status = 'active', context_length = 5"
                " WHERE model_id = 'vendor/m7';")
        one.send(apply_sql(claim, [entry(n) for n in range(40) if n != 7]))
        self.wait_for_lock()
        two.ask("COMMIT;")
        report = json.loads(one.answer())
        self.assertEqual(report["state"], "completed")
        self.assertEqual(report["alerts"][0]["kind"], "active_model_gone")
        self.assertEqual(
            self.db.rows("SELECT status, restore_status, context_length FROM modelsync.model m"
                         " WHERE model_id = 'vendor/m7'"),
            [{"status": "inactive", "restore_status": "active", "context_length": 5}])

    def test_an_edit_waits_and_is_a_conflict(self):
        one, two = self.session(), self.session()
        self.sync(one, [entry(n) for n in range(40)])
        claim = one.json(CLAIM)
        one.ask("BEGIN;")
        one.ask(apply_sql(claim, [entry(n, description="new") for n in range(40)]))
        two.send("""SELECT modelsync.edit_models('[{"model_id": "vendor/m3", "version": 1,
            "status": "active"}]', %s);""" % CONTEXT)
        self.wait_for_lock()
        one.ask("COMMIT;")
        result = json.loads(two.answer())["results"][0]
        self.assertEqual((result["result"], result["version"]), ("conflict", 2))

    def test_direct_writes_and_edits_meet_in_models_only(self):
        """What comes after a write in a transaction must not meet those who wait to be audited."""
        one, two = self.session(), self.session()
        self.sync(one, [entry(n) for n in range(40)])
        first = "UPDATE public.model_access SET is_pro = true WHERE model_id = 'vendor/m1';"
        second = first.replace("m1", "m2").replace("is_pro", "is_free")
        one.ask("BEGIN;" + first)
        two.ask("BEGIN;" + second)
        one.send("SELECT public.update_model_tier_access('vendor/m2', p_is_pro => true); COMMIT;")
        self.wait_for_lock()
        two.ask("COMMIT;")
        self.assertIn('"success": true', one.answer())
        self.assertEqual(
            self.db.rows("SELECT is_free, is_pro FROM public.model_access WHERE model_id = 'vendor/m2'"),
            [{"is_free": True, "is_pro": True}])
        self.assertEqual(self.db.value("SELECT count(*) FROM modelsync.audit WHERE action <> 'sync'"), "3")

    def test_edits_in_any_order_do_not_deadlock(self):
        sessions = [self.session() for _ in range(4)]
        self.sync(sessions[0], [entry(n) for n in range(200)])
        for number, session in enumerate(sessions):
            ids = list(range(200))[:: -1 if number % 2 else 1]
            edits = [{"model_id": "vendor/m%d" % n, "daily_limit": number + 1} for n in ids]
            session.send("SELECT modelsync.edit_models('%s', %s);" % (json.dumps(edits), CONTEXT))
        replies = [json.loads(session.answer()) for session in sessions]
        self.assertEqual([reply["applied"] for reply in replies], [200] * 4)
        self.assertEqual(
            self.db.value("SELECT count(*) FROM modelsync.audit WHERE hash = modelsync.audit_hash(audit)"
                          " AND previous = coalesce((SELECT b.hash FROM modelsync.audit b"
                          " WHERE b.audit_id = audit.audit_id - 1), '\\x')"),
            self.db.value("SELECT audit_id FROM modelsync.audit_head"))

    def test_undo_and_retirement_exclude_each_other(self):
        one, two = self.session(), self.session()
        self.sync(one, [entry(1)])
        for status in ("active", "disabled", "active"):
            one.json("SELECT modelsync.edit_models('[{\"model_id\": \"vendor/m1\", \"status\": \"%s\"}]', %s);"
                     % (status, CONTEXT))
        one.ask("UPDATE modelsync.changeset SET at = at - interval '2 days';")
        one.json("SELECT modelsync.change_settings('{\"keep_changes_days\": 1}', %s);" % CONTEXT)
        one.ask("BEGIN;")
        self.assertEqual(one.json("SELECT modelsync.retire(%s, false);" % CONTEXT)["changes"], 2)
        two.send("SELECT modelsync.undo(2, %s, false);" % CONTEXT)
        self.wait_for_lock()
        one.ask("COMMIT;")
        self.assertEqual(json.loads(two.answer())["code"], "retired")
        two.ask("BEGIN;")
        self.assertEqual(two.json("SELECT modelsync.undo(4, %s, false);" % CONTEXT)["reversed"], 1)
        one.send("SELECT modelsync.retire(%s, false);" % CONTEXT)
        self.wait_for_lock()
        two.ask("COMMIT;")
        self.assertTrue(json.loads(one.answer())["ok"])
        self.assertTrue(one.json("SELECT modelsync.audit_verify();")["ok"])

    def test_everything_is_announced(self):
        session = self.session()
        session.ask("LISTEN modelsync;")

        def payloads(sql):
            heard = re.findall(r'notification "modelsync" with payload "(.*?)" received', session.ask(sql))
            for text in heard:
                self.assertLess(len(text), 200)
            return [json.loads(text) for text in heard]

        self.assertEqual(payloads(CLAIM), [{"run": 1, "phase": "claim"}])
        self.assertEqual(payloads("SELECT modelsync.sync_progress(1, 1, 'fetch', 1, 2, 3);"),
                         [{"run": 1, "phase": "fetch"}])
        claim = {"run": 1, "fence": 1}
        self.assertEqual(payloads(apply_sql(claim, [entry(1)])),
                         [{"changeset": 1}, {"run": 1, "phase": "completed"}])
        self.assertEqual(payloads("""SELECT modelsync.edit_models('[{"model_id": "vendor/m1",
            "status": "active"}]', %s);""" % CONTEXT), [{"changeset": 2}])
        self.assertEqual(payloads("SELECT modelsync.undo(2, %s, false);" % CONTEXT), [{"changeset": 3}])
        self.assertEqual(payloads("UPDATE public.model_access SET is_free = true;"), [{"changeset": 4}])
        payloads(CLAIM)
        self.assertEqual(payloads(apply_sql({"run": 2, "fence": 2}, [])),
                         [{"run": 2, "phase": "held"}, {"hold": 1}])
        self.assertEqual(payloads("SELECT modelsync.hold_discard(1, %s);" % CONTEXT), [{"hold": 1}])
        user = "00000000-0000-0000-0000-000000000001"
        self.assertEqual(payloads("INSERT INTO public.profiles (id, email) VALUES ('%s', 'a@b');" % user), [])
        self.assertEqual(payloads("UPDATE public.profiles SET full_name = 'A B';"), [])
        self.assertEqual(payloads("UPDATE public.profiles SET is_banned = true;"), [{"profile": user}])
        self.assertEqual(payloads("UPDATE public.profiles SET subscription_tier = 'pro';"), [{"profile": user}])


if __name__ == "__main__":
    unittest.main()
