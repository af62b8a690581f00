"""From queued to sent: at most once, whatever crashes.

A row is claimed by itself, in a committed transaction in which the contact policy is asked with the person's row locked;
then it is handed over; then that is recorded. What dies between hand-over and record stays `sending`, becomes
`unconfirmed` and goes to a person, never back to the queue (invariant 3). Claiming one by one means that a crash leaves
at most one such message a worker.
"""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.core.mail import get_connection
from django.db import connection as database
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from hiring import contact, events, suppression
from hiring.mail import bounces, lists
from hiring.mail.mime import Letter
from hiring.models import Attachment, Candidate, Message, SendAttempt, SenderDay
from hiring.prepared import Given, prepared
from hiring.timeline import record

logger = logging.getLogger(__name__)

BATCH = 100
SWEEP_SECONDS = 45
STUCK_AFTER = dt.timedelta(minutes=5)  # longer than any hand-over can take (EMAIL_TIMEOUT a step)
LOOK_AGAIN_AFTER = dt.timedelta(minutes=15)  # when the policy says wait and cannot say until when
BACK_OFF = [dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720)]
Status = Message.Status

TAKE = "UPDATE hiring_message SET status = %s, sending_since = %s, status_note = '' WHERE id = %s"
LEFT = """
WITH mine AS (UPDATE hiring_message SET status = %(sent)s, at = %(now)s, attempts = attempts + 1, status_note = ''
                WHERE id = %(message)s AND status = ANY(%(on_its_way)s) RETURNING id, thread_id),
    tried AS (INSERT INTO hiring_sendattempt (message_id, at, outcome, reply) SELECT id, %(now)s, 'sent', %(reply)s FROM mine),
    said AS (UPDATE hiring_thread SET last_message_at = %(now)s FROM mine WHERE hiring_thread.id = mine.thread_id)
SELECT id FROM mine
"""
"""Written out, because every mail passes here (docs/performance.md)."""

overtaken: dict[str, Callable[[Message], str]] = {}
"""By purpose, what the floors above ask right before a message leaves, with the person's row locked: why it is not true any
more, as a sentence; empty when it is."""


def sweep() -> None:
    """Deliver what is due, in batches, and put what got stuck before a person. Several may run at once."""
    unconfirmed()
    until = time.monotonic() + SWEEP_SECONDS
    while time.monotonic() < until and (ids := due(BATCH)):
        if not deliver(ids):
            return  # nothing moved: others have these, or the server does not answer


@prepared
def to_claim(pk: Given, moment: Given) -> QuerySet[Message]:
    """The message, its row locked, unless somebody else has it or it is not due any more; and whether it has files."""
    files = Exists(Attachment.objects.filter(message=OuterRef("pk")))
    queued = Message.objects.queued().filter(pk=pk, not_before__lte=moment).annotate(has_files=files)
    return queued.select_for_update(skip_locked=True, of=("self",)).select_related(
        "mailbox", "job", "created_by", "recipient"
    )


@prepared
def person_to_lock(pk: Given) -> QuerySet[Candidate]:
    return Candidate.objects.select_for_update(no_key=True).filter(pk=pk)


def due(limit: int) -> list[int]:
    waiting = Message.objects.queued().filter(not_before__lte=timezone.now())
    return list(waiting.order_by("not_before", "id").values_list("pk", flat=True)[:limit])


def deliver(ids: Iterable[int], *, durable: bool = True) -> int:
    """Hand these messages over, over one connection. Returns how many were settled or put off; the rest others have.

    `durable` insists that a claim is committed before the hand-over. Only who builds history in one transaction, with a
    backend that sends nothing, may turn it off.
    """
    waiting = list(ids)
    connection = get_connection()
    moved = 0
    try:
        while waiting:
            _make_ready(connection)
            message, touched = claim(waiting.pop(0), durable=durable)
            moved += touched
            if message:
                hand_over(message, connection)
    except (OSError, smtplib.SMTPException) as error:
        put_back_unclaimed(waiting, _words(error))
    finally:
        _hang_up(connection)
    return moved


def claim(pk: int, *, durable: bool = True) -> tuple[Message | None, bool]:
    """Take a message if it is still waiting and the contact policy agrees. Also says whether anything about it changed."""
    with transaction.atomic(durable=durable):
        message = to_claim.first(pk=pk, moment=timezone.now())
        if message is None:
            return None, False
        verdict = _verdict(message)
        if verdict.answer == "wait":
            message.not_before = verdict.not_before or timezone.now() + LOOK_AGAIN_AFTER
            message.status_note = verdict.reason[:300]
            message.save(update_fields=["not_before", "status_note"])
            return None, True
        if not verdict:
            _settle(message, Status.BLOCKED, verdict.reason)
            return None, True
        message.status, message.sending_since, message.status_note = Status.SENDING, timezone.now(), ""
        with database.cursor() as cursor:
            cursor.execute(TAKE, [str(message.status), message.sending_since, message.pk])
        _count(message, +1)
    return message, True


def _verdict(message: Message) -> contact.Verdict:
    if message.candidate_id:
        return _ask_policy(message)
    return _partner(message) if message.mail_class == Message.Class.PARTNER else _colleague(message)


def _ask_policy(message: Message) -> contact.Verdict:
    """Ask with the person's row locked: a reply, booking or unsubscribe that got there first is seen, one behind waits."""
    candidate = person_to_lock.first(pk=message.candidate_id)
    assert candidate  # noqa: S101 - a message goes with its person
    message.candidate = candidate
    if message.mail_class == Message.Class.OUTREACH and message.mailbox:
        today, _ = SenderDay.objects.get_or_create(mailbox=message.mailbox, day=timezone.now().date())
        SenderDay.objects.select_for_update().get(pk=today.pk)
    verdict = contact.may_send(
        candidate,
        message.mail_class,
        mailbox=message.mailbox,
        enrollment_id=enrollment_of(message),
        address=contact.plain_address(message.to_address),
        automated_since=message.created_at if message.purpose == "step" else None,
    )
    if verdict and verdict.needs_notice and not message.carries_notice:
        return contact.Verdict("never", "notice", "The notice to sourced people is missing from this message.")
    ask = overtaken.get(message.purpose)
    if verdict and ask and (why := ask(message)):
        return contact.Verdict("never", "overtaken", why)
    return verdict


def _colleague(message: Message) -> contact.Verdict:
    if message.recipient and message.recipient.is_active:
        return contact.Verdict("may")
    return contact.Verdict("never", "left", "This colleague has no active account.")


def _partner(message: Message) -> contact.Verdict:
    """Whoever owns mail of this purpose says whether it still may leave; nobody means no. An address that does not exist, or
    that is not to be written to, is left alone as for everybody else."""
    ask = overtaken.get(message.purpose)
    if ask is None:
        return contact.Verdict("never", "unknown", "Nobody answers for mail of this kind.")
    if why := ask(message) or suppression.against_address(contact.plain_address(message.to_address)):
        return contact.Verdict("never", "partner", why)
    return contact.Verdict("may")


def enrollment_of(message: Message) -> int | None:
    """The sequence path a step belongs to, from its key `step:<enrollment>:<position>`."""
    parts = (message.dedupe_key or "").split(":")
    return int(parts[1]) if parts[0] == "step" and len(parts) == 3 and parts[1].isdigit() else None


# --- Hand over and record --------------------------------------------------------------------------------------


class _Handing:
    """Watches one hand-over: once the content is on its way, a broken connection no longer proves that it was not accepted."""

    def __init__(self, connection: Any) -> None:
        self.smtp = getattr(connection, "connection", None)
        self.content_left = not isinstance(self.smtp, smtplib.SMTP)

    def __enter__(self) -> _Handing:
        if isinstance(self.smtp, smtplib.SMTP):
            send_content = self.smtp.data

            def data(content: Any) -> tuple[int, bytes]:
                self.content_left = True
                return send_content(content)

            vars(self.smtp)["data"] = data
        return self

    def __exit__(self, *failure: object) -> None:
        if isinstance(self.smtp, smtplib.SMTP):
            del vars(self.smtp)["data"]


def hand_over(message: Message, connection: Any) -> None:
    """Give a claimed message to the server and write down what it said."""
    try:
        letter = Letter(message)
    except Exception as error:  # nothing has left: this message is broken, the next one need not be
        logger.exception("mail_not_built", extra={"message_id": message.pk})
        _refused(message, bounces.FAILED, f"This message could not be built: {type(error).__name__}.")
        return
    with _Handing(connection) as handing:
        try:
            connection.send_messages([letter])
        except smtplib.SMTPRecipientsRefused as error:
            code, reply = next(iter(error.recipients.values()))
            said = _text(reply)
            _refused(message, bounces.meaning("", code=code, words=said), f"{code} {said}")
        except smtplib.SMTPResponseException as error:
            said = _text(error.smtp_error)
            meaning = bounces.meaning("", code=error.smtp_code, words=said)
            if meaning == bounces.HARD:
                meaning = bounces.FAILED  # not the recipient was refused
            _refused(message, meaning, f"{error.smtp_code} {said}")
        except Exception as error:
            if handing.content_left:
                _unclear(message, _words(error))
            else:
                put_back(message, _words(error))
            _hang_up(connection)
        else:
            sent(message)


def sent(message: Message, reply: str = "") -> None:
    """Record that it left. The record comes first and alone: what others make of it must not undo it."""
    now = timezone.now()
    with transaction.atomic():
        if not _write_sent(message, now, reply):
            return
        message.status, message.at = Status.SENT, now
        if message.candidate:
            _remember_touch(message, now)
            record(
                message.candidate,
                "message.sent",
                message.created_by,
                job=message.job,
                at=now,
                message=message.pk,
                purpose=message.purpose,
            )
    _announce(message)


def _write_sent(message: Message, now: dt.datetime, reply: str) -> bool:
    """Whether it was still ours to say so: meanwhile a colleague may have decided about an unconfirmed one."""
    with database.cursor() as cursor:
        cursor.execute(
            LEFT,
            {
                "message": message.pk,
                "on_its_way": [str(Status.SENDING), str(Status.UNCONFIRMED)],
                "sent": str(Status.SENT),
                "now": now,
                "reply": reply[:300],
            },
        )
        return cursor.fetchone() is not None


def _remember_touch(message: Message, now: dt.datetime) -> None:
    candidate = message.candidate
    assert candidate  # noqa: S101
    if message.mail_class == Message.Class.OUTREACH or not message.is_automatic:
        contact.contacted(candidate, at=now)
    if message.carries_notice:
        Candidate.objects.filter(pk=candidate.pk, notice_sent_at=None).update(notice_sent_at=now)


def _refused(message: Message, meaning: str, words: str) -> None:
    """The server said no, so nothing has left."""
    if meaning == bounces.SOFT:
        put_back(message, words)
    elif meaning == bounces.POLICY:
        if message.mailbox:
            bounces.pause(message.mailbox, words)
        put_back(message, words)
    else:
        with transaction.atomic():
            _attempt(message, "refused", words)
            _count(message, -1)
            if meaning == bounces.HARD and (message.candidate or message.purpose in lists.lists):
                bounces.bounced(message, words)
            else:
                _settle(message, Status.FAILED, words)


@transaction.atomic
def put_back(message: Message, words: str) -> None:
    """Nothing has left and it may work later: back to the queue, a little further back each time."""
    _attempt(message, "later", words)
    _count(message, -1)
    if message.attempts > len(BACK_OFF):
        _settle(message, Status.FAILED, f"Given up after {message.attempts} attempts: {words}")
        return
    # Conditional, because meanwhile a colleague may have decided about an unconfirmed one.
    Message.objects.filter(pk=message.pk, status__in=[Status.SENDING, Status.UNCONFIRMED]).update(
        status=Status.QUEUED,
        sending_since=None,
        not_before=timezone.now() + BACK_OFF[message.attempts - 1],
        status_note=words[:300],
    )


def put_back_unclaimed(ids: list[int], words: str) -> None:
    """The server does not answer at all: nobody's fault, so it costs no attempt; only the next look is a little later."""
    waiting = Message.objects.queued().filter(pk__in=ids, not_before__lte=timezone.now())
    waiting.update(
        not_before=timezone.now() + BACK_OFF[0], status_note=f"The mail server does not answer: {words}"[:300]
    )


@transaction.atomic
def _unclear(message: Message, words: str) -> None:
    """The connection broke after the content had left. Only a person, or a later report, can say whether it arrived."""
    _attempt(message, "unclear", words)
    Message.objects.filter(pk=message.pk, status=Status.SENDING).update(
        status=Status.UNCONFIRMED, status_note=words[:300]
    )


def unconfirmed() -> int:
    """What has been `sending` for too long: whoever had it is dead."""
    stuck = Message.objects.filter(status=Status.SENDING, sending_since__lt=timezone.now() - STUCK_AFTER)
    return stuck.update(status=Status.UNCONFIRMED, status_note="The worker stopped while this was being sent.")


def _attempt(message: Message, outcome: str, words: str) -> None:
    message.attempts += 1
    Message.objects.filter(pk=message.pk).update(attempts=message.attempts)
    SendAttempt.objects.create(message=message, at=timezone.now(), outcome=outcome, reply=words[:300])


def _settle(message: Message, status: str, note: str) -> None:
    message.status, message.status_note, message.sending_since = status, note[:300], None
    message.save(update_fields=["status", "status_note", "sending_since"])
    if message.candidate:
        record(
            message.candidate, f"message.{status}", None, job=message.job, message=message.pk, purpose=message.purpose
        )
    events.message_settled.send(Message, message=message)


def _announce(message: Message) -> None:
    """Tell the higher floors that it left. Their failure is logged, not obeyed: it has left."""
    try:
        with transaction.atomic():
            events.message_settled.send(Message, message=message)
    except Exception:
        logger.exception("mail_settled_unheard", extra={"message_id": message.pk})


def _count(message: Message, change: int) -> None:
    """Count outreach against the mailbox's day; the row is locked since the policy was asked."""
    if message.mail_class != Message.Class.OUTREACH or not message.mailbox_id:
        return
    day = SenderDay.objects.filter(mailbox=message.mailbox_id, day=timezone.now().date())
    if change > 0:
        day.update(sent=F("sent") + 1, last_at=timezone.now())
    else:
        day.filter(sent__gt=0).update(sent=F("sent") - 1)


def _make_ready(connection: Any) -> None:
    """An open connection before anything is claimed: a server that does not answer must not cost a claim."""
    smtp = getattr(connection, "connection", None)
    if isinstance(smtp, smtplib.SMTP) and getattr(smtp, "sock", None) is None:
        _hang_up(connection)  # the server hung up after the last message
    connection.open()


def _hang_up(connection: Any) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException) as error:
        logger.info("mail_goodbye_failed", extra={"error": type(error).__name__})


def _text(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
