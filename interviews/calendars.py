"""iCalendar objects of an interview: bytes that Outlook, Google and Apple agree on (CAL-1..3, 9..13, 16)."""

from __future__ import annotations

import datetime as dt
import functools
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vText

from interviews.models import Answer, Interview, Seat

PRODID = "-//Throughline//Interviews//EN"
UTC_NAMES = {"UTC", "Etc/UTC", "Etc/GMT", "GMT"}
AROUND = dt.timedelta(days=400)  # a VTIMEZONE tells the changes this far around the event


@dataclass(frozen=True)
class Person:
    name: str
    address: str


def for_panel(interview: Interview, seats: Iterable[Seat], *, organizer: Person, method: str) -> str:
    """The interviewers' object. It names them all, and leads to the brief, which asks for a sign-in."""
    candidate, job = interview.application.candidate, interview.application.job
    event = _event(interview, uid=panel_uid(interview), zone=interview.zone, organizer=organizer, method=method)
    event.add("summary", f"Interview: {candidate.name}, {job.title} ({interview.title})")
    if method == "REQUEST":
        page = f"{settings.SITE_URL}{interview.get_absolute_url()}brief/"
        event.add("description", f"Brief and scorecard: {page}\nYour personal link is in the invitation mail.")
    for seat in seats:
        _attend(event, Person(seat.user.full_name, seat.user.email), seat.answer if seat.pk else Answer.NEEDS_ACTION)
    return _wrap(event, interview.zone, interview, method)


def for_candidate(
    interview: Interview, address: str, *, zone: zoneinfo.ZoneInfo, organizer: Person, method: str
) -> str:
    """The candidate's object: their own zone, their own UID, nobody else's address, nothing of the panel's work (CAL-12)."""
    candidate, job = interview.application.candidate, interview.application.job
    event = _event(interview, uid=candidate_uid(interview), zone=zone, organizer=organizer, method=method)
    event.add("summary", f"Interview with {settings.ORGANISATION_NAME}, {job.title}")
    _attend(event, Person(candidate.name, address), interview.candidate_answer)
    return _wrap(event, zone, interview, method)


def panel_uid(interview: Interview) -> str:
    return f"{interview.panel_uid}@{settings.MAIL_DOMAIN}"


def candidate_uid(interview: Interview) -> str:
    return f"{interview.candidate_uid}@{settings.MAIL_DOMAIN}"


def time_zone(zone: zoneinfo.ZoneInfo, around: dt.datetime) -> Timezone:
    """The zone's rules near an event, one observance a change.

    Written by hand: an observance starts at the wall time *before* its change (RFC 5545 3.6.5), which the library's own
    generator gets wrong in spring.
    """
    component = Timezone()
    component.add("tzid", zone.key)
    begin = around.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0) - AROUND
    component.add_component(_observance(zone, begin, before=begin))
    end = begin + 2 * AROUND
    changes = (change for year in range(begin.year, end.year + 1) for change in _changes(zone.key, year))
    for change in changes:
        if begin < change <= end:
            component.add_component(_observance(zone, change, before=change - dt.timedelta(minutes=1)))
    return component


@functools.lru_cache(maxsize=1000)
def _changes(key: str, year: int) -> tuple[dt.datetime, ...]:
    """The instants of that year (UTC) at which the zone's offset changes, to the minute. Kept: every invitation asks."""
    zone, found = zoneinfo.ZoneInfo(key), []
    at = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
    while at.year == year:
        after = at + dt.timedelta(days=1)
        if _offset(zone, at) != _offset(zone, after):
            low, high = at, after
            while high - low > dt.timedelta(minutes=1):
                middle = low + dt.timedelta(minutes=(high - low) // dt.timedelta(minutes=2))
                low, high = (middle, high) if _offset(zone, middle) == _offset(zone, at) else (low, middle)
            found.append(high)
        at = after
    return tuple(found)


def _offset(zone: zoneinfo.ZoneInfo, at: dt.datetime) -> dt.timedelta:
    return at.astimezone(zone).utcoffset() or dt.timedelta(0)


def _observance(
    zone: zoneinfo.ZoneInfo, at: dt.datetime, *, before: dt.datetime
) -> TimezoneStandard | TimezoneDaylight:
    local = at.astimezone(zone)
    part = TimezoneDaylight() if local.dst() else TimezoneStandard()
    part.add("dtstart", (at + _offset(zone, before)).replace(tzinfo=None))
    part.add("tzoffsetfrom", _offset(zone, before))
    part.add("tzoffsetto", _offset(zone, at))
    part.add("tzname", local.tzname() or zone.key)
    return part


def _event(interview: Interview, *, uid: str, zone: zoneinfo.ZoneInfo, organizer: Person, method: str) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("sequence", interview.sequence)
    event.add("dtstamp", timezone.now().astimezone(dt.UTC).replace(microsecond=0))
    event.add("dtstart", _local(interview.starts_at, zone))
    event.add("dtend", _local(interview.ends_at, zone))
    event.add("organizer", _address(organizer), encode=False)
    if interview.place:
        event.add("location", interview.place)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("transp", "OPAQUE")
    event.add("x-microsoft-disallow-counter", "TRUE")  # CAL-5: other times are agreed by mail, not by counter-proposal
    return event


def _local(at: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """Wall time with its TZID; UTC has none (CAL-16)."""
    return at.astimezone(dt.UTC if zone.key in UTC_NAMES else zone)


def _address(person: Person) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.address}")
    if person.name:
        address.params["CN"] = vText(" ".join(person.name.split()))
    return address


def _attend(event: Event, person: Person, answer: str) -> None:
    """CAL-10: listed under the address the mail goes to, else calendars hide their buttons."""
    address = _address(person)
    address.params["CUTYPE"] = vText("INDIVIDUAL")
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    address.params["PARTSTAT"] = vText(answer)
    address.params["RSVP"] = vText("TRUE")
    event.add("attendee", address, encode=False)


def _wrap(event: Event, zone: zoneinfo.ZoneInfo, interview: Interview, method: str) -> str:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODID)
    calendar.add("method", method)
    if zone.key not in UTC_NAMES:
        calendar.add_component(time_zone(zone, interview.starts_at))
    calendar.add_component(event)
    return calendar.to_ical().decode()
