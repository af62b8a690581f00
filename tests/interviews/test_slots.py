"""Common free times: never over a busy seat, always in everybody's working hours, right on the nights clocks change."""

from __future__ import annotations

import datetime as dt
import time
import zoneinfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hiring.errors import Refused
from hiring.models import User
from interviews import slots
from interviews.models import Interview, Seat
from tests.factories import ApplicationFactory, InterviewFactory, SeatFactory, UserFactory
from tests.interviews.conftest import MONDAY

PARIS, NEW_YORK = zoneinfo.ZoneInfo("Europe/Paris"), zoneinfo.ZoneInfo("America/New_York")


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def starts(found):
    return [slot.starts_at for slot in found]


@pytest.mark.django_db
def test_the_first_common_time_lies_in_both_zones_hours(monday):
    here = UserFactory(time_zone="Europe/Paris")
    there = UserFactory(time_zone="America/New_York")

    found = slots.suggest([here, there], 60, from_=MONDAY, days=1, time_zone="Europe/Paris")

    assert starts(found)[0] == utc("2026-11-30T14:00")  # nine in New York, three in Paris
    assert found[0].reasons[:2] == ("First common time", "no other interview that day")


@pytest.mark.django_db
def test_a_busy_seat_and_the_air_around_it_are_not_offered(monday):
    user = UserFactory(workday_end=dt.time(12), workdays="1")
    SeatFactory(
        user=user, interview=InterviewFactory(starts_at=utc("2026-11-30T09:00"), ends_at=utc("2026-11-30T10:00"))
    )

    without_air = slots.suggest(
        [user], 30, from_=MONDAY, days=1, time_zone="Europe/Paris", step=dt.timedelta(minutes=30)
    )
    with_air = slots.suggest(
        [user], 60, from_=MONDAY, days=1, time_zone="Europe/Paris", buffer=dt.timedelta(minutes=15)
    )

    assert utc("2026-11-30T09:30") not in starts(without_air)
    assert starts(with_air) == []


@pytest.mark.django_db
def test_a_cancelled_interview_frees_its_time(monday):
    user = UserFactory(workday_end=dt.time(11), workdays="1")
    SeatFactory(
        user=user,
        is_live=False,
        interview=InterviewFactory(starts_at=utc("2026-11-30T09:00"), ends_at=utc("2026-11-30T10:00")),
    )

    found = slots.suggest([user], 60, from_=utc("2026-11-30T06:00"), days=1, time_zone="Europe/Paris")

    assert starts(found) == [utc("2026-11-30T09:00")]


@pytest.mark.django_db
def test_nobody_is_asked_on_a_day_off_or_at_two_hours_notice(monday):
    user = UserFactory(workdays="3")

    found = slots.suggest([user], 60, from_=MONDAY, days=7, time_zone="Europe/Paris", limit=2)

    assert {slot.starts_at.astimezone(PARIS).date() for slot in found} == {dt.date(2026, 12, 2)}


@pytest.mark.django_db
def test_a_candidate_far_away_gets_a_warning_with_the_weekday(monday):
    user = UserFactory()

    found = slots.suggest([user], 60, from_=MONDAY, days=1, time_zone="Pacific/Auckland", limit=20)

    # All of a Paris working day is evening, night or early morning in Auckland.
    late = next(slot for slot in found if slot.starts_at == utc("2026-11-30T12:00"))
    assert late.warnings == ("01:00 for the candidate, outside 08:00 to 20:00", "Tuesday already for the candidate")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "day", "opens"),
    [
        ("Europe/Paris", "2027-03-26", "2027-03-26T08:00"),  # Friday before clocks go forward
        ("Europe/Paris", "2027-03-29", "2027-03-29T07:00"),  # Monday after
        ("America/New_York", "2026-10-30", "2026-10-30T13:00"),
        ("America/New_York", "2026-11-02", "2026-11-02T14:00"),  # clocks went back on Sunday
        ("Asia/Kathmandu", "2026-12-01", "2026-12-01T03:15"),
        ("Pacific/Tongatapu", "2026-12-02", "2026-12-01T20:00"),
    ],
)
def test_nine_oclock_is_nine_oclock_on_both_sides_of_a_clock_change(zone, day, opens):
    user = UserFactory(time_zone=zone)
    midnight = dt.datetime.fromisoformat(day).replace(tzinfo=zoneinfo.ZoneInfo(zone))

    hours = slots.working_hours(user, midnight.astimezone(dt.UTC), (midnight + dt.timedelta(days=1)).astimezone(dt.UTC))

    assert hours[0][0] == utc(opens)


def test_a_skipped_wall_time_is_refused():
    """CAL-17: 02:30 on 11 March 2007 does not exist in New York."""
    with pytest.raises(Refused, match="skip 02:30"):
        slots.moment(dt.date(2007, 3, 11), dt.time(2, 30), NEW_YORK)


def test_a_wall_time_that_comes_twice_asks_which_one():
    """CAL-17: 01:30 on 4 November 2007; the first is EDT, -04:00."""
    with pytest.raises(slots.Twice) as twice:
        slots.moment(dt.date(2007, 11, 4), dt.time(1, 30), NEW_YORK)

    first = slots.moment(dt.date(2007, 11, 4), dt.time(1, 30), NEW_YORK, second=False)
    later = slots.moment(dt.date(2007, 11, 4), dt.time(1, 30), NEW_YORK, second=True)
    assert (twice.value.first, twice.value.later) == (first, later)
    assert first.astimezone(dt.UTC) == utc("2007-11-04T05:30")
    assert later.astimezone(dt.UTC) == utc("2007-11-04T06:30")


@pytest.mark.django_db
def test_bars_show_who_works_and_who_is_taken_and_leave_idle_days_out(monday):
    user = UserFactory()
    seat = SeatFactory(user=user, interview=InterviewFactory(starts_at=utc("2026-12-01T09:00")))

    days = slots.rows([user], MONDAY, 7, PARIS)

    assert [lines[0].day.isoweekday() for lines in days] == [1, 2, 3, 4, 5]
    assert days[1][0].works == [(utc("2026-12-01T08:00"), utc("2026-12-01T16:30"))]
    assert days[1][0].busy == [(seat.interview.starts_at, seat.interview.ends_at)]


ZONES = ["Europe/Paris", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "Australia/Lord_Howe", "UTC"]
HOURS = st.tuples(st.integers(0, 23), st.integers(0, 23)).filter(lambda hours: hours[0] != hours[1])
PEOPLE = st.lists(
    st.tuples(st.sampled_from(ZONES), HOURS, st.sets(st.sampled_from("1234567"), min_size=1)), min_size=1, max_size=4
)
BUSY = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 14 * 96), st.integers(1, 16)), max_size=25)
FROM = st.sampled_from([utc("2026-10-20T00:00"), utc("2027-03-20T05:30"), utc("2026-12-30T22:00")])


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=PEOPLE, busy=BUSY, from_=FROM, minutes=st.integers(10, 120), buffer=st.sampled_from([0, 15]))
def test_a_suggestion_overlaps_nobodys_seat_and_lies_in_everybodys_hours(
    monkeypatch, people, busy, from_, minutes, buffer
):
    monkeypatch.setattr(slots.timezone, "now", lambda: from_ - dt.timedelta(days=1))
    panel = [
        User(
            pk=1000 + number,
            full_name=f"P{number}",
            time_zone=zone,
            workday_start=dt.time(begin),
            workday_end=dt.time(end),
            workdays="".join(days),
        )
        for number, (zone, (begin, end), days) in enumerate(people)
    ]
    taken: dict[int, list] = {user.pk: [] for user in panel}
    for number, quarter, length in busy:
        start = from_ + dt.timedelta(minutes=15 * quarter)
        taken[panel[number % len(panel)].pk].append((start, start + dt.timedelta(minutes=15 * length)))
    monkeypatch.setattr(slots, "busy_times", lambda *args, **kwargs: taken)
    air = dt.timedelta(minutes=buffer)

    found = slots.suggest(panel, minutes, from_=from_, days=14, time_zone="Asia/Kathmandu", buffer=air, limit=500)

    for slot in found:
        assert slot.ends_at - slot.starts_at == dt.timedelta(minutes=minutes)
        for user in panel:
            for begin, end in taken[user.pk]:
                assert slot.ends_at <= begin - air or slot.starts_at >= end + air
            assert _works_through(user, slot)
    assert starts(found) == sorted(set(starts(found)))


def _works_through(user, slot) -> bool:
    """Said independently of the sweep: every minute of the slot, on the wall, is a working minute of a working day."""
    at = slot.starts_at
    while at < slot.ends_at:
        local = at.astimezone(user.zone)
        begin, end = user.workday_start, user.workday_end
        wall, today, yesterday = (
            local.time(),
            str(local.isoweekday()),
            str((local.date() - dt.timedelta(days=1)).isoweekday()),
        )
        by_day = begin <= wall < end and today in user.workdays
        by_night = (wall >= begin and today in user.workdays) or (wall < end and yesterday in user.workdays)
        if not (by_day if begin < end else by_night):
            return False
        at += dt.timedelta(minutes=1)
    return True


@pytest.mark.django_db
def test_five_people_and_fourteen_days_take_less_than_40_ms(monday, django_assert_num_queries):
    panel = [
        UserFactory(time_zone=zone)
        for zone in ("Europe/Paris", "Europe/London", "Europe/Berlin", "Europe/Paris", "UTC")
    ]
    application = ApplicationFactory()
    seats = []
    for number in range(60):
        start = MONDAY + dt.timedelta(hours=4 * number)
        interview = Interview.objects.create(
            application=application, title="x", starts_at=start, ends_at=start, time_zone="UTC", created_at=MONDAY
        )
        seats += [Seat(interview=interview, user=user, during=(start, start + dt.timedelta(hours=1))) for user in panel]
    Seat.objects.bulk_create(seats)

    with django_assert_num_queries(1):
        slots.suggest(panel, 45, from_=MONDAY, days=14, time_zone="America/New_York")
    took = []
    for _ in range(5):
        begin = time.perf_counter()
        slots.suggest(panel, 45, from_=MONDAY, days=14, time_zone="America/New_York")
        took.append(time.perf_counter() - begin)

    assert min(took) < 0.04
