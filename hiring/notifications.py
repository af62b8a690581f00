"""Telling colleagues: a row each, the bell in the top bar, and mail for those who asked for it.

A kind is declared once, by the floor that tells it, and everybody can turn it off for themselves. Telling is idempotent by
`key`, so a task that runs twice, or a signal that comes twice, tells once. What somebody may no longer see is not shown to
them and not mailed (`Notification.objects.visible_to`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from hiring import frame, sweeping
from hiring.models import Candidate, Job, Note, Notification, User

PAGE = 40
COUNT_UP_TO = 1000
DIGEST_HOUR = 8
KEPT_FOR = dt.timedelta(days=180)


@dataclass(frozen=True)
class Kind:
    """`label` says in the account's settings what one is told: "Somebody mentions me"."""

    key: str
    label: str
    icon: str


kinds: dict[str, Kind] = {}
"""What colleagues can be told; filled by `declare`, at import, in the module that tells it."""


def declare(key: str, label: str, icon: str = "bell") -> str:
    kinds[key] = Kind(key, label, icon)
    return key


MENTIONED = declare("mentioned", "Somebody mentions me", "at")
TASK = declare("task", "A task is given to me, or one I gave is done", "checkbox")
IMPORTED = declare("import", "An import of mine has finished", "file-import")
BULK = declare("bulk", "A long task of mine has finished", "list-check")
NEW_APPLICATION = declare("followed.application", "Somebody I follow applies", "user-plus")
MOVED = declare("followed.moved", "Somebody I follow moves to another stage, or leaves", "arrow-right")
REPLY = declare("followed.reply", "Somebody I follow writes to us", "mail")
INTERVIEW = declare("followed.interview", "An interview of somebody I follow is planned or changed", "calendar-event")
OFFER = declare("followed.offer", "An offer to somebody I follow is sent or answered", "writing-sign")
SEGMENT = declare("segment", "New people match a saved search", "users")


@transaction.atomic
def tell(
    users: User | Iterable[User],
    kind: str,
    words: str,
    *,
    key: str,
    url: str = "",
    candidate: Candidate | None = None,
    job: Job | None = None,
    note: Note | None = None,
    by: User | None = None,
) -> list[Notification]:
    """Tell one or several colleagues, each once for `key`; returns what is new.

    `words` is a sentence of at most 300 characters, plain text; `url` a path of ours where to look. `candidate`, `job` and
    `note` say what it is about: who may not see one of them is not told. Whoever did it (`by`) is not told either, nor is a
    colleague who turned this kind off or has no active account.
    """
    if kind not in kinds:
        raise KeyError(f"No kind of notification is called “{kind}”.")
    asked = {users.pk: users} if isinstance(users, User) else {user.pk: user for user in users}
    told = set(Notification.objects.filter(key=key, user__in=asked).values_list("user_id", flat=True))
    wanting = [
        user
        for user in asked.values()
        if user.is_active and user.pk not in told and kind not in user.quiet_kinds and (by is None or user.pk != by.pk)
    ]
    now = timezone.now()
    rows = [
        Notification(
            user=user,
            kind=kind,
            key=key,
            words=words[:300],
            url=url[:300],
            candidate=candidate,
            job=job,
            note=note,
            by=by,
            at=now,
            mail_due_at=_digest_at(user, now) if user.notification_mail == User.NotificationMail.DAILY else None,
        )
        for user in wanting
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    made = list(Notification.objects.filter(key=key, user__in=[user.pk for user in wanting]).select_related("user"))
    for row in made:
        if row.user.notification_mail == User.NotificationMail.AT_ONCE and _may_see(row):
            _mail_at_once(row)
    return made


def grow(row: Notification, words: str) -> None:
    """Say more in a notification nobody has read yet: it comes to the top again, is about nobody in particular any more, and
    is not mailed twice."""
    Notification.objects.filter(pk=row.pk, read_at=None).update(words=words[:300], at=timezone.now(), candidate=None)


def _may_see(row: Notification) -> bool:
    return Notification.objects.visible_to(row.user).filter(pk=row.pk).exists()


def unread(user: User) -> int:
    """For the bell: how many wait, up to a thousand."""
    rows = Notification.objects.visible_to(user).unread()
    return rows.values("pk")[:COUNT_UP_TO].count()


frame.counts["notifications"] = unread


def read(user: User, ids: Iterable[int] | None = None) -> int:
    """Mark as read: these, or all of them. How many were new."""
    rows = Notification.objects.filter(user=user.pk, read_at=None)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return rows.update(read_at=timezone.now(), mail_due_at=None)


def page(user: User, *, only_new: bool, before: tuple[dt.datetime, int] | None) -> list[Notification]:
    """The newest, or those older than the cursor; one more than a page holds, where there are more."""
    rows = Notification.objects.visible_to(user)
    if only_new:
        rows = rows.unread()
    if before:
        at, pk = before
        rows = rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk), at__lte=at)
    return list(rows.select_related("candidate", "job", "by").order_by("-at", "-pk")[: PAGE + 1])


# ---------- Mail ----------


def _digest_at(user: User, now: dt.datetime) -> dt.datetime:
    """The next morning on the colleague's clock."""
    local = now.astimezone(user.zone)
    morning = local.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return morning if morning > local else morning + dt.timedelta(days=1)


def _mail_at_once(row: Notification) -> None:
    from hiring.mail import compose  # composing reads templates and mailboxes: not needed where nobody wants mail

    occasion = hashlib.sha256(row.key.encode()).hexdigest()[:40]
    compose.to_colleague(
        row.user,
        purpose="notification",
        template="hiring/email/notification",
        context={"rows": [row], "subject": row.words},
        dedupe_key=f"told:{row.user_id}:{occasion}",
    )


def send_digests() -> int:
    """Mail each colleague what is still unread and due, in one letter. How many letters."""
    due = Notification.objects.filter(mail_due_at__lte=timezone.now())
    waiting = list(due.order_by("user").values_list("user", flat=True).distinct()[:500])
    return sum(sweeping.each("digest of a colleague", User.objects.filter(pk__in=waiting), _send_digest))


@transaction.atomic
def _send_digest(user: User) -> bool:
    from hiring.mail import compose

    claimed = Notification.objects.select_for_update(skip_locked=True).filter(
        user=user, mail_due_at__lte=timezone.now()
    )
    ids = list(claimed.values_list("pk", flat=True))
    if not ids:
        return False
    Notification.objects.filter(pk__in=ids).update(mail_due_at=None)
    rows = list(Notification.objects.visible_to(user).unread().filter(pk__in=ids).order_by("at", "pk")[:100])
    if not rows or not user.is_active or user.notification_mail != User.NotificationMail.DAILY:
        return False
    many = "One thing" if len(rows) == 1 else f"{len(rows)} things"
    compose.to_colleague(
        user,
        purpose="notification",
        template="hiring/email/notification",
        context={"rows": rows, "subject": f"{many} you have not seen yet"},
        dedupe_key=f"digest:{user.pk}:{rows[-1].pk}",
    )
    return True


def forget_old() -> int:
    """Remove what was told half a year ago."""
    gone, _ = Notification.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()
    return gone
