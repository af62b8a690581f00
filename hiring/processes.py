"""Child processes that do not outlive us.

On Linux a child asks the kernel for a signal when its parent dies (PR_SET_PDEATHSIG), so that even `kill -9` of the
supervisor leaves nothing running. Whatever slips through carries RUN_MARK in its environment and is found by `strays`.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

RUN_MARK = "THROUGHLINE_RUN"
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class RunAs:
    """The system user a server runs as when we are root."""

    name: str
    uid: int
    gid: int


def die_with_parent(number: int = signal.SIGKILL) -> None:
    """Ask to be sent `number` when the parent dies. Called in the child; the kernel forgets it when the user changes."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, number)


def spawn(
    argv: list[str],
    *,
    env: dict[str, str] | None = None,
    run_as: RunAs | None = None,
    stdout: int | IO[bytes] | None = None,
    cwd: Path | None = None,
    death_signal: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start `argv` in a session of its own, so that Ctrl-C reaches only us and the whole family can be ended by its group."""
    parent = os.getpid()

    def in_child() -> None:
        die_with_parent(death_signal)
        if os.getppid() != parent:  # it died between fork and prctl
            os._exit(1)

    return subprocess.Popen(
        argv,
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.STDOUT if stdout is not None else None,
        start_new_session=True,
        preexec_fn=in_child,
        **_identity(run_as),
    )


def run(
    argv: list[str],
    *,
    run_as: RunAs | None = None,
    stdin: str = "",
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a short command to its end and return what it said."""
    return subprocess.run(
        argv, input=stdin, env=env, cwd=cwd, text=True, capture_output=True, check=False, **_identity(run_as)
    )


def _identity(run_as: RunAs | None) -> dict[str, Any]:
    return {"user": run_as.uid, "group": run_as.gid, "extra_groups": []} if run_as else {}


def end(process: subprocess.Popen[bytes], number: int, patience: float) -> None:
    """Ask a process to end, wait, and kill its whole group when it does not."""
    if process.poll() is None:
        process.send_signal(number)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            kill_group(process.pid)
            process.wait()


def kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def strays(mark: str) -> list[int]:
    """Processes of an earlier run that lost their supervisor: those whose environment carries `mark`. Linux only."""
    found = []
    wanted = f"{RUN_MARK}={mark}".encode()
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if wanted in entry.read_bytes().split(b"\0"):
                found.append(int(entry.parent.name))
    return found


def end_strays(mark: str, patience: float = 5) -> int:
    """End what an earlier run left behind; returns how many there were."""
    left = strays(mark)
    count = len(left)
    deadline = time.monotonic() + patience
    for pid in left:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGTERM)
    while left and time.monotonic() < deadline:
        time.sleep(0.1)
        left = strays(mark)
    for pid in left:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    return count


def stay_loaded() -> None:
    """What a process has loaded so far is there to stay, and the garbage collector need not look for waste among it.

    A full collection goes through every object and stops the process meanwhile: 80 ms for what the web server has loaded before
    it answers anything, which was the p95 of pages that take 40.
    """
    gc.collect()
    gc.freeze()
