"""`segment:"Java in Lyon"`: a kept search as part of another one."""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar

from hiring import access, query
from hiring.models import User
from hiring.query import QueryError
from hiring.query.fields import Asked, Condition, Field, Suggestion, register
from hiring.query.tree import Term
from hiring.query.values import wrong
from sourcing import segments
from sourcing.models import Segment

SUGGESTED = 12
_inside: ContextVar[tuple[int, ...]] = ContextVar("segments_being_read", default=())


def _segment(asked: Asked, term: Term) -> Condition:
    """The people of a segment one may see, as one sees them oneself. Whatever is wrong with it is said where it is named."""
    found = segments.named(asked.user, term)
    if found is None:
        raise wrong(term, f"There is no segment “{term.text}” that you may see.")
    reading = _inside.get()
    if found.pk in reading:
        raise wrong(term, f"The segment “{found.name}” is made of itself.")
    mark = _inside.set((*reading, found.pk))
    try:
        return query.match(query.parse(found.text), asked.user).filter()
    except QueryError as error:
        said = error.message if reading else f"The segment “{found.name}” cannot be read: {error.message}"
        raise QueryError(said, term.start, term.end) from error
    finally:
        _inside.reset(mark)


def _names(user: User, beginning: str) -> Iterable[Suggestion]:
    for segment in Segment.objects.visible_to(user).filter(name__icontains=beginning)[:SUGGESTED]:
        yield Suggestion(segment.name, segment.description)


register(
    Field(
        "segment",
        "Segment",
        'segment:"Java in Lyon"',
        _segment,
        "choice",
        suggest=_names,
        may=access.can_browse_candidates,
        order=16,
    )
)
