"""The rows that hang on a candidate, of every floor, and a row as text that can be kept and read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Max, QuerySet

from hiring.models import Candidate

stays = {
    "hiring.BlockingKey": "made anew from the record",
    "hiring.CandidateSearch": "made anew from the record",
    "hiring.CandidateVector": "made anew from the record",
    "hiring.VectorDue": "marked anew with the record",
    "hiring.DuplicateLook": "made anew from the record",
    "hiring.DuplicatePair": "is about the rows, not the person; what was decided is handed on",
    "hiring.MergeRecord": "tells which rows became one",
}
"""Models whose rows are not moved, and why."""


class Relation(NamedTuple):
    """A foreign key to Candidate."""

    model: type[models.Model]
    field: str

    @property
    def label(self) -> str:
        return self.model._meta.label

    @property
    def key(self) -> str:
        return f"{self.label}.{self.field}"

    def rows(self, candidate: Candidate) -> QuerySet[Any]:
        return self.model._base_manager.filter(**{self.field: candidate.pk})


def relations() -> list[Relation]:
    """Every foreign key to Candidate, of every floor, whose rows move."""
    found = [Relation(rel.related_model, rel.field.name) for rel in Candidate._meta.related_objects]
    return [relation for relation in found if relation.label not in stays]


def highest(model: type[models.Model]) -> int:
    return model._base_manager.aggregate(highest=Max("pk"))["highest"] or 0


def stored(row: models.Model) -> models.Model:
    return type(row)._base_manager.get(pk=row.pk)


def column_values(row: models.Model) -> dict[str, Any]:
    """Every column as JSON can hold it, exact to the microsecond."""
    return {
        field.attname: None if getattr(row, field.attname) is None else field.value_to_string(row)
        for field in row._meta.concrete_fields
    }


def read(field: Any, values: Mapping[str, Any], name: str = "") -> Any:
    value = values.get(name or field.attname)
    return None if value is None else field.to_python(value)
