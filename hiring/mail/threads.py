"""What colleagues do with a conversation: write, answer, assign, say what the person wants, settle what nobody knows."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from hiring import contact
from hiring.errors import Refused
from hiring.mail import compose, delivery, inbound, reading
from hiring.models import Candidate, InboundMail, Job, Message, Suppression, Thread, User
from hiring.timeline import record

TIME_TO_STOP = dt.timedelta(seconds=20)
GONE = (Message.Status.CANCELLED, Message.Status.BLOCKED, Message.Status.FAILED)


def mail_class(candidate: Candidate, thread: Thread | None) -> str:
    """An answer to a person, or mail within a process, is not outreach; everything else is (MAIL-25)."""
    theirs = Q(direction=Message.Direction.IN, is_automatic=False)
    if thread and thread.messages.filter(theirs).exists():
        return Message.Class.TRANSACTIONAL
    return Message.Class.TRANSACTIONAL if contact.in_process(candidate) else Message.Class.OUTREACH


@transaction.atomic
def write(
    candidate: Candidate, *, subject: str, text: str, by: User, thread: Thread | None = None, job: Job | None = None
) -> Message:
    """Send a message, or an answer in `thread`: merge fields filled in, leaving in a few seconds so that it can be stopped.

    Refused when the contact policy says never; when it says wait, the message waits.
    """
    candidate = Candidate.objects.select_for_update(no_key=True).get(pk=candidate.pk)
    kind = mail_class(candidate, thread)
    mailbox = compose.mailbox_for(by)
    verdict = contact.may_send(candidate, kind, mailbox=mailbox)
    if verdict.answer == "never":
        raise Refused(f"{candidate.name} cannot be written to. {verdict.reason}")
    if not text.strip():
        raise Refused("The message is empty.")
    values = compose.fields(candidate, by=by, job=job)
    message = compose.to_candidate(
        candidate,
        purpose="reply" if thread else "message",
        mail_class=kind,
        subject=compose.merge(subject, values),
        text=compose.merge(text, values),
        by=by,
        job=job,
        thread=thread,
        mailbox=mailbox,
        not_before=verdict.not_before or timezone.now() + TIME_TO_STOP,
    )
    if thread:
        Thread.objects.filter(pk=thread.pk).update(waiting_since=None)
        Thread.objects.filter(pk=thread.pk, assigned_to=None).update(assigned_to=by)
    return message


@transaction.atomic
def stop(message: Message, *, by: User) -> Message:
    """Take back a message that has not left; the conversation waits for an answer again if it did before."""
    message = compose.cancel(message, by=by, note=f"Stopped by {by}.")
    if message.thread:
        wait_again(message.thread)
    return message


def wait_again(thread: Thread) -> None:
    """Whether the person wrote last, from the messages themselves."""
    if thread.intent == Thread.Intent.STOP:
        return
    ours = thread.messages.filter(direction=Message.Direction.OUT, is_automatic=False).exclude(status__in=GONE)
    answered = ours.order_by("at").last()
    theirs = thread.messages.filter(direction=Message.Direction.IN, is_automatic=False)
    unanswered = theirs.filter(at__gt=answered.at) if answered else theirs
    first = unanswered.order_by("at").first()
    Thread.objects.filter(pk=thread.pk).update(waiting_since=first.at if first else None)


def assign(thread: Thread, to: User | None) -> None:
    if to and not to.is_active:
        raise Refused(f"{to} no longer works here.")
    Thread.objects.filter(pk=thread.pk).update(assigned_to=to)


def answered(thread: Thread) -> None:
    """Nothing needs to be said any more."""
    Thread.objects.filter(pk=thread.pk).update(waiting_since=None)


@transaction.atomic
def set_intent(thread: Thread, intent: str, *, by: User) -> None:
    """What the person wants, as a colleague understood it. "Stop" is an unsubscribe (MAIL-7)."""
    if intent not in Thread.Intent.values:
        raise Refused("Choose what the person wants from the list.")
    Thread.objects.filter(pk=thread.pk).update(intent=intent)
    if intent == Thread.Intent.STOP:
        contact.suppress_person(thread.candidate, Suppression.Reason.UNSUBSCRIBE, by=by)


@transaction.atomic
def attach(stored: InboundMail, candidate: Candidate, *, by: User) -> Message:
    """A colleague says whose mail this is: it is filed as if it had been matched, in the person's latest conversation."""
    if not InboundMail.objects.filter(pk=stored.pk, state=InboundMail.State.WAITING, handled_at=None).update(
        state=InboundMail.State.FILED, handled_at=timezone.now(), handled_by=by
    ):
        raise Refused("A colleague has already dealt with this mail.")
    parsed = reading.parse(bytes(stored.raw), stored.envelope_from or None, stored.recipients)
    thread = candidate.threads.order_by("-last_message_at").first() or Thread.objects.create(
        candidate=candidate, subject=parsed.subject or "No subject", last_message_at=stored.received_at
    )
    message = inbound.file_in(thread, parsed, stored.received_at, by=by)
    InboundMail.objects.filter(pk=stored.pk).update(message=message)
    return message


def ignore(stored: InboundMail, *, by: User) -> None:
    waiting = InboundMail.objects.filter(pk=stored.pk, state=InboundMail.State.WAITING)
    if not waiting.update(state=InboundMail.State.IGNORED, handled_at=timezone.now(), handled_by=by):
        raise Refused("A colleague has already dealt with this mail.")


@transaction.atomic
def confirm_sent(message: Message, *, by: User) -> None:
    """A colleague knows that an unconfirmed message arrived."""
    _take_unconfirmed(message)
    message.status = Message.Status.SENDING
    Message.objects.filter(pk=message.pk).update(status=Message.Status.SENDING)
    delivery.sent(message, reply=f"Confirmed by {by}.")


@transaction.atomic
def send_again(message: Message, *, by: User) -> Message:
    """A colleague decides that an unconfirmed message did not arrive: a new one is written, the old one is closed."""
    _take_unconfirmed(message)
    note = f"{by} had it sent again."
    Message.objects.filter(pk=message.pk).update(status=Message.Status.FAILED, status_note=note[:300])
    if message.candidate is None:
        return compose.copy(message)
    record(message.candidate, "message.failed", by, job=message.job, message=message.pk, purpose=message.purpose)
    return compose.copy(message)


def _take_unconfirmed(message: Message) -> None:
    locked = Message.objects.select_for_update().get(pk=message.pk)
    if locked.status != Message.Status.UNCONFIRMED:
        raise Refused("This message is no longer unconfirmed.")
