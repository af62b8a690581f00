"""JSON Feed 1.1 (JOB-28): the same as RSS, for programs that would rather read JSON."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from sourcing.boards.adverts import Advert
from sourcing.boards.models import Board
from sourcing.boards.shapes import Feed, Format
from sourcing.boards.texts import as_json


def item(advert: Advert, board: Board) -> str:
    return as_json(
        {
            "id": advert.reference,
            "url": advert.url,
            "title": f"{advert.title}, {advert.terms.place}",
            "content_html": advert.html,
            "date_published": advert.published.isoformat(timespec="seconds"),
            "date_modified": advert.changed.isoformat(timespec="seconds"),
            "tags": [advert.job.department.name],
            "language": advert.posting.language,
        }
    )


def head(feed: Feed) -> str:
    frame = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"Jobs at {settings.ORGANISATION_NAME}",
        "home_page_url": settings.SITE_URL + reverse("careers:home"),
        "feed_url": feed.address,
        "language": "en",
    }
    return as_json(frame)[:-1] + ',"items":['


FORMAT = Format(
    key="json-feed",
    name="JSON Feed",
    about="For programs and web sites that read JSON Feed. The career site's pages point to it.",
    content_type="application/feed+json; charset=utf-8",
    head=head,
    foot=lambda feed: "]}\n",
    item=item,
    between=",",
    is_open=True,
)
