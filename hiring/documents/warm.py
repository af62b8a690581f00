"""A process that waits with the reading libraries loaded and forks one confined child a file: a start costs milliseconds.

Run by `reader.py` as `python -I warm.py <socket>` with an empty environment, a session of its own and nothing open but the
socket. It never opens a document itself, so that no file can leave anything behind for the next: each is read in a fork that
confines itself as `child.py` does when started cold. Each request is answered once:

    {"directory": ..., "kind": ..., "job": ...} with the descriptor to write to    the pid of the fork
    {"reap": pid}, when the reader has ended it                                    the same pid

When the socket closes, the worker is gone: this process ends, and every fork dies with it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import json
import os
import signal
import socket
import sys
from typing import Any

LIBRARIES = (
    "pypdfium2", "pypdf", "pypdf.generic", "lxml.etree", "PIL.Image", "PIL.ImageChops", "PIL.ImageDraw", "PIL.ImageFont",
    "PIL.PngImagePlugin", "striprtf.striprtf", "zipfile", "io",
)  # fmt: skip
READY = b"ready"


def load() -> Any:
    """`child.py`, which stands beside this file, and what it will import."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "child.py")
    found = importlib.util.spec_from_file_location("child", path)
    assert found is not None and found.loader is not None  # noqa: S101
    child = importlib.util.module_from_spec(found)
    found.loader.exec_module(child)
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):  # then the one kind of file that needs it says so
            importlib.import_module(name)
    for name in (
        "acting",
        "drawing",
        "grounds",
        "office",
        "page_styles",
        "rich_text",
        "saved_pages",
        "scans",
        "unseen",
    ):
        with contextlib.suppress(ImportError, OSError, AttributeError):
            child.beside(name)
    return child


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    child = load()
    gc.collect()
    gc.freeze()  # forks share these objects; a collection in a fork must not copy them
    control.sendall(READY)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 4096, 1)
        if not message:
            return
        asked = json.loads(message)
        if "reap" in asked:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(asked["reap"], 0)
            control.sendall(str(asked["reap"]).encode())
            continue
        pid = os.fork()
        if pid == 0:
            become(child, control, asked, descriptors[0])
        os.close(descriptors[0])
        control.sendall(str(pid).encode())


def become(child: Any, control: socket.socket, asked: dict[str, str], output: int) -> None:
    """In the fork: let go of everything, then be the child. Never returns."""
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        control.close()
        os.dup2(output, 1)
        os.closerange(3, 256)
        os.chdir(asked["directory"])
        os.environ["TMPDIR"] = asked["directory"]
        sys.argv = ["child.py", "file", asked["kind"], asked["job"]]
        child.main()
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
