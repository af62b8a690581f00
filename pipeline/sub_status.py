"""What an application waits for in its stage: to schedule, booked, waiting for feedback, for the candidate, ...

It is read off what is known: each floor declares the facts it can tell (`facts`), as a query that gives a row for each
application it is true of. What somebody sets by hand holds until the application leaves the stage, or until a fact that is
newer than it. Of several facts the one nearest to the end of the road wins (`Kind.rank`). All of it is one query.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import BooleanField, CharField, F, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import User
from hiring.prepared import Given, prepared
from pipeline import entering, moves
from pipeline.models import Application, ApplicationQuerySet, Stage, SubStatus


@dataclass(frozen=True)
class Kind:
    """`rank`: of several that are true the lowest is shown."""

    key: str
    label: str
    icon: str
    rank: int
    why: str
    """What makes it true, in a sentence: the answer to "why does this stand here?"."""


OFFER, WAITING_OFFER, BOOKED, TO_REVIEW = "offer", "waiting_offer", "booked", "to_review"
KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(WAITING_OFFER, "Offer with candidate", "writing-sign", 10, "An offer is sent and not answered yet."),
        Kind(OFFER, "Offer in preparation", "pencil", 15, "An offer is a draft, waits for approval, or may be sent."),
        Kind(BOOKED, "Interview booked", "calendar-event", 20, "An interview is ahead."),
        Kind("waiting_feedback", "Waiting for feedback", "clipboard-text", 30, "An interview is over and a scorecard is missing."),
        Kind("to_decide", "To decide", "checkbox", 40, "Everybody who met them in this stage has handed in their scorecard."),
        Kind("to_schedule", "To schedule", "calendar", 50, "This stage has interviews, and none is planned."),
        Kind(TO_REVIEW, "To review", "eye", 60, "Nobody has looked at the application yet."),
        Kind("waiting_candidate", "Waiting for candidate", "hourglass", 70, "Set by hand."),
        Kind("waiting_team", "Waiting for the team", "users", 70, "Set by hand."),
        Kind("on_hold", "On hold", "clock", 70, "Set by hand."),
    )
}  # fmt: skip
BY_HAND = [KINDS[key] for key in SubStatus.Key.values]

WAITING = """
WITH known (about, key, since, by_hand) AS MATERIALIZED (KNOWN),
    fact AS (SELECT DISTINCT ON (k.about) k.about, k.key, k.since
        FROM known k JOIN unnest(%s::text[], %s::int[]) AS r (key, rank) ON r.key = k.key
        WHERE NOT k.by_hand ORDER BY k.about, r.rank, k.since DESC),
    hand AS (SELECT about, key, since FROM known WHERE by_hand)
SELECT about FROM fact FULL JOIN hand USING (about)
WHERE (CASE WHEN fact.since IS NULL OR hand.since >= fact.since THEN hand.key ELSE fact.key END) = %s
"""

Rows = QuerySet[Any, tuple[int, str, dt.datetime, bool]]
facts: list[Callable[[User, ApplicationQuerySet, Any], Rows]] = []
"""What the floors know: a user, some active applications and the moment in, rows of `row` out, of what this user may know.

The moment is given because the SQL is written once (hiring/prepared.py): a fact must not read the clock itself.
"""


@dataclass(frozen=True)
class Standing:
    """What an application waits for. `by_hand` is the row when somebody set it."""

    kind: Kind
    since: dt.datetime
    by_hand: bool = False

    def comes_before(self, other: Standing) -> bool:
        """Of two facts: nearer to the end of the road, or the newer one of its kind."""
        return (self.kind.rank, other.since) < (other.kind.rank, self.since)


def row(rows: QuerySet[Any], application: str, key: str, since: str) -> Rows:
    """A fact's rows in the one shape: id of the application, key, since when. `application` and `since` are paths."""
    return _shaped(rows, application, Cast(Value(key), CharField()), since, by_hand=False)


@prepared
def rows_of(user: User, ids: Given, at: Given) -> Rows:
    return _known(user, Application.objects.active().filter(pk__any=ids), at)


def of(user: User, ids: Iterable[int]) -> dict[int, Standing]:
    """What those of these applications that are active wait for, as far as this user may know: one query."""
    return _nearest(rows_of(user, ids=list(ids), at=timezone.now()))


def _nearest(rows: Iterable[tuple[int, str, dt.datetime, bool]]) -> dict[int, Standing]:
    """Of all that is true of each what stands."""
    found: dict[int, Standing] = {}
    set_by_hand: dict[int, Standing] = {}
    for pk, key, since, is_hand in rows:
        standing = Standing(KINDS[key], since, is_hand)
        if is_hand:
            set_by_hand[pk] = standing
        elif pk not in found or standing.comes_before(found[pk]):
            found[pk] = standing
    for pk, standing in set_by_hand.items():
        if pk not in found or standing.since >= found[pk].since:
            found[pk] = standing
    return found


def standing_in(user: User, applications: ApplicationQuerySet, key: str) -> list[int]:
    """Those of these active applications that wait for this: `of` for thousands, weighed by the database."""
    try:
        known, values = _known(user, applications, timezone.now()).query.sql_with_params()
    except EmptyResultSet:
        return []
    ranks = {kind.key: kind.rank for kind in KINDS.values()}
    with connection.cursor() as cursor:
        cursor.execute(WAITING.replace("KNOWN", known), [*values, list(ranks), list(ranks.values()), key])
        return [row[0] for row in cursor.fetchall()]


def _known(user: User, applications: ApplicationQuerySet, at: Any) -> Rows:
    """Every fact about these, and what was set by hand in the stage they stand in."""
    hand = SubStatus.objects.filter(application__in=applications.values("pk"), stage=F("application__stage"))
    first = _shaped(hand, "application", Cast("key", CharField()), "at", by_hand=True)
    return first.union(*(fact(user, applications, at) for fact in facts), all=True)


def by_hand(application: Application) -> SubStatus | None:
    """What somebody set in the stage it stands in."""
    return SubStatus.objects.filter(application=application, stage=application.stage).select_related("by").first()


@transaction.atomic
def put(application: Application, key: str, *, by: User | None, note: str = "") -> Application:
    """Say by hand what an application waits for; an empty `key` takes it back."""
    application = entering.lock(application)
    if not application.is_active:
        raise Refused(moves.no_longer_active(application))
    if key and key not in SubStatus.Key.values:
        raise Refused("Choose what this application waits for.")
    note = " ".join(note.split())[:140]
    before = SubStatus.objects.filter(application=application).first()
    if not key:
        if before is None:
            return application
        before.delete()
    elif before and (before.key, before.note, before.stage_id) == (key, note, application.stage_id):
        return application
    else:
        SubStatus.objects.update_or_create(
            application=application,
            defaults={"stage": application.stage, "key": key, "note": note, "by": by, "at": timezone.now()},
        )
    moves.write_down(application, "application.sub_status", by, stage=application.stage_id, key=key)
    return application


def _shaped(rows: QuerySet[Any], application: str, key: Any, since: str, *, by_hand: bool) -> Rows:
    shaped = rows.order_by().annotate(
        _about=F(application), _key=key, _since=F(since), _by_hand=Value(by_hand, output_field=BooleanField())
    )
    return shaped.values_list("_about", "_key", "_since", "_by_hand")


def _to_review(user: User, applications: ApplicationQuerySet, at: Any) -> Rows:
    unseen = applications.filter(reviewed_at=None, stage__kind=Stage.Kind.APPLIED)
    return row(unseen, "pk", TO_REVIEW, "entered_stage_at")


facts.append(_to_review)
