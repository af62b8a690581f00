"""A real browser on a real server. Pages fail their test when the console complains, unless the test expects it."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import connection
from playwright.sync_api import expect, sync_playwright

from tests.browser.looks import Console

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
    "true"  # Playwright's loop runs in this thread; the database is still only ours
)
PATIENCE = 20_000
"""Milliseconds after which nothing that a test waits for comes any more, on a machine that does much else."""
expect.set_options(timeout=PATIENCE)
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


def pytest_collection_modifyitems(items):
    """Every test of this folder is a browser test, on a database that another thread can see."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium(request, django_db_setup, django_db_blocker):
    """Playwright's loop makes Django open another connection in this thread: it gets what migrations filled in, too,
    which is put back before each test (django_db_serialized_rollback), since the one before emptied every table."""
    put_back = connection.creation.deserialize_db_from_string
    with django_db_blocker.unblock():  # a test before may have left content types of its own, under other ids
        call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True, reset_sequences=False)
    with sync_playwright() as playwright:
        connection._test_serialized_contents = ""
        connection.creation.deserialize_db_from_string = put_back
        path = CHROMIUM if Path(CHROMIUM).exists() else None  # else the one that `playwright install` brought
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
        if not request.config.getoption("reuse_db"):
            return
        with django_db_blocker.unblock():  # leave the database as it was found, for the next run on it
            call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
            put_back()
            connection.close()


@pytest.fixture(autouse=True)
def served_settings(settings, chromium, django_db_serialized_rollback, live_server):
    """The product's own addresses are those of the test's server."""
    settings.SITE_URL = live_server.url
    settings.ALLOWED_HOSTS = ["*"]


class UnderWay:
    """Requests the live server is answering. They must end before the test's database is emptied under them."""

    def __init__(self) -> None:
        self._count, self._changed = 0, threading.Condition()

    def begin(self, **kwargs) -> None:
        with self._changed:
            self._count += 1

    def end(self, **kwargs) -> None:
        with self._changed:
            self._count -= 1
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._count <= 0, seconds)


@pytest.fixture
def settled(live_server):
    """When the pages are closed, wait for what they had asked last: a browser that leaves does not stop the server."""
    under_way = UnderWay()
    request_started.connect(under_way.begin)
    request_finished.connect(under_way.end)
    yield
    ended = under_way.wait(10)
    request_started.disconnect(under_way.begin)
    request_finished.disconnect(under_way.end)
    assert ended, "the server still answers a request of a page that was closed ten seconds ago"


@pytest.fixture
def new_page(chromium, live_server, settled):
    """Make pages: `new_page(width=390, scheme="dark")`. Each in a context of its own; all are checked when the test ends."""
    contexts, consoles = [], []

    def make(*, width: int = 1440, height: int = 900, scheme: str = "light", **options):
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            has_touch=width < 500,
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.console = Console(page)
        contexts.append(context)
        consoles.append(page.console)
        return page

    yield make
    said = [line for console in consoles for line in console.unexpected()]
    for context in contexts:
        context.close()
    assert said == []


@pytest.fixture
def page(new_page):
    return new_page()


@pytest.fixture
def sign_in(live_server):
    """`sign_in(page, user)` gives the page's context the session of somebody who signed in with a password."""

    def give(page, user) -> None:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = django_settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        cookie = {"name": django_settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": live_server.url}
        page.context.add_cookies([cookie])

    return give
