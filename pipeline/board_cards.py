"""The cards of a board as they are read: the first of each column, those behind a place, those something happened to.

One query for all columns that are asked for, through the index `application_board`; what stands on a card besides comes for all
cards at once. How a card is drawn is pipeline/cards.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime

from hiring import masks
from hiring.models import User
from hiring.prepared import Given, prepared
from hiring.templatetags.throughline import day
from pipeline import asked_on, sub_status
from pipeline.cards import Card, Known, Notice, notices_for, tone_of
from pipeline.filters import STANDS_HERE, UNANSWERED, Filters
from pipeline.models import Application, Stage

LOADED_AT_MOST = 10_000


def cursor(card: Card | Known) -> str:
    return f"{card.entered.isoformat()}_{card.pk}"


def cards(
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
            jd.marks, z.until
        FROM pipeline_stage s
        JOIN unnest(%(stages)s::bigint[], %(limits)s::int[]) AS w(stage, cards) ON w.stage = s.id
        CROSS JOIN LATERAL (SELECT a.* FROM pipeline_application a {join} WHERE {STANDS_HERE} {conditions}
            ORDER BY a.entered_stage_at DESC, a.id DESC LIMIT w.cards) x
        JOIN hiring_candidate c ON c.id = x.candidate_id
        LEFT JOIN hiring_source src ON src.id = x.source_id
        LEFT JOIN pipeline_judgement jd ON jd.application_id = x.id
        LEFT JOIN pipeline_reviewsnooze z ON z.application_id = x.id AND z.until > %(now)s
        LEFT JOIN hiring_user o ON o.id = c.owner_id
        LEFT JOIN hiring_user r ON r.id = c.referred_by_id
        ORDER BY x.entered_stage_at DESC, x.id DESC"""  # noqa: S608 - constants of this module; values are parameters
    ids = [stage.pk for stage in stages]
    values |= {"stages": ids, "limits": [wanted[pk] for pk in ids], "job": stages[0].job_id}
    values |= {"now": now, "entered": entered, "after": pk}
    by_id = {stage.pk: stage for stage in stages}
    found: dict[int, list[Card]] = {}
    read = rows(sql, values)
    for row in read:
        masks.met(row[2])
    shown = [row[1] for row in read]
    said = notices_for(user, shown)
    waits = sub_status.of(user, shown) if shown else {}
    answers = asked_on.lines(user, stages[0].job, filters.show, shown) if filters.show and shown else {}
    also = others_of(user, [row[2] for row in read], stages[0].job_id) if shown else {}
    for row in read:
        card = _card(by_id[row[0]], row, now, said.get(row[1], []))
        if card.pk in answers:
            card.lines.insert(0, answers[card.pk])
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


def known(
    stage: Stage, last: Card, filters: Filters, now: dt.datetime, user: User, limit: int, changed: Collection[int]
) -> list[Card | Known]:
    """What a browser shows of a column behind the card `last`: places, and anew the cards of those something happened to."""
    join, conditions, values = filters.sql()
    sql = f"""SELECT a.id, a.entered_stage_at, a.candidate_id
        FROM pipeline_stage s JOIN pipeline_application a ON {STANDS_HERE} {join}
        WHERE s.id = %(stage)s AND (a.entered_stage_at, a.id) < (%(entered)s, %(after)s) {conditions}
        ORDER BY a.entered_stage_at DESC, a.id DESC LIMIT %(limit)s"""  # noqa: S608 - constants of this module and of filters
    place = {"entered": last.entered, "after": last.pk, "limit": limit, "now": now}
    found = rows(sql, {**values, **place, "job": stage.job_id, "stage": stage.pk})
    fresh = [row[0] for row in found if row[2] in changed]
    drawn: dict[int, Card] = {}
    if fresh:
        again = cards([stage], filters, now, user, {stage.pk: len(fresh)}, only=fresh)
        drawn = {card.pk: card for found_again in again.values() for card in found_again}
    behind: list[Card | Known] = []
    before: Card | Known = last
    for pk, entered, _ in found:
        before = drawn.get(pk) or Known(pk, entered, cursor(before))
        behind.append(before)
    return behind


def _card(stage: Stage, row: Sequence[Any], now: dt.datetime, said: list[Notice]) -> Card:
    _, pk, candidate, entered, reviewed, name, headline, company, blocked, *more = row
    source, owner_id, owner, referrer, waits, marks, put_off = more
    stood, ended = now - entered, stage.kind == Stage.Kind.HIRED
    over = stood.days - stage.target_days if stage.target_days and not ended else 0
    lines = list(said)
    mask = masks.mask_of(candidate)
    if waits:
        lines.insert(0, Notice(f"Reply waiting for {_days((now - waits).days)}", "message", "warn"))
    if blocked:
        lines.insert(0, Notice("Do not contact", "ban", "bad"))
    is_new = stage.kind == Stage.Kind.APPLIED and reviewed is None and put_off is None
    if put_off and reviewed is None:
        lines.append(Notice(f"Put off until {day(put_off)}", "zzz"))
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
        is_over=ended,
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


def rows(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor_:
        cursor_.execute(sql, values)
        return cursor_.fetchall()
