"""What offers ask of somebody today."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from hiring import access
from hiring.models import Job, Opening, TeamMember, User
from hiring.prepared import Given, prepared
from hiring.today import Group, Line, group
from offers import terms
from offers.models import Offer
from pipeline.models import Application

SOON = dt.timedelta(days=3)


@prepared
def waiting_for_an_answer(user: User) -> QuerySet[Offer]:
    """The ten offers whose date to answer by is nearest."""
    out = Offer.objects.visible_to(user).filter(status__in=terms.OUT)
    return out.for_row().order_by("expires_at", "pk")[:10]


@group(40)
def offers_out(user: User) -> Group | None:
    """Offers a candidate has not answered; late once the date is near."""
    lines = []
    for offer in waiting_for_an_answer(user):
        seen = "opened, not answered" if offer.status == "viewed" else "not opened yet"
        candidate = offer.application.candidate
        lines.append(
            Line(
                name=candidate.name,
                initials=candidate.initials,
                note=f"{offer.title}, {seen}",
                url=reverse("offers:offer", args=[offer.pk]),
                action="Open",
                due_at=offer.expires_at,
                late=offer.expires_at - timezone.now() < SOON,
                kind="offer",
            )
        )
    return Group("offers", "Offers waiting for an answer", lines, len(lines), reverse("offers:list"))


@prepared
def active_on_filled_jobs(user: User, mine: Given) -> QuerySet[Application, tuple[int, str, int]]:
    openings = Opening.objects.filter(job=OuterRef("pk"))
    filled = (
        Job.objects.visible_to(user)
        .filter(access.jobs_movable_by(user))
        .filter(Exists(openings.filter(status="filled")), ~Exists(openings.filter(status="open")))
        .filter(status__in=["open", "on_hold"], pk__in=TeamMember.objects.filter(user=mine).values("job"))
    )
    waiting = Application.objects.active().filter(job__in=filled).order_by("job__title", "job")
    return waiting.values_list("job", "job__title").annotate(n=Count("pk"))[:10]


@group(75)
def left_over(user: User) -> Group | None:
    """Jobs whose openings are filled while people are still active, for those who may decide: each person needs an answer."""
    lines = [
        Line(
            name=title,
            icon="briefcase",
            note=f"{people} still active, every opening filled",
            url=reverse("pipeline:closing", args=[job]),
            action="Decide",
        )
        for job, title, people in active_on_filled_jobs(user, mine=user.pk)
    ]
    return Group("remaining", "Filled jobs with people waiting", lines, len(lines))
