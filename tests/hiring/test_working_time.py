"""Working days: weekends as the country has them, holidays as administrators keep them, and what waits follows a change."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from hiring import contact, events, holidays, working_time
from hiring.models import Holiday
from tests import factories

PARIS = zoneinfo.ZoneInfo("Europe/Paris")
FRIDAY = dt.datetime(2026, 12, 18, 9, tzinfo=dt.UTC)


@pytest.fixture
def calendar(db):
    Holiday.objects.create(name="Christmas", day="2020-12-25", every_year=True)
    Holiday.objects.create(name="St Stephen's Day", day="2026-12-28", country="GB")
    Holiday.objects.create(name="All Saints", day="2026-12-21", country="FR")
    holidays.forget()


def test_holidays_of_the_country_and_of_every_place_are_no_working_days(calendar):
    def days_off(country):
        week = [dt.date(2026, 12, 18) + dt.timedelta(days=n) for n in range(11)]
        return [day.day for day in week if not working_time.is_working(day, country)]

    assert days_off("FR") == [19, 20, 21, 25, 26, 27]
    assert days_off("GB") == [19, 20, 25, 26, 27, 28]
    assert days_off("SA") == [18, 19, 25, 26]  # Friday and Saturday, as they have it there
    assert working_time.after_days(FRIDAY, 1, PARIS, "FR") == FRIDAY + dt.timedelta(days=4)
    assert working_time.days_passed(FRIDAY, FRIDAY + dt.timedelta(days=4), PARIS, "FR") == 1
    assert working_time.after(FRIDAY, 24) == FRIDAY + dt.timedelta(days=4)


def test_nobody_is_written_to_on_a_holiday_of_theirs(calendar):
    monday = FRIDAY + dt.timedelta(days=3)

    french, briton = (factories.CandidateFactory(country=code, time_zone="Europe/Paris") for code in ("FR", "GB"))

    assert contact.next_waking_hour(briton, monday) == monday
    assert contact.next_waking_hour(french, monday) == dt.datetime(2026, 12, 22, 7, tzinfo=dt.UTC)


@given(st.integers(0, 60), st.integers(0, 20_000), st.sampled_from(["", "FR", "GB", "SA"]))
def test_whoever_is_due_began_no_earlier_than_is_looked_for(days, hours, country):
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(hours=hours)

    due = working_time.after_days(start, days, PARIS, country)

    assert working_time.earliest(due, days) <= start


def test_the_calendar_is_kept_in_the_administration_and_tells_of_a_change(client, admin):
    heard = []
    events.holidays_changed.connect(lambda sender, **kwargs: heard.append(sender), weak=False, dispatch_uid="test")
    client.force_login(admin)
    add = reverse("admin:hiring_holiday_add")

    refused = client.post(add, {"name": "May Day", "day": "2027-05-01", "country": "Fra"})
    client.post(add, {"name": "May Day", "day": "2027-05-01", "country": "fr", "every_year": "on"})
    events.holidays_changed.disconnect(dispatch_uid="test")

    assert "at most 2 characters" in refused.content.decode()
    assert [(one.country, one.every_year) for one in Holiday.objects.all()] == [("FR", True)]
    assert heard == [Holiday]
    assert not working_time.is_working(dt.date(2028, 5, 1), "FR")
