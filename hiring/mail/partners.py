"""Mail to people who are neither colleagues nor candidates: those of an agency, and whoever asked to be told of jobs."""

from __future__ import annotations

import email.utils
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from hiring import masks
from hiring.mail import compose, queue
from hiring.models import Job, Mailbox, Message


@transaction.atomic
def to_partner(
    name: str,
    address: str,
    *,
    purpose: str,
    template: str,
    context: Mapping[str, Any],
    job: Job | None = None,
    dedupe_key: str | None = None,
) -> Message:
    """Queue a mail from `templates/<template>.subject.txt` and `.txt`.

    Whether it leaves is asked when it leaves: of `delivery.overtaken[purpose]`, and of what is known about the address.
    """
    if dedupe_key and (earlier := Message.objects.filter(dedupe_key=dedupe_key).first()):
        return earlier
    return compose.store(
        _written(Sheet(name, address, template, context, dedupe_key), purpose, job, compose.mailbox_for(None))
    )


@dataclass(frozen=True)
class Sheet:
    """One mail of many that are written together."""

    name: str
    address: str
    template: str
    context: Mapping[str, Any]
    dedupe_key: str | None = None


@transaction.atomic
def to_many(sheets: Iterable[Sheet], *, purpose: str) -> list[Message]:
    """Queue all of these in one statement, and one task that delivers them. Whoever calls holds what keeps their keys from being
    used twice."""
    mailbox = compose.mailbox_for(None)
    messages = [_written(sheet, purpose, None, mailbox) for sheet in sheets]
    for message in messages:
        compose.make_ready(message)
    stored = Message.objects.bulk_create(messages)
    queue.on_commit(*stored)
    return stored


def _written(sheet: Sheet, purpose: str, job: Job | None, mailbox: Mailbox | None) -> Message:
    about = {"name": sheet.name, "site_url": settings.SITE_URL, "organisation": settings.ORGANISATION_NAME}
    with masks.lifted():
        subject = render_to_string(f"{sheet.template}.subject.txt", {**about, **sheet.context})
        text = render_to_string(f"{sheet.template}.txt", {**about, **sheet.context})
    return Message(
        job=job,
        mailbox=mailbox,
        mail_class=Message.Class.PARTNER,
        purpose=purpose,
        dedupe_key=sheet.dedupe_key,
        from_address=compose.sender_of(mailbox),
        to_address=email.utils.formataddr((" ".join(sheet.name.split()), sheet.address)),
        subject=" ".join(subject.split())[:250],
        text=text,
        is_automatic=True,
        not_before=timezone.now(),
    )
