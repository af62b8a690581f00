"""Wrong settings are said at start, each in a sentence with what to set instead."""

from __future__ import annotations

import pytest
from django.db import DatabaseError

from hiring import checks


def ids(settings):
    return [problem.id for problem in checks.check_settings(None)]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SITE_URL", "hiring.example.org", "throughline.E001"),
        ("SITE_URL", "https://example.org/hiring", "throughline.E001"),
        ("STORAGE_URL", "s3://key:secret@bucket", "throughline.E002"),
        ("STORAGE_URL", "file://relative", "throughline.E002"),
        ("SECRET_KEY", "secret", "throughline.E004"),
        ("ORGANISATION_TIME_ZONE", "Mars/Phobos", "throughline.E009"),
        ("DEFAULT_PHONE_REGION", "ZZ", "throughline.E010"),
        ("CELERY_BROKER_URL", "amqp://rabbit", "throughline.E005"),
        ("MAIL_DOMAIN", "me@example.org", "throughline.E006"),
    ],
)
def test_a_wrong_setting_is_named(settings, name, value, expected):
    setattr(settings, name, value)

    problems = checks.check_settings(None)

    assert [problem.id for problem in problems] == [expected]
    assert problems[0].hint
    assert "secret" not in problems[0].msg


def test_a_place_that_cannot_hold_files_is_named(settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.MEDIA_ROOT = tmp_path / "file" / "below"

    assert ids(settings) == ["throughline.E003"]


def test_what_tests_run_on_is_right(settings):
    assert ids(settings) == []


@pytest.fixture
def assisted(settings):
    """The writing assistant as an operator sets it up rightly."""
    settings.ASSISTANT_URL, settings.ASSISTANT_MODEL = "https://models.example.org/v1", "little-model"
    settings.ASSISTANT_KEY, settings.ASSISTANT_SECONDS, settings.ASSISTANT_MAX_TOKENS = "sk-1", 30, 1000
    assert ids(settings) == []
    return settings


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("models.example.org/v1", "begins with http"),
        ("ftp://models.example.org/v1", "begins with http"),
        ("https:///v1", "begins with http"),
        ("https://models.example.org:0/v1", "begins with http"),
        ("https://models.example.org:99999/v1", "is not an address"),
        ("https://[::1/v1", "is not an address"),
        ("https://me:hunter2@models.example.org/v1", "neither a user"),
        ("https://models.example.org/v1?key=hunter2", "neither a user"),
        ("https://models.example.org/v1#top", "neither a user"),
        ("https://models.example.org/v1/chat/completions", "end before /chat/completions"),
        ("http://models.example.org/v1", "plain http to a server elsewhere"),
        ("http://93.184.216.34/v1", "plain http to a server elsewhere"),
    ],
)
def test_an_address_the_assistant_cannot_or_must_not_ask_is_refused_without_repeating_it(assisted, address, why):
    """AI-13: texts about people go where the operator says, over a line nobody reads along; a password in it is not printed."""
    assisted.ASSISTANT_URL = address

    [problem] = checks.check_settings(None)

    assert (problem.id, why in problem.msg, bool(problem.hint)) == ("throughline.E013", True, True), problem.msg
    assert "hunter2" not in problem.msg + problem.hint


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:11434/v1", "http://[::1]:8080/v1", "http://10.0.0.7/v1", "http://ollama:11434/v1",
     "http://models.internal/v1", "https://models.example.org"],
)  # fmt: skip
def test_plain_http_is_fine_where_nobody_stands_between(assisted, address):
    assisted.ASSISTANT_URL = address

    assert ids(assisted) == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("ASSISTANT_MODEL", "", "throughline.E014"),
        ("ASSISTANT_KEY", "sk marker", "throughline.E015"),
        ("ASSISTANT_KEY", "sk-marker\n", "throughline.E015"),
        ("ASSISTANT_KEY", "sk-märker", "throughline.E015"),
        ("ASSISTANT_SECONDS", 4, "throughline.E016"),
        ("ASSISTANT_SECONDS", 601, "throughline.E016"),
        ("ASSISTANT_MAX_TOKENS", 199, "throughline.E016"),
        ("ASSISTANT_MAX_TOKENS", 8001, "throughline.E016"),
    ],
)
def test_what_is_wrong_with_the_assistant_is_named_and_only_where_it_is_on(assisted, name, value, expected):
    setattr(assisted, name, value)

    [problem] = checks.check_settings(None)
    assisted.ASSISTANT_URL = ""

    assert (problem.id, problem.msg.startswith(name), bool(problem.hint)) == (expected, True, True)
    assert "marker" not in problem.msg + problem.hint and "märker" not in problem.msg
    assert ids(assisted) == []


@pytest.mark.parametrize(
    ("name", "value"), [("ASSISTANT_SECONDS", 5), ("ASSISTANT_SECONDS", 600), ("ASSISTANT_MAX_TOKENS", 200)]
)
def test_the_bounds_themselves_are_allowed(assisted, name, value):
    setattr(assisted, name, value)

    assert ids(assisted) == []


def test_https_without_a_proxy_is_doubted(settings):
    settings.HTTPS, settings.SECURE_PROXY_SSL_HEADER = True, None

    assert [problem.id for problem in checks.check_for_real_people(None)] == ["throughline.W001"]


def test_the_database_is_reached_and_new_enough(db, monkeypatch):
    assert checks.check_database(["default"]) == []
    assert checks.check_database(None) == []

    monkeypatch.setattr(checks, "OLDEST_POSTGRES", 990000)
    assert [problem.id for problem in checks.check_database(["default"])] == ["throughline.E008"]


def test_a_lost_database_is_said(monkeypatch):
    class Lost:
        def cursor(self):
            raise DatabaseError

    monkeypatch.setattr(checks, "connection", Lost())

    assert [problem.id for problem in checks.check_database(["default"])] == ["throughline.E007"]


def test_a_broker_that_does_not_answer_is_named(settings):
    assert checks.check_broker() == []

    settings.CELERY_BROKER_URL = "redis://127.0.0.1:9/0"
    assert [problem.id for problem in checks.check_broker()] == ["throughline.E011"]
