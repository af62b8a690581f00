"""Starting the confined child that reads one file: forked from a warm process where one waits, else started cold.

The first file of a worker is read by a cold child; after it, a process with the libraries loaded is kept beside the worker
(`warm.py`) and forks the children of all further files. Whatever becomes of it, reading goes on cold, and another is started.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 5.0
READY_WITHIN = 20.0
MOST_FILES = 2_000  # then a fresh one: what little each fork leaves behind does not add up
CPU_SECONDS = 120
ENVIRONMENT = {"LC_ALL": "C.UTF-8"}


@dataclass
class Child:
    """A child that reads: where its findings come from, and how it is ended whatever it does."""

    pid: int
    output: int
    reap: Callable[[], None]

    def end(self) -> None:
        for kill in (os.killpg, os.kill):  # the second for a fork that had no time to open its own session
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(self.pid, signal.SIGKILL)
        os.close(self.output)
        self.reap()


class _Gone(Exception):
    """The warm process does not answer as it should."""


class _Warm:
    """The process that waits, and the socket to it. Asked by one thread at a time."""

    def __init__(self, script: Path) -> None:
        self.script, self.files, self.is_ready, self.since = script, 0, False, time.monotonic()
        self.control, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - fixed arguments, no shell
                [sys.executable, "-I", str(script), str(theirs.fileno())],
                cwd="/",
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                resource.prlimit(self.process.pid, resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        self.control.settimeout(PATIENCE)

    def ready(self) -> bool:
        """Whether it can be asked now. Raises _Gone when it will never be."""
        if not self.is_ready:
            self.control.setblocking(False)
            try:
                self.is_ready = self.control.recv(16) == b"ready"
                if not self.is_ready:
                    raise _Gone
            except BlockingIOError:
                if time.monotonic() - self.since > READY_WITHIN or self.process.poll() is not None:
                    raise _Gone from None
            except OSError:
                raise _Gone from None
            finally:
                self.control.settimeout(PATIENCE)
        return self.is_ready

    def ask(self, question: dict[str, object], descriptors: list[int]) -> int:
        try:
            socket.send_fds(self.control, [json.dumps(question).encode()], descriptors)
            return int(self.control.recv(16))
        except (OSError, ValueError):
            raise _Gone from None

    def end(self) -> None:
        self.control.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


_lock = threading.Lock()
_warm: _Warm | None = None


def start(child: Path, directory: Path, kind: str, job: str) -> Child:
    """A child that reads `file` in `directory`."""
    with _lock:
        return _forked(child, directory, kind, job) or _cold(child, directory, kind, job)


def rest() -> None:
    """End the warm process; the next file starts another."""
    global _warm
    with _lock:
        if _warm:
            _warm.end()
        _warm = None


def _forked(child: Path, directory: Path, kind: str, job: str) -> Child | None:
    """A fork of the warm process, None when there is none yet. Then one is started, for the files after this."""
    global _warm
    script = child.with_name("warm.py")
    try:
        if _warm and (_warm.script != script or _warm.files >= MOST_FILES):
            raise _Gone
        if _warm is None:
            _warm = _Warm(script) if script.exists() and job == "read" else None
            return None
        return _fork(_warm, directory, kind, job) if _warm.ready() else None
    except _Gone:
        if _warm:
            _warm.end()
        _warm = None
        return None


def _fork(warm: _Warm, directory: Path, kind: str, job: str) -> Child:
    mine, theirs = os.pipe()
    try:
        pid = warm.ask({"directory": str(directory), "kind": kind, "job": job}, [theirs])
    except _Gone:
        os.close(mine)
        raise
    finally:
        os.close(theirs)
    warm.files += 1

    def reap() -> None:
        global _warm
        with _lock:
            try:
                if warm.ask({"reap": pid}, []) != pid:
                    raise _Gone
            except _Gone:  # a late answer must not be taken for the next one
                if _warm is warm:
                    _warm = None
                    warm.end()

    return Child(pid, mine, reap)


def _cold(child: Path, directory: Path, kind: str, job: str) -> Child:
    process = subprocess.Popen(  # noqa: S603 - fixed arguments, no shell
        [sys.executable, "-I", str(child), "file", kind, job],
        cwd=directory,
        env=ENVIRONMENT | {"TMPDIR": str(directory)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdout is not None  # noqa: S101
    output = os.dup(process.stdout.fileno())
    process.stdout.close()

    def reap() -> None:
        process.wait()

    return Child(process.pid, output, reap)


def _forget() -> None:
    """In a forked worker: the warm process belongs to the parent. Only our end of the socket is let go."""
    global _warm, _lock
    if _warm:
        _warm.control.close()
    _warm, _lock = None, threading.Lock()


os.register_at_fork(after_in_child=_forget)
