"""Software waits where the law wants people told of it some working days ahead (AI-10)."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from django.urls import reverse
from django.utils import timezone

from hiring import holidays, legal
from hiring.models import Holiday, LegalText, Posting, PostingPlace
from pipeline import noticing
from pipeline.models import CriteriaVersion, Judgement
from pipeline.screening import ahead, criteria, judging
from tests.factories import LocationFactory, PostingFactory
from tests.pipeline.screened import criterion, give_resume

NEW_YORK = zoneinfo.ZoneInfo("America/New_York")
KIND = LegalText.Kind.AI_NOTICE


@pytest.fixture
def notice(db):
    LegalText.objects.filter(kind=KIND, wait_days__gt=0).delete()
    start = {
        "valid_from": timezone.now() - dt.timedelta(days=90),
        "text": "Ten days",
        "sha256": legal.sha256("Ten days"),
    }
    return LegalText.objects.create(kind=KIND, jurisdiction="US-NYC", wait_days=10, **start)


@pytest.fixture
def application(world, notice):
    """For a job in New York City with a criterion, read and due."""
    world.application.resume = give_resume(world.candidate)
    world.application.save()
    place = LocationFactory(
        name="New York", country="US", region="New York", city="New York", time_zone="America/New_York"
    )
    Posting.objects.filter(job=world.job).delete()
    posting = PostingFactory(job=world.job)
    posting.places.all().delete()
    PostingPlace.objects.create(posting=posting, location=place)
    type(world.job).objects.filter(pk=world.job.pk).update(location=place)
    criteria.add(world.job, criterion("skill", skill="Python", years=3), by=None)
    return world.application


def judge(application) -> str:
    judging.mark([application.pk])
    judging.judge_due([application.pk])
    return Judgement.objects.get().status


def told(application, notice, days: int) -> None:
    noticing.keep(application, [notice.pk], at=timezone.now() - dt.timedelta(days=days))


def test_ten_working_days_lie_between_the_notice_and_the_first_use(application, monkeypatch):
    """The standard's own example: told on Monday 16 November 2026, 26 November is a holiday, first use on 1 December."""
    Holiday.objects.create(day=dt.date(2026, 11, 26), name="Thanksgiving", country="US")
    monkeypatch.setattr(holidays, "_held", holidays._Held())
    posting = Posting.objects.get(job=application.job)

    first = ahead.first_use(dt.datetime(2026, 11, 16, 18, 30, tzinfo=NEW_YORK), 10, posting)

    assert first == dt.datetime(2026, 12, 1, tzinfo=NEW_YORK)


def test_nobody_is_judged_before_that_day_and_the_page_says_so(application, notice, client, recruiter):
    told(application, notice, days=1)

    assert judge(application) == "due"
    row = Judgement.objects.get()
    assert row.results == [] and row.due_at > timezone.now() + dt.timedelta(days=9)
    client.force_login(recruiter)
    page = client.get(reverse("pipeline:review", args=[application.job_id])).content.decode()
    assert "Software does not look for the criteria yet" in page
    assert "1 notice shown at the form" in page and "Ten days" in page


def test_after_it_software_may_be_used(application, notice):
    told(application, notice, days=30)

    assert judge(application) == "done"


def test_a_notice_in_the_posting_counts_from_the_day_it_is_out(application, notice):
    told(application, notice, days=0)
    Posting.objects.update(public_from=timezone.now() - dt.timedelta(days=40))
    CriteriaVersion.objects.update(at=timezone.now() - dt.timedelta(days=40))

    assert judge(application) == "done"


def test_a_posting_without_software_told_nobody(application, notice):
    told(application, notice, days=0)
    Posting.objects.update(public_from=timezone.now() - dt.timedelta(days=40))

    assert judge(application) == "due"


def test_who_was_shown_nothing_is_not_judged(application):
    assert judge(application) == "due"


def test_who_moves_there_is_protected_from_then_on(world, notice):
    """A candidate moves into New York City, for a job elsewhere."""
    world.application.resume = give_resume(world.candidate)
    world.application.save()
    criteria.add(world.job, criterion("skill", skill="Python", years=3), by=None)
    before = judge(world.application)
    type(world.candidate).objects.filter(pk=world.candidate.pk).update(location="Brooklyn, NY", country="US")

    assert before == "done"
    assert judge(world.application) == "due"


@pytest.mark.parametrize(
    ("location", "country", "lives_there"),
    [
        ("New York", "", True),
        ("New York City, NY, USA", "", True),
        ("Brooklyn, NY", "", True),
        ("Queens, New York", "US", True),
        ("Albany, NY", "US", False),
        ("Queens, ON", "CA", False),
        ("Lyon", "FR", False),
        ("", "", False),
    ],
)
def test_where_somebody_lives_is_read_from_their_record(world, location, country, lives_there):
    world.candidate.location, world.candidate.country = location, country

    assert ("US-NYC" in ahead.home_of(world.candidate)) is lives_there
