"""The chain as people read it: what was changed in which words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection

from compliance.models import AuditEntry, AuditSeal

LONG = 400


@cache
def nouns() -> dict[str, str]:
    """Table name to the word for one of its rows."""
    return {model._meta.db_table: str(model._meta.verbose_name) for model in apps.get_models(include_auto_created=True)}


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
    return field.removesuffix("_id").replace("_", " ").capitalize()


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
