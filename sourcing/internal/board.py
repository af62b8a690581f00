"""What is open for colleagues, the latest first, and how somebody who works here applies or names a friend."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from hiring import cursors
from hiring.models import Department, Location, Posting, PostingPlace, User
from hiring.models.postings import PostingQuerySet
from sourcing.careers import listing, origin
from sourcing.careers.listing import Wanted

SIZE = 30
NAME = "Internal"
PATH = "/internal-jobs/"


@dataclass(frozen=True)
class Page:
    postings: list[Posting]
    older: str


def find(wanted: Wanted, *, only_internal: bool = False, after: str = "") -> Page:
    """The matching postings after the cursor `after`, by when colleagues could first read them."""
    found = matching(wanted, only_internal=only_internal).with_places().defer("description", "questions", "fields")
    if cursor := cursors.read(after):
        at, pk = cursor
        found = found.filter(Q(live_from__lt=at) | Q(live_from=at, pk__lt=pk))
    rows = list(found.order_by("-live_from", "-pk")[: SIZE + 1])
    last = rows[SIZE - 1] if len(rows) > SIZE else None
    return Page(rows[:SIZE], cursors.write(last.live_from, last.pk) if last and last.live_from else "")


def matching(wanted: Wanted, *, only_internal: bool = False) -> PostingQuerySet:
    """As on the career site, among what colleagues may read."""
    found = listing.matching(wanted, among=Posting.objects.live())
    return found.exclude(public_from__lte=timezone.now()) if only_internal else found


def departments() -> QuerySet[Department]:
    return Department.objects.filter(pk__in=Posting.objects.live().values("job__department"))


def locations() -> QuerySet[Location]:
    live = Posting.objects.live().values("pk")
    return Location.objects.filter(pk__in=PostingPlace.objects.filter(posting__in=live).values("location"))


def origin_of(user: User) -> str:
    """What the addresses on the board carry to the form: that they come from here, and as whom (sourcing/careers/origin.py)."""
    touch = {"source": NAME, "path": PATH, "at": timezone.now().isoformat(timespec="seconds")}
    return origin.write({"first": touch, "last": touch, origin.EMPLOYEE: user.pk})
