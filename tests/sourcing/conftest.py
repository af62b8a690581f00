"""What tests of sourcing share."""

from __future__ import annotations

import pytest

from tests.factories import SourceFactory


@pytest.fixture
def source(db):
    return SourceFactory(name="Grid fair", kind="event")
