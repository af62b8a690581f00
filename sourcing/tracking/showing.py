"""What the pages about tracking links show: visits and applications of each, and the people behind a number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import TruncMonth
from django.utils import timezone

from hiring import cursors
from hiring.models import User
from pipeline.models import Application, ApplicationQuerySet
from sourcing.counted import Counted
from sourcing.tracking import links
from sourcing.tracking.models import LinkDay, TrackingLink

SIZE = 50
LATELY = dt.timedelta(days=30)
MONTHS = 13

VISITS = (
    "How often the short address was opened in a browser. Robots, previews in messengers and scanners of mail are left out; one person "
    "twice counts twice. Of whoever opened it, nothing is kept."
)
FIRST = "Applications of people who came by this link first, and applied then or, carried along, later. Transfers between jobs count once."
LAST = "Applications of people for whom this link was the last way they came before they applied. Transfers between jobs count once."
TOUCHES = {"first": ("brought by", FIRST), "last": ("last came by", LAST)}


@dataclass
class Row:
    """A link with its numbers. Applications are those for jobs the reader sees."""

    link: TrackingLink
    visits: int = 0
    lately: int = 0
    first: int = 0
    last: int = 0

    @property
    def address(self) -> str:
        return links.address_of(self.link)


@dataclass
class Page:
    rows: list[Row] = field(default_factory=list)
    next: str = ""


def page(user: User, *, retired: bool = False, words: str = "", after: str = "") -> Page:
    """The latest links first; with `words`, those whose label, campaign or source has them."""
    found = TrackingLink.objects.visible_to(user).for_row().filter(retired_at__isnull=not retired)
    for word in words.split()[:6]:
        found = found.filter(_called(word))
    if cursor := cursors.read(after):
        at, pk = cursor
        found = found.filter(created_at__lte=at).exclude(created_at=at, pk__gte=pk)
    shown = list(found.order_by("-created_at", "-pk")[: SIZE + 1])
    more = cursors.write(shown[SIZE - 1].created_at, shown[SIZE - 1].pk) if len(shown) > SIZE else ""
    return Page(rows_of(user, shown[:SIZE]), more)


def rows_of(user: User, shown: Iterable[TrackingLink]) -> list[Row]:
    """Their numbers, in four questions for any number of links."""
    return _rows(shown, Application.objects.visible_to(user))


def rows_of_referrer(shown: Iterable[TrackingLink]) -> list[Row]:
    """The same for a colleague's own links, whatever jobs they see: as numbers, never as people."""
    return _rows(shown, Application.objects.all())


def _rows(shown: Iterable[TrackingLink], seen: ApplicationQuerySet) -> list[Row]:
    rows = {link.pk: Row(link) for link in shown}
    days = LinkDay.objects.filter(link__in=rows)
    for pk, visits in days.values_list("link").annotate(Sum("visits")):
        rows[pk].visits = visits
    since = (timezone.now() - LATELY).date()
    for pk, visits in days.filter(day__gt=since).values_list("link").annotate(Sum("visits")):
        rows[pk].lately = visits
    by_token = {row.link.token: row for row in rows.values()}
    for touch in ("first", "last"):
        came = _came(seen, list(by_token), touch).annotate(token=KT(f"origin__{touch}__via")).values_list("token")
        for token, number in came.annotate(Count("pk")).order_by():
            setattr(by_token[token], touch, number)
    return list(rows.values())


def _came(seen: ApplicationQuerySet, tokens: list[str], touch: str) -> ApplicationQuerySet:
    """Those whose first or last touch came by one of these links; what went on in another job is one."""
    with_link = seen.annotate(_via=KT(f"origin__{touch}__via"))
    of_these = {"_via__in": tokens}
    return with_link.filter(transferred_to__isnull=True, **of_these)


def counted(user: User, link: TrackingLink, touch: str) -> Counted | None:
    if touch not in TOUCHES:
        return None
    words, definition = TOUCHES[touch]
    rows = _came(Application.objects.visible_to(user), [link.token], touch)
    return Counted(f"link-{link.pk}-{touch}", f"Applications {words} “{link.label}”", definition, rows)


def by_month(link: TrackingLink) -> list[tuple[dt.date, int]]:
    """Visits of the last months that had any, the latest first."""
    months = LinkDay.objects.filter(link=link).annotate(month=TruncMonth("day")).values_list("month")
    return list(months.annotate(Sum("visits")).order_by("-month")[:MONTHS])


def campaigns(user: User) -> QuerySet[TrackingLink, str]:
    """Names in use, for the field to offer."""
    named = TrackingLink.objects.visible_to(user).exclude(campaign="").values_list("campaign", flat=True)
    return named.order_by("campaign").distinct()[:200]


def _called(word: str) -> Q:
    return (
        Q(label__icontains=word) | Q(campaign__icontains=word) | Q(source__name__icontains=word) | Q(token=word.lower())
    )
