"""Scorecards: a draft that saves itself, one submission that locks it, corrections that keep what was said (REC-8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from hiring import links
from hiring.errors import Refused
from hiring.mail import compose
from hiring.models import Message, User
from hiring.timeline import record
from interviews import invitations, slots
from interviews.models import Interview, Scorecard, ScorecardVersion, Seat

LATE_AFTER = dt.timedelta(hours=24)
LOCKED = "This scorecard is submitted and locked. Correct it with a reason instead."

Ratings = Mapping[str, Mapping[str, Any]]


@transaction.atomic
def save(interview: Interview, *, by: User, ratings: Ratings, recommendation: str = "", notes: str = "") -> Scorecard:
    """Keep a draft, however incomplete. Nobody but its author ever sees it."""
    seat = _seat(interview, by)
    scorecard = _own(seat)
    if scorecard.is_submitted:
        raise Refused(LOCKED)
    _write(scorecard, ratings, recommendation, notes)
    scorecard.save()
    return scorecard


def is_handed_in(interview: Interview, author: User) -> bool:
    """Whether this person's scorecard is locked."""
    return Scorecard.objects.submitted().filter(interview=interview, author=author).exists()


@transaction.atomic
def submit(interview: Interview, *, by: User, ratings: Ratings, recommendation: str, notes: str = "") -> Scorecard:
    """Hand it in: it locks, and the others' scorecards open to the author once nothing is owed.

    The same once more changes nothing; something else is refused.
    """
    seat = _seat(interview, by)
    if interview.starts_at > timezone.now():
        raise Refused("The interview has not begun. Save a draft until then.")
    if recommendation not in Scorecard.Recommendation.values:
        raise Refused("Say what you recommend before you submit.")
    scorecard = _own(seat)
    was, before = scorecard.is_submitted, _said(scorecard)
    _write(scorecard, ratings, recommendation, notes)
    if was and _said(scorecard) == before:
        return scorecard  # the second half of a double click
    if was:
        raise Refused(LOCKED)
    scorecard.submitted_at = scorecard.saved_at
    scorecard.save()
    application = seat.interview.application
    record(
        application.candidate,
        "scorecard.submitted",
        by,
        job=application.job,
        interview=seat.interview_id,
        application=application.pk,
        scorecard=scorecard.pk,
    )
    if not seat.interview.seats.owing().exists():
        Interview.objects.filter(pk=seat.interview_id).update(status=Interview.Status.DONE)
    return scorecard


@transaction.atomic
def correct(
    scorecard: Scorecard, *, by: User, reason: str, ratings: Ratings, recommendation: str, notes: str = ""
) -> Scorecard:
    """Change a submitted scorecard. What it said before stays, with the reason (REC-8)."""
    scorecard = Scorecard.objects.select_for_update().get(pk=scorecard.pk)
    if scorecard.author_id != by.pk:
        raise Refused("Only the author corrects a scorecard.")
    if not scorecard.is_submitted:
        raise Refused("This scorecard is still a draft: just go on writing.")
    if not reason.strip():
        raise Refused("Say why you correct it.")
    if recommendation not in Scorecard.Recommendation.values:
        raise Refused("Say what you recommend.")
    ScorecardVersion.objects.create(
        scorecard=scorecard,
        ratings=scorecard.ratings,
        recommendation=scorecard.recommendation,
        notes=scorecard.notes,
        reason=reason.strip()[:300],
        replaced_at=timezone.now(),
    )
    _write(scorecard, ratings, recommendation, notes)
    scorecard.save()
    application = Interview.objects.for_row().get(pk=scorecard.interview_id).application
    record(
        application.candidate,
        "scorecard.corrected",
        by,
        job=application.job,
        interview=scorecard.interview_id,
        application=application.pk,
        scorecard=scorecard.pk,
    )
    return scorecard


def remind(seat: Seat) -> Message:
    """Ask an interviewer for the scorecard they owe: at most one mail a day and seat, whoever asks."""
    if not Seat.objects.due().filter(pk=seat.pk).exists():
        raise Refused("This scorecard is not due.")
    interview = seat.interview
    return compose.to_colleague(
        seat.user,
        purpose="reminder",
        template="interviews/email/scorecard_due",
        context={"interview": interview, "brief_url": links.url(invitations.link(seat), "interviews:brief")},
        job=interview.application.job,
        dedupe_key=f"scorecard:{seat.pk}:{timezone.now().astimezone(seat.user.zone):%Y%m%d}",
    )


def remind_late() -> int:
    """Remind everybody whose scorecard is late and who is at work now; how many are asked today.

    Safe to run at any time, any number of times: nobody gets a second mail on one day, or one at night.
    """
    late = Seat.objects.due().filter(
        interview__ends_at__lte=timezone.now() - LATE_AFTER,
        interview__ends_at__gt=timezone.now() - invitations.LINK_LASTS,
        interview__application__status="active",
        user__is_active=True,
    )
    asked = 0
    for seat in late.select_related(
        "user", "interview__application__candidate", "interview__application__job"
    ).order_by("pk"):
        if _is_at_work(seat.user):
            remind(seat)
            asked += 1
    return asked


def _is_at_work(user: User) -> bool:
    now = timezone.now()
    return bool(slots.working_hours(user, now, now + dt.timedelta(minutes=1)))


def is_late(seat: Seat) -> bool:
    return is_late_for(seat.interview)


def is_late_for(interview: Interview) -> bool:
    """Whether whoever has not handed in by now keeps the others waiting."""
    return not interview.is_cancelled and interview.ends_at + LATE_AFTER < timezone.now()


def _seat(interview: Interview, user: User) -> Seat:
    """The author's own seat, locked: a double click then meets itself."""
    seats = Seat.objects.live().filter(interview=interview.pk, user=user.pk)
    seat = seats.select_related("interview__application__candidate", "interview__application__job")
    found = seat.select_for_update(of=("self",)).first()
    if found is None:
        raise Refused("Only the interviewers of this interview write scorecards.")
    return found


def _own(seat: Seat) -> Scorecard:
    found = Scorecard.objects.filter(interview=seat.interview_id, author=seat.user_id).first()
    return found or Scorecard(interview=seat.interview, author_id=seat.user_id, started_at=timezone.now())


def _said(scorecard: Scorecard) -> tuple[Any, ...]:
    return scorecard.ratings, scorecard.recommendation, scorecard.notes


def _write(scorecard: Scorecard, ratings: Ratings, recommendation: str, notes: str) -> None:
    """Take what was said about the focus, and only that: scores 1 to 4 or none, notes of bounded length."""
    kept = {}
    for attribute, said in ratings.items():
        score = said.get("score")
        note = str(said.get("note", "")).strip()[:4000]
        if score not in (None, 1, 2, 3, 4):
            raise Refused("Ratings go from 1 to 4.")
        if score or note:
            kept[attribute] = {"score": score, "note": note}
    scorecard.ratings = kept
    scorecard.recommendation = recommendation
    scorecard.notes = notes.strip()
    scorecard.saved_at = timezone.now()
