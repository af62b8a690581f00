"""The board's own read: one query for the columns' numbers, one for the first cards of each, flat in the size of the job.

Both go through the index `application_board` (docs/performance.md); filters narrow the same two queries.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from hiring import masks, sources
from hiring.models import Job, Source, User
from hiring.prepared import Given, prepared
from pipeline import feed, sub_status
from pipeline.blind import whom
from pipeline.cards import Card, Known, Notice, Pen, age, notices_for, tone_of
from pipeline.models import Application, Stage
from pipeline.screening import narrowing
from pipeline.stages import standing

CARDS, CARDS_IN_ALL, CARDS_AT_MOST = 20, 110, 500
MORE = 50
DRAWN_AGAIN = 100
"""Of the cards a browser shows in a column already, how many are drawn anew when something happened: the others keep their place."""
LOADED_AT_MOST = 10_000

UNANSWERED = """FROM hiring_thread t WHERE t.waiting_since IS NOT NULL AND NOT EXISTS (
    SELECT FROM hiring_message m JOIN hiring_job j ON j.id = m.job_id
    WHERE m.thread_id = t.id AND j.confidential AND j.id <> %(job)s)"""
"""Threads nobody has answered yet, as the board of a job may count them: see `Thread.objects.unanswered_beside`."""
REPLY_WAITS = f"a.candidate_id IN (SELECT t.candidate_id {UNANSWERED})"
PAST_TARGET = "a.entered_stage_at < %(now)s - s.target_days * interval '1 day'"
THESE, THESE_HASHED = "a.id = ANY(%(ids)s::bigint[])", "a.id IN (SELECT unnest(%(ids)s::bigint[]))"
"""Cards stop at the first twenty, so they look each up in the list. Whoever counts everybody makes a hash of it first: against a
list of thousands, searched for each, 20,000 people took half a second."""
STANDS_HERE = """a.job_id = s.job_id AND a.stage_id = s.id
    AND a.status = (CASE WHEN s.kind = 'hired' THEN 'hired' ELSE 'active' END)::varchar"""


@dataclass(frozen=True)
class Filters:
    """What the board is narrowed to; kept in the URL."""

    owner: int | None = None
    source: int | None = None
    attention: bool = False
    text: str = ""
    waits: str = ""
    """What they wait for: a key of sub_status.KINDS. Facts of all floors say who that is, so `settled` looks it up."""
    meets: str = ""
    """How they meet the criteria (screening/narrowing.py); `settled` looks that up, too."""
    ids: tuple[int, ...] | None = None
    is_blind: bool = False

    @classmethod
    def read(cls, query: QueryDict | Mapping[str, str]) -> Filters:
        def number(key: str) -> int | None:
            value = query.get(key, "")
            return int(value) if value.isdecimal() and len(value) < 10 else None

        text = " ".join(query.get("q", "").replace("\x00", "").split())[:80]
        waits, meets = query.get("waits", ""), query.get("meets", "")
        return cls(
            number("owner"),
            sources.standing_id(number("source")),
            query.get("attention") == "1",
            text,
            waits if waits in sub_status.KINDS else "",
            meets if narrowing.is_known(meets) else "",
            is_blind=whom.hides_from_viewer(),
        )

    def __bool__(self) -> bool:
        return bool(self.owner or self.source or self.attention or self.text or self.waits or self.meets)

    def settled(self, job: Job, user: User) -> Filters:
        """The same, with the applications of this job that wait for it, as this user knows them, or meet its criteria so."""
        if self.ids is not None or not (self.waits or self.meets):
            return self
        found = set(sub_status.standing_in(user, job, self.waits)) if self.waits else None
        if self.meets:
            meeting = Application.objects.filter(narrowing.meeting(self.meets, job), job=job)
            ids = set(meeting.values_list("pk", flat=True))
            found = ids if found is None else found & ids
        return replace(self, ids=tuple(sorted(found or ())))

    def sql(self) -> tuple[str, str, dict[str, Any]]:
        """A join, conditions and parameters for the application `a` in the stage `s`. Values only ever as parameters."""
        conditions: list[str] = []
        values: dict[str, Any] = {}
        if self.owner:
            conditions.append("p.owner_id = %(owner)s")
            values["owner"] = self.owner
        if self.source:
            conditions.append("a.source_id = %(source)s")
            values["source"] = self.source
        if (
            self.text and self.is_blind
        ):  # words of hidden people would tell who they are: only what they are called here
            conditions.append("a.id = %(called)s")
            values["called"] = whom.application_called(self.text)
        elif self.text:
            conditions.append("(p.name ILIKE %(text)s OR p.headline ILIKE %(text)s OR p.company ILIKE %(text)s)")
            values["text"] = f"%{_literal(self.text)}%"
        if self.attention:
            conditions.append(f"({PAST_TARGET} OR {REPLY_WAITS})")
        if self.waits or self.meets:
            conditions.append(THESE)
            values["ids"] = list(self.ids or ())
        join = (
            "JOIN hiring_candidate p ON p.id = a.candidate_id"
            if self.owner or (self.text and not self.is_blind)
            else ""
        )
        return join, "".join(f" AND {condition}" for condition in conditions), values


@dataclass
class Column:
    """A stage as the board shows it. `rest` is how many more cards stand there, `after` where they begin."""

    stage: Stage
    count: int = 0
    total: int = 0
    new: int = 0
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
    def new(self) -> int:
        return sum(column.new for column in self.everything)

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
    columns = _columns(job, stages, filters, now)
    most = CARDS_AT_MOST if changed is None else DRAWN_AGAIN
    wanted = {stage.pk: min(max(each, (loaded or {}).get(stage.pk, 0)), most) for stage in stages}
    shown = [column for column in columns if not only or column.stage.pk in only]
    cards = _cards([column.stage for column in shown], filters, now, user, wanted)
    pen = Pen(user, now, may_move=may_move)
    for column in shown:
        column.cards = cards.get(column.stage.pk, [])
    deep = [column for column in shown if (loaded or {}).get(column.stage.pk, 0) > len(column.cards) == most]
    for column in deep:
        _keep_known(column, filters, now, user, (loaded or {})[column.stage.pk], changed or ())
    for column in shown:
        column.html = pen.write([*column.cards, *column.known])
    return Board(shown, columns, token)


def more(stage: Stage, user: User, filters: Filters, after: str, *, may_move: bool) -> Column:
    """The next cards of one column behind the card `after`."""
    now = timezone.now()
    filters = filters.settled(stage.job, user)
    cards = _cards([stage], filters, now, user, {stage.pk: MORE + 1}, after=after).get(stage.pk, [])
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
    return [row[0] for row in _rows(sql, values)]


def cursor(card: Card | Known) -> str:
    return f"{card.entered.isoformat()}_{card.pk}"


@prepared
def team_of(job: Given) -> QuerySet[User]:
    return User.objects.filter(teams__job=job, is_active=True).distinct()


@prepared
def sources_in_use() -> QuerySet[Source]:
    return Source.objects.filter(is_active=True)


# --- the two queries ------------------------------------------------------------------------------------------------


def _columns(job: Job, stages: Sequence[Stage], filters: Filters, now: dt.datetime) -> list[Column]:
    join, conditions, values = filters.sql()
    narrowed = conditions.replace(THESE, THESE_HASHED)
    people = f"count(*) FILTER (WHERE TRUE{narrowed})" if filters else "count(*)"
    sql = f"""SELECT s.id, n.people, n.total, n.late, n.attention, n.median,
            CASE WHEN s.kind = 'applied' THEN (SELECT count(*) FROM pipeline_application a WHERE a.job_id = s.job_id
                AND a.stage_id = s.id AND a.status = 'active' AND a.reviewed_at IS NULL) ELSE 0 END
        FROM pipeline_stage s CROSS JOIN LATERAL (
            SELECT {people} AS people, count(*) AS total,
                count(*) FILTER (WHERE {PAST_TARGET}) AS late,
                count(*) FILTER (WHERE s.kind <> 'hired' AND ({PAST_TARGET} OR {REPLY_WAITS})) AS attention,
                percentile_disc(0.5) WITHIN GROUP (ORDER BY a.entered_stage_at) AS median
            FROM pipeline_application a {join} WHERE {STANDS_HERE}) n
        WHERE s.job_id = %(job)s"""  # noqa: S608 - constants of this module; values are parameters
    numbers = {row[0]: row[1:] for row in _rows(sql, {**values, "job": job.pk, "now": now})}
    columns = []
    for stage in stages:
        count, total, late, attention, median, new = numbers.get(stage.pk, (0, 0, 0, 0, None, 0))
        is_hired = stage.kind == Stage.Kind.HIRED
        stood = age(now - median) if median and not is_hired else ""
        columns.append(Column(stage, count, total, new, 0 if is_hired else late, attention, stood))
    return columns


def _cards(
    stages: Sequence[Stage],
    filters: Filters,
    now: dt.datetime,
    user: User,
    wanted: Mapping[int, int],
    after: str = "",
    only: Sequence[int] = (),
) -> dict[int, list[Card]]:
    """Cards by stage, those who arrived last first: behind `after`, or `only` these applications."""
    if not stages:
        return {}
    join, conditions, values = filters.sql()
    entered, pk = _position(after)
    if pk:
        conditions += " AND (a.entered_stage_at, a.id) < (%(entered)s, %(after)s)"
    if only:
        conditions += " AND a.id = ANY(%(only)s::bigint[])"
        values["only"] = list(only)
    sql = f"""SELECT x.stage_id, x.id, x.candidate_id, x.entered_stage_at, x.reviewed_at, c.name, c.headline, c.company,
            c.do_not_contact, src.name, c.owner_id, o.full_name, r.full_name,
            (SELECT min(t.waiting_since) {UNANSWERED} AND t.candidate_id = c.id),
            jd.marks
        FROM pipeline_stage s
        JOIN unnest(%(stages)s::bigint[], %(limits)s::int[]) AS w(stage, cards) ON w.stage = s.id
        CROSS JOIN LATERAL (SELECT a.* FROM pipeline_application a {join} WHERE {STANDS_HERE} {conditions}
            ORDER BY a.entered_stage_at DESC, a.id DESC LIMIT w.cards) x
        JOIN hiring_candidate c ON c.id = x.candidate_id
        LEFT JOIN hiring_source src ON src.id = x.source_id
        LEFT JOIN pipeline_judgement jd ON jd.application_id = x.id
        LEFT JOIN hiring_user o ON o.id = c.owner_id
        LEFT JOIN hiring_user r ON r.id = c.referred_by_id
        ORDER BY x.entered_stage_at DESC, x.id DESC"""  # noqa: S608 - constants of this module; values are parameters
    ids = [stage.pk for stage in stages]
    values |= {"stages": ids, "limits": [wanted[pk] for pk in ids], "job": stages[0].job_id}
    values |= {"now": now, "entered": entered, "after": pk}
    by_id = {stage.pk: stage for stage in stages}
    found: dict[int, list[Card]] = {}
    rows = _rows(sql, values)
    for row in rows:
        masks.met(row[2])
    shown = [row[1] for row in rows]
    said = notices_for(user, shown)
    waits = sub_status.of(user, shown) if shown else {}
    also = others_of(user, [row[2] for row in rows], stages[0].job_id) if shown else {}
    for row in rows:
        card = _card(by_id[row[0]], row, now, said.get(row[1], []))
        card.waits, card.also = waits.get(card.pk), also.get(card.candidate, [])
        found.setdefault(row[0], []).append(card)
    return found


@prepared
def live_elsewhere(user: User, candidates: Given, job: Given) -> QuerySet[Application, tuple[int, str, str]]:
    others = Application.objects.visible_to(user).active().filter(candidate__any=candidates).exclude(job=job)
    return others.order_by("pk").values_list("candidate", "job__title", "stage__name")


def others_of(user: User, candidates: Sequence[int], job: int) -> dict[int, list[str]]:
    """The live applications of these people for other jobs the user sees, in words, by candidate: one query."""
    found: dict[int, list[str]] = {}
    for candidate, title, stage in live_elsewhere(user, candidates=list(candidates), job=job):
        found.setdefault(candidate, []).append(f"{title}: {stage}")
    return found


def _keep_known(
    column: Column, filters: Filters, now: dt.datetime, user: User, loaded: int, changed: Collection[int]
) -> None:
    """The places of the cards a browser shows behind `column.cards`, and anew the cards of those something happened to."""
    join, conditions, values = filters.sql()
    entered, pk = _position(cursor(column.cards[-1]))
    sql = f"""SELECT a.id, a.entered_stage_at, a.candidate_id
        FROM pipeline_stage s JOIN pipeline_application a ON {STANDS_HERE} {join}
        WHERE s.id = %(stage)s AND (a.entered_stage_at, a.id) < (%(entered)s, %(after)s) {conditions}
        ORDER BY a.entered_stage_at DESC, a.id DESC LIMIT %(limit)s"""  # noqa: S608
    limit = min(loaded, LOADED_AT_MOST) - len(column.cards)
    found = _rows(
        sql,
        {
            **values,
            "job": column.stage.job_id,
            "stage": column.stage.pk,
            "entered": entered,
            "after": pk,
            "limit": limit,
            "now": now,
        },
    )
    fresh = [row[0] for row in found if row[2] in changed]
    drawn: dict[int, Card] = {}
    if fresh:
        again = _cards([column.stage], filters, now, user, {column.stage.pk: len(fresh)}, only=fresh)
        drawn = {card.pk: card for cards in again.values() for card in cards}
    before: Card | Known = column.cards[-1]
    for row in found:
        before = drawn.get(row[0]) or Known(row[0], row[1], cursor(before))
        column.known.append(before)


def _card(stage: Stage, row: Sequence[Any], now: dt.datetime, said: list[Notice]) -> Card:
    _, pk, candidate, entered, reviewed, name, headline, company, blocked, *more = row
    source, owner_id, owner, referrer, waits, marks = more
    stood, ended = now - entered, stage.kind == Stage.Kind.HIRED
    over = stood.days - stage.target_days if stage.target_days and not ended else 0
    lines = list(said)
    mask = masks.mask_of(candidate)
    if waits:
        lines.insert(0, Notice(f"Reply waiting for {_days((now - waits).days)}", "message", "warn"))
    if blocked:
        lines.insert(0, Notice("Do not contact", "ban", "bad"))
    is_new = stage.kind == Stage.Kind.APPLIED and reviewed is None
    if is_new:
        limit = f", limit {_days(stage.target_days)}" if over > 0 and stage.target_days else ""
        if stood.days:  # "New" says enough on the first day
            lines.append(Notice(f"Review: waiting {_days(stood.days)}{limit}", "eye", tone_of(stood, stage)))
    elif over > 0 and stage.target_days and not lines:
        lines.append(Notice(f"Past the limit of {_days(stage.target_days)}", "clock", tone_of(stood, stage)))
    if referrer and len(lines) < 2:
        lines.append(Notice(f"Referred by {referrer}", "heart-handshake"))
    return Card(
        pk=pk,
        candidate=candidate,
        name=mask or name,
        headline=company if mask else headline or company,
        source=source or "",
        owner=owner or "",
        owner_id=owner_id,
        entered=entered,
        is_new=is_new,
        late_days=max(over, 0),
        tone="" if ended else tone_of(stood, stage),
        lines=lines,
        marks=marks or "",
    )


def _days(count: int) -> str:
    return "less than a day" if count < 1 else "1 day" if count == 1 else f"{count} days"


def _position(after: str) -> tuple[dt.datetime | None, int]:
    """A card's place from a cursor; nothing for anything else."""
    moment, _, pk = after.partition("_")
    try:
        at = parse_datetime(moment)
        at = at.astimezone(dt.UTC) if at and at.tzinfo else None
    except (ValueError, OverflowError):
        at = None
    if at is None or not pk.isdecimal() or len(pk) > 18:
        return None, 0
    return at, int(pk)


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


def _rows(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor_:
        cursor_.execute(sql, values)
        return cursor_.fetchall()
