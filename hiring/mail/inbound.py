"""Mail that comes in: stored first, then filed where it belongs (MAIL-16 to MAIL-25).

The order of matching: a token in a delivery address, the ids it answers, a known address with one open conversation;
what is left waits for a person. A subject alone never matches.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from hiring import contact, documents, events, todo
from hiring.errors import Refused
from hiring.mail import bounces, lists, reading
from hiring.models import Attachment, Candidate, Document, InboundMail, Job, Message, Suppression, Thread, User
from hiring.timeline import record

logger = logging.getLogger(__name__)

State = InboundMail.State
OPEN_FOR = dt.timedelta(days=180)


@dataclass(frozen=True)
class CalendarAnswer:
    """A calendar part that came back, and from whom; `message` is the one of ours it answers, when known."""

    method: str
    calendar: str
    sender: str
    message: Message | None


calendar_handlers: list[Callable[[CalendarAnswer], bool]] = []
"""Higher floors that understand calendar answers. Each returns True when the answer was for it."""


address_handlers: list[Callable[[reading.Parsed, InboundMail], bool]] = []
"""Higher floors that take mail for an address of their own; each returns True when the mail was for it. Mail that answers one
of ours goes into its conversation all the same."""


def receive(raw: bytes, envelope_from: str | None, recipients: Iterable[str]) -> InboundMail:
    """Keep a mail and file it. Kept means committed: whatever filing runs into, the mail is not lost, and `sweep` tries again.

    The same mail twice (a sender that did not hear our answer) is one row and is filed once.
    """
    recipients = list(recipients)
    parsed = reading.parse(raw, envelope_from, recipients)
    known_by = f"{parsed.message_id}\n{parsed.sender.lower()}".encode() if parsed.message_id else raw
    stored, _ = InboundMail.objects.get_or_create(
        digest=hashlib.sha256(known_by).hexdigest(),
        defaults={
            "received_at": timezone.now(),
            "envelope_from": "<>" if envelope_from == "" else (envelope_from or "")[:320],
            "recipients": recipients,
            "from_address": parsed.sender,
            "subject": parsed.subject,
            "raw": raw,
        },
    )
    if stored.state == State.NEW:
        file(stored)
    stored.refresh_from_db()
    return stored


def sweep() -> None:
    """File what was stored and not filed, because something died in between."""
    for stored in InboundMail.objects.filter(state=State.NEW, received_at__lt=timezone.now() - dt.timedelta(minutes=1))[
        :50
    ]:
        file(stored)


def file(stored: InboundMail) -> None:
    """Find out what a stored mail is and act on it. A mail that breaks us goes to a person, whole."""
    try:
        with transaction.atomic():
            if (
                not InboundMail.objects.select_for_update(skip_locked=True)
                .filter(pk=stored.pk, state=State.NEW)
                .exists()
            ):
                return
            envelope_from = "" if stored.envelope_from == "<>" else (stored.envelope_from or None)
            parsed = reading.parse(bytes(stored.raw), envelope_from, stored.recipients)
            stored.state, stored.message = _act(parsed, stored)
            stored.save(update_fields=["state", "message"])
    except OperationalError:
        raise  # the database's trouble, not the mail's: the sweep comes back
    except Exception:
        logger.exception("inbound_not_filed", extra={"inbound": stored.pk})
        InboundMail.objects.filter(pk=stored.pk, state=State.NEW).update(state=State.WAITING)


def _act(parsed: reading.Parsed, stored: InboundMail) -> tuple[str, Message | None]:
    original = _original(parsed)
    if parsed.report is not None:
        return State.REPORT, _delivery_report(parsed.report, original)
    if parsed.complaint_about is not None:
        return State.REPORT, _complaint(parsed.complaint_about, original)
    if original and any(kind == "unsubscribe" for kind, _ in reading.tokens(stored.recipients)):  # MAIL-7
        was_of_a_list = lists.left(original)
        if original.candidate:
            contact.suppress_person(original.candidate, Suppression.Reason.UNSUBSCRIBE)
        if original.candidate or was_of_a_list:
            return State.REPORT, original
    if original is None and any(handler(parsed, stored) for handler in address_handlers):
        return State.FILED, None
    answered = _calendar(parsed, original)
    thread = original.thread if original else _only_open_thread(parsed.sender)
    if thread is None:
        return (State.REPORT if answered else State.WAITING), None
    return State.FILED, file_in(
        thread, parsed, stored.received_at, answered=answered, job=original.job if original else None
    )


def _original(parsed: reading.Parsed) -> Message | None:
    """Our message this one is about: by token, then by the ids it names, the latest first."""
    for _, token in reading.tokens([*parsed.addressed, *(parsed.complaint_about or [])]):
        if found := _messages().filter(token=uuid.UUID(token)).first():
            return found
    named = [*parsed.parents, *([parsed.report.original_id] if parsed.report else []), *(parsed.complaint_about or [])]
    known = {message.message_id: message for message in _messages().filter(message_id__in=named)}
    return next((known[name] for name in named if name in known), None)


def _messages() -> QuerySet[Message]:
    return Message.objects.select_related("candidate", "thread", "mailbox", "job", "created_by")


def _only_open_thread(sender: str) -> Thread | None:
    """The one conversation of a known person that is still going; none when there are several."""
    if not sender:
        return None
    person = Candidate.objects.live().filter(
        contact_points__kind="email", contact_points__value=contact.fold_address(sender), contact_points__is_live=True
    )
    since = timezone.now() - OPEN_FOR
    open_ones = list(
        Thread.objects.filter(candidate__in=person, last_message_at__gte=since).select_related("candidate")[:2]
    )
    return open_ones[0] if len(open_ones) == 1 else None


@transaction.atomic
def file_in(
    thread: Thread,
    parsed: reading.Parsed,
    at: dt.datetime,
    *,
    answered: bool = False,
    job: Job | None = None,
    by: User | None = None,
) -> Message:
    """Put a mail into a conversation. A human one is a reply: it stops sequences and waits for an answer (MAIL-17, MAIL-23)."""
    candidate = Candidate.objects.select_for_update(no_key=True).get(pk=thread.candidate_id)
    automatic = parsed.automatic or (answered and not reading.fresh(parsed.text)[0])
    message_id = parsed.message_id
    if not message_id or Message.objects.filter(message_id=message_id).exists():
        message_id = f"<{uuid.uuid4()}@{settings.INBOUND_DOMAIN}>"
    message = Message.objects.create(
        thread=thread,
        candidate=candidate,
        job=job,
        direction=Message.Direction.IN,
        mail_class=Message.Class.TRANSACTIONAL,
        purpose="auto_reply" if automatic else "reply",
        status=Message.Status.RECEIVED,
        message_id=message_id,
        in_reply_to=next(iter(parsed.parents), "")[:250],
        references=" ".join(reversed(parsed.parents)),
        from_address=_sender(parsed),
        to_address=next(iter(parsed.addressed), settings.INBOUND_DOMAIN)[:320],
        subject=parsed.subject,
        text=parsed.text,
        html=parsed.html,
        is_automatic=automatic,
        not_before=at,
        created_at=timezone.now(),
        at=at,
    )
    _keep_files(message, candidate, parsed.files)
    Thread.objects.filter(pk=thread.pk).update(last_message_at=timezone.now())
    record(candidate, "message.received", by, job=message.job, at=at, message=message.pk, automatic=automatic)
    if not automatic:
        _human_reply(thread, candidate, message)
    events.message_received.send(Message, message=message, automatic=automatic)
    return message


def _human_reply(thread: Thread, candidate: Candidate, message: Message) -> None:
    contact.sign_of_life(candidate, "replied", at=message.at)
    if reading.asks_to_stop(message.text):
        contact.suppress_person(candidate, Suppression.Reason.UNSUBSCRIBE)
        Thread.objects.filter(pk=thread.pk).update(intent=Thread.Intent.STOP)
        return
    Thread.objects.filter(pk=thread.pk, waiting_since=None).update(waiting_since=message.at)
    if reading.mentions_stop(message.text):
        _ask_a_person(thread, candidate)


def _ask_a_person(thread: Thread, candidate: Candidate) -> None:
    """MAIL-7: a longer reply that also speaks of stopping is for a person to read, not for a rule."""
    asked = thread.assigned_to or candidate.owner or _last_writer(thread)
    if asked and asked.is_active:
        todo.add(
            "Read the reply: it may ask us not to write any more.",
            by=asked,
            due_on=timezone.now().astimezone(asked.zone).date(),
            candidate=candidate,
        )


def _last_writer(thread: Thread) -> User | None:
    wrote = thread.messages.exclude(created_by=None).select_related("created_by").order_by("at").last()
    return wrote.created_by if wrote else None


def _keep_files(message: Message, candidate: Candidate, files: list[reading.File]) -> None:
    """MAIL-19: what came along is checked like any upload; what is not acceptable stays in the raw mail, named."""
    for came in files:
        attachment = Attachment(message=message, name=came.name, content_type=came.content_type[:100])
        try:
            with transaction.atomic():
                upload = SimpleUploadedFile(came.name, came.content, came.content_type)
                attachment.document = documents.store(candidate, upload, Document.Kind.OTHER)
        except Refused as refusal:
            attachment.problem = refusal.sentence[:300]
        attachment.save()


def _sender(parsed: reading.Parsed) -> str:
    return f"{parsed.sender_name} <{parsed.sender}>"[:320] if parsed.sender_name else parsed.sender


def _calendar(parsed: reading.Parsed, original: Message | None) -> bool:
    """Offer calendar parts to the floors that asked for them. All hear of it; one that understood is enough."""
    answers = [CalendarAnswer(method, text, parsed.sender, original) for method, text in parsed.calendars]
    understood = [handler(answer) for answer in answers for handler in calendar_handlers]
    return any(understood)


def _delivery_report(report: reading.Report, original: Message | None) -> Message | None:
    """MAIL-21. A report also proves that the message had left."""
    if original is None or original.direction != Message.Direction.OUT:
        return original
    if report.action in {"delivered", "relayed", "expanded"}:
        _had_left(original, "")
        return original
    meaning = bounces.meaning(report.status, words=report.words)
    words = f"{report.status} {report.words}".strip() or "A delivery report that cannot be read."
    if report.action == "delayed" or not report.action:
        _had_left(original, f"Delayed: {words}" if report.action else words)
    elif meaning == bounces.HARD:
        bounces.bounced(original, words)
    else:
        if meaning == bounces.POLICY and original.mailbox:
            bounces.pause(original.mailbox, words)
        _failed(original, words)
    return original


def _had_left(message: Message, note: str) -> None:
    waiting = Q(status__in=[Message.Status.UNCONFIRMED, Message.Status.SENDING])
    Message.objects.filter(waiting, pk=message.pk).update(status=Message.Status.SENT)
    if note:
        Message.objects.filter(pk=message.pk, status=Message.Status.SENT).update(status_note=note[:300])


def _failed(message: Message, words: str) -> None:
    """It did not arrive, but the address may well exist: no suppression."""
    left = [Message.Status.SENT, Message.Status.UNCONFIRMED, Message.Status.SENDING]
    if Message.objects.filter(pk=message.pk, status__in=left).update(
        status=Message.Status.FAILED, status_note=words[:300]
    ):
        message.refresh_from_db()
        if message.candidate:
            record(
                message.candidate, "message.failed", None, job=message.job, message=message.pk, purpose=message.purpose
            )
        events.message_settled.send(Message, message=message)


def _complaint(about: list[str], original: Message | None) -> Message | None:
    """MAIL-22: reported as spam. By the message it names, else by the address."""
    was_of_a_list = lists.refused(original, Suppression.Reason.COMPLAINT) if original else False
    if original and original.candidate:
        bounces.complained(original.candidate)
    if original and (original.candidate or was_of_a_list):
        return original
    for address in about:
        if "@" in address and not address.startswith("<") and not address.endswith(f"@{settings.INBOUND_DOMAIN}"):
            contact.suppress(address, Suppression.Reason.COMPLAINT)
    return None
