"""What search engines ask for first: which pages there are, and which are none of their business (JOB-15)."""

from __future__ import annotations

from xml.sax.saxutils import escape

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from hiring.http import public
from hiring.models import Posting

MOST_IN_A_FILE = 50_000
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


@public
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every open job, or an index of files when there are more than one file may hold."""
    count = Posting.objects.public().count() + 1
    if count <= MOST_IN_A_FILE:
        return _urls(0)
    files = range(1, -(-count // MOST_IN_A_FILE) + 1)
    places = "".join(f"<sitemap><loc>{_absolute('sitemap_file', number)}</loc></sitemap>" for number in files)
    return _xml(f'<sitemapindex xmlns="{NAMESPACE}">{places}</sitemapindex>')


@public
@require_safe
def sitemap_file(request: HttpRequest, number: int) -> HttpResponse:
    if number < 1:
        raise Http404
    return _urls((number - 1) * MOST_IN_A_FILE)


def _urls(start: int) -> HttpResponse:
    open_ones = Posting.objects.public().order_by("pk").values_list("slug", "changed_at")
    rows = [f"<url><loc>{_absolute('careers:home')}</loc></url>"] if start == 0 else []
    address = _absolute("careers:posting", "SLUG").split("SLUG")  # asked once: it is the slow part of 50,000 lines
    for slug, changed_at in open_ones[max(start - 1, 0) : start - 1 + MOST_IN_A_FILE]:
        lastmod = changed_at.isoformat(timespec="seconds")
        rows.append(f"<url><loc>{slug.join(address)}</loc><lastmod>{lastmod}</lastmod></url>")
    if not rows:
        raise Http404
    return _xml(f'<urlset xmlns="{NAMESPACE}">{"".join(rows)}</urlset>')


@public
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """The career site may be read, its forms and everything behind a sign-in or a personal link may not."""
    lines = ["User-agent: *"]
    if settings.INDEXABLE:
        lines += [
            "Disallow: /careers/jobs/*/apply/",
            "Disallow: /careers/sent/",
            "Allow: /careers/",
            "Allow: /static/",
            "Disallow: /",
        ]
    else:
        lines += ["Disallow: /"]
    lines += ["", f"Sitemap: {_absolute('sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _absolute(route: str, *args: object) -> str:
    return escape(settings.SITE_URL + reverse(route, args=args))


def _xml(body: str) -> HttpResponse:
    return HttpResponse(
        f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n', content_type="application/xml; charset=utf-8"
    )
