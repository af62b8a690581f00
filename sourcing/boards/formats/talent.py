"""Talent.com's XML feed (JOB-28): like Indeed's, with the moment of its last change in one set form."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from sourcing.boards.adverts import Advert
from sourcing.boards.models import Board
from sourcing.boards.shapes import EVERY_BOARD, LOCATION, Feed, Field, Format, xml_item
from sourcing.boards.texts import element

PRODUCT = "Throughline"
JOB_TYPES = {
    "FULL_TIME": "full-time", "PART_TIME": "part-time", "CONTRACTOR": "contract", "TEMPORARY": "temporary", "INTERN": "internship",
}  # fmt: skip


def moment(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def is_remote(advert: Advert, board: Board) -> str:
    return "yes" if advert.is_remote else "no"


FIELDS = (
    Field("title", lambda advert, board: advert.title, required=True),
    Field("company", lambda advert, board: advert.company, required=True),
    Field("city", lambda advert, board: advert.place.city, required=True, mend=LOCATION),
    Field("state", lambda advert, board: advert.place.region, always=True),
    Field("country", lambda advert, board: advert.place.country, required=True, mend=LOCATION),
    Field("postalcode", lambda advert, board: advert.place.postal_code),
    Field("streetaddress", lambda advert, board: advert.place.street),
    Field("dateposted", lambda advert, board: moment(advert.published), required=True),
    Field("referencenumber", lambda advert, board: advert.reference, required=True),
    Field("url", lambda advert, board: advert.url, required=True),
    Field("description", lambda advert, board: advert.literal, required=True),
    Field("salary", lambda advert, board: advert.pay_in_words),
    Field("jobtype", lambda advert, board: JOB_TYPES.get(advert.job.employment_type, "")),
    Field("category", lambda advert, board: advert.job.department.name),
    Field("isremote", is_remote),
    Field("expirationdate", lambda advert, board: advert.last_day.isoformat() if advert.last_day else ""),
)


def head(feed: Feed) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<source>\n'
        + element("publisher", PRODUCT)
        + element("publisherurl", settings.SITE_URL)
        + element("lastbuilddate", moment(feed.changed_at))
        + "\n"
    )


FORMAT = Format(
    key="talent",
    name="Talent.com",
    about="Send the address to Talent.com's integration team.",
    content_type="application/xml; charset=utf-8",
    head=head,
    foot=lambda feed: "</source>\n",
    item=xml_item("job", FIELDS),
    fields=FIELDS,
    by_place=True,
    rules=EVERY_BOARD,
)
