"""A clamd that speaks the real one's protocol on a real socket, and does what a test tells it to."""

from __future__ import annotations

import contextlib
import socketserver
import struct
import threading
import time
from pathlib import Path
from typing import Any


class Session(socketserver.StreamRequestHandler):
    server: Clamd

    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0"):
            letter = self.rfile.read(1)
            if not letter:
                return
            command += letter
        assert command == b"zINSTREAM\0"
        if self.server.mode == "hangs up":
            return
        data = b""
        while length := struct.unpack(">L", self.rfile.read(4))[0]:
            data += self.rfile.read(length)
        self.server.seen.append(data)
        if self.server.mode == "silent":
            time.sleep(self.server.patience)
        elif self.server.mode == "cut off":
            self.wfile.write(b"stream: O")
        elif self.server.mode == "broken":
            self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
        else:
            self.wfile.write(b"stream: Eicar-Signature FOUND\0" if b"EICAR" in data else b"stream: OK\0")


class Clamd(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """On a TCP port, or on a unix socket when a path is given. `seen` holds the bytes of each file it was sent."""

    daemon_threads = True
    allow_reuse_address = True
    patience = 3.0

    def __init__(self, path: Path | None = None) -> None:
        self.mode, self.seen = "works", []
        if path:
            self.address_family = socketserver.UnixStreamServer.address_family
        super().__init__(str(path) if path else ("127.0.0.1", 0), Session)  # type: ignore[arg-type]
        self.address = str(path) if path else f"127.0.0.1:{self.server_address[1]}"

    def server_bind(self) -> None:
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is none of the tests' business."""


@contextlib.contextmanager
def running(path: Path | None = None):
    server = Clamd(path)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
