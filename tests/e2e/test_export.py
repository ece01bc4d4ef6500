# SPDX-License-Identifier: MIT
"""Rows in files and in the clipboard."""
import base64
import json
import os
import re
import unittest

from console_case import ConsoleTestCase
from modelsync_test import wait_until


class ExportTest(ConsoleTestCase):
    SIZE = (160, 24)

    def path(self, name):
        return self.db.cluster.scratch.file(self.id().rsplit(".", 1)[-1] + name)

    def export(self, term, form, path):
        term.send("x")
        term.wait_for("export ")
        term.send(form)
        term.wait_for("to file ")
        term.send("C-u")
        term.type(path)
        term.send("Enter")

    def read(self, path):
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()

    def command(self, *arguments):
        done = self.db.run(*arguments, env=self.environment())
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_what_the_console_writes_is_what_the_command_line_prints(self):
        term = self.console("acme/", "sort:id")
        term.wait_for("3 of 5")
        self.export(term, "c", self.path(".csv"))
        term.wait_for("3 rows written to " + self.path(".csv"))
        columns = self.read(self.path(".csv")).split("\r\n")[0]
        done = self.command("models", "acme/", "sort:id", "--format", "csv", "--columns", columns)
        self.assertEqual(self.read(self.path(".csv")).replace("\r\n", "\n"), done.replace("\r\n", "\n"))
        term.send("Space")
        term.wait_for("1 marked")
        self.export(term, "j", self.path(".json"))
        term.wait_for("1 row written")
        self.assertEqual(json.loads(self.read(self.path(".json"))),
                         json.loads(self.command("models", "acme/alpha", "--json")))

    def test_a_file_that_is_there_stays_unless_somebody_says_yes(self):
        with open(self.path(".csv"), "w", encoding="utf-8") as file:
            file.write("precious")
        term = self.console()
        term.wait_for("5 models")
        self.export(term, "c", self.path(".csv"))
        term.wait_for("exists. Replace it?")
        term.send("Escape")
        term.wait_gone("Replace it?")
        self.assertEqual(self.read(self.path(".csv")), "precious")
        self.export(term, "c", self.path(".csv"))
        term.wait_for("exists. Replace it?")
        term.send("y")
        term.wait_for("5 rows written")
        self.assertIn("acme/alpha", self.read(self.path(".csv")))
        self.export(term, "c", self.path("/no/such/directory.csv"))
        term.wait_for("not exported")
        self.assertFalse([name for name in os.listdir(self.db.cluster.scratch.path) if name.endswith(".part")])

    def test_changes_and_audit(self):
        term = self.console()
        term.wait_for("5 models")
        term.send("3")
        term.wait_for(re.compile("added +zeta/two"))
        self.export(term, "j", self.path("changes.json"))
        term.wait_for("5 rows written")
        rows = json.loads(self.read(self.path("changes.json")))
        lines = [json.loads(line) for line in self.command("events", "--json").splitlines()]
        for member in ("event_id", "type", "model_id", "changeset", "run", "at"):
            self.assertEqual(sorted(str(row[member])[:19] for row in rows),
                             sorted(str(line[member])[:19] for line in lines), member)
        term.send("4")
        term.wait_for("1 of 1")
        self.export(term, "j", self.path("audit.json"))
        term.wait_for("1 row written")
        self.assertEqual(json.loads(self.read(self.path("audit.json"))),
                         json.loads(self.command("audit", "--json")))

    def test_a_long_export_is_complete_though_the_console_is_left(self):
        term = self.console()
        term.wait_for("5 models")
        self.export(term, "j", self.path(".json"))
        term.send("q")
        self.assertEqual(term.wait_exit(), 0)
        self.assertEqual(len(json.loads(self.read(self.path(".json")))), 5)

    def test_copy_reaches_the_clipboard_of_the_terminal(self):
        term = self.console("acme/beta")
        term.wait_for("1 of 5")
        term.send("y", "i")
        term.wait_for("sent to the terminal's clipboard: acme/beta")
        wait_until(lambda: term.clipboard() == "acme/beta", message="the clipboard")

    def test_a_terminal_without_clipboard_shows_the_text(self):
        term = self.console("acme/beta", TERM="linux")
        term.wait_for("1 of 5")
        term.send("y", "i")
        term.wait_for("This terminal has no clipboard")
        term.send("Escape")
        term.wait_gone("no clipboard")


if __name__ == "__main__":
    unittest.main()
