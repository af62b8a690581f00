"""Days people plan by: a year nobody can have meant is said before it is kept, at the field and by the verb."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from hiring import jobs, openings, planned_days, stand_ins
from hiring.errors import Refused
from hiring.models import Absence
from tests.factories import UserFactory

SLIPS = ["0001-01-01", "9999-12-31"]


@given(day=st.dates())
def test_a_day_is_taken_within_ten_years_and_refused_beyond(day):
    near = abs(day.year - timezone.localdate().year) <= 10
    try:
        planned_days.check(day, "it happens")
    except Refused as no:
        assert not near and no.sentence.startswith(f"The year {day.year} cannot be meant: it happens between")
    else:
        assert near


@pytest.mark.parametrize("day", SLIPS)
def test_openings_jobs_and_absences_say_at_the_field_that_a_year_cannot_be_meant(client, world, recruiter, day):
    client.force_login(recruiter)
    job, before = world.job, list(world.job.openings.values_list("target_start", flat=True))
    opening = job.openings.first()
    pages = [
        (reverse("openings_add", args=[job.pk]), {"count": 1, "target_start": day}),
        (reverse("opening_start", args=[job.pk, opening.pk]), {"target_start": day}),
        (reverse("job_edit", args=[job.pk]), {"target_date": day}),
        (reverse("absences"), {"stand_in": UserFactory().pk, "first_day": day, "last_day": day}),
    ]

    for address, typed in pages:
        answer = client.post(address, typed)
        assert answer.status_code == 422 and f"The year {int(day[:4])} cannot be meant" in answer.text, address

    assert list(job.openings.values_list("target_start", flat=True)) == before and not Absence.objects.exists()


def test_the_verbs_refuse_it_whoever_calls_them(world, recruiter):
    job, slip = world.job, dt.date(1, 1, 1)
    acts = (
        lambda: openings.add(job, target_start=slip, by=recruiter),
        lambda: openings.put_off(job.openings.first(), slip),
        lambda: jobs.edit(job, by=recruiter, target_date=slip),
        lambda: stand_ins.appoint(recruiter, UserFactory(), dt.date(9999, 1, 1), dt.date(9999, 1, 2)),
    )

    for act in acts:
        with pytest.raises(Refused, match="cannot be meant"):
            act()


def test_an_opening_that_is_late_may_keep_its_day(world, recruiter):
    last_year = timezone.localdate() - dt.timedelta(days=400)

    assert openings.put_off(world.job.openings.first(), last_year).target_start == last_year
