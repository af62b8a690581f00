"""FIX-4: one organisation with 12 awkward postings that are out, and five that are not. Ids are fixed: they stand in the golden files."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from hiring.models import Department, Location, Posting
from tests.factories import JobFactory, PostingFactory

NOW = dt.datetime(2026, 11, 2, 9, 30, tzinfo=dt.UTC)
WORK = (
    "<p>You build pipelines that meters and people can trust, with a team that reviews, tests and ships every week.</p>"
)
HOSTILE = (
    "<p>Ends ]]> here, and ]]]]> there; AT&amp;T, 3 &lt; 5 &gt; 2, &lt;script&gt;alert(1)&lt;/script&gt;, &amp;lt; and &nbsp;a gap.</p>"
    "<h3>Control\x0b\x1f\x7f\x85 and \ufffe</h3><ol><li>First</li></ol><script>alert(2)</script>"
    '<p onclick="x()">Plain words, so that it is long enough.</p>'
)
IMAGE = '<p><img src="https://example.com/advert.png" alt=""></p>'
LONG_AGO = {"first_published_at": NOW - dt.timedelta(days=400), "changed_at": NOW - dt.timedelta(days=60)}
PLACES = {
    "Lyon": ("Lyon", "Auvergne-Rhône-Alpes", "FR", "Europe/Paris", "69003", "12 Example Street"),
    "Tokyo": ("Tokyo", "", "JP", "Asia/Tokyo", "100-0001", ""),
    "London": ("London", "", "GB", "Europe/London", "EC1A 1BB", ""),
    "Austin": ("Austin", "TX", "US", "America/Chicago", "78701", ""),
    "Bergen": ("Bergen", "", "NO", "Europe/Oslo", "", ""),
    "Haifa": ("حيفا & חיפה", "", "IL", "Asia/Jerusalem", "3100001", ""),
}


def pay(low: int | None, high: int | None, currency: str = "EUR", period: str = "YEAR") -> dict[str, Any]:
    amounts = {"pay_min": low and Decimal(low), "pay_max": high and Decimal(high)}
    return {
        f"job__{name}": value for name, value in (amounts | {"pay_currency": currency, "pay_period": period}).items()
    }


OUT: list[tuple[str, dict[str, Any]]] = [
    ("Lyon", {"title": "Data Engineer", "job__workplace": "on_site", **pay(52000, 64000)}),
    ("Lyon", {"title": "Site Reliability Engineer", "job__workplace": "remote", "remote_countries": "FR, BE", **pay(60000, 60000)}),
    ("Tokyo", {"title": "Field Technician", "job__employment_type": "TEMPORARY", **pay(1800, 2400, "JPY", "HOUR")}),
    ("London", {"title": "Analyst", "expires_at": dt.datetime(2027, 3, 28, 23, 0, tzinfo=dt.UTC), **pay(45000, 45000, "GBP")}),
    ("Lyon", {"title": "R&D Lead ]]", "description": HOSTILE, **pay(None, 70000)}),
    ("Haifa", {"title": "مهندس بيانات 🎉 עברית", "description": WORK + "<p>👩‍🔧 شبكة ‏كهرباء</p>"}),
    ("Austin", {"title": "Line Worker", "job__employment_type": "CONTRACTOR", **pay(31, 39, "USD", "HOUR")}),
    ("Bergen", {"title": "Grid Planner", **pay(700000, None, "NOK")}),
    ("London", {"title": "Brand Designer (URGENT!)", "description": IMAGE}),
    ("London", {"title": "Summer Intern", "job__employment_type": "INTERN", "show_pay": False, **pay(1, 2, "GBP")}),
    ("London", {"title": "Night Watch", "job__employment_type": "PART_TIME", **LONG_AGO}),
    ("Lyon", {"title": "Buyer", "show_pay": False, **pay(40000, 45000)}),
]  # fmt: skip
"""Place and changes. The last lost its pay after it was published: the law of its place wants it (JOB-20)."""

NOT_OUT: list[dict[str, Any]] = [
    {"title": "Expired", "expires_at": NOW - dt.timedelta(seconds=1)},
    {"title": "Confidential", "job__confidential": True},
    {"title": "On hold", "job__status": "on_hold"},
    {"title": "Draft", "status": "draft"},
    {"title": "Taken down", "status": "unpublished"},
]


def make() -> list[Posting]:
    """The 12 that are out, in the order above; ids 9001 to 9012, also of what they say of their place; locations 91 to 96."""
    team = Department.objects.create(name="Grid & Data")
    places = {}
    for number, (name, (city, region, country, zone, code, street)) in enumerate(PLACES.items(), 91):
        places[name] = Location.objects.create(
            pk=number,
            name=name,
            city=city,
            region=region,
            country=country,
            time_zone=zone,
            postal_code=code,
            street=street,
        )
    made = [_posting(9001 + number, team, places[place], changes) for number, (place, changes) in enumerate(OUT)]
    for number, changes in enumerate(NOT_OUT):
        _posting(9101 + number, team, places["London"], changes)
    return made


def _posting(pk: int, team: Department, place: Location, changes: dict[str, Any]) -> Posting:
    of_job = {name.removeprefix("job__"): value for name, value in changes.items() if name.startswith("job__")}
    own = {name: value for name, value in changes.items() if not name.startswith("job__")}
    job = JobFactory(pk=pk, requisition_id=f"REQ-{pk}", department=team, location=place, created_at=NOW, **of_job)
    words = {"description": WORK, "first_published_at": NOW - dt.timedelta(days=2), "changed_at": NOW} | own
    return PostingFactory(pk=pk, job=job, slug=f"posting-{pk}", place__pk=pk, **words)
