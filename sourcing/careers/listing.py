"""The jobs a visitor can find: words, department and place, page by page. One cost for 10 postings or 10,000."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Window

from hiring import cursors
from hiring.models import Department, Job, Location, Posting, PostingPlace, PostingTranslation
from hiring.models.jobs import Workplace
from hiring.models.postings import PostingQuerySet
from sourcing.careers import facts

PAGE = 30
ALIKE = 4


@dataclass(frozen=True)
class Wanted:
    """What the visitor asked for, cleaned."""

    words: str = ""
    department: int | None = None
    location: int | None = None
    remote: bool = False
    workplace: str = ""
    employment: str = ""
    language: str = ""

    @property
    def is_anything(self) -> bool:
        return self != Wanted()


@dataclass(frozen=True)
class Page:
    """`count` is of all that match, on the first page of a search; None where nobody counted."""

    postings: list[Posting]
    older: str
    count: int | None = None


@dataclass(frozen=True)
class Found:
    """The ids of a page in their order, whether there are more, and how many match in all, if that was counted."""

    ids: list[int]
    has_more: bool
    count: int | None = None


def find(
    wanted: Wanted, *, after: str = "", size: int = PAGE, within: PostingQuerySet | None = None, counts: bool = False
) -> Page:
    """The newest matching postings after the cursor `after`; of those of `within`, which match already, when it is given."""
    return whole(look(wanted, after=after, size=size, within=within, counts=counts))


def look(
    wanted: Wanted, *, after: str = "", size: int = PAGE, within: PostingQuerySet | None = None, counts: bool = False
) -> Found:
    """Ids alone: compared, ordered and, with `counts`, counted in one pass. Only those of a page are read whole, afterwards."""
    postings = matching(wanted) if within is None else within
    if cursor := cursors.read(after):
        at, pk = cursor
        postings = postings.filter(Q(first_published_at__lt=at) | Q(first_published_at=at, pk__lt=pk))
    newest = postings.order_by("-first_published_at", "-pk")
    if counts and not cursor:
        found = list(newest.annotate(many=Window(Count("*"))).values_list("pk", "many")[: size + 1])
        count = found[0][1] if found else 0
        ids = [pk for pk, _ in found]
    else:
        ids, count = list(newest.values_list("pk", flat=True)[: size + 1]), None
    return Found(ids[:size], len(ids) > size, count)


def whole(found: Found) -> Page:
    """The page itself."""
    rows = _whole(found.ids)
    last = rows[-1] if found.has_more and rows else None
    older = cursors.write(last.first_published_at, last.pk) if last and last.first_published_at else ""
    return Page(rows, older, found.count)


def _whole(ids: list[int]) -> list[Posting]:
    """What a list says of each, in this order."""
    if not ids:
        return []
    rows = Posting.objects.filter(pk__in=ids).with_places().defer("description", "questions", "fields").in_bulk()
    return [rows[pk] for pk in ids if pk in rows]


def matching(wanted: Wanted, *, among: PostingQuerySet | None = None) -> PostingQuerySet:
    """Every word has to be found in a title, in whichever language, in the department or in one of the places.

    The few departments and places are looked through first, so that the many postings are compared by title and id only.
    """
    postings = Posting.objects.public() if among is None else among
    if wanted.department:
        postings = postings.filter(job__department=wanted.department)
    if wanted.location:
        postings = postings.filter(_placed(location=wanted.location))
    if workplace := Workplace.REMOTE if wanted.remote else wanted.workplace:
        postings = postings.filter(_placed(workplace=workplace))
    if wanted.employment:
        postings = postings.filter(job__employment_type=wanted.employment)
    if wanted.language:
        spoken = PostingTranslation.objects.filter(language=wanted.language).values("posting")
        postings = postings.filter(Q(language=wanted.language) | Q(pk__in=spoken))
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


def alike(posting: Posting, most: int = ALIKE) -> list[Posting]:
    """Open jobs for somebody who looks at this one: the newest of its department, then of its places.

    Which they are is kept for some seconds (facts.py), being the same for all who look; whether each is open is asked anew.
    """
    ids = ids_alike(posting.pk)[:most]
    open_now = set(Posting.objects.public().filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    return _whole([pk for pk in ids if pk in open_now])


def ids_alike(pk: int) -> list[int]:
    return facts.kept(f"careers:alike:{pk}", lambda: _near(pk))


def _near(pk: int) -> list[int]:
    job = Job.objects.filter(posting=pk)
    others = Posting.objects.public().exclude(pk=pk).order_by("-first_published_at", "-pk")
    found = list(others.filter(job__department__in=job.values("department")).values_list("pk", flat=True)[:ALIKE])
    if len(found) < ALIKE:
        places = list(PostingPlace.objects.filter(posting=pk).values_list("location", flat=True))
        near = others.filter(_placed(location__in=places or job.values("location"))).exclude(pk__in=found)
        found += near.values_list("pk", flat=True)[: ALIKE - len(found)]
    return found
