"""Indeed's XML feed (JOB-23, JOB-24): one <job> for each place of work, everything in CDATA, literal HTML."""

from __future__ import annotations

from django.conf import settings

from sourcing.boards.adverts import HYBRID, Advert
from sourcing.boards.models import Board
from sourcing.boards.shapes import EVERY_BOARD, LOCATION, POSTING, Feed, Field, Format, Refusal, xml_item
from sourcing.boards.texts import element

JOB_TYPES = {
    "FULL_TIME": "fulltime", "PART_TIME": "parttime", "CONTRACTOR": "contract", "TEMPORARY": "temporary", "INTERN": "internship",
}  # fmt: skip
PRODUCT = "Throughline"
WITH_STATES = {"US", "CA", "AU"}
WITHOUT_POSTAL_CODES = {"AE", "HK", "QA", "JM", "PA"}


def remote_type(advert: Advert) -> str:
    if advert.is_remote:
        return "Fully remote"
    return "Hybrid remote" if advert.workplace == HYBRID else ""


def postal_code(advert: Advert, board: Board) -> Refusal | None:
    if advert.place.postal_code or advert.place.country in WITHOUT_POSTAL_CODES:
        return None
    return Refusal("Postal code", f"A postal code is needed; {advert.place.name} has none.", LOCATION)


def state(advert: Advert, board: Board) -> Refusal | None:
    if advert.place.region or advert.place.country not in WITH_STATES:
        return None
    return Refusal("State", f"A state or province is needed; {advert.place.name} has none.", LOCATION)


FIELDS = (
    Field("title", lambda advert, board: advert.title, required=True),
    Field("date", lambda advert, board: advert.published.isoformat(timespec="seconds"), required=True),
    Field("referencenumber", lambda advert, board: advert.reference, required=True),
    Field("requisitionid", lambda advert, board: advert.job.requisition_id, "requisition number", required=True),
    Field("url", lambda advert, board: advert.url, required=True),
    Field("company", lambda advert, board: advert.company, required=True),
    Field("city", lambda advert, board: advert.place.city, required=True, mend=LOCATION),
    Field("state", lambda advert, board: advert.place.region, always=True),
    Field("country", lambda advert, board: advert.place.country, required=True, mend=LOCATION),
    Field("postalcode", lambda advert, board: advert.place.postal_code, always=True),
    Field("streetaddress", lambda advert, board: advert.place.street),
    Field("description", lambda advert, board: advert.literal, required=True, mend=POSTING),
    Field("salary", lambda advert, board: advert.pay_in_words),
    Field("jobtype", lambda advert, board: JOB_TYPES.get(advert.job.employment_type, "")),
    Field("category", lambda advert, board: advert.job.department.name),
    Field("remotetype", lambda advert, board: remote_type(advert)),
    Field("expirationdate", lambda advert, board: advert.last_day.isoformat() if advert.last_day else ""),
)


def head(feed: Feed) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<source>\n'
        + element("publisher", PRODUCT)
        + element("publisherurl", settings.SITE_URL)
        + element("lastBuildDate", feed.changed_at.isoformat(timespec="seconds"))
        + "\n"
    )


FORMAT = Format(
    key="indeed",
    name="Indeed",
    about="Hand the address to Indeed's onboarding; it is fetched several times a day.",
    content_type="application/xml; charset=utf-8",
    head=head,
    foot=lambda feed: "</source>\n",
    item=xml_item("job", FIELDS),
    fields=FIELDS,
    by_place=True,
    rules=(*EVERY_BOARD, postal_code, state),
)
