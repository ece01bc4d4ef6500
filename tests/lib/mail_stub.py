# SPDX-License-Identifier: MIT
"""A mail server that does what it is told, by python3-aiosmtpd, and one that says nothing at all.

    with Mailbox(tls=certificate, login=("ann", "secret")) as box:
        ... box.url ... box.mails
"""
import asyncio
import email
import email.policy
import socket
import threading
import unittest

try:
    from aiosmtpd.smtp import SMTP, AuthResult
except ImportError:
    SMTP = None


class Mail:
    """A mail as it arrived."""

    def __init__(self, envelope):
        self.sender = envelope.mail_from
        self.recipients = list(envelope.rcpt_tos)
        self.raw = envelope.content
        self.message = email.message_from_bytes(envelope.content, policy=email.policy.default)

    def __getitem__(self, name):
        """A header, decoded; "" when it is not there."""
        return str(self.message[name] or "")

    @property
    def text(self):
        return self.message.get_content().replace("\r\n", "\n")


class Mailbox:
    """The server; running from construction to close()."""

    def __init__(self, tls=None, implicit=False, login=None, port=0):
        """tls: None or a Certificate; implicit: TLS from the first byte instead of STARTTLS."""
        if SMTP is None:
            raise unittest.SkipTest("python3-aiosmtpd is missing")
        self.mails = []
        self.refused = {}  # what RCPT of an address is answered
        self.answers = []  # what the next mails are answered; then 250
        self.hold = threading.Event()  # while it is set a mail that has come is not answered
        self.held = threading.Event()
        self._login, self._tls, self._implicit = login, tls, implicit
        self._loop = asyncio.new_event_loop()
        context = tls.context() if tls and implicit else None
        self._server = self._loop.run_until_complete(
            self._loop.create_server(self._protocol, "127.0.0.1", port, ssl=context))
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = "%s://127.0.0.1:%d" % ("smtps" if implicit else "smtp", self.port)
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def _protocol(self):
        return SMTP(
            self, loop=self._loop, hostname="stub",
            tls_context=self._tls.context() if self._tls and not self._implicit else None,
            require_starttls=bool(self._tls) and not self._implicit,
            auth_required=bool(self._login), auth_require_tls=not self._implicit,
            authenticator=self._authenticate)

    def _authenticate(self, _server, _session, _envelope, _mechanism, data):
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self._login, handled=False)

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        answer = self.answers.pop(0) if self.answers else "250 2.0.0 queued as 17"
        if answer.startswith("2"):
            self.mails.append(Mail(envelope))
        while self.hold.is_set():
            self.held.set()
            await asyncio.sleep(0.02)
        return answer

    def subjects(self):
        return [mail["Subject"] for mail in self.mails]

    def close(self):
        async def end():
            self._server.close()
            for task in asyncio.all_tasks():
                if task is not asyncio.current_task():
                    task.cancel()

        self.hold.clear()
        asyncio.run_coroutine_threadsafe(end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()


class Silence:
    """Accepts connections and never says a word."""

    def __init__(self):
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.address = "127.0.0.1:%d" % self._socket.getsockname()[1]

    def close(self):
        self._socket.close()
