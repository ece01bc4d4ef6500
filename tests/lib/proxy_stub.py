# SPDX-License-Identifier: MIT
"""An HTTP proxy that really forwards: CONNECT as a tunnel, http:// URLs by asking in its own name."""
import base64
import http.client
import http.server
import select
import socket
import threading
import urllib.parse

from upstream_stub import QuietServer


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def is_welcome(self):
        self.server.proxy.requests.append((self.command, self.path, dict(self.headers)))
        self.close_connection = True
        login = self.server.proxy.login
        if login and self.headers["Proxy-Authorization"] != login:
            self.send_response(407)
            self.send_header("Proxy-Authenticate", 'Basic realm="x"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return False
        if self.server.proxy.status:
            self.send_error(self.server.proxy.status)
            return False
        return True

    def do_GET(self):
        if not self.is_welcome():
            return
        url = urllib.parse.urlsplit(self.path)
        onward = http.client.HTTPConnection(url.hostname, url.port, timeout=10)
        headers = {n: v for n, v in self.headers.items() if not n.lower().startswith("proxy-")}
        onward.request("GET", url.path + ("?" + url.query if url.query else ""), headers=headers)
        answer = onward.getresponse()
        body = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        onward.close()

    def do_CONNECT(self):
        if not self.is_welcome():
            return
        host, port = self.path.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=10) as onward:
            self.send_response(200)
            self.send_header("ETag", '"of the proxy"')
            self.end_headers()
            self.tunnel(onward)

    def tunnel(self, onward):
        ends = {self.connection: onward, onward: self.connection}
        while True:
            for end in select.select(list(ends), [], [], 10)[0]:
                data = end.recv(65536)
                if not data:
                    return
                ends[end].sendall(data)


class Proxy:
    """The proxy; running from construction to close()."""

    def __init__(self, login=None, status=None):
        """login: "user:password" it asks for. status: refuses everything with it."""
        self.login = login and "Basic " + base64.b64encode(login.encode()).decode()
        self.status = status
        self.requests = []  # (method, target, headers), in order
        self._server = QuietServer(("127.0.0.1", 0), Handler)
        self._server.proxy = self
        self.address = "127.0.0.1:%d" % self._server.server_address[1]
        self.url = "http://" + self.address
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()
