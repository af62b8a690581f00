"""What a record said before: each fact of a person or a job with who changed it, when, from what to what, and where it came
from. Read from the audit chain, a page at a time; taking an old value back goes through the same verb as typing it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q

from compliance import reading
from compliance.models import AuditEntry
from hiring import access, candidates, custom_fields, jobs, origins
from hiring.errors import Refused
from hiring.models import (
    Candidate,
    ContactPoint,
    CustomField,
    CustomFieldOption,
    CustomValue,
    Department,
    Job,
    Location,
    Source,
    TimelineEvent,
    User,
)

PAGE = 40
POINTS = "points"
Action, Door = AuditEntry.Action, AuditEntry.Door
VALUE_COLUMNS = ("text", "number", "date", "option_id", "user_id")
DOORS = {
    Door.ADMIN: "the administration",
    Door.LINK: "the person, by a personal link",
    Door.API: "the API",
    Door.MAIL: "a mail",
    Door.TASK: "work in the background",
    Door.COMMAND: "a command",
    Door.SHELL: "a shell",
    Door.SQL: "SQL run on the database",
}


@dataclass(frozen=True)
class Fact:
    """A column people read: its name, the model a number in it points to, and whether an old value may be taken back."""

    label: str
    to: type[models.Model] | None = None
    may_return: bool = True


CANDIDATE_FACTS = {
    "name": Fact("Name"),
    "headline": Fact("Headline"),
    "company": Fact("Employer"),
    "location": Fact("Location"),
    "country": Fact("Country"),
    "time_zone": Fact("Time zone"),
    "language": Fact("Language"),
    "owner_id": Fact("Owner", User),
    "source_id": Fact("Source", Source),
    "source_note": Fact("More about the source"),
    "referred_by_id": Fact("Referred by", User),
    "do_not_contact": Fact("Do not contact", may_return=False),
    "do_not_contact_reason": Fact("Why not", may_return=False),
}
JOB_FACTS = {
    "title": Fact("Title"),
    "department_id": Fact("Department", Department),
    "location_id": Fact("Location", Location),
    "workplace": Fact("Workplace"),
    "employment_type": Fact("Employment"),
    "reason": Fact("Why we hire"),
    "target_date": Fact("To be filled by"),
    "level": Fact("Level"),
    "priority": Fact("Priority"),
    "eeo_category": Fact("EEO-1 job category"),
    "confidential": Fact("Confidential", may_return=False),
    "status": Fact("Status", may_return=False),
    "pay_min": Fact("Pay from"),
    "pay_max": Fact("Pay to"),
    "pay_currency": Fact("Currency"),
    "pay_period": Fact("Pay period"),
    "budget": Fact("Budget a year"),
}
PAY = {"pay_min", "pay_max", "pay_currency", "pay_period", "budget"}


@dataclass
class Change:
    """One fact that changed. `column` and `entry` name it to `take_back`, where that is possible."""

    entry: AuditEntry
    column: str
    label: str
    before: str
    after: str
    origin: str = ""
    origin_url: str = ""
    may_return: bool = False


@dataclass
class Page:
    """`facts` are what it can be narrowed to, key to name; `only` is the one it is narrowed to."""

    changes: list[Change]
    older: int | None = None
    facts: dict[str, str] = field(default_factory=dict)
    only: str = ""


def of_candidate(candidate: Candidate, user: User, *, before: int | None = None, only: str = "") -> Page:
    """What changed about a person, newest first, or about one fact (`only`: a key of the page's `facts`). A constant number of
    queries, however long the history."""
    values = _values("candidate", candidate, user)
    choices = {POINTS: "Contact points", **_choices(CANDIDATE_FACTS, values)}
    only = only if only in choices else ""
    facts, values = _narrowed(CANDIDATE_FACTS, values, only)
    rows = _rows_of("candidate", candidate, facts, values)
    if only in ("", POINTS):
        rows |= Q(table_name="hiring_contactpoint", object_id__in=_points(candidate))
    entries, older = _entries(user, rows, before)
    told = _origins(origins.of(candidate), entries)
    return Page(_changes(entries, facts, values, told), older, choices, only)


def of_job(job: Job, user: User, *, before: int | None = None, only: str = "") -> Page:
    """What changed on a job. Pay is for those who may see it."""
    facts = {name: fact for name, fact in JOB_FACTS.items() if name not in PAY or access.can_see_pay(user, job)}
    values = _values("job", job, user)
    choices = _choices(facts, values)
    only = only if only in choices else ""
    facts, values = _narrowed(facts, values, only)
    entries, older = _entries(user, _rows_of("job", job, facts, values), before)
    return Page(_changes(entries, facts, values, {}), older, choices, only)


def _choices(facts: Mapping[str, Fact], values: Mapping[int, CustomValue]) -> dict[str, str]:
    """What a history can be narrowed to: key to its name."""
    fields = {f"cf.{row.field.key}": row.field.name for row in values.values()}
    return {**{name: fact.label for name, fact in facts.items()}, **fields}


def _narrowed(
    facts: Mapping[str, Fact], values: Mapping[int, CustomValue], only: str
) -> tuple[dict[str, Fact], dict[int, CustomValue]]:
    if not only:
        return dict(facts), dict(values)
    chosen = {pk: row for pk, row in values.items() if f"cf.{row.field.key}" == only}
    return {name: fact for name, fact in facts.items() if name == only}, chosen


def _rows_of(kind: str, thing: models.Model, facts: Mapping[str, Fact], values: Mapping[int, CustomValue]) -> Q:
    rows = Q(table_name=f"hiring_{kind}value", object_id__in=[str(pk) for pk in values])
    if facts:
        told = Q(action=Action.INSERT) | Q(payload__body__has_any_keys=list(facts))
        rows |= Q(table_name=f"hiring_{kind}", object_id=str(thing.pk)) & told
    return rows


def _entries(user: User, rows: Q, before: int | None) -> tuple[list[AuditEntry], int | None]:
    found = AuditEntry.objects.filter(rows).select_related("actor", "payload").order_by("-id")
    if before:
        found = found.filter(id__lt=before)
    entries = list(found[: PAGE + 1])
    reading.name_keys(entries)
    return entries[:PAGE], entries[PAGE - 1].pk if len(entries) > PAGE else None


def _points(candidate: Candidate) -> list[str]:
    """The contact points there are, and those the timeline says were there."""
    ids = set(ContactPoint.objects.filter(candidate=candidate).values_list("pk", flat=True))
    events = TimelineEvent.objects.filter(candidate=candidate, kind__startswith="candidate.contact_point_")
    ids |= {data["contact_point"] for data in events.values_list("data", flat=True)[:500] if "contact_point" in data}
    return [str(pk) for pk in ids]


def _values(kind: str, thing: models.Model, user: User) -> dict[int, CustomValue]:
    """Rows of the thing's custom fields that the user may see, filled in or emptied."""
    seen = access.custom_fields_visible_to(user, "field")
    rows = custom_fields.owners[kind].values.objects.filter(seen, **{kind: thing})  # type: ignore[attr-defined]
    return {row.pk: row for row in rows.select_related("field")}


def _origins(found: Iterable[origins.Occasion], entries: Iterable[AuditEntry]) -> dict[str, origins.Occasion]:
    """Request id to the occasion that request or task was: one query over the occasions' own entries."""
    asked = {entry.request_id for entry in entries if entry.request_id}
    by_row: dict[tuple[str, str], origins.Occasion] = {}
    tables: dict[str, list[str]] = {}
    told: dict[str, origins.Occasion] = {}
    for one in found:
        by_row[one.table, str(one.row)] = one
        tables.setdefault(one.table, []).append(str(one.row))
        if one.task in asked:
            told[one.task] = one
    if not asked or not by_row:
        return told
    rows = Q(pk__in=[])
    for table, ids in tables.items():
        rows |= Q(table_name=table, object_id__in=ids)
    marks = AuditEntry.objects.filter(rows, request_id__in=asked).exclude(action=Action.DELETE)
    place = {key: number for number, key in enumerate(by_row)}  # of two, the one that was found first
    named = sorted(marks.values_list("request_id", "table_name", "object_id"), key=lambda mark: place[mark[1], mark[2]])
    for request, table, row in named:
        told.setdefault(request, by_row[table, row])
    return told


# ---------- Into words ----------


def _changes(
    entries: list[AuditEntry],
    facts: Mapping[str, Fact],
    values: Mapping[int, CustomValue],
    told: Mapping[str, origins.Occasion],
) -> list[Change]:
    changes: list[Change] = []
    names = _Names(entries, facts)
    for entry in entries:
        body = entry.payload.body if hasattr(entry, "payload") else {}
        if entry.table_name in ("hiring_candidatevalue", "hiring_jobvalue"):
            found = _value_change(entry, body, values.get(int(entry.object_id)), names)
        elif entry.table_name == "hiring_contactpoint":
            found = _point_change(entry, body)
        else:
            found = _fact_changes(entry, body, facts, names)
        occasion = told.get(entry.request_id)
        for change in found:
            change.origin = occasion.words if occasion else _door(entry)
            change.origin_url = occasion.url if occasion else ""
        changes += found
    return changes


def _door(entry: AuditEntry) -> str:
    if entry.door == Door.PAGE:
        return "typed" if entry.actor_id else "a form on the career site"
    door = DOORS.get(Door(entry.door), "")
    return f"{door} ({entry.key_name})" if entry.key_name else door


def _fact_changes(entry: AuditEntry, body: Mapping[str, Any], facts: Mapping[str, Fact], names: _Names) -> list[Change]:
    is_new = entry.action == Action.INSERT
    found = []
    for column, fact in facts.items():
        if column not in body or entry.action == Action.DELETE:
            continue
        before, after = (None, body[column]) if is_new else body[column]
        if is_new and body[column] is False:
            continue  # what is not so from the start is no news
        said = Change(entry, column, fact.label, names.say(fact, before), names.say(fact, after))
        if said.before or said.after:
            said.may_return = fact.may_return and not is_new
            found.append(said)
    return found


def _point_change(entry: AuditEntry, body: Mapping[str, Any]) -> list[Change]:
    """A contact point came, went, or was put right. Which one is used first is no fact about the person."""
    if entry.action == Action.UPDATE:
        if "raw" not in body:
            return []
        return [Change(entry, "raw", "Contact point", str(body["raw"][0]), str(body["raw"][1]))]
    kind = dict(ContactPoint.Kind.choices).get(body.get("kind", ""), "Contact point")
    raw = str(body.get("raw", ""))
    is_gone = entry.action == Action.DELETE
    return [
        Change(entry, "raw", kind, raw if is_gone else "", "" if is_gone else raw, may_return=is_gone and bool(raw))
    ]


def _value_change(entry: AuditEntry, body: Mapping[str, Any], row: CustomValue | None, names: _Names) -> list[Change]:
    if row is None or entry.action == Action.DELETE:
        return []
    what = row.field
    column = next(name for name in (custom_fields.COLUMN[CustomField.Type(what.type)],))
    column = {"option": "option_id", "user": "user_id"}.get(column, column)
    if entry.action == Action.INSERT:
        before, after = None, body.get(column)
    else:
        kept = getattr(row, column)
        was, now = body.get(column, [kept, kept])
        were_set, is_set = body.get("is_set", [True, True])
        before, after = was if were_set else None, now if is_set else None
    said = Change(entry, f"cf.{what.key}", what.name, names.value(what, before), names.value(what, after))
    if said.before == said.after:
        return []
    said.may_return = entry.action == Action.UPDATE and what.is_active and what.type != CustomField.Type.MULTI
    return [said]


class _Names:
    """The rows that numbers of these entries point to, by name: one query a model."""

    def __init__(self, entries: Iterable[AuditEntry], facts: Mapping[str, Fact]) -> None:
        wanted: dict[type[models.Model], set[int]] = {}
        points_to = {name: fact.to for name, fact in facts.items() if fact.to}
        points_to |= {"option_id": CustomFieldOption, "user_id": User}
        for entry in entries:
            body = entry.payload.body if hasattr(entry, "payload") else {}
            for column, model in points_to.items():
                said = body.get(column)
                numbers = said if isinstance(said, list) else [said]
                wanted.setdefault(model, set()).update(number for number in numbers if isinstance(number, int))
        self.rows: dict[type[models.Model], dict[int, Any]] = {
            model: model._base_manager.in_bulk(ids) for model, ids in wanted.items() if ids
        }

    def say(self, fact: Fact, value: Any) -> str:
        if value in (None, ""):
            return ""
        if fact.to:
            return str(self.rows.get(fact.to, {}).get(value, f"number {value}"))
        if isinstance(value, bool):
            return "yes" if value else "no"
        return str(value)

    def value(self, what: CustomField, value: Any) -> str:
        if value in (None, ""):
            return ""
        if what.type in (CustomField.Type.NUMBER, CustomField.Type.MONEY):
            return custom_fields.words(what, Decimal(str(value)))
        if what.type == CustomField.Type.DATE:
            return custom_fields.words(what, dt.date.fromisoformat(value))
        if what.has_options:
            return str(self.rows.get(CustomFieldOption, {}).get(value, ""))
        if what.type == CustomField.Type.USER:
            return str(self.rows.get(User, {}).get(value, ""))
        return str(value)


# ---------- Taking a value back ----------


def take_back(thing: Candidate | Job, entry: AuditEntry, column: str, *, by: User) -> str:
    """Make a fact what it was before this change; returns its name. Refused where the words were erased or cannot return."""
    body = entry.payload.body if hasattr(entry, "payload") else {}
    mine = _mine(thing, entry, by)
    if not body or mine is None:
        raise Refused("This change cannot be taken back.")
    if column.startswith("cf."):
        return _value_back(thing, mine, body, by)
    if entry.table_name == "hiring_contactpoint" and isinstance(thing, Candidate):
        point = candidates.add_contact_point(thing, body["kind"], body["raw"], by=by)
        return point.get_kind_display()
    facts = CANDIDATE_FACTS if isinstance(thing, Candidate) else JOB_FACTS
    fact = facts.get(column)
    if fact is None or not fact.may_return or not isinstance(body.get(column), list):
        raise Refused("This change cannot be taken back.")
    value = body[column][0]
    if fact.to and value is not None:
        value = fact.to._base_manager.filter(pk=value).first()
        if value is None:
            raise Refused(f"{fact.label} cannot return: what it was is gone.")
    _fact_back(thing, column.removesuffix("_id"), value, by)
    return fact.label


def _mine(thing: models.Model, entry: AuditEntry, by: User) -> Any:
    """What the entry is about, when that is this thing or a custom value of it the user may see."""
    kind = "candidate" if isinstance(thing, Candidate) else "job"
    if (entry.table_name, entry.object_id) == (thing._meta.db_table, str(thing.pk)):
        return thing
    if entry.table_name == f"hiring_{kind}value":
        return _values(kind, thing, by).get(int(entry.object_id))
    if entry.table_name == "hiring_contactpoint" and entry.action == Action.DELETE:
        body = entry.payload.body if hasattr(entry, "payload") else {}
        return thing if kind == "candidate" and body.get("candidate_id") == thing.pk else None
    return None


def _value_back(thing: models.Model, row: CustomValue, body: Mapping[str, Any], by: User) -> str:
    column = custom_fields.COLUMN[CustomField.Type(row.field.type)]
    column = {"option": "option_id", "user": "user_id"}.get(column, column)
    was = body[column][0] if isinstance(body.get(column), list) else getattr(row, column)
    if isinstance(body.get("is_set"), list) and not body["is_set"][0]:
        was = ""
    custom_fields.set_values(thing, by, {row.field.key: "" if was is None else str(was)}, origin="taken back")
    return row.field.name


def _fact_back(thing: Candidate | Job, name: str, value: Any, by: User) -> None:
    if isinstance(thing, Job):
        if name == "target_date" and value:
            value = dt.date.fromisoformat(value)
        if name in ("pay_min", "pay_max") and value is not None:
            value = Decimal(str(value))
        jobs.edit(thing, by=by, **{name: value})
    elif name == "owner":
        candidates.set_owner(thing, value, by=by)
    else:
        candidates.edit(thing, by=by, **{name: value})
