"""What a table shows, as its address says it: where it stands, filters, order and columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from hiring import access, masks
from hiring.models import Job, Thread, User
from pipeline import sub_status
from pipeline.blind import whom
from pipeline.filters import Filters
from pipeline.models import Application, ApplicationQuerySet, Stage
from pipeline.screening import narrowing
from pipeline.table.columns import NAME, Column, open_to

ACTIVE, ALL = "active", "all"
STATUSES = [
    (ACTIVE, "Active"),
    ("rejected", "Rejected"),
    ("withdrawn", "Withdrawn"),
    ("hired", "Hired"),
    (ALL, "All"),
]
KEPT = ("q", "owner", "source", "waits", "meets", "answer", "attention", "job", "status", "stage", "sort", "cols")
"""What of an address makes the table: a view keeps these, and links carry them on."""


WEIGHED_UP_TO = 25_000
"""Of more applications it is not asked what each waits for: that reads all of them, and facts of every floor."""


@dataclass
class Place:
    """Where a table stands: on one job, or over all the user may open the pipeline of."""

    user: User
    job: Job | None = None

    @property
    def is_everywhere(self) -> bool:
        return self.job is None

    @property
    def url(self) -> str:
        return reverse("pipeline:table", args=[self.job.pk]) if self.job else reverse("pipeline:applications")

    @cached_property
    def columns(self) -> dict[str, Column]:
        return open_to(self.user, self.job)

    @cached_property
    def stages(self) -> list[tuple[str, str]]:
        """What one can narrow to: the stages of the job, those out of its plan only where somebody stands there; or kinds."""
        if self.job:
            here = Exists(Application.objects.filter(job=self.job, stage=OuterRef("pk")))
            stages = self.job.stages.filter(Q(retired_at=None) | here).order_by("position")
            named = stages.values_list("pk", "name", "retired_at")
            return [(str(pk), f"{name} (out of the plan)" if retired else name) for pk, name, retired in named]
        return [(kind.value, kind.label) for kind in Stage.Kind]

    @cached_property
    def hides(self) -> bool:
        """Whether somebody in it may be hidden from the reader."""
        return whom.hides_from_viewer() if self.job else masks.hides_anybody_from(self.user)

    @cached_property
    def jobs(self) -> list[tuple[int, str]]:
        """The jobs a table of all can be narrowed to, open ones first."""
        found = Job.objects.filter(access.pipelines_visible_to(self.user)).distinct()
        named = found.order_by(F("closed_at").desc(nulls_first=True), "title", "pk")
        return [
            (pk, f"{title} ({number})")
            for pk, title, number in named.values_list("pk", "title", "requisition_id")[:300]
        ]

    def applications(self) -> ApplicationQuerySet:
        if self.job:
            return Application.objects.filter(job=self.job)
        return Application.objects.filter(access.pipelines_visible_to(self.user, "job"))

    def may_order(self, column: Column) -> bool:
        return column.sort is not None and not (self.hides and (column.tells or column.key == NAME))

    def usual(self, status: str) -> list[str]:
        """The columns nobody has to choose; how it ended, where that is not the same for all."""
        ended = set() if status == ACTIVE else {"status", "reason"}
        return [key for key, column in self.columns.items() if column.is_usual or key in ended]

    def known(self, keys: Iterable[str]) -> list[str]:
        """Those of these columns there are, in this order, each once; who it is stands first."""
        return list(dict.fromkeys([NAME, *(key for key in keys if key in self.columns)]))


@dataclass(frozen=True)
class Question:
    """What the table shows. `job` narrows a table of all jobs."""

    filters: Filters
    columns: tuple[str, ...] = ()
    sort: str = ""
    status: str = ACTIVE
    stage: str = ""
    job: int | None = None
    after: str = ""
    is_too_wide: bool = False
    """More applications are asked for a next step than can be looked at: nobody is shown until it is narrowed."""

    @classmethod
    def read(cls, query: Mapping[str, str], place: Place, chosen: Sequence[str] = ()) -> Question:
        """`chosen` are the columns the reader likes, where the address names none."""
        status, stage, job = query.get("status", ""), query.get("stage", ""), query.get("job", "")
        status = status if status in dict(STATUSES) else ACTIVE
        named = [key for key in query.get("cols", "")[:2_000].split(",") if key]
        columns = place.known(named or chosen or place.usual(status))
        asked = cls(
            filters=_filters(query, place),
            columns=tuple(columns),
            sort=_sort(query.get("sort", ""), place),
            status=status,
            stage=stage if stage in dict(place.stages) else "",
            job=int(job) if place.is_everywhere and job.isdecimal() and len(job) < 10 else None,
            after=query.get("after", "").replace("\x00", "")[:300],
        )
        return asked._settled(place) if place.is_everywhere and asked.filters.waits else asked

    def _settled(self, place: Place) -> Question:
        """With those who wait for the next step it names, weighed among all it asks about besides."""
        among = self.applications(place).active()
        if among.order_by().values("pk")[: WEIGHED_UP_TO + 1].count() > WEIGHED_UP_TO:
            return replace(self, filters=replace(self.filters, ids=()), is_too_wide=True)
        ids = tuple(sub_status.standing_in(place.user, among, self.filters.waits))
        return replace(self, filters=replace(self.filters, ids=ids))

    @property
    def is_narrowed(self) -> bool:
        return bool(self.filters or self.stage or self.job)

    @property
    def is_back(self) -> bool:
        return self.sort.startswith("-")

    def as_query(self) -> dict[str, str]:
        """The address that gives it again, columns and order named."""
        filters = self.filters
        said: dict[str, Any] = {
            "q": filters.text, "owner": filters.owner, "source": filters.source, "waits": filters.waits, "meets": filters.meets,
            "answer": filters.answer,
            "attention": "1" if filters.attention else "", "job": self.job, "status": self.status, "stage": self.stage,
            "sort": self.sort, "cols": ",".join(self.columns),
        }  # fmt: skip
        return {name: str(value) for name, value in said.items() if value}

    def applications(self, place: Place) -> ApplicationQuerySet:
        """Everybody it is about, in no order."""
        found = place.applications()
        if self.job:
            found = found.filter(job=self.job)
        if self.status != ALL:
            found = found.filter(status=self.status)
        if self.stage:
            found = found.filter(stage=int(self.stage)) if place.job else found.filter(stage__kind=self.stage)
        return _narrowed(found, self.filters, place)


def usual_sort(place: Place) -> str:
    """Who moved last on a job; who applied last over all of them, where that alone can be walked in order."""
    return "-applied" if place.is_everywhere else "-entered"


def _sort(wanted: str, place: Place) -> str:
    column = place.columns.get(wanted.removeprefix("-"))
    return wanted if column and place.may_order(column) else usual_sort(place)


def _filters(query: Mapping[str, str], place: Place) -> Filters:
    filters = Filters.read(query)
    if place.is_everywhere:  # each job asks its own questions
        filters = replace(filters, answer="", show="")
    if place.job:
        return filters.settled(place.job, place.user)
    if filters.meets and filters.meets != narrowing.MUSTS:  # what a job asks for is asked by no other
        filters = replace(filters, meets="")
    return filters


def _narrowed(found: ApplicationQuerySet, filters: Filters, place: Place) -> ApplicationQuerySet:
    if filters.owner:
        found = found.filter(candidate__owner=filters.owner)
    if filters.source:
        found = found.filter(source=filters.source)
    if filters.text:
        found = found.filter(_called(filters.text, place))
    if filters.ids is not None:
        found = found.filter(pk__in=filters.ids)
    if filters.meets and place.is_everywhere:
        found = found.filter(narrowing.meeting(filters.meets))
    if filters.attention:
        unanswered = Thread.objects.unanswered_beside(OuterRef(OuterRef("job")))
        waiting = Q(Exists(unanswered.filter(candidate=OuterRef("candidate"))))
        late = Q(pk__in=place.applications().past_target(timezone.now()).values("pk"))
        found = found.filter(pk__in=found.filter(late | waiting).values("pk"))
    return found


def _called(text: str, place: Place) -> Q:
    """Whose name or role holds these words; of hidden people only by what they are called here."""
    people = Q()
    for name in ("name", "headline", "company"):
        people |= Q(**{f"candidate__{name}__icontains": text})
    if not place.hides:
        return people
    called = Q(pk=whom.application_called(text))
    return called if place.job else called | (people & masks.without_hidden(place.user, "candidate"))
