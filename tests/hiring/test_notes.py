"""Notes, calls and tasks: who reads them, and what a call means for contact."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hiring import events, notes, query, todo
from hiring.errors import Refused
from hiring.models import Candidate, Note, Task, TimelineEvent
from tests import factories


@pytest.fixture
def noor(db):
    return factories.CandidateFactory(name="Noor Haddad")


def test_a_note_is_kept_as_written_and_recorded_without_its_text(noor, recruiter):
    note = notes.write(noor, "  First line\r\nsecond\x00 line  ", by=recruiter)

    event = TimelineEvent.objects.get()
    assert note.text == "First line\nsecond line"
    assert (event.kind, event.data) == ("note.written", {"note": note.pk})


@pytest.mark.parametrize("text", ["", " \n ", "\x00", "x" * 20_001])
def test_an_empty_or_endless_note_is_refused(noor, recruiter, text):
    with pytest.raises(Refused):
        notes.write(noor, text, by=recruiter)


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [
        ("everyone", {"author", "recruiter", "manager", "interviewer", "officer", "outsider"}),
        ("team", {"author", "recruiter", "manager", "interviewer"}),
        ("private", {"author"}),
    ],
)
def test_visibility_decides_who_reads_a_note(world, visibility, readers):
    author = world.people["coordinator"]
    notes.write(world.candidate, "Word", by=author, visibility=visibility, job=world.job)
    names = {"author": "coordinator", "recruiter": "recruiter", "manager": "hiring_manager", "interviewer": "interviewer", "officer": "compliance_officer", "outsider": "outsider"}  # fmt: skip # noqa: E501

    assert {name for name, role in names.items() if Note.objects.visible_to(world.people[role]).exists()} == readers


def test_a_team_note_without_a_job_stays_with_those_who_work_with_all(noor, recruiter, coordinator, manager):
    notes.write(noor, "Word", by=recruiter)

    assert Note.objects.visible_to(coordinator).exists()
    assert not Note.objects.visible_to(manager).exists()


@pytest.mark.parametrize("visibility", ["everyone", "team"])
def test_what_was_written_about_a_confidential_job_is_for_its_team(world, visibility):
    world.job.confidential = True
    world.job.save()
    notes.write(world.candidate, "zebra", by=world.people["recruiter"], visibility=visibility, job=world.job)
    apart = [world.people[role] for role in ("admin", "coordinator", "compliance_officer", "outsider")]

    assert [user.role for user in apart if Note.objects.visible_to(user).exists()] == []
    assert set(query.people(world.people["admin"], "note:zebra OR has:note")) == set()
    assert Note.objects.visible_to(world.people["hiring_manager"]).exists()


def test_a_call_that_was_answered_is_contact_and_a_sign_of_life(noor, recruiter):
    """Invariant 4"""
    heard = []

    def hear(candidate, kind, **more):
        heard.append((candidate.pk, kind))

    events.sign_of_life.connect(hear)
    try:
        notes.write(noor, "Talked", by=recruiter, kind="call")
    finally:
        events.sign_of_life.disconnect(hear)

    noor.refresh_from_db()
    assert heard == [(noor.pk, "call")]
    assert noor.last_contacted_at
    assert noor.last_sign_of_life_at
    assert TimelineEvent.objects.get().kind == "call.logged"


def test_a_call_nobody_answered_is_contact_only(noor, recruiter):
    notes.write(noor, "No answer", by=recruiter, kind="call", reached=False)

    noor.refresh_from_db()
    assert noor.last_contacted_at
    assert noor.last_sign_of_life_at is None


def test_nothing_is_written_on_a_record_that_was_merged_away(noor, recruiter):
    Candidate.objects.filter(pk=noor.pk).update(merged_into=factories.CandidateFactory())

    with pytest.raises(Refused, match="merged"):
        notes.write(noor, "Word", by=recruiter)


# ---------- tasks ----------


def test_a_task_is_promised_done_and_reopened(noor, recruiter, coordinator):
    due = timezone.localdate() + dt.timedelta(days=1)
    task = todo.add("  Call   her ", by=recruiter, due_on=due, assignee=coordinator, candidate=noor)
    done_at = todo.done(task, by=coordinator).done_at
    todo.done(task, by=coordinator)
    again = todo.reopen(task, by=recruiter)

    assert (task.text, task.assignee, task.created_by, task.due_on) == ("Call her", coordinator, recruiter, due)
    assert done_at
    assert again.done_at is None
    assert list(TimelineEvent.objects.order_by("pk").values_list("kind", flat=True)) == [
        "task.added",
        "task.done",
        "task.reopened",
    ]


def test_a_task_by_itself_is_ones_own(recruiter):
    task = todo.add("Order chairs", by=recruiter, due_on=timezone.localdate())
    todo.done(task, by=recruiter)

    assert task.assignee == recruiter
    assert TimelineEvent.objects.count() == 0


@pytest.mark.parametrize("text", ["", "   ", "x" * 301])
def test_a_task_says_what_is_to_be_done(recruiter, text):
    with pytest.raises(Refused):
        todo.add(text, by=recruiter, due_on=timezone.localdate())


@pytest.mark.parametrize("year", [1020, 1, 9999])
def test_a_task_is_due_in_a_year_somebody_can_mean(client, noor, recruiter, year):
    client.force_login(recruiter)
    task = todo.add("Call", by=recruiter, due_on=timezone.localdate(), candidate=noor)
    typed = {"text": "Call <her> again", "due_on": f"{year:04}-05-06", "assignee": ""}

    page = client.post(reverse("task_add", args=[noor.pk]), typed)
    toast = client.post(reverse("task_add", args=[noor.pk]), typed, headers={"HX-Request": "true"})
    edit = client.post(reverse("task_edit", args=[task.pk]), typed)

    assert page.status_code == edit.status_code == 422 and toast.status_code == 409
    assert f"The year {year} cannot be meant" in page.text and f"The year {year} cannot be meant" in edit.text
    assert f"The year {year} cannot be meant" in toast["HX-Trigger"]
    assert "Call &lt;her&gt; again" in page.text and f"{year:04}-05-06" in page.text
    with pytest.raises(Refused, match="cannot be meant"):
        todo.change(task, by=recruiter, due_on=dt.date(year, 5, 6))
    assert list(Task.objects.values_list("due_on", flat=True)) == [timezone.localdate()]


def test_an_old_task_is_said_differently_without_a_new_day(client, noor, recruiter):
    client.force_login(recruiter)
    task = Task.objects.create(
        text="Call", assignee=recruiter, created_by=recruiter, candidate=noor, due_on=dt.date(2001, 2, 3)
    )

    client.post(reverse("task_edit", args=[task.pk]), {"text": "Said anew", "due_on": "2001-02-03", "assignee": ""})

    task.refresh_from_db()
    assert task.text == "Said anew"


def test_a_note_that_is_too_long_says_so_and_keeps_every_word(client, noor, recruiter):
    client.force_login(recruiter)
    url = reverse("note_write", args=[noor.pk])
    lines = "\r\n".join(["x" * 99] * 200)  # 20,000 as it is kept and as browsers count
    long = f"{lines} and <more>"

    page = client.post(url, {"text": long, "kind": "call", "visibility": "private"})
    toast = client.post(url, {"text": long}, headers={"HX-Request": "true"})
    nothing = client.post(url, {"text": " "}, headers={"HX-Request": "true"})
    client.post(url, {"text": lines + "x"})

    assert page.status_code == 422 and "it has 20,010 characters, and 20,000 are possible" in page.text
    assert "and &lt;more&gt;" in page.text and "They answered" in page.text
    assert '<option value="private" selected>' in page.text and 'name="kind" value="call"' in page.text
    assert toast.status_code == 409 and "20,010 characters" in toast["HX-Trigger"]
    assert "Write something first." in nothing["HX-Trigger"]
    assert [len(note.text) for note in Note.objects.all()] == [20_000]


def test_somebody_who_left_gets_no_task(recruiter):
    with pytest.raises(Refused):
        todo.add("Call", by=recruiter, due_on=timezone.localdate(), assignee=factories.UserFactory(is_active=False))
