"""A job's applications as a list: sorted, narrowed, and paged by keyset, so that page 400 costs what page 1 costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from hiring.models import Job
from pipeline.blind import whom
from pipeline.board import Filters
from pipeline.models import Application, ApplicationQuerySet, Stage

SIZE = 50
SORTS = {
    "entered": ("entered_stage_at", "Longest in stage first"),
    "-entered": ("-entered_stage_at", "Last moved first"),
    "applied": ("applied_at", "First applied first"),
    "-applied": ("-applied_at", "Last applied first"),
    "name": ("candidate__name_key", "Name"),
}
STATUSES = [
    ("active", "Active"),
    ("rejected", "Rejected"),
    ("withdrawn", "Withdrawn"),
    ("hired", "Hired"),
    ("all", "All"),
]


@dataclass(frozen=True)
class Question:
    """What the table shows, read from the URL."""

    filters: Filters
    sort: str = "-entered"
    status: str = "active"
    stage: int | None = None
    after: str = ""

    @classmethod
    def read(cls, query: QueryDict | Mapping[str, str], filters: Filters, stages: Sequence[Stage]) -> Question:
        sort, status, stage = query.get("sort", ""), query.get("status", ""), query.get("stage", "")
        if filters.is_blind and sort.lstrip("-") == "name":
            sort = ""  # the order of hidden names tells them
        known = {str(stage.pk): stage.pk for stage in stages}
        return cls(
            filters=filters,
            sort=sort if sort in SORTS else "-entered",
            status=status if status in dict(STATUSES) else "active",
            stage=known.get(stage),
            after=query.get("after", "").replace("\x00", "")[:300],
        )


@dataclass
class Page:
    rows: list[Application] = field(default_factory=list)
    after: str = ""


def page(job: Job, question: Question) -> Page:
    column = SORTS[question.sort][0]
    name, back = column.lstrip("-"), column.startswith("-")
    found = _narrowed(Application.objects.filter(job=job), question)
    if question.after and (position := _position(question.after, name)):
        value, pk = position
        sign = "lt" if back else "gt"
        found = found.filter(Q(**{f"{name}__{sign}": value}) | Q(**{name: value, f"pk__{sign}": pk}))
    order = (F(name).desc(), "-pk") if back else (F(name).asc(), "pk")
    ids = list(found.order_by(*order).values_list("pk", flat=True)[: SIZE + 1])  # from the board's index alone
    whole = Application.objects.select_related("candidate__owner", "stage", "source", "reason").in_bulk(ids)
    rows = [whole[pk] for pk in ids if pk in whole]
    return Page(rows[:SIZE], _cursor(rows[SIZE - 1], name) if len(rows) > SIZE else "")


def _narrowed(found: ApplicationQuerySet, question: Question) -> ApplicationQuerySet:
    filters = question.filters
    if question.status != "all":
        found = found.filter(status=question.status)
    if question.stage:
        found = found.filter(stage=question.stage)
    if filters.owner:
        found = found.filter(candidate__owner=filters.owner)
    if filters.source:
        found = found.filter(source=filters.source)
    if filters.text and filters.is_blind:
        found = found.filter(pk=whom.application_called(filters.text))
    elif filters.text:
        people = Q()
        for name in ("name", "headline", "company"):
            people |= Q(**{f"candidate__{name}__icontains": filters.text})
        found = found.filter(people)
    if filters.waits:
        found = found.filter(pk__in=filters.ids or ())
    if filters.attention:
        waiting = Q(candidate__threads__waiting_since__isnull=False)
        late = Q(pk__in=Application.objects.past_target(timezone.now()).filter(job=F("job")).values("pk"))
        found = found.filter(pk__in=found.filter(late | waiting).values("pk"))
    return found


def _cursor(row: Application, name: str) -> str:
    value: Any = row
    for part in name.split("__"):
        value = getattr(value, part)
    return f"{row.pk}_{value.isoformat() if isinstance(value, dt.datetime) else value}"


def _position(after: str, name: str) -> tuple[Any, int] | None:
    pk, _, text = after.partition("_")
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 19):
        return None
    if not name.endswith("_at"):
        return text, int(pk)
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return (moment, int(pk)) if moment and moment.tzinfo else None
