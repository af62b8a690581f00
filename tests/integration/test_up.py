"""`manage.py up` as a person meets it: it starts, says where it is, survives what happens to it, and leaves nothing behind."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

from hiring.embedded import free_port
from hiring.processes import strays

ROOT = Path(__file__).resolve().parents[2]
OURS = (
    "DATABASE_URL",
    "REDIS_URL",
    "SITE_URL",
    "SECRET_KEY",
    "DJANGO_SETTINGS_MODULE",
    "INBOUND_PORT",
    "LOG_FORMAT",
    "STATIC_ROOT",
)

# One data directory serves all tests here, one after the other: making it takes most of the time.
pytestmark = [pytest.mark.timeout(600), pytest.mark.crash, pytest.mark.xdist_group("up")]


class Up:
    """A running `manage.py up`, or one that refused to run."""

    def __init__(self, home: Path, port: int, **more: str) -> None:
        self.home, self.port = home, port
        inherited = {
            key: value for key, value in os.environ.items() if key not in OURS and not key.startswith("PYTEST")
        }
        self.env = {**inherited, "DATA_DIR": str(home), "PORT": str(port), "DEMO": "0", **more}
        handle, name = tempfile.mkstemp(prefix="up-", suffix=".log", dir=home)
        self.log = Path(name)
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up"], cwd=ROOT, env=self.env, stdout=handle, stderr=subprocess.STDOUT
        )
        os.close(handle)

    @property
    def said(self) -> str:
        return self.log.read_text()

    def until(self, what, seconds=240.0):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := what():
                return found
            if self.process.poll() is not None and not what():
                pytest.fail(f"up ended with {self.process.returncode}:\n{self.said}")
            time.sleep(0.1)
        pytest.fail(f"nothing happened within {seconds} s:\n{self.said}")

    def until_it_runs(self) -> Up:
        self.until(lambda: "Stop with Ctrl-C" in self.said)
        return self

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def child(self, pattern: str) -> int:
        """The process id of a direct child by a part of its command line or name."""
        listed = subprocess.run(
            ["ps", "-ww", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
        ).stdout
        for line in listed.splitlines():
            pid, parent, command = line.split(None, 2)
            if int(parent) == self.process.pid and pattern in command:
                return int(pid)
        raise AssertionError(f"no child with {pattern}:\n{listed}")  # and never a 0: killing that ends the tests

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(60)


@dataclass
class Place:
    """The data directory of all tests here, its port, and the one that was left running there."""

    home: Path
    port: int
    left: Up | None = None

    def leave(self, running: Up) -> Up:
        """Starting takes longer than most tests here: the next one may go on with what runs already."""
        self.left = running
        return running.until_it_runs()

    def clear(self) -> None:
        if self.left is not None:
            self.left.stop()


@pytest.fixture(scope="module")
def place():
    home = Path(tempfile.mkdtemp(prefix="throughline-up-"))
    home.chmod(0o711)
    place = Place(home, free_port())
    yield place
    place.clear()
    shutil.rmtree(home)


@pytest.fixture
def running(place):
    """What runs already, else a new start."""
    if place.left is None or place.left.process.poll() is not None:
        place.leave(Up(place.home, place.port))
    return place.left


@pytest.fixture
def up(place, request):
    """Start it anew: `up()` in the place of all, `up(DATA_DIR=...)` elsewhere. It is stopped when the test ends."""
    if "running" not in request.fixturenames:
        place.clear()
    started: list[Up] = []

    def start(**more: str) -> Up:
        port = int(more.pop("PORT", place.port))
        started.append(Up(Path(more.pop("DATA_DIR", place.home)), port, **more))
        return started[-1]

    yield start
    for one in started:
        one.stop()


def test_the_first_start_offers_to_make_the_first_administrator_once(up):
    running = up().until_it_runs()
    link = re.search(r"http://\S+/welcome/\S+", running.said).group()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    page = browser.open(link).read().decode()
    csrf = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page).group(1)
    form = {
        "full_name": "Ada Admin",
        "email": "ada@northwind.example",
        "password": "walrus tin glacier",
        "csrfmiddlewaretoken": csrf,
    }

    answer = browser.open(urllib.request.Request(link, urllib.parse.urlencode(form).encode(), {"Referer": link}))

    assert urllib.parse.urlsplit(answer.url).path == "/"
    assert running.get(urllib.parse.urlsplit(link).path)[0] == 409
    assert running.get("/healthz") == (200, "ok\n")
    assert json.loads(running.get("/readyz")[1])["status"] == "ready"


def test_a_second_start_makes_nothing_anew_and_keeps_the_data(place):
    place.clear()
    running = place.leave(Up(place.home, place.port))
    command = "from hiring.models import User; print(User.objects.get().email)"
    env = {key: value for key, value in running.env.items() if key != "PORT"}

    found = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", command],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "ada@northwind.example" in found.stdout, found.stderr
    assert "welcome" not in running.said
    assert (running.home / "settings.env").stat().st_mode & 0o777 == 0o600
    assert "Preparing the database" not in running.said and "Collecting static files" not in running.said


def test_sigterm_ends_every_child_and_closes_the_database(running):
    log = running.home / "servers/postgres.log"
    before = log.stat().st_size

    code = running.stop(signal.SIGTERM)

    assert code == 0
    assert strays(str(running.home)) == []
    assert not (running.home / "servers/postgres/postmaster.pid").exists()
    assert "database system was interrupted" not in log.read_text()[before:]


@pytest.mark.parametrize(
    ("name", "program"), [("web", "granian"), ("valkey", "valkey-server"), ("postgres", "bin/postgres")]
)
def test_a_child_that_dies_is_started_again_with_a_line_in_the_log(running, name, program):
    victim = running.child(program)

    os.kill(victim, signal.SIGKILL)

    running.until(lambda: f"{name} ended (SIGKILL); starting it again" in running.said)
    running.until(lambda: running.get("/readyz")[0] == 200)
    assert running.child(program) != victim


def test_a_killed_supervisor_leaves_nothing_that_blocks_the_next_start(running, place):
    first = running
    first.process.kill()
    first.process.wait()

    second = place.leave(Up(place.home, place.port))

    assert second.get("/healthz") == (200, "ok\n")
    workers = subprocess.run(["ps", "-ww", "-eo", "ppid=,args="], capture_output=True, text=True, check=True).stdout
    assert f"granian wsgi 127.0.0.1:{first.port}" not in [
        line for line in workers.splitlines() if line.split()[0] == "1"
    ]


def test_a_second_copy_on_the_same_data_says_who_has_it(running, up):
    second = up(PORT=str(free_port()))

    assert second.process.wait(60) == 1
    assert (
        f"already runs from {running.home} (process {running.process.pid}, http://127.0.0.1:{running.port})"
        in second.said
    )
    assert "choose another directory with DATA_DIR" in second.said
    assert len(second.said.strip().splitlines()) == 1
    assert running.get("/healthz")[0] == 200


def test_a_taken_port_is_said_in_one_sentence_and_nothing_is_left(up, place):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]

        refused = up(PORT=str(taken))

        assert refused.process.wait(60) == 1
        assert refused.said.strip() == (
            f"Throughline cannot start. Port {taken} is taken by another program. Stop it, or choose another: PORT={taken + 1} make run."
        )
    assert strays(str(place.home)) == []


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", "postgres://u:p@127.0.0.1:9/x", "The database cannot be reached. Look at DATABASE_URL"),
        ("DATABASE_URL", "sqlite:///x.db", "DATABASE_URL has to begin with postgres://"),
        ("REDIS_URL", "redis://127.0.0.1:9/0", "The broker cannot be reached. Look at REDIS_URL"),
        ("EMAIL_URL", "foo", "A setting cannot be used"),
        ("INBOUND_PORT", "abc", "A setting cannot be used"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT is “xml”. Use json or text"),
    ],
)
def test_a_setting_that_cannot_work_is_one_sentence(up, place, name, value, sentence):
    refused = up(**{name: value})

    assert refused.process.wait(120) == 1
    assert sentence in refused.said
    assert "Traceback" not in refused.said
    assert refused.said.strip().count("\n") == 0
    assert strays(str(place.home)) == []


def test_stopping_the_whole_group_is_not_taken_for_impatience(up):
    """make, and a process group, pass the same signal on: the second one is the first one heard again."""
    running = up().until_it_runs()

    running.process.send_signal(signal.SIGTERM)
    time.sleep(0.2)

    assert running.stop() == 0
    assert "SIGKILL" not in running.said
    assert "starting it again" not in running.said


def test_a_demonstration_that_was_cut_short_is_started_over(up, place):
    """The mark of an unfinished load stands in the data directory: half a company must not stay."""
    (place.home / "demo.unfinished").touch()

    running = up().until_it_runs()

    assert "welcome" in running.said  # the account of the first test went with everything else
    assert not (place.home / "demo.unfinished").exists()


def test_an_incomplete_installation_names_the_remedy():
    """Without its packages, as after an interrupted install."""
    done = subprocess.run(
        [sys.executable, "-S", "manage.py", "up"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert re.fullmatch(r"The installation is incomplete: .* is missing\. Run `make run`.*\n", done.stderr)
