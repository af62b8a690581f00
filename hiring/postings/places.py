"""Where the work is: the places of a posting in their order, their clock, and what each says of pay.

Dates of a posting are dates where its job is, whatever places it has besides.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from hiring.models import Job, Location, Posting, PostingPlace
from hiring.models.jobs import PayPeriod, Workplace

Pay = PostingPlace.Pay


@dataclass(frozen=True)
class PayRange:
    """What is said of pay at a place. One end may be open; both are the same for a fixed amount."""

    low: Decimal | None
    high: Decimal | None
    currency: str
    period: str

    @property
    def is_closed(self) -> bool:
        return self.low is not None and self.high is not None

    @property
    def per(self) -> str:
        return str(PayPeriod(self.period).label)


def pay_at(place: PostingPlace) -> PayRange | None:
    """The range readers are shown at this place; None when nothing is said."""
    posting = place.posting
    if not posting.show_pay or place.pay == Pay.NONE:
        return None
    given: PostingPlace | Job = place if place.pay == Pay.OWN else posting.job
    if given.pay_min is None and given.pay_max is None:
        return None
    return PayRange(given.pay_min, given.pay_max, given.pay_currency, given.pay_period)


def pay_everywhere(posting: Posting) -> list[PayRange | None]:
    """What is said at each place, in their order."""
    return [pay_at(place) for place in posting.sites]


def pay_in_all(posting: Posting) -> PayRange | None:
    """One range that holds for the posting as a whole: from the lowest to the highest of its places.

    None where places pay in different currencies or periods, or one of them says nothing: there is no such range.
    """
    ranges = pay_everywhere(posting)
    said = [one for one in ranges if one]
    if len(said) < len(ranges) or len({(one.currency, one.period) for one in said}) != 1:
        return None
    lows, highs = [one.low for one in said], [one.high for one in said]
    return PayRange(
        None if None in lows else min(low for low in lows if low is not None),
        None if None in highs else max(high for high in highs if high is not None),
        said[0].currency,
        said[0].period,
    )


def differs(posting: Posting) -> bool:
    """Whether places say different things of pay, so that each has to be told apart."""
    return len(set(pay_everywhere(posting))) > 1


def remote_countries(posting: Posting) -> list[str]:
    return [code.strip().upper() for code in posting.remote_countries.split(",") if code.strip()]


def countries_of_remote_work(posting: Posting) -> list[str]:
    """Where fully remote work may be done from (JOB-9): as the posting says, else the countries of its remote places."""
    remote = [place for place in posting.sites if place.workplace == Workplace.REMOTE]
    if not remote:
        return []
    return remote_countries(posting) or list(dict.fromkeys(place.location.country for place in remote))


# --- the clock ------------------------------------------------------------------------------------------------------


def zone_of(posting: Posting) -> zoneinfo.ZoneInfo:
    """Days of a posting are days where the job is."""
    return zoneinfo.ZoneInfo(posting.job.location.time_zone)


def end_of(day: dt.date, posting: Posting) -> dt.datetime:
    """Midnight after the last day to apply."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone_of(posting))


def moment_of(day: dt.date, time: dt.time, posting: Posting) -> dt.datetime | None:
    """A wall-clock time where the job is; None for one that a change to summer time leaves out. The first of two that come twice."""
    local = dt.datetime.combine(day, time, zone_of(posting))
    return (
        local
        if local.astimezone(dt.UTC).astimezone(zone_of(posting)).replace(tzinfo=None) == local.replace(tzinfo=None)
        else None
    )


def public_from(posting: Posting, live_from: dt.datetime) -> dt.datetime | None:
    """From when everybody may read what colleagues read from `live_from`: whole days later on the clock where the job is."""
    if posting.audience == Posting.Audience.COLLEAGUES:
        return None
    if posting.audience == Posting.Audience.EVERYBODY:
        return live_from
    return live_from.astimezone(zone_of(posting)) + dt.timedelta(days=posting.internal_days)


# --- verbs ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """A place as somebody wants it, at its turn in a list."""

    location: Location
    workplace: str = Workplace.HYBRID
    pay: str = Pay.JOB
    pay_min: Decimal | None = None
    pay_max: Decimal | None = None
    pay_currency: str = "EUR"
    pay_period: str = PayPeriod.YEAR


def place_where(posting: Posting, job: Job) -> PostingPlace:
    """A posting begins with one place, its job's."""
    return PostingPlace.objects.create(
        posting=posting,
        location=job.location,
        workplace=job.workplace,
        pay_currency=job.pay_currency,
        pay_period=job.pay_period,
    )


def follow_place(job: Job, old: Location) -> None:
    """The place that was the job's stays the job's: where it is, and how much of the work is done there."""
    first = PostingPlace.objects.filter(posting__job=job, location=old).first()
    if first is None or (first.location_id, first.workplace) == (job.location_id, job.workplace):
        return
    PostingPlace.objects.filter(posting=first.posting_id, location=job.location).exclude(pk=first.pk).delete()
    first.location, first.workplace = job.location, job.workplace
    first.save(update_fields=["location", "workplace"])
    Posting.objects.filter(pk=first.posting_id).update(changed_at=timezone.now())


def put(posting: Posting, wanted: Sequence[Wanted]) -> None:
    """Make these the posting's places, in this order. A place that stays keeps its row. Called with the posting locked."""
    rows = {place.location_id: place for place in posting.places.all()}
    for position, one in enumerate(wanted):
        row = rows.pop(one.location.pk, None) or PostingPlace(posting=posting, location=one.location)
        was = (row.pk, *_facts(row))
        own = one.pay == Pay.OWN
        row.position, row.workplace, row.pay = position, one.workplace, one.pay
        row.pay_min, row.pay_max = (one.pay_min, one.pay_max) if own else (None, None)
        row.pay_currency = one.pay_currency if own else posting.job.pay_currency
        row.pay_period = one.pay_period if own else posting.job.pay_period
        if was != (row.pk, *_facts(row)) or row.pk is None:
            row.save()
    for row in rows.values():
        row.delete()
    forget_places(posting)


def forget_places(posting: Posting) -> None:
    """Places that were loaded before they changed are asked for again."""
    getattr(posting, "_prefetched_objects_cache", {}).pop("places", None)


def _facts(place: PostingPlace) -> tuple[object, ...]:
    return (
        place.position,
        place.workplace,
        place.pay,
        place.pay_min,
        place.pay_max,
        place.pay_currency,
        place.pay_period,
    )
