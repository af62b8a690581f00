"""Following a person or a job: being told what matters about them, until one stops.

What matters is declared by the floor that knows it (`watch`): a kind of timeline event, the words for it, and who may hear.
Each event tells the followers of its person and of its job once; what one may not see is not told (hiring/notifications.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from hiring import access, merging, notifications, timeline
from hiring.models import Candidate, Follow, Job, TimelineEvent, User

Words = Callable[[TimelineEvent], str]
May = Callable[[User, TimelineEvent], bool]


@dataclass(frozen=True)
class Watched:
    """`kind` is the notification's. `words` may be empty for an event that is not worth it."""

    kind: str
    words: Words
    may: May


watched: dict[str, Watched] = {}


def watch(event_kind: str, kind: str, words: Words, may: May = lambda user, event: True) -> None:
    watched[event_kind] = Watched(kind, words, may)
    timeline.listeners.setdefault(event_kind, []).append(hear)


def hear(event: TimelineEvent) -> None:
    """Tell the followers of the event's person and job. One query where nobody follows them."""
    about = Q(candidate=event.candidate_id)
    if event.job_id:
        about |= Q(job=event.job_id)
    follows = Follow.objects.filter(about, user__is_active=True).exclude(user=event.actor_id)
    followers = {follow.user_id: follow.user for follow in follows.select_related("user")}
    if not followers:
        return
    what = watched[event.kind]
    words = what.words(event)
    hearing = [user for user in followers.values() if what.may(user, event)]
    if words and hearing:
        notifications.tell(
            hearing,
            what.kind,
            words,
            key=f"event:{event.pk}",
            url=event.candidate.get_absolute_url(),
            candidate=event.candidate,
            job=event.job,
            by=event.actor,
        )


@transaction.atomic
def follow(user: User, *, candidate: Candidate | None = None, job: Job | None = None) -> Follow:
    """Follow one person or one job. Twice is once."""
    made, _ = Follow.objects.get_or_create(user=user, candidate=candidate, job=job, defaults={"since": timezone.now()})
    return made


@transaction.atomic
def unfollow(user: User, *, candidate: Candidate | None = None, job: Job | None = None) -> None:
    Follow.objects.filter(user=user, candidate=candidate, job=job).delete()


def followers_of(*, candidate: Candidate | None = None, job: Job | None = None) -> list[User]:
    """Who follows, by name: one query."""
    rows = Follow.objects.filter(candidate=candidate, job=job, user__is_active=True)
    return [row.user for row in rows.select_related("user").order_by("user__full_name", "user")[:100]]


def followed_by(user: User) -> tuple[list[Candidate], list[Job]]:
    """The people and jobs one follows and may still see, newest first."""
    people = Candidate.objects.visible_to(user).filter(follows__user=user.pk).order_by("-follows__since", "pk")
    jobs = Job.objects.visible_to(user).filter(follows__user=user.pk).order_by("-follows__since", "pk")
    return list(people[:200]), list(jobs[:200])


def settle_follows(deed: merging.Merge) -> None:
    """Who followed both follows the survivor once."""
    mine = Follow.objects.filter(candidate=deed.survivor).values("user")
    for theirs in Follow.objects.filter(candidate=deed.other, user__in=mine):
        deed.remove(theirs)


merging.movers["hiring.Follow"] = settle_follows


def _replied(event: TimelineEvent) -> str:
    return "" if event.data.get("automatic") else f"{event.candidate} wrote to us"


watch("message.received", notifications.REPLY, _replied, lambda user, event: access.can_write_mail(user))
