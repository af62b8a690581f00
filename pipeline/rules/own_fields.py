"""Fields the organisation added, as facts of rules: of the person and of the application.

People here filled them in, so nothing that is decided against somebody stands on them: a rejection stands on answers. A private
field is no fact, since the queue shows on what a rule stands; nor is one that asks for a protected trait (AI-4), nor a link.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Prefetch, QuerySet

from hiring import custom_fields
from hiring.models import CustomField, CustomFieldOption, CustomValue, User

FIELD = "field:"
USER = "user:"
"""Before the number of a colleague, which is not the number of an option."""
KINDS = (CustomField.Kind.CANDIDATE, CustomField.Kind.APPLICATION)
TYPES: dict[str, str] = {
    CustomField.Type.TEXT: "text",
    CustomField.Type.NUMBER: "number",
    CustomField.Type.MONEY: "number",
    CustomField.Type.DATE: "date",
    CustomField.Type.CHOICE: "choice",
    CustomField.Type.MULTI: "multi",
    CustomField.Type.USER: "choice",
}
Values = Mapping[tuple[str, int], Mapping[str, Any]]
"""Kind and id of a thing to what is filled in on it, by the key of the fact."""


def key_of(what: CustomField) -> str:
    return f"{FIELD}{what.kind}:{what.key}"


def askable() -> QuerySet[CustomField]:
    """The fields a rule may ask, as far as their names allow it."""
    return CustomField.objects.in_use().filter(kind__in=KINDS, type__in=list(TYPES), is_private=False)


def offered() -> list[CustomField]:
    """Those fields with their options: two queries."""
    options = Prefetch("options", CustomFieldOption.objects.order_by("position", "label"))
    return list(askable().order_by("kind", "position", "name").prefetch_related(options))


def options_of(what: CustomField, colleagues: Iterable[User]) -> tuple[tuple[str, str], ...]:
    """The values it can have, where there are only so many."""
    if what.type == CustomField.Type.USER:
        return tuple((f"{USER}{user.pk}", user.full_name) for user in colleagues)
    return tuple((str(option.pk), option.label) for option in what.options.all()) if what.has_options else ()


def values(things: Mapping[str, Collection[int]], wanted: Iterable[str]) -> Values:
    """What is filled in on these things (ids by kind) in the wanted facts: one query a kind that is asked for."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    keys: dict[str, list[str]] = {}
    for fact in wanted:
        if fact.startswith(FIELD):
            kind, _, key = fact.removeprefix(FIELD).partition(":")
            keys.setdefault(kind, []).append(key)
    for kind, asked in keys.items():
        if kind not in KINDS:
            continue
        table = custom_fields.owners[kind].values
        rows = table.objects.filter(  # type: ignore[attr-defined]
            is_set=True, field__key__in=asked, field__in=askable(), **{f"{kind}__in": things[kind]}
        )
        for row in rows.select_related("field"):
            of_thing = found.setdefault((kind, getattr(row, f"{kind}_id")), {})
            _add(of_thing, row)
    return found


def _add(of_thing: dict[str, Any], row: CustomValue) -> None:
    fact, value = key_of(row.field), _value(row)
    if row.field.type == CustomField.Type.MULTI:
        of_thing.setdefault(fact, []).append(value)
    else:
        of_thing[fact] = value


def _value(row: CustomValue) -> Any:
    if row.option_id:
        return str(row.option_id)
    if row.user_id:
        return f"{USER}{row.user_id}"
    return row.date or (float(row.number) if row.number is not None else row.text)
