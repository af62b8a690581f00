"""The web server's entry: what it has done before it answers anybody."""

import gc
import runpy

import pytest


@pytest.fixture
def thawed():
    yield
    gc.unfreeze()


def test_what_the_web_server_has_loaded_is_not_looked_through_for_waste_again(thawed):
    before = gc.get_freeze_count()

    served = runpy.run_module("hiring.wsgi")

    assert callable(served["application"])
    assert gc.get_freeze_count() - before > 50_000
    assert len(gc.get_objects(generation=2)) < 5_000
