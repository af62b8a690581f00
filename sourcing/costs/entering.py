"""Costs as verbs: enter one, take one out; and a list of them as a batch that is taken back as one."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils import timezone

from hiring import sources
from hiring.amounts import decimals_of, plain_amount
from hiring.errors import Refused
from hiring.models import Job, Source, User
from sourcing.costs.models import CostBatch, SourceCost

State = CostBatch.State
MOST_YEARS = 3


@transaction.atomic
def enter(
    *,
    source: Source,
    starts_on: dt.date,
    ends_on: dt.date,
    amount: Decimal,
    currency: str,
    job: Job | None = None,
    kind: str = "",
    note: str = "",
    by: User | None,
    batch: CostBatch | None = None,
) -> SourceCost:
    """A cost. One that stands already, the same to the cent, is refused: it was entered before."""
    check(starts_on, ends_on, amount)
    source = Source.objects.get(pk=sources.standing_ids([source.pk])[source.pk])
    cost = SourceCost(
        source=source,
        job=job,
        starts_on=starts_on,
        ends_on=ends_on,
        amount=amount,
        currency=currency,
        kind=kind or source.cost_kind,
        note=note,
        batch=batch,
        created_by=by,
        created_at=timezone.now(),
    )
    if is_there(cost):
        raise Refused("This very cost is there already.")
    cost.save(force_insert=True)
    return cost


@transaction.atomic
def change(cost: SourceCost, *, by: User | None, **facts: Any) -> SourceCost:
    """Enter it anew in place of the one it was, so that both can be told: what it is, and what it was until today."""
    remove(cost, by=by)
    return enter(**facts, by=by, batch=cost.batch)


@transaction.atomic
def remove(cost: SourceCost, *, by: User | None) -> SourceCost:
    """Take it out of every report from now on."""
    SourceCost.objects.filter(pk=cost.pk, removed_at=None).update(removed_at=timezone.now(), removed_by=by)
    cost.refresh_from_db()
    return cost


@transaction.atomic
def put_back(cost: SourceCost, *, by: User | None) -> SourceCost:
    cost = SourceCost.objects.select_for_update().get(pk=cost.pk)
    if cost.removed_at and is_there(cost):
        raise Refused("It was entered anew meanwhile.")
    cost.removed_at = cost.removed_by = None
    cost.save(update_fields=["removed_at", "removed_by"])
    return cost


@transaction.atomic
def enter_batch(batch: CostBatch, *, by: User) -> CostBatch:
    """Enter the rows of a list that have nothing against them. Doing it twice is doing it once."""
    batch = _locked(batch, State.CHECKED, "This list was settled already.")
    found = Source.objects.in_bulk([line["source"] for line in batch.lines if not line["problem"]])
    jobs = Job.objects.in_bulk([line["job"] for line in batch.lines if line.get("job")])
    for line in batch.lines:
        if line["problem"]:
            continue
        try:
            enter(
                source=found[line["source"]],
                job=jobs.get(line["job"]),
                starts_on=dt.date.fromisoformat(line["starts_on"]),
                ends_on=dt.date.fromisoformat(line["ends_on"]),
                amount=Decimal(line["amount"]),
                currency=line["currency"],
                kind=line["kind"],
                note=line["note"],
                by=by,
                batch=batch,
            )
        except Refused as refused:  # entered by somebody else since the list was read
            line["problem"] = refused.sentence
        else:
            batch.entered += 1
    batch.lines = [line for line in batch.lines if line["problem"]]
    return _settle(batch, State.ENTERED, by)


@transaction.atomic
def undo_batch(batch: CostBatch, *, by: User) -> CostBatch:
    """Take back what a list entered and nobody took out since."""
    batch = _locked(batch, State.ENTERED, "There is nothing of this list to take back.")
    SourceCost.objects.filter(batch=batch, removed_at=None).update(removed_at=timezone.now(), removed_by=by)
    return _settle(batch, State.UNDONE, by)


@transaction.atomic
def discard(batch: CostBatch, *, by: User) -> CostBatch:
    batch = _locked(batch, State.CHECKED, "This list was settled already.")
    batch.lines = []
    return _settle(batch, State.DISCARDED, by)


def check(starts_on: dt.date, ends_on: dt.date, amount: Decimal) -> None:
    if ends_on < starts_on:
        raise Refused("The period ends before it begins.")
    if (ends_on - starts_on).days > 366 * MOST_YEARS:
        raise Refused(f"The period is longer than {MOST_YEARS} years. Enter it in parts.")
    if amount < 0:
        raise Refused("A cost is not negative. Take out what was entered too much.")
    if amount >= Decimal("1e11"):
        raise Refused("This amount is too large.")


def amount_of(said: str, currency: str) -> Decimal:
    """An amount as people type it. Raises Refused for what is none, and for more decimals than the currency has."""
    try:
        amount = Decimal(plain_amount(said))
    except InvalidOperation:
        raise Refused(f"“{said[:30]}” is no amount.") from None
    if not amount.is_finite():
        raise Refused(f"“{said[:30]}” is no amount.")
    places = min(decimals_of(currency), 3)
    if amount != round(amount, places):
        raise Refused(f"An amount in {currency} has {f'at most {places}' if places else 'no'} decimals.")
    return amount


def is_there(cost: SourceCost) -> bool:
    return SourceCost.objects.standing().filter(**cost.facts).exclude(pk=cost.pk).exists()


def _locked(batch: CostBatch, state: str, sentence: str) -> CostBatch:
    batch = CostBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != state:
        raise Refused(sentence)
    return batch


def _settle(batch: CostBatch, state: str, by: User) -> CostBatch:
    batch.state, batch.settled_by, batch.settled_at = state, by, timezone.now()
    batch.save()
    return batch
