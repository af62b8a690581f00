"""Putting a judgement right by hand, with the reason. It stands however often the application is judged again."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import User
from hiring.timeline import record
from pipeline.models import Application, Judgement, JudgementCorrection, StatementHint, Verdict
from pipeline.screening import judging
from pipeline.screening.judging import Judged

LONGEST_REASON = 300
GONE = "This criterion is no longer asked. Look at the application again."
Kind = JudgementCorrection.Kind


@transaction.atomic
def correct(application: Application, key: str, verdict: str, reason: str, *, by: User | None) -> JudgementCorrection:
    """Say what holds of a criterion, and why. Saying it again replaces what was said."""
    if verdict not in Verdict.values:
        raise Refused("Choose what holds.")
    said = _short(reason)
    if not said:
        raise Refused("Say why, in a few words: whoever decides later has to be able to follow.")
    return _write(application, _asked(application, key), verdict, Kind.CORRECTED, said, {}, by=by)


@transaction.atomic
def confirm(
    application: Application, key: str, hint: int, *, by: User | None, verdict: str = Verdict.MET, reason: str = ""
) -> JudgementCorrection:
    """Say that the passage a hint proposes shows what is asked, or partly. It is theirs then, with the model that proposed it."""
    if verdict not in (Verdict.MET, Verdict.PARTLY):
        raise Refused("A passage shows it, shows part of it, or does not.")
    about, row = _asked(application, key), _hint(application, key, hint)
    said = _short(reason) or ("The passage shows it." if verdict == Verdict.MET else "The passage shows part of it.")
    return _write(application, about, verdict, Kind.CONFIRMED, said, row.evidence, by=by, hint=row)


@transaction.atomic
def dismiss(application: Application, key: str, hint: int, *, by: User | None, reason: str = "") -> JudgementCorrection:
    """Say that the passage does not show it. The statement goes on needing a look; the passage is not proposed again."""
    about, row = _asked(application, key), _hint(application, key, hint)
    said = _short(reason) or "The passage does not show it."
    return _write(application, about, about.judged, Kind.DISMISSED, said, {}, by=by, hint=row)


@transaction.atomic
def take_back(correction: JudgementCorrection, *, by: User | None) -> None:
    """Let what was judged stand again. Twice is once."""
    now = timezone.now()
    standing = JudgementCorrection.objects.standing().filter(pk=correction.pk)
    if standing.update(taken_back_at=now, taken_back_by=by):
        judging.count_again(correction.application)
        _said(correction.application, "application.judgement_taken_back", by)


def _short(reason: str) -> str:
    said = " ".join(reason.replace("\x00", "").split())
    if len(said) > LONGEST_REASON:
        raise Refused(f"That is too long: at most {LONGEST_REASON} characters.")
    return said


def _hint(application: Application, key: str, pk: int) -> StatementHint:
    found = (
        StatementHint.objects.filter(pk=pk, application=application, key=key, due_at=None).exclude(evidence={}).first()
    )
    if found is None:
        raise Refused("This passage is no longer proposed. Look at the application again.")
    return found


def _asked(application: Application, key: str) -> Judged:
    """The criterion as it stands for this application, with the row held. Refused when it is gone."""
    Judgement.objects.select_for_update().filter(pk=application.pk).first()
    for one in judging.judged(application):
        if one.criterion.key == key:
            return one
    raise Refused(GONE)


def _write(
    application: Application,
    about: Judged,
    verdict: str,
    kind: str,
    reason: str,
    evidence: dict[str, Any],
    *,
    by: User | None,
    hint: StatementHint | None = None,
) -> JudgementCorrection:
    now, key = timezone.now(), about.criterion.key
    standing = JudgementCorrection.objects.standing().filter(application=application, key=key)
    standing.update(taken_back_at=now, taken_back_by=by)
    quote = about.evidence[0].quote if about.evidence else ""
    seen: dict[str, Any] = {"verdict": about.judged, "says": about.criterion.says, "quote": quote}
    if hint:
        seen |= {"quote": hint.evidence.get("quote", ""), "model": hint.model, "closeness": hint.closeness}
    made = JudgementCorrection.objects.create(
        application=application,
        key=key,
        kind=kind,
        verdict=verdict,
        reason=reason,
        evidence=evidence,
        seen=seen,
        by=by,
        at=now,
    )
    judging.count_again(application)
    _said(application, "application.judgement_corrected", by)
    return made


def _said(application: Application, kind: str, by: User | None) -> None:
    record(application.candidate, kind, by, job=application.job)
