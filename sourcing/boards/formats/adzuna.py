"""Adzuna's XML feed (JOB-28): a description in HTML of at least 100 characters, pay as numbers."""

from __future__ import annotations

from sourcing.boards.adverts import Advert
from sourcing.boards.shapes import EVERY_BOARD, LOCATION, Feed, Field, Format, xml_item

CONTRACT_TIMES = {"FULL_TIME": "full_time", "PART_TIME": "part_time"}
CONTRACT_TYPES = {
    "FULL_TIME": "permanent", "PART_TIME": "permanent", "CONTRACTOR": "contract", "TEMPORARY": "contract", "INTERN": "contract",
}  # fmt: skip
FREQUENCIES = {"HOUR": "hour", "DAY": "day", "MONTH": "month", "YEAR": "year"}


def pay(advert: Advert, what: str) -> str:
    return str(advert.pay[what]) if advert.pay else ""


FIELDS = (
    Field("title", lambda advert, board: advert.title, required=True),
    Field("id", lambda advert, board: advert.reference, required=True),
    Field("description", lambda advert, board: advert.literal, required=True),
    Field("url", lambda advert, board: advert.url, required=True),
    Field("location", lambda advert, board: advert.where, required=True, mend=LOCATION),
    Field("city", lambda advert, board: advert.place.city),
    Field("state", lambda advert, board: advert.place.region),
    Field("country", lambda advert, board: advert.place.country),
    Field("postcode", lambda advert, board: advert.place.postal_code),
    Field("company", lambda advert, board: advert.company),
    Field("category", lambda advert, board: advert.job.department.name),
    Field("date", lambda advert, board: advert.published.isoformat(timespec="seconds")),
    Field("salary_min", lambda advert, board: pay(advert, "low")),
    Field("salary_max", lambda advert, board: pay(advert, "high")),
    Field("salary_currency", lambda advert, board: pay(advert, "currency")),
    Field("salary_frequency", lambda advert, board: FREQUENCIES.get(pay(advert, "unit"), "")),
    Field("contract_type", lambda advert, board: CONTRACT_TYPES.get(advert.job.employment_type, "")),
    Field("contract_time", lambda advert, board: CONTRACT_TIMES.get(advert.job.employment_type, "")),
)


def head(feed: Feed) -> str:
    return '<?xml version="1.0" encoding="utf-8"?>\n<jobs>\n'


FORMAT = Format(
    key="adzuna",
    name="Adzuna",
    about="Send the address to Adzuna's feed team; it is fetched at least once a day.",
    content_type="application/xml; charset=utf-8",
    head=head,
    foot=lambda feed: "</jobs>\n",
    item=xml_item("job", FIELDS),
    fields=FIELDS,
    by_place=True,
    rules=EVERY_BOARD,
)
