"""Mail to people who work with us and are neither colleagues nor candidates, such as those of an agency."""

from __future__ import annotations

import email.utils
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from hiring import masks
from hiring.mail import compose
from hiring.models import Job, Message


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
    about = {"name": name, "site_url": settings.SITE_URL, "organisation": settings.ORGANISATION_NAME, **context}
    with masks.lifted():
        subject = " ".join(render_to_string(f"{template}.subject.txt", about).split())[:250]
        text = render_to_string(f"{template}.txt", about)
    mailbox = compose.mailbox_for(None)
    message = Message(
        job=job,
        mailbox=mailbox,
        mail_class=Message.Class.PARTNER,
        purpose=purpose,
        dedupe_key=dedupe_key,
        from_address=compose.sender_of(mailbox),
        to_address=email.utils.formataddr((" ".join(name.split()), address)),
        subject=subject,
        text=text,
        is_automatic=True,
        not_before=timezone.now(),
    )
    return compose.store(message)
