"""What goes in and comes out. Every field is listed here (SEC-2): what is not, is refused coming in and never goes out.

Moments are RFC 3339 in UTC; decimals are strings, so that no program rounds them.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from hiring.custom_fields import Shown
from hiring.models import Candidate, CustomField, Job, Source, User
from hiring.notes import clean

LARGEST_ID = 2**63 - 1

Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]


def _plain(text: str) -> str:
    """Without control characters, which no column keeps."""
    return clean(text)


PLAIN_TEXT = AfterValidator(_plain)
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), PLAIN_TEXT]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), PLAIN_TEXT]
ShortLine = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120), PLAIN_TEXT]
Point = Annotated[str, StringConstraints(strip_whitespace=True, max_length=320), PLAIN_TEXT]
TagName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), PLAIN_TEXT]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000), PLAIN_TEXT]


class Given(Schema):
    """A body as it comes in: members we do not know are refused rather than dropped unseen."""

    model_config = ConfigDict(extra="forbid")


# ---------- Out ----------

IN_LISTS = "Null in lists for those who may not export lists of people; one person has it."


class Colleague(Schema):
    id: int
    name: str
    email: str


class SourceOut(Schema):
    id: int
    name: str
    kind: str


class ContactPointOut(Schema):
    id: int
    kind: str = Field(description="email, phone or link")
    value: str = Field(description="Normalised: what identity is decided by.")
    raw: str = Field(description="As it was written.")
    is_primary: bool


class ApplicationOut(Schema):
    id: int
    candidate: int
    job: int
    job_title: str
    stage: str = Field(description="The kind: lead, applied, screen, interview, offer or hired.")
    stage_name: str
    status: str = Field(description="active, rejected, withdrawn, hired or converted")
    applied_at: dt.datetime
    entered_stage_at: dt.datetime
    custom_fields: dict[str, Any] = Field(description="Those filled in that you may see, by key.")


class CandidateRow(Schema):
    """A person as a list shows them."""

    id: int
    url: str = Field(description="The person's page.")
    name: str
    headline: str
    company: str
    location: str
    country: str
    time_zone: str
    language: str
    owner: Colleague | None
    source: SourceOut | None
    source_note: str
    tags: list[str]
    contact_points: list[ContactPointOut] | None = Field(description=IN_LISTS)
    custom_fields: dict[str, Any] | None = Field(
        description="Key to value, of the fields you may see that are filled in: text and choices as text, several of "
        f"several as a list, numbers as text, dates as YYYY-MM-DD, a colleague by e-mail. {IN_LISTS}"
    )
    do_not_contact: bool
    last_contacted_at: dt.datetime | None
    last_sign_of_life_at: dt.datetime | None
    created_at: dt.datetime
    updated_at: dt.datetime


class CandidateOut(CandidateRow):
    """A person in full."""

    applications: list[ApplicationOut]
    resume: dict[str, Any] | None = Field(
        description="The parsed profile, with colleagues' corrections, as a JSON Resume; null while nothing was read."
    )


class CandidatePage(Schema):
    items: list[CandidateRow]
    next: str | None = Field(description="What `after` has to be for the page behind this one; null on the last.")
    total: int | None = Field(description="How many on all pages, where that is known cheaply.")
    is_estimate: bool
    similar: str = Field(description="Nobody matched, so names much like this were looked for instead.")


class OptionOut(Schema):
    id: int
    label: str
    is_offered: bool


class CustomFieldOut(Schema):
    key: str
    kind: str = Field(description="What it stands on: candidate, application, job or offer.")
    name: str
    type: str = Field(description="text, number, money, date, choice, multi, link or user")
    currency: str | None
    is_required: bool
    is_private: bool
    help_text: str
    options: list[OptionOut]


class Pay(Schema):
    min: Decimal | None
    max: Decimal | None
    currency: str
    period: str


class JobOut(Schema):
    id: int
    url: str
    requisition_id: str
    title: str
    status: str
    department: str
    location: str
    workplace: str
    employment_type: str
    confidential: bool
    pay: Pay | None = Field(description="Null also for those who may not see it.")
    custom_fields: dict[str, Any]
    created_at: dt.datetime
    opened_at: dt.datetime | None
    closed_at: dt.datetime | None


class JobPage(Schema):
    items: list[JobOut]
    next: str | None


class Problem(Schema):
    """What is answered when something is wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str = ""
    errors: list[dict[str, str]] = Field(default_factory=list, description="For each field that is wrong, why.")
    start: int | None = Field(None, description="Of a mistake in a query: where it begins …")
    end: int | None = Field(None, description="… and ends, as offsets into `q`.")
    request_id: str


# ---------- From nouns ----------


def colleague(user: User | None) -> Colleague | None:
    return Colleague(id=user.pk, name=user.full_name, email=user.email) if user else None


def source(found: Source | None) -> SourceOut | None:
    return SourceOut(id=found.pk, name=found.name, kind=found.kind) if found else None


def custom(shown: list[Shown]) -> dict[str, Any]:
    """The values of one thing by key, as the API also takes them."""
    return {one.field.key: _value(one) for one in shown}


def _value(one: Shown) -> Any:
    what, rows = one.field, one.rows
    if what.type == CustomField.Type.MULTI:
        return [str(row.option) for row in rows]
    if what.type == CustomField.Type.CHOICE:
        return str(rows[0].option)
    if what.type == CustomField.Type.USER:
        return rows[0].user.email if rows[0].user else None
    if what.type == CustomField.Type.DATE:
        return rows[0].date.isoformat() if rows[0].date else None
    if what.type in (CustomField.Type.NUMBER, CustomField.Type.MONEY):
        return format(rows[0].number.normalize(), "f") if rows[0].number is not None else None
    return rows[0].text


def row_of(person: Candidate, url: str, fields: list[Shown] | None, tags: list[str]) -> dict[str, Any]:
    """The members of CandidateRow. Contact points have to be loaded with the person; where `fields` is None, neither is told."""
    points = [] if fields is None else [point for point in person.contact_points.all() if point.is_live]
    return {
        "id": person.pk,
        "url": url,
        **{name: getattr(person, name) for name in PLAIN},
        "owner": colleague(person.owner),
        "source": source(person.source),
        "tags": tags,
        "contact_points": None
        if fields is None
        else [
            ContactPointOut(id=one.pk, kind=one.kind, value=one.value, raw=one.raw, is_primary=one.is_primary)
            for one in points
        ],
        "custom_fields": None if fields is None else custom(fields),
    }


PLAIN = (
    "name", "headline", "company", "location", "country", "time_zone", "language", "source_note", "do_not_contact",
    "last_contacted_at", "last_sign_of_life_at", "created_at", "updated_at",
)  # fmt: skip


def job_of(job: Job, url: str, fields: list[Shown], *, with_pay: bool) -> JobOut:
    pay = Pay(min=job.pay_min, max=job.pay_max, currency=job.pay_currency, period=job.pay_period)
    return JobOut(
        id=job.pk,
        url=url,
        requisition_id=job.requisition_id,
        title=job.title,
        status=job.status,
        department=job.department.name,
        location=job.location.name,
        workplace=job.workplace,
        employment_type=job.employment_type,
        confidential=job.confidential,
        pay=pay if with_pay and (job.pay_min is not None or job.pay_max is not None) else None,
        custom_fields=custom(fields),
        created_at=job.created_at,
        opened_at=job.opened_at,
        closed_at=job.closed_at,
    )
