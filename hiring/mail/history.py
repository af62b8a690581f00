"""How the timeline loads messages: only for those who read correspondence."""

from __future__ import annotations

from hiring.mail import reading
from hiring.models import Message, Thread, User
from hiring.timeline import loads


@loads("message", is_guarded=True)
def messages(user: User, ids: set[int]) -> dict[int, Message]:
    """Each with `said`: what was written in it, without what it quotes."""
    seen = Message.objects.filter(thread__in=Thread.objects.visible_to(user)).select_related("candidate").in_bulk(ids)
    for message in seen.values():
        message.said = reading.fresh(message.text)[0]  # type: ignore[attr-defined]
    return seen
