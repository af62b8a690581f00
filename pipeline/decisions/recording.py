"""The record of a decision, made in the transaction of the transition it belongs to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from hiring.context import acting_now
from pipeline.blind import whom
from pipeline.decisions.grounds import Grounds
from pipeline.decisions.judged import NOTHING, Snapshot, goes_against, snapshots
from pipeline.models import Application, DecisionRecord, Stage, Transition

Outcome, Status = DecisionRecord.Outcome, Application.Status
TAKEN_BACK = {"undo", "restored"}


def records(transitions: Sequence[Transition], because: Grounds) -> list[DecisionRecord]:
    """A record for each of these transitions, to be stored with them by pipeline/entering.py, which locked their applications and
    read what is known of them: no statement where nobody judged or corrected anything, a few for any number otherwise."""
    known = snapshots([one.application for one in transitions])
    blind = whom.decided_blind(transitions)
    earlier = _earlier([one for one in transitions if one.reason in TAKEN_BACK])
    return [
        _record(
            one,
            because,
            known.get(one.application_id, NOTHING),
            earlier.get(one.application_id),
            is_blind=one.application_id in blind,
        )
        for one in transitions
    ]


def outcome_of(transition: Transition) -> str:
    if transition.reason in TAKEN_BACK:
        return Outcome.TAKE_BACK
    if transition.status == Status.REJECTED:
        return Outcome.REJECT
    if transition.status == Status.HIRED:
        return Outcome.HIRE
    left: Stage | None = transition.left
    return Outcome.SEND_BACK if left and transition.to.position < left.position else Outcome.ADVANCE


def _record(
    transition: Transition,
    because: Grounds,
    known: Snapshot,
    earlier: DecisionRecord | None,
    *,
    is_blind: bool,
) -> DecisionRecord:
    application, outcome = transition.application, outcome_of(transition)
    return DecisionRecord(
        application=application,
        outcome=outcome,
        way=because.way,
        door=acting_now().door,
        by=transition.by,
        rule=because.rule,
        rule_version=because.rule_version,
        act=because.act,
        at=transition.at,
        criteria_version=known.criteria_version,
        judging_version=known.judging_version,
        models_used=known.models_used,
        judgements=known.judgements,
        input_digest=_digest(application, known),
        resume=because.resume or application.resume_id,
        was_blind=is_blind,
        is_override=goes_against(outcome, known),
        override_reason=because.override_reason,
        grounds=[
            {"key": one["key"], "name": one["name"], "verdict": one["verdict"]}
            for one in known.judgements
            if one.get("key") in because.criteria
        ],
        reason=application.reason if outcome == Outcome.REJECT else None,
        note=because.note,
        takes_back=earlier,
    )


def _digest(application: Application, known: Snapshot) -> str:
    """One number for everything that was known: two decisions on the same facts have the same."""
    resume = application.resume
    said = [
        resume.sha256 if resume else "",
        application.answers,
        known.criteria_version,
        known.judging_version,
        known.judgements,
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def _earlier(transitions: Sequence[Transition]) -> dict[int, DecisionRecord]:
    """The decision each of these takes back: the last one on the application that is not itself a taking back."""
    if not transitions:
        return {}
    made = DecisionRecord.objects.filter(application__in=[one.application_id for one in transitions])
    made = made.exclude(outcome=Outcome.TAKE_BACK).order_by("application", "-at", "-pk").distinct("application")
    return {one.application_id: one for one in made}
