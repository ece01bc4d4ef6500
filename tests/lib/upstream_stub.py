#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""An upstream that plays a script, well behaved or not.

    with Upstream([Answer(503), Answer(body=catalogue([model("a/b")]))]) as upstream:
        ... upstream.url ... upstream.requests

Each request gets the next answer, the last one again and again. An answer that is not the last of
what happens on a connection is unusual here: every connection serves one request.

As a program it serves files, one after the other, for trying things by hand:

    upstream_stub.py [--port N] [--delay SECONDS] FILE...
"""
import argparse
import dataclasses
import gzip
import http.server
import json
import os
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

PATH = "/api/v1/models"


def model(model_id, **changes):
    """A model as upstream describes one; keyword arguments replace members, None removes them."""
    vendor, _, name = model_id.partition("/")
    whole = {
        "id": model_id,
        "canonical_slug": model_id.lstrip("~"),
        "name": "%s: %s" % (vendor.lstrip("~").title(), name or vendor),
        "created": 1750000000,
        "description": "A model of the test.",
        "context_length": 8192,
        "architecture": {
            "modality": "text->text",
            "input_modalities": ["text"],
            "output_modalities": ["text"],
            "tokenizer": "Other",
            "instruct_type": None,
        },
        "pricing": {"prompt": "0.000001", "completion": "0.000002"},
        "top_provider": {
            "context_length": 8192,
            "max_completion_tokens": 4096,
            "is_moderated": False,
        },
        "supported_parameters": ["max_tokens"],
        "hugging_face_id": None,
        "per_request_limits": None,
    }
    whole.update(changes)
    return {key: value for key, value in whole.items() if value is not None or key not in changes}


def models(count, prefix="vendor/model-"):
    return [model("%s%03d" % (prefix, number)) for number in range(count)]


def catalogue(entries, total_count=Ellipsis, next=None):
    """The bytes of a page. total_count: by default the true one; None leaves it out."""
    root = {"data": entries, "links": {"next": next}}
    if total_count is Ellipsis:
        total_count = len(entries)
    if total_count is not None:
        root["total_count"] = total_count
    return json.dumps(root, ensure_ascii=False).encode()


@dataclasses.dataclass
class Answer:
    """What is sent for one request. The defaults make a correct, empty JSON answer."""

    status: int = 200
    body: bytes = b""
    headers: dict = dataclasses.field(default_factory=dict)
    content_type: str = "application/json"
    gzip: bool = False
    raw: bytes = None  # sent as it is, instead of everything else
    claimed_length: int = None  # Content-Length that is not true
    no_length: bool = False  # the end of the connection is the end of the answer
    send_only: int = None  # that many bytes of the body, then close
    hang_before: bool = False  # accept, read the request, say nothing
    hang_after: int = None  # that many bytes of the body, then silence
    delay: float = 0.0  # seconds before the answer
    etag: str = None  # sent along; who asks with it gets 304
    reset: bool = False  # the connection ends with a reset
    drip: float = 0.0  # seconds between single bytes of what is sent
    repeat_body: int = 1  # send the body so often, without building it


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        self.close_connection = True
        answer = self.server.upstream.next_answer(self)
        stop = self.server.upstream.closing
        if answer.delay:
            stop.wait(answer.delay)
        if answer.hang_before:
            stop.wait()
            return
        try:
            if answer.drip:
                self.wfile = SlowWriter(self.wfile, answer.drip, stop)
            self.play(answer, stop)
            if answer.reset:
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.connection.close()
        except OSError:
            pass  # the client had enough

    do_POST = do_GET

    def play(self, answer, stop):
        if answer.raw is not None:
            self.wfile.write(answer.raw)
            return
        if answer.etag and self.headers["If-None-Match"] == answer.etag:
            answer = Answer(304, content_type=None, etag=answer.etag, no_length=True)
        body = gzip.compress(answer.body) if answer.gzip else answer.body
        self.send_head(answer, len(body) * answer.repeat_body)
        end = answer.hang_after if answer.hang_after is not None else answer.send_only
        if end is not None:
            self.wfile.write(body[:end])
        else:
            for _ in range(answer.repeat_body):
                self.wfile.write(body)
        self.wfile.flush()
        if answer.hang_after is not None:
            stop.wait()

    def send_head(self, answer, length):
        self.send_response(answer.status)
        if answer.content_type:
            self.send_header("Content-Type", answer.content_type)
        if answer.gzip:
            self.send_header("Content-Encoding", "gzip")
        if answer.claimed_length is not None:
            length = answer.claimed_length
        if not answer.no_length:
            self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        if answer.etag:
            self.send_header("ETag", answer.etag)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()


class Certificate:
    """A key and a certificate that nobody but `file` vouches for."""

    def __init__(self, name="IP:127.0.0.1", days=2, only=None):
        """name: who it is for. days < 0: it has expired. only: the version of TLS spoken."""
        self._directory = tempfile.mkdtemp(prefix="modelsync-tls-")
        self.file, self._key = self._path("cert.pem"), self._path("key.pem")
        self._only = only
        subject = "/CN=" + os.path.basename(self._directory)  # no two alike: they are looked up by it
        self._openssl(
            "req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", subject,
            "-addext", "subjectAltName=" + name, "-keyout", self._key, "-out", self._path("request"),
        )
        self._openssl(
            "x509", "-req", "-in", self._path("request"), "-signkey", self._key,
            "-days", str(days), "-copy_extensions", "copy", "-out", self.file,
        )

    def _path(self, name):
        return os.path.join(self._directory, name)

    @staticmethod
    def _openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)

    def directory(self):
        """A directory as certificates are looked up in: by the hash of their subject."""
        path = self._path("hashed")
        os.makedirs(path, exist_ok=True)
        shutil.copy(self.file, os.path.join(path, "stub.pem"))
        self._openssl("rehash", path)
        return path

    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if self._only:
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = self._only
        context.load_cert_chain(self.file, self._key)
        return context

    def close(self):
        shutil.rmtree(self._directory)


class SlowWriter:
    """Sends byte by byte, until the other side or the test has had enough."""

    closed = False

    def __init__(self, file, seconds, stop):
        self._file, self._seconds, self._stop = file, seconds, stop

    def write(self, data):
        for byte in data:
            self._file.write(bytes([byte]))
            if self._stop.wait(self._seconds):
                raise BrokenPipeError

    def flush(self):
        self._file.flush()

    def close(self):
        self._file.close()


class QuietServer(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        pass  # clients that hang up are part of the game


class Upstream:
    """The server; running from construction to close()."""

    def __init__(self, answers=(), tls=None, port=0):
        """tls: None or a Certificate."""
        self.closing = threading.Event()
        self.requests = []  # (path with query, headers), in order
        self.bodies = []  # what came with them
        self._lock = threading.Lock()
        self.script(*answers)
        self._server = QuietServer(("127.0.0.1", port), Handler)
        self._server.upstream = self
        if tls:
            self._server.socket = tls.context().wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        scheme = "https" if tls else "http"
        self.port = self._server.server_address[1]
        self.origin = "%s://127.0.0.1:%d" % (scheme, self.port)
        self.url = self.origin + PATH
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def script(self, *answers):
        """What the next requests get; bytes are the body of a correct answer."""
        with self._lock:
            self._answers = [a if isinstance(a, Answer) else Answer(body=a) for a in answers]

    def next_answer(self, request):
        body = request.rfile.read(int(request.headers["Content-Length"] or 0))
        with self._lock:
            self.bodies.append(body)
            self.requests.append((request.path, dict(request.headers)))
            if not self._answers:
                return Answer(404, b'{"error":{"message":"nothing in the script"}}')
            return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    def close(self):
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("files", nargs="+", metavar="FILE", help="an answer each, in order")
    options = parser.parse_args()
    answers = []
    for path in options.files:
        with open(path, "rb") as file:
            answers.append(Answer(body=file.read(), gzip=True, delay=options.delay))
    with Upstream(answers, port=options.port) as upstream:
        print(upstream.url, flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    sys.exit(main())
