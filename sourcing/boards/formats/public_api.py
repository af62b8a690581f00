"""The public JSON API: open jobs page by page, for an own web site that shows them. It needs no key and says what the site says."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from hiring.models import PostingPlace
from hiring.postings.places import pay_at
from sourcing.boards.adverts import Advert
from sourcing.boards.models import Board
from sourcing.boards.shapes import Feed, Format
from sourcing.boards.texts import as_json, legal
from sourcing.careers import markup


def shape(advert: Advert, *, whole: bool = True) -> dict[str, Any]:
    """One job. The list leaves the description out: whoever shows a list does not need it."""
    said = {
        "id": advert.reference,
        "requisition_id": advert.job.requisition_id,
        "slug": advert.posting.slug,
        "title": legal(advert.title),
        "url": advert.url,
        "department": advert.job.department.name,
        "language": advert.posting.language,
        "location": _location(advert.site),
        "locations": [_site(site) for site in advert.posting.sites],
        "workplace": advert.workplace,
        "remote_countries": advert.countries if advert.is_remote else [],
        "employment_type": advert.job.employment_type,
        "pay": (
            {
                "min": advert.pay["low"],
                "max": advert.pay["high"],
                "currency": advert.pay["currency"],
                "period": advert.pay["unit"],
            }
            if advert.pay
            else None
        ),
        "published_at": advert.published.isoformat(timespec="seconds"),
        "changed_at": advert.changed.isoformat(timespec="seconds"),
        "closes_at": advert.expires.isoformat(timespec="seconds") if advert.expires else None,
    }
    if not whole:
        return said
    others = [
        {"language": one.language, "title": legal(one.title), "url": settings.SITE_URL + one.get_absolute_url()}
        for one in advert.posting.translations.all()
    ]
    return said | {"description_html": legal(advert.html), "translations": others}


def _site(site: PostingPlace) -> dict[str, Any]:
    return _location(site) | {"workplace": site.workplace, "pay": _pay(markup.pay(pay_at(site)))}


def _location(site: PostingPlace) -> dict[str, Any]:
    place = site.location
    return {"name": place.name, "city": place.city, "region": place.region, "country": place.country}


def _pay(said: dict[str, Any] | None) -> dict[str, Any] | None:
    if said is None:
        return None
    value = said["value"]
    low, high = value.get("minValue", value.get("value")), value.get("maxValue", value.get("value"))
    return {"min": low, "max": high, "currency": said["currency"], "period": value["unitText"]}


def item(advert: Advert, board: Board) -> str:
    return as_json(shape(advert, whole=False))


def head(feed: Feed) -> str:
    return f'{{"count":{feed.count},"jobs":['


FORMAT = Format(
    key="api",
    name="Public API",
    about="For a web site of your own that lists the jobs. Anybody may read it; it holds what the career site shows.",
    content_type="application/json; charset=utf-8",
    head=head,
    foot=lambda feed: "]}\n",
    item=item,
    between=",",
    is_open=True,
    is_paged=True,
)
