# SPDX-License-Identifier: MIT
"""What the tests of the HTTP listener share: a daemon that listens, and clients."""
import http.client
import json
import re
import socket

from daemon_case import DaemonCase


class Answered:
    """An answer that was read to its end."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def json(self):
        return json.loads(self.body)


class HttpCase(DaemonCase):
    def listen(self, address="127.0.0.1:0", wait=True, **settings):
        """A daemon with a listener; self.port is where it can be asked."""
        daemon = self.start(wait=wait, HTTP_LISTEN=address, **settings)
        self.port = self.port_of(daemon)
        return daemon

    @staticmethod
    def port_of(daemon, count=1):
        return int(daemon.wait_log(r"event=listening address=\S*:(\d+)", count=count).group(1))

    def connect(self, port=None):
        """A connection of http.client."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=30)
        self.addCleanup(connection.close)
        return connection

    def ask(self, method, path, body=None, headers=None, port=None):
        """One request on a connection of its own; body: what json.dumps() takes, or bytes."""
        headers = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        connection = self.connect(port)
        connection.request(method, path, body, headers)
        answered = Answered(connection.getresponse())
        connection.close()
        return answered

    def raw(self, data=b""):
        """A socket to which that was sent."""
        client = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self.addCleanup(client.close)
        client.sendall(data)
        return client

    def check_error(self, answered, status, code):
        """The shape of every refusal."""
        self.assertEqual(answered.status, status, answered.text)
        error = answered.json
        self.assertEqual(error["code"], code, error)
        self.assertLessEqual(set(error), {"error", "code", "message", "details", "requestId"})
        self.assertTrue(error["error"] and error["message"], error)
        self.assertEqual(error["requestId"], answered.headers["X-Request-Id"])
        self.assertRegex(answered.headers["X-Response-Time"], re.compile(r"^\d+\.\d{3}ms$"))
        return error
