"""Where facts came from: the occasions that brought something about a person.

Each floor says which of its rows stand for such an occasion: an import, an application form, a merge. Whatever was written by
the same request as one of these rows came from it (compliance/history.py). A task that works off an occasion says so by the name
it acts under (`task_of`); facts that somebody takes from a file or a page, where no row stands for that, are noted (`note`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from hiring.models import Candidate, Document, FactSource, MergeRecord, PeopleActItem, RemovedDocument, User


@dataclass(frozen=True)
class Occasion:
    """`table` and `row` name the row whose audit entry stands for it; `words` end "from …": "the import people.csv".

    `task` is the name its tasks act under, where it has any.
    """

    table: str
    row: int
    words: str
    url: str = ""
    task: str = ""


occasions: list[Callable[[Candidate], list[Occasion]]] = []
"""Functions from a person to the occasions that brought something about them, newest first, at most a hundred each. Where one
request was two of them, the one registered first is named."""


def of(candidate: Candidate) -> list[Occasion]:
    return [occasion for find in occasions for occasion in find(candidate)]


def task_of(noun: str, pk: int) -> str:
    """The name that tasks of an occasion act under, as the request id of their changes: import-12."""
    return f"{noun}-{pk}"


def note(candidate: Candidate, *, by: User | None, document: Document | None = None, page: str = "") -> None:
    """Say that what this request writes about a person was taken from a document, or from a page."""
    said = {"document": document.pk if document else None, "page": page[:200]}
    FactSource.objects.create(candidate=candidate, by=by, at=timezone.now(), **said)


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


def _sources(candidate: Candidate) -> list[Occasion]:
    """Files and pages facts were taken from: three queries."""
    rows = list(FactSource.objects.filter(candidate=candidate).order_by("-pk")[:100])
    files = {row.document for row in rows if row.document}
    kept = dict(Document.objects.filter(pk__in=files).values_list("pk", "name")) if files else {}
    gone = dict(RemovedDocument.objects.filter(document__in=files).values_list("document", "name")) if files else {}
    page = reverse("candidate_resume", args=[candidate.pk])
    found = []
    for row in rows:
        if row.document in kept:
            words, url = f"the résumé {kept[row.document]}", f"{page}?document={row.document}"
        elif row.document:
            words, url = f"the résumé {gone.get(row.document, '')}, deleted since", ""
        else:
            words, url = f"a page of the web: {row.page}" if row.page else "a capture from the web", ""
        found.append(Occasion("hiring_factsource", row.pk, words, url))
    return found


def _acts(candidate: Candidate) -> list[Occasion]:
    """Bulk acts the person was part of."""
    items = PeopleActItem.objects.filter(candidate=candidate, state=PeopleActItem.State.DONE).select_related("act")
    return [
        Occasion(
            "hiring_peopleact", one.act_id, f"an act on many people: {one.act.title}", task=task_of("act", one.act_id)
        )
        for one in items.order_by("-act_id")[:100]
    ]


occasions += [_merges, _sources, _acts]
