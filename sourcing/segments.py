"""Segments: searches that are kept under a name, alone or shared, and counted in the background.

A segment is its query. It can be used in other queries by name, `segment:"Java in Lyon"`, so a name that changes is changed
there too, one that is used cannot go, and no segment may lead back to itself.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import takewhile
from urllib.parse import urlencode

from django.db import IntegrityError, transaction
from django.utils import timezone

from hiring import access, query
from hiring.errors import Refused
from hiring.models import CustomField, User
from hiring.names import fold
from hiring.query import QueryError, fields
from hiring.query.custom import PREFIX
from hiring.query.tree import And, Node, Not, Or, Term, leaves
from sourcing.models import Segment, SegmentSighting

logger = logging.getLogger(__name__)

COUNT_EVERY = dt.timedelta(hours=1)
AGAIN_AFTER_A_PROBLEM = dt.timedelta(hours=12)
BATCH = 200
SECONDS = 20.0  # of a sweep that comes every minute, for the counts and again for the looks
OFFERED = 200
ALIKE = {
    "skill", "title", "company", "location", "near", "name", "experience", "language", "source", "tag", "contacted",
    "contactable", "added", "updated", "email", "phone", "pool",
}  # fmt: skip
"""Fields that answer everybody who sees everybody alike."""
DEEPEST = 10


@transaction.atomic
def save(
    segment: Segment | None,
    *,
    name: str,
    text: str,
    by: User,
    description: str = "",
    sharing: str = Segment.Sharing.PRIVATE,
    roles: Iterable[str] = (),
) -> Segment:
    """Keep a search, or change one. Raises QueryError for a query that cannot be read, Refused for a name that is taken."""
    now, name = timezone.now(), " ".join(name.split())
    if not name:
        raise Refused("A segment needs a name.")
    if set(name) & set('"“”„«»'):
        raise Refused("A name cannot hold quotation marks: searches use it between them.")
    owner = segment.owner if segment else by
    text = " ".join(text.split())
    check(text, owner, own_name=name, pk=segment.pk if segment else None)
    was = (segment.name, segment.text) if segment else None
    segment = segment or Segment(owner=by, created_at=now)
    segment.name, segment.text, segment.description = name, text, description.strip()
    segment.sharing = sharing
    segment.roles = sorted(set(roles)) if sharing == Segment.Sharing.ROLES else []
    if was is None or was[1] != text:
        segment.due_at, segment.count, segment.counted_at, segment.problem = now, None, None, ""
    try:
        with transaction.atomic():
            segment.save()
    except IntegrityError as error:
        raise Refused(f"You already have a segment called “{name}”.") from error
    if was and was[0] != name:
        _rename_in_others(segment, was[0])
    if was and was[1] != text:
        _look_afresh(segment)
    if segment.counted_at is None:
        soon(segment.pk)
    return segment


def soon(pk: int) -> None:
    """Have it counted once the transaction is through, rather than at the next sweep."""

    def send() -> None:
        from sourcing.tasks import refresh_segment

        refresh_segment.delay(pk)

    transaction.on_commit(send, robust=True)


@transaction.atomic
def duplicate(segment: Segment, *, by: User) -> Segment:
    """The same search as one's own, private, under a name that is free."""
    taken = {name.lower() for name in Segment.objects.filter(owner=by).values_list("name", flat=True)}
    base = segment.name[:70]
    name = next(
        name
        for name in (base, f"{base} copy", *(f"{base} copy {number}" for number in range(2, 1000)))
        if name.lower() not in taken
    )
    return save(None, name=name, text=segment.text, description=segment.description, by=by)


@transaction.atomic
def delete(segment: Segment) -> None:
    """Forget a segment. Refused while another one is made of it; the name of a colleague's private one is not told."""
    used = used_by(segment)
    told = [one for one in used if one.owner_id == segment.owner_id or one.sharing != Segment.Sharing.PRIVATE]
    if told:
        raise Refused(f"It is used in the segment “{told[0]}”. Change that one first.")
    if used:
        raise Refused(f"{used[0].owner} uses it in a segment of their own.")
    segment.delete()


# ---------- What others see of a shared one ----------


class Reader:
    """What one user may see of segments that others share."""

    def __init__(self, user: User) -> None:
        self.user = user

    def may_read(self, segment: Segment) -> bool:
        """The words of the search: its owner may, and whoever may ask every field of it."""
        return segment.owner_id == self.user.pk or all(map(self._may_ask, _asks(segment)))

    def counts_alike(self, segment: Segment) -> bool:
        """Whether the owner's count is this user's, too: both see everybody, and nothing is asked that answers each of them
        differently, as notes, confidential jobs and private fields do."""
        if segment.owner_id == self.user.pk:
            return True
        everybody = {self.user.role, segment.owner.role} <= access.SEES_EVERYBODY
        return everybody and _asks(segment) <= ALIKE

    def _may_ask(self, name: str) -> bool:
        if name.startswith(PREFIX):
            return name.removeprefix(PREFIX) in self._own_fields
        known = fields.find(name)
        return known is not None and known.may(self.user)

    @cached_property
    def _own_fields(self) -> set[str]:
        return set(CustomField.objects.visible_to(self.user).values_list("key", flat=True))


def _asks(segment: Segment) -> set[str]:
    """The names of the fields a segment asks; one that nobody knows where it cannot be read."""
    try:
        named = [leaf.field for leaf in leaves(query.parse(segment.text)) if isinstance(leaf, Term)]
    except QueryError:
        return {"?"}
    known = ((name, fields.find(name)) for name in named)
    return {field.name.lower() if field else name for name, field in known}


# ---------- In other queries ----------


def check(text: str, user: User, *, own_name: str = "", pk: int | None = None) -> None:
    """Whether `user` can ask this. Raises QueryError with the place of the mistake, also for a circle."""
    if not text:
        raise QueryError("Write what the segment looks for.", 0, 0)
    node = query.parse(text)
    query.match(node, user)
    for term in terms(node):
        found = named(user, term)
        if found and (found.pk == pk or pk in _reached(found)):
            raise QueryError(f"“{own_name or found.name}” would be made of itself.", term.start, term.end)


def terms(node: Node) -> Iterator[Term]:
    """The terms of a query that name a segment."""
    if isinstance(node, (And, Or)):
        for child in node.children:
            yield from terms(child)
    elif isinstance(node, Not):
        yield from terms(node.child)
    elif isinstance(node, Term) and node.field == "segment":
        yield node


def named(user: User, term: Term) -> Segment | None:
    """The segment a term means: one's own of that name, else the oldest shared one."""
    wanted = fold(term.text)
    visible = Segment.objects.visible_to(user).only("pk", "name", "text", "owner").order_by("pk")
    found = [segment for segment in visible if fold(segment.name) == wanted]
    return min(found, key=lambda segment: (segment.owner_id != user.pk, segment.pk), default=None)


def offered(user: User) -> list[tuple[str, str]]:
    """The segments this user may use, for a list to choose from: the query string of the list of their people, and the name."""
    names = Segment.objects.visible_to(user).order_by("name", "pk").values_list("name", flat=True)[:OFFERED]
    return [(urlencode({"q": f'segment:"{name}"'}), name) for name in dict.fromkeys(names)]


def _reached(segment: Segment, depth: int = 0) -> set[int]:
    """The segments this one is made of, directly or through others."""
    found: set[int] = set()
    if depth > DEEPEST:
        return found
    for term in _terms_of(segment):
        inner = named(segment.owner, term)
        if inner and inner.pk not in found:
            found |= {inner.pk} | _reached(inner, depth + 1)
    return found


def _terms_of(segment: Segment) -> list[Term]:
    try:
        return list(terms(query.parse(segment.text)))
    except QueryError:
        return []


def used_by(segment: Segment, name: str = "") -> list[Segment]:
    """The segments whose query names this one."""
    wanted = fold(name or segment.name)
    others = Segment.objects.filter(text__icontains="segment:").exclude(pk=segment.pk).select_related("owner")
    return [
        other
        for other in others
        if any(fold(term.text) == wanted for term in _terms_of(other)) and _means(other.owner, wanted, segment)
    ]


def _means(user: User, wanted: str, segment: Segment) -> bool:
    """Whether this user's `segment:"wanted"` is this one and no other of that name."""
    visible = Segment.objects.visible_to(user).order_by("pk")
    others = [one for one in visible if one.pk != segment.pk and fold(one.name) == wanted]
    sees = Segment.objects.visible_to(user).filter(pk=segment.pk).exists()
    own_first = [one for one in others if one.owner_id == user.pk]
    if segment.owner_id == user.pk:
        return sees
    return sees and not own_first and all(one.pk > segment.pk for one in others)


def _rename_in_others(segment: Segment, was: str) -> None:
    """Write the new name wherever the old one stood."""
    for other in used_by(segment, was):
        text = other.text
        for term in sorted(_terms_of(other), key=lambda term: -term.start):
            if fold(term.text) == fold(was):
                text = f'{text[: term.start]}segment:"{segment.name}"{text[term.end :]}'
        other.text = text
        other.save(update_fields=["text"])


def _look_afresh(segment: Segment) -> None:
    """Whoever watches it starts from the new question: nobody is told of people who only match because it changed."""
    SegmentSighting.objects.filter(watch__segment=segment).delete()
    segment.watches.update(baseline_at=None, looked_at=None, due_at=timezone.now(), problem="")


# ---------- Counting ----------


def refresh_due() -> int:
    """Count the segments whose count is due, the longest waiting first; as many as there is time for. How many."""
    due = Segment.objects.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")
    return sum(refresh(pk) for pk in within(SECONDS, due.values_list("pk", flat=True)[:BATCH]))


def within(seconds: float, ids: Iterable[int]) -> Iterator[int]:
    """These, until the time is over: the next tick of the sweep finds the rest."""
    until = time.monotonic() + seconds
    return takewhile(lambda pk: time.monotonic() < until, list(ids))


@transaction.atomic
def refresh(pk: int) -> bool:
    """Count a segment as its owner sees it. False when another worker is at it."""
    locked = Segment.objects.select_for_update(of=("self",), skip_locked=True).select_related("owner")
    segment = locked.filter(pk=pk).first()
    if segment is None:
        return False
    now = timezone.now()
    try:
        with transaction.atomic():
            segment.count = query.people(segment.owner, segment.text).order_by()[: Segment.COUNT_UP_TO].count()
        segment.counted_at, segment.problem, segment.due_at = now, "", now + COUNT_EVERY
    except QueryError as error:
        segment.problem, segment.due_at = error.message[:300], now + AGAIN_AFTER_A_PROBLEM
    except Exception as error:
        logger.warning("segment_count_failed", extra={"segment": pk, "error": type(error).__name__})
        segment.problem, segment.due_at = "It took too long to count.", now + AGAIN_AFTER_A_PROBLEM
    segment.save(update_fields=["count", "counted_at", "due_at", "problem"])
    return True
