"""Judging applications: what stands of each, and doing it in the background, thousands of a job set by set.

An application that waits to be judged is a row that is due (invariant 10): new criteria, another résumé, a corrected profile or
better rules make it due again. Those that ended keep what they were judged.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from hiring import masks, taxonomy
from hiring.models import Job
from hiring.prepared import Given, prepared
from pipeline.blind import showing
from pipeline.models import Application, Judgement, JudgementCorrection, Verdict
from pipeline.screening import ahead
from pipeline.screening import criteria as criteria_held
from pipeline.screening.criteria import Criteria, Criterion
from pipeline.screening.matching import JUDGING_VERSION, judge
from pipeline.screening.reading import Case, cases
from pipeline.screening.results import Evidence, Result, Tally, tally

logger = logging.getLogger(__name__)

AT_ONCE = 100
SWEEP_AT_ONCE = 500
STUCK_AFTER = dt.timedelta(minutes=3)
LEFT_BEHIND_AFTER = dt.timedelta(seconds=30)
WAITS_AT_MOST = dt.timedelta(minutes=10)
ATTEMPTS = 3


# --- asking -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Judged:
    """One criterion for one application. `verdict` is what stands; `judged` what the rules said, whatever a person made of it."""

    criterion: Criterion
    verdict: str
    evidence: tuple[Evidence, ...] = ()
    note: str = ""
    rule: str = ""
    judged: str = Verdict.UNKNOWN
    document: int | None = None
    """The document whose text the places of the evidence are places of."""
    correction: JudgementCorrection | None = None

    @property
    def place(self) -> Evidence | None:
        """The first evidence that stands in a résumé."""
        return next((one for one in self.evidence if one.source == "resume"), None)

    @property
    def corrected_by(self) -> Any:
        return self.correction.by if self.correction else None

    @property
    def label(self) -> str:
        return Verdict(self.verdict).label


@dataclass(frozen=True)
class Standing:
    """How an application meets its job's criteria. Empty where there are none, or nothing was judged yet."""

    judged: tuple[Judged, ...] = ()
    tally: Tally = field(default_factory=Tally)
    criteria_version: int = 0
    judging_version: str = ""
    taxonomy_version: int = 0
    judged_at: dt.datetime | None = None
    is_awaited: bool = False
    waits_until: dt.datetime | None = None
    """Until when the law keeps software from judging it (AI-10)."""

    def as_record(self) -> dict[str, Any]:
        """For a record of a decision: every criterion with what stood, its evidence, who said so, and the versions."""
        return {
            "criteria_version": self.criteria_version,
            "judging_version": self.judging_version,
            "taxonomy_version": self.taxonomy_version,
            "judged_at": self.judged_at.isoformat() if self.judged_at else None,
            "tally": dict(vars(self.tally)),
            "criteria": [
                {
                    **one.criterion.as_json(),
                    "key": one.criterion.key,
                    "says": one.criterion.says,
                    "verdict": one.verdict,
                    "judged": one.judged,
                    "rule": one.rule,
                    "note": one.note,
                    "document": one.document,
                    "evidence": [each.as_json() for each in one.evidence],
                    "corrected": _said_by(one.correction),
                }
                for one in self.judged
            ],
        }


def _said_by(correction: JudgementCorrection | None) -> dict[str, Any] | None:
    if correction is None:
        return None
    return {
        "by": correction.by_id,
        "at": correction.at.isoformat(),
        "kind": correction.kind,
        "reason": correction.reason,
    }


def judged(application: Application) -> list[Judged]:
    """Each criterion of the application's judgement, in order, with what stands."""
    return list(standing(application).judged)


def summary(application: Application) -> Tally:
    """How many criteria are met, of how many."""
    return standing(application).tally


def standing(application: Application) -> Standing:
    return standings([application.pk]).get(application.pk, Standing())


def standings(application_ids: Iterable[int]) -> dict[int, Standing]:
    """What stands for each of these applications, of those whose job has criteria: two questions."""
    rows = {row.pk: row for row in Judgement.objects.filter(pk__in=list(application_ids)).select_related("criteria")}
    return _standings(rows, list(rows))


def of_loaded(applications: Iterable[Application]) -> dict[int, Standing]:
    """`standings` of applications that were fetched with `judgement__criteria`: one question, none where they were fetched with
    `has_corrections` and nobody has put anything right."""
    judged = [one for one in applications if hasattr(one, "judgement")]
    corrected = [one.pk for one in judged if getattr(one, "has_corrections", True)]
    return _standings({one.pk: one.judgement for one in judged}, corrected)


@prepared
def corrections_of(applications: Given) -> QuerySet[JudgementCorrection]:
    return JudgementCorrection.objects.standing().filter(application__any=applications).select_related("by")


def _standings(rows: Mapping[int, Judgement], corrected: Sequence[int]) -> dict[int, Standing]:
    corrections: dict[int, dict[str, JudgementCorrection]] = {}
    for one in corrections_of(applications=corrected) if corrected else ():
        corrections.setdefault(one.application_id, {})[one.key] = one
    found = {pk: of_row(row, corrections.get(pk, {})) for pk, row in rows.items()}
    return showing.standings(found) if masks.viewer() else found


def of_row(row: Judgement, corrections: Mapping[str, JudgementCorrection]) -> Standing:
    """What stands of a judgement under these corrections, by what they are about."""
    criteria = Criteria.of(row.criteria).criteria
    results = {one.key: one for one in map(Result.from_json, row.results)}
    found = tuple(_judged(one, results.get(one.key), corrections.get(one.key), row.document_id) for one in criteria)
    counts = tally(criteria, {one.criterion.key: one.verdict for one in found})
    return Standing(
        found,
        counts,
        row.criteria.number if row.criteria else 0,
        row.judging_version,
        row.taxonomy_version,
        row.judged_at,
        row.is_awaited,
        row.waits_until,
    )


def _judged(
    criterion: Criterion, result: Result | None, correction: JudgementCorrection | None, document: int | None
) -> Judged:
    result = result or Result(criterion.key, Verdict.UNKNOWN, "")
    verdict, evidence = result.verdict, result.evidence
    if correction:
        verdict = correction.verdict
        if correction.evidence:
            evidence = (Evidence.from_json(correction.evidence), *evidence)
    return Judged(criterion, verdict, evidence, result.note, result.rule, result.verdict, document, correction)


# --- what is due ------------------------------------------------------------------------------------------------------

MARK = """
INSERT INTO pipeline_judgement AS j (application_id, status, due_at, attempts, judging_version, taxonomy_version, input_sha256, results,
    "of", met, partly, unknown, musts, musts_met)
SELECT a.id, 'due', %(now)s, 0, '', 0, '', '[]', 0, 0, 0, 0, 0, 0 FROM pipeline_application a
 WHERE a.status = 'active' AND {which}
   AND EXISTS (SELECT 1 FROM pipeline_criteriaversion v WHERE v.job_id = a.job_id)
 ORDER BY a.id
ON CONFLICT (application_id) DO UPDATE SET status = 'due', due_at = EXCLUDED.due_at, claimed_at = NULL, attempts = 0
RETURNING application_id
"""
OF_JOB, OF_PEOPLE, OF_THESE = "a.job_id = ANY(%(ids)s)", "a.candidate_id = ANY(%(ids)s)", "a.id = ANY(%(ids)s)"


def mark_job(job: Job) -> None:
    """Its criteria changed: everybody who is in the running is judged again."""
    _mark(OF_JOB, [job.pk])


def mark_people(candidate_ids: Iterable[int]) -> None:
    """What is known of these people may have changed."""
    _mark(OF_PEOPLE, list(candidate_ids))


def mark(application_ids: Iterable[int]) -> None:
    _mark(OF_THESE, list(application_ids))


def _mark(which: str, ids: Sequence[int]) -> None:
    """Make these due, in one statement, and have them judged once the transaction is through."""
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(MARK.format(which=which), {"ids": list(ids), "now": timezone.now()})
        due = [row[0] for row in cursor.fetchall()]
    if due:
        transaction.on_commit(lambda: hand_over(due), robust=True)


def hand_over(application_ids: Sequence[int]) -> None:
    """Have them judged by a worker, some to a message. A lost message is found by the sweep."""
    from pipeline.tasks import judge_applications

    for start in range(0, len(application_ids), AT_ONCE):
        ids = list(application_ids[start : start + AT_ONCE])
        try:
            judge_applications.apply_async(args=[ids], retry=False)
        except Exception as error:  # whatever the broker's client raises: the rows are due all the same
            logger.warning(
                "judging_left_for_the_sweep", extra={"applications": len(ids), "error": type(error).__name__}
            )
            return


# --- judging ----------------------------------------------------------------------------------------------------------

CLAIM = """
UPDATE pipeline_judgement j SET status = 'working', claimed_at = %(now)s, attempts = attempts + 1
  FROM (SELECT application_id FROM pipeline_judgement WHERE status = 'due' AND application_id = ANY(%(ids)s)
         ORDER BY application_id FOR UPDATE SKIP LOCKED) due
 WHERE j.application_id = due.application_id
RETURNING j.application_id
"""
WRITE = """
UPDATE pipeline_judgement j SET status = r.status, criteria_id = r.criteria, document_id = r.document, judging_version = %(version)s,
    taxonomy_version = %(taxonomy)s, input_sha256 = r.sha256, results = r.results, "of" = r."of", met = r.met, partly = r.partly,
    unknown = r.unknown, musts = r.musts, musts_met = r.musts_met, weighed = r.weighed, marks = r.marks,
    judged_at = %(now)s, claimed_at = NULL
  FROM jsonb_to_recordset(%(rows)s) AS r(id bigint, status text, criteria bigint, document bigint, sha256 text, results jsonb, "of" int,
    met int, partly int, unknown int, musts int, musts_met int, weighed int, marks text)
 WHERE j.application_id = r.id AND j.status = 'working' AND j.claimed_at = %(claimed)s
"""


def judge_due(application_ids: Iterable[int]) -> int:
    """Judge those of these that are due; the rest was done by somebody else. Applications judged."""
    ids, done = sorted(set(application_ids)), 0
    for start in range(0, len(ids), AT_ONCE):
        done += _judge_some(ids[start : start + AT_ONCE])
    return done


def _judge_some(ids: Sequence[int]) -> int:
    claimed_at = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"ids": list(ids), "now": claimed_at})
        mine = [row[0] for row in cursor.fetchall()]
    if not mine:
        return 0
    found = cases(mine)
    held = ahead.held_until(found)
    waiting = [case.application.pk for case in found if case.waits and case.application.pk not in held]
    rows = [row for case in found if not case.waits and case.application.pk not in held and (row := _row(case))]
    claim = Judgement.objects.filter(status=Judgement.Status.WORKING, claimed_at=claimed_at)
    for until in set(held.values()):
        those = [pk for pk, one in held.items() if one == until]
        claim.filter(pk__in=those).update(status=Judgement.Status.DUE, due_at=until, claimed_at=None, attempts=0)
    if waiting:
        claim.filter(pk__in=waiting).update(status=Judgement.Status.WAITING, claimed_at=None)
    if not rows:
        return 0
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "rows": json.dumps(rows),
            "version": JUDGING_VERSION,
            "taxonomy": taxonomy.version(),
            "now": timezone.now(),
            "claimed": claimed_at,
        }
        cursor.execute(WRITE, values)
        return int(cursor.rowcount)


def _row(case: Case) -> dict[str, Any] | None:
    """A judgement as it is written. What breaks the rules is left to the sweep, which gives up after some attempts."""
    if case.facts is None:
        return None
    try:
        results = judge(case.criteria.criteria, case.facts)
    except Exception as error:
        logger.error(
            "application_not_judged", extra={"application": case.application.pk, "error": type(error).__name__}
        )
        return None
    verdicts = {one.key: one.verdict for one in results} | {one.key: one.verdict for one in case.corrections}
    return {
        "id": case.application.pk,
        "status": Judgement.Status.DONE,
        "criteria": case.criteria.pk,
        "document": case.document.pk if case.document else None,
        "sha256": case.sha256,
        "results": [one.as_json() for one in results],
        **vars(tally(case.criteria.criteria, verdicts)),
    }


def count_again(application: Application) -> None:
    """Write down the counts after a correction."""
    row = Judgement.objects.select_related("criteria").filter(pk=application.pk).first()
    if row is None:
        return
    corrections = JudgementCorrection.objects.standing().filter(application=application)
    counts = of_row(row, {one.key: one for one in corrections}).tally
    Judgement.objects.filter(pk=application.pk).update(**vars(counts))


# --- what was left behind ---------------------------------------------------------------------------------------------


def sweep() -> list[int]:
    """Put back what got stuck, give up on what got stuck too often, and let what other rules judged be judged again. The
    applications that are due and were left behind."""
    now = timezone.now()
    stuck = Judgement.objects.filter(status=Judgement.Status.WORKING, claimed_at__lt=now - STUCK_AFTER)
    stuck.filter(attempts__lt=ATTEMPTS).update(status=Judgement.Status.DUE, claimed_at=None)
    stuck.filter(attempts__gte=ATTEMPTS).update(
        status=Judgement.Status.FAILED,
        claimed_at=None,
        judging_version=JUDGING_VERSION,
        taxonomy_version=taxonomy.version(),
    )
    waits = Judgement.objects.filter(status=Judgement.Status.WAITING, due_at__lt=now - WAITS_AT_MOST)
    waits.update(status=Judgement.Status.DUE, due_at=now)
    due = Judgement.objects.due().filter(due_at__lt=now - LEFT_BEHIND_AFTER).order_by("-due_at", "-pk")
    return list(due.values_list("pk", flat=True)[:SWEEP_AT_ONCE]) or outdated()


def outdated(most: int = SWEEP_AT_ONCE) -> list[int]:
    """Make due what other rules or another taxonomy judged, of applications that run. Their ids."""
    settled = Judgement.objects.filter(status__in=[Judgement.Status.DONE, Judgement.Status.FAILED])
    running = settled.filter(application__status=Application.Status.ACTIVE)
    current = running.filter(judging_version=JUDGING_VERSION, taxonomy_version=taxonomy.version())
    ids = list(running.exclude(pk__in=current.values("pk")).order_by("-pk").values_list("pk", flat=True)[:most])
    Judgement.objects.filter(pk__in=ids).update(status=Judgement.Status.DUE, due_at=timezone.now(), attempts=0)
    return ids


def oldest_due() -> dt.datetime | None:
    """For /readyz: since when an application waits to be judged."""
    return Judgement.objects.due().order_by("due_at").values_list("due_at", flat=True).first()


criteria_held.changed.append(mark_job)
