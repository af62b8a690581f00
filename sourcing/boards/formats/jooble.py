"""Jooble's XML feed (JOB-28): dates as DD.MM.YYYY, and nothing that nobody touched for 45 days."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from sourcing.boards.adverts import Advert
from sourcing.boards.models import Board
from sourcing.boards.shapes import EVERY_BOARD, POSTING, Feed, Field, Format, Refusal, xml_item

DAYS = 45
JOB_TYPES = {
    "FULL_TIME": "full-time", "PART_TIME": "part-time", "CONTRACTOR": "contract", "TEMPORARY": "temporary", "INTERN": "internship",
}  # fmt: skip


def day(at: dt.date | None) -> str:
    return f"{at:%d.%m.%Y}" if at else ""


def touched_lately(advert: Advert, board: Board) -> Refusal | None:
    """Counted in whole days, so that a feed changes by the day and not by the second (planning.fingerprint)."""
    days = (timezone.now().date() - advert.changed.astimezone(dt.UTC).date()).days
    if days < DAYS:
        return None
    sentence = (
        f"Jooble lists what was touched in the last {DAYS} days; this was {days} days ago. Look it over and save it."
    )
    return Refusal("Too old", sentence, POSTING)


FIELDS = (
    Field("link", lambda advert, board: advert.url, required=True),
    Field("name", lambda advert, board: advert.title, "title", required=True),
    Field("region", lambda advert, board: advert.where, required=True),
    Field("description", lambda advert, board: advert.literal, required=True),
    Field("pubdate", lambda advert, board: day(advert.published), required=True),
    Field("updated", lambda advert, board: day(advert.changed), required=True),
    Field("expire", lambda advert, board: day(advert.last_day)),
    Field("company", lambda advert, board: advert.company),
    Field("salary", lambda advert, board: advert.pay_in_words),
    Field("jobtype", lambda advert, board: JOB_TYPES.get(advert.job.employment_type, "")),
)


def head(feed: Feed) -> str:
    return '<?xml version="1.0" encoding="utf-8"?>\n<jobs>\n'


FORMAT = Format(
    key="jooble",
    name="Jooble",
    about="Enter the address in Jooble's employer account, or send it to their feed team.",
    content_type="application/xml; charset=utf-8",
    head=head,
    foot=lambda feed: "</jobs>\n",
    item=xml_item("job", FIELDS, attributes=lambda advert: f'id="{advert.reference}"'),
    fields=FIELDS,
    by_place=True,
    rules=(*EVERY_BOARD, touched_lately),
)
