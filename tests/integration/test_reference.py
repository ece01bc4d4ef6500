# SPDX-License-Identifier: MIT
"""The sample configuration and the manual, which are made from the program's tables."""
import os
import re
import unittest

from modelsync_test import TOP, Scratch, program


class ReferenceTest(unittest.TestCase):
    def setUp(self):
        self.scratch = Scratch()
        self.addCleanup(self.scratch.close)
        self.docs = os.path.join(os.path.dirname(program()), "docs")

    def read(self, *path):
        with open(os.path.join(*path), encoding="utf-8") as file:
            return file.read()

    def sample(self):
        return self.read(TOP, "modelsync-tui.conf")

    def settings(self, *arguments):
        """What `config show` says: {name: (value, origin)}."""
        done = self.scratch.run(program(), *arguments, "config", "show")
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = re.findall(r"^(\w+\.\w+) +(.*?) +(\S+)$", done.stdout, re.M)
        self.assertGreater(len(rows), 20)
        return {name: (value, origin) for name, value, origin in rows}

    def write(self, text):
        path = self.scratch.file("sample.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o600)
        return path

    def test_sample_is_what_the_table_says(self):
        done = self.scratch.run(os.path.join(self.docs, "reference"), "conf")
        self.assertEqual(done.stdout, self.sample(), "run: make update-conf")

    def test_sample_as_it_is_sets_nothing(self):
        found = self.settings("--config", self.write(self.sample()))
        self.assertEqual({origin for _, origin in found.values()}, {"default"})

    def test_sample_uncommented_sets_every_option_to_its_default(self):
        text = re.sub(r"^\t# (\w+ = )", r"\t\1", self.sample(), flags=re.M)
        path = self.write(text)
        found = self.settings("--config", path)
        defaults = self.settings()
        self.assertEqual(
            {name: value for name, (value, _) in found.items()},
            {name: value for name, (value, _) in defaults.items()},
        )
        for name, (_, origin) in found.items():
            self.assertTrue(origin.startswith(path + ":"), (name, origin))

    def test_sample_rule_uncommented_is_one(self):
        head, rules = self.sample().split("# rules = (")
        rules = "rules = (" + re.sub(r"(?m)^# ?", "", rules)
        done = self.scratch.run(
            program(), "--config", self.write(head + rules), "config", "show")
        self.assertRegex(done.stdout, r'rules "free models" .*is:free -is:alias => status active', done)

    def test_manual_has_every_option_and_command(self):
        manual = self.read(self.docs, "modelsync-tui.1").replace("\\-", "-")
        for name in self.settings():
            self.assertIn("\n.B %s\n" % name, manual)
        for key in ("name", "match", "status", "tiers", "allow_paid_free"):
            self.assertIn("\n.B rules: %s\n" % key, manual)
        for line in self.scratch.run(program(), "--help").stdout.splitlines():
            self.assertIn(line, manual)
        self.assertNotRegex(manual, r"(?m)^@", "a part was not filled in")
