"""The life of a rule: written as a draft, tried, activated, changed as a new draft, paused, retired.

What acts is never edited. A draft becomes the active version only after a trial that saw it as it is, and with every
problem that stops it settled; the others somebody says they have seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from hiring import conditions, misfits
from hiring.errors import Refused
from hiring.misfits import Misfit
from hiring.models import Job, User
from pipeline.models import Rule, RuleFiring, RuleTrial, RuleVersion
from pipeline.rules import actions, conflicts, facts, finding, triggers

State = RuleVersion.State
LONGEST_DELAY = {RuleVersion.Unit.HOURS: 24 * 30, RuleVersion.Unit.DAYS: 90}
LEAST_SAMPLE = 5
REPLACED = "A newer version of the rule looks at this now."
RETIRED = "The rule was retired."


@transaction.atomic
def create(*, job: Job | None, name: str, by: User | None, **said: Any) -> Rule:
    """A rule with its first draft; `said` is what `edit` takes. `job` None makes it a rule for all jobs."""
    now = timezone.now()
    rule = Rule.objects.create(job=job, name=_name(name), created_by=by, created_at=now)
    draft = RuleVersion(rule=rule, number=1, changed_at=now)
    _write(draft, by=by, **said)
    return rule


@transaction.atomic
def edit(rule: Rule, *, by: User | None, name: str, **said: Any) -> RuleVersion:
    """Change the draft. Where an active version is edited, a draft is made of it, and what acts stays as it was."""
    rule = _locked(rule)
    if rule.retired_at:
        raise Refused("This rule is retired. Make a new one.")
    if rule.name != _name(name):
        rule.name = _name(name)
        rule.save(update_fields=["name"])
    draft = rule.versions.filter(state=State.DRAFT).first()
    if draft is None:
        last = rule.versions.order_by("-number").first()
        draft = RuleVersion(rule=rule, number=last.number + 1 if last else 1)
    return _write(draft, by=by, **said)


def _write(
    draft: RuleVersion,
    *,
    by: User | None,
    trigger: Mapping[str, Any],
    asked: Mapping[str, Any],
    action: Mapping[str, Any],
    delay: int = 0,
    unit: str = RuleVersion.Unit.DAYS,
    waits_for_person: bool = True,
    ground: str = "",
    sample_percent: int = 10,
) -> RuleVersion:
    """Keep what was said, read and written again, so that nothing but the language is stored."""
    with misfits.about("trigger"):
        draft.trigger = triggers.dump(triggers.parse(trigger))
    draft.conditions = conditions.dump(conditions.parse(asked))
    with misfits.about("action"):
        draft.action = actions.parse(action)
    if unit not in LONGEST_DELAY or not 0 <= delay <= LONGEST_DELAY[RuleVersion.Unit(unit)]:
        raise Misfit("A rule waits at most 90 business days, or 720 hours.", "delay")
    if not LEAST_SAMPLE <= sample_percent <= 100:
        least = f"Of a hundred rejections a person looks at {LEAST_SAMPLE} at least, and at most all."
        raise Misfit(least, "sample")
    if ground not in ("", *RuleVersion.Ground.values):
        raise Misfit("Choose one of the grounds.", "ground")
    draft.delay, draft.unit, draft.sample_percent = delay, unit, sample_percent
    draft.waits_for_person = waits_for_person
    draft.ground = "" if waits_for_person else ground
    draft.changed_by, draft.changed_at = by, timezone.now()
    draft.save()
    return draft


@transaction.atomic
def discard(rule: Rule, *, by: User | None) -> None:
    """Throw the draft away. A rule that has never been active goes with it."""
    rule = _locked(rule)
    rule.versions.filter(state=State.DRAFT).delete()
    if not rule.versions.exists():
        rule.delete()


@transaction.atomic
def activate(
    draft: RuleVersion, *, by: User | None, seen_problems: bool = False, with_present: bool = False
) -> RuleVersion:
    """Let a draft act from now on. `with_present`: also for those it fits who stand there already.

    Raises Refused without a trial of this very draft, with a problem that stops it, or with problems nobody has seen. What
    waits because of the version before is looked at again by this one.
    """
    rule = _locked(draft.rule)
    draft = RuleVersion.objects.select_for_update().get(pk=draft.pk)
    draft.rule = rule
    if rule.retired_at:
        raise Refused("This rule is retired. Make a new one.")
    if draft.state != State.DRAFT:
        raise Refused("This version is no draft.")
    if trial_of(draft) is None:
        raise Refused("Try it first: see whom it would have hit, as it is written now.")
    found = conflicts.problems(draft)
    if stopping := [problem for problem in found if problem.stops]:
        raise Refused(stopping[0].sentence)
    if found and not seen_problems:
        raise Refused("It contradicts other rules. Say that you have seen how.")
    now = timezone.now()
    before = rule.versions.filter(state=State.ACTIVE).first()
    rule.versions.filter(state=State.ACTIVE).update(state=State.PAST, ended_at=now)
    draft.state, draft.activated_by, draft.activated_at, draft.looked_at = State.ACTIVE, by, now, now
    draft.save(update_fields=["state", "activated_by", "activated_at", "looked_at"])
    if before:
        _look_again(before, draft)
    if with_present:
        finding.find_present(draft)
    return draft


def _look_again(before: RuleVersion, now_active: RuleVersion) -> None:
    """What waited because of the version before is void, and those people are asked about by the new one."""
    waiting = RuleFiring.objects.open().filter(version=before)
    people = list(waiting.values_list("application", flat=True))
    waiting.update(state=RuleFiring.State.VOID, why=REPLACED, acted_at=timezone.now())
    for start in range(0, len(people), finding.BATCH):
        some = finding.present(now_active).filter(pk__in=people[start : start + finding.BATCH])
        finding.find(now_active, list(finding.loaded(some)))


def trial_of(version: RuleVersion) -> RuleTrial | None:
    """The newest trial that saw the version as it is written now."""
    return version.trials.filter(at__gte=version.changed_at).order_by("-at", "-pk").first()


@transaction.atomic
def pause(rule: Rule, *, by: User | None) -> Rule:
    """Let it rest: nothing new is found, and what waits does not go by itself. It can still be stopped, or let go by hand."""
    rule = _locked(rule)
    if rule.retired_at or rule.paused_at:
        raise Refused("This rule rests already.")
    rule.paused_at = timezone.now()
    rule.save(update_fields=["paused_at"])
    return rule


@transaction.atomic
def resume(rule: Rule, *, by: User | None) -> Rule:
    """Go on. Who came while it rested is not looked at afterwards."""
    rule = _locked(rule)
    if rule.retired_at or not rule.paused_at:
        raise Refused("This rule does not rest.")
    rule.paused_at = None
    rule.save(update_fields=["paused_at"])
    rule.versions.filter(state=State.ACTIVE).update(looked_at=timezone.now() + finding.OVERLAP)
    return rule


@transaction.atomic
def retire(rule: Rule, *, by: User | None) -> Rule:
    """Take it out of use for good. What waits because of it does not happen; what it did stays, and can be asked why."""
    rule = _locked(rule)
    if rule.retired_at:
        raise Refused("This rule is retired already.")
    now = timezone.now()
    rule.retired_at = now
    rule.save(update_fields=["retired_at"])
    rule.versions.filter(state=State.ACTIVE).update(state=State.PAST, ended_at=now)
    rule.versions.filter(state=State.DRAFT).delete()
    RuleFiring.objects.open().filter(version__rule=rule).update(state=RuleFiring.State.VOID, why=RETIRED, acted_at=now)
    return rule


@transaction.atomic
def stop_all(rule: Rule, *, by: User | None) -> int:
    """Stop everything the rule still has before it. How many."""
    waiting = RuleFiring.objects.open().filter(version__rule=rule)
    return waiting.update(state=RuleFiring.State.STOPPED, decided_by=by, decided_at=timezone.now())


def labels(job: Job | None) -> dict[str, str]:
    """The words of each question, by its key."""
    return {question["key"]: question["label"] for question in facts.questions_of(job)}


def _locked(rule: Rule) -> Rule:
    Rule.objects.select_for_update().get(pk=rule.pk)
    return Rule.objects.select_related("job").get(pk=rule.pk)


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 100:
        raise Misfit("Give the rule a name of at most 100 characters.", "name")
    return name
