"""RSS 2.0 of the career site: for feed readers and for boards that know nothing else. It says what the site says."""

from __future__ import annotations

from email.utils import format_datetime

from django.conf import settings
from django.urls import reverse
from django.utils.html import escape

from sourcing.boards.adverts import Advert
from sourcing.boards.models import Board
from sourcing.boards.shapes import Feed, Field, Format, xml_item
from sourcing.boards.texts import element, legal


def guid(advert: Advert, board: Board) -> str:
    return f'<guid isPermaLink="false">{escape(settings.SITE_URL)}/#{advert.reference}</guid>'


FIELDS = (
    Field("title", lambda advert, board: f"{advert.title}, {advert.terms.place}", required=True),
    Field("link", lambda advert, board: advert.url, required=True),
    Field("category", lambda advert, board: advert.job.department.name),
    Field("dc:language", lambda advert, board: advert.posting.language),
    Field("pubDate", lambda advert, board: format_datetime(advert.published)),
    Field("description", lambda advert, board: advert.html, always=True),
)
_write = xml_item("item", FIELDS)


def item(advert: Advert, board: Board) -> str:
    return _write(advert, board).replace("</item>\n", f"{guid(advert, board)}</item>\n")


def head(feed: Feed) -> str:
    address = escape(legal(feed.address))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>\n'
        + element("title", f"Jobs at {settings.ORGANISATION_NAME}")
        + element("link", settings.SITE_URL + reverse("careers:home"))
        + element("description", f"Open jobs at {settings.ORGANISATION_NAME}, newest first")
        + f'<atom:link href="{address}" rel="self" type="application/rss+xml"/>'
        + "<ttl>15</ttl>"
        + element("lastBuildDate", format_datetime(feed.changed_at))
        + "\n"
    )


FORMAT = Format(
    key="rss",
    name="RSS",
    about="For feed readers, intranets and boards that read RSS. The career site's pages point to it.",
    content_type="application/rss+xml; charset=utf-8",
    head=head,
    foot=lambda feed: "</channel></rss>\n",
    item=item,
    fields=FIELDS,
    is_open=True,
)
