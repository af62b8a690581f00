"""Processes of the product, started as the product starts them, on the test's database and with the test's clock."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from hiring.processes import kill_group
from hiring.supervisor import PROCESSES, WORKER
from tests.clocked import Clock

SLOW = 90.0
"""Seconds after which nothing that a test waits for comes any more, on a machine that does much else."""


def database_url() -> str:
    """The test's own database, which no setting of another process knows."""
    found = connection.settings_dict
    who = found["USER"] + (f":{found['PASSWORD']}" if found["PASSWORD"] else "")
    return f"postgres://{who}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


def wait_for(what: Callable[[], Any], *, seconds: float = SLOW, why: str = "") -> Any:
    """What `what` answers, once it is something. A test must not hang: it fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.05)
    pytest.fail(why or f"Waited {seconds:.0f} s in vain")


class Process:
    """One running process in a group of its own, so that it can be ended or killed with all its children."""

    def __init__(self, command: str, environment: dict[str, str], log: Path, *, clocked: bool = True) -> None:
        program, *arguments = command.split()
        start = ["-m", "tests.clocked"] if clocked else ["-m"]
        self.log = log
        with log.open("ab") as out:
            self.popen = subprocess.Popen(
                [sys.executable, *start, program, *arguments],
                cwd=settings.BASE_DIR,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def until(self, what: Callable[[], Any], *, seconds: float = SLOW) -> Any:
        def lives_and_did() -> Any:
            found = what()
            if not found and self.popen.poll() is not None:
                pytest.fail(f"It ended with {self.popen.returncode}:\n{self.said[-3000:]}")
            return found

        try:
            return wait_for(lives_and_did, seconds=seconds)
        except pytest.fail.Exception as failure:
            raise pytest.fail.Exception(f"{failure}\n{self.said[-3000:]}") from None

    def kill(self) -> None:
        """As the kernel does when memory is short: this one process, without a word to its children."""
        self.popen.send_signal(signal.SIGKILL)
        self.popen.wait(30)

    def stop(self) -> None:
        """Ask once, then end all that is left of the group."""
        if self.popen.poll() is None:
            self.popen.terminate()
            try:
                self.popen.wait(20)
            except subprocess.TimeoutExpired:
                pass
        kill_group(self.popen.pid)
        self.popen.wait(10)


class Processes:
    """Everything a test started; `stop` leaves nothing of it running."""

    def __init__(self, folder: Path, clock: Clock, **environment: str) -> None:
        self.folder, self.running = folder, list[Process]()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
            "DATABASE_URL": database_url(),
            "DATA_DIR": str(folder),
            "STORAGE_URL": f"file://{settings.MEDIA_ROOT}",
            "AUDIT_ANCHOR_FILE": str(settings.AUDIT_ANCHOR_FILE),
            "SECRET_KEY": settings.SECRET_KEY,
            "DJANGO_SETTINGS_MODULE": "hiring.settings",
            "TEST_CLOCK": str(clock.file),
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
            **environment,
        }

    def start(self, name: str, command: str, clocked: bool = True, /, **environment: str) -> Process:
        log = self.folder / f"{name}-{len(self.running)}.log"
        self.running.append(Process(command, {**self.environment, **environment}, log, clocked=clocked))
        return self.running[-1]

    def worker(self, queues: str, *, more: str = "", concurrency: int = 1, **environment: str) -> Process:
        """A worker as the product starts it, on other queues; ready when it says so."""
        command = (
            f"{WORKER} --queues {queues} --concurrency {concurrency} --hostname {queues}{len(self.running)}@%h {more}"
        )
        return self.start("worker", command, **environment)

    def web(self, port: int, **environment: str) -> Process:
        command = PROCESSES["web"]
        return self.start("web", command, False, GRANIAN_HOST="127.0.0.1", GRANIAN_PORT=str(port), **environment)

    def inbound(self, port: int) -> Process:
        return self.start("inbound", "manage inbound", INBOUND_PORT=str(port))

    def stop(self) -> None:
        for process in reversed(self.running):
            process.stop()


def send(processes: Processes, task: str, *arguments: object) -> None:
    """Queue a task at the broker of this test, as a web process would."""
    from hiring.celery import app

    with app.connection_for_write(processes.environment["CELERY_BROKER_URL"]) as link:
        app.send_task(task, args=list(arguments), connection=link)
