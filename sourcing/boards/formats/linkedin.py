"""LinkedIn's XML feed (JOB-27): the employer is named by LinkedIn's own number, a title stays with its id for good."""

from __future__ import annotations

from django.conf import settings

from sourcing.boards.adverts import HYBRID, Advert
from sourcing.boards.shapes import EVERY_BOARD, LOCATION, Feed, Field, Format, xml_item
from sourcing.boards.texts import element

PRODUCT = "Throughline"
JOB_TYPES = {
    "FULL_TIME": "FULL_TIME", "PART_TIME": "PART_TIME", "CONTRACTOR": "CONTRACT", "TEMPORARY": "TEMPORARY", "INTERN": "INTERNSHIP",
}  # fmt: skip
PERIODS = {"HOUR": "HOURLY", "DAY": "DAILY", "MONTH": "MONTHLY", "YEAR": "YEARLY"}


def workplace(advert: Advert) -> str:
    if advert.is_remote:
        return "Remote"
    return "Hybrid" if advert.workplace == HYBRID else "On-site"


def salaries(advert: Advert) -> str:
    """Both ends of the range, or the one amount twice."""
    if not advert.pay:
        return ""
    currency = element("currencyCode", advert.pay["currency"])
    ends = "".join(
        f"<{tag}>{element('amount', str(advert.pay[end]))}{currency}</{tag}>"
        for tag, end in (("highEnd", "high"), ("lowEnd", "low"))
    )
    period, kind = element("period", PERIODS.get(advert.pay["unit"], "")), element("type", "BASE_SALARY")
    return f"<salary>{ends}{period}{kind}</salary>"


FIELDS = (
    Field("partnerJobId", lambda advert, board: advert.reference_of_title, "job id", required=True, longest=40),
    Field("company", lambda advert, board: advert.company, required=True),
    Field("companyId", lambda advert, board: board.company_id),
    Field("title", lambda advert, board: advert.title, required=True, longest=200),
    Field("description", lambda advert, board: advert.literal, required=True, longest=25_000),
    Field("location", lambda advert, board: advert.where, required=True, mend=LOCATION),
    Field("city", lambda advert, board: advert.place.city, required=True, mend=LOCATION),
    Field("state", lambda advert, board: advert.place.region),
    Field("country", lambda advert, board: advert.place.country),
    Field("postalCode", lambda advert, board: advert.place.postal_code),
    Field("applyUrl", lambda advert, board: advert.url, required=True),
    Field("workplaceTypes", lambda advert, board: workplace(advert)),
    Field("jobtype", lambda advert, board: JOB_TYPES.get(advert.job.employment_type, "")),
    Field("listDate", lambda advert, board: f"{advert.published.month}/{advert.published.day}/{advert.published.year}"),
    Field(
        "expirationDate",
        lambda advert, board: (
            f"{advert.last_day.month}/{advert.last_day.day}/{advert.last_day.year}" if advert.last_day else ""
        ),
    ),
    Field("salaries", lambda advert, board: salaries(advert), raw=True),
    Field("posterEmail", lambda advert, board: board.contact_email),
)


def head(feed: Feed) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<source>\n'
        + element("lastBuildDate", feed.changed_at.strftime("%a, %d %b %Y %H:%M:%S GMT"))
        + element("publisherURL", settings.SITE_URL)
        + element("publisher", PRODUCT)
        + f"<expectedJobCount>{feed.count}</expectedJobCount>\n"
    )


FORMAT = Format(
    key="linkedin",
    name="LinkedIn",
    about="Hand the address to LinkedIn's job posting support, with the number of your company page.",
    content_type="application/xml; charset=utf-8",
    head=head,
    foot=lambda feed: "</source>\n",
    item=xml_item("job", FIELDS),
    fields=FIELDS,
    by_place=True,
    rules=EVERY_BOARD,
    settings=("company_id", "contact_email"),
    only_https=True,
)
