"""What rules add to other pages: the panel on a job's plan, their name on the timeline, the queue on Today
and on cards, and since when work is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Count, Min, Q
from django.urls import reverse

from hiring import access, health, jobs_panels, timeline
from hiring.models import Job, User
from hiring.panels import Panel
from hiring.today import Group, Line, group
from pipeline import cards
from pipeline.models import Rule, RuleFiring
from pipeline.rules import listing
from pipeline.today import mine


def rules_of_plan(user: User, job: Job) -> Panel | None:
    if not access.can_see_pipeline(user, job):
        return None
    rows = listing.rules(Rule.objects.filter(job=job, retired_at=None))
    context = {"job": job, "rules": rows, "may_edit": access.can_edit_job(user, job)}
    return Panel("pipeline/_rules_panel.html", context)


def notices(user: User, ids: Sequence[int]) -> dict[int, list[cards.Notice]]:
    """On a card of the board: the rule that waits. One query for the board."""
    waiting = RuleFiring.objects.open().filter(application__in=ids).order_by("-due_at")
    found: dict[int, list[cards.Notice]] = {}
    for application, name, state, due_at in waiting.values_list(
        "application", "version__rule__name", "state", "due_at"
    ):
        if state == RuleFiring.State.HELD:
            found[application] = [cards.Notice(f"Rule waits for a person: {name}", "hand-stop", "warn")]
        else:
            local = due_at.astimezone(user.zone)
            text = f"Rule: {name}, {local:%a} {local.day} {local:%b}, {local:%H:%M}"
            found.setdefault(application, [cards.Notice(text, "bolt")])
    return found


@group(35)
def held(user: User) -> Group | None:
    """What rules found and does not happen without a person's word, on the jobs on which I decide: a line a job."""
    waiting = RuleFiring.objects.filter(state=RuleFiring.State.HELD, application__in=mine(user).active())
    rows = list(
        waiting.values("application__job", "application__job__title")
        .annotate(people=Count("pk"), oldest=Min("found_at"), samples=Count("pk", filter=Q(is_sample=True)))
        .order_by("oldest")
    )
    if not rows:
        return None
    lines = [
        Line(
            name=row["application__job__title"],
            icon="bolt",
            note=f"{row['people']} wait{'' if row['people'] > 1 else 's'} for your word"
            + (f", {row['samples']} drawn for a look" if row["samples"] else ""),
            url=reverse("pipeline:rules", args=[row["application__job"]]) + "#queue",
            action="Look",
            due_at=row["oldest"],
        )
        for row in rows[:10]
    ]
    return Group(
        "rules", "Rules that wait for a person", lines, total=sum(row["people"] for row in rows), short="Rules"
    )


def oldest_due() -> dt.datetime | None:
    waiting = RuleFiring.objects.filter(state=RuleFiring.State.WAITING, version__rule__paused_at=None)
    return waiting.order_by("due_at", "pk").values_list("due_at", flat=True).first()


jobs_panels.plan.append((40, rules_of_plan))
cards.notices.append(notices)
health.due["rules"] = oldest_due
timeline.labels["rule"] = timeline.by_name(Rule.objects.all())
