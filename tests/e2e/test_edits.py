# SPDX-License-Identifier: MIT
"""Staged edits while the world goes on: other people, the database."""
import re
import subprocess
import unittest

from console_case import ConsoleTestCase
from modelsync_test import wait_until


class EditsTest(ConsoleTestCase):
    def stage(self, term, key="P"):
        term.wait_for("5 models")
        term.wait_for("acme/alpha")
        term.send(key)
        term.wait_for("1 pending")

    def changesets(self):
        return self.db.value("SELECT count(*) FROM modelsync.changeset WHERE kind = 'edit'")

    def test_two_consoles_edit_the_same_row(self):
        one, two = self.console(), self.console()
        self.stage(one)
        self.stage(two, "E")
        one.send("w", "y")
        one.wait_for("1 row written")
        two.wait_for("1 staged row was changed meanwhile")
        two.wait_for("1 in conflict")
        two.send("w")
        two.wait_for("changed since")
        two.send("Escape", "X", "y")
        two.wait_gone("pending")
        self.assertEqual(self.decision("acme/alpha"), "new p")
        self.assertEqual(self.changesets(), "1")

    def test_database_restarts_in_the_middle_of_a_review(self):
        term = self.console()
        self.stage(term)
        term.send("w")
        term.wait_for("Review")
        self.cluster.control("stop")
        try:
            term.wait_for("NOT CONNECTED")
            term.send("y")
            term.wait_for(re.compile("not connected|NOT CONNECTED"))
            self.assertIn("1 pending", term.screen())
        finally:
            self.cluster.control("start", "--fast")
        term.wait_gone("NOT CONNECTED", timeout=20)
        if "Review" not in term.screen():
            term.send("w")
            term.wait_for("Review")
        term.send("y")
        term.wait_for("1 row written")
        self.assertEqual(self.decision("acme/alpha"), "new p")
        self.assertEqual(self.changesets(), "1")

    def test_a_write_that_waits_is_cancelled(self):
        term = self.console()
        self.stage(term)
        blocker = subprocess.Popen(
            self.db.psql_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            blocker.stdin.write("BEGIN; LOCK public.model_access; SELECT 'locked';\n")
            blocker.stdin.flush()
            while "locked" not in blocker.stdout.readline():
                pass
            term.send("w", "y")
            term.wait_for("writing 1 row")
            term.wait_for("1 s")
            term.send("C-c")
            term.wait_for("nothing was written, the edits stay staged")
        finally:
            blocker.stdin.close()
            blocker.wait()
            blocker.stdout.close()
        self.assertEqual(self.changesets(), "0")
        term.send("w", "y")
        term.wait_for("1 row written")
        wait_until(lambda: self.changesets() == "1", message="the changeset")


if __name__ == "__main__":
    unittest.main()
