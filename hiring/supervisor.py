"""Keeps the product's processes running: starts them, passes on what they say, restarts those that die, ends them together.

`PROCESSES` is the one table of what runs; docker-compose.yml starts the same commands, one per container
(tests/test_compose.py compares them). One thread does it all, because a child's death signal is tied to the thread that made it.
"""

from __future__ import annotations

import http.client
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from hiring.embedded import Server
from hiring.errors import CannotStart
from hiring.processes import kill_group, spawn

WORKER = "celery --quiet -A hiring worker --loglevel INFO --without-gossip --without-mingle --without-heartbeat"
PROCESSES = {
    "web": "granian --interface wsgi --workers 2 --blocking-threads 4 --blocking-threads-idle-timeout 600 "
    "--respawn-failed-workers --workers-kill-timeout 10 --log-level warning hiring.wsgi:application",
    "worker": f"{WORKER} --queues default --concurrency 2 --hostname default@%h",
    "mail": f"{WORKER} --queues mail --concurrency 2 --hostname mail@%h",
    "documents": f"{WORKER} --queues documents --concurrency 1 --hostname documents@%h",
    "documents_later": f"{WORKER} --queues documents,documents_later --concurrency 1 --hostname documents_later@%h",
    "assistant": f"{WORKER} --queues assistant --pool threads --concurrency 4 --hostname assistant@%h",
    "beat": "celery --quiet -A hiring beat --loglevel INFO --pidfile=",
    "inbound": "python manage.py inbound",
    "embed": "python manage.py embed",
}
HEALTHY_AFTER = 30.0
"""Seconds of life after which a child counts as well again and its next death is answered at once."""
LONGEST_PAUSE = 30.0
ECHO = 2.0
"""Seconds within which a second request to stop is the first one heard again."""
FIRST_ANSWER_WITHIN = 180.0


@dataclass
class Child:
    """One process of the table, or one of our servers, and how it has been doing."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    stop_signal: int = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    again_at: float | None = None
    partial: bytes = b""

    @property
    def pause(self) -> float:
        """Back off: 0.5, 1, 2, 4 seconds and so on."""
        return float(min(LONGEST_PAUSE, 0.5 * 2 ** (self.deaths - 1)))


def argv(command: str) -> list[str]:
    """A command of the table, run by the Python we run in: scripts of a moved or deeply nested .venv name the wrong one."""
    program, *arguments = command.split()
    return [sys.executable, *arguments] if program == "python" else [sys.executable, "-m", program, *arguments]


@dataclass
class Supervisor:
    env: dict[str, str]
    cwd: Path
    out: IO[str]
    children: dict[str, Child] = field(default_factory=dict)
    stopping: str = ""
    asked_at: float = 0.0

    def __post_init__(self) -> None:
        self.selector = selectors.DefaultSelector()

    # What there is to keep running

    def adopt(self, server: Server) -> None:
        """Watch over a server that already runs; it is restarted like any other child, but ended by its owner."""

        def again() -> subprocess.Popen[bytes]:
            return server.start()

        self.children[server.name] = Child(server.name, again, server.stop_signal, server.process, time.monotonic())

    def run(self, name: str, command: str) -> None:
        def start() -> subprocess.Popen[bytes]:
            return spawn(argv(command), env=self.env, cwd=self.cwd, stdout=subprocess.PIPE)

        child = self.children[name] = Child(name, start)
        self._start(child)

    # What happens while they run

    def listen_for_the_end(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop_asked)

    def _stop_asked(self, number: int, frame: object) -> None:
        now = time.monotonic()
        if self.stopping and now - self.asked_at < ECHO:
            return  # the same request by another way: make and a process group both pass it on
        self.asked_at = now
        if self.stopping:  # asked twice: no more patience
            for child in self._alive(servers=False):
                kill_group(child.pid)
        self.stopping = signal.Signals(number).name

    def wait_until_it_answers(self, host: str, port: int) -> None:
        """Until /healthz does. Raises CannotStart when the web server keeps dying or stays silent."""
        deadline = time.monotonic() + FIRST_ANSWER_WITHIN
        while not self.stopping:
            if _answers(host, port):
                return
            if self.children["web"].deaths >= 3 or time.monotonic() > deadline:
                raise CannotStart("The web server does not start; the lines above say why. Mend that and start again.")
            self.tick(0.1)

    def watch(self) -> None:
        while not self.stopping:
            self.tick(0.5)

    def tick(self, seconds: float) -> None:
        """Pass on what was said, notice deaths, restart what is due."""
        self._pass_on(seconds)
        now = time.monotonic()
        for child in self.children.values():
            if child.process is not None and child.process.poll() is not None:
                self._buried(child, now)
            if child.again_at is not None and now >= child.again_at and not self.stopping:
                self._start(child)

    def _buried(self, child: Child, now: float) -> None:
        if child.process is None:
            return
        code = child.process.returncode
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        kill_group(child.process.pid)  # its own children, when it was killed
        self._close_output(child)
        child.process = None
        child.deaths = 1 if now - child.started_at > HEALTHY_AFTER else child.deaths + 1
        child.again_at = now + child.pause
        again = "" if self.stopping else f"; starting it again in {child.pause:g} s"
        self.say(f"{child.name} ended ({how}){again}")

    def _start(self, child: Child) -> None:
        child.again_at = None
        child.started_at = time.monotonic()
        try:
            child.process = child.start()
        except (OSError, CannotStart) as error:
            child.deaths += 1
            child.again_at = time.monotonic() + child.pause
            self.say(f"{child.name} cannot start: {error} Trying again in {child.pause:g} s")
            return
        if child.process.stdout is not None:
            os.set_blocking(child.process.stdout.fileno(), False)
            self.selector.register(child.process.stdout, selectors.EVENT_READ, child)

    # What they say

    def say(self, text: str, name: str = "up") -> None:
        if text.strip():
            self.out.write(f"{name:<9} | {text}\n")
            self.out.flush()

    def _pass_on(self, seconds: float) -> None:
        if not self.selector.get_map():
            time.sleep(seconds)
            return
        for key, _ in self.selector.select(seconds):
            child: Child = key.data
            chunk = os.read(key.fd, 65536)
            if not chunk:
                self._close_output(child)
                continue
            *lines, child.partial = (child.partial + chunk).split(b"\n")
            for line in lines:
                self.say(line.decode(errors="replace"), child.name)

    def _close_output(self, child: Child) -> None:
        stream = child.process.stdout if child.process else None
        if stream is None or stream.closed:
            return
        with_rest = child.partial
        try:
            with_rest += os.read(stream.fileno(), 65536)
        except BlockingIOError:
            pass
        for line in with_rest.decode(errors="replace").splitlines():
            self.say(line, child.name)
        child.partial = b""
        self.selector.unregister(stream)
        stream.close()

    # How they end

    def stop(self, patience: float = 20) -> None:
        """Ask all but the servers to end, together; they still need the database for their last words."""
        for child in self._alive(servers=False):
            child.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + patience
        self.stopping = self.stopping or "stop"
        while self._alive(servers=False) and time.monotonic() < deadline:
            self._pass_on(0.1)
        for child in self._alive(servers=False):
            kill_group(child.pid)
            child.wait()
        for name in PROCESSES:
            if name in self.children:
                self._close_output(self.children[name])

    def _alive(self, *, servers: bool) -> list[subprocess.Popen[bytes]]:
        mine = [child.process for child in self.children.values() if servers or child.name in PROCESSES]
        return [process for process in mine if process is not None and process.poll() is None]


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1" if host in ("0.0.0.0", "::") else host, port, timeout=2)  # noqa: S104
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
