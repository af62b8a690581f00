"""REPLYs from calendars, as Outlook, Google and Apple write them: what they change, and what they may not (CAL-4, 6, 15)."""

from __future__ import annotations

import datetime as dt
import email
import email.policy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hiring.mail import mime
from hiring.mail.inbound import CalendarAnswer
from hiring.models import Message, TimelineEvent
from interviews import answers, calendars, scheduling
from interviews.models import Answer, Seat
from tests.factories import MailboxFactory
from tests.interviews import ical
from tests.interviews.test_scheduling import book

REPLY = """BEGIN:VCALENDAR
PRODID:-//Example//Calendar//EN
VERSION:2.0
METHOD:REPLY
BEGIN:VEVENT
UID:{uid}
SEQUENCE:{sequence}
DTSTAMP:{stamp}
DTSTART:20261224T100000Z
DTEND:20261224T230000Z
LOCATION:My place
ORGANIZER:mailto:interviews@throughline.example
ATTENDEE;CN="Ines
  Interviewer";PARTSTAT={answer}{params}:mailto:{attendee}
COMMENT:{comment}
END:VEVENT
END:VCALENDAR
"""

OUTLOOK = """BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;PARTSTAT=ACCEPTED;CN=Ines Interviewer:mailto:Ines@Northwind.example
COMMENT;LANGUAGE=de-DE:
UID:{uid}
SUMMARY;LANGUAGE=de-DE:Zugesagt: Interview
DTSTART;TZID=W. Europe Standard Time:20261201T100000
DTEND;TZID=W. Europe Standard Time:20261201T104500
CLASS:PUBLIC
PRIORITY:5
DTSTAMP:20261130T080000Z
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:0
LOCATION;LANGUAGE=de-DE:
X-MICROSOFT-CDO-APPT-SEQUENCE:0
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def interview(world, kit, monday, tuesday_ten):
    MailboxFactory(address="interviews@throughline.example", is_default=True)
    return book(world, kit, tuesday_ten)


def answer(interview, *, who="ines@northwind.example", sender="", uid="", said="ACCEPTED", **fields):
    values = {"sequence": 0, "stamp": "20261130T080000Z", "comment": "", "params": "", **fields}
    uid = uid or calendars.panel_uid(interview)
    text = REPLY.format(uid=uid, attendee=who, answer=said, **values).replace("\n", "\r\n")
    return answers.receive(CalendarAnswer("REPLY", text, sender or who, None))


def seat_of(interview):
    return interview.seats.get(user__full_name="Ines Interviewer")


@pytest.mark.parametrize("said", ["ACCEPTED", "DECLINED", "TENTATIVE"])
def test_a_reply_sets_the_answer_and_nothing_else(interview, said, tuesday_ten):
    """CAL-4: a REPLY never edits time or place."""
    assert answer(interview, said=said, comment="I can be there\\, but late")

    interview.refresh_from_db()
    seat = seat_of(interview)
    assert (seat.answer, seat.comment) == (said, "I can be there, but late")
    assert (interview.starts_at, interview.place) == (tuesday_ten, "")
    assert TimelineEvent.objects.get(kind="interview.answered").data["answer"] == said


def test_outlooks_reply_with_a_windows_zone_is_understood(interview):
    text = OUTLOOK.format(uid=calendars.panel_uid(interview)).replace("\n", "\r\n")

    assert answers.receive(CalendarAnswer("REPLY", text, "ines@northwind.example", None))

    assert seat_of(interview).answer == "ACCEPTED"


def test_the_candidates_answer_is_kept_apart(interview, world):
    assert answer(
        interview, who="noor@haddad.example", uid=calendars.candidate_uid(interview), said="DECLINED", comment="Ill"
    )

    interview.refresh_from_db()
    world.candidate.refresh_from_db()
    assert (interview.candidate_answer, interview.candidate_comment) == ("DECLINED", "Ill")
    assert world.candidate.last_sign_of_life_at  # PRIV-16
    assert set(interview.seats.values_list("answer", flat=True)) == {"NEEDS-ACTION"}


@pytest.mark.parametrize(
    "fields",
    [
        {"sender": "somebody@else.example"},  # CAL-15
        {"who": "stranger@northwind.example"},
        {"who": "ines+alias@northwind.example"},
        {"said": "DELEGATED"},
        {"said": "NEEDS-ACTION"},
        {"uid": "5f0c0000-0000-0000-0000-000000000000@throughline.example"},
        {"uid": "5f0c@throughline.example"},
        {"uid": "5f0c0000-0000-0000-0000-000000000000@elsewhere.example"},
    ],
)
def test_what_is_not_surely_theirs_is_left_to_a_person(interview, fields):
    assert not answer(interview, **fields)

    assert set(interview.seats.values_list("answer", flat=True)) == {"NEEDS-ACTION"}


def test_an_assistant_may_answer_when_the_reply_says_so(interview):
    assert answer(interview, sender="pa@northwind.example", params=';SENT-BY="mailto:pa@northwind.example"')

    assert seat_of(interview).answer == "ACCEPTED"


def test_the_newest_answer_wins_whatever_comes_last(interview):
    """CAL-6."""
    answer(interview, said="DECLINED", stamp="20261130T090000Z")
    assert answer(interview, said="ACCEPTED", stamp="20261130T080000Z")

    assert seat_of(interview).answer == "DECLINED"


def test_an_answer_to_the_old_time_does_not_count_for_the_new_one(interview, tuesday_ten):
    """CAL-6, CAL-8: a second reschedule before the first reply."""
    scheduling.reschedule(interview, starts_at=tuesday_ten + dt.timedelta(days=1), by=None)
    scheduling.reschedule(interview, starts_at=tuesday_ten + dt.timedelta(days=2), by=None)

    assert answer(interview, sequence=0)
    assert answer(interview, sequence=1)
    assert seat_of(interview).answer == "NEEDS-ACTION"
    answer(interview, sequence=2, said="TENTATIVE")

    assert seat_of(interview).answer == "TENTATIVE"


def test_a_reply_after_the_cancellation_changes_nothing(interview, world):
    scheduling.cancel(interview, by=None)

    assert answer(interview)
    assert answer(interview, who="noor@haddad.example", uid=calendars.candidate_uid(interview))

    interview.refresh_from_db()
    assert interview.candidate_answer == "NEEDS-ACTION"


def test_the_same_answer_twice_is_told_once(interview):
    answer(interview)
    answer(interview, stamp="20261130T080001Z")

    assert TimelineEvent.objects.filter(kind="interview.answered").count() == 1


def test_two_attendees_are_none(interview):
    """CAL-4: exactly one ATTENDEE."""
    text = REPLY.format(
        uid=calendars.panel_uid(interview),
        sequence=0,
        stamp="20261130T080000Z",
        answer="ACCEPTED",
        params="",
        attendee="ines@northwind.example\nATTENDEE;PARTSTAT=DECLINED:mailto:max@northwind.example",
        comment="",
    ).replace("\n", "\r\n")

    assert not answers.receive(CalendarAnswer("REPLY", text, "ines@northwind.example", None))
    assert set(interview.seats.values_list("answer", flat=True)) == {Answer.NEEDS_ACTION}


def test_a_counter_proposal_goes_to_a_person(interview):
    """CAL-5: we ask calendars not to send one; whoever does is read by somebody."""
    text = REPLY.replace("METHOD:REPLY", "METHOD:COUNTER")

    assert not answers.receive(CalendarAnswer("COUNTER", text, "ines@northwind.example", None))
    panel_mail = Message.objects.filter(recipient__isnull=False).first()
    assert "X-MICROSOFT-DISALLOW-COUNTER:TRUE" in panel_mail.calendar


@pytest.mark.django_db
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.one_of(
        st.text(max_size=300),
        st.lists(
            st.sampled_from(
                [*REPLY.splitlines(), "DTSTAMP:nonsense", "SEQUENCE:x", "ATTENDEE", "UID", "BEGIN:", ":", ";"]
            ),
            max_size=30,
        ).map("\r\n".join),
    )
)
def test_nothing_a_stranger_sends_raises(text):
    assert answers.receive(CalendarAnswer("REPLY", text, "ines@northwind.example", None)) is False


def test_the_mail_has_the_structure_calendars_look_for(interview):
    """CAL-13, CAL-14, read from the bytes that leave."""
    row = Message.objects.filter(recipient__isnull=False, purpose="invitation").first()
    raw = mime.Letter(row).message().as_bytes()
    mail = email.message_from_bytes(raw, policy=email.policy.SMTP)

    alternative, attached = mail.iter_parts()
    kinds = [part.get_content_type() for part in alternative.iter_parts()]
    calendar = list(alternative.iter_parts())[-1]

    assert mail.get_content_type() == "multipart/mixed"
    assert alternative.get_content_type() == "multipart/alternative"
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_param("charset").upper() == "UTF-8"
    assert calendar["Content-Disposition"] is None
    assert (attached.get_content_type(), attached.get_filename()) == ("application/ics", "invite.ics")
    assert attached.get_payload(decode=True) == calendar.get_payload(decode=True)
    (event,) = ical.read(calendar.get_payload(decode=True)).parts("VEVENT")
    assert event.one("ORGANIZER").value == "mailto:interviews@throughline.example"
    assert Seat.objects.filter(interview=interview).count() == len(event.all("ATTENDEE"))
