"""Access keys: made once in sight, ended in four ways, and never opening more than their user may (DATA-10, SEC-4)."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from compliance.models import AuditEntry
from hiring import api_keys
from hiring.errors import Refused
from hiring.models import ApiAnswer, ApiKey, TimelineEvent
from tests.hiring.api_calls import Program, said

ME = "/api/v1/me"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


def status(secret, method="get", address=ME):
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "a-key-of-mine"}
    return getattr(Client(), method)(address, {}, content_type="application/json", headers=headers).status_code


def test_a_secret_is_kept_as_a_digest_and_shown_once(client, recruiter):
    client.force_login(recruiter)
    once = client.get(reverse("api_keys")).context["once"]
    form = {"name": " Pay  roll ", "scope": "read", "days": 30, "once": once}
    page = client.post(reverse("api_keys"), form).content.decode()
    reloaded = client.post(reverse("api_keys"), form | {"name": "Another"}, follow=True).content.decode()
    assert "its secret was shown once" in reloaded
    secret = re.search(r'value="(tlk_[\w-]{43})"', page)[1]

    key = ApiKey.objects.get()
    assert (key.name, key.user, key.scope) == ("Pay roll", recruiter, "read")
    assert key.digest == api_keys.digest(secret) and secret not in str(vars(key))
    assert secret not in client.get(reverse("api_keys")).content.decode()
    assert status(secret) == 200
    bodies = [str(entry.payload.body) for entry in AuditEntry.objects.filter(table_name="hiring_apikey")]
    assert bodies and not any(secret in body or key.digest in body for body in bodies)  # REC-6
    assert "1 in use" in client.get(reverse("account")).content.decode()


def test_the_form_keeps_what_was_typed_and_says_what_is_wrong(client, recruiter, settings):
    client.force_login(recruiter)
    api_keys.make(recruiter, "Payroll", scope="read", days=1)
    again = client.post(reverse("api_keys"), {"name": "payroll", "scope": "write", "days": 90})

    assert (again.status_code, ApiKey.objects.count()) == (422, 1)
    assert "You have a key of this name" in again.content.decode() and 'value="payroll"' in again.content.decode()
    settings.API_KEY_MOST_DAYS = 30
    assert client.post(reverse("api_keys"), {"name": "x", "scope": "write", "days": 90}).status_code == 422
    with pytest.raises(Refused, match="at most 30 days"):
        api_keys.make(recruiter, "x", scope="write", days=31)
    for number in range(api_keys.MOST_LIVE - 1):
        api_keys.make(recruiter, f"Key {number}", scope="read", days=1)
    with pytest.raises(Refused, match="Revoke one"):
        api_keys.make(recruiter, "One more", scope="read", days=1)


def test_a_key_ends_by_hand_by_time_and_with_the_account(client, recruiter, admin):
    by_hand, by_time, by_account = (api_keys.make(recruiter, name, scope="read", days=1) for name in ("a", "b", "c"))
    assert {status(secret) for _, secret in (by_hand, by_time, by_account)} == {200}

    client.force_login(admin)
    assert client.post(reverse("api_key_revoke", args=[by_hand[0].pk])).status_code == 404  # not theirs
    client.force_login(recruiter)
    client.post(reverse("api_key_revoke", args=[by_hand[0].pk]))
    now = timezone.now()
    ApiKey.objects.filter(pk=by_time[0].pk).update(created_at=now - dt.timedelta(days=2), expires_at=now)
    assert (status(by_hand[1]), status(by_time[1]), status(by_account[1])) == (401, 401, 200)
    page = client.get(reverse("api_keys")).content.decode()
    assert "Revoked" in page and "Ended" in page

    recruiter.is_active = False
    recruiter.save()
    assert status(by_account[1]) == 401
    assert AuditEntry.objects.filter(table_name="hiring_apikey", action="update").exists()


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer tlk_wrong", "Basic dGxrOng=", "Token {}", "Bearer {}x", "Bearer {} ok", "Bearer \x00"],
)
def test_nothing_but_the_whole_key_opens(recruiter, header):
    _, secret = api_keys.make(recruiter, "Reports", scope="write", days=1)
    client = Client()
    client.force_login(recruiter)  # a cookie of the browser opens nothing, so no other site can use it

    response = client.get(ME, headers={"Authorization": header.format(secret)})

    assert said(response)[0] == 401 and response["WWW-Authenticate"].startswith("Bearer")


def test_a_program_needs_no_token_of_a_form_and_an_administrator_ends_its_key(client, recruiter, admin, world):
    program = Program(recruiter)
    program.client = Client(enforce_csrf_checks=True)
    assert program.post(f"/candidates/{world.candidate.pk}/notes", {"text": "Hello."}).status_code == 201

    client.force_login(admin)
    page = client.get(reverse("admin:hiring_apikey_change", args=[program.key.pk])).content.decode()
    assert program.key.digest not in page and "Reports" in page
    client.post(reverse("admin:hiring_apikey_changelist"), {"action": "revoke", "_selected_action": [program.key.pk]})
    assert program.get("/me").status_code == 401


def test_a_reading_key_changes_nothing(recruiter):
    program = Program(recruiter, scope="read")

    answers = [program.post("/candidates", {}), program.patch("/candidates/1", {}), program.post("/applications", {})]

    assert {said(one) for one in answers} == {(403, "This key may only read. Make one that may also write.")}
    assert program.get("/me").json()["scope"] == "read"


def test_calls_are_counted_for_each_key(recruiter, settings):
    settings.API_CALLS_PER_MINUTE = 2
    program, other = Program(recruiter), Program(recruiter, name="Other")

    answers = [program.get("/me") for _ in range(3)]

    assert [one.status_code for one in answers] == [200, 200, 429]
    assert [one["RateLimit-Remaining"] for one in answers] == ["1", "0", "0"]
    assert 0 < int(answers[2]["Retry-After"]) <= 60 and said(answers[2])[1].startswith("Too many calls")
    assert other.get("/me").status_code == 200


def test_guessing_is_slowed_down(recruiter, monkeypatch):
    monkeypatch.setattr("hiring.api.door.GUESSES_A_MINUTE", 2)

    assert [status(f"tlk_{number}") for number in range(3)] == [401, 401, 429]


def test_when_it_was_used_is_noted_once_a_minute(recruiter, django_assert_num_queries):
    program = Program(recruiter)
    program.get("/me")
    seen = ApiKey.objects.get().last_used_at

    with django_assert_num_queries(1):  # whose key it is
        program.get("/me")

    assert seen and ApiKey.objects.get().last_used_at == seen
    assert not AuditEntry.objects.filter(table_name="hiring_apikey", action="update").exists()


def test_histories_name_the_key(client, world, recruiter):
    program = Program(recruiter, name="Payroll")
    pk = world.candidate.pk
    assert program.patch(f"/candidates/{pk}", {"headline": "Lead"}).status_code == 200

    event = TimelineEvent.objects.get(kind="candidate.edited")
    assert (event.actor, event.data["api_key"]) == (recruiter, program.key.pk)
    entry = AuditEntry.objects.filter(table_name="hiring_candidate", action="update").first()
    assert (entry.door, entry.actor, entry.key_id) == ("api", recruiter, program.key.pk)
    client.force_login(world.people["admin"])
    assert "API (Payroll)" in client.get(reverse("candidate", args=[pk])).content.decode()
    assert "the API (Payroll)" in client.get(reverse("compliance:candidate_history", args=[pk])).content.decode()
    assert "API (Payroll)" in client.get(reverse("compliance:audit_entry", args=[entry.pk])).content.decode()
    assert "API (Payroll)" in client.get(reverse("compliance:audit")).content.decode()


def test_what_is_wrong_is_never_a_page(recruiter, monkeypatch, caplog):
    program = Program(recruiter)
    program.client.raise_request_exception = False

    assert said(program.get("/nothing"))[0] == 404
    assert said(program.client.delete("/api/v1/me"))[0] == 405
    assert said(program.get("/candidates/99999999999999999999"))[0] in (404, 422)
    monkeypatch.setattr("hiring.api.people.search.find", lambda *a, **k: 1 / 0)
    assert said(program.get("/candidates", {"q": "noor@haddad.example"}))[0] == 500
    assert "noor@haddad" not in caplog.text and program.secret not in caplog.text


def test_answers_are_forgotten_after_two_days(recruiter):
    key, _ = api_keys.make(recruiter, "x", scope="write", days=1)
    for days in (1, 3):
        at = timezone.now() - dt.timedelta(days=days)
        ApiAnswer.objects.create(key=key, call=f"{days}", asked="", status=201, body={}, at=at)

    assert (api_keys.forget_answers(), [one.call for one in ApiAnswer.objects.all()]) == (1, ["1"])


def test_pages_do_not_pay_for_the_api():
    """The libraries of the API are loaded when a program first asks, not with the addresses of the pages."""
    told = (
        "import os, sys, django; os.environ.update(SECRET_KEY='x' * 50, DATABASE_URL='postgres://x@127.0.0.1:9/x', "
        "REDIS_URL='redis://127.0.0.1:9/0', DATA_DIR='/nonexistent', DJANGO_SETTINGS_MODULE='hiring.settings'); "
        "django.setup(); from django.urls import resolve, reverse; resolve('/candidates/'); reverse('candidates'); "
        "late = 'ninja' not in sys.modules and 'pydantic' not in sys.modules; "
        "print(late, reverse('api:candidate', args=[7]), 'ninja' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)

    assert ran.stdout.split() == ["True", "/api/v1/candidates/7", "True"]
