"""The one place where a virus scanner is asked (SEC-16). Without one, files are not held up.

With CLAMD_ADDRESS set it is clamd, asked by its own protocol: the bytes are streamed (INSTREAM), so it needs no access to
our files. Other scanners append themselves to `scanners`.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings

PORT = 3310
SECONDS = 30
CHUNK = 64 * 1024
LONGEST_ANSWER = 4096

scanners: list[Callable[[bytes], str]] = []
"""Each names what it found in the bytes, or says "" when they are clean; one that raises is down, and the file is held."""


class Unavailable(Exception):
    """No scanner could say whether the bytes are clean. They stay unread and unserved until one can."""


def find(data: bytes) -> str:
    """What a scanner found in these bytes, or "" when all of them call them clean. Raises Unavailable."""
    asked = [*scanners, clamd] if settings.CLAMD_ADDRESS else scanners
    for scanner in asked:
        try:
            found = scanner(data)
        except Exception as error:
            raise Unavailable(type(error).__name__) from error
        if found:
            return found
    return ""


def clamd(data: bytes) -> str:
    """Ask clamd. Raises OSError when it cannot be reached or does not answer, Unavailable when it cannot say."""
    deadline = time.monotonic() + SECONDS
    with _connection(settings.CLAMD_ADDRESS) as server:
        try:
            server.sendall(b"zINSTREAM\0")
            for start in range(0, len(data), CHUNK):
                chunk = data[start : start + CHUNK]
                server.settimeout(max(deadline - time.monotonic(), 0.01))
                server.sendall(struct.pack(">L", len(chunk)) + chunk)
            server.sendall(struct.pack(">L", 0))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it may have said why before it hung up
        answer = _answer(server, deadline)
    words = answer.partition(": ")[2]
    if words == "OK":
        return ""
    if words.endswith(" FOUND"):
        return words.removesuffix(" FOUND")
    raise Unavailable("clamd gave no verdict")


def _answer(server: socket.socket, deadline: float) -> str:
    """What clamd says, up to its closing zero. An answer that is cut off says nothing."""
    said = b""
    while not said.endswith(b"\0") and len(said) < LONGEST_ANSWER:
        server.settimeout(max(deadline - time.monotonic(), 0.01))
        piece = server.recv(LONGEST_ANSWER)
        if not piece:
            raise Unavailable("clamd hung up")
        said += piece
    return said.rstrip(b"\0\n").decode("utf-8", "replace")


def place(address: str) -> str | tuple[str, int]:
    """A socket's path, or host and port, of `/run/clamd.sock`, `unix:/run/clamd.sock`, `host`, `host:port`, `tcp://host:port`.

    Raises ValueError when it is none of these.
    """
    if address.startswith(("/", "unix:")):
        return "/" + address.removeprefix("unix:").lstrip("/")
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    if parts.scheme != "tcp" or not parts.hostname or parts.path.strip("/"):
        raise ValueError(address)
    return parts.hostname, parts.port or PORT


def _connection(address: str) -> socket.socket:
    where = place(address)
    if isinstance(where, tuple):
        return socket.create_connection(where, timeout=5)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.settimeout(5)
    try:
        server.connect(where)
    except OSError:
        server.close()
        raise
    return server
