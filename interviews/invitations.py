"""Calendar mail: who is told what about an interview, and what they answered (CAL-1..16).

Panel and candidate get separate objects with separate UIDs (CAL-9); nothing about the panel's work is in the candidate's
(CAL-12). The organiser is always the shared mailbox, whoever schedules: calendars ignore updates from another one.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import zoneinfo
from collections.abc import Iterable

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from hiring import contact, links, masks
from hiring.mail import compose
from hiring.models import Mailbox, Message, PersonalLink, Thread, User
from interviews import calendars
from interviews.models import Interview, Seat

LINK_LASTS = dt.timedelta(days=30)
PURPOSE = "invitation"


def invite(interview: Interview, *, by: User | None) -> None:
    """Invite the candidate and the panel."""
    _tell_panel(interview, "invited")
    _tell_candidate(interview, "invited", by=by)


def update(interview: Interview, *, by: User | None, dropped: Iterable[User], moved: bool) -> None:
    """Send the new facts: a request to those who stay or join, a cancellation to those who are off the panel (CAL-3)."""
    _tell_panel(interview, "moved" if moved else "changed")
    for user in dropped:
        _tell_off(interview, user)
    _tell_candidate(interview, "moved" if moved else "changed", by=by)


def call_off(interview: Interview, panel: Iterable[User], *, by: User | None, note: str) -> None:
    for user in panel:
        _tell_off(interview, user)
    _tell_candidate(interview, "cancelled", by=by, note=note)


def link(seat: Seat) -> PersonalLink:
    """The interviewer's personal link to brief and scorecard. It stays the same through reschedules and moves its end."""
    ends = max(seat.interview.ends_at, timezone.now()) + LINK_LASTS
    links_of_seat = PersonalLink.objects.filter(
        purpose=PersonalLink.Purpose.FEEDBACK, subject_id=seat.pk, user=seat.user_id, revoked_at=None
    )
    if found := links_of_seat.first():
        found.expires_at = ends
        found.save(update_fields=["expires_at"])
        return found
    return links.issue(
        PersonalLink.Purpose.FEEDBACK, user=seat.user, subject_id=seat.pk, valid_for=ends - timezone.now()
    )


def revoke_link(seat: Seat) -> None:
    links.revoke(PersonalLink.Purpose.FEEDBACK, seat.pk)


def organizer() -> calendars.Person:
    """The mailbox invitations leave from; answers come back to it (CAL-11)."""
    mailbox = _mailbox()
    if mailbox:
        return calendars.Person(mailbox.name, mailbox.address)
    return calendars.Person(*email.utils.parseaddr(settings.DEFAULT_FROM_EMAIL))


def _mailbox() -> Mailbox | None:
    return compose.mailbox_for(None)


def _tell_panel(interview: Interview, what: str) -> None:
    seats = list(interview.seats.live().select_related("user").order_by("user"))
    calendar = _for_panel(interview, seats, "REQUEST")
    for seat in seats:
        seat.interview = interview
        compose.to_colleague(
            seat.user,
            purpose=PURPOSE,
            template="interviews/email/panel",
            context={
                "interview": interview,
                "what": what,
                "starts": _wall(interview, seat.user.zone),
                "zone": seat.user.time_zone,
                "others": [other.user for other in seats if other.pk != seat.pk],
                "brief_url": links.url(link(seat), "interviews:brief"),
            },
            job=interview.application.job,
            dedupe_key=_key(interview, f"u{seat.user_id}", what),
            calendar=calendar,
            calendar_method="REQUEST",
        )


def _for_panel(interview: Interview, seats: list[Seat], method: str) -> str:
    """The panel meets the person, so it reads the name, also when it was invited by somebody who may not know it yet."""
    with masks.lifted(interview.application.candidate):
        return calendars.for_panel(interview, seats, organizer=organizer(), method=method)


def _tell_off(interview: Interview, user: User) -> None:
    """A cancellation to one interviewer: the interview is off, or they are no longer on its panel."""
    compose.to_colleague(
        user,
        purpose=PURPOSE,
        template="interviews/email/panel_off",
        context={"interview": interview, "starts": _wall(interview, user.zone), "zone": user.time_zone},
        job=interview.application.job,
        dedupe_key=_key(interview, f"u{user.pk}", "off"),
        calendar=_for_panel(interview, [Seat(user=user)], "CANCEL"),
        calendar_method="CANCEL",
    )


def _tell_candidate(interview: Interview, what: str, *, by: User | None, note: str = "") -> None:
    """Nobody without an address is invited by mail; the interview's page says so, and the colleague calls."""
    candidate = interview.application.candidate
    address = contact.working_address(candidate)
    if not address:
        return
    with masks.lifted(candidate):
        _write_to_candidate(interview, what, address, by=by, note=note)


def _write_to_candidate(interview: Interview, what: str, address: str, *, by: User | None, note: str) -> None:
    candidate, job = interview.application.candidate, interview.application.job
    method = "CANCEL" if what == "cancelled" else "REQUEST"
    zone = interview.candidate_zone
    context = {
        "interview": interview,
        "candidate": candidate,
        "job": job,
        "what": what,
        "note": note,
        "starts": _wall(interview, zone),
        "zone": zone.key,
        "panel": [seat.user for seat in interview.seats.live().select_related("user").order_by("user__full_name")],
        "organisation": settings.ORGANISATION_NAME,
    }
    said = {"invited": "Interview", "moved": "New time for your interview", "cancelled": "Your interview is cancelled"}
    compose.to_candidate(
        candidate,
        purpose=PURPOSE,
        mail_class=Message.Class.TRANSACTIONAL,
        subject=" ".join(f"{said.get(what, 'Your interview')}: {job.title} at {settings.ORGANISATION_NAME}".split())[
            :250
        ],
        text=render_to_string("interviews/email/candidate.txt", context),
        html=render_to_string("interviews/email/candidate.html", context),
        by=by,
        job=job,
        thread=_thread(interview),
        mailbox=_mailbox(),
        dedupe_key=_key(interview, "candidate", what),
        calendar=calendars.for_candidate(interview, address, zone=zone, organizer=organizer(), method=method),
        calendar_method=method,
    )


def _wall(interview: Interview, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """The start as a clock on that wall shows it; naive, so that no template moves it to another zone."""
    return interview.starts_at.astimezone(zone).replace(tzinfo=None)


def _thread(interview: Interview) -> Thread | None:
    """The conversation the first invitation opened, so that an update stands below it."""
    first = Message.objects.filter(dedupe_key=f"invitation:{interview.pk}:0:candidate").select_related("thread").first()
    return first.thread if first else None


def _key(interview: Interview, who: str, what: str) -> str:
    """Never the same news twice to the same person. A change of text keeps its sequence, so its moment tells it apart."""
    if what == "changed":
        return f"invitation:{interview.pk}:{interview.sequence}:{who}:{timezone.now():%Y%m%dT%H%M%S%f}"
    return f"invitation:{interview.pk}:{interview.sequence}:{who}" + (":off" if what == "off" else "")
