"""The processes that read files: quick because one waits warm, confined because each file has a fork of its own. SEC-16."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hiring.documents import forks, reader
from tests import files
from tests.processes import wait_for

ROOT = Path(__file__).resolve().parents[2]
TEXT = b"Samira Rahimi, data engineer, samira@rahimi.example"


@pytest.fixture
def warm():
    """A warm process that is ready to fork."""
    forks.rest()
    yield warmed()
    forks.rest()


def warmed():
    reader.read(TEXT, "txt")
    wait_for(lambda: forks._warm is not None and forks._warm.ready())
    return forks._warm


def test_the_first_file_is_read_cold_and_all_others_by_forks(warm):
    assert warm.files == 0

    texts = [reader.read(TEXT, "txt").text, reader.read(files.pdf(), "pdf").text]

    assert warm.files == 2
    assert "samira@rahimi.example" in texts[0] and "samira@rahimi.example" in texts[1]


def test_a_warm_process_that_dies_costs_nothing_but_time(warm):
    os.kill(warm.process.pid, signal.SIGKILL)
    warm.process.wait()

    texts = [reader.read(TEXT, "txt").text for _ in range(3)]

    assert len(set(texts)) == 1 and texts[0]
    assert warmed().process.pid != warm.process.pid


def test_a_warm_process_that_hangs_is_replaced(warm, monkeypatch):
    monkeypatch.setattr(forks, "PATIENCE", 0.2)
    warm.control.settimeout(0.2)
    os.kill(warm.process.pid, signal.SIGSTOP)

    assert reader.read(TEXT, "txt").text
    assert warm.process.poll() is not None


PROBE = """
import json, os, resource, sys
NAMES = ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_CORE")
def main():
    real.confine()
    found = dict(
        limits={name: resource.getrlimit(getattr(resource, name))[0] for name in NAMES},
        env=sorted(os.environ), here=os.getcwd() == os.environ["TMPDIR"], files=sorted(os.listdir(".")),
        leader=os.getsid(0) == os.getpid(), open=[fd for fd in range(3, 200) if is_open(fd)],
        isolated=sys.flags.isolated, argv=sys.argv,
    )
    print(json.dumps({"text": json.dumps(found), "done": True}), flush=True)
def is_open(fd):
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True
"""
LOAD_REAL = f"""
import importlib.util as u
found = u.spec_from_file_location("real", {str(reader.CHILD)!r})
real = u.module_from_spec(found)
found.loader.exec_module(real)
"""
GOOD_OR = """
def main():
    if open("file").read() == "good":
        print('{"text": "fine", "done": true}', flush=True)
        return
    DOES
"""
START = """
if __name__ == "__main__":
    main()
"""


def rogue(folder: Path, code: str) -> Path:
    """A child of our own with the real warm process beside it."""
    shutil.copy(reader.CHILD.with_name("warm.py"), folder / "warm.py")
    (folder / "child.py").write_text(code)
    return folder / "child.py"


def test_a_fork_is_as_confined_as_a_cold_child(tmp_path, monkeypatch):
    """Limits, an own session and folder, an empty environment, and nothing open that is the worker's."""
    forks.rest()
    monkeypatch.setattr(reader, "CHILD", rogue(tmp_path, LOAD_REAL + PROBE + START))
    cold = json.loads(reader.read(b"x", "txt").text)
    wait_for(lambda: forks._warm is not None and forks._warm.ready())

    forked = json.loads(reader.read(b"x", "txt").text)

    assert forks._warm.files == 1
    forks.rest()
    assert forked["limits"] == {
        "RLIMIT_AS": 1 << 30, "RLIMIT_CPU": 20, "RLIMIT_FSIZE": 1 << 20, "RLIMIT_NOFILE": 32, "RLIMIT_CORE": 0,
    }  # fmt: skip
    assert (forked["env"], forked["open"], forked["files"]) == (["LC_ALL", "TMPDIR"], [], ["file"])
    assert forked["here"] and forked["leader"] and forked["isolated"] == 1
    assert cold["limits"] == forked["limits"] and cold["argv"][1:] == forked["argv"][1:] == ["file", "txt", "read"]


@pytest.mark.parametrize(
    "does", ["while True: pass", "import os; os.abort()", "print('x' * 5_000_000)", "import os; os.fork()"]
)
def test_whatever_a_fork_does_the_next_file_is_read(does, tmp_path, monkeypatch):
    code = GOOD_OR.replace("DOES", does) + START
    forks.rest()
    monkeypatch.setattr(reader, "CHILD", rogue(tmp_path, code))
    monkeypatch.setattr(reader, "WALL_SECONDS", 1)
    reader.read(b"good", "txt")
    wait_for(lambda: forks._warm is not None and forks._warm.ready())

    bad, good = reader.read(b"bad", "txt"), reader.read(b"good", "txt")

    assert (bad.text, bad.problem) == ("", reader.BROKEN_OFF)
    assert (good.text, forks._warm.files) == ("fine", 2)
    forks.rest()


def test_the_warm_process_ends_with_its_worker():
    """Also when the worker is killed: nothing is left that could read or hold anything."""
    code = (
        "import os, time; from hiring.documents import reader, forks\n"
        "reader.read(b'some text', 'txt')\n"
        "while not forks._warm.ready(): time.sleep(0.05)\n"
        "print(forks._warm.process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    setup = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'hiring.settings'\n"
        "from hiring.installation import stand_alone; stand_alone(); import django; django.setup()\n"
    )

    said = subprocess.run(
        [sys.executable, "-c", setup + code], capture_output=True, text=True, cwd=ROOT, env={"PATH": os.environ["PATH"]}
    )

    assert said.returncode == -9, said.stderr
    wait_for(lambda: not Path(f"/proc/{said.stdout.strip()}").exists() or is_zombie(int(said.stdout)))


def is_zombie(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"


def test_a_forked_worker_starts_a_warm_process_of_its_own(warm):
    mine, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            text = reader.read(TEXT, "txt").text
            time.sleep(0.01)
            os.write(theirs, f"{bool(text)} {forks._warm.process.pid != warm.process.pid}".encode())
            forks.rest()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)

    assert os.read(mine, 100) == b"True True"
    assert reader.read(TEXT, "txt").text and warm.files == 1
