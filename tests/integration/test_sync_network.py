# SPDX-License-Identifier: MIT
"""The way to upstream: proxies, by setting and by environment, and which certificates are trusted."""
import json
import os
import shutil
import subprocess
import unittest

from proxy_stub import Proxy
from sync_case import Result, SyncTestCase
from upstream_stub import PATH, Answer, Certificate, Upstream, catalogue, models

GOOD = catalogue(models(30))
KEY = "sk-or-v1-0123456789abcdef"
LOGIN = "agent:hunter22"


class NetworkTestCase(SyncTestCase):
    SETTINGS = {"UPSTREAM_RETRIES": 0, "SYNC_COOLDOWN_MINUTES": 0}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = cls.cluster.database()
        cls.certificate = Certificate()
        cls.addClassCleanup(cls.certificate.close)

    def setUp(self):
        super().setUp()
        self.db = self.shared
        self.serve(GOOD)
        self.secure = Upstream([GOOD], tls=self.certificate)
        self.addCleanup(self.secure.close)

    def go(self, url=None, environment=None, prefix=(), **settings):
        """One sync; environment: variables beside the settings, prefix: a command to run it with."""
        settings = dict(self.SETTINGS, UPSTREAM_URL=url or self.upstream.url, **settings)
        env = dict(self.environment(**settings), **environment or {})
        return Result(self.cluster.scratch.run(*prefix, *self.db.program("sync", "--json"), env=env))

    def go_secure(self, environment=None, **settings):
        settings.setdefault("UPSTREAM_CA_FILE", self.certificate.file)
        return self.go(self.secure.url, environment, **settings)

    def assert_fetched(self, result, upstream=None):
        self.assertEqual((result.code, result["counts"]["valid"]), (0, 30), result)
        self.assertEqual(len((upstream or self.upstream).requests), 1)

    def assert_failed(self, result, category, says):
        self.assertEqual(result["category"], category, result)
        self.assertRegex(result["message"], says)


class ProxyTest(NetworkTestCase):
    def proxy(self, **arguments):
        proxy = Proxy(**arguments)
        self.addCleanup(proxy.close)
        return proxy

    def test_http(self):
        proxy = self.proxy()
        self.assert_fetched(self.go(UPSTREAM_PROXY=proxy.url))
        self.assertEqual([r[:2] for r in proxy.requests], [("GET", self.upstream.url)])

    def test_tunnel_keeps_the_key_from_the_proxy(self):
        proxy = self.proxy()
        self.assert_fetched(self.go_secure(UPSTREAM_PROXY=proxy.address, UPSTREAM_API_KEY=KEY), self.secure)
        self.assertEqual([r[:2] for r in proxy.requests], [("CONNECT", "127.0.0.1:%d" % self.secure.port)])
        self.assertNotIn(KEY, str(proxy.requests))
        self.assertEqual(self.secure.requests[0][1]["Authorization"], "Bearer " + KEY)
        self.assertEqual(self.db.value("SELECT etag IS NULL FROM modelsync.catalogue"), "t",
                         "the proxy's headers are not upstream's")

    def test_login(self):
        proxy = self.proxy(login=LOGIN)
        url = proxy.url.replace("://", "://%s@" % LOGIN)
        self.assert_fetched(self.go(UPSTREAM_PROXY=url))
        self.assert_fetched(self.go_secure(UPSTREAM_PROXY=url), self.secure)
        for answer in (self.go(UPSTREAM_PROXY=proxy.url), self.go_secure(UPSTREAM_PROXY=proxy.url)):
            self.assertIn("407 Proxy Authentication Required", answer["message"])
        shown = self.db.run("config", "show", env=self.environment(UPSTREAM_PROXY=url)).stdout
        self.assertNotIn("hunter22", shown)

    def test_proxy_refuses(self):
        for status, tries in ((403, 1), (502, 2)):
            proxy = self.proxy(status=status)
            result = self.go_secure(UPSTREAM_PROXY=proxy.url, **dict(self.SETTINGS, UPSTREAM_RETRIES=1))
            self.assert_failed(result, "network", r"the proxy \(upstream\.proxy\) answered %d" % status)
            self.assertEqual(len(proxy.requests), tries, "tried again only where that may help")
        self.assertEqual(self.secure.requests, [])

    def test_proxy_is_away(self):
        url = "http://%s@127.0.0.1:1" % LOGIN
        for result in (self.go(UPSTREAM_PROXY=url), self.go_secure(UPSTREAM_PROXY=url)):
            self.assert_failed(result, "network", r"onnect")
            self.assertNotIn("hunter22", json.dumps(result.report) + result.stderr)

    def test_environment(self):
        proxy = self.proxy()
        self.assert_fetched(self.go(environment={"http_proxy": proxy.url}))
        self.assert_fetched(self.go_secure(environment={"https_proxy": proxy.url}), self.secure)
        self.assertEqual([r[0] for r in proxy.requests], ["GET", "CONNECT"])

    def test_no_proxy_of_the_environment(self):
        proxy = self.proxy()
        self.assert_fetched(self.go(environment={"http_proxy": proxy.url, "no_proxy": "127.0.0.1"}))
        self.assertEqual(proxy.requests, [])

    def test_setting_wins_over_the_environment(self):
        proxy, other = self.proxy(), self.proxy()
        environment = {"http_proxy": other.url, "no_proxy": "*"}
        self.assert_fetched(self.go(environment=environment, UPSTREAM_PROXY=proxy.url))
        self.assertEqual((len(proxy.requests), len(other.requests)), (1, 0))

    def test_none(self):
        self.assert_fetched(self.go(environment={"http_proxy": "http://127.0.0.1:1"}, UPSTREAM_PROXY="none"))

    def test_redirects_and_pages_go_through_it_too(self):
        proxy = self.proxy()
        self.serve(Answer(307, headers={"Location": "/v2"}), catalogue(models(15), 30, "?offset=15"),
                   catalogue(models(30)[15:], 30))
        result = self.go(UPSTREAM_PROXY=proxy.url)
        self.assertEqual((result.code, len(proxy.requests)), (0, 3), result)


class TrustTest(NetworkTestCase):
    def test_nobody_vouches(self):
        self.assert_failed(self.go(self.secure.url), "tls", r"certificate")
        self.assertEqual(self.secure.requests, [])

    def test_file(self):
        self.assert_fetched(self.go_secure(), self.secure)

    def test_directory(self):
        self.assert_fetched(self.go(self.secure.url, UPSTREAM_CA_PATH=self.certificate.directory()), self.secure)

    def test_file_that_is_not_there(self):
        self.assert_failed(self.go_secure(UPSTREAM_CA_FILE="/does/not/exist"), "tls", r"/does/not/exist")

    def test_certificates_of_others(self):
        other = Certificate()
        self.addCleanup(other.close)
        for settings in ({"UPSTREAM_CA_FILE": other.file}, {"UPSTREAM_CA_PATH": other.directory()}):
            self.assert_failed(self.go(self.secure.url, **settings), "tls", r"certificate")

    def test_replaces_what_the_system_trusts(self):
        """In a mount namespace the system's directory vouches for the stub; a file of one's own does not."""
        other = Certificate()
        self.addCleanup(other.close)
        system = self.certificate.directory()
        shutil.copy(other.file, os.path.join(system, "ca-certificates.crt"))
        mount = "mount --bind '%s' /etc/ssl/certs && exec \"$@\"" % system
        prefix = ("unshare", "-m", "sh", "-c", mount, "sh")
        if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode != 0:
            self.skipTest("no mount namespaces here")
        result = self.go(self.secure.url, prefix=prefix)
        if result.code != 0:
            self.skipTest("libcurl does not look into /etc/ssl/certs here")
        result = self.go(self.secure.url, prefix=prefix, UPSTREAM_CA_FILE=other.file)
        self.assert_failed(result, "tls", r"certificate")

    def test_another_name_for_the_host(self):
        url = "https://localhost:%d%s" % (self.secure.port, PATH)
        self.assert_failed(self.go(url, UPSTREAM_CA_FILE=self.certificate.file), "tls", r"certificate|subject")


class KeyTest(NetworkTestCase):
    """The key goes to the configured host, whatever leads elsewhere."""

    def test_redirects_and_links_away(self):
        with Upstream([GOOD]) as other:
            for answer in (Answer(302, headers={"Location": other.url}), Answer(301, headers={"Location": other.url}),
                           catalogue(models(30), 60, other.url)):
                self.serve(answer)
                result = self.go(UPSTREAM_API_KEY=KEY)
                self.assertIn(result["category"], ("http", "schema"), result)
            self.assertEqual(other.requests, [])

    def test_log(self):
        self.serve(Answer(401, ("unknown key %s" % KEY).encode()))
        result = self.go(UPSTREAM_API_KEY=KEY, LOG_LEVEL="debug")
        self.assert_failed(result, "auth", r"unknown key \*+")
        self.assertNotIn(KEY, json.dumps(result.report) + result.stderr)


if __name__ == "__main__":
    unittest.main()
