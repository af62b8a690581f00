"""Finding whom a rule fits: at the event, and by a sweep that finds what an event missed. Both write rows that are due.

Sets, not rows: applications come in batches, and a batch costs the same few statements whatever its size. Finding twice
finds once: a firing is unique for its version, application and occasion.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from hiring import conditions, working_time
from hiring.conditions import Atom
from hiring.models import Job
from hiring.prepared import Given, prepared
from pipeline.models import Application, RuleFiring, RuleVersion, Transition
from pipeline.rules import facts, triggers, waiting
from pipeline.rules.triggers import Trigger

logger = logging.getLogger(__name__)

BATCH = 500
OVERLAP = dt.timedelta(minutes=15)
"""How far a sweep looks back behind the last one: longer than any transaction that was still open then."""
FIRST_LOOKED_AT = 3
"""So many rejections of a new version a person looks at in any case, before the share counts."""

State = RuleFiring.State
SETTLED = [State.DONE, State.STOPPED, State.UNDONE, State.REFUSED, State.WAITING, State.HELD]


def active_versions() -> QuerySet[RuleVersion]:
    """The versions that act, on any job."""
    acting = RuleVersion.objects.filter(state=RuleVersion.State.ACTIVE, rule__paused_at=None, rule__retired_at=None)
    return acting.select_related("rule")


@prepared
def versions_of(job: Given) -> QuerySet[RuleVersion]:
    """The versions that act on the applications of a job; asked at every move, so its SQL is written once."""
    return active_versions().filter(Q(rule__job=job) | Q(rule__job=None)).order_by("pk")


def at_event(applications: Sequence[Application], kinds: Iterable[str]) -> None:
    """Applications (of one job) that just came, or entered a stage. What goes wrong here harms nobody: the sweep finds them."""
    if not applications:
        return
    wanted, first = set(kinds), applications[0]
    versions = [one for one in versions_of(job=first.job_id) if one.trigger.get("kind") in wanted]
    if not versions:
        return
    try:
        with transaction.atomic():
            rows = list(loaded(Application.objects.filter(pk__in=[one.pk for one in applications])))
            for version in versions:
                find(version, rows)
    except Exception as error:
        logger.warning("rule_event_left_to_sweep", extra={"job": first.job_id, "error": type(error).__name__})


def loaded(applications: QuerySet[Application]) -> QuerySet[Application]:
    """With what facts are read from."""
    return applications.select_related("candidate", "job__location", "stage", "source").order_by("pk")


def find(version: RuleVersion, applications: Sequence[Application], *, now: dt.datetime | None = None) -> int:
    """Write a firing for each of these whom the version fits and who has none yet for this occasion. How many.

    The applications are those whom the trigger may concern; a batch is three statements.
    """
    now = now or timezone.now()
    trigger, asked = triggers.parse(version.trigger), facts.asked_by(version)
    concerned = [one for one in applications if one.is_active and concerns(trigger, one, now)]
    known = facts.facts_of(concerned, asked, now)
    held = {one.pk: atoms for one in concerned if (atoms := conditions.matches(asked, known[one.pk])) is not None}
    new = _without_firing(version, trigger, [one for one in concerned if one.pk in held])
    if not new:
        return 0
    transitions = Transition.objects.filter(application__in=new).values("application").annotate(last=Max("pk"))
    stood = dict(transitions.values_list("application", "last"))
    before = RuleFiring.objects.filter(version=version).count() if version.rejects else 0
    rows = []
    for place, one in enumerate(new):
        began = occasion(trigger, one)
        is_sample = version.rejects and (before + place < FIRST_LOOKED_AT or in_sample(version, one, began))
        waits = version.rejects and (version.waits_for_person or is_sample)
        rows.append(
            RuleFiring(
                version=version,
                application=one,
                occasion=began,
                state=State.HELD if waits else State.WAITING,
                found_at=now,
                due_at=waiting.due(version, now, one.job),
                seen_transition=stood.get(one.pk),
                because=because(held[one.pk], known[one.pk]),
                is_sample=is_sample,
            )
        )
    RuleFiring.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _without_firing(version: RuleVersion, trigger: Trigger, applications: Sequence[Application]) -> list[Application]:
    """Those for whom no version of the rule has fired, or waits to, on this occasion."""
    if not applications:
        return []
    fired = RuleFiring.objects.filter(version__rule=version.rule_id, application__in=applications, state__in=SETTLED)
    settled = set(fired.values_list("application", "occasion"))
    return [one for one in applications if (one.pk, occasion(trigger, one)) not in settled]


def concerns(trigger: Trigger, application: Application, now: dt.datetime) -> bool:
    if trigger.kind == "answered":
        return application.answers.get(trigger.question) not in (None, "", [])
    if trigger.is_arrival:
        return True
    if not trigger.is_set_off_in(application.stage):
        return False
    if trigger.kind == "entered":
        return True
    return waiting.after_days(application.entered_stage_at, trigger.days, application.job) <= now


def occasion(trigger: Trigger, application: Application) -> dt.datetime:
    """What set it off, by when it began. Taking a move back restores when the stage was entered, so it fires no second time."""
    return application.applied_at if trigger.is_arrival else application.entered_stage_at


def because(held: Sequence[Atom], known: conditions.Facts) -> list[dict[str, object]]:
    """What a firing stands on, kept with it: the atoms and what was known then."""
    kept = conditions.dump(conditions.Conditions(groups=(conditions.Group("all", tuple(held)),)))
    atoms: list[dict[str, object]] = kept["groups"][0]["atoms"]
    for atom in atoms:
        had = known[str(atom["fact"])]
        atom["had"] = sorted(had) if isinstance(had, frozenset) else had
    return atoms


def in_sample(version: RuleVersion, application: Application, occasion: dt.datetime) -> bool:
    """Whether a person looks at this rejection: drawn by a seed of its own, so that the draw can be repeated and not steered."""
    seed = f"{version.rule_id}:{version.number}:{application.pk}:{occasion.timestamp():.6f}"
    drawn = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big") / 2**64
    return drawn < version.sample_percent / 100


# ---------- Sweeping ----------


def sweep(version: RuleVersion) -> int:
    """Find for one active version what came since its last sweep. How many firings it wrote."""
    with transaction.atomic():
        held = active_versions().select_for_update(of=("self",), skip_locked=True).filter(pk=version.pk).first()
        if held is None or held.activated_at is None:
            return 0
        now = timezone.now()
        since = max(held.activated_at, (held.looked_at or held.activated_at) - OVERLAP)
        found = sum(find(held, batch, now=now) for batch in _batches(_since(held, since, now)))
        RuleVersion.objects.filter(pk=held.pk).update(looked_at=now)
    return found


def present(version: RuleVersion) -> QuerySet[Application]:
    """The active applications that stand where the trigger looks, whenever they came there."""
    trigger = triggers.parse(version.trigger)
    rows = Application.objects.active().exclude(job__status=Job.Status.CLOSED)
    if version.rule.job_id:
        rows = rows.filter(job=version.rule.job_id)
    if trigger.is_arrival:
        return rows
    return rows.filter(stage=trigger.stage) if trigger.stage else rows.filter(stage__kind=trigger.stage_kind)


def find_present(version: RuleVersion) -> int:
    """Write firings for those who fit and are there already."""
    return sum(find(version, batch) for batch in _batches(present(version)))


def _since(version: RuleVersion, since: dt.datetime, now: dt.datetime) -> QuerySet[Application]:
    """Whom the trigger concerned since then, or a few more: `concerns` looks again."""
    trigger, rows = triggers.parse(version.trigger), present(version)
    if trigger.kind == "stands":
        # The last day it can have been entered is so many days ago; the first, as many weekends and holidays earlier.
        first = working_time.earliest(since, trigger.days)
        return rows.filter(entered_stage_at__gte=first, entered_stage_at__lte=now - dt.timedelta(days=trigger.days))
    came = Transition.objects.filter(at__gte=since)
    return rows.filter(pk__in=(came.filter(left=None) if trigger.is_arrival else came).values("application"))


def _batches(rows: QuerySet[Application]) -> Iterable[list[Application]]:
    """By key, so that each batch is one bounded read."""
    after = 0
    while batch := list(loaded(rows.filter(pk__gt=after))[:BATCH]):
        yield batch
        after = batch[-1].pk
