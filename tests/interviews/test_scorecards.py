"""Scorecards: drafts are nobody's business, submitted ones are locked, others' stay closed until one's own is in (REC-8)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hiring import access, links
from hiring.errors import Refused
from hiring.models import Job, Message, TimelineEvent
from interviews import debrief, invitations, scorecards
from interviews.models import Interview, Scorecard
from tests.factories import (
    ApplicationFactory,
    InterviewFactory,
    InterviewKitFactory,
    JobFactory,
    ScorecardFactory,
    SeatFactory,
    UserFactory,
)

SAID = {"ratings": {"Systems thinking": {"score": 3, "note": "Drew it"}}, "recommendation": "yes", "notes": "Good"}
SECRET = "Said that the outage was her own doing"


@pytest.fixture
def held(world):
    """An interview that is over, with the interviewer and the manager in it."""
    kit = InterviewKitFactory(job=world.job, stage=world.stages["interview"])
    interview = InterviewFactory(application=world.application, kit=kit)
    for who in ("interviewer", "hiring_manager"):
        SeatFactory(interview=interview, user=world.people[who])
    return interview


@pytest.fixture
def other_card(held, world):
    """What the manager said."""
    ratings = {"Systems thinking": {"score": 2, "note": SECRET}}
    return ScorecardFactory(
        interview=held, author=world.people["hiring_manager"], ratings=ratings, notes=SECRET, recommendation="strong_no"
    )


def test_a_draft_may_be_empty_and_is_saved_again_and_again(held, interviewer):
    scorecards.save(held, by=interviewer, ratings={})
    card = scorecards.save(held, by=interviewer, **SAID)

    assert Scorecard.objects.count() == 1
    assert (card.recommendation, card.ratings, card.submitted_at) == ("yes", SAID["ratings"], None)


def test_submitting_locks_and_is_recorded(held, interviewer, world):
    card = scorecards.submit(held, by=interviewer, **SAID)

    event = TimelineEvent.objects.get(kind="scorecard.submitted")
    assert card.submitted_at
    assert event.data == {"interview": held.pk, "application": world.application.pk, "scorecard": card.pk}
    with pytest.raises(Refused, match="locked"):
        scorecards.save(held, by=interviewer, **{**SAID, "notes": "Changed my mind"})
    with pytest.raises(Refused, match="locked"):
        scorecards.submit(held, by=interviewer, **{**SAID, "recommendation": "no"})


def test_a_double_click_submits_once(held, interviewer):
    first = scorecards.submit(held, by=interviewer, **SAID)
    again = scorecards.submit(held, by=interviewer, **SAID)

    assert first.pk == again.pk
    assert TimelineEvent.objects.filter(kind="scorecard.submitted").count() == 1


def test_a_correction_keeps_what_was_said_and_why(held, interviewer):
    """REC-8: later edits are new versions with reason."""
    card = scorecards.submit(held, by=interviewer, **SAID)

    scorecards.correct(card, by=interviewer, reason="Mixed up two people", ratings={}, recommendation="no", notes="")

    card.refresh_from_db()
    (version,) = card.versions.all()
    assert (card.recommendation, card.ratings) == ("no", {})
    assert (version.recommendation, version.ratings, version.reason) == ("yes", SAID["ratings"], "Mixed up two people")
    assert card.submitted_at
    with pytest.raises(Refused, match="Say why"):
        scorecards.correct(card, by=interviewer, reason=" ", ratings={}, recommendation="no")


def test_only_the_author_corrects(held, interviewer, manager):
    card = scorecards.submit(held, by=interviewer, **SAID)

    with pytest.raises(Refused, match="Only the author"):
        scorecards.correct(card, by=manager, reason="I know better", ratings={}, recommendation="no")


def test_who_has_no_seat_writes_no_scorecard(held, recruiter):
    with pytest.raises(Refused, match="Only the interviewers"):
        scorecards.save(held, by=recruiter, **SAID)


def test_nothing_is_submitted_before_the_interview_begins(world, interviewer):
    ahead = InterviewFactory(application=world.application, starts_at=timezone.now() + dt.timedelta(days=1))
    SeatFactory(interview=ahead, user=interviewer)

    scorecards.save(ahead, by=interviewer, **SAID)
    with pytest.raises(Refused, match="not begun"):
        scorecards.submit(ahead, by=interviewer, **SAID)


@pytest.mark.parametrize("score", [0, 5, "4", -1, 2.5])
def test_ratings_outside_one_to_four_are_refused(held, interviewer, score):
    with pytest.raises(Refused, match="1 to 4"):
        scorecards.save(held, by=interviewer, ratings={"Systems thinking": {"score": score or 9}})


def test_the_interview_is_done_when_everybody_has_handed_in(held, interviewer, manager):
    scorecards.submit(held, by=interviewer, **SAID)
    held.refresh_from_db()
    assert held.status == "scheduled"

    scorecards.submit(held, by=manager, **SAID)

    held.refresh_from_db()
    assert held.status == "done"


# Who may read others' scorecards


def test_others_stay_closed_until_ones_own_is_in(held, other_card, interviewer):
    assert list(Scorecard.objects.visible_to(interviewer)) == []

    own = scorecards.submit(held, by=interviewer, **SAID)

    assert set(Scorecard.objects.visible_to(interviewer)) == {own, other_card}


def test_a_draft_of_ones_own_does_not_open_them(held, other_card, interviewer):
    own = scorecards.save(held, by=interviewer, **SAID)

    assert list(Scorecard.objects.visible_to(interviewer)) == [own]


def test_others_drafts_are_never_visible(held, recruiter, manager, admin):
    scorecards.save(held, by=manager, **SAID)

    for who in (recruiter, admin):
        assert not Scorecard.objects.visible_to(who).exists()


def test_an_interview_still_to_come_keeps_the_earlier_ones_closed(world, held, other_card, recruiter):
    """The recruiter may decide, but sits in the next interview: their own view of the person comes first."""
    assert Scorecard.objects.visible_to(recruiter).count() == 1
    ahead = InterviewFactory(application=world.application, starts_at=timezone.now() + dt.timedelta(days=1))
    SeatFactory(interview=ahead, user=recruiter)

    assert not Scorecard.objects.visible_to(recruiter).exists()


def test_who_neither_sat_nor_decides_reads_none(held, other_card, outsider, officer, world):
    bystander = UserFactory(role="interviewer")
    world.job.team.create(user=bystander, role="interviewer")

    for who in (outsider, officer, bystander):
        assert not Scorecard.objects.visible_to(who).exists()


def test_another_application_of_the_same_job_stays_separate(world, held, other_card, interviewer):
    scorecards.submit(held, by=interviewer, **SAID)
    elsewhere = InterviewFactory(application=ApplicationFactory(stage=world.stages["interview"]))
    foreign = ScorecardFactory(interview=elsewhere)

    assert foreign not in Scorecard.objects.visible_to(interviewer)


@pytest.mark.parametrize(
    "role", ["admin", "recruiter", "coordinator", "hiring_manager", "interviewer", "compliance_officer"]
)
@pytest.mark.parametrize("team_role", ["", "recruiter", "hiring_manager", "sourcer", "interviewer"])
@pytest.mark.parametrize("confidential", [False, True])
@pytest.mark.django_db
def test_the_filter_and_the_question_about_moving_agree(role, team_role, confidential):
    user, job = UserFactory(role=role), JobFactory(confidential=confidential)
    if team_role:
        job.team.create(user=user, role=team_role)

    assert Job.objects.filter(access.jobs_movable_by(user), pk=job.pk).exists() == access.can_move(user, job)


# The same on every page


def pages_of(world, held, user):
    application, candidate = world.application, world.candidate
    urls = [
        reverse("interviews:interview", args=[held.pk]),
        reverse("interviews:list"),
        reverse("interviews:debrief", args=[application.pk]),
        reverse("candidate", args=[candidate.pk]),
        reverse("interviews:plan", args=[world.job.pk]),
    ]
    if seat := held.seats.filter(user=user).first():
        urls += [
            reverse("interviews:interview_brief", args=[held.pk]),
            reverse("interviews:scorecard", args=[held.pk]),
            reverse("interviews:brief", args=[links.token(invitations.link(seat))]),
            reverse("interviews:brief_scorecard", args=[links.token(invitations.link(seat))]),
        ]
    return urls


def test_no_page_shows_anothers_scorecard_before_ones_own(client, world, held, other_card, interviewer):
    client.force_login(interviewer)

    for url in pages_of(world, held, interviewer):
        response = client.get(url)
        assert response.status_code == 200, url
        assert SECRET not in response.content.decode(), url
        assert "Strong no" not in response.content.decode().replace('strong_no"><span>Strong no', ""), url


def test_afterwards_they_stand_side_by_side(client, world, held, other_card, interviewer):
    scorecards.submit(held, by=interviewer, **SAID)
    client.force_login(interviewer)
    seat = held.seats.get(user=interviewer)

    for url in (
        reverse("interviews:debrief", args=[world.application.pk]),
        reverse("interviews:scorecard", args=[held.pk]),
        reverse("interviews:brief_scorecard", args=[links.token(invitations.link(seat))]),
    ):
        assert SECRET in client.get(url).content.decode(), url


def test_the_debrief_counts_opinions_and_never_averages(world, held, other_card, interviewer, recruiter):
    scorecards.submit(held, by=interviewer, **SAID)

    found = debrief.read(world.application, recruiter)

    assert [(tally.label, tally.count) for tally in found.tallies] == [("Yes", 1), ("Strong no", 1)]
    assert found.missing == []
    assert [[cell.score for cell in cells] for _, cells in found.blocks[0].rows] == [[3, 2], [None, None]]


def test_the_debrief_names_who_is_missing(client, world, held, recruiter, interviewer, manager):
    scorecards.submit(held, by=interviewer, **SAID)
    client.force_login(recruiter)

    page = client.get(reverse("interviews:debrief", args=[world.application.pk])).content.decode()

    assert "Max Manager" in page
    assert reverse("interviews:remind", args=[held.seats.get(user=manager).pk]) in page


@pytest.mark.parametrize("cards", [1, 3])
def test_the_debrief_costs_the_same_for_three_as_for_one(world, held, recruiter, cards, django_assert_num_queries):
    held.seats.all().delete()
    for _ in range(cards):
        seat = SeatFactory(interview=held)
        ScorecardFactory(interview=held, author=seat.user)

    with django_assert_num_queries(5):
        debrief.read(world.application, recruiter)


# Reminders


def test_a_reminder_goes_out_once_a_day_and_seat(held, interviewer, monkeypatch):
    seat = held.seats.get(user=interviewer)

    scorecards.remind(seat)
    scorecards.remind(seat)

    assert Message.objects.filter(purpose="reminder", recipient=interviewer).count() == 1
    later = timezone.now() + dt.timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    scorecards.remind(seat)
    assert Message.objects.filter(purpose="reminder", recipient=interviewer).count() == 2


def test_late_scorecards_are_asked_for_by_themselves(held, interviewer, manager, monkeypatch):
    scorecards.submit(held, by=manager, **SAID)
    assert scorecards.remind_late() == 0  # three hours are not late
    held.starts_at = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)
    held.ends_at = held.starts_at + dt.timedelta(minutes=45)
    held.save()
    for night in (
        dt.datetime(2026, 12, 2, 2, tzinfo=dt.UTC),
        dt.datetime(2026, 12, 5, 10, tzinfo=dt.UTC),
    ):  # and Saturday
        monkeypatch.setattr(timezone, "now", lambda night=night: night)
        assert scorecards.remind_late() == 0
    monkeypatch.setattr(timezone, "now", lambda: dt.datetime(2026, 12, 2, 9, tzinfo=dt.UTC))

    assert (scorecards.remind_late(), scorecards.remind_late()) == (1, 1)

    (message,) = Message.objects.filter(purpose="reminder")
    assert message.recipient == interviewer
    assert "/brief/" in message.text


def test_nobody_is_reminded_of_a_closed_application_or_for_ever(held, world, monkeypatch):
    Interview.objects.update(
        starts_at=timezone.now() - dt.timedelta(days=40), ends_at=timezone.now() - dt.timedelta(days=40)
    )
    assert scorecards.remind_late() == 0
    Interview.objects.update(ends_at=timezone.now() - dt.timedelta(days=3))
    world.application.status = "rejected"
    world.application.save()

    assert scorecards.remind_late() == 0
    with pytest.raises(Refused, match="not due"):
        scorecards.remind(SeatFactory(interview=InterviewFactory(starts_at=timezone.now() + dt.timedelta(days=1))))


def test_whoever_decides_on_the_job_decides_from_the_debrief(client, world, held, other_card, recruiter, manager):
    client.force_login(recruiter)

    page = client.get(reverse("interviews:debrief", args=[world.application.pk])).content.decode()

    assert reverse("pipeline:application_move", args=[world.application.pk]) in page
    assert reverse("pipeline:application_reject", args=[world.application.pk]) in page


def test_interviewers_do_not_decide_from_the_debrief(client, world, held, interviewer):
    client.force_login(interviewer)

    page = client.get(reverse("interviews:debrief", args=[world.application.pk])).content.decode()

    assert reverse("pipeline:application_move", args=[world.application.pk]) not in page


def test_a_debrief_without_anything_missing_does_not_say_so(client, world, held, recruiter):
    held.seats.all().delete()
    client.force_login(recruiter)

    page = client.get(reverse("interviews:debrief", args=[world.application.pk])).content.decode()

    assert "Still missing" not in page
