"""What stands in the way of a start is said in one sentence with its remedy; what is written down is private and kept."""

from __future__ import annotations

import errno
import shutil
import socket
import stat
from collections import namedtuple

import pytest
from django.db import OperationalError

from hiring import installation
from hiring.errors import CannotStart

Usage = namedtuple("Usage", "total used free")


def test_a_full_disk_is_said_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 10**9, 3 * 1024 * 1024))

    with pytest.raises(CannotStart, match=r"The disk of .* is full: 3 MB are free, 500 MB are needed. Free some space"):
        installation._check_room(tmp_path)


def test_a_disk_that_fills_up_on_the_way_is_said_too(tmp_path):
    with (
        pytest.raises(CannotStart, match=r"The disk of .* is full. Free some space"),
        installation._plain_disk_errors(tmp_path),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_fills_up_under_the_database_is_said_too(tmp_path):
    with (
        pytest.raises(CannotStart, match=r"The disk of .* is full. Free some space"),
        installation._plain_disk_errors(tmp_path),
    ):
        raise OperationalError("could not extend file: No space left on device")


def test_a_directory_that_was_there_keeps_its_rights(tmp_path):
    tmp_path.chmod(0o2775)

    installation._make_home(tmp_path)

    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o2775


def test_a_missing_system_library_names_its_package(monkeypatch):
    monkeypatch.setattr(installation, "_loads", lambda name: not name.startswith("libpango-"))

    with pytest.raises(
        CannotStart, match=r"libpango-1\.0 is missing.*apt-get install libpango-1\.0-0.*brew install pango"
    ):
        installation._check_libraries()


def test_the_libraries_are_found_where_the_tests_run():
    installation._check_libraries()


@pytest.mark.parametrize("text", ["eight", "0", "65536", "-1", "80 81", "8²"])
def test_a_port_that_is_none_is_refused(text, monkeypatch):
    monkeypatch.setenv("PORT", text)

    with pytest.raises(CannotStart, match="which is not a port"):
        installation._port()


def test_a_file_in_place_of_the_data_directory_is_refused(tmp_path):
    (tmp_path / "data").write_text("")

    with pytest.raises(CannotStart, match=r"cannot be used .* Choose another with DATA_DIR"):
        installation._make_home(tmp_path / "data")


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(CannotStart, match="Set HOST to an address of this machine"):
        installation.check_port("192.0.2.1", 8000)


def test_a_port_that_another_web_server_would_share_is_taken():
    """Web servers share a port without a word; then every second request would reach the other installation."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()

        with pytest.raises(CannotStart, match="is taken by another program"):
            installation.check_port("127.0.0.1", other.getsockname()[1])


def test_the_lock_is_free_again_when_its_holder_is_gone(tmp_path):
    with installation._locked(tmp_path, "http://127.0.0.1:1"):
        second = installation._locked(tmp_path, "http://127.0.0.1:2")
        with pytest.raises(CannotStart, match="already runs from"):
            second.__enter__()

    with installation._locked(tmp_path, "http://127.0.0.1:3"):
        assert "127.0.0.1:3" in (tmp_path / "lock").read_text()


def test_settings_are_private_and_lines_of_ones_own_are_kept(tmp_path):
    file = tmp_path / "settings.env"
    file.write_text("# a remark\nSECRET_KEY=old\nEMAIL_URL=smtp://mail.example:25\n")

    installation.write_env(file, {"SECRET_KEY": "new"}, installation.read_env(file))

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert installation.read_env(file) == {"SECRET_KEY": "new", "EMAIL_URL": "smtp://mail.example:25"}


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("postgres://throughline:word@127.0.0.1:5544/throughline", True),
        ("redis://:word@127.0.0.1:6655/0", True),
        ("postgres://app:word@db.example:5432/hiring", False),
        ("redis://cache.example:6379/0", False),
        ("", False),
    ],
)
def test_an_address_of_somebody_elses_server_is_not_taken_for_ours(url, ours):
    assert bool(installation._if_embedded(url)) is ours
