"""Putting a judgement right by hand, with the reason. It stands however often the application is judged again."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import User
from hiring.timeline import record
from pipeline.models import Application, Judgement, JudgementCorrection, Verdict
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
    said = " ".join(reason.replace("\x00", "").split())
    if not said:
        raise Refused("Say why, in a few words: whoever decides later has to be able to follow.")
    if len(said) > LONGEST_REASON:
        raise Refused(f"That is too long: at most {LONGEST_REASON} characters.")
    return _write(application, _asked(application, key), verdict, Kind.CORRECTED, said, {}, by=by)


@transaction.atomic
def take_back(correction: JudgementCorrection, *, by: User | None) -> None:
    """Let what was judged stand again. Twice is once."""
    now = timezone.now()
    standing = JudgementCorrection.objects.standing().filter(pk=correction.pk)
    if standing.update(taken_back_at=now, taken_back_by=by):
        judging.count_again(correction.application)
        _said(correction.application, "application.judgement_taken_back", by)


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
) -> JudgementCorrection:
    now, key = timezone.now(), about.criterion.key
    standing = JudgementCorrection.objects.standing().filter(application=application, key=key)
    standing.update(taken_back_at=now, taken_back_by=by)
    quote = about.evidence[0].quote if about.evidence else ""
    made = JudgementCorrection.objects.create(
        application=application,
        key=key,
        kind=kind,
        verdict=verdict,
        reason=reason,
        evidence=evidence,
        seen={"verdict": about.judged, "says": about.criterion.says, "quote": quote},
        by=by,
        at=now,
    )
    judging.count_again(application)
    _said(application, "application.judgement_corrected", by)
    return made


def _said(application: Application, kind: str, by: User | None) -> None:
    record(application.candidate, kind, by, job=application.job)
