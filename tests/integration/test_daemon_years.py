# SPDX-License-Identifier: MIT
"""A daemon does not grow; the bench plays two years of real answers, this here some weeks of made-up ones."""
import unittest

from daemon_case import DaemonCase
from daemon_years import Years, grown
from upstream_stub import catalogue, models


class YearsTest(DaemonCase):
    def test_nothing_grows(self):
        pages = []
        for turn in range(4):
            entries = models(100)
            for entry in entries[turn::4]:
                entry["pricing"] = dict(entry["pricing"], prompt="0.00000%d" % (turn + 2))
            pages.append(catalogue(entries[turn:]))
        daemon = self.start(HTTP_LISTEN="127.0.0.1:0", SYNC_COOLDOWN_MINUTES=0)
        years = Years(self.db, daemon, self.serve, pages)
        months = [years.month(days=3) for _ in range(6)]
        self.assertEqual(grown(months, 3), [])
        years.wait_counted()
        self.assertEqual(months[-1]["locks"], 0)


if __name__ == "__main__":
    unittest.main()
