"""Where facts came from: the occasions that brought something about a person.

Each floor says which of its rows stand for such an occasion: an import, an application form, a merge. Whatever was written by
the same request or task as one of these rows came from it (compliance/history.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q

from hiring.models import Candidate, Document, MergeRecord


@dataclass(frozen=True)
class Occasion:
    """`table` and `row` name the row whose audit entry stands for it; `words` end "from …": "the import people.csv"."""

    table: str
    row: int
    words: str
    url: str = ""


occasions: list[Callable[[Candidate], list[Occasion]]] = []
"""Functions from a person to the occasions that brought something about them, newest first, at most a hundred each."""


def of(candidate: Candidate) -> list[Occasion]:
    return [occasion for find in occasions for occasion in find(candidate)]


def _merges(candidate: Candidate) -> list[Occasion]:
    rows = MergeRecord.objects.filter(Q(survivor=candidate) | Q(other=candidate)).defer("snapshot")
    found = rows.select_related("survivor", "other").order_by("-pk")[:100]
    return [
        Occasion(
            "hiring_mergerecord",
            row.pk,
            f"the merge with {row.other.name if row.survivor_id == candidate.pk else row.survivor.name}",
        )
        for row in found
    ]


def _resumes(candidate: Candidate) -> list[Occasion]:
    rows = Document.objects.filter(candidate=candidate, kind=Document.Kind.RESUME).order_by("-pk")[:100]
    return [Occasion("hiring_document", row.pk, f"the résumé {row.name}") for row in rows]


occasions += [_merges, _resumes]
