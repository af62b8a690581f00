"""A posting as search engines read it: one JSON-LD JobPosting, saying exactly what the page says (JOB-1 to JOB-12)."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import nh3
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from hiring.models import Location, Posting
from hiring.models.jobs import Workplace
from hiring.postings import sanitise, zone_of
from hiring.postings.places import PayRange, countries_of_remote_work, pay_in_all
from sourcing.careers.languages import address_of

PLAIN_TAGS = {"p", "ul", "li", "br"}  # JOB-4: the only ones a search engine lays out


def script(posting: Posting) -> SafeString:
    """The data block of a posting."""
    return block(job_posting(posting))


def breadcrumbs(way: Sequence[tuple[str, str]]) -> SafeString:
    """Where a page stands, from the home page down: (name, absolute address) of each step, the page itself last."""
    steps = [
        {"@type": "ListItem", "position": position, "name": name, "item": address}
        for position, (name, address) in enumerate(way, start=1)
    ]
    return block({"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": steps})


def block(said: dict[str, Any]) -> SafeString:
    """Escaped so that no text in it can end it: JSON allows \\u003c wherever it has a <."""
    data = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        data = data.replace(sign, f"\\u{ord(sign):04x}")
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(data))  # reviewed: escaped above


def job_posting(posting: Posting) -> dict[str, Any]:
    job, zone = posting.job, zone_of(posting)
    published = posting.first_published_at or posting.changed_at
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": posting.title,
        "description": description(posting),
        "identifier": {"@type": "PropertyValue", "name": settings.ORGANISATION_NAME, "value": job.requisition_id},
        "datePosted": published.astimezone(zone).date().isoformat(),
        "employmentType": [job.employment_type],
        "directApply": True,
        "hiringOrganization": {"@type": "Organization", "name": settings.ORGANISATION_NAME},
        "url": address_of(posting),
    }
    if posting.expires_at:
        data["validThrough"] = posting.expires_at.astimezone(zone).isoformat(timespec="seconds")
    data |= _places(posting)
    if salary := pay(pay_in_all(posting)):
        data["baseSalary"] = salary
    return data


def text(posting: Posting) -> SafeString:
    """The words as the page shows them; cleaned once more, whoever wrote them into the table."""
    return clean(posting.description)


def clean(html: str) -> SafeString:
    """Words that colleagues wrote, with the few tags that are on the list."""
    return mark_safe(sanitise(html))  # reviewed: an allowlist of plain tags


def description(posting: Posting) -> str:
    """The text with only the tags that count; headings become paragraphs, so that they do not glue to what follows."""
    html = re.sub(
        r"<(/?)(?:h[1-6]|ol)\b[^>]*>", lambda tag: f"<{tag[1]}{'ul' if 'ol' in tag[0] else 'p'}>", posting.description
    )
    return nh3.clean(html, tags=PLAIN_TAGS, attributes={}).strip()


def _places(posting: Posting) -> dict[str, Any]:
    """JOB-8, JOB-9: every place somebody has to come to, and the countries from which fully remote work is done.

    Only what is fully remote is telecommuting; hybrid work has a place. A job that may be done at a place or remotely says both.
    """
    places = [_place(site.location) for site in posting.sites if site.workplace != Workplace.REMOTE]
    said: dict[str, Any] = {"jobLocation": places if len(places) > 1 else places[0]} if places else {}
    if countries := countries_of_remote_work(posting):
        where = [{"@type": "Country", "name": country} for country in countries]
        said |= {"jobLocationType": "TELECOMMUTE", "applicantLocationRequirements": where}
    return said


def _place(location: Location) -> dict[str, Any]:
    address = {"@type": "PostalAddress", "addressLocality": location.city, "addressCountry": location.country}
    if location.region:
        address["addressRegion"] = location.region
    return {"@type": "Place", "address": address}


def pay(said: PayRange | None) -> dict[str, Any] | None:
    """JOB-7: what the employer states and the page shows, as numbers."""
    if said is None:
        return None
    low, high = said.low, said.high
    value: dict[str, Any] = {"@type": "QuantitativeValue", "unitText": said.period}
    if low == high or low is None or high is None:
        value["value"] = _number(low if low is not None else high)
    else:
        value |= {"minValue": _number(low), "maxValue": _number(high)}
    return {"@type": "MonetaryAmount", "currency": said.currency, "value": value}


def _number(amount: Decimal | None) -> int | float:
    assert amount is not None  # noqa: S101 - asked before
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def last_day(posting: Posting) -> dt.date | None:
    """The day to name on the page, on the clock of the place of work."""
    if not posting.expires_at:
        return None
    return (posting.expires_at.astimezone(zone_of(posting)) - dt.timedelta(seconds=1)).date()
