"""Mail as rows: who it is from, what was said, and what became of each attempt. A message is a row first, a delivery second."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from hiring import access

if TYPE_CHECKING:
    from hiring.models.people import User


class Mailbox(models.Model):
    """An address we send from, with its caps. A policy refusal by a provider pauses it (MAIL-10)."""

    address = models.EmailField(unique=True)
    name = models.CharField(max_length=100)
    user = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="mailboxes")
    daily_cap = models.PositiveIntegerField(default=200)
    min_gap_seconds = models.PositiveIntegerField(default=0)
    is_default = models.BooleanField(default=False)
    paused_at = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("address",)
        verbose_name_plural = "mailboxes"
        constraints = (
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_mailbox"),
        )

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>"


class SenderDay(models.Model):
    """How many outreach messages a mailbox sent on a day; rows locked in key order, so that caps hold without deadlock."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    sent = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(
        null=True, blank=True, help_text="When the last one left; the minimum gap counts from here."
    )

    class Meta:
        constraints = (models.UniqueConstraint(fields=["mailbox", "day"], name="sender_day_once"),)


class MailTemplate(models.Model):
    """Words to start from. Merge fields are a fixed list, never the template engine (SEC-7)."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", "Receipt of an application"
        REJECTION = "rejection", "Rejection"
        MESSAGE = "message", "Message"
        OUTREACH = "outreach", "Outreach"

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    language = models.CharField(max_length=5, default="en")
    subject = models.CharField(max_length=200)
    body = models.TextField()
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("kind", "name")

    def __str__(self) -> str:
        return self.name


class ThreadQuerySet(models.QuerySet["Thread"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(access.threads_visible_to(user))

    def unanswered_beside(self, job: Any) -> Self:
        """Where the person wrote last, as it may be said beside an application for the job with the key `job` (or a reference to
        one): a thread with mail about another, confidential job would give that one away."""
        of_others = Message.objects.filter(thread=OuterRef("pk"), job__confidential=True).exclude(job=job)
        return self.filter(~Exists(of_others.order_by()), waiting_since__isnull=False)


class Thread(models.Model):
    """A conversation with one candidate."""

    class Intent(models.TextChoices):
        NONE = "", "Not set"
        INTERESTED = "interested", "Interested"
        NOT_NOW = "not_now", "Not now"
        WRONG_PERSON = "wrong_person", "Wrong person"
        STOP = "stop", "Stop"

    candidate = models.ForeignKey("Candidate", on_delete=models.CASCADE, related_name="threads")
    subject = models.CharField(max_length=250)
    assigned_to = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="threads")
    intent = models.CharField(max_length=12, choices=Intent.choices, default=Intent.NONE, blank=True)
    waiting_since = models.DateTimeField(
        null=True, blank=True, help_text="When the person wrote and nobody has answered yet."
    )
    last_message_at = models.DateTimeField()

    objects = ThreadQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["candidate", "-last_message_at"], name="thread_by_candidate"),
            models.Index(fields=["-last_message_at", "-id"], name="thread_recent"),
            models.Index(fields=["waiting_since"], condition=Q(waiting_since__isnull=False), name="thread_waiting"),
        )


class MessageQuerySet(models.QuerySet["Message"]):
    def queued(self) -> Self:
        return self.filter(status=Message.Status.QUEUED)


class Message(models.Model):
    """One mail, in or out. `dedupe_key` makes "never twice" a database fact: `step:<enrollment>:<step>`, `receipt:<application>`.

    Outbound mail goes to a candidate (through the contact policy), to a colleague (`recipient`), or to somebody who is neither
    (`partner`: an agency's people, whoever asked to be told of jobs), of whom a floor above says whether they may be written to. A
    row stuck in `sending` after a crash becomes `unconfirmed` and goes to a person, never back to the queue.
    """

    class Direction(models.TextChoices):
        IN = "in", "Received"
        OUT = "out", "Sent"

    class Class(models.TextChoices):
        TRANSACTIONAL = "transactional", "About an application"
        OUTREACH = "outreach", "Outreach"
        INTERNAL = "internal", "To a colleague"
        PARTNER = "partner", "To somebody who works with us"

    class Status(models.TextChoices):
        QUEUED = "queued", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        UNCONFIRMED = "unconfirmed", "Unconfirmed"
        FAILED = "failed", "Failed"
        BLOCKED = "blocked", "Not sent: contact policy"
        CANCELLED = "cancelled", "Stopped"
        BOUNCED = "bounced", "Bounced"
        RECEIVED = "received", "Received"

    thread = models.ForeignKey(Thread, null=True, blank=True, on_delete=models.CASCADE, related_name="messages")
    candidate = models.ForeignKey("Candidate", null=True, blank=True, on_delete=models.CASCADE, related_name="messages")
    recipient = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey("Job", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    mailbox = models.ForeignKey(Mailbox, null=True, blank=True, on_delete=models.PROTECT, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    mail_class = models.CharField(max_length=13, choices=Class.choices)
    purpose = models.CharField(
        max_length=30, help_text="receipt, rejection, step, invitation, offer, approval, message, reply"
    )
    status = models.CharField(max_length=11, choices=Status.choices, default=Status.QUEUED)
    dedupe_key = models.CharField(max_length=100, null=True, blank=True, unique=True)
    token = models.UUIDField(
        unique=True, default=uuid.uuid4, help_text="In the reply and bounce addresses (MAIL-16, MAIL-20)."
    )
    message_id = models.CharField(max_length=250, unique=True)  # MAIL-14: made before the first attempt
    in_reply_to = models.CharField(max_length=250, blank=True)
    references = models.TextField(blank=True)
    from_address = models.CharField(max_length=320)
    to_address = models.CharField(max_length=320)
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True)
    calendar = models.TextField(blank=True, help_text="An iCalendar object that rides along (CAL-13, CAL-14).")
    calendar_method = models.CharField(max_length=10, blank=True)
    is_automatic = models.BooleanField(default=False)
    carries_notice = models.BooleanField(
        default=False, help_text="PRIV-4: the notice to sourced people is part of the text."
    )
    not_before = models.DateTimeField(help_text="When it may leave; rejections wait here and can be stopped.")
    status_note = models.CharField(max_length=300, blank=True, help_text="Why it failed, was blocked or stopped.")
    attempts = models.PositiveSmallIntegerField(default=0)
    sending_since = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    at = models.DateTimeField(help_text="When it was sent or received; until then, when it was written.")

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["candidate", "-at"], name="message_by_candidate"),
            models.Index(fields=["not_before", "id"], condition=Q(status="queued"), name="message_due"),
            models.Index(fields=["sending_since"], condition=Q(status="sending"), name="message_in_flight"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(candidate__isnull=False) | Q(recipient__isnull=False) | Q(mail_class="partner"),
                name="message_has_somebody",
            ),
        )


def attachment_key(attachment: Attachment, filename: str) -> str:
    return f"attachments/{uuid.uuid4().hex[:2]}/{uuid.uuid4().hex}"


class Attachment(models.Model):
    """A file that came or goes with a message. What a person sent in is a document of theirs, when it was acceptable."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    file = models.FileField(upload_to=attachment_key, max_length=120, blank=True)
    document = models.ForeignKey("Document", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    problem = models.CharField(max_length=300, blank=True, help_text="Why what came in was not kept as a document.")


class SendAttempt(models.Model):
    """Each try to hand a message over, and what the server said."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12)
    reply = models.CharField(max_length=300, blank=True)


class InboundMail(models.Model):
    """A mail as it came in, raw and whole (MAIL-18): stored before anything is made of it, then filed.

    What belongs to nobody we know waits for a person (MAIL-16). `digest` makes receiving the same mail twice harmless.
    """

    class State(models.TextChoices):
        NEW = "new", "Not looked at yet"
        FILED = "filed", "In a conversation"
        REPORT = "report", "Delivery report or complaint"
        WAITING = "waiting", "Belongs to nobody known"
        IGNORED = "ignored", "Set aside"

    received_at = models.DateTimeField()
    digest = models.CharField(max_length=64, unique=True)
    envelope_from = models.CharField(max_length=320, blank=True)
    recipients = models.JSONField(default=list)
    from_address = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=250, blank=True)
    raw = models.BinaryField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.NEW)
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.CASCADE, related_name="raws")
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "inbound mail"
        indexes = (
            models.Index(fields=["-received_at"], condition=Q(state="waiting"), name="inbound_waiting"),
            models.Index(fields=["id"], condition=Q(state="new"), name="inbound_new"),
        )
