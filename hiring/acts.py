"""Doing one thing to many people, as a recorded unit: start, carry out, stop, take back.

`start` writes down whom it is for, with one statement whatever their number. `run` takes the next few, asks again whom the
person who started it may see, does it, and writes what became of each, in one transaction: a worker that is killed loses the
few it was at, and whoever comes next does them, once. Nothing but these rows knows what is still to do (invariant 10).
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import math
import time
import uuid
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from hiring import bulk, notifications, search
from hiring.bulk import Deed, Kind, Params, State
from hiring.errors import Refused
from hiring.matches import Matches
from hiring.models import Candidate, PeopleAct, PeopleActItem, User

logger = logging.getLogger(__name__)

AT_ONCE = 50  # people within the request; more is a task that reports its progress
AT_MOST = 100_000
TYPE_ABOVE = 30  # people; from here on the number is typed where nothing can undo it (ui.md)
COPIES_AT_ONCE = 500
ABANDONED_AFTER = dt.timedelta(seconds=30)

GATHER = """
INSERT INTO hiring_peopleactitem (act_id, candidate_id, state, reason, data)
SELECT %s, found.id, 'waiting', '', '{}'::jsonb FROM (PEOPLE) AS found (id)
"""
GATHER_UNDONE = """
INSERT INTO hiring_peopleactitem (act_id, candidate_id, state, reason, data)
SELECT %s, candidate_id, 'waiting', '', data FROM hiring_peopleactitem WHERE act_id = %s AND state = 'done'
"""
ANSWER = """
UPDATE hiring_peopleactitem AS item SET state = said.state, reason = said.reason, data = said.data
  FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::jsonb[]) AS said (candidate_id, state, reason, data)
 WHERE item.act_id = %s AND item.candidate_id = said.candidate_id AND item.state = 'waiting'
"""
OUT_OF_SIGHT = "No longer there, or not yours to see."
NO_LONGER_ALLOWED = "Who started this may no longer do it."
WENT_WRONG = "Something went wrong with this person; it is in the log."


class NumberChanged(Refused):
    """Between the question and the answer people came or went: `now` are meant."""

    def __init__(self, now: int) -> None:
        super().__init__(f"Meanwhile {bulk.people(now)} fit this search. Look at the number again.")
        self.now = now


class AlreadyStarted(Refused):
    def __init__(self, act: PeopleAct) -> None:
        super().__init__("This is being done already.")
        self.act = act


def confirmed(by: User, once: uuid.UUID | None) -> PeopleAct | None:
    """The act this page was confirmed for already."""
    return PeopleAct.objects.filter(once=once, by=by).first() if once else None


def start(
    kind: Kind, matches: Matches, params: Params, *, expected: int | None = None, once: uuid.UUID | None = None
) -> PeopleAct:
    """Write down the act and whom it is for; `run` does it. `expected`: the number the person agreed to, for what is final.
    `once` names the page that was confirmed: sent twice it is one act. Raises AlreadyStarted with it."""
    try:
        return _start(kind, matches, params, expected, once)
    except IntegrityError:
        if act := confirmed(matches.user, once):
            raise AlreadyStarted(act) from None
        raise


@transaction.atomic
def _start(kind: Kind, matches: Matches, params: Params, expected: int | None, once: uuid.UUID | None) -> PeopleAct:
    by, now = matches.user, timezone.now()
    act = PeopleAct.objects.create(
        once=once,
        kind=kind.key,
        params=params,
        title=kind.title(params)[:200],
        asked=(matches.asked or "q=") if matches.ids is None else "",
        by=by,
        at=now,
        worked_at=now,
    )
    act.total = _gather(act, matches.people())
    if not act.total:
        raise Refused("Choose at least one person first." if matches.ids is not None else "Nobody fits this search.")
    if act.total > AT_MOST:
        raise Refused(f"More than {AT_MOST:,} people at once are not possible. Narrow the search.")
    if expected is not None and act.total != expected:
        raise NumberChanged(act.total)
    act.save(update_fields=["total"])
    _soon(act)
    return act


@transaction.atomic
def start_undo(act: PeopleAct, *, by: User) -> PeopleAct:
    """Take a finished act back, person by person: what somebody changed since stays, and is named."""
    act = PeopleAct.objects.select_for_update(of=("self",)).get(pk=act.pk)
    kind = bulk.kinds.get(act.kind)
    if kind is None or kind.undo is None or act.undoes_id:
        raise Refused("This cannot be taken back.")
    if PeopleAct.objects.filter(undoes=act).exists():
        raise Refused("This was already taken back.")
    if not act.is_finished:
        raise Refused("This is still being done. Stop it first.")
    if not act.done:
        raise Refused("There is nothing to take back.")
    now = timezone.now()
    undo = PeopleAct.objects.create(
        kind=act.kind,
        params=act.params,
        title=f"Take back: {act.title}"[:200],
        by=by,
        at=now,
        worked_at=now,
        undoes=act,
    )
    with connection.cursor() as cursor:
        cursor.execute(GATHER_UNDONE, [undo.pk, act.pk])
        undo.total = cursor.rowcount
    undo.save(update_fields=["total"])
    _soon(undo)
    return undo


@transaction.atomic
def cancel(act: PeopleAct) -> None:
    """Stop an act where it is. What is done stays done, and can be taken back."""
    if not PeopleAct.objects.unfinished().filter(pk=act.pk, cancelled_at=None).update(cancelled_at=timezone.now()):
        raise Refused("This is already finished.")
    transaction.on_commit(lambda: send(act.pk))


def run(act: PeopleAct, *, seconds: float = math.inf) -> PeopleAct:
    """Carry an act out, batch by batch, for as long as there is time. Running it twice, or in two places, does each person once."""
    kind, until = bulk.kinds[act.kind], time.monotonic() + seconds
    if kind.whole:
        kind.whole(act)
    else:
        while _run_batch(act.pk) and time.monotonic() < until:
            pass
    rewrite_copies(act.pk, until=until)
    return PeopleAct.objects.select_related("by", "undoes").get(pk=act.pk)


def may_be_undone(act: PeopleAct) -> bool:
    kind = bulk.kinds.get(act.kind)
    if kind is None or kind.undo is None or act.undoes_id or not act.is_finished or not act.done:
        return False
    return getattr(act, "undone_by", None) is None  # which the page has read along; `start_undo` asks anew


def said(act: PeopleAct) -> str:
    """What an act did, in a sentence."""
    kind = bulk.kinds.get(act.kind)
    if act.undoes_id:
        return f"Took it back for {bulk.people(act.done)}."
    words = kind.said if kind and kind.said else "Done for {people}."
    sentence = words.format(people=bulk.people(act.done), what=act.params.get("name", ""))
    if act.already and not act.done:
        return f"Nothing to do: it was so already for {bulk.people(act.already)}."
    return f"{sentence} {bulk.people(act.already)} already so." if act.already else sentence


def due() -> QuerySet[PeopleAct]:
    """Acts whose worker was lost: nothing was done for a while, and they are not over."""
    since = timezone.now() - ABANDONED_AFTER
    waiting = PeopleAct.objects.filter(finished_at=None) | PeopleAct.objects.filter(copies_due=True)
    return waiting.filter(worked_at__lt=since).order_by("pk")


# ---------- Whom ----------


def _gather(act: PeopleAct, people: QuerySet[Candidate]) -> int:
    """Write an item for each person, in one statement. How many, at most one more than possible."""
    chosen = people.order_by("pk").values("pk")[: AT_MOST + 1]
    try:
        sql, params = chosen.query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(GATHER.replace("PEOPLE", sql), [act.pk, *params])
        return int(cursor.rowcount)


# ---------- Doing ----------


def _run_batch(pk: int) -> bool:
    """Do the next few. False when nothing is left, or somebody else is at it. A person who spoils the batch is left out alone."""
    try:
        return _batch(pk)
    except Exception as error:
        logger.warning("bulk_batch_failed", extra={"act": pk, "error": type(error).__name__})
    return _batch(pk, alone=True)


@transaction.atomic
def _batch(pk: int, *, alone: bool = False) -> bool:
    act = _claimed(pk)
    if act is None:
        return False
    kind = bulk.kinds[act.kind]
    most = 0 if act.cancelled_at else (25 if alone else kind.chunk)
    items = {
        item.candidate_id: item
        for item in PeopleActItem.objects.filter(act=act, state=State.WAITING).order_by("candidate")[:most]
    }
    deed = _deed(act, kind, items)
    act.done += sum(state == State.DONE for state, _, _ in deed.results.values())
    act.already += sum(state == State.ALREADY for state, _, _ in deed.results.values())
    act.left_out += sum(state == State.LEFT_OUT for state, _, _ in deed.results.values())
    _answer(act, deed)
    if act.total <= AT_ONCE:
        if kind.finds:
            search.refresh_soon(*(pk for pk, said in deed.results.items() if said[0] == State.DONE))
    elif kind.finds:
        act.copies_due = True
    finish_or_go_on(act, is_over=bool(act.cancelled_at) or len(items) < most or act.handled >= act.total)
    return not act.is_finished


def _claimed(pk: int) -> PeopleAct | None:
    acts = PeopleAct.objects.select_for_update(of=("self",), skip_locked=True).unfinished().filter(pk=pk)
    return acts.select_related("by", "undoes").first()


def _deed(act: PeopleAct, kind: Kind, items: dict[int, PeopleActItem]) -> Deed:
    """What becomes of these people. Access is asked now, not when they were chosen; their rows stay locked until the end."""
    visible = Candidate.objects.visible_to(act.by).filter(pk__in=list(items))
    people = list(visible.only(*kind.columns).select_for_update(of=("self",)).order_by("pk"))
    deed = Deed(act, people, act.params, {pk: item.data for pk, item in items.items()})
    do = kind.undo if act.undoes_id else kind.do
    if not (act.by.is_active and kind.may(act.by)) or do is None:
        deed.leave_out_rest(NO_LONGER_ALLOWED)
    elif people:
        _carefully(do, deed)
    for pk in items.keys() - {person.pk for person in people}:
        deed.leave_out(pk, OUT_OF_SIGHT)
    return deed


def _carefully(do: bulk.Do, deed: Deed) -> None:
    """All at once; should one of them spoil it, one after the other, and whoever spoils it is left out."""
    try:
        with transaction.atomic():
            do(deed)
        return
    except Exception as error:
        logger.warning("bulk_batch_failed", extra={"act": deed.act.pk, "error": type(error).__name__})
        deed.results.clear()
    for person in deed.people:
        alone = Deed(deed.act, [person], deed.params, deed.kept)
        try:
            with transaction.atomic():
                do(alone)
        except Refused as refused:
            alone.results = {person.pk: (State.LEFT_OUT, refused.sentence[:300], {})}
        except Exception as error:
            logger.error("bulk_person_failed", extra={"act": deed.act.pk, "error": type(error).__name__})
            alone.results = {person.pk: (State.LEFT_OUT, WENT_WRONG, {})}
        deed.results |= alone.results


def _answer(act: PeopleAct, deed: Deed) -> None:
    """Write what became of each of these people."""
    if not deed.results:
        return
    rows: list[tuple[int, str, str, str]] = [
        (pk, str(state), reason, json.dumps(kept)) for pk, (state, reason, kept) in sorted(deed.results.items())
    ]
    with connection.cursor() as cursor:
        cursor.execute(ANSWER, [*(list(column) for column in zip(*rows, strict=True)), act.pk])


def finish_or_go_on(act: PeopleAct, *, is_over: bool, **changed: Any) -> None:
    """Keep how far it is and, when it is over, say so to whoever started it."""
    act.worked_at = timezone.now()
    if is_over:
        act.finished_at = act.worked_at
    for name, value in changed.items():
        setattr(act, name, value)
    act.save(
        update_fields=["done", "already", "left_out", "worked_at", "finished_at", "copies_due", *changed],
    )
    if is_over and act.total > AT_ONCE:
        notifications.tell(
            act.by, notifications.BULK, f"{act.title}. {said(act)}", key=f"act:{act.pk}", url=act.get_absolute_url()
        )


# ---------- Search copies ----------


def rewrite_copies(pk: int, *, until: float = math.inf) -> None:
    """Let people be found as they are now, after the act: the copies made before their last change are made anew."""
    done = PeopleActItem.objects.filter(act=pk, state=State.DONE)
    after = 0
    over = PeopleAct.objects.filter(pk=pk, copies_due=True, finished_at__isnull=False)
    while time.monotonic() < until and over.update(worked_at=timezone.now()):
        some = list(
            done.filter(candidate__gt=after).order_by("candidate").values_list("candidate", flat=True)[:COPIES_AT_ONCE]
        )
        if not some:
            PeopleAct.objects.filter(pk=pk).update(copies_due=False)
            return
        stale = Candidate.objects.live().filter(pk__in=some).exclude(search__indexed_at__gte=F("updated_at"))
        search.refresh(stale.values_list("pk", flat=True))
        after = some[-1]


# ---------- Waking a worker ----------


def _soon(act: PeopleAct) -> None:
    """Queue a task for what is too much for a request. Few people are done by whoever started it, who calls `run`."""
    if act.total > AT_ONCE:
        transaction.on_commit(lambda: send(act.pk))


def send(pk: int) -> None:
    from hiring.bulk_tasks import run_act

    run_act.delay(pk)
