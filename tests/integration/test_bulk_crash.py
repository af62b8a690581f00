"""A worker killed with `kill -9` in the middle of a bulk act: whoever comes next does the rest, and nobody twice."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.utils import timezone

from hiring import acts, bulk, candidates
from hiring.bulk_tasks import sweep
from hiring.matches import Matches
from hiring.models import Candidate, CandidateTag, ContactPoint, PeopleAct, ProcessingBasis, TimelineEvent
from pipeline.models import Application
from sourcing import sequences
from sourcing.models import Enrollment
from tests.factories import CandidateFactory, EmailFactory, MailboxFactory, StageFactory
from tests.processes import database_url, wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.crash, pytest.mark.timeout(180)]
RUN = "import sys, django; django.setup(); from hiring.bulk_tasks import run_act; run_act(int(sys.argv[1]))"
PEOPLE = 1_200


def worker(act: PeopleAct) -> subprocess.Popen[bytes]:
    environment = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "hiring.settings"}
    return subprocess.Popen([sys.executable, "-c", RUN, str(act.pk)], env=environment, cwd=django_settings.BASE_DIR)


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def choose(kind, people, recruiter):
    """The act's params, the rows it makes, and the event it writes."""
    if kind == "tag":
        tag = candidates.tag_named("energy")
        return {"tag": tag.pk, "name": tag.name}, CandidateTag, "candidate.tagged"
    if kind == "job":
        stage = StageFactory(kind="lead")
        return {"job": stage.job_id, "stage": stage.pk, "name": "X"}, Application, "application.opened"
    ContactPoint.objects.bulk_create(EmailFactory.build(candidate=one) for one in people)
    about = {"purpose": "sourcing", "basis": "legitimate_interest", "controller": "N", "started_at": timezone.now()}
    ProcessingBasis.objects.bulk_create(ProcessingBasis(candidate=one, **about) for one in people)
    plan = sequences.create(name="Autumn", owner=recruiter, mailbox=MailboxFactory())
    sequences.write_steps(plan, [sequences.StepText("mail", 0, "A role", "Hello {{ first_name }}")])
    return {"sequence": plan.pk, "name": "Autumn"}, Enrollment, "sequence.enrolled"


@pytest.mark.parametrize(("kind", "before"), [("tag", 500), ("job", 500), ("sequence", 750)])
def test_a_worker_killed_in_the_middle_of_a_bulk_act_doubles_and_loses_nothing(admin, monkeypatch, kind, before):
    """Held in a later batch by a lock. Fails when what it did is done again, or what it did not is forgotten."""
    people = Candidate.objects.bulk_create(CandidateFactory.build() for _ in range(PEOPLE))
    monkeypatch.setattr(acts, "send", lambda pk: None)  # the broker is lost too
    params, rows, event = choose(kind, people, admin)
    act = acts.start(bulk.kinds[kind], Matches(admin), params)

    with transaction.atomic():
        Candidate.objects.select_for_update().get(pk=people[800].pk)
        victim = worker(act)
        wait_for(somebody_waits_for_a_lock)
        victim.send_signal(signal.SIGKILL)
        victim.wait(30)
    act.refresh_from_db()
    assert (act.done, act.is_finished, rows.objects.count()) == (before, False, before)

    sweep()  # it may still be at work: nothing is taken over yet
    assert rows.objects.count() == before
    later = timezone.now() + dt.timedelta(minutes=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    sweep()
    sweep()

    act.refresh_from_db()
    assert (act.done, act.already, act.left_out, act.is_finished) == (PEOPLE, 0, 0, True)
    assert rows.objects.count() == TimelineEvent.objects.filter(kind=event).count() == PEOPLE
    assert set(act.items.values_list("state", flat=True)) == {"done"}
