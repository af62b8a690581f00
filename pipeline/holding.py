"""Putting a job on hold with a check list: what goes on although it rests, and who of those in process is told.

A hold ends nothing by itself. What was booked, sent or set to run is listed here by whoever owns it (`going_on`), to be left or
stopped in the same act; people who applied are written to, told by a colleague, or wait, and the page says who.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from hiring import jobs, postings, todo
from hiring.errors import Refused
from hiring.models import Job, MailTemplate, User
from pipeline import asking, bulk, closing, news
from pipeline.models import BulkAct, ManagerReview, Rule, RuleVersion
from pipeline.rejection import Delay
from pipeline.rules import versions

TELL_WITHIN = dt.timedelta(days=2)
NOW = dt.timedelta()


@dataclass(frozen=True)
class Thing:
    """One thing that goes on while the job rests: a sentence, and the page where it is changed."""

    text: str
    url: str


@dataclass(frozen=True)
class GoingOn:
    """A kind of thing that a hold leaves as it is; `otherwise` says what that means.

    `stop` ends or rests all of them and says how many, `wish` is its words on the page. Without it each is decided on its own page.
    """

    title: str
    otherwise: str
    find: Callable[[Job], list[Thing]]
    wish: str = ""
    stop: Callable[[Job, User], int] | None = None


going_on: dict[str, GoingOn] = {}
"""Name to what the apps have running on a job: interviews, offers, rules, sequences, questions to colleagues."""


@dataclass(frozen=True)
class Word:
    """Who tells those in process: a letter by whoever holds the job, or a colleague who gets it as a task. Neither: nobody yet."""

    template: MailTemplate | None = None
    delay: Delay = NOW
    colleague: User | None = None


def found_on(job: Job) -> list[tuple[str, GoingOn, list[Thing]]]:
    """What goes on on this job, kind by kind; kinds of which there is nothing are left out."""
    found = ((name, kind, kind.find(job)) for name, kind in going_on.items())
    return [(name, kind, things) for name, kind, things in found if things]


@transaction.atomic
def hold(
    job: Job,
    *,
    by: User,
    reason: str,
    stop: Collection[str] = (),
    take_down: bool = False,
    word: Word = Word(),
) -> list[BulkAct]:
    """Put a job on hold, stop what `stop` names, and see to those in process; letters are acts that are started, not run."""
    job = jobs.hold(job, by=by, reason=reason)
    if take_down:
        postings.withdraw(job, by=by)
    for name in stop:
        kind = going_on.get(name)
        if kind and kind.stop:
            kind.stop(job, by)
    waiting = news.in_process(job).count()
    if word.colleague and waiting:
        people = "1 person" if waiting == 1 else f"{waiting:,} people"
        words = f"Tell {people} in process that {job.title} ({job.requisition_id}) is on hold"
        todo.add(words, by=by, assignee=word.colleague, due_on=timezone.localdate() + TELL_WITHIN)
    return tell(job, word.template, by=by, delay=word.delay) if word.template else []


@transaction.atomic
def tell(job: Job, template: MailTemplate, *, by: User, delay: Delay = NOW) -> list[BulkAct]:
    """Write to everybody in process of a held job who has not heard of it, as far as mail reaches them."""
    if not news.hold_of(job):
        raise Refused("This job is not on hold.")
    ids = list(closing.reachable(news.untold(job)).values_list("pk", flat=True))
    batches = [ids[start : start + bulk.AT_MOST] for start in range(0, len(ids), bulk.AT_MOST)]
    return [bulk.start_letter(job, chosen, template, by=by, delay=delay) for chosen in batches]


# --- what the pipeline itself has running ---------------------------------------------------------------------------


def _acting(job: Job) -> list[Rule]:
    active = RuleVersion.objects.filter(state=RuleVersion.State.ACTIVE).values("rule")
    return list(Rule.objects.filter(job=job, paused_at=None, retired_at=None, pk__in=active).order_by("pk"))


def _rules(job: Job) -> list[Thing]:
    return [Thing(f"The rule “{rule.name}” acts.", reverse("pipeline:rule", args=[rule.pk])) for rule in _acting(job)]


def _rest_rules(job: Job, by: User) -> int:
    return len([versions.pause(rule, by=by) for rule in _acting(job)])


def _open_reviews(job: Job) -> list[ManagerReview]:
    return list(ManagerReview.objects.filter(job=job, closed_at=None).order_by("pk"))


def _reviews(job: Job) -> list[Thing]:
    return [
        Thing(
            f"Colleagues are asked about people until {review.due_on:%-d %B}.",
            reverse("pipeline:manager_review", args=[review.pk]),
        )
        for review in _open_reviews(job)
    ]


def _close_reviews(job: Job, by: User) -> int:
    return len([asking.close(review, by=by) for review in _open_reviews(job)])


going_on["rules"] = GoingOn(
    "Rules",
    "Rules of this job go on acting, and those for all jobs do in any case.",
    _rules,
    "Let the rules of this job rest",
    _rest_rules,
)
going_on["reviews"] = GoingOn(
    "Questions to colleagues",
    "They can still answer, and are reminded.",
    _reviews,
    "Close these questions",
    _close_reviews,
)
