"""The demonstration company: made by the verbs, so whatever must always hold holds for it too."""

from __future__ import annotations

import datetime as dt
import io
import random

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F, OuterRef, Subquery

from compliance import chain
from demo.clock import ago
from hiring.models import (
    Absence,
    Approval,
    Candidate,
    CandidateValue,
    CustomField,
    Document,
    Follow,
    Job,
    Message,
    Notification,
    PeopleAct,
    Promise,
    TimelineEvent,
)
from interviews.models import Interview
from offers.models import Offer
from pipeline.models import Application, JobLetter, RejectionReason, ReviewAnswer, Transition
from sourcing.models import Enrollment, MailedResume, PoolMember, Referral, Segment
from tests.compliance.test_chain import seal_until

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def emptied(django_db_setup, django_db_blocker):
    """Nothing left of what tests before this one made, content types included."""
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True, reset_sequences=False)


@pytest.fixture
def as_migrated(emptied, django_db_serialized_rollback, transactional_db):
    """A database as migrations leave it."""


def load(size: str) -> str:
    said = io.StringIO()
    call_command("load_demo", size=size, stdout=said)
    return said.getvalue()


@pytest.mark.parametrize("days", [0.2, 1, 2, 3, 10])
def test_what_colleagues_did_lately_has_happened_whatever_the_hour_of_loading(days):
    """Moved forward to a working hour, it would lie ahead on a Monday night and never be played."""
    chance = random.Random(1)
    hours = [dt.datetime(2026, 11, 30, tzinfo=dt.UTC) + dt.timedelta(hours=hour) for hour in range(7 * 24)]

    done = [(now, ago(now, days, chance)) for now in hours]

    assert [(now, when) for now, when in done if when > now or (when.weekday() > 4 and when != now)] == []
    assert max(now - when for now, when in done) < dt.timedelta(days=days + 3)


def test_the_company_is_rich_agrees_with_itself_and_can_grow(as_migrated, settings, tmp_path):
    settings.AUDIT_ANCHOR_FILE = tmp_path / "anchors.jsonl"

    said = load("small")

    assert "Writing history" in said
    assert Job.objects.count() == 14
    assert 550 <= Candidate.objects.count() <= 650
    assert {document.name.rpartition(".")[2] for document in Document.objects.filter(kind="resume")} >= {"pdf", "docx"}
    assert set(Offer.objects.values_list("status", flat=True)) >= {"draft", "sent", "accepted", "declined"}
    assert Interview.objects.count() > 50
    assert PoolMember.objects.exists()
    assert set(Enrollment.objects.values_list("state", flat=True)) >= {"replied", "bounced", "active"}
    assert Segment.objects.filter(problem="", count__gt=0).count() == 3
    assert [(act.is_finished, act.done > 0, act.left_out) for act in PeopleAct.objects.all()] == [(True, True, 0)] * 2
    assert set(Referral.objects.values_list("state", flat=True)) == {"waiting", "taken", "closed"}
    assert Referral.objects.exclude(credit="first").exists()
    assert MailedResume.objects.count() == 2
    assert Follow.objects.count() >= 4 and Notification.objects.filter(kind="mentioned").exists()
    assert CandidateValue.objects.count() >= 10 and CustomField.objects.filter(is_private=True).count() == 1
    assert Application.objects.filter(status="rejected", reason=None).count() == 0
    assert (
        Application.objects.values("reason").exclude(reason=None).aggregate(n=Count("reason", distinct=True))["n"] >= 5
    )
    assert RejectionReason.objects.exists()
    asked = set(Approval.objects.filter(subject_kind="job").values_list("chain__name", flat=True))
    assert asked == {"New jobs", "Data platform", "High pay"}
    assert ReviewAnswer.objects.count() == 3 and Promise.objects.standing().exists() and JobLetter.objects.exists()
    assert Absence.objects.standing().count() == 1
    assert not Job.objects.filter(budget=None).exists() and Job.objects.get(status="on_hold").level == "mid"

    # Invariant 2: where somebody stands is where the last transition led.
    last = Transition.objects.filter(application=OuterRef("pk")).order_by("-at", "-pk").values("to")[:1]
    assert not Application.objects.annotate(last=Subquery(last)).exclude(stage=F("last")).exists()
    assert not Message.objects.filter(status__in=["sending", "unconfirmed"]).exists()
    assert TimelineEvent.objects.filter(kind="application.opened").count() == Application.objects.count()

    seal_until(1)
    assert chain.verify(tmp_path / "anchors.jsonl").finding is None

    with pytest.raises(CommandError, match="not empty"):
        load("small")
    people, jobs = Candidate.objects.count(), Job.objects.count()
    load("large")
    assert (Candidate.objects.count() - people, Job.objects.count() - jobs) == (10_000, 500)
    assert not Message.objects.queued().filter(candidate__contact_points__value__endswith="@bench.example").exists()
    with pytest.raises(CommandError, match="large already"):
        load("large")
