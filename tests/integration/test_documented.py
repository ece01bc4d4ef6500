# SPDX-License-Identifier: MIT
"""docs/database.md names every table, column, view, role and function that others may call, and nothing
that is not there."""
import os
import re
import unittest

from modelsync_test import TOP, ClusterTestCase

RELATIONS = """
SELECT c.table_schema AS place, c.table_name AS name, string_agg(c.column_name, ' ') AS columns
FROM information_schema.columns c WHERE c.table_schema IN ('public', 'modelsync') GROUP BY 1, 2
"""
FUNCTIONS = """
SELECT p.proname AS name FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
UNION SELECT name FROM modelsync.entry_point
"""


def words(text):
    return set(re.findall(r"`([a-z_0-9.]+)[`(]", text))


class DocumentedTest(ClusterTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.db = cls.cluster.database()
        with open(os.path.join(TOP, "docs", "database.md"), encoding="utf-8") as file:
            cls.text = file.read()
        cls.reference = cls.text[cls.text.index("\n## Reference\n"):]

    def rows(self):
        """First cell of each row of the reference's tables, and the words of the others."""
        cells = re.findall(r"^\| `([a-z_.]+)` \| (.*) \|$", self.reference, re.M)
        return {name if "." in name else "modelsync." + name: words(text) for name, text in cells}

    def test_every_table_and_view_with_its_columns(self):
        documented = self.rows()
        there = {"%(place)s.%(name)s" % row: set(row["columns"].split()) for row in self.db.rows(RELATIONS)}
        self.assertEqual(set(documented), set(there))
        for name, columns in there.items():
            self.assertEqual(documented[name], columns, name)

    def test_every_table_is_in_the_picture(self):
        picture = re.search(r"```\n(.*?)```", self.reference, re.S).group(1)
        for row in self.db.rows("SELECT tablename AS name FROM pg_tables WHERE schemaname IN ('public', 'modelsync')"):
            self.assertRegex(picture, r"\b%s\b" % row["name"])

    def test_every_function_that_others_may_call(self):
        documented = words(self.text)
        self.assertEqual([row["name"] for row in self.db.rows(FUNCTIONS) if row["name"] not in documented], [])

    def test_every_setting_and_role(self):
        documented = words(self.text)
        for row in self.db.rows("SELECT name FROM modelsync.setting UNION SELECT rolname FROM pg_roles"
                                " WHERE rolname LIKE 'modelsync\\_%'"):
            self.assertIn(row["name"], documented)

    def test_no_function_that_is_not_there(self):
        table = self.text[self.text.index("## Functions for the program"):self.text.index("**Report**")]
        there = {row["proname"] for row in self.db.rows("SELECT proname FROM pg_proc")}
        self.assertEqual(set(re.findall(r"`([a-z_]+)\(", table)) - there, set())


if __name__ == "__main__":
    unittest.main()
