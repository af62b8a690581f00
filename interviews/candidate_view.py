"""What a candidate may know of their interviews: when, how long, where and with whom. Nothing of plans, answers or opinions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from hiring.templatetags.throughline import zone_name
from interviews.models import Answer, Interview
from pipeline.models import Application


@dataclass(frozen=True)
class Meeting:
    pk: int
    has_wish: bool  # they asked for another time, and nobody has moved it since
    may_wish: bool
    starts: dt.datetime  # on the candidate's wall clock, naive
    zone: str
    minutes: int
    place: str
    people: list[str]

    @property
    def sentence(self) -> str:
        with_whom = f" with {' and '.join(self.people)}" if self.people else ""
        where = f", {self.place}" if self.place else ""
        when = f"{self.starts:%A} {self.starts.day} {self.starts:%B %Y, %H:%M}"
        return f"Interview{with_whom} on {when} ({zone_name(self.zone)} time), {self.minutes} minutes{where}"


def ahead(application: Application) -> list[Meeting]:
    """The interviews still to come, the next one first."""
    found = Interview.objects.live().for_page().filter(application=application, ends_at__gt=timezone.now())
    return [meeting(interview) for interview in found.order_by("starts_at")]


def sentences(application: Application) -> list[str]:
    return [one.sentence for one in ahead(application)]


def meeting(interview: Interview) -> Meeting:
    zone = interview.candidate_zone
    return Meeting(
        pk=interview.pk,
        has_wish=interview.candidate_answer == Answer.DECLINED,
        may_wish=interview.starts_at > timezone.now(),
        starts=interview.starts_at.astimezone(zone).replace(tzinfo=None),
        zone=zone.key,
        minutes=interview.minutes,
        place=interview.place,
        people=[seat.user.full_name for seat in interview.seats.all() if seat.is_live],
    )
