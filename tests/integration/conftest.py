"""A broker, a clock and processes of the product, for tests that watch them work, or kill them."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import zoneinfo
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from hiring import embedded
from hiring.processes import RUN_MARK
from hiring.system_user import servers_folder
from tests.clocked import Clock, moved
from tests.processes import Processes

PARIS = zoneinfo.ZoneInfo("Europe/Paris")


@pytest.fixture
def broker() -> Iterator[embedded.Valkey]:
    home = Path(tempfile.mkdtemp(prefix="throughline-crash-"))
    home.chmod(0o711)
    folder = servers_folder(home)
    valkey = embedded.Valkey(folder)
    valkey.start()
    yield valkey
    valkey.stop()
    for place in (folder, home):
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def clock(tmp_path, monkeypatch) -> Clock:
    """It is a Tuesday morning, when mail may be sent."""
    clock = Clock(tmp_path / "clock")
    monkeypatch.setattr(timezone, "now", moved(clock.file))
    tuesday = timezone.now().astimezone(PARIS) + dt.timedelta(days=(1 - timezone.now().weekday()) % 7 or 7)
    clock.go_to(tuesday.replace(hour=10, minute=0))
    return clock


@pytest.fixture
def processes(broker, clock, smtp_sink, settings, tmp_path) -> Iterator[Processes]:
    settings.CELERY_BROKER_URL = broker.url
    marked = {RUN_MARK: str(tmp_path), "SPT_NOENV": "1"}  # as `up` marks them: children end with their parent
    mail = f"smtp://127.0.0.1:{smtp_sink.port}"
    running = Processes(tmp_path, clock, CELERY_BROKER_URL=broker.url, EMAIL_URL=mail, **marked)
    yield running
    running.stop()
