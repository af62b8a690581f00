"""What is asked once more right before a rule acts, about many firings of one version at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.utils import timezone

from hiring import conditions
from hiring.models import Job
from pipeline import moves
from pipeline.models import Application, RuleFiring, RuleVersion, Transition
from pipeline.rules import facts, finding, triggers

DECIDING = {"move", "reject"}
NOT_IN_USE = "The rule is not in use any more in this version."
DO_NOT_FIT = "The conditions do not fit any more."
IN_CIRCLES = "This rule has moved the application once already, and nobody has decided since."


def why_not(version: RuleVersion, firings: Sequence[RuleFiring]) -> dict[int, str]:
    """Why these firings, each of another application, are not done after all, by their ids; who is not in it, fits. Locks the
    applications and hands them to the firings as they are now. A few questions, whatever the number."""
    ids = [one.application_id for one in firings]
    list(Application.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    now_as = {one.pk: one for one in finding.loaded(Application.objects.filter(pk__in=ids))}
    for one in firings:
        one.version, one.application = version, now_as[one.application_id]
    if version.state != RuleVersion.State.ACTIVE or version.rule.retired_at:
        return dict.fromkeys((one.pk for one in firings), NOT_IN_USE)
    stay = {one.pk: why for one in firings if (why := _ended(one.application))}
    stay |= _moved_since(version, _rest(firings, stay))
    stay |= _go_in_circles(version, _rest(firings, stay))
    return stay | _do_not_fit(version, _rest(firings, stay))


def _rest(firings: Sequence[RuleFiring], stay: Mapping[int, str]) -> list[RuleFiring]:
    return [one for one in firings if one.pk not in stay]


def _ended(application: Application) -> str:
    if not application.is_active:
        return moves.no_longer_active(application)
    return f"{application.job} is closed." if application.job.status == Job.Status.CLOSED else ""


def _moved_since(version: RuleVersion, firings: Sequence[RuleFiring]) -> dict[int, str]:
    """Who decided since they were found, for what decides something; for the rest only whether the stage was left."""
    trigger, decides = triggers.parse(version.trigger), version.action["kind"] in DECIDING
    last = _last_of(firings)
    stay = {}
    for one in firings:
        newest, application = last.get(one.application_id), one.application
        if newest is None or newest.pk == one.seen_transition:
            continue
        if decides or (not trigger.is_arrival and application.entered_stage_at != one.occasion):
            stay[one.pk] = f"{newest.by or 'Throughline'} moved {application.candidate.name} since, to {newest.to}."
    return stay


def _go_in_circles(version: RuleVersion, firings: Sequence[RuleFiring]) -> dict[int, str]:
    """Between two decisions of people a rule moves an application once: whatever loop was overlooked ends here."""
    if version.action["kind"] != "move" or not firings:
        return {}
    rows = RuleFiring.objects.filter(
        version__rule=version.rule_id,
        application__in=[one.application_id for one in firings],
        state=RuleFiring.State.DONE,
    ).exclude(pk__in=[one.pk for one in firings])
    moved: dict[int, list[dt.datetime]] = {}
    for application, at in rows.values_list("application", "acted_at"):
        moved.setdefault(application, []).append(at or timezone.now())
    again = [one for one in firings if one.application_id in moved]
    decided = _last_of(again, by_people=True)
    return {
        one.pk: IN_CIRCLES
        for one in again
        if (last := decided.get(one.application_id)) is None or max(moved[one.application_id]) > last.at
    }


def _do_not_fit(version: RuleVersion, firings: Sequence[RuleFiring]) -> dict[int, str]:
    asked, now = facts.asked_by(version), timezone.now()
    known = facts.facts_of([one.application for one in firings], asked, now)
    return {one.pk: DO_NOT_FIT for one in firings if conditions.matches(asked, known[one.application_id]) is None}


def _last_of(firings: Sequence[RuleFiring], *, by_people: bool = False) -> dict[int, Transition]:
    """The newest transition of each application, or the newest one a person made."""
    steps = Transition.objects.filter(application__in=[one.application_id for one in firings])
    steps = steps.filter(by__isnull=False) if by_people else steps
    newest = steps.select_related("by", "to").order_by("application", "-pk").distinct("application")
    return {one.application_id: one for one in newest} if firings else {}
