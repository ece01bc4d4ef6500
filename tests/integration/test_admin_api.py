# SPDX-License-Identifier: MIT
"""The Admin API and the cron endpoint, as a front end meets them: real daemon, real database."""
import functools
import json
import os
import re
import subprocess
import unittest
import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

from http_case import HttpCase
from json_schema import problems
from models_case import SECRET, mint
from modelsync_test import TOP, wait_until
from socket_proxy import SocketProxy
from upstream_stub import Answer, catalogue, model, models

MODEL = "vendor/model-000"


@functools.lru_cache
def token(profile):
    return mint(str(profile))


class AdminCase(HttpCase):
    COUNT = 20

    def setUp(self):
        super().setUp()
        self.admin_id = self.profile("ann@example.org", account_type="admin")
        self.load_models(self.COUNT)
        self.serve(catalogue(models(self.COUNT)))
        self.daemon = self.listen(AUTH_SECRET=SECRET, HTTP_CRON_SECRET="cron and nobody else",
                                  SYNC_COOLDOWN_MINUTES=0)
        self.ids = [e["id"] for e in models(self.COUNT)]
        self.document = self.ask("GET", "/openapi.json").json

    def tearDown(self):
        if self.daemon.process.poll() is None:
            self.assertEqual(self.daemon.stop(), 0)

    def profile(self, email, account_type="user", tier="free", banned=False):
        return self.db.value(
            "INSERT INTO profiles (id, email, account_type, subscription_tier, is_banned) VALUES"
            " ('%s', '%s', '%s', '%s', %s) RETURNING id"
            % (uuid.uuid4(), email, account_type, tier, banned))

    def call(self, method, path, body=None, profile=None, **headers):
        answered = self.ask(method, path, body, {
            "Authorization": "Bearer " + token(profile or self.admin_id), **headers})
        self.check_documented(method, path.partition("?")[0], answered)
        return answered

    def check_documented(self, method, path, answered):
        """Every answer is what openapi.json says of its route and status."""
        template = max((t for t in self.document["paths"]
                        if re.fullmatch(re.sub(r"\{\w+\}", ".+", t), path)), key=len)
        answers = self.document["paths"][template][method.lower()]["responses"]
        answer = answers.get(str(answered.status), answers["default"])
        schema = answer["content"]["application/json"]["schema"]
        self.assertEqual(problems(self.document, schema, answered.json)[:3], [],
                         "%s %s: %d" % (method, template, answered.status))

    def good(self, method, path, body=None, status=200, **more):
        """What it answers."""
        answered = self.call(method, path, body, **more)
        self.assertEqual(answered.status, status, answered.text)
        return answered.json

    def bad(self, status, code, method, path, body=None, **more):
        return self.check_error(self.call(method, path, body, **more), status, code)

    def patch(self, body, status=200, path="/api/admin/models/" + MODEL):
        return self.good("PATCH", path, body, status)

    def cli(self, *arguments):
        """What the command line prints with --json."""
        done = self.db.run(*arguments, env=self.environment())
        return json.loads(done.stdout)

    def last_audit(self):
        return self.cli("audit", "--json", "--limit", "1")[0]

    def col(self, model_id, column):
        return self.db.value("SELECT %s FROM model_access WHERE model_id = '%s'" % (column, model_id))


class Rights(AdminCase):
    COUNT = 2

    def test_who_may(self):
        user = self.profile("ben@example.org")
        banned = self.profile("cid@example.org", account_type="admin", banned=True)
        paths = ["/api/admin/models", "/api/admin/models/" + MODEL, "/api/admin/sync-models",
                 "/api/admin/sync-logs", "/api/admin/sync-logs/1", "/api/admin/changes",
                 "/api/admin/changesets/1", "/api/admin/audit", "/api/admin/alerts"]
        for path in paths:
            self.check_error(self.ask("GET", path), 401, "UNAUTHORIZED")
            error = self.bad(403, "FORBIDDEN", "GET", path, profile=user)
            self.assertEqual((error["error"], error["message"]),
                             ("Insufficient privileges", "Admin access required"))
            self.assertEqual(self.call("GET", path, profile=banned).status, 403)
            self.assertEqual(self.call("GET", path, profile=uuid.uuid4()).status, 403)
            self.assertEqual(self.call("GET", path).status, 200, path)

    def test_by_subscription(self):
        tier = self.profile("dee@example.org", tier="admin")
        self.assertEqual(self.call("GET", "/api/admin/models", profile=tier).status, 200)

    def test_refused_writes_are_audited(self):
        user = self.profile("ben@example.org")
        self.bad(403, "FORBIDDEN", "PATCH", "/api/admin/models/" + MODEL, {"status": "active"},
                 profile=user)
        entry = self.last_audit()
        self.assertEqual((entry["outcome"], entry["origin"], entry["profile"]), ("refused", "http", user))
        self.assertEqual(entry["detail"]["request"], "PATCH /api/admin/models/" + MODEL)
        for i in range(20):
            self.call("PATCH", "/api/admin/models/x%d" % i, {"status": "active"}, profile=user)
        self.assertEqual(self.db.value("SELECT count(*) FROM modelsync.audit WHERE outcome = 'refused'"), "10")
        self.assertEqual(self.col(MODEL, "status"), "new")


class Lists(AdminCase):
    def test_models(self):
        got = self.good("GET", "/api/admin/models")
        self.assertEqual((got["success"], got["totalCount"], got["filteredCount"]), (True, 20, 20))
        self.assertEqual(got["items"], self.cli("models", "--json"))
        page = self.good("GET", "/api/admin/models?limit=3&offset=18&sort=-id")
        self.assertEqual([m["model_id"] for m in page["items"]], [self.ids[1], self.ids[0]])
        self.assertEqual(page["filteredCount"], 20)
        self.assertEqual(self.good("GET", "/api/admin/models?offset=99")["items"], [])

    def test_filters(self):
        self.patch({"status": "active", "is_pro": True})
        for query, count in (("status=active", 1), ("status=new", 19), ("tier=pro", 1),
                             ("tier=none", 19), ("tier=free", 0), ("status=active&tier=free", 0),
                             ("q=status:active", 1), ("q=" + quote("model-00 -003"), 9),
                             ("status=new&q=model-000", 0), ("status=&tier=&q=", 20)):
            got = self.good("GET", "/api/admin/models?" + query)
            self.assertEqual((got["filteredCount"], got["totalCount"]), (count, 20), query)
            self.assertEqual(len(got["items"]), count)
        order = self.good("GET", "/api/admin/models?limit=1&q=" + quote("sort:-id"))
        self.assertEqual(order["items"][0]["model_id"], self.ids[-1])

    def test_wrong_parameters(self):
        for path, name in (("models?status=on", "status"), ("models?status=act", "status"),
                           ("models?tier=gold", "tier"), ("models?limit=501", "limit"),
                           ("models?limit=0", "limit"), ("models?limit=x", "limit"),
                           ("models?offset=-1", "offset"), ("models?sort=colour", "sort"),
                           ("models?q=" + quote("(a"), "q"), ("models?q=colour:red", "q"),
                           ("sync-logs?status=done", "status"), ("sync-logs?since=soon", "since"),
                           ("sync-logs?cursor=x", "cursor"), ("changes?run=x", "run"),
                           ("audit?q=" + quote("in:x"), "q"), ("alerts?all=maybe", "all"),
                           ("models/%s?raw=2" % MODEL, "raw")):
            error = self.bad(400, "BAD_REQUEST", "GET", "/api/admin/" + path)
            self.assertEqual(error["details"][0]["path"], name, error)
        error = self.bad(400, "BAD_REQUEST", "GET", "/api/admin/models?q=" + quote("new colour:red"))
        self.assertEqual(error["details"][0]["at"], 4)
        self.bad(400, "BAD_REQUEST", "GET", "/api/admin/changes?type=painted")

    def test_one_model(self):
        self.patch({"status": "active", "reason": "wanted"})
        got = self.good("GET", "/api/admin/models/" + MODEL)
        self.assertEqual(got["model"], self.cli("show", MODEL, "--json"))
        raw = self.good("GET", "/api/admin/models/%s?raw=1" % MODEL)
        self.assertEqual(raw["model"], self.cli("show", MODEL, "--raw", "--json"))
        newest = got["history"][0]
        self.assertEqual((newest["field"], newest["new"], newest["reason"], newest["actor"]),
                         ("status", "active", "wanted", "modelsync (ann@example.org)"))
        self.bad(404, "NOT_FOUND", "GET", "/api/admin/models/vendor/none")

    def test_ids_as_they_come(self):
        names = ["~vendor/alias", "vendor/x:free", "vendor/a.b_c-1:thinking"]
        self.load(models(self.COUNT) + [model(name) for name in names])
        for name in names:
            for path in (quote(name, safe="/:~"), quote(name, safe="")):
                got = self.good("GET", "/api/admin/models/" + path)
                self.assertEqual(got["model"]["model_id"], name)
            done = self.patch({"is_pro": True}, path="/api/admin/models/" + quote(name, safe=""))
            self.assertEqual(done["results"][0]["model_id"], name)

    def test_a_list_follows_changes_at_once(self):
        def active():
            return self.good("GET", "/api/admin/models?status=active")["filteredCount"]

        self.assertEqual(active(), 0)
        self.patch({"status": "active"})
        self.assertEqual(active(), 1, "its own change")
        self.db.psql("UPDATE model_access SET status = 'active' WHERE model_id = '%s'" % self.ids[1])
        wait_until(lambda: active() == 2, message="a change of somebody else")

    def test_runs(self):
        for _ in range(3):
            self.good("POST", "/api/admin/sync-models")
        got = self.good("GET", "/api/admin/sync-logs?limit=2")
        history = self.cli("history", "--json")
        self.assertEqual(got["items"], history[:2])
        more = self.good("GET", "/api/admin/sync-logs?limit=2&cursor=" + got["nextCursor"])
        self.assertEqual(more["items"], history[2:])
        self.good("POST", "/api/admin/sync-models")
        again = self.good("GET", "/api/admin/sync-logs?limit=2&cursor=" + got["nextCursor"])
        self.assertEqual(again["items"], more["items"], "what is new moves no page")
        self.assertIsNone(self.good("GET", "/api/admin/sync-logs")["nextCursor"])
        self.assertEqual(self.good("GET", "/api/admin/sync-logs?status=failed")["items"], [])
        self.assertEqual(len(self.good("GET", "/api/admin/sync-logs?since=1h")["items"]), 5)

    def test_one_run(self):
        self.serve(catalogue([model("vendor/new")] + models(self.COUNT)))
        done = self.good("POST", "/api/admin/sync-models")["data"]
        got = self.good("GET", "/api/admin/sync-logs/" + done["syncLogId"])["syncLog"]
        self.assertEqual(got, self.good("GET", "/api/admin/sync-logs/%d" % done["run"])["syncLog"])
        run = self.cli("history", str(done["run"]), "--json")
        self.assertEqual({k: v for k, v in got.items() if k in run}, run)
        self.assertEqual([c["model_id"] for c in got["changes"]], ["vendor/new"])
        for name in ("999", "0", "x", str(uuid.uuid4())):
            self.bad(404, "NOT_FOUND", "GET", "/api/admin/sync-logs/" + name)

    def test_changes_and_changesets(self):
        first = self.patch({"status": "active"})["changeset"]
        second = self.patch({"is_pro": True, "is_enterprise": True})["changeset"]
        done = self.db.run("events", "--json", env=self.environment())
        events = [json.loads(line) for line in done.stdout.splitlines()][::-1]
        got = self.good("GET", "/api/admin/changes?limit=500")
        self.assertEqual(got["items"], events)
        page = self.good("GET", "/api/admin/changes?limit=1")
        self.assertEqual(page["items"], events[:1])
        page = self.good("GET", "/api/admin/changes?limit=1&cursor=" + page["nextCursor"])
        self.assertEqual(page["items"], events[1:2])
        of = self.good("GET", "/api/admin/changes?model=%s&type=tiers_changed" % quote(MODEL))
        self.assertEqual([e["changeset"] for e in of["items"]], [second])
        of = self.good("GET", "/api/admin/changes?changeset=%d" % first)
        self.assertEqual([e["type"] for e in of["items"]], ["status_changed"])
        one = self.good("GET", "/api/admin/changesets/%d" % second)["changeset"]
        self.assertEqual((one["kind"], one["fields"], len(one["changes"])), ("edit", 2, 2))
        self.assertEqual(one["profile"], self.admin_id)
        for name in ("999", "x", "-1"):
            self.bad(404, "NOT_FOUND", "GET", "/api/admin/changesets/" + name)

    def test_audit(self):
        self.patch({"status": "active", "reason": "wanted"})
        entries = self.cli("audit", "--json")
        got = self.good("GET", "/api/admin/audit")
        self.assertEqual(got["items"], entries)
        newest = got["items"][0]
        self.assertEqual((newest["action"], newest["profile"], newest["reason"], newest["origin"],
                          newest["source"]),
                         ("edit", self.admin_id, "wanted", "http", "127.0.0.1"))
        page = self.good("GET", "/api/admin/audit?limit=1")
        older = self.good("GET", "/api/admin/audit?limit=1&cursor=" + page["nextCursor"])
        self.assertEqual(page["items"] + older["items"], entries[:2])
        of = self.good("GET", "/api/admin/audit?limit=1&model=" + quote(MODEL))
        self.assertEqual(of["items"], entries[:1])
        of = self.good("GET", "/api/admin/audit?q=" + quote("status:active"))
        self.assertEqual(of["items"], entries)
        self.assertEqual(self.good("GET", "/api/admin/audit?q=nothing")["items"], [])

    def test_alerts(self):
        self.db.psql("INSERT INTO modelsync.alert (model_id, kind, message) VALUES"
                     " ('%s', 'price_jump', 'ten times'), ('%s', 'price_jump', 'ten times')"
                     % (self.ids[0], self.ids[1]))
        got = self.good("GET", "/api/admin/alerts")
        self.assertEqual(got["items"], self.cli("alerts", "--json"))
        newest = got["items"][0]
        done = self.good("POST", "/api/admin/alerts/acknowledge",
                         {"alerts": [newest["alert"]], "reason": "seen"})
        self.assertEqual(done, {"success": True, "acknowledged": 1})
        self.assertEqual(self.last_audit()["profile"], self.admin_id)
        self.assertEqual(len(self.good("GET", "/api/admin/alerts")["items"]), 1)
        self.assertEqual(len(self.good("GET", "/api/admin/alerts?all=1")["items"]), 2)
        self.assertEqual(self.good("GET", "/api/admin/alerts?model=none")["items"], [])
        self.bad(404, "NOT_FOUND", "POST", "/api/admin/alerts/acknowledge", {"alerts": [99]})
        for body in ({}, {"alerts": []}, {"alerts": ["1"]}, {"alerts": [1.5]}, {"alerts": 1}, [],
                     {"alerts": [1], "reason": 7}, {"alerts": [1], "colour": 1}):
            self.bad(400, "BAD_REQUEST", "POST", "/api/admin/alerts/acknowledge", body)


class Edits(AdminCase):
    def test_one(self):
        done = self.patch({"status": "active", "is_pro": True, "daily_limit": 10, "version": 1,
                           "reason": "wanted"})
        self.assertEqual(done["results"], [
            {"model_id": MODEL, "result": "applied", "version": 2, "success": True}])
        self.assertTrue(done["success"])
        self.assertNotIn("warnings", done)
        one = self.good("GET", "/api/admin/models/" + MODEL)["model"]
        self.assertEqual((one["status"], one["is_pro"], one["daily_limit"], one["changed_by"]),
                         ("active", True, 10, "modelsync (ann@example.org)"))
        again = self.patch({"status": "active"})
        self.assertEqual((again["success"], again["changeset"]), (True, None))
        self.assertEqual(self.patch({"daily_limit": None})["results"][0]["result"], "applied")

    def test_conflict(self):
        self.patch({"status": "active"})
        refused = self.patch({"status": "disabled", "version": 1}, 409)
        self.assertEqual((refused["code"], refused["success"]), ("CONFLICT", False))
        row = refused["results"][0]
        self.assertEqual((row["success"], row["version"], row["current"]["status"]),
                         (False, 2, "active"))
        self.assertEqual(self.col(MODEL, "status"), "active")
        self.patch({"status": "disabled", "version": row["version"]})

    def test_refused(self):
        for body, path in (({"colour": 1}, "colour"), ({"status": "on"}, "status"),
                           ({"status": None}, "status"), ({"is_free": "yes"}, "is_free"),
                           ({"daily_limit": -1}, "daily_limit"), ({"daily_limit": 1.5}, "daily_limit"),
                           ({"monthly_limit": 3000000000}, "monthly_limit"),
                           ({"is_pro": True, "version": "1"}, "version"),
                           ({"is_pro": True, "model_id": MODEL}, "model_id"),
                           ({"is_pro": True, "rule": "x"}, "rule"), ({"reason": 1}, "reason"),
                           ({}, ""), ({"reason": "x"}, ""), ([], ""), (7, "")):
            error = self.bad(400, "BAD_REQUEST", "PATCH", "/api/admin/models/" + MODEL, body)
            self.assertEqual(error["details"][0]["path"], path, error)
            self.assertIn(path, error["message"])
        self.bad(400, "BAD_REQUEST", "PATCH", "/api/admin/models/" + MODEL)
        for text in (b"", b"{", b'{"is_pro": true} x', b'{"reason": "\xff"}', b"nothing"):
            self.bad(400, "BAD_REQUEST", "PATCH", "/api/admin/models/" + MODEL, text,
                     **{"Content-Type": "application/json"})
        for text in (b'{"daily_limit": 1e400}', b'{"is_pro": true, "version": -1e400}'):
            error = self.bad(400, "BAD_REQUEST", "PATCH", "/api/admin/models/" + MODEL, text,
                             **{"Content-Type": "application/json"})
            self.assertIn("too large", error["message"])
        self.bad(415, "UNSUPPORTED_MEDIA_TYPE", "PATCH", "/api/admin/models/" + MODEL, b"{}")
        self.assertEqual(self.col(MODEL, "row_version"), "1")
        missing = self.patch({"is_pro": True}, 404, "/api/admin/models/vendor/none")
        self.assertEqual((missing["code"], missing["results"][0]["success"]), ("NOT_FOUND", False))

    def test_many(self):
        done = self.good("PATCH", "/api/admin/models", {"reason": "trial", "updates": [
            {"model_id": self.ids[0], "status": "active"}, {"model_id": self.ids[1], "is_pro": True}]})
        self.assertEqual([r["success"] for r in done["results"]], [True, True])
        self.assertEqual(self.good("GET", "/api/admin/changesets/%d" % done["changeset"])
                         ["changeset"]["models"], 2)
        some = self.good("PATCH", "/api/admin/models", {"updates": [
            {"model_id": self.ids[0], "status": "disabled", "version": 1},
            {"model_id": "vendor/none", "is_pro": True},
            {"model_id": self.ids[2], "is_pro": True, "version": 1}]}, 207)
        self.assertFalse(some["success"])
        self.assertEqual([(r["result"], r["success"], "error" in r) for r in some["results"]],
                         [("conflict", False, True), ("unknown", False, True), ("applied", True, False)])
        self.assertEqual((self.col(self.ids[0], "status"), self.col(self.ids[2], "is_pro")),
                         ("active", "t"))
        none = self.good("PATCH", "/api/admin/models", {"updates": [
            {"model_id": "vendor/none", "is_pro": True}]}, 400)
        self.assertEqual((none["code"], none["changeset"]), ("BAD_REQUEST", None))
        self.good("PATCH", "/api/admin/models", {"updates": [
            {"model_id": self.ids[0], "status": "disabled", "version": 1}]}, 409)

    def test_many_refused(self):
        for body, path in (({}, "updates"), ({"updates": []}, "updates"), ({"updates": {}}, "updates"),
                           ({"updates": [{"is_pro": True}]}, "model_id"),
                           ({"updates": [{"model_id": MODEL, "is_pro": True}, 7]}, ""),
                           ({"updates": [{"model_id": MODEL, "colour": 1}]}, "colour"),
                           ({"updates": [{"model_id": MODEL, "is_pro": True}], "limit": 1}, "limit")):
            error = self.bad(400, "BAD_REQUEST", "PATCH", "/api/admin/models", body)
            self.assertEqual(error["details"][0]["path"], path, error)
        error = self.bad(400, "BAD_REQUEST", "PATCH", "/api/admin/models", {"updates": [
            {"model_id": MODEL, "is_pro": True}, {"model_id": MODEL, "is_free": True}]})
        self.assertIn("updates[1].model_id", error["message"])
        self.assertEqual(self.col(MODEL, "row_version"), "1", "nothing of a wrong batch is written")

    def test_paid_models_become_free(self):
        done = self.patch({"is_free": True})
        self.assertEqual(done["warnings"], [
            {"code": "PAID_FREE", "message": "paid models that became free-tier", "models": [MODEL]}])
        error = self.bad(409, "PAID_FREE", "PATCH", "/api/admin/models", {
            "allow_paid_free": False, "updates": [{"model_id": self.ids[1], "is_free": True},
                                                  {"model_id": self.ids[2], "is_pro": True}]})
        self.assertEqual(error["details"]["models"], [self.ids[1]])
        self.assertEqual(self.col(self.ids[2], "is_pro"), "f")

    def test_undo(self):
        changeset = self.patch({"status": "active", "is_pro": True})["changeset"]
        undo = "/api/admin/changesets/%d/undo" % changeset
        dry = self.good("POST", undo + "?dry_run=1")
        self.assertEqual((dry["dryRun"], dry["changeset"], dry["reversed"]), (True, None, 2))
        self.assertEqual(self.col(MODEL, "status"), "active")
        self.patch({"status": "disabled"})
        some = self.good("POST", undo, {"reason": "mistake"}, 207)
        self.assertEqual((some["success"], some["reversed"], len(some["conflicts"])), (False, 1, 1))
        self.assertEqual((self.col(MODEL, "status"), self.col(MODEL, "is_pro")), ("disabled", "f"))
        self.assertEqual(self.last_audit()["reason"], "mistake")
        self.bad(409, "CONFLICT", "POST", undo)
        self.bad(404, "NOT_FOUND", "POST", "/api/admin/changesets/999/undo")
        self.bad(404, "NOT_FOUND", "POST", "/api/admin/changesets/x/undo")
        self.bad(400, "BAD_REQUEST", "POST", undo, {"colour": 1})
        first = self.good("PATCH", "/api/admin/models", {"updates": [
            {"model_id": self.ids[1], "is_pro": True}]})["changeset"]
        self.db.psql("UPDATE model_access SET is_pro = false WHERE model_id = '%s'" % self.ids[1])
        none = self.good("POST", "/api/admin/changesets/%d/undo" % first, status=409)
        self.assertEqual((none["code"], none["reversed"]), ("CONFLICT", 0))


    def test_at_the_same_time(self):
        """Of edits that are based on one version one is written, whoever comes first."""
        def edit(limit):
            return self.call("PATCH", "/api/admin/models/" + MODEL,
                             {"daily_limit": limit, "version": 1}).status

        token(self.admin_id)
        with ThreadPoolExecutor(8) as pool:
            statuses = sorted(pool.map(edit, range(8)))
        self.assertEqual(statuses, [200] + [409] * 7)
        self.assertEqual(self.col(MODEL, "row_version"), "2")


class ManyModels(AdminCase):
    COUNT = 1001

    def test_a_thousand(self):
        updates = [{"model_id": i, "status": "active", "is_pro": True, "version": 1} for i in self.ids]
        error = self.bad(400, "BAD_REQUEST", "PATCH", "/api/admin/models", {"updates": updates})
        self.assertEqual(error["details"][0]["path"], "updates")
        done = self.good("PATCH", "/api/admin/models", {"updates": updates[:1000]})
        self.assertEqual(sum(r["success"] for r in done["results"]), 1000)
        again = self.good("PATCH", "/api/admin/models", {"updates": [
            {"model_id": u["model_id"], "status": "disabled", "version": 1} for u in updates[1:]]}, 207)
        self.assertEqual([r["result"] for r in again["results"]], ["conflict"] * 999 + ["applied"])
        undone = self.good("POST", "/api/admin/changesets/%d/undo" % done["changeset"])
        self.assertEqual((undone["reversed"], undone["conflicts"]), (2000, []))


class Syncs(AdminCase):
    def test_sync(self):
        self.serve(catalogue([model("vendor/new")] + models(self.COUNT - 1)))
        done = self.good("POST", "/api/admin/sync-models", {})
        data = done["data"]
        self.assertEqual(set(data), {
            "syncLogId", "run", "state", "totalProcessed", "modelsAdded", "modelsUpdated",
            "modelsMarkedInactive", "modelsReactivated", "durationMs", "changeset", "triggeredBy",
            "triggeredAt"})
        self.assertEqual((done["success"], data["totalProcessed"], data["modelsAdded"],
                          data["modelsMarkedInactive"], data["triggeredBy"]),
                         (True, self.COUNT, 1, 1, self.admin_id))
        self.assertRegex(data["triggeredAt"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertGreater(data["durationMs"], 0)
        self.assertEqual(done["previousSync"]["run"], 1)
        self.assertIn("1 added", done["message"])
        run = self.cli("history", "--json")[0]
        self.assertEqual((run["sync_log_id"], run["profile"], run["origin"], run["trigger"]),
                         (data["syncLogId"], self.admin_id, "http", "manual"))
        self.daemon.wait_log("event=run_completed run=%d .* added=1 " % data["run"])
        self.bad(400, "BAD_REQUEST", "POST", "/api/admin/sync-models", {"force": True})
        self.bad(400, "BAD_REQUEST", "POST", "/api/admin/sync-models?async=maybe")

    def test_failure(self):
        self.serve(Answer(403, b"no"))
        failed = self.good("POST", "/api/admin/sync-models", status=500)
        self.assertEqual((failed["success"], failed["code"], failed["data"]["state"],
                          failed["data"]["modelsAdded"]), (False, "SYNC_FAILED", "failed", 0))
        self.assertIn("403", failed["message"])
        self.daemon.wait_log("event=run_failed run=%d .*category=auth" % failed["data"]["run"])
        run = self.cli("history", "--json")[0]
        self.assertEqual((failed["data"]["run"], failed["data"]["syncLogId"], failed["data"]["durationMs"]),
                         (run["run"], run["sync_log_id"], run["duration_ms"]))
        self.assertEqual(failed["previousSync"]["run"], 1)
        self.assertEqual(self.good("GET", "/api/admin/sync-models")["lastError"]["run"],
                         failed["data"]["run"])

    def test_state(self):
        got = self.good("GET", "/api/admin/sync-models")
        self.assertEqual((got["isRunning"], got["running"], got["openHold"]), (False, None, None))
        self.assertEqual(got["lastSync"], self.cli("history", "--json")[0])
        self.assertEqual(got["lastCompletedSync"]["run"], 1)
        self.assertEqual((got["statistics"]["days"], got["statistics"]["completed"]), (7, 1))
        self.assertEqual(got["cooldown"], {"active": False, "retryAfter": 0})
        self.assertEqual(got["models"]["total"], self.COUNT)

    def test_another_runs(self):
        self.serve(Answer(body=catalogue(models(self.COUNT)), delay=60))
        begun = self.good("POST", "/api/admin/sync-models?async=1", status=202)
        run = begun["data"]["run"]
        state = self.good("GET", "/api/admin/sync-models")
        self.assertEqual((state["isRunning"], state["running"]["run"]), (True, run))
        for path in ("/api/admin/sync-models", "/api/admin/sync-models?async=1"):
            error = self.bad(409, "CONFLICT", "POST", path)
            self.assertIn("run %d" % run, error["message"])
        cron = self.ask("POST", "/api/cron/sync-models",
                        headers={"Authorization": "Bearer cron and nobody else"})
        self.check_error(cron, 409, "CONFLICT")
        self.db.psql("SELECT modelsync.sync_cancel(%d, '{}')" % run)
        ended = self.poll(begun)
        self.assertEqual((ended["state"], ended["category"]), ("failed", "cancelled"))

    def poll(self, begun):
        """The run once it has ended."""
        def ended():
            run = self.good("GET", begun["data"]["poll"])["syncLog"]
            return run if run["state"] != "running" else None

        return wait_until(ended, 30, "the end of the run")

    def test_async(self):
        self.serve(catalogue([model("vendor/new")] + models(self.COUNT)))
        answered = self.call("POST", "/api/admin/sync-models?async=1")
        self.assertEqual(answered.status, 202, answered.text)
        begun = answered.json
        self.assertEqual(answered.headers["Location"], begun["data"]["poll"])
        ended = self.poll(begun)
        self.assertEqual((ended["state"], ended["counts"]["added"], ended["sync_log_id"]),
                         ("completed", 1, begun["data"]["syncLogId"]))
        self.assertEqual(ended["profile"], self.admin_id)

    def test_stop_interrupts(self):
        self.serve(Answer(body=catalogue(models(self.COUNT)), delay=60))
        begun = self.good("POST", "/api/admin/sync-models?async=1", status=202)
        self.assertEqual(self.daemon.stop(), 0)
        run = self.cli("history", str(begun["data"]["run"]), "--json")
        self.assertEqual((run["state"], run["category"]), ("failed", "interrupted"))

    def test_stop_answers(self):
        """Whoever waits for a sync hears what became of it."""
        self.serve(Answer(body=catalogue(models(self.COUNT)), delay=60))
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(self.call, "POST", "/api/admin/sync-models")
            wait_until(lambda: self.good("GET", "/api/admin/sync-models")["isRunning"], 20)
            self.assertEqual(self.daemon.stop(), 0)
            answered = waiting.result()
        self.assertEqual((answered.status, answered.json["code"]), (500, "SYNC_FAILED"), answered.text)
        run = self.cli("history", str(answered.json["data"]["run"]), "--json")
        self.assertEqual((run["state"], run["category"]), ("failed", "interrupted"))

    def test_cron(self):
        path, good = "/api/cron/sync-models", {"Authorization": "Bearer cron and nobody else"}
        for headers in ({}, {"Authorization": "Bearer cron"}, {"Authorization": "Bearer "},
                        {"Authorization": "cron and nobody else"},
                        {"Authorization": "Bearer cron and nobody else!"},
                        {"Authorization": "Bearer " + token(self.admin_id)}):
            for method in ("GET", "POST"):
                self.check_error(self.ask(method, path, headers=headers), 401, "UNAUTHORIZED")
        runs = len(self.runs())
        head = self.ask("HEAD", path, headers=good)
        self.assertEqual((head.status, head.headers["Allow"]), (405, "GET, POST, OPTIONS"))
        self.assertEqual(len(self.runs()), runs, "a HEAD begins nothing")
        for method in ("POST", "GET"):
            done = self.ask(method, path, headers=good)
            self.assertEqual((done.status, done.json["data"]["triggeredBy"]), (200, "cron"), done.text)
        run = self.cli("history", "--json")[0]
        self.assertEqual((run["trigger"], run["origin"], run["profile"]), ("scheduled", "http", None))

    def test_held(self):
        self.serve(catalogue(models(3)), catalogue(models(4)))
        held = self.good("POST", "/api/admin/sync-models", status=409)
        self.assertEqual((held["success"], held["code"], held["data"]["state"],
                          held["data"]["modelsMarkedInactive"]), (False, "HELD", "held", 0))
        log = "/api/admin/sync-logs/%d" % held["data"]["run"]
        self.assertEqual(self.good("GET", "/api/admin/sync-models")["openHold"]["hold"],
                         held["data"]["hold"])
        self.assertEqual(self.good("GET", log)["syncLog"]["hold_state"], "open")
        dry = self.good("POST", log + "/apply?dry_run=1")
        self.assertEqual(dry["report"]["counts"]["marked_inactive"], 17)
        again = self.good("POST", "/api/admin/sync-models", status=409)
        self.bad(409, "CONFLICT", "POST", log + "/apply", {})
        log = "/api/admin/sync-logs/" + again["data"]["syncLogId"]
        self.bad(400, "BAD_REQUEST", "POST", log + "/apply", {"colour": 1})
        done = self.good("POST", log + "/apply", {})
        self.assertEqual((done["success"], done["data"]["modelsMarkedInactive"],
                          done["previousSync"]["state"]), (True, 16, "held"))
        self.assertEqual(self.last_audit()["profile"], self.admin_id)
        self.bad(409, "CONFLICT", "POST", log + "/apply")
        self.bad(409, "CONFLICT", "POST", log + "/discard")
        self.bad(409, "CONFLICT", "POST", "/api/admin/sync-logs/1/apply")
        self.bad(404, "NOT_FOUND", "POST", "/api/admin/sync-logs/99/discard")

    def test_discarded(self):
        self.serve(catalogue(models(3)))
        held = self.good("POST", "/api/admin/sync-models", status=409)["data"]
        done = self.good("POST", "/api/admin/sync-logs/%d/discard" % held["run"], {})
        self.assertEqual(done, {"success": True, "hold": held["hold"], "state": "discarded"})
        self.assertIsNone(self.good("GET", "/api/admin/sync-models")["openHold"])


class Cooldown(AdminCase):
    def test_cooldown(self):
        self.daemon.stop()
        self.daemon = self.listen(AUTH_SECRET=SECRET, SYNC_COOLDOWN_MINUTES=5)
        self.good("POST", "/api/admin/sync-models")
        refused = self.call("POST", "/api/admin/sync-models")
        self.assertEqual((refused.status, refused.json["code"]), (429, "TOO_MANY_REQUESTS"))
        self.assertEqual(refused.headers["Retry-After"], str(refused.json["retryAfter"]))
        self.assertTrue(200 < refused.json["retryAfter"] <= 300)
        again = self.call("POST", "/api/admin/sync-models?async=1")
        self.assertEqual(again.status, 429)
        self.assertTrue(self.good("GET", "/api/admin/sync-models")["cooldown"]["active"])
        entry = self.last_audit()
        self.assertEqual((entry["outcome"], entry["profile"]), ("refused", self.admin_id))
        off = self.ask("GET", "/api/cron/sync-models", headers={"Authorization": "Bearer "})
        self.assertIn("http.cron_secret is not set", self.check_error(off, 401, "UNAUTHORIZED")["message"])


class Service(AdminCase):
    """The daemon's login has no rights of its own over models: those of the caller's profile count."""

    def setUp(self):
        super().setUp()
        done = self.db.run("db", "grant", "web", "service", "--create")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.db.psql("ALTER ROLE web PASSWORD 'x'")
        self.daemon.stop()
        self.daemon = self.listen(AUTH_SECRET=SECRET, SYNC_COOLDOWN_MINUTES=0,
                                  HTTP_CRON_SECRET="cron and nobody else",
                                  DATABASE_CONNINFO=self.db.conninfo + " user=web password=x")

    def test_all_of_it(self):
        changeset = self.patch({"status": "active", "version": 1})["changeset"]
        self.good("POST", "/api/admin/changesets/%d/undo" % changeset)
        self.good("POST", "/api/admin/sync-models")
        self.serve(catalogue(models(3)))
        held = self.good("POST", "/api/admin/sync-models", status=409)["data"]["run"]
        self.good("POST", "/api/admin/sync-logs/%d/apply?dry_run=1" % held)
        self.good("POST", "/api/admin/sync-logs/%d/apply" % held)
        for path in ("models", "models/" + MODEL, "sync-models", "sync-logs", "changes", "audit", "alerts"):
            self.good("GET", "/api/admin/" + path)
        entries = self.good("GET", "/api/admin/audit?limit=4")["items"]
        self.assertEqual({(e["session_user"], e["profile"], e["actor"]) for e in entries},
                         {("web", self.admin_id, "web (ann@example.org)")})
        cron = self.ask("POST", "/api/cron/sync-models",
                        headers={"Authorization": "Bearer cron and nobody else"})
        self.assertEqual(cron.status, 200, cron.text)

    def test_an_admin_who_is_none_any_more(self):
        """Whatever the daemon remembers of him, the database decides."""
        self.patch({"status": "active"})
        self.db.psql("UPDATE profiles SET account_type = 'user' WHERE id = '%s'" % self.admin_id)
        self.assertEqual(self.call("PATCH", "/api/admin/models/" + MODEL, {"is_pro": True}).status, 403)
        self.assertEqual(self.col(MODEL, "is_pro"), "f")
        self.assertEqual(self.last_audit()["outcome"], "refused")


class Away(AdminCase):
    def test_without_a_database(self):
        proxy = SocketProxy(self.cluster.scratch.file("away"), self.socket())
        self.addCleanup(proxy.close)
        self.daemon.stop()
        self.daemon = self.listen(AUTH_SECRET=SECRET, arguments=("--db", self.through(proxy)))
        self.assertEqual(self.good("GET", "/api/admin/models")["totalCount"], self.COUNT)
        proxy.close()
        self.daemon.wait_log("event=database_away", 30)
        for method, path, body in (("GET", "models", None), ("GET", "audit", None),
                                   ("PATCH", "models/" + MODEL, {"is_pro": True}),
                                   ("POST", "sync-models", None), ("POST", "sync-models?async=1", None)):
            self.bad(503, "SERVICE_UNAVAILABLE", method, "/api/admin/" + path, body)


class Documented(AdminCase):
    """The examples of docs/http-api.md, run as they stand there."""

    def test_examples(self):
        with open(os.path.join(TOP, "docs", "http-api.md"), encoding="utf-8") as file:
            text = file.read()
        text = text[text.index("\n## Admin API\n"):]
        script = "".join(re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S))
        self.assertGreater(script.count("curl"), 1)
        env = dict(os.environ, API="http://127.0.0.1:%d" % self.port, TOKEN=token(self.admin_id),
                   CRON_SECRET="cron and nobody else")
        done = subprocess.run(["bash", "-eu", "-o", "pipefail", "-c", script], env=env, timeout=120,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertNotIn("null", done.stdout.splitlines(), done.stdout)
        self.assertIn("Sync completed: ", done.stdout)


if __name__ == "__main__":
    unittest.main()
