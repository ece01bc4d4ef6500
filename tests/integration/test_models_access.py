# SPDX-License-Identifier: MIT
"""Who may ask the Models API: tokens made with openssl, every refusal, keys that change."""
import json
import os
import signal
import time
import unittest

from models_case import SECRET, ModelsCase, base64url, mint, openssl, sign, user_id
from modelsync_test import wait_until

OTHER = "another secret, which is as long as the first"


class AccessTest(ModelsCase):
    def refused(self, token, about, status=401):
        answer = self.get(token=token)
        error = self.check_error(answer, status, "UNAUTHORIZED" if status == 401 else "FORBIDDEN")
        self.assertIn(about, error["message"])
        if status == 401:
            self.assertRegex(answer.headers["WWW-Authenticate"], r'^Bearer .*error="invalid_token"')
        self.assertNotIn(SECRET, answer.text)

    def keys(self):
        """An RSA and an EC key pair in files; {algorithm: (private, public)}."""
        made = {}
        for algorithm, arguments in (("RS256", ("RSA", "-pkeyopt", "rsa_keygen_bits:2048")),
                                     ("ES256", ("EC", "-pkeyopt", "ec_paramgen_curve:P-256"))):
            private, public = (self.cluster.scratch.file("%s-%s.pem" % (algorithm, kind))
                               for kind in ("private", "public"))
            openssl("genpkey", "-algorithm", *arguments, "-out", private)
            openssl("pkey", "-in", private, "-pubout", "-out", public)
            made[algorithm] = (private, public)
        return made

    def configure(self, text):
        path = self.cluster.scratch.file("keys.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o600)
        return path

    def test_every_refusal(self):
        self.serve_models(AUTH_ISSUER="me", AUTH_AUDIENCE="models", AUTH_CLOCK_SKEW=5,
                          HTTP_MAX_HEADER=16384)
        now, good = int(time.time()), {"iss": "me", "aud": "models"}
        self.assertEqual(self.get(token=mint("pro", **good)).status, 200)
        self.assertEqual(self.get(token=mint("pro", iss="me", aud=["x", "models"])).status, 200)
        self.assertEqual(self.get(token=mint("pro", exp=now - 2, **good)).status, 200)
        for token, about in (
                (mint("pro", exp=now - 6, **good), "expired"),
                (mint("pro", exp=None, **good), "exp"),
                (mint("pro", nbf=now + 60, **good), "not valid yet"),
                (mint("pro", iss="you", aud="models"), "iss"),
                (mint("pro", iss="me", aud="other"), "aud"),
                (mint("pro", iss="me", aud=None), "aud"),
                (mint(None, **good), "sub"),
                (mint("pro", key=OTHER, **good), "signature"),
                (mint("pro", header={"alg": "HS512"}, **good), "not signed with"),
                (mint("pro", header={"alg": "RS256"}, **good), "another algorithm"),
                (mint("pro", header={"crit": ["b64"]}, **good), "crit"),
                (mint("pro", **good)[:-5], "signature"),
                (mint("pro", **good) + ".x", "no signed"),
                ("x", "no signed"), ("..", "no signed"), ("a" * 9000, "too long")):
            self.refused(token, about)
        unsigned = "%s.%s." % tuple(base64url(json.dumps(part).encode()) for part in (
            {"alg": "none", "typ": "JWT"}, {"sub": user_id("admin"), "exp": now + 60, **good}))
        self.refused(unsigned, "no signed")
        self.refused(unsigned + "AAAA", "not signed with")

    def test_other_ways_to_say_who_one_is(self):
        self.serve_models()
        for header in ("Basic YTpi", "Bearer", "Bearer ", mint("pro"), ""):
            answer = self.get(headers={"Authorization": header})
            self.check_error(answer, 401, "UNAUTHORIZED")
            self.assertTrue(answer.headers["WWW-Authenticate"].startswith("Bearer"))
        self.assertEqual(self.get(headers={"Authorization": "bearer  " + mint("pro")}).status, 200)

    def test_users(self):
        self.serve_models()
        for who, tier in (("free", "free"), ("pro", "pro"), ("enterprise", "enterprise"),
                          ("admin", "admin"), (77, "free"), (None, "free")):
            answer = self.get(who=who)
            self.assertEqual((answer.status, answer.headers["X-User-Tier"]), (200, tier), who)
        self.assertEqual(self.get(token=mint("not-a-uuid")).headers["X-User-Tier"], "free")
        self.refused(mint("banned"), "banned", 403)

    def test_a_change_of_a_user_counts_at_once(self):
        self.serve_models()
        self.assertEqual(self.get(who="pro").headers["X-User-Tier"], "pro")
        self.db.psql("UPDATE public.profiles SET subscription_tier = 'enterprise'"
                     " WHERE email = 'pro@example.org'")
        began = time.monotonic()
        wait_until(lambda: self.get(who="pro").headers["X-User-Tier"] == "enterprise", 4)
        self.assertLess(time.monotonic() - began, 4, "less than it is remembered")
        self.db.psql("UPDATE public.profiles SET is_banned = true WHERE email = 'pro@example.org'")
        wait_until(lambda: self.get(who="pro").status == 403, 4)
        self.db.psql("DELETE FROM public.profiles WHERE email = 'pro@example.org'")
        wait_until(lambda: self.get(who="pro").status == 200, 20)
        self.assertEqual(self.get(who="pro").headers["X-User-Tier"], "free", "nobody knows him now")

    def test_public_keys_and_confusion(self):
        keys = self.keys()
        path = self.configure("auth_keys = (%s);" % ", ".join(
            '{ kid = "%s"; algorithm = "%s"; public_key_file = "%s"; }'
            % (name, name, pair[1]) for name, pair in keys.items()))
        self.serve_models(AUTH_SECRET="", arguments=("--config", path))
        for name, (private, public) in keys.items():
            kid = {"kid": name}
            self.assertEqual(self.get(token=mint("pro", name, private, kid)).status, 200, name)
            with open(public, encoding="ascii") as file:
                text = file.read()
            for secret in (text, text.rstrip("\n")):
                self.refused(mint("admin", "HS256", secret, kid), "another algorithm")
                self.refused(mint("admin", "HS256", secret), "not known here (kid)")
        self.refused(mint("pro", "RS256", keys["RS256"][0], {"kid": "ES256"}), "another algorithm")
        # r and s of a signature that is all zero
        head = "%s.%s" % tuple(base64url(json.dumps(part).encode()) for part in (
            {"alg": "ES256", "kid": "ES256"}, {"sub": user_id("admin"), "exp": 1 << 40}))
        self.refused("%s.%s" % (head, base64url(b"\0" * 64)), "signature")

    def test_one_key_takes_the_place_of_another(self):
        key = '{ kid = "%s"; algorithm = "HS256"; secret = "%s"; }'
        old, new = key % ("old", SECRET), key % ("new", OTHER)
        path = self.configure("auth_keys = (%s);" % old)
        daemon = self.serve_models(AUTH_SECRET="", arguments=("--config", path))
        before = mint("pro", header={"kid": "old"})
        after = mint("pro", key=OTHER, header={"kid": "new"})
        self.assertEqual([self.get(token=token).status for token in (before, after)], [200, 401])
        for number, (keys, wanted) in enumerate((("%s, %s" % (old, new), [200, 200]),
                                                 (new, [401, 200])), 1):
            self.configure("auth_keys = (%s);" % keys)
            daemon.signal(signal.SIGHUP)
            daemon.wait_log("event=reloaded", count=number)
            wait_until(lambda want=wanted: [self.get(token=token).status
                                            for token in (before, after)] == want, 10)
        self.configure('auth_keys = ({ algorithm = "HS256"; secret = "short"; });')
        daemon.signal(signal.SIGHUP)
        daemon.wait_log("event=http_not_reloaded|event=not_reloaded")
        self.assertEqual(self.get(token=after).status, 200, "bad settings change nothing")

    def test_bad_keys_are_found_beforehand(self):
        for text, about in (('auth = { secret = "short"; };', "32 bytes"),
                            ('auth_keys = ({ algorithm = "EdDSA"; });', "EdDSA"),
                            ('auth_keys = ({ kid = "a"; });', "algorithm: is missing")):
            done = self.db.run("--config", self.configure(text), "config", "check")
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertRegex(done.stderr, r"keys.conf:1: auth[^\n]*" + about)

    def test_a_short_secret_of_the_scheduler_is_warned_of(self):
        for secret, warned in (("x" * 31, True), ("x" * 32, False), ("", False)):
            path = self.configure('http = { cron_secret = "%s"; };' % secret)
            done = self.db.run("--config", path, "config", "check")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual("http.cron_secret (%s:1) is shorter" % path in done.stdout, warned, done.stdout)

    def test_settings_are_shown_without_secrets(self):
        path = self.configure('auth_keys = ({ kid = "new"; algorithm = "HS256"; secret = "%s"; });'
                              'auth = { secret = "%s"; };' % (OTHER, SECRET))
        done = self.db.run("--config", path, "config", "show")
        self.assertRegex(done.stdout, r'(?m)^auth_keys "new" +HS256 \*{8} +\S+keys.conf:1$')
        self.assertNotIn("secret of", done.stdout)
        self.assertNotIn(OTHER, done.stdout)
        self.assertEqual(self.db.run("--config", path, "config", "check").returncode, 0)

    def test_without_keys_tokens_are_refused(self):
        self.serve_models(AUTH_SECRET="")
        self.assertEqual(self.get().status, 200)
        self.refused(mint("pro"), "no key is set up")

    def test_refused_admin_actions_are_audited(self):
        self.serve_models()
        path = "/api/admin/models/" + self.ids[0]
        entries = """SELECT detail ->> 'request' AS request, profile, os_user, source, origin
            FROM modelsync.audit WHERE action = 'http' AND outcome = 'refused'"""

        def patch(who):
            headers = {"Authorization": "Bearer " + mint(who)} if who else {}
            return self.ask("PATCH", path, {"status": "disabled"}, headers)

        self.check_error(patch(None), 401, "UNAUTHORIZED")
        self.check_error(patch("banned"), 403, "FORBIDDEN")
        self.check_error(patch(77), 403, "FORBIDDEN")
        self.assertEqual(self.db.rows(entries), [], "nobody whom the database knows")
        for _ in range(3):
            error = self.check_error(patch("pro"), 403, "FORBIDDEN")
            self.assertEqual((error["error"], error["message"]),
                             ("Insufficient privileges", "Admin access required"))
        self.check_error(self.get("/api/admin/models", "pro"), 403, "FORBIDDEN")
        self.assertEqual(self.db.rows(entries), [{
            "request": "PATCH " + path, "profile": user_id("pro"), "os_user": "pro@example.org",
            "source": "127.0.0.1", "origin": "http"}])
        self.assertEqual(patch("admin").status, 200)
        self.assertEqual(self.db.value("SELECT status FROM public.model_access WHERE model_id = '%s'"
                                       % self.ids[0]), "disabled")

    def test_signatures_are_openssls(self):
        """The helper's own check: a signature of openssl is one."""
        self.assertEqual(len(sign(b"x", "HS256", SECRET)), 32)
        self.assertEqual(len(sign(b"x", "ES256", self.keys()["ES256"][0])), 64)


if __name__ == "__main__":
    unittest.main()
