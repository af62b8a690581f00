"""What rules add to other pages: the panel on a job's plan, their name on the timeline, the queue on Today
and on cards, and since when work is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse

from hiring import access, health, jobs_panels, timeline
from hiring.models import Job, User
from hiring.panels import Panel
from hiring.prepared import Given, prepared
from hiring.today import Group, Line, group
from pipeline import cards
from pipeline.models import Rule, RuleFiring
from pipeline.rules import listing
from pipeline.today import of_colleague


def rules_of_plan(user: User, job: Job) -> Panel | None:
    if not access.can_see_pipeline(user, job):
        return None
    rows = listing.rules(Rule.objects.filter(job=job, retired_at=None))
    context = {"job": job, "rules": rows, "may_edit": access.can_edit_job(user, job)}
    return Panel("pipeline/_rules_panel.html", context)


@prepared
def waiting_for(applications: Given) -> QuerySet[RuleFiring, tuple[int, str, str, dt.datetime]]:
    waiting = RuleFiring.objects.open().filter(application__any=applications).order_by("-due_at")
    return waiting.values_list("application", "version__rule__name", "state", "due_at")


def notices(user: User, ids: Sequence[int]) -> dict[int, list[cards.Notice]]:
    """On a card of the board: the rule that waits. One query for the board."""
    found: dict[int, list[cards.Notice]] = {}
    for application, name, state, due_at in waiting_for(applications=list(ids)):
        if state == RuleFiring.State.HELD:
            found[application] = [cards.Notice(f"Rule waits for a person: {name}", "hand-stop", "warn")]
        else:
            local = due_at.astimezone(user.zone)
            text = f"Rule: {name}, {local:%a} {local.day} {local:%b}, {local:%H:%M}"
            found.setdefault(application, [cards.Notice(text, "bolt")])
    return found


@prepared
def held_by_job(user: Given) -> QuerySet[RuleFiring, tuple[int, str, int, dt.datetime, int]]:
    held = RuleFiring.objects.filter(state=RuleFiring.State.HELD, application__in=of_colleague(user).active())
    rows = held.order_by().values_list("application__job", "application__job__title")
    counted = rows.annotate(people=Count("pk"), oldest=Min("found_at"), samples=Count("pk", filter=Q(is_sample=True)))
    return counted.order_by("oldest")


@group(35)
def held(user: User) -> Group | None:
    """What rules found and does not happen without a person's word, on the jobs on which I decide: a line a job."""
    rows = held_by_job(user=user.pk)
    if not rows:
        return None
    lines = [
        Line(
            name=title,
            icon="bolt",
            note=f"{people} wait{'' if people > 1 else 's'} for your word"
            + (f", {samples} drawn for a look" if samples else ""),
            url=reverse("pipeline:rules", args=[job]) + "#queue",
            action="Look",
            due_at=oldest,
        )
        for job, title, people, oldest, samples in rows[:10]
    ]
    return Group("rules", "Rules that wait for a person", lines, total=sum(row[2] for row in rows), short="Rules")


def oldest_due() -> dt.datetime | None:
    waiting = RuleFiring.objects.filter(state=RuleFiring.State.WAITING, version__rule__paused_at=None)
    return waiting.order_by("due_at", "pk").values_list("due_at", flat=True).first()


jobs_panels.plan.append((40, rules_of_plan))
cards.notices.append(notices)
health.due["rules"] = oldest_due
timeline.labels["rule"] = timeline.by_name(Rule.objects.all())
