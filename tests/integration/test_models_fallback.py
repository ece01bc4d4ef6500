# SPDX-License-Identifier: MIT
"""The phases of the migration: what the Models API shows while the database has nothing."""
import signal
import unittest

from models_case import SECRET, ModelsCase
from modelsync_test import Cluster, wait_until
from upstream_stub import Answer, catalogue, model

ALERTS = "SELECT count(*) FROM modelsync.alert WHERE kind = 'api_fallback'"


class FallbackTest(ModelsCase):
    def empty(self):
        self.db.psql("UPDATE public.model_access SET status = 'disabled'")

    def source(self):
        answer = self.get()
        return answer.headers["X-Models-Source"] if answer.status == 200 else answer.status

    def wait_source(self, source):
        wait_until(lambda: self.source() == source, 20, "the source " + str(source))

    def test_full_has_no_fallback(self):
        self.empty()
        self.serve_models(MODELS_API_LIST="a/b")
        self.assertEqual((self.source(), self.shown_to()), ("database", []))
        self.assertEqual(self.upstream.requests, [])

    def test_the_list(self):
        self.serve_models(MODELS_API_PHASE="parallel", MODELS_API_LIST="b/two, a/one:free")
        self.assertEqual(self.source(), "database")
        self.empty()
        self.wait_source("environment")
        for who in (None, "pro", "admin"):
            self.assertEqual(self.shown_to(who), ["b/two", "a/one:free"])
        self.assertEqual(self.get("/api/models/a/one:free").json["id"], "a/one:free")
        self.assertEqual(self.db.value(ALERTS), "0", "in this phase it is no alert")
        self.grant()
        self.wait_source("database")
        self.assertEqual(self.upstream.requests, [])

    def test_the_list_and_an_alert(self):
        self.empty()
        self.serve_models(MODELS_API_PHASE="database", MODELS_API_LIST="a/b")
        self.wait_source("environment")
        wait_until(lambda: self.db.value(ALERTS) == "1")
        done = self.db.run("alerts")
        self.assertIn("api_fallback", done.stdout)
        self.assertIn("no active models", done.stdout)
        self.db.psql("UPDATE public.model_access SET daily_limit = 7")
        self.grant()
        self.wait_source("database")
        self.assertEqual(self.db.value(ALERTS), "1", "once")

    def test_upstream_itself(self):
        self.empty()
        free = model("x/free", pricing={"prompt": "0", "completion": "0"})
        self.serve(catalogue([model("x/paid"), free, model("x/var", pricing={"prompt": "-1"})]))
        self.serve_models(MODELS_API_PHASE="parallel")
        self.wait_source("openrouter")
        self.assertEqual(self.shown_to(), ["x/free"])
        self.assertEqual(self.shown_to("free"), ["x/free"])
        self.assertEqual(sorted(self.shown_to("pro")), ["x/free", "x/paid", "x/var"])
        enhanced = self.get("/api/models?enhanced=true").json["models"][0]
        self.assertEqual(enhanced["pricing"]["completion"], "0")
        self.assertEqual(len(self.upstream.requests), 1)
        self.grant()
        self.wait_source("database")

    def test_upstream_fails_as_well(self):
        self.empty()
        self.serve(Answer(404))
        daemon = self.serve_models(MODELS_API_PHASE="parallel")
        daemon.wait_log("event=no_fallback")
        self.assertEqual((self.source(), self.shown_to()), ("database", []))

    def test_settings_that_change(self):
        self.empty()
        path = self.cluster.scratch.file("phase.conf")

        def write(phase):
            with open(path, "w", encoding="utf-8") as file:
                file.write('models_api = { phase = "%s"; list = "a/b"; };' % phase)

        write("full")
        daemon = self.serve_models(arguments=("--config", path))
        self.assertEqual(self.shown_to(), [])
        write("parallel")
        daemon.signal(signal.SIGHUP)
        self.wait_source("environment")
        write("full")
        daemon.signal(signal.SIGHUP)
        self.wait_source("database")
        self.assertEqual(self.shown_to(), [])


class AwayTest(ModelsCase):
    def setUp(self):
        type(self).cluster = Cluster()
        self.addCleanup(self.cluster.close)
        super().setUp()

    def test_the_database_is_away_from_the_start(self):
        self.cluster.control("stop")
        daemon = self.listen(wait=False, AUTH_SECRET=SECRET, MODELS_API_PHASE="database",
                             MODELS_API_LIST="a/b")
        daemon.wait_log("event=models_published source=environment", 30)
        self.assertEqual(self.shown_to(), ["a/b"])
        self.check_error(self.get(who="pro"), 503, "SERVICE_UNAVAILABLE")
        self.cluster.control("start", "--fast")
        wait_until(lambda: self.get().headers["X-Models-Source"] == "database", 60)
        self.assertEqual(len(self.shown_to("pro")), 9)
        wait_until(lambda: self.db.value(ALERTS) == "1")
        self.assertIn("could not be reached", self.db.value("SELECT message FROM modelsync.alert"
                                                            " WHERE kind = 'api_fallback'"))

    def test_a_list_that_is_there_is_not_replaced(self):
        daemon = self.serve_models(MODELS_API_PHASE="parallel", MODELS_API_LIST="a/b")
        before = self.shown_to()
        self.cluster.control("stop")
        daemon.wait_log("event=database_away", 30)
        self.assertEqual(self.shown_to(), before)
        self.assertEqual(self.get().headers["X-Models-Source"], "cache")


if __name__ == "__main__":
    unittest.main()
