"""The pages that list jobs: home with its search, and the page of each department and each place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from hiring.models import Department, Location, Posting, PostingPlace
from hiring.models.jobs import Workplace
from sourcing.career_site import look as look_of
from sourcing.careers import facts, languages, listing, markup, origin
from sourcing.careers.languages import own_name
from sourcing.careers.listing import Wanted
from sourcing.careers.words import EMPLOYMENT, WORKPLACES, terms

KEY = re.compile(r"(?:[-a-zA-Z0-9_]*-)?([0-9]{1,9})")


@dataclass(frozen=True)
class Part:
    """A department or place with a page of its own."""

    kind: str
    pk: int
    name: str
    count: int

    @property
    def url(self) -> str:
        return facts.address(self.kind, self.pk, self.name)

    @property
    def wanted(self) -> Wanted:
        return Wanted(department=self.pk) if self.kind == "department" else Wanted(location=self.pk)


def part_of(kind: str, key: str, site: facts.Facts) -> Part:
    """The department or place of an address. One of which nothing was ever published does not exist out here."""
    shape = KEY.fullmatch(key)
    if shape is None:
        raise Http404
    pk = int(shape[1])
    known = site.departments if kind == "department" else site.locations
    for choice in known:
        if choice.value == str(pk):
            return Part(kind, pk, choice.name, choice.count)
    was_public = Posting.objects.filter(first_published_at__isnull=False, job__confidential=False)
    found: Department | Location | None
    if kind == "department":
        found = Department.objects.filter(pk__in=was_public.values("job__department"), pk=pk).first()
    else:
        places = PostingPlace.objects.filter(posting__in=was_public.values("pk"))
        found = Location.objects.filter(pk__in=places.values("location"), pk=pk).first()
    if found is None:
        raise Http404
    return Part(kind, pk, found.name, 0)


def look(request: HttpRequest, wanted: Wanted, part: Part | None = None) -> listing.Found:
    """Which jobs the page shows."""
    return listing.look(wanted, after=request.GET.get("after", ""), counts=part is None and wanted.is_anything)


def context(
    request: HttpRequest, wanted: Wanted, found: listing.Found, site: facts.Facts, part: Part | None = None
) -> dict[str, Any]:
    """What a list of jobs shows, with what it can be narrowed by."""
    after, page = request.GET.get("after", ""), listing.whole(found)
    if part:
        count: int | None = part.count
    else:
        count = page.count if wanted.is_anything else site.count
    return {
        "wanted": wanted,
        "rows": [(posting, terms(posting)) for posting in page.postings],
        "older": page.older,
        "is_first": not after,
        "count": count,
        "site": site,
        "feeds": site.feeds,
        "part": part,
        **languages.of_page(),
        "asked_language": languages.asked(request),
        "site_languages": [(code, languages.own_name(code)) for code in languages.SITE],
        "look": look_of.current(),
        "site_url": settings.SITE_URL,
        "department": str(wanted.department or ""),
        "location": str(wanted.location or ""),
        "more_filters": _more(wanted, site),
        "fewer": _fewer(request, wanted, site) if not page.postings and not part else [],
        "canonical": settings.SITE_URL + (part.url if part else reverse("careers:home")),
        "crumbs": _crumbs(part) if part else "",
        **origin.context(request),
    }


def _more(wanted: Wanted, site: facts.Facts) -> list[tuple[str, str, list[tuple[str, str]], str]]:
    """Further fields to narrow by: name, label, choices, what is chosen. One with a single choice narrows nothing."""
    workplace = Workplace.REMOTE.value if wanted.remote else wanted.workplace
    fields = [
        ("workplace", _("Workplace"), [(one, str(WORKPLACES[one])) for one in site.workplaces], workplace),
        ("employment", _("Employment"), [(one, str(EMPLOYMENT[one])) for one in site.employment], wanted.employment),
        ("language", _("Language of the job"), [(one, own_name(one)) for one in site.languages], wanted.language),
    ]
    return [field for field in fields if len(field[2]) > 1 or field[3]]


def _fewer(request: HttpRequest, wanted: Wanted, site: facts.Facts) -> list[tuple[str, str]]:
    """What a search that found nothing can do without: what it asks, and the address without that."""
    names = {one.value: one.name for one in (*site.departments, *site.locations)}
    asked = {
        "q": f"“{wanted.words}”" if wanted.words else "",
        "department": names.get(str(wanted.department), ""),
        "location": names.get(str(wanted.location), ""),
        "workplace": str(WORKPLACES[wanted.workplace]) if wanted.workplace else "",
        "remote": str(WORKPLACES[Workplace.REMOTE]) if wanted.remote else "",
        "employment": str(EMPLOYMENT[wanted.employment]) if wanted.employment else "",
        "language": own_name(wanted.language) if wanted.language else "",
    }
    here = [(name, value) for name, value in request.GET.items() if name in {*asked, origin.FIELD} and value]
    if len([name for name, _value in here if name != origin.FIELD]) < 2:
        return []
    home = reverse("careers:home")
    return [
        (words, f"{home}?{urlencode([(other, value) for other, value in here if other != name])}")
        for name, words in asked.items()
        if words
    ]


def _crumbs(part: Part) -> str:
    home = settings.SITE_URL + reverse("careers:home")
    return markup.breadcrumbs([(str(settings.ORGANISATION_NAME), home), (part.name, settings.SITE_URL + part.url)])
