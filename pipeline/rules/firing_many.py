"""Firings that are due together, done together: `firing.act` for many, in a few statements for any number.

A crash did nothing, as alone: verbs and rows are written in one transaction. Where one stands in the way of all, nothing is
done, and each is tried by itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from itertools import groupby

from django.db import IntegrityError, transaction
from django.utils import timezone

from hiring import timeline
from hiring.errors import Refused
from hiring.models import Message
from pipeline import moves, rejecting_many
from pipeline.blind import crossing
from pipeline.decisions import grounds
from pipeline.models import Application, RuleFiring, RuleVersion
from pipeline.rules import actions, checking, firing, waiting
from pipeline.rules.actions import Did

State = RuleFiring.State
Outcome = tuple[Did, str]
"""What a firing did, or why it was refused."""


def act(ids: Sequence[int]) -> list[int]:
    """Do these at once, rule by rule. Those it answers with are still to be tried one by one."""
    rows = RuleFiring.objects.filter(pk__in=ids).order_by("version", "pk").values_list("version", "pk")
    left: list[int] = []
    for version, theirs in groupby(rows, key=lambda row: row[0]):
        mine = [pk for _, pk in theirs]
        try:
            with transaction.atomic():
                left += _act(version, mine)
        except (Refused, IntegrityError):
            left += mine
    return left


def _act(version_id: int, ids: Sequence[int]) -> list[int]:
    """The firings of one version. Answers with those that are left: of a person who is in it twice the later one, and those
    somebody else has."""
    now = timezone.now()
    due = RuleFiring.objects.select_for_update(of=("self",), skip_locked=True).filter(
        pk__in=ids, state=State.WAITING, due_at__lte=now, version__rule__paused_at=None
    )
    found = list(due.order_by("pk"))
    version = RuleVersion.objects.select_related("rule", "activated_by").get(pk=version_id)
    first = {one.application_id: one for one in reversed(found)}
    mine = [one for one in found if first[one.application_id] is one]
    seen_to = {one.pk for one in mine}
    stay = checking.why_not(version, mine)
    mine = _without_put_off(version, mine, now)
    doing = [one for one in mine if one.pk not in stay]
    outcomes = _do(version, doing)
    for one in mine:
        one.acted_at = now
        did, refusal = outcomes.get(one.pk, ({}, ""))
        why = stay.get(one.pk) or refusal
        one.state = State.VOID if one.pk in stay else State.REFUSED if refusal else State.DONE
        one.did, one.why = did, firing.nameless(why, one.application) if why else ""
    RuleFiring.objects.bulk_update(mine, ["acted_at", "state", "did", "why"])
    return [pk for pk in ids if pk not in seen_to]


def _without_put_off(version: RuleVersion, firings: Sequence[RuleFiring], now: dt.datetime) -> list[RuleFiring]:
    """Those whose time has come also by the calendar as it is now; the others wait on."""
    for one in firings:
        one.due_at = waiting.due(version, one.found_at, one.application.job)
    RuleFiring.objects.bulk_update([one for one in firings if one.due_at > now], ["due_at"])
    return [one for one in firings if one.due_at <= now]


def _do(version: RuleVersion, firings: Sequence[RuleFiring]) -> dict[int, Outcome]:
    """What became of each, by the firing's id. Verbs for many act on the people of one job."""
    together = _TOGETHER.get(version.action["kind"], _one_by_one)
    outcomes: dict[int, Outcome] = {}
    by_job = sorted(firings, key=lambda one: (one.application.job_id, one.pk))
    with timeline.saying(rule=version.rule_id, rule_version=version.number):
        for _, theirs in groupby(by_job, key=lambda one: one.application.job_id):
            outcomes |= together(version, list(theirs))
    return outcomes


def _one_by_one(version: RuleVersion, firings: Sequence[RuleFiring]) -> dict[int, Outcome]:
    outcomes: dict[int, Outcome] = {}
    for one in firings:
        try:
            with transaction.atomic():
                outcomes[one.pk] = actions.do(one, one.application, by=None), ""
        except Refused as refused:
            outcomes[one.pk] = {}, refused.sentence
    return outcomes


def _move(version: RuleVersion, firings: Sequence[RuleFiring]) -> dict[int, Outcome]:
    to = actions.target(version, firings[0].application)
    hidden = crossing.hidden_of({one.application.candidate_id for one in firings}, by=version.activated_by)
    alone = [one for one in firings if one.application.candidate_id in hidden or one.application.stage_id == to.pk]
    going = {one.application_id: one for one in firings if one not in alone}
    because = grounds.of_version(version, None)
    stay = moves.move_many(going, to, by=None, since=timezone.now(), because=because) if going else {}
    moved = {one.pk: ({}, stay[pk]) if pk in stay else ({"to": to.pk}, "") for pk, one in going.items()}
    return moved | _one_by_one(version, alone)


def _reject(version: RuleVersion, firings: Sequence[RuleFiring]) -> dict[int, Outcome]:
    reason, letter = actions.reason_of(version), actions.letter_of(version)
    going = {one.application_id: one for one in firings}
    stay = rejecting_many.reject_many(
        going, reason, by=None, since=timezone.now(), because=grounds.of_version(version, None), template=letter,
        by_language=letter is None and actions.writes(version.action),
    )  # fmt: skip
    mails = _letters([one.application for pk, one in going.items() if pk not in stay])
    return {
        one.pk: ({}, stay[pk]) if pk in stay else ({"rejected": True} | mails.get(pk, {}), "")
        for pk, one in going.items()
    }


def _letters(applications: Sequence[Application]) -> dict[int, Did]:
    """The letters that wait for these, as a firing keeps them, by application."""
    people = {one.candidate_id: one for one in applications}
    waits = Message.objects.queued().filter(
        candidate__in=people, job__in={one.job_id for one in applications}, purpose="rejection"
    )
    return {people[who].pk: {"message": pk} for pk, who in waits.order_by("pk").values_list("pk", "candidate") if who}


_TOGETHER: dict[str, Callable[[RuleVersion, Sequence[RuleFiring]], dict[int, Outcome]]] = {
    "move": _move,
    "reject": _reject,
}
