"""How documents appear in the timeline. An offer letter's event is seen by those who may see the letter."""

from __future__ import annotations

from hiring.models import Document, User
from hiring.timeline import loads


@loads("document", is_guarded=True)
def documents(user: User, ids: set[int]) -> dict[int, Document]:
    return Document.objects.visible_to(user).in_bulk(ids)
