"""The jobs a visitor can find: words, department and place, page by page. One cost for 10 postings or 10,000."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from hiring import cursors
from hiring.models import Department, Location, Posting, PostingPlace, PostingTranslation
from hiring.models.jobs import Workplace
from hiring.models.postings import PostingQuerySet

PAGE = 30


@dataclass(frozen=True)
class Wanted:
    """What the visitor asked for, cleaned."""

    words: str = ""
    department: int | None = None
    location: int | None = None
    remote: bool = False

    @property
    def is_anything(self) -> bool:
        return bool(self.words or self.department or self.location or self.remote)


@dataclass(frozen=True)
class Page:
    postings: list[Posting]
    older: str


def find(wanted: Wanted, *, after: str = "", size: int = PAGE, within: PostingQuerySet | None = None) -> Page:
    """The newest matching postings after the cursor `after`; of those of `within`, which match already, when it is given."""
    found = matching(wanted) if within is None else within
    postings = found.with_places().defer("description", "questions", "fields")
    if cursor := cursors.read(after):
        at, pk = cursor
        postings = postings.filter(Q(first_published_at__lt=at) | Q(first_published_at=at, pk__lt=pk))
    rows = list(postings.order_by("-first_published_at", "-pk")[: size + 1])
    last = rows[size - 1] if len(rows) > size else None
    older = cursors.write(last.first_published_at, last.pk) if last and last.first_published_at else ""
    return Page(rows[:size], older)


def matching(wanted: Wanted) -> PostingQuerySet:
    """Every word has to be found in a title, in whichever language, in the department or in one of the places.

    The few departments and places are looked through first, so that the many postings are compared by title and id only.
    """
    postings = Posting.objects.public()
    if wanted.department:
        postings = postings.filter(job__department=wanted.department)
    if wanted.location:
        postings = postings.filter(_placed(location=wanted.location))
    if wanted.remote:
        postings = postings.filter(_placed(workplace=Workplace.REMOTE))
    words = wanted.words.split()[:8]
    departments = list(Department.objects.values_list("pk", "name")) if words else []
    places = list(Location.objects.values_list("pk", "name", "city")) if words else []
    for word in words:
        low = word.lower()
        teams = [pk for pk, name in departments if low in name.lower()]
        near = [pk for pk, name, city in places if low in name.lower() or low in city.lower()]
        found = Q(title__icontains=word)
        found |= Q(pk__in=PostingTranslation.objects.filter(title__icontains=word).values("posting"))
        found |= Q(job__department__in=teams) if teams else Q()
        found |= _placed(location__in=near) if near else Q()
        postings = postings.filter(found)
    return postings


def _placed(**wanted: Any) -> Q:
    """Postings with such a place among theirs."""
    return Q(pk__in=PostingPlace.objects.filter(**wanted).values("posting"))


def departments() -> QuerySet[Department]:
    return Department.objects.filter(pk__in=Posting.objects.public().values("job__department"))


def locations() -> QuerySet[Location]:
    public = Posting.objects.public().values("pk")
    return Location.objects.filter(pk__in=PostingPlace.objects.filter(posting__in=public).values("location"))


def alike(posting: Posting, most: int = 4) -> list[Posting]:
    """Open jobs for somebody who came for a closed one: the same department first, then the same place."""
    job = posting.job
    near = Q(job__department=job.department_id) | _placed(location__in=[site.location_id for site in posting.sites])
    others = (
        Posting.objects.public()
        .exclude(pk=posting.pk)
        .filter(near)
        .with_places()
        .defer("description", "questions", "fields")
    )
    newest = list(others.order_by("-first_published_at", "-pk")[:50])
    return sorted(newest, key=lambda other: other.job.department_id != job.department_id)[:most]
