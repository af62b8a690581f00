"""One installation in one data directory: its lock, its secrets, its servers, and the environment all commands share.

`opened()` runs before Django's settings are read, because the settings need what it provides: it starts the embedded
servers (unless DATABASE_URL and REDIS_URL name others) and writes DATA_DIR/settings.env, where every later command finds them.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import secrets
import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError

from hiring import embedded
from hiring.errors import CannotStart
from hiring.processes import RUN_MARK, end_strays
from hiring.system_user import servers_folder

BASE_DIR = Path(__file__).resolve().parent.parent
ROOM_NEEDED_MIB = 500
ROOM_TO_GO_ON_MIB = 100  # for an installation that has made its database already
HEAD = "# Written by `manage.py up`, read by every other command. Lines of your own below are kept; the environment wins over both.\n"
PANGO = (
    ("libgobject-2.0.so.0", "libgobject-2.0.0.dylib"),
    ("libpango-1.0.so.0", "libpango-1.0.dylib"),
    ("libharfbuzz.so.0", "libharfbuzz.0.dylib"),
    ("libfontconfig.so.1", "libfontconfig.1.dylib"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
)


@dataclass
class Installation:
    """What is running: where it lives, which servers are ours, and under which address people find it."""

    home: Path
    host: str
    port: int
    servers: list[embedded.Server] = field(default_factory=list)

    @property
    def address(self) -> str:
        return os.environ["SITE_URL"]

    @property
    def unfinished_demo(self) -> Path:
        """Stands while demonstration data is being loaded; found at the next start, it says that this was cut short."""
        return self.home / "demo.unfinished"


current: Installation | None = None


def stand_alone() -> None:
    """Let a command start that needs neither database nor broker, on a machine where nothing was installed or configured.

    What it is given leads nowhere: an attempt to use it fails. A real setting wins.
    """
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    os.environ.setdefault("DATABASE_URL", "postgres://nobody@127.0.0.1:9/none")
    os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:9/0")


def launch(argv: list[str]) -> int:
    """Open the installation, then let Django's command do the rest: `up`, or one that needs servers while none run.

    Returns the exit code.
    """
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        with opened():
            _read_settings()
            execute_from_command_line(argv)
    except CannotStart as problem:
        print(f"Throughline cannot start. {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _read_settings() -> None:
    """Read them now, so that a value nobody can use is a sentence and not a trace."""
    try:
        _ = settings.INSTALLED_APPS
    except (ImproperlyConfigured, ValueError) as error:
        raise CannotStart(
            f"A setting cannot be used: {str(error).rstrip('.')}. docs/operations.md says what each may be."
        ) from error


def is_running() -> bool:
    """Whether a copy runs from this data directory."""
    try:
        with (data_dir() / "lock").open("a+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def data_dir() -> Path:
    return Path(os.environ.get("DATA_DIR") or BASE_DIR / ".data").resolve()


@contextlib.contextmanager
def opened() -> Iterator[Installation]:
    """Take the data directory, start what it needs, set the environment; close the servers cleanly on the way out."""
    global current
    home = data_dir()
    with _plain_disk_errors(home):
        host, port = os.environ.get("HOST") or "127.0.0.1", _port()
        _check_libraries()
        _make_home(home)
        with _locked(home, f"http://{host}:{port}"):
            end_strays(str(home))
            _check_room(home)
            check_port(host, port)
            current = Installation(home, host, port)
            try:
                _start_servers(current)
                yield current
            finally:
                for server in reversed(current.servers):
                    server.stop()
                current = None


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotStart(f"PORT is “{text}”, which is not a port. Use a number from 1 to 65535.")
    return int(text)


def _make_home(home: Path) -> None:
    try:
        if not home.is_dir():
            home.mkdir(parents=True)
            # Others may pass through (PostgreSQL runs as another user when we are root), but not look. A directory that was
            # there before keeps its rights: it may be somebody's, and what we put into it protects itself.
            home.chmod(0o711 if os.geteuid() == 0 else 0o700)
        if not os.access(home, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "it is read-only")
    except (PermissionError, NotADirectoryError, FileExistsError) as error:
        raise CannotStart(
            f"The data directory {home} cannot be used ({error.strerror}). Choose another with DATA_DIR."
        ) from error


@contextlib.contextmanager
def _locked(home: Path, address: str) -> Iterator[None]:
    """Only one copy per data directory. The kernel frees the lock with the process, however it ends."""
    with (home / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            who = lock.read().strip() or "another process"
            raise CannotStart(
                f"Throughline already runs from {home} ({who}). Stop it first, or choose another directory with DATA_DIR."
            ) from error
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, {address}\n")
        lock.flush()
        yield


def _check_room(home: Path) -> None:
    free = shutil.disk_usage(home).free // embedded.MEBIBYTE
    needed = ROOM_TO_GO_ON_MIB if (home / "settings.env").exists() else ROOM_NEEDED_MIB
    if free < needed:
        raise CannotStart(
            f"The disk of {home} is full: {free} MB are free, {needed} MB are needed. Free some space, or choose another DATA_DIR."
        )


def check_port(host: str, port: int) -> None:
    """Say that a port is taken: the web server shares it with anybody, and people would be signed in at one of two servers only."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise CannotStart(
                f"Port {port} needs root rights. Choose one above 1023, for instance PORT=8000 make run."
            ) from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                sentence = (
                    f"Port {port} is taken by another program. Stop it, or choose another: PORT={port + 1} make run."
                )
            else:
                sentence = f"The address {host}:{port} cannot be used ({error.strerror}). Set HOST to an address of this machine."
            raise CannotStart(sentence) from error


def _check_libraries() -> None:
    """Offer letters are drawn with Pango; better said now than at the first offer."""
    for names in PANGO:
        if not any(_loads(name) for name in names):
            raise CannotStart(
                f"The system library {names[0].split('.so')[0]} is missing; offer letters are drawn with it. Install it: "
                "`apt-get install libpango-1.0-0 libpangoft2-1.0-0` on Debian and Ubuntu, `dnf install pango` on Fedora, "
                "`brew install pango` on macOS."
            )


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _plain_disk_errors(home: Path) -> Iterator[None]:
    full = f"The disk of {home} is full. Free some space and start again; what was saved is safe."
    try:
        yield
    except DatabaseError as error:
        if isinstance(error.__cause__, psycopg.errors.DiskFull) or "No space left" in str(error):
            raise CannotStart(full) from error
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise CannotStart(full) from error
        if isinstance(error, PermissionError) and error.filename and str(home) in str(error.filename):
            raise CannotStart(
                f"{error.filename} belongs to another user. Start Throughline as that user, or choose another DATA_DIR."
            ) from error
        raise


def _start_servers(installation: Installation) -> None:
    """Fill in the environment: what the person set stays, the rest is ours and written down for other commands."""
    file = installation.home / "settings.env"
    known = read_env(file)
    ours: dict[str, str] = {"SECRET_KEY": known.get("SECRET_KEY") or secrets.token_urlsafe(50)}
    folder = None
    if not os.environ.get("DATABASE_URL"):
        folder = servers_folder(installation.home)
        postgres = embedded.Postgres(folder, known_url=_if_embedded(known.get("DATABASE_URL", "")))
        _start(installation, postgres)
        ours["DATABASE_URL"] = postgres.url
    if not os.environ.get("REDIS_URL"):
        folder = folder or servers_folder(installation.home)
        valkey = embedded.Valkey(folder, known_url=_if_embedded(known.get("REDIS_URL", "")))
        _start(installation, valkey)
        ours["REDIS_URL"] = valkey.url
    # We are a guest on this machine: take the usual port for inbound mail only when it is free.
    ours["INBOUND_PORT"] = os.environ.get("INBOUND_PORT") or str(embedded.free_port(8025))
    os.environ["INBOUND_PORT"] = ours["INBOUND_PORT"]
    ours["SITE_URL"] = f"http://{_reachable(installation.host)}:{installation.port}"
    for key in ("DATABASE_URL", "REDIS_URL", "SITE_URL", "SECRET_KEY"):
        os.environ[key] = ours[key] = os.environ.get(key) or ours[key]
    os.environ["DATA_DIR"] = str(installation.home)
    os.environ.setdefault("LOG_FORMAT", "text" if sys.stdout.isatty() else "json")
    write_env(file, ours, known)


def _start(installation: Installation, server: embedded.Server) -> None:
    installation.servers.append(server)  # before it starts: a start that fails half way must be stopped too
    server.start()


def _if_embedded(url: str) -> str:
    """An address we wrote ourselves: last time may have run on servers of the person's own."""
    return url if "@127.0.0.1:" in url and (url.startswith("redis://:") or f"//{embedded.ROLE}:" in url) else ""


def _reachable(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def read_env(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    lines = [line.split("=", 1) for line in file.read_text().splitlines() if "=" in line and not line.startswith("#")]
    return {key.strip(): value.strip() for key, value in lines}


def write_env(file: Path, ours: dict[str, str], known: dict[str, str]) -> None:
    """Replace the file as a whole, readable by nobody else from its first byte."""
    kept = {key: value for key, value in known.items() if key not in ours}
    text = HEAD + "".join(f"{key}={value}\n" for key, value in {**ours, **kept}.items())
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    fresh.replace(file)


def children_environment(installation: Installation) -> dict[str, str]:
    """What the processes get: our environment, where the web server listens, and the mark by which strays are found."""
    return {
        **os.environ,
        RUN_MARK: str(installation.home),
        "SPT_NOENV": "1",  # setproctitle would write over the mark
        "GRANIAN_HOST": installation.host,
        "GRANIAN_PORT": str(installation.port),
        "PYTHONUNBUFFERED": "1",
        # Celery warns about root, who may well start a trial; containers run as a user of their own.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
    }
