# SPDX-License-Identifier: MIT
"""The HTTP listener among clients, settings and databases that misbehave."""
import http.client
import os
import re
import resource
import shutil
import signal
import socket
import ssl
import threading
import time
import unittest

from http_case import HttpCase
from modelsync_test import Session, wait_until

GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
ANSWER = re.compile(rb"HTTP/1\.1 (\d+)")


def read_all(client):
    """Everything until the other side closes; what it breaks off counts as closed."""
    data = b""
    try:
        while chunk := client.recv(65536):
            data += chunk
    except ConnectionError:
        pass
    return data


class ClientsTest(HttpCase):
    def test_slow_senders_are_cut_off(self):
        self.listen(HTTP_TIMEOUT=1)
        began = time.monotonic()
        for beginning in (b"", b"GET /healthz HTTP/1.1\r\nX-Slow: ",
                          b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"):
            client = self.raw(beginning)
            with self.assertRaises(ConnectionError):
                while time.monotonic() - began < 60:
                    client.sendall(b"x")
                    time.sleep(0.2)
        slow = re.compile(r"^modelsync_http_slow_clients_total ([0-9]+)$", re.M)
        self.assertEqual(slow.search(self.ask("GET", "/metrics").text).group(1), "3")
        self.assertEqual(self.ask("GET", "/healthz").status, 200)

    def test_who_does_not_read_is_cut_off(self):
        self.listen(HTTP_TIMEOUT=1)
        client = self.raw(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 500)
        open_now = re.compile(r"^modelsync_http_connections (\d+)$", re.M)
        wait_until(lambda: open_now.search(self.ask("GET", "/metrics").text).group(1) == "1", 30)
        client.close()

    def test_silence_ends_a_connection(self):
        self.listen(HTTP_TIMEOUT=1)
        self.assertEqual(read_all(self.raw()), b"")

    def test_pipelined_requests_are_answered_in_order(self):
        self.listen()
        last = b"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        found = ANSWER.findall(read_all(self.raw(GET * 3 + b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" + last)))
        self.assertEqual(found, [b"200", b"200", b"200", b"200", b"404"])

    def test_half_closed_connections_are_answered(self):
        self.listen()
        client = self.raw(GET)
        client.shutdown(socket.SHUT_WR)
        self.assertEqual(ANSWER.findall(read_all(client)), [b"200"])

    def test_headers_that_are_too_long(self):
        self.listen(HTTP_MAX_HEADER=2048)
        padding = {"X-Padding": "x" * 2000}
        self.check_error(self.ask("GET", "/healthz", headers=padding), 431, "HEADERS_TOO_LARGE")
        found = ANSWER.findall(read_all(self.raw(b"GET /healthz HTTP/1.1\r\nX: " + b"x" * 8000 + b"\r\n\r\n")))
        self.assertEqual(found, [b"431"])

    def test_what_is_no_http(self):
        self.listen()
        for garbage in (b"\r\n\r\n\0\xff\r\n\r\n", b"GET\r\n\r\n", b"GET /healthz HTTP/9.9\r\n\r\n",
                        b"GET /healthz HTTP/1.1\r\nContent-Length: x\r\n\r\n",
                        b"POST /healthz HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"):
            client = self.raw(garbage)
            client.shutdown(socket.SHUT_WR)
            self.assertNotIn(b" 200 ", read_all(client))
        self.assertEqual(self.ask("GET", "/healthz").status, 200)

    def test_one_request_is_not_taken_for_two(self):
        """What proxies could pass on whole, with somebody else's request behind it."""
        self.listen()
        beginning = b"POST /api/cron/sync-models HTTP/1.1\r\nHost: x\r\n"
        for headers in (b"Content-Length: 5\r\nTransfer-Encoding: chunked", b"Content-Length: 5\r\nContent-Length: 41",
                        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", b"Transfer-Encoding: xchunked",
                        b"Transfer-Encoding: gzip, chunked", b"Content-Length: 5\r\nTransfer-Encoding : chunked"):
            found = ANSWER.findall(read_all(self.raw(beginning + headers + b"\r\n\r\n0\r\n\r\n" + GET)))
            self.assertEqual(found, [b"400"], headers)
        self.assertEqual(self.ask("GET", "/healthz").status, 200)

    def test_bodies_of_strangers_take_no_memory(self):
        self.listen()
        resident = lambda: int(float(re.search(r"^process_resident_memory_bytes (\S+)$",
                                               self.ask("GET", "/metrics").text, re.M).group(1)))
        before, body = resident(), b" " * 1000000
        head = b"PATCH /api/admin/models HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n"
        clients = [self.raw(head + body[1:]) for _ in range(100)]
        self.assertLess(resident() - before, 40e6)
        clients[0].sendall(b" ")
        self.assertIn(b"401", clients[0].recv(100))

    def test_chunks_without_end(self):
        self.listen(HTTP_MAX_BODY=1024)
        client = self.raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        with self.assertRaises(ConnectionError):
            for _ in range(1000):
                client.sendall(b"400\r\n" + b"x" * 1024 + b"\r\n")
                time.sleep(0.001)
        self.assertEqual(self.ask("GET", "/healthz").status, 200)

    def test_a_thousand_connections(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        self.listen(HTTP_TIMEOUT=60)
        clients = [self.raw() for _ in range(1000)]
        for turn in range(2):
            for i, client in enumerate(clients):
                client.sendall(b"GET /nothing?%d HTTP/1.1\r\nHost: x\r\nX-Request-Id: %d-%d\r\n\r\n"
                               % (i, turn, i))
            for i, client in enumerate(clients):
                answer = client.recv(65536)
                self.assertEqual(ANSWER.findall(answer), [b"404"])
                self.assertIn(b'"requestId":"%d-%d"' % (turn, i), answer)

    def test_more_connections_than_allowed(self):
        self.listen(HTTP_MAX_CONNECTIONS=3, HTTP_TIMEOUT=60)
        clients = [self.raw(GET) for _ in range(3)]
        for client in clients:
            self.assertEqual(ANSWER.findall(client.recv(65536)), [b"200"])
        waiting = self.raw(GET)
        clients.pop().close()
        self.assertEqual(ANSWER.findall(waiting.recv(65536)), [b"200"])

    def test_connections_of_one_client(self):
        self.listen(HTTP_MAX_PER_CLIENT=2, HTTP_TIMEOUT=60)
        kept = [self.raw(GET) for _ in range(2)]
        for client in kept:
            self.assertEqual(ANSWER.findall(client.recv(65536)), [b"200"])
        self.assertEqual(read_all(self.raw()), b"")


class AddressTest(HttpCase):
    def test_several_addresses(self):
        path = self.cluster.scratch.file("http.sock")
        daemon = self.listen("127.0.0.1:0, [::1]:0, " + path)
        daemon.wait_log("event=listening", count=3)
        six = int(re.search(r"address=\S*\[::1\]:(\d+)", daemon.log().replace('"', "")).group(1))
        for family, address in ((socket.AF_INET6, ("::1", six)), (socket.AF_UNIX, path)):
            with socket.socket(family) as client:
                client.settimeout(30)
                client.connect(address)
                client.sendall(GET)
                self.assertEqual(ANSWER.findall(client.recv(65536)), [b"200"])
        self.assertEqual(daemon.stop(), 0)
        self.assertFalse(os.path.exists(path))

    def test_a_socket_that_was_left_behind(self):
        path = self.cluster.scratch.file("left.sock")
        daemon = self.start(HTTP_LISTEN=path)
        daemon.kill()
        self.assertTrue(os.path.exists(path))
        self.start(HTTP_LISTEN=path).wait_log("event=listening")

    def test_addresses_that_do_not_work(self):
        daemon = self.listen()
        busy = "127.0.0.1:%d" % self.port
        for address, message in ((busy, "Address already in use"), ("localhost", "HOST:PORT"),
                                 ("[::1:80", "HOST:PORT"), ("1.2.3.4:99999", "HOST:PORT"),
                                 ("192.0.2.1:8080", "Cannot assign"), ("/nowhere/x", "No such file")):
            for command in (["daemon"], ["config", "check"])[:2 if "HOST" in message else 1]:
                done = self.db.run(*command, env=self.environment(HTTP_LISTEN=address))
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn("http.listen: " + address, done.stderr)
                self.assertIn(message, done.stderr)
        self.assertEqual(daemon.stop(), 0)


class ReloadCase(HttpCase):
    """Settings come from a file, which SIGHUP reads again."""

    def setUp(self):
        super().setUp()
        self.path = self.cluster.scratch.file("http.conf")

    def write(self, **settings):
        with open(self.path, "w", encoding="utf-8") as file:
            os.chmod(self.path, 0o600)
            file.write("http = { %s };\n" % " ".join(
                "%s = %s;" % (key, '"%s"' % value if isinstance(value, str) else value)
                for key, value in settings.items()))

    def begin(self, **settings):
        self.write(**settings)
        daemon = self.start(arguments=("--config", self.path))
        self.port = self.port_of(daemon)
        return daemon

    def reload(self, daemon, pattern, **settings):
        self.write(**settings)
        daemon.signal(signal.SIGHUP)
        return daemon.wait_log(pattern)


class ReloadTest(ReloadCase):
    def test_limits_on_the_same_address(self):
        daemon = self.begin(listen="127.0.0.1:0", max_body=2000)
        port, kept = self.port, self.connect()
        kept.request("GET", "/healthz")
        kept.getresponse().read()
        self.reload(daemon, "(?s)listening.*listening", listen="127.0.0.1:0", max_header=2048)
        self.port = self.port_of(daemon, count=2)
        self.assertEqual(self.port, port)
        self.check_error(self.ask("GET", "/healthz", headers={"X": "x" * 2048}), 431, "HEADERS_TOO_LARGE")
        # those of before are let go when they have nothing to wait for
        with self.assertRaises((ConnectionError, http.client.HTTPException)):
            for _ in range(100):
                kept.request("GET", "/healthz")
                kept.getresponse().read()
                kept.auto_open = 0
                time.sleep(0.05)

    def test_another_address_and_none(self):
        daemon = self.begin(listen="127.0.0.1:0")
        before = self.port
        path = self.cluster.scratch.file("other.sock")
        self.reload(daemon, "(?s)listening address=\"?" + path + ".*event=reloaded", listen=path)
        with self.assertRaises(ConnectionError):
            self.ask("GET", "/healthz", port=before)
        self.reload(daemon, "(?s)event=reloaded.*event=reloaded", listen="")
        self.assertFalse(os.path.exists(path))
        self.reload(daemon, "(?s)(event=listening.*){3}", listen="127.0.0.1:0")
        self.port = self.port_of(daemon, count=2)
        self.assertEqual(self.ask("GET", "/healthz").status, 200)

    def test_what_does_not_work_changes_nothing(self):
        daemon = self.begin(listen="127.0.0.1:0", cors_origins="https://a.example")
        self.reload(daemon, "event=http_not_reloaded .*Cannot assign",
                    listen="127.0.0.1:0, 192.0.2.1:80", max_body=2000)
        got = self.ask("GET", "/healthz", headers={"Origin": "https://a.example"})
        self.assertEqual(got.headers["Access-Control-Allow-Origin"], "https://a.example")


@unittest.skipUnless(shutil.which("openssl"), "openssl is not installed")
class TlsTest(ReloadCase):
    def certificate(self, name):
        cert, key = (self.cluster.scratch.file(name + end) for end in (".crt", ".key"))
        done = self.cluster.scratch.run(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj", "/CN=" + name, "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2",
            "-keyout", key, "-out", cert)
        self.assertEqual(done.returncode, 0, done.stderr)
        return cert, key

    def trusts(self, cert):
        """Whether who trusts that certificate gets an answer."""
        context = ssl.create_default_context(cafile=cert)
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=context)
        self.addCleanup(connection.close)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except ssl.SSLCertVerificationError:
            return False

    def test_certificates_are_renewed(self):
        (first, key), (second, other_key) = self.certificate("first"), self.certificate("second")
        daemon = self.begin(listen="127.0.0.1:0", tls_cert=first, tls_key=key)
        self.assertTrue(self.trusts(first))
        self.assertFalse(self.trusts(second))
        self.assertNotIn(b"200", read_all(self.raw(GET)))
        self.reload(daemon, "(?s)listening.*listening", listen="127.0.0.1:0", tls_cert=second, tls_key=other_key)
        self.assertTrue(self.trusts(second))
        self.reload(daemon, "http_not_reloaded .*not a certificate and its key",
                    listen="127.0.0.1:0", tls_cert=second, tls_key=key)
        self.assertTrue(self.trusts(second))

    def test_what_is_missing(self):
        cert, key = self.certificate("third")
        for more, message in ((dict(HTTP_TLS_CERT=cert), "both are needed"),
                              (dict(HTTP_TLS_CERT=cert, HTTP_TLS_KEY="/nowhere"), "no such file"),
                              (dict(HTTP_TLS_CERT=self.path, HTTP_TLS_KEY=key), "no PEM file")):
            self.write()
            done = self.db.run("daemon", env=self.environment(HTTP_LISTEN="127.0.0.1:0", **more))
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(message, done.stderr)


class StopTest(HttpCase):
    def block(self):
        """A request that waits for the database until the session that is returned lets it go on."""
        wait_until(lambda: self.ask("GET", "/readyz").status == 200)
        session = Session(self.db)
        self.addCleanup(session.close)
        session.ask("BEGIN; LOCK TABLE public.model_access IN ACCESS EXCLUSIVE MODE;")
        answers = []
        thread = threading.Thread(target=lambda: answers.append(self.ask("GET", "/metrics")))
        thread.start()
        self.addCleanup(thread.join)
        wait_until(lambda: self.db.value("""SELECT count(*) FROM pg_stat_activity
            WHERE wait_event_type = 'Lock' AND query LIKE '%metrics%' AND application_name LIKE 'modelsync%'""") == "1")
        return session, thread, answers

    def test_answers_on_their_way_are_finished(self):
        daemon = self.listen()
        session, thread, answers = self.block()
        daemon.signal(signal.SIGTERM)
        daemon.wait_log("event=stopping")
        session.ask("COMMIT;")
        thread.join()
        self.assertEqual(daemon.process.wait(30), 0)
        self.assertEqual(answers[0].status, 200)
        self.assertIn("modelsync_models", answers[0].text)

    def test_but_not_for_ever(self):
        daemon = self.listen()
        _, thread, answers = self.block()
        began = time.monotonic()
        self.assertEqual(daemon.stop(), 0)
        self.assertLess(time.monotonic() - began, 15)
        thread.join()
        self.assertEqual(answers[0].status, 200)
        self.assertNotIn("modelsync_models", answers[0].text)


class DatabaseTest(HttpCase):
    def test_the_database_goes_and_comes(self):
        self.listen()
        wait_until(lambda: self.ask("GET", "/readyz").status == 200)
        self.cluster.control("stop")
        try:
            refused = wait_until(lambda: (a := self.ask("GET", "/readyz")).status == 503 and a, 30)
            self.assertEqual(refused.json["status"], "not ready")
            self.assertEqual([reason["what"] for reason in refused.json["reasons"]], ["database"])
            self.assertEqual(self.ask("GET", "/healthz").status, 200)
            self.assertIn("modelsync_database_up 0", self.ask("GET", "/metrics").text)
        finally:
            self.cluster.control("start", "--fast")
        wait_until(lambda: self.ask("GET", "/readyz").status == 200, 60)
        wait_until(lambda: "modelsync_models" in self.ask("GET", "/metrics").text, 30)


if __name__ == "__main__":
    unittest.main()
