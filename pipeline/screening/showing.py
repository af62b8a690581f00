"""Criteria and judgements as pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Count, Q
from django.utils.safestring import SafeString

from hiring import addresses, semantic
from hiring.models import Job
from pipeline.models import Application, CriterionKind, Judgement, Need, Verdict
from pipeline.screening import drawing, hints
from pipeline.screening.criteria import WEIGHTS, Criteria, Criterion
from pipeline.screening.drawing import Quote
from pipeline.screening.judging import Judged, Standing
from pipeline.screening.results import Evidence

VERSIONS_AT_MOST = 20
ICONS = {
    CriterionKind.SKILL: "tools",
    CriterionKind.EXPERIENCE: "calendar-time",
    CriterionKind.TITLE: "id-badge-2",
    CriterionKind.LANGUAGE: "language",
    CriterionKind.LOCATION: "map-pin",
    CriterionKind.CERTIFICATE: "certificate",
    CriterionKind.ANSWER: "message-question",
    CriterionKind.STATEMENT: "quote",
}
MARKS = {Verdict.MET: "yes", Verdict.PARTLY: "part", Verdict.NOT_FOUND: "open", Verdict.UNKNOWN: "look"}
VERDICT_ICONS = {
    Verdict.MET: "circle-check",
    Verdict.PARTLY: "circle-half-2",
    Verdict.NOT_FOUND: "circle-dashed",
    Verdict.UNKNOWN: "help-circle",
}


@dataclass(frozen=True)
class Kind:
    value: str
    label: str
    icon: str


def kinds() -> list[Kind]:
    return [Kind(value, label, ICONS[CriterionKind(value)]) for value, label in CriterionKind.choices]


@dataclass(frozen=True)
class Row:
    """A criterion on the job's page. `is_first` and `is_last` within what matters as much; `counts` of those in the running."""

    criterion: Criterion
    icon: str
    is_first: bool
    is_last: bool
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return CriterionKind(self.criterion.kind).label

    @property
    def weight(self) -> list[bool]:
        return [weight <= self.criterion.weight for weight in WEIGHTS]

    @property
    def people(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Group:
    need: str
    label: str
    rows: list[Row]


def groups(criteria: Sequence[Criterion], counted: Mapping[str, Mapping[str, int]]) -> list[Group]:
    """By how much they matter, those that matter most first; empty groups are left out."""
    found = []
    for need, label in Need.choices:
        mine = [one for one in criteria if one.need == need]
        rows = [
            Row(one, ICONS[CriterionKind(one.kind)], at == 0, at == len(mine) - 1, counted.get(one.key, {}))
            for at, one in enumerate(mine)
        ]
        if rows:
            found.append(Group(need, label, rows))
    return found


@dataclass(frozen=True)
class Progress:
    """How many of the job's active applications are judged by the criteria as they stand."""

    judged: int = 0
    total: int = 0

    @property
    def is_awaited(self) -> bool:
        return self.judged < self.total


def progress(job: Job) -> Progress:
    active = Judgement.objects.filter(application__job=job, application__status=Application.Status.ACTIVE)
    settled = Q(status__in=[Judgement.Status.DONE, Judgement.Status.FAILED])
    found = active.aggregate(judged=Count("pk", filter=settled), total=Count("pk"))
    return Progress(**found)


COUNTS = """
SELECT r->>'key', coalesce(c.verdict, r->>'verdict'), count(*)
  FROM pipeline_application a JOIN pipeline_judgement j ON j.application_id = a.id AND j.status = 'done'
 CROSS JOIN LATERAL jsonb_array_elements(j.results) r
  LEFT JOIN pipeline_judgementcorrection c ON c.application_id = a.id AND c.key = r->>'key' AND c.taken_back_at IS NULL
 WHERE a.job_id = %s AND a.status = 'active' AND j.criteria_id = %s
 GROUP BY 1, 2
"""


def counts(job: Job, held: Criteria) -> dict[str, dict[str, int]]:
    """How many active applications meet each criterion of this version, partly meet it and so on: verdict to number, by key."""
    if held.pk is None:
        return {}
    found: dict[str, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, [job.pk, held.pk])
        for key, verdict, number in cursor.fetchall():
            found.setdefault(key, {})[verdict] = number
    return found


# --- one application ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One criterion of an application: `said` says it with the verdict and the passages that show it. `may_correct` for those who
    may put it right, while they are not at it."""

    judged: Judged
    mark: str
    anchor: str
    may_correct: bool
    said: SafeString

    @property
    def judged_label(self) -> str:
        return Verdict(self.judged.judged).label


@dataclass(frozen=True)
class Shown:
    """The criteria of an application by how much they matter."""

    standing: Standing
    groups: list[tuple[str, str, list[Line]]] = field(default_factory=list)

    @property
    def pips(self) -> str:
        """One letter a criterion, in their order, by which a row of pips is drawn."""
        return self.standing.tally.marks

    @property
    def musts_open(self) -> int:
        return self.standing.tally.musts - self.standing.tally.musts_met


def of(standing: Standing, application: int, *, may_correct: bool) -> Shown:
    found: list[tuple[str, str, list[Line]]] = []
    for need, label in Need.choices:
        mine = (one for one in standing.judged if one.criterion.need == need)
        if lines := [line(one, application, may_correct=may_correct) for one in mine]:
            found.append((need, label, lines))
    return Shown(standing, found)


def line(one: Judged, application: int, *, may_correct: bool) -> Line:
    verdict, says, key = Verdict(one.verdict), one.criterion.says, one.criterion.key
    wants_hint = may_correct and hints.is_open(one) and semantic.is_on()
    said = drawing.said(
        VERDICT_ICONS[verdict],
        says,
        verdict.label,
        [_quote(each, one.document) for each in one.evidence],
        one.note,
        correct=drawing.correcting(application, key, says) if may_correct else drawing.NOTHING,
        hint=drawing.hint(application, key) if wants_hint else drawing.NOTHING,
    )
    return Line(one, MARKS[verdict], f"{application}-{key}", may_correct, said)


def _quote(one: Evidence, document: int | None) -> Quote:
    before, marked, after = one.quote.partition(one.found) if one.found else ("", one.quote, "")
    if not marked:
        before, marked, after = "", one.quote, ""
    if one.source != "resume" or document is None:
        return Quote(before, marked, after, one.where)
    look = {"find": one.found, "from": one.start} if one.found else {}
    return Quote(before, marked, after, one.where, f"{addresses.of('document_preview', document)}?{urlencode(look)}")


def context(standing: Standing, application: Application, *, may_correct: bool, **more: Any) -> dict[str, Any]:
    """What `pipeline/_criteria.html` is drawn with."""
    return {"shown": of(standing, application.pk, may_correct=may_correct), "application": application, **more}
