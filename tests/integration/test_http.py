# SPDX-License-Identifier: MIT
"""The HTTP listener: what every request meets, whatever it asks for."""
import unittest
from http.client import HTTPResponse

from http_case import Answered, HttpCase
from modelsync_test import wait_until


class HttpTest(HttpCase):
    def test_alive_and_ready(self):
        self.listen()
        alive = self.ask("GET", "/healthz")
        self.assertEqual((alive.status, alive.json["status"]), (200, "ok"))
        self.assertEqual(alive.headers["Cache-Control"], "no-store")
        wait_until(lambda: self.ask("GET", "/readyz").status == 200)
        self.assertEqual(self.ask("GET", "/readyz").json, {"status": "ready", "reasons": []})

    def test_head_has_the_headers_only(self):
        self.listen()
        got, head = self.ask("GET", "/healthz"), self.ask("HEAD", "/healthz")
        self.assertEqual((head.status, head.body), (200, b""))
        self.assertEqual(head.headers["Content-Length"], str(len(got.body)))

    def test_what_is_not_there(self):
        self.listen()
        self.check_error(self.ask("GET", "/nothing"), 404, "NOT_FOUND")
        self.check_error(self.ask("GET", "/healthz/"), 404, "NOT_FOUND")
        refused = self.ask("POST", "/healthz")
        self.check_error(refused, 405, "METHOD_NOT_ALLOWED")
        self.assertEqual(refused.headers["Allow"], "GET, HEAD, OPTIONS")
        self.check_error(self.ask("BREW", "/healthz"), 501, "NOT_IMPLEMENTED")
        self.check_error(self.ask("GET", "/healthz?a=%zz"), 400, "BAD_REQUEST")

    def test_bodies_where_none_belongs(self):
        self.listen()
        self.check_error(self.ask("GET", "/healthz", {"a": 1}), 400, "BAD_REQUEST")

    def test_bodies_that_are_too_long(self):
        self.listen(HTTP_MAX_BODY=1024)
        for length, body in ((1025, b"x" * 1025), (1 << 40, b"")):
            client = self.raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b"
                              % (length, body))
            response = HTTPResponse(client)
            response.begin()
            self.check_error(Answered(response), 413, "PAYLOAD_TOO_LARGE")

    def test_a_connection_serves_many_requests(self):
        self.listen()
        connection = self.connect()
        for _ in range(5):
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            self.assertEqual(answer.status, 200)
            answer.read()
            self.assertNotEqual(answer.headers["Connection"], "close")

    def test_request_ids(self):
        self.listen()
        given = self.ask("GET", "/healthz", headers={"X-Request-Id": "abc-1.2_3"})
        self.assertEqual(given.headers["X-Request-Id"], "abc-1.2_3")
        for bad in ("a b", "x" * 65, "<script>"):
            made = self.ask("GET", "/healthz", headers={"X-Request-Id": bad}).headers["X-Request-Id"]
            self.assertRegex(made, "^[0-9a-f]{16}-[0-9]+$")

    def test_the_access_log(self):
        daemon = self.listen(HTTP_ACCESS_LOG="true")
        self.ask("HEAD", "/healthz?a=secret", headers={"X-Request-Id": "mine"})
        daemon.wait_log("level=info event=request request=mine route=HEALTHZ method=HEAD path=/healthz"
                        " status=200 ms=[0-9]+ bytes=0")
        self.ask("GET", "/a%0Ab", headers={"X-Request-Id": "other"})
        daemon.wait_log("event=request request=other route=none method=GET path=\"/a%0Ab\" status=404")
        self.assertNotIn("secret", daemon.log())

    def test_without_it_the_log_is_quiet(self):
        daemon = self.listen()
        self.ask("GET", "/healthz")
        self.assertNotIn("event=request ", daemon.log())

    def test_cross_origin(self):
        self.listen(HTTP_CORS_ORIGINS="https://a.example, https://b.example")
        got = self.ask("GET", "/healthz", headers={"Origin": "https://b.example"})
        self.assertEqual(got.headers["Access-Control-Allow-Origin"], "https://b.example")
        self.assertEqual(got.headers["Vary"], "Origin")
        other = self.ask("GET", "/healthz", headers={"Origin": "https://c.example"})
        self.assertIsNone(other.headers["Access-Control-Allow-Origin"])
        asked = self.ask("OPTIONS", "/healthz", headers={
            "Origin": "https://a.example", "Access-Control-Request-Method": "GET"})
        self.assertEqual((asked.status, asked.body), (204, b""))
        self.assertEqual(asked.headers["Access-Control-Allow-Methods"], "GET, HEAD, OPTIONS")


if __name__ == "__main__":
    unittest.main()
