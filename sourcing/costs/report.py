"""What sources brought in a period and what that cost: each number with its definition and the rows behind it.

Applications are counted by the day they came, and whatever became of them since counts with them: so the numbers of a line are
about the same people, and a short period that is just over has few hires yet. Whoever went on in another job counts once, as
the application they went on with. Costs are spread evenly over the days of their period; nothing is converted between currencies.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.utils import timezone

from hiring.amounts import decimals_of
from hiring.models import Job, Source, User
from hiring.templatetags.throughline import money
from pipeline.models import Application, ApplicationQuerySet, Stage, Transition
from sourcing.costs import periods
from sourcing.costs.models import CostQuerySet, SourceCost
from sourcing.counted import Counted

BEYOND = (Stage.Kind.INTERVIEW, Stage.Kind.OFFER, Stage.Kind.HIRED)
HIRED = Application.Status.HIRED

DEFINITIONS = {
    "applications": "Applications that came in the period, by the source of their first touch. Transfers between jobs count once.",
    "qualified": "Those of these applications that went beyond screening: they stood in a stage of interviews, offer or hired, "
    "whatever became of them later. Moves that were undone do not count.",
    "hires": "Those of these applications that ended in a hire.",
    "cost": "What was entered for the source, spread evenly over the days of its period; the days within this period count.",
    "per_application": "Cost divided by applications.",
    "per_hire": "Cost divided by hires.",
}
WORDS = {"applications": "Applications", "qualified": "Qualified applications", "hires": "Hires"}
MOST_DAYS = 366 * 5
NONE = 0
"""Stands for no source in addresses."""


@dataclass(frozen=True)
class Asked:
    """What the report is about. `as_of` is the end of a past day that is asked about, None for now."""

    user: User
    first: dt.date
    last: dt.date
    by: str = ""
    job: Job | None = None
    as_of: dt.date | None = None

    @property
    def query(self) -> str:
        said = {
            "from": self.first,
            "to": self.last,
            "by": self.by,
            "job": self.job.pk if self.job else "",
            "asof": self.as_of,
        }
        return "&".join(f"{name}={value}" for name, value in said.items() if value)

    @property
    def moment(self) -> dt.datetime | None:
        return _start_of(self.as_of + dt.timedelta(days=1)) if self.as_of else None


@dataclass
class Line:
    """A source in a period, or the sum of all."""

    source: Source | None
    first: dt.date
    last: dt.date
    period: str = ""
    applications: int = 0
    qualified: int = 0
    hires: int = 0
    costs: dict[str, Decimal] = field(default_factory=dict)
    is_sum: bool = False
    query: str = ""

    @property
    def key(self) -> str:
        return "all" if self.is_sum else str(self.source.pk if self.source else NONE)

    @property
    def name(self) -> str:
        return "All sources" if self.is_sum else self.source.name if self.source else "No source"

    @property
    def cost(self) -> str:
        return in_words(self.costs)

    @property
    def per_application(self) -> str:
        return (
            in_words({currency: amount / self.applications for currency, amount in self.costs.items()})
            if self.applications
            else ""
        )

    @property
    def per_hire(self) -> str:
        return (
            in_words({currency: amount / self.hires for currency, amount in self.costs.items()}) if self.hires else ""
        )

    def add(self, other: Line) -> None:
        self.applications += other.applications
        self.qualified += other.qualified
        self.hires += other.hires
        for currency, amount in other.costs.items():
            self.costs[currency] = self.costs.get(currency, Decimal(0)) + amount


def in_words(costs: dict[str, Decimal]) -> str:
    """Each currency for itself: € 1,200 + $ 300."""
    shown = []
    for currency, amount in sorted(costs.items()):
        rounded = round(amount, min(decimals_of(currency), 2))
        shown.append(money(rounded.normalize() if rounded == rounded.to_integral_value() else rounded, currency))
    return " + ".join(shown)


def lines(asked: Asked) -> list[Line]:
    """A line a source and part of the period, the one with most applications first, and the sum of all at the end."""
    cuts = periods.parts(asked.first, asked.last, asked.by)
    rows = _counted(asked, cuts)
    for (source, place), amount in _spent(asked, cuts).items():
        line = rows.setdefault((source, place), Line(None, *cuts[place]))
        line.costs = amount
    known = Source.objects.in_bulk([source for source, _ in rows if source])
    for (source, _), line in rows.items():
        line.source = known.get(source) if source else None
    ordered = [rows[key] for key in sorted(rows, key=lambda key: (key[1], -rows[key].applications, rows[key].name))]
    total = Line(None, asked.first, asked.last, is_sum=True)
    for line in ordered:
        total.add(line)
    for line in (*ordered, total):
        line.query = replace(asked, first=line.first, last=line.last, by="").query
    return [*ordered, total] if ordered else []


Cuts = Sequence[tuple[dt.date, dt.date, str]]


def _counted(asked: Asked, cuts: Cuts) -> dict[tuple[int | None, int], Line]:
    zone = _zone()
    days = (
        applications(asked).annotate(_day=TruncDate("applied_at", tzinfo=zone))
        if len(cuts) > 1
        else applications(asked)
    )
    days = days.annotate(_beyond=beyond(asked.moment), _hired=hired(asked.moment))
    keys = ("source", "_day") if len(cuts) > 1 else ("source",)
    counts = (
        days.order_by()
        .values(*keys)
        .annotate(n=Count("pk"), q=Count("pk", filter=Q(_beyond=True)), h=Count("pk", filter=Q(_hired=True)))
    )
    found: dict[tuple[int | None, int], Line] = {}
    for row in counts:
        place = _place(cuts, row["_day"]) if len(cuts) > 1 else 0
        line = found.setdefault((row["source"], place), Line(None, *cuts[place]))
        line.applications += row["n"]
        line.qualified += row["q"]
        line.hires += row["h"]
    return found


def _place(cuts: Cuts, day: dt.date) -> int:
    return next(place for place, (first, last, _) in enumerate(cuts) if first <= day <= last)


def _spent(asked: Asked, cuts: Cuts) -> dict[tuple[int | None, int], dict[str, Decimal]]:
    """By source, part and currency."""
    found: dict[tuple[int | None, int], dict[str, Decimal]] = {}
    for cost in costs(asked).only("source", "starts_on", "ends_on", "amount", "currency"):
        for place, (first, last, _) in enumerate(cuts):
            if share := part_within(cost, first, last):
                here = found.setdefault((cost.source_id, place), {})
                here[cost.currency] = here.get(cost.currency, Decimal(0)) + share
    return found


def part_within(cost: SourceCost, first: dt.date, last: dt.date) -> Decimal:
    """What of a cost falls into a period: its share of days."""
    days = periods.shared_days(cost.starts_on, cost.ends_on, first, last)
    return cost.amount * days / cost.days


# --- the rows behind the numbers -------------------------------------------------------------------------------------


def applications(asked: Asked) -> ApplicationQuerySet:
    """What came in the period, of jobs the reader sees."""
    start, end = _start_of(asked.first), _start_of(asked.last + dt.timedelta(days=1))
    found = Application.objects.visible_to(asked.user).filter(
        applied_at__gte=start, applied_at__lt=end, transferred_to__isnull=True
    )
    if asked.moment:
        found = found.filter(applied_at__lt=asked.moment)
    return found.filter(job=asked.job) if asked.job else found


def costs(asked: Asked) -> CostQuerySet:
    """What was entered for days of the period; with a job, only what was entered for that job."""
    found = SourceCost.objects.visible_to(asked.user).standing(asked.moment).within(asked.first, asked.last)
    return found.filter(job=asked.job) if asked.job else found


def beyond(moment: dt.datetime | None) -> Q:
    """Whether an application stood in a stage beyond screening, now or by a moment: in one it left, except by an undo, or in the
    one it stands in."""
    left = Transition.objects.filter(application=OuterRef("pk"), left__kind__in=BEYOND).exclude(reason="undo")
    if moment is None:
        return Q(Exists(left)) | Q(stage__kind__in=BEYOND)
    return Q(Exists(left.filter(at__lt=moment))) | Q(Exists(_last(moment, to__kind__in=BEYOND)))


def hired(moment: dt.datetime | None) -> Q:
    return Q(status=HIRED) if moment is None else Q(Exists(_last(moment, status=HIRED)))


def _last(moment: dt.datetime, **said: object) -> QuerySet[Transition]:
    """The last transition before a moment, where it says so."""
    before = (
        Transition.objects.filter(application=OuterRef("application"), at__lt=moment)
        .order_by("-at", "-pk")
        .values("pk")[:1]
    )
    return Transition.objects.filter(application=OuterRef("pk"), pk=Subquery(before), **said)


def counted(asked: Asked, what: str, source: str) -> Counted | None:
    """The applications a number counts; None when there is no such number."""
    if what not in WORDS:
        return None
    rows = applications(asked)
    name = "all sources"
    if source != "all":
        if not (source.isascii() and source.isdecimal() and len(source) < 10):
            return None
        found = Source.objects.filter(pk=int(source)).first()
        if found is None and int(source) != NONE:
            return None
        rows, name = rows.filter(source=found), found.name if found else "no source"
    if what == "qualified":
        rows = rows.filter(beyond(asked.moment))
    if what == "hires":
        rows = rows.filter(hired(asked.moment))
    period = f"{asked.first:%-d %b %Y} to {asked.last:%-d %b %Y}"
    return Counted(f"source-{source}-{what}", f"{WORDS[what]}, {name}, {period}", DEFINITIONS[what], rows)


# --- as a table ------------------------------------------------------------------------------------------------------

HEADS = [
    "Period",
    "Source",
    "Group",
    "Applications",
    "Qualified",
    "Hires",
    "Cost",
    "Cost per application",
    "Cost per hire",
]


def as_rows(asked: Asked, found: Iterable[Line]) -> Iterable[list[str]]:
    for line in found:
        yield [
            line.period or f"{asked.first} to {asked.last}",
            line.name,
            line.source.get_kind_display() if line.source else "",
            str(line.applications),
            str(line.qualified),
            str(line.hires),
            line.cost,
            line.per_application,
            line.per_hire,
        ]


def read(user: User, query: Mapping[str, str], jobs: QuerySet[Job]) -> Asked:
    """What an address asks for; the last twelve months where it does not say."""
    today = timezone.localdate(timezone=_zone())
    first, last = _day(query.get("from")) or today - dt.timedelta(days=364), _day(query.get("to")) or today
    if first > last:
        first, last = last, first
    as_of = _day(query.get("asof"))
    job = query.get("job", "")
    chosen = jobs.filter(pk=int(job)).first() if job.isascii() and job.isdecimal() and len(job) < 10 else None
    by = query.get("by", "")
    past = as_of if as_of and as_of < today else None
    return Asked(
        user,
        max(first, last - dt.timedelta(days=MOST_DAYS)),
        last,
        by if by in ("month", "quarter") else "",
        chosen,
        past,
    )


def _day(text: str | None) -> dt.date | None:
    try:
        return periods.read_day(text) if text else None
    except ValueError:
        return None


def _zone() -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(settings.ORGANISATION_TIME_ZONE)


def _start_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=_zone())
