"""A candidate asks for another time, on the page of their application: it lands where a declined invitation does (CAL-6).

They are shown starts at which the whole panel is free, and nothing else of anybody's calendar; which of them suit, and what else
they write, is their answer to the invitation. The interview stays where it is until somebody moves it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from hiring import contact, notifications
from hiring.errors import Refused
from hiring.models import TeamMember, User
from hiring.timeline import record
from interviews import slots
from interviews.models import Answer, Interview
from pipeline.models import Application

ASKED = notifications.declare("other_time", "Somebody asks for another time of an interview", "calendar-event")
LONGEST = 300
"""Characters of their own words, so that the times they chose fit in beside them."""


def interview_of(application: Application, pk: int) -> Interview | None:
    """One of theirs that is still ahead and may be asked about."""
    ahead = Interview.objects.live().for_page().filter(application=application, starts_at__gt=timezone.now())
    return ahead.filter(pk=pk).first() if application.is_active else None


def free_times(interview: Interview) -> list[dt.datetime]:
    """Starts that suit the panel, on the candidate's clock; a few a day, and none of tonight."""
    panel = [seat.user for seat in interview.seats.all() if seat.is_live]
    zone = interview.candidate_zone
    tomorrow = dt.datetime.combine(timezone.now().astimezone(zone).date() + dt.timedelta(days=1), dt.time(), zone)
    found = slots.suggest(panel, interview.minutes, from_=tomorrow, time_zone=zone.key, except_interview=interview.pk)
    return [slot.starts_at.astimezone(zone) for slot in found if slot.starts_at != interview.starts_at]


@transaction.atomic
def ask(interview: Interview, suits: Collection[dt.datetime], words: str) -> Interview:
    """Keep what they wish, as their answer to the invitation, and tell those who schedule. The newest wish counts.

    Raises Refused when they say nothing at all, or the interview is no longer ahead.
    """
    found = Interview.objects.for_row().select_for_update(of=("self",)).get(pk=interview.pk)
    now, zone = timezone.now(), found.candidate_zone
    if found.is_cancelled or found.starts_at <= now or not found.application.is_active:
        raise Refused("This interview is no longer ahead.")
    words = " ".join(words.split())[:LONGEST]
    times = "; ".join(f"{at:%a} {at.day} {at:%b}, {at:%H:%M}" for at in sorted(one.astimezone(zone) for one in suits))
    if not words and not times:
        raise Refused("Please choose a time that suits you, or write when you can.")
    found.candidate_answer, found.candidate_answered_at = Answer.DECLINED, now
    found.candidate_comment = " ".join(filter(None, (f"Would suit ({zone.key}): {times}." if times else "", words)))[
        :500
    ]
    found.save(update_fields=["candidate_answer", "candidate_answered_at", "candidate_comment"])
    application = found.application
    contact.sign_of_life(application.candidate, "booking")
    record(
        application.candidate,
        "interview.answered",
        None,
        job=application.job,
        interview=found.pk,
        application=application.pk,
        answer=Answer.DECLINED.value,
    )
    notifications.tell(
        _who_schedules(found),
        ASKED,
        f"{application.candidate.name} asks for another time of {found.title}.",
        key=f"other_time:{found.pk}:{found.sequence}",
        url=reverse("interviews:reschedule", args=[found.pk]),
        candidate=application.candidate,
        job=application.job,
    )
    return found


def _who_schedules(interview: Interview) -> list[User]:
    """Whoever booked it, and the recruiters and coordinators of the job."""
    roles = [TeamMember.Role.RECRUITER, TeamMember.Role.COORDINATOR]
    team = User.objects.filter(teams__job=interview.application.job_id, teams__role__in=roles, is_active=True)
    booked = User.objects.filter(pk=interview.created_by_id or 0, is_active=True)
    return list({user.pk: user for user in [*team, *booked]}.values())
