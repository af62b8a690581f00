"""Booking, moving and calling off: who wins a race, what a sequence says, what is refused."""

from __future__ import annotations

import datetime as dt
import threading
import zoneinfo

import pytest
from django.db import connection, connections

from hiring.errors import Refused
from hiring.models import Message, TimelineEvent
from interviews import scheduling
from interviews.models import Interview, Seat
from pipeline import moves
from tests.factories import (
    ApplicationFactory,
    EmailFactory,
    InterviewKitFactory,
    LocationFactory,
    ScorecardFactory,
    StageFactory,
    UserFactory,
)

PARIS = zoneinfo.ZoneInfo("Europe/Paris")


def book(world, kit, starts_at, **fields):
    people = [world.people["interviewer"], world.people["hiring_manager"]]
    arguments = {"kit": kit, "panel": people, "minutes": 45, "by": world.people["recruiter"], **fields}
    return scheduling.schedule(world.application, starts_at=starts_at, **arguments)


def kinds(world):
    return list(TimelineEvent.objects.filter(candidate=world.candidate).order_by("pk").values_list("kind", flat=True))


def test_scheduling_seats_the_panel_and_records_it(world, kit, monday, tuesday_ten):
    interview = book(world, kit, tuesday_ten, place="Room 4")

    seats = list(interview.seats.order_by("user").values_list("user", "is_live", "answer"))
    event = TimelineEvent.objects.get(kind="interview.scheduled")
    assert seats == sorted((world.people[who].pk, True, "NEEDS-ACTION") for who in ("interviewer", "hiring_manager"))
    assert (interview.sequence, interview.time_zone, interview.wall_time) == (0, "Europe/Paris", "2026-12-01T10:00")
    assert event.data == {"interview": interview.pk, "application": world.application.pk}  # ids only


def test_who_is_busy_is_named_and_nothing_is_left_behind(world, kit, monday, tuesday_ten):
    book(world, kit, tuesday_ten)
    other = ApplicationFactory(stage=world.stages["interview"])

    with pytest.raises(Refused, match="Ines Interviewer has another interview at that time"):
        scheduling.schedule(
            other,
            kit=kit,
            panel=[world.people["interviewer"], world.people["coordinator"]],
            starts_at=tuesday_ten + dt.timedelta(minutes=30),
            minutes=45,
            by=world.people["recruiter"],
        )

    assert Interview.objects.count() == 1
    assert Seat.objects.count() == 2


def test_back_to_back_is_no_overlap(world, kit, monday, tuesday_ten):
    book(world, kit, tuesday_ten)

    second = book(world, None, tuesday_ten + dt.timedelta(minutes=45), title="Second")

    assert second.seats.count() == 2


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"starts_at": dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)}, "has passed"),
        ({"starts_at": dt.datetime(2027, 3, 28, 2, 30, tzinfo=PARIS)}, "clocks skip 02:30"),
        ({"minutes": 5}, "between 10 minutes and 8 hours"),
        ({"panel": []}, "at least one interviewer"),
    ],
)
def test_a_time_that_cannot_be_is_refused(world, kit, monday, tuesday_ten, fields, sentence):
    """CAL-17: a time the clocks skip is refused, not shifted."""
    with pytest.raises(Refused, match=sentence):
        book(world, kit, **{"starts_at": tuesday_ten, **fields})


def test_a_closed_application_is_not_interviewed(world, kit, monday, tuesday_ten):
    moves.withdraw(world.application, by=None)

    with pytest.raises(Refused, match="no longer active"):
        book(world, kit, tuesday_ten)


def test_a_kit_of_another_job_and_a_colleague_who_left_are_refused(world, kit, monday, tuesday_ten):
    with pytest.raises(Refused, match="another job"):
        book(world, InterviewKitFactory(), tuesday_ten)
    with pytest.raises(Refused, match="no longer works here"):
        book(world, kit, tuesday_ten, panel=[UserFactory(is_active=False)])


def test_the_candidate_is_not_in_two_rooms_at_once(world, kit, monday, tuesday_ten):
    book(world, kit, tuesday_ten)
    elsewhere = ApplicationFactory(candidate=world.candidate, stage=StageFactory(job__location=LocationFactory()))

    with pytest.raises(Refused, match="Noor Haddad already has"):
        scheduling.schedule(
            elsewhere, kit=None, panel=[UserFactory()], starts_at=tuesday_ten, minutes=30, by=world.people["recruiter"]
        )


def test_a_new_time_raises_the_sequence_and_resets_every_answer(world, kit, monday, tuesday_ten):
    """CAL-7, CAL-8, CAL-9."""
    interview = book(world, kit, tuesday_ten)
    uids = interview.panel_uid, interview.candidate_uid
    interview.seats.update(answer="ACCEPTED")
    Interview.objects.update(candidate_answer="ACCEPTED")

    moved = scheduling.reschedule(
        interview, starts_at=tuesday_ten + dt.timedelta(hours=2), by=world.people["recruiter"]
    )

    assert moved.sequence == 1
    assert moved.candidate_answer == "NEEDS-ACTION"
    assert set(moved.seats.values_list("answer", flat=True)) == {"NEEDS-ACTION"}
    assert (moved.panel_uid, moved.candidate_uid) == uids
    assert moved.wall_time == "2026-12-01T12:00"
    assert "interview.rescheduled" in kinds(world)


def test_a_new_place_keeps_sequence_and_answers(world, kit, monday, tuesday_ten):
    """CAL-7: text-only edits do not raise the sequence."""
    interview = book(world, kit, tuesday_ten)
    interview.seats.update(answer="ACCEPTED")

    changed = scheduling.reschedule(interview, place="Room 5", by=world.people["recruiter"])

    assert (changed.sequence, changed.place) == (0, "Room 5")
    assert set(changed.seats.values_list("answer", flat=True)) == {"ACCEPTED"}


def test_nothing_changed_tells_nobody(world, kit, monday, tuesday_ten):
    interview = book(world, kit, tuesday_ten)
    before = Message.objects.count()

    scheduling.reschedule(interview, starts_at=tuesday_ten, minutes=45, place="", by=world.people["recruiter"])

    assert Message.objects.count() == before
    assert kinds(world).count("interview.rescheduled") == 0


def test_a_panel_changes_and_who_leaves_is_free_again(world, kit, monday, tuesday_ten):
    interview = book(world, kit, tuesday_ten)

    scheduling.reschedule(
        interview, panel=[world.people["interviewer"], world.people["coordinator"]], by=world.people["recruiter"]
    )

    sitting = set(interview.seats.live().values_list("user__full_name", flat=True))
    assert sitting == {"Ines Interviewer", "Cora Coordinator"}
    other = ApplicationFactory(stage=world.stages["interview"])
    again = scheduling.schedule(
        other, kit=kit, panel=[world.people["hiring_manager"]], starts_at=tuesday_ten, minutes=45, by=None
    )
    assert again.seats.count() == 1


def test_who_handed_in_a_scorecard_stays_on_the_panel(world, kit, monday, tuesday_ten):
    interview = book(world, kit, tuesday_ten)
    ScorecardFactory(interview=interview, author=world.people["interviewer"])

    with pytest.raises(Refused, match="stays on the panel"):
        scheduling.reschedule(interview, panel=[world.people["hiring_manager"]], by=None)
    with pytest.raises(Refused, match="took place"):
        scheduling.cancel(interview, by=None)


def test_moving_onto_somebody_busy_leaves_all_as_it_was(world, kit, monday, tuesday_ten):
    interview = book(world, kit, tuesday_ten)
    other = ApplicationFactory(stage=world.stages["interview"])
    later = tuesday_ten + dt.timedelta(hours=3)
    scheduling.schedule(other, kit=kit, panel=[world.people["hiring_manager"]], starts_at=later, minutes=45, by=None)

    with pytest.raises(Refused, match="Max Manager"):
        scheduling.reschedule(interview, starts_at=later, by=world.people["recruiter"])

    interview.refresh_from_db()
    assert (interview.starts_at, interview.sequence) == (tuesday_ten, 0)


def test_cancelling_frees_everybody_and_cannot_be_done_twice(world, kit, monday, tuesday_ten):
    interview = book(world, kit, tuesday_ten)

    cancelled = scheduling.cancel(interview, by=world.people["recruiter"])

    assert (cancelled.status, cancelled.sequence) == ("cancelled", 1)  # CAL-7
    assert not Seat.objects.live().exists()
    assert "interview.cancelled" in kinds(world)
    with pytest.raises(Refused, match="already cancelled"):
        scheduling.cancel(interview, by=None)
    with pytest.raises(Refused, match="was cancelled"):
        scheduling.reschedule(interview, starts_at=tuesday_ten + dt.timedelta(days=1), by=None)


def test_who_withdraws_is_not_interviewed_any_more(world, kit, monday, tuesday_ten):
    interview = book(world, kit, tuesday_ten)

    moves.withdraw(world.application, by=None)

    interview.refresh_from_db()
    assert interview.status == "cancelled"


def test_a_new_time_zone_database_keeps_the_agreed_hour(world, kit, monday, tuesday_ten):
    """CAL-18: the interview was agreed for 10:00 on the wall; the stored instant now says 09:00."""
    interview = book(world, kit, tuesday_ten)
    Interview.objects.update(
        starts_at=tuesday_ten - dt.timedelta(hours=1), ends_at=tuesday_ten - dt.timedelta(minutes=15)
    )

    assert scheduling.keep_wall_time(interview)

    interview.refresh_from_db()
    assert (interview.starts_at, interview.sequence) == (tuesday_ten, 1)
    assert not scheduling.keep_wall_time(interview)


@pytest.mark.django_db(transaction=True)
def test_of_eight_at_once_exactly_one_gets_the_panel(monday, tuesday_ten):
    """CAL-25: two candidates cannot take one slot, and nobody is left waiting in a ring."""
    stage = StageFactory(kind="interview")
    panel = [UserFactory(full_name=f"Panel {number}") for number in range(4)]
    applications = [ApplicationFactory(candidate=EmailFactory().candidate, stage=stage) for _ in range(8)]
    barrier = threading.Barrier(8)
    booked: list[int] = []
    refused: list[str] = []
    broken: list[BaseException] = []

    def book_all(number: int) -> None:
        people = panel if number % 2 else panel[::-1]
        try:
            barrier.wait(timeout=20)
            interview = scheduling.schedule(
                applications[number], kit=None, panel=people, starts_at=tuesday_ten, minutes=60, by=None
            )
            booked.append(interview.pk)
        except Refused as no:
            refused.append(no.sentence)
        except BaseException as error:
            broken.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=book_all, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert broken == []
    assert len(booked) == 1
    assert len(refused) == 7
    assert set(refused) == {
        "Panel 0, Panel 1, Panel 2 and Panel 3 have another interview at that time. Choose another one."
    }
    assert Seat.objects.live().count() == 4
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        assert cursor.fetchone() == (0,)
