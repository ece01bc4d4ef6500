# SPDX-License-Identifier: MIT
"""A wire that can be cut: between programs and the Unix socket of a cluster.

    with SocketProxy(directory, target) as proxy:   # .s.PGSQL.5432 in directory
        proxy.is_frozen = True     # nothing passes any more, and nobody is told
        proxy.cut()                # connections break; new ones are welcome
        proxy.close()              # connections break, and nobody gets through any more
"""
import os
import socket
import threading

NAME = ".s.PGSQL.5432"


class SocketProxy:
    def __init__(self, directory, target):
        os.makedirs(directory, exist_ok=True)
        self.directory = directory
        self.target = target
        self._running = threading.Event()
        self._running.set()
        self._sockets = set()
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(os.path.join(directory, NAME))
        self._listener.listen(20)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def is_frozen(self):
        return not self._running.is_set()

    @is_frozen.setter
    def is_frozen(self, frozen):
        (self._running.clear if frozen else self._running.set)()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            try:
                far.connect(self.target)
            except OSError:
                near.close()
                continue
            with self._lock:
                self._sockets |= {near, far}
            for pair in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=pair, daemon=True).start()

    def _pump(self, source, sink):
        try:
            while True:
                data = source.recv(65536)
                self._running.wait()
                if not data:
                    break
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        with self._lock:
            for end in self._sockets:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                end.close()
            self._sockets.clear()

    def close(self):
        self._running.set()
        self._listener.close()
        path = os.path.join(self.directory, NAME)
        if os.path.exists(path):
            os.unlink(path)
        self.cut()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()
