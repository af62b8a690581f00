"""People found on a page of the web: what the bookmarklet carries over, and what becomes of it once somebody says save.

The page's title, address and selection travel in the fragment of our address, which no server sees, and wait in the
window's own storage (static/js/capture.js). Nothing is kept before the form is sent.
"""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from hiring import candidates, contact_points, notes, origins, profile_links, sources
from hiring.errors import Refused
from hiring.models import Candidate, ContactPoint, Note, Source, User
from hiring.names import fold
from sourcing import pools
from sourcing.models import TalentPool

LONGEST_TEXT = 4_000
LONGEST_PAGE = 2_000
AGAIN_WITHIN = dt.timedelta(minutes=10)

# One line, because a bookmark is one. Only short pieces of the page are taken, and only when it is clicked.
BOOKMARKLET = (
    "javascript:(function(){var s='';try{s=String(getSelection()||'')}catch(e){}"
    "var d=JSON.stringify({url:String(location.href).slice(0,2000),title:String(document.title).slice(0,300),text:s.slice(0,4000)});"
    "window.open('ADDRESS#'+encodeURIComponent(d),'throughline','popup,width=480,height=780')"
    "||alert('The browser held the window back. Allow pop-up windows for this page and try again.')})()"
)


def bookmarklet() -> str:
    """The address behind the button that is dragged to the bookmarks."""
    return BOOKMARKLET.replace("ADDRESS", settings.SITE_URL + reverse("sourcing:capture"))


def networks() -> str:
    """The hosts whose pages are one person's each, so that only their addresses are offered as a profile link."""
    return " ".join(sorted(profile_links.NETWORKS))


@transaction.atomic
def add(
    *,
    by: User,
    name: str,
    email: str = "",
    link: str = "",
    headline: str = "",
    text: str = "",
    page: str = "",
    purpose: str,
    basis: str,
    pool: TalentPool | None = None,
) -> tuple[Candidate, bool]:
    """Keep a person found on `page`, with what was selected there as a note; True when they are new.

    Sending the same form twice keeps one person and one note, also where a name is all there is.
    """
    if earlier := _just_captured(name, page, by) if not (email or link) else None:
        candidate, created = earlier, False
    else:
        candidate, created = candidates.create(
            by=by,
            purpose=purpose,
            basis=basis,
            name=name,
            emails=[email],
            links=[link],
            headline=headline,
            source=sourced(),
            source_note=place_of(page),
        )
    origins.note(candidate, by=by, page=place_of(page))
    _leave(candidate, text, page, pool, by=by)
    return candidate, created


@transaction.atomic
def add_to(
    candidate: Candidate,
    *,
    by: User,
    email: str = "",
    link: str = "",
    text: str = "",
    page: str = "",
    pool: TalentPool | None = None,
) -> list[str]:
    """Put what was found on the record of somebody known. Returns sentences about what could not be added, and why."""
    problems = []
    origins.note(candidate, by=by, page=place_of(page))
    for kind, raw in ((ContactPoint.Kind.EMAIL, email), (ContactPoint.Kind.LINK, link)):
        if not raw or _has(candidate, kind, raw):
            continue
        try:
            with transaction.atomic():
                candidates.add_contact_point(candidate, kind, raw, by=by)
        except Refused as refused:
            problems.append(refused.sentence)
    _leave(candidate, text, page, pool, by=by)
    return problems


def sourced() -> Source:
    """The source of people we found ourselves."""
    return sources.of_group(Source.Kind.SOURCED, "Sourced")


def is_web(page: str) -> bool:
    """Whether this is an address of the web, and not of a file, a script or a browser's own page."""
    try:
        parts = urlsplit(page)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def place_of(page: str) -> str:
    """A page as it is noted: host and path. What stands behind the question mark may be a session's secret."""
    if not is_web(page):
        return ""
    parts = urlsplit(page)
    return contact_points.plain(f"{parts.hostname}{parts.path}".rstrip("/"))[:200]


def _has(candidate: Candidate, kind: str, raw: str) -> bool:
    try:
        value = candidates.NORMALISE[ContactPoint.Kind(kind)](raw)
    except Refused:
        return False
    return candidate.contact_points.filter(kind=kind, value=value).exists()


def _just_captured(name: str, page: str, by: User) -> Candidate | None:
    """The same name from the same page by the same colleague a moment ago: a second click, not a second person."""
    recent = Candidate.objects.live().filter(name_key=fold(name), created_at__gte=timezone.now() - AGAIN_WITHIN)
    return recent.filter(source_note=place_of(page), owner=by).order_by("pk").first()


def _leave(candidate: Candidate, text: str, page: str, pool: TalentPool | None, *, by: User) -> None:
    """The selection as a note, once; the place in the pool, with where they were found as the reason."""
    words = notes.clean(text)[:LONGEST_TEXT]
    found_on = place_of(page)
    if words:
        whole = f"{words}\n\nFrom {found_on}" if found_on else words
        if not Note.objects.filter(candidate=candidate, author=by, text=whole).exists():
            notes.write(candidate, whole, by=by, visibility=Note.Visibility.EVERYONE)
    if pool:
        host = found_on.partition("/")[0]
        pools.add(pool, candidate, reason=f"Found on {host}" if host else "Captured from the web", by=by)
