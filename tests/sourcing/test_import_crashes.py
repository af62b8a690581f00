"""A worker may die in the middle of an import: what was committed stays, what was not is done again, nobody comes in twice."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from hiring import identity
from hiring.models import Candidate, Notification, TimelineEvent
from sourcing.imports import batches, checking, running, steps, undoing, writing
from sourcing.imports.models import ImportBatch
from sourcing.tasks import imports_sweep
from tests.sourcing.test_imports import checked, imported, take

LIST = "Name,E-mail\n" + "".join(f"Person {letter},{letter}@mail.example\n" for letter in "abcdefghij")


class Killed(BaseException):
    """As SIGKILL: no handler of ours sees it."""


def dies_at(monkeypatch, module, name, call):
    """Let the process die at the nth call of a function; afterwards it works again."""
    real, calls = getattr(module, name), iter(range(1, 1_000))

    def dying(*args, **kwargs):
        if next(calls) == call:
            raise Killed
        return real(*args, **kwargs)

    monkeypatch.setattr(module, name, dying)


def long_ago(batch):
    ImportBatch.objects.filter(pk=batch.pk).update(beat_at=timezone.now() - dt.timedelta(minutes=2))


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 3)
    monkeypatch.setattr(checking, "CHUNK", 3)
    monkeypatch.setattr(undoing, "CHUNK", 3)


@pytest.mark.django_db
def test_a_run_goes_on_where_it_died(monkeypatch, recruiter, source):
    batch = checked(take(recruiter, LIST), source)
    batches.start_run(batch)
    dies_at(monkeypatch, writing, "note_results", 3)
    with pytest.raises(Killed):
        steps.do(batch.pk)
    assert Candidate.objects.count() == 6  # two chunks; the third left nothing behind

    long_ago(batch)
    imports_sweep()

    batch.refresh_from_db()
    assert (batch.status, batch.counts["new"], batch.done) == ("done", 10, 10)
    assert Candidate.objects.count() == TimelineEvent.objects.filter(kind="candidate.imported").count() == 10
    assert {told.user for told in Notification.objects.all()} == {recruiter}


@pytest.mark.django_db
def test_a_check_begins_again_and_stages_every_row_once(monkeypatch, recruiter, source):
    batch = take(recruiter, LIST)
    batches.start_check(
        batch, mapping=batch.mapping, purpose="sourcing", basis="legitimate_interest", source=source, region="FR"
    )
    dies_at(monkeypatch, checking, "not_again", 3)
    with pytest.raises(Killed):
        steps.do(batch.pk)

    imports_sweep()  # too early: whoever reads it may only be slow
    assert ImportBatch.objects.get().status == "checking"
    long_ago(batch)
    imports_sweep()

    batch.refresh_from_db()
    assert (batch.status, batch.counts["new"], batch.rows.count()) == ("checked", 10, 10)


@pytest.mark.django_db
def test_an_import_that_cannot_go_on_holds_up_no_other(monkeypatch, recruiter, source):
    broken, whole = (checked(take(recruiter, text), source) for text in (LIST, LIST.replace("mail.", "post.")))
    for batch in (broken, whole):
        batches.start_run(batch)
        long_ago(batch)
    real = running.bring_in

    def bring_in(batch, rows):
        if batch.pk == broken.pk:
            raise RuntimeError("boom")
        return real(batch, rows)

    monkeypatch.setattr(running, "bring_in", bring_in)
    imports_sweep()

    counts = dict(ImportBatch.objects.values_list("pk", "counts"))
    assert (counts[broken.pk].get("error"), counts[whole.pk].get("new")) == (10, 10)


@pytest.mark.django_db
def test_an_undo_goes_on_where_it_died(monkeypatch, recruiter, source):
    batch = imported(recruiter, source, LIST)
    batches.start_undo(batch, by=recruiter)
    dies_at(monkeypatch, undoing, "delete_people", 2)
    with pytest.raises(Killed):
        steps.do(batch.pk)
    assert Candidate.objects.count() == 7

    long_ago(batch)
    imports_sweep()

    assert (ImportBatch.objects.get().status, Candidate.objects.count()) == ("undone", 0)


@pytest.mark.django_db
@pytest.mark.parametrize(("undo", "people", "status"), [(False, 3, "stopped"), (True, 0, "undone")])
def test_a_run_that_is_stopped_keeps_what_is_done_or_takes_it_back(
    monkeypatch, recruiter, source, undo, people, status
):
    batch = checked(take(recruiter, LIST), source)
    batches.start_run(batch)
    real = writing.note_results

    def stop_after_the_first(rows):
        real(rows)
        if not ImportBatch.objects.get().stop_asked:
            ImportBatch.objects.update(stop_asked="undo" if undo else "keep")

    monkeypatch.setattr(writing, "note_results", stop_after_the_first)
    steps.do(batch.pk)

    assert (Candidate.objects.count(), ImportBatch.objects.get().status) == (people, status)


@pytest.mark.django_db
def test_somebody_who_comes_in_another_way_meanwhile_is_one_person(recruiter, source):
    batch = checked(take(recruiter, LIST), source)
    identity.match_or_create(
        name="Person A", emails=["A@mail.example"], by=recruiter, purpose="sourcing", basis="legitimate_interest"
    )

    batches.start_run(batch)
    steps.do(batch.pk)

    assert Candidate.objects.count() == 10
    assert ImportBatch.objects.get().counts == {"new": 9, "updated": 1}  # the source was missing


@pytest.mark.django_db
def test_a_row_that_breaks_something_is_left_out_and_the_others_come_in(monkeypatch, recruiter, source):
    batch = checked(take(recruiter, LIST), source)
    batches.start_run(batch)
    real = writing.write

    def broken_for_one(batch, wave, ours):
        if any(one.line.name == "Person e" for one in wave):
            raise RuntimeError
        return real(batch, wave, ours)

    monkeypatch.setattr(writing, "write", broken_for_one)
    steps.do(batch.pk)

    batch.refresh_from_db()
    assert (batch.status, batch.done, batch.counts["new"], batch.counts["error"]) == ("done", 10, 9, 1)
    row = batch.rows.get(result="error")
    assert running.BROKE_US in str(row.problems) and row.candidate is None
    assert not Candidate.objects.filter(name="Person e").exists()


@pytest.mark.django_db
def test_where_every_row_breaks_the_import_stops_and_says_so(monkeypatch, client, recruiter, source):
    monkeypatch.setattr(running, "MOST_LEFT_OUT", 4)
    batch = checked(take(recruiter, LIST), source)
    batches.start_run(batch)
    client.force_login(recruiter)
    dies = RuntimeError("always")
    monkeypatch.setattr(writing, "write", lambda *_: (_ for _ in ()).throw(dies))
    steps.do(batch.pk)

    batch.refresh_from_db()
    assert (batch.status, batch.done, batch.counts["error"]) == ("stopped", 4, 4)
    assert "Ask your administrator" in client.get(batch.get_absolute_url()).content.decode()
    assert "was stopped" in Notification.objects.filter(user=recruiter).latest("pk").words


@pytest.mark.django_db
def test_a_step_that_always_fails_is_given_up_or_told_of_and_tried_more_seldom(monkeypatch, recruiter, source):
    batch = take(recruiter, LIST)
    monkeypatch.setattr(checking, "stage", lambda *_, **__: 1 / 0)
    batches.start_check(
        batch, mapping=batch.mapping, purpose="sourcing", basis="legitimate_interest", source=source, region="FR"
    )
    for _ in range(steps.TRIES):
        steps.do(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.problem) == ("failed", steps.BROKE_US)

    monkeypatch.undo()
    batch = imported(recruiter, source, LIST)
    batches.start_undo(batch, by=recruiter)
    monkeypatch.setattr(undoing, "undo", lambda *_: 1 / 0)
    for _ in range(steps.TRIES):
        steps.do(batch.pk)
    long_ago(batch)

    assert batch.pk not in steps.left_behind()
    batch.refresh_from_db()
    assert (batch.status, batch.problem) == ("undoing", steps.STUCK)
    assert "does not get on" in Notification.objects.filter(user=recruiter).latest("pk").words
    ImportBatch.objects.filter(pk=batch.pk).update(beat_at=timezone.now() - dt.timedelta(hours=2))
    assert batch.pk in steps.left_behind()
