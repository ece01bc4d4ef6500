# SPDX-License-Identifier: MIT
"""What the tests of the Models API share: users, tokens made with openssl, and who asks."""
import base64
import hashlib
import hmac
import json
import shutil
import subprocess
import time
import unittest

from http_case import HttpCase
from modelsync_test import wait_until

SECRET = "a secret of more than thirty-two bytes"
USERS = {"free": 1, "pro": 2, "enterprise": 3, "admin": 4, "banned": 5}


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def user_id(who):
    """Of a name in USERS, or a number."""
    return "00000000-0000-4000-8000-%012d" % USERS.get(who, who)


def openssl(*arguments, stdin=b""):
    if not shutil.which("openssl"):
        raise unittest.SkipTest("openssl is not installed")
    done = subprocess.run(["openssl", *arguments], input=stdin, capture_output=True, check=False)
    if done.returncode != 0:
        raise AssertionError("openssl %s: %s" % (arguments, done.stderr.decode()))
    return done.stdout


def raw_signature(der):
    """Of ECDSA on P-256 the two numbers, 32 bytes each (RFC 7518 section 3.4)."""
    numbers, at = b"", 2
    for _ in range(2):
        length = der[at + 1]
        numbers += der[at + 2:at + 2 + length].lstrip(b"\0").rjust(32, b"\0")
        at += 2 + length
    return numbers


def sign(text, algorithm, key):
    if algorithm == "HS256":
        return openssl("dgst", "-sha256", "-mac", "HMAC", "-macopt",
                       "hexkey:" + key.encode().hex(), "-binary", stdin=text)
    signature = openssl("dgst", "-sha256", "-sign", key, "-binary", stdin=text)
    return raw_signature(signature) if algorithm == "ES256" else signature


def mint(who="pro", algorithm="HS256", key=SECRET, header=None, **claims):
    """A token for that user; a claim that is None is left out."""
    head = {"alg": algorithm, "typ": "JWT", **(header or {})}
    body = {"sub": who if who is None or "-" in str(who) else user_id(who),
            "exp": int(time.time()) + 600, **claims}
    body = {name: value for name, value in body.items() if value is not None}
    text = "%s.%s" % tuple(base64url(json.dumps(part).encode()) for part in (head, body))
    return "%s.%s" % (text, base64url(sign(text.encode(), algorithm, key)))


def quick_mint(user, seconds=600):
    """Without openssl, where thousands of its processes would take minutes; test_models_access.py has it sign."""
    text = "%s.%s" % (base64url(b'{"alg":"HS256"}'), base64url(
        json.dumps({"sub": user, "exp": int(time.time()) + seconds}).encode()))
    signature = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()
    return "%s.%s" % (text, base64url(signature))


class ModelsCase(HttpCase):
    def setUp(self):
        super().setUp()
        self.load(self.entries)
        self.ids = [entry["id"] for entry in self.entries]
        self.grant()
        self.db.psql("""
            INSERT INTO public.profiles (id, email, subscription_tier, account_type, is_banned) VALUES
                ('%s', 'free@example.org', 'free', 'user', false),
                ('%s', 'pro@example.org', 'pro', 'user', false),
                ('%s', 'enterprise@example.org', 'enterprise', 'user', false),
                ('%s', 'admin@example.org', 'free', 'admin', false),
                ('%s', 'banned@example.org', 'pro', 'user', true)
        """ % tuple(user_id(who) for who in USERS))

    def grant(self):
        """Of 20 models 18 are active: 4 for free, 5 from pro, 4 from enterprise, 5 for admins only."""
        self.db.psql("""
            UPDATE public.model_access m SET status = 'active', is_free = n.n < 4,
                is_pro = n.n BETWEEN 4 AND 8, is_enterprise = n.n BETWEEN 9 AND 12
            FROM (SELECT model_id, row_number() OVER (ORDER BY model_id) - 1 AS n
                FROM public.model_access) n
            WHERE n.model_id = m.model_id AND n.n < 18
        """)

    def serve_models(self, **settings):
        """A daemon that has a list to show."""
        settings.setdefault("AUTH_SECRET", SECRET)
        daemon = self.listen(**settings)
        self.wait_ready()
        return daemon

    def wait_ready(self, port=None):
        wait_until(lambda: self.ask("GET", "/readyz", port=port).status == 200, 20)

    def get(self, path="/api/models", who=None, token=None, headers=None, port=None, method="GET"):
        headers = dict(headers or {})
        if who is not None or token is not None:
            headers["Authorization"] = "Bearer " + (token or mint(who))
        return self.ask(method, path, headers=headers, port=port)

    def shown_to(self, who=None, port=None):
        answer = self.get(who=who, port=port)
        self.assertEqual(answer.status, 200, answer.text)
        return answer.json["models"]

    def allowed(self, who):
        """What the database says."""
        return json.loads(self.db.value("SELECT coalesce(json_agg(model_id), '[]')"
                                        " FROM public.get_user_allowed_models('%s')" % user_id(who)))
