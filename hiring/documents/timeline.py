"""How documents appear in the timeline. An offer letter's event is seen by those who may see the letter.

A document that was deleted goes on being named by what is left of it: the history of a person must not get holes.
"""

from __future__ import annotations

from hiring.models import Candidate, Document, RemovedDocument, User
from hiring.timeline import loads, references

references["document.added"] = {"replaced": "document"}


@loads("document", is_guarded=True)
def documents(user: User, ids: set[int]) -> dict[int, Document | RemovedDocument]:
    found: dict[int, Document | RemovedDocument] = dict(Document.objects.visible_to(user).in_bulk(ids))
    if missing := ids - set(found):
        gone = RemovedDocument.objects.filter(document__in=missing, candidate__in=Candidate.objects.visible_to(user))
        found |= {row.document: row for row in gone.select_related("by")}
    return found
