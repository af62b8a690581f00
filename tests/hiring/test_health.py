"""/healthz says the process lives; /readyz says whether it can serve and how late the due work is."""

from __future__ import annotations

import datetime as dt

import pytest
import redis
from django.core.management import call_command
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from hiring import health


@pytest.fixture
def nothing_due(monkeypatch):
    monkeypatch.setattr(health, "due", {})
    return health.due


@pytest.fixture(autouse=True)
def migrated(monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)


def test_the_process_answers_anybody_without_asking_the_database(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get(reverse("healthz"), headers={"host": "127.0.0.1"})

    assert (response.status_code, response.content) == (200, b"ok\n")


def test_a_working_installation_is_ready(client, db):
    response = client.get(reverse("readyz"))

    assert response.status_code == 200
    assert response.json()["status"] == "ready"
    assert {"documents", "messages"} <= response.json()["oldest_due_seconds"].keys()


def test_the_age_of_the_oldest_due_work_is_shown(client, db, nothing_due):
    health.due["letters"] = lambda: timezone.now() - dt.timedelta(minutes=61)
    health.due["calls"] = lambda: timezone.now() - dt.timedelta(seconds=5)
    health.due["visits"] = lambda: None

    found = client.get(reverse("readyz")).json()

    assert 3600 <= found["oldest_due_seconds"]["letters"] <= 3660
    assert found["oldest_due_seconds"]["visits"] is None
    assert found["late"] == ["letters"]  # late work is for the people who watch, not a reason to take the pages away
    assert found["status"] == "ready"


def test_a_lost_broker_is_not_ready(client, db, monkeypatch):
    def refuse(self, **options):
        raise redis.ConnectionError

    monkeypatch.setattr(redis.Redis, "ping", refuse)

    response = client.get(reverse("readyz"))

    assert (response.status_code, response.json()["broker"]) == (503, "unreachable")


def test_a_lost_database_is_not_ready(client, db, monkeypatch):
    def refuse():
        raise DatabaseError

    monkeypatch.setattr(health, "_is_migrated", refuse)

    response = client.get(reverse("readyz"))

    assert (response.status_code, response.json()["database"]) == (503, "unreachable")


def test_pending_migrations_are_not_ready(client, db, monkeypatch):
    monkeypatch.setattr(health, "_is_migrated", lambda: False)

    response = client.get(reverse("readyz"))

    assert (response.status_code, response.json()["migrations"]) == (503, "pending")


def test_containers_without_pages_ask_on_the_command_line(db, capsys, monkeypatch):
    call_command("ready")
    assert '"status": "ready"' in capsys.readouterr().out

    monkeypatch.setattr(health, "_is_migrated", lambda: False)
    with pytest.raises(SystemExit) as left:
        call_command("ready")
    assert left.value.code == 1


def test_health_is_asked_without_tls(client, settings):
    """Checks come from inside, where there is no certificate; everything else is sent to https."""
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/healthz").status_code == 200
    assert client.get("/accounts/login/").status_code == 301
