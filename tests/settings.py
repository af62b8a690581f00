"""The product's settings, on servers started for the tests when there are none."""

from tests import servers

servers.provide()

from hiring.settings import *  # noqa: E402, F403
