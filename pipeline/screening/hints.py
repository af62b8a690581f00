"""Hints for free statements: the passage of the résumé that is nearest to what is asked, for a person to confirm or dismiss.

The local sentence model finds passages and decides nothing (matching.md 5): a hint is no verdict, counts nowhere, and is made
only of what judging may look at. Asked for when somebody looks at the person, made in the embedding process, one résumé at a
time. Without the model, or before it got there, there simply is none.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from hiring import masks, semantic
from hiring.semantic import storage, texts
from hiring.semantic.model import NAME
from pipeline.blind import showing
from pipeline.models import Application, CriterionKind, StatementHint
from pipeline.screening.facts import Facts, called
from pipeline.screening.judging import Judged, Standing
from pipeline.screening.reading import cases
from pipeline.screening.results import Evidence

if TYPE_CHECKING:
    from hiring.semantic.model import Model

LEAST = 0.3
"""How near a passage has to be to be worth a look; below it, what is nearest is as good as chance."""
AT_ONCE = 4
MOST_PASSAGES = 90
SHORTEST, LONGEST = 25, 260
TAKEN_FOR = dt.timedelta(minutes=5)
SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=\S)")


@dataclass(frozen=True)
class Hint:
    """What is offered for a statement: a passage, or that it is still being looked for."""

    pk: int = 0
    evidence: Evidence | None = None
    is_awaited: bool = False


# --- asking -----------------------------------------------------------------------------------------------------------


def open_statements(standing: Standing) -> list[Judged]:
    """Statements nobody has judged, of somebody with a résumé to look in."""
    return [one for one in standing.judged if is_open(one)]


def is_open(one: Judged) -> bool:
    return one.criterion.kind == CriterionKind.STATEMENT and one.correction is None and bool(one.document)


def of(application: Application, standing: Standing) -> dict[str, Hint]:
    """The hint for each open statement by its key; those that were never made are asked for. One question, two when some were."""
    wanted = open_statements(standing) if semantic.is_on() else []
    if not wanted:
        return {}
    rows = {row.key: row for row in StatementHint.objects.filter(application=application, model=NAME)}
    missing = [one for one in wanted if _is_missing(rows.get(one.criterion.key), one)]
    if missing:
        _ask(application, missing)
    found = {}
    for one in wanted:
        row = rows.get(one.criterion.key)
        if one in missing or row is None or row.due_at:
            found[one.criterion.key] = Hint(is_awaited=True)
        elif row.evidence:
            found[one.criterion.key] = Hint(row.pk, _shown(application, Evidence.from_json(row.evidence)))
    return found


def _is_missing(row: StatementHint | None, one: Judged) -> bool:
    return row is None or row.document_id != one.document


def _ask(application: Application, missing: Sequence[Judged]) -> None:
    now = timezone.now()
    StatementHint.objects.bulk_create(
        [
            StatementHint(
                application=application, key=one.criterion.key, document_id=one.document, model=NAME, due_at=now
            )
            for one in missing
            if one.document
        ],
        update_conflicts=True,
        unique_fields=["application", "key"],
        update_fields=["document", "model", "evidence", "closeness", "due_at", "taken_at", "made_at"],
    )


def _shown(application: Application, evidence: Evidence) -> Evidence:
    """Without the words that tell who a hidden person is."""
    return showing.evidence_of(application, evidence) if masks.mask_of(application.candidate_id) else evidence


# --- making, in the embedding process ---------------------------------------------------------------------------------


def step(model: Model, between: Callable[[], None]) -> int:
    """Make the hints of the few people that have waited longest. `between` is called between two texts. How many people."""
    people = _take()
    for case in cases(people):
        rows = list(StatementHint.objects.filter(application=case.application, due_at__isnull=False))
        statements = {
            one.key: str(one.asks.get("text", "")) for one in case.criteria.criteria if one.kind == "statement"
        }
        facts = case.facts if case.document and {row.document_id for row in rows} == {case.document.pk} else None
        found = nearest(model, facts, [statements.get(row.key, "") for row in rows], between) if facts else {}
        for row in rows:
            evidence, closeness = found.get(statements.get(row.key, ""), (None, None))
            StatementHint.objects.filter(pk=row.pk, due_at=row.due_at).update(
                evidence=evidence.as_json() if evidence else {}, closeness=closeness, due_at=None, taken_at=None,
                made_at=timezone.now(),
            )  # fmt: skip
    return len(people)


def _take() -> list[int]:
    now = timezone.now()
    free = Q(taken_at=None) | Q(taken_at__lt=now - TAKEN_FOR)
    due = StatementHint.objects.filter(free, due_at__isnull=False).order_by("due_at", "pk")
    people = list(dict.fromkeys(due.values_list("application", flat=True)[: AT_ONCE * 4]))[:AT_ONCE]
    mine = StatementHint.objects.filter(free, application__in=people, due_at__isnull=False)
    return people if people and mine.update(taken_at=now) else []


def nearest(
    model: Model, facts: Facts, statements: Sequence[str], between: Callable[[], None] = lambda: None
) -> dict[str, tuple[Evidence, float]]:
    """For each statement the passage nearest to it, where one is near enough."""
    vectors = []
    for start, end in passages(facts):
        vectors.append((start, end, storage.numbers(model.embed(_bare(facts.text[start:end])))))
        between()
    found = {}
    for statement in filter(None, statements):
        asked = storage.numbers(model.embed(statement))
        near = [(sum(a * b for a, b in zip(asked, held, strict=True)), start, end) for start, end, held in vectors]
        closeness, start, end = max(near, default=(0.0, 0, 0))
        if closeness >= LEAST:
            found[statement] = (_evidence(facts, start, end), round(closeness, 3))
    return found


def passages(facts: Facts) -> list[tuple[int, int]]:
    """Sentences and bullets of what judging may look at, in order; lines that run on are joined."""
    found = [
        (start, end) for first, last in _blocks(facts) for start, end in _sentences(facts.text, first, last)
        if SHORTEST <= end - start <= LONGEST and facts.counts(start, end)
    ]  # fmt: skip
    return found[:MOST_PASSAGES]


def _blocks(facts: Facts) -> Iterator[tuple[int, int]]:
    """Lines in one piece where a line goes on in the next: it does not end a sentence, and the next begins in lower case."""
    opens = closes = -1
    for match in re.finditer(r"[^\n]+", facts.text):
        line = match.group().strip()
        if not line:
            continue
        goes_on = opens >= 0 and line[0].islower() and facts.text[closes - 1] not in ".!?:;"
        if goes_on and match.end() - opens <= LONGEST:
            closes = match.end()
            continue
        if opens >= 0:
            yield opens, closes
        opens, closes = match.start(), match.start() + len(match.group().rstrip())
    if opens >= 0:
        yield opens, closes


def _sentences(text: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    at = first
    for gap in [*SENTENCE.finditer(text, first, last), None]:
        end = gap.start() if gap else last
        bare = text[at:end]
        start = at + len(bare) - len(bare.lstrip(" \t•-*–·"))
        yield start, end
        at = gap.end() if gap else last


def _bare(passage: str) -> str:
    """Without what says nothing about the work: years and contacts."""
    return " ".join(texts.YEARS.sub(" ", texts.CONTACTS.sub(" ", passage)).split())


def _evidence(facts: Facts, start: int, end: int) -> Evidence:
    job = facts.job_at(start)
    said = " ".join(facts.text[start:end].split())
    return Evidence("resume", said, called(job) if job else "Résumé", start, end, said)
