# SPDX-License-Identifier: MIT
"""Syncs that ask upstream only for what has changed."""
import unittest

from sync_case import SyncTestCase
from upstream_stub import Answer, catalogue, models

V1, V2 = 'W/"v1"', '"v2"'


class ConditionTest(SyncTestCase):
    NOW = {"SYNC_COOLDOWN_MINUTES": 0}

    def setUp(self):
        super().setUp()
        self.entries = models(30)
        self.serve(Answer(body=catalogue(self.entries), etag=V1))
        self.assertEqual(self.sync(**self.NOW).code, 0)

    def again(self, *arguments, **settings):
        result = self.sync(*arguments, **dict(self.NOW, **settings))
        self.assertEqual(result.code, 0, result)
        return result

    def conditions(self, number):
        """If-None-Match of the latest requests, the newest last."""
        return [headers.get("If-None-Match") for _, headers in self.upstream.requests[-number:]]

    def test_not_modified(self):
        before = self.models_as_stored()
        result = self.again()
        self.assertEqual(self.conditions(2), [None, V1])
        self.assertEqual((result["state"], result["not_modified"], result["bytes"]), ("completed", True, 0))
        self.assertEqual((result["counts"]["total"], result["counts"]["unchanged"]), (30, 30))
        self.assertTrue(result["message"].startswith("not modified: "), result["message"])
        self.assertEqual(self.models_as_stored(), before)
        row = self.last_run()
        self.assertEqual((row["state"], row["bytes"], row["counts"]), ("completed", 0, result["counts"]))
        self.assertEqual(row["message"], result["message"])
        self.again()
        self.assertEqual(self.conditions(1), [V1], "the tag stays known")

    def test_in_words(self):
        done = self.db.run("sync", "--force", env=self.environment())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("not modified", done.stdout)
        done = self.db.run("sync", env=self.environment(**self.NOW))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"fetch \d+ ms \(upstream: not modified\)")

    def test_modified(self):
        self.entries[0]["context_length"] = 9000
        self.serve(Answer(body=catalogue(self.entries), etag=V2))
        result = self.again()
        self.assertEqual((result["not_modified"], result["counts"]["updated"]), (False, 1))
        self.again()
        self.assertEqual(self.conditions(2), [V1, V2])

    def test_new_tag_of_the_same_answer(self):
        self.serve(Answer(body=catalogue(self.entries), etag=V2))
        result = self.again()
        self.assertEqual((result["not_modified"], result["counts"]["updated"]), (False, 0))
        self.again()
        self.assertEqual(self.conditions(2), [V1, V2])

    def test_tag_that_went_away(self):
        self.serve(catalogue(self.entries))
        self.again()
        self.again()
        self.assertEqual(self.conditions(2), [V1, None])

    def test_force_takes_everything(self):
        result = self.again("--force")
        self.assertEqual((self.conditions(1), result["not_modified"]), ([None], False))
        self.assertGreater(result["bytes"], 0)

    def test_dry_run_takes_everything(self):
        self.assertEqual(self.again("--dry-run")["state"], "preview")
        self.assertEqual(self.conditions(1), [None])

    def test_another_list_of_the_same_host(self):
        for settings in ({"UPSTREAM_OUTPUT_MODALITIES": "all"}, {"UPSTREAM_PAGE_SIZE": 500}):
            self.again(**settings)
            self.assertEqual(self.conditions(1), [None], settings)

    def test_touched_here_since(self):
        """What somebody wrote behind upstream's back is put right, as without a tag."""
        self.db.psql("UPDATE model_access SET context_length = 1 WHERE model_id = 'vendor/model-003'")
        result = self.again()
        self.assertEqual((self.conditions(1), result["counts"]["updated"]), ([None], 1))
        self.assertEqual(self.row("vendor/model-003")["context_length"], 8192)

    def test_touched_here_while_asking(self):
        self.serve(Answer(body=catalogue(self.entries), etag=V1, delay=1.0))
        process = self.start_sync(**self.NOW)
        self.wait_for_request(2)
        self.db.psql("UPDATE model_access SET context_length = 1 WHERE model_id = 'vendor/model-003'")
        result = self.finish(process)
        self.assertEqual((result.code, result["state"]), (0, "completed"), result)
        self.assertEqual(self.conditions(2), [V1, None], "asked for everything after all")
        self.assertEqual((result["not_modified"], result["counts"]["updated"]), (False, 1))
        self.assertEqual(self.row("vendor/model-003")["context_length"], 8192)

    def test_decisions_do_not_matter(self):
        self.decide("vendor/model-003", status="active", is_pro=True)
        result = self.again()
        self.assertTrue(result["not_modified"], result)
        self.assertEqual(self.row("vendor/model-003")["status"], "active")

    def test_open_hold(self):
        """A held catalogue waits for a decision; its tag is not that of what is in force."""
        self.serve(Answer(body=catalogue([]), etag=V2))
        self.assertEqual(self.sync(**self.NOW).code, 5)
        self.assertEqual(self.sync(**self.NOW).code, 5)
        self.assertEqual(self.conditions(2), [V1, None])
        self.serve(Answer(body=catalogue(self.entries), etag=V1))
        self.assertFalse(self.again()["not_modified"])
        self.assertTrue(self.again()["not_modified"])

    def test_unasked(self):
        self.again("--force")
        before = self.models_as_stored()
        self.serve(Answer(304, content_type=None, no_length=True))
        result = self.sync("--force", **self.NOW)
        self.assertEqual((result.code, result["category"]), (1, "http"), result)
        self.assertIn("HTTP 304", self.last_run()["message"])
        self.assertEqual(self.models_as_stored(), before)

    def test_contradiction(self):
        self.serve(Answer(304, content_type=None, no_length=True, headers={"ETag": V2}),
                   Answer(body=catalogue(self.entries), etag=V2))
        result = self.again()
        self.assertEqual((self.conditions(2), result["not_modified"]), ([V1, None], False))

    def test_pages_have_no_tag(self):
        self.serve(Answer(body=catalogue(self.entries[:20], 30, "/api/v1/models?offset=20"), etag='"p1"'),
                   Answer(body=catalogue(self.entries[20:], 30), etag='"p2"'))
        self.again()
        self.assertEqual(self.conditions(2), [V1, None])
        self.serve(Answer(body=catalogue(self.entries), etag=V1))
        self.again()
        self.assertEqual(self.conditions(1), [None])

    def test_unusable_tags(self):
        for tag in ("v3", '"' + "x" * 60000 + '"', '"a", "b"', '"caf\u00e9"', ""):
            self.serve(Answer(body=catalogue(self.entries), headers={"ETag": tag}))
            self.again("--force")
            self.again()
            self.assertEqual(self.conditions(1), [None], tag[:20])

    def test_grace_goes_on(self):
        """A run that learns of no change is a run: what is missing comes closer to being inactive."""
        self.serve(Answer(body=catalogue(self.entries[1:]), etag=V2))
        for status in ("new", "new", "inactive"):
            self.again(SYNC_MISSING_GRACE=3)
            self.assertEqual(self.statuses()["vendor/model-000"], status)
        self.assertEqual(self.conditions(3), [V1, V2, V2])


if __name__ == "__main__":
    unittest.main()
