# SPDX-License-Identifier: MIT
"""What the console remembers: the view of each database, and views saved under a name."""
import json
import os
import re
import stat
import unittest

from console_case import ConsoleTestCase
from modelsync_test import wait_until


class RememberedTest(ConsoleTestCase):
    def environment(self, **variables):
        state = self.db.cluster.scratch.file(self.id().rsplit(".", 1)[-1])
        return super().environment(XDG_STATE_HOME=state, **variables)

    def path(self, name):
        return os.path.join(self.environment()["XDG_STATE_HOME"], "modelsync-tui", name)

    def filtered(self, text, shown):
        term = self.console()
        term.wait_for("5 models")
        term.send("/")
        term.type(text)
        term.wait_for(shown)
        term.send("Enter")
        return term

    def quit(self, term):
        term.send("q")
        self.assertEqual(term.wait_exit(), 0)

    def test_the_next_session_begins_where_the_last_one_ended(self):
        term = self.filtered("acme", "3 of 5")
        term.wait_for("BSpace drops the last term")  # a hint for who is here for the first time
        term.send("l", "l", "l", "l", "-")
        term.wait_for("ctx hidden")
        self.quit(term)
        self.assertEqual(stat.S_IMODE(os.stat(self.path("console.json")).st_mode), 0o600)
        term = self.console()
        screen = term.wait_for("3 of 5")
        self.assertIn("the filter of last time", screen)
        self.assertNotIn(" CTX ", screen)
        term.send("BSpace")
        term.wait_for("5 of 5")
        term.send("/", "Up")
        term.wait_for(re.compile("^/ acme", re.M))
        term.send("Enter")
        self.quit(term)
        term = self.console("zeta/")  # who comes with a filter gets that one
        term.wait_for("2 of 5")
        self.quit(term)

    def test_a_damaged_file_is_told_and_kept(self):
        self.quit(self.filtered("acme", "3 of 5"))
        with open(self.path("console.json"), "w", encoding="utf-8") as file:
            file.write('{"format": 1, "hist')
        term = self.console(size=(160, 24))
        term.wait_for("5 of 5")
        term.wait_for("console.json is damaged")
        self.quit(term)
        with open(self.path("console.json.damaged"), encoding="utf-8") as file:
            self.assertEqual(file.read(), '{"format": 1, "hist')
        with open(self.path("console.json"), encoding="utf-8") as file:
            self.assertEqual(json.load(file)["format"], 1)

    def test_a_hangup_loses_nothing(self):
        term = self.filtered("zeta", "2 of 5")
        term.wait_for("BSpace drops")
        term.close()
        wait_until(lambda: os.path.exists(self.path("console.json")), message="the state")
        term = self.console()
        term.wait_for("the filter of last time")
        self.quit(term)

    def test_a_saved_view_in_console_and_command_line(self):
        term = self.filtered("acme -is:free", "2 of 5")
        term.send("'")
        term.wait_for("none yet")
        term.send("s")
        term.wait_for("save this filter, order and columns as")
        term.type("paid")
        term.send("Enter")
        term.wait_for("@paid stands for its filter")
        term.send("q")
        self.assertEqual(stat.S_IMODE(os.stat(self.path("views.json")).st_mode), 0o600)

        def listed(*arguments):
            done = self.db.run("models", *arguments, "--columns", "id", "--format", "csv",
                               env=self.environment())
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout.split()[1:]

        self.assertEqual(listed("@paid"), ["acme/alpha", "acme/beta"])
        self.assertEqual(listed("acme", "-@paid"), ["acme/gamma:free"])
        done = self.db.run("models", "@piad", env=self.environment())
        self.assertEqual(done.returncode, 2)
        self.assertIn('did you mean "paid"?', done.stderr)

        other = self.console("-@paid")  # another console knows it, and one saved meanwhile
        other.wait_for("3 of 5")
        other.send("'")
        other.wait_for(re.compile(r"paid +acme -is:free"))
        other.send("s")
        other.type("rest")
        other.send("Enter")
        other.wait_for("@rest stands for its filter")
        term.send("BSpace", "BSpace")
        term.wait_for("5 of 5")
        term.send("'")
        term.wait_for(re.compile(r"rest +-@paid"))
        term.send("d")
        term.wait_for("Delete the view paid?")
        term.send("y")
        term.wait_gone("acme -is:free")
        term.send("Enter")
        term.wait_for("filter of view rest")  # it was made of the other one
        self.quit(term)

    def test_a_damaged_file_of_views_stops_the_command_that_needs_it(self):
        os.makedirs(os.path.dirname(self.path("views.json")))
        with open(self.path("views.json"), "w", encoding="utf-8") as file:
            file.write("[")
        done = self.db.run("models", "@paid", env=self.environment())
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("views.json is damaged", done.stderr)
        done = self.db.run("models", "acme", env=self.environment())
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
