"""The criteria of a job: what is asked, how much it matters, and each change of them as a version of its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import Job, User
from pipeline.models import CriteriaVersion, CriterionKind, Need

AT_MOST = 25
WEIGHTS = range(1, 6)
USUAL_WEIGHT = 3
CHANGED_ELSEWHERE = "A colleague changed the criteria meanwhile. Look at them again."

changed: list[Callable[[Job], None]] = []
"""Who has to follow a new version, in its transaction: judging marks the job's applications due."""


@dataclass(frozen=True)
class Criterion:
    """One requirement. `asks` is what is looked for, by kind:

    skill {skill, years} · experience {years} · title {title, years} · language {language, level} · location {city, country} ·
    certificate {name} · answer {question, label, accept | least} · statement {text}. `years` 0 and `level` "" ask for none.
    """

    kind: str
    need: str = Need.MUST
    weight: int = USUAL_WEIGHT
    asks: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def key(self) -> str:
        """What it asks, in a word: the same in every version and every job. Need, weight and order are no part of it."""
        asked = {
            name: _told(value) for name, value in self.asks.items() if name != "label" and value not in ("", 0, None)
        }
        said = json.dumps([self.kind, asked], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()[:12]

    @property
    def says(self) -> str:
        from pipeline.screening import wording

        return wording.says(self)

    @property
    def is_must(self) -> bool:
        return self.need == Need.MUST

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "need": self.need, "weight": self.weight, "asks": dict(self.asks)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Criterion:
        return cls(data["kind"], data["need"], data["weight"], data["asks"])


def _told(value: Any) -> Any:
    return " ".join(value.casefold().split()) if isinstance(value, str) else value


@dataclass(frozen=True)
class Criteria:
    """The criteria of a job in one version, in order. Number 0 stands for a job that never had any."""

    number: int = 0
    criteria: tuple[Criterion, ...] = ()
    pk: int | None = None

    @classmethod
    def of(cls, row: CriteriaVersion | None) -> Criteria:
        if row is None:
            return cls()
        return cls(row.number, tuple(Criterion.from_json(one) for one in row.criteria), row.pk)

    def find(self, key: str) -> Criterion:
        """The criterion with this key. Refused when it is gone."""
        for one in self.criteria:
            if one.key == key:
                return one
        raise Refused(CHANGED_ELSEWHERE)


def of_job(job: Job) -> Criteria:
    """The criteria that count now."""
    return Criteria.of(CriteriaVersion.objects.filter(job=job).order_by("-number").first())


def of_jobs(job_ids: Iterable[int]) -> dict[int, Criteria]:
    """The criteria that count now, of the jobs that have had any: one query."""
    newest = CriteriaVersion.objects.filter(job__in=list(job_ids)).order_by("job", "-number").distinct("job")
    return {row.job_id: Criteria.of(row) for row in newest}


# --- changing them --------------------------------------------------------------------------------------------------


@transaction.atomic
def add(job: Job, *added: Criterion, by: User | None) -> Criteria:
    """Add criteria, each behind those that matter as much. What is asked already is refused."""
    held = _locked(job)
    rows = list(held.criteria)
    for one in added:
        if any(other.key == one.key for other in rows):
            raise Refused(f"“{one.says}” is asked already.")
        _must_be_possible(one)
        rows.insert(_place(rows, one.need), one)
    if len(rows) > AT_MOST:
        raise Refused(f"A job has at most {AT_MOST} criteria. Those that matter most are few.")
    said = "Added " + _listed([one.says for one in added])
    return _write(job, held, rows, said, by=by)


@transaction.atomic
def change(job: Job, key: str, to: Criterion, *, by: User | None) -> Criteria:
    """Put another criterion in the place of this one: other words, or only another need or weight."""
    held = _locked(job)
    old = held.find(key)
    if to.key != key and any(other.key == to.key for other in held.criteria):
        raise Refused(f"“{to.says}” is asked already.")
    _must_be_possible(to)
    rows = [to if one.key == key else one for one in held.criteria]
    if old.need != to.need:
        rows.remove(to)
        rows.insert(_place(rows, to.need), to)
    return _write(job, held, rows, _difference(old, to), by=by)


@transaction.atomic
def remove(job: Job, key: str, *, by: User | None) -> Criteria:
    held = _locked(job)
    gone = held.find(key)
    rows = [one for one in held.criteria if one.key != key]
    return _write(job, held, rows, f"Took out {gone.says}", by=by)


@transaction.atomic
def shift(job: Job, key: str, *, up: bool, by: User | None) -> Criteria:
    """Change places with the neighbour that matters as much. Musts stand before what is only wanted."""
    held = _locked(job)
    moved = held.find(key)
    rows = list(held.criteria)
    place = rows.index(moved)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(rows) or rows[other].need != moved.need:
        raise Refused(f"“{moved.says}” already stands {'first' if up else 'last'} among what {moved.need} be there.")
    rows[place], rows[other] = rows[other], rows[place]
    return _write(job, held, rows, f"Moved {moved.says} {'up' if up else 'down'}", by=by)


@transaction.atomic
def copy(job: Job, criteria: Sequence[Criterion], *, by: User | None, said: str = "Copied") -> Criteria:
    """Give a job these criteria in place of its own: from another job, or from a template."""
    held = _locked(job)
    rows: list[Criterion] = []
    for one in criteria[:AT_MOST]:
        if all(other.key != one.key for other in rows):
            rows.insert(_place(rows, one.need), one)
    return _write(job, held, rows, said, by=by)


def _locked(job: Job) -> Criteria:
    Job.objects.select_for_update().get(pk=job.pk)
    return of_job(job)


def _write(job: Job, held: Criteria, rows: Sequence[Criterion], said: str, *, by: User | None) -> Criteria:
    if tuple(rows) == held.criteria:
        return held
    row = CriteriaVersion.objects.create(
        job=job,
        number=held.number + 1,
        criteria=[one.as_json() for one in rows],
        change=said[:300],
        by=by,
        at=timezone.now(),
    )
    for tell in changed:
        tell(job)
    return Criteria.of(row)


def _place(rows: Sequence[Criterion], need: str) -> int:
    """Behind the last one that matters as much or more."""
    order = list(Need.values)
    return sum(order.index(one.need) <= order.index(need) for one in rows)


def _must_be_possible(one: Criterion) -> None:
    from pipeline.screening import wording

    if one.kind not in CriterionKind.values or one.need not in Need.values or one.weight not in WEIGHTS:
        raise Refused("This is no criterion.")
    if no := wording.not_asked(one):
        raise Refused(no)


def _difference(old: Criterion, new: Criterion) -> str:
    if old.key != new.key:
        return f"{old.says} became {new.says}"
    said = []
    if old.need != new.need:
        said.append(f"{new.says} is a {new.need} instead of a {old.need}")
    if old.weight != new.weight:
        said.append(f"{new.says} weighs {new.weight} instead of {old.weight}")
    return "; ".join(said) or f"Changed {new.says}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def readable(row: Mapping[str, Any]) -> Criterion | None:
    """A criterion somebody else kept; None when it is none, or cannot be asked."""
    try:
        one = Criterion.from_json(row)
        _must_be_possible(one)
        one.says  # noqa: B018 - says so when something is missing
    except (Refused, KeyError, TypeError, ValueError):
        return None
    return one


def with_weight(one: Criterion, need: str, weight: int) -> Criterion:
    return replace(one, need=need, weight=weight)
