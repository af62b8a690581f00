"""What the inbox shows: conversations with the one waiting longest first, mail of nobody known, messages nobody can vouch for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet, Window
from django.urls import reverse

from hiring import access, contact, cursors, frame, today
from hiring.mail import reading, threads
from hiring.models import Attachment, InboundMail, Mailbox, Message, Thread, User
from hiring.prepared import Given, prepared

PAGE = 30
SHOWN_ON_TODAY = 10
TABS = (("waiting", "Waiting"), ("mine", "Mine"), ("all", "All"))


@dataclass
class Row:
    """A conversation in the list: who, what was said last, since when it waits."""

    thread: Thread
    last: Message | None

    @property
    def snippet(self) -> str:
        if self.last is None:
            return ""
        return " ".join(reading.fresh(self.last.text)[0].split())[:140]

    @property
    def author(self) -> str:
        """Which of us wrote last; empty when the person did."""
        if self.last is None or self.last.direction == Message.Direction.IN:
            return ""
        return self.last.created_by.get_short_name() if self.last.created_by else "Automatic"


@dataclass
class Listed:
    rows: list[Row] = field(default_factory=list)
    next: str = ""


@dataclass
class Said:
    """A message of a conversation: what was written now, and what was quoted below it."""

    message: Message
    text: str
    quoted: str
    files: list[Attachment]
    new_subject: bool = False  # said under another subject than the conversation's


def visible(user: User) -> Any:
    return Thread.objects.visible_to(user).select_related("candidate", "assigned_to")


def listed(user: User, tab: str, *, after: str = "") -> Listed:
    """A page of conversations. The ones that wait come first and the longest waiting on top; else the latest first."""
    rows = visible(user)
    if tab == "waiting":
        rows = rows.filter(waiting_since__isnull=False).order_by("waiting_since", "pk")
        if cursor := cursors.read(after):
            rows = rows.filter(Q(waiting_since__gt=cursor[0]) | Q(waiting_since=cursor[0], pk__gt=cursor[1]))
    else:
        rows = rows.filter(assigned_to=user) if tab == "mine" else rows
        rows = rows.order_by("-last_message_at", "-pk")
        if cursor := cursors.read(after):
            rows = rows.filter(Q(last_message_at__lt=cursor[0]) | Q(last_message_at=cursor[0], pk__lt=cursor[1]))
    found = list(rows[: PAGE + 1])
    page = found[:PAGE]
    more = ""
    if len(found) > PAGE:
        end = page[-1]
        more = cursors.write((end.waiting_since if tab == "waiting" else None) or end.last_message_at, end.pk)
    latest = {message.thread_id: message for message in _latest(page)}
    return Listed([Row(thread, latest.get(thread.pk)) for thread in page], more)


def _latest(page: list[Thread]) -> Any:
    messages = Message.objects.filter(thread__in=[thread.pk for thread in page])
    return messages.select_related("created_by").order_by("thread", "-at", "-pk").distinct("thread")


def conversation(thread: Thread) -> list[Said]:
    """Everything that was said, oldest first."""
    files = Prefetch("attachments", Attachment.objects.select_related("document").order_by("pk"))
    messages = (
        thread.messages.select_related("created_by", "mailbox", "job").prefetch_related(files).order_by("at", "pk")
    )
    said = []
    for message in messages:
        text, quoted = reading.fresh(message.text) if message.direction == Message.Direction.IN else (message.text, "")
        other = _base(message.subject) != _base(thread.subject)
        said.append(Said(message, text, quoted, list(message.attachments.all()), other and bool(message.subject)))
    return said


def _base(subject: str) -> str:
    return re.sub(r"^((re|aw|sv|fwd?|wg|tr|antw)\s*:\s*)+", "", subject.strip(), flags=re.IGNORECASE).casefold()


def policy(thread: Thread) -> contact.Verdict:
    """Whether an answer may be sent here and now."""
    return contact.may_send(thread.candidate, threads.mail_class(thread.candidate, thread))


def unmatched() -> Any:
    return InboundMail.objects.filter(state=InboundMail.State.WAITING).defer("raw").order_by("-received_at")


def unconfirmed(user: User) -> Any:
    waiting = Message.objects.filter(access.messages_visible_to(user), status=Message.Status.UNCONFIRMED)
    return waiting.select_related("candidate", "recipient", "thread").order_by("at")


def paused_mailboxes() -> list[Mailbox]:
    return list(Mailbox.objects.exclude(paused_at=None))


def tabs(user: User) -> list[dict[str, Any]]:
    """The tabs of the page; the two for trouble only while there is some."""
    shown: list[dict[str, Any]] = [
        {"key": key, "label": label, "url": f"{reverse('inbox')}?tab={key}"} for key, label in TABS
    ]
    shown[0]["count"] = waiting_for(user)
    for key, label, rows in (
        ("unmatched", "Unknown senders", unmatched()),
        ("unconfirmed", "Unconfirmed", unconfirmed(user)),
    ):
        count = rows.order_by().count()
        shown.append({"key": key, "label": label, "url": reverse(f"inbox_{key}"), "count": count, "empty": not count})
    return shown


def waiting_for(user: User) -> int:
    """Replies that are mine to answer: assigned to me, or to nobody."""
    if not access.can_write_mail(user):
        return 0
    mine = Q(assigned_to=user.pk) | Q(assigned_to=None)
    return Thread.objects.visible_to(user).filter(mine, waiting_since__isnull=False).count()


@prepared
def longest_waiting(user: User, mine: Given) -> QuerySet[Thread]:
    """The first replies that are mine to answer, each with how many there are."""
    theirs = Q(assigned_to=mine) | Q(assigned_to=None)
    rows = visible(user).filter(theirs, waiting_since__isnull=False).annotate(total=Window(Count("pk")))
    return rows.order_by("waiting_since", "pk")[:SHOWN_ON_TODAY]


@prepared
def paused_of(is_shared: bool, user: Given) -> QuerySet[Mailbox]:
    mine = Q(user=user) | Q(user=None) if is_shared else Q(user=user)
    return Mailbox.objects.filter(mine).exclude(paused_at=None)[:SHOWN_ON_TODAY]


@today.group(30)
def replies_waiting(user: User) -> today.Group | None:
    rows: list[Any] = longest_waiting(user, mine=user.pk) if access.can_write_mail(user) else []
    if not rows:
        return None
    lines = [
        today.Line(
            name=thread.candidate.name,
            initials=thread.candidate.initials,
            note=thread.subject,
            url=reverse("inbox_thread", args=[thread.pk]),
            action="Answer",
            due_at=thread.waiting_since,
        )
        for thread in rows
    ]
    return today.Group(
        "replies", "Replies waiting", lines, total=rows[0].total, all_url=reverse("inbox"), short="Replies"
    )


@today.group(28)
def mailboxes_paused(user: User) -> today.Group | None:
    """MAIL-10: a provider refuses what we send; whose mailbox it is has to look, and administrators for the shared ones."""
    lines = [
        today.Line(
            name=mailbox.name,
            icon="mailbox",
            note=f"Paused: {mailbox.pause_reason or 'by a colleague'}",
            url=reverse("inbox"),
            action="Look",
            due_at=mailbox.paused_at,
            late=True,
        )
        for mailbox in paused_of(user.role == access.ADMIN, user=user.pk)
    ]
    return today.Group("mailboxes", "Mailboxes paused", lines) if lines else None


frame.counts["inbox"] = waiting_for
