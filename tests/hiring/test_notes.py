"""Notes, calls and tasks: who reads them, and what a call means for contact."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from hiring import events, notes, todo
from hiring.errors import Refused
from hiring.models import Candidate, Note, TimelineEvent
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


def test_somebody_who_left_gets_no_task(recruiter):
    with pytest.raises(Refused):
        todo.add("Call", by=recruiter, due_on=timezone.localdate(), assignee=factories.UserFactory(is_active=False))
