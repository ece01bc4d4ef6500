# SPDX-License-Identifier: MIT
"""What becomes of users while they ask: other tiers, bans, profiles that come and go, news that do not arrive."""
import functools
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from models_case import ModelsCase, mint, quick_mint, user_id
from modelsync_test import wait_until

# A second, on a machine at rest; without a word from the database it would be five.
SOON_S = 3
REMEMBERED_S = 5


@functools.lru_cache
def token(who):
    return mint(who)


class UsersTest(ModelsCase):
    """Two daemons, as behind a balancer."""

    def setUp(self):
        super().setUp()
        self.ports = []
        for _ in range(2):
            self.serve_models()
            self.ports.append(self.port)

    def seen(self, who, path="/api/models"):
        """What each daemon answers him: a tier, or a status."""
        answers = [self.get(path, token=token(who), port=port) for port in self.ports]
        return [answer.headers["X-User-Tier"] if answer.status == 200 and path == "/api/models" else answer.status
                for answer in answers]

    def becomes(self, sql, who, before, after, path="/api/models", within=SOON_S):
        """Both know him as what he is, then that is done, and both know it soon."""
        wait_until(lambda: self.seen(who, path) == [before] * 2, 20, "%s to be known as %s" % (who, before))
        self.db.psql(sql % {"id": user_id(who)})
        began = time.monotonic()
        wait_until(lambda: self.seen(who, path) == [after] * 2, 30, "%s to be known as %s" % (who, after))
        self.assertLess(time.monotonic() - began, within)

    def test_tiers_and_bans_count_soon_everywhere(self):
        change = "UPDATE public.profiles SET %s WHERE id = '%%(id)s'"
        self.becomes(change % "subscription_tier = 'free'", "enterprise", "enterprise", "free")
        self.becomes(change % "subscription_tier = 'pro'", "enterprise", "free", "pro")
        self.becomes(change % "is_banned = true", "enterprise", "pro", 403)
        self.becomes(change % "is_banned = false", "enterprise", 403, "pro")
        self.becomes(change % "account_type = 'admin'", "enterprise", "pro", "admin")
        self.becomes(change % "account_type = 'user', subscription_tier = NULL", "enterprise", "admin", "free")

    def test_profiles_come_and_go(self):
        self.becomes("INSERT INTO public.profiles (id, email, subscription_tier)"
                     " VALUES ('%(id)s', 'new@example.org', 'pro')", 77, "free", "pro")
        self.becomes("DELETE FROM public.profiles WHERE id = '%(id)s'", 77, "pro", "free")
        self.becomes("DELETE FROM public.profiles WHERE id = '%(id)s'", "banned", 403, "free")
        self.becomes("INSERT INTO public.profiles (id, email, is_banned)"
                     " VALUES ('%(id)s', 'again@example.org', true)", "banned", "free", 403)

    def test_admins_are_admins_no_longer(self):
        path = "/api/admin/models?limit=1"
        self.becomes("UPDATE public.profiles SET account_type = 'user' WHERE id = '%(id)s'",
                     "admin", 200, 403, path)
        self.becomes("UPDATE public.profiles SET account_type = 'admin' WHERE id = '%(id)s'",
                     "admin", 403, 200, path)
        self.becomes("DELETE FROM public.profiles WHERE id = '%(id)s'", "admin", 200, 403, path)

    def test_nobody_writes_as_the_admin_he_was(self):
        """The database checks it, whatever the daemon remembers; of this change nobody tells it."""
        path, headers = "/api/admin/models/" + self.ids[0], {"Authorization": "Bearer " + token("admin")}
        for status in ("active", "disabled"):
            answer = self.ask("PATCH", path, {"status": status}, headers)
            self.assertEqual(answer.status, 200, answer.text)
        self.db.psql("SET session_replication_role = replica;"
                     "UPDATE public.profiles SET account_type = 'user' WHERE id = '%s'" % user_id("admin"))
        self.check_error(self.ask("PATCH", path, {"status": "active"}, headers), 403, "FORBIDDEN")
        self.assertEqual(self.db.value("SELECT status FROM public.model_access WHERE model_id = '%s'"
                                       % self.ids[0]), "disabled")

    def test_what_nobody_says_is_known_when_it_is_not_remembered_any_more(self):
        self.becomes("SET session_replication_role = replica;"
                     "UPDATE public.profiles SET subscription_tier = 'free' WHERE id = '%(id)s'",
                     "pro", "pro", "free", within=REMEMBERED_S + SOON_S)

    def test_news_lost_with_their_connection(self):
        """The daemons' listening connections break as the change is made: it is known when they have new ones."""
        self.becomes("""
            BEGIN;
            UPDATE public.profiles SET is_banned = true WHERE id = '%(id)s';
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND query ILIKE 'LISTEN%%' AND pid <> pg_backend_pid();
            COMMIT""", "pro", "pro", 403, within=REMEMBERED_S + SOON_S)

    def test_answers_are_of_one_piece_while_everything_changes(self):
        """Tier, list, count and tag of an answer belong together, whatever changes between two answers."""
        who, rounds, allowed = user_id("pro"), 15, self.allowed("pro")
        lists = {"free": [self.allowed("free")], "pro": [allowed, allowed[:-1]]}
        tags, done = {}, []

        def read(port):
            count = 0
            while not done:
                answer = self.get(token=quick_mint(who), port=port)
                self.assertEqual(answer.status, 200, answer.text)
                shown = answer.json["models"]
                self.assertIn(shown, lists[answer.headers["X-User-Tier"]])
                self.assertEqual(answer.headers["X-Models-Count"], str(len(shown)))
                self.assertEqual(tags.setdefault(answer.headers["ETag"], shown), shown)
                count += 1
            return count

        with ThreadPoolExecutor(4) as pool:
            readers = [pool.submit(read, port) for port in self.ports * 2]
            try:
                for number in range(rounds):
                    self.db.psql("UPDATE public.model_access SET is_pro = NOT is_pro WHERE model_id = '%s'" % allowed[-1])
                    self.db.psql("UPDATE public.profiles SET subscription_tier = '%s' WHERE id = '%s'"
                                 % (("free", "pro")[number % 2], who))
            finally:
                done.append(True)
            self.assertGreater(min(reader.result() for reader in readers), rounds)
        wait_until(lambda: all(self.shown_to("pro", port) == self.allowed("pro") for port in self.ports), 20)


if __name__ == "__main__":
    unittest.main()
