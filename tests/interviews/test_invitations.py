"""Calendar mail, read back by an independent parser: what Outlook, Google and Apple would see (CAL-1..16)."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hiring import links
from hiring.models import Message, PersonalLink
from interviews import calendars, scheduling
from tests.factories import MailboxFactory
from tests.interviews import ical
from tests.interviews.test_scheduling import book

TALENT = "interviews@throughline.example"


@pytest.fixture(autouse=True)
def mailbox(db):
    return MailboxFactory(address=TALENT, name="Northwind Talent", is_default=True)


def sent(who) -> list[Message]:
    mail = Message.objects.filter(purpose="invitation").order_by("pk")
    return list(mail.filter(recipient=who) if hasattr(who, "role") else mail.filter(candidate=who))


def calendar_of(message: Message) -> ical.Component:
    calendar = ical.read(message.calendar.encode())
    assert calendar.one("VERSION").value == "2.0"
    assert calendar.one("PRODID").value
    assert calendar.one("METHOD").value == message.calendar_method  # CAL-13
    return calendar


def event_of(message: Message) -> ical.Component:
    (event,) = calendar_of(message).parts("VEVENT")
    return event


def test_a_request_has_what_calendars_need(world, kit, monday, tuesday_ten):
    """CAL-2, CAL-9, CAL-10, CAL-11."""
    interview = book(world, kit, tuesday_ten, place="Room 4, second floor")
    (message,) = sent(world.people["interviewer"])

    event = event_of(message)

    for name in ("UID", "DTSTAMP", "DTSTART", "DTEND", "ORGANIZER", "SUMMARY", "SEQUENCE", "STATUS"):
        assert len(event.all(name)) == 1
    assert event.one("SEQUENCE").value == "0"
    assert event.one("STATUS").value == "CONFIRMED"
    assert event.one("DTSTAMP").value == "20261130T070000Z"
    assert event.one("ORGANIZER").value == f"mailto:{TALENT}"
    assert TALENT in message.from_address  # CAL-11: the organiser is who the mail is from
    assert ical.text_value(event.one("LOCATION").value) == "Room 4, second floor"
    assert not event.all("DURATION")
    attendees = {entry.value: entry.params for entry in event.all("ATTENDEE")}
    assert attendees.keys() == {"mailto:ines@northwind.example", "mailto:max@northwind.example"}
    assert attendees["mailto:ines@northwind.example"] == {
        "CN": "Ines Interviewer",
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "NEEDS-ACTION",
        "RSVP": "TRUE",
    }
    assert ical.instant(event.one("DTSTART"), calendar_of(message)) == interview.starts_at


def test_panel_and_candidate_get_separate_objects(world, kit, monday, tuesday_ten):
    """CAL-9, CAL-12: nothing of the panel's work, and nobody's address, in the candidate's mail."""
    kit.focus, kit.questions = ["Secret attribute"], ["Secret question"]
    kit.save()
    book(world, kit, tuesday_ten)
    (to_panel, _) = Message.objects.filter(recipient__isnull=False, purpose="invitation")
    (to_candidate,) = sent(world.candidate)

    theirs = event_of(to_candidate)

    assert theirs.one("UID").value != event_of(to_panel).one("UID").value
    assert [entry.value for entry in theirs.all("ATTENDEE")] == ["mailto:noor@haddad.example"]
    whole = to_candidate.calendar + to_candidate.text + to_candidate.html
    for secret in ("Secret", "northwind.example", "/brief/", "scorecard", "Résumé"):
        assert secret not in whole
    assert "noor@haddad.example" in to_candidate.to_address  # CAL-10: listed as mailed


def test_each_interviewer_gets_their_own_link_valid_until_a_month_after(world, kit, monday, tuesday_ten):
    interview = book(world, kit, tuesday_ten)
    interviewer = world.people["interviewer"]
    seat = interview.seats.get(user=interviewer)

    (message,) = sent(interviewer)

    link = PersonalLink.objects.get(purpose="feedback", subject_id=seat.pk)
    assert link.user == interviewer
    assert link.expires_at == interview.ends_at + dt.timedelta(days=30)
    assert f"/brief/{links.token(link)}/" in message.text
    assert f"/brief/{links.token(link)}/" in message.html
    assert links.token(link) not in message.calendar  # calendars are shared with assistants


def test_a_new_time_keeps_uid_and_link_and_raises_the_sequence(world, kit, monday, tuesday_ten):
    """CAL-7, CAL-8, CAL-9."""
    interview = book(world, kit, tuesday_ten)
    interview.seats.update(answer="ACCEPTED")
    scheduling.reschedule(interview, starts_at=tuesday_ten + dt.timedelta(days=1), by=world.people["recruiter"])
    scheduling.reschedule(interview, starts_at=tuesday_ten + dt.timedelta(days=2), by=world.people["recruiter"])

    for who in (world.people["interviewer"], world.candidate):
        events = [event_of(message) for message in sent(who)]
        assert [event.one("SEQUENCE").value for event in events] == ["0", "1", "2"]
        assert len({event.one("UID").value for event in events}) == 1
        assert {entry.params["PARTSTAT"] for entry in events[-1].all("ATTENDEE")} == {"NEEDS-ACTION"}
    assert PersonalLink.objects.filter(purpose="feedback").count() == 2
    assert len({message.thread_id for message in sent(world.candidate)}) == 1


def test_a_dropped_interviewer_gets_a_cancellation_and_the_rest_a_request(world, kit, monday, tuesday_ten):
    """CAL-3."""
    interview = book(world, kit, tuesday_ten)
    link = PersonalLink.objects.get(purpose="feedback", user=world.people["hiring_manager"])
    scheduling.reschedule(
        interview, panel=[world.people["interviewer"], world.people["coordinator"]], by=world.people["recruiter"]
    )

    requested, cancelled = sent(world.people["hiring_manager"])
    stays = sent(world.people["interviewer"])[-1]
    joins = sent(world.people["coordinator"])[-1]
    off = event_of(cancelled)
    assert cancelled.calendar_method == "CANCEL"
    assert off.one("UID").value == event_of(requested).one("UID").value
    assert (off.one("SEQUENCE").value, off.one("STATUS").value) == ("1", "CANCELLED")
    assert [entry.value for entry in off.all("ATTENDEE")] == ["mailto:max@northwind.example"]
    assert [message.calendar_method for message in (stays, joins)] == ["REQUEST", "REQUEST"]
    assert event_of(stays).one("SEQUENCE").value == "1"
    link.refresh_from_db()
    assert link.revoked_at


def test_a_cancelled_interview_cancels_both_objects(world, kit, monday, tuesday_ten):
    interview = book(world, kit, tuesday_ten)
    scheduling.cancel(interview, by=world.people["recruiter"], note="We are sorry: the room flooded.")

    for who in (world.people["interviewer"], world.people["hiring_manager"], world.candidate):
        first, last = (event_of(message) for message in sent(who))
        assert last.one("UID").value == first.one("UID").value
        assert (last.one("SEQUENCE").value, last.one("STATUS").value) == ("1", "CANCELLED")
    assert "the room flooded" in sent(world.candidate)[-1].text
    assert "the room flooded" not in sent(world.people["interviewer"])[-1].text


def test_a_new_place_renews_the_stamp_but_not_the_sequence(world, kit, monday, tuesday_ten):
    """CAL-7."""
    interview = book(world, kit, tuesday_ten, place="Room 4")
    monday(dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC))
    scheduling.reschedule(interview, place="Room 5", by=world.people["recruiter"])
    scheduling.reschedule(interview, place="Room 4", by=world.people["recruiter"])

    events = [event_of(message) for message in sent(world.people["interviewer"])]
    assert [event.one("SEQUENCE").value for event in events][:2] == ["0", "0"]
    assert events[1].one("DTSTAMP").value == "20261130T120000Z"
    assert events[1].one("LOCATION").value == "Room 5"


def test_nobody_without_an_address_stops_the_booking(world, kit, monday, tuesday_ten):
    world.candidate.contact_points.all().delete()

    interview = book(world, kit, tuesday_ten)

    assert sent(world.candidate) == []
    assert len(Message.objects.filter(purpose="invitation")) == interview.seats.count()


AWKWARD = 'Engineer; "Grid", north\\south 😀😀😀😀😀😀😀😀😀😀😀😀😀'


def test_awkward_names_survive_folding_and_escaping(world, kit, monday, tuesday_ten):
    """CAL-1: `; , \\` escaped, quotes in CN, an emoji right where the line folds."""
    world.job.title = AWKWARD
    world.job.save()
    person = world.people["interviewer"]
    person.full_name = 'Ana "Anna" Díaz; de la Cruz, Señora: 1'
    person.save()
    interview = book(world, kit, tuesday_ten)
    interview.application.job.title = AWKWARD

    message = sent(person)[0]

    assert AWKWARD in ical.text_value(event_of(message).one("SUMMARY").value)
    (attendee,) = [entry for entry in event_of(message).all("ATTENDEE") if "ines" in entry.value]
    assert attendee.params["CN"].replace("^'", "'").replace("''", "'").startswith("Ana 'Anna' Díaz; de la Cruz")


@pytest.mark.parametrize("pad", range(60, 80))
def test_an_emoji_at_any_octet_of_the_fold_stays_whole(world, kit, monday, tuesday_ten, pad):
    interview = book(world, kit, tuesday_ten)
    interview.application.job.title = "a" * pad + "😀,;\\é"

    text = calendars.for_candidate(
        interview,
        "x@y.example",
        zone=zoneinfo.ZoneInfo("UTC"),
        organizer=calendars.Person("T", TALENT),
        method="REQUEST",
    )

    (event,) = ical.read(text.encode()).parts("VEVENT")
    assert ical.text_value(event.one("SUMMARY").value).endswith("a" * pad + "😀,;\\é")


@pytest.mark.parametrize(
    ("zone", "wall", "wire"),
    [
        ("Europe/Paris", "2027-03-28T03:30", "20270328T033000"),  # the hour after clocks went forward
        ("Europe/Paris", "2027-10-31T12:00", "20271031T120000"),
        ("America/New_York", "2026-12-07T23:30", "20261207T233000"),  # crosses midnight UTC
        ("Asia/Kathmandu", "2026-12-07T10:15", "20261207T101500"),  # +05:45
        ("Pacific/Tongatapu", "2026-12-07T09:00", "20261207T090000"),  # +13
        ("Australia/Lord_Howe", "2027-04-04T09:00", "20270404T090000"),  # half an hour of summer time
        ("Africa/Casablanca", "2027-02-10T09:00", "20270210T090000"),  # clocks go back for Ramadan
    ],
)
def test_a_calendar_reads_the_right_instant_from_our_own_vtimezone(world, kit, monday, zone, wall, wire):
    """CAL-16: TZID, one VTIMEZONE with offsets for it, and an instant that a strict reader computes the same."""
    starts_at = dt.datetime.fromisoformat(wall).replace(tzinfo=zoneinfo.ZoneInfo(zone))
    interview = book(world, kit, starts_at, time_zone=zone)

    message = sent(world.people["interviewer"])[0]

    calendar, event = calendar_of(message), event_of(message)
    assert event.one("DTSTART").params == {"TZID": zone}
    assert event.one("DTSTART").value == wire
    assert ical.instant(event.one("DTSTART"), calendar) == starts_at.astimezone(dt.UTC) == interview.starts_at
    assert ical.instant(event.one("DTEND"), calendar) == interview.ends_at
    (component,) = calendar.parts("VTIMEZONE")
    assert component.children
    for part in component.children:
        assert part.name in {"STANDARD", "DAYLIGHT"}
        for name in ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO"):
            part.one(name)


def test_utc_carries_no_tzid(world, kit, monday, tuesday_ten):
    """CAL-16."""
    book(world, kit, tuesday_ten, time_zone="UTC")

    calendar = calendar_of(sent(world.people["interviewer"])[0])

    assert event_of(sent(world.people["interviewer"])[0]).one("DTSTART").value == "20261201T090000Z"
    assert calendar.parts("VTIMEZONE") == []


def test_the_candidate_reads_their_own_wall_clock(world, kit, monday, tuesday_ten):
    world.candidate.time_zone = "Asia/Kathmandu"
    world.candidate.save()
    book(world, kit, tuesday_ten)

    (message,) = sent(world.candidate)

    assert "Tuesday 1 December 2026, 14:45 (Kathmandu time)" in message.text
    assert event_of(message).one("DTSTART").value == "20261201T144500"
    assert "10:00" in sent(world.people["interviewer"])[0].text


@settings(max_examples=150, deadline=None)
@given(
    zone=st.sampled_from(sorted(zoneinfo.available_timezones() - {"Factory", "localtime"})),
    days=st.integers(0, 1800),
    minute=st.integers(0, 1439),
)
def test_every_zone_of_the_world_reads_back(zone, days, minute):
    """The instant a strict reader computes from our VTIMEZONE is the one meant, but in the hour that comes twice."""
    instant = dt.datetime(2025, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=days, minutes=minute)
    local = instant.astimezone(zoneinfo.ZoneInfo(zone))
    if local.fold or local.replace(fold=1).utcoffset() != local.utcoffset():
        return
    component = calendars.time_zone(zoneinfo.ZoneInfo(zone), instant)
    wrapped = b"BEGIN:VCALENDAR\r\n" + component.to_ical() + b"END:VCALENDAR\r\n"
    start = ical.Property("DTSTART", f"{local:%Y%m%dT%H%M%S}", {"TZID": zone})

    assert ical.instant(start, ical.read(wrapped)) == instant
