"""A job whose interviews can be placed: working hours, a kit, and a Monday to count from."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from tests.factories import InterviewKitFactory

MONDAY = dt.datetime(2026, 11, 30, 7, 0, tzinfo=dt.UTC)  # 08:00 in Paris, before anybody works


@pytest.fixture
def monday(monkeypatch):
    """The clock stands at a Monday morning; call it with another moment to set it anew."""

    def stand(at: dt.datetime = MONDAY) -> dt.datetime:
        monkeypatch.setattr(timezone, "now", lambda: at)
        return at

    stand()
    return stand


@pytest.fixture
def kit(world):
    return InterviewKitFactory(job=world.job, stage=world.stages["interview"])


@pytest.fixture
def tuesday_ten():
    """10:00 in Paris on the day after MONDAY."""
    return dt.datetime(2026, 12, 1, 9, 0, tzinfo=dt.UTC)
