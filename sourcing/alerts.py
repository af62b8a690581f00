"""Who newly matches a segment, told to those who asked for it.

Each watch remembers whom it saw. A look takes the people its colleague sees now, adds those it did not know and forgets those
who no longer match, in one statement; whoever was added after the first look is news. Somebody who left and comes back is
news again. A colleague is never told of people they may not see: the question is asked as them.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.utils import timezone

from hiring import access, notifications, query
from hiring.models import Candidate, Notification, User
from hiring.query import QueryError
from sourcing.models import Segment, SegmentSighting, SegmentWatch
from sourcing.segments import AGAIN_AFTER_A_PROBLEM, BATCH, SECONDS, soon, within

logger = logging.getLogger(__name__)

AT_MOST = 20_000
EVERY = dt.timedelta(minutes=5)
MORNING = 7  # before the letter of the morning is written
STAMP = "%Y%m%d%H%M%S%f"
TOO_WIDE = f"More than {AT_MOST:,} people match. Narrow the search to be told of new ones."

LOOK = """
WITH found (id) AS MATERIALIZED (PEOPLE),
fits AS MATERIALIZED (SELECT count(*) AS n, count(*) <= %s AS so FROM found),
gone AS (
  DELETE FROM sourcing_segmentsighting s
   WHERE (SELECT so FROM fits) AND s.watch_id = %s
     AND NOT EXISTS (SELECT 1 FROM found WHERE found.id = s.candidate_id)),
added AS (
  INSERT INTO sourcing_segmentsighting (watch_id, candidate_id, since, is_new)
  SELECT %s, found.id, %s, %s FROM found
   WHERE (SELECT so FROM fits)
     AND NOT EXISTS (SELECT 1 FROM sourcing_segmentsighting s WHERE s.watch_id = %s AND s.candidate_id = found.id)
      ON CONFLICT DO NOTHING RETURNING candidate_id)
SELECT (SELECT so FROM fits), (SELECT array_agg(candidate_id) FROM added)
"""
"""What the search finds now, kept; whether that was not too much, and who was added. One pass over the people."""

OWN_DOING = """
UPDATE sourcing_segmentsighting s SET is_new = false
 WHERE s.watch_id = %(watch)s AND s.candidate_id = ANY(%(new)s)
   AND EXISTS (SELECT 1 FROM hiring_timelineevent e
                WHERE e.candidate_id = s.candidate_id AND e.at >= %(since)s AND e.actor_id = %(user)s)
   AND NOT EXISTS (SELECT 1 FROM hiring_timelineevent e
                    WHERE e.candidate_id = s.candidate_id AND e.at >= %(since)s AND e.actor_id <> %(user)s)
RETURNING s.candidate_id
"""
"""People whom since the last look only the colleague who watches has done something to: no news for them."""


@transaction.atomic
def watch(segment: Segment, user: User, often: str) -> SegmentWatch | None:
    """Be told of new matches, more or less often; with an empty `often` no longer."""
    mine = SegmentWatch.objects.filter(segment=segment, user=user)
    if often not in SegmentWatch.Often.values:
        mine.delete()
        return None
    now = timezone.now()
    found, _ = mine.get_or_create(segment=segment, user=user, defaults={"often": often, "due_at": now})
    if found.often != often:
        found.often, found.due_at = often, now if often == SegmentWatch.Often.AT_ONCE else next_look(found, now)
        found.save(update_fields=["often", "due_at"])
    soon(segment.pk)
    return found


def begin(segment_id: int) -> None:
    """The first look of those who watch a segment and have not looked yet."""
    fresh = SegmentWatch.objects.filter(segment=segment_id, baseline_at=None, due_at__lte=timezone.now())
    for pk in list(fresh.values_list("pk", flat=True)[:BATCH]):
        look(pk)


def look_due() -> int:
    """Look again where it is due, the longest waiting first; as many as there is time for. How many."""
    due = SegmentWatch.objects.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")
    return sum(look(pk) for pk in within(SECONDS, due.values_list("pk", flat=True)[:BATCH]))


@transaction.atomic
def look(pk: int) -> bool:
    """Look once for one watch, and tell what is new. False when another worker is at it."""
    locked = SegmentWatch.objects.select_for_update(of=("self",), skip_locked=True)
    found = locked.select_related("segment", "user").filter(pk=pk).first()
    if found is None:
        return False
    now = timezone.now()
    found.due_at = next_look(found, now)
    if _may_look(found):
        try:
            with transaction.atomic():
                _look(found, now)
            found.problem = ""
        except QueryError as error:
            found.problem, found.due_at = error.message[:300], now + AGAIN_AFTER_A_PROBLEM
        except Exception as error:
            logger.warning("segment_look_failed", extra={"watch": pk, "error": type(error).__name__})
            found.problem, found.due_at = "The search took too long.", now + AGAIN_AFTER_A_PROBLEM
    found.save(update_fields=["due_at", "baseline_at", "looked_at", "problem"])
    return True


def next_look(found: SegmentWatch, now: dt.datetime) -> dt.datetime:
    if found.often == SegmentWatch.Often.AT_ONCE or found.baseline_at is None:
        return now + EVERY
    local = now.astimezone(found.user.zone)
    morning = local.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return morning if morning > local else morning + dt.timedelta(days=1)


def _may_look(found: SegmentWatch) -> bool:
    """Not for colleagues who left, or who no longer see the segment; should they come back, they go on from what they knew."""
    user = found.user
    return (
        user.is_active
        and access.can_browse_candidates(user)
        and Segment.objects.visible_to(user).filter(pk=found.segment_id).exists()
    )


def _look(found: SegmentWatch, now: dt.datetime) -> None:
    people = query.people(found.user, found.segment.text).order_by().values("pk")[: AT_MOST + 1]
    is_first = found.baseline_at is None
    new = _remember(found, people, now, is_news=not is_first)
    if is_first:
        found.baseline_at = now
        found.due_at = next_look(found, now)
    elif new := new - _own_doing(found, new):
        _tell(found, new, now)
    found.looked_at = now


def _remember(found: SegmentWatch, people: object, now: dt.datetime, *, is_news: bool) -> set[int]:
    """Keep whom the search finds, and say who was not there before. Raises QueryError, and keeps nothing, when they are too many."""
    try:
        sql, given = people.query.sql_with_params()  # type: ignore[attr-defined]
    except EmptyResultSet:
        SegmentSighting.objects.filter(watch=found).delete()
        return set()
    with connection.cursor() as cursor:
        about: list[Any] = [AT_MOST, found.pk, found.pk, now, is_news, found.pk]
        cursor.execute(LOOK.replace("PEOPLE", sql), [*given, *about])
        fits, added = cursor.fetchone()
    if not fits:
        raise QueryError(TOO_WIDE, 0, 0)
    return set(added or ())


def _own_doing(found: SegmentWatch, new: set[int]) -> set[int]:
    if not new:
        return set()
    with connection.cursor() as cursor:
        since = (found.looked_at or found.baseline_at or found.due_at) - EVERY  # what was being written while it looked
        cursor.execute(OWN_DOING, {"watch": found.pk, "new": list(new), "since": since, "user": found.user_id})
        return {row[0] for row in cursor.fetchall()}


def _tell(found: SegmentWatch, new: set[int], now: dt.datetime) -> None:
    """One person by name, more by number: the notification of one goes when access to them goes.

    While one about this segment is unread, it grows instead of another being written: a long import is told of once.
    """
    segment, one = found.segment, None
    unread = Notification.objects.filter(
        user=found.user, kind=notifications.SEGMENT, read_at=None, key__startswith=f"segment:{found.pk}:"
    )
    if earlier := unread.order_by("-at", "-pk").first():
        news = SegmentSighting.objects.filter(watch=found, is_new=True, since__gte=_began(earlier.key))
        notifications.grow(earlier, _words(segment, news.count()))
        return
    if len(new) == 1:
        one = Candidate.objects.visible_to(found.user).filter(pk__in=new).first()
    words = f"{one.name} matches “{segment.name}” now." if one else _words(segment, len(new))
    key = f"segment:{found.pk}:{now.astimezone(dt.UTC):{STAMP}}"
    notifications.tell(found.user, notifications.SEGMENT, words, key=key, url=segment.get_absolute_url(), candidate=one)


def _began(key: str) -> dt.datetime:
    """When the first of those a notification tells of was seen: its key says so."""
    return dt.datetime.strptime(key.rpartition(":")[2], STAMP).replace(tzinfo=dt.UTC)


def _words(segment: Segment, count: int) -> str:
    return f"{count:,} new {'person matches' if count == 1 else 'people match'} “{segment.name}”."
