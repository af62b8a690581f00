"""The chain as people read it: what was changed in which words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Cast

from compliance.models import AuditEntry, AuditSeal
from hiring.models import ApiKey, Candidate, Job, User

LONG = 400


@cache
def nouns() -> dict[str, str]:
    """Table name to the word for one of its rows."""
    return {model._meta.db_table: str(model._meta.verbose_name) for model in apps.get_models(include_auto_created=True)}


@dataclass(frozen=True)
class Subject:
    """Whom or what an entry is about, as far as the reader may see it: a person, a job or a colleague."""

    name: str
    url: str


TO_CANDIDATE = (
    "candidate",
    "application__candidate",
    "interview__application__candidate",
    "offer__application__candidate",
    "thread__candidate",
    "message__candidate",
    "document__candidate",
)
TO_JOB = ("job", "stage__job", "posting__job")


def subjects(entries: Iterable[AuditEntry], user: User) -> dict[tuple[str, str], Subject]:
    """(table, row number) to what it is about, where the row still exists. Four queries, however many entries there are."""
    wanted: dict[str, set[str]] = {}
    for entry in entries:
        if entry.object_id.isdecimal():
            wanted.setdefault(entry.table_name, set()).add(entry.object_id)
    owners = [rows for table, numbers in wanted.items() if (rows := _owners(table, numbers)) is not None]
    found = list(owners[0].union(*owners[1:], all=True)) if owners else []
    named: dict[str, dict[int, Subject]] = {
        "candidate": _named(Candidate.objects.visible_to(user), "name", found, "candidate"),
        "job": _named(Job.objects.visible_to(user), "title", found, "job"),
        "user": _named(User.objects.all(), "full_name", found, "user"),
    }
    return {
        (table, number): named[kind][owner]
        for table, number, kind, owner in found
        if owner is not None and owner in named[kind]
    }


def _named(rows: QuerySet[Any], field: str, found: list[Any], kind: str) -> dict[int, Subject]:
    chosen = rows.filter(pk__in={owner for _, _, of, owner in found if of == kind}).only("pk", field)
    return {row.pk: Subject(getattr(row, field), "" if kind == "user" else row.get_absolute_url()) for row in chosen}


def _owners(table: str, numbers: set[str]) -> QuerySet[Any] | None:
    """Rows of (table, number, kind, number of the candidate, job or colleague) for one table."""
    model = _models().get(table)
    if model is None or not isinstance(model._meta.pk, models.IntegerField):
        return None
    kind, path = _path(model)
    if not kind:
        return None
    rows = model._base_manager.filter(pk__in=numbers).order_by()
    return rows.values_list(
        Value(table), Cast("pk", models.TextField()), Value(kind), Cast(F(path), models.BigIntegerField())
    )


@cache
def _models() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


@cache
def _path(model: type[models.Model]) -> tuple[str, str]:
    """How to get from a row to whom it is about."""
    for kind, home in (("candidate", Candidate), ("job", Job), ("user", User)):
        if model is home:
            return kind, "pk"
    for kind, paths in (("candidate", TO_CANDIDATE), ("job", TO_JOB)):
        for path in paths:
            if _leads(model, path.split("__")):
                return kind, path
    return "", ""


def _leads(model: type[models.Model], names: list[str]) -> bool:
    for name in names:
        field = next((one for one in model._meta.fields if one.name == name), None)
        if field is None or not isinstance(field.related_model, type):
            return False
        model = field.related_model
    return True


def name_keys(entries: Iterable[AuditEntry]) -> None:
    """Put the name of the access key on each entry a program made: one query, none where there was no program."""
    came = {entry: key for entry in entries if entry.door == AuditEntry.Door.API and (key := entry.key_id)}
    named = dict(ApiKey.objects.filter(pk__in=set(came.values())).values_list("pk", "name")) if came else {}
    for entry, key in came.items():
        entry.key_name = named.get(key, "")  # type: ignore[misc]  # of this instance


@dataclass(frozen=True)
class Change:
    field: str
    before: str
    after: str


def changes(entry: AuditEntry, body: dict[str, Any]) -> list[Change]:
    """Field by field. An insert has no before, a delete no after; empty fields of either are left out."""
    if entry.action == AuditEntry.Action.UPDATE:
        return [Change(_label(field), _say(pair[0]), _say(pair[1])) for field, pair in sorted(body.items())]
    told = [(_label(field), _say(value)) for field, value in body.items() if value not in (None, "", [], {})]
    if entry.action == AuditEntry.Action.DELETE:
        return [Change(field, value, "") for field, value in told]
    return [Change(field, "", value) for field, value in told]


def fields_of(entry: AuditEntry, body: dict[str, Any]) -> str:
    """The names of the changed fields, for a row of the list."""
    if entry.action != AuditEntry.Action.UPDATE:
        return ""
    return ", ".join(_label(field).lower() for field in sorted(body))


def _label(field: str) -> str:
    """`last_message_at` is the last message, `is_active` is active; `at` alone is a time."""
    plain = field.removesuffix("_id").removesuffix("_at").removesuffix("_on").removeprefix("is_")
    return {"at": "Time", "pk": "Number"}.get(plain, plain.replace("_", " ").capitalize())


def _say(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= LONG else f"{text[:LONG]}…"


@dataclass(frozen=True)
class State:
    """Where the chain stands. `unsealed` counts at most a thousand, so that asking costs nothing."""

    newest: AuditSeal | None
    unsealed: int


def state() -> State:
    newest = AuditSeal.objects.first()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT FROM audit_entry WHERE xid >= coalesce((SELECT xid_hi FROM audit_seal ORDER BY seal DESC "
            "LIMIT 1), '0'::xid8) LIMIT 1000) AS waiting"
        )
        return State(newest, cursor.fetchone()[0])


def who_changed(thing: models.Model, column: str) -> str:
    """Who changed a column of a row last; nobody where the words of that are erased, or it never changed."""
    entries = AuditEntry.objects.filter(table_name=thing._meta.db_table, object_id=str(thing.pk), action="update")
    last = entries.filter(payload__body__has_key=column).select_related("actor").order_by("-id").first()
    return last.who if last else ""
