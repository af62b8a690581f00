"""Logs: one JSON object a line, with the request's id through web and worker, and nobody's data in it."""

from __future__ import annotations

import io
import json
import logging

import pytest
from celery import shared_task
from django.db import IntegrityError
from django.http import HttpRequest
from django.test import Client, override_settings
from django.urls import path
from hypothesis import given
from hypothesis import strategies as st

from hiring import context, logs
from hiring.celery import act_as_a_task, remember_who_asked, stop_acting
from hiring.http import public


@public
def fail(request: HttpRequest, token: str):
    password = "correct horse"  # noqa: F841 - a local variable that must not be seen
    raise ValueError(f"no mailbox for noor@haddad.example under {token!r}")


urlpatterns = [path("failing/<str:token>/", fail, name="failing")]
handler500 = "django.views.defaults.server_error"


@pytest.fixture
def lines():
    """What the product writes, as parsed lines."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    level = root.level
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.setLevel(level)
    root.removeHandler(handler)


def test_a_request_is_one_line_with_route_status_time_and_user(client, recruiter, lines):
    client.force_login(recruiter)

    response = client.get("/candidates/?q=noor@haddad.example")

    said = next(line for line in lines() if line["logger"] == "hiring.request")
    assert said["route"] == "candidates"
    assert said["status"] == response.status_code
    assert said["user"] == recruiter.pk
    assert said["request_id"] == response["X-Request-ID"]
    assert said["ms"] >= 0
    assert "haddad" not in json.dumps(said)


def test_healthy_checks_leave_no_line(client, lines):
    client.get("/healthz")

    assert [line for line in lines() if line["logger"] == "hiring.request"] == []


@override_settings(ROOT_URLCONF=__name__, DEBUG=False)
def test_an_error_shows_where_but_neither_values_nor_the_personal_link(lines):
    response = Client(raise_request_exception=False).get("/failing/secret-token-0123/")

    assert response.status_code == 500
    said = lines()
    error = next(line for line in said if "error" in line)
    assert error["error"] == "ValueError"
    assert any("in fail" in place or place.endswith(" fail") for place in error["where"])
    assert error["request_id"] == response["X-Request-ID"]
    everything = json.dumps(said)
    for secret in ("correct horse", "noor@", "secret-token", "haddad"):
        assert secret not in everything


def test_a_line_of_ours_names_the_row_it_is_about(lines):
    """Somebody has to find the act, the mail or the seal a line speaks of; words that may be anybody's stay out."""
    log = logging.getLogger("sourcing.outreach")
    log.warning("step_failed", extra={"enrollment": 17, "error": "Refused"})
    log.warning("not_ours_to_say", extra={"subject": "Giulia Menon", "paths": 3})
    log.warning("scanner", extra={"error": "no answer for noor@haddad.example"})

    failed, said, scanner = lines()
    assert (failed["enrollment"], failed["error"]) == (17, "Refused")
    assert said["paths"] == 3 and "subject" not in said
    assert scanner["error"] == "no answer for ‹address›"


def test_what_a_database_quotes_stays_out():
    error = IntegrityError(
        'duplicate key value violates "one_user"\nDETAIL:  Key (email)=(noor@haddad.example) already exists.'
    )

    said = logs.trace(error, None)["said"]

    assert "haddad" not in said
    assert "duplicate key value violates" in said


def test_what_an_error_of_another_kind_says_stays_out():
    """A library may put anything into its words, a person's own included."""
    assert "said" not in logs.trace(ValueError("Giulia Menon, 12 rue de Lyon"), None)


def test_what_celery_says_of_a_failed_task_names_only_the_task(lines):
    try:
        raise ValueError("Giulia Menon, +33 6 12 34 56 78")
    except ValueError:
        logging.getLogger("celery.app.trace").error(
            "Task %(name)s[%(id)s] raised unexpected: %(exc)s",
            {"name": "x.boom", "id": "1", "exc": "ValueError('Giulia Menon')"},
            exc_info=True,
            extra={"data": {"name": "x.boom", "id": "1"}},
        )

    (line,) = [line for line in lines() if line["logger"] == "celery.app.trace"]
    assert (line["message"], line["error"]) == ("task x.boom error", "ValueError")
    assert "Giulia" not in json.dumps(line)


@given(st.emails())
def test_no_address_survives(address):
    assert address not in logs.scrub(f"cannot write to {address} today")


@given(st.integers(min_value=10**7, max_value=10**14))
def test_no_phone_number_survives(number):
    assert str(number) not in logs.scrub(f"call +{number} back")


def test_a_line_for_people_carries_the_same_facts(client, recruiter):
    record = logging.LogRecord("hiring.request", logging.INFO, __file__, 1, "GET today 200", (), None)
    record.ms = 12.5

    with context.acting(door="page", request_id="abc"):
        said = logs.TextFormatter().format(record)

    assert said == "info    GET today 200 ms=12.5 request_id=abc"


@shared_task(name="tests.who_acts", bind=True)
def who_acts(self):
    acting = context.acting_now()
    return acting.door, acting.actor_id, acting.request_id


def test_a_task_acts_for_the_request_that_asked_for_it():
    """The id and the person travel in the message's headers; around the task everything is as before."""
    headers: dict[str, object] = {}
    with context.acting(door="page", actor_id=7, request_id="req-1"):
        remember_who_asked(headers=headers)

    class Asked:
        name = "tests.who_acts"
        request = type("Request", (), headers)()

    act_as_a_task(task_id="task-1", task=Asked)
    during = context.acting_now()
    stop_acting(task_id="task-1", task=Asked, state="SUCCESS")

    assert (during.door, during.actor_id, during.request_id) == ("task", 7, "req-1")
    assert context.acting_now().door == "shell"


def test_a_task_run_in_place_also_acts_as_a_task():
    assert who_acts.apply().get()[0] == "task"


def test_sweeps_are_silent_while_they_are_well_and_loud_when_they_fail(lines):
    class Sweep:
        name = "mail.sweep"
        request = type("Request", (), {})()

    for state in ("SUCCESS", "FAILURE"):
        act_as_a_task(task_id=state, task=Sweep)
        stop_acting(task_id=state, task=Sweep, state=state)

    assert [line["message"] for line in lines()] == ["mail.sweep FAILURE"]
