"""Pages of the career site that are the same for everybody: a cache between us and the visitors may carry the load.

What a page is made of has a mark: the versions of its rows, which every write moves, whichever door it came through. Whoever has
the page of that mark gets 304, and nothing is built; whoever has not gets it from among those kept, or it is made. The marks are
asked for each time, so a posting that is taken down is gone here at once, and from caches before a minute has passed (JOB-13).

A visitor who came by an advert carries that on in every link (origin.py). Their page is their own, and no cache keeps it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import cache

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db.models import TextField
from django.db.models.expressions import RawSQL
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language

from hiring.models import Posting
from sourcing.career_site import look
from sourcing.careers import facts, listing, origin

BROWSERS, CACHES, LATE = 10, 25, 20
"""Seconds: what a browser keeps, what a cache keeps, and how long it may tell on while it asks. Together less than a minute."""
PUBLIC = f"public, max-age={BROWSERS}, s-maxage={CACHES}, stale-while-revalidate={LATE}"
SHAPE = 1
"""Counts up when pages look different for the same rows and files, so that nobody keeps an old one."""

VERSION_OF = RawSQL(
    """md5(concat_ws('|', hiring_posting.xmin, hiring_posting.ctid, hiring_job.xmin, hiring_job.ctid,
  (SELECT concat_ws('.', d.xmin, d.ctid) FROM hiring_department d WHERE d.id = hiring_job.department_id),
  (SELECT concat_ws('.', l.xmin, l.ctid) FROM hiring_location l WHERE l.id = hiring_job.location_id),
  (SELECT string_agg(concat_ws('.', x.xmin, x.ctid, y.xmin, y.ctid), ',' ORDER BY x.id) FROM hiring_postingplace x
     JOIN hiring_location y ON y.id = x.location_id WHERE x.posting_id = hiring_posting.id),
  (SELECT string_agg(concat_ws('.', t.xmin, t.ctid), ',' ORDER BY t.id) FROM hiring_postingtranslation t
    WHERE t.posting_id = hiring_posting.id),
  (SELECT string_agg(DISTINCT s.kind, ',') FROM pipeline_stage s WHERE s.job_id = hiring_posting.job_id)))""",
    [],
    output_field=TextField(),
)


def marks(ids: Iterable[int]) -> list[tuple[int, str]]:
    """Of those of these postings that everybody can read now: the version of all that is said of each. One question."""
    wanted = list(ids)
    if not wanted:
        return []
    rows = Posting.objects.public().filter(pk__in=wanted).order_by("pk")
    return list(rows.annotate(mark=VERSION_OF).values_list("pk", "mark"))


def mark_of(slug: str) -> tuple[int, list[tuple[int, str]]] | None:
    """Of a posting that everybody can read, and of those it names as similar; None for any other."""
    pk = facts.kept(
        f"careers:slug:{slug}", lambda: Posting.objects.filter(slug=slug).values_list("pk", flat=True).first()
    )
    if pk is None:
        return None
    found = marks([pk, *listing.ids_alike(pk)])
    return (pk, found) if any(one == pk for one, _ in found) else None


def answer(request: HttpRequest, made_of: object, build: Callable[[], HttpResponse]) -> HttpResponse:
    """The page made of this, to whoever asks: as it is kept, as they have it, or built."""
    if origin.of_address(request):
        response = build()
        response["Cache-Control"] = "private, no-cache"
        return response
    digest = hashlib.sha256(
        repr(
            (SHAPE, _files(), settings.SITE_URL, request.get_full_path(), get_language(), look.current(), made_of)
        ).encode()
    ).hexdigest()[:40]
    etag = f'W/"{digest}"'  # weak: packed and plain hold the same
    known = get_conditional_response(request, etag=etag)
    if known is not None:
        response = known
    else:
        response = build() if request.META.get("QUERY_STRING") else _page(digest, build)
        if response.status_code != 200:
            return response
    response["ETag"], response["Cache-Control"] = etag, PUBLIC
    if not settings.INDEXABLE:
        response["X-Robots-Tag"] = "noindex"  # JOB-19: only the real site may be found; staging and previews say so
    return response


def _page(digest: str, build: Callable[[], HttpResponse]) -> HttpResponse:
    """Pages whose address asks for nothing are few, and kept for some seconds; what may be asked for has no end."""
    made: list[HttpResponse] = []

    def content() -> bytes | None:
        made.append(build())
        return made[0].content if made[0].status_code == 200 else None

    kept = facts.kept(f"careers:page:{digest}", content)
    return HttpResponse(kept) if kept is not None else made[0]


@cache
def _files() -> str:
    """Of this release: its style sheet is another file after every change of looks."""
    return str(staticfiles_storage.url("css/app.css"))


def by_language(response: HttpResponse) -> HttpResponse:
    """For a page whose language the browser chose."""
    patch_vary_headers(response, ["Accept-Language"])
    return response
