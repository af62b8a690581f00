"""Where an application stands, in the applicant's words. What they read here is true, and never ahead of the letter:
a rejection shows once its mail has left, not while it can still be stopped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parseaddr

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hiring import contact, identity, links
from hiring.errors import Refused
from hiring.mail import compose
from hiring.models import Candidate, Message, PersonalLink
from hiring.prepared import Given, prepared
from pipeline import rejection
from pipeline.models import Application, Stage

LINK_LASTS = dt.timedelta(days=365)
SHOWN_AFTER_THE_END = dt.timedelta(days=180)

next_dates: dict[str, Callable[[Application], list[str]]] = {}
"""What the floors above know of dates ahead: name to fn(application) -> sentences, such as an interview with its time."""

Kind = Stage.Kind
STEPS = {
    Kind.APPLIED: _("Application"),
    Kind.SCREEN: _("First talk"),
    Kind.INTERVIEW: _("Interviews"),
    Kind.OFFER: _("Offer"),
}
WORDS = {
    Kind.APPLIED: ("We have your application", "A person reads it. You hear from us either way."),
    Kind.SCREEN: ("We are looking closely at your application", "If it fits, we write to you to arrange a first talk."),
    Kind.INTERVIEW: ("You are in the interviews", "We arrange the times with you by e-mail."),
    Kind.OFFER: ("You are in the last step", "We get in touch with you about what comes next."),
    Kind.HIRED: ("Welcome aboard", "We get in touch with you about your first day."),
}


@dataclass(frozen=True)
class Step:
    kind: str
    title: str
    state: str  # done, now or ahead


@dataclass(frozen=True)
class Standing:
    """What the status page says: a headline, what happens next, and the line of steps with where the person is."""

    headline: str
    ahead: str
    steps: list[Step] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    is_active: bool = False
    expected: str = ""


def standing(application: Application) -> Standing:
    status = application.status
    if status == Application.Status.REJECTED and _letter_waits(application):
        status = Application.Status.ACTIVE
    if status == Application.Status.WITHDRAWN:
        return Standing(
            "You withdrew your application", "Nothing more happens with it. You are welcome to apply again."
        )
    if status == Application.Status.REJECTED:
        return Standing(
            "This application has ended", "We decided to go on with others. Thank you for your interest and your time."
        )
    if status == Application.Status.CONVERTED:
        return Standing("We moved your application to another job", "You hear from us about it.")
    kind = Kind(application.stage.kind) if status == Application.Status.ACTIVE else Kind.HIRED
    kind = Kind.APPLIED if kind == Kind.LEAD else kind
    headline, ahead = WORDS[kind]
    dates = [sentence for ask in next_dates.values() for sentence in ask(application)]
    return Standing(
        headline,
        ahead,
        _steps(application, kind),
        dates,
        application.status == Application.Status.ACTIVE,
        _expected(application) if status == Application.Status.ACTIVE and not dates else "",
    )


def _expected(application: Application) -> str:
    """By when they may expect to hear, by the days the stage is meant to take; nothing where nobody set any."""
    if not application.stage.target_days:
        return ""
    day = timezone.localdate(application.entered_stage_at) + dt.timedelta(days=application.stage.target_days)
    if day < timezone.localdate():
        return "This takes longer than we meant it to. You are not forgotten."
    return f"We mean to write to you by {day.day} {day:%B %Y}."


def _letter_waits(application: Application) -> bool:
    waiting = (Message.Status.QUEUED, Message.Status.SENDING)
    return rejection.mail_of(application).filter(status__in=waiting).exists()


def _steps(application: Application, now: Stage.Kind) -> list[Step]:
    """The steps this job really has, in order, each once."""
    has = {Kind.APPLIED, now, *Stage.objects.filter(job=application.job_id).values_list("kind", flat=True)}
    order = [kind for kind in STEPS if kind in has]
    at = order.index(now) if now in order else len(order)
    states = ["done" if index < at else "now" if index == at else "ahead" for index in range(len(order))]
    return [Step(kind.value, str(STEPS[kind]), state) for kind, state in zip(order, states, strict=True)]


@prepared
def lasting_link(application: Given, until: Given) -> QuerySet[PersonalLink]:
    """Asked of everybody who applies."""
    return PersonalLink.objects.filter(
        purpose=PersonalLink.Purpose.STATUS, subject_id=application, revoked_at=None, expires_at__gt=until
    ).order_by("pk")[:1]


def link_for(application: Application) -> PersonalLink:
    """The person's own link to this page; the one they have, while it lasts."""
    lasting = lasting_link.first(application=application.pk, until=timezone.now() + LINK_LASTS / 2)
    return lasting or links.issue(
        PersonalLink.Purpose.STATUS, candidate=application.candidate, subject_id=application.pk, valid_for=LINK_LASTS
    )


def open_applications(candidate: Candidate) -> list[Application]:
    """What a person may ask the status of: active ones, and those that ended not long ago."""
    since = timezone.now() - SHOWN_AFTER_THE_END
    recent = Application.objects.filter(candidate=candidate).exclude(closed_at__lt=since)
    return list(recent.select_related("job", "candidate").order_by("-applied_at")[:20])


def send_links(email: str) -> None:
    """Write to a person with the links to their applications. Says nothing to the caller: it may be a stranger (SEC-11).

    Their working address opens all of them; another one only what was applied for with it. It may have come to the record with
    a telephone number that somebody else typed.
    """
    try:
        candidate = identity.match(emails=[email])
    except Refused:
        return
    found = _opened_by(email, candidate) if candidate else []
    if candidate is None or not found or _asked_just_now(candidate):
        return
    lines = [f"{application.job.title}\n{links.url(link_for(application), 'status')}" for application in found]
    try:
        with transaction.atomic():
            compose.to_candidate(
                candidate,
                purpose="status_link",
                mail_class=Message.Class.TRANSACTIONAL,
                subject="Your applications with us",
                text=f"Hello {candidate.first_name},\n\nhere is where each of your applications stands:\n\n"
                + "\n\n".join(lines)
                + "\n\nYou did not ask for this? Then somebody typed your address; you need not do anything.\n",
                automatic=True,
                address=email,
            )
    except Refused:
        return


def _opened_by(email: str, candidate: Candidate) -> list[Application]:
    found = open_applications(candidate)
    address = identity.normalise_email(email)
    if address == identity.normalise_email(contact.working_address(candidate) or email):
        return found
    receipts = Message.objects.filter(candidate=candidate, purpose="receipt").values_list("job_id", "to_address")
    jobs = {job for job, to in receipts if identity.normalise_email(parseaddr(to)[1]) == address}
    return [application for application in found if application.job_id in jobs]


def _asked_just_now(candidate: Candidate) -> bool:
    since = timezone.now() - dt.timedelta(minutes=5)
    return Message.objects.filter(candidate=candidate, purpose="status_link", created_at__gt=since).exists()
