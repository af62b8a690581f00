"""Custom fields of people as columns of an export: those the exporting colleague may see, and no others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hiring import access, custom_fields
from hiring.exports import Column, more_columns
from hiring.models import Candidate, User


def columns(user: User) -> Iterable[Column]:
    return [_column(key, name, place) for place, (key, name) in enumerate(custom_fields.columns("candidate", user))]


def _column(key: str, name: str, place: int) -> Column:
    def values(asking: User, people: Sequence[Candidate]) -> dict[int, str]:
        found = custom_fields.values_of("candidate", [person.pk for person in people], asking)
        return {pk: one.words for pk, shown in found.items() for one in shown if f"cf.{one.field.key}" == key}

    return Column(key, name, values, 200 + place, may=access.can_add_candidates)


more_columns.append(columns)
