"""What search engines ask for first: which pages there are, and which are none of their business (JOB-15)."""

from __future__ import annotations

from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from hiring.http import public
from hiring.models import Posting, PostingTranslation
from sourcing.careers import facts

MOST_IN_A_FILE = 50_000
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"


@public
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every open job in each of its languages, or an index of files when there are more than one file may hold."""
    lists, most = _lists(), _most_postings()
    count = Posting.objects.public().count() + len(lists)
    if count <= most:
        return _urls(lists, 0, most)
    files = range(1, -(-count // most) + 1)
    places = "".join(f"<sitemap><loc>{_absolute('sitemap_file', number)}</loc></sitemap>" for number in files)
    return _xml(f'<sitemapindex xmlns="{NAMESPACE}">{places}</sitemapindex>')


@public
@require_safe
def sitemap_file(request: HttpRequest, number: int) -> HttpResponse:
    if number < 1:
        raise Http404
    most = _most_postings()
    return _urls(_lists(), (number - 1) * most, most)


def _most_postings() -> int:
    """How many postings go into a file when each has as many languages as the one with the most."""
    rows = PostingTranslation.objects.filter(posting__in=Posting.objects.public().values("pk"))
    most = rows.order_by().values("posting").annotate(many=Count("pk")).order_by("-many").values_list("many", flat=True)
    return max(MOST_IN_A_FILE // (1 + (most.first() or 0)), 1)


def _urls(lists: list[str], start: int, most: int) -> HttpResponse:
    """The pages that list jobs come first, each where a posting would stand; the postings follow."""
    rows = [f"<url><loc>{one}</loc></url>" for one in lists[start : start + most]]
    public = Posting.objects.public().order_by("pk").values_list("pk", "slug", "language", "changed_at")
    first, behind = max(start - len(lists), 0), max(start + most - len(lists), 0)
    page = list(public[first:behind])
    spoken: dict[int, list[str]] = {}
    if page:
        of_page = PostingTranslation.objects.filter(posting__gte=page[0][0], posting__lte=page[-1][0])
        for pk, code in of_page.order_by("language").values_list("posting", "language"):
            spoken.setdefault(pk, []).append(code)
    original = _absolute("careers:posting", "SLUG").split("SLUG")  # asked once: it is the slow part of 50,000 lines
    for pk, slug, language, changed_at in page:
        address = slug.join(original)
        addresses = {language: address} | {code: f"{address}{code}/" for code in spoken.get(pk, ())}
        others = _alternates(addresses, address) if len(addresses) > 1 else ""
        lastmod = f"<lastmod>{changed_at.isoformat(timespec='seconds')}</lastmod>"
        rows += [f"<url><loc>{one}</loc>{lastmod}{others}</url>" for one in addresses.values()]
    if not rows:
        raise Http404
    return _xml(f'<urlset xmlns="{NAMESPACE}" xmlns:xhtml="{XHTML}">{"".join(rows)}</urlset>')


def _lists() -> list[str]:
    """The home page, and the page of each department and place that has an open job."""
    site = facts.site()
    choices = (*site.departments, *site.locations)
    return [_absolute("careers:home"), *(escape(settings.SITE_URL + one.url) for one in choices)]


def _alternates(addresses: dict[str, str], default: str) -> str:
    """All languages of a job, named in the entry of each (JOB-16)."""
    links = [f'<xhtml:link rel="alternate" hreflang="{code}" href="{one}"/>' for code, one in addresses.items()]
    return "".join(links) + f'<xhtml:link rel="alternate" hreflang="x-default" href="{default}"/>'


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
