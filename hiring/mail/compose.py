"""Writing mail. A message is a row first, with its id, its token and its words; delivery is a second step (hiring/mail/delivery.py).

Words from colleagues take merge fields from a fixed list, `{{ first_name }}`, never the template engine (SEC-7). A field
without a value refuses the message and names the person and the field, before anything is queued.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import re
import uuid
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from hiring import contact, masks
from hiring.errors import Refused
from hiring.mail import footer, queue
from hiring.models import Attachment, Candidate, Job, Mailbox, Message, Thread, User
from hiring.prepared import Given, prepared
from hiring.timeline import record

File = tuple[str, str, bytes]  # name, content type, content

FIELD = re.compile(r"\{\{\s*(\w+)\s*\}\}")
LEFT_OVER = re.compile(r"\{\{.*?\}\}|\{\{|\}\}|\{%", re.DOTALL)

MERGE_FIELDS = {
    "first_name": "The person's first name",
    "name": "The person's full name",
    "company": "Where the person works",
    "location": "Where the person lives",
    "job_title": "The title of the job",
    "job_location": "Where the job is",
    "sender_name": "Your name",
    "sender_first_name": "Your first name",
    "organisation": "The name of the organisation",
}


def fields(candidate: Candidate, *, by: User | None = None, job: Job | None = None) -> dict[str, str]:
    """The value of each merge field for this person; empty where nothing is known."""
    return {
        "first_name": candidate.first_name,
        "name": candidate.name,
        "company": candidate.company,
        "location": candidate.location,
        "job_title": job.title if job else "",
        "job_location": str(job.location) if job and job.location_id else "",
        "sender_name": by.full_name if by else settings.ORGANISATION_NAME,
        "sender_first_name": by.get_short_name() if by else settings.ORGANISATION_NAME,
        "organisation": settings.ORGANISATION_NAME,
    }


def sample(*, by: User | None = None, job: Job | None = None) -> dict[str, str]:
    """Values of an invented person, to show a text as somebody would read it before anybody in particular is chosen."""
    return {
        **fields(Candidate(name="Robin Keller", company="Fjordline Energy", location="Lyon"), by=by, job=job),
        "job_title": job.title if job else "the job",
        "job_location": str(job.location) if job else "the office",
    }


def missing(text: str, values: Mapping[str, str]) -> list[str]:
    """The merge fields of `text` that have no value, in order, each once."""
    return list(dict.fromkeys(name for name in FIELD.findall(text) if not str(values.get(name, "")).strip()))


def merge(text: str, values: Mapping[str, str]) -> str:
    """Fill in the merge fields. Raises Refused naming the person and the fields without a value (MAIL-11)."""
    absent = missing(text, values)
    if absent:
        raise Refused(_without_value(values.get("name", ""), absent))
    return FIELD.sub(lambda found: str(values[found[1]]), text)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Fill in what is known and leave the other fields standing, for a colleague to see; a message with them is refused."""
    return FIELD.sub(lambda found: str(values.get(found[1], "")).strip() or found[0], text)


@prepared
def written_before(key: Given) -> QuerySet[Message]:
    return Message.objects.filter(dedupe_key=key)


@transaction.atomic
def to_candidate(
    candidate: Candidate,
    *,
    purpose: str,
    mail_class: str,
    subject: str,
    text: str,
    html: str = "",
    by: User | None = None,
    job: Job | None = None,
    thread: Thread | None = None,
    mailbox: Mailbox | None = None,
    dedupe_key: str | None = None,
    not_before: dt.datetime | None = None,
    calendar: str = "",
    calendar_method: str = "",
    attachments: Iterable[File] = (),
    automatic: bool = False,
    address: str = "",
) -> Message:
    """Queue a mail to the person's working address, or to `address` when it is another one of theirs that works.

    With a `dedupe_key` that was used before, returns the first message. An empty subject in a `thread` continues it
    ("Re: ..."). Outreach gets the unsubscribe line, and the notice to sourced people while it is owed (PRIV-4). Whether it
    may leave is decided when it leaves, by the contact policy.
    """
    if dedupe_key and (earlier := written_before.first(key=dedupe_key)):
        return earlier
    batch = Batch([candidate], [thread] if thread else [])
    message = batch.write(
        candidate,
        purpose=purpose,
        mail_class=mail_class,
        subject=subject,
        text=text,
        html=html,
        by=by,
        job=job,
        thread=thread,
        mailbox=mailbox or mailbox_for(by),
        dedupe_key=dedupe_key,
        not_before=not_before,
        calendar=calendar,
        calendar_method=calendar_method,
        automatic=automatic,
        address=address,
    )
    thread = batch.store_threads()[0]
    stored = store(message, attachments)
    if stored is not message:
        return stored
    if message.not_before > message.created_at + dt.timedelta(minutes=1):
        record(candidate, "message.queued", by, job=job, message=message.pk, purpose=purpose)
    return message


class Batch:
    """Mails to people that are written together: what they need is loaded, and what becomes of them stored, for all at once.

    `write` each one, which refuses like `to_candidate`; then `store`, in a transaction in which nobody else writes their keys.
    """

    def __init__(self, candidates: Collection[Candidate], threads: Collection[Thread] = ()) -> None:
        self._candidates = candidates
        self._parents = _parents(threads)
        self.messages: list[Message] = []

    @cached_property
    def _footers(self) -> footer.Footers:
        return footer.Footers(self._candidates)

    def write(
        self,
        candidate: Candidate,
        *,
        purpose: str,
        mail_class: str,
        subject: str,
        text: str,
        html: str = "",
        by: User | None = None,
        job: Job | None = None,
        thread: Thread | None = None,
        mailbox: Mailbox | None = None,
        dedupe_key: str | None = None,
        not_before: dt.datetime | None = None,
        calendar: str = "",
        calendar_method: str = "",
        automatic: bool = False,
        address: str = "",
    ) -> Message:
        """One mail to one of the batch's people, not stored yet; the arguments are those of `to_candidate`. Raises Refused."""
        if (mask := masks.mask_of(candidate.pk)) and mask in f"{subject}{text}{html}":
            raise RuntimeError("Words to a person are written under masks.lifted().")  # never “Dear Candidate A7”
        with masks.lifted(candidate):
            return self._write(
                candidate, purpose=purpose, mail_class=mail_class, subject=subject, text=text, html=html, by=by, job=job,
                thread=thread, mailbox=mailbox, dedupe_key=dedupe_key, not_before=not_before, calendar=calendar,
                calendar_method=calendar_method, automatic=automatic, address=address,
            )  # fmt: skip

    def _write(
        self,
        candidate: Candidate,
        *,
        purpose: str,
        mail_class: str,
        subject: str,
        text: str,
        html: str,
        by: User | None,
        job: Job | None,
        thread: Thread | None,
        mailbox: Mailbox | None,
        dedupe_key: str | None,
        not_before: dt.datetime | None,
        calendar: str,
        calendar_method: str,
        automatic: bool,
        address: str,
    ) -> Message:
        address = contact.working_address(candidate, preferred=address)
        if not address:
            raise Refused(f"{candidate.name} has no working e-mail address.")
        parent = self._parents.get(thread.pk) if thread else None
        subject = subject or (_reply_subject(thread.subject) if thread else "")
        _check(candidate.name, address, subject, text, html)
        carries_notice = False
        if mail_class == Message.Class.OUTREACH:
            owes = contact.owes_notice(candidate)
            text, carries_notice = text.rstrip() + self._footers.text(candidate, owes), owes
            html = html and html + self._footers.html(candidate, owes)
        now = timezone.now()
        message = Message(
            thread=thread or Thread(candidate=candidate, subject=subject, last_message_at=now),
            candidate=candidate,
            job=job,
            mailbox=mailbox,
            mail_class=mail_class,
            purpose=purpose,
            dedupe_key=dedupe_key,
            in_reply_to=parent.message_id if parent else "",
            references=f"{parent.references} {parent.message_id}".strip() if parent else "",
            from_address=sender_of(mailbox),
            to_address=email.utils.formataddr((_one_line(candidate.name), address)),
            subject=subject,
            text=text,
            html=html,
            calendar=calendar,
            calendar_method=calendar_method,
            is_automatic=automatic,
            carries_notice=carries_notice,
            not_before=not_before or now,
            created_by=by,
        )
        make_ready(message)
        self.messages.append(message)
        return message

    def store(self) -> list[Message]:
        """Write all of them, one statement a table, and queue one task that delivers them."""
        self.store_threads()
        stored = Message.objects.bulk_create(self.messages)
        queue.on_commit(*stored)
        return stored

    def store_threads(self) -> list[Thread]:
        """The thread of each message, written or brought up to date."""
        threads = [message.thread for message in self.messages if message.thread]
        known = [thread.pk for thread in threads if thread.pk]
        Thread.objects.bulk_create([thread for thread in threads if thread.pk is None])
        for message in self.messages:
            message.thread = message.thread  # takes the id it has now
        if known:
            Thread.objects.filter(pk__in=known).update(last_message_at=timezone.now())
        return threads


@transaction.atomic
def to_colleague(
    user: User,
    *,
    purpose: str,
    template: str,
    context: Mapping[str, Any],
    job: Job | None = None,
    dedupe_key: str | None = None,
    calendar: str = "",
    calendar_method: str = "",
    attachments: Iterable[File] = (),
) -> Message:
    """Queue a mail to a colleague from `templates/<template>.subject.txt`, `.txt` and, where it exists, `.html`."""
    if dedupe_key and (earlier := written_before.first(key=dedupe_key)):
        return earlier
    about = {"user": user, "site_url": settings.SITE_URL, "organisation": settings.ORGANISATION_NAME, **context}
    with masks.showing_to(user):
        subject = _one_line(render_to_string(f"{template}.subject.txt", about))
        text, html = render_to_string(f"{template}.txt", about), _optional_html(template, about)
    mailbox = mailbox_for(None)
    message = Message(
        recipient=user,
        job=job,
        mailbox=mailbox,
        mail_class=Message.Class.INTERNAL,
        purpose=purpose,
        dedupe_key=dedupe_key,
        from_address=sender_of(mailbox),
        to_address=email.utils.formataddr((_one_line(user.full_name), user.email)),
        subject=subject[:250],
        text=text,
        html=html,
        calendar=calendar,
        calendar_method=calendar_method,
        is_automatic=True,
        not_before=timezone.now(),
    )
    return store(message, attachments)


@transaction.atomic
def cancel(message: Message, *, by: User | None, note: str = "") -> Message:
    """Stop a message that has not left. Raises Refused when it already did, or is on its way this very second."""
    stopped = Message.objects.queued().filter(pk=message.pk)
    if not stopped.update(status=Message.Status.CANCELLED, status_note=note[:300]):
        raise Refused("This message can no longer be stopped: it has already left.")
    message.refresh_from_db()
    if message.candidate:
        record(message.candidate, "message.cancelled", by, job=message.job, message=message.pk, purpose=message.purpose)
    return message


def copy(message: Message) -> Message:
    """The same words as a new message, with an id and a token of its own. Only for a person who decided so by hand."""
    twin = Message.objects.get(pk=message.pk)
    twin.pk, twin._state.adding = None, True
    twin.dedupe_key, twin.token = None, uuid.uuid4()
    twin.status, twin.status_note, twin.attempts, twin.sending_since = Message.Status.QUEUED, "", 0, None
    twin.not_before = timezone.now()
    files = [(part.name, part.content_type, part.file.read()) for part in message.attachments.all()]
    return store(twin, files)


@prepared
def boxes_for(user: Given) -> QuerySet[Mailbox]:
    return Mailbox.objects.filter(Q(user=user) | Q(is_default=True))


def mailbox_for(user: User | None) -> Mailbox | None:
    """The colleague's own mailbox, else the shared default one."""
    boxes = boxes_for(user=user.pk if user else None)
    return min(boxes, key=lambda box: user is None or box.user_id != user.pk, default=None)


def store(message: Message, attachments: Iterable[File] = ()) -> Message:
    """Write the row and its files, queue delivery on commit. Loses the race for a dedupe key to whoever was first."""
    make_ready(message)
    try:
        with transaction.atomic():
            message.save(force_insert=True)
    except IntegrityError:
        if message.dedupe_key and (winner := Message.objects.filter(dedupe_key=message.dedupe_key).first()):
            return winner
        raise
    for name, content_type, content in attachments:
        part = Attachment(message=message, name=_one_line(name)[:200], content_type=content_type)
        part.file.save(name, ContentFile(content))
    queue.on_commit(message)
    return message


def make_ready(message: Message) -> None:
    """Outbound, with its id and its time of writing."""
    message.direction = Message.Direction.OUT
    message.message_id = f"<{uuid.uuid4()}@{settings.MAIL_DOMAIN}>"  # MAIL-14: before the first attempt
    message.created_at = message.at = timezone.now()


def _check(name: str, address: str, subject: str, text: str, html: str) -> None:
    """MAIL-11, MAIL-12: what must never reach a header or a person."""
    if not subject.strip():
        raise Refused("The message needs a subject.")
    if "\r" in subject or "\n" in subject:
        raise Refused("A subject is one line.")
    if len(subject) > 250:
        raise Refused("The subject is longer than 250 characters.")
    unresolved = [found[0] for part in (subject, text, html) for found in LEFT_OVER.finditer(part)]
    if unresolved:
        raise Refused(_without_value(name, [token.strip("{}% ") or "{{" for token in unresolved]))
    if not address.rpartition("@")[0].isascii():
        raise Refused(
            f"Mail to “{address}” cannot be sent: its name part is not plain ASCII, which our mail server refuses."
        )
    try:
        validate_email(address)
    except ValidationError as error:
        raise Refused(f"“{address}” is not an address mail can be sent to.") from error


def _without_value(person: str, names: Iterable[str]) -> str:
    listed = ", ".join(dict.fromkeys(names))
    return f"The message to {person or 'this person'} has no value for: {listed}."


def _parents(threads: Collection[Thread]) -> dict[int, Message]:
    """By thread, what a message in it answers: the last one that came in or left, or is about to."""
    if not threads:
        return {}
    gone = [Message.Status.CANCELLED, Message.Status.BLOCKED, Message.Status.FAILED]
    said = Message.objects.filter(thread__in=threads).exclude(status__in=gone)
    last = said.order_by("thread", "-at", "-pk").distinct("thread").only("thread", "message_id", "references")
    return {message.thread_id: message for message in last if message.thread_id}


def _reply_subject(subject: str) -> str:
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"[:250]


def sender_of(mailbox: Mailbox | None) -> str:
    if mailbox is None:
        return settings.DEFAULT_FROM_EMAIL
    return email.utils.formataddr((_one_line(mailbox.name), mailbox.address))


def _one_line(text: str) -> str:
    """Our own names on one line: a line break in a stored name must not end a header (MAIL-11)."""
    return " ".join(text.split())


def _optional_html(template: str, context: Mapping[str, Any]) -> str:
    from django.template import TemplateDoesNotExist

    try:
        return render_to_string(f"{template}.html", dict(context))
    except TemplateDoesNotExist:
        return ""
