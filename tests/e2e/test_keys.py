# SPDX-License-Identifier: MIT
"""The key file, as the console and --check-keys take it."""
import os
import re
import unittest

from console_case import ConsoleTestCase


class KeyFileTest(ConsoleTestCase):
    def write_keys(self, text):
        folder = self.environment()["XDG_CONFIG_HOME"] + "/modelsync-tui"
        os.makedirs(folder, exist_ok=True)
        self.path = folder + "/keys.conf"
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(text)
        self.addCleanup(os.unlink, self.path)

    def test_other_keys_work_and_are_shown(self):
        self.write_keys("filter = F3\nreview = ^W\n[Models]\ntier-pro = T\nquit = ^X\n")
        term = self.console()
        screen = term.wait_for("5 models")
        self.assertIn("F3 filter", screen)
        term.send("F3")
        term.type("alpha")
        term.wait_for("1 of 5")
        term.send("Enter", "P")
        term.wait_for("P does nothing here")
        term.send("T")
        term.wait_for("^W review")
        term.send("?")
        term.type("grant or take the pro")
        term.wait_for(re.compile(r"T +grant or take the pro tier +tier-pro"))
        term.send("Escape", "C-w")
        term.wait_for("y writes")
        term.send("Escape")
        term.wait_gone("y writes")
        term.send("C-x")
        term.wait_for("Quit and lose")
        term.send("y")
        self.assertEqual(term.wait_exit(), 0)

    def test_a_wrong_file_keeps_nobody_out(self):
        self.write_keys("\nfilters = F3\n")
        term = self.console()
        term.wait_for("5 models")
        term.wait_for("5 Messages(1)")
        term.send("!")
        term.wait_for("default keys are in use")
        term.wait_for(re.compile(r"keys.conf:2: no action\s+is called filters; did you mean filter\?"))
        term.send("1")
        term.send("/")
        term.type("alpha")
        term.wait_for("1 of 5")

    def test_check_keys(self):
        self.write_keys("filter = ^B\n[Sync]\nsync = F9\n[Modles]\nquit = x\n")
        done = self.db.run("--check-keys")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(self.path + ":1: ^B already means page-up in Models", done.stderr)
        self.assertIn(self.path + ":4: no section is called Modles; did you mean Models?", done.stderr)
        self.assertRegex(done.stdout, r"(?m)^filter += / +# filter while typing")
        os.truncate(self.path, 0)
        with open(self.path, "w", encoding="utf-8") as file:
            file.write("page-up = PgUp\nfilter = ^B\n[Sync]\nsync = F9\n")
        done = self.db.run("--check-keys")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"(?m)^filter += \^B ")
        self.assertRegex(done.stdout, r"(?m)^\[Sync\]\nsync += F9 ")
        self.assertIn("# filter: ^B is the prefix of tmux (and it has no other key)", done.stdout)


if __name__ == "__main__":
    unittest.main()
