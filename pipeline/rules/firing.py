"""Firings: acted on when they are due, let go, stopped, agreed with, taken back. Each in a transaction of its own.

Before anything happens the rule is asked once more: is it still in use, do its conditions still fit, does the application
still stand where it was found, with no decision since? Verb and row are written together, so a crash in between did nothing.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from hiring import timeline
from hiring.errors import Refused
from hiring.models import Job, Message, User
from pipeline import entering, moves
from pipeline.models import Application, RuleFiring, RuleVersion
from pipeline.rules import actions, checking, finding, waiting

State = RuleFiring.State
AT_ONCE = 200
LEFT_THE_HOUSE = moves.LEFT_THE_HOUSE


def due() -> list[int]:
    """The firings whose time has come, longest due first; those of a paused rule rest."""
    rows = RuleFiring.objects.filter(
        state=State.WAITING, due_at__lte=timezone.now(), version__rule__paused_at=None
    ).order_by("due_at", "pk")
    return list(rows.values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def act(pk: int) -> RuleFiring | None:
    """Do what is due. None when somebody else has it, or it is not due (any more)."""
    firing = (
        RuleFiring.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk=pk, state=State.WAITING, due_at__lte=timezone.now(), version__rule__paused_at=None)
        .first()
    )
    if firing is None or _put_off(firing):
        return None
    return _carry_out(firing, by=None)


def _put_off(firing: RuleFiring) -> bool:
    """Wait on where a holiday came in between since it was found."""
    job = Job.objects.select_related("location").get(applications=firing.application_id)
    due_at = waiting.due(firing.version, firing.found_at, job)
    if due_at <= timezone.now():
        return False
    firing.due_at = due_at
    firing.save(update_fields=["due_at"])
    return True


def reckon() -> int:
    """Say of everything that waits when it is due now: the holidays were changed. How many are due at another time."""
    moved, after = 0, 0
    days = RuleVersion.Unit.DAYS
    waits = RuleFiring.objects.open().filter(version__unit=days).select_related("version", "application__job__location")
    while batch := list(waits.filter(pk__gt=after).order_by("pk")[: finding.BATCH]):
        after = batch[-1].pk
        others = []
        for firing in batch:
            due_at = waiting.due(firing.version, firing.found_at, firing.application.job)
            if due_at != firing.due_at:
                firing.due_at = due_at
                others.append(firing)
        RuleFiring.objects.bulk_update(others, ["due_at"])
        moved += len(others)
    return moved


@transaction.atomic
def let_go(firing: RuleFiring, *, by: User) -> RuleFiring:
    """Do it now, on somebody's word. A sampled rejection is agreed with instead: it wants a look, not a wave."""
    firing = _open(firing)
    if firing.is_sample:
        raise Refused("This one was drawn for somebody to look at. Open it, and agree or disagree.")
    firing.decided_by, firing.decided_at = by, timezone.now()
    return _carry_out(firing, by=by)


@transaction.atomic
def agree(firing: RuleFiring, *, by: User) -> RuleFiring:
    """A person looked, and rejects as the rule would have."""
    firing = _open(firing)
    _demand_rejection(firing)
    firing.agreed, firing.decided_by, firing.decided_at = True, by, timezone.now()
    return _carry_out(firing, by=by)


@transaction.atomic
def disagree(firing: RuleFiring, *, by: User, why: str) -> RuleFiring:
    """A person looked, and the rule was wrong: it is not done or, where it was, taken back. Says why, for whoever keeps the rule."""
    why = " ".join(why.split())[:300]
    if not why:
        raise Refused("Say in a few words why the rule is wrong here.")
    firing = _locked(firing)
    _demand_rejection(firing)
    if firing.state == State.DONE:
        firing = _take_back(firing, by=by)
    elif firing.is_open:
        firing.state = State.STOPPED
    else:
        raise Refused(_over(firing))
    firing.agreed, firing.why = False, why
    firing.decided_by, firing.decided_at = by, timezone.now()
    firing.save()
    return firing


@transaction.atomic
def stop(firing: RuleFiring, *, by: User) -> RuleFiring:
    """Keep it from happening. It does not fire for this occasion again."""
    firing = _open(firing)
    firing.state, firing.decided_by, firing.decided_at = State.STOPPED, by, timezone.now()
    firing.save(update_fields=["state", "decided_by", "decided_at"])
    return firing


@transaction.atomic
def undo(firing: RuleFiring, *, by: User) -> RuleFiring:
    """Take back what it did. Refused, with the reason, once something has left the house or somebody has decided since."""
    firing = _take_back(_locked(firing), by=by)
    firing.decided_by, firing.decided_at = by, timezone.now()
    firing.save()
    return firing


def left_the_house(firing: RuleFiring) -> bool:
    """Whether the person was written to because of it."""
    message = firing.did.get("message")
    return bool(message) and Message.objects.filter(pk=message, status__in=LEFT_THE_HOUSE).exists()


def _carry_out(firing: RuleFiring, *, by: User | None) -> RuleFiring:
    """Ask again, then act. What speaks against it is kept in words with the firing, which is then over."""
    firing.acted_at = timezone.now()
    version = RuleVersion.objects.select_related("rule").get(pk=firing.version_id)
    if why := checking.why_not(version, [firing]).get(firing.pk):
        firing.state, firing.why, firing.agreed = State.VOID, nameless(why, firing.application), None
    else:
        try:
            with transaction.atomic(), timeline.saying(rule=version.rule_id, rule_version=version.number):
                firing.did = actions.do(firing, firing.application, by=by)
            firing.state = State.DONE
        except Refused as refused:
            why = nameless(refused.sentence, firing.application)
            firing.state, firing.why, firing.agreed = State.REFUSED, why, None
    firing.save()
    return firing


def nameless(sentence: str, application: Application) -> str:
    """The sentence as it is kept: without the name, which may change, be erased, or be hidden from whoever reads it."""
    return sentence.replace(application.candidate.name, "{name}")[:300]


def _take_back(firing: RuleFiring, *, by: User) -> RuleFiring:
    application = entering.lock(firing.application)
    firing.version = RuleVersion.objects.select_related("rule").get(pk=firing.version_id)
    if why := actions.why_not_undone(firing, application, left_the_house(firing)):
        raise Refused(why)
    actions.undo(firing, application, by=by)
    firing.state = State.UNDONE
    return firing


def _demand_rejection(firing: RuleFiring) -> None:
    if firing.version.action["kind"] != "reject":
        raise Refused("Only rejections are agreed or disagreed with.")


def _locked(firing: RuleFiring) -> RuleFiring:
    RuleFiring.objects.select_for_update().get(pk=firing.pk)
    return RuleFiring.objects.for_row().get(pk=firing.pk)


def _open(firing: RuleFiring) -> RuleFiring:
    firing = _locked(firing)
    if not firing.is_open:
        raise Refused(_over(firing))
    return firing


def _over(firing: RuleFiring) -> str:
    return f"This is over: {firing.get_state_display().lower()}."
