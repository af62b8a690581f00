"""What an application waits for: read off facts, set by hand, shown on cards, and something to narrow the board by."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hiring.errors import Refused
from offers.models import Offer
from pipeline import board as boards
from pipeline import moves, starting, sub_status
from pipeline.filters import Filters
from pipeline.models import Application
from tests import factories


def standing(user, application):
    found = sub_status.of(user, [application.pk]).get(application.pk)
    here = Application.objects.active().filter(job=application.job)
    waits_for = [key for key in sub_status.KINDS if application.pk in sub_status.standing_in(user, here, key)]
    assert waits_for == ([found.kind.key] if found else [])  # the board's filter says the same as the card
    return (found.kind.key, found.by_hand) if found else None


def in_interviews(world, recruiter):
    """The application in a stage whose plan has an interview."""
    kit = factories.InterviewKitFactory(job=world.job, stage=world.stages["interview"])
    return moves.move(world.application, world.stages["interview"], by=recruiter), kit


def offer(application, status):
    return Offer.objects.create(
        application=application,
        status=status,
        title="Engineer",
        salary=1,
        start_date=timezone.now().date(),
        created_at=timezone.now(),
        expires_at=timezone.now() + dt.timedelta(days=5),
    )


def test_facts_carry_it_from_review_to_the_offer(world, recruiter, interviewer):
    assert standing(recruiter, world.application) == ("to_review", False)
    application, kit = in_interviews(world, recruiter)
    assert standing(recruiter, application) == ("to_schedule", False)

    now = timezone.now()
    ahead = now + dt.timedelta(days=1)
    meeting = factories.InterviewFactory(
        application=application, kit=kit, starts_at=ahead, ends_at=ahead + dt.timedelta(hours=1)
    )
    seat = factories.SeatFactory(interview=meeting, user=interviewer)
    assert standing(recruiter, application) == ("booked", False)

    Application.objects.filter(pk=application.pk).update(entered_stage_at=now - dt.timedelta(days=2))
    type(meeting).objects.filter(pk=meeting.pk).update(
        starts_at=now - dt.timedelta(hours=2), ends_at=now - dt.timedelta(hours=1)
    )
    assert standing(recruiter, application) == ("waiting_feedback", False)
    factories.ScorecardFactory(interview=meeting, author=seat.user, submitted_at=now)
    assert standing(recruiter, application) == ("to_decide", False)

    drafted = offer(application, "draft")
    assert standing(recruiter, application) == ("offer", False)
    Offer.objects.filter(pk=drafted.pk).update(status="sent", sent_at=now)
    assert standing(recruiter, application) == ("waiting_offer", False)


def test_who_may_not_know_of_an_offer_does_not_read_of_it(world, recruiter, interviewer):
    application, _ = in_interviews(world, recruiter)
    offer(application, "draft")

    assert standing(recruiter, application) == ("offer", False)
    assert standing(interviewer, application) == ("to_schedule", False)


def test_what_is_set_by_hand_holds_until_the_stage_or_a_newer_fact(world, recruiter):
    application, kit = in_interviews(world, recruiter)
    sub_status.put(application, "waiting_candidate", by=recruiter, note="asked for two dates")
    assert standing(recruiter, application) == ("waiting_candidate", True)

    ahead = timezone.now() + dt.timedelta(days=1)
    factories.InterviewFactory(
        application=application,
        kit=kit,
        starts_at=ahead,
        ends_at=ahead + dt.timedelta(hours=1),
        created_at=timezone.now(),
    )
    assert standing(recruiter, application) == ("booked", False)
    sub_status.put(application, "on_hold", by=recruiter)
    assert standing(recruiter, application) == ("on_hold", True)

    moves.move(application, world.stages["screen"], by=recruiter)
    assert standing(recruiter, application) == ("booked", False)
    with pytest.raises(Refused):
        sub_status.put(application, "nonsense", by=recruiter)


def test_the_board_shows_it_counts_it_and_narrows_by_it(client, world, recruiter):
    for number in range(3):
        starting.open_application(factories.CandidateFactory(name=f"Person {number}"), world.job, by=None)
    moves.move(world.application, world.stages["screen"], by=recruiter)
    moves.move(world.application, world.stages["applied"], by=recruiter)
    sub_status.put(world.application, "on_hold", by=recruiter)
    client.force_login(recruiter)
    url = reverse("pipeline:board", args=[world.job.pk])

    page = client.get(url, {"waits": "on_hold"}).content.decode()
    assert page.count("data-card=") == 1 and "1 of 4" in page and ">On hold</span>" in page
    assert client.get(url, {"waits": "to_schedule"}).content.decode().count("data-card=") == 0
    assert client.get(url, {"waits": "nonsense"}).content.decode().count("data-card=") == 4
    whole = boards.ids_in(world.stages["applied"], recruiter, Filters(waits="on_hold"), 10)
    assert whole == [world.application.pk]


def test_other_live_applications_are_named_to_those_who_may_see_them(world, recruiter, manager):
    other = factories.JobFactory(title="Data Analyst")
    stage = factories.StageFactory(job=other, kind="screen", name="Screen", position=0)
    factories.ApplicationFactory(candidate=world.candidate, stage=stage)

    def card(user):
        board = boards.board(world.job, user, Filters(), may_move=True)
        return next(card for column in board.columns for card in column.cards)

    assert card(recruiter).also == ["Data Analyst: Screen"]
    assert card(manager).also == []
    other.confidential = True
    other.save()
    assert card(recruiter).also == []
