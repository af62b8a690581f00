"""What a feed holds right now, and whether it has changed.

The fingerprint is asked at every fetch and has to be cheap: one aggregate over the rows' versions, whatever wrote them. What
costs time, asking every posting whether the board would refuse it, is the plan: kept in the cache for as long as the
fingerprint stays, shared by the feed and by the page that explains it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import zlib
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.core.cache import cache
from django.db.models import BigIntegerField, Count, Sum
from django.db.models.expressions import RawSQL
from django.utils import timezone

from hiring.models import Posting, PostingPlace, PostingRule
from hiring.models.postings import PostingQuerySet
from hiring.postings import rules
from sourcing.boards.adverts import Advert
from sourcing.boards.choosing import chosen, places_of, sends, sites_of
from sourcing.boards.models import Board
from sourcing.boards.registry import FORMATS

logger = logging.getLogger(__name__)

VERSION = 2
"""Counts up when a format writes something else for the same rows, so that no reader keeps the old bytes."""
CHUNK = 500
KEPT_SECONDS = 24 * 3600
MADE_AT_ONCE = 2_000  # postings: about half a second
LATEST = "boards:latest:"


# Where a row's latest version lies and which transaction wrote it: both change with every write, through whichever door.
OF_POSTINGS = RawSQL(
    "hashtextextended(concat_ws(':', hiring_posting.id, hiring_posting.xmin, hiring_posting.ctid, hiring_job.xmin, hiring_job.ctid, "
    "hiring_location.xmin, hiring_location.ctid, hiring_department.xmin, hiring_department.ctid), 0)",
    [],
    output_field=BigIntegerField(),
)
OF_PLACES = RawSQL(
    "hashtextextended(concat_ws(':', hiring_postingplace.id, hiring_postingplace.xmin, hiring_postingplace.ctid, "
    "hiring_location.xmin, hiring_location.ctid), 0)",
    [],
    output_field=BigIntegerField(),
)
OF_RULES = RawSQL(
    "hashtextextended(concat_ws(':', hiring_postingrule.id, hiring_postingrule.xmin, hiring_postingrule.ctid), 0)",
    [],
    output_field=BigIntegerField(),
)


@dataclass
class Plan:
    """What a feed sends, newest first, what it refuses, and how often for what: ids of postings, or of their places."""

    sent: array[int] = field(default_factory=lambda: array("q"))
    refused: array[int] = field(default_factory=lambda: array("q"))
    why: dict[str, int] = field(default_factory=dict)

    def packed(self) -> bytes:
        sizes = json.dumps([len(self.sent), self.why]).encode()
        return zlib.compress(sizes + b"\n" + self.sent.tobytes() + self.refused.tobytes(), 1)

    @classmethod
    def unpacked(cls, data: bytes) -> Plan:
        sizes, _, ids = zlib.decompress(data).partition(b"\n")
        count, why = json.loads(sizes)
        both = array("q", ids)
        return cls(both[:count], both[count:], why)


def source_of(board: Board) -> str:
    return board.source.name if board.source and board.source.is_active else ""


@dataclass(frozen=True)
class State:
    """What a feed would hold now, as a mark that is the same for the same bytes, and out of how many postings or places."""

    mark: str
    count: int


def state(board: Board) -> State:
    """Rows, settings, and the day, by which postings grow too old. Three questions."""
    rows = (
        chosen(board).filter(job__location__name__gt="", job__department__name__gt="").order_by()
    )  # joins both, loses none
    places = PostingPlace.objects.filter(posting__in=chosen(board).values("pk"), location__name__gt="").order_by()
    if FORMATS[board.key].by_place:
        places = places.filter(places_of(board))
    counted = [
        rows.aggregate(count=Count("pk"), versions=Sum(OF_POSTINGS)),
        places.aggregate(count=Count("pk"), versions=Sum(OF_PLACES)),
        PostingRule.objects.filter(is_on=True).order_by().aggregate(count=Count("pk"), versions=Sum(OF_RULES)),
    ]
    said = (
        VERSION, board.key, sends(board), source_of(board), board.company_id, board.contact_email, settings.SITE_URL,
        settings.ORGANISATION_NAME, timezone.now().date().isoformat(), [(one["count"], str(one["versions"])) for one in counted],
    )  # fmt: skip
    count = counted[1 if FORMATS[board.key].by_place else 0]["count"]
    return State(hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32], count)


def changed_at(board: Board, now: State) -> dt.datetime:
    """Since when the feed has held this: written once a change, never less than a second after the one before."""
    if board.fingerprint == now.mark and board.changed_at:
        return board.changed_at
    at = timezone.now().replace(microsecond=0)
    if board.changed_at and at <= board.changed_at:
        at = board.changed_at + dt.timedelta(seconds=1)
    Board.objects.filter(pk=board.pk, fingerprint=board.fingerprint).update(fingerprint=now.mark, changed_at=at)
    board.fingerprint, board.changed_at = now.mark, at
    return at


def plan(board: Board, now: State) -> Plan:
    """From the cache, or made and kept. Without a cache it is made each time."""
    if (kept := _kept(_key(board, now))) is not None:
        return Plan.unpacked(kept)
    made = make(board)
    for key in (_key(board, now), LATEST + board.key):
        _keep(key, made.packed())
    return made


def standing(board: Board) -> tuple[Plan | None, bool]:
    """The plan for a page, and whether it is of this moment.

    Where making it would keep the reader waiting, the last one serves until a task has made the new one; None while there is none.
    """
    now = state(board)
    if now.count <= MADE_AT_ONCE or _kept(_key(board, now)) is not None:
        return plan(board, now), True
    _ask(board.key)
    kept = _kept(LATEST + board.key)
    return (Plan.unpacked(kept) if kept is not None else None), False


def make(board: Board) -> Plan:
    made, why = Plan(), Counter[str]()
    form = FORMATS[board.key]
    with rules.held():
        for advert in every(board):
            refusals = form.refusals(advert, board)
            (made.refused if refusals else made.sent).append(key_of(advert))
            why.update({refusal.name for refusal in refusals})
    made.why = dict(why.most_common())
    return made


def every(board: Board) -> Iterator[Advert]:
    """What the board is told of, a chunk at a time, the newest first: memory holds one chunk, whatever there is."""
    rows, last = for_feed(board).order_by("-pk"), None
    if not FORMATS[board.key].fields and not FORMATS[board.key].rules:
        rows = rows.defer("description", "questions", "fields")  # nothing is read of them
    told = adverts(board)
    while chunk := list((rows.filter(pk__lt=last) if last else rows)[:CHUNK]):
        for posting in chunk:
            yield from told(posting)
        last = chunk[-1].pk


def adverts(board: Board) -> Callable[[Posting], list[Advert]]:
    """How a posting is told to a board: once, or once for each place the board is told of."""
    source = source_of(board)
    if not FORMATS[board.key].by_place:
        return lambda posting: [Advert(posting, source)]
    sites = sites_of(board)
    return lambda posting: [Advert(posting, source, site) for site in sites(posting)]


def key_of(advert: Advert) -> int:
    """What a plan knows an advert by: its posting, or its place."""
    key: int = advert.posting.pk if advert.is_whole else advert.site.pk
    return key


def at(board: Board, keys: Collection[int]) -> list[Advert]:
    """The adverts of these keys that are still told, the newest first."""
    if FORMATS[board.key].by_place:
        rows = for_feed(board).filter(pk__in=PostingPlace.objects.filter(pk__in=keys).values("posting"))
    else:
        rows = for_feed(board).filter(pk__in=keys)
    wanted, told = set(keys), adverts(board)
    return [advert for posting in rows.order_by("-pk") for advert in told(posting) if key_of(advert) in wanted]


def for_feed(board: Board) -> PostingQuerySet:
    return chosen(board).with_places().prefetch_related("rule_answers").defer("questions", "fields")


def _key(board: Board, now: State) -> str:
    return f"boards:plan:{board.pk}:{now.mark}"


def _kept(key: str) -> bytes | None:
    try:
        found: bytes | None = cache.get(key)
    except Exception as error:  # whatever the cache's client raises
        logger.warning("board_plan_not_kept", extra={"error": type(error).__name__})
        return None
    return found


def _keep(key: str, data: bytes) -> None:
    try:
        cache.set(key, data, timeout=KEPT_SECONDS)
    except Exception as error:  # as above
        logger.warning("board_plan_not_kept", extra={"error": type(error).__name__})


def _ask(key: str) -> None:
    """Have the plan made, once for all who look in the same minute."""
    from sourcing.tasks import plan_board

    try:
        if cache.add(f"boards:asked:{key}", 1, timeout=60):
            plan_board.delay_on_commit(key)
    except Exception as error:  # as above
        logger.warning("board_plan_not_asked", extra={"error": type(error).__name__})
