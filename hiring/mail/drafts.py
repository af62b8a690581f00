"""A message before it is sent: a template filled in, what is missing, and word for word what the person would get."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from hiring import access, composer, contact
from hiring.mail import compose, footer, threads
from hiring.models import Candidate, MailTemplate, Message, User
from hiring.panels import Asked

FOR_PEOPLE = (MailTemplate.Kind.MESSAGE, MailTemplate.Kind.OUTREACH)


@dataclass(frozen=True)
class Way:
    """Another way to begin a message than a template: a page of a floor above, which comes back with `start`."""

    label: str
    icon: str
    url: str


ways: list[Callable[[User, Candidate], Way | None]] = []
"""Asked for each message that is begun; None where this colleague has no such way to this person."""

starts: dict[str, Callable[[User, Candidate, str], dict[str, str] | None]] = {}
"""What `start=name:key` fills the form with: {subject, text}; None where there is no such text for this colleague."""


@dataclass
class Preview:
    sender: str
    to: str
    subject: str
    text: str
    missing: list[str]


def templates() -> QuerySet[MailTemplate]:
    """What a message may start from; receipts and rejections belong to their own acts."""
    return MailTemplate.objects.filter(is_active=True, kind__in=FOR_PEOPLE)


def empty(candidate: Candidate, user: User, *, template_id: str = "", start: str = "") -> dict[str, Any]:
    """The draft a colleague starts from, with the contact policy's answer beside it. `start` is `name:key` of `starts`."""
    template = templates().filter(pk=template_id).first() if template_id.isdecimal() else None
    values = compose.fields(candidate, by=user)
    draft, missing = {"subject": "", "text": ""}, []
    if template:
        draft = {"subject": compose.fill(template.subject, values), "text": compose.fill(template.body, values)}
        missing = compose.missing(template.subject + template.body, values)
    name, _, key = start.partition(":")
    if name in starts and (begun := starts[name](user, candidate, key)):
        draft, template, missing = begun, None, []
    kind = threads.mail_class(candidate, None)
    return {
        "candidate": candidate,
        "draft": draft,
        "templates": templates(),
        "ways": [way for way in (offer(user, candidate) for offer in ways) if way],
        "template": template,
        "missing": in_words(missing),
        "address": contact.working_address(candidate),
        "is_outreach": kind == Message.Class.OUTREACH,
        "verdict": contact.may_send(candidate, kind, mailbox=compose.mailbox_for(user)),
    }


def preview(candidate: Candidate, user: User, *, subject: str, text: str) -> Preview:
    """What would be sent now. Missing values stand out instead of stopping the look."""
    values = compose.fields(candidate, by=user)
    words = compose.fill(text, values)
    if threads.mail_class(candidate, None) == Message.Class.OUTREACH:
        words = words.rstrip() + footer.Footers([candidate]).text(candidate, contact.owes_notice(candidate))
    return Preview(
        sender=compose.sender_of(compose.mailbox_for(user)),
        to=contact.working_address(candidate),
        subject=compose.fill(subject, values),
        text=words,
        missing=in_words(compose.missing(subject + text, values)),
    )


def in_words(names: list[str]) -> list[str]:
    return [compose.MERGE_FIELDS.get(name, name) for name in names]


def _may(user: User, candidate: Candidate) -> bool:
    return access.can_write_mail(user)


def _tab(asked: Asked) -> dict[str, Any]:
    return empty(asked.candidate, asked.user)


composer.register(composer.Tab("mail", "E-mail", "mail", "hiring/_composer_mail.html", _may, _tab, 20))
