"""The board's own read: one query for the columns' numbers, one for the first cards of each, flat in the size of the job.

Both go through the index `application_board` (docs/performance.md); filters narrow the same two queries.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils import timezone

from hiring.models import Job, Source, User
from hiring.prepared import prepared
from pipeline import board_cards, feed
from pipeline.board_cards import LOADED_AT_MOST, cursor, rows
from pipeline.cards import Card, Known, Pen, age
from pipeline.filters import PAST_TARGET, REPLY_WAITS, STANDS_HERE, THESE, THESE_HASHED, Filters
from pipeline.models import Stage
from pipeline.stages import standing

CARDS, CARDS_IN_ALL, CARDS_AT_MOST = 20, 110, 500
MORE = 50
DRAWN_AGAIN = 100
"""Of the cards a browser shows in a column already, how many are drawn anew when something happened: the others keep their place."""
LONG_NAME = 12
NOBODY = (0, 0, 0, 0, None, 0, 0, None, 0)


@dataclass
class Column:
    """A stage as the board shows it. `rest` is how many more cards stand there, `after` where they begin."""

    stage: Stage
    count: int = 0
    total: int = 0
    new: int = 0
    put_off: int = 0
    wakes: dt.datetime | None = None
    """When the first of those who were put off is new again."""
    late: int = 0
    attention: int = 0
    median: str = ""
    cards: list[Card] = field(default_factory=list)
    known: list[Card | Known] = field(default_factory=list)
    """Those behind `cards` which the browser shows already."""
    html: str = ""

    @property
    def is_over(self) -> bool:
        return bool(self.stage.limit and self.total > self.stage.limit)

    @property
    def rest(self) -> int:
        return max(self.count - len(self.cards) - len(self.known), 0)

    @property
    def after(self) -> str:
        shown = self.known or self.cards
        return cursor(shown[-1]) if shown and self.rest else ""


@dataclass
class Board:
    """`columns` are those that were asked for; the figures are of the whole board, so that its head can follow."""

    columns: list[Column]
    everything: list[Column]
    token: str
    letters: int = 0
    """Rejections of this job that are written and have not left."""

    @property
    def active(self) -> int:
        return sum(column.total for column in self.everything if column.stage.kind != Stage.Kind.HIRED)

    @property
    def hired(self) -> int:
        return sum(column.total for column in self.everything if column.stage.kind == Stage.Kind.HIRED)

    @property
    def shown(self) -> int:
        return sum(column.count for column in self.everything)

    @property
    def has_long_names(self) -> bool:
        """Whether a stage's name takes two lines of its column on a screen of the usual width."""
        return any(len(column.stage.name) > LONG_NAME for column in self.everything)

    @property
    def new(self) -> int:
        return sum(column.new for column in self.everything)

    @property
    def put_off(self) -> int:
        return sum(column.put_off for column in self.everything)

    @property
    def wakes(self) -> dt.datetime | None:
        return min((column.wakes for column in self.everything if column.wakes), default=None)

    @property
    def attention(self) -> int:
        return sum(column.attention for column in self.everything)


def board(
    job: Job,
    user: User,
    filters: Filters,
    *,
    may_move: bool,
    only: Sequence[int] = (),
    loaded: Mapping[int, int] | None = None,
    changed: Collection[int] | None = None,
) -> Board:
    """The job's board. `only` some stages; `loaded` is how many cards of a stage the browser already shows, all of which come
    again. `changed` are the people something happened to since: the others are not drawn anew far down a column."""
    now, token = timezone.now(), feed.newest(job)
    filters = filters.settled(job, user)
    stages = standing(job)
    each = max(5, min(CARDS, CARDS_IN_ALL // max(len(stages), 1)))
    columns, letters = _columns(job, stages, filters, now)
    most = CARDS_AT_MOST if changed is None else DRAWN_AGAIN
    wanted = {stage.pk: min(max(each, (loaded or {}).get(stage.pk, 0)), most) for stage in stages}
    shown = [column for column in columns if not only or column.stage.pk in only]
    cards = board_cards.cards([column.stage for column in shown], filters, now, user, wanted)
    pen = Pen(user, now, may_move=may_move)
    for column in shown:
        column.cards = cards.get(column.stage.pk, [])
    deep = [column for column in shown if (loaded or {}).get(column.stage.pk, 0) > len(column.cards) == most]
    for column in deep:
        limit = min((loaded or {})[column.stage.pk], LOADED_AT_MOST) - most
        column.known = board_cards.known(column.stage, column.cards[-1], filters, now, user, limit, changed or ())
    for column in shown:
        column.html = pen.write([*column.cards, *column.known])
    return Board(shown, columns, token, letters)


def more(stage: Stage, user: User, filters: Filters, after: str, *, may_move: bool) -> Column:
    """The next cards of one column behind the card `after`."""
    now = timezone.now()
    filters = filters.settled(stage.job, user)
    cards = board_cards.cards([stage], filters, now, user, {stage.pk: MORE + 1}, after=after).get(stage.pk, [])
    column = Column(stage, count=len(cards), cards=cards[:MORE])
    column.html = Pen(user, now, may_move=may_move).write(column.cards)
    return column


def ids_in(
    stage: Stage, user: User, filters: Filters, at_most: int, *, seen_at: dt.datetime | None = None
) -> list[int]:
    """Everybody in a column under the filters: what "select all" means when not all cards are loaded. Who came after
    `seen_at` was on nobody's screen."""
    join, conditions, values = filters.settled(stage.job, user).sql()
    if seen_at:
        conditions += " AND a.entered_stage_at <= %(seen_at)s"
        values["seen_at"] = seen_at
    sql = f"""SELECT a.id FROM pipeline_stage s JOIN pipeline_application a ON {STANDS_HERE} {join}
        WHERE s.id = %(stage)s {conditions} ORDER BY a.entered_stage_at DESC, a.id DESC LIMIT %(limit)s"""  # noqa: S608
    values |= {"job": stage.job_id, "stage": stage.pk, "limit": at_most, "now": timezone.now()}
    return [row[0] for row in rows(sql, values)]


@prepared
def sources_in_use() -> QuerySet[Source]:
    return Source.objects.filter(is_active=True)


def _columns(job: Job, stages: Sequence[Stage], filters: Filters, now: dt.datetime) -> tuple[list[Column], int]:
    """Every column's numbers, and how many letters wait to leave: one query."""
    join, conditions, values = filters.sql()
    narrowed = conditions.replace(THESE, THESE_HASHED)
    people = f"count(*) FILTER (WHERE TRUE{narrowed})" if filters else "count(*)"
    sql = f"""SELECT s.id, n.people, n.total, n.late, n.attention, n.median, coalesce(w.new, 0), coalesce(w.put_off, 0), w.wakes,
            (SELECT count(*) FROM hiring_message l WHERE l.status = 'queued' AND l.job_id = %(job)s AND l.purpose = 'rejection')
        FROM pipeline_stage s CROSS JOIN LATERAL (
            SELECT {people} AS people, count(*) AS total,
                count(*) FILTER (WHERE {PAST_TARGET}) AS late,
                count(*) FILTER (WHERE s.kind <> 'hired' AND ({PAST_TARGET} OR {REPLY_WAITS})) AS attention,
                percentile_disc(0.5) WITHIN GROUP (ORDER BY a.entered_stage_at) AS median
            FROM pipeline_application a {join} WHERE {STANDS_HERE}) n
        LEFT JOIN LATERAL (
            SELECT count(*) FILTER (WHERE z.application_id IS NULL) AS new, count(z.application_id) AS put_off, min(z.until) AS wakes
            FROM pipeline_application a LEFT JOIN pipeline_reviewsnooze z ON z.application_id = a.id AND z.until > %(now)s
            WHERE a.job_id = s.job_id AND a.stage_id = s.id AND a.status = 'active' AND a.reviewed_at IS NULL
        ) w ON s.kind = 'applied'
        WHERE s.job_id = %(job)s"""  # noqa: S608 - constants of this module; values are parameters
    numbers = {row[0]: row[1:] for row in rows(sql, {**values, "job": job.pk, "now": now})}
    columns = []
    for stage in stages:
        count, total, late, attention, median, new, put_off, wakes, _ = numbers.get(stage.pk, NOBODY)
        is_hired = stage.kind == Stage.Kind.HIRED
        stood = age(now - median) if median and not is_hired else ""
        columns.append(Column(stage, count, total, new, put_off, wakes, 0 if is_hired else late, attention, stood))
    return columns, next((row[-1] for row in numbers.values()), 0)
