"""Hundreds of people of a board written to at once: by a worker of the product, to a server that counts what arrives."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from django.utils import timezone

from hiring import contact
from hiring.models import Message, Suppression
from pipeline import bulk
from pipeline.mailing import Words
from pipeline.models import Application, BulkAct
from tests.factories import CandidateFactory, EmailFactory, StageFactory
from tests.processes import send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.crash, pytest.mark.timeout(300)]
PEOPLE = 640
WORDS = Words("About {{ job_title }}", "Dear {{ first_name }}, {{ name }} is read by a person.")


@pytest.fixture
def people(world):
    """More than three turns of a bulk act, each with an address."""
    stage, now = StageFactory(job=world.job, kind="screen", name="Again", position=9), timezone.now()
    made = type(world.candidate).objects.bulk_create(
        CandidateFactory.build(name=f"Ines{at} Falk{at}") for at in range(PEOPLE)
    )
    type(EmailFactory.build()).objects.bulk_create(
        EmailFactory.build(candidate=one, value=f"ines{at}@falk.example") for at, one in enumerate(made)
    )
    return Application.objects.bulk_create(
        Application(candidate=one, job=world.job, stage=stage, applied_at=now, entered_stage_at=now) for one in made
    )


def test_each_of_hundreds_gets_their_own_mail_once_and_whoever_wants_none_gets_none(
    world, people, recruiter, processes, clock, smtp_sink
):
    contact.suppress("ines7@falk.example", Suppression.Reason.COMPLAINT, scope="everything")
    act = bulk.start_mail(world.job, [one.pk for one in people], WORDS, by=recruiter, delay=dt.timedelta())
    worker = processes.worker("default,mail", concurrency=2)

    send(processes, "pipeline.bulk_act", act.pk)
    send(processes, "pipeline.bulk_act", act.pk)  # what a broker does that delivers once more
    worker.until(lambda: BulkAct.objects.get(pk=act.pk).is_finished)
    contact.suppress("ines9@falk.example", Suppression.Reason.COMPLAINT, scope="everything")  # while it waits
    assert smtp_sink.messages == []
    clock.go_on(minutes=6)
    send(processes, "mail.sweep")
    send(processes, "mail.sweep")
    worker.until(lambda: not Message.objects.filter(status__in=["queued", "sending"]).exists())

    act.refresh_from_db()
    assert (len(act.done), [pk for pk, _ in act.failed]) == (PEOPLE - 1, [people[7].pk])
    assert Counter(Message.objects.values_list("status", flat=True)) == {"sent": PEOPLE - 2, "blocked": 1}
    arrived = {one.recipients[0]: one.mail for one in smtp_sink.messages}
    assert len(smtp_sink.messages) == len(arrived) == PEOPLE - 2
    assert set(arrived) == {f"ines{at}@falk.example" for at in range(PEOPLE) if at not in (7, 9)}
    for at in (0, 300, PEOPLE - 1):
        mail = arrived[f"ines{at}@falk.example"]
        assert mail["Subject"] == "About Data Engineer"
        assert f"Dear Ines{at}, Ines{at} Falk{at} is read" in mail.get_body(("plain",)).get_content()
