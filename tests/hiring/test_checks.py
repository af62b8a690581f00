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
