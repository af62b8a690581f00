"""A worker killed with `kill -9` in the middle of an import or its undoing: whoever comes next does the rest, as if nothing had been."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.utils import timezone

from hiring.models import Candidate, ProcessingBasis, TimelineEvent
from sourcing.imports import batches
from sourcing.imports.models import ImportBatch
from sourcing.tasks import import_step, imports_sweep
from tests.factories import EmailFactory, SourceFactory
from tests.integration.test_bulk_crash import somebody_waits_for_a_lock
from tests.processes import database_url, wait_for
from tests.sourcing.test_imports import take

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.crash, pytest.mark.timeout(240)]
CHUNK, ROWS = 200, 600
RUN = f"""
import sys, django
django.setup()
from sourcing.imports import running, undoing
from sourcing.tasks import import_step
running.CHUNK = undoing.CHUNK = {CHUNK}
import_step(int(sys.argv[1]))
"""
LIST = "Name,E-mail,Employer,Tags,Note\n" + "".join(
    f"Person {number},p{number}@mail.example,Works {number % 7},python,Met at the fair\n" for number in range(ROWS)
)


def killed_at_its_work(batch, person):
    """Let a worker of its own do what is due, and kill it where it waits for this person's record."""
    environment = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "hiring.settings"}
    with transaction.atomic():
        Candidate.objects.select_for_update().get(pk=person.pk)
        victim = subprocess.Popen(
            [sys.executable, "-c", RUN, str(batch.pk)], env=environment, cwd=django_settings.BASE_DIR
        )
        wait_for(somebody_waits_for_a_lock)
        victim.send_signal(signal.SIGKILL)
        victim.wait(30)
    batch.refresh_from_db()


def taken_over(batch, monkeypatch):
    """The sweep leaves a worker alone that was heard of just now, and goes on with the work of one that was not."""
    before = batch.done
    imports_sweep()
    batch.refresh_from_db()
    assert batch.done == before
    later = timezone.now() + dt.timedelta(minutes=2)
    with monkeypatch.context() as patched:
        patched.setattr(timezone, "now", lambda: later)
        imports_sweep()
        imports_sweep()
    batch.refresh_from_db()


def everybody():
    """Whoever there is, with what was said of them; without numbers and times, which no two runs share."""
    people = Candidate.objects.order_by("pk").prefetch_related("contact_points", "tags__tag", "notes", "bases")
    return sorted(
        (
            person.name,
            person.company,
            sorted((point.kind, point.value, point.is_primary) for point in person.contact_points.all()),
            sorted(tag.tag.name for tag in person.tags.all()),
            sorted(note.text for note in person.notes.all()),
            sorted((basis.purpose, basis.basis) for basis in person.bases.all()),
        )
        for person in people
    )


def done(batch):
    import_step(batch.pk)
    batch.refresh_from_db()
    return batch


def checked(recruiter, source):
    batch = take(recruiter, LIST)
    facts = {"purpose": "sourcing", "basis": "legitimate_interest", "source": source, "region": "FR"}
    batches.start_check(batch, mapping=batch.mapping, **facts)
    return done(batch)


def test_an_import_and_its_undoing_survive_a_killed_worker(recruiter, monkeypatch):
    """Fails when a row is brought in twice or not at all, when an undone one comes back, or when an undisturbed run ends otherwise."""
    monkeypatch.setattr(batches, "hand_over", lambda batch: None)  # the broker is lost too
    source = SourceFactory()
    early, late = (EmailFactory(value=f"p{number}@mail.example").candidate for number in (100, 500))
    start = everybody()
    undisturbed = checked(recruiter, source)
    batches.start_run(undisturbed)
    done(undisturbed)
    wanted, counts = everybody(), undisturbed.counts
    batches.start_undo(undisturbed, by=recruiter)
    done(undisturbed)
    assert everybody() == start

    batch = checked(recruiter, source)
    batches.start_run(batch)
    killed_at_its_work(batch, late)
    assert (batch.status, batch.done, Candidate.objects.count()) == ("running", 2 * CHUNK, 2 * CHUNK + 1)
    taken_over(batch, monkeypatch)

    assert (batch.status, batch.done, batch.counts) == ("done", ROWS, counts)
    assert everybody() == wanted
    events = TimelineEvent.objects.filter(kind="candidate.imported", data__import=batch.pk)
    assert (events.count(), ProcessingBasis.objects.count()) == (ROWS, ROWS)

    batches.start_undo(batch, by=recruiter)
    killed_at_its_work(batch, early)
    assert batch.status == "undoing" and 0 < batch.done < ROWS
    taken_over(batch, monkeypatch)

    assert ImportBatch.objects.get(pk=batch.pk).status == "undone"
    assert everybody() == start
